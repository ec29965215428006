//! Cobertura XML (`coverage-04.dtd` and what some forty tools make of it).
//!
//! A class's own lines are authoritative; those of its methods count only when it has none (Istanbul repeats functions there, Swift
//! tools write nothing else). Branches come from `condition-coverage="50% (1/2)"` and nowhere else.

mod class;

use super::number::{count, moment};
use super::{Declared, Draft, compare_declared, path};
use crate::ingest::{Document, Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::xml::{Event, Tag, XmlError, opening};
use crate::linemap::Lines;
use crate::metric::{Ratio, grouped};
use crate::source::Location;
use class::Class;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "cobertura",
    about: "Cobertura XML: coverage.py, gcovr, Istanbul, coverlet, PHPUnit, Visual Studio, VectorCAST and many more",
    claims,
    read,
};

/// `coverage` is also the root of Clover and of SonarQube's own format; what it holds tells them apart.
fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| {
        let holds = matches!(opening.child.as_deref(), Some("sources" | "packages" | "package" | "classes" | "class"));
        opening.root == "coverage" && (holds || opening.attributes.iter().any(|name| name == "line-rate" || name == "lines-valid"))
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    // Which branch is which matters only beside another report, and costs memory.
    let class = Class::new(reading.request.artifacts.len() > 1);
    let mut report = Report { class, ..Report::default() };
    reading.xml(|xml| report.read(xml));
    report.draft.lines.settle();
    report.draft.roots = report.sources.iter().map(|source| path::normal(source)).filter(|source| !source.is_empty()).collect();
    report.tell(reading);
    report.draft
}

#[derive(Default)]
struct Report {
    draft: Draft,
    root: Root,
    sources: Vec<String>,
    source: Option<String>,
    package: String,
    class: Class,
    /// What was odd about the last event, and of every oddity how often and in which line first.
    odd: Option<Odd>,
    odds: [(u64, u64); ODDITIES.len()],
}

/// What the root says about the whole, and its place.
#[derive(Default)]
struct Root {
    line: u64,
    made: Option<Instant>,
    lines: Option<Declared>,
    branches: Option<Declared>,
}

#[derive(Clone, Copy)]
enum Odd {
    Number,
    Hits,
    Branch,
    Nameless,
    Homeless,
}

const ODDITIES: [(&str, &str); 5] = [
    ("line-without-number", "lines without a usable number are left out"),
    ("hits-not-a-count", "lines whose hits are no count are taken as not run"),
    ("branch-without-ratio", "branch lines that do not say how many branches were taken of how many add none"),
    ("class-without-file", "classes that name no file are left out"),
    ("line-outside-class", "lines that stand outside every class are left out"),
];

impl Report {
    fn read(&mut self, xml: &mut Document<'_>) -> Result<(), XmlError> {
        if let Event::Start(root) = xml.next()? {
            self.root = Root::of(&root);
            self.root.line = xml.place().line;
        }
        loop {
            match xml.next()? {
                Event::Start(tag) => self.start(&tag),
                Event::Text(text) => self.source.iter_mut().for_each(|source| source.push_str(text)),
                Event::End(name) => self.end(name),
                Event::Eof => return Ok(()),
            }
            if let Some(odd) = self.odd.take() {
                let (count, first) = &mut self.odds[odd as usize];
                *count += 1;
                if *count == 1 {
                    *first = xml.place().line;
                }
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.local() {
            b"line" => self.odd = self.class.line(tag),
            b"condition" => self.class.condition(tag),
            b"class" => self.class(tag),
            b"method" => self.class.in_method = true,
            b"package" => self.package = tag.get("name").unwrap_or_default().trim().to_owned(),
            b"source" => self.source = Some(String::new()),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"line" => self.class.end_line(),
            b"class" => self.end_class(),
            b"method" => self.class.in_method = false,
            b"package" => self.package.clear(),
            b"source" => self.sources.extend(self.source.take()),
            _ => {}
        }
    }

    fn class(&mut self, tag: &Tag<'_>) {
        let file = tag.get("filename").filter(|file| !file.trim().is_empty()).or_else(|| tag.get("name")).unwrap_or_default();
        let path = self.at_source(path::normal(&file));
        if !self.class.begin(path) {
            self.odd = Some(Odd::Nameless);
        }
    }

    /// Joined to the one `<source>`, if that is a folder of the project; an absolute one is a folder of the machine that ran the tests.
    fn at_source(&self, path: String) -> String {
        let [source] = self.sources.as_slice() else { return path };
        let source = path::normal(source);
        let placeholder = source.contains(['$', '%', '*', '<', '>']) || source.starts_with('-');
        let absolute = path::is_absolute(&source) || path::is_absolute(&path);
        if placeholder || absolute || source.is_empty() || path.starts_with(&format!("{source}/")) {
            return path;
        }
        path::normal(&format!("{source}/{path}"))
    }

    fn end_class(&mut self) {
        let (Some(path), odd) = self.class.end(&mut self.draft.lines) else { return };
        self.odd = odd;
        if !self.package.is_empty() {
            self.draft.packages.entry(self.package.clone()).or_default().insert(path);
        }
    }

    fn tell(&self, reading: &mut Reading<'_>) {
        let (lines, branches) = (self.draft.lines.total(Lines::line_ratio), self.draft.lines.total(Lines::branch_ratio));
        if reading.problems.is_empty() {
            for (what, declared, counted) in [("lines", self.root.lines, lines), ("branches", self.root.branches, branches)] {
                declared.into_iter().for_each(|it| compare_declared(reading, what, it, counted, Location::line(self.root.line)));
            }
        }
        for ((code, what), (count, first)) in ODDITIES.into_iter().zip(self.odds) {
            if count > 0 {
                reading.warning(code, Location::line(first), format!("{what}: {}, the first here", grouped(count)));
            }
        }
        reading.source.collected_at = self.root.made;
        reading.source.content = self.draft.describe("Cobertura");
    }
}

impl Root {
    fn of(root: &Tag<'_>) -> Self {
        let number = |name: &str| root.get(name).and_then(|text| count(&text));
        let ratio = |covered, valid, rate| match (number(covered), number(valid)) {
            (Some(covered), Some(valid)) => Some(Declared::Counts(Ratio::new(covered, valid))),
            _ => root.get(rate).and_then(|text| Ratio::from_decimal(&text.trim().replace(',', "."))).map(Declared::Rate),
        };
        Root {
            line: 0,
            made: root.get("timestamp").and_then(|text| moment(&text)),
            lines: ratio("lines-covered", "lines-valid", "line-rate"),
            branches: ratio("branches-covered", "branches-valid", "branch-rate"),
        }
    }
}
