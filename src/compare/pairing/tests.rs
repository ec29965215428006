//! Tests since the base: which fail that did not, and which are gone.

use super::{Base, Refusal, by_name, first, left_out, mark, tell_left_out};
use crate::evidence::Evidence;
use crate::inventory::Inventory;
use crate::metric::{Value, grouped};
use crate::record::Record;
use std::collections::BTreeSet;

const FAMILY: &str = "tests";
const ROWS: &str = "tests.case";
const GONE: &str = "tests.dropped_case";
const COMPARISON: &str = "tests.comparison";

/// What became of the tests of one entry, or why that cannot be told.
struct Compared<'b> {
    changes: Vec<&'static str>,
    gone: Vec<&'b Record>,
    refused: Option<Refusal>,
}

pub(super) fn pair(evidence: &mut [Evidence], base: &[Evidence], seen: &Inventory) {
    let base = Base::of(base, FAMILY, ROWS, seen);
    let Some(place) = first(evidence, FAMILY) else { return };
    let lost = base.lost(evidence);
    let heads: Vec<usize> = (0..evidence.len()).filter(|i| evidence[*i].family == FAMILY && evidence[*i].gap().is_none()).collect();
    let compared: Vec<Compared<'_>> = heads.iter().map(|i| compare(&evidence[*i], &base)).collect();
    // One that compares nothing leaves the sums of all unknown.
    let refused = compared.iter().any(|compared| compared.refused.is_some());
    let names: BTreeSet<String> = evidence.iter().filter(|entry| entry.family == FAMILY).map(|entry| entry.name.clone()).collect();
    for (index, mut compared) in heads.into_iter().zip(compared) {
        let entry = &mut evidence[index];
        let mut nameless = 0;
        if index == place {
            let others = base.entries.iter().filter(|other| !names.contains(&other.name));
            compared.gone.extend(others.flat_map(|other| other.rows(ROWS)));
            nameless = lost.len() as u64;
        }
        if let Some(was) = base.entry(&entry.name) {
            tell_left_out(entry, was, ROWS);
        }
        put(entry, compared, if index == place { &lost } else { &[] }, nameless, refused);
    }
}

fn put(entry: &mut Evidence, compared: Compared<'_>, lost: &[&str], nameless: u64, refused: bool) {
    let count = |word: &str| compared.changes.iter().filter(|change| **change == word).count() as u64;
    let dropped = compared.gone.len() as u64 + nameless;
    let counts = [
        ("new_failures", count("newly-failing")),
        ("still_failing", count("still-failing")),
        ("newly_passing", count("newly-passing")),
        ("dropped", dropped),
        ("added", count("added")),
    ];
    let mut row = Record::new("name", &entry.name);
    match compared.refused {
        Some(why) => row = why.tell(row),
        None => row = counts.iter().fold(row.with("state", Value::text("compared")), |row, (id, n)| row.with(*id, Value::Count(*n))),
    }
    if !refused {
        for (id, n) in counts {
            entry.put(format!("tests.{id}"), Value::Count(n));
        }
    }
    mark(entry, ROWS, &compared.changes);
    entry.family(GONE);
    for row in compared.gone {
        let text = |name: &str| row.text(name).map(Value::text);
        entry.push(GONE, Record::new("id", row.subject()).with_some("suite", text("suite")).with_some("was", text("outcome")));
    }
    lost.iter().for_each(|name| entry.push(GONE, Record::new("id", *name)));
    entry.push(COMPARISON, row);
}

fn compare<'b>(entry: &Evidence, base: &Base<'b>) -> Compared<'b> {
    let rows = entry.rows(ROWS);
    let refuse = |why: Refusal| Compared { changes: vec!["unknown"; rows.len()], gone: Vec::new(), refused: Some(why) };
    let unlisted = |entry: &Evidence| {
        let total = entry.metric("tests.total").map(|metric| &metric.value);
        let total = if let Some(Value::Count(total)) = total { *total } else { 0 };
        total.saturating_sub(entry.rows(ROWS).len() as u64 + left_out(entry, ROWS))
    };
    let bare = |entry: &Evidence| format!("{} counts {} tests that it does not list", entry.name, grouped(unlisted(entry)));
    let was = base.entry(&entry.name);
    if let Some((was, (_, why))) = was.and_then(|was| Some((was, was.gap()?))) {
        return refuse(Refusal::ByBase(format!("in the base, {}: {why}", was.name)));
    }
    if let Some(was) = was.filter(|was| unlisted(was) > 0) {
        return refuse(Refusal::ByBase(format!("in the base, {}", bare(was))));
    }
    if unlisted(entry) > 0 {
        return refuse(Refusal::ByHead(bare(entry)));
    }
    let Some(was) = was else {
        let changes = rows.iter().map(|row| if is_bad(row) { "newly-failing" } else { "added" }).collect();
        return Compared { changes, gone: Vec::new(), refused: None };
    };
    let before = by_name(was, ROWS);
    let now: BTreeSet<&str> = rows.iter().map(Record::subject).collect();
    let changes = rows.iter().map(|row| change(row, before.get(row.subject()).copied(), base.forgot(was, row.subject()))).collect();
    let gone = was.rows(ROWS).iter().filter(|row| !now.contains(row.subject())).collect();
    Compared { changes, gone, refused: None }
}

fn is_bad(row: &Record) -> bool {
    matches!(row.text("outcome"), Some("failed" | "error"))
}

/// A test that fails and is not known to have failed at the base fails newly, also one that is new: under another name it may be
/// an old one.
fn change(row: &Record, was: Option<&Record>, forgotten: bool) -> &'static str {
    let skipped = |row: &Record| row.text("outcome") == Some("skipped");
    match was {
        Some(was) if is_bad(was) && is_bad(row) => "still-failing",
        _ if is_bad(row) => "newly-failing",
        Some(was) if skipped(row) && !skipped(was) => "newly-skipped",
        Some(was) if is_bad(was) => "newly-passing",
        Some(_) => "same",
        None if forgotten => "unknown",
        None => "added",
    }
}
