//! Ways in which other gates open although nothing was shown, and ways that were tried on this one. None of them may exit 0.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, check, golden, junit, readiness};
use tempfile::TempDir;

/// Two shards of tests, a golden run, and one pack of the project's own.
struct Project(TempDir);

const CONFIGURATION: &str = "\
project: { id: small, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }
evidence:
  tests: { family: tests, path: \"reports/*.xml\", expect: 2 }
  golden: { family: golden, path: golden.jsonl }
packs: [rules/]
";

impl Project {
    fn new() -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        project.put("readiness.yaml", CONFIGURATION);
        project.put("rules/own/pack.yaml", "title: Own\nabout: What the project asks of itself.\n");
        project.rule("tests", "require: tests.failed == 0 && tests.total > 0");
        project.put("reports/unit.xml", &junit("unit", 5));
        project.put("reports/slow.xml", &junit("slow", 3));
        project.put("golden.jsonl", &golden(400));
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, text: &str) -> &Project {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn remove(&self, name: &str) -> &Project {
        fs::remove_file(self.path().join(name)).unwrap();
        self
    }

    /// A blocking rule of the project's own, from its telling lines.
    fn rule(&self, name: &str, lines: &str) -> &Project {
        self.put(&format!("rules/own/{name}.yaml"), &rule(lines))
    }

    /// The configuration with a part of it replaced.
    fn configure(&self, from: &str, to: &str) -> &Project {
        assert!(CONFIGURATION.contains(from), "{from}");
        self.put("readiness.yaml", &CONFIGURATION.replace(from, to))
    }

    fn check(&self) -> Answer {
        check(self.path(), &[])
    }

    /// The exit code is `code`, and one of the outputs says `text`.
    fn says(&self, code: i32, text: &str) {
        let answer = self.check();
        assert_eq!(answer.code, code, "{}{}", answer.out, answer.err);
        // The terminal's text is wrapped.
        let said = format!("{}{}", answer.out, answer.err).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(text), "no {text:?} in {}{}", answer.out, answer.err);
        assert!(code != 2 || answer.out.is_empty(), "nothing was judged, yet it printed {}", answer.out);
    }
}

fn rule(lines: &str) -> String {
    let severity = if lines.contains("severity:") { "" } else { "severity: P1\n" };
    format!(
        "question: Is it so?\n{severity}{lines}\nwhy: Because.\nfix: Mend it.\ncases:\n  - {{ given: {{}}, outcome: pass }}\n  \
         - {{ given: {{}}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n"
    )
}

#[test]
fn the_project_is_ready() {
    Project::new().says(0, "Ready");
}

/// One file counts once, by whatever name and however often it is found.
mod the_same_file_twice {
    use super::*;

    const TEN: &str = "require: tests.total >= 9 && tests.failed == 0";

    #[test]
    fn named_twice() {
        let project = Project::new();
        project
            .rule("tests", TEN)
            .configure("\"reports/*.xml\", expect: 2", "[reports/unit.xml, reports/unit.xml]")
            .says(1, "tests.total is 5");
    }

    #[test]
    fn found_by_two_patterns() {
        let project = Project::new();
        project.rule("tests", TEN).configure("\"reports/*.xml\", expect: 2", "[\"reports/*.xml\", \"reports/u*.xml\"], expect: 2");
        project.says(1, "tests.total is 8");
        project.remove("reports/slow.xml").says(3, "1 of 2 expected files");
    }

    #[cfg(unix)]
    #[test]
    fn through_a_link() {
        let project = Project::new();
        project.remove("reports/slow.xml");
        std::os::unix::fs::symlink("unit.xml", project.path().join("reports/slow.xml")).unwrap();
        project.says(3, "1 of 2 expected files");
    }

    #[test]
    fn as_a_copy_in_place_of_a_shard() {
        let project = Project::new();
        project.put("reports/slow.xml", &junit("unit", 5));
        project.says(3, "would count twice");
    }

    /// 0 of 400 does not show 0.5 %; the same 400 again show nothing more.
    #[test]
    fn in_two_entries() {
        let project = Project::new();
        project.rule("rate", "require: golden.hallucination_rate <= 0.5%\nconfidence: 95%").says(3, "198 more clean cases needed");
        for second in ["golden.jsonl", "copy.jsonl"] {
            project.put("copy.jsonl", &golden(400));
            project.configure("packs:", &format!("  again: {{ family: golden, path: {second} }}\npacks:"));
            project.says(3, "would count twice");
        }
    }

    #[test]
    fn on_the_command_line() {
        let project = Project::new();
        let ask = |files: &[&str]| readiness(project.path(), &[&["check"], files, &["--require", "tests.total >= 9"]].concat());
        assert_eq!(ask(&["reports/unit.xml", "reports/unit.xml"]).code, 3);
        assert_eq!(ask(&["reports/unit.xml", "reports/../reports/unit.xml"]).code, 3);
        assert_eq!(ask(&["reports/unit.xml", "reports/slow.xml"]).code, 1);
    }
}

/// What a pattern expects says so of every file.
#[test]
fn a_pattern_that_expects_nothing_in_particular_is_refused() {
    let project = Project::new();
    for expect in ["expect: []", "expect: 0", "expect: -1", "expect: two", "expect: ~", "map: x"] {
        project.configure("expect: 2", expect);
        assert_eq!(project.check().code, 2, "{expect}");
    }
    project.put("reports/a/junit.xml", &junit("a", 1)).put("reports/b/junit.xml", &junit("b", 1));
    project.configure("reports/*.xml\", expect: 2", "reports/*/junit.xml\", expect: [junit.xml]");
    project.says(3, "2 files were found for 1 expected names");
}

/// A section of the wrong shape is not an empty section.
#[test]
fn a_configuration_that_says_something_else_is_refused() {
    for (from, to, message) in [
        ("packs: [rules/]", "packs: []", "names no pack"),
        ("packs: [rules/]", "packs:", "`packs` has no value"),
        ("packs: [rules/]", "packs: [rules/, rules/]", "two packs called `own`"),
        ("packs: [rules/]", "packs: [rules/, nowhere/]", "readiness.yaml:5:17: no pack.yaml in nowhere/"),
        ("packs: [rules/]", "packs: [rules/, pr-gat]", "did you mean `pr-gate`?"),
        ("packs:", "profiles: [pr]\npacks:", "`profiles` must be a mapping"),
        ("packs:", "metrics: [x]\npacks:", "`metrics` must be a mapping"),
        ("packs:", "profiles: { x: { block_at: P0 } }\npacks:", "would let what a P1 rule finds through"),
        ("packs:", "profiles: { x: { gate: open } }\npacks:", "the gate `open` is not known"),
        ("packs:", "profiles: { x: }\npacks:", "a profile must be a mapping"),
        ("packs:", "metrics: { telemetry.families: { kind: count, about: x } }\npacks:", "`telemetry.families` exists already"),
        ("family: tests", "family: \"\"", "unknown family ``"),
        ("id: small", "id: \"\"", "`` cannot be an id"),
        ("id: small", "id: ../up", "cannot be an id"),
        ("golden.jsonl", "[]", "an evidence entry needs a path"),
        ("golden.jsonl", "\"\"", "an evidence entry needs a path"),
        ("packs:", "waved: [x]\npacks:", "the configuration has no key `waved`"),
    ] {
        let project = Project::new();
        project.configure(from, to).says(2, message);
    }
    let project = Project::new();
    project.put("readiness.yaml", "project: { id: p }\nevidence: [tests]\npacks: [rules/]\n").says(2, "`evidence` must be a mapping");
}

/// A rule that lies where nobody reads it is not a rule that holds.
mod a_rule_out_of_sight {
    use super::*;

    #[test]
    fn is_named() {
        for name in ["rules/own/hard.yml", "rules/own/hard.YAML", "rules/own/more/hard.yaml", "rules/hard.yaml", "rules/more/hard.yaml"] {
            let project = Project::new();
            project.put(name, &rule("require: tests.total > 1000")).says(2, "no pack reads this file");
        }
    }

    #[test]
    fn is_not_hidden_by_a_pack_above_it() {
        let project = Project::new();
        project.put("rules/pack.yaml", "title: T\nabout: A.\n").put("rules/soft.yaml", &rule("require: tests.total > 1"));
        project.says(2, "rules/own/tests.yaml:1:1: no pack reads this file");
    }

    #[cfg(unix)]
    #[test]
    fn is_not_lost_with_the_end_of_a_link() {
        let project = Project::new();
        std::os::unix::fs::symlink("/nowhere/hard.yaml", project.path().join("rules/own/hard.yaml")).unwrap();
        project.says(2, "rules/own/hard.yaml:1:1:");
    }

    #[test]
    fn is_not_cut_off_by_a_comment() {
        let cut = "require: tests.failed == 0 # && tests.total > 1000\n";
        for text in [rule(cut), rule(cut).replace('\n', "\r\n"), rule(cut).replace('\n', "\r"), format!("\u{feff}{cut}{}", rule(""))] {
            let project = Project::new();
            project.put("rules/own/tests.yaml", &text).says(2, "a `#` ends the value of `require`");
        }
    }

    #[test]
    fn is_not_lost_in_another_encoding() {
        let project = Project::new();
        let utf16: Vec<u8> =
            [0xFEFF].into_iter().chain(rule("require: tests.total > 1000").encode_utf16()).flat_map(u16::to_le_bytes).collect();
        fs::write(project.path().join("rules/own/hard.yaml"), utf16).unwrap();
        project.says(2, "rules/own/hard.yaml:1:1: this is text in UTF-16; save it as UTF-8");
    }
}

/// A diagnostic quotes what it complains of, and commands nobody.
#[test]
fn diagnostics_are_harmless() {
    let project = Project::new();
    project
        .put("rules/own/a.yaml", &rule("\"::error::x\\n::error::y\\e[31m\\u202E##[add-mask]a\": 1\nrequire: \"tests.failed => '\\e[2J'\""));
    let answer = project.check();
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("has no key"), "{}", answer.err);
    assert!(!answer.err.contains(['\u{1b}', '\u{202e}']), "{:?}", answer.err);
    assert!(!answer.err.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##[")), "{:?}", answer.err);
}

/// So do the verbs that show rules and files.
#[test]
fn what_is_shown_is_harmless() {
    let hostile = "::error::x\\n::error::y \\e[31m\\u202E ##[add-mask]a";
    let project = Project::new();
    let texts = format!(
        "question: \"{hostile}\"\nowner: \"{hostile}\"\nseverity: P1\nrequire: tests.total > 100\nwhy: \"{hostile}\"\nfix: \"{hostile}\""
    );
    let cases = rule("").split_once("cases:").unwrap().1.to_owned();
    project.put("rules/own/tests.yaml", &format!("{texts}\ncases:{cases}"));
    project.put("rules/own/pack.yaml", &format!("title: \"{hostile}\"\nabout: \"{hostile}\"\n"));
    project.configure("id: small", &format!("id: small, name: \"{hostile}\", version: \"{hostile}\""));
    project.configure("commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d", &format!("name: \"{hostile}\", commit: \"{hostile}\""));
    project.put("::error::z.xml", &junit("::error::x&#10;::error::y", 2));
    for arguments in [
        &["check", "--now", support::NOW][..],
        &["check", "--now", support::NOW, "--all"],
        &["explain", "own/tests"],
        &["rules", "list", "rules"],
        &["doctor"],
        &["inspect", "::error::z.xml"],
        &["check", "::error::z.xml", "--require", "tests.total > 100"],
    ] {
        let Answer { out, err, .. } = readiness(project.path(), arguments);
        assert!(!out.is_empty(), "{arguments:?} {err}");
        for text in [out, err] {
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{arguments:?} {text:?}");
            assert!(!text.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##[")), "{arguments:?} {text:?}");
        }
    }
}

/// A site holds pages and reports below its own folder, whatever a stored report or a list of pages says.
#[test]
fn a_site_writes_nowhere_else() {
    let project = Project::new();
    let path = project.path();
    let out = path.join("a/b/out");
    let site = |text: &str| {
        project.put("site.yaml", text);
        readiness(path, &["site", "--config", "site.yaml", "--out", out.to_str().unwrap(), "--now", support::NOW])
    };
    let stored = check(path, &["--format", "json"]).out;
    for id in ["../../escaped", "..", "/escaped", "", "a/b"] {
        project.put("stored.json", &stored.replacen("\"id\": \"small\"", &format!("\"id\": \"{id}\""), 1));
        let answer = site("title: T\nsystems: [stored.json]\n");
        assert_eq!(answer.code, 2, "{id}: {}", answer.err);
    }
    project.put("a/page.md", "# Page\n");
    for page in ["../page.md", "/page.md", "a/../../page.md"] {
        let answer = site(&format!("title: T\nsystems: []\npages: [{page}]\n"));
        assert!(answer.code == 2 && answer.err.contains("would be written outside the site"), "{page}: {}", answer.err);
    }
    assert_eq!(site("title: T\nsystems: x\n").code, 2);
    assert_eq!(fs::read_dir(path).unwrap().filter(|entry| entry.as_ref().unwrap().file_name() == "escaped").count(), 0);
}

/// Evidence that is gone is worse than evidence of failure, also for a gate that asks only for what is new.
#[test]
fn a_gate_for_what_is_new_is_not_opened_by_removing_a_file() {
    let project = Project::new();
    project.configure("packs:", "profiles: { pr: { gate: new } }\npacks:");
    project.put("reports/unit.xml", &junit("unit", 5).replace("name=\"test_0\" time=\"0.01\"/>", "name=\"test_0\"><failure/></testcase>"));
    assert_eq!(readiness(project.path(), &["baseline", "--now", support::NOW]).code, 0);
    let pull_request = || check(project.path(), &["--profile", "pr"]);
    assert_eq!(pull_request().code, 0, "{}", pull_request().out);
    project.remove("reports/unit.xml");
    assert_eq!(pull_request().code, 3, "{}", pull_request().out);
}

#[test]
fn all_mistakes_of_all_files_are_told_at_once() {
    let project = Project::new();
    project.configure("family: golden", "family: goldne");
    project
        .rule("a", "require: tests.totl > 0")
        .rule("b", "require: coverage.line >= 80")
        .rule("c", "require: tests.failed => 0\nweigth: 2");
    let answer = project.check();
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    for message in [
        "readiness.yaml:4:21: unknown family `goldne` - did you mean `golden`?",
        "rules/own/a.yaml:3:10: unknown metric `tests.totl` - did you mean `tests.total`?",
        "rules/own/b.yaml:3:27: cannot compare a ratio with a plain number - did you mean `80%`?",
        "rules/own/c.yaml:3:23: `=>` is not an operator - did you mean `>=`?",
        "rules/own/c.yaml:4:1: a rule has no key `weigth` - did you mean `weight`?",
        "5 mistakes found; nothing was judged",
    ] {
        assert!(answer.err.contains(message), "no {message:?} in {}", answer.err);
    }
}

/// `--require` needs something to look at, and does not pretend to know a profile.
#[test]
fn a_requirement_without_evidence_is_refused() {
    let project = Project::new();
    let ask = |arguments: &[&str]| readiness(project.path(), &[&["check"], arguments].concat()).code;
    assert_eq!(ask(&["--require", "true"]), 2);
    assert_eq!(ask(&["--require", "tests.failed == 0"]), 2);
    assert_eq!(ask(&["reports/unit.xml", "--require", "tests.failed == 0", "--profile", "release"]), 2);
    assert_eq!(ask(&["reports/unit.xml", "--require", "tests.failed == 0", "--config", "readiness.yaml"]), 2);
    assert_eq!(ask(&["reports/unit.xml"]), 2);
    assert_eq!(ask(&["reports/unit.xml", "--require", "tests.failed == 0"]), 0);
}

#[test]
fn a_confidence_worth_nothing_is_refused() {
    let project = Project::new();
    for confidence in ["0%", "0.00001%", "1%", "49.9%", "100%", "150%", "-5%", "95", "0.95", "~"] {
        project.rule("rate", &format!("require: golden.hallucination_rate <= 50%\nconfidence: {confidence}"));
        assert_eq!(project.check().code, 2, "{confidence}");
    }
    project.rule("rate", "require: golden.hallucination_rate <= 50%\nconfidence: 99.9%").says(0, "Ready");
}

/// Every row of the table of gates that opened when they should not have, with the opposite outcome.
mod what_opened_elsewhere {
    use super::*;
    use std::fmt::Write as _;

    /// A Cobertura report of one file.
    fn coverage(covered: usize, lines: usize) -> String {
        let mut text =
            format!("<?xml version=\"1.0\" ?>\n<coverage timestamp=\"1771369200000\" lines-valid=\"{lines}\" lines-covered=\"{covered}\">");
        text.push_str("<packages><package name=\"app\"><classes><class name=\"a\" filename=\"app/a.py\"><methods/><lines>");
        for n in 0..lines {
            let _ = write!(text, "<line number=\"{}\" hits=\"{}\"/>", n + 1, u8::from(n < covered));
        }
        text.push_str("</lines></class></classes></package></packages></coverage>\n");
        text
    }

    fn with_coverage(report: &str) -> Project {
        let project = Project::new();
        project.put("coverage.xml", report).configure("packs:", "  coverage: { family: coverage, path: coverage.xml }\npacks:");
        project
    }

    #[test]
    fn a_cut_coverage_report_half_bad_answers_and_a_failed_test() {
        let whole = coverage(90, 100);
        let project = with_coverage(&whole[..whole.len() / 2]);
        project
            .put("reports/unit.xml", &junit("unit", 5).replace("name=\"test_0\" time=\"0.01\"/>", "name=\"test_0\"><failure/></testcase>"));
        project.put("golden.jsonl", &golden(400).replacen("\"verdict\":\"supported\"", "\"verdict\":\"contradicted\"", 196));
        let text = fs::read_to_string(project.path().join("readiness.yaml")).unwrap();
        project.put("readiness.yaml", &text.replace("[rules/]", "[pr-gate, ai-claims]"));
        project.says(1, "NO EVIDENCE pr-gate/coverage-line");
        project.says(1, "FAIL pr-gate/tests-pass");
        project.says(1, "FAIL ai-claims/hallucination-rate");
    }

    #[test]
    fn a_misspelt_threshold() {
        for (text, advice) in [
            ("coverage.lien >= 100%", "did you mean `coverage.line`?"),
            ("tests.totl >= 9999", "did you mean `tests.total`?"),
            ("!(coverage.lines.rat < 80%)", "unknown metric `coverage.lines.rat`"),
        ] {
            let project = Project::new();
            project.rule("tests", &format!("require: \"{text}\"")).says(2, advice);
        }
    }

    #[test]
    fn a_limit_of_zero() {
        let project = Project::new();
        project.rule("tests", "require: tests.failed <= 0");
        project
            .put("reports/unit.xml", &junit("unit", 5).replace("name=\"test_0\" time=\"0.01\"/>", "name=\"test_0\"><failure/></testcase>"));
        project.says(1, "tests.failed is 1, required at most 0");
    }

    #[test]
    fn no_threshold_at_all() {
        let project = Project::new();
        project.remove("rules/own/tests.yaml").says(2, "the pack `own` has no rule");
        assert_eq!(readiness(project.path(), &["check", "reports/unit.xml"]).code, 2);
    }

    #[test]
    fn a_text_that_is_greater_than_a_number() {
        for text in ["golden.mode > 0.8", "\"x\" > 0.8", "golden.mode >= \"live\""] {
            let project = Project::new();
            project.rule("tests", &format!("require: '{text}'"));
            assert_eq!(project.check().code, 2, "{text}");
        }
    }

    #[test]
    fn an_error_that_an_or_or_a_not_swallows() {
        for text in ["coverage.line >= 80% || true", "!(coverage.line < 80%)", "tests.failed == 0 || coverage.line >= 80%"] {
            let project = Project::new();
            project.rule("tests", &format!("require: \"{text}\"")).says(3, "no coverage evidence is configured");
        }
    }

    #[test]
    fn an_empty_folder_of_results() {
        let project = Project::new();
        project.remove("reports/unit.xml").remove("reports/slow.xml").says(3, "reports/*.xml finds no file");
        let project = Project::new();
        project.put("reports/slow.xml", "<testsuites/>\n");
        assert_eq!(project.check().code, 3);
        project.put("reports/slow.xml", &junit("slow", 0));
        assert_eq!(project.check().code, 3);
    }

    #[test]
    fn something_passed_and_something_did_not_run() {
        let project = Project::new();
        project.rule("coverage", "require: coverage.line >= 80%").says(3, "no coverage evidence is configured");
        let project = Project::new();
        project.rule("bench", "require: benchmark.regressed == 0").says(3, "no benchmark evidence is configured");
    }

    #[test]
    fn a_metric_that_the_report_does_not_have() {
        let project = with_coverage(&coverage(100, 100));
        project.rule("tests", "require: coverage.line >= 80%").says(0, "Ready");
        for require in ["coverage.branch >= 0%", "coverage.line >= 80% && coverage.branch >= 80%", "!(coverage.branch < 80%)"] {
            project.rule("tests", &format!("require: \"{require}\""));
            assert_eq!(project.check().code, 3, "{require}");
        }
    }

    #[test]
    fn every_failure_is_told_and_not_only_the_first() {
        let project = with_coverage(&coverage(1, 100));
        for n in 1..=9 {
            project.rule(&format!("rule-{n}"), &format!("require: coverage.line >= {n}0%"));
        }
        for n in 1..=9 {
            project.says(1, &format!("own/rule-{n}"));
        }
    }

    #[test]
    fn a_waiver_that_has_expired() {
        let project = with_coverage(&coverage(50, 100));
        project.rule("coverage", "require: coverage.line >= 80%").says(1, "FAIL own/coverage");
        let waiver = |last: &str| {
            format!(
                "- {{ id: W, rule: own/coverage, reason: r, ticket: t, owner: a, approved_by: b, granted: 2026-01-01, expires: {last} }}\n"
            )
        };
        // The judgement is of the first moment of 2026-02-18.
        project.put("waivers.yaml", &waiver("2026-02-18")).says(0, "EXPIRING");
        project.put("waivers.yaml", &waiver("2026-02-17")).says(1, "waiver W expired 1 day ago");
    }

    #[test]
    fn a_share_that_rounds_to_the_limit() {
        let project = with_coverage(&coverage(22_497, 25_000));
        project
            .rule("coverage", "require: coverage.line >= 90%")
            .says(1, "89.98 % (22,497 of 25,000), required at least 90 %: 3 lines short");
    }
}

/// `has`, `or_else` and `when` ask whether something is said, not whether it is well.
mod evidence_that_is_gone {
    use super::*;

    const LENIENT: [&str; 4] =
        ["or_else(tests.failed, 0) == 0", "has(tests.failed) || true", "!has(tests.failed)", "!has(tests.failed) || tests.failed == 0"];

    #[test]
    fn is_not_absent() {
        for text in LENIENT {
            let lenient = || {
                let project = Project::new();
                project.rule("tests", &format!("require: \"{text}\"")).rule("golden", "require: golden.cases > 0");
                project
            };
            lenient().remove("reports/slow.xml").says(3, "1 of 2 expected files");
            let cut = lenient();
            cut.put("reports/slow.xml", &junit("slow", 3)[..150]);
            assert_eq!(cut.check().code, 3, "{text}");
            let absent = lenient();
            absent.configure("tests: { family: tests, path: \"reports/*.xml\", expect: 2 }", "");
            assert_eq!(absent.check().code, 3, "{text}");
        }
    }

    #[test]
    fn does_not_switch_a_rule_off() {
        let project = Project::new();
        project.rule("golden", "when: has(golden.cases)\nrequire: golden.cases > 1000").says(1, "golden.cases is 400");
        project.remove("golden.jsonl").says(3, "golden.jsonl is not there");
    }

    #[test]
    fn a_rule_that_looks_at_nothing_is_refused() {
        for text in ["true", "!(false)", "1 < 2", "\\\"a\\\" == \\\"a\\\"", "80% <= 90%"] {
            let project = Project::new();
            project.rule("tests", &format!("require: \"{text}\"")).says(2, "the expression looks at no evidence");
        }
    }
}

/// A name that nobody checks is a rule that never bites.
#[test]
fn every_name_is_checked() {
    for (lines, message) in [
        ("require: or_else(tests.failed{source=\"test\"}, 0) == 0", "there is no tests entry `test` - did you mean `tests`?"),
        ("when: has(golden.cases{source=\"x\"})\nrequire: tests.failed == 0", "there is no golden entry `x`"),
        ("require: or_else(telemetry.up{pod=\"a\"}, 1) == 1", "`telemetry.up` has no label `pod`"),
        ("require: all(tests.case, outcome != \"faild\")", "did you mean `failed`?"),
        ("require: tests.failed == 0\nmin_n: 5", "`min_n` has nothing to act on"),
        ("require: tests.failed == 0\nconfidence: 95%", "`confidence` has nothing to act on"),
        ("require: deleted < 5\ncollect: { sql: adit, query: SELECT 1, outputs: { deleted: count } }", "there is no audit entry `adit`"),
        ("attest: { by: alice }", "`attest` has no `every`"),
        ("attest: { every: 30d }", "`attest` has no `by`"),
    ] {
        let project = Project::new();
        project.configure("packs:", "metrics: { telemetry.up: { kind: count, sample: up, about: x } }\npacks:");
        project.rule("tests", lines).says(2, message);
    }
}

/// Two entries that say different things are not averaged into a good one.
#[test]
fn entries_that_disagree_do_not_make_each_other_good() {
    let two = |kind: &str, one: &str, other: &str, require: &str| {
        let project = Project::new();
        for (name, value) in [("a", one), ("b", other)] {
            project.put(&format!("{name}.prom"), &format!("# TYPE app_x gauge\napp_x {value} 1771369200000\n"));
        }
        project.configure(
            "packs:",
            &format!(
                "  a: {{ family: telemetry, path: a.prom }}\n  b: {{ family: telemetry, path: b.prom }}\n\
                 metrics: {{ telemetry.x: {{ kind: {kind}, sample: app_x, about: x }} }}\npacks:"
            ),
        );
        project.rule("x", &format!("require: {require}"));
        project
    };
    // 1 of 1,000 and 1 of 2 are not 2 of 1,002.
    two("ratio", "0.001", "0.5", "telemetry.x <= 1%").says(3, "a and b disagree about telemetry.x");
    two("number", "99.9", "12", "telemetry.x >= 99").says(3, "disagree");
    two("flag", "1", "0", "telemetry.x == false").says(3, "disagree");
    two("duration", "0.1", "0.3", "telemetry.x <= 200ms").says(3, "disagree");
    two("ratio", "0.001", "0.5", "telemetry.x{source=\"b\"} <= 1%").says(1, "50 %");
    two("number", "99.90", "99.9", "telemetry.x >= 99").says(0, "Ready");
    two("count", "1", "2", "telemetry.x == 3").says(0, "Ready");
}

/// A query over one of two logs says nothing of the other.
#[test]
fn a_query_names_the_log_it_asks() {
    let project = Project::new();
    support::audit(&project.path().join("a.db"), 3);
    support::audit(&project.path().join("b.db"), 40);
    let entries = "  a: { family: audit, path: a.db, map: retention-audit-log }\n  b: { family: audit, path: b.db, map: retention-audit-log }\npacks:";
    project.configure("packs:", entries);
    let rows = |sql: &str| {
        format!(
            "collect: {{ sql: {sql}, query: SELECT count(*) AS n FROM retention_audit_log, outputs: {{ n: count }} }}\nrequire: n >= 20"
        )
    };
    project.rule("rows", &rows("audit")).says(3, "there are several audit entries, a and b: `sql` must name one");
    project.rule("rows", &rows("a")).says(1, "n is 6");
    project.rule("rows", &rows("b")).says(0, "Ready");
}

/// A profile that no rule is for, a date that has not come and rows that are left out prove nothing.
#[test]
fn nothing_that_applies_is_nothing_shown() {
    for lines in [
        "require: tests.failed == 0\nwhen: profile == \"release\"",
        "require: tests.failed == 0\neffective_from: 2999-01-01",
        "for_each: tests.case\nwhere: name == \"nobody\"\nrequire: outcome == \"passed\"",
        "severity: P2\nrequire: tests.failed == 0",
    ] {
        let project = Project::new();
        project.rule("tests", lines);
        assert_eq!(project.check().code, 3, "{lines}");
    }
    let project = Project::new();
    project
        .rule("tests", "for_each: audit.finding\nempty: 0\nrequire: code == \"AUD-TS-FORMAT\"")
        .says(3, "no audit evidence is configured");
}
