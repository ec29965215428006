#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::diff::{Hunk, Span};
use crate::linemap::Line;
use crate::metric::Ratio;

fn map(files: &[(&str, &[Seen])]) -> LineMap {
    let mut map = LineMap::default();
    for (path, seen) in files {
        let lines: Vec<Line> = seen.iter().map(|(number, ran)| Line::new(*number, u64::from(*ran))).collect();
        map.file(path).add(&lines);
    }
    map.settle();
    map
}

fn entry(name: &str, files: &[(&str, &[Seen])]) -> Evidence {
    Evidence { lines: map(files), ..Evidence::new(name, "coverage") }
}

fn edited(path: &str, first: u32, count: u32) -> Changed {
    let hunk = Hunk { base: Span { first, count: 0 }, head: Span { first, count } };
    Changed { head: Some(path.into()), base: Some(path.into()), body: Body::Lines(vec![hunk]) }
}

fn added(path: &str) -> Changed {
    Changed { base: None, ..edited(path, 1, 100) }
}

fn judged(evidence: &mut [Evidence], files: Vec<Changed>, base: Option<&LineMap>) -> Vec<(String, String)> {
    let diff = Diff { files };
    patch(evidence, &Change { diff: &diff, base, tree: None, exclude: &["**/gen/**".to_owned()], at_hand: None });
    let rows = evidence.iter().flat_map(|entry| entry.rows("coverage.change"));
    rows.map(|row| (row.subject().to_owned(), row.text("state").unwrap().to_owned())).collect()
}

fn ratio(evidence: &[Evidence]) -> Ratio {
    let values = evidence.iter().map(|entry| &entry.metric("coverage.patch").unwrap().value);
    values.fold(Ratio::default(), |sum, value| match value {
        Value::Ratio(ratio) => crate::linemap::plus(sum, *ratio),
        other => panic!("{other:?}"),
    })
}

fn count(evidence: &[Evidence], id: &str) -> Option<u64> {
    evidence.iter().map(|entry| entry.metric(id)).try_fold(0, |sum, metric| match metric?.value {
        Value::Count(n) => Some(sum + n),
        _ => None,
    })
}

#[test]
fn every_changed_file_has_a_state() {
    let seen: &[Seen] = &[(1, true), (5, false), (6, true), (7, false), (8, false)];
    let mut all = [entry("it", &[("src/a.py", seen), ("src/b.py", &[(9, true)]), ("src/gen/c.py", &[(1, false)])])];
    let moved = Changed { base: Some("src/old.py".into()), ..edited("src/moved.py", 1, 0) };
    let link = Changed { body: Body::Link, ..added("src/link.py") };
    let gone = Changed { head: None, ..edited("src/gone.py", 1, 0) };
    let files = vec![
        edited("src/a.py", 5, 4),
        edited("src/b.py", 1, 3),
        edited("src/gen/c.py", 1, 1),
        added("src/new.py"),
        added("README.md"),
        added("tests/test_new.py"),
        moved,
        link,
        gone,
    ];
    let states = judged(&mut all, files, None);
    let expected = [
        ("README.md", "other-kind"),
        ("src/a.py", "measured"),
        ("src/b.py", "no-executable-change"),
        ("src/gen/c.py", "excluded"),
        ("src/link.py", "no-executable-change"),
        ("src/moved.py", "no-executable-change"),
        ("src/new.py", "not-in-any-report"),
        ("tests/test_new.py", "other-kind"),
    ];
    let states: Vec<(&str, &str)> = states.iter().map(|(path, state)| (path.as_str(), state.as_str())).collect();
    assert_eq!(states, expected);
    assert_eq!((ratio(&all), count(&all, "coverage.uncovered_new_lines")), (Ratio::new(1, 4), Some(3)));
    assert_eq!((count(&all, "coverage.unmeasured_files"), count(&all, "coverage.lost_lines")), (Some(1), None));
    let blind = all[0].metric("coverage.patch").unwrap().unmeasured;
    assert_eq!(blind, added("src/new.py").new_lines(), "lines that no report knows count against a pass, whoever asks");
    assert!(blind > 0);
    let row = &all[0].rows("coverage.change")[1];
    assert_eq!((row.text("lines"), row.ratio("line")), (Some("5, 7-8"), Some(Ratio::new(1, 4))));
    assert_eq!(all[0].rows("coverage.change")[5].text("was"), Some("src/old.py"));
    assert_eq!(all[0].problems[0].code, "no-base-coverage");
    assert_eq!(all[0].lines, LineMap::default());
}

#[test]
fn a_second_report_takes_no_line_away() {
    let alone = &mut [entry("a", &[("src/a.py", &[(1, true), (2, false)])])];
    judged(alone, vec![added("src/a.py")], None);
    assert_eq!(ratio(alone), Ratio::new(1, 2));
    // The second does not know the line that the first saw not run.
    let both = &mut [
        entry("a", &[("src/a.py", &[(1, true), (2, false)])]),
        entry("b", &[("src/a.py", &[(1, true)]), ("src/b.py", &[(1, false)])]),
    ];
    judged(both, vec![added("src/a.py"), added("src/b.py")], None);
    assert_eq!(ratio(both), Ratio::new(1, 3));
    let mends = &mut [entry("a", &[("src/a.py", &[(1, true), (2, false)])]), entry("b", &[("src/a.py", &[(2, true)])])];
    judged(mends, vec![added("src/a.py")], None);
    assert_eq!(ratio(mends), Ratio::new(2, 2));
}

#[test]
fn what_cannot_be_known_is_not_measured() {
    let mut totals = entry("it", &[("src/a.py", &[]), ("src/b.py", &[(1, true)]), ("src/empty.py", &[])]);
    totals.lines.file("src/a.py").totals.line = Ratio::new(3, 4);
    let binary = Changed { body: Body::Binary, ..added("src/b.py") };
    let states = judged(&mut [totals], vec![added("src/a.py"), binary, added("src/empty.py")], None);
    let states: Vec<&str> = states.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!(states, ["not-in-any-report", "not-in-any-report", "no-executable-change"]);
}

#[test]
fn lost_lines_of_files_nobody_touched() {
    let base = map(&[
        ("src/a.py", &[(1, true), (2, true), (3, false)]),
        ("src/old.py", &[(1, true)]),
        ("src/vanished.py", &[(1, true)]),
        ("src/deleted.py", &[(1, true), (2, false)]),
    ]);
    let mut all = [entry("it", &[("src/a.py", &[(1, true), (2, false), (3, false)]), ("src/new.py", &[(1, false)])])];
    let moved = Changed { base: Some("src/old.py".into()), ..edited("src/new.py", 5, 0) };
    let deleted = Changed { head: None, ..edited("src/deleted.py", 1, 0) };
    let states = judged(&mut all, vec![moved, deleted], Some(&base));
    assert_eq!(states, [("src/new.py".into(), "no-executable-change".into()), ("src/vanished.py".into(), "not-in-any-report".into())]);
    assert_eq!((count(&all, "coverage.lost_lines"), count(&all, "coverage.unmeasured_files")), (Some(2), Some(1)));
    let lost: Vec<_> = all[0].rows("coverage.lost").iter().map(|row| (row.subject(), row.text("lines").unwrap())).collect();
    assert_eq!(lost, [("src/a.py", "2"), ("src/new.py", "1")]);
    let category = |name: &str| {
        let of = |metric: &&Metric| metric.labels.get("category").is_some_and(|label| label == name);
        all[0].metrics.iter().find(of).map(|metric| metric.value.clone())
    };
    for (name, expected) in [("LBC", 2), ("CBC", 1), ("UBC", 1), ("ECB", 1), ("DCB", 1), ("DUB", 1), ("UNC", 0)] {
        assert_eq!(category(name), Some(Value::Count(expected)), "{name}");
    }
}

#[test]
fn evidence_of_other_families_is_left_alone() {
    let mut tests = [Evidence::new("t", "tests")];
    judged(&mut tests, vec![added("a.py")], None);
    assert_eq!(tests, [Evidence::new("t", "tests")]);
}
