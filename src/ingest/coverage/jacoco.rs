//! JaCoCo XML (`report.dtd` 1.0 and 1.1), as JaCoCo, Kover, Pester and gcovr write it.
//!
//! A line ran when an instruction of it did (`ci`). Groups are the modules of a build and may be nested. Where lines say nothing of
//! instructions (gcovr), the counters of the source file are all there is; where there is no source file, those of its classes.

use super::elements::{Elements, compare_totals, walk};
use super::number::{attribute, line, moment};
use super::odds::{Odd, Odds};
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::{Line, Totals, plus};
use crate::metric::Ratio;
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "jacoco", about: "JaCoCo XML: JaCoCo for Java, Kotlin, Groovy and Scala, Kover, Android, Pester, gcovr", claims, read };

/// `report` is a common name for a root; what it holds tells JaCoCo's from others.
fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| match opening.child.as_deref() {
        Some("sessioninfo" | "group" | "package" | "counter") => opening.root == "report",
        Some(_) => false,
        None => opening.root == "report" && artifact.head_text().contains("//JACOCO//"),
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    let root = walk(reading, &mut report);
    report.draft.lines.settle();
    report.tell(reading, root);
    report.draft
}

const NUMBER: Odd = ("line-without-number", "lines without a usable number are left out");
const COUNT: Odd = ("counter-not-a-count", "lines and counters whose numbers are no counts are left out");
const BARE: Odd = ("line-without-instructions", "lines that do not say whether they ran are left out, although others of the file do");
const NAMELESS: Odd = ("file-without-name", "source files without a name are left out");
const TWICE: Odd = ("file-of-several-groups", "files of one name in several groups are told apart by the name of the group");

/// The lines, branches and methods that counters count.
type Counts = [Ratio; 3];

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    made: Option<Instant>,
    /// What the root declares.
    declared: Counts,
    groups: Vec<String>,
    /// In which group a path was met first.
    homes: BTreeMap<String, String>,
    package: String,
    level: Vec<Level>,
    /// The source files that the package lists, and what its classes say of the files they name.
    listed: BTreeSet<String>,
    classes: BTreeMap<String, Class>,
    class: (String, Option<String>),
    method: (Vec<u8>, u32),
    file: Option<File>,
}

/// The classes of one file.
#[derive(Default)]
struct Class {
    counts: Counts,
    /// Of each method the line, the name and whether it ran.
    methods: Vec<(u32, Vec<u8>, bool)>,
}

/// What a counter may stand in.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Report,
    Package,
    Class,
    Method,
    File,
    Other,
}

/// The source file being read.
#[derive(Default)]
struct File {
    path: String,
    lines: Vec<Line>,
    counts: Counts,
    /// Some line does not say whether it ran.
    bare: bool,
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        let name = || tag.get("name").unwrap_or_default().trim().to_owned();
        let mut level = Level::Other;
        match tag.local() {
            b"line" => self.line(tag),
            b"counter" => self.counter(tag),
            b"report" => level = Level::Report,
            b"sessioninfo" => self.made = self.made.max(tag.get("dump").and_then(|at| moment(&at))),
            b"group" => self.groups.push(name()),
            b"package" => (level, self.package) = (Level::Package, name()),
            b"class" => {
                let file = tag.get("sourcefilename").filter(|file| !file.trim().is_empty());
                let file = file.map(|file| self.home(&file));
                (level, self.class) = (Level::Class, (name(), file));
            }
            b"method" => {
                let key = format!("{}.{}{}", self.class.0, name(), tag.get("desc").unwrap_or_default());
                (level, self.method) = (Level::Method, (key.into_bytes(), tag.get("line").and_then(|text| line(&text)).unwrap_or(0)));
            }
            b"sourcefile" => {
                level = Level::File;
                self.file = Some(name()).filter(|name| !name.is_empty()).map(|name| File { path: self.home(&name), ..File::default() });
                if self.file.is_none() {
                    self.odds.meet(NAMELESS);
                }
            }
            _ => {}
        }
        self.level.push(level);
    }

    fn end(&mut self, name: &[u8]) {
        self.level.pop();
        match name {
            b"sourcefile" => self.end_file(),
            b"package" => self.end_package(),
            b"group" => drop(self.groups.pop()),
            _ => {}
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    /// The path of a file in the package being read.
    fn home(&mut self, name: &str) -> String {
        let path = path::in_package(&self.package, name);
        let group = self.groups.join("/");
        if *self.homes.entry(path.clone()).or_insert_with(|| group.clone()) == group {
            return path;
        }
        self.odds.meet(TWICE);
        path::normal(&format!("{group}/{path}"))
    }

    fn line(&mut self, tag: &Tag<'_>) {
        let Some(file) = &mut self.file else { return };
        let Some(number) = tag.get("nr").and_then(|text| line(&text)) else { return self.odds.meet(NUMBER) };
        let of = |name: &str| tag.get(name).map_or(Some(0), |_| attribute(tag, name));
        if tag.get("mi").is_none() && tag.get("ci").is_none() {
            file.bare = true;
            return;
        }
        let (Some(missed), Some(ran), Some(mb), Some(cb)) = (of("mi"), of("ci"), of("mb"), of("cb")) else {
            return self.odds.meet(COUNT);
        };
        if missed > 0 || ran > 0 {
            let line = Line::new(number, u64::from(ran > 0));
            file.lines.push(line.branching(cb, mb.saturating_add(cb)).unwrap_or(line));
        }
    }

    fn counter(&mut self, tag: &Tag<'_>) {
        let kind = match tag.get("type").as_deref() {
            Some("LINE") => 0,
            Some("BRANCH") => 1,
            Some("METHOD") => 2,
            _ => return,
        };
        let (Some(missed), Some(covered)) = (attribute(tag, "missed"), attribute(tag, "covered")) else {
            return self.odds.meet(COUNT);
        };
        let ratio = Ratio::new(covered, covered.saturating_add(missed));
        match (self.level.last(), &self.class.1, &mut self.file) {
            (Some(Level::Report), ..) => self.declared[kind] = ratio,
            (Some(Level::File), _, Some(file)) => file.counts[kind] = ratio,
            (Some(Level::Class), Some(file), _) => {
                let counts = &mut self.classes.entry(file.clone()).or_default().counts;
                counts[kind] = plus(counts[kind], ratio);
            }
            (Some(Level::Method), Some(file), _) if kind == 2 => {
                let (name, line) = std::mem::take(&mut self.method);
                self.classes.entry(file.clone()).or_default().methods.push((line, name, covered > 0));
            }
            _ => {}
        }
    }

    fn end_file(&mut self) {
        let Some(File { path, lines, counts, bare }) = self.file.take() else { return };
        if bare && !lines.is_empty() {
            self.odds.meet(BARE);
        }
        let file = self.draft.lines.file(&path);
        file.add(&lines);
        file.totals.take(totals(counts));
        self.listed.insert(path);
    }

    fn end_package(&mut self) {
        let mut files = std::mem::take(&mut self.listed);
        let unlisted = files.is_empty();
        for (path, Class { counts, methods }) in std::mem::take(&mut self.classes) {
            if !unlisted && !files.contains(&path) {
                continue;
            }
            let file = self.draft.lines.file(&path);
            file.totals.take(if unlisted { totals(counts) } else { Totals::default() });
            methods.iter().for_each(|(line, name, ran)| file.functions.add(*line, name, *ran, 1));
            files.insert(path);
        }
        let package = std::mem::take(&mut self.package);
        if !package.is_empty() {
            self.draft.packages.entry(package).or_default().extend(files);
        }
    }

    fn tell(&mut self, reading: &mut Reading<'_>, root: u64) {
        compare_totals(reading, &mut self.draft, totals(self.declared), root);
        self.odds.tell(reading);
        reading.source.collected_at = self.made;
        reading.source.content = self.draft.describe("JaCoCo");
    }
}

fn totals([line, branch, function]: Counts) -> Totals {
    Totals { line, branch, function, ..Totals::default() }
}
