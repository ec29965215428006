#![allow(clippy::unwrap_used)]
use super::*;
use crate::render::sample;
use crate::rule::Severity;

fn shown(report: &Report) -> String {
    render(report, Style::default()).unwrap()
}

#[test]
fn says_what_blocks_why_and_what_to_do() {
    let text = shown(&sample::report());
    for part in [
        "# Reflexio 24/7 4.1.1 is not ready\n",
        "**3 findings block: 1 fails, 1 is unproven, 1 has no evidence.** 1 of 5 applicable findings passes. Score 43 of 100,",
        "| ❌&nbsp;fail | <b>Does every test pass?</b><br>`pr-gate/tests-pass` P0 | 113 of 114 | all | 113 of 114 tests pass, all must: \
         `test_citation_coverage_legal` failed (junit.xml) (1 test short)<br>A failing test is a known defect.<br><b>Fix:</b> Fix the \
         test or the code; a skipped test also counts as not passed. |\n",
        "If this evidence counted: 0 of 16 shows at most 17.07 % (unproven)",
        "<details><summary>3 more findings, none of which blocks: 1 fail, 1 pass, 1 not applicable</summary>",
        "| ✅&nbsp;pass | <b>Does every test pass?</b><br>`pr-gate/coverage` P1 | 113 of 114 | all |\n\n</details>",
        "> 1 file read; missing: coverage. Packs: pr-gate (6 rules). Commit `487fbed0c0ffee00487fbed0c0ffee00487fbed0`. Profile `pr`. \
         As of 2026-02-18T00:00:00Z, by readiness 0.1.0. Not ready; the gate is closed (exit code 1).\n",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}

#[test]
fn stays_under_the_limit_and_drops_what_passes_first() {
    let many = |outcome, n: usize| (0..n).map(move |i| sample::finding(&format!("p/rule-{i}"), Severity::P1, outcome));
    let text = shown(&sample::over(many(Outcome::Fail, 100).chain(many(Outcome::Pass, 10_000)).collect()));
    assert!(text.len() <= LIMIT && text.len() > LIMIT - 2 * FOOT, "{}", text.len());
    let listed = text.lines().filter(|line| line.starts_with("| ✅")).count();
    assert_eq!(text.lines().filter(|line| line.starts_with("| ❌")).count(), 100);
    assert!(text.contains(&format!("\n\n{} left out to stay under 900 KiB", say::plural(10_000 - listed, "finding"))), "{listed}");
    assert!(text.ends_with("(exit code 1).\n"));

    let text = shown(&sample::over(many(Outcome::Fail, 10_000).chain(many(Outcome::Pass, 10)).collect()));
    let listed = text.lines().filter(|line| line.starts_with("| ❌")).count();
    assert!(text.len() <= LIMIT && !text.contains("| ✅"));
    assert!(text.contains(&format!("{} left out", say::plural(10_010 - listed, "finding"))));
}

#[test]
fn long_text_in_every_place_still_fits() {
    let mut report = sample::hostile();
    let long = "`*|日".repeat(100_000);
    for finding in &mut report.findings {
        (finding.message, finding.fix, finding.subject) = (long.clone(), long.clone(), Some(long.clone()));
    }
    report.project.name.clone_from(&long);
    report.packs[0].name.clone_from(&long);
    report.evidence[0].name.clone_from(&long);
    assert!(shown(&report).len() <= LIMIT);
}
