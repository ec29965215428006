#![allow(clippy::unwrap_used)]

use super::*;
use crate::checkpoint::Checkpoint;

/// A trail of `size` rows whose parts of 16 have these roots, and the checkpoint of 90 rows with the roots 0 to 4.
fn trail(size: u64, root: u8, parts: &[u8]) -> Trail {
    let roots = |parts: &[u8]| parts.iter().map(|part| [*part; 32]).collect();
    let checkpoint =
        Checkpoint { origin: "o".into(), size: 90, root: [9; 32], height: 4, subtrees: roots(&[0, 1, 2, 3, 4]), ..Checkpoint::default() };
    Trail {
        now: Checkpoint { size, ..checkpoint.clone() },
        roots: (size >= 90).then_some((90, [root; 32])).into_iter().collect(),
        subtrees: roots(parts),
        kept: Some(Kept { file: "a.checkpoint".into(), checkpoint, ..Kept::default() }),
        ..Trail::default()
    }
}

fn told(trail: &Trail) -> Result<String, String> {
    judge(trail, trail.kept.as_ref().unwrap())
}

#[test]
fn rows_that_are_still_the_first_are_append_only() {
    let same = told(&trail(95, 9, &[0, 1, 2, 3, 4])).unwrap();
    assert_eq!(same, "append-only: the first 90 rows are those of a.checkpoint (not signed); the 5 after them are in the next checkpoint");
}

#[test]
fn what_differs_is_narrowed() {
    let ranges = |size, parts: &[u8]| {
        let sentence = told(&trail(size, 8, parts)).unwrap_err();
        let (_, rest) = sentence.split_once("among the rows ").unwrap();
        rest.split_once(", counted").unwrap().0.to_owned()
    };
    assert_eq!(ranges(95, &[0, 1, 7, 3, 4]), "33-48, 81-90");
    assert_eq!(ranges(95, &[0, 1, 2, 3, 4]), "81-90");
    assert_eq!(ranges(95, &[0, 7, 7, 7, 7]), "17-90");
    assert_eq!(ranges(40, &[0, 1]), "33-90");
    assert!(told(&trail(40, 8, &[0, 1])).unwrap_err().starts_with("history was rewritten since a.checkpoint: 40 of 90 rows are there;"));
}

#[test]
fn the_level_follows() {
    for (root, witnesses, level, findings) in
        [(9, vec![], "anchored", 0), (9, vec![Cosigner { name: "w".to_owned(), at: None }], "witnessed", 0), (8, vec![], "structural", 1)]
    {
        let mut trail = trail(90, root, &[0, 1, 2, 3, 4]);
        trail.kept.as_mut().unwrap().witnesses = witnesses;
        let mut entry = Evidence { trails: vec![trail], ..Evidence::new("a", "audit") };
        entry.put("audit.integrity", Value::Level("row-rules".into()));
        entry.put("audit.findings", Value::Count(0));
        for code in [CODE, "AUD-TYPE"] {
            entry.metrics.push(Metric::new("audit.findings", Value::Count(0)).label("code", code));
        }
        continuity(std::slice::from_mut(&mut entry));
        assert_eq!(entry.metric("audit.integrity").unwrap().value, Value::Level(level.into()));
        let counts: Vec<String> = entry.metrics.iter().filter(|m| m.id == "audit.findings").map(|m| m.value.to_string()).collect();
        assert_eq!(counts, [findings.to_string(), findings.to_string(), "0".to_owned()]);
        assert_eq!(entry.rows("audit.finding").len(), findings);
        assert_eq!(entry.rows("audit.checkpoint").len(), 1);
    }
    // Whatever was kept, a trail that is not sound stays where it is.
    let mut entry = Evidence { trails: vec![trail(90, 9, &[0, 1, 2, 3, 4])], ..Evidence::new("a", "audit") };
    entry.put("audit.integrity", Value::Level("structural".into()));
    continuity(std::slice::from_mut(&mut entry));
    assert_eq!(entry.metric("audit.integrity").unwrap().value, Value::Level("structural".into()));
}
