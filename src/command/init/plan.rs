//! Which rules a project starts with: those that its evidence can answer today.

use super::floors;
use super::survey::{Report, Survey, told};
use super::text;
use crate::command::gather;
use crate::command::keeping::Keeping;
use crate::command::setup::Setup;
use crate::config::{Config, Entry, Expect};
use crate::error::Error;
use crate::evaluate::facts::Facts;
use crate::evaluate::floor::{Floor, floors};
use crate::evaluate::judge::{Occasion, one};
use crate::evaluate::pack::{self, Compiled};
use crate::finding::Outcome;
use crate::instant::Instant;
use crate::io::shelf::Shelf;
use crate::io::{fs, git};
use crate::lifecycle::Lifecycle;
use crate::rule::{Pack, Spanned};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Shipped packs that a team takes in because it has this evidence. The others are for a purpose, which no file shows.
const HOMES: [(&str, &[&str]); 9] = [
    ("pr-gate", &["coverage", "tests"]),
    ("ai-eval", &["golden"]),
    ("nightly-bench", &["benchmark"]),
    ("pr-bench", &["benchmark"]),
    ("slo", &["slo"]),
    ("retention-audit", &["audit"]),
    ("operations", &["operations"]),
    ("security", &["scan"]),
    ("claims", &["documents"]),
];

/// What the configuration will say.
pub struct Plan {
    /// Entries; packs are not in it.
    pub config: Config,
    /// What a comment says of each entry.
    pub about: BTreeMap<String, Vec<String>>,
    /// Packs that are taken, each with what it is for.
    pub packs: Vec<(String, String)>,
    /// Shipped packs that are not.
    pub offered: Vec<Offer>,
    /// Rules of the packs that are taken, and have no evidence yet.
    pub waiting: Vec<Waiting>,
    /// What is reached today.
    pub floors: Vec<Floor>,
}

/// A shipped pack that is not taken.
pub struct Offer {
    /// Its name.
    pub pack: String,
    /// What it is called.
    pub title: String,
    /// The evidence it needs, where one kind is enough to start.
    pub families: &'static [&'static str],
}

/// A rule without evidence.
pub struct Waiting {
    /// Its id.
    pub rule: String,
    /// What is missing, or will make it.
    pub reason: String,
}

/// Chooses the rules for what was found.
///
/// # Errors
/// When a shipped pack or its evidence cannot be read at all.
pub fn plan(folder: &Path, survey: &Survey, now: Instant) -> Result<Plan, Error> {
    if survey.reports.is_empty() {
        return nothing_yet(survey, now);
    }
    let has = |families: &[&str]| survey.reports.iter().any(|report| families.contains(&report.family));
    let shipped: Vec<Pack> = shipped(now)?;
    let taken: Vec<&str> = HOMES.iter().filter(|(_, families)| has(families)).map(|(pack, _)| *pack).collect();
    let (mut packs, mut offered): (Vec<Pack>, Vec<Pack>) = shipped.into_iter().partition(|pack| taken.contains(&pack.name.as_str()));
    if packs.is_empty() {
        let gate = offered.iter().position(|pack| pack.name == HOMES[0].0);
        packs.extend(gate.map(|at| offered.remove(at)));
    }
    let mut errors = Vec::new();
    let (rules, declared) = pack::check(&packs, &BTreeMap::new(), &mut errors);
    if !errors.is_empty() {
        return Err(Error::Configuration(errors));
    }
    let root = folder.to_owned();
    let ids = Lifecycle::default();
    let setup = Setup {
        config: survey.config(),
        root,
        packs: Vec::new(),
        rules,
        declared,
        acknowledged: Vec::new(),
        waivers: Vec::new(),
        ids,
        shelf: Shelf::Disk,
    };
    let evidence = gather::evidence(&setup, now, gather::tree(&setup).as_ref(), None, &Keeping::default())?;
    let facts = Facts::new(&evidence);
    let occasion = Occasion { now: Some(now), commit: git::head(folder), ..Occasion::default() };
    let waiting: Vec<Waiting> = setup.rules.iter().filter_map(|rule| waits(rule, &facts, &occasion, survey)).collect();
    // A pack that could answer nothing at all says nothing yet.
    let idle = |pack: &Pack| pack.rules.iter().all(|rule| waiting.iter().any(|w| w.rule == rule.id));
    let (silent, mut packs): (Vec<Pack>, Vec<Pack>) =
        if packs.iter().all(idle) { (Vec::new(), packs) } else { packs.into_iter().partition(idle) };
    offered.extend(silent);
    packs.sort_by_key(|pack| HOMES.iter().position(|(name, _)| *name == pack.name));
    offered.sort_by(|a, b| a.name.cmp(&b.name));
    let is_taken = |rule: &str| packs.iter().any(|pack| rule.strip_prefix(pack.name.as_str()).is_some_and(|rest| rest.starts_with('/')));
    let waiting: Vec<Waiting> = waiting.into_iter().filter(|w| is_taken(&w.rule)).collect();
    let idle: BTreeSet<&str> = waiting.iter().map(|w| w.rule.as_str()).collect();
    let judging: Vec<Compiled> =
        setup.rules.iter().filter(|r| is_taken(&r.rule.id) && !idle.contains(r.rule.id.as_str())).cloned().collect();
    let floors = floors(&judging, &facts, &occasion, &setup.declared);
    let about = |report: &Report| {
        let told = evidence.iter().find(|entry| entry.name == report.name).map(told).unwrap_or_default();
        let patterns = setup.config.evidence.get(&report.name).is_some_and(|entry| entry.expect.is_some());
        (report.name.clone(), text::about(report, &told, patterns, survey))
    };
    let about = survey.reports.iter().map(about).collect();
    let named = |pack: Pack| (pack.name, pack.about);
    let mut packs: Vec<(String, String)> = packs.into_iter().map(named).collect();
    if !floors.is_empty() {
        packs.push((floors::FOLDER.to_owned(), floors::TITLE.to_owned()));
    }
    let needs = |pack: &Pack| HOMES.iter().find(|(name, _)| *name == pack.name).map_or(&[][..], |(_, families)| families);
    let offered = offered.into_iter().map(|pack| Offer { families: needs(&pack), pack: pack.name, title: pack.title }).collect();
    Ok(Plan { config: setup.config, about, packs, offered, waiting, floors })
}

/// All shipped packs.
fn shipped(now: Instant) -> Result<Vec<Pack>, Error> {
    let mut errors = Vec::new();
    let files: Vec<pack::Files> = pack::shipped().into_iter().filter_map(pack::embedded).collect();
    let packs = pack::read(&files, now, &mut errors);
    if errors.is_empty() { Ok(packs) } else { Err(Error::Configuration(errors)) }
}

/// A rule that nothing here was ever meant to answer, with what would.
fn waits(rule: &Compiled, facts: &Facts<'_>, occasion: &Occasion, survey: &Survey) -> Option<Waiting> {
    if rule.rule.attest.is_some() {
        return None;
    }
    let findings = one(rule, facts, occasion);
    let message = findings.first().filter(|_| findings.iter().all(|finding| finding.outcome == Outcome::NoEvidence))?.message.clone();
    let patient = Compiled { waits: Some(String::new()), ..rule.clone() };
    let silent = one(&patient, facts, occasion).iter().all(|finding| finding.outcome == Outcome::NotApplicable);
    silent.then(|| Waiting { rule: rule.rule.id.clone(), reason: reason(message, survey) })
}

/// What is missing, and the command that makes it where the manifest shows one.
fn reason(message: String, survey: &Survey) -> String {
    for (family, recipe, _) in text::missing(survey) {
        if message.contains(&format!("no {family} evidence")) {
            return format!("no {family} report yet: {}", text::command(recipe));
        }
    }
    message
}

/// A repository that no run has left a report in: the places where its tools usually put them.
fn nothing_yet(survey: &Survey, now: Instant) -> Result<Plan, Error> {
    let mut evidence = BTreeMap::new();
    let mut about = BTreeMap::new();
    for family in ["coverage", "tests"] {
        let recipe = survey.manifests.first().and_then(|manifest| text::usual(manifest).into_iter().find(|(of, _)| *of == family));
        let trace = survey.traces.iter().find(|trace| trace.family == family);
        let (path, line) = match (trace, recipe) {
            (Some(trace), _) => (trace.report.clone(), format!("{}:{} writes it.", trace.file, trace.line)),
            (None, Some((_, recipe))) => (recipe.report.to_owned(), format!("This makes it: {}", text::command(recipe))),
            (None, None) => (if family == "tests" { "reports/junit.xml" } else { "coverage.xml" }.to_owned(), "Where yours is.".to_owned()),
        };
        let mut lines = vec![line];
        let expect = fs::is_glob(&path).then_some(Expect::Count(1));
        if expect.is_some() {
            lines.push("`expect` says how many files the pattern must find.".to_owned());
        }
        evidence.insert(family.to_owned(), Entry { family: family.to_owned(), path: vec![path], expect, ..Entry::default() });
        about.insert(family.to_owned(), lines);
    }
    let packs = shipped(now)?.into_iter().filter(|pack| pack.name == HOMES[0].0).map(|pack| (pack.name, pack.about));
    Ok(Plan {
        config: Config { evidence, packs: Vec::<Spanned>::new(), ..Config::default() },
        about,
        packs: packs.collect(),
        offered: Vec::new(),
        waiting: Vec::new(),
        floors: Vec::new(),
    })
}
