//! `readiness/history/1`: one JSON object per line, one line per value, appended run by run.
//!
//! Our own format; the schema is published as `site/schema/history-1.json`. Lines may stand in any order and twice, so that
//! git can merge two histories by keeping all lines; a line that a crash cut off, and the marks of a merge that was not
//! finished, are passed over and told.

use super::Draft;
use super::values::RunRef;
use crate::history_line::{HistoryLine, SCHEMA};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::journal::{Content, content, is_mark};
use crate::source::{Grade, Location};
use std::collections::BTreeSet;
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
        let mut slip = |code, message: &str| draft.slip(code, at.clone(), || message.to_owned());
        let line = match content(text) {
            Content::Nothing => None,
            Content::Mark => {
                slip("conflict-marker", "the file holds the marks of an unfinished merge; both sides were read");
                None
            }
            Content::Value(line) => Some(line),
            Content::Resumed(line) => {
                slip("torn-line", "a line was cut off, and the next one begins in the same line");
                Some(line)
            }
            Content::Torn | Content::Broken(_) if !ended => {
                slip("torn-line", "the last line is cut off, and was not read");
                None
            }
            Content::Torn => {
                slip("torn-line", "a line was cut off, and was not read");
                None
            }
            Content::Broken(mistake) => {
                reading.error("malformed", Location::column(number, mistake.column), mistake.message);
                None
            }
        };
        if let Some(line) = line {
            take(reading, &mut draft, &mut order, *line, at, now);
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
pub(super) struct Order {
    newest: Option<(Instant, String)>,
    /// The run of the last line, and all before it.
    last: String,
    seen: BTreeSet<String>,
    /// A moment as the last line writes it, and as it is: all lines of a run have the same.
    at: Option<(String, Instant)>,
    /// How many runs stand behind a later one, and the first of them.
    late: u64,
    first: Option<(Location, String)>,
}

impl Order {
    /// The moment that a line gives with its zone.
    fn moment(&mut self, text: &str) -> Option<Instant> {
        if let Some((_, moment)) = self.at.as_ref().filter(|(known, _)| known == text) {
            return Some(*moment);
        }
        let moment = clock::parse(text).filter(|_| clock::has_zone(text))?;
        self.at = Some((text.to_owned(), moment));
        Some(moment)
    }

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

    pub(super) fn tell(self, reading: &mut Reading<'_>) {
        let Some((at, message)) = self.first else { return };
        let more = if self.late > 1 { format!(", and {} more of the kind", self.late - 1) } else { String::new() };
        let why = "two histories were merged, an old run was added, or a clock was set back; runs count in the order of their dates";
        reading.note("out-of-order", at, format!("{message}{more}: {why}"));
    }
}

/// Takes what a line says.
pub(super) fn take(reading: &mut Reading<'_>, draft: &mut Draft, order: &mut Order, line: HistoryLine, at: Location, now: Instant) {
    if line.schema != SCHEMA {
        return reading.error("schema", at, format!("the line is of the schema `{}`, not {SCHEMA}", line.schema));
    }
    let Some(moment) = order.moment(&line.at) else {
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
    let machine = line.machine.as_deref().unwrap_or_default();
    let subject = draft.values.subject([&line.benchmark, &line.metric, machine], &line.unit, line.direction);
    let release = line.release.as_deref().filter(|name| !name.trim().is_empty());
    let run = draft.values.run(RunRef { at: Some(moment), name: Some(&line.run), commit: line.commit.as_deref(), release });
    draft.take(subject, run, line.value.unwrap_or(f64::NAN), samples, at, now);
}
