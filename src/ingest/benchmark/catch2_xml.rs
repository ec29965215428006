//! Catch2, the XML reporter (src/catch2/reporters/catch_reporter_xml.cpp of catchorg/Catch2): `BenchmarkResults` in test cases and sections,
//! in nanoseconds. The root element is `Catch2TestRun`, and `Catch` before version 3.
//!
//! A name that several test cases have is told apart by the test case.

use super::Draft;
use super::run::{Figure, Places, Run};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::xml::{Event, Tag, opening};
use crate::source::Location;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "catch2-xml", about: "Catch2's benchmarks as the XML reporter writes them", claims, read };

/// Without a benchmark near its beginning it is a report of tests.
fn claims(artifact: &Artifact) -> bool {
    let root = opening(&artifact.head).is_ok_and(|opening| opening.root == "Catch2TestRun" || opening.root == "Catch");
    root && artifact.head_text().contains("<BenchmarkResults")
}

#[derive(Default)]
struct File {
    /// The open test case and its open sections.
    path: Vec<String>,
    /// The open benchmark and its line, until its mean or its failure is found.
    open: Option<(String, u64)>,
    /// Test case, name, value, line.
    found: Vec<(String, String, f64, u64)>,
    lost: Vec<(&'static str, u64, String)>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut file = File::default();
    reading.xml(|xml| {
        loop {
            let line = xml.place().line;
            match xml.next()? {
                Event::Start(tag) => file.start(&tag, line),
                Event::End(b"TestCase" | b"Section") => drop(file.path.pop()),
                Event::End(b"BenchmarkResults") => file.close(),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    });
    file.close();
    let mut run = Run::new(reading);
    let places = Places::of(file.found.iter().map(|(case, name, ..)| (case.as_str(), name.as_str())));
    for (case, name, value, line) in &file.found {
        run.put(&places.name(case, name), "time", Figure::new(*value, "ns"), Location::line(*line));
    }
    for (code, line, message) in file.lost {
        run.lost(code, Location::line(line), message);
    }
    run.finish(reading)
}

impl File {
    fn start(&mut self, tag: &Tag<'_>, line: u64) {
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        match tag.local() {
            b"TestCase" | b"Section" => self.path.push(text("name")),
            b"BenchmarkResults" => self.open = Some((text("name"), line)),
            b"mean" => {
                if let Some((name, line)) = self.open.take() {
                    self.found.push((self.path.join(" "), name, text("value").parse().unwrap_or(f64::NAN), line));
                }
            }
            b"failed" => {
                if let Some((name, line)) = self.open.take() {
                    self.lost.push(("failed", line, format!("{name} failed, and has no value: {}", text("message"))));
                }
            }
            _ => {}
        }
    }

    /// The end of a benchmark that has neither a mean nor a failure.
    fn close(&mut self) {
        if let Some((name, line)) = self.open.take() {
            self.lost.push(("no-result", line, format!("{name} begins here and has no result")));
        }
    }
}
