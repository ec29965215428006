#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::evidence::Evidence;
use crate::io::json;
use crate::series::{Direction, Point, Repeat, Series};
use crate::source::Source;
use std::fs;
use std::path::PathBuf;

fn moment(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn point(at: Option<&str>, run: Option<&str>, value: f64) -> Point {
    let samples = vec![value - 1.0, value, value + 1.0];
    Point { at: at.map(moment), run: run.map(Into::into), value, samples, ..Point::default() }
}

fn series(benchmark: &str, points: Vec<Point>) -> Series {
    Series { points: points.into(), ..Series::new(benchmark, "time", "ms", Direction::Lower) }
}

fn results(all: Vec<Series>) -> Evidence {
    let source = Source { path: "a.json".to_owned(), sha256: "ab".repeat(32), ..Source::default() };
    Evidence { series: all, sources: vec![source], ..Evidence::new("results", "benchmark") }
}

fn here() -> Here {
    let text = |text: &str| Some(text.to_owned());
    Here { now: moment("2026-02-18T00:00:00Z"), commit: text("14c907f"), branch: text("main"), machine: text("m1") }
}

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.jsonl");
    if !text.is_empty() {
        fs::write(&path, text).unwrap();
    }
    (folder, path)
}

fn run(day: u32, name: &str, value: f64) -> Vec<HistoryLine> {
    let said = Said { run: Some(name.to_owned()), at: Some(moment(&format!("2026-02-{day:02}"))), ..Said::default() };
    one(&results(vec![series("x", vec![point(None, None, value)]), series("y", vec![point(None, None, value)])]), &said, &here()).unwrap()
}

#[test]
fn what_nobody_says_is_what_holds_here() {
    let evidence = results(vec![series("x", vec![point(None, None, 5.0)])]);
    let lines = one(&evidence, &Said::default(), &here()).unwrap();
    let line = json::line(&lines[0]).unwrap();
    assert_eq!(
        line,
        format!(
            r#"{{"schema":"readiness/history/1","run":"{}","at":"2026-02-18T00:00:00Z","commit":"14c907f","branch":"main","machine":"m1","benchmark":"x","metric":"time","value":5.0,"unit":"ms","direction":"lower","samples":[4.0,5.0,6.0]}}"#,
            lines[0].run
        )
    );
    assert!(lines[0].run.starts_with("results-") && lines[0].run.len() == 24, "{}", lines[0].run);
    let stamped = Source { collected_at: Some(moment("2026-02-17")), commit: Some("fa53301".to_owned()), ..evidence.sources[0].clone() };
    let stamped = Evidence { sources: vec![stamped], ..evidence };
    let told = &one(&stamped, &Said::default(), &here()).unwrap()[0];
    assert_eq!((told.at.as_str(), told.commit.as_deref(), &told.run), ("2026-02-17T00:00:00Z", Some("fa53301"), &lines[0].run));
    let said = Said { machine: Some(String::new()), commit: Some("c0ffee1".to_owned()), ..Said::default() };
    let told = &one(&stamped, &said, &here()).unwrap()[0];
    assert_eq!((told.machine.as_deref(), told.commit.as_deref()), (None, Some("c0ffee1")));
}

#[test]
fn results_of_several_runs_are_no_run_unless_somebody_says_so() {
    let at = |day| Some(["2026-02-01", "2026-02-02"][day]);
    let dated = results(vec![series("x", vec![point(at(0), None, 1.0), point(at(1), None, 2.0)])]);
    assert_eq!(one(&dated, &Said::default(), &here()).unwrap_err(), "x time has 2 values of different moments");
    let named = results(vec![series("x", vec![point(at(0), Some("a"), 1.0)]), series("y", vec![point(at(0), Some("b"), 1.0)])]);
    assert_eq!(one(&named, &Said::default(), &here()).unwrap_err(), "the results are of 2 runs");
    let said = Said { run: Some("night-7".to_owned()), ..Said::default() };
    let lines = one(&dated, &said, &here()).unwrap();
    let shown: Vec<_> = lines.iter().map(|line| (line.run.as_str(), line.at.as_str(), line.value.unwrap())).collect();
    assert_eq!(shown, [("night-7", "2026-02-02T00:00:00Z", 1.0), ("night-7", "2026-02-02T00:00:00Z", 2.0)]);
}

#[test]
fn runs_of_a_history_keep_their_names_and_come_apart() {
    let mut twice = point(Some("2026-02-01"), Some("a"), 2.0);
    let repeat = |day: &str, run: &str, value, samples| Repeat { at: Some(moment(day)), run: Some(run.into()), value, samples };
    twice.repeats = vec![repeat("2026-02-01", "a", 1.0, 2), repeat("2026-02-03", "c", 3.0, 1)];
    let unnamed = Point { commit: Some("14c907f09276bec8".into()), ..point(Some("2026-02-02"), None, 5.0) };
    let (lines, undated) = many(&results(vec![series("x", vec![twice, unnamed, point(None, None, 9.0)])]), &Said::default());
    let shown: Vec<_> =
        lines.iter().map(|line| (line.run.as_str(), line.value.unwrap(), line.samples.as_ref().map_or(0, Vec::len))).collect();
    assert_eq!((shown, undated), (vec![("a", 1.0, 2), ("2026-02-02T00:00:00Z 14c907f09276", 5.0, 3), ("c", 3.0, 1)], 1));
}

#[test]
fn a_run_is_appended_once() {
    let (_folder, path) = file("");
    assert_eq!(append(&path, &run(1, "a", 5.0)).unwrap(), Appended { written: 2, begun: true, ..Appended::default() });
    assert_eq!(append(&path, &run(2, "b", 6.0)).unwrap(), Appended { written: 2, ..Appended::default() });
    let before = fs::read(&path).unwrap();
    // A day later, and so with another moment: the run is what tells.
    assert_eq!(append(&path, &run(3, "b", 6.0)).unwrap(), Appended { known: 2, ..Appended::default() });
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(append(&path, &run(3, "b", 6.5)).unwrap(), Appended { written: 2, ..Appended::default() });
}

#[test]
fn what_was_cut_off_stays_and_a_new_line_begins() {
    for torn in ["{\"sch", "{\"schema\":\"readiness/history/1\",\"run\":\"a\""] {
        let (_folder, path) = file(torn);
        let appended = append(&path, &run(1, "b", 5.0)).unwrap();
        assert_eq!(appended, Appended { written: 2, torn: torn.len(), ..Appended::default() });
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&format!("{torn}\n{{\"schema\"")) && text.ends_with("}\n") && text.lines().count() == 3, "{text}");
    }
    let (_folder, path) = file("");
    append(&path, &run(1, "a", 5.0)).unwrap();
    fs::write(&path, fs::read_to_string(&path).unwrap().trim_end()).unwrap();
    assert_eq!(append(&path, &run(2, "b", 6.0)).unwrap(), Appended { written: 2, ..Appended::default() }, "only the line feed was missing");
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 4);
}

#[test]
fn a_run_that_is_dated_before_others_and_a_copy_are_noticed() {
    let (_folder, path) = file("");
    append(&path, &run(9, "a", 5.0)).unwrap();
    let late = append(&path, &run(3, "b", 6.0)).unwrap();
    assert_eq!(late.later, Some(("a".to_owned(), moment("2026-02-09"))));
    let copied = append(&path, &run(10, "c", 6.0)).unwrap();
    assert_eq!((copied.written, copied.same_as.as_deref(), copied.later), (2, Some("b"), None));
}

#[test]
fn only_the_end_of_a_long_history_is_looked_at() {
    let (_folder, path) = file("");
    append(&path, &run(1, "a", 5.0)).unwrap();
    let filler = json::line(&run(2, "filler", 7.0)[0]).unwrap() + "\n";
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str(&filler.repeat(1024 * 1024 / filler.len() + 2));
    fs::write(&path, &text).unwrap();
    // Readers count it once.
    assert_eq!(append(&path, &run(1, "a", 5.0)).unwrap().written, 2);
    assert!(fs::read_to_string(&path).unwrap().starts_with(&text));
}
