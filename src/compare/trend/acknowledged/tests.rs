#![allow(clippy::unwrap_used)]

use super::super::{Terms, trends};
use crate::acknowledgement::{Acknowledgement, State};
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::pattern::Pattern;
use crate::rule::Place;
use crate::series::{Direction, Point, Series};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;
const NOW: Instant = Instant(100 * DAY);

/// Nightly values about successive levels, with noise of one percent; night n ran commit `c0ffee0` and n in three digits.
fn series(benchmark: &str, levels: &[(f64, usize)]) -> Series {
    let noise = [0.3, -0.7, 1.0, -0.2, 0.6, -1.0, 0.1, -0.4, 0.8, -0.5, 0.0];
    let all = levels.iter().flat_map(|(level, n)| std::iter::repeat_n(*level, *n)).enumerate();
    let point = |(night, level): (usize, f64)| Point {
        at: Some(Instant(night as i64 * DAY)),
        commit: Some(commit(night).into()),
        run: Some(format!("night-{night}").into()),
        value: level * (1.0 + noise[night % noise.len()] / 100.0),
        ..Point::default()
    };
    Series { points: all.map(point).collect(), ..Series::new(benchmark, "p95", "ms", Direction::Lower) }
}

fn commit(night: usize) -> String {
    format!("c0ffee0{night:03}")
}

fn ack(night: usize) -> Acknowledgement {
    Acknowledgement {
        commit: commit(night),
        benchmark: Pattern("digest*".into()),
        metric: None,
        reason: "sealed output".into(),
        owner: Some("@alice".into()),
        granted: None,
        expires: Instant(110 * DAY),
        up_to: None,
        entries: vec!["nightly".into()],
        place: Place { file: "acknowledged.yaml".into(), line: 3, column: 1 },
    }
}

fn judged(series: Vec<Series>, acknowledged: &[Acknowledgement]) -> Evidence {
    let mut evidence = Evidence { series, ..Evidence::new("nightly", "benchmark") };
    trends(std::slice::from_mut(&mut evidence), &Terms { settings: BTreeMap::new(), acknowledged, now: NOW });
    evidence
}

/// State, rounded baseline, and what is said of the only series.
fn told(levels: &[(f64, usize)], acknowledged: &[Acknowledgement]) -> (String, f64, String) {
    let evidence = judged(vec![series("digest", levels)], acknowledged);
    let row = &evidence.rows("benchmark.series")[0];
    let baseline = row.number("baseline").unwrap().round();
    (row.text("state").unwrap().to_owned(), baseline, row.text("because").unwrap_or_default().to_owned())
}

fn listed(evidence: &Evidence) -> (State, String) {
    (evidence.acknowledged[0].state, evidence.acknowledged[0].note.clone())
}

const STEP: [(f64, usize); 2] = [(100.0, 40), (114.0, 10)];

#[test]
fn an_acknowledged_step_is_the_new_normal_and_a_further_one_counts() {
    assert_eq!(told(&STEP, &[]).0, "regressed");
    let (state, baseline, because) = told(&STEP, &[ack(40)]);
    assert_eq!((state.as_str(), baseline), ("acknowledged", 114.0));
    assert_eq!(because, "+13.9 % is acknowledged by @alice until 1970-04-21: sealed output");
    let further = [STEP[0], STEP[1], (140.0, 6)];
    let (state, baseline, because) = told(&further, &[ack(40)]);
    assert_eq!((state.as_str(), baseline), ("regressed", 115.0));
    assert!(because.starts_with("+22"), "{because}");
    assert!(because.contains(" ms) since 1970-02-20 (c0ffee0); +14.8 % is acknowledged by"), "{because}");
    let evidence = judged(vec![series("digest", &STEP)], &[ack(40)]);
    let trend = evidence.series[0].trend.as_ref().unwrap();
    assert_eq!(trend.changes[0].acknowledged.as_ref().unwrap().owner.as_deref(), Some("@alice"));
    assert_eq!((trend.changes[0].before.round(), trend.changes[0].after.round()), (100.0, 114.0), "what was measured stays");
    assert_eq!(listed(&evidence), (State::Active, "accepts the step of digest p95 until 1970-04-21".to_owned()));
    assert!(evidence.problems.is_empty());
}

#[test]
fn a_step_counts_again_when_the_acknowledgement_ends_or_is_too_small() {
    let expired = Acknowledgement { expires: Instant(97 * DAY - 1), ..ack(40) };
    let (state, _, because) = told(&STEP, std::slice::from_ref(&expired));
    assert_eq!(state, "regressed");
    assert!(because.ends_with("; its acknowledgement by @alice ended on 1970-04-07"), "{because}");
    let evidence = judged(vec![series("digest", &STEP)], &[expired]);
    assert_eq!(listed(&evidence), (State::Expired, "ended 4 days ago: the step of digest p95 counts again".to_owned()));
    assert_eq!(evidence.problems[0].path, "acknowledged.yaml");

    let small = Acknowledgement { up_to: Some(0.1), ..ack(40) };
    let (state, _, because) = told(&STEP, std::slice::from_ref(&small));
    assert_eq!(state, "regressed");
    assert!(because.ends_with("; +13.9 % is more than the 10 % that are acknowledged by @alice"), "{because}");
    let early = Acknowledgement { granted: Some(Instant(101 * DAY)), ..ack(40) };
    assert_eq!(told(&STEP, &[early]).0, "regressed");
    let enough = Acknowledgement { up_to: Some(0.15), ..ack(40) };
    assert_eq!(told(&STEP, &[small, enough]).0, "acknowledged", "one that holds is enough");
}

#[test]
fn the_run_need_not_be_the_very_first_of_the_new_level() {
    for night in [38, 41, 43] {
        assert_eq!(told(&STEP, &[ack(night)]).0, "acknowledged", "{night}");
    }
    for night in [30, 44, 49] {
        assert_eq!(told(&STEP, &[ack(night)]).0, "regressed", "{night}");
    }
}

#[test]
fn one_that_is_about_nothing_is_told() {
    let orphan = |one: Acknowledgement| {
        let evidence = judged(vec![series("digest", &STEP), series("search", &[(10.0, 50)])], &[one]);
        assert_eq!((evidence.acknowledged[0].state, evidence.problems.len()), (State::Orphan, 1));
        evidence.problems[0].message.clone()
    };
    let other = orphan(Acknowledgement { commit: "deadbee".into(), ..ack(40) });
    let newest = "its newest steps begin at c0ffee0040 (1970-02-10)";
    assert_eq!(
        other,
        format!("the acknowledgement of deadbee for digest* accepts nothing: digest p95 has no run of that commit; {newest}")
    );
    assert!(orphan(ack(20)).ends_with(&format!("digest p95 has no step at that run; {newest}")));
    let typo = orphan(Acknowledgement { benchmark: Pattern("serach".into()), ..ack(40) });
    assert!(typo.ends_with("accepts nothing: there is no series serach - did you mean `search`?"), "{typo}");
    let steady = orphan(Acknowledgement { benchmark: Pattern("search".into()), ..ack(40) });
    assert!(steady.ends_with("search p95 has no step at that run; it has no step at all"), "{steady}");
}

#[test]
fn a_step_that_is_only_beginning_can_be_acknowledged() {
    let suspect = [(100.0, 40), (114.0, 1)];
    assert_eq!(told(&suspect, &[]).0, "suspect");
    assert_eq!(told(&suspect, &[ack(40)]).0, "acknowledged");
    let confirmed = [(100.0, 40), (114.0, 2)];
    assert_eq!((told(&confirmed, &[]).0.as_str(), told(&confirmed, &[ack(40)]).0.as_str()), ("regressed", "acknowledged"));
    assert_eq!(told(&[(100.0, 40), (114.0, 1), (150.0, 1)], &[Acknowledgement { up_to: Some(0.15), ..ack(40) }]).0, "regressed");
}

#[test]
fn one_that_is_not_needed_any_more_is_told() {
    let long_ago = [(100.0, 40), (114.0, 80)];
    let evidence = judged(vec![series("digest", &long_ago)], &[ack(40)]);
    assert_eq!(evidence.rows("benchmark.series")[0].text("state"), Some("stable"));
    let note = "is not needed any more: digest p95 would be judged the same without it";
    assert_eq!(listed(&evidence), (State::Unused, note.to_owned()));
}
