//! Whether what a rule looks at happened as often as it should.
//!
//! What counts as an occurrence is what a reader of the rule would count:
//!
//! * `for_each: benchmark.series`: the points of each series, for that series alone.
//! * `for_each` over rows that are dated (a family with a field `at`, or a query with a column of that name or with one column
//!   of kind `instant`): the rows that `where` lets through, together. The cadence gets a finding of its own.
//! * Otherwise: the runs that an audit trail records, the points of a benchmark history, and for everything else the date of
//!   each file. Every entry the rule looked at is held against the cadence by itself, so that one cannot stand in for another.

use super::{Occasion, Subject, View, absent, finding, unfit};
use crate::analyze::cadence;
use crate::catalogue;
use crate::evaluate::expression::{self, Absence, Judged, Rigour, Truth};
use crate::evaluate::pack::{Compiled, Subjects};
use crate::evidence::{Evidence, Gap};
use crate::finding::{Finding, Outcome};
use crate::instant::Instant;
use crate::metric::{Value, duration};
use crate::record::Record;
use crate::rule::Cadence;
use crate::series::{PointRef, Series};

/// The family whose rows are the runs of an audited job.
const RUNS: &str = "audit.run";
/// The field that says when a row happened.
const AT: &str = "at";
/// How many gaps are listed one by one.
const LISTED: usize = 100;
const DAY: i64 = 86_400_000;

/// What the dates of one thing come to.
struct Held {
    outcome: Outcome,
    observed: String,
    /// In a sentence without a full stop.
    text: String,
    /// How many gaps there are beyond those allowed.
    beyond: u64,
}

/// Holds the dates behind a rule's findings against its cadence, if it has one. A pass may become something worse; whatever
/// else was said of a subject stays said.
pub(super) fn hold(rule: &Compiled, findings: &mut Vec<Finding>, rows: &[Subject<'_>], view: &View<'_>, occasion: &Occasion) {
    let (Some(cadence), Some(now)) = (&rule.rule.cadence, occasion.now) else { return };
    match &rule.subjects {
        Subjects::System => findings.iter_mut().for_each(|found| join(found, cadence, over_entries(cadence, view, now))),
        Subjects::Family("benchmark.series") => {
            let series = |found: &Finding| found.subject.as_deref().map(|name| points(name, view)).unwrap_or_default();
            for found in findings.iter_mut().filter(|found| decided(found.outcome)) {
                let held = judge(&series(found), cadence, now);
                join(found, cadence, held);
            }
        }
        // A row that is left out still shows that the family was looked at; nothing at all is told already.
        _ if findings.iter().all(|found| found.outcome == Outcome::NoEvidence) => {}
        _ => findings.push(over_rows(rule, cadence, rows, view, occasion, now)),
    }
}

/// Whether there is a word on the evidence that dates could make worse.
const fn decided(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::Fail | Outcome::Unproven)
}

/// A finding about the cadence alone.
fn over_rows(rule: &Compiled, cadence: &Cadence, rows: &[Subject<'_>], view: &View<'_>, occasion: &Occasion, now: Instant) -> Finding {
    let family = rule.rule.for_each.as_ref().map_or("", |each| each.text.as_str());
    let subject = format!("cadence of {family}");
    let unfit = unfit(&rule.rule, view, occasion);
    if !unfit.is_empty() {
        return absent(rule, Some(&subject), &unfit, None, view.basis());
    }
    let held = match date_field(rule) {
        Some(field) => {
            let counts = rows.iter().filter(|(_, row)| lets_through(rule, row, view));
            let mut held = judge(&counts.filter_map(|(_, row)| instant(row, &field)).collect::<Vec<_>>(), cadence, now);
            if view.omitted > 0 && held.outcome != Outcome::NoEvidence {
                held.outcome = Outcome::Unproven;
                held.text = format!("{}; the query found more rows than it may give", held.text);
            }
            held
        }
        None => over_entries(cadence, view, now),
    };
    if held.outcome == Outcome::NoEvidence {
        return absent(rule, Some(&subject), &[Absence::broken(Gap::Missing, held.text)], None, view.basis());
    }
    let mut found = finding(rule, Some(&subject), Outcome::Pass, String::new());
    found.sources = view.basis();
    join(&mut found, cadence, held);
    found
}

/// The worst of what the entries show that the rule looked at.
fn over_entries(cadence: &Cadence, view: &View<'_>, now: Instant) -> Held {
    let used = view.used.borrow();
    let entries: Vec<&Evidence> = used.iter().map(|index| view.facts.entry(*index)).collect();
    let several = entries.len() > 1;
    let told = |entry: &&Evidence| {
        let held = judge(&dates(entry), cadence, now);
        if several { Held { text: format!("{}: {}", entry.name, held.text), ..held } } else { held }
    };
    let worst = entries.iter().map(told).min_by_key(|held| (held.outcome, std::cmp::Reverse(held.beyond)));
    worst.unwrap_or_else(|| judge(&[], cadence, now))
}

/// When what an entry records happened.
fn dates(entry: &Evidence) -> Vec<Instant> {
    if entry.records.contains_key(RUNS) {
        return entry.rows(RUNS).iter().filter_map(|row| instant(row, AT)).collect();
    }
    if !entry.series.is_empty() {
        return entry.series.iter().flat_map(of_series).collect();
    }
    entry.sources.iter().filter_map(|source| source.collected_at).collect()
}

fn of_series(series: &Series) -> impl Iterator<Item = Instant> {
    let again = |point: &PointRef<'_>| point.repeats.iter().skip(1).filter_map(|repeat| repeat.at).collect::<Vec<_>>();
    series.points.iter().flat_map(move |point| point.at.into_iter().chain(again(&point)))
}

/// When the points of a series were made that a finding calls by this name.
fn points(name: &str, view: &View<'_>) -> Vec<Instant> {
    let used = view.used.borrow();
    let entries = used.iter().map(|index| view.facts.entry(*index));
    let all = entries.flat_map(|entry| entry.series.iter().map(move |series| (entry, series.id(), series)));
    let mine = all.filter(|(entry, id, _)| id == name || format!("{id} ({})", entry.name) == name);
    mine.flat_map(|(.., series)| of_series(series)).collect()
}

/// The field that dates the rows of a rule.
fn date_field(rule: &Compiled) -> Option<String> {
    let is_instant = |kind: &str| kind == "instant";
    match &rule.subjects {
        Subjects::Family(family) => {
            let fields = catalogue::family_named(family)?.fields;
            fields.iter().any(|(name, kind, _)| *name == AT && *kind == catalogue::Kind::Instant).then(|| AT.to_owned())
        }
        Subjects::Rows => {
            let outputs = rule.rule.collect.as_ref().map_or(&[][..], |collector| &collector.outputs);
            let dated: Vec<&String> = outputs.iter().filter(|(_, kind)| is_instant(kind)).map(|(name, _)| name).collect();
            match dated.as_slice() {
                [one] => Some((*one).clone()),
                several => several.iter().find(|name| **name == AT).map(|name| (*name).clone()),
            }
        }
        Subjects::System => None,
    }
}

/// Whether a row is one that the rule is about; what cannot be decided shows no occurrence.
fn lets_through(rule: &Compiled, row: &Record, view: &View<'_>) -> bool {
    let Some(filter) = &rule.filter else { return true };
    matches!(expression::evaluate(filter, view, Some(row), Rigour::default()), Ok(Judged { truth: Truth::True, .. }))
}

fn instant(row: &Record, field: &str) -> Option<Instant> {
    match row.get(field) {
        Some(Value::Instant(at)) => Some(*at),
        _ => None,
    }
}

fn judge(dates: &[Instant], cadence: &Cadence, now: Instant) -> Held {
    let window = duration(cadence.window as f64);
    let every = format!("one every {}", duration(cadence.every as f64));
    let Some(kept) = cadence::hold(dates, cadence.every, cadence.window, now) else {
        let text = format!("nothing is dated up to now, where {every} is asked for");
        return Held { outcome: Outcome::NoEvidence, observed: "–".to_owned(), text, beyond: 0 };
    };
    let gaps = kept.gaps.len() as u64;
    let beyond = gaps.saturating_sub(cadence.gaps);
    let outcome = match () {
        () if beyond > 0 => Outcome::Fail,
        () if !kept.whole => Outcome::Unproven,
        () => Outcome::Pass,
    };
    let observed = counted(gaps);
    let span = if kept.whole { format!("in the last {window}") } else { format!("since {}", kept.since.minute()) };
    let mut text = format!("{observed} {span}, {every}");
    if gaps > 0 {
        text.push_str(&format!(", at most {} allowed: none for {}", cadence.gaps, listed(&kept.gaps, cadence.every)));
    }
    if outcome == Outcome::Unproven {
        text.push_str(&format!("; what was before is not known, and {window} are asked for"));
    }
    Held { outcome, observed, text, beyond }
}

/// `no gap`, `1 gap`, `3 gaps`.
fn counted(gaps: u64) -> String {
    match gaps {
        0 => "no gap".to_owned(),
        1 => "1 gap".to_owned(),
        n => format!("{n} gaps"),
    }
}

/// The dates of gaps; with the time of day where one day may have several.
fn listed(gaps: &[Instant], every: i64) -> String {
    let name = |at: &Instant| if every % DAY == 0 { at.date() } else { at.minute() };
    let names: Vec<String> = gaps.iter().take(LISTED).map(name).collect();
    match gaps.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Adds what the dates come to to a finding about the same thing.
fn join(found: &mut Finding, cadence: &Cadence, held: Held) {
    if !decided(found.outcome) {
        return;
    }
    found.message = if found.message.is_empty() { held.text } else { format!("{}; {}", found.message.trim_end_matches('.'), held.text) };
    if held.outcome >= found.outcome && !found.observed.starts_with('–') {
        return;
    }
    found.gap = (held.outcome == Outcome::NoEvidence).then_some(Gap::Missing);
    found.outcome = found.outcome.min(held.outcome);
    found.observed = held.observed;
    found.required = format!(
        "at most {} in {}, one every {}",
        counted(cadence.gaps).replace("no gap", "0 gaps"),
        duration(cadence.window as f64),
        duration(cadence.every as f64)
    );
    found.margin = if held.beyond > 0 { format!("{} too many", counted(held.beyond)) } else { String::new() };
    found.shortfall = (held.beyond > 0).then_some(held.beyond as f64);
}
