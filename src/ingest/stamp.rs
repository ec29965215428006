//! The stamp beside a file: date and commit where the file itself gives none.

use super::Reading;
use crate::io::fs::{self, Artifact};
use crate::io::hash::sha256;
use crate::io::json;
use crate::source::{Location, same_commit};
use crate::stamp::{LARGEST, SUFFIX, Stamp};
use std::io::ErrorKind;

/// Whether a file is a stamp, which is no evidence of its own.
pub(super) fn is_one(artifact: &Artifact) -> bool {
    artifact.name.ends_with(SUFFIX)
}

/// Reads the stamp beside a file that has been read, if there is one. What the file says of itself stands.
pub(super) fn apply(reading: &mut Reading<'_>) {
    if reading.source.sha256.is_empty() {
        return;
    }
    let path = fs::beside(reading.artifact.beside(), SUFFIX);
    let stamp = match Artifact::look(&path, format!("{}{SUFFIX}", reading.artifact.name)) {
        Ok(stamp) => stamp,
        Err(e) if e.kind() == ErrorKind::NotFound => return,
        Err(e) => return damaged(reading, &e.to_string()),
    };
    // Artifacts hold as much of their beginning as the largest stamp has.
    if stamp.size > LARGEST || stamp.head.len() as u64 != stamp.size {
        return damaged(reading, "it is larger than 64 KiB");
    }
    reading.source.stamp = Some(sha256(&stamp.head));
    match json::read::<Stamp>(&stamp.head) {
        Err(e) => damaged(reading, &format!("line {}: {}", e.line, e.message)),
        Ok(stamp) => match stamp.mistake() {
            Some(mistake) => damaged(reading, &mistake),
            None => compare(reading, stamp),
        },
    }
}

fn compare(reading: &mut Reading<'_>, stamp: Stamp) {
    if let Some(difference) = stamp.difference(reading.artifact.file_name(), &reading.source.sha256) {
        return reading.error("stamp-differs", Location::whole(), format!("{difference}: make it and stamp it again"));
    }
    let made = stamp.predicate;
    if made.left_over {
        let message = "the command that should have made the file did not write it, says its stamp: it is of an earlier run";
        return reading.error("left-over", Location::whole(), message);
    }
    if let Some(status) = made.exit_status.filter(|status| *status != 0) {
        let message = format!("the command that made the file ended with exit status {status}, says its stamp");
        reading.warning("command-failed", Location::whole(), message);
    }
    if let (Some(own), Some(stamped)) = (&reading.source.commit, &made.commit)
        && !same_commit(own, stamped)
    {
        let message = format!("the file says it was made from commit {own}, its stamp says {stamped}");
        reading.warning("stamp-disagrees", Location::whole(), message);
    }
    if reading.source.collected_at.is_none() {
        (reading.source.collected_at, reading.source.stamped) = (Some(made.collected_at), true);
    }
    if reading.source.commit.is_none() && made.commit.is_some() {
        (reading.source.commit, reading.source.stamped) = (made.commit, true);
    }
}

fn damaged(reading: &mut Reading<'_>, message: &str) {
    let name = format!("{}{SUFFIX}", reading.artifact.file_name());
    reading.error("stamp-damaged", Location::whole(), format!("{name} is no stamp: {message}"));
}

#[cfg(test)]
mod tests;
