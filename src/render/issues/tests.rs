#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::evidence::Evidence;
use crate::render::sample;
use crate::series::{Authors, Mark, Point};

const NIGHT: i64 = 86_400_000;

fn commit(index: usize) -> String {
    format!("{index:040x}")
}

fn series(runs: usize, state: &'static str, steps: &[(usize, f64, f64)]) -> Series {
    let point = |index: usize| Point {
        at: Some(Instant(index as i64 * NIGHT)),
        commit: Some(commit(index).into()),
        value: 1.0,
        ..Point::default()
    };
    let step = |(index, before, after): &(usize, f64, f64)| Change {
        index: *index,
        before: *before,
        after: *after,
        commit: Some(commit(*index).into()),
        at: Some(Instant(*index as i64 * NIGHT)),
        statistic: Some(4.1),
        ..Change::default()
    };
    let trend = Trend { state: state.into(), changes: steps.iter().map(step).collect(), ..Trend::default() };
    let points = (0..runs).map(point).collect();
    Series { points, trend: Some(trend), ..Series::new("digest", "p95", "ms", Direction::Lower) }
}

/// `state` and `because` of every issue.
fn told(series: &Series) -> Vec<(&'static str, String)> {
    of("nightly", series).into_iter().map(|issue| (issue.state, issue.because.unwrap_or_default())).collect()
}

#[test]
fn a_step_for_the_worse_is_an_issue_until_it_is_over() {
    assert_eq!(told(&series(50, "regressed", &[(40, 100.0, 114.0)])), [("open", String::new())]);
    assert_eq!(told(&series(50, "improved", &[(40, 100.0, 90.0)])), []);
    let back = told(&series(50, "stable", &[(30, 100.0, 114.0), (40, 114.0, 101.0)]));
    assert_eq!(back, [("closed", format!("The level is back since 1970-02-10 at {}: 101 ms.", commit(40)))]);
    let partly = told(&series(50, "regressed", &[(30, 100.0, 114.0), (40, 114.0, 106.0)]));
    assert_eq!(partly, [("open", String::new())], "half of it is left");
    let again = told(&series(50, "regressed", &[(20, 100.0, 114.0), (30, 114.0, 100.0), (40, 100.0, 115.0)]));
    assert_eq!(again, [("open", String::new()), ("open", String::new())]);
    assert_eq!(told(&series(120, "stable", &[(40, 100.0, 114.0)]))[0].0, "closed");
    assert_eq!(told(&series(50, "missing", &[(40, 100.0, 114.0)]))[0].0, "open", "what is not measured has not recovered");
    let mut accepted = series(50, "acknowledged", &[(40, 100.0, 114.0)]);
    let mark = Mark { reason: "sealed".into(), owner: Some("@alice".into()), expires: Instant(90 * NIGHT) };
    accepted.trend.as_mut().unwrap().changes[0].acknowledged = Some(mark);
    assert_eq!(told(&accepted), [("closed", "The step is acknowledged by `@alice` until 1970-04-01: sealed".to_owned())]);
}

#[test]
fn what_is_out_of_range_for_two_runs_has_one_before_the_step_is_found() {
    let mut one = series(42, "regressed", &[]);
    let trend = one.trend.as_mut().unwrap();
    (trend.baseline, trend.change, trend.since) = (100.0, 0.2, Some(40));
    let early = of("nightly", &one);
    assert!(early[0].body.contains("the newest 2 runs lie far beyond"), "{}", early[0].body);
    assert_eq!(early[0].key, of("nightly", &series(50, "regressed", &[(40, 100.0, 120.0)]))[0].key, "and keeps it");
    let moved = &of("nightly", &series(50, "regressed", &[(42, 100.0, 120.0)]))[0];
    assert!(moved.key != early[0].key && moved.also.contains(&early[0].key), "also when it moves");
    let two = of("nightly", &series(50, "regressed", &[(38, 100.0, 120.0), (40, 120.0, 150.0)]));
    assert!(!two[0].also.contains(&two[1].key) && !two[1].also.contains(&two[0].key));
}

#[test]
fn the_text_tells_all_and_means_nothing_to_a_forge() {
    let mut one = series(50, "regressed", &[(40, 362.0, 412.0)]);
    one.benchmark = "digest <!-- @everyone | `x` #1".to_owned();
    let authors = Authors { commits: 3, names: vec!["Ann".into(), "@bob | <b>".into()] };
    one.trend.as_mut().unwrap().changes[0].authors = Some(authors);
    let Issue { title, body, key, .. } = of("nightly", &one).remove(0);
    assert_eq!(title, "digest <!-- (at)everyone | `x` #1 p95 got 13.8 % worse");
    let expected = format!(
        "<!-- readiness:{key} -->\n``digest <!-- @everyone | `x` #1 p95`` got **13.8 %** worse: from 362 ms to 412 ms (lower is better).\n\n\
         | | |\n|---|---|\n\
         | last run of the old level | 1970-02-09 00:00 UTC at {} |\n\
         | first run of the new level | 1970-02-10 00:00 UTC at {} |\n\
         | runs at it since | 10 |\n\
         | how surely | noise alone would do this less than once in 10,000 times (rank test, z 4.1) |\n\
         | evidence | `nightly` |\n\
         | commits between | 3 commits, by `Ann`, `@bob \\| <b>` |\n\n\
         This issue is closed when the level is back, or when the step is accepted in `acknowledged.yaml`.\n",
        commit(39),
        commit(40),
    );
    assert_eq!(body, expected);
}

#[test]
fn the_document_is_complete_only_when_the_evidence_is() {
    let mut report = sample::report();
    let document = |report: &Report| render(report, Style::default()).unwrap();
    let entry = |series: Vec<Series>| Evidence { series, ..Evidence::new("nightly", "benchmark") };
    report.evidence = vec![entry(vec![series(50, "regressed", &[(40, 100.0, 120.0), (45, 120.0, 150.0)])])];
    let text = document(&report);
    assert!(text.contains("\"complete\": true"), "{text}");
    assert!(text.find("25 %").unwrap() < text.find("20 %").unwrap(), "the worst first: {text}");
    assert_eq!(document(&report), text);
    for evidence in [Vec::new(), vec![entry(Vec::new())], vec![entry(vec![series(50, "missing", &[])])]] {
        report.evidence = evidence;
        assert!(document(&report).contains("\"complete\": false"));
    }
}
