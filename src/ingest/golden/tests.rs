#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::case::Outcome;
use super::claim::{Answer, Citation, Claim, Rate, Status, Verdict};
use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::metric::{Metric, Ratio, Value};
use crate::record::Basis;
use std::collections::BTreeMap;

fn claim(verdict: Verdict, citations: &[(Option<bool>, Option<bool>)]) -> Claim {
    let citations = citations.iter().map(|(resolves, supports)| Citation { resolves: *resolves, supports: *supports }).collect();
    Claim { id: "c1".into(), text: None, verdict, needs_citation: true, citations }
}

fn answer(status: Status, claims_expected: Option<u64>, verdicts: &[Verdict]) -> Answer {
    Answer { status, claims_expected, claims: verdicts.iter().map(|verdict| claim(*verdict, &[])).collect() }
}

fn rate(part: u64, whole: u64, unmeasured: u64) -> Rate {
    Rate { part, whole, unmeasured }
}

#[test]
fn an_answer_is_good_when_every_claim_is_supported_and_none_is_missing() {
    use Verdict::{Contradicted, NotJudged, Supported, Unsupported, Unverifiable};
    let outcome = |status, expected, verdicts: &[Verdict]| answer(status, expected, verdicts).outcome();
    let said = |outcome, text: &str| (outcome, Some(text.to_owned()));
    assert_eq!(outcome(Status::Ok, None, &[Supported]), (Outcome::Passed, None));
    assert_eq!(outcome(Status::Ok, Some(0), &[]), (Outcome::Passed, None));
    assert_eq!(outcome(Status::Ok, Some(2), &[Supported]), said(Outcome::Failed, "1 of 2 expected claims are supported"));
    assert_eq!(
        outcome(Status::Ok, None, &[Supported, Contradicted, Unsupported]),
        said(Outcome::Failed, "claim c1 is contradicted, and 1 more")
    );
    assert_eq!(outcome(Status::Ok, None, &[Supported, Unverifiable]), said(Outcome::NotJudged, "claim c1 is unverifiable"));
    assert_eq!(outcome(Status::Ok, None, &[NotJudged, Unsupported]), said(Outcome::Failed, "claim c1 is unsupported"));
    assert_eq!(outcome(Status::Ok, None, &[]), said(Outcome::NotJudged, "there is no claim to judge and none was expected"));
    assert_eq!(outcome(Status::Timeout, None, &[]), said(Outcome::Error, "timeout"));
    assert_eq!(outcome(Status::Error, None, &[Contradicted]), said(Outcome::Failed, "claim c1 is contradicted"));
    assert_eq!(outcome(Status::Skipped, None, &[]).0, Outcome::Skipped);
    assert_eq!(outcome(Status::NotApplicable, None, &[]).0, Outcome::NotApplicable);
}

#[test]
fn errors_neither_raise_a_rate_nor_are_blamed_on_quality() {
    use Verdict::{Contradicted, NotJudged, Supported};
    let rates = |answer: Answer| (answer.tally().hallucination, answer.tally().coverage);
    assert_eq!(rates(answer(Status::Ok, Some(3), &[Supported])), (rate(0, 1, 0), rate(0, 1, 0)));
    assert_eq!(rates(answer(Status::Ok, None, &[Contradicted, NotJudged])), (rate(1, 1, 1), rate(0, 2, 0)));
    assert_eq!(rates(answer(Status::Ok, None, &[])), (rate(0, 0, 1), rate(0, 0, 1)));
    assert_eq!(rates(answer(Status::Ok, Some(0), &[])), (rate(0, 0, 0), rate(0, 0, 0)));
    assert_eq!(rates(answer(Status::Error, None, &[])), (rate(0, 0, 1), rate(0, 0, 1)));
    assert_eq!(rates(answer(Status::Error, Some(3), &[Supported, Contradicted])), (rate(1, 1, 2), rate(0, 0, 3)));
    assert_eq!(rates(answer(Status::Skipped, Some(2), &[])), (rate(0, 0, 2), rate(0, 0, 2)));
    assert_eq!(rates(answer(Status::NotApplicable, Some(2), &[])), (rate(0, 0, 0), rate(0, 0, 0)));
}

#[test]
fn a_citation_counts_when_it_resolves_and_supports_when_somebody_looked() {
    let of = |citations: &[(Option<bool>, Option<bool>)]| {
        let tally = Answer { status: Status::Ok, claims_expected: None, claims: vec![claim(Verdict::Supported, citations)] }.tally();
        (tally.coverage, tally.support)
    };
    assert_eq!(of(&[]), (rate(0, 1, 0), rate(0, 0, 0)));
    assert_eq!(of(&[(Some(true), Some(false))]), (rate(1, 1, 0), rate(0, 1, 0)));
    assert_eq!(of(&[(Some(false), Some(true)), (Some(true), Some(true))]), (rate(1, 1, 0), rate(1, 2, 0)));
    assert_eq!(of(&[(None, None), (Some(false), None)]), (rate(0, 0, 1), rate(0, 0, 2)));
}

/// A result file with these cases: id, further keys.
fn file(suite: &str, mode: &str, cases: &[(&str, &str)]) -> String {
    let ids: std::collections::BTreeSet<_> = cases.iter().map(|(id, _)| id).collect();
    let mut text = format!(
        r#"{{"type":"run","schema":"golden/1","run_id":"r","suite":"{suite}","created_at":"2026-02-17T22:40:00Z","mode":"{mode}","expected_cases":{},"system":{{"provider":"acme","model":"m"}}}}"#,
        ids.len()
    );
    for (id, keys) in cases {
        text.push_str(&format!("\n{{\"type\":\"case\",\"id\":\"{id}\",{keys}}}"));
    }
    let claims = text.matches("\"verdict\"").count();
    text + &format!("\n{{\"type\":\"end\",\"cases\":{},\"claims\":{claims}}}\n", cases.len())
}

fn entry(files: &[String]) -> Evidence {
    let names: Vec<String> = (0..files.len()).map(|i| format!("{i}.jsonl")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().zip(files).map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    read("golden", &files, &BTreeMap::new())
}

fn metric(evidence: &Evidence, id: &str) -> (Value, Option<u64>, u64) {
    let Metric { value, design, unmeasured, .. } = evidence.metric(id).cloned().unwrap();
    (value, design.map(|design| design.clusters), unmeasured)
}

const GOOD: &str = r#""status":"ok","claims":[{"id":"1","verdict":"supported"},{"id":"2","verdict":"supported"}]"#;
const BAD: &str = r#""status":"ok","claims":[{"id":"1","verdict":"contradicted"}]"#;

#[test]
fn attempts_and_templates_are_one_sample() {
    let clustered = format!("\"cluster\":\"t\",{GOOD}");
    let evidence = entry(&[file(
        "s",
        "live",
        &[
            ("a", GOOD),
            ("a", &format!("\"attempt\":2,{BAD}")),
            ("b", &clustered),
            ("c", &clustered),
            ("d", r#""status":"timeout","sentinel":true"#),
            ("e", r#""status":"not_applicable""#),
        ],
    )]);
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(metric(&evidence, "golden.cases"), (Value::Count(6), None, 0));
    assert_eq!(metric(&evidence, "golden.expected_cases"), (Value::Count(6), None, 0));
    assert_eq!(metric(&evidence, "golden.clusters"), (Value::Count(4), None, 0));
    assert_eq!(metric(&evidence, "golden.flaky"), (Value::Count(1), None, 0));
    assert_eq!(metric(&evidence, "golden.claims"), (Value::Count(7), None, 0));
    assert_eq!(metric(&evidence, "golden.unmeasured"), (Value::Count(1), None, 0));
    assert_eq!(metric(&evidence, "golden.not_applicable"), (Value::Count(1), None, 0));
    assert_eq!(metric(&evidence, "golden.pass_rate"), (Value::ratio(3, 4), Some(2), 1));
    assert_eq!(metric(&evidence, "golden.hallucination_rate"), (Value::ratio(1, 7), Some(2), 1));
    assert_eq!(metric(&evidence, "golden.sentinels_failed"), (Value::Count(1), None, 0));
    let rows = evidence.rows("golden.case");
    assert_eq!(rows.len(), 5);
    assert_eq!((rows[0].text("outcome"), rows[0].text("message")), (Some("failed"), Some("claim 1 is contradicted")));
    assert_eq!((rows[0].count("claims"), rows[0].count("bad_claims")), (Some(3), Some(1)));
    assert_eq!((rows[0].count("attempts"), rows[0].count("passed_attempts")), (Some(2), Some(1)));
    assert_eq!(evidence.rows("golden.category")[0].count("clusters"), Some(4));
}

/// Two templates and an original; of the claims of one answer each speaks for all.
#[test]
fn groups_reach_the_metrics_and_the_rows() {
    let of = |template: &str, category: &str, claims: &str| format!("\"cluster\":\"{template}\",\"category\":\"{category}\",{claims}");
    let lost = r#""status":"timeout","claims_expected":5"#;
    let evidence = entry(&[file(
        "s",
        "live",
        &[
            ("a", &of("t", "LEGAL", GOOD)),
            ("b", &of("t", "LEGAL", BAD)),
            ("c", &of("u", "LEGAL", GOOD)),
            ("d", &of("u", "MEDICAL", BAD)),
            ("e", &of("e", "MEDICAL", lost)),
        ],
    )]);
    assert_eq!(problems(&evidence), [""; 0]);
    let of = |clusters: &[(u64, u64)]| Some(clusters.iter().map(|(part, whole)| Ratio::new(*part, *whole)).collect());
    let design = |id| evidence.metric(id).unwrap().design;
    assert_eq!(design("golden.pass_rate"), of(&[(1, 2), (1, 2)]));
    assert_eq!(design("golden.hallucination_rate"), of(&[(1, 3), (1, 3)]));
    let basis = |row: usize, name| evidence.rows("golden.category")[row].basis(name).unwrap();
    assert_eq!(basis(0, "hallucination_rate"), Basis { design: of(&[(1, 3), (0, 2)]), unmeasured: 0, range: None });
    assert_eq!(basis(1, "hallucination_rate"), Basis { design: None, unmeasured: 5, range: None });
    assert_eq!(basis(1, "pass_rate"), Basis { design: None, unmeasured: 1, range: None });
}

#[test]
fn shards_add_up_and_suites_are_kept_apart() {
    let shards = entry(&[file("s", "live", &[("a", GOOD)]), file("s", "cached", &[("b", BAD)])]);
    assert_eq!(metric(&shards, "golden.expected_cases").0, Value::Count(2));
    assert_eq!(metric(&shards, "golden.pass_rate").0, Value::ratio(1, 2));
    assert_eq!(metric(&shards, "golden.mode").0, Value::text("cached"));
    let suites = entry(&[file("s", "live", &[("a", GOOD)]), file("t", "live", &[("a", BAD)])]);
    assert_eq!(problems(&suites), [""; 0]);
    assert_eq!(suites.rows("golden.case").iter().map(|row| row.subject()).collect::<Vec<_>>(), ["s/a", "t/a"]);
    let twice = entry(&[file("s", "live", &[("a", GOOD)]), file("s", "live", &[("a", GOOD)])]);
    assert_eq!(problems(&twice), ["error duplicate-case: case `a`, attempt 1, is in another file already"]);
    let good = file("s", "live", &[("a", GOOD)]);
    let beside = read("golden", &[("0.txt", b"?"), ("1.jsonl", good.as_bytes()), ("2.jsonl", good.as_bytes())], &BTreeMap::new());
    assert!(beside.problems.iter().any(|problem| problem.code == "duplicate-case" && problem.path == "2.jsonl"), "{:?}", beside.problems);
    let differ = entry(&[file("s", "live", &[("a", GOOD), ("a", &format!("\"attempt\":2,\"sentinel\":true,{GOOD}"))])]);
    assert_eq!(problems(&differ), ["error attempts-differ: the attempts at case `a` differ in category, cluster or sentinel"]);
}

#[test]
fn the_example_project_is_read() {
    let text = std::fs::read("fixtures/reflexio/evidence/golden.jsonl").unwrap();
    let evidence = read("golden", &[("golden.jsonl", &text)], &BTreeMap::new());
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(evidence.sources[0].content, "76 cases in 5 categories, mock run");
    assert_eq!(metric(&evidence, "golden.hallucination_rate"), (Value::ratio(0, 76), None, 0));
    assert_eq!(metric(&evidence, "golden.mode").0, Value::text("mock"));
    let categories: Vec<_> = evidence.rows("golden.category").iter().map(|row| (row.subject(), row.count("cases").unwrap())).collect();
    assert_eq!(categories, [("FINANCIAL", 8), ("LEGAL", 16), ("MEDICAL", 12), ("SCIENTIFIC", 16), ("TECHNICAL", 24)]);
}

#[test]
fn results_of_another_set_than_was_agreed_on_are_refused() {
    let path = std::path::Path::new("fixtures/formats/golden-1/live.jsonl");
    let told = |digest: &str| {
        let map = format!("family: golden\nsuite_sha256: {digest}\n");
        problems(&crate::ingest::testing::read_file("golden", path, Some(&map), &[]))
            .into_iter()
            .find(|told| told.contains("another-suite"))
    };
    assert_eq!(told("5B1E1CC1FD8A0A0D6C5A3BC1B2B4A2D8B6A0F5EF66F6F6F0B7B2CC0F2A1D9E77"), None);
    assert!(told("abc").unwrap().starts_with("error another-suite: the map wants the suite of digest `abc`, and the run is of `5b1e1cc1"));
    let silent = std::path::Path::new("fixtures/formats/ragas/results.csv");
    let evidence = crate::ingest::testing::read_file("golden", silent, Some("family: golden\nsuite_sha256: abc\n"), &[]);
    assert!(problems(&evidence).iter().any(|told| told.ends_with("and the run tells none")));
}
