#![allow(clippy::unwrap_used)]

use super::*;
use crate::render::{OUTPUTS, Style, sample};

fn shown(name: &str) -> String {
    let output = OUTPUTS.iter().find(|output| output.name == name).unwrap();
    (output.render)(&sample::waived(), Style { width: 200, ..Style::default() }).unwrap()
}

#[test]
fn every_output_says_who_lets_what_stand() {
    let expiring = "W-1 for pr-gate/tests-pass expires in 2 days, owner @alice: the parser is being rewritten (waivers.yaml:3)";
    let text = shown("text");
    for part in [
        format!("EXPIRING     {expiring}\n"),
        "UNUSED       W-2 for pr-gate/coverage is not needed: delete it, owner @alice:".to_owned(),
        "EXPIRED      W-3 for ai-claims/hallucination-rate expired 3 days ago, owner @alice:".to_owned(),
        "RELAXED      pr-gate/coverage is relaxed until 2026-03-31, 41 days left, owner @carol: \
         require: coverage.line >= 80% -> coverage.line >= 70%; the importer has no tests yet (rules/ours/covered.yaml:3)"
            .to_owned(),
        "LAPSED       profile pr was relaxed until 2026-02-15: that lapsed 3 days ago".to_owned(),
        "Judged by the rules of main (14c907f); the change would make 2 things otherwise:".to_owned(),
        "looser       pr-gate/coverage: require: coverage.line >= 80% -> coverage.line >= 70%".to_owned(),
        "FAIL 2  UNPROVEN 1  NO EVIDENCE 1  PASS 1  N/A 1  WAIVED 1".to_owned(),
        "2 findings block: 1 is unproven, 1 has no evidence; 1 finding is waived.".to_owned(),
    ] {
        assert!(text.contains(&part), "{part}\n{text}");
    }
    // A waiver for another profile is no news, unless everything is asked for.
    assert!(!text.contains("W-4"));

    let markdown = shown("markdown");
    for part in [
        "❌&nbsp;fail<br>🔶&nbsp;waived",
        "⚠️&nbsp;expiring",
        "⚠️&nbsp;unused",
        "🔶&nbsp;out&nbsp;of&nbsp;scope",
        "🔶&nbsp;relaxed",
        "⚠️&nbsp;lapsed",
        "* different `evidence golden`: read otherwise",
    ] {
        assert!(markdown.contains(part), "{part}\n{markdown}");
    }

    let github = shown("github");
    for part in [
        "::notice file=waivers.yaml,line=3,title=expiring waiver W-1::W-1 for pr-gate/tests-pass expires in 2 days",
        "::notice file=waivers.yaml,line=3,title=unused waiver W-2::",
        "::notice file=rules/ours/covered.yaml,line=3,title=lapsed relax of profile pr::profile pr was relaxed until 2026-02-15",
        "::notice file=junit.xml,line=12,title=fail pr-gate/tests-pass::",
        "waived until 2026-02-20 by W-1, owner @alice: the parser is being rewritten",
    ] {
        assert!(github.contains(part), "{part}\n{github}");
    }
    assert!(!github.contains("::error file=junit.xml,line=12,title=fail"), "{github}");

    let html = shown("html");
    for part in [
        "<section id=\"waivers\"",
        "#i-waived\"/></svg>Waived",
        "#i-waived\"/></svg>1 waived",
        "Expiring",
        "approved by <bdi>@bob</bdi>, a code owner of it (<bdi>.github/CODEOWNERS at 14c907f</bdi>)",
        "as the file asserts",
        "<code>coverage.line &#62;= 70%</code>",
        "<section id=\"proposal\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn a_finding_that_is_not_waived_says_nothing_of_it() {
    let report = sample::waived();
    let waived: Vec<_> = report.findings.iter().filter_map(by).collect();
    assert_eq!(waived, ["waived until 2026-02-20 by W-1, owner @alice: the parser is being rewritten"]);
    assert_eq!(count(&sample::report()), None);
}
