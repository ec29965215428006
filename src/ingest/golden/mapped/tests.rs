#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::evidence::Evidence;
use crate::ingest::shipped_map;
use crate::ingest::testing::{problems, read_file};
use crate::metric::Value;

fn read(map: &str, name: &str, content: &[u8]) -> Evidence {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    read_file("golden", &path, Some(map), &[])
}

/// A map of these columns and more.
fn map(columns: &str, more: &str) -> String {
    format!("family: golden\ncolumns: {columns}\n{more}\n")
}

/// Every case with what became of it and why.
fn outcomes(evidence: &Evidence) -> Vec<String> {
    let row = |row: &crate::record::Record| {
        let why = row.text("message").map(|why| format!(": {why}")).unwrap_or_default();
        format!("{} {}{why}", row.subject(), row.text("outcome").unwrap())
    };
    evidence.rows("golden.case").iter().map(row).collect()
}

fn metric(evidence: &Evidence, id: &str) -> Option<(Value, u64)> {
    evidence.metric(id).map(|metric| (metric.value.clone(), metric.unmeasured))
}

#[test]
fn the_words_of_a_table_become_outcomes() {
    let table = "id;outcome;ms;error\na;Pass;1,5;\nb;FAIL;2;\nc;pass;;boom\nd;;3;\ne;skip;4;n/a\n";
    let layout = map("{ id: id, outcome: outcome, latency: ms, error: error }", "outcomes: { good: [pass], bad: [fail], skipped: [skip] }");
    let evidence = read(&layout, "a.csv", table.as_bytes());
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(outcomes(&evidence), ["a passed", "b failed", "c error: boom", "d not-judged: it has no outcome", "e skipped"]);
    assert_eq!(metric(&evidence, "golden.pass_rate"), Some((Value::ratio(1, 2), 3)));
    assert_eq!(metric(&evidence, "golden.expected_cases"), None, "nobody says how many there should be");
    assert_eq!(metric(&evidence, "golden.mode"), None, "nobody says how the answers were made");
    assert_eq!(evidence.rows("golden.case")[0].get("latency"), Some(&Value::Duration(1.5)));
}

#[test]
fn what_the_map_does_not_know_is_told_with_its_place() {
    let layout = map("{ id: id, outcome: outcome, category: topic }", "outcomes: { good: [pass], bad: [fail] }");
    let evidence = read(&layout, "a.csv", b"id,outcome\na,pass\nb,passd\n");
    assert_eq!(
        problems(&evidence),
        [
            "error unknown-word:3: the outcome `passd` is not in the map; did you mean `pass`?",
            "error no-column: no row has a column `topic`",
        ]
    );
    let evidence = read(&layout, "a.jsonl", b"{\"id\":\"a\",\"outcome\":\"pass\",\"topics\":1}\n[]\n{\"id\":\n");
    assert_eq!(
        problems(&evidence),
        [
            "error undecodable:2: a row must be an object",
            "error undecodable:3:6: EOF while parsing a value",
            "error no-column: no row has a column `topic`; did you mean `topics`?",
        ]
    );
    let evidence = read(&layout, "a.csv", b"id,outcome,topic\na,pass\n");
    assert_eq!(problems(&evidence), ["error ragged-row:2: the row has 2 cells, and the header 3"]);
    let evidence = read(&map("{ id: id, latency: ms }", ""), "a.csv", b"id,ms\na,fast\n");
    assert_eq!(problems(&evidence), ["error not-a-number:2: `ms` is no number: `fast`"]);
}

#[test]
fn measures_decide_and_what_was_not_computed_is_no_verdict() {
    let table = "question,f,latency_s,has\nq1,0.9,2,1\nq2,0.79,2,1\nq3,-1,2,0\nq4,0.8,9,1\nq5,,2,\n";
    let demands = "unmeasured: [-1]\nmeasures: { f: { at_least: 0.8 }, latency_s: { at_most: 5 } }\n\
                   judges: { hallucination: f, citation_coverage: { measure: has, at_least: 1 } }\nmode: live\nexpected_cases: 6";
    let evidence = read(&map("{ question: question }", demands), "a.csv", table.as_bytes());
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(
        outcomes(&evidence),
        [
            "q1 passed",
            "q2 failed: f is 0.79, and 0.8 is the least",
            "q3 not-judged: f was not computed",
            "q4 failed: latency_s is 9, and 5 is the most",
            "q5 not-judged: f was not computed",
        ]
    );
    assert_eq!(metric(&evidence, "golden.hallucination_rate"), Some((Value::ratio(1, 3), 2)));
    assert_eq!(metric(&evidence, "golden.citation_coverage"), Some((Value::ratio(3, 4), 1)));
    assert_eq!(metric(&evidence, "golden.expected_cases"), Some((Value::Count(6), 0)));
    assert_eq!(metric(&evidence, "golden.mode"), Some((Value::text("live"), 0)));
    let f = &evidence.rows("golden.score")[0];
    assert_eq!((f.subject(), f.number("mean"), f.count("scored"), f.count("missing")), ("f", None, Some(3), Some(2)));
    assert!((f.number("mean_of_scored").unwrap() - 0.83).abs() < 1e-9);
    assert_eq!(f.get("pass_rate"), Some(&Value::ratio(2, 3)));
    assert_eq!(evidence.rows("golden.run")[0].text("measures"), Some("f >= 0.8; latency_s <= 5"));
}

#[test]
fn a_measure_that_nobody_judges_cannot_stand_for_a_rate() {
    let evidence = read(&map("{ id: id }", "judges: { hallucination: f }"), "a.csv", b"id,f\na,0.9\n");
    assert_eq!(
        problems(&evidence),
        ["error no-limit: `f` stands for a rate, and nobody says from where on it is good: give it `at_least` or `at_most`"]
    );
}

#[test]
fn questions_asked_twice_are_attempts_at_one_case() {
    let rows = br#"{"q": "why?", "ok": true}
{"q": "why?", "ok": false}
{"q": "how?", "ok": NaN}"#;
    let evidence = read(&map("{ question: q, outcome: ok }", "outcomes: { good: ['true'], bad: ['false'] }"), "a.jsonl", rows);
    assert_eq!(problems(&evidence), ["note repeated-question: asked more than once, and counted as attempts at one case: 1 questions"]);
    assert_eq!(outcomes(&evidence), ["why? failed", "how? not-judged: it has no outcome"]);
    assert_eq!(metric(&evidence, "golden.cases"), Some((Value::Count(3), 0)));
    assert_eq!(metric(&evidence, "golden.flaky"), Some((Value::Count(1), 0)));
}

#[test]
fn facts_and_words_are_held_against_what_was_expected() {
    let rows = br#"[
      {"id": "1", "category": "A", "query": "q", "answer": "Sold in 1999 [1].", "expected_facts": [{"fact_text": "Sold in 1999"}],
       "found_facts": [{"fact_text": "sold  in 1999"}], "invalid_facts": [], "grading_rules": {"must_mention": ["1999"], "should_not_mention": ["2000"], "min_citations": 1}, "citations": ["a#1"]},
      {"id": "2", "category": "A", "query": "q", "answer": "x", "expected_facts": ["a", "b"], "found_facts": ["a"], "invalid_facts": [], "grading_rules": {}, "citations": []},
      {"id": "3", "category": "A", "query": "q", "answer": "x", "expected_facts": ["a"], "found_facts": ["a", "c", "d"], "invalid_facts": ["c"], "grading_rules": {}, "citations": []},
      {"id": "4", "category": "B", "query": "q", "answer": "in 2000", "expected_facts": ["a"], "found_facts": ["a"], "invalid_facts": [], "grading_rules": {"should_not_mention": ["2000"]}, "citations": []},
      {"id": "5", "category": "B", "query": "q", "answer": "y", "expected_facts": ["a"], "found_facts": ["a"], "invalid_facts": [], "grading_rules": {"min_citations": 2}, "citations": ["s"]}
    ]"#;
    let evidence = read(shipped_map("golden-facts").unwrap(), "a.json", rows);
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(
        outcomes(&evidence),
        [
            "1 passed",
            "2 failed: 1 of 2 expected claims are supported",
            "3 failed: claim 2 is contradicted, and 1 more",
            "4 failed: the answer mentions `2000`",
            "5 failed: the answer has 1 of at least 2 citations",
        ]
    );
    assert_eq!(metric(&evidence, "golden.hallucination_rate"), Some((Value::ratio(2, 7), 0)));
    assert_eq!(metric(&evidence, "golden.citation_coverage"), Some((Value::ratio(0, 0), 0)), "facts need no citation of their own");
    let counts = map("{ id: id }", "facts: { expected: e, found: f, invalid: i }");
    let evidence = read(&counts, "a.csv", b"id,e,f,i\na,3,3,0\nb,3,2,1\nc,2,,0\nd,1,1,2\n");
    assert_eq!(problems(&evidence), ["error undecodable:5: 2 of 1 facts cannot be invalid"]);
    assert_eq!(outcomes(&evidence)[..2], ["a passed", "b failed: claim 1 is contradicted"]);
    assert!(outcomes(&evidence)[2].starts_with("c failed"), "{:?}", outcomes(&evidence));
}

#[test]
fn claims_are_read_with_their_citations_and_spans() {
    let rows = br#"{"id": "1", "text": "The cat sat.", "facts": [
        {"say": "cat", "v": "OK", "span": {"start_char": 4, "end_char": 7, "text": "cat"}},
        {"say": "dog", "v": "lie", "span": {"start_char": 4, "end_char": 7, "text": "dog"}}]}
"#;
    let text = String::from_utf8(rows.to_vec()).unwrap().replace("\n        ", "");
    let layout =
        map("{ id: id, source: text }", "claims: { in: facts, text: say, verdict: v, supported: [ok], contradicted: [lie], span: span }");
    let evidence = read(&layout, "a.jsonl", text.as_bytes());
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(metric(&evidence, "golden.hallucination_rate"), Some((Value::ratio(1, 2), 0)));
    assert_eq!(metric(&evidence, "golden.citation_coverage"), Some((Value::ratio(1, 2), 0)));
    let unknown = text.replace("lie", "maybe");
    let evidence = read(&layout, "a.jsonl", unknown.as_bytes());
    assert_eq!(problems(&evidence), ["error undecodable:1: claim 2 has the verdict `maybe`, which the map does not know"]);
}

#[test]
fn categories_that_are_too_small_or_missing_are_counted() {
    let layout =
        map("{ id: id, category: c, outcome: o }", "outcomes: { good: [p], bad: [f] }\ncategories: { LEGAL: 2, MEDICAL: 1, NEW: 1 }");
    let evidence = read(&layout, "a.csv", b"id,c,o\n1,LEGAL,p\n2,MEDICAL,p\n3,OTHER,p\n");
    assert_eq!(metric(&evidence, "golden.missing_categories"), Some((Value::Count(2), 0)));
    let rows: Vec<_> =
        evidence.rows("golden.category").iter().map(|row| (row.subject(), row.count("cases").unwrap(), row.count("required"))).collect();
    assert_eq!(rows, [("LEGAL", 1, Some(2)), ("MEDICAL", 1, Some(1)), ("NEW", 0, Some(1)), ("OTHER", 1, None)]);
}

#[test]
fn tables_of_any_encoding_are_read() {
    let layout = map("{ id: id, question: q, outcome: o }", "outcomes: { good: [p], bad: [f] }");
    let evidence = read(&layout, "a.csv", b"id;q;o\n1;o\xf9 ?;p\n");
    assert_eq!(problems(&evidence), ["warning not-utf-8: this is not text in UTF-8: it is read as Windows-1252"]);
    let utf16: Vec<u8> = "\u{feff}id\tq\to\r\n1\toù\tf\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let evidence = read(&layout, "a.csv", &utf16);
    assert_eq!((problems(&evidence), outcomes(&evidence)), (Vec::new(), vec!["1 failed".to_owned()]));
}
