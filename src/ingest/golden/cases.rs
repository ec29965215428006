//! One row for every case: its worst attempt, and what all attempts come to.

use super::case::{Case, Mode, Outcome};
use super::claim::Tally;
use super::ledger::{Entry, Ledger};
use super::worst::{Kept, Worst};
use crate::evidence::Evidence;
use crate::metric::Value;
use crate::record::Record;
use crate::source::{Grade, Location};
use std::collections::BTreeMap;

/// So many mistakes of a kind are told one by one.
const TOLD: usize = 100;

/// The cases of an entry.
#[derive(Default)]
pub struct Cases {
    /// The worst ones, in the order of the files.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub omitted: u64,
    /// How many there are whose attempts disagree.
    pub flaky: u64,
    /// How many there are in each category.
    pub by_category: Vec<u64>,
}

/// A case with all attempts at it.
pub struct Row {
    /// The worst of them.
    pub worst: Case,
    all: Attempts,
}

/// What all attempts at a case come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Attempts {
    n: u64,
    passed: u64,
    judged: u64,
    mode: Mode,
    tally: Tally,
    /// Whether they contradict each other about what the case is.
    differ: bool,
}

/// Gathers the cases; attempts that are in two files, or say different things of the case, are problems.
///
/// `paths` are those of the files that the ledger numbers.
pub fn gather(ledger: &mut Ledger, worst: Worst, paths: &[String], evidence: &mut Evidence) -> Cases {
    let (mut rows, places) = rows(worst);
    let mut cases = Cases { by_category: vec![0; ledger.categories().len()], ..Cases::default() };
    let (mut ids, mut twice, mut unlike) = (0, Vec::new(), Vec::new());
    let mut group: Option<(usize, Entry, Attempts)> = None;
    let mut close = |(_, entry, all): (usize, Entry, Attempts)| {
        ids += 1;
        cases.by_category.get_mut(usize::from(entry.category)).into_iter().for_each(|ids| *ids += 1);
        cases.flaky += u64::from(all.is_flaky());
        if all.differ {
            unlike.push(entry.case);
        }
        if let Some(row) = places.get(&entry.case).and_then(|place| rows.get_mut(*place)) {
            row.all = all;
        }
    };
    ledger.each_by(
        |entry| (entry.case, entry.attempt),
        |file, entry, tally| match &mut group {
            Some((before, last, all)) if last.case == entry.case => {
                if last.attempt == entry.attempt && *before != file {
                    twice.push((file.max(*before), entry.case, entry.attempt));
                }
                all.differ |=
                    (last.category, last.cluster, last.marks.is_sentinel()) != (entry.category, entry.cluster, entry.marks.is_sentinel());
                all.add(entry, tally);
                (*before, last.attempt) = (file, entry.attempt);
            }
            _ => {
                let mut all = Attempts::default();
                all.add(entry, tally);
                group.replace((file, *entry, all)).into_iter().for_each(&mut close);
            }
        },
    );
    group.into_iter().for_each(close);
    cases.omitted = ids - rows.len() as u64;
    let name =
        |case: &u64| places.get(case).and_then(|place| rows.get(*place)).map_or_else(String::new, |row| format!(" `{}`", row.worst.id));
    twice.sort_unstable();
    let texts = twice.iter().map(|(file, case, attempt)| {
        let path = paths.get(*file).cloned().unwrap_or_default();
        (path, format!("case{}, attempt {attempt}, is in another file already", name(case)))
    });
    problems(evidence, "duplicate-case", texts.collect());
    unlike.sort_unstable();
    let texts =
        unlike.iter().map(|case| (String::new(), format!("the attempts at case{} differ in category, cluster or sentinel", name(case))));
    problems(evidence, "attempts-differ", texts.collect());
    cases.rows = rows;
    cases
}

fn problems(evidence: &mut Evidence, code: &'static str, told: Vec<(String, String)>) {
    let more = told.len().saturating_sub(TOLD);
    for (path, message) in told.into_iter().take(TOLD) {
        evidence.problem(code, Grade::Error, &path, Location::whole(), message);
    }
    if more > 0 {
        evidence.problem(code, Grade::Error, "", Location::whole(), format!("the same of {more} more"));
    }
}

/// A row for every case that is kept, and where each stands.
fn rows(worst: Worst) -> (Vec<Row>, BTreeMap<u64, usize>) {
    let mut places: BTreeMap<u64, usize> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for Kept { fingerprint, case } in worst.in_order() {
        let place = *places.entry(fingerprint).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(row) => row.add(case),
            None => rows.push(Row::of(case)),
        }
    }
    (rows, places)
}

impl Attempts {
    fn add(&mut self, entry: &Entry, tally: Tally) {
        self.n += 1;
        self.passed += u64::from(entry.outcome == Outcome::Passed);
        self.judged += u64::from(matches!(entry.outcome, Outcome::Passed | Outcome::Failed));
        self.mode = self.mode.max(entry.marks.mode());
        self.tally.add(tally);
    }

    /// Whether they disagree.
    fn is_flaky(&self) -> bool {
        self.passed > 0 && self.passed < self.judged
    }
}

impl Row {
    /// A case of which one attempt is known.
    pub fn of(worst: Case) -> Row {
        Row { worst, all: Attempts::default() }
    }

    /// Whether the attempts disagree.
    pub fn is_flaky(&self) -> bool {
        self.all.is_flaky()
    }

    /// It is as good as its worst attempt, and as slow as its slowest.
    fn add(&mut self, case: Case) {
        let latency = [self.worst.latency, case.latency].into_iter().flatten().reduce(f64::max);
        if case.outcome > self.worst.outcome {
            self.worst = case;
        }
        self.worst.latency = latency;
    }

    /// The row of `golden.case`.
    pub fn record(self) -> Record {
        let Row { worst: case, all } = self;
        let text = |text: Option<String>| text.map(Value::Text);
        Record::new("id", case.id)
            .with_some("category", text(case.category))
            .with("outcome", Value::text(case.outcome.word()))
            .with("attempts", Value::Count(all.n))
            .with("passed_attempts", Value::Count(all.passed))
            .with("mode", Value::text(all.mode.word()))
            .with("sentinel", Value::Flag(case.sentinel))
            .with("claims", Value::Count(all.tally.claims))
            .with("bad_claims", Value::Count(all.tally.hallucination.part))
            .with_some("latency", case.latency.map(Value::Duration))
            .with_some("message", text(case.message))
    }
}
