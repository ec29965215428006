#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::metric::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn fixture(name: &str) -> Evidence {
    let content = std::fs::read(Path::new("fixtures/formats/helm").join(name)).unwrap();
    read("golden", &[(name, &content)], &BTreeMap::new())
}

#[test]
fn trials_and_perturbations_are_attempts_at_an_instance() {
    let evidence = fixture("per_instance_stats.json");
    assert_eq!(problems(&evidence), ["note other-split: 1 instance is of another split than `test` left out"]);
    let value = |id| evidence.metric(id).map(|metric| metric.value.clone());
    assert_eq!(value("golden.cases"), Some(Value::Count(7)));
    assert_eq!(value("golden.clusters"), Some(Value::Count(4)));
    // `quasi_exact_match` leads, and not `exact_match`, which is 0 where the answer differs by a full stop.
    assert_eq!(value("golden.pass_rate"), Some(Value::ratio(4, 6)));
    assert_eq!(value("golden.unmeasured"), Some(Value::Count(1)));
    assert_eq!(value("golden.flaky"), Some(Value::Count(2)));
    assert_eq!(value("golden.mode"), None);
    let rows = evidence.rows("golden.case");
    assert_eq!((rows[1].subject(), rows[1].text("message")), ("id12", Some("`quasi_exact_match` is 0")));
    assert_eq!(evidence.rows("golden.run")[0].text("measures"), Some("quasi_exact_match"));
}

#[test]
fn a_measure_gives_no_verdict() {
    let evidence = fixture("measured.json");
    let rows = evidence.rows("golden.case");
    assert!(rows.iter().all(|row| row.text("outcome") == Some("not-judged")));
    assert_eq!(rows[1].text("message"), Some("`rouge_l` is 1, which is no verdict without a threshold"));
}

#[test]
fn what_lies_beside_the_answers_is_no_evidence() {
    assert_eq!(
        problems(&fixture("run_spec.json")),
        ["error no-cases: this says what was run; the answers are in `per_instance_stats.json` beside it"]
    );
    assert_eq!(
        problems(&fixture("stats.json")),
        ["error no-cases: these are totals; the answers are in `per_instance_stats.json` beside them"]
    );
    assert_eq!(fixture("run_spec.json").rows("golden.run")[0].text("system"), Some("openai/gpt-4o-2024-05-13"));
}
