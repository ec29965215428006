//! What all cases, or those of a category, come to.

use super::case::{Case, Outcome};
use super::claim::Rate;
use crate::evidence::Evidence;
use crate::metric::{Metric, Ratio, Value};
use crate::record::{Basis, Record};
use std::collections::{BTreeMap, BTreeSet};

/// A rate, and what of it fell to each independent sample.
#[derive(Default)]
struct Sampled<'a> {
    rate: Rate,
    samples: BTreeMap<&'a str, Ratio>,
}

impl<'a> Sampled<'a> {
    fn add(&mut self, sample: &'a str, rate: Rate) {
        self.rate.add(rate);
        if rate.whole > 0 {
            let counted = self.samples.entry(sample).or_default();
            *counted = Ratio::new(counted.part + rate.part, counted.whole + rate.whole);
        }
    }

    fn ratio(&self) -> Ratio {
        Ratio::new(self.rate.part, self.rate.whole)
    }

    fn basis(&self) -> Basis {
        let grouped = (self.samples.len() as u64) < self.rate.whole;
        let design = grouped.then(|| self.samples.values().copied().collect());
        Basis { design, unmeasured: self.rate.unmeasured }
    }

    fn metric(&self, id: &'static str) -> Metric {
        let Basis { design, unmeasured } = self.basis();
        Metric { design, unmeasured, ..Metric::new(id, Value::Ratio(self.ratio())) }
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
            .with_ratio("pass_rate", self.pass.ratio(), self.pass.basis())
            .with_ratio("hallucination_rate", self.hallucination.ratio(), self.hallucination.basis())
            .with_ratio("citation_coverage", self.coverage.ratio(), self.coverage.basis())
            .with_ratio("citation_support", self.support.ratio(), self.support.basis())
            .with("unmeasured", Value::Count(self.pass.rate.unmeasured))
    }
}
