#![allow(clippy::unwrap_used)]

use super::*;
use crate::ingest::testing::{problems, read_file};
use crate::metric::Value;

fn names(header: &str) -> Option<Form> {
    form(&header.split(',').map(str::to_owned).collect::<Vec<_>>())
}

#[test]
fn a_table_is_known_by_its_header_only() {
    for header in [
        ",user_input,retrieved_contexts,response,reference,faithfulness",
        "question,answer,contexts,ground_truth,faithfulness",
        "user_input,response,my_own",
        "Question,Faithfulness,Answer Relevancy",
    ] {
        assert!(names(header) == Some(Form::Answers), "{header}");
    }
    assert!(names("metric,score") == Some(Form::Measures) && names(",Metric,Score") == Some(Form::Measures));
    assert!(names("system,Faithfulness,Context Recall") == Some(Form::Runs));
    for header in
        ["user_input,reference_contexts,reference,synthesizer_name", "question,answer,contexts", "metric,score,unit", "a,faithfulness"]
    {
        assert!(names(header).is_none(), "{header}");
    }
}

#[test]
fn limits_of_a_map_judge_answers_and_never_means() {
    let map = "family: golden\nmeasures: { faithfulness: { at_least: 0.8 } }\njudges: { hallucination: faithfulness }\n";
    let path = |name: &str| std::path::PathBuf::from("fixtures/formats/ragas").join(name);
    let evidence = read_file("golden", &path("results.csv"), Some(map), &[]);
    assert_eq!(evidence.metric("golden.pass_rate").map(|m| (m.value.clone(), m.unmeasured)), Some((Value::ratio(1, 2), 1)));
    assert_eq!(evidence.metric("golden.hallucination_rate").map(|m| (m.value.clone(), m.unmeasured)), Some((Value::ratio(1, 2), 1)));
    let score = evidence.rows("golden.score").iter().find(|row| row.subject() == "faithfulness").unwrap();
    assert_eq!((score.number("mean"), score.number("mean_of_scored"), score.count("missing")), (None, Some(0.75), Some(1)));
    let evidence = read_file("golden", &path("systems.csv"), Some(&map.replace("faithfulness", "Faithfulness")), &[]);
    assert_eq!(evidence.metric("golden.pass_rate").map(|m| (m.value.clone(), m.unmeasured)), Some((Value::ratio(0, 1), 1)));
    assert_eq!(problems(&evidence), ["warning means-only: the rows hold means of whole runs, and no case that could be judged"]);
}
