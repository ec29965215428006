//! What a judgement is held against: the base's report, or the recorded baseline.

use super::recall::Kept;
use super::render;
use crate::attestation;
use crate::baseline::{Baseline, SCHEMA};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::io::hash::fingerprint;
use crate::io::shelf::Shelf;
use crate::io::{fs, json};
use crate::lifecycle::Lifecycle;
use crate::report::Past;
use crate::verdict::Mode;
use crate::waiver::Listed;
use std::path::Path;

/// The file that `readiness baseline` writes, beside the configuration.
pub const FILE: &str = "readiness.baseline.json";
/// The longest a gate may only be observed, in milliseconds.
const LONGEST: i64 = 90 * 86_400_000;

/// What a judgement is held against.
#[derive(Clone, Debug)]
pub struct Base {
    /// Its file, as outputs name it.
    pub name: String,
    /// Its findings and what it saw.
    pub baseline: Baseline,
    /// Its measurements, which a recorded baseline does not have.
    pub evidence: Option<Vec<Evidence>>,
    /// The commit it judged.
    pub commit: Option<String>,
    /// Its score.
    pub score: Option<u32>,
    /// The waivers it lists.
    pub waivers: Vec<Listed>,
    /// What it and the reports before it measured.
    pub past: Vec<Past>,
}

/// The base's report where one is named, else the recorded baseline where the gate asks for what is new.
///
/// # Errors
/// When it cannot be read, or is another project's.
pub fn load(kept: Option<Kept>, root: &Path, shelf: &Shelf, mode: Mode, project: &str, ids: &Lifecycle) -> Result<Option<Base>, Error> {
    let recorded = root.join(FILE);
    let base = match kept {
        Some(kept) => {
            let report = render::read(&kept.path)?;
            Base {
                name: fs::slashed(&kept.path),
                baseline: today(Baseline::of(&report), ids),
                evidence: Some(report.evidence),
                commit: report.project.commit,
                score: report.score.overall,
                waivers: report.waivers.into_iter().map(|listed| Listed { rule: ids.today(&listed.rule).to_owned(), ..listed }).collect(),
                past: kept.past,
            }
        }
        None if mode == Mode::New && shelf.exists(&recorded) => {
            let (name, baseline) = (fs::slashed(&recorded), read(&recorded, shelf, ids)?);
            Base { name, baseline, evidence: None, commit: None, score: None, waivers: Vec::new(), past: Vec::new() }
        }
        None => return Ok(None),
    };
    if base.baseline.project != project {
        return Err(Error::Usage(format!("{} is of the project `{}`, not of `{project}`", base.name, base.baseline.project)));
    }
    Ok(Some(base))
}

/// The baseline with every rule by the name it has today. A rename makes nothing new, and nothing mended.
fn today(mut baseline: Baseline, ids: &Lifecycle) -> Baseline {
    for known in &mut baseline.findings {
        let Some(rule) = ids.renamed(&known.rule) else { continue };
        let subject = known.subject.as_deref().unwrap_or_default();
        // What stands for findings without number has a fingerprint of its own, and cannot be told again.
        if known.fingerprint == fingerprint(&[&known.rule, subject]) {
            known.fingerprint = fingerprint(&[rule, subject]);
        }
        rule.clone_into(&mut known.rule);
    }
    for (old, new) in ids.all_renamed() {
        let named = |name: &str| match name.strip_prefix(old) {
            Some(rest) if rest.starts_with(" by ") => format!("{new}{rest}"),
            _ => name.to_owned(),
        };
        baseline.inventory.rename(attestation::FAMILY, named);
    }
    baseline
}

/// Reads a recorded baseline, with every rule by the name it has today.
///
/// # Errors
/// When it is not there or is none.
pub fn read(path: &Path, shelf: &Shelf, ids: &Lifecycle) -> Result<Baseline, Error> {
    let text = shelf.read_bytes(path).map_err(|e| Error::Usage(format!("{}: {e}", path.display())))?;
    let base: Baseline = json::read(&text)
        .map_err(|e| Error::Usage(format!("{}:{}:{}: not a baseline: {}", path.display(), e.line, e.column, e.message)))?;
    if base.schema == SCHEMA {
        Ok(today(base, ids))
    } else {
        Err(Error::Usage(format!("{}: schema `{}` is not {SCHEMA}", path.display(), base.schema)))
    }
}

/// The last moment of `observe`.
///
/// # Errors
/// When it is further away than a team should look on.
pub fn deadline(until: Option<Instant>, now: Instant) -> Result<Option<Instant>, Error> {
    match until {
        Some(until) if until.0 - now.0 > LONGEST => {
            let last = Instant(now.0 + LONGEST).date();
            Err(Error::Usage(format!("`until: {}` is more than 90 days away; the last day is {last}", until.date())))
        }
        until => Ok(until),
    }
}
