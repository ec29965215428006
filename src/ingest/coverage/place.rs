//! Which file of the repository a report means: tools write paths of other machines, of containers, or of folders of their own.
//!
//! In this order: what the configuration says; the file of that very name, in the repository or in a folder that the report names as its
//! source; the only file whose name ends like the report's, or the other way round; a whole folder whose files all lie below one folder of the repository. What fits several files is not
//! guessed.

use super::Draft;
use super::path::{is_absolute, normal};
use crate::evidence::Evidence;
use crate::ingest::Request;
use crate::io::fs::Glob;
use crate::linemap::LineMap;
use crate::metric::grouped;
use crate::source::{Grade, Location};
use crate::tree::{Moved, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// How many paths, and how many candidates for one, a message names.
const NAMED: usize = 3;
/// Files of one name beyond which no folder is looked for: `index.js` lies everywhere.
const ALIKE: usize = 16;

/// What the reports of an entry call their files, made the repository's names; and what is left out.
pub(super) fn settle(drafts: &mut [Draft], request: &Request<'_>, evidence: &mut Evidence) {
    let places = request.tree.map(Places::of);
    let (mut unknown, mut unclear, mut all) = (BTreeSet::new(), BTreeMap::new(), 0);
    for draft in drafts.iter_mut() {
        let names: BTreeSet<String> = draft.lines.files.keys().chain(draft.mutants.files.keys()).cloned().collect();
        all += names.len();
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut left: Vec<String> = Vec::new();
        for name in names {
            match configured(&name, &request.sources.moved) {
                Some(named) => drop(found.insert(name, named)),
                None => left.push(name),
            }
        }
        if let Some(places) = &places {
            places.resolve(left, &draft.roots, &mut found, &mut unclear, &mut unknown);
        }
        found.retain(|from, to| from != to);
        if !found.is_empty() {
            rename(draft, &found);
        }
    }
    tell(&unknown, &unclear, all, evidence);
    exclude(drafts, &request.sources.exclude, evidence);
}

/// What the configuration says of a path.
fn configured(name: &str, moved: &[Moved]) -> Option<String> {
    moved.iter().find_map(|Moved { from, to }| {
        let rest = match from.as_str() {
            "." => (!is_absolute(name)).then_some(name)?,
            from => name.strip_prefix(from).filter(|rest| rest.is_empty() || rest.starts_with('/') || from.ends_with('/'))?,
        };
        Some(normal(&format!("{to}/{}", rest.trim_start_matches('/'))))
    })
}

fn rename(draft: &mut Draft, found: &BTreeMap<String, String>) {
    let mut renamed = LineMap::default();
    for (path, lines) in std::mem::take(&mut draft.lines.files) {
        let path = found.get(&path).cloned().unwrap_or(path);
        let _ = renamed.join(LineMap { files: BTreeMap::from([(path, lines)]) });
    }
    draft.lines = renamed;
    for (path, mutations) in std::mem::take(&mut draft.mutants.files) {
        draft.mutants.take(found.get(&path).cloned().unwrap_or(path), mutations);
    }
    for files in draft.packages.values_mut() {
        *files = std::mem::take(files).into_iter().map(|path| found.get(&path).cloned().unwrap_or(path)).collect();
    }
}

/// The repository's files by their last name.
struct Places<'a> {
    tree: &'a Tree,
    by_name: BTreeMap<&'a str, Vec<&'a str>>,
}

/// What a path can mean.
enum Meant<'a> {
    /// This file, named in full.
    File(String),
    /// The only file whose name ends so.
    Tail(&'a str),
    /// One of these.
    Several(Vec<&'a str>),
    Nothing,
}

impl<'a> Places<'a> {
    fn of(tree: &'a Tree) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in &tree.files {
            by_name.entry(last(file)).or_default().push(file);
        }
        Places { tree, by_name }
    }

    /// Resolves the paths of one report. Two of them that end like one file mean two files: neither is taken for it.
    fn resolve(
        &self,
        names: Vec<String>,
        roots: &[String],
        found: &mut BTreeMap<String, String>,
        unclear: &mut BTreeMap<String, Vec<String>>,
        unknown: &mut BTreeSet<String>,
    ) {
        let mut claims: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut left = Vec::new();
        for name in names {
            match self.meant(&name, roots) {
                Meant::File(file) => drop(found.insert(name, file)),
                Meant::Tail(file) => claims.entry(file).or_default().push(name),
                Meant::Several(files) => drop(unclear.insert(name, files.into_iter().map(str::to_owned).collect())),
                Meant::Nothing => left.push(name),
            }
        }
        let taken: BTreeSet<String> = found.values().cloned().collect();
        for (file, names) in claims {
            match <[String; 1]>::try_from(names) {
                Ok([name]) if !taken.contains(file) => drop(found.insert(name, file.to_owned())),
                Ok([name]) => drop(unknown.insert(name)),
                Err(names) => unclear.extend(names.into_iter().map(|name| (name, vec![file.to_owned()]))),
            }
        }
        let folders = self.folders(&left, found);
        for name in left {
            match folders.iter().filter_map(|(from, to)| below(&name, from, to)).collect::<BTreeSet<String>>() {
                files if files.len() > 1 => drop(unclear.insert(name, files.into_iter().collect())),
                files => match files.into_iter().next() {
                    Some(file) => drop(found.insert(name, file)),
                    None => drop(unknown.insert(name)),
                },
            }
        }
    }

    fn meant(&self, name: &str, roots: &[String]) -> Meant<'a> {
        let joined: Vec<String> = roots.iter().filter(|_| !is_absolute(name)).map(|root| normal(&format!("{root}/{name}"))).collect();
        if let Some(file) = self.below_top(name).or_else(|| one(joined.iter().filter_map(|name| self.below_top(name)))) {
            return Meant::File(file.to_owned());
        }
        if !is_absolute(name) {
            let here = normal(&format!("{}{name}", self.tree.within));
            match (self.tree.holds(&here), self.tree.holds(name)) {
                (true, true) if here != name => return Meant::Several(self.exactly(&[&here, name])),
                (true, _) => return Meant::File(here),
                (_, true) => return Meant::File(name.to_owned()),
                _ => {}
            }
        }
        if let Some(file) = one(joined.iter().filter_map(|name| self.longest_tail(name))).or_else(|| self.longest_tail(name)) {
            return Meant::Tail(file);
        }
        let alike = self.by_name.get(last(name)).map_or(&[][..], Vec::as_slice);
        let longer: Vec<&str> = alike.iter().filter(|file| !is_absolute(name) && ends(file, name)).copied().collect();
        match longer.as_slice() {
            [] => Meant::Nothing,
            [file] => Meant::Tail(file),
            _ => Meant::Several(longer),
        }
    }

    /// The file that an absolute path of this machine names.
    fn below_top<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(&self.tree.top).and_then(|rest| rest.strip_prefix('/')).filter(|file| self.tree.holds(file))
    }

    /// The file with the longest name of those that a path ends with.
    fn longest_tail(&self, name: &str) -> Option<&'a str> {
        let alike = self.by_name.get(last(name)).map_or(&[][..], Vec::as_slice);
        alike.iter().filter(|file| is_tail(file, name)).max_by_key(|file| file.len()).copied()
    }

    fn exactly(&self, names: &[&str]) -> Vec<&'a str> {
        self.tree.files.iter().map(String::as_str).filter(|file| names.contains(file)).collect()
    }

    /// Folders of the report whose files, two at least, all lie below one folder of the repository.
    fn folders(&self, left: &[String], found: &BTreeMap<String, String>) -> BTreeSet<(String, String)> {
        let mut pairs = BTreeSet::new();
        for name in left {
            let alike = self.by_name.get(last(name)).map_or(&[][..], Vec::as_slice);
            for file in alike.iter().take(if alike.len() > ALIKE { 0 } else { ALIKE }) {
                let tail = common(name, file);
                pairs.insert((name[..name.len() - tail].to_owned(), file[..file.len() - tail].to_owned()));
            }
        }
        let names: BTreeSet<&str> = left.iter().map(String::as_str).chain(found.keys().map(String::as_str)).collect();
        pairs.retain(|(from, to)| {
            // Of a report that says not where its files begin, nothing is known of the folder they lie in.
            let mut files = names.range(from.as_str()..).take_while(|name| name.starts_with(from.as_str())).peekable();
            let lies = |name: &&&str| match found.get(**name) {
                Some(file) => below(name, from, to).as_ref() == Some(file),
                None => below(name, from, to).is_some_and(|file| self.tree.holds(&file)),
            };
            let mut count = 0;
            !from.is_empty()
                && files.all(|name| {
                    lies(&name) && {
                        count += 1;
                        true
                    }
                })
                && count > 1
        });
        pairs
    }
}

/// The only one there is, however often.
fn one<'n>(all: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let all: BTreeSet<&str> = all.collect();
    all.first().copied().filter(|_| all.len() == 1)
}

/// A path of one folder as it would be called in another.
fn below(name: &str, from: &str, to: &str) -> Option<String> {
    name.strip_prefix(from).map(|rest| format!("{to}{rest}"))
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether `path` ends with the whole of `tail`, folder by folder.
fn ends(path: &str, tail: &str) -> bool {
    path.strip_suffix(tail).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// Whether a file is what a longer path ends with; a bare name is too little for that.
fn is_tail(file: &str, name: &str) -> bool {
    file.contains('/') && ends(name, file)
}

/// How many bytes two paths have in common at their ends, in whole steps and without the `/` before them.
fn common(left: &str, right: &str) -> usize {
    let steps = left.rsplit('/').zip(right.rsplit('/')).take_while(|(a, b)| a == b);
    let (count, bytes) = steps.fold((0, 0), |(count, bytes), (step, _)| (count + 1, bytes + step.len()));
    // The whole of one: its first step has no `/` before it.
    bytes + usize::saturating_sub(count, 1)
}

fn tell(unknown: &BTreeSet<String>, unclear: &BTreeMap<String, Vec<String>>, all: usize, evidence: &mut Evidence) {
    if !unclear.is_empty() {
        let shown = unclear.iter().take(NAMED).map(|(name, files)| {
            let more = files.len().saturating_sub(NAMED);
            let files: Vec<&str> = files.iter().take(NAMED).map(String::as_str).collect();
            let more = if more > 0 { format!(" or {} more", grouped(more as u64)) } else { String::new() };
            format!("{name} may be {}{more}", files.join(" or "))
        });
        let text = listed(shown.collect(), unclear.len());
        let message = format!("it is not clear which files of the repository are meant: {text}; say it with `paths`");
        evidence.problem("paths-ambiguous", Grade::Warning, "", Location::whole(), message);
    }
    if !unknown.is_empty() {
        let text = listed(unknown.iter().take(NAMED).cloned().collect(), unknown.len());
        let message = format!("{} of {} files are not in the repository: {text}", grouped(unknown.len() as u64), grouped(all as u64));
        evidence.problem("paths-not-in-repository", Grade::Note, "", Location::whole(), message);
    }
}

fn listed(shown: Vec<String>, all: usize) -> String {
    let more = all - shown.len();
    let text = shown.join(", ");
    if more > 0 { format!("{text} and {} more", grouped(more as u64)) } else { text }
}

/// Leaves out the files that owe nothing.
fn exclude(drafts: &mut [Draft], patterns: &[String], evidence: &mut Evidence) {
    let globs: Vec<Glob> = patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()).collect();
    let mut gone = BTreeSet::new();
    for draft in drafts {
        let mut stays = |path: &String| {
            let stays = !globs.iter().any(|glob| glob.matches(path));
            if !stays {
                gone.insert(path.clone());
            }
            stays
        };
        draft.lines.files.retain(|path, _| stays(path));
        draft.mutants.files.retain(|path, _| stays(path));
    }
    if !gone.is_empty() {
        let message = format!("files left out by `exclude`: {}", grouped(gone.len() as u64));
        evidence.problem("excluded", Grade::Note, "", Location::whole(), message);
    }
}

#[cfg(test)]
mod tests;
