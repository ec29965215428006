//! `readiness check --append`: the checkpoints of audit trails, one line for every run.

use super::unwritten;
use crate::checkpoint::{Keys, Trail};
use crate::command::audit::broken;
use crate::command::plain;
use crate::command::setup::Setup;
use crate::error::Error;
use crate::evidence::Evidence;
use crate::history::checkpoints;
use crate::io::{note, terminal};
use crate::metric::grouped;
use crate::report::Report;
use crate::source::Grade;

/// Appends the checkpoint of every trail whose entry keeps one for every run; whether there is any such entry. What cannot be relied on,
/// or was rewritten, is not kept: the next run would take it for right.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn keep(setup: &Setup, report: &Report) -> Result<bool, Error> {
    let entries = setup.config.evidence.iter().filter_map(|(name, entry)| Some((name, entry.checkpoint.as_ref()?)));
    let mut any = false;
    for (name, (file, keys)) in entries.filter(|(_, (file, _))| checkpoints::is_log(file)) {
        any = true;
        let judged = report.evidence.iter().find(|entry| entry.name == *name);
        let told = match judged.map(|judged| sound(judged, file, keys)) {
            Some(Ok(trail)) => {
                let path = setup.root.join(file);
                checkpoints::append(&path, report.now, report.project.commit.as_deref(), &note::write(&trail.now))
                    .map_err(|e| unwritten(&path, e))?;
                format!("{file}: the checkpoint of {} rows was appended", grouped(trail.now.size))
            }
            Some(Err(why)) => format!("{file}: no checkpoint was appended: {why}"),
            None => format!("{file}: no checkpoint was appended: nothing was read"),
        };
        terminal::note(plain::lines(&told).trim_end());
    }
    Ok(any)
}

/// The trail of an entry, where it may be kept.
fn sound<'e>(judged: &'e Evidence, file: &str, keys: &Keys) -> Result<&'e Trail, String> {
    if !keys.own.is_empty() {
        return Err("it has to be signed: `readiness audit checkpoint` does, with --key".to_owned());
    }
    // That there was no file before is no reason not to begin it.
    if let Some(problem) = judged.problems.iter().find(|problem| problem.severity == Grade::Error && problem.path != file) {
        return Err(problem.message.clone());
    }
    if let Some(sentence) = broken(judged) {
        return Err(sentence);
    }
    judged.trails.first().ok_or_else(|| "what is kept there cannot be relied on".to_owned())
}
