#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::render::sample;

fn shown(report: &Report) -> String {
    render(report, Style { width: 100, color: true, all: true }).unwrap()
}

/// The commands a runner would take from these lines: what stands between `stop-commands` and its token is none.
///
/// Source: actions/runner, `ActionCommandManager.cs`, `TryProcessCommand`.
fn commands(text: &str) -> Vec<String> {
    let mut stopped: Option<String> = None;
    let mut found = Vec::new();
    for line in text.split(['\n', '\r']) {
        assert!(!line.contains("##["), "{line}");
        let Some((command, data)) = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::")) else { continue };
        match &stopped {
            Some(token) if command.eq_ignore_ascii_case(token) => stopped = None,
            Some(token) => panic!("a command where none may be (token {token}): {line}"),
            None if command == "stop-commands" => stopped = Some(data.to_owned()),
            None => found.push(line.to_owned()),
        }
    }
    assert_eq!(stopped, None);
    found
}

#[test]
fn annotates_what_is_wrong_and_logs_the_rest() {
    let text = shown(&sample::report());
    let found = commands(&text);
    assert_eq!(
        found,
        [
            "::error file=junit.xml,line=12,title=fail pr-gate/tests-pass::113 of 114 tests pass, all must: test_citation_coverage_legal failed \
             (junit.xml) (1 test short)%0AFix: Fix the test or the code; a skipped test also counts as not passed.",
            "::error file=junit.xml,line=12,title=unproven ai-claims/hallucination-rate::0 of 76 answers are hallucinated, which shows at most \
             3.87 %25, not 0.5 %25 (golden.jsonl) (522 more clean cases needed)%0AFix: Fix the test or the code; a skipped test also counts as \
             not passed.",
            "::error file=junit.xml,line=12,title=no evidence ai-claims/category-floor[LEGAL]::the golden set ran in mode `mock`, the rule asks \
             for `live`%0AIf this evidence counted: 0 of 16 shows at most 17.07 %25 (unproven)%0AFix: Fix the test or the code; a skipped test \
             also counts as not passed.",
            "::warning file=junit.xml,line=12,title=fail pr-gate/flaky::113 of 114 tests pass, all must: test_citation_coverage_legal failed \
             (junit.xml) (1 test short)%0AFix: Fix the test or the code; a skipped test also counts as not passed.",
        ]
    );
    assert!(text.contains("\nNot ready; the gate is closed (exit code 1)."));
    assert_eq!(text, shown(&sample::report()));
}

#[test]
fn at_most_ten_of_a_level_and_says_how_many_more() {
    let many = |severity| (0..15).map(move |i| sample::finding(&format!("p/rule-{i}"), severity, Outcome::Fail));
    let report = sample::over(many(Severity::P1).chain(many(Severity::P2)).chain(many(Severity::P3)).collect());
    let found = commands(&shown(&report));
    for level in ["::error ", "::warning ", "::notice "] {
        assert_eq!(found.iter().filter(|line| line.starts_with(level)).count(), 10, "{level}");
    }
    assert!(found[0].starts_with("::error "));
    assert_eq!(found.last().unwrap(), "::notice title=readiness::16 more in the report");
}

#[test]
fn hostile_text_makes_no_command() {
    let found = commands(&shown(&sample::hostile()));
    assert_eq!(found.len(), 7, "{found:#?}");
    for line in found {
        assert!(line.starts_with("::error file=") || line.starts_with("::notice file="), "{line}");
        assert!(!line.contains(['\u{1b}', '\u{202e}']), "{line}");
    }
}

#[test]
fn a_closed_gate_without_a_finding_is_an_error() {
    let found = commands(&shown(&sample::over(Vec::new())));
    assert_eq!(found, ["::error title=readiness::No blocking rule applied, so nothing is proven."]);
}

#[test]
fn the_token_is_never_in_the_text() {
    let report = sample::report();
    let first = token(&report, "").unwrap();
    let second = token(&report, &first.to_uppercase()).unwrap();
    assert_ne!(first, second);
}

#[test]
fn only_files_of_the_repository_are_named() {
    for path in ["/etc/passwd", "../x", "a/../../x", "postgres://db/x", ""] {
        let mut finding = sample::finding("a/b", Severity::P0, Outcome::Fail);
        path.clone_into(&mut finding.sources[0].path);
        assert!(annotation(&sample::report(), "error", &finding).starts_with("::error title="), "{path}");
    }
}

#[test]
fn new_lines_that_did_not_run_are_annotated_in_their_file() {
    use crate::metric::Value;
    let mut report = sample::report();
    let row = |path: &str, lines: &str, n| {
        Record::new("path", path)
            .with("state", Value::text("measured"))
            .with("uncovered", Value::Count(n))
            .with("lines", Value::text(lines))
    };
    report.evidence[0].push("coverage.change", row("src/a,b%.py", "12-18, 40", 8));
    report.evidence[0].push("coverage.change", row("../../etc/passwd", "1", 1));
    let text = annotations(&report);
    assert!(
        text.contains("::warning file=src/a%2Cb%25.py,line=12,endLine=18,title=not tested::7 new lines did not run in any test\n"),
        "{text}"
    );
    assert!(text.contains(",line=40,endLine=40,title=not tested::1 new line did not run in any test\n"), "{text}");
    assert!(!text.contains("passwd"), "{text}");
    let many: Vec<String> = (0..40).map(|n| (2 * n + 1).to_string()).collect();
    report.evidence[0].push("coverage.change", row("src/c.py", &many.join(", "), 40));
    let text = annotations(&report);
    assert_eq!(text.lines().filter(|line| line.starts_with("::warning ")).count(), MOST);
    assert!(text.contains("more in the report"), "{text}");
}
