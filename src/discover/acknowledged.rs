//! Reads `acknowledged.yaml`: steps of benchmarks that somebody accepts.

use crate::acknowledgement::{Acknowledgement, SHORTEST};
use crate::config::Config;
use crate::error::Diagnostic;
use crate::io::fs;
use crate::io::shelf::Shelf;
use crate::io::yaml::{self, Fields, Node};
use crate::pattern::Pattern;
use crate::rule::{Place, Spanned};
use crate::waiver::end_of_day;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The file's name, where no entry names another.
pub const NAME: &str = "acknowledged.yaml";

/// Where the acknowledgements of a configuration stand, and which entries each file is about.
pub fn files(config: &Config, root: &Path) -> BTreeMap<PathBuf, Vec<String>> {
    let mut files: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for (name, entry) in config.evidence.iter().filter(|(_, entry)| entry.family == "benchmark") {
        let path = match &entry.acknowledged {
            Some(named) => root.join(&named.text),
            None => Path::new(&config.path).with_file_name(NAME),
        };
        files.entry(path).or_default().push(name.clone());
    }
    files
}

/// Reads all of them. No file is no acknowledgement, unless an entry names it. Every mistake is added to `errors`.
pub fn read(config: &Config, root: &Path, shelf: &Shelf, errors: &mut Vec<Diagnostic>) -> Vec<Acknowledgement> {
    let mut all = Vec::new();
    for (path, entries) in files(config, root) {
        let named = entries.iter().find_map(|name| config.evidence.get(name)?.acknowledged.as_ref());
        if named.is_none() && !shelf.exists(&path) {
            continue;
        }
        let shown = fs::slashed(&path);
        match (shelf.read_text(&path), named) {
            (Ok(text), _) => all.extend(parse(&shown, &text, &entries, errors)),
            (Err(e), Some(named)) => errors.push(Diagnostic::new(named.place.clone(), format!("{shown}: {e}"))),
            (Err(e), None) => errors.push(Diagnostic::new(Place { file: shown.into(), line: 1, column: 1 }, e.to_string())),
        }
    }
    all
}

/// Reads acknowledgements about the series of `entries` from a text. Comments alone are none, and no mistake.
pub fn parse(shown: &str, text: &str, entries: &[String], errors: &mut Vec<Diagnostic>) -> Vec<Acknowledgement> {
    if yaml::is_bare(text) {
        return Vec::new();
    }
    let Some(node) = yaml::parse(shown, text, errors) else { return Vec::new() };
    let Some(items) = node.items() else {
        let mistake = Diagnostic::new(node.place.clone(), "acknowledgements must be a list");
        errors.push(mistake.help(Some("`readiness history ack` adds one".into())));
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let Some(one) = acknowledgement(item, entries, errors) else { continue };
        if !seen.insert((one.commit.clone(), one.benchmark.clone(), one.metric.clone())) {
            let message = format!("the step at {} of {} is acknowledged twice", one.commit, one.benchmark);
            errors.push(Diagnostic::new(item.place.clone(), message).help(Some("keep one of them".into())));
        }
        all.push(one);
    }
    all
}

/// One acknowledgement; nothing when it has a mistake.
fn acknowledgement(node: &Node, entries: &[String], errors: &mut Vec<Diagnostic>) -> Option<Acknowledgement> {
    let before = errors.len();
    let mut f = node.fields("an acknowledgement", errors);
    let [commit, benchmark, reason] = ["commit", "benchmark", "reason"].map(|key| f.mandatory(key).unwrap_or_default());
    let metric = if f.node("metric").is_some() { f.mandatory("metric") } else { None };
    let owner = if f.node("owner").is_some() { f.mandatory("owner") } else { None };
    let granted = if f.node("granted").is_some() { f.date("granted") } else { None };
    let expires = f.date("expires");
    let up_to = share(&mut f, "up_to");
    let hexadecimal = commit.text.bytes().all(|b| b.is_ascii_hexdigit());
    if !commit.text.is_empty() && hexadecimal && commit.text.len() < SHORTEST {
        let message = format!("`{}` is too short for the id of a commit", commit.text);
        f.errors.push(Diagnostic::new(commit.place.clone(), message).help(Some(format!("write at least {SHORTEST} digits of it"))));
    }
    if let (Some((granted, _)), Some((expires, place))) = (&granted, &expires)
        && expires < granted
    {
        let message = format!("it expires on {}, before it is granted on {}", expires.date(), granted.date());
        f.errors.push(Diagnostic::new(place.place.clone(), message));
    }
    f.finish();
    let one = Acknowledgement {
        commit: commit.text,
        benchmark: Pattern(benchmark.text),
        metric: metric.map(|metric| Pattern(metric.text)),
        reason: reason.text,
        owner: owner.map(|owner| owner.text),
        granted: granted.map(|(granted, _)| granted),
        expires: end_of_day(expires?.0),
        up_to,
        entries: entries.to_vec(),
        place: node.place.clone(),
    };
    (errors.len() == before).then_some(one)
}

/// A share of a level, written as `15%`.
pub(super) fn share(f: &mut Fields<'_, '_>, key: &'static str) -> Option<f64> {
    let text: Spanned = f.spanned(key)?;
    let number = text.text.strip_suffix('%').and_then(|digits| digits.trim().parse::<f64>().ok());
    let share = number.filter(|percent| (0.0..=10_000.0).contains(percent)).map(|percent| percent / 100.0);
    if share.is_none() {
        let message = format!("`{key}`: `{}` is not a share", text.text);
        f.errors.push(Diagnostic::new(text.place, message).help(Some("write a percentage such as `15%`".into())));
    }
    share
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const GOOD: &str = "- commit: a1b2c3d\n  benchmark: digest*\n  reason: sealed\n  expires: 2026-03-31\n";

    fn read(text: &str) -> (Vec<Acknowledgement>, Vec<String>) {
        let mut errors = Vec::new();
        let all = parse("a.yaml", text, &["nightly".to_owned()], &mut errors);
        (all, errors.iter().map(|e| e.to_string().lines().next().unwrap().to_owned()).collect())
    }

    #[test]
    fn an_acknowledgement_is_read_with_its_line() {
        let more = "  metric: p95\n  owner: \"@alice\"\n  granted: 2026-02-01\n  up_to: 12.5%\n";
        let (all, errors) = read(&format!("# why\n{GOOD}{}{more}", GOOD.replace("a1b2c3d", "b1b2c3d")));
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!((all.len(), all[0].place.line, all[1].place.line), (2, 2, 6));
        assert_eq!((all[0].up_to, all[1].up_to, all[1].owner.as_deref()), (None, Some(0.125), Some("@alice")));
        assert_eq!(all[0].expires.to_string(), "2026-03-31T23:59:59.999Z");
        assert_eq!(read("# none yet\n"), (Vec::new(), Vec::new()));
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        for (from, to, told) in [
            ("a1b2c3d", "a1b2", "a.yaml:1:11: `a1b2` is too short for the id of a commit - write at least 7 digits of it"),
            ("reason: sealed", "reason: ' '", "a.yaml:3:11: `reason` is empty"),
            ("  reason: sealed\n", "", "a.yaml:1:3: an acknowledgement has no `reason`"),
            ("2026-03-31", "soon", "a.yaml:4:12: `expires`: `soon` is not a date - write a day such as `2026-03-31`"),
            ("expires", "granted: 2026-04-01\n  expires", "a.yaml:5:12: it expires on 2026-03-31, before it is granted on 2026-04-01"),
            ("expires", "up_to: 15\n  expires", "a.yaml:4:10: `up_to`: `15` is not a share - write a percentage such as `15%`"),
            ("expires", "upto: 15%\n  expires", "a.yaml:4:3: an acknowledgement has no key `upto` - did you mean `up_to`?"),
        ] {
            let (all, errors) = read(&GOOD.replace(from, to));
            assert_eq!((all.len(), errors), (0, vec![told.to_owned()]), "{to}");
        }
        assert_eq!(
            read(&format!("{GOOD}{GOOD}")).1,
            ["a.yaml:5:3: the step at a1b2c3d of digest* is acknowledged twice - keep one of them"]
        );
        assert_eq!(read("commit: a\n").1, ["a.yaml:1:1: acknowledgements must be a list - `readiness history ack` adds one"]);
    }
}
