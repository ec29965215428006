//! Visual Studio's coverage as XML, in both forms: `results` of `dotnet-coverage` and `CodeCoverage.exe analyze`, and `CoverageDSPriv`, the
//! `.coveragexml` that Visual Studio exports.
//!
//! A line that ran in part ran. Files have numbers: in the first form of their module, in the second of the whole report.

use super::Draft;
use super::elements::{Elements, compare_totals, walk};
use super::number::{attribute, count, line};
use super::odds::{Odd, Odds};
use super::points::{Kind, Points, is_hidden};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::{Totals, plus};
use crate::metric::Ratio;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "visual-studio",
    about: "Visual Studio coverage XML: `dotnet-coverage`, `CodeCoverage.exe`, `.coveragexml`, OpenCppCoverage's export",
    claims,
    read,
};

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| match opening.root.as_str() {
        "CoverageDSPriv" => true,
        "results" => opening.child.as_deref() == Some("modules"),
        _ => false,
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report { points: Points::of(reading.artifact.size), ..Report::default() };
    let root = walk(reading, &mut report);
    report.finish(reading, root)
}

const NUMBER: Odd = ("line-without-number", "stretches without a usable place are left out");
const COVERED: Odd = ("covered-unknown", "stretches that do not say whether they ran are taken as not run");

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    points: Points,
    /// Lines that ran and all lines, as the modules declare them.
    declared: Ratio,
    function: Function,
    /// In the second form, what stands in elements: the open ones, the text of the innermost, and the stretch being read.
    open: Vec<Field>,
    text: String,
    stretch: Stretch,
    named: (String, String),
}

/// The function being read.
#[derive(Default)]
struct Function {
    name: String,
    place: Option<(String, u32)>,
    ran: bool,
}

/// A stretch of source.
#[derive(Default)]
struct Stretch {
    file: String,
    first: Option<u32>,
    last: Option<u32>,
    ran: Option<bool>,
}

/// An element of the second form.
#[derive(Clone, Copy, PartialEq)]
enum Field {
    Module,
    Method,
    Lines,
    Sources,
    Text,
    Other,
}

impl Field {
    fn of(name: &[u8]) -> Field {
        match name {
            b"Module" => Field::Module,
            b"Method" => Field::Method,
            b"Lines" => Field::Lines,
            b"SourceFileNames" => Field::Sources,
            b"LnStart"
            | b"LnEnd"
            | b"Coverage"
            | b"SourceFileID"
            | b"SourceFileName"
            | b"MethodKeyName"
            | b"LinesCovered"
            | b"LinesPartiallyCovered"
            | b"LinesNotCovered" => Field::Text,
            _ => Field::Other,
        }
    }
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        let text = |name: &str| tag.get(name).unwrap_or_default().trim().to_owned();
        match tag.local() {
            b"module" => {
                let lines = ["lines_covered", "lines_partially_covered", "lines_not_covered"].map(|name| attribute(tag, name).unwrap_or(0));
                self.declare(lines);
            }
            b"function" => {
                self.function =
                    Function { name: format!("{}.{}.{}", text("namespace"), text("type_name"), text("name")), ..Function::default() }
            }
            b"range" => {
                let number = |name: &str| tag.get(name).and_then(|text| line(&text));
                let ran = match text("covered").as_str() {
                    "yes" | "partial" => Some(true),
                    "no" => Some(false),
                    _ => None,
                };
                self.stretch = Stretch { file: text("source_id"), first: number("start_line"), last: number("end_line"), ran };
                self.end_stretch();
            }
            b"source_file" => self.points.name(&text("id"), &text("path")),
            b"Method" => self.function = Function::default(),
            b"Lines" => self.stretch = Stretch::default(),
            _ => {}
        }
        self.open.push(Field::of(tag.local()));
        self.text.clear();
    }

    fn text(&mut self, text: &str) {
        if self.open.last() == Some(&Field::Text) {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.open.pop();
        match name {
            b"function" | b"Method" => self.end_function(),
            b"module" => self.points.put(&mut self.draft, &mut self.odds),
            b"Lines" => self.end_stretch(),
            b"SourceFileNames" => self.points.name(&std::mem::take(&mut self.named.0), &std::mem::take(&mut self.named.1)),
            _ => self.field(name),
        }
        self.text.clear();
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    /// An element of the second form that holds text has ended.
    fn field(&mut self, name: &[u8]) {
        let text = self.text.trim();
        match (self.open.last(), name) {
            (Some(Field::Lines), b"LnStart") => self.stretch.first = line(text),
            (Some(Field::Lines), b"LnEnd") => self.stretch.last = line(text),
            (Some(Field::Lines), b"SourceFileID") => self.stretch.file = text.to_owned(),
            // 0 is covered, 1 in part, 2 not.
            (Some(Field::Lines), b"Coverage") => self.stretch.ran = count(text).filter(|state| *state < 3).map(|state| state < 2),
            (Some(Field::Sources), b"SourceFileID") => self.named.0 = text.to_owned(),
            (Some(Field::Sources), b"SourceFileName") => self.named.1 = text.to_owned(),
            (Some(Field::Method), b"MethodKeyName") => self.function.name = text.to_owned(),
            (Some(Field::Module), b"LinesCovered" | b"LinesPartiallyCovered") => self.declare([count(text).unwrap_or(0), 0, 0]),
            (Some(Field::Module), b"LinesNotCovered") => self.declare([0, 0, count(text).unwrap_or(0)]),
            _ => {}
        }
    }

    fn declare(&mut self, [whole, partly, not]: [u64; 3]) {
        let ran = whole.saturating_add(partly);
        self.declared = plus(self.declared, Ratio::new(ran, ran.saturating_add(not)));
    }

    fn end_stretch(&mut self) {
        let Stretch { file, first, last, ran } = std::mem::take(&mut self.stretch);
        let (Some(first), Some(last)) = (first, last) else { return self.odds.meet(NUMBER) };
        if is_hidden(first) {
            return;
        }
        if last < first {
            return self.odds.meet(NUMBER);
        }
        if ran.is_none() {
            self.odds.meet(COVERED);
        }
        let ran = ran.unwrap_or(false);
        self.points.span(&file, (first, last), u64::from(ran));
        self.function.place.get_or_insert((file, first));
        self.function.ran |= ran;
    }

    fn end_function(&mut self) {
        let Function { name, place, ran } = std::mem::take(&mut self.function);
        if let Some((file, line)) = place {
            self.points.unit(&file, Kind::Function, line, name.as_bytes(), ran);
        }
    }

    fn finish(mut self, reading: &mut Reading<'_>, root: u64) -> Draft {
        self.points.put(&mut self.draft, &mut self.odds);
        self.odds.place(root);
        self.draft.lines.settle();
        self.points.tell(reading);
        compare_totals(reading, &mut self.draft, Totals { line: self.declared, ..Totals::default() }, root);
        self.odds.tell(reading);
        reading.source.content = self.draft.describe("Visual Studio coverage");
        self.draft
    }
}
