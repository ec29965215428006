//! Golden cases that were made from one template, judged from the command line.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use readiness::metric::{Ratio, Value};
use readiness::record::{Basis, Record};
use std::fmt::Write as _;
use std::fs;
use support::{check, golden};

/// 400 clean cases; every `size` of them that follow each other are of one template.
fn templates(size: usize) -> String {
    let mut text = String::new();
    for line in golden(400).lines() {
        let number = line.split("\"id\":\"c").nth(1).and_then(|rest| rest.split('"').next()).and_then(|n| n.parse::<usize>().ok());
        match number {
            Some(n) => {
                writeln!(text, "{}", line.replacen("\"category\"", &format!("\"cluster\":\"t{}\",\"category\"", n / size), 1)).unwrap()
            }
            None => writeln!(text, "{line}").unwrap(),
        }
    }
    text
}

/// The exit code and what is said of 400 cases, bad ones replaced by `spoil`.
fn judged(size: usize, limit: &str, spoil: impl Fn(String) -> String) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put(
        "readiness.yaml",
        "project: { id: small, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }\nevidence:\n  golden: { family: golden, path: golden.jsonl }\npacks: [rules/]\n",
    );
    put("rules/own/pack.yaml", "title: Own\nabout: What the project asks of itself.\n");
    let rule = format!(
        "question: Is it so?\nseverity: P1\nrequire: golden.hallucination_rate <= {limit}\nconfidence: 95%\nwhy: Because.\nfix: Mend it.\ncases:\n  \
         - {{ given: {{}}, outcome: pass }}\n  - {{ given: {{}}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n"
    );
    put("rules/own/rate.yaml", &rule);
    put("golden.jsonl", &spoil(templates(size)));
    let answer = check(folder.path(), &[]);
    (answer.code, answer.out.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The first `n` claims are contradicted.
fn bad(n: usize) -> impl Fn(String) -> String {
    move |text| text.replacen("\"verdict\":\"supported\"", "\"verdict\":\"contradicted\"", n)
}

#[test]
fn forty_templates_show_what_forty_cases_show() {
    assert_eq!(judged(1, "1%", bad(0)).0, 0);
    let (code, said) = judged(10, "1%", bad(0));
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("0 of 400 in 40 independent groups, at most 7.22 %") && said.contains("259 more clean cases needed"), "{said}");
}

/// 20 bad cases in two templates could be chance; the same 20 spread over all templates are what they seem.
#[test]
fn bad_cases_of_one_template_weigh_more() {
    assert_eq!(judged(1, "8%", bad(20)).0, 0);
    let (code, said) = judged(10, "8%", bad(20));
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("20 of 400 (5 %) in 40 independent groups, at most 15.43 %"), "{said}");
    let spread = |text: String| {
        let lines = text.lines().map(|line| match line.contains("5\",\"attempt\"") {
            true => line.replacen("\"verdict\":\"supported\"", "\"verdict\":\"contradicted\"", 1),
            false => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    let (code, said) = judged(10, "13%", spread);
    assert_eq!(code, 0, "40 of 400, one in each template: {said}");
}

/// A stored report is judged as the one that was stored.
#[test]
fn a_ratio_keeps_what_it_rests_on() {
    let design = [Ratio::new(1, 4), Ratio::new(0, 1)].into_iter().collect();
    let row = Record::new("name", "LEGAL")
        .with("clusters", Value::Count(2))
        .with("plain", Value::ratio(1, 5))
        .with_ratio("grouped", Ratio::new(1, 5), Basis { design: Some(design), unmeasured: 0, range: None })
        .with_ratio("single", Ratio::new(1, 5), Basis::default())
        .with_ratio("unknown", Ratio::default(), Basis { design: None, unmeasured: 3, range: None });
    let text = serde_json::to_string(&row).unwrap();
    assert!(text.contains(
        r#""grouped":{"part":1,"whole":5,"design":{"clusters":2,"whole_squared":17,"part_whole":4,"part_squared":1},"unmeasured":0}"#
    ));
    assert!(text.contains(r#""plain":{"part":1,"whole":5},"#), "{text}");
    let back: Record = serde_json::from_str(&text).unwrap();
    assert_eq!(back, row);
    assert_eq!((back.basis("plain"), back.basis("single")), (None, Some(Basis::default())));
}
