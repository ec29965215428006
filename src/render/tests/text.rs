#![allow(clippy::unwrap_used)]

use super::*;
use crate::render::sample;

fn shown(report: &Report, style: Style) -> String {
    render(report, style).unwrap()
}

const EXPECTED: &str = "\
readiness 0.1.0   Reflexio 24/7 4.1.1   commit 487fbed0c0ff   profile pr   as of 2026-02-18 00:00 UTC

FAIL         pr-gate/tests-pass               113 of 114               all
             113 of 114 tests pass, all must: test_citation_coverage_legal failed (junit.xml) (1
             test short)
             fix: Fix the test or the code; a skipped test also counts as not passed.
UNPROVEN     ai-claims/hallucination-rate     0 of 76, at most 3.87 %  at most 0.5 %
             0 of 76 answers are hallucinated, which shows at most 3.87 %, not 0.5 % (golden.jsonl)
             (522 more clean cases needed)
             fix: Fix the test or the code; a skipped test also counts as not passed.
NO EVIDENCE  ai-claims/category-floor[LEGAL]  –                        at most 2 %
             the golden set ran in mode `mock`, the rule asks for `live`
             If this evidence counted: 0 of 16 shows at most 17.07 % (unproven)
             fix: Fix the test or the code; a skipped test also counts as not passed.

error        coverage: no file matches coverage.xml
warning      unit-tests: junit.xml:2: the suite declares 115 tests and has 114

FAIL 2  UNPROVEN 1  NO EVIDENCE 1  PASS 1  N/A 1  (3 not listed: --all)
3 findings block: 1 fails, 1 is unproven, 1 has no evidence.
Score 43 of 100, capped at 49 while a P0 rule does not pass; claimed 90 %; weakest area pr-gate with
43; 5 of 6 rules have valid evidence.
1 file read; missing: coverage.

Not ready; the gate is closed (exit code 1).        readiness explain pr-gate/tests-pass
";

#[test]
fn says_what_blocks_and_what_to_do() {
    assert_eq!(shown(&sample::report(), Style::default()), EXPECTED);
}

#[test]
fn colour_only_adds() {
    let colored = shown(&sample::report(), Style { color: true, ..Style::default() });
    let plain: String = colored.split("\u{1b}[").enumerate().map(|(i, s)| if i == 0 { s } else { s.split_once('m').unwrap().1 }).collect();
    assert!(colored.contains("\u{1b}[1;31mFAIL\u{1b}[0m"));
    assert_eq!(plain, EXPECTED);
}

#[test]
fn everything_is_listed_when_asked_for() {
    let all = shown(&sample::report(), Style { all: true, ..Style::default() });
    for line in ["PASS         pr-gate/coverage", "FAIL         pr-gate/flaky", "N/A          pr-gate/docs", "starts on 2026-03-01"] {
        assert!(all.contains(line), "{line}\n{all}");
    }
    assert!(!all.contains("not listed"));
}

#[test]
fn lines_keep_to_the_width() {
    for width in [40, 60, 80, 120, 200] {
        let text = shown(&sample::report(), Style { width, all: true, ..Style::default() });
        for line in text.lines().skip(1) {
            let longest_word = line.split(' ').map(columns).max().unwrap_or(0);
            assert!(columns(line) <= width.max(INDENT + longest_word).max(90), "{width}: {line}");
        }
    }
}

#[test]
fn hostile_text_adds_no_line_and_no_escape() {
    for width in [40, 100, 100_000] {
        let text = shown(&sample::hostile(), Style { all: true, width, ..Style::default() });
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##[")), "{text}");
    }
    let text = shown(&sample::hostile(), Style { all: true, width: 100_000, ..Style::default() });
    assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text}");
    assert!(text.contains("\\u{1b}[2J") && text.contains("\\u{202e}gp.exe"));
}

#[test]
fn nothing_found_is_said() {
    let text = shown(&sample::over(Vec::new()), Style::default());
    assert!(text.contains("No blocking rule applied, so nothing is proven."), "{text}");
    assert!(text.contains("Not proven ready; the gate is closed (exit code 3)."), "{text}");
}
