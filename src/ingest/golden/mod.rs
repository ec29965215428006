//! Golden sets: fixed questions to an AI system, its answers, and a judge's verdict on every claim.
//!
//! What could not be judged stays in sight: it is `unmeasured`, bad for a pass and good for a fail, so that errors neither
//! raise a rate nor are blamed on quality. Every attempt at a case is counted; attempts at one case, and cases of one template,
//! are one sample.

pub mod case;
pub mod claim;
pub mod draft;
mod golden1;
mod helm;
mod identity;
mod inspect;
mod layout;
mod map;
mod mapped;
mod mark;
mod openai_evals;
mod policy;
pub mod run;
mod score;
pub mod signal;
mod summary;
#[cfg(test)]
mod tests;

use crate::error::Diagnostic;
use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::metric::Value;
use crate::record::Record;
use crate::source::{Grade, Location};
use case::{Case, Mode, Outcome};
use draft::Draft;
use map::Map;
use policy::Policy;
use std::collections::{BTreeMap, BTreeSet};
use summary::Summary;

/// The category of cases that name none.
const UNCATEGORISED: &str = "(none)";

/// The family of golden sets.
pub struct Golden;

impl Family for Golden {
    type Draft = Draft;
    const NAME: &'static str = "golden";
    const FORMATS: &'static [Format<Draft>] = &[golden1::FORMAT, inspect::FORMAT, openai_evals::FORMAT, helm::FORMAT, mapped::FORMAT];

    fn by_map(request: &Request<'_>) -> Option<&'static Format<Draft>> {
        Map::of(request)?.layout.map(|_| &mapped::FORMAT)
    }

    fn check_map(file: &str, text: &str) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        Map::parse(file, text, &mut errors);
        errors
    }

    fn is_empty(draft: &Draft) -> bool {
        draft.cases.is_empty() && draft.stated.is_empty()
    }

    fn settle(mut drafts: Vec<Draft>, request: &Request<'_>, evidence: &mut Evidence) {
        if drafts.is_empty() {
            return;
        }
        let policy = Map::of(request).map(|map| map.policy).unwrap_or_default();
        let expected = expected(&drafts, &policy);
        let modes: Vec<_> = drafts.iter().map(Draft::worst_mode).collect();
        let calibrated = drafts.iter().all(|draft| draft.run.is_calibrated());
        evidence.family("golden.run");
        for draft in &drafts {
            let mode = draft.worst_mode().map(Mode::word);
            evidence.push("golden.run", draft.run.clone().record(&draft.path, mode, draft.cases.len() as u64));
        }
        let stated = drafts.iter_mut().flat_map(|draft| std::mem::take(&mut draft.stated)).collect();
        let cases = gather(drafts, evidence);
        score::rows(&cases, stated, evidence);
        if cases.is_empty() && evidence.rows("golden.score").iter().any(|row| row.number("mean").is_some()) {
            // What a file says of cases that it does not hold is no count of them.
            return;
        }
        if let Some(expected) = expected {
            evidence.put("golden.expected_cases", Value::Count(expected));
        }
        evidence.put("golden.judge_calibrated", Value::Flag(calibrated));
        // A run that does not say how its answers were made says nothing about the others either.
        if let Some(mode) = modes.into_iter().try_fold(Mode::Live, |worst, mode| mode.map(|mode| worst.max(mode))) {
            evidence.put("golden.mode", Value::text(mode.word()));
        }
        summarise(&cases, &policy, evidence);
        let rows = rows(cases);
        for row in rows.iter().filter(|row| row.differs) {
            let message = format!("the attempts at case `{}` differ in category, cluster or sentinel", row.worst.id);
            evidence.problem("attempts-differ", Grade::Error, "", Location::whole(), message);
        }
        evidence.put("golden.flaky", Value::Count(rows.iter().filter(|row| row.is_flaky()).count() as u64));
        evidence.family("golden.case");
        for row in rows {
            evidence.push("golden.case", row.record());
        }
    }
}

/// How many graded answers there should be, if every file or the map says so. Of a set that is all there, every attempt is expected.
fn expected(drafts: &[Draft], policy: &Policy) -> Option<u64> {
    let stated: Option<u64> = drafts.iter().map(|draft| draft.expected).try_fold(0_u64, |sum, n| Some(sum.saturating_add(n?)));
    let ids = drafts.iter().map(Draft::ids).fold(0, u64::saturating_add);
    let held = drafts.iter().map(|draft| draft.cases.len() as u64).fold(0, u64::saturating_add);
    let demanded = policy.expected_cases.map(|demanded| if demanded == ids { held } else { demanded });
    stated.max(demanded)
}

/// The metrics of all cases, and a row for every category, also for those that should be there and are not.
fn summarise(cases: &[Case], policy: &Policy, evidence: &mut Evidence) {
    let mut total = Summary::default();
    let mut categories: BTreeMap<&str, Summary> = policy.categories.keys().map(|name| (name.as_str(), Summary::default())).collect();
    for case in cases {
        total.add(case);
        categories.entry(case.category.as_deref().unwrap_or(UNCATEGORISED)).or_default().add(case);
    }
    total.metrics(evidence);
    evidence.family("golden.category");
    let mut missing = 0;
    for (name, summary) in categories {
        let required = policy.categories.get(name).copied();
        missing += u64::from(required.is_some_and(|required| distinct(cases, name) < required.max(1)));
        evidence.push("golden.category", summary.record(name).with_some("required", required.map(Value::Count)));
    }
    evidence.put("golden.required_categories", Value::Count(policy.categories.len() as u64));
    evidence.put("golden.missing_categories", Value::Count(missing));
}

/// The cases of a category, whatever the number of attempts.
fn distinct(cases: &[Case], category: &str) -> u64 {
    let ids: BTreeSet<&str> = cases.iter().filter(|case| case.category.as_deref() == Some(category)).map(|case| case.id.as_str()).collect();
    ids.len() as u64
}

/// The graded answers of all files, in their order. With several suites an id is `suite/id`.
fn gather(drafts: Vec<Draft>, evidence: &mut Evidence) -> Vec<Case> {
    let several = drafts.iter().any(|draft| draft.run.suite != drafts[0].run.suite);
    let mut attempts: BTreeMap<(String, u64), usize> = BTreeMap::new();
    let mut cases = Vec::new();
    for (file, draft) in drafts.into_iter().enumerate() {
        for mut case in draft.cases {
            if let Some(suite) = draft.run.suite.as_ref().filter(|_| several) {
                case.cluster = case.cluster.map(|cluster| format!("{suite}/{cluster}"));
                case.id = format!("{suite}/{}", case.id);
            }
            if *attempts.entry((case.id.clone(), case.attempt)).or_insert(file) != file {
                let message = format!("case `{}`, attempt {}, is in another file already", case.id, case.attempt);
                evidence.problem("duplicate-case", Grade::Error, &draft.path, Location::whole(), message);
            }
            cases.push(case);
        }
    }
    cases
}

/// A case with all attempts at it.
struct Row {
    /// The worst of them.
    worst: Case,
    attempts: u64,
    passed: u64,
    judged: u64,
    /// Whether they contradict each other about what the case is.
    differs: bool,
}

impl Row {
    /// Whether the attempts disagree.
    fn is_flaky(&self) -> bool {
        self.passed > 0 && self.passed < self.judged
    }

    /// It is as good as its worst attempt, and as slow as its slowest; claims add up.
    fn add(&mut self, mut case: Case) {
        self.count(case.outcome);
        let known = |case: &Case| (case.category.clone(), case.cluster.clone(), case.sentinel);
        self.differs |= known(&self.worst) != known(&case);
        case.latency = [self.worst.latency, case.latency].into_iter().flatten().reduce(f64::max);
        case.mode = self.worst.mode.max(case.mode);
        case.tally.add(self.worst.tally);
        let Case { latency, mode, tally, .. } = case;
        if case.outcome > self.worst.outcome {
            self.worst = case;
        }
        (self.worst.latency, self.worst.mode, self.worst.tally) = (latency, mode, tally);
    }

    fn count(&mut self, outcome: Outcome) {
        self.attempts += 1;
        self.passed += u64::from(outcome == Outcome::Passed);
        self.judged += u64::from(matches!(outcome, Outcome::Passed | Outcome::Failed));
    }

    fn record(self) -> Record {
        let case = self.worst;
        let text = |text: Option<String>| text.map(Value::Text);
        Record::new("id", case.id)
            .with_some("category", text(case.category))
            .with("outcome", Value::text(case.outcome.word()))
            .with("attempts", Value::Count(self.attempts))
            .with("passed_attempts", Value::Count(self.passed))
            .with("mode", Value::text(case.mode.word()))
            .with("sentinel", Value::Flag(case.sentinel))
            .with("claims", Value::Count(case.tally.claims))
            .with("bad_claims", Value::Count(case.tally.hallucination.part))
            .with_some("latency", case.latency.map(Value::Duration))
            .with_some("message", text(case.message))
    }
}

/// One row for every case, in the order in which they first appear.
fn rows(cases: Vec<Case>) -> Vec<Row> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for case in cases {
        let place = *places.entry(case.id.clone()).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(row) => row.add(case),
            None => {
                let mut row = Row { worst: case, attempts: 0, passed: 0, judged: 0, differs: false };
                row.count(row.worst.outcome);
                rows.push(row);
            }
        }
    }
    rows
}
