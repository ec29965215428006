#![allow(clippy::unwrap_used)]

use super::*;

fn caption() -> Caption<'static> {
    Caption { id: "c", title: "A <b>title</b>", desc: "says \"so\"" }
}

fn series<'a>(values: &'a [f64], labels: &'a [String], steps: &'a [Step], say: &'a dyn Fn(f64) -> String) -> Trend<'a> {
    Trend {
        values,
        labels,
        baseline: Some(363.0),
        band: Some((352.0, 374.0)),
        limit: Some(400.0),
        steps,
        releases: &[],
        slope: None,
        after: Ink::Fail,
        say,
    }
}

/// All charts of this room, drawn of ordinary data.
fn all() -> String {
    let row = |name, total| Interval {
        name,
        cases: 76,
        noun: "cases",
        observed: 0.0,
        between: (0.0, 0.0481),
        bound: 0.0387,
        figure: "3.87 %",
        limit: Some(0.005),
        required: "0.5 %",
        ink: Ink::Unproven,
        total,
    };
    let values: Vec<f64> = (0..60).map(|i| 355.0 + f64::from((i * 7919) % 17) + if i > 48 { 50.0 } else { 0.0 }).collect();
    let labels: Vec<String> = (0..60).map(|i| format!("run {i}")).collect();
    let steps = [Step { at: 49, text: "7 Feb, 487fbed".to_owned(), short: "7 Feb".to_owned(), ink: Ink::Fail }];
    let say = |v: f64| crate::metric::duration(v);
    let bars: Vec<Day> = (0..40).map(|i| Day { label: format!("day {i}"), done: i % 5, dry: i % 2, failed: u64::from(i == 7) }).collect();
    let marks = [Milestone { name: "start", score: 47.0 }, Milestone { name: "v4.1 \u{202e}<script>", score: 90.0 }];
    let parts = [
        intervals(&caption(), &[row("all", true), row("<LEGAL>", false)]).unwrap(),
        trend(&caption(), &series(&values, &labels, &steps, &say)).unwrap().unwrap(),
        days(&caption(), &bars).unwrap(),
        milestones(&caption(), &marks, &[("evidence", 43.0, Ink::Fail)]).unwrap(),
    ];
    parts.map(|p| p.to_string()).join("\n")
}

#[test]
fn charts_are_named_described_and_drawn_in_both_sizes() {
    let svg = all();
    assert_eq!(svg.matches("<svg").count(), 8);
    assert_eq!(svg.matches("role=\"img\"").count(), 8);
    assert_eq!(svg.matches("<title id=\"c-wide-t\">A &lt;b&gt;title&lt;/b&gt;</title>").count(), 4);
    assert_eq!(svg.matches("<desc id=\"c-narrow-d\">says &quot;so&quot;</desc>").count(), 4);
    assert!(!svg.contains("<script") && !svg.contains("<LEGAL") && !svg.contains("style="));
}

#[test]
fn charts_are_well_formed_and_the_same_every_time() {
    let svg = all();
    assert_eq!(svg, all());
    for one in svg.split_inclusive("</svg>") {
        roxmltree::Document::parse(one.trim()).unwrap();
    }
}

#[test]
fn charts_are_small() {
    let values: Vec<f64> = (0..60).map(|i| 355.0 + f64::from((i * 7919) % 17)).collect();
    let labels: Vec<String> = (0..60).map(|i| format!("{i} Feb")).collect();
    let say = |v: f64| crate::metric::number(v);
    let svg = trend(&caption(), &series(&values, &labels, &[], &say)).unwrap().unwrap().to_string();
    assert!(svg.len() < 7_000, "{}", svg.len());
}

#[test]
fn a_series_no_scale_fits_has_no_chart() {
    let labels = vec![String::new(); 3];
    let say = |v: f64| crate::metric::number(v);
    for values in [&[][..], &[1.0], &[1.0, f64::NAN], &[1.0, f64::INFINITY], &[f64::MIN, f64::MAX], &[1e-300, 2e-300]] {
        let mut series = series(values, &labels, &[], &say);
        (series.baseline, series.band, series.limit) = (None, None, None);
        assert_eq!(trend(&caption(), &series).unwrap(), None, "{values:?}");
    }
    for values in [&[0.0, 0.0, 0.0][..], &[363.0; 3], &[-1e-9, 1e-9], &[1e99, 1e98], &[1e17, 1e17 + 64.0]] {
        let mut series = series(values, &labels, &[], &say);
        (series.baseline, series.band, series.limit) = (None, None, None);
        assert!(trend(&caption(), &series).unwrap().is_some(), "{values:?}");
    }
}
