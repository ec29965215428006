//! Golden cases since the base, suite by suite.

use super::comparable::{Key, Suites, renamed};
use super::tally::{Standing, Tally};
use super::{Base, Refusal, first, left_out, mark, standing, tell_left_out};
use crate::evidence::Evidence;
use crate::inventory::Inventory;
use crate::metric::{Value, grouped};
use crate::record::Record;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

const FAMILY: &str = "golden";
const ROWS: &str = "golden.case";
const RUNS: &str = "golden.run";
const GONE: &str = "golden.dropped_case";
const COMPARISON: &str = "golden.comparison";

/// What became of one suite.
enum Fate {
    Compared(Tally),
    /// The base did not have it.
    New(u64),
    /// It is no pair with the base's, or gone: the reason.
    Refused(Refusal),
}

/// What became of the golden sets of one entry.
#[derive(Default)]
struct Compared<'b> {
    changes: Vec<&'static str>,
    gone: Vec<&'b Record>,
    rows: Vec<Record>,
    sum: Tally,
    /// The highest drop that the intervals leave open.
    drop: Option<f64>,
    refused: bool,
    /// Whether every suite has its pair.
    all: bool,
    /// Files whose answers depend on nothing that the base did not have.
    unchanged: BTreeSet<String>,
}

pub(super) fn pair(evidence: &mut [Evidence], base: &[Evidence], seen: &Inventory) {
    let base = Base::of(base, FAMILY, ROWS, seen);
    let Some(place) = first(evidence, FAMILY) else { return };
    let lost = base.lost(evidence);
    let names: BTreeSet<String> = evidence.iter().filter(|entry| entry.family == FAMILY).map(|entry| entry.name.clone()).collect();
    let heads: Vec<usize> = (0..evidence.len()).filter(|i| evidence[*i].family == FAMILY && evidence[*i].gap().is_none()).collect();
    let mut compared: Vec<Compared<'_>> = heads.iter().map(|i| compare(&evidence[*i], &base)).collect();
    if let Some(at) = heads.iter().position(|i| *i == place) {
        let here = &mut compared[at];
        for other in base.entries.iter().filter(|other| !names.contains(&other.name) && !other.rows(ROWS).is_empty()) {
            let why = format!("the base had the golden evidence `{}`, and it is not there now", other.name);
            here.rows.push(Refusal::ByHead(why).tell(Record::new("name", &other.name)));
            here.gone.extend(other.rows(ROWS));
            (here.refused, here.all) = (true, false);
        }
        here.sum.dropped += lost.len() as u64;
    }
    // The sums of all are known when each is.
    let (refused, all) = (compared.iter().any(|c| c.refused), compared.iter().all(|c| c.all));
    for (index, compared) in heads.into_iter().zip(compared) {
        if let Some(was) = base.entry(&evidence[index].name) {
            tell_left_out(&mut evidence[index], was, ROWS);
        }
        put(&mut evidence[index], compared, if index == place { &lost } else { &[] }, refused, all);
    }
}

fn put(entry: &mut Evidence, compared: Compared<'_>, lost: &[&str], refused: bool, all: bool) {
    let Compared { changes, gone, rows, sum, drop, unchanged, .. } = compared;
    entry.put("golden.compared", Value::Flag(all));
    if !refused {
        for (id, n) in [
            ("golden.newly_failing", sum.pairs.worse),
            ("golden.newly_passing", sum.pairs.better),
            ("golden.still_failing", sum.still_failing),
            ("golden.newly_unmeasured", sum.newly_unmeasured),
            ("golden.dropped", sum.dropped),
            ("golden.added", sum.added),
        ] {
            entry.put(id, Value::Count(n));
        }
        if let Some(value) = drop {
            entry.put("golden.possible_drop", Value::Number { value, unit: Cow::Borrowed("pt") });
        }
    }
    mark(entry, ROWS, &changes);
    if let Some(runs) = entry.records.get_mut(RUNS) {
        let told = std::mem::take(runs).into_iter();
        *runs = told.map(|run| Record::with(run.clone(), "unchanged", Value::Flag(unchanged.contains(run.subject())))).collect();
    }
    entry.family(GONE);
    for row in gone {
        let text = |name: &str| row.text(name).map(Value::text);
        entry.push(GONE, Record::new("id", row.subject()).with_some("category", text("category")).with_some("was", text("outcome")));
    }
    lost.iter().for_each(|name| entry.push(GONE, Record::new("id", *name)));
    rows.into_iter().for_each(|row| entry.push(COMPARISON, row));
}

fn compare<'b>(entry: &Evidence, base: &Base<'b>) -> Compared<'b> {
    let head = Suites::of(entry);
    let was = base.entry(&entry.name);
    let before = was.map(Suites::of);
    let mut fates = fates(&head, before.as_ref(), was, left_out(entry, ROWS).max(was.map_or(0, |was| base.unnamed(was))));
    let mut found = Compared { changes: Vec::with_capacity(entry.rows(ROWS).len()), ..Compared::default() };

    let known: BTreeMap<Key<'_>, &Record> = match (was, &before) {
        (Some(was), Some(suites)) => was.rows(ROWS).iter().map(|row| (suites.key(row.subject()), row)).collect(),
        _ => BTreeMap::new(),
    };
    let forgot = |id: &str| was.is_some_and(|was| base.forgot(was, id));
    let mut seen: BTreeSet<Key<'_>> = BTreeSet::new();
    for row in entry.rows(ROWS) {
        let key = head.key(row.subject());
        seen.insert(key);
        found.changes.push(match fates.get_mut(&key.0) {
            Some(Fate::Compared(tally)) => {
                let before = match known.get(&key) {
                    Some(was) => Standing::of(was),
                    None if forgot(row.subject()) => Standing::Unknown,
                    None => Standing::Apart,
                };
                tally.add(before, Standing::of(row))
            }
            Some(Fate::New(cases)) => {
                *cases += 1;
                "added"
            }
            _ => "unknown",
        });
    }
    for (key, row) in known.iter().filter(|(key, row)| !seen.contains(*key) && Standing::of(row) != Standing::Apart) {
        match fates.get_mut(&key.0) {
            Some(Fate::Compared(tally)) => {
                tally.dropped += 1;
                found.gone.push(row);
            }
            // A suite that is gone as a whole.
            Some(Fate::Refused(_)) if !head.holds(key.0) => found.gone.push(row),
            _ => {}
        }
    }
    found.all = !fates.is_empty();
    for (suite, fate) in fates {
        let moved = before.as_ref().filter(|_| matches!(fate, Fate::Compared(_))).and_then(|before| head.moved(before, suite));
        if before.as_ref().is_some_and(|before| head.is_unchanged(before, suite)) {
            let runs = entry.rows(RUNS).iter().filter(|run| run.text("suite") == suite);
            found.unchanged.extend(runs.map(|run| run.subject().to_owned()));
        }
        found.tell(&entry.name, suite, fate, moved, head.names().count() > 1);
    }
    found
}

impl Compared<'_> {
    /// A row about a suite, and what it adds to the sums.
    fn tell(&mut self, entry: &str, suite: Option<&str>, fate: Fate, moved: Option<String>, several: bool) {
        let name = match suite.filter(|_| several) {
            Some(suite) => format!("{entry}/{suite}"),
            None => entry.to_owned(),
        };
        let row = Record::new("name", name).with_some("suite", suite.map(Value::text)).with_some("moved", moved.map(Value::Text));
        self.rows.push(match fate {
            Fate::Compared(tally) => {
                let empty = tally.pairs.cases == 0;
                (self.refused, self.all) = (self.refused || empty, self.all && !empty);
                self.sum = self.sum.plus(tally);
                self.drop = self.drop.into_iter().chain(tally.drop().map(|[.., high]| high)).reduce(f64::max);
                tally.record(row)
            }
            Fate::New(cases) => {
                self.all = false;
                self.sum.added += cases;
                let row = row.with("state", Value::text("new")).with("cases", Value::Count(cases));
                standing(row, "not-applicable", "new: the base has no such golden set".to_owned())
            }
            Fate::Refused(why) => {
                (self.refused, self.all) = (true, false);
                why.tell(row)
            }
        });
    }
}

/// What becomes of each suite, before a case is counted.
fn fates<'e>(head: &Suites<'e>, before: Option<&Suites<'e>>, was: Option<&Evidence>, cut: u64) -> BTreeMap<Option<&'e str>, Fate> {
    let (Some(before), Some(was)) = (before, was) else { return head.names().map(|suite| (suite, Fate::New(0))).collect() };
    let whole = match was.gap() {
        Some((_, why)) => Some(format!("in the base, {}: {why}", was.name)),
        None if cut > 0 => Some(format!("{} cases are too many to be kept one by one", grouped(cut))),
        None if before.names().next().is_none() => Some("the base's report does not say which suite was run, and who graded it".to_owned()),
        None => None,
    };
    if let Some(why) = whole {
        return head.names().map(|suite| (suite, Fate::Refused(Refusal::ByBase(why.clone())))).collect();
    }
    let gone: Vec<Option<&str>> = before.names().filter(|suite| !head.holds(*suite)).collect();
    let mut came = false;
    let mut fates: BTreeMap<Option<&'e str>, Fate> = BTreeMap::new();
    for suite in head.names() {
        let fate = match before.holds(suite) {
            true => head.differs(before, suite).map_or(Fate::Compared(Tally::default()), Fate::Refused),
            false if gone.is_empty() => Fate::New(0),
            false => {
                came = true;
                Fate::Refused(Refusal::ByHead(renamed(&gone, suite)))
            }
        };
        fates.insert(suite, fate);
    }
    // A suite that another one took the place of is told there.
    for suite in gone.into_iter().filter(|_| !came) {
        let why =
            suite.map_or("what the base ran is not there now".to_owned(), |suite| format!("the base's suite `{suite}` is not there now"));
        fates.insert(suite, Fate::Refused(Refusal::ByHead(why)));
    }
    fates
}
