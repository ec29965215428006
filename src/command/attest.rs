//! `readiness attest RULE`: writes down that a person states what no evidence can show.

use super::options::moment;
use super::plain::{self, say};
use super::setup::{self, Setup, mistaken};
use crate::attestation::{Statement, is_asked, is_person, last};
use crate::discover::attestations::{parse, path};
use crate::error::Error;
use crate::instant::Instant;
use crate::io::yaml::is_bare;
use crate::io::yaml::quoted;
use crate::io::{fs, git, spelling, terminal};
use crate::lifecycle::Lifecycle;
use crate::metric::duration;
use crate::render::parts::escape::terminal as clean;
use crate::rule::{Attest, Rule};
use crate::stamp::is_commit;
use crate::verdict::Exit;
use crate::waiver::end_of_day;
use std::path::{Path, PathBuf};

/// What is asked of `attest`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The rule.
    pub rule: String,
    /// Who states it.
    pub by: String,
    /// As what.
    pub role: Option<String>,
    /// The last day it is to count.
    pub until: String,
    /// What was looked at.
    pub note: String,
    /// The configuration; found when not given.
    pub config: Option<PathBuf>,
    /// As of when.
    pub now: Option<String>,
    /// The commit that is checked out.
    pub commit: Option<String>,
}

/// The first lines of a new file.
const HEAD: &str = "# yaml-language-server: $schema=attestations.schema.json
# Statements that no evidence can show, each by a person, with a date and an end. Add to them with `readiness attest`.
";
/// The most characters of a note.
const LONGEST: usize = 4000;

/// Adds a statement to `attestations.yaml` beside the configuration.
///
/// # Errors
/// When the rule asks for no statement, or not for this one, or the file cannot be read or written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let now = moment(options.now.as_deref())?;
    let setup = setup::load_at(options.config.as_deref(), now)?;
    let (rule, attest) = asked(&setup, &options.rule)?;
    let statement = statement(options, &setup, rule, attest, now)?;
    let file = path(Path::new(&setup.config.path));
    add(&file, &statement)?;
    let good = last(&statement, attest.every);
    let done = format!("{}: {} attests {}, good until {}", file.display(), statement.who(), rule.id, good.date());
    say(&format!("{}\n", clean(&done)))?;
    Ok(Exit::Open)
}

/// The id that a rule has today; that it is another one is said.
pub(super) fn follow<'a>(ids: &'a Lifecycle, id: &'a str) -> Result<&'a str, Error> {
    if let Some(gone) = ids.gone(id) {
        return Err(Error::Usage(gone));
    }
    ids.note(id).iter().for_each(|note| terminal::note(&plain::lines(note)));
    Ok(ids.today(id))
}

/// The rule of this id, and whose word it asks for.
fn asked<'s>(setup: &'s Setup, id: &str) -> Result<(&'s Rule, &'s Attest), Error> {
    let rules = || setup.rules.iter().map(|rule| &rule.rule);
    let id = if rules().any(|rule| rule.id == id) { id } else { follow(&setup.ids, id)? };
    let Some(rule) = rules().find(|rule| rule.id == id) else {
        let attested = rules().filter(|rule| rule.attest.is_some()).map(|rule| rule.id.as_str());
        let help = spelling::did_you_mean(id, attested).unwrap_or_else(|| "`readiness rules` lists them".to_owned());
        return Err(Error::Usage(format!("there is no rule `{id}` here - {help}")));
    };
    let attest = rule.attest.as_ref().ok_or_else(|| {
        let require = rule.require.as_ref().map_or("", |require| require.text.as_str());
        Error::Usage(format!("`{id}` is decided by evidence, not by a person's word: it requires `{require}`"))
    })?;
    Ok((rule, attest))
}

/// The statement that is asked for, if the rule takes it.
fn statement(options: &Options, setup: &Setup, rule: &Rule, attest: &Attest, now: Instant) -> Result<Statement, Error> {
    let refuse = |message: String| Err(Error::Usage(message));
    let (by, note) = (options.by.trim(), options.note.trim());
    let role = options.role.as_deref().map(str::trim).filter(|role| !role.is_empty());
    if by.is_empty() {
        return refuse("`--by` is empty: a statement is somebody's".to_owned());
    }
    if note.is_empty() {
        return refuse("`--note` is empty: say what you looked at".to_owned());
    }
    if [by, note, role.unwrap_or_default()].iter().any(|text| text.chars().count() > LONGEST) {
        return refuse(format!("a text of more than {LONGEST} characters is no note; put it where it can be read, and name the place"));
    }
    if !is_asked(&attest.by, by, role) {
        let help = if is_person(&attest.by) { String::new() } else { format!(" - if that is {by}, add `--role '{}'`", attest.by) };
        return refuse(format!("`{}` asks for the word of {}{help}", rule.id, attest.by));
    }
    let Some(day) = Instant::parse(&options.until).filter(|_| options.until.len() == 10) else {
        return refuse(format!("`--until {}`: write a day such as 2026-03-31", options.until));
    };
    let until = end_of_day(day);
    let longest = Instant(now.0.saturating_add(attest.every));
    if until < now {
        return refuse(format!("`--until {}` is over already", options.until));
    }
    if day > longest {
        let every = duration(attest.every as f64);
        return refuse(format!("`{}` asks every {every}, so `--until` is {} at the latest", rule.id, longest.date()));
    }
    let commit = options.commit.clone().or_else(|| setup.config.project.commit.clone());
    if let Some(wrong) = commit.as_ref().filter(|id| !is_commit(id)) {
        return refuse(format!("`{wrong}` is no id of a commit: write 7 to 64 hex digits"));
    }
    let root = if setup.root.as_os_str().is_empty() { Path::new(".") } else { &setup.root };
    let commit = commit.or_else(|| git::head(root));
    if commit.is_none() {
        terminal::note("no commit is known here, so the statement names none; --commit ID gives one");
    }
    let role = role.map(str::to_owned);
    Ok(Statement { rule: rule.id.clone(), by: by.to_owned(), role, on: now, until, note: note.to_owned(), commit, line: 0 })
}

/// Appends a statement. What stands in the file stays as it is, its comments too; a file that would not hold the old
/// statements and the new one afterwards is left alone.
fn add(file: &Path, statement: &Statement) -> Result<(), Error> {
    let shown = fs::slashed(file);
    let old = if fs::exists(file) { fs::read_text(file).map_err(|e| Error::Usage(format!("{shown}: {e}")))? } else { HEAD.to_owned() };
    let mut errors = Vec::new();
    let before = parse(&shown, &old, &mut errors);
    if !errors.is_empty() {
        return Err(mistaken(errors));
    }
    let more = entry(statement, &old);
    let after = parse(&shown, &format!("{old}{more}"), &mut errors);
    let same = |a: &Statement, b: &Statement| Statement { line: 0, ..a.clone() } == Statement { line: 0, ..b.clone() };
    let grown = after.split_last().is_some_and(|(new, rest)| same(new, statement) && rest == before);
    if !errors.is_empty() || !grown {
        return Err(Error::Usage(format!(
            "nothing can be added at the end of {shown}: write it as a list whose items begin with `- rule:`"
        )));
    }
    let text = if fs::exists(file) { more } else { format!("{old}{more}") };
    fs::append(file, text.as_bytes()).map_err(|source| Error::Output { path: file.to_owned(), source })
}

/// The statement as an item of the list in `old`, indented as its last item is and with its line ends.
fn entry(statement: &Statement, old: &str) -> String {
    let indent = old.lines().filter_map(|line| line.split_once("- ").map(|(before, _)| before)).rfind(|before| before.trim().is_empty());
    let indent = if is_bare(old) { "" } else { indent.unwrap_or_default() };
    let mut keys = vec![("rule", bare(&statement.rule)), ("by", quoted(&statement.by))];
    keys.extend(statement.role.as_ref().map(|role| ("role", quoted(role))));
    keys.extend([("on", statement.on.to_string()), ("until", statement.until.date()), ("note", quoted(&statement.note))]);
    keys.extend(statement.commit.as_ref().map(|commit| ("commit", quoted(commit))));
    let lines = keys.iter().enumerate().map(|(n, (key, value))| format!("{indent}{} {key}: {value}\n", if n == 0 { "-" } else { " " }));
    let text = format!("{}{}", if old.is_empty() || old.ends_with('\n') { "" } else { "\n" }, lines.collect::<String>());
    if old.contains("\r\n") { text.replace('\n', "\r\n") } else { text }
}

/// The id of a rule; it stands without quotes where no character of it means anything.
fn bare(id: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_/.".contains(c);
    if id.chars().all(harmless) && id.starts_with(|c: char| c.is_ascii_alphabetic()) { id.to_owned() } else { quoted(id) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn said(by: &str, note: &str, role: Option<&str>) -> Statement {
        Statement {
            rule: "ops/drill".to_owned(),
            by: by.to_owned(),
            role: role.map(str::to_owned),
            on: Instant::parse("2026-02-18T09:30:00.125Z").unwrap(),
            until: end_of_day(Instant::parse("2026-03-31").unwrap()),
            note: note.to_owned(),
            commit: Some("1234567".to_owned()),
            line: 0,
        }
    }

    fn added(old: Option<&str>, statement: &Statement) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("attestations.yaml");
        old.iter().for_each(|old| std::fs::write(&file, old).unwrap());
        let done = add(&file, statement).map_err(|e| e.to_string());
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        done.map(|()| text.clone()).inspect_err(|_| assert_eq!(text, old.unwrap_or_default(), "a refused file is left alone"))
    }

    #[test]
    fn a_file_keeps_what_it_holds() {
        let new = said("@alice", "seen", None);
        let first = added(None, &new).unwrap();
        assert!(first.starts_with(HEAD) && first.ends_with("  commit: \"1234567\"\n"), "{first}");
        for old in [
            first.clone(),
            String::new(),
            "# only a comment".to_owned(),
            first.replace('\n', "\r\n"),
            first.trim_end().to_owned(),
            first
                .replace("\n- rule", "\n  - rule")
                .replace("\n  by", "\n    by")
                .lines()
                .map(|l| {
                    format!(
                        "{}\n",
                        l.replacen("  on", "    on", 1).replacen("  until", "    until", 1).replacen("  note", "    note", 1).replacen(
                            "  commit",
                            "    commit",
                            1
                        )
                    )
                })
                .collect(),
            format!("{first}# the end\n"),
        ] {
            let text = added(Some(&old), &new).unwrap();
            assert!(text.starts_with(&old));
            let mut errors = Vec::new();
            assert!(!parse("a", &text, &mut errors).is_empty() && errors.is_empty(), "{errors:?}\n{text}");
            assert_eq!(text.contains("\r\n"), old.contains("\r\n"));
        }
    }

    #[test]
    fn a_file_that_cannot_grow_is_left_alone() {
        let new = said("@alice", "seen", None);
        let first = added(None, &new).unwrap();
        for old in ["[]\n", "rule: x\n", "- rule: ops/drill\n", &format!("{first}...\n"), &format!("{first}  more: |\n    - a")] {
            assert!(added(Some(old), &new).is_err(), "{old}");
        }
        assert!(added(Some("[]\n"), &new).unwrap_err().contains("write it as a list"));
    }

    proptest! {
        #[test]
        fn any_words_can_be_added(by in "\\PC*", note in any::<String>(), role in proptest::option::of(any::<String>())) {
            prop_assume!(!by.trim().is_empty() && !note.trim().is_empty());
            let new = said(&by, &note, role.as_deref());
            let text = added(None, &new).unwrap();
            let text = added(Some(&text), &new).unwrap();
            let mut errors = Vec::new();
            let found = parse("a", &text, &mut errors);
            prop_assert!(errors.is_empty());
            prop_assert_eq!(found.iter().map(|s| Statement { line: 0, ..s.clone() }).collect::<Vec<_>>(), vec![new.clone(), new]);
        }
    }
}
