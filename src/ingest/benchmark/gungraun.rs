//! gungraun, before iai-callgrind, and iai: the text they print, and the JSON of `--output-format=json|pretty-json`, both also among the
//! other output of `cargo bench` (gungraun-runner/src/runner/format.rs and summary/model.rs of gungraun/gungraun, src/lib.rs of
//! bheisler/iai).
//!
//! Counts of a simulator, not times: there are no samples. The value of the new run counts, which stands before `|` in text and in `Left`
//! or first in `Both` in JSON. All counts are costs, except the rates of hits.

use super::Draft;
use super::run::{Figure, Run};
use super::text::uncoloured;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json;
use crate::series::Direction;
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "gungraun", about: "gungraun, iai-callgrind and iai: their text, and JSON summaries (schema 6)", claims, read };

/// The version of the JSON summaries that this reader was written for.
const VERSION: &str = "6";

fn claims(artifact: &Artifact) -> bool {
    is_one(artifact.head_text())
}

/// Whether a text holds such results, maybe among others.
pub(super) fn is_one(text: &str) -> bool {
    let summary = ["\"module_path\"", "\"profiles\"", "\"benchmark_exe\""].iter().all(|key| text.contains(key));
    let compared = |line: &str| line.contains('|') && ["(***", "(No change)", "%)"].iter().any(|mark| line.contains(mark));
    let iai = || text.contains("\n  Estimated Cycles:") && text.contains("\n  Instructions:");
    summary || iai() || text.lines().any(|line| compared(line) && metric(&uncoloured(line)).is_some())
}

/// The name of a metric and its new value, which may be `N/A`.
fn metric(line: &str) -> Option<(&str, Option<f64>)> {
    let (name, rest) = line.strip_prefix("  ")?.split_once(':')?;
    let value = rest.trim_start().split(['|', ' ']).next()?;
    if value == "N/A" { Some((name, None)) } else { Some((name, Some(value.parse().ok()?))) }
}

#[derive(Deserialize)]
struct Summary {
    version: Option<String>,
    module_path: String,
    id: Option<String>,
    details: Option<String>,
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    tool: String,
    summaries: Summaries,
}

#[derive(Deserialize)]
struct Summaries {
    total: Total,
}

#[derive(Deserialize)]
struct Total {
    /// By kind of tool, then by metric.
    summary: BTreeMap<String, Option<BTreeMap<String, Compared>>>,
}

#[derive(Deserialize)]
struct Compared {
    metrics: Sides,
}

/// `Right` is what only the run has that it is compared with.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sides {
    left: Option<Count>,
    /// The new and the old.
    both: Option<Vec<Count>>,
}

#[derive(Clone, Copy, Deserialize)]
enum Count {
    Int(u64),
    Float(f64),
}

#[derive(Default)]
struct State {
    /// The benchmark that the next lines are of.
    name: String,
    /// The tool, where it is not the first.
    tool: String,
    /// A document that spans several lines, and where it begins.
    document: String,
    begun: u64,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let mut state = State::default();
    reading.each_line(|reading, number, line, _| {
        state.line(reading, &mut run, number, &uncoloured(line));
        ControlFlow::Continue(())
    });
    state.cut(&mut run);
    run.finish(reading)
}

impl State {
    fn line(&mut self, reading: &mut Reading<'_>, run: &mut Run, number: u64, line: &str) {
        if line.starts_with('{') {
            self.cut(run);
            self.begun = number;
        } else if self.document.is_empty() {
            return self.text(run, number, line.trim_end());
        }
        self.document.push_str(line);
        self.document.push('\n');
        if line.trim_end().ends_with('}') && (line.starts_with('}') || line.starts_with('{')) {
            let document = std::mem::take(&mut self.document);
            match json::read::<Summary>(document.as_bytes()) {
                Ok(summary) => summary.take(reading, run, self.begun),
                Err(mistake) => run.lost("malformed", Location::line(self.begun), format!("a summary cannot be read: {}", mistake.message)),
            }
        }
    }

    /// A document that ends in the middle.
    fn cut(&mut self, run: &mut Run) {
        if !std::mem::take(&mut self.document).is_empty() {
            run.lost("torn", Location::line(self.begun), "a summary is cut off".to_owned());
        }
    }

    fn text(&mut self, run: &mut Run, number: u64, line: &str) {
        if let Some(tool) = line.strip_prefix("  =======") {
            self.tool = tool.trim_matches(['=', ' ']).to_owned();
        } else if let Some((name, value)) = metric(line) {
            let tool = if self.tool == "CALLGRIND" { "" } else { self.tool.as_str() };
            put(run, &self.name, tool, name, value, number);
        } else if !line.is_empty() && !line.starts_with(' ') {
            line.clone_into(&mut self.name);
            self.tool.clear();
        }
    }
}

impl Summary {
    fn take(self, reading: &mut Reading<'_>, run: &mut Run, number: u64) {
        if let Some(version) = self.version.filter(|version| version != VERSION) {
            let message = format!("the summary is of version {version}, and this program knows {VERSION}");
            reading.warning("version", Location::line(number), message);
        }
        let id = self.id.map(|id| self.details.map_or(id.clone(), |details| format!("{id}:{details}")));
        let name = id.map_or_else(|| self.module_path.clone(), |id| format!("{} {id}", self.module_path));
        if self.profiles.is_empty() {
            run.lost("no-result", Location::line(number), format!("{name} has no result"));
        }
        let mut old = Vec::new();
        for profile in self.profiles {
            let tool = if profile.tool == "Callgrind" { "" } else { profile.tool.as_str() };
            for (metric, compared) in profile.summaries.total.summary.into_values().flatten().flatten() {
                match compared.metrics {
                    Sides { left: None, both: None } => old.push(metric),
                    Sides { left, both } => {
                        let new = left.or_else(|| both?.first().copied()).map(Count::number);
                        put(run, &name, tool, &metric, new, number);
                    }
                }
            }
        }
        if !old.is_empty() {
            let some = old.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
            let message = format!("{name}: only the run that it is compared with has {} of its metrics: {some}", old.len());
            reading.warning("old-only", Location::line(number), message);
        }
    }
}

impl Count {
    fn number(self) -> f64 {
        match self {
            Count::Int(count) => count as f64,
            Count::Float(number) => number,
        }
    }
}

fn put(run: &mut Run, benchmark: &str, tool: &str, metric: &str, value: Option<f64>, number: u64) {
    let lower = metric.to_lowercase().replace(' ', "");
    let unit = if lower.ends_with("rate") {
        "%"
    } else if lower.ends_with("bytes") {
        "B"
    } else {
        ""
    };
    let direction = if lower.ends_with("hitrate") { Direction::Higher } else { Direction::Lower };
    let metric = [tool, metric].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
    run.put(benchmark, &metric, Figure::new(value, unit).better(direction), Location::line(number));
}
