//! The page as text; how it behaves in a browser is tested in `tests/browser`.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::finding::Outcome;
use crate::instant::Instant;
use crate::metric::{Metric, Value};
use crate::record::Record;
use crate::render::sample;
use crate::report::Past;
use crate::rule::Severity;

#[path = "rich.rs"]
mod rich;

fn shown(report: &Report) -> String {
    render(report, Style::default()).unwrap()
}

/// The JSON that a page carries.
fn embedded(page: &str) -> &str {
    let (_, rest) = page.split_once(r#"<script type="application/json" id="report-data">"#).unwrap();
    rest.split_once("</script>").unwrap().0
}

#[test]
fn says_the_verdict_first_and_what_blocks() {
    let page = shown(&rich::report());
    for part in [
        "<title>Reflexio 24/7 4.1.1 is not ready – readiness report</title>",
        "90 % ready is claimed; the mean of its six criteria is 81.8 %.",
        "Hallucination rate: 0 of 76 shows at most 3.87 %; 522 more clean cases needed for 0.5 %",
        "digest p95 rose 13.8 % on 2026-02-07 and stayed there for 11 runs",
        "If it counted: unproven.",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.find("What blocks").unwrap() < page.find("id=\"rules\"").unwrap());
}

/// The report with nine kept ones before it, of which the first did not count branches, and with a total that is not what was counted.
fn with_a_course() -> Report {
    let day = |n: u64| {
        let line = Metric::new("coverage.line", Value::ratio(1701 - n * n / 2, 1998));
        let branch = Metric::new("coverage.branch", Value::ratio(290 + n, 420));
        let now = Instant(1_770_508_800_000 + i64::try_from(n).unwrap() * 86_400_000);
        Past { now, commit: Some(format!("{n:07x}c0ffee")), metrics: [line].into_iter().chain((n > 3).then_some(branch)).collect() }
    };
    let stated = Record::new("total", "lines of evidence/coverage.xml")
        .with("path", Value::text("evidence/coverage.xml"))
        .with("of", Value::text("lines"))
        .with("said", Value::text("85.13 % (1,701 of 1,998)"))
        .with("counted", Value::ratio(1661, 1998));
    let mut report = rich::report();
    report.past = (0..9).map(day).collect();
    let coverage = report.evidence.iter_mut().find(|entry| entry.family == "coverage").unwrap();
    coverage.push("coverage.declared", stated);
    report
}

#[test]
fn coverage_is_drawn_over_the_kept_reports_and_declared_totals_stand_beside_what_was_counted() {
    let page = shown(&with_a_course());
    for part in [
        "Line coverage went from 85.1 % to 83.1 % since the oldest of 9 kept reports",
        "Branch coverage went from 70 % to 71.6 % since the oldest of 5 kept reports",
        "chart-coverage-line",
        "<td>2026-02-08</td><td class=\"mono\">0000000</td><td class=\"r\">85.13 % (1,701 of 1,998)</td>",
        "85.13 % (1,701 of 1,998)</td><td class=\"r\" data-l=\"Counted\">83.13 % (1,661 of 1,998)",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let page = shown(&rich::report());
    assert!(!page.contains("chart-coverage") && !page.contains("declare another total"), "nothing to draw, and nothing to say");
}

#[test]
fn a_family_without_evidence_has_no_section() {
    let page = shown(&sample::report());
    for id in ["rules", "evidence", "method"] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    for id in ["claims", "golden", "benchmarks", "coverage", "audit", "service", "controls"] {
        assert!(!page.contains(&format!("<section id=\"{id}\"")) && !page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
    assert!(shown(&sample::over(Vec::new())).contains("nothing is proven"));
}

#[test]
fn the_page_carries_the_report() {
    for report in [with_a_course(), sample::report(), sample::hostile()] {
        let page = shown(&report);
        let carried: Report = json::read(embedded(&page).as_bytes()).unwrap();
        assert_eq!(carried, report);
        assert!(!embedded(&page).contains('<'));
    }
}

#[test]
fn the_same_report_gives_the_same_page() {
    let report = rich::report();
    let again: Report = json::read(json::document(&report).unwrap().as_bytes()).unwrap();
    assert_eq!(shown(&report), shown(&again));
}

#[test]
fn every_link_leads_somewhere_and_no_id_is_used_twice() {
    for report in [rich::report(), sample::report(), sample::hostile()] {
        let page = shown(&report);
        let ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len());
        for target in page.split(" href=\"#").skip(1).map(|rest| rest.split_once('"').unwrap().0) {
            assert!(ids.contains(&target), "{target}");
        }
    }
}

/// Tags of the page, without what stands in scripts.
fn tags(page: &str) -> Vec<String> {
    let body = page.split_once("</style>").unwrap().1.split_once("<script").unwrap().0;
    body.split('<').skip(1).map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect()).collect()
}

#[test]
fn hostile_text_stays_text() {
    let mut report = with_a_course();
    report.past.iter_mut().for_each(|past| past.commit = Some("<img src=x onerror=alert(1)>".into()));
    let hostile = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`]]>\u{202e}<!-- \0";
    for finding in &mut report.findings {
        for text in
            [&mut finding.message, &mut finding.why, &mut finding.fix, &mut finding.observed, &mut finding.required, &mut finding.margin]
        {
            hostile.clone_into(text);
        }
        finding.subject = Some(hostile.into());
        finding.owner = Some(hostile.into());
        finding.controls = vec![hostile.into(), format!("SOC2:{hostile}")];
        for text in [&mut finding.rule, &mut finding.rule_at, &mut finding.question] {
            text.push_str(hostile);
        }
    }
    for evidence in &mut report.evidence {
        evidence.name.push_str(hostile);
        for source in &mut evidence.sources {
            (source.path, source.content, source.mode) = (hostile.into(), hostile.into(), Some(hostile.into()));
            (source.sha256, source.format) = (hostile.into(), Some(hostile.to_owned().into()));
        }
        for series in &mut evidence.series {
            (series.benchmark, series.unit, series.machine) = (hostile.into(), hostile.into(), hostile.into());
        }
        for table in &mut evidence.tables {
            (table.rule, table.query) = (hostile.into(), hostile.into());
        }
        for records in evidence.records.values_mut() {
            for record in records {
                let text = json::line(record).unwrap().replace("\"mock\"", "\"<script>\"").replace("LEGAL", "<img src=x>");
                *record = json::read(text.as_bytes()).unwrap();
            }
        }
    }
    report.project.name = hostile.into();
    report.project.commit = Some(hostile.into());
    report.profile = Some(hostile.into());
    report.tool = hostile.into();
    let page = shown(&report);
    let known: std::collections::BTreeSet<String> = tags(&shown(&with_a_course())).into_iter().collect();
    let strange: Vec<String> = tags(&page).into_iter().filter(|tag| !known.contains(tag)).collect();
    assert_eq!(strange, Vec::<String>::new());
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("<style").count(), 1);
    assert!(!page.contains("style=") && !page.contains(" onerror=alert(1)>\n") && !page.contains('\0'));
    assert_eq!(json::read::<Report>(embedded(&page).as_bytes()).unwrap(), report);
}

#[test]
fn the_page_is_small_and_a_thousand_rules_do_not_make_it_huge() {
    let page = shown(&rich::report());
    let without_data = page.len() - embedded(&page).len();
    assert!(without_data < 160 * 1024, "{without_data}");
    let many =
        |i: usize| sample::finding(&format!("p/rule-{i}"), Severity::P1, if i.is_multiple_of(7) { Outcome::Fail } else { Outcome::Pass });
    let page = shown(&sample::over((0..1000).map(many).collect()));
    assert!(page.len() < 3 * 1024 * 1024, "{}", page.len());
}

#[test]
fn new_failures_come_first_and_nothing_that_was_tried_again_or_skipped_is_hidden() {
    let mut report = rich::report();
    let tests = report.evidence.iter_mut().find(|entry| entry.family == "tests").unwrap();
    let case = |id: &str, outcome: &str, attempts: u64, ms: f64| {
        let row = Record::new("id", id).with("outcome", Value::text(outcome)).with("attempts", Value::Count(attempts));
        row.with("duration", Value::Duration(ms))
    };
    tests.push("tests.case", case("t::fresh", "failed", 1, 40.0).with("change", Value::text("newly-failing")));
    tests.push("tests.case", case("t::flaky", "passed", 3, 9_000.0));
    tests.push("tests.case", case("t::gpu", "skipped", 1, 0.0).with("message", Value::text("needs a <GPU>")));
    tests.push("tests.dropped_case", Record::new("id", "t::gone").with("was", Value::text("passed")));
    let page = shown(&report);
    let section = page.split_once("<section id=\"tests\"").unwrap().1.split_once("</section>").unwrap().0;
    assert!(section.find("t::fresh").unwrap() < section.find("test_citation_coverage_legal").unwrap());
    for part in [
        "1 of them since the base",
        "1 test passed only when tried again",
        "passed after 3 attempts",
        "needs a &lt;GPU&gt;",
        "1 test gone since the base",
        "The slowest tests",
    ] {
        assert!(section.contains(part), "{part}");
    }
}

#[test]
fn a_golden_set_is_held_against_its_base_and_its_measures_are_told() {
    let mut report = rich::report();
    let golden = report.evidence.iter_mut().find(|entry| entry.family == "golden").unwrap();
    let row = Record::new("name", "golden").with("state", Value::text("not-comparable")).with("newly_failing", Value::Count(3));
    golden.push("golden.comparison", row.with("because", Value::text("the judge's prompt differs")));
    golden.push("golden.dropped_case", Record::new("id", "legal-009").with("was", Value::text("passed")));
    let measure = Record::new("name", "faithfulness").with("mean_of_scored", Value::Number { value: 0.875, unit: "".into() });
    golden.push("golden.score", measure.with("scored", Value::Count(1)).with("missing", Value::Count(6)));
    let case = Record::new("id", "legal-001").with("outcome", Value::text("failed")).with("change", Value::text("newly-failing"));
    golden.push("golden.case", case);
    let page = shown(&report);
    for part in ["Not comparable", "the judge&#39;s prompt differs", "legal-009", "was passed", "0.875", "newly failing", "1 newly failing"]
    {
        assert!(page.contains(part), "{part}");
    }
}
