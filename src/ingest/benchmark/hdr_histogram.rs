//! Logs of latency histograms: NoSQLBench's `histostats.csv` (nb-api, `HistoStatsLogger` of nosqlbench/nosqlbench), which has quantiles, and
//! the log of HdrHistogram (`HistogramLogWriter` of HdrHistogram/HdrHistogram), which has the maximum and a packed histogram.
//!
//! A row is an interval of one run: its quantiles are samples of the run, and their median is the value. An interval in which nothing was
//! counted has no quantiles. The unit is in `#[TimeUnit: …]`, and milliseconds in HdrHistogram's own logs; what is called a number or a
//! size is none of time.

use super::Draft;
use super::run::{Figure, Run};
use super::text::stem;
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::source::Location;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "hdr-histogram", about: "logs of histograms: NoSQLBench's `histostats.csv`, HdrHistogram's log", claims, read };

/// The columns that become metrics; the others lie between them.
const METRICS: &[&str] = &["p50", "p95", "p99", "max"];
/// Histograms of NoSQLBench that hold no times.
const COUNTS: &[&str] = &["tries", "size", "tokens", "pages", "rows"];

fn claims(artifact: &Artifact) -> bool {
    artifact.head_text().lines().any(|line| columns(line).is_some())
}

/// The names of the columns, as far as they are needed.
fn columns(line: &str) -> Option<Vec<&str>> {
    let names: Vec<&str> = line.trim_end().trim_start_matches('#').split(',').map(|name| name.trim_matches('"')).collect();
    match names[..] {
        ["Tag", "Interval_Start", "Interval_Length", "count", ..] => Some(names),
        ["StartTimestamp", "Interval_Length", "Interval_Max", "Interval_Compressed_Histogram"] => {
            Some(vec!["Interval_Start", "Interval_Length", "max", "packed"])
        }
        _ => None,
    }
}

#[derive(Default)]
struct File {
    columns: Vec<String>,
    /// The start, in seconds since 1970.
    start: Option<f64>,
    unit: &'static str,
    /// The end of the last interval, in seconds from the start.
    end: f64,
    /// Tag, column, value, unit, line.
    found: Vec<(String, &'static str, f64, &'static str, u64)>,
    lost: Vec<(&'static str, u64, String)>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut file = File { unit: "ns", ..File::default() };
    let name = stem(reading.artifact);
    reading.each_line(|_, number, line, _| {
        file.line(number, line.trim_end(), &name);
        ControlFlow::Continue(())
    });
    if file.columns.iter().any(|column| column == "packed") {
        reading.note("packed", Location::whole(), "the histograms are packed: of each interval only the maximum is read");
    }
    let mut run = Run::new(reading);
    run.at = file.start.map(|start| Instant(((start + file.end) * 1000.0) as i64));
    for (tag, metric, value, unit, line) in file.found {
        run.sample(&tag, metric, Figure::new(value, unit), Location::line(line));
    }
    for (code, line, message) in file.lost {
        run.lost(code, Location::line(line), message);
    }
    run.finish(reading)
}

impl File {
    fn line(&mut self, number: u64, line: &str, name: &str) {
        if let Some(columns) = columns(line) {
            self.unit = if columns.contains(&"packed") { "ms" } else { self.unit };
            self.columns = columns.into_iter().map(str::to_owned).collect();
        } else if let Some(comment) = line.strip_prefix('#') {
            self.comment(comment);
        } else if !line.is_empty() {
            self.row(number, line, name);
        }
    }

    fn comment(&mut self, line: &str) {
        if let Some(start) = line.strip_prefix("[StartTime: ") {
            self.start =
                start.split([' ', ']']).next().and_then(|seconds| seconds.parse().ok()).filter(|start| (0.0..1e11).contains(start));
        } else if let Some(unit) = line.strip_prefix("[TimeUnit: ") {
            self.unit = match unit.trim_end_matches(']') {
                "MICROSECONDS" => "us",
                "MILLISECONDS" => "ms",
                "SECONDS" => "s",
                _ => "ns",
            };
        }
    }

    fn row(&mut self, number: u64, line: &str, name: &str) {
        let mut cells: Vec<&str> = line.split(',').collect();
        let tagged = cells.first().and_then(|cell| cell.strip_prefix("Tag="));
        if tagged.is_some() && self.columns.first().is_some_and(|column| column != "Tag") {
            cells.remove(0);
        }
        let tag = tagged.unwrap_or(name);
        if cells.len() != self.columns.len() {
            let message = format!("the row has {} cells, and the header {}", cells.len(), self.columns.len());
            return self.lost.push(("ragged-row", number, message));
        }
        let cell = |name: &str| self.columns.iter().position(|column| column == name).and_then(|at| cells.get(at)).copied();
        let number_in = |name: &str| cell(name).and_then(|cell| cell.parse::<f64>().ok());
        let ends = number_in("Interval_Start").zip(number_in("Interval_Length")).map(|(start, length)| start + length);
        self.end = ends.filter(|end| end.is_finite() && *end < 1e8).map_or(self.end, |end| self.end.max(end));
        if number_in("count") == Some(0.0) {
            return;
        }
        let unit = if COUNTS.iter().any(|count| tag.ends_with(count)) { "" } else { self.unit };
        for metric in METRICS.iter().copied().filter(|metric| cell(metric).is_some()) {
            self.found.push((tag.to_owned(), metric, number_in(metric).unwrap_or(f64::NAN), unit, number));
        }
    }
}
