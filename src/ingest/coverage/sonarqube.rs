//! SonarQube's generic coverage XML, version 1 of its schema: what tools write for which SonarQube has no reader of its own.
//!
//! A line says whether it ran, not how often. Of its branches only the numbers are told; without `coveredBranches` none was taken, as
//! SonarQube itself takes it.

use super::elements::{Elements, walk};
use super::number::{attribute, line};
use super::odds::{Odd, Odds};
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::Line;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "sonarqube", about: "SonarQube generic coverage XML: covr, gcovr, ReportGenerator, slather", claims, read };

/// Cobertura and Clover have the same root; files right below it tell this from them.
fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| {
        let holds = match opening.child.as_deref() {
            Some(child) => child == "file",
            None => opening.attributes == ["version"],
        };
        opening.root == "coverage" && holds
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    walk(reading, &mut report);
    report.end_file();
    report.draft.lines.settle();
    report.odds.tell(reading);
    reading.source.content = report.draft.describe("SonarQube");
    report.draft
}

const NUMBER: Odd = ("line-without-number", "lines without a usable number are left out");
const COVERED: Odd = ("covered-unknown", "lines that do not say whether they ran are taken as not run");
const BRANCHES: Odd = ("branch-without-ratio", "lines that do not say how many branches were taken of how many add none");
const NAMELESS: Odd = ("file-without-name", "lines and files without a path are left out");

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    /// The file being read.
    path: Option<String>,
    lines: Vec<Line>,
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        match tag.local() {
            b"file" => self.file(tag),
            b"lineToCover" => self.line(tag),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == b"file" {
            self.end_file();
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    fn file(&mut self, tag: &Tag<'_>) {
        self.end_file();
        self.path = tag.get("path").map(|text| path::normal(&text)).filter(|path| !path.is_empty());
        if self.path.is_none() {
            self.odds.meet(NAMELESS);
        }
    }

    fn line(&mut self, tag: &Tag<'_>) {
        if self.path.is_none() {
            return self.odds.meet(NAMELESS);
        }
        let Some(number) = tag.get("lineNumber").and_then(|text| line(&text)) else { return self.odds.meet(NUMBER) };
        let ran = match tag.get("covered").map(|text| text.trim().to_ascii_lowercase()).as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => {
                self.odds.meet(COVERED);
                false
            }
        };
        let line = Line::new(number, u64::from(ran));
        let branches = branches(tag).map(|(taken, all)| line.branching(taken?, all?));
        if branches == Some(None) {
            self.odds.meet(BRANCHES);
        }
        self.lines.push(branches.flatten().unwrap_or(line));
    }

    fn end_file(&mut self) {
        if let Some(path) = self.path.take() {
            self.draft.lines.file(&path).add(&self.lines);
        }
        self.lines.clear();
    }
}

/// How many branches of a line were taken, of how many, if it says anything of them; each nothing when it is no count.
fn branches(tag: &Tag<'_>) -> Option<(Option<u64>, Option<u64>)> {
    let [taken, all] = ["coveredBranches", "branchesToCover"].map(|name| tag.get(name).is_some().then(|| attribute(tag, name)));
    (taken.is_some() || all.is_some()).then(|| (taken.unwrap_or(Some(0)), all.flatten()))
}
