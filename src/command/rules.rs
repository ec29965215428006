//! `readiness rules`: the packs, their rules and metrics, and whether their cases come out as written.

use super::plain::say;
use crate::catalogue::METRICS;
use crate::error::{Diagnostic, Error};
use crate::evaluate::cases;
use crate::evaluate::pack::{self, Compiled, Files};
use crate::io::fs;
use crate::rule::Pack;
use crate::verdict::Exit;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What is asked of `rules`.
#[derive(Clone, Debug)]
pub enum Ask {
    /// List packs and rules.
    List(Vec<PathBuf>),
    /// Run the cases of rules.
    Test(Vec<PathBuf>),
    /// List the catalogue of metrics.
    Metrics,
}

/// Lists, tests, or prints the catalogue.
///
/// # Errors
/// All mistakes in the packs, or all cases that do not come out as written.
pub fn run(ask: &Ask) -> Result<Exit, Error> {
    match ask {
        Ask::Metrics => say(&metrics())?,
        Ask::List(folders) => {
            let (packs, _, _) = load(folders)?;
            say(&packs.iter().map(list).collect::<String>())?;
        }
        Ask::Test(folders) => {
            let (packs, rules, declared) = load(folders)?;
            let mistakes: Vec<Diagnostic> = rules.iter().flat_map(|rule| cases::run(rule, &declared)).collect();
            let total: usize = rules.iter().map(|rule| rule.rule.cases.len()).sum();
            if !mistakes.is_empty() {
                return Err(Error::Configuration(mistakes));
            }
            say(&format!("{total} cases of {} rules in {} packs come out as written\n", rules.len(), packs.len()))?;
        }
    }
    Ok(Exit::Open)
}

type Loaded = (Vec<Pack>, Vec<Compiled>, BTreeMap<String, crate::config::Declared>);

/// The packs of the folders, or the shipped ones.
pub(super) fn load(folders: &[PathBuf]) -> Result<Loaded, Error> {
    let mut files: Vec<Files> = Vec::new();
    let mut errors = Vec::new();
    for folder in folders {
        files.extend(pack::folder(folder, &fs::slashed(folder), &mut errors).map_err(Error::Usage)?);
    }
    if folders.is_empty() {
        files = pack::shipped().into_iter().filter_map(pack::embedded).collect();
    }
    let packs: Vec<Pack> = files.iter().map(|files| pack::read(files, &mut errors)).collect();
    let (rules, declared) = pack::check(&packs, &BTreeMap::new(), &mut errors);
    if errors.is_empty() { Ok((packs, rules, declared)) } else { Err(Error::Configuration(errors)) }
}

fn list(pack: &Pack) -> String {
    let mut text = format!("{}  {}\n", pack.name, pack.title);
    let width = pack.rules.iter().map(|r| r.id.len()).max().unwrap_or(0);
    for rule in &pack.rules {
        let severity = rule.severity.map(|s| s.to_string()).unwrap_or_default();
        text.push_str(&format!("  {severity}  {:width$}  {}\n", rule.id, rule.question));
    }
    text.push('\n');
    text
}

fn metrics() -> String {
    let width = METRICS.iter().map(|d| d.id.len()).max().unwrap_or(0);
    METRICS.iter().map(|d| format!("{:width$}  {:9}  {}\n", d.id, d.kind.to_string(), d.about)).collect()
}
