//! Cobertura XML (`coverage-04.dtd` and what some forty tools make of it).
//!
//! A class's own lines are authoritative; those of its methods count only when it has none (Istanbul repeats functions there, Swift
//! tools write nothing else). Branches come from `condition-coverage="50% (1/2)"` and nowhere else.

mod class;

use super::elements::{Elements, walk};
use super::number::{attribute, moment};
use super::odds::{Odd, Odds};
use super::{Counter, Declared, Draft, compare_declared, path};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::Lines;
use crate::metric::Ratio;
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
    let root = walk(reading, &mut report);
    report.finish(reading, root)
}

const NUMBER: Odd = ("line-without-number", "lines without a usable number are left out");
const HITS: Odd = ("hits-not-a-count", "lines whose hits are no count are taken as not run");
const BRANCH: Odd = ("branch-without-ratio", "branch lines that do not say how many branches were taken of how many add none");
const NAMELESS: Odd = ("class-without-file", "classes that name no file are left out");
const HOMELESS: Odd = ("line-outside-class", "lines that stand outside every class are left out");

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    root: Option<Root>,
    sources: Vec<String>,
    source: Option<String>,
    package: String,
    class: Class,
}

/// What the root says about the whole.
struct Root {
    made: Option<Instant>,
    lines: Option<Declared>,
    branches: Option<Declared>,
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        match tag.local() {
            b"line" => {
                let odd = self.class.line(tag);
                odd.into_iter().for_each(|odd| self.odds.meet(odd));
            }
            b"condition" => self.class.condition(tag),
            b"class" => self.class(tag),
            b"method" => self.class.in_method = true,
            b"package" => self.package = tag.get("name").unwrap_or_default().trim().to_owned(),
            b"source" => self.source = Some(String::new()),
            _ if self.root.is_none() => self.root = Some(Root::of(tag)),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.source.iter_mut().for_each(|source| source.push_str(text));
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"line" => self.class.end_line(),
            b"class" => self.end_class(),
            b"method" => self.class.in_method = false,
            b"package" => self.package.clear(),
            b"source" => self.sources.extend(self.source.take().map(|source| path::normal(&source)).filter(|source| !source.is_empty())),
            _ => {}
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    fn class(&mut self, tag: &Tag<'_>) {
        let file = tag.get("filename").filter(|file| !file.trim().is_empty()).or_else(|| tag.get("name")).unwrap_or_default();
        let path = self.at_source(path::normal(&file));
        if !self.class.begin(path) {
            self.odds.meet(NAMELESS);
        }
    }

    /// The one `<source>`, if that is a folder of the project; an absolute one is a folder of the machine that ran the tests.
    fn folder(&self) -> Option<&str> {
        let [source] = self.sources.as_slice() else { return None };
        let placeholder = source.contains(['$', '%', '*', '<', '>']) || source.starts_with('-');
        (!placeholder && !path::is_absolute(source)).then_some(source)
    }

    fn at_source(&self, path: String) -> String {
        match self.folder() {
            Some(folder) if !path::is_absolute(&path) && !path.starts_with(&format!("{folder}/")) => {
                path::normal(&format!("{folder}/{path}"))
            }
            _ => path,
        }
    }

    fn end_class(&mut self) {
        let (Some(path), odd) = self.class.end(&mut self.draft.lines) else { return };
        odd.into_iter().for_each(|odd| self.odds.meet(odd));
        if !self.package.is_empty() {
            self.draft.packages.entry(self.package.clone()).or_default().insert(path);
        }
    }

    fn finish(mut self, reading: &mut Reading<'_>, line: u64) -> Draft {
        self.draft.lines.settle();
        if self.folder().is_none() {
            self.draft.roots = std::mem::take(&mut self.sources);
        }
        let root = self.root.as_ref();
        let told: [(&'static str, Option<Declared>, Counter); 2] = [
            ("lines", root.and_then(|root| root.lines), Lines::line_ratio),
            ("branches", root.and_then(|root| root.branches), Lines::branch_ratio),
        ];
        if reading.problems.is_empty() {
            for (what, declared, counter) in told {
                let counted = self.draft.lines.total(counter);
                declared.into_iter().for_each(|it| compare_declared(reading, &mut self.draft, what, it, counted, Location::line(line)));
            }
        }
        self.odds.tell(reading);
        reading.source.collected_at = root.and_then(|root| root.made);
        reading.source.content = self.draft.describe("Cobertura");
        self.draft
    }
}

impl Root {
    fn of(root: &Tag<'_>) -> Self {
        let ratio = |covered, valid, rate| match (attribute(root, covered), attribute(root, valid)) {
            (Some(covered), Some(valid)) => Some(Declared::Counts(Ratio::new(covered, valid))),
            _ => root.get(rate).and_then(|text| Ratio::from_decimal(&text.trim().replace(',', "."))).map(Declared::Rate),
        };
        Root {
            made: root.get("timestamp").and_then(|text| moment(&text)),
            lines: ratio("lines-covered", "lines-valid", "line-rate"),
            branches: ratio("branches-covered", "branches-valid", "branch-rate"),
        }
    }
}
