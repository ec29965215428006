//! Prometheus text exposition 0.0.4 and OpenMetrics 1.0: what a service, an exporter or a textfile collector prints.
//!
//! Both demand that the last line ends with a line feed, and OpenMetrics that it is `# EOF`: so a cut shows. The two differ
//! in the unit of timestamps, milliseconds and seconds; which one a file is shows at its end at the latest.

mod family;
mod line;
#[cfg(test)]
mod tests;

use super::{Draft, Sample, identity};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::source::Location;
use family::{Families, Type};
use line::{Line, Mistake};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "prometheus", about: "Prometheus text exposition and OpenMetrics, as services and exporters print it", claims, read };

/// After this many mistakes the rest of a file is not read: it is of no use any more.
const MISTAKES: u32 = 100;
/// How many lines must look right before a file without a `# TYPE` line is taken for an exposition.
const SAMPLES: usize = 20;

fn claims(artifact: &Artifact) -> bool {
    let whole = artifact.head.len() as u64 == artifact.size;
    let mut lines: Vec<&str> = artifact.head_text().split('\n').map(|line| line.trim_end_matches('\r')).collect();
    if !whole {
        lines.pop();
    }
    let mut samples = 0;
    for line in lines {
        match line::parse(line) {
            Ok(Line::Type(_, word)) => return Type::named(word).is_some(),
            Ok(Line::Help(name, _)) => return name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':' || c == '.'),
            Ok(Line::Sample(sample)) if samples > 0 || looks_right(&sample) => samples += 1,
            Ok(Line::Comment | Line::End | Line::Unit) => {}
            _ => return false,
        }
        if samples >= SAMPLES {
            break;
        }
    }
    samples > 0
}

/// Whether a line without a `# TYPE` before it is a sample, and not a line such as `workers: 5` or `total 12`.
fn looks_right(sample: &line::Sample<'_>) -> bool {
    !sample.name.ends_with(':') && (sample.name.contains('_') || !sample.labels.is_empty())
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut exposition = Exposition::default();
    reading.each_line(|reading, number, text, ended| {
        exposition.take(reading, number, text);
        exposition.cut = !ended && text != "# EOF";
        if exposition.mistakes < MISTAKES {
            return ControlFlow::Continue(());
        }
        reading.error("too-many-mistakes", Location::line(number), format!("{MISTAKES} mistakes: the rest is not read"));
        ControlFlow::Break(())
    });
    exposition.finish(reading)
}

/// What is known of a file so far.
#[derive(Default)]
struct Exposition {
    samples: Vec<Sample>,
    families: Families,
    /// Where among the samples every series is, and its timestamp.
    seen: BTreeMap<String, (usize, Option<f64>)>,
    newest: Option<f64>,
    /// The line of the first series that is there more than once, rightly so in OpenMetrics.
    point: Option<(u64, String)>,
    open_metrics: bool,
    ended: bool,
    /// Whether the last line is not ended.
    cut: bool,
    mistakes: u32,
}

impl Exposition {
    fn wrong(&mut self, reading: &mut Reading<'_>, code: &'static str, at: Location, message: impl Into<String>) {
        self.mistakes += 1;
        reading.error(code, at, message);
    }

    fn take(&mut self, reading: &mut Reading<'_>, number: u64, text: &str) {
        if self.ended {
            if !text.is_empty() {
                self.wrong(reading, "after-end", Location::line(number), "there is something after `# EOF`");
            }
            return;
        }
        match line::parse(text) {
            Ok(Line::Sample(sample)) => self.sample(reading, number, sample),
            Ok(Line::Help(name, help)) => self.families.help(name, help),
            Ok(Line::Type(name, word)) => match Type::named(word) {
                Some(kind) => {
                    self.open_metrics |= kind.is_open_metrics();
                    if let Some(said) = self.families.declare(name, kind, number) {
                        reading.warning("type-out-of-place", Location::line(number), format!("the type of `{name}` {said}"));
                    }
                }
                None => self.wrong(reading, "malformed", Location::line(number), format!("`{word}` is no type of a metric")),
            },
            Ok(Line::Unit) => self.open_metrics = true,
            Ok(Line::End) => (self.open_metrics, self.ended) = (true, true),
            Ok(Line::Comment) => {}
            Err(Mistake(at, message)) => {
                let column = text.get(..at).map_or(1, |before| before.chars().count() as u64 + 1);
                self.wrong(reading, "malformed", Location::column(number, column), message);
            }
        }
    }

    fn sample(&mut self, reading: &mut Reading<'_>, number: u64, sample: line::Sample<'_>) {
        let line::Sample { name, labels, text, value, timestamp, open_metrics } = sample;
        let id = identity(&name, &labels);
        let known = self.seen.get(&id).copied();
        if let Some((place, then)) = known {
            // OpenMetrics allows several points of one series, in the order of their timestamps; the last one counts.
            if then.zip(timestamp).is_none_or(|(then, now)| now <= then) {
                let before = self.samples.get(place).map_or(0, |sample| sample.line);
                let message = format!("`{id}` is on line {before} already: which of the two holds?");
                return self.wrong(reading, "duplicate-series", Location::line(number), message);
            }
            self.point.get_or_insert_with(|| (number, id.clone()));
        }
        let (family, kind, in_pieces) = self.families.of(&name);
        if in_pieces {
            reading.warning("family-in-pieces", Location::line(number), format!("the samples of `{family}` do not stand together"));
        }
        if kind == Type::Counter && (value.is_nan() || value < 0.0) {
            self.wrong(reading, "impossible-value", Location::line(number), format!("the counter `{id}` cannot be {text}"));
        }
        if let Some(said) = self.families.part(&family, kind, &name, &labels, value) {
            self.wrong(reading, "malformed", Location::line(number), said);
        }
        // `foo_total` of the type `foo` is how only OpenMetrics writes it.
        self.open_metrics |= open_metrics || (kind == Type::Counter && family != name);
        self.newest = [self.newest, timestamp].into_iter().flatten().reduce(f64::max);
        let place = known.map_or(self.samples.len(), |(place, _)| place);
        self.seen.insert(id.clone(), (place, timestamp));
        let sample = Sample { id, name, labels, text: text.to_owned(), value, family, kind: kind.word(), line: number, help: None };
        match self.samples.get_mut(place) {
            Some(before) => *before = sample,
            None => self.samples.push(sample),
        }
    }

    fn finish(mut self, reading: &mut Reading<'_>) -> Draft {
        if self.cut {
            reading.error("truncated", Location::whole(), "the file ends in the middle of a line");
        } else if self.open_metrics && !self.ended && self.mistakes < MISTAKES {
            reading.error("truncated", Location::whole(), "the file ends without `# EOF`, which OpenMetrics demands");
        }
        if let Some((line, id)) = self.point.take().filter(|_| !self.open_metrics) {
            let message = format!("`{id}` is there more than once, which only OpenMetrics allows");
            reading.error("duplicate-series", Location::line(line), message);
        }
        if self.samples.is_empty() {
            reading.error("no-samples", Location::whole(), "the exposition has no sample");
        }
        for (code, line, message) in self.families.lint() {
            reading.warning(code, Location::line(line), message);
        }
        let silent: Vec<&str> = self.families.silent().take(10).collect();
        if !silent.is_empty() {
            reading.note("no-data", Location::whole(), format!("announced, and without a sample: {}", silent.join(", ")));
        }
        let newest = self.newest.map(|newest| if self.open_metrics { newest * 1000.0 } else { newest });
        reading.source.collected_at = newest.filter(|ms| *ms <= line::LATEST).map(|ms| Instant(ms as i64));
        if reading.source.collected_at.is_none() && newest.is_some() {
            reading.error("impossible-value", Location::whole(), "a timestamp lies behind the year 9999; OpenMetrics has them in seconds");
        }
        for sample in &mut self.samples {
            sample.help = self.families.helped(&sample.family);
        }
        let families = self.families.count();
        let family = if families == 1 { "family" } else { "families" };
        reading.source.content = format!("{families} {family}, {} samples", self.samples.len());
        Draft { path: reading.source.path.clone(), samples: self.samples }
    }
}
