//! Checkpoints of an audit trail, one line of JSON for every run: when it was kept, of which commit, and the note itself.

use crate::checkpoint::{Checkpoint, Kept, Keys, Mark};
use crate::instant::Instant;
use crate::io::journal::Journal;
use crate::io::{json, note};
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind};
use std::path::Path;

/// The version of a line.
const SCHEMA: &str = "readiness/checkpoint/1";

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    schema: String,
    at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// A C2SP checkpoint, signed or not.
    note: String,
}

/// Whether a file keeps a checkpoint for every run, and not one only: its name says so.
pub fn is_log(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("jsonl"))
}

/// The checkpoint of the most rows, of several the one that was kept last: the lines of merged branches stand in any order. And its
/// note. With it come those of the runs before, as far as they are of the same columns and signed as it has to be.
///
/// # Errors
/// One sentence: a line is no checkpoint, there is none, or the newest is not signed as it should be.
pub fn newest(file: &str, text: &str, keys: &Keys, now: Instant) -> Result<(Kept, String), String> {
    let mut all: Vec<(Mark, Vec<String>, Line)> = Vec::new();
    for (number, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let wrong = |why: &str| format!("line {number} is no checkpoint of a run: {why}: take it out, and find out who wrote it");
        let line: Line = json::read_line(text, number).map_err(|mistake| wrong(&mistake.message))?;
        if line.schema != SCHEMA {
            return Err(wrong(&format!("its schema is not {SCHEMA}")));
        }
        let Checkpoint { size, root, columns, .. } =
            note::read(file, &line.note, &Keys::default(), now).map_err(|why| wrong(&why))?.checkpoint;
        all.push((Mark { line: number, at: line.at, size, root }, columns, line));
    }
    all.sort_by_key(|(mark, ..)| (mark.size, mark.at));
    let Some((newest, columns, line)) = all.pop() else { return Err("it holds no checkpoint".to_owned()) };
    let kept = note::read(file, &line.note, keys, now).map_err(|why| format!("line {}: {why}", newest.line))?;
    let own = Keys { own: keys.own.clone(), ..Keys::default() };
    all.retain(|(_, others, line)| *others == columns && note::read(file, &line.note, &own, now).is_ok());
    let earlier = all.into_iter().map(|(mark, ..)| mark).collect();
    Ok((Kept { line: Some(newest.line), at: Some(newest.at), earlier, ..kept }, line.note))
}

/// Appends a checkpoint; the file is made where there is none.
///
/// # Errors
/// When it cannot be written.
pub fn append(path: &Path, at: Instant, commit: Option<&str>, note: &str) -> io::Result<()> {
    let line = Line { schema: SCHEMA.to_owned(), at, commit: commit.map(str::to_owned), note: note.to_owned() };
    let text = json::line(&line).map_err(|mistake| io::Error::new(ErrorKind::InvalidData, mistake.message))?;
    let mut journal = Journal::open(path)?;
    // A line that was cut off ends here, and is told when the file is read.
    let open = journal.tail(1)?.last().is_some_and(|byte| *byte != b'\n');
    journal.append(format!("{}{text}\n", if open { "\n" } else { "" }).as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn note(size: u64, root: u8) -> String {
        note::write(&Checkpoint { origin: "o".into(), size, root: [root; 32], ..Checkpoint::default() })
    }

    fn newest_of(lines: &[(i64, u64, u8)]) -> (Option<u64>, u64, u8) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/kept.jsonl");
        for (at, size, root) in lines {
            append(&path, Instant(*at), Some("abc"), &note(*size, *root)).unwrap();
        }
        let (kept, text) = newest("f", &std::fs::read_to_string(&path).unwrap(), &Keys::default(), Instant(9)).unwrap();
        assert_eq!(text, note(kept.checkpoint.size, kept.checkpoint.root[0]));
        (kept.line, kept.checkpoint.size, kept.checkpoint.root[0])
    }

    #[test]
    fn the_newest_is_that_of_the_most_rows() {
        assert_eq!(newest_of(&[(1, 5, 1), (2, 6, 2), (3, 6, 3)]), (Some(3), 6, 3));
        assert_eq!(newest_of(&[(3, 6, 3), (1, 5, 1)]), (Some(1), 6, 3), "merged in another order");
        assert_eq!(newest_of(&[(2, 6, 2), (1, 6, 1)]), (Some(1), 6, 2));
    }

    #[test]
    fn those_of_the_runs_before_come_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.jsonl");
        let of = |size: u64, column: &str| {
            let columns = vec![column.to_owned()];
            note::write(&Checkpoint { origin: "o".into(), size, root: [size as u8; 32], columns, ..Checkpoint::default() })
        };
        for (at, size, column) in [(1, 5, "a"), (4, 9, "b"), (2, 6, "b"), (3, 7, "b")] {
            append(&path, Instant(at), None, &of(size, column)).unwrap();
        }
        let (kept, _) = newest("f", &std::fs::read_to_string(&path).unwrap(), &Keys::default(), Instant(9)).unwrap();
        let told: Vec<(u64, i64, u64)> = kept.earlier.iter().map(|mark| (mark.line, mark.at.0, mark.size)).collect();
        assert_eq!(told, [(3, 2, 6), (4, 3, 7)], "of the same columns, in the order of their rows");
        assert_eq!((kept.since(), kept.sizes().into_iter().collect::<Vec<_>>()), (Some(Instant(2)), vec![6, 7, 9]));
    }

    #[test]
    fn what_cannot_be_read_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.jsonl");
        append(&path, Instant(1), None, &note(5, 1)).unwrap();
        let sound = std::fs::read_to_string(&path).unwrap();
        let refused = |text: &str| newest("f", text, &Keys::default(), Instant(9)).unwrap_err();
        assert_eq!(refused("\n\n"), "it holds no checkpoint");
        assert!(refused(&format!("{sound}{{\"schema\"")).starts_with("line 2 is no checkpoint of a run: "));
        assert!(refused(&sound.replace("checkpoint/1", "checkpoint/2")).contains("its schema is not readiness/checkpoint/1"));
        assert!(refused(&sound.replace("o\\n5", "o\\n05")).contains("`05` is no number of rows"));
        // A run after one that was cut off begins a line of its own.
        std::fs::write(&path, "{\"schema\"").unwrap();
        append(&path, Instant(1), None, &note(5, 1)).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().nth(1), sound.lines().next());
    }
}
