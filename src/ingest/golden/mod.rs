//! Golden sets: fixed questions to an AI system, its answers, and a judge's verdict on every claim.
//!
//! What could not be judged stays in sight: it is `unmeasured`, bad for a pass and good for a fail, so that errors neither
//! raise a rate nor are blamed on quality. Attempts at one case, and cases of one template, are one sample.

pub mod case;
mod golden1;
pub mod signal;
#[cfg(test)]
mod tests;

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::metric::{Metric, Value};
use crate::record::Record;
use crate::source::{Grade, Location};
use case::{Case, Mode, Outcome, Rate};
use std::collections::{BTreeMap, BTreeSet};

/// The category of cases that name none.
const UNCATEGORISED: &str = "(none)";

/// The family of golden sets.
pub struct Golden;

/// What one result file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The file.
    pub path: String,
    /// Which golden set was run.
    pub suite: String,
    /// How the run says its answers were made; none when it does not say.
    pub mode: Option<Mode>,
    /// How many cases the set has.
    pub expected_cases: Option<u64>,
    /// Whether the judge was compared with human labels.
    pub judge_calibrated: bool,
    /// Every attempt at every case.
    pub cases: Vec<Case>,
}

impl Draft {
    /// The worst way an answer was made; none when the run does not say.
    pub fn worst_mode(&self) -> Option<Mode> {
        self.mode.map(|mode| self.cases.iter().map(|case| case.mode).fold(mode, Mode::max))
    }
}

impl Family for Golden {
    type Draft = Draft;
    const NAME: &'static str = "golden";
    const FORMATS: &'static [Format<Draft>] = &[golden1::FORMAT];

    fn is_empty(draft: &Draft) -> bool {
        draft.cases.is_empty()
    }

    fn settle(drafts: Vec<Draft>, _: &Request<'_>, evidence: &mut Evidence) {
        if drafts.is_empty() {
            return;
        }
        let expected = drafts.iter().filter_map(|draft| draft.expected_cases).fold(0, u64::saturating_add);
        let modes: Vec<_> = drafts.iter().map(Draft::worst_mode).collect();
        let calibrated = drafts.iter().all(|draft| draft.judge_calibrated);
        let cases = merge(drafts, evidence);

        let mut total = Summary::default();
        let mut categories: BTreeMap<&str, Summary> = BTreeMap::new();
        for case in &cases {
            total.add(case);
            categories.entry(case.category.as_deref().unwrap_or(UNCATEGORISED)).or_default().add(case);
        }
        total.metrics(evidence);
        evidence.put("golden.expected_cases", Value::Count(expected));
        evidence.put("golden.judge_calibrated", Value::Flag(calibrated));
        // A run that does not say how its answers were made says nothing about the others either.
        if let Some(mode) = modes.into_iter().try_fold(Mode::Live, |worst, mode| mode.map(|mode| worst.max(mode))) {
            evidence.put("golden.mode", Value::text(mode.word()));
        }
        evidence.family("golden.category");
        for (name, summary) in categories {
            evidence.push("golden.category", summary.record(name));
        }
        evidence.family("golden.case");
        for case in cases {
            evidence.push("golden.case", record(case));
        }
    }
}

/// One case per id, whatever the number of its attempts, in the order of the files. With several suites an id is `suite/id`.
fn merge(drafts: Vec<Draft>, evidence: &mut Evidence) -> Vec<Case> {
    let several = drafts.iter().any(|draft| draft.suite != drafts[0].suite);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut attempts: BTreeMap<(usize, u64), usize> = BTreeMap::new();
    let mut cases: Vec<Case> = Vec::new();
    for (file, draft) in drafts.into_iter().enumerate() {
        for mut case in draft.cases {
            if several {
                case.cluster = case.cluster.map(|cluster| format!("{}/{cluster}", draft.suite));
                case.id = format!("{}/{}", draft.suite, case.id);
            }
            let mut wrong = |code, message| evidence.problem(code, Grade::Error, &draft.path, Location::whole(), message);
            let place = *places.entry(case.id.clone()).or_insert(cases.len());
            if *attempts.entry((place, case.attempt)).or_insert(file) != file {
                wrong("duplicate-case", format!("case `{}`, attempt {}, is in another file already", case.id, case.attempt));
            }
            match cases.get_mut(place) {
                None => cases.push(case),
                Some(known) => {
                    let same = (&known.category, &known.cluster, known.sentinel) == (&case.category, &case.cluster, case.sentinel);
                    if !same {
                        wrong("attempts-differ", format!("the attempts at case `{}` differ in category, cluster or sentinel", case.id));
                    }
                    known.merge(case);
                }
            }
        }
    }
    cases
}

fn record(case: Case) -> Record {
    Record::new("id", case.id)
        .with_some("category", case.category.map(Value::Text))
        .with("outcome", Value::text(case.outcome.word()))
        .with("mode", Value::text(case.mode.word()))
        .with("sentinel", Value::Flag(case.sentinel))
        .with("claims", Value::Count(case.tally.claims))
        .with("bad_claims", Value::Count(case.tally.hallucination.part))
        .with_some("latency", case.latency.map(Value::Duration))
        .with_some("message", case.message.map(Value::Text))
}

/// A rate and the independent samples it rests on.
#[derive(Default)]
struct Sampled<'a> {
    rate: Rate,
    samples: BTreeSet<&'a str>,
}

impl<'a> Sampled<'a> {
    fn add(&mut self, sample: &'a str, rate: Rate) {
        self.rate.add(rate);
        if rate.whole > 0 {
            self.samples.insert(sample);
        }
    }

    fn value(&self) -> Value {
        Value::ratio(self.rate.part, self.rate.whole)
    }

    fn metric(&self, id: &'static str) -> Metric {
        let samples = self.samples.len() as u64;
        let samples = (samples < self.rate.whole).then_some(samples);
        Metric { samples, unmeasured: self.rate.unmeasured, ..Metric::new(id, self.value()) }
    }
}

/// What is counted in all cases, or in those of a category.
#[derive(Default)]
struct Summary<'a> {
    cases: u64,
    claims: u64,
    clusters: BTreeSet<&'a str>,
    not_applicable: u64,
    sentinels: u64,
    sentinels_failed: u64,
    pass: Sampled<'a>,
    hallucination: Sampled<'a>,
    coverage: Sampled<'a>,
    support: Sampled<'a>,
}

impl<'a> Summary<'a> {
    fn add(&mut self, case: &'a Case) {
        let sample = case.sample();
        let sentinel = |such: bool| u64::from(case.sentinel && such);
        self.cases += 1;
        self.claims += case.tally.claims;
        self.clusters.insert(sample);
        self.sentinels += sentinel(true);
        // Zero tolerance: a sentinel nobody could judge did not hold.
        self.sentinels_failed += sentinel(case.outcome == Outcome::Failed || case.outcome.is_unmeasured());
        let mut pass = Rate::default();
        match case.outcome {
            Outcome::NotApplicable => self.not_applicable += 1,
            outcome if outcome.is_unmeasured() => pass.count(None),
            outcome => pass.count(Some(outcome == Outcome::Passed)),
        }
        self.pass.add(sample, pass);
        self.hallucination.add(sample, case.tally.hallucination);
        self.coverage.add(sample, case.tally.coverage);
        self.support.add(sample, case.tally.support);
    }

    fn metrics(&self, evidence: &mut Evidence) {
        evidence.put("golden.cases", Value::Count(self.cases));
        evidence.put("golden.claims", Value::Count(self.claims));
        evidence.put("golden.unmeasured", Value::Count(self.pass.rate.unmeasured));
        evidence.put("golden.not_applicable", Value::Count(self.not_applicable));
        evidence.put("golden.sentinels", Value::Count(self.sentinels));
        evidence.put("golden.sentinels_failed", Value::Count(self.sentinels_failed));
        evidence.metrics.extend([
            self.pass.metric("golden.pass_rate"),
            self.hallucination.metric("golden.hallucination_rate"),
            self.coverage.metric("golden.citation_coverage"),
            self.support.metric("golden.citation_support"),
        ]);
    }

    fn record(&self, name: &str) -> Record {
        Record::new("name", name)
            .with("cases", Value::Count(self.cases))
            .with("clusters", Value::Count(self.clusters.len() as u64))
            .with("pass_rate", self.pass.value())
            .with("hallucination_rate", self.hallucination.value())
            .with("citation_coverage", self.coverage.value())
            .with("citation_support", self.support.value())
            .with("unmeasured", Value::Count(self.pass.rate.unmeasured))
    }
}
