//! Every finding, grouped by rule: what was asked, observed and required, why, and what to do.

use super::Section;
use super::sources::fragments;
use crate::error::Error;
use crate::finding::{Finding, Outcome};
use crate::render::parts::markup::{Html, distinct, fill, slug};
use crate::render::parts::{chip, prose, waivers};
use crate::report::Report;
use crate::rule::Severity;
use askama::Template;
use std::collections::{BTreeMap, BTreeSet};

/// How many subjects of one rule are told before the rest is folded, and how many are listed at all.
const TOLD: usize = 3;
const LISTED: usize = 100;

/// The findings of one rule that have the same outcome and stand by the same waiver, if by any.
pub(super) struct Group<'a> {
    /// Its fragment, unique in the page.
    pub(super) id: String,
    /// The outcome they share.
    pub(super) outcome: Outcome,
    /// Whether they keep the gate shut.
    pub(super) blocking: bool,
    /// The waiver they stand by.
    waived: Option<String>,
    /// The first of them, which has all that is the rule's.
    pub(super) rule: &'a Finding,
    /// All of them.
    pub(super) findings: Vec<&'a Finding>,
    /// Whether the finding of another rule is the root of it.
    pub(super) dependent: bool,
    /// The fragments of evidence entries by name.
    entries: &'a BTreeMap<&'a str, String>,
}

impl Group<'_> {
    /// The outcome's chip.
    fn chip(&self) -> Html {
        chip::outcome(self.outcome)
    }

    /// The outcome's shape.
    pub(super) fn shape(&self) -> Html {
        chip::icon(self.outcome.word())
    }

    /// The only finding, if it is one.
    pub(super) fn only(&self) -> Option<&Finding> {
        match self.findings.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The subjects, for a line: `LEGAL, MEDICAL and 3 more`.
    pub(super) fn subjects(&self) -> String {
        let names: Vec<&str> = self.findings.iter().filter_map(|f| f.subject.as_deref()).collect();
        match names.len() {
            0..=6 => names.join(", "),
            n => format!("{} and {} more", names[..5].join(", "), n - 5),
        }
    }

    /// The findings told in full.
    fn told(&self) -> &[&Finding] {
        let most = match (self.only().is_some(), self.outcome) {
            (false, Outcome::Pass | Outcome::NotApplicable) => 0,
            (false, _) if self.chorus().is_some() => 0,
            _ => TOLD,
        };
        &self.findings[..self.findings.len().min(most)]
    }

    /// The findings folded away.
    fn folded(&self) -> &[&Finding] {
        &self.findings[self.told().len()..self.findings.len().min(LISTED)]
    }

    /// How many are not listed at all.
    fn left_out(&self) -> usize {
        self.findings.len().saturating_sub(LISTED)
    }

    /// Where the evidence of the findings is described: fragment and file, each once.
    fn sources(&self) -> BTreeSet<(Option<&str>, String)> {
        let all = self.findings.iter().take(LISTED).flat_map(|f| &f.sources);
        all.map(|basis| (self.entries.get(basis.evidence.as_str()).map(String::as_str), format!("{}{}", basis.path, basis.at))).collect()
    }

    /// Those of `all` that wait for this one.
    fn waiting<'g>(&self, all: &'g [Group<'g>]) -> Vec<&'g Group<'g>> {
        all.iter().filter(|group| group.dependent && group.rule.cause.as_deref() == Some(self.rule.rule.as_str())).collect()
    }

    /// What all of several findings say, if they say the same.
    fn chorus(&self) -> Option<&str> {
        let first = &self.rule.message;
        (self.findings.len() > 1 && self.findings.iter().all(|f| f.message == *first)).then_some(first)
    }

    /// What is required of all of them.
    fn required(&self) -> &str {
        let first = &self.rule.required;
        if self.findings.iter().all(|f| f.required == *first) { first } else { "differs" }
    }

    /// What all of several findings would be, if they would be the same.
    fn would(&self) -> Option<Outcome> {
        let first = self.rule.would_show.as_ref()?.outcome;
        self.findings.iter().all(|f| f.would_show.as_ref().is_some_and(|shown| shown.outcome == first)).then_some(first)
    }

    fn rank(&self) -> usize {
        Outcome::ALL.iter().position(|o| *o == self.outcome).unwrap_or(0)
    }

    /// The severity, as a class.
    pub(super) fn severity(&self) -> &'static str {
        match self.rule.severity {
            Severity::P0 => "p0",
            Severity::P1 => "p1",
            Severity::P2 => "p2",
            Severity::P3 => "p3",
        }
    }
}

/// All findings in groups, in the order of the report.
pub(super) fn groups<'a>(report: &'a Report, entries: &'a BTreeMap<&'a str, String>) -> Vec<Group<'a>> {
    let mut places: BTreeMap<(&str, Outcome, Option<&str>), usize> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in &report.findings {
        let waiver = finding.waiver.as_ref().filter(|_| finding.is_waived()).map(|waiver| waiver.id.as_str());
        let at = *places.entry((&finding.rule, finding.outcome, waiver)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group {
                id: unique(&mut ids, &finding.rule, finding.outcome),
                outcome: finding.outcome,
                blocking: finding.blocks(report.gate.block_at),
                waived: waivers::by(finding),
                rule: finding,
                findings: vec![finding],
                dependent: report.is_told_by_its_root(finding),
                entries,
            }),
        }
    }
    groups
}

/// `rule-pack-name`, with the outcome and a number where that is taken.
fn unique(taken: &mut BTreeSet<String>, rule: &str, outcome: Outcome) -> String {
    let plain = format!("rule-{}", slug(rule));
    let id = if taken.contains(&plain) { format!("{plain}-{}", outcome.word()) } else { plain };
    distinct(taken, id)
}

/// A button that shows one kind of finding.
struct Filter {
    value: &'static str,
    chip: Html,
}

#[derive(Template)]
#[template(path = "parts/rules.html")]
struct Rules<'a> {
    groups: Vec<Group<'a>>,
    filters: Vec<Filter>,
    total: usize,
    intro: String,
}

/// The table of all findings.
pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let blocking = report.blocking().count();
    let mut filters = Vec::new();
    if blocking > 0 {
        filters.push(Filter { value: "blocking", chip: Html::trusted(format!("{blocking} blocking")) });
    }
    filters.extend(
        Outcome::ALL
            .into_iter()
            .filter(|o| report.count(*o) > 0)
            .map(|o| Filter { value: o.word(), chip: chip::counted(o, report.count(o)) }),
    );
    if report.waived() > 0 {
        filters.push(Filter { value: "waived", chip: chip::waived(&format!("{} waived", report.waived())) });
    }
    let entries = fragments(report);
    let groups = groups(report, &entries);
    let intro = format!(
        "{}, {}. Worst first. Rules of severity {} or worse block.",
        prose::plural(report.findings.len(), "finding"),
        prose::plural(groups.iter().map(|g| g.rule.rule.as_str()).collect::<BTreeSet<_>>().len(), "rule"),
        report.gate.block_at
    );
    let fails = report.count(Outcome::Fail);
    let (note, tone) = match fails {
        0 => (prose::plural(report.findings.len(), "finding"), ""),
        n => (format!("{n} fail"), "fail"),
    };
    let body = fill(&Rules { groups, filters, total: report.findings.len(), intro })?;
    Ok(Some(Section { id: "rules", title: "Rules", note, tone, body }))
}
