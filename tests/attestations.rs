//! Attestations as people meet them: a person's word answers what no evidence can, by name, with a date and an end.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, readiness};

const PACK: &str = "title: Operations\nabout: What people look after.\n";
const DRILL: &str = "\
question: Was a restore of the backup tried within the last quarter?
severity: P1
attest: { by: data protection officer, every: 90d }
controls: [SOC2:A1.3]
why: A backup that was never restored is a hope.
fix: Restore the newest dump on a clean machine, and say so.
";
const SAID: &str = "restored the dump of 17 February on a clean machine";

/// A project whose only pack asks a person, and a number.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    fs::remove_dir_all(folder.path().join("rules")).unwrap();
    let ops = folder.path().join("rules/ops");
    fs::create_dir_all(&ops).unwrap();
    fs::write(ops.join("pack.yaml"), PACK).unwrap();
    fs::write(ops.join("restore-drill.yaml"), DRILL).unwrap();
    let covered = "question: Is half covered?\nseverity: P1\nrequire: coverage.line >= 50%\nwhy: w\nfix: f\ncases:\n  - { given: { coverage.line: 50/100 }, outcome: pass }\n  - { given: { coverage.line: 49/100 }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
    fs::write(ops.join("covered.yaml"), covered).unwrap();
    let text = "project: { id: ready, name: Ready, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }\n\
                evidence:\n  coverage: { family: coverage, path: coverage.xml }\npacks: [rules/]\n";
    fs::write(folder.path().join("readiness.yaml"), text).unwrap();
    folder
}

/// The officer's statement, with something else in place of a part of it.
fn attest(folder: &Path, now: &str, change: &[(&str, &str)]) -> Answer {
    let mut words = vec!["attest", "ops/restore-drill", "--by", "@alice", "--role", "data protection officer"];
    words.extend(["--until", "2026-03-31", "--note", SAID, "--now", now]);
    for (was, is) in change {
        words.iter_mut().filter(|word| *word == was).for_each(|word| *word = is);
    }
    readiness(folder, &words)
}

fn at(folder: &Path, now: &str, more: &[&str]) -> Answer {
    readiness(folder, &[&["check", "--now", now][..], more].concat())
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const NOON: &str = "2026-02-18T12:00:00Z";

#[test]
fn a_word_opens_the_gate_until_its_last_day_is_over() {
    let folder = project();
    let folder = folder.path();
    let closed = at(folder, NOON, &[]);
    assert_eq!(closed.code, 3, "{}{}", closed.out, closed.err);
    assert!(
        words(&closed.out).contains("data protection officer has not attested this; `readiness attest ops/restore-drill` records it"),
        "{}",
        closed.out
    );

    let said = attest(folder, NOON, &[]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "attestations.yaml: @alice (data protection officer) attests ops/restore-drill, good until 2026-03-31\n"),
        "{}",
        said.err
    );
    for (now, code) in [("2026-02-18T11:59:59.999Z", 3), (NOON, 0), ("2026-03-31T23:59:59.999Z", 0), ("2026-04-01T00:00:00Z", 3)] {
        for format in ["text", "json", "markdown", "github", "html"] {
            assert_eq!(at(folder, now, &["--format", format]).code, code, "{now} {format}");
        }
    }
    let early = at(folder, "2026-02-18T11:00:00Z", &[]).out;
    assert!(words(&early).contains("dated 2026-02-18T12:00:00Z, which is later than now"), "{early}");
    let over = at(folder, "2026-04-02", &[]).out;
    assert!(words(&over).contains("attested by @alice (data protection officer) 43 days ago, until 2026-03-31"), "{over}");
    // The rule's own limit ends it too, whatever day the file names.
    let file = folder.join("attestations.yaml");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("until: 2026-03-31", "until: 2029-12-31")).unwrap();
    assert_eq!(at(folder, "2026-05-19T12:00:00Z", &[]).code, 0);
    let stale = at(folder, "2026-05-19T12:00:00.001Z", &[]);
    assert_eq!(stale.code, 3);
    assert!(words(&stale.out).contains("attested by @alice (data protection officer) 90 days ago, every 90 d"), "{}", stale.out);
}

#[test]
fn every_output_shows_who_said_what_when() {
    let folder = project();
    let folder = folder.path();
    attest(folder, NOON, &[]);
    let whole = format!("attested by @alice (data protection officer) on 2026-02-18, good until 2026-03-31: {SAID}");
    let text = at(folder, NOON, &["--all"]).out;
    assert!(words(&text).contains(&whole), "{text}");
    let markdown = at(folder, NOON, &["--format", "markdown"]).out;
    assert!(markdown.contains("good until 2026-03-31") && markdown.contains(SAID), "{markdown}");
    let html = at(folder, NOON, &["--format", "html"]).out;
    assert!(html.contains(SAID) && html.contains("evidence toward 1 of 69 controls: 1 attested; 68 without a rule"), "{html}");
    let explained = readiness(folder, &["explain", "ops/restore-drill", "--now", NOON]).out;
    assert!(
        explained.contains(&format!("pass: {whole}"))
            && words(&explained).contains("attest.by data protection officer rules/ops/restore-drill.yaml:"),
        "{explained}"
    );
    let report: serde_json::Value = serde_json::from_str(&at(folder, NOON, &["--format", "json"]).out).unwrap();
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "ops/restore-drill").unwrap();
    let said = &finding["attested"]["statement"];
    assert_eq!((&said["by"], &said["on"], &said["note"]), (&"@alice".into(), &NOON.into(), &SAID.into()));
    assert_eq!(said["commit"], support::COMMIT);
    assert_eq!(finding["sources"][0]["path"], "attestations.yaml");
}

#[test]
fn a_statement_that_the_rule_does_not_take_is_not_written() {
    let folder = project();
    let folder = folder.path();
    for (change, told) in [
        (("ops/restore-drill", "ops/restore-dril"), "there is no rule `ops/restore-dril` here - did you mean `ops/restore-drill`?"),
        (
            ("ops/restore-drill", "ops/covered"),
            "`ops/covered` is decided by evidence, not by a person's word: it requires `coverage.line >= 50%`",
        ),
        (("2026-03-31", "2026-02-17"), "`--until 2026-02-17` is over already"),
        (("2026-03-31", "2026-05-20"), "`ops/restore-drill` asks every 90 d, so `--until` is 2026-05-19 at the latest"),
        (("2026-03-31", "tomorrow"), "`--until tomorrow`: write a day such as 2026-03-31"),
        ((SAID, "  "), "`--note` is empty"),
        (("@alice", " "), "`--by` is empty"),
        (
            ("data protection officer", "janitor"),
            "`ops/restore-drill` asks for the word of data protection officer - if that is @alice, add `--role 'data protection officer'`",
        ),
    ] {
        let answer = attest(folder, NOON, &[change]);
        assert_eq!(answer.code, 2, "{told}: {}", answer.out);
        assert!(answer.err.contains(told), "{told}\n{}", answer.err);
    }
    assert!(!folder.join("attestations.yaml").exists());
    // The last day that is taken, and today.
    assert_eq!(attest(folder, NOON, &[("2026-03-31", "2026-05-19")]).code, 0);
    assert_eq!(attest(folder, NOON, &[("2026-03-31", "2026-02-18")]).code, 0);
}

#[test]
fn the_file_only_grows_and_keeps_its_comments() {
    let folder = project();
    let folder = folder.path();
    let file = folder.join("attestations.yaml");
    attest(folder, NOON, &[]);
    let first = fs::read_to_string(&file).unwrap();
    assert!(first.starts_with("# yaml-language-server: $schema=attestations.schema.json\n"), "{first}");
    let noted = format!("{first}# the auditor asked about this one\n");
    fs::write(&file, &noted).unwrap();
    let hostile = "\"]}\n- rule: ops/covered\n# \u{202e} \u{1b}[2J ::error::x {{";
    let answer = attest(folder, "2026-02-19T12:00:00Z", &[(SAID, hostile), ("@alice", "@bob: #\n::warning::")]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let second = fs::read_to_string(&file).unwrap();
    assert!(second.starts_with(&noted), "{second}");
    let report: serde_json::Value = serde_json::from_str(&at(folder, "2026-02-20", &["--format", "json"]).out).unwrap();
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "ops/restore-drill").unwrap();
    assert_eq!(finding["attested"]["statement"]["note"], hostile);
    for format in ["text", "markdown", "github"] {
        let shown = at(folder, "2026-02-20", &["--all", "--format", format]).out;
        assert!(!shown.contains(['\u{202e}', '\u{1b}']), "{format}");
        assert!(!shown.lines().any(|line| line.starts_with("::warning::")), "{format}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_no_evidence_and_no_silence() {
    let folder = project();
    let folder = folder.path();
    let file = folder.join("attestations.yaml");
    attest(folder, NOON, &[]);
    let good = fs::read_to_string(&file).unwrap();
    for (bad, told) in [
        (good.replace("until: 2026-03-31", "until: later"), "`until`: `later` is not a date"),
        (good.replace("  by:", "  from:"), "a statement has no key `from`"),
        (format!("{good}- [\n"), "not YAML"),
        (good.replace("@alice", ""), "`by` is empty"),
    ] {
        fs::write(&file, bad).unwrap();
        let answer = at(folder, NOON, &[]);
        assert_eq!(answer.code, 3, "{}{}", answer.out, answer.err);
        assert!(words(&answer.out).contains(told), "{told}\n{}", answer.out);
        assert_eq!(attest(folder, NOON, &[]).code, 2, "nothing is added to a file with a mistake");
    }
}

/// Law L2: whoever takes a statement back makes a newer one; nobody opens a gate by deleting that.
#[test]
fn a_statement_that_vanished_is_noticed() {
    let folder = project();
    let folder = folder.path();
    let file = folder.join("attestations.yaml");
    attest(folder, NOON, &[]);
    let long = fs::read_to_string(&file).unwrap();
    attest(folder, "2026-02-19T12:00:00Z", &[("2026-03-31", "2026-02-19")]);
    let now = "2026-02-20T00:00:00Z";
    assert_eq!(at(folder, now, &["--out", "base"]).code, 3, "taken back");
    fs::write(&file, &long).unwrap();
    assert_eq!(at(folder, now, &[]).code, 0, "without a base nobody can know");
    for change in [long.clone(), long.replace("2026-03-31", "2026-04-30")] {
        fs::write(&file, change).unwrap();
        let answer = at(folder, now, &["--base-report", "base/report.json"]);
        assert_eq!(answer.code, 3, "{}", answer.out);
        assert!(words(&answer.out).contains("the statement ops/restore-drill by @alice on 2026-02-19T12:00:00Z until 2026-02-19 was seen by the base and is not there now"), "{}", answer.out);
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(at(folder, now, &["--base-report", "base/report.json"]).code, 3);
}

#[test]
fn a_bundle_holds_the_statements() {
    let folder = project();
    let folder = folder.path();
    attest(folder, NOON, &[]);
    let answer = readiness(folder, &["bundle", "--now", NOON, "--out", "bundle"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let kept = fs::read(folder.join("bundle/evidence/attestations.yaml/attestations.yaml")).unwrap();
    assert_eq!(kept, fs::read(folder.join("attestations.yaml")).unwrap());
}

#[test]
fn what_does_not_fit_a_persons_word_is_a_mistake_in_the_rule() {
    let folder = project();
    let folder = folder.path();
    let rule = folder.join("rules/ops/restore-drill.yaml");
    for (more, told) in [
        ("for_each: coverage.file\n", "`for_each` has nothing to act on: a person attests this rule"),
        ("evidence: { max_age: 1h }\n", "`max_age` has nothing to act on"),
    ] {
        fs::write(&rule, format!("{DRILL}{more}")).unwrap();
        let answer = at(folder, NOON, &[]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains(told), "{}", answer.err);
    }
    fs::write(&rule, DRILL.replace("every: 90d", "every: 0d")).unwrap();
    assert!(at(folder, NOON, &[]).err.contains("no statement is good for no time"));
    // The commit does fit: a statement may be about this one and no other.
    fs::write(&rule, format!("{DRILL}evidence: {{ commit: head }}\n")).unwrap();
    attest(folder, NOON, &[]);
    assert_eq!(at(folder, NOON, &[]).code, 0);
    let other = at(folder, NOON, &["--commit", "24c907f09276bec86cf5c2aa77ccc4b26e4c754d"]);
    assert_eq!(other.code, 3);
    assert!(words(&other.out).contains("for commit 14c907f, required 24c907f"), "{}", other.out);
}
