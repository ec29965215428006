//! `--rules-from REF`: a change is judged by the rules of its base, and what it would loosen is a finding of its own.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use support::{Answer, NOW, readiness};

const RULE: &str = "\
question: Is enough of the code covered?
severity: P1
require: coverage.line >= 80%
why: What is not run is not known.
fix: Write the test.
cases:
  - { given: { coverage.line: 80/100 }, outcome: pass }
  - { given: { coverage.line: 79/100 }, outcome: fail }
  - { given: {}, outcome: no-evidence }
";
const CONFIG: &str = "\
project: { id: p, name: P }
evidence:
  coverage: { family: coverage, path: coverage.xml }
packs: [rules/]
profiles: { pr: { gate: all, block_at: P2 } }
";

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let status = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(status.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&status.stderr));
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A repository with one commit that holds rules and configuration; evidence is not tracked.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    support::ready(here);
    for gone in ["rules", "reports"] {
        fs::remove_dir_all(here.join(gone)).unwrap();
    }
    put(here, "readiness.yaml", CONFIG);
    put(here, "rules/house/pack.yaml", "title: House\nabout: Ours.\n");
    put(here, "rules/house/covered.yaml", RULE);
    git(here, &["init", "-q", "-b", "main"]);
    git(here, &["add", "readiness.yaml", "rules"]);
    git(here, &["commit", "-q", "-m", "rules"]);
    folder
}

fn from(folder: &Path, more: &[&str]) -> Answer {
    readiness(folder, &[&["check", "--now", NOW, "--rules-from", "main"][..], more].concat())
}

#[test]
fn a_change_cannot_loosen_what_it_is_judged_by() {
    let folder = project();
    let here = folder.path();
    let same = from(here, &[]);
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
    assert!(same.out.contains("the change leaves them as they are"), "{}", same.out);
    put(here, "rules/house/covered.yaml", &RULE.replace("80%", "70%"));
    for (format, part) in [
        ("text", "the change asks for less than main ("),
        ("json", "\"rule\": \"rules/looser\""),
        ("markdown", "* looser `house/covered`: require: coverage.line"),
        ("github", "::error title=fail rules/looser[house/covered]::"),
        ("html", "<section id=\"proposal\""),
    ] {
        let answer = from(here, &["--format", format]);
        assert_eq!(answer.code, 1, "{format}: {}{}", answer.out, answer.err);
        assert!(answer.out.contains(part), "{format}: {part}\n{}", answer.out);
    }
    // The rule that judges is the base's: what only the head would let through is not let through.
    put(here, "rules/house/covered.yaml", &RULE.replace("80%", "99%"));
    let tighter = from(here, &[]);
    assert_eq!(tighter.code, 0, "{}{}", tighter.out, tighter.err);
    assert!(tighter.out.contains("tighter      house/covered: require"), "{}", tighter.out);
    assert_eq!(readiness(here, &["check", "--now", NOW]).code, 1);
    // A rule that is gone judges all the same.
    fs::remove_dir_all(here.join("rules")).unwrap();
    let gone = from(here, &[]);
    assert_eq!(gone.code, 3, "{}{}", gone.out, gone.err);
    assert!(gone.out.contains("what the change would ask for cannot be told"), "{}", gone.out);
}

#[test]
fn configuration_waivers_and_baseline_are_the_base_s_too() {
    let waiver =
        "- { id: W-1, rule: house/covered, reason: r, ticket: t, owner: a, approved_by: b, granted: 2026-02-01, expires: 2026-03-01 }\n";
    for (file, text, what) in [
        ("readiness.yaml", CONFIG.replace("block_at: P2", "block_at: P1"), "profile pr"),
        ("readiness.yaml", CONFIG.replace("gate: all", "gate: new"), "profile pr"),
        ("readiness.yaml", CONFIG.replace("  coverage:", "  cov:"), "evidence coverage"),
        ("waivers.yaml", waiver.to_owned(), "waiver W-1"),
        (
            "readiness.baseline.json",
            "{\"schema\":\"readiness/baseline/1\",\"project\":\"p\",\"recorded\":\"2026-02-18T00:00:00Z\",\"findings\":[{\"rule\":\"house/covered\",\
             \"fingerprint\":\"0\",\"outcome\":\"fail\",\"since\":\"2026-02-18T00:00:00Z\"}]}"
                .to_owned(),
            "baseline",
        ),
    ] {
        let folder = project();
        put(folder.path(), file, &text);
        let answer = from(folder.path(), &["--profile", "pr"]);
        assert_eq!(answer.code, 1, "{what}: {}{}", answer.out, answer.err);
        assert!(answer.out.contains(&format!("rules/looser[{what}]")), "{what}: {}", answer.out);
        assert!(!answer.out.contains("WAIVED"), "{}", answer.out);
    }
}

/// A project whose only rule asks a person.
fn asking() -> tempfile::TempDir {
    let folder = project();
    let rule = "question: Was a restore tried?\nseverity: P1\nattest: { by: \"@alice\", every: 90d }\nwhy: w\nfix: f\n";
    put(folder.path(), "rules/house/covered.yaml", rule);
    git(folder.path(), &["commit", "-q", "-a", "-m", "ask"]);
    folder
}

fn word(on: &str, until: &str) -> String {
    format!("- {{ rule: house/covered, by: \"@alice\", on: {on}T08:00:00Z, until: {until}, note: seen }}\n")
}

#[test]
fn a_change_cannot_attest_for_itself() {
    let folder = asking();
    let here = folder.path();
    put(here, "attestations.yaml", &word("2026-02-17", "2026-03-01"));
    assert_eq!(readiness(here, &["check", "--now", NOW]).code, 0);
    let answer = from(here, &[]);
    assert_ne!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert!(answer.out.contains("rules/looser[attestation house/covered by @alice on 2026-02-17T08:00:00Z]"), "{}", answer.out);
    assert!(answer.out.contains("until 2026-03-01: added"), "{}", answer.out);
    assert!(!answer.out.contains("attested by @alice on"), "{}", answer.out);
    put(here, "attestations.yaml", "- rule: x\n");
    let broken = from(here, &[]);
    assert!(broken.out.contains("unreadable   attestations: attestations.yaml:1:3: a statement has no `by`"), "{}", broken.out);
}

#[test]
fn the_base_s_attestations_count_whatever_the_change_makes_of_them() {
    let folder = asking();
    let here = folder.path();
    put(here, "attestations.yaml", &word("2026-02-17", "2026-03-01"));
    git(here, &["add", "attestations.yaml"]);
    git(here, &["commit", "-q", "-m", "said"]);
    fs::remove_file(here.join("attestations.yaml")).unwrap();
    let gone = from(here, &[]);
    assert_eq!(gone.code, 0, "{}{}", gone.out, gone.err);
    assert!(gone.out.contains("tighter      attestation house/covered by @alice"), "{}", gone.out);
    let bundle = readiness(here, &["bundle", "--out", "bundle", "--now", NOW, "--rules-from", "main"]);
    assert_eq!(bundle.code, 0, "{}", bundle.err);
    let kept = here.join("bundle/evidence/attestations.yaml/attestations.yaml");
    assert_eq!(fs::read_to_string(kept).unwrap(), word("2026-02-17", "2026-03-01"));
    // What was taken back stays so, though the change forgets it.
    put(here, "attestations.yaml", &(word("2026-02-17", "2026-03-01") + &word("2026-02-18", "2026-02-18")));
    git(here, &["commit", "-q", "-a", "-m", "taken back"]);
    put(here, "attestations.yaml", &word("2026-02-17", "2026-03-01"));
    let revived = from(here, &[]);
    assert_eq!(revived.code, 1, "{}{}", revived.out, revived.err);
    assert!(revived.out.contains("until 2026-02-18: removed, and an older one counts again"), "{}", revived.out);
}

#[test]
fn what_the_commit_does_not_have_is_a_usage_error() {
    let folder = project();
    let here = folder.path();
    let told = |arguments: &[&str], part: &str| {
        let answer = readiness(here, &[&["check", "--now", NOW][..], arguments].concat());
        assert_eq!(answer.code, 2, "{}{}", answer.out, answer.err);
        assert!(answer.err.contains(part), "{part}\n{}", answer.err);
    };
    told(&["--rules-from", "nowhere"], "--rules-from nowhere: the commit is not known here");
    told(&["--rules-from=--output=x"], "the commit is not known here");
    put(here, "other.yaml", CONFIG);
    told(&["--rules-from", "main", "--config", "other.yaml"], "other.yaml is not in main (");
    // A path that leaves the repository, and a link that would.
    put(here, "readiness.yaml", &CONFIG.replace("[rules/]", "[../rules/]"));
    git(here, &["commit", "-q", "-a", "-m", "up"]);
    told(&["--rules-from", "main"], "outside of the repository, where no commit reaches");
    put(here, "readiness.yaml", CONFIG);
    git(here, &["commit", "-q", "-a", "-m", "back"]);
    #[cfg(unix)]
    {
        fs::remove_file(here.join("rules/house/covered.yaml")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", here.join("rules/house/covered.yaml")).unwrap();
        git(here, &["commit", "-q", "-a", "-m", "link"]);
        told(&["--rules-from", "main"], "links are not followed in a commit");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    put(elsewhere.path(), "readiness.yaml", CONFIG);
    let answer = readiness(elsewhere.path(), &["check", "--rules-from", "main"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("there is no git repository here"), "{}", answer.err);
}

#[test]
fn explaining_and_bundling_read_the_same_rules() {
    let folder = project();
    let here = folder.path();
    put(here, "rules/house/covered.yaml", &RULE.replace("80%", "70%"));
    let answer = readiness(here, &["explain", "house/covered", "--now", NOW, "--rules-from", "main"]);
    assert!(answer.out.contains("coverage.line >= 80%") && !answer.out.contains(">= 70%  rules"), "{}{}", answer.out, answer.err);
    let bundle = readiness(here, &["bundle", "--out", "bundle", "--now", NOW, "--rules-from", "HEAD"]);
    assert_eq!(bundle.code, 0, "{}", bundle.err);
    assert_eq!(fs::read_to_string(here.join("bundle/rules/house/covered.yaml")).unwrap(), RULE);
    // From a folder below, too.
    let below = here.join("rules");
    assert_eq!(readiness(&below, &["check", "--now", NOW, "--rules-from", "main"]).code, 1);
}
