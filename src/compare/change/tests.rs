#![allow(clippy::unwrap_used)]

use super::*;
use crate::baseline::{Known, SCHEMA};
use crate::inventory::Inventory;
use crate::rule::Severity;
use crate::waiver::{State, Waived};

const NOW: Instant = Instant(1_771_372_800_000);
const THEN: Instant = Instant(1_770_000_000_000);

fn finding(rule: &str, outcome: Outcome, shortfall: Option<f64>) -> Finding {
    let text = String::new;
    Finding {
        rule: rule.to_owned(),
        subject: None,
        question: text(),
        severity: Severity::P1,
        weight: 1,
        owner: None,
        controls: Vec::new(),
        outcome,
        gap: None,
        message: text(),
        observed: text(),
        required: text(),
        margin: text(),
        shortfall,
        blamed: Vec::new(),
        since: None,
        would_show: None,
        cause: None,
        why: text(),
        fix: text(),
        expression: text(),
        rule_at: text(),
        sources: Vec::new(),
        waiver: None,
        attested: None,
        fingerprint: rule.to_owned(),
    }
}

fn known(rule: &str, outcome: Outcome, shortfall: Option<f64>) -> Known {
    Known {
        rule: rule.to_owned(),
        subject: None,
        fingerprint: rule.to_owned(),
        outcome,
        shortfall,
        blamed: Vec::new(),
        since: THEN,
        waived: false,
    }
}

fn baseline(findings: Vec<Known>) -> Baseline {
    Baseline { schema: SCHEMA.to_owned(), project: "x".to_owned(), recorded: THEN, findings, inventory: Inventory::default() }
}

#[test]
fn what_is_not_good_is_new_worse_or_inherited() {
    let base = baseline(vec![
        known("same", Outcome::Fail, Some(3.0)),
        known("better", Outcome::Fail, Some(3.0)),
        known("worse", Outcome::Fail, Some(3.0)),
        known("sunk", Outcome::Unproven, None),
        known("hidden", Outcome::Fail, Some(3.0)),
        known("never", Outcome::NoEvidence, None),
        known("mended", Outcome::Fail, None),
        known("vanished", Outcome::Fail, None),
    ]);
    let mut findings = [
        finding("same", Outcome::Fail, Some(3.0)),
        finding("better", Outcome::Fail, Some(2.0)),
        finding("worse", Outcome::Fail, Some(4.0)),
        finding("sunk", Outcome::Fail, None),
        finding("hidden", Outcome::NoEvidence, None),
        finding("never", Outcome::NoEvidence, None),
        finding("mended", Outcome::Pass, None),
        finding("fresh", Outcome::NoEvidence, None),
        finding("good", Outcome::Pass, None),
    ];
    let fixed = hold_against(&mut findings, &base, NOW, &BTreeSet::new());
    let changes: Vec<_> = findings.iter().map(|f| f.since.as_ref().map(|s| (s.change, s.since))).collect();
    assert_eq!(
        changes,
        [
            Some((Change::Inherited, THEN)),
            Some((Change::Inherited, THEN)),
            Some((Change::Worse, THEN)),
            Some((Change::Worse, THEN)),
            Some((Change::Worse, THEN)),
            Some((Change::Inherited, THEN)),
            None,
            Some((Change::New, NOW)),
            None,
        ]
    );
    assert_eq!(fixed.iter().map(|f| f.rule.as_str()).collect::<Vec<_>>(), ["mended"], "a subject that vanished is not mended");
}

#[test]
fn a_baseline_only_shrinks() {
    let old =
        baseline(vec![known("a", Outcome::Fail, Some(3.0)), known("b", Outcome::Unproven, None), known("c", Outcome::Fail, Some(1.0))]);
    let today = baseline(vec![known("a", Outcome::Fail, Some(2.0)), known("c", Outcome::Fail, Some(9.0)), known("d", Outcome::Fail, None)]);
    let shrunk = old.shrink(&today);
    let left: Vec<_> = shrunk.findings.iter().map(|k| (k.rule.as_str(), k.shortfall)).collect();
    assert_eq!(left, [("a", Some(2.0)), ("c", Some(1.0))]);
}

fn waived(mut finding: Finding, state: State, lapsed: bool) -> Finding {
    let text = String::new;
    let (id, reason, owner, ticket, approved_by) = (text(), text(), text(), text(), text());
    finding.waiver = Some(Waived { id, state, expires: NOW, reason, owner, ticket, approved_by, lapsed });
    finding
}

#[test]
fn what_was_accepted_until_a_day_is_not_inherited_after_it() {
    let stood = |rule| Known { waived: true, ..known(rule, Outcome::Fail, Some(3.0)) };
    let base =
        baseline(vec![stood("a"), stood("b"), stood("c"), stood("d"), known("e", Outcome::Fail, None), known("f", Outcome::Fail, None)]);
    let failing = |rule| finding(rule, Outcome::Fail, Some(3.0));
    let mut findings = [
        waived(failing("a"), State::Active, false),
        waived(failing("b"), State::Expired, true),
        failing("c"),
        finding("d", Outcome::Fail, Some(4.0)),
        waived(failing("e"), State::Expired, true),
        // It never stood by this one.
        waived(failing("f"), State::OutOfBound, false),
    ];
    hold_against(&mut findings, &base, NOW, &BTreeSet::new());
    let changes: Vec<_> = findings.iter().filter_map(|f| f.since.as_ref()).map(|s| s.change).collect();
    assert_eq!(changes, [Change::Inherited, Change::Lapsed, Change::Lapsed, Change::Worse, Change::Lapsed, Change::Inherited]);
    assert!(findings[1..5].iter().all(|f| !f.is_inherited()));
}

#[test]
fn recording_a_baseline_again_does_not_turn_a_waiver_into_an_inheritance() {
    let old = baseline(vec![Known { waived: true, ..known("a", Outcome::Fail, Some(3.0)) }, known("b", Outcome::Fail, Some(3.0))]);
    let today = baseline(vec![known("a", Outcome::Fail, Some(2.0)), Known { waived: true, ..known("b", Outcome::Fail, Some(4.0)) }]);
    let left: Vec<_> = old.shrink(&today).findings.into_iter().map(|k| (k.rule, k.shortfall, k.waived)).collect();
    assert_eq!(left, [("a".to_owned(), Some(2.0), true), ("b".to_owned(), Some(3.0), true)]);
}

#[test]
fn another_row_to_blame_is_worse_though_as_many_are_missing() {
    let blaming = |rows: &[&str]| {
        let mut found = finding("p/tests", Outcome::Fail, Some(rows.len() as f64));
        found.blamed = rows.iter().map(|row| (*row).to_owned()).collect();
        found
    };
    let known = |rows: &[&str]| Known { blamed: blaming(rows).blamed, ..known("p/tests", Outcome::Fail, Some(rows.len() as f64)) };
    let change = |before: &[&str], now: &[&str]| {
        let mut findings = [blaming(now)];
        hold_against(&mut findings, &baseline(vec![known(before)]), NOW, &BTreeSet::new());
        findings[0].since.as_ref().map(|since| since.change)
    };
    assert_eq!(change(&["a", "b"], &["a", "b"]), Some(Change::Inherited));
    assert_eq!(change(&["a", "b"], &["b"]), Some(Change::Inherited));
    assert_eq!(change(&["a", "b"], &["b", "c"]), Some(Change::Worse));
    assert_eq!(change(&["a", "b"], &["c"]), Some(Change::Worse), "one of two mended does not pay for another one broken");
}
