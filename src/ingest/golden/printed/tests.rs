#![allow(clippy::unwrap_used)]

use super::share;
use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::metric::Value;
use std::collections::BTreeMap;

const BLOCK: &str = "\
collecting 28 cases
Total cases: 28
Total facts: 28
Valid facts: 27
Hallucination rate: 3.57%
Citation coverage: 100.00%

Category breakdown:
  LEGAL: 16 facts, hallucination=6.2%, coverage=100.0%
  MEDICAL: 12 facts, hallucination=0.0%, coverage=100.0%
done
";

fn summary(text: &str) -> Evidence {
    read("golden", &[("golden.log", text.as_bytes())], &BTreeMap::new())
}

#[test]
fn a_printed_summary_gives_counts() {
    let evidence = summary(BLOCK);
    assert_eq!(problems(&evidence), ["note printed-summary:3: a printed summary: no case of it can be looked at"]);
    let value = |id| evidence.metric(id).map(|metric| metric.value.clone());
    assert_eq!(value("golden.cases"), Some(Value::Count(28)));
    assert_eq!(value("golden.hallucination_rate"), Some(Value::ratio(1, 28)));
    assert_eq!(value("golden.citation_coverage"), Some(Value::ratio(28, 28)));
    assert_eq!(value("golden.mode"), None, "a log does not say how its answers were made");
    assert_eq!(value("golden.pass_rate"), None);
    let rows: Vec<_> =
        evidence.rows("golden.category").iter().map(|row| (row.subject(), row.ratio("hallucination_rate").unwrap().part)).collect();
    assert_eq!(rows, [("LEGAL", 1), ("MEDICAL", 0)]);
}

#[test]
fn a_mock_that_says_so_is_one() {
    let evidence = summary(&BLOCK.replace("3.57%", "3.57% (mock: 0%)"));
    assert_eq!(evidence.metric("golden.mode").unwrap().value, Value::text("mock"));
}

#[test]
fn what_is_said_twice_must_agree() {
    let told = |from: &str, to: &str| problems(&summary(&BLOCK.replace(from, to)))[0].clone();
    assert_eq!(
        told("Valid facts: 27", "Valid facts: 28"),
        "error declared-totals-differ:5: facts that are not valid: the summary states 1, and shows 0"
    );
    assert_eq!(
        told("MEDICAL: 12", "MEDICAL: 11"),
        "error declared-totals-differ:3: facts of all categories: the summary states 28, and shows 27"
    );
    assert_eq!(told("6.2%", "7.2%"), "error undecodable:9: these percentages are of no whole number of facts");
    assert_eq!(told("Total facts: 28", "Total facts: many"), "error undecodable:3: `Total facts:` is no number of anything");
    assert_eq!(told("done", "Total facts: 28"), "error second-summary:11: `Total facts:` is on line 3 already: a log holds one run");
    assert!(
        problems(&summary("Total cases: 0\nTotal facts: 0\nValid facts: 0\nHallucination rate: 0.00%\nCitation coverage: 0.00%\n"))[0]
            .starts_with("error no-cases")
    );
}

#[test]
fn a_document_that_quotes_a_summary_is_no_log() {
    assert!(problems(&summary(&format!("# Release\n```\n{BLOCK}```\n")))[0].starts_with("error unknown-format"));
}

#[test]
fn a_summary_beside_its_cases_is_told() {
    let run = r#"{"type":"run","schema":"golden/1","run_id":"r","suite":"s","created_at":"2026-02-17T22:40:00Z","mode":"live","expected_cases":1,"system":{"provider":"acme","model":"m"}}
{"type":"case","id":"a","status":"ok","claims":[{"id":"1","verdict":"supported"}]}
{"type":"end","cases":1,"claims":1}
"#;
    let both = read("golden", &[("a.jsonl", run.as_bytes()), ("b.log", BLOCK.as_bytes())], &BTreeMap::new());
    assert!(problems(&both).iter().any(|problem| problem.starts_with("error two-kinds")), "{:?}", problems(&both));
}

#[test]
fn a_rounded_percentage_is_a_count_only_where_one_fits() {
    assert_eq!(share("6.2%", 16), Some(1));
    assert_eq!(share("0.0%", 12), Some(0));
    assert_eq!(share("100.0%", 12), Some(12));
    assert_eq!(share("0.0%", 5000), None, "two of 5,000 are printed as 0.0 % as well");
    assert_eq!(share("7.2%", 16), None);
    assert_eq!(share("101%", 16), None);
    assert_eq!(share("NaN%", 16), None);
    assert_eq!(share("0%", 0), Some(0));
}
