//! What was kept of an audit trail: the text of an anchor, and a checkpoint, in a file of its own or in one with a line for every run.

use super::setup::Setup;
use crate::checkpoint::{Kept, Keys};
use crate::config::Entry;
use crate::error::Error;
use crate::evidence::MISSING;
use crate::history::checkpoints;
use crate::instant::Instant;
use crate::io::note;
use crate::source::{Grade, Location, Problem};

/// The checkpoint that counts in a file, and its note.
///
/// # Errors
/// One sentence.
pub fn read(file: &str, text: &str, keys: &Keys, now: Instant) -> Result<(Kept, String), String> {
    if checkpoints::is_log(file) {
        return checkpoints::newest(file, text, keys, now);
    }
    note::read(file, text, keys, now).map(|kept| (kept, text.to_owned()))
}

/// What was kept of an entry's audit trail. A checkpoint that is none, or whose signatures do not hold, is a problem of the evidence; so
/// is a file with a line for every run that is not there: who takes it away may not pass for who never had one.
///
/// # Errors
/// When a file that is named cannot be read.
pub fn of(
    setup: &Setup,
    name: &str,
    entry: &Entry,
    now: Instant,
    problems: &mut Vec<Problem>,
) -> Result<(Option<String>, Option<Kept>), Error> {
    let read_text = |file: &String| {
        setup.shelf.read_text(&setup.root.join(file)).map_err(|e| Error::Usage(format!("{file}, which was kept of {name}: {e}")))
    };
    let anchor = entry.anchor.as_ref().map(read_text).transpose()?;
    let Some((file, keys)) = &entry.checkpoint else { return Ok((anchor, None)) };
    let mut problem = |code: &'static str, message| problems.push(Problem::new(code, Grade::Error, file, Location::whole(), message));
    if checkpoints::is_log(file) && !setup.shelf.exists(&setup.root.join(file)) {
        problem(MISSING, format!("{file} is not there: `readiness check --append` begins it with today's checkpoint"));
        // The tree is grown all the same: what is kept next is of it.
        return Ok((anchor, Some(Kept::default())));
    }
    match read(file, &read_text(file)?, keys, now) {
        Ok((kept, _)) => Ok((anchor, Some(kept))),
        Err(sentence) => {
            problem("checkpoint", format!("the checkpoint cannot be relied on: {sentence}"));
            Ok((anchor, None))
        }
    }
}
