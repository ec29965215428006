//! Waivers as people meet them: an objection stands for a while, by name, and not a day longer.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, readiness};

const PACK: &str = "title: House\nabout: What we ask of ourselves.\n";
const RULE: &str = "\
question: Is enough of the code covered?
severity: P1
require: coverage.line >= 95%
why: What is not run is not known.
fix: Write the test.
cases:
  - { given: { coverage.line: 95/100 }, outcome: pass }
  - { given: { coverage.line: 94/100 }, outcome: fail }
  - { given: {}, outcome: no-evidence }
";
const WAIVER: &str = "\
# yaml-language-server: $schema=waivers.schema.json
- id: W-2026-001
  rule: house/covered
  reason: the parser is being rewritten
  ticket: OPS-42
  owner: \"@alice\"
  approved_by: \"@bob\"
  granted: 2026-02-01
  expires: 2026-02-20
";

/// The ready project with a rule of its own that fails, and these waivers.
fn project(waivers: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    let house = folder.path().join("rules/house");
    fs::create_dir_all(&house).unwrap();
    fs::write(house.join("pack.yaml"), PACK).unwrap();
    fs::write(house.join("covered.yaml"), RULE).unwrap();
    fs::write(folder.path().join("waivers.yaml"), waivers).unwrap();
    folder
}

/// Judges with every rule but those on the age of evidence, at a moment.
fn at(folder: &Path, now: &str, more: &[&str]) -> Answer {
    readiness(folder, &[&["check", "--now", now][..], more].concat())
}

/// Leaves only the house's own rules and the families they need, so that a day later is no other matter.
fn only_house(folder: &Path) {
    fs::remove_dir_all(folder.join("rules/service")).unwrap();
    let text = "project: { id: ready, name: Ready }\nevidence:\n  coverage: { family: coverage, path: coverage.xml }\npacks: [rules/]\n\
                profiles: { pr: { gate: all, env: staging } }\n";
    fs::write(folder.join("readiness.yaml"), text).unwrap();
    let passing = RULE.replace("95%", "50%").replace("95/100", "50/100").replace("94/100", "49/100");
    fs::write(folder.join("rules/house/half.yaml"), passing).unwrap();
}

#[test]
fn an_active_waiver_opens_the_gate_and_the_day_after_it_is_closed() {
    let folder = project(WAIVER);
    only_house(folder.path());
    let folder = folder.path();
    let open = at(folder, "2026-02-20T23:59:59.999Z", &[]);
    assert_eq!(open.code, 0, "{}{}", open.out, open.err);
    let closed = at(folder, "2026-02-21T00:00:00Z", &[]);
    assert_eq!(closed.code, 1, "{}{}", closed.out, closed.err);
    let words = closed.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("waiver W-2026-001 expired 1 day ago, owner @alice"), "{}", closed.out);
    // The exit code is the same for every output, and the original outcome stays visible.
    for format in ["json", "markdown", "github", "html"] {
        assert_eq!(at(folder, "2026-02-18", &["--format", format]).code, 0, "{format}");
        assert_eq!(at(folder, "2026-02-21", &["--format", format]).code, 1, "{format}");
    }
    let report: serde_json::Value = serde_json::from_str(&at(folder, "2026-02-18", &["--format", "json"]).out).unwrap();
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "house/covered").unwrap();
    assert_eq!((&finding["outcome"], &finding["waiver"]["id"]), (&"fail".into(), &"W-2026-001".into()));
    assert_eq!(report["waivers"][0]["state"], "expiring");
}

#[test]
fn without_its_waiver_the_gate_is_closed() {
    let folder = project("[]\n");
    only_house(folder.path());
    assert_eq!(at(folder.path(), "2026-02-18", &[]).code, 1);
    fs::remove_file(folder.path().join("waivers.yaml")).unwrap();
    assert_eq!(at(folder.path(), "2026-02-18", &[]).code, 1);
}

/// The gate for pull requests, held against `base.json`.
fn new(folder: &Path, now: &str) -> Answer {
    at(folder, now, &["--profile", "pr", "--base-report", "base.json"])
}

fn only_new(folder: &Path) {
    only_house(folder);
    let path = folder.join("readiness.yaml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("gate: all", "gate: new")).unwrap();
}

#[test]
fn what_was_accepted_until_a_day_closes_the_gate_for_what_is_new_after_it() {
    let folder = project("[]\n");
    only_new(folder.path());
    let folder = folder.path();
    let base = || {
        let _ = at(folder, "2026-02-10", &["--emit", "json=base.json"]);
    };
    // Already so, and never accepted: day one blocks nothing.
    base();
    assert_eq!(new(folder, "2026-02-18").code, 0);
    // Accepted before or after the base was made, it blocks when that is over.
    fs::write(folder.join("waivers.yaml"), WAIVER).unwrap();
    for _ in 0..2 {
        assert_eq!(new(folder, "2026-02-20T23:59:59.999Z").code, 0);
        let answer = new(folder, "2026-02-21T00:00:00Z");
        assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
        let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("0 worse, 1 no longer waived, 0 inherited"), "{}", answer.out);
        assert!(words.contains("waiver W-2026-001 expired 1 day ago, owner @alice; so since 2026-02-10, was waived"), "{}", answer.out);
        base();
    }
    // Taking the waiver out of the file does not open what it held open.
    for nothing in ["# nothing stands any more\n", ""] {
        fs::write(folder.join("waivers.yaml"), nothing).unwrap();
        let answer = new(folder, "2026-02-18");
        assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    }
    fs::remove_file(folder.join("waivers.yaml")).unwrap();
    assert_eq!(new(folder, "2026-02-18").code, 1);
}

#[test]
fn a_recorded_baseline_does_not_outlive_the_waivers_in_it() {
    let folder = project(WAIVER);
    only_new(folder.path());
    let folder = folder.path();
    let record = |now: &str| assert_eq!(readiness(folder, &["baseline", "--now", now]).code, 0);
    let judged = |now: &str| at(folder, now, &["--profile", "pr"]).code;
    record("2026-02-10");
    assert_eq!((judged("2026-02-20"), judged("2026-02-21")), (0, 1));
    fs::write(folder.join("waivers.yaml"), "[]\n").unwrap();
    record("2026-02-22");
    assert_eq!(judged("2026-02-22"), 1);
}

#[test]
fn what_is_waived_and_nothing_else_proves_nothing() {
    let folder = project(WAIVER);
    only_new(folder.path());
    fs::remove_file(folder.path().join("rules/house/half.yaml")).unwrap();
    for profile in [&["--profile", "pr"][..], &[]] {
        let answer = at(folder.path(), "2026-02-18", profile);
        assert_eq!(answer.code, 3, "{profile:?}: {}{}", answer.out, answer.err);
        assert!(answer.out.contains("Not proven ready; the gate is closed"), "{}", answer.out);
    }
}

/// Adds lines to the configuration.
fn configure(folder: &Path, lines: &str) {
    let path = folder.join("readiness.yaml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + lines).unwrap();
}

#[test]
fn waivers_may_last_longer_with_a_reason_that_is_shown() {
    let folder = project(&WAIVER.replace("2026-02-20", "2026-04-20"));
    only_house(folder.path());
    let folder = folder.path();
    let plain = fs::read_to_string(folder.join("readiness.yaml")).unwrap();
    assert_eq!(at(folder, "2026-02-18", &[]).code, 2);
    configure(folder, "waivers: { longest: { P1: 90d }, expiring: 61d, reason: the vendor answers once a quarter }\n");
    let answer = at(folder, "2026-02-18", &[]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "EXPIRING W-2026-001 for house/covered expires in 61 days, owner @alice; it lasts longer than the usual 60 days: the vendor \
                answers once a quarter: the parser is being rewritten";
    assert!(words.contains(told), "{}", answer.out);
    for (lines, mistake) in [
        ("waivers: { longest: { P1: 90d } }\n", "readiness.yaml:6:27: waivers of P1 rules may last 90 days, longer than the usual 60"),
        ("waivers: { longest: { P1: 900d }, reason: x }\n", "`900d` is not a number of days - write `1d` to `366d`"),
        ("waivers: { longest: { P9: 1d } }\n", "`longest` has no key `P9`"),
        ("waivers: { expiring: soon }\n", "`soon` is not a number of days"),
    ] {
        fs::write(folder.join("readiness.yaml"), format!("{plain}{lines}")).unwrap();
        let answer = at(folder, "2026-02-18", &[]);
        assert_eq!(answer.code, 2, "{lines}");
        assert!(answer.err.contains(mistake), "{mistake}\n{}", answer.err);
    }
}

#[test]
fn what_is_renewed_is_counted_also_against_the_base() {
    let first = WAIVER.replace("2026-02-20", "2026-02-10");
    let second = WAIVER.replace("W-2026-001", "W-2026-002").replace("2026-02-01", "2026-02-11");
    let folder = project(&format!("{first}{second}"));
    only_house(folder.path());
    let folder = folder.path();
    let answer = at(folder, "2026-02-18", &["--emit", "json=base.json"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("expired 8 days ago, owner @alice; W-2026-002 goes on"), "{}", answer.out);
    assert!(words.contains("expires in 2 days, owner @alice, renewed once"), "{}", answer.out);
    fs::write(folder.join("waivers.yaml"), second.replace("2026-02-11", "2026-02-18").replace("2026-02-20", "2026-03-10")).unwrap();
    let answer = at(folder, "2026-02-18", &["--base-report", "base.json"]);
    assert!(answer.out.contains("renewed 2 times"), "{}", answer.out);
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = std::process::Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]).args(arguments);
    let output = git.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn an_approval_is_asserted_unless_the_code_owners_of_the_base_confirm_it() {
    let folder = project(WAIVER);
    only_house(folder.path());
    let folder = folder.path();
    fs::create_dir_all(folder.join(".github")).unwrap();
    let owned_by = |owner: &str| fs::write(folder.join(".github/CODEOWNERS"), format!("* @all\n/waivers.yaml {owner}\n")).unwrap();
    owned_by("@Bob");
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "base"]);
    let head = git(folder, &["rev-parse", "HEAD"]);
    let approval = |more: &[&str]| {
        let text = at(folder, "2026-02-18", &[&["--format", "markdown"], more].concat()).out;
        let start = text.find("approved by").unwrap();
        text[start..].lines().next().unwrap().split(" | ").next().unwrap().to_owned()
    };
    assert!(approval(&["--emit", "json=base.json"]).ends_with("as the file asserts"));
    let confirmed = approval(&["--base-report", "base.json"]);
    assert!(confirmed.contains("a code owner of it") && confirmed.contains(&head[..7]), "{confirmed}");
    // Who owns what is asked of the base, not of the change.
    owned_by("@mallory");
    assert_eq!(approval(&["--base-report", "base.json"]), confirmed);
    git(folder, &["commit", "-qam", "grab"]);
    at(folder, "2026-02-18", &["--emit", "json=base.json"]);
    assert!(approval(&["--base-report", "base.json"]).ends_with("as the file asserts"));
}

#[test]
fn a_scope_is_for_its_profile_and_environment() {
    let folder = project(&format!("{WAIVER}  scope: {{ profile: pr, env: staging }}\n"));
    only_house(folder.path());
    assert_eq!(at(folder.path(), "2026-02-18", &["--profile", "pr"]).code, 0);
    assert_eq!(at(folder.path(), "2026-02-18", &[]).code, 1);
}

#[test]
fn a_waiver_cannot_hide_a_missing_p0() {
    let waiver = WAIVER.replace("house/covered", "pr-gate/tests-pass");
    let folder = project(&waiver);
    fs::remove_dir_all(folder.path().join("rules/house")).unwrap();
    fs::remove_dir_all(folder.path().join("reports")).unwrap();
    let answer = support::check(folder.path(), &["--all"]);
    assert_eq!(answer.code, 3, "{}{}", answer.out, answer.err);
    let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("waiver W-2026-001 does not apply: a P0 rule without evidence cannot be waived"), "{}", answer.out);
}

#[test]
fn mistakes_end_with_two_and_name_their_places() {
    let wrong = WAIVER.replace("house/covered", "house/coverd").replace("ticket: OPS-42", "tiket: OPS-42");
    let folder = project(&wrong);
    let answer = support::check(folder.path(), &[]);
    assert_eq!(answer.code, 2, "{}{}", answer.out, answer.err);
    for part in [
        "waivers.yaml:3:9: there is no rule `house/coverd` - did you mean `house/covered`?",
        "waivers.yaml:2:3: a waiver has no `ticket`",
        "waivers.yaml:5:3: a waiver has no key `tiket` - did you mean `ticket`?",
    ] {
        assert!(answer.err.contains(part), "{part}\n{}", answer.err);
    }
    let bound = format!("{WAIVER}  bound: coverage.lien >= 80%\n");
    fs::write(folder.path().join("waivers.yaml"), bound).unwrap();
    let answer = support::check(folder.path(), &[]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("waivers.yaml:10:10"), "{}", answer.err);
}

#[test]
fn a_bundle_holds_the_waivers() {
    let folder = project(WAIVER);
    only_house(folder.path());
    let answer = readiness(folder.path(), &["bundle", "--now", "2026-02-18", "--out", "bundle"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert_eq!(fs::read_to_string(folder.path().join("bundle/rules/waivers.yaml")).unwrap(), WAIVER);
}
