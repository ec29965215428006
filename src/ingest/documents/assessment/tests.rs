#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::metric::Value;
use proptest::prelude::*;
use std::collections::BTreeMap;

const GOOD: &str = r#"schema: readiness/assessment/1
date: 2026-02-17
claimed: { score: "90%", document: docs/report.md, line: 5 }
milestones:
  - { label: Beta, score: "47%", commit: e663a7d, date: "2025-12-08" }
  - { label: Final, score: "90%", date: "2026-02-16" }
criteria:
  - { name: Golden set, score: "76%", status: partial, comment: 76 cases }
  - { name: Audit trail, score: 81.8%, status: done }
blockers:
  - { name: Twice, before: open, after: resolved }
  - { name: Cases, before: open, after: partial }
"#;

fn documents(text: &str) -> Evidence {
    read("documents", &[("assessment.yaml", text.as_bytes())], &BTreeMap::new())
}

fn said(text: &str) -> Vec<String> {
    problems(&documents(text))
}

#[test]
fn a_claim_is_read_with_what_it_rests_on() {
    let evidence = documents(GOOD);
    assert_eq!(problems(&evidence), [""; 0]);
    let value = |id| evidence.metric(id).unwrap().value.clone();
    assert_eq!(value("documents.claimed_score"), Value::ratio(90, 100));
    assert_eq!(value("documents.criteria_mean"), Value::ratio(1578, 2000));
    assert_eq!(value("documents.criteria"), Value::Count(2));
    assert_eq!(value("documents.blockers_open"), Value::Count(1));
    assert_eq!(evidence.sources[0].content, "claims 90 %, 2 criteria, 2 milestones, 2 blockers, 1 open");
    assert_eq!(evidence.sources[0].collected_at.unwrap().date(), "2026-02-17");
    assert_eq!(evidence.rows("document.milestone")[0].text("commit"), Some("e663a7d"));
    assert_eq!(evidence.rows("document.blocker")[1].get("open"), Some(&Value::Flag(true)));
}

#[test]
fn mistakes_have_a_place() {
    assert_eq!(said("schema: readiness/assessment/1\n"), ["error says-nothing: the assessment claims nothing"]);
    for (from, to, problem) in [
        ("\"47%\"", "47", "error undecodable:5:27: `47` is no score - write a percentage from 0% to 100%"),
        ("\"47%\"", "\"147%\"", "error undecodable:5:27: `147%` is no score - write a percentage from 0% to 100%"),
        ("\"47%\"", "NaN%", "error undecodable:5:27: `NaN%` is no score - write a percentage from 0% to 100%"),
        ("2025-12-08", "08.12.2025", "error undecodable:5:57: `08.12.2025` is no date"),
        ("criteria:", "criterions:", "error undecodable:7:1: an assessment has no key `criterions` - did you mean `criteria`?"),
        ("status", "state", "error undecodable:8:39: an entry has no key `state` - did you mean `status`?"),
        ("Audit trail", "Golden set", "error duplicate: criterion `Golden set` is there twice"),
        ("2025-12-08", "2026-12-08", "warning dates-out-of-order: the milestones are not in the order of their dates"),
        ("line: 5", "line: five", "error undecodable:3:58: `line`: invalid type: string \"five\", expected u64"),
        (", after: partial", "", "error undecodable:12:5: an entry has no `after`"),
    ] {
        let problems = said(&GOOD.replacen(from, to, 1));
        assert_eq!(problems.first().map(String::as_str), Some(problem));
    }
}

#[test]
fn two_claims_are_worth_the_higher_one() {
    let other = "schema: readiness/assessment/1\nclaimed: { score: 95% }\n";
    let evidence = read("documents", &[("a.yaml", GOOD.as_bytes()), ("b.yaml", other.as_bytes())], &BTreeMap::new());
    assert_eq!(evidence.metric("documents.claimed_score").unwrap().value, Value::ratio(95, 100));
}

#[test]
fn the_example_project_claims_more_than_its_criteria() {
    let evidence = documents(&std::fs::read_to_string("fixtures/reflexio/evidence/assessment.yaml").unwrap());
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(evidence.metric("documents.criteria_mean").unwrap().value, Value::ratio(491, 600));
    assert_eq!(evidence.metric("documents.blockers_open").unwrap().value, Value::Count(1));
    assert_eq!(evidence.rows("document.milestone").len(), 7);
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
        said(&format!("schema: readiness/assessment/1\n{text}"));
    }

    #[test]
    fn a_cut_is_read_without_panic(cut in 0usize..600) {
        let cut = cut % GOOD.len();
        said(&GOOD[..cut]);
    }
}
