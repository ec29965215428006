//! `readiness check --append`: the checkpoints of audit trails, one line for every run.

use super::checkpoint::broken;
use super::signing::Key;
use crate::checkpoint::{Checkpoint, Keys, Trail};
use crate::command::plain;
use crate::command::setup::Setup;
use crate::error::Error;
use crate::evidence::Evidence;
use crate::history::checkpoints;
use crate::io::{note, terminal};
use crate::metric::grouped;
use crate::report::Report;
use crate::source::Grade;
use std::path::Path;

/// What keeps a checkpoint of every run: the trails of a configuration that have a file for it, and the key that signs.
pub struct Keeper<'s> {
    setup: &'s Setup,
    /// The name of each entry, its file, and who may have signed what stands there.
    logs: Vec<(&'s str, &'s str, &'s Keys)>,
    key: Option<Key>,
}

impl<'s> Keeper<'s> {
    /// Looks who keeps checkpoints, and whether the key in this file is theirs.
    ///
    /// # Errors
    /// When there is a key and nothing that it could sign, or it is not one of those that are configured.
    pub fn of(setup: &'s Setup, key: Option<&Path>) -> Result<Keeper<'s>, Error> {
        let entries = setup.config.evidence.iter().filter_map(|(name, entry)| Some((name.as_str(), entry.checkpoint.as_ref()?)));
        let logs = entries.map(|(name, (file, keys))| (name, file.as_str(), keys)).filter(|(_, file, _)| checkpoints::is_log(file));
        let logs: Vec<(&str, &str, &Keys)> = logs.collect();
        let key = key.map(Key::read).transpose()?;
        if key.is_some() && logs.is_empty() {
            return Err(Error::Usage("`--key`: no entry has a `checkpoint` in a .jsonl, which it could sign".to_owned()));
        }
        for (_, _, keys) in logs.iter().filter(|(_, _, keys)| !keys.own.is_empty()) {
            key.as_ref().map(|key| key.of_trail(keys, "")).transpose()?;
        }
        Ok(Keeper { setup, logs, key })
    }

    /// Whether nothing keeps a checkpoint.
    pub fn is_idle(&self) -> bool {
        self.logs.is_empty()
    }

    /// Appends the checkpoint of every trail, as it was judged, and says so. What cannot be relied on, or was rewritten, is not kept: the
    /// next run would take it for right.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn keep(&self, report: &Report) -> Result<(), Error> {
        for (name, file, keys) in &self.logs {
            let judged = report.evidence.iter().find(|entry| entry.name == *name);
            let trail = judged.ok_or_else(|| "nothing was read".to_owned()).and_then(|judged| sound(judged, file));
            let told = match trail.and_then(|trail| self.signed(trail, keys, report)) {
                Ok((note, told)) => {
                    let path = self.setup.root.join(file);
                    checkpoints::append(&path, report.now, report.project.commit.as_deref(), &note)
                        .map_err(|source| Error::Output { path, source })?;
                    told
                }
                Err(why) => format!("no checkpoint was appended: {why}"),
            };
            terminal::note(plain::lines(&format!("{file}: {told}")).trim_end());
        }
        Ok(())
    }

    /// The note about a trail, and what is said of it.
    fn signed(&self, trail: &Trail, keys: &Keys, report: &Report) -> Result<(String, String), String> {
        let told = format!("the checkpoint of {} rows was appended", grouped(trail.now.size));
        let Some(key) = &self.key else {
            if keys.own.is_empty() {
                return Ok((note::write(&trail.now), told));
            }
            return Err("it has to be signed by one of the `keys` that are configured: `--append --key FILE` does".to_owned());
        };
        let signer = key.of_trail(keys, &trail.now.origin).map_err(|e| e.to_string())?;
        // The first one is called as the key is: https://c2sp.org/tlog-checkpoint.
        let first = trail.kept.is_none() && !keys.own.is_empty();
        let origin = if first { signer.verifier().name.clone() } else { trail.now.origin.clone() };
        let text = note::write(&Checkpoint { origin, ..trail.now.clone() });
        let unnamed = if keys.own.is_empty() { format!("; name the key in `checkpoint`: {}", signer.verifier()) } else { String::new() };
        let told = format!("{told}, signed by {}{unnamed}", signer.verifier().name);
        Ok((format!("{text}\n{}", signer.line(&text, report.now)), told))
    }
}

/// The trail of an entry, where it may be kept.
fn sound<'e>(judged: &'e Evidence, file: &str) -> Result<&'e Trail, String> {
    // That there was no file before is no reason not to begin it.
    if let Some(problem) = judged.problems.iter().find(|problem| problem.severity == Grade::Error && problem.path != file) {
        return Err(problem.message.clone());
    }
    if let Some(sentence) = broken(judged) {
        return Err(sentence);
    }
    judged.trails.first().ok_or_else(|| "what is kept there cannot be relied on".to_owned())
}
