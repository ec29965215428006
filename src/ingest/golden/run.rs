//! What a result file says of the run it holds: which suite, of which system, graded by whom.

use crate::ingest::Reading;
use crate::metric::Value;
use crate::record::Record;
use crate::source::Location;
use serde::Deserialize;

/// A run. What the file does not say is none; what differs between two runs makes them no pair.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The tool that wrote the file, with its version: `promptfoo 0.121.20`.
    pub tool: Option<String>,
    /// Which golden set was run.
    pub suite: Option<String>,
    /// Digest of its cases, as the file states it.
    pub suite_sha256: Option<String>,
    /// Digest of the cases that are in the file, by the reader: another one when a case is added.
    pub cases_sha256: Option<String>,
    /// The system under judgement: provider and model, several joined by `, `.
    pub system: Option<String>,
    /// Digest of its prompt.
    pub prompt_sha256: Option<String>,
    /// The judge: its model, `human` or `rule`.
    pub judge: Option<String>,
    /// Digest of the judge's prompt.
    pub judge_sha256: Option<String>,
    /// The judge against human labels.
    pub calibration: Option<Calibration>,
    /// The measures that grade an answer, with their thresholds, each once, sorted: `faithfulness >= 0.8`.
    pub measures: Vec<String>,
    /// How the cases were chosen.
    pub sampling: Option<Sampling>,
}

/// How the cases of a set were chosen. Only a random choice speaks for what was not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sampling {
    /// By chance from what users ask.
    Random,
    /// By hand.
    Curated,
    /// From templates or by a model.
    Generated,
}

impl Sampling {
    /// As a map and the report write it.
    pub const fn word(self) -> &'static str {
        match self {
            Sampling::Random => "random",
            Sampling::Curated => "curated",
            Sampling::Generated => "generated",
        }
    }
}

/// The judge against human labels: how many bad answers it caught, how many good ones it passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// Bad answers shown to the judge.
    pub true_bad: u64,
    /// Of these, how many it called bad.
    pub caught: u64,
    /// Good answers shown to the judge.
    pub true_good: u64,
    /// Of these, how many it called good.
    pub passed: u64,
}

impl Calibration {
    /// The calibration, unless it says more than it can or nothing at all.
    pub fn checked(self, reading: &mut Reading<'_>, at: Location) -> Option<Calibration> {
        if self.caught > self.true_bad || self.passed > self.true_good {
            reading.error("contradicts-itself", at, "the judge was right more often than it was asked");
            return None;
        }
        Some(self).filter(|known| known.true_bad > 0 && known.true_good > 0)
    }
}

impl Run {
    /// Whether the judge was compared with human labels, or is human.
    pub fn is_calibrated(&self) -> bool {
        self.calibration.is_some() || self.judge.as_deref() == Some("human")
    }

    /// The run as a row of `golden.run`.
    pub fn record(self, path: &str, mode: Option<&str>, cases: u64) -> Record {
        let text = |text: Option<String>| text.map(Value::Text);
        let measures = (!self.measures.is_empty()).then(|| self.measures.join("; "));
        Record::new("path", path)
            .with("cases", Value::Count(cases))
            .with_some("tool", text(self.tool))
            .with_some("suite", text(self.suite))
            .with_some("suite_sha256", text(self.suite_sha256))
            .with_some("cases_sha256", text(self.cases_sha256))
            .with_some("system", text(self.system))
            .with_some("prompt_sha256", text(self.prompt_sha256))
            .with_some("judge", text(self.judge))
            .with_some("judge_sha256", text(self.judge_sha256))
            .with_some("measures", text(measures))
            .with_some("sampling", self.sampling.map(|sampling| Value::text(sampling.word())))
            .with_some("mode", mode.map(Value::text))
    }
}
