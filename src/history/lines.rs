//! A history as JSON Lines.

use super::Appended;
use super::prune::{Mark, Prune, Pruned};
use crate::history_line::HistoryLine;
use crate::instant::Instant;
use crate::io::clock;
use crate::io::journal::{Content, Journal, content};
use crate::io::{json, lines};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::Path;

/// How much of the end is looked at before something is appended, in bytes. It holds the last runs, which is where a run stands that
/// is appended twice; reading more would make an append slower with every run.
const TAIL: u64 = 256 * 1024;
/// However much is appended, not more than so many bytes.
const LONGEST_TAIL: u64 = 64 * 1024 * 1024;

/// The longest line, in bytes.
const LINE: usize = 16 * 1024 * 1024;

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

/// As [`super::recall`].
pub(super) fn recall(path: &Path) -> io::Result<Vec<HistoryLine>> {
    let mut all = Vec::new();
    each(&mut Journal::existing(path)?, |number, line| {
        match line.map(content) {
            Some(Content::Nothing | Content::Mark | Content::Torn) => {}
            Some(Content::Value(value) | Content::Resumed(value)) => all.push(*value),
            Some(Content::Broken(mistake)) => return Err(damaged(number, &mistake.message)),
            None => return Err(damaged(number, "it is too long, or no text in UTF-8")),
        }
        Ok(())
    })?;
    Ok(all)
}

/// As [`super::prune()`].
pub(super) fn prune(path: &Path, what: &Prune, dry_run: bool) -> io::Result<Pruned> {
    let mut journal = Journal::existing(path)?;
    let (mut marks, mut kinds) = (Vec::new(), Vec::new());
    each(&mut journal, |number, line| {
        kinds.push(match line.map(content) {
            Some(Content::Nothing) => Kind::Blank,
            Some(Content::Mark | Content::Torn) => Kind::Rubbish,
            Some(Content::Value(value) | Content::Resumed(value)) => {
                let at = clock::parse(&value.at).ok_or_else(|| damaged(number, &format!("`at` is `{}`", value.at)))?;
                marks.push(Mark::new(&value.benchmark, &value.metric, value.machine.as_deref(), at, &value.run));
                Kind::Value
            }
            Some(Content::Broken(mistake)) => return Err(damaged(number, &mistake.message)),
            None => return Err(damaged(number, "it is too long, or no text in UTF-8")),
        });
        Ok(())
    })?;
    let (stay, mut pruned) = what.sift(&marks);
    pruned.rubbish = kinds.iter().filter(|kind| **kind == Kind::Rubbish).count();
    if dry_run || (pruned.gone.is_empty() && pruned.rubbish == 0) {
        return Ok(pruned);
    }
    let mut bytes = Vec::new();
    let mut stay = stay.into_iter();
    let mut kinds = kinds.into_iter();
    each(&mut journal, |_, line| {
        if kinds.next() == Some(Kind::Value) && stay.next() == Some(true) {
            bytes.extend_from_slice(line.unwrap_or_default().as_bytes());
            bytes.push(b'\n');
        }
        Ok(())
    })?;
    journal.replace(|out| out.write_all(&bytes))?;
    Ok(pruned)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Rubbish,
    Blank,
}

fn damaged(line: u64, why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("line {line} is damaged ({why}): mend it, or take it out, first"))
}

/// Passes every line as text, or as none where it is too long or no text.
fn each(journal: &mut Journal, mut take: impl FnMut(u64, Option<&str>) -> io::Result<()>) -> io::Result<()> {
    let mut outcome = Ok(());
    lines::each_line(&mut journal.reader()?, LINE, |number, line, _| {
        outcome = take(number, line.and_then(|line| std::str::from_utf8(line).ok()));
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    outcome
}

/// A line with its end.
pub(super) fn text(line: &HistoryLine) -> io::Result<String> {
    let text = json::line(line).map_err(|mistake| io::Error::new(ErrorKind::InvalidData, mistake.message))?;
    Ok(text + "\n")
}

/// The last lines of a history.
pub(super) struct End {
    /// Those that can be read.
    lines: Vec<HistoryLine>,
    /// Whether the last one ends.
    ended: bool,
    /// The length of a last line that was cut off.
    torn: usize,
}

impl End {
    /// The end of something that has no lines to be torn.
    pub(super) fn ended(lines: Vec<HistoryLine>) -> End {
        End { lines, ended: true, torn: 0 }
    }

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
    pub(super) fn later(&self, lines: &[HistoryLine]) -> Option<(String, Instant)> {
        let at = lines.iter().filter_map(|line| clock::parse(&line.at)).max()?;
        let ours: BTreeSet<&String> = lines.iter().map(|line| &line.run).collect();
        let dated =
            self.lines.iter().filter(|known| !ours.contains(&known.run)).filter_map(|known| Some((clock::parse(&known.at)?, &known.run)));
        dated.max().filter(|(newest, _)| *newest > at).map(|(newest, run)| (run.clone(), newest))
    }

    /// Another run that measured all the same down to the last sample: results of an earlier run that were left lying.
    pub(super) fn same(&self, lines: &[HistoryLine], known: &Index<'_>) -> Option<String> {
        let sampled = |line: &&HistoryLine| line.samples.as_ref().is_some_and(|samples| samples.len() > 2);
        let first = lines.iter().find(sampled)?;
        let candidate = self.lines.iter().find(|known| known.run != first.run && known.samples == first.samples)?;
        let copied =
            |line: &HistoryLine| known.get(&key(&candidate.run, line)).is_some_and(|same| same.iter().any(|known| known.measured_as(line)));
        lines.iter().filter(sampled).all(copied).then(|| candidate.run.clone())
    }

    /// The lines by what they are of.
    pub(super) fn index(&self) -> Index<'_> {
        let mut index = Index::new();
        for line in &self.lines {
            index.entry(key(&line.run, line)).or_default().push(line);
        }
        index
    }
}

/// Lines by run, benchmark and metric.
pub(super) type Index<'l> = BTreeMap<[&'l str; 3], Vec<&'l HistoryLine>>;

fn key<'l>(run: &'l str, line: &'l HistoryLine) -> [&'l str; 3] {
    [run, &line.benchmark, &line.metric]
}
