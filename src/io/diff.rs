//! The door to unified diffs, as git and `diff -u` write them.
//!
//! Read in one pass of bounded memory for each file, whatever the lines hold. Formats: git's `diff-format`, "Generating patch text
//! with -p" and "Combined diff format". What does not add up is refused: a hunk that is cut off or left out would be a change
//! that nobody looks at.

use crate::diff::{Body, Changed, Diff, Hunk};
use feed::Feed;
use hunk::Open;
use std::collections::BTreeSet;
use std::fmt;
use std::io::BufRead;

mod feed;
mod hunk;
mod names;
#[cfg(test)]
mod tests;

/// Why a diff cannot be relied on, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1; 0 for the diff as a whole.
    pub line: u64,
    /// A sentence without a full stop.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 { write!(f, "line {}: {}", self.line, self.message) } else { f.write_str(&self.message) }
    }
}

/// Reads a diff. No change at all is an empty one.
///
/// # Errors
/// The first thing that is wrong with it, or cannot be read.
pub fn read(reader: impl BufRead) -> Result<Diff, Fault> {
    let mut feed = Feed::new(reader);
    let mut parser = Parser::default();
    loop {
        let at = feed.number + 1;
        let fault = |message: String| Fault { line: at, message };
        match feed.next() {
            Ok(Some(line)) => {
                let line = if at == 1 { opening(line).map_err(|m| fault(m.to_owned()))? } else { line };
                parser.line(line, at).map_err(fault)?;
            }
            Ok(None) => break,
            Err(error) => return Err(fault(error.to_string())),
        }
    }
    let end = feed.number;
    parser.finish(end).map_err(|message| Fault { line: end, message })?;
    Ok(parser.diff)
}

/// The first line without a byte order mark.
fn opening(line: &[u8]) -> Result<&[u8], &'static str> {
    match line {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err("this is UTF-16, which is no diff any more: write it with `git diff --output=FILE`"),
        [0x1b, ..] => Err("this diff is coloured: write it with `--no-color`"),
        _ => Ok(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)),
    }
}

#[derive(Default)]
struct Parser {
    diff: Diff,
    file: Option<Section>,
    hunk: Option<Open>,
    /// A hunk has just ended: another line of it would be one too many.
    fresh: bool,
    heads: BTreeSet<String>,
    bases: BTreeSet<String>,
}

/// What is known of the file being read.
#[derive(Default)]
struct Section {
    /// Where it begins.
    line: u64,
    /// Whether git's own header began it, and whether it is that of a merge.
    git: bool,
    merge: bool,
    /// The names of its first line.
    named: Option<(String, String)>,
    /// The names after `---` and `+++`; nothing inside for `/dev/null`.
    base: Option<Option<String>>,
    head: Option<Option<String>>,
    /// The names of a rename or a copy.
    from: Option<String>,
    to: Option<String>,
    copied: bool,
    added: bool,
    deleted: bool,
    moded: bool,
    indexed: bool,
    link: bool,
    binary: bool,
    hunks: Vec<Hunk>,
    /// How far both sides have been told.
    told: Option<(u32, u32)>,
}

impl Parser {
    fn line(&mut self, line: &[u8], at: u64) -> Result<(), String> {
        if let (Some(hunk), Some(file)) = (&mut self.hunk, &mut self.file) {
            hunk.take(line, &mut file.hunks)?;
            if hunk.is_done() {
                let (base, head) = hunk.begins();
                file.told = Some((base, head));
                (self.hunk, self.fresh) = (None, true);
            }
            return Ok(());
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let fresh = std::mem::take(&mut self.fresh);
        if line.starts_with(b"\\") {
            self.fresh = fresh;
            return Ok(());
        }
        if let Some(rest) = line.strip_prefix(b"diff --git ") {
            self.begin(Section { line: at, git: true, named: names::of_both(rest), ..Section::default() })
        } else if let Some(rest) = line.strip_prefix(b"diff --cc ").or_else(|| line.strip_prefix(b"diff --combined ")) {
            let named = names::plain(rest).map(|name| (name.clone(), name));
            self.begin(Section { line: at, git: true, merge: true, named, ..Section::default() })
        } else if line.starts_with(b"@@ -") || line.starts_with(b"@@@ -") || (line.starts_with(b"@@@@") && line.contains(&b'-')) {
            self.open(line)
        } else if let Some(rest) = line.strip_prefix(b"--- ").filter(|_| self.expects_sides(line)) {
            self.side(rest, at)
        } else if let Some(rest) = line.strip_prefix(b"+++ ").filter(|_| !fresh) {
            match &mut self.file {
                Some(file) if file.base.is_some() && file.head.is_none() => {
                    file.head = Some(side(rest)?);
                    Ok(())
                }
                _ => Err("`+++` stands without `---` before it".to_owned()),
            }
        } else if let Some(name) = line.strip_prefix(b"* Unmerged path ") {
            Err(format!("{} has conflicts that are not resolved", names::plain(name).unwrap_or_default()))
        } else if fresh && matches!(line.first(), Some(b'+' | b' ' | b'-')) && !line.starts_with(b"-- ") && line != b"--" {
            Err("the hunk holds more lines than its header announces".to_owned())
        } else {
            self.extended(line);
            Ok(())
        }
    }

    /// Whether `---` can begin the names of a file here: a mail separates its text from the diff with the same sign.
    fn expects_sides(&self, line: &[u8]) -> bool {
        let waiting = self.file.as_ref().is_some_and(|file| file.git && file.base.is_none());
        waiting || !line.iter().all(|byte| matches!(byte, b'-' | b' '))
    }

    fn side(&mut self, rest: &[u8], at: u64) -> Result<(), String> {
        if !self.file.as_ref().is_some_and(|file| file.git && file.base.is_none()) {
            self.begin(Section { line: at, ..Section::default() })?;
        }
        let name = side(rest)?;
        self.file.iter_mut().for_each(|file| file.base = Some(name.clone()));
        Ok(())
    }

    /// A line of git's header below its first, or one that says nothing of a change.
    fn extended(&mut self, line: &[u8]) {
        let Some(file) = self.file.as_mut().filter(|file| file.git && file.hunks.is_empty()) else { return };
        let after = |key: &str| line.strip_prefix(key.as_bytes());
        // `120000` is a symbolic link, `160000` a submodule.
        let is_link = |text: &[u8]| text.ends_with(b"120000") || text.ends_with(b"160000");
        if let Some(mode) = after("new file mode ") {
            file.added = true;
            file.link |= is_link(mode);
        } else if let Some(mode) = after("deleted file mode ") {
            file.deleted = true;
            file.link |= is_link(mode);
        } else if after("old mode ").is_some() || after("new mode ").is_some() || after("mode ").is_some() {
            file.moded = true;
        } else if let Some(index) = after("index ") {
            file.indexed = true;
            file.link |= is_link(index) && index.contains(&b' ');
        } else if let Some(name) = after("rename from ").or_else(|| after("copy from ")) {
            file.copied = line.starts_with(b"copy");
            file.from = names::plain(name);
        } else if let Some(name) = after("rename to ").or_else(|| after("copy to ")) {
            file.to = names::plain(name);
        } else if after("Binary files ").is_some() || line == b"GIT binary patch" {
            file.binary = true;
        }
    }

    fn open(&mut self, line: &[u8]) -> Result<(), String> {
        let open = Open::read(line)?;
        let Some(file) = self.file.as_mut().filter(|file| file.head.is_some()) else {
            return Err("a hunk stands before the name of its file".to_owned());
        };
        let ((base, head), (base_told, head_told)) = (open.begins(), file.told.unwrap_or((1, 1)));
        let (skipped, passed) = (base.checked_sub(base_told), head.checked_sub(head_told));
        // Those of a merge leave out what only one side changed, but their lines stand in order too.
        let follows = if line.starts_with(b"@@@") { passed.is_some() } else { passed.is_some() && skipped == passed };
        if !follows {
            return Err("the hunk does not follow from the one before: hunks are missing, or out of order".to_owned());
        }
        file.merge |= line.starts_with(b"@@@");
        if open.is_done() {
            self.fresh = true
        } else {
            self.hunk = Some(open)
        }
        Ok(())
    }

    fn begin(&mut self, section: Section) -> Result<(), String> {
        self.close()?;
        self.file = Some(section);
        Ok(())
    }

    /// Puts the file that was read to the others.
    fn close(&mut self) -> Result<(), String> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let changed = file.changed()?;
        let twice = |name: &Option<String>, seen: &mut BTreeSet<String>| {
            name.as_ref().filter(|name| !seen.insert((*name).clone())).map(|name| {
                format!(
                    "{name} changes twice: give one diff between two states, such as `git diff BASE...HEAD`, and not one for each commit"
                )
            })
        };
        let base = if matches!(changed.body, Body::Copy(_)) { &None } else { &changed.base };
        match twice(&changed.head, &mut self.heads).or_else(|| twice(base, &mut self.bases)) {
            Some(message) => Err(message),
            None => {
                self.diff.files.push(changed);
                Ok(())
            }
        }
    }

    fn finish(&mut self, end: u64) -> Result<(), String> {
        if let Some(hunk) = &self.hunk {
            return Err(format!("the diff ends in the middle of a hunk: {} more lines were announced", hunk.missing()));
        }
        let began = self.file.is_some();
        self.close()?;
        if self.diff.files.is_empty() && end > 0 && !began {
            return Err("this is no unified diff: it names no file".to_owned());
        }
        Ok(())
    }
}

/// The name of a side; nothing inside for one that is not there.
fn side(rest: &[u8]) -> Result<Option<String>, String> {
    let name = names::of_side(rest).ok_or("the name of the file cannot be read")?;
    Ok(Some(name).filter(|name| name != "/dev/null"))
}

impl Section {
    fn changed(self) -> Result<Changed, String> {
        let wrong = |message: &str| Err(format!("{message} (the file begins in line {})", self.line));
        let silent = self.hunks.is_empty() && !self.binary;
        if self.base.is_some() && (self.head.is_none() || silent && self.told.is_none()) {
            return wrong("the diff ends before the lines of the file");
        }
        let moved = self.from.is_some() && self.to.is_some();
        let told = self.added || self.deleted || self.moded || moved;
        if silent && (!told || self.indexed && !self.added && !self.deleted) {
            return wrong("the diff does not say what changed in the file");
        }
        let (base, head) = match (self.named, self.base, self.head) {
            _ if moved => (self.from, self.to),
            (None, Some(base), Some(head)) => names::bare(base, head),
            // One side alone does not show whether its first folder is a prefix; both names of the first line do.
            (Some((left, right)), base, head) => {
                let (left, right) = names::bare(Some(left), Some(right));
                let there = |side: &Option<Option<String>>, gone: bool| side.as_ref().map_or(!gone, Option::is_some);
                (left.filter(|_| there(&base, self.added)), right.filter(|_| there(&head, self.deleted)))
            }
            _ => return wrong("the name of the file cannot be read"),
        };
        if base.is_none() && head.is_none() {
            return Err(format!("the diff says of one file that it is new and that it is gone (it begins in line {})", self.line));
        }
        let body = match () {
            () if self.link => Body::Link,
            () if self.binary => Body::Binary,
            () if self.copied => Body::Copy(self.hunks),
            () if self.merge => Body::Merged(self.hunks),
            () => Body::Lines(self.hunks),
        };
        Ok(Changed { head, base, body })
    }
}
