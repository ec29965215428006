//! A history as JSON Lines.

use super::Appended;
use crate::history_line::HistoryLine;
use crate::instant::Instant;
use crate::io::clock;
use crate::io::journal::Journal;
use crate::io::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::Path;

/// How much of the end is looked at before something is appended, in bytes. It holds the last runs, which is where a run stands that
/// is appended twice; reading more would make an append slower with every run.
const TAIL: u64 = 1024 * 1024;
/// However much is appended, not more than so many bytes.
const LONGEST_TAIL: u64 = 64 * 1024 * 1024;

/// As [`super::append`].
pub(super) fn append(path: &Path, lines: &[HistoryLine]) -> io::Result<Appended> {
    let written: Vec<String> = lines.iter().map(text).collect::<io::Result<_>>()?;
    let length: usize = written.iter().map(String::len).sum();
    let mut journal = Journal::open(path)?;
    let size = journal.size()?;
    let tail = journal.tail((2 * length as u64).clamp(TAIL, LONGEST_TAIL))?;
    let whole = tail.len() as u64 == size;
    let end = End::of(&tail, whole);
    let known = end.index();
    let mut appended = Appended { begun: size == 0, torn: end.torn, ..Appended::default() };
    let mut bytes = if end.ended { Vec::new() } else { b"\n".to_vec() };
    for (line, text) in lines.iter().zip(written) {
        if known.get(&key(&line.run, line)).is_some_and(|same| same.iter().any(|known| known.is_again(line))) {
            appended.known += 1;
        } else {
            bytes.extend_from_slice(text.as_bytes());
            appended.written += 1;
        }
    }
    appended.later = end.later(lines);
    appended.same_as = end.same(lines, &known);
    if appended.written > 0 {
        journal.append(&bytes)?;
    }
    Ok(appended)
}

/// A line with its end.
pub(super) fn text(line: &HistoryLine) -> io::Result<String> {
    let text = json::line(line).map_err(|mistake| io::Error::new(ErrorKind::InvalidData, mistake.message))?;
    Ok(text + "\n")
}

/// The last lines of a history.
struct End {
    /// Those that can be read.
    lines: Vec<HistoryLine>,
    /// Whether the last one ends.
    ended: bool,
    /// The length of a last line that was cut off.
    torn: usize,
}

impl End {
    fn of(tail: &[u8], whole: bool) -> End {
        let mut pieces: Vec<&[u8]> = tail.split(|byte| *byte == b'\n').collect();
        // What follows the last end of a line: nothing, if all is well.
        let last = pieces.pop().unwrap_or_default();
        let ended = last.is_empty();
        let rest = json::read::<HistoryLine>(last).ok();
        let torn = if ended || rest.is_some() { 0 } else { last.len() };
        // The first piece is the end of a line that begins before the tail.
        let known = pieces.into_iter().skip(usize::from(!whole)).filter_map(|piece| json::read(piece).ok());
        End { lines: known.chain(rest).collect(), ended, torn }
    }

    /// The latest run that is dated after these lines.
    fn later(&self, lines: &[HistoryLine]) -> Option<(String, Instant)> {
        let at = lines.iter().filter_map(|line| clock::parse(&line.at)).max()?;
        let ours: BTreeSet<&String> = lines.iter().map(|line| &line.run).collect();
        let dated =
            self.lines.iter().filter(|known| !ours.contains(&known.run)).filter_map(|known| Some((clock::parse(&known.at)?, &known.run)));
        dated.max().filter(|(newest, _)| *newest > at).map(|(newest, run)| (run.clone(), newest))
    }

    /// Another run that measured all the same down to the last sample: results of an earlier run that were left lying.
    fn same(&self, lines: &[HistoryLine], known: &Index<'_>) -> Option<String> {
        let sampled = |line: &&HistoryLine| line.samples.as_ref().is_some_and(|samples| samples.len() > 2);
        let first = lines.iter().find(sampled)?;
        let candidate = self.lines.iter().find(|known| known.run != first.run && known.samples == first.samples)?;
        let copied =
            |line: &HistoryLine| known.get(&key(&candidate.run, line)).is_some_and(|same| same.iter().any(|known| known.measured_as(line)));
        lines.iter().filter(sampled).all(copied).then(|| candidate.run.clone())
    }

    fn index(&self) -> Index<'_> {
        let mut index = Index::new();
        for line in &self.lines {
            index.entry(key(&line.run, line)).or_default().push(line);
        }
        index
    }
}

/// Lines by run, benchmark and metric.
type Index<'l> = BTreeMap<[&'l str; 3], Vec<&'l HistoryLine>>;

fn key<'l>(run: &'l str, line: &'l HistoryLine) -> [&'l str; 3] {
    [run, &line.benchmark, &line.metric]
}
