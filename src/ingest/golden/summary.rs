//! What all cases, or those of a category, come to.

use super::case::{Case, Outcome};
use super::claim::Rate;
use crate::evidence::Evidence;
use crate::metric::{Metric, Value};
use crate::record::Record;
use std::collections::BTreeSet;

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
pub struct Summary<'a> {
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
    /// Counts one more.
    pub fn add(&mut self, case: &'a Case) {
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

    /// The metrics of the whole.
    pub fn metrics(&self, evidence: &mut Evidence) {
        evidence.put("golden.cases", Value::Count(self.cases));
        evidence.put("golden.clusters", Value::Count(self.clusters.len() as u64));
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

    /// The row of a category.
    pub fn record(&self, name: &str) -> Record {
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
