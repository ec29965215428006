//! `readiness backtest`: what other rules would have made of stored judgements.

use super::options::moment;
use super::output::print;
use super::plain::say;
use super::replay::{self, Replay};
use super::{render, rules, setup, stored};
use crate::backtest::{Backtest, Changed, Gate, NotJudged, Run, SCHEMA, Tally};
use crate::config::Declared;
use crate::error::Error;
use crate::evaluate::pack::Compiled;
use crate::finding::{Finding, Outcome};
use crate::io::{fs, hash, json, terminal};
use crate::render::backtest as output;
use crate::render::parts::prose::plural;
use crate::report::Report;
use crate::system;
use crate::verdict::{self, Exit, Mode, Policy};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is asked of `backtest`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Stored report.json files, and folders with them
    #[arg(required = true, value_name = "REPORT")]
    pub reports: Vec<PathBuf>,
    /// The rules to try: a shipped pack's name or a folder, may be repeated [default: the packs of readiness.yaml]
    #[arg(long, value_name = "PACK")]
    pub packs: Vec<PathBuf>,
    /// The configuration, for its packs and declared metrics [default: found from here upward]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// As of when the rules are read: what is relaxed is so until a day [default: the clock]
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// text or json
    #[arg(long, default_value = "text")]
    pub format: String,
    /// Exit with 1 when a run that was open would have been closed, and with 3 when nobody can tell
    #[arg(long, value_enum)]
    pub deny: Option<Deny>,
}

/// What is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Deny {
    /// That a run which was open would have been closed.
    Closed,
}

/// Judges every stored report again and says what would have changed.
///
/// # Errors
/// When a pack is wrong, a report cannot be read, or there is none.
pub fn run(options: &Options) -> Result<Exit, Error> {
    if !matches!(options.format.as_str(), "text" | "json") {
        return Err(Error::Usage(format!("there is no format `{}` here - there are text, json", options.format)));
    }
    let (packs, rules, declared) = packs(options)?;
    let files = reports(&options.reports)?;
    let mut runs = Vec::new();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut copies = 0;
    for (path, digest) in &files {
        // A copy is no second run.
        if !seen.insert(digest) {
            copies += 1;
            continue;
        }
        let report = render::read(path)?;
        let replayed = replay::of(&report, &rules, &declared);
        runs.push(judged(&report, path, &rules, &replayed, &mut tallies));
    }
    if copies > 0 {
        terminal::note(&format!("{} passed over: the same judgement again", plural(copies, "file")));
    }
    runs.sort_by(|a, b| (a.now, &a.project, &a.report).cmp(&(b.now, &b.project, &b.report)));
    let backtest = Backtest { schema: SCHEMA.to_owned(), packs, runs, rules: tallies.into_values().collect() };
    match options.format.as_str() {
        "json" => print(&json::document(&backtest).map_err(|mistake| Error::Internal(mistake.message))?)?,
        _ => say(&output::text(&backtest))?,
    }
    Ok(match options.deny {
        Some(Deny::Closed) if backtest.runs.iter().any(Run::is_newly_closed) => Exit::Failed,
        Some(Deny::Closed) if backtest.runs.iter().any(|run| run.was == Gate::Open && run.is == Gate::Unknown) => Exit::Unproven,
        _ => Exit::Open,
    })
}

type Packs = (Vec<String>, Vec<Compiled>, BTreeMap<String, Declared>);

/// The packs that are named, or those of the configuration.
fn packs(options: &Options) -> Result<Packs, Error> {
    let now = moment(options.now.as_deref())?;
    let setup = match setup::load_at(options.config.as_deref(), now) {
        Ok(setup) => Some(setup),
        Err(error) if options.packs.is_empty() || options.config.is_some() => return Err(error),
        Err(_) => None,
    };
    let configured = setup.as_ref().map(|setup| setup.config.metrics.clone()).unwrap_or_default();
    match setup {
        Some(setup) if options.packs.is_empty() => {
            Ok((setup.packs.into_iter().map(|pack| pack.name).collect(), setup.rules, setup.declared))
        }
        _ => {
            let (packs, rules, declared) = rules::together(&options.packs, &configured, now)?;
            Ok((packs.into_iter().map(|pack| pack.name).collect(), rules, declared))
        }
    }
}

/// Every stored report, with the digest of its content. In folders other JSON files are passed over.
fn reports(paths: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut found = Vec::new();
    for path in paths {
        if !fs::is_dir(path) {
            found.push((path.clone(), digest(path)?));
            continue;
        }
        for file in stored::within(path)? {
            let digest = digest(&file)?;
            found.push((file, digest));
        }
    }
    if found.is_empty() {
        return Err(Error::Usage("there is no stored report.json, so nothing was tried".to_owned()));
    }
    Ok(found)
}

fn digest(path: &Path) -> Result<String, Error> {
    Ok(hash::sha256(&stored::read(path)?))
}

/// What the rules make of one report, counted.
fn judged<'r>(report: &Report, path: &Path, rules: &'r [Compiled], replayed: &Replay, tallies: &mut BTreeMap<&'r str, Tally>) -> Run {
    let (was, is) = (worst(&report.findings), worst(&replayed.findings));
    let (mut changed, mut not_judged) = (Vec::new(), Vec::new());
    for id in rules.iter().map(|rule| rule.rule.id.as_str()) {
        let tally = tallies.entry(id).or_insert_with(|| Tally { rule: id.to_owned(), ..Tally::default() });
        let (was, is) = (was.get(id).copied(), is.get(id).copied().unwrap_or(Outcome::NoEvidence));
        match replayed.lacking.get(id).filter(|lacking| was != Some(is) && !(lacking.absent.is_empty() && is == Outcome::Fail)) {
            Some(lacking) => {
                tally.not_judged += 1;
                not_judged.push(NotJudged { rule: id.to_owned(), lacks: lacking.names() });
            }
            None => {
                tally.count(was, is);
                if was != Some(is) {
                    changed.push(Changed { rule: id.to_owned(), was, is });
                }
            }
        }
    }
    let (is, shut_by) = gate(report, replayed, &not_judged);
    let (project, now) = (report.project.id.clone(), report.now);
    let (commit, profile) = (report.project.commit.clone(), report.profile.clone());
    Run { report: fs::slashed(path), project, now, commit, profile, was: then(report), is, shut_by, changed, not_judged }
}

/// The worst outcome of every rule; subjects it does not apply to count only where there is no other.
fn worst(findings: &[Finding]) -> BTreeMap<&str, Outcome> {
    let mut worst: BTreeMap<&str, Outcome> = BTreeMap::new();
    for finding in findings {
        let so_far = worst.entry(&finding.rule).or_insert(finding.outcome);
        *so_far = finding.outcome.min(*so_far);
    }
    worst
}

/// What the gate did; one that only looked on is taken at its word.
fn then(report: &Report) -> Gate {
    if report.gate.would_exit.unwrap_or(report.gate.exit_code) == Exit::Open as u8 { Gate::Open } else { Gate::Closed }
}

/// What the gate would do, and which findings would shut it. What cannot be judged neither shuts nor opens it.
fn gate(report: &Report, replayed: &Replay, not_judged: &[NotJudged]) -> (Gate, Vec<String>) {
    let unknown: BTreeSet<&str> = not_judged.iter().map(|rule| rule.rule.as_str()).collect();
    let waits = |f: &&Finding| f.cause.as_deref() == Some(system::RULE) && !unknown.contains(f.rule.as_str());
    let asked = replayed.findings.iter().any(|f| waits(&f));
    let is_told = |f: &&Finding| !unknown.contains(f.rule.as_str()) && (f.rule != system::RULE || asked);
    let told: Vec<Finding> = replayed.findings.iter().filter(is_told).cloned().collect();
    let block_at = report.gate.block_at;
    // What only looked on would have been asked to decide sooner or later.
    let mode = if report.gate.mode == Mode::New { Mode::New } else { Mode::All };
    let policy = Policy { mode, until: None, base: report.gate.base.clone() };
    let decided = verdict::Gate::decide(&told, block_at, &policy, report.now);
    let shut_by: Vec<String> = told.iter().filter(|f| decided.is_shut_by(f)).map(Finding::id).collect();
    let blocking_unknown = replayed.findings.iter().any(|f| unknown.contains(f.rule.as_str()) && f.severity <= block_at);
    let gate = match (shut_by.is_empty(), blocking_unknown, decided.open) {
        (false, ..) => Gate::Closed,
        (true, true, _) => Gate::Unknown,
        (true, false, true) => Gate::Open,
        (true, false, false) => Gate::Closed,
    };
    (gate, shut_by)
}
