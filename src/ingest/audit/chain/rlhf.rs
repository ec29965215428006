//! The chain of an RLHF audit trail: each event's hash is SHA-256 of the compact JSON, with sorted keys and in ASCII, of its `data`,
//! `event_id`, `event_type`, `session_id` and `timestamp`; the data hold the hash of the session's event before as `_previous_hash`; and
//! events are written in batches, each with the root of a tree whose nodes are SHA-256 of two hashes in hex, one after the other. Where a
//! row of the tree has an odd number of nodes, the last is its own neighbour.
//!
//! The migration's table holds all of that. The program's own table holds no event ids, so that no hash can be taken again there. In
//! both the time, seconds since 1970 as a binary fraction, is rounded to microseconds: every fraction that rounds to it is tried.

use super::links::{Finding, Hash, Stated};
use super::native::stated;
use super::sessions::{Event, Judged, Walk};
use super::{Asked, Outcome, Scheme, Spec, Standing, unanchored};
use crate::analyze::merkle::Doubling;
use crate::ingest::audit::row::shown;
use crate::ingest::table::{Times, column};
use crate::integrity::Bond;
use crate::io::hash::{digest, hex};
use crate::io::json;
use crate::io::sqlite::{Cell, Failure, Row, quoted};
use crate::metric::grouped;
use std::ops::ControlFlow;

/// What a table of events has beside its hashes, and beside the map; what is read of it comes first.
pub const COLUMNS: [&str; 8] = ["session_id", "event_type", "timestamp", "event_data", ROOT, "signature", "verified", "created_at"];
/// The root of its batch, which the migration's table has.
const ROOT: &str = "merkle_root";
/// Where its id stands, the first of these that there is.
const IDS: [&str; 2] = ["event_id", "id"];
/// So many findings about contents are told.
const KEPT: usize = 10_000;

// Places in the rows that are asked for: the first four of [`COLUMNS`], what the data name as the hash before, then hashes and numbers.
const SESSION: usize = 0;
const KIND: usize = 1;
const AT: usize = 2;
const DATA: usize = 3;
const LINK: usize = 4;
const PREV: usize = 5;
const HASH: usize = 6;
const BATCH: usize = 7;
const ID: usize = 8;
const ROW: usize = 9;

/// What is known of the events so far.
#[derive(Default)]
struct Walked {
    links: Walk,
    findings: Vec<Finding>,
    /// Contents that do not give their hashes, beyond those told.
    surplus: u64,
    /// Events whose content gives their hash.
    contents: u64,
    /// Events without a hash.
    bare: u64,
    batch: Option<Batch>,
    batches: u64,
    /// Roots that are not those of their batches.
    wrong_roots: u64,
}

/// Events that were written together: they name the same root.
struct Batch {
    root: Stated,
    session: Vec<u8>,
    row: i64,
    first: String,
    events: u64,
    tree: Doubling,
}

/// Verifies the events of a table, in the order of their sessions and times.
///
/// # Errors
/// When the table cannot be read to its end.
pub fn verify(asked: &Asked<'_>, spec: &Spec) -> Result<Outcome, Failure> {
    let there = |name: &str| column(asked.table, name).map_or_else(|| "NULL".to_owned(), quoted);
    let [session, kind, at, data] = [SESSION, KIND, AT, DATA].map(|place| there(COLUMNS[place]));
    let id = IDS.into_iter().find_map(|name| column(asked.table, name)).map_or_else(|| "NULL".to_owned(), quoted);
    let link = format!("CASE WHEN json_valid({data}) THEN json_extract({data}, '$._previous_hash') END");
    let order = format!("CASE typeof({at}) WHEN 'text' THEN rtrim({at}, 'Z') ELSE {at} END");
    let (prev, hash, root) = (there(&spec.prev), there(&spec.hash), there(ROOT));
    let select = |row: &str| {
        let columns = [&session, &kind, &at, &data, &link, &prev, &hash, &root, &id].map(String::as_str).join(", ");
        format!("SELECT {columns}, {row} FROM {} NOT INDEXED ORDER BY {session}, {order}, {row}", quoted(&asked.table.name))
    };
    let (with, without) = (select("rowid"), select("0"));
    let sql = if asked.snapshot.query(&with).is_ok() { with } else { without };
    let mut walked = Walked::default();
    let mut text = String::new();
    asked.snapshot.query(&sql)?.run(|row| {
        let (label, number, hash) = (label(row), number(row), stated(row.cell(HASH)));
        let event = Event { row: number, label: &label, session: bytes(row.cell(SESSION)), prev: prev_of(row), hash: &hash };
        walked.take(row, &event, asked.times, &mut text);
        ControlFlow::Continue(())
    })?;
    walked.close();
    let mut search = walked.links.search();
    if let Some(search) = &mut search {
        asked.snapshot.query(&sql)?.run(|row| {
            let (label, hash) = (label(row), stated(row.cell(HASH)));
            search.look(&Event { row: 0, label: &label, session: bytes(row.cell(SESSION)), prev: prev_of(row), hash: &hash });
            ControlFlow::Continue(())
        })?;
    }
    let Walked { links, findings, surplus, contents, bare, batches, wrong_roots, .. } = walked;
    let judged = links.judge(search);
    if bare == judged.links.rows {
        return Ok(unanchored(asked, Outcome { notes: vec![("no-chain", bare_table(spec))], ..Outcome::default() }));
    }
    let read = Read { contents, covered: contents > 0 || surplus > 0 || !findings.is_empty(), batches, wrong_roots };
    Ok(unanchored(asked, outcome(judged, findings, surplus, read, spec)))
}

/// What was read of contents and batches.
struct Read {
    contents: u64,
    /// Whether contents could be held against hashes at all.
    covered: bool,
    batches: u64,
    wrong_roots: u64,
}

fn outcome(judged: Judged, mut findings: Vec<Finding>, surplus: u64, read: Read, spec: &Spec) -> Outcome {
    findings.extend(judged.findings);
    findings.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let mut more = judged.surplus;
    if surplus > 0 {
        *more.entry("CHAIN-HASH").or_default() += surplus;
    }
    let holds = findings.is_empty() && more.is_empty();
    let rows = judged.links.rows;
    let (standing, told) = match (read.covered, holds) {
        (true, true) => (
            Standing::Chained,
            "internally consistent, not anchored: each session is a chain of its own; keep a checkpoint of all rows".to_owned(),
        ),
        (true, false) => (Standing::Open, "not anchored".to_owned()),
        (false, _) => {
            let told = format!(
                "no content can be held against {}, because the table holds no event_id: a content that was changed is not seen, and the rows are \
                 not chained; keep a checkpoint of them",
                spec.hash
            );
            (Standing::Open, told)
        }
    };
    let contents = if read.covered {
        format!("{} of {} contents give their hashes ({}), ", grouped(read.contents), grouped(rows), Scheme::Rlhf.name())
    } else {
        String::new()
    };
    let batches = match read.batches {
        0 => String::new(),
        n => format!(", {} of {} Merkle roots are those of their batches", grouped(n - read.wrong_roots), grouped(n)),
    };
    Outcome {
        bond: if read.covered { Bond::Events } else { Bond::Sessions },
        standing,
        findings,
        surplus: more.into_iter().collect(),
        notes: vec![
            ("chain", format!("{contents}{}{batches}: {told}", judged.links)),
            ("chain-limits", format!("an {} chain does not show {}", Scheme::Rlhf.name(), Scheme::Rlhf.leaves_open())),
        ],
    }
}

fn bare_table(spec: &Spec) -> String {
    format!(
        "no row has a {}: nothing binds the events to each other: integrity NOT verifiable: that none was changed or removed later cannot be shown",
        spec.hash
    )
}

impl Walked {
    fn take(&mut self, row: &Row<'_>, event: &Event<'_>, times: &Times, text: &mut String) {
        self.links.add(event);
        self.bare += u64::from(row.cell(HASH) == Cell::Null);
        if let (Ok(link), Ok(prev)) = (stated(row.cell(LINK)), stated(row.cell(PREV)))
            && link != prev
        {
            let sentence =
                format!("{}: the column with the hash before is not the _previous_hash of its data, which its hash covers", event.label);
            self.accuse((event.row, "CHAIN-LINK", sentence));
        }
        if let Some(told) = content(row, event, times, text) {
            match told {
                Ok(()) => self.contents += 1,
                Err(sentence) if self.findings.len() < KEPT => {
                    self.accuse((event.row, "CHAIN-HASH", format!("{}: {sentence}", event.label)))
                }
                Err(_) => self.surplus += 1,
            }
        }
        self.batched(row, event);
    }

    fn accuse(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn batched(&mut self, row: &Row<'_>, event: &Event<'_>) {
        let root = match row.cell(BATCH) {
            Cell::Null => return self.close(),
            cell => stated(cell),
        };
        if self.batch.as_ref().is_none_or(|batch| batch.root != root || batch.session != event.session) {
            self.close();
            let (session, first) = (event.session.to_vec(), event.label.to_owned());
            self.batch = Some(Batch { root, session, row: event.row, first, events: 0, tree: Doubling::new(node) });
        }
        if let (Some(batch), Ok(hash)) = (&mut self.batch, event.hash) {
            batch.events += 1;
            batch.tree.add(*hash);
        }
    }

    /// Holds the root of the batch that ends here against its events.
    fn close(&mut self) {
        let Some(Batch { root, row, first, events, tree, .. }) = self.batch.take() else { return };
        self.batches += 1;
        let what = match (&root, tree.root()) {
            (Ok(root), Some(computed)) if *root == computed => return,
            (Ok(root), _) => format!(
                "its {ROOT} {}… is not that of the {} events that name it: events were added, changed or taken out",
                &hex(root)[..12],
                grouped(events)
            ),
            (Err(why), _) => format!("its {ROOT} {why}"),
        };
        self.wrong_roots += 1;
        self.accuse((row, "CHAIN-HEAD", format!("the batch of {first}: {what}")));
    }
}

/// Whether the content of an event gives its hash; nothing where the table does not hold all of it.
fn content(row: &Row<'_>, event: &Event<'_>, times: &Times, text: &mut String) -> Option<Result<(), String>> {
    let id = row.cell(ID).text()?;
    let hash = match event.hash {
        Ok(hash) => hash,
        Err(why) => return Some(Err(format!("its hash {why}"))),
    };
    text.clear();
    text.push_str("{\"data\":");
    let data = row.cell(DATA).text().and_then(|data| json::canonical(data, text).ok());
    let (Some(()), Some(kind), Some(session)) = (data, row.cell(KIND).text(), row.cell(SESSION).text()) else {
        return Some(Err("its hash is of data, a type and a session, and one of them is none".to_owned()));
    };
    for (key, value) in [("event_id", id), ("event_type", kind), ("session_id", session)] {
        text.push_str(&format!(",\"{key}\":"));
        json::ascii(value, text);
    }
    text.push_str(",\"timestamp\":");
    let length = text.len();
    let mut gives = |time: &mut dyn FnMut(&mut String)| {
        text.truncate(length);
        time(text);
        text.push('}');
        digest(text.as_bytes()) == *hash
    };
    let found = match row.cell(AT) {
        Cell::Integer(n) => gives(&mut |out| out.push_str(&n.to_string())) || gives(&mut |out| json::fraction(n as f64, out)),
        Cell::Real(x) => gives(&mut |out| json::fraction(x, out)),
        cell => fractions(cell, times).into_iter().any(|x| gives(&mut |out| json::fraction(x, out))),
    };
    Some(if found { Ok(()) } else { Err("its content does not give its hash: it was changed after the hash was taken".to_owned()) })
}

/// The binary fractions that round to a written time, in microseconds: the nearest first.
fn fractions(cell: Cell<'_>, times: &Times) -> Vec<f64> {
    let (Cell::Text(text), Some((at, _))) = (cell, times.tell(cell)) else { return Vec::new() };
    let digits = text.iter().skip_while(|byte| **byte != b'.').skip(1).take_while(|byte| byte.is_ascii_digit());
    let micros = digits.chain(std::iter::repeat(&b'0')).take(6).fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let seconds = at.0.div_euclid(1000);
    let nearest = (seconds * 1_000_000 + micros) as f64 / 1e6;
    let beside = |steps: i64| f64::from_bits(nearest.to_bits().wrapping_add_signed(steps));
    let rounds = |x: &f64| ((x - seconds as f64) * 1e6 - micros as f64).abs() < 0.51;
    [0, 1, -1, 2, -2, 3, -3].into_iter().map(beside).filter(rounds).collect()
}

/// Two nodes as they become one: their hashes in hex.
fn node(left: &Hash, right: &Hash) -> Hash {
    digest(format!("{}{}", hex(left), hex(right)).as_bytes())
}

/// What an event names as the hash of the one before: its data, which its hash covers, or else a column.
fn prev_of(row: &Row<'_>) -> Option<Stated> {
    [LINK, PREV].map(|place| row.cell(place)).into_iter().find(|cell| *cell != Cell::Null).map(stated)
}

/// The number of an event's row: its id, or where that is a text, its place in the table.
fn number(row: &Row<'_>) -> i64 {
    row.cell(ID).integer().or_else(|| row.cell(ROW).integer()).unwrap_or(0)
}

fn label(row: &Row<'_>) -> String {
    format!("event {}", shown(row.cell(ID)))
}

fn bytes(cell: Cell<'_>) -> &[u8] {
    match cell {
        Cell::Text(bytes) | Cell::Blob(bytes) => bytes,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn times() -> Times {
        let mut errors = Vec::new();
        Times::parse(&crate::io::yaml::parse("m", "{ forms: [datetime, rfc3339], zone: UTC }", &mut errors).unwrap(), &mut errors)
    }

    /// `2026-02-17 09:00:00.123457`, as Python's `datetime` rounds: to the nearest, of two to the even one.
    fn written(x: f64) -> String {
        let (seconds, micros) = (x.floor(), ((x - x.floor()) * 1e6).round_ties_even() as i64);
        let at = crate::instant::Instant((seconds as i64 + micros / 1_000_000) * 1000).to_string();
        format!("{}.{:06}", at.trim_end_matches('Z').replace('T', " "), micros % 1_000_000)
    }

    proptest! {
        #[test]
        fn a_rounded_time_leads_back_to_the_fraction(seconds in 1_500_000_000_i64..2_000_000_000, part in 0.0..1.0_f64) {
            let x = seconds as f64 + part;
            let text = written(x);
            let found = fractions(Cell::Text(text.as_bytes()), &times());
            prop_assert!(found.contains(&x), "{text} {x:?} {found:?}");
            prop_assert!(found.len() <= 6);
        }
    }
}
