//! Clover XML, as OpenClover, PHPUnit, Istanbul, gcovr and Devel::Cover write it.
//!
//! Lines of type `stmt` and `cond` are executable, those of type `method` are declarations. What `truecount` and `falsecount` mean
//! depends on the writer: Clover's own count how often a condition was true and false, and stand for the `count` of the line; Istanbul
//! gives the count too, and says how many branches of the line were taken and how many not.

use super::elements::{Elements, compare_totals, walk};
use super::number::{attribute, count, line, moment};
use super::odds::{Odd, Odds};
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::{Line, Totals, plus};
use crate::metric::Ratio;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "clover", about: "Clover XML: OpenClover, PHPUnit, Jest, Vitest and Istanbul, gcovr, Devel::Cover", claims, read };

/// Cobertura has the same root; a `project` tells Clover from it.
fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| {
        let has = |name: &str| opening.attributes.iter().any(|attribute| attribute == name);
        let holds = match opening.child.as_deref() {
            Some("project" | "testproject") => true,
            child => child.is_none() && (has("generated") || has("clover")),
        };
        opening.root == "coverage" && holds && !has("line-rate") && !has("lines-valid")
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    let root = walk(reading, &mut report);
    report.finish(reading, root)
}

const NUMBER: Odd = ("line-without-number", "lines without a usable number are left out");
const HITS: Odd = ("hits-not-a-count", "lines whose count is none are taken as not run");
const TYPE: Odd = ("line-of-unknown-type", "lines that are neither statement nor condition nor method are left out");
const NAMELESS: Odd = ("file-without-name", "lines and files without a file name are left out");

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    made: Option<Instant>,
    /// The names of the open elements that matter.
    open: Vec<Place>,
    package: String,
    file: Option<File>,
    /// What the project declares of statements and conditionals.
    declared: [Option<Ratio>; 2],
    /// Statements and conditions that ran, counted as often as they are told.
    told: [Ratio; 2],
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Project,
    /// The tests themselves, which no total counts.
    Tests,
    File,
    Other,
}

#[derive(Default)]
struct File {
    path: String,
    lines: Vec<Line>,
    methods: Ratio,
    /// The line of the last condition, and how many conditions it has had.
    condition: (u32, u8),
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        let place = match tag.local() {
            b"project" => Place::Project,
            b"testproject" => Place::Tests,
            b"file" => Place::File,
            _ => Place::Other,
        };
        let among_tests = self.open.contains(&Place::Tests);
        match tag.local() {
            b"coverage" if self.open.is_empty() => self.made = tag.get("generated").and_then(|at| moment(&at)),
            _ if among_tests => {}
            b"package" => self.package = tag.get("name").unwrap_or_default().trim().to_owned(),
            b"file" => self.file(tag),
            b"metrics" => self.metrics(tag),
            b"line" => self.line(tag),
            _ => {}
        }
        self.open.push(place);
    }

    fn end(&mut self, name: &[u8]) {
        self.open.pop();
        match name {
            b"file" => self.end_file(),
            b"package" => self.package.clear(),
            _ => {}
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    fn file(&mut self, tag: &Tag<'_>) {
        let [name, path] = ["name", "path"].map(|name| path::normal(&tag.get(name).unwrap_or_default()));
        let path = if path.is_empty() || path::is_absolute(&name) { name } else { path };
        self.file = (!path.is_empty()).then_some(File { path, ..File::default() });
        if self.file.is_none() {
            self.odds.meet(NAMELESS);
        }
    }

    fn metrics(&mut self, tag: &Tag<'_>) {
        let ratio =
            |all: &str, covered: &str| Some(Ratio::new(attribute(tag, covered)?, attribute(tag, all)?)).filter(|it| it.part <= it.whole);
        match (self.open.last(), &mut self.file) {
            (Some(Place::Project), _) => {
                self.declared = [ratio("statements", "coveredstatements"), ratio("conditionals", "coveredconditionals")];
            }
            (Some(Place::File), Some(file)) => file.methods = ratio("methods", "coveredmethods").unwrap_or_default(),
            _ => {}
        }
    }

    fn line(&mut self, tag: &Tag<'_>) {
        let Some(file) = &mut self.file else { return self.odds.meet(NAMELESS) };
        let Some(number) = tag.get("num").and_then(|text| line(&text)) else { return self.odds.meet(NUMBER) };
        let hits = tag.get("count").map(|text| count(&text));
        if hits == Some(None) {
            self.odds.meet(HITS);
        }
        let hits = hits.map(Option::unwrap_or_default);
        let kind = tag.get("type");
        match kind.as_deref() {
            Some("method") => {
                let name = tag.get("signature").or_else(|| tag.get("name")).unwrap_or_default();
                self.draft.lines.file(&file.path).functions.add(number, name.as_bytes(), hits.unwrap_or(0) > 0, 1);
            }
            Some("stmt" | "cond") | None => {
                let cond = kind.as_deref() == Some("cond");
                let (yes, no) = (attribute(tag, "truecount").unwrap_or(0), attribute(tag, "falsecount").unwrap_or(0));
                let all = yes.saturating_add(no);
                let line = Line::new(number, hits.unwrap_or(all));
                let branches = if cond && hits.is_some() { line.branching(yes, all) } else { None };
                file.lines.push(branches.unwrap_or(line));
                let told = &mut self.told[usize::from(cond)];
                *told = plus(*told, Ratio::new(u64::from(line.hits > 0), 1));
                if cond && hits.is_none() {
                    file.condition = (number, if file.condition.0 == number { file.condition.1.saturating_add(1) } else { 0 });
                    let arms = &mut self.draft.lines.file(&file.path).arms;
                    for (arm, times) in [(b't', yes), (b'f', no)] {
                        arms.add(number, &[file.condition.1, arm], times > 0, 1);
                    }
                }
            }
            Some(_) => self.odds.meet(TYPE),
        }
    }

    fn end_file(&mut self) {
        let Some(File { path, lines, methods, .. }) = self.file.take() else { return };
        let file = self.draft.lines.file(&path);
        file.add(&lines);
        file.totals.take(Totals { function: methods, ..Totals::default() });
        if !self.package.is_empty() {
            self.draft.packages.entry(self.package.clone()).or_default().insert(path);
        }
    }

    fn finish(mut self, reading: &mut Reading<'_>, root: u64) -> Draft {
        self.end_file();
        self.draft.lines.settle();
        // Writers declare the lines, or the statements of which a line may hold several, with or without the conditions.
        let [statements, conditions] = self.told;
        let [lines, branches] = self.declared;
        let lines = lines.filter(|declared| *declared != statements && *declared != plus(statements, conditions));
        let declared = Totals { line: lines.unwrap_or_default(), branch: branches.unwrap_or_default(), ..Totals::default() };
        compare_totals(reading, &mut self.draft, declared, root);
        self.odds.tell(reading);
        reading.source.collected_at = self.made;
        reading.source.content = self.draft.describe("Clover");
        self.draft
    }
}
