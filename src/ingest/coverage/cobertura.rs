//! Cobertura XML (`coverage-04.dtd` and what some forty tools make of it).
//!
//! A class's own lines are authoritative; those of its methods count only when it has none (Istanbul repeats functions there, Swift
//! tools write nothing else). Branches come from `condition-coverage="50% (1/2)"` and nowhere else.

use super::number::{count, moment};
use super::{Declared, Draft, compare_declared, path};
use crate::ingest::{Document, Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::xml::{Event, Tag, XmlError, opening};
use crate::linemap::{Line, Lines};
use crate::metric::{Ratio, grouped};
use crate::source::Location;

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
    let mut report = Report::default();
    reading.xml(|xml| report.read(xml));
    report.draft.lines.settle();
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

/// The class being read. Its vectors are used again for the next one.
#[derive(Default)]
struct Class {
    path: Option<String>,
    in_method: bool,
    own: Vec<Line>,
    of_methods: Vec<Line>,
    /// What is odd about a line of a method matters only if such lines count.
    odd_method: Option<Odd>,
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
            b"line" => self.line(tag),
            b"class" => self.class(tag),
            b"method" => self.class.in_method = true,
            b"package" => self.package = tag.get("name").unwrap_or_default().trim().to_owned(),
            b"source" => self.source = Some(String::new()),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
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
        self.class.in_method = false;
        self.class.own.clear();
        self.class.of_methods.clear();
        self.class.odd_method = None;
        self.class.path = (!path.is_empty()).then_some(path);
        if self.class.path.is_none() {
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
        let Some(path) = self.class.path.take() else { return };
        let lines = if self.class.own.is_empty() {
            self.odd = self.class.odd_method;
            &self.class.of_methods
        } else {
            &self.class.own
        };
        self.draft.lines.file(&path).add(lines);
        if !self.package.is_empty() {
            self.draft.packages.entry(self.package.clone()).or_default().insert(path);
        }
    }

    fn line(&mut self, tag: &Tag<'_>) {
        let class = &mut self.class;
        if class.path.is_none() {
            self.odd = Some(Odd::Homeless);
            return;
        }
        let (line, odd) = line(tag);
        let (lines, noted) = if class.in_method { (&mut class.of_methods, &mut class.odd_method) } else { (&mut class.own, &mut self.odd) };
        lines.extend(line);
        *noted = noted.or(odd);
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

/// What a `<line>` says, and what is odd about it.
fn line(tag: &Tag<'_>) -> (Option<Line>, Option<Odd>) {
    let (mut number, mut hits, mut branching, mut ratio) = (None, None, false, None);
    for (name, value) in tag.attributes() {
        match name {
            b"number" => number = value.trim().parse().ok().filter(|&number| number > 0),
            b"hits" => hits = count(&value),
            b"branch" => branching = value.eq_ignore_ascii_case("true"),
            b"condition-coverage" => ratio = of_conditions(&value),
            _ => {}
        }
    }
    let Some(number) = number else { return (None, Some(Odd::Number)) };
    let line = Line::new(number, hits.unwrap_or(0));
    let branched = ratio.and_then(|(taken, all)| line.branching(taken, all));
    let odd = match (hits, branching, branched) {
        (None, ..) => Some(Odd::Hits),
        (_, true, None) => Some(Odd::Branch),
        _ => None,
    };
    (Some(branched.filter(|_| branching).unwrap_or(line)), odd)
}

/// `50% (1/2)` as 1 of 2.
fn of_conditions(text: &str) -> Option<(u64, u64)> {
    let (_, ratio) = text.rsplit_once('(')?;
    let (taken, all) = ratio.trim_end().strip_suffix(')')?.split_once('/')?;
    Some((taken.trim().parse().ok()?, all.trim().parse().ok()?))
}
