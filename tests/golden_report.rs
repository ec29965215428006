//! What of a golden set may be in a report, and what every output says of it.

#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use support::check;

const QUESTION: &str = "How long does Ms Meier keep her backups?";
const WRONG: &str = "Ms Meier keeps them for 90 days <script>alert(1)</script>";
const EXPECTED: &str = "Thirty days.";
const CLAIM: &str = "The retention period is 90 days.";

/// A golden set of which one case fails, one could not be judged, and one was tried five times; and a rule on it.
fn project(folder: &Path, publish: &str) {
    let mut lines = String::from(
        r#"{"type":"run","schema":"golden/1","run_id":"r","suite":"assistant","created_at":"2026-02-17T22:40:00Z","mode":"live","expected_cases":60,"system":{"provider":"openai","model":"gpt"},"judge":{"kind":"llm","model":"judge-1"}}"#,
    );
    let mut cases = 0;
    for i in 0..60 {
        for attempt in 1..=if i == 7 { 5 } else { 1 } {
            let bad = i == 3 || (i == 7 && attempt == 2);
            let (status, verdict) = (if i == 20 { "timeout" } else { "ok" }, if bad { "contradicted" } else { "supported" });
            let answer = if bad { WRONG.to_owned() } else { format!("It says so, {i}.") };
            let category = ["LEGAL", "MEDICAL", "עברית"][i % 3];
            let claim = format!(
                r#"{{"id":"c1","text":"{CLAIM}","verdict":"{verdict}","citations":[{{"source":"d","resolves":true,"supports":{}}}]}}"#,
                !bad
            );
            write!(
                lines,
                "\n{{\"type\":\"case\",\"id\":\"q-{i:02}\",\"attempt\":{attempt},\"category\":\"{category}\",\"sentinel\":{},\"status\":\"{status}\",\
                 \"latency_ms\":800,\"tokens\":{{\"in\":9,\"out\":9}},\"claims_expected\":1,\"claims\":[{}],\"scores\":{{\"faithfulness\":0.4}},\
                 \"question\":\"{QUESTION}\",\"answer\":\"{answer}\",\"expected\":\"{EXPECTED}\"}}",
                i == 3,
                if i == 20 { "" } else { &claim }
            )
            .unwrap();
            cases += 1;
        }
    }
    write!(lines, "\n{{\"type\":\"end\",\"cases\":{cases},\"claims\":{}}}\n", cases - 1).unwrap();
    fs::write(folder.join("golden.jsonl"), lines).unwrap();
    let publish = if publish.is_empty() { String::new() } else { format!(", publish: {publish}") };
    let config = format!("project: {{ id: a }}\nevidence:\n  golden: {{ family: golden, path: golden.jsonl{publish} }}\npacks: [rules/]\n");
    fs::write(folder.join("readiness.yaml"), config).unwrap();
    fs::create_dir_all(folder.join("rules")).unwrap();
    fs::write(folder.join("rules/pack.yaml"), "title: Mine\nabout: Ours\n").unwrap();
    let rule = "question: Are at most two in a hundred claims bad?\nseverity: P1\nrequire: golden.hallucination_rate <= 2%\nconfidence: 95%\n\
                why: Bad claims reach users.\nfix: Read them.\ncases:\n  - { given: { golden.hallucination_rate: 0/1000 }, outcome: pass }\n  \
                - { given: { golden.hallucination_rate: 90/300 }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
    fs::write(folder.join("rules/rate.yaml"), rule).unwrap();
}

/// Everything that leaves the house, as one text.
fn outputs(folder: &Path) -> String {
    let made = check(folder, &["--out", "out"]);
    assert_ne!(made.code, 2, "{}", made.err);
    let mut files: Vec<_> = fs::read_dir(folder.join("out")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 3);
    let mut all: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    for format in ["text", "github"] {
        all.push_str(&check(folder, &["--format", format]).out);
    }
    all
}

#[test]
fn questions_and_answers_stay_in_the_house_unless_published() {
    let says = |publish: &str| {
        let folder = tempfile::tempdir().unwrap();
        project(folder.path(), publish);
        let all = outputs(folder.path());
        [QUESTION, "Ms Meier keeps them for 90 days", CLAIM, EXPECTED].map(|text| all.contains(text))
    };
    assert_eq!(says(""), [false; 4]);
    assert_eq!(says("ids"), [false; 4]);
    assert_eq!(says("answers"), [false, true, true, false]);
    assert_eq!(says("all"), [true; 4]);
}

#[test]
fn a_word_that_is_not_known_is_a_mistake_in_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = |publish: &str| {
        project(folder.path(), publish);
        let answer = check(folder.path(), &[]);
        assert_eq!(answer.code, 2, "{publish}: {}", answer.err);
        answer.err
    };
    let near = wrong("answer");
    assert!(near.contains("`publish: answer` is not known") && near.contains("did you mean `answers`?"), "{near}");
    assert!(wrong("everything").contains("write ids, answers or all"));
    project(folder.path(), "");
    fs::write(
        folder.path().join("readiness.yaml"),
        "project: { id: a }\nevidence: { t: { family: tests, path: t.xml, publish: all } }\npacks: [pr-gate]\n",
    )
    .unwrap();
    assert!(check(folder.path(), &[]).err.contains("`publish` is about the questions and answers of golden sets"));
}

#[test]
fn every_output_says_the_same_of_the_set() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "all");
    check(folder.path(), &["--out", "out"]);
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let (page, summary, text) = (read("report.html"), read("summary.md"), check(folder.path(), &[]).out);
    let rate = "2 of 63 (3.18 %) in 59 independent groups";
    for shown in [&page, &summary, &text] {
        assert!(shown.contains("at most ") && shown.contains("q-03"), "{shown}");
    }
    let bound = page.split_once(rate).and_then(|(_, rest)| rest.split_once("at most ")?.1.split_once(" %")).unwrap().0.to_owned();
    assert!(text.replace('\n', " ").contains(&format!("{bound} %")), "{bound}: {text}");
    assert!(summary.contains(&bound), "{bound}: {summary}");
    for part in ["4 of 5 attempts passed", "1 case could not be judged: 1 broke", "sentinel", "on cases like these", "Judge not calibrated"]
    {
        assert!(page.contains(part) || page.contains(&part.replace("on ", "for ")), "{part}");
    }
    assert!(summary.contains("Golden set: 3 of 60 cases did not pass") && summary.contains("4 of 5 attempts passed"), "{summary}");
    assert!(!page.contains("<script>alert"));
}
