//! JetBrains dotCover XML, detailed (statements with their places) and summary (counts of assemblies).

use super::Draft;
use super::elements::{Elements, compare_totals, walk};
use super::number::{attribute, line};
use super::odds::{Odd, Odds};
use super::points::{Kind, Points, is_hidden};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::Totals;
use crate::metric::Ratio;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "dotcover", about: "JetBrains dotCover XML (`--ReportType=DetailedXML` or `XML`)", claims, read };

/// `Root` may be the root of anything; its attributes are dotCover's.
fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| {
        let own = |name: &String| ["DotCoverVersion", "ReportType", "TotalStatements"].contains(&name.as_str());
        opening.root == "Root" && opening.attributes.iter().any(own)
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report { points: Points::of(reading.artifact.size), ..Report::default() };
    let root = walk(reading, &mut report);
    report.finish(reading, root)
}

const NUMBER: Odd = ("line-without-number", "statements without a usable place are left out");
const COVERED: Odd = ("covered-unknown", "statements that do not say whether they ran are taken as not run");

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    points: Points,
    declared: Ratio,
    /// What is counted of each assembly, for a report without statements.
    assemblies: Vec<(String, Ratio)>,
    detailed: bool,
    kind: String,
    method: Method,
}

/// The method being read.
#[derive(Default)]
struct Method {
    name: String,
    /// The file and the line of its first statement.
    place: Option<(String, u32)>,
    ran: bool,
}

fn counted(tag: &Tag<'_>) -> Ratio {
    match (attribute(tag, "CoveredStatements"), attribute(tag, "TotalStatements")) {
        (Some(part), Some(whole)) if part <= whole => Ratio::new(part, whole),
        _ => Ratio::default(),
    }
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        let name = || tag.get("Name").unwrap_or_default().trim().to_owned();
        match tag.local() {
            b"Root" => self.declared = counted(tag),
            b"File" => self.points.name(tag.get("Index").unwrap_or_default().trim(), &name()),
            b"Assembly" => self.assemblies.push((name(), counted(tag))),
            b"Type" => self.kind = name(),
            b"Method" => self.method = Method { name: format!("{}.{}", self.kind, name()), ..Method::default() },
            b"Statement" => self.statement(tag),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == b"Method" {
            let Method { name, place, ran } = std::mem::take(&mut self.method);
            if let Some((file, line)) = place {
                self.points.unit(&file, Kind::Function, line, name.as_bytes(), ran);
            }
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    fn statement(&mut self, tag: &Tag<'_>) {
        self.detailed = true;
        let number = |name: &str| tag.get(name).and_then(|text| line(&text));
        let Some(first) = number("Line") else { return self.odds.meet(NUMBER) };
        let last = number("EndLine").unwrap_or(first);
        if last < first {
            return self.odds.meet(NUMBER);
        }
        if is_hidden(first) {
            return;
        }
        let covered = tag.get("Covered").map(|text| text.trim().to_ascii_lowercase());
        let ran = match covered.as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => {
                self.odds.meet(COVERED);
                false
            }
        };
        let file = tag.get("FileIndex").unwrap_or_default().trim().to_owned();
        let place = ["Column", "EndLine", "EndColumn"].map(|name| tag.get(name).unwrap_or_default()).join(",");
        self.points.span(&file, (first, last), u64::from(ran));
        self.points.unit(&file, Kind::Statement, first, place.as_bytes(), ran);
        self.method.place.get_or_insert((file, first));
        self.method.ran |= ran;
    }

    fn finish(mut self, reading: &mut Reading<'_>, root: u64) -> Draft {
        self.points.put(&mut self.draft, &mut self.odds);
        self.odds.place(root);
        for (name, statement) in self.assemblies.iter().filter(|(name, _)| !self.detailed && !name.is_empty()) {
            self.draft.lines.file(name).totals.take(Totals { statement: *statement, ..Totals::default() });
        }
        self.draft.lines.settle();
        self.points.tell(reading);
        compare_totals(reading, &mut self.draft, Totals { statement: self.declared, ..Totals::default() }, root);
        self.odds.tell(reading);
        reading.source.content = self.draft.describe("dotCover");
        self.draft
    }
}
