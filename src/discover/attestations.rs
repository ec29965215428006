//! Reads `attestations.yaml`, beside the configuration. It is evidence: what is wrong in it is told by the rules that need it.

use crate::attestation::{FAMILY, Statement};
use crate::error::Diagnostic;
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::io::hash::sha256;
use crate::io::shelf::Shelf;
use crate::io::yaml::{self, Node};
use crate::io::{clock, fs};
use crate::lifecycle::Lifecycle;
use crate::rule::Place;
use crate::source::{Grade, Location, Problem, Source};
use crate::stamp::is_commit;
use crate::waiver::end_of_day;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The file's name, and that of its entry in a report.
pub const NAME: &str = "attestations.yaml";

/// Where the statements beside the configuration at `config` stand.
pub fn path(config: &Path) -> PathBuf {
    config.with_file_name(NAME)
}

/// The statements in the file at `path` of `shelf`, as evidence whose paths are relative to `root`; nothing where there is no such
/// file. `asked` are the rules that a person attests; what is said about a rule by an old name of it is said about it.
pub fn evidence(path: &Path, shelf: &Shelf, root: &Path, asked: &BTreeSet<&str>, ids: &Lifecycle) -> Option<Evidence> {
    if !shelf.exists(path) {
        return None;
    }
    let shown = fs::slashed(path.strip_prefix(root).unwrap_or(path));
    let mut evidence = Evidence::new(NAME, FAMILY);
    evidence.family(FAMILY);
    let mut source = Source { path: shown.clone(), format: Some(FAMILY.into()), ..Source::default() };
    match shelf.read_text(path) {
        Ok(text) => {
            (source.bytes, source.sha256) = (text.len() as u64, sha256(text.as_bytes()));
            let mut errors = Vec::new();
            let statements = parse(&shown, &text, &mut errors);
            evidence.problems.extend(errors.into_iter().map(|mistake| problem(&shown, mistake)));
            source.collected_at = statements.iter().map(|statement| statement.on).max();
            source.content = content(&statements);
            for mut statement in statements {
                let at = Location::line(statement.line);
                if let Some(note) = ids.note(&statement.rule) {
                    evidence.problem("renamed", Grade::Note, &shown, at, note);
                    statement.rule = ids.today(&statement.rule).to_owned();
                } else if !asked.contains(statement.rule.as_str()) {
                    let nobody = || format!("nobody is asked to attest `{}`", statement.rule);
                    evidence.problem("unasked", Grade::Note, &shown, at, ids.gone(&statement.rule).unwrap_or_else(nobody));
                }
                evidence.push(FAMILY, statement.record());
            }
        }
        Err(e) => evidence.problem("unreadable", Grade::Error, &shown, Location::whole(), e.to_string()),
    }
    evidence.sources.push(source);
    Some(evidence)
}

/// The statements in the file at `path` of `shelf`, by the names that `ids` gives their rules; none where there is no such file.
/// What is wrong is added to `errors`.
pub fn statements(path: &Path, shelf: &Shelf, ids: &Lifecycle, errors: &mut Vec<Diagnostic>) -> Vec<Statement> {
    if !shelf.exists(path) {
        return Vec::new();
    }
    let shown = fs::slashed(path);
    let mut found = match shelf.read_text(path) {
        Ok(text) => parse(&shown, &text, errors),
        Err(e) => {
            errors.push(Diagnostic::new(Place { file: shown.into(), line: 1, column: 1 }, e.to_string()));
            Vec::new()
        }
    };
    found.iter_mut().for_each(|statement| statement.rule = ids.today(&statement.rule).to_owned());
    found
}

fn problem(path: &str, mistake: Diagnostic) -> Problem {
    let advice = mistake.help.map_or_else(String::new, |help| format!(" - {help}"));
    Problem {
        code: "attestation".into(),
        severity: Grade::Error,
        message: format!("{}{advice}", mistake.message),
        path: path.to_owned(),
        at: Location::column(mistake.place.line, mistake.place.column),
    }
}

/// `3 statements by 2 people`.
fn content(statements: &[Statement]) -> String {
    let people: BTreeSet<&str> = statements.iter().map(|statement| statement.by.as_str()).collect();
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    format!("{} by {}", count(statements.len(), "statement", "statements"), count(people.len(), "person", "people"))
}

/// Reads statements from a text. Comments alone are no statement, and no mistake.
pub fn parse(shown: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Vec<Statement> {
    if yaml::is_bare(text) {
        return Vec::new();
    }
    let Some(node) = yaml::parse(shown, text, errors) else { return Vec::new() };
    let Some(items) = node.items() else {
        let mistake = Diagnostic::new(node.place.clone(), "statements must be a list");
        errors.push(mistake.help(Some("`readiness attest` adds one".into())));
        return Vec::new();
    };
    items.iter().filter_map(|item| statement(item, errors)).collect()
}

/// One statement; nothing when it has a mistake.
fn statement(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Statement> {
    let before = errors.len();
    let mut f = node.fields("a statement", errors);
    let [rule, by, note] = ["rule", "by", "note"].map(|key| f.mandatory(key).unwrap_or_default().text);
    let role = f.text("role");
    let on = f.mandatory("on").and_then(|text| {
        let at = clock::parse(&text.text);
        if at.is_none() {
            let mistake = Diagnostic::new(text.place, format!("`on`: `{}` is not a time", text.text));
            f.errors.push(mistake.help(Some("write a time such as `2026-02-18T09:30:00Z`".into())));
        }
        at
    });
    let until = f.date("until");
    let commit = f.spanned("commit");
    if let Some(commit) = commit.as_ref().filter(|commit| !is_commit(&commit.text)) {
        f.errors.push(Diagnostic::new(commit.place.clone(), format!("`{}` is no id of a commit", commit.text)));
    }
    if let (Some(on), Some((until, place))) = (on, &until)
        && until.day() < on.day()
    {
        let message = format!("the statement ends on {}, before it is made on {}", until.date(), on.date());
        f.errors.push(Diagnostic::new(place.place.clone(), message));
    }
    f.finish();
    let (on, until): (Instant, Instant) = (on?, end_of_day(until?.0));
    let commit = commit.map(|commit| commit.text);
    let statement = Statement { rule, by, role, on, until, note, commit, line: node.place.line };
    (errors.len() == before).then_some(statement)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const GOOD: &str = "- rule: ops/drill\n  by: \"@alice\"\n  on: 2026-02-18T09:30:00Z\n  until: 2026-03-31\n  note: seen\n";

    #[test]
    fn a_statement_is_read_with_its_line() {
        let mut errors = Vec::new();
        let found = parse("a.yaml", &format!("# why\n\n{GOOD}{GOOD}  role: officer\n  commit: 14c907f\n"), &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!((found.len(), found[0].line, found[1].line), (2, 3, 8));
        assert_eq!((found[1].role.as_deref(), found[1].commit.as_deref()), (Some("officer"), Some("14c907f")));
        assert_eq!(found[0].until.to_string(), "2026-03-31T23:59:59.999Z");
        assert!(parse("a.yaml", "\u{feff}# nothing yet\n\n", &mut errors).is_empty() && errors.is_empty());
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        for (from, to, told) in [
            ("note: seen", "note: ' '", "a.yaml:5:9: `note` is empty"),
            ("  note: seen\n", "", "a.yaml:1:3: a statement has no `note`"),
            ("2026-03-31", "soon", "a.yaml:4:10: `until`: `soon` is not a date - write a day such as `2026-03-31`"),
            ("2026-03-31", "2026-02-17", "a.yaml:4:10: the statement ends on 2026-02-17, before it is made on 2026-02-18"),
            ("2026-02-18T09:30:00Z", "noon", "a.yaml:3:7: `on`: `noon` is not a time - write a time such as `2026-02-18T09:30:00Z`"),
            ("note:", "commit: HEAD\n  note:", "a.yaml:5:11: `HEAD` is no id of a commit"),
            ("note:", "notes: 1\n  note:", "a.yaml:5:3: a statement has no key `notes` - did you mean `note`?"),
        ] {
            let mut errors = Vec::new();
            assert!(parse("a.yaml", &GOOD.replace(from, to), &mut errors).is_empty());
            let lines: Vec<String> = errors.iter().map(|e| e.to_string().lines().next().unwrap().to_owned()).collect();
            assert_eq!(lines, [told]);
        }
        let mut errors = Vec::new();
        assert!(parse("a.yaml", "rule: x\n", &mut errors).is_empty());
        assert!(errors[0].to_string().starts_with("a.yaml:1:1: statements must be a list"));
    }

    #[test]
    fn a_damaged_file_is_evidence_with_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        assert_eq!(evidence(&file, &Shelf::Disk, folder.path(), &BTreeSet::new(), &Lifecycle::default()), None);
        std::fs::write(&file, GOOD.replace("2026-03-31", "soon")).unwrap();
        let found = evidence(&file, &Shelf::Disk, folder.path(), &BTreeSet::from(["ops/drill"]), &Lifecycle::default()).unwrap();
        let (gap, text) = found.gap().unwrap();
        assert_eq!(gap, crate::evidence::Gap::Invalid);
        assert!(text.starts_with("attestations.yaml:4:10: `until`"), "{text}");
        std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
        assert!(evidence(&file, &Shelf::Disk, folder.path(), &BTreeSet::new(), &Lifecycle::default()).unwrap().gap().is_some());
        std::fs::write(&file, GOOD).unwrap();
        let found = evidence(&file, &Shelf::Disk, folder.path(), &BTreeSet::new(), &Lifecycle::default()).unwrap();
        assert_eq!(
            (found.gap(), found.problems[0].code.as_ref(), found.sources[0].content.as_str()),
            (None, "unasked", "1 statement by 1 person")
        );
    }
}
