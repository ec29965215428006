//! What all answers, or those of a category, come to.

use super::case::Outcome;
use super::claim::{Rate, Tally};
use super::ledger::Entry;
use crate::evidence::Evidence;
use crate::metric::{Design, Metric, Ratio, Value};
use crate::record::{Basis, Record};

/// A rate, and what of it fell to each independent sample.
#[derive(Default)]
struct Sampled {
    rate: Rate,
    /// The sample that is being counted, and what fell to it so far.
    open: Option<(u64, Ratio)>,
    closed: Design,
}

impl Sampled {
    fn add(&mut self, sample: u64, rate: Rate) {
        self.rate.add(rate);
        if rate.whole == 0 {
            return;
        }
        let (last, counted) = self.open.get_or_insert((sample, Ratio::default()));
        if *last != sample {
            self.closed.add_cluster(*counted);
            (*last, *counted) = (sample, Ratio::default());
        }
        *counted = Ratio::new(counted.part + rate.part, counted.whole + rate.whole);
    }

    fn ratio(&self) -> Ratio {
        Ratio::new(self.rate.part, self.rate.whole)
    }

    fn basis(&self) -> Basis {
        let mut design = self.closed;
        design.add_cluster(self.open.map(|(_, counted)| counted).unwrap_or_default());
        let grouped = design.clusters < self.rate.whole;
        Basis { design: grouped.then_some(design), unmeasured: self.rate.unmeasured, range: None }
    }

    fn metric(&self, id: &'static str) -> Metric {
        let Basis { design, unmeasured, .. } = self.basis();
        Metric { design, unmeasured, ..Metric::new(id, Value::Ratio(self.ratio())) }
    }
}

/// What is counted in all answers, or in those of a category. Answers of one sample must follow each other.
#[derive(Default)]
pub struct Summary {
    cases: u64,
    claims: u64,
    clusters: u64,
    last: Option<u64>,
    not_applicable: u64,
    sentinels: u64,
    sentinels_failed: u64,
    pass: Sampled,
    hallucination: Sampled,
    coverage: Sampled,
    support: Sampled,
}

impl Summary {
    /// Counts one more.
    pub fn add(&mut self, entry: &Entry, tally: Tally) {
        let sample = entry.cluster;
        let sentinel = |such: bool| u64::from(entry.marks.is_sentinel() && such);
        self.cases += 1;
        self.claims += tally.claims;
        self.clusters += u64::from(self.last != Some(sample));
        self.last = Some(sample);
        self.sentinels += sentinel(true);
        // Zero tolerance: a sentinel nobody could judge did not hold.
        self.sentinels_failed += sentinel(entry.outcome == Outcome::Failed || entry.outcome.is_unmeasured());
        let mut pass = Rate::default();
        match entry.outcome {
            Outcome::NotApplicable => self.not_applicable += 1,
            outcome if outcome.is_unmeasured() => pass.count(None),
            outcome => pass.count(Some(outcome == Outcome::Passed)),
        }
        self.pass.add(sample, pass);
        self.hallucination.add(sample, tally.hallucination);
        self.coverage.add(sample, tally.coverage);
        self.support.add(sample, tally.support);
    }

    /// The metrics of the whole.
    pub fn metrics(&self, evidence: &mut Evidence) {
        evidence.put("golden.cases", Value::Count(self.cases));
        evidence.put("golden.clusters", Value::Count(self.clusters));
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
            .with("clusters", Value::Count(self.clusters))
            .with_ratio("pass_rate", self.pass.ratio(), self.pass.basis())
            .with_ratio("hallucination_rate", self.hallucination.ratio(), self.hallucination.basis())
            .with_ratio("citation_coverage", self.coverage.ratio(), self.coverage.basis())
            .with_ratio("citation_support", self.support.ratio(), self.support.basis())
            .with("unmeasured", Value::Count(self.pass.rate.unmeasured))
    }
}
