//! What a golden set shows: every rate with the bound that decides, and the cases from the worst on. Every output says the same.

mod share;

pub use share::{Needed, Share, Standing};

use super::required;
use crate::analyze::cluster::Sample;
use crate::catalogue;
use crate::evidence::Evidence;
use crate::metric::{Metric, Value, grouped};
use crate::record::{Basis, Record};
use crate::report::Report;
use crate::transcript::Transcript;
use std::collections::BTreeMap;

/// A rate that golden sets have.
struct Kind {
    id: &'static str,
    field: &'static str,
    what: &'static str,
    /// Whether it should be low.
    low: bool,
    /// What is counted, in the plural.
    counted: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind { id: "golden.hallucination_rate", field: "hallucination_rate", what: "Hallucination rate", low: true, counted: "claims" },
    Kind { id: "golden.citation_coverage", field: "citation_coverage", what: "Citation coverage", low: false, counted: "claims" },
    Kind { id: "golden.citation_support", field: "citation_support", what: "Citation support", low: false, counted: "citations" },
    Kind { id: "golden.pass_rate", field: "pass_rate", what: "Pass rate", low: false, counted: "cases" },
];

/// A rate, and what all cases and each category come to.
pub struct Rate {
    /// `Hallucination rate`.
    pub what: &'static str,
    /// `hallucination-rate`.
    pub slug: String,
    /// All cases, then the base's where it is known, then the categories from the worst on.
    pub shares: Vec<Share>,
}

impl Rate {
    /// All cases.
    pub fn all(&self) -> Option<&Share> {
        self.shares.first()
    }
}

/// The rates that are not shown to keep a limit of theirs; where there is none, the first that is known.
pub fn rates(report: &Report) -> Vec<Rate> {
    let mut all: Vec<Rate> = KINDS.iter().filter_map(|kind| rate(report, kind)).collect();
    let open = |rate: &Rate| rate.shares.iter().any(|share| share.standing().is_some_and(|standing| standing != Standing::Kept));
    match all.iter().any(open) {
        true => all.retain(open),
        false => all.truncate(1),
    }
    all
}

/// All rates that are known and have no chart, each with what it shows.
pub fn others(report: &Report, shown: &[Rate]) -> Vec<(&'static str, String)> {
    let told = |kind: &Kind| shown.iter().any(|rate| rate.what == kind.what);
    let others = KINDS.iter().filter(|kind| !told(kind));
    others.filter_map(|kind| Some((kind.what, total(report, kind, report.metric(kind.id)?, "All")?.news()))).collect()
}

/// What a rate of all cases can still be, whatever has a chart: its one-sided bound.
pub fn bound(report: &Report, id: &str) -> Option<f64> {
    let kind = KINDS.iter().find(|kind| kind.id == id)?;
    Some(total(report, kind, report.metric(id)?, "All")?.bound())
}

fn total(report: &Report, kind: &Kind, metric: &Metric, name: &str) -> Option<Share> {
    let Value::Ratio(ratio) = metric.value else { return None };
    let limit = required::of_metric(report, kind.id).filter(|limit| limit.at_most == kind.low);
    let name = name.to_owned();
    let (sample, unmeasured) = (Sample::new(ratio, metric.design), metric.unmeasured);
    let share = Share { name, sample, unmeasured, limit, low: kind.low, counted_in: kind.counted, noun: catalogue::counted(kind.id) };
    ratio.is_known().then_some(share)
}

fn rate(report: &Report, kind: &Kind) -> Option<Rate> {
    let all = total(report, kind, report.metric(kind.id)?, "All")?;
    let before = report.before.iter().find_map(|entry| entry.metric(kind.id));
    let before = before.and_then(|metric| total(report, kind, metric, "All, at the base"));
    let category = |row: &Record| {
        let ratio = row.ratio(kind.field).filter(|ratio| ratio.is_known())?;
        let limit = required::of_row(report, row.subject(), kind.field).filter(|limit| limit.at_most == kind.low);
        let Basis { design, unmeasured, .. } = row.basis(kind.field).unwrap_or_default();
        Some(Share { name: row.subject().to_owned(), sample: Sample::new(ratio, design), unmeasured, limit, ..all.clone() })
    };
    let mut categories: Vec<Share> = report.rows("golden.category").filter_map(category).collect();
    // Worst first: by what is shown of the limit, then by what may still be.
    categories.sort_by(|a, b| {
        let worse = if kind.low { b.bound().total_cmp(&a.bound()) } else { a.bound().total_cmp(&b.bound()) };
        a.standing().cmp(&b.standing()).then(worse).then_with(|| a.name.cmp(&b.name))
    });
    let shares = std::iter::once(all.clone()).chain(before).chain(categories).collect();
    Some(Rate { what: kind.what, slug: kind.field.replace('_', "-"), shares })
}

/// Whether the cases were chosen by chance, so that they speak for others too.
pub fn is_random(report: &Report) -> bool {
    let mut runs = report.rows("golden.run").peekable();
    runs.peek().is_some() && runs.all(|run| run.text("sampling") == Some("random"))
}

/// A case with what is told of it.
pub struct Case<'a> {
    /// Its row.
    pub row: &'a Record,
    /// What was asked and answered, where the report has it.
    pub transcript: Option<&'a Transcript>,
}

/// All cases, worst first.
pub fn cases(report: &Report) -> Vec<Case<'_>> {
    fn of(entry: &Evidence) -> Vec<Case<'_>> {
        let transcripts = entry.transcripts.iter().flat_map(|transcripts| &transcripts.cases);
        // Cases of two entries may have one id.
        let by_id: BTreeMap<&str, &Transcript> = transcripts.map(|one| (one.case.as_str(), one)).collect();
        let case = |row| Case { row, transcript: by_id.get(Record::subject(row)).copied() };
        entry.rows("golden.case").iter().map(case).collect()
    }
    let mut cases: Vec<Case<'_>> = report.evidence.iter().flat_map(of).collect();
    cases.sort_by_key(|case| rank(case.row));
    cases
}

/// How little a case wants to be seen: sentinels before others of their outcome.
fn rank(row: &Record) -> (u8, bool) {
    let outcome = match row.text("outcome") {
        Some("failed") => 0,
        Some("error") => 1,
        Some("not-judged") => 2,
        Some("skipped") => 3,
        Some("passed") => 4,
        _ => 5,
    };
    (outcome, !is_sentinel(row))
}

/// Whether a bad answer fails outright.
pub fn is_sentinel(row: &Record) -> bool {
    row.get("sentinel") == Some(&Value::Flag(true))
}

/// Whether it should have been judged and was not.
pub fn is_unmeasured(row: &Record) -> bool {
    matches!(row.text("outcome"), Some("error" | "not-judged" | "skipped"))
}

/// Whether nothing is wrong with it.
pub fn is_fine(row: &Record) -> bool {
    matches!(row.text("outcome"), Some("passed" | "not-applicable"))
}

/// Whether some attempts passed and some did not.
pub fn is_flaky(row: &Record) -> bool {
    row.count("passed_attempts").is_some_and(|n| n > 0) && row.text("outcome") != Some("passed")
}

/// "3 of 5 attempts passed", where there was more than one.
pub fn attempts(row: &Record) -> Option<String> {
    let all = row.count("attempts").filter(|n| *n > 1)?;
    Some(format!("{} of {} attempts passed", grouped(row.count("passed_attempts").unwrap_or(0)), grouped(all)))
}
