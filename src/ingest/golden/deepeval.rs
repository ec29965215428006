//! DeepEval's test runs: `.deepeval/.latest_test_run.json` and the files of a results folder, which hold the inner object alone.
//!
//! DeepEval calls a case passed whose judge broke, and writes NaN. A metric without a score or a verdict, or with an error, has no opinion
//! here. Names are places (`test_case_3`), so cases are known by what they ask.

mod case;
mod logs;
#[cfg(test)]
mod tests;

use super::draft::Draft;
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::hash::sha256;
use crate::io::json::{Each, Fill, Members, Value, outline, skip};
use crate::source::Location;
use case::{Known, TestCase};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "deepeval", about: "DeepEval test runs (.latest_test_run.json, results folder)", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let of_deepeval =
            ["metricsScores", "metricScores", "testFile", "testPassed", "conversationalTestCases", "runDuration", "hyperparameters"];
        let metrics = ["testCases", "conversationalTestCases"].iter().any(|list| outline.has(&[list, "[]", "metricsData"]));
        let inner = outline.has(&["testCases", "[]"]) || outline.has(&["conversationalTestCases", "[]"]);
        outline.has(&["testRunData"])
            || outline.has(&["testRunLink"])
            || metrics
            || (inner && of_deepeval.iter().any(|key| outline.has(&[key])))
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = TestRun::default();
    reading.tolerant_json(Fill(&mut run));
    run.finish(reading)
}

/// What a file says.
#[derive(Default)]
struct TestRun {
    cases: Vec<(Location, TestCase)>,
    passed: Option<u64>,
    failed: Option<u64>,
    suite: Option<String>,
    file: Option<String>,
    system: Option<String>,
    link: bool,
    /// Whether there is a place for cases.
    data: bool,
}

impl Members for TestRun {
    const WHAT: &'static str = "a test run of DeepEval";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "testRunData" => value.next_value_seed(Inner(self))?,
            "testRunLink" => self.link = value.next_value::<Value>()?.is_string(),
            "testCases" | "conversationalTestCases" => {
                self.data = true;
                let cases = &mut self.cases;
                let take = |place: &str, case| cases.push((Location::pointer(&[key, place]), case));
                value.next_value_seed(Each::new("a list of test cases", take))?;
            }
            "testPassed" => self.passed = value.next_value()?,
            "testFailed" => self.failed = value.next_value()?,
            "datasetAlias" => self.suite = super::loose::words(&value.next_value::<Value>()?),
            "testFile" => self.file = super::loose::words(&value.next_value::<Value>()?),
            "hyperparameters" => {
                let known = value.next_value::<Value>()?;
                self.system = ["model", "Model", "llm"].iter().find_map(|key| known.get(key).and_then(super::loose::words));
            }
            _ => skip(value)?,
        }
        Ok(())
    }
}

/// The run within its wrapper, or `null`.
struct Inner<'a>(&'a mut TestRun);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TestRun::WHAT)
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Fill(self.0).visit_map(map)
    }
}

impl TestRun {
    fn finish(self, reading: &mut Reading<'_>) -> Draft {
        if self.cases.is_empty() && self.link && !self.data {
            let message = "the file only links to its results: run DeepEval without being logged in, or with a results folder";
            reading.error("only-a-link", Location::whole(), message);
        }
        let mut draft = Draft::of(reading);
        self.totals(reading, &mut draft);
        self.about(reading, &mut draft);
        // One name for several questions is told apart by them; one question several times is several attempts.
        let known: Vec<Known> = self.cases.iter().map(|(_, case)| case.known()).collect();
        let mut inputs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for it in &known {
            inputs.entry(&it.name).or_default().insert(&it.input);
        }
        let mut attempts: BTreeMap<String, u64> = BTreeMap::new();
        for ((at, test), it) in self.cases.iter().zip(&known) {
            let several = inputs.get(it.name.as_str()).is_some_and(|inputs| inputs.len() > 1);
            let id = if several { format!("{}#{}", it.name, &it.input[..8]) } else { it.name.clone() };
            let attempt = attempts.entry(id.clone()).and_modify(|n| *n += 1).or_insert(1);
            let mut case = test.judged(id);
            case.attempt = *attempt;
            draft.take(reading, at.clone(), case);
        }
        draft.finish(reading)
    }

    /// DeepEval counts the cases that a metric judged; early versions count all.
    fn totals(&self, reading: &mut Reading<'_>, draft: &mut Draft) {
        let count = |such: fn(&TestCase) -> bool| self.cases.iter().filter(|(_, case)| such(case)).count() as u64;
        let all = self.cases.len() as u64;
        let (Some(passed), Some(failed)) = (self.passed, self.failed) else { return };
        let stated = passed.saturating_add(failed);
        draft.expected = Some(stated.max(all));
        if ![all, count(|case| case.success.is_some()), count(TestCase::has_metrics)].contains(&stated) {
            draft.declared(reading, Location::whole(), "test case", stated, all);
        } else if passed > count(|case| case.success == Some(true)) {
            let counted = count(|case| case.success == Some(true));
            let message = format!("the file states {passed} passed, and holds {counted}");
            reading.error("declared-totals-differ", Location::whole(), message);
        }
    }

    fn about(&self, reading: &mut Reading<'_>, draft: &mut Draft) {
        let cases = || self.cases.iter().map(|(_, case)| case);
        let metrics = || cases().flat_map(TestCase::metrics);
        let judges: BTreeSet<&str> = metrics().filter_map(|metric| metric.evaluation_model.as_deref()).collect();
        let measures: BTreeSet<String> = metrics().filter_map(case::Metric::measure).collect();
        let inputs: BTreeSet<String> = cases().map(|case| case.known().input).collect();
        let joined = |texts: BTreeSet<&str>| Some(texts.into_iter().collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty());
        draft.run.tool = Some("deepeval".to_owned());
        draft.run.suite = self.suite.clone().or_else(|| self.file.clone());
        draft.run.cases_sha256 = (!inputs.is_empty()).then(|| sha256(inputs.into_iter().collect::<Vec<_>>().join("\n").as_bytes()));
        draft.run.system = self.system.clone();
        draft.run.judge = joined(judges);
        draft.run.measures = measures.into_iter().collect();
        draft.mode = case::mode(reading, self.system.as_deref(), cases());
        let ends = cases().filter_map(|case| clock::parse(case.trace.as_ref()?.end_time.as_deref()?));
        reading.source.collected_at = ends.max();
    }
}
