//! xUnit.net XML, of its console, MSBuild and v3 runners and `dotnet test --logger xunit`: "xUnit.net XML Format v2" of xunit.net, schema
//! versions 1 to 3.
//!
//! A test that was not run (`NotRun`: explicit tests of v3) is skipped. What went wrong outside tests, such as a clean-up, stands in
//! `errors` and is an error of its own; an assembly counts it apart from its tests.

use super::elements::{Elements, walk};
use super::flaws::{Flaws, UNKNOWN};
use super::message::{Excerpt, first_line};
use super::number::span;
use super::totals::{Declared, stated};
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::metric::grouped;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "xunit", about: "xUnit.net v2 and v3 XML: its runners, `dotnet test --logger xunit`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| {
        let is_alone = || opening.root == "assembly" && opening.attributes.iter().any(|name| name == "test-framework");
        opening.root == "assemblies" || is_alone()
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    walk(reading, &mut report);
    let Report { flaws, made, assemblies, declared, cases, .. } = report;
    reading.source.collected_at = made;
    reading.source.content = format!("xUnit.net, {} tests, {} assemblies", grouped(cases.len() as u64), grouped(assemblies));
    let place = flaws.place_of_totals();
    flaws.tell(reading);
    let counted = Tally::of(cases.iter().map(|case| case.outcome));
    declared.unwrap_or_default().compare(reading, place, counted);
    Draft { cases, stated: Tally::default() }
}

#[derive(Default)]
struct Report {
    flaws: Flaws,
    made: Option<Instant>,
    assemblies: u64,
    assembly: String,
    /// All assemblies together, errors among the tests.
    declared: Option<Declared>,
    case: Option<Case>,
    cases: Vec<Case>,
    excerpt: Excerpt,
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        match tag.local() {
            b"assemblies" => self.made = tag.get("finish-rtf").and_then(|text| clock::parse(&text)),
            b"assembly" => self.assembly(tag),
            b"test" => self.case = Some(self.test(tag)),
            b"error" => {
                let text = |name| tag.get(name).unwrap_or_default().into_owned();
                let kind = text("type");
                let name = if kind.is_empty() { "(error)".to_owned() } else { format!("({kind})") };
                let class = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| self.assembly.clone());
                self.case =
                    Some(Case { suite: self.assembly.clone(), class, name, outcome: Outcome::Error, attempts: 1, ..Case::default() });
            }
            b"message" | b"reason" if self.case.is_some() => self.excerpt.begin(),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"message" | b"reason" => {
                let text = self.excerpt.end().and_then(|text| first_line(&text));
                if let Some(case) = &mut self.case {
                    case.message = case.message.take().or(text);
                }
            }
            b"test" | b"error" => self.cases.extend(self.case.take()),
            _ => {}
        }
    }

    fn text(&mut self, piece: &str) {
        self.excerpt.push(piece);
    }

    fn flaws(&mut self) -> &mut Flaws {
        &mut self.flaws
    }
}

impl Report {
    fn assembly(&mut self, tag: &Tag<'_>) {
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        self.assemblies += 1;
        self.assembly = text("name").rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        // Without a zone, as schema 1 has it, it counts as UTC.
        let started = || clock::parse(&text("start-rtf")).or_else(|| clock::parse(&format!("{}T{}", text("run-date"), text("run-time"))));
        self.made = self.made.or_else(started);
        self.flaws.see_totals();
        let mut count = |name| stated(tag, name, &mut self.flaws);
        let errors = count("errors").unwrap_or(0);
        let (not_run, skipped) = (count("not-run").unwrap_or(0), count("skipped"));
        let add = |count: Option<u64>, more: u64| count.map(|count| count.saturating_add(more));
        let own = Declared {
            total: add(count("total"), errors),
            passed: count("passed"),
            bad: add(count("failed"), errors),
            skipped: add(skipped, not_run),
        };
        self.declared = Some(self.declared.map_or(own, |all| all.and(own)));
    }

    fn test(&mut self, tag: &Tag<'_>) -> Case {
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        let (class, full, word) = (text("type"), text("name"), text("result"));
        let outcome = outcome(&word).unwrap_or_else(|| {
            self.flaws.see(UNKNOWN, || {
                let [name, word] = [&full, &word].map(|text| text.chars().take(100).collect::<String>());
                format!("the result of `{name}` is `{word}`, which is none of xUnit.net")
            });
            Outcome::Error
        });
        let short = full.strip_prefix(&class).and_then(|rest| rest.strip_prefix('.')).filter(|_| !class.is_empty()).map(str::to_owned);
        Case {
            suite: self.assembly.clone(),
            class,
            name: short.unwrap_or(full),
            file: text("source-file").replace('\\', "/"),
            outcome,
            attempts: 1,
            duration: tag.get("time").and_then(|text| text.parse::<f64>().ok()).and_then(|seconds| span(seconds * 1000.0)),
            ..Case::default()
        }
    }
}

fn outcome(word: &str) -> Option<Outcome> {
    Some(match word {
        "Pass" => Outcome::Passed,
        "Fail" => Outcome::Failed,
        "Skip" | "NotRun" => Outcome::Skipped,
        _ => return None,
    })
}
