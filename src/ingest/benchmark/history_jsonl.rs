//! `readiness/history/1`: one JSON object per line, one line per value, appended run by run.
//!
//! Our own format; the schema is published as `site/schema/history-1.json`. Lines may stand in any order and twice, so that
//! git can merge two histories by keeping all lines; a line that a crash cut off, and the marks of a merge that was not
//! finished, are passed over and told.

use super::{Draft, Measurement};
use crate::history_line::{HistoryLine, SCHEMA};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::{clock, json};
use crate::source::{Grade, Location};
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "history-1", about: "readiness/history/1, our own JSON Lines: one line per value of a run", claims, read };

/// After this many mistakes the rest of a file is not read: it is of no use any more.
const MISTAKES: usize = 100;

fn claims(artifact: &Artifact) -> bool {
    let head = artifact.head_text();
    let first = head.lines().map(str::trim).find(|line| !line.is_empty() && !is_mark(line)).unwrap_or("");
    first.starts_with('{') && first.contains("\"readiness/history/")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let (mut draft, mut order) = (Draft::default(), Order::default());
    let now = reading.request.now;
    reading.each_line(|reading, number, text, ended| {
        let at = Location::line(number);
        let text = text.trim();
        if is_mark(text) {
            draft.slip("conflict-marker", at, || "the file holds the marks of an unfinished merge; both sides were read".to_owned());
        } else if !text.is_empty() {
            match line(text) {
                Ok((line, whole)) => {
                    if !whole {
                        draft.slip("torn-line", at.clone(), || "a line was cut off, and the next one begins in the same line".to_owned());
                    }
                    take(reading, &mut draft, &mut order, line, at, now);
                }
                Err(_) if !ended => draft.slip("torn-line", at, || "the last line is cut off, and was not read".to_owned()),
                Err(_) if is_torn(text) => draft.slip("torn-line", at, || "a line was cut off, and was not read".to_owned()),
                Err(mistake) => reading.error("malformed", Location::column(number, mistake.column), mistake.message),
            }
        }
        if reading.problems.iter().filter(|problem| problem.severity == Grade::Error).count() < MISTAKES {
            return ControlFlow::Continue(());
        }
        reading.error("too-many-mistakes", Location::line(number), format!("{MISTAKES} mistakes: the rest is not read"));
        ControlFlow::Break(())
    });
    order.tell(reading);
    draft.finish(reading);
    draft
}

/// Whether the runs stand in the order of their dates. Where they do not, somebody may wonder which one is judged.
#[derive(Default)]
struct Order {
    newest: Option<(Instant, String)>,
    /// The run of the last line, and all before it.
    last: String,
    seen: BTreeSet<String>,
    /// How many runs stand behind a later one, and the first of them.
    late: u64,
    first: Option<(Location, String)>,
}

impl Order {
    fn note(&mut self, run: &str, moment: Instant, at: &Location) {
        if self.last == run {
            return;
        }
        run.clone_into(&mut self.last);
        // A run that comes again was merged or appended twice, and stands in its place already.
        if !self.seen.insert(run.to_owned()) {
            return;
        }
        match &self.newest {
            Some((newest, name)) if moment < *newest => {
                self.late += 1;
                let message = || format!("run {run} of {moment} stands behind run {name} of {newest}");
                self.first.get_or_insert_with(|| (at.clone(), message()));
            }
            _ => self.newest = Some((moment, run.to_owned())),
        }
    }

    fn tell(self, reading: &mut Reading<'_>) {
        let Some((at, message)) = self.first else { return };
        let more = if self.late > 1 { format!(", and {} more of the kind", self.late - 1) } else { String::new() };
        let why = "two histories were merged, an old run was added, or a clock was set back; runs count in the order of their dates";
        reading.note("out-of-order", at, format!("{message}{more}: {why}"));
    }
}

/// A line of git's: it stands where two versions of a file were put together.
fn is_mark(line: &str) -> bool {
    line == "======="
        || ["<<<<<<<", ">>>>>>>", "|||||||"]
            .iter()
            .any(|mark| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// Whether a line is the beginning of one. A run that was interrupted leaves it, and the next one begins a line of its own.
fn is_torn(text: &str) -> bool {
    let cut = |(flaw, _): (json::Flaw, json::Mistake)| flaw == json::Flaw::Cut;
    text.starts_with('{') && json::stream(text.as_bytes(), PhantomData::<HistoryLine>).is_err_and(cut)
}

/// Reads a line, and tells whether it is whole: after a crash the next run appends to what was left of the last line.
fn line(text: &str) -> Result<(HistoryLine, bool), json::Mistake> {
    if !text.starts_with('{') {
        return Err(json::Mistake { message: "a line must be a JSON object".to_owned(), line: 1, column: 1 });
    }
    let mistake = match json::read(text.as_bytes()) {
        Ok(line) => return Ok((line, true)),
        Err(mistake) => mistake,
    };
    // Some writers put NaN where there is no number; JSON knows none.
    let plain = text.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
    let after = text.rfind("{\"schema\"").filter(|at| *at > 0).and_then(|at| text.get(at..));
    match (json::read(plain.as_bytes()), after.map(|text| json::read(text.as_bytes()))) {
        (Ok(line), _) => Ok((line, true)),
        (_, Some(Ok(line))) => Ok((line, false)),
        _ => Err(mistake),
    }
}

fn take(reading: &mut Reading<'_>, draft: &mut Draft, order: &mut Order, line: HistoryLine, at: Location, now: Instant) {
    if line.schema != SCHEMA {
        return reading.error("schema", at, format!("the line is of the schema `{}`, not {SCHEMA}", line.schema));
    }
    let Some(moment) = clock::parse(&line.at).filter(|_| clock::has_zone(&line.at)) else {
        return reading.error("time", at, format!("`at` is `{}`, not a moment with its zone", line.at));
    };
    for (key, text) in [("run", &line.run), ("benchmark", &line.benchmark), ("metric", &line.metric)] {
        if text.trim().is_empty() {
            return reading.error("empty-name", at, format!("`{key}` is empty"));
        }
    }
    order.note(&line.run, moment, &at);
    draft.branches.extend(line.branch);
    let samples = line.samples.unwrap_or_default().into_iter().flatten().filter(|sample| sample.is_finite()).collect();
    let measurement = Measurement {
        benchmark: line.benchmark,
        metric: line.metric,
        machine: line.machine.unwrap_or_default(),
        unit: line.unit,
        direction: line.direction,
        run: Some(line.run),
        at: Some(moment),
        commit: line.commit,
        value: line.value.unwrap_or(f64::NAN),
        samples,
    };
    draft.take(measurement, at, now);
}
