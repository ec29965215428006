#![allow(clippy::unwrap_used)]

use super::*;
use crate::catalogue::{self, SERIES_STATES};
use crate::instant::Instant;
use crate::series::Point;

const DAY: i64 = 86_400_000;

/// A series whose values are of successive nights from `first` on; NaN is a night without it.
fn series(benchmark: &str, machine: &str, first: i64, values: &[f64]) -> Series {
    let point = |(n, value): (usize, &f64)| {
        let night = first + n as i64;
        let (at, commit, run) = (Instant(night * DAY), format!("c{night}"), format!("night-{night}"));
        Point { at: Some(at), commit: Some(commit.into()), run: Some(run.into()), value: *value, ..Point::default() }
    };
    let points = values.iter().enumerate().filter(|(_, value)| !value.is_nan()).map(point).collect();
    Series { points, machine: machine.to_owned(), ..Series::new(benchmark, "p95", "ms", Direction::Lower) }
}

/// Changes the points of a series.
fn change<T>(series: &mut Series, with: impl FnOnce(&mut Vec<Point>) -> T) -> T {
    let mut points = series.points.to_vec();
    let told = with(&mut points);
    series.points = points.into();
    told
}

/// Values about `level` that repeat a pattern of noise of one percent.
fn noisy(level: f64, n: usize) -> Vec<f64> {
    let pattern = [0.3, -0.7, 1.0, -0.2, 0.6, -1.0, 0.1, -0.4, 0.8, -0.5, 0.0];
    (0..n).map(|i| level * (1.0 + pattern[i % pattern.len()] / 100.0)).collect()
}

fn judged(all: Vec<Series>) -> Evidence {
    let mut evidence = Evidence { series: all, ..Evidence::new("nightly", "benchmark") };
    trends(std::slice::from_mut(&mut evidence), &Terms::none(Instant(0)));
    evidence
}

fn states(evidence: &Evidence) -> Vec<String> {
    let cell = |record: &Record, name: &str| record.text(name).map(|text| format!(" {text}")).unwrap_or_default();
    let line = |r: &Record| format!("{}:{}{}", r.subject(), cell(r, "state"), cell(r, "standing"));
    evidence.rows("benchmark.series").iter().map(line).collect()
}

fn figure(evidence: &Evidence, id: &str) -> String {
    evidence.metric(&format!("benchmark.{id}")).unwrap().value.to_string()
}

#[test]
fn another_run_of_a_suspect_commit_decides() {
    use crate::series::Repeat;
    let state = |again: &[f64]| {
        let mut one = series("digest", "", 0, &[noisy(100.0, 40), vec![120.0]].concat());
        change(&mut one, |points| {
            let point = points.last_mut().unwrap();
            let repeat = |value: &f64| Repeat { at: point.at, run: Some("again".into()), value: *value, samples: 0 };
            point.repeats = again.iter().map(repeat).collect();
        });
        states(&judged(vec![one])).remove(0)
    };
    for (again, expected) in
        [(&[][..], "suspect"), (&[120.0, 121.0], "regressed"), (&[120.0, 100.0], "stable"), (&[100.0, 100.0, 140.0], "suspect")]
    {
        assert_eq!(state(again), format!("digest p95: {expected}"), "{again:?}");
    }
}

#[test]
fn a_benchmark_with_another_name_is_told() {
    let because = |all: Vec<Series>| judged(all).rows("benchmark.series")[0].text("because").unwrap_or_default().to_owned();
    let all =
        vec![series("parse", "", 0, &noisy(9.0, 30)), series("parse/v2", "", 30, &noisy(9.0, 5)), series("x", "", 0, &noisy(7.0, 35))];
    assert!(because(all.clone()).ends_with("; parse/v2 is new since: was it renamed?"), "{}", because(all));
    let two = vec![series("a", "", 0, &noisy(9.0, 30)), series("b", "", 30, &noisy(9.0, 5)), series("c", "", 30, &noisy(9.0, 5))];
    assert!(!because(two).contains("renamed"));
}

#[test]
fn a_benchmark_that_alone_was_measured_again_leaves_nothing_missing() {
    use crate::series::Repeat;
    let mut all = [series("a", "", 0, &noisy(100.0, 30)), series("b", "", 0, &noisy(100.0, 30))];
    let repeat = |night: i64, run: &str| Repeat { at: Some(Instant(night * DAY)), run: Some(run.into()), value: 100.0, samples: 0 };
    change(&mut all[0], |points| points[29].repeats = vec![repeat(29, "night-29"), repeat(30, "by-hand")]);
    assert_eq!(states(&judged(all.to_vec())), ["a p95: stable", "b p95: stable"]);
    let last = change(&mut all[1], |points| points.pop().unwrap());
    assert_eq!(states(&judged(all.to_vec()))[1], "b p95: missing no-evidence");
    // The other way round: measured alone before the whole night was.
    change(&mut all[1], |points| points.push(last));
    change(&mut all[0], |points| {
        points[29].run = Some("alone".into());
        points[29].repeats = vec![repeat(28, "alone"), repeat(29, "night-29")];
    });
    assert_eq!(states(&judged(all.to_vec())), ["a p95: stable", "b p95: stable"]);
}

#[test]
fn a_step_is_found_and_told() {
    let values = [noisy(100.0, 40), noisy(114.0, 10)].concat();
    let evidence = judged(vec![series("digest", "", 0, &values), series("other", "", 0, &noisy(50.0, 50))]);
    assert_eq!(states(&evidence), ["digest p95: regressed", "other p95: stable"]);
    let counts = ["regressed", "suspect", "improved", "missing"].map(|id| figure(&evidence, id));
    assert_eq!(counts, ["1", "0", "0", "0"]);
    let worst = match evidence.metric("benchmark.worst_change").unwrap().value {
        Value::Ratio(ratio) => ratio.share().unwrap(),
        _ => f64::NAN,
    };
    assert!((0.13..0.15).contains(&worst), "{worst}");
    let trend = evidence.series[0].trend.as_ref().unwrap();
    assert_eq!((trend.changes[0].index, trend.changes[0].commit.as_deref()), (40, Some("c40")));
    let record = &evidence.rows("benchmark.series")[0];
    assert_eq!((record.count("points"), record.number("latest")), (Some(50), values.last().copied()));
    assert_eq!(record.ratio("better"), Some(Ratio::new(0, 1_000_000)));
}

#[test]
fn throughput_gets_worse_downwards() {
    let values = [noisy(100.0, 40), noisy(80.0, 10)].concat();
    let mut higher = series("ingest", "", 0, &values);
    higher.direction = Direction::Higher;
    let evidence = judged(vec![higher, series("lower", "", 0, &values)]);
    assert_eq!(states(&evidence), ["ingest p95: regressed", "lower p95: improved"]);
    assert!(evidence.rows("benchmark.series")[1].ratio("better").unwrap().part > 190_000);
}

#[test]
fn one_value_out_of_range_is_suspect() {
    let values = [noisy(100.0, 40), vec![130.0]].concat();
    let evidence = judged(vec![series("digest", "", 0, &values)]);
    assert_eq!(states(&evidence), ["digest p95: suspect"]);
    assert_eq!(figure(&evidence, "suspect"), "1");
}

#[test]
fn a_short_history_is_learning_and_shows_nothing() {
    let evidence = judged(vec![series("new", "", 0, &noisy(1.0, 3)), series("zero", "", 0, &[0.0; 30])]);
    assert_eq!(states(&evidence)[1], "zero p95: zero-baseline no-evidence");
    let evidence = judged(vec![series("new", "", 0, &noisy(1.0, 3))]);
    assert_eq!(states(&evidence), ["new p95: learning not-applicable"]);
    assert_eq!(evidence.rows("benchmark.series")[0].text("because"), Some("learning 3/20"));
    assert_eq!(figure(&evidence, "worst_change"), "unknown (0 of 0)");
}

#[test]
fn a_series_without_a_newest_value_is_missing() {
    let mut gone = noisy(10.0, 30);
    gone[29] = f64::NAN;
    let evidence = judged(vec![series("gone", "", 0, &gone), series("here", "", 0, &noisy(10.0, 30))]);
    assert_eq!(states(&evidence), ["gone p95: missing no-evidence", "here p95: stable"]);
    assert_eq!(figure(&evidence, "missing"), "1");
    let record = &evidence.rows("benchmark.series")[0];
    assert_eq!(record.text("because"), Some("the newest run has no value of it; the last one is of night-28 (1970-01-29)"));
    assert_eq!(record.get("latest"), None);
}

#[test]
fn a_job_that_stopped_is_missing_and_one_that_runs_rarely_is_not() {
    let mut weekly = series("weekly", "lab", 0, &noisy(10.0, 30));
    change(&mut weekly, |points| {
        *points = points.drain(..).step_by(7).collect();
        points.iter_mut().for_each(|point| point.run = Some(format!("weekly-{}", point.at.unwrap()).into()));
    });
    let mut stopped = series("stopped", "attic", 0, &noisy(10.0, 25));
    change(&mut stopped, |points| {
        for point in points {
            (point.run, point.at) = (None, point.at.map(|at| Instant(at.0 + 5)));
        }
    });
    let evidence = judged(vec![series("nightly", "rack", 0, &noisy(10.0, 30)), stopped, weekly]);
    assert_eq!(
        states(&evidence),
        ["nightly p95 rack: stable", "stopped p95 attic: missing no-evidence", "weekly p95 lab: learning not-applicable"]
    );
}

#[test]
fn a_new_machine_starts_anew_and_retires_the_old_one() {
    let old = series("digest", "old", 0, &[noisy(10.0, 30), noisy(20.0, 10)].concat());
    let evidence = judged(vec![series("digest", "new", 40, &noisy(7.0, 5)), old.clone()]);
    assert_eq!(states(&evidence), ["digest p95 new: insufficient-history unproven", "digest p95 old: missing not-applicable"]);
    assert_eq!(evidence.rows("benchmark.series")[1].text("because"), Some("it runs on new now"));
    assert_eq!((figure(&evidence, "missing"), figure(&evidence, "regressed")), ("0".to_owned(), "0".to_owned()));

    let both = judged(vec![series("digest", "new", 30, &noisy(7.0, 15)), old]);
    assert_eq!(states(&both)[1], "digest p95 old: missing no-evidence", "a machine of two that stops is not replaced by the other");
}

#[test]
fn it_may_be_said_twice_and_keeps_to_the_catalogue() {
    let mut evidence = judged(vec![series("digest", "", 0, &noisy(1.0, 25))]);
    let once = evidence.clone();
    trends(std::slice::from_mut(&mut evidence), &Terms::none(Instant(0)));
    assert_eq!(evidence, once);
    let family = catalogue::family_named("benchmark.series").unwrap();
    for record in evidence.rows(family.name) {
        assert!(record.fields()[1..].iter().all(|(name, _)| family.fields.iter().any(|(field, ..)| field == name)));
        assert!(SERIES_STATES.contains(&record.text("state").unwrap()));
    }
    for id in METRICS {
        assert!(evidence.metric(id).is_some() && catalogue::metric_named(id).is_some(), "{id}");
    }
    let mut empty = Evidence::new("nightly", "benchmark");
    trends(std::slice::from_mut(&mut empty), &Terms::none(Instant(0)));
    assert_eq!(empty, Evidence::new("nightly", "benchmark"));
}

#[test]
fn a_report_keeps_the_newest_points_and_what_is_said_of_them() {
    let values = [noisy(100.0, 300), noisy(120.0, 200)].concat();
    let mut evidence = judged(vec![series("step", "", 0, &values), series("flat", "", 0, &noisy(50.0, 500))]);
    let whole = evidence.series.clone();
    evidence.keep_newest(1000);
    assert_eq!(evidence.series, whole, "they are not so many");
    evidence.keep_newest(100);
    let kept: Vec<(usize, usize)> = evidence.series.iter().map(|series| (series.older, series.points.len())).collect();
    assert_eq!((kept, evidence.series[0].all()), (vec![(280, 220), (436, 64)], 500));
    for (series, before) in evidence.series.iter().zip(&whole) {
        let told = |series: &Series| {
            series.trend.iter().flat_map(|t| &t.changes).map(|c| series.points.get(c.index).unwrap().at).collect::<Vec<_>>()
        };
        assert_eq!((told(series), series.points.last()), (told(before), before.points.last()));
    }
    let again = evidence.clone();
    evidence.keep_newest(100);
    assert_eq!(evidence, again);
}
