//! Rules that get another name, that are on their way out, or that are gone: whoever wrote the old name down meant something.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, readiness};

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
const WORD: &str = "question: Was it tried?\nseverity: P1\nattest: { by: alice, every: 90d }\nwhy: w\nfix: f\n";

/// A project whose only pack has a rule that fails, one that passes, and one that a person attests.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    fs::remove_dir_all(folder.path().join("rules")).unwrap();
    fs::create_dir_all(folder.path().join("rules/house")).unwrap();
    put(folder.path(), "pack", "title: House\nabout: What we ask of ourselves.\n");
    put(folder.path(), "covered", RULE);
    put(folder.path(), "half", &RULE.replace("95%", "50%").replace("95/100", "50/100").replace("94/100", "49/100"));
    put(folder.path(), "tried", WORD);
    let text = "project: { id: ready, name: Ready, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }\n\
                evidence:\n  coverage: { family: coverage, path: coverage.xml }\npacks: [rules/]\n\
                profiles: { pr: { gate: new } }\n";
    fs::write(folder.path().join("readiness.yaml"), text).unwrap();
    folder
}

fn put(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(format!("rules/house/{name}.yaml")), text).unwrap();
}

/// Gives a rule another name.
fn rename(folder: &Path, old: &str, new: &str) {
    let path = folder.join(format!("rules/house/{old}.yaml"));
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    put(folder, new, &format!("{text}renamed_from: house/{old}\n"));
}

fn say(folder: &Path, rule: &str) -> Answer {
    readiness(folder, &["attest", rule, "--by", "@alice", "--until", "2026-03-31", "--note", "seen", "--now", support::NOW])
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_rename_makes_nothing_new_and_nothing_lost() {
    let folder = project();
    let folder = folder.path();
    assert_eq!(say(folder, "house/tried").code, 0);
    assert_eq!(support::check(folder, &["--out", "base"]).code, 1);
    assert_eq!(readiness(folder, &["baseline", "--now", support::NOW]).code, 0);
    rename(folder, "covered", "well-covered");
    rename(folder, "tried", "tried-out");
    for base in [&["--profile", "pr", "--base-report", "base/report.json"][..], &["--profile", "pr"]] {
        let answer = support::check(folder, base);
        assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
        assert!(words(&answer.out).contains("0 new, 0 worse, 1 inherited, 0 fixed"), "{}", answer.out);
    }
    // The recorded baseline keeps what it had, by its new name.
    let answer = readiness(folder, &["baseline", "--now", support::NOW]);
    assert!(answer.out.contains("0 mended since, 1 left\n"), "{}{}", answer.out, answer.err);
    assert!(fs::read_to_string(folder.join("readiness.baseline.json")).unwrap().contains("house/well-covered"));
    // Without the old name in the rule, it is another rule.
    put(folder, "well-covered", RULE);
    let strange = support::check(folder, &["--profile", "pr", "--base-report", "base/report.json"]);
    assert_eq!(strange.code, 1, "{}", strange.out);
}

#[test]
fn a_waiver_does_not_lapse_by_a_rename() {
    let folder = project();
    let folder = folder.path();
    fs::remove_file(folder.join("rules/house/tried.yaml")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&support::check(folder, &["--format", "json"]).out).unwrap();
    let print = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "house/covered").unwrap()["fingerprint"].clone();
    let waiver = "- id: W-1\n  rule: house/covered\n  reason: r\n  ticket: T-1\n  owner: a\n  approved_by: b\n  granted: 2026-02-01\n  expires: 2026-02-20\n";
    rename(folder, "covered", "well-covered");
    for scope in [String::new(), format!("  scope: {{ fingerprint: {} }}\n", print.as_str().unwrap())] {
        fs::write(folder.join("waivers.yaml"), format!("{waiver}{scope}")).unwrap();
        let answer = support::check(folder, &[]);
        assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
        assert!(words(&answer.out).contains("the file says `house/covered`, which is what the rule was called"), "{}", answer.out);
    }
    fs::write(folder.join("waivers.yaml"), waiver.replace("house/covered", "nightly-bench/enough-history")).unwrap();
    let gone = support::check(folder, &[]);
    assert_eq!(gone.code, 2);
    assert!(
        gone.err.contains("`nightly-bench/enough-history` was removed in 0.1.0") && gone.err.contains("use `nightly-bench/no-regression`"),
        "{}",
        gone.err
    );
}

#[test]
fn an_old_name_is_followed_with_a_note() {
    let folder = project();
    let folder = folder.path();
    assert_eq!(say(folder, "house/tried").code, 0);
    rename(folder, "tried", "tried-out");
    let report = support::check(folder, &["--all"]);
    let told = words(&report.out);
    assert!(told.contains("PASS house/tried-out") && told.contains("`house/tried` is called `house/tried-out` now"), "{}", report.out);
    let explained = readiness(folder, &["explain", "house/tried", "--now", support::NOW]);
    assert_eq!(explained.code, 0, "{}", explained.err);
    assert!(explained.err.contains("`house/tried` is called `house/tried-out` now"), "{}", explained.err);
    assert!(
        explained.out.starts_with("house/tried-out\n") && explained.out.contains("Called before\n  house/tried\n"),
        "{}",
        explained.out
    );
    let again = say(folder, "house/tried");
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(
        again.err.contains("is called `house/tried-out` now") && again.out.contains("attests house/tried-out"),
        "{}{}",
        again.out,
        again.err
    );
    assert!(fs::read_to_string(folder.join("attestations.yaml")).unwrap().contains("- rule: house/tried-out\n"));
    for verb in [
        &["explain", "nightly-bench/enough-history"][..],
        &["attest", "nightly-bench/enough-history", "--by", "a", "--until", "2026-03-31", "--note", "n"],
    ] {
        let gone = readiness(folder, verb);
        assert_eq!(gone.code, 2);
        assert!(gone.err.contains("was removed in 0.1.0"), "{}", gone.err);
    }
}

#[test]
fn a_layer_does_not_come_off_by_a_rename() {
    let folder = project();
    let folder = folder.path();
    fs::remove_file(folder.join("rules/house/tried.yaml")).unwrap();
    fs::remove_file(folder.join("rules/house/covered.yaml")).unwrap();
    fs::create_dir_all(folder.join("rules/ours")).unwrap();
    fs::write(folder.join("rules/ours/pack.yaml"), "title: Ours\nabout: More.\nextends: [house]\n").unwrap();
    fs::write(folder.join("rules/ours/half.yaml"), "overrides: house/half\nrequire: coverage.line >= 95%\n").unwrap();
    assert_eq!(support::check(folder, &[]).code, 1);
    rename(folder, "half", "most");
    let answer = support::check(folder, &[]);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    let told = "rules/ours/half.yaml:1 overrides it as `house/half`, which is what it was called";
    assert!(words(&answer.out).contains(told), "{}", answer.out);
    let explained = readiness(folder, &["explain", "house/most", "--now", support::NOW]);
    assert!(explained.out.contains(told) && explained.out.contains("coverage.line >= 95%"), "{}{}", explained.out, explained.err);
    fs::write(folder.join("rules/ours/half.yaml"), "overrides: house/whole\n").unwrap();
    let unknown = support::check(folder, &[]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("there is no rule `house/whole` to override"), "{}", unknown.err);
}

#[test]
fn a_deprecated_rule_says_so_and_still_judges() {
    let folder = project();
    let folder = folder.path();
    put(folder, "covered", &format!("{RULE}deprecated: {{ since: 0.3.0, use: house/half, why: It asks too much. }}\n"));
    let answer = support::check(folder, &[]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    let told = "the rule is deprecated since 0.3.0: It asks too much; use `house/half`";
    assert!(words(&answer.out).contains(told), "{}", answer.out);
    for format in ["markdown", "json", "github"] {
        let shown = support::check(folder, &["--format", format]).out;
        assert!(shown.contains("deprecated since 0.3.0"), "{format}\n{shown}");
    }
    assert!(readiness(folder, &["explain", "house/covered", "--now", support::NOW]).out.contains(told));
    assert!(readiness(folder, &["rules", "list", "rules"]).out.contains("is deprecated since 0.3.0"), "the list says so");
}

#[test]
fn names_that_clash_and_circles_are_mistakes() {
    for (file, more, told) in [
        ("covered", "renamed_from: house/half\n", "`house/half` is a rule of its own, at "),
        ("covered", "renamed_from: house/covered\n", "`house/covered` is what the rule is called now"),
        ("covered", "renamed_from: [house/x, house/x]\n", "`house/x` is an old name of `house/covered` already"),
        ("covered", "renamed_from: x\n", "`x` was never the id of a rule: it is written `pack/name`"),
        (
            "covered",
            "deprecated: { since: 1, use: house/haf, why: w }\n",
            "there is no rule `house/haf` to use instead - did you mean `house/half`?",
        ),
        ("covered", "deprecated: { since: 1, use: house/covered, why: w }\n", "`house/covered` is used instead of itself in the end"),
        ("covered", "deprecated: { since: 1, why: ' ' }\n", "`why` is empty"),
        ("covered", "deprecated: { why: w }\n", "`deprecated` has no `since`"),
    ] {
        let folder = project();
        put(folder.path(), file, &format!("{RULE}{more}"));
        let answer = support::check(folder.path(), &[]);
        assert_eq!(answer.code, 2, "{told}\n{}", answer.out);
        assert!(answer.err.contains(told), "{told}\n{}", answer.err);
    }
    let folder = project();
    let folder = folder.path();
    put(folder, "covered", &format!("{RULE}renamed_from: house/x\ndeprecated: {{ since: 1, use: house/y, why: w }}\n"));
    put(folder, "other", &format!("{RULE}renamed_from: house/y\ndeprecated: {{ since: 1, use: house/x, why: w }}\n"));
    let circle = support::check(folder, &[]);
    assert_eq!(circle.code, 2);
    assert!(circle.err.contains("`house/covered` is used instead of itself in the end"), "{}", circle.err);
    assert!(circle.err.contains("`house/other` is used instead of itself in the end"), "{}", circle.err);
    put(folder, "other", &format!("{RULE}renamed_from: house/x\n"));
    put(folder, "covered", &format!("{RULE}renamed_from: house/x\n"));
    assert!(support::check(folder, &[]).err.contains("`house/x` is an old name of"), "two rules cannot have had one name");
}
