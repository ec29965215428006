//! `golden-summary`: the block of totals that a golden-set job prints at its end, found in its log.
//!
//! `Total cases`, `Total facts`, `Valid facts`, a hallucination rate and a citation coverage, and a line for every category:
//! `MEDICAL: 12 facts, hallucination=0.0%, coverage=100.0%`. A fact that is not valid is a bad claim. Percentages are printed rounded: a count is
//! taken where only one fits, and everything that is said twice must agree. No case can be looked at, so that nothing is known of attempts,
//! templates or sentinels.

#[cfg(test)]
mod tests;

use super::case::Mode;
use super::draft::Draft;
use crate::evidence::Evidence;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::metric::{Metric, Value};
use crate::record::Record;
use crate::source::Location;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "golden-summary", about: "the totals that a golden-set job prints, in its log", claims, read };

/// What a line of totals begins with.
const TOTALS: [&str; 6] = ["Total cases:", "Total facts:", "Valid facts:", "Hallucinations:", "Hallucination rate:", "Citation coverage:"];

/// What a summary says of all facts, or of those of a category.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// The category; none for all.
    pub name: Option<String>,
    /// Facts.
    pub facts: u64,
    /// Those that are not valid.
    pub bad: u64,
    /// Those with a citation.
    pub cited: u64,
}

/// A printed summary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Printed {
    cases: u64,
    all: Counts,
    categories: Vec<Counts>,
}

/// A document that quotes such a block is no log.
fn claims(artifact: &Artifact) -> bool {
    let text = artifact.head_text();
    let begins = |mark: &str| text.lines().any(|line| line.trim_start().starts_with(mark));
    begins("Total facts:")
        && begins("Hallucination rate:")
        && !begins("#")
        && !begins("```")
        && !text.trim_start().starts_with(['{', '[', '<'])
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft::of(reading);
    let mut block = Block::default();
    reading.each_line(|reading, number, text, _| {
        block.take(reading, number, text);
        ControlFlow::Continue(())
    });
    draft.mode = block.mock.then_some(Mode::Mock);
    draft.printed = block.settle(reading);
    draft.finish(reading)
}

/// The block as far as it is read: of every total its line and its text.
#[derive(Default)]
struct Block {
    totals: [Option<(u64, String)>; TOTALS.len()],
    categories: Vec<Counts>,
    mock: bool,
}

impl Block {
    fn take(&mut self, reading: &mut Reading<'_>, number: u64, text: &str) {
        let text = text.trim();
        let at = || Location::line(number);
        for (place, key) in self.totals.iter_mut().zip(TOTALS) {
            let Some(value) = text.strip_prefix(key) else { continue };
            self.mock |= value.to_ascii_lowercase().contains("mock");
            // `0.00% (mock: 0%)`
            let value = value.split('(').next().unwrap_or(value).trim().to_owned();
            if let Some((before, _)) = place {
                reading.error("second-summary", at(), format!("`{key}` is on line {before} already: a log holds one run"));
            }
            *place = Some((number, value));
            return;
        }
        let said = text.to_ascii_lowercase();
        self.mock |= self.totals.iter().any(Option::is_some) && said.contains("mock mode");
        if let Some((name, facts, rest)) = category(text) {
            match counts(name, facts, rest) {
                Some(counts) if self.categories.iter().all(|known| known.name != counts.name) => self.categories.push(counts),
                Some(_) => reading.error("duplicate-category", at(), format!("the category {name} is there twice")),
                None => reading.error("undecodable", at(), "these percentages are of no whole number of facts"),
            }
        }
    }

    fn settle(self, reading: &mut Reading<'_>) -> Option<Printed> {
        let [cases, facts, valid, bad, rate, coverage] = &self.totals;
        let mut lost = false;
        let mut number = |key: usize, total: &Option<(u64, String)>| {
            let (line, text) = total.as_ref()?;
            let found = text.replace([',', '_'], "").parse::<u64>().ok();
            if found.is_none() {
                lost = true;
                reading.error("undecodable", Location::line(*line), format!("`{}` is no number of anything", TOTALS[key]));
            }
            found
        };
        let (cases, whole, valid, bad) = (number(0, cases), number(1, facts), number(2, valid), number(3, bad));
        let (Some(whole), false) = (whole, lost) else { return None };
        let cases = cases.unwrap_or(0);
        let mut agree = |line: u64, what: &str, stated: Option<u64>, counted: u64| {
            if stated != Some(counted) {
                let stated = stated.map_or_else(|| "what cannot be".to_owned(), |stated| stated.to_string());
                reading.error(
                    "declared-totals-differ",
                    Location::line(line),
                    format!("{what}: the summary states {stated}, and shows {counted}"),
                );
            }
        };
        let part = |total: &Option<(u64, String)>| total.as_ref().map(|(line, text)| (*line, share(text, whole)));
        let invalid = valid.map(|valid| whole.saturating_sub(valid)).or(bad);
        let rated = part(rate);
        let bad_facts = invalid.or(rated.and_then(|(_, part)| part))?;
        if let Some((line, part)) = rated {
            agree(line, "facts that are not valid", part, bad_facts);
        }
        if let (Some(bad), Some(_)) = (bad, valid) {
            agree(self.totals[3].as_ref().map_or(0, |(line, _)| *line), "hallucinations", Some(bad), bad_facts);
        }
        let (line, cited) = part(coverage)?;
        let line_of_facts = facts.as_ref().map_or(0, |(line, _)| *line);
        if !self.categories.is_empty() {
            let sum = |of: fn(&Counts) -> u64| self.categories.iter().map(of).fold(0, u64::saturating_add);
            agree(line_of_facts, "facts of all categories", Some(whole), sum(|one| one.facts));
            agree(line_of_facts, "facts of all categories that are not valid", Some(bad_facts), sum(|one| one.bad));
            agree(line, "facts of all categories with a citation", cited, sum(|one| one.cited));
        }
        if whole == 0 {
            return None;
        }
        reading.note("printed-summary", Location::line(line_of_facts), "a printed summary: no case of it can be looked at");
        Some(Printed { cases, all: Counts { name: None, facts: whole, bad: bad_facts, cited: cited? }, categories: self.categories })
    }
}

/// `MEDICAL`, `12` and `hallucination=0.0%, coverage=100.0%`.
fn category(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once(": ")?;
    let (facts, rest) = rest.split_once(" facts, ")?;
    rest.starts_with("hallucination=").then_some((name, facts, rest))
}

fn counts(name: &str, facts: &str, rest: &str) -> Option<Counts> {
    let facts = facts.trim().parse().ok()?;
    let (bad, cited) = rest.strip_prefix("hallucination=")?.split_once(", coverage=")?;
    Some(Counts { name: Some(name.trim().to_owned()), facts, bad: share(bad, facts)?, cited: share(cited, facts)? })
}

/// How many of `whole` a rounded percentage is, where that is one number.
fn share(text: &str, whole: u64) -> Option<u64> {
    let digits = text.trim().strip_suffix('%')?.trim();
    let percent: f64 = digits.parse().ok().filter(|percent| (0.0..=100.0).contains(percent))?;
    let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(12) as i32);
    if whole == 0 {
        return Some(0);
    }
    let off = |part: u64| (part as f64 / whole as f64 * 100.0 - percent).abs();
    let part = (percent / 100.0 * whole as f64).round() as u64;
    let reach = 0.5 * 10f64.powi(-decimals) * (1.0 + 1e-9);
    let alone = off(part) <= reach && off(part + 1) > reach && (part == 0 || off(part - 1) > reach);
    (alone && part <= whole).then_some(part)
}

impl Printed {
    /// The metrics and categories of a summary.
    pub fn settle(self, evidence: &mut Evidence) {
        evidence.put("golden.cases", Value::Count(self.cases));
        evidence.put("golden.claims", Value::Count(self.all.facts));
        evidence.metrics.push(Metric::new("golden.hallucination_rate", Value::ratio(self.all.bad, self.all.facts)));
        evidence.metrics.push(Metric::new("golden.citation_coverage", Value::ratio(self.all.cited, self.all.facts)));
        evidence.family("golden.category");
        for Counts { name, facts, bad, cited } in self.categories {
            let row = Record::new("name", name.unwrap_or_default())
                .with("hallucination_rate", Value::ratio(bad, facts))
                .with("citation_coverage", Value::ratio(cited, facts));
            evidence.push("golden.category", row);
        }
    }
}
