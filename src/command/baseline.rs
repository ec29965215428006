//! `readiness baseline`: records what is already so, for gates that ask only for what is new. It may only shrink.

use super::base::{FILE, read};
use super::check::configured;
use super::options::Options;
use super::output::write;
use super::plain::say;
use super::setup;
use crate::baseline::Baseline;
use crate::error::Error;
use crate::inventory::Inventory;
use crate::io::shelf::Shelf;
use crate::io::{fs, json};
use crate::render::parts::prose::plural;
use crate::verdict::Exit;
use std::path::PathBuf;

/// Writes the baseline: all findings of today the first time, only what is left of them afterwards.
///
/// # Errors
/// When nothing can be judged, or the file cannot be read or written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let (path, told) = record(options)?;
    say(&format!("{}: {told}\n", path.display()))?;
    Ok(Exit::Open)
}

/// As [`run`], and gives the file and what became of it in words.
pub(super) fn record(options: &Options) -> Result<(PathBuf, String), Error> {
    let setup = setup::asked(options)?;
    let path = setup.root.join(FILE);
    let today = Baseline { inventory: Inventory::default(), ..Baseline::of(&configured(options)?) };
    let (baseline, told) = if fs::exists(&path) {
        let old = read(&path, &Shelf::Disk, &setup.ids)?;
        let (before, unknown) = (old.findings.len(), today.findings.iter().filter(|k| old.find(&k.fingerprint).is_none()).count());
        let kept = old.shrink(&today);
        let gone = before - kept.findings.len();
        let rest = match unknown {
            0 => String::new(),
            n => format!("; {} not in it, and will not be: a baseline only shrinks", plural(n, "finding")),
        };
        let told = format!("{} mended since, {} left{rest}", gone, kept.findings.len());
        (kept, told)
    } else {
        let told = format!("{} recorded", plural(today.findings.len(), "finding"));
        (today, told)
    };
    let text = json::document(&baseline).map_err(|e| Error::Internal(e.message))?;
    write(&path, &text)?;
    Ok((path, told))
}
