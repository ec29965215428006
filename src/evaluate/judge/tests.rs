#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::evaluate::pack::{self, Files};
use crate::evidence::{Evidence, Table};
use crate::metric::{Name, Value};
use crate::source::{Grade, Location, Source};
use std::collections::BTreeMap;

const NOW: Instant = Instant(1_771_372_800_000);
const HEAD: &str = "14c907f09276bec86cf5c2aa77ccc4b26e4c754d";

/// A rule from its telling lines; cases are there because every rule has them.
pub(super) fn rule(lines: &str) -> Vec<Compiled> {
    let cases = "cases:\n  - { given: {}, outcome: pass }\n  - { given: {}, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
    let text = format!("question: Is it so?\nseverity: P1\nwhy: Because.\nfix: Mend it.\n{lines}\n{cases}");
    let files = Files { pack: "p".into(), files: vec![("p/r.yaml".into(), text)] };
    let mut errors = Vec::new();
    let read = pack::read(&[files], Instant(0), &mut errors);
    let (rules, _) = pack::check(&read, &BTreeMap::new(), &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    rules
}

fn golden(mode: &str, commit: &str, age_hours: i64) -> Evidence {
    let collected_at = Some(Instant(NOW.0 - age_hours * 3_600_000));
    let source = Source { path: "g.jsonl".into(), mode: Some(mode.into()), commit: Some(commit.into()), collected_at, ..Source::default() };
    let mut evidence = Evidence { sources: vec![source], ..Evidence::new("golden", "golden") };
    evidence.put("golden.hallucination_rate", Value::ratio(0, 76));
    evidence.put("golden.cases", Value::Count(76));
    evidence.put("golden.mode", Value::text(mode));
    evidence
}

fn judged(rules: &[Compiled], evidence: &[Evidence]) -> Vec<Finding> {
    let occasion = Occasion { now: Some(NOW), commit: Some(HEAD.into()), profile: Some("pr".into()), ..Occasion::default() };
    judge(rules, &Facts::new(evidence), &occasion)
}

fn only(rules: &[Compiled], evidence: &[Evidence]) -> Finding {
    let mut findings = judged(rules, evidence);
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

#[test]
fn unfit_evidence_says_what_it_would_show() {
    let rules = rule("require: golden.hallucination_rate <= 0.5%\nconfidence: 95%\nevidence: { max_age: 24h, commit: head, mode: live }");
    let found = only(&rules, &[golden("mock", HEAD, 1)]);
    assert_eq!((found.outcome, found.gap), (Outcome::NoEvidence, Some(Gap::Unfit)));
    assert_eq!(found.message, "made in mode mock, required live (g.jsonl)");
    let shown = found.would_show.unwrap();
    assert_eq!(
        (shown.outcome, shown.text.as_str()),
        (Outcome::Unproven, "0 of 76, at most 3.87 %, required at most 0.5 %: 522 more clean cases needed")
    );

    let gap = |mode, commit, age| only(&rules, &[golden(mode, commit, age)]).gap;
    assert_eq!(gap("live", HEAD, 1), None);
    assert_eq!(gap("live", "14c907f", 24), None, "a short commit is the same commit, and the limit itself is accepted");
    assert_eq!(gap("live", "24c907f09276bec86cf5c2aa77ccc4b26e4c754d", 1), Some(Gap::Unfit));
    assert_eq!(gap("live", HEAD, 25), Some(Gap::Stale));
    assert_eq!(gap("live", HEAD, -1), Some(Gap::Invalid), "evidence from the future");
}

#[test]
fn evidence_that_cannot_be_used_is_told_apart() {
    let rules = rule("require: golden.cases >= 10");
    let none = only(&rules, &[]);
    assert_eq!((none.gap, none.message.as_str()), (Some(Gap::Missing), "no golden evidence is configured"));
    let mut broken = golden("live", HEAD, 1);
    broken.problem("truncated", Grade::Error, "g.jsonl", Location::line(7), "the run has no end");
    let invalid = only(&rules, &[broken]);
    assert_eq!((invalid.gap, invalid.message.as_str()), (Some(Gap::Invalid), "golden: g.jsonl:7: the run has no end"));
}

fn categories() -> Evidence {
    let mut evidence = golden("live", HEAD, 1);
    for (name, bad) in [("LEGAL", 0), ("MEDICAL", 30)] {
        evidence.push(
            "golden.category",
            Record::new("name", name).with("hallucination_rate", Value::ratio(bad, 400)).with("cases", Value::Count(400)),
        );
    }
    evidence
}

#[test]
fn one_finding_per_row_and_excluded_rows_are_listed() {
    let rules = rule("for_each: golden.category\nrequire: hallucination_rate <= 2%");
    let found = judged(&rules, &[categories()]);
    let outcomes: Vec<_> = found.iter().map(|f| (f.subject.clone().unwrap(), f.outcome)).collect();
    assert_eq!(outcomes, [("MEDICAL".into(), Outcome::Fail), ("LEGAL".into(), Outcome::Pass)]);
    assert_eq!(found[0].margin, "22 cases too many");
    assert_ne!(found[0].fingerprint, found[1].fingerprint);

    let rules = rule("for_each: golden.category\nwhere: name == \"LEGAL\"\nrequire: hallucination_rate <= 2%");
    let found = judged(&rules, &[categories()]);
    assert_eq!(found.iter().map(|f| f.outcome).collect::<Vec<_>>(), [Outcome::Pass, Outcome::NotApplicable]);
}

#[test]
fn what_a_where_names_must_be_there() {
    let rules = rule("for_each: golden.category\nwhere: name == \"LEGLA\"\nrequire: hallucination_rate <= 2%");
    let found = judged(&rules, &[categories()]);
    let (told, left_out) = found.split_first().unwrap();
    assert_eq!((told.outcome, told.gap, told.subject.as_deref()), (Outcome::NoEvidence, Some(Gap::Missing), None));
    assert_eq!(told.message, "`where` names `LEGLA`, and no golden.category is called so - did you mean `LEGAL`?");
    assert!(left_out.len() == 2 && left_out.iter().all(|f| f.outcome == Outcome::NotApplicable));
}

#[test]
fn what_one_entry_lacks_hides_nothing_of_another() {
    let rules = rule("for_each: golden.category\nwhere: name == \"MEDICAL\"\nrequire: hallucination_rate <= 2%");
    let mut gone = Evidence::new("weekly", "golden");
    gone.problem(crate::evidence::MISSING, Grade::Error, "w.jsonl", Location::whole(), "w.jsonl is not there");
    let outcomes = |evidence: &[Evidence]| judged(&rules, evidence).into_iter().map(|f| (f.subject, f.outcome)).collect::<Vec<_>>();
    let medical = (Some("MEDICAL".to_owned()), Outcome::Fail);
    let legal = (Some("LEGAL".to_owned()), Outcome::NotApplicable);
    assert_eq!(outcomes(&[categories(), gone.clone()]), [medical, (None, Outcome::NoEvidence), legal]);
    let found = judged(&rules, &[categories(), gone.clone()]);
    assert_eq!(found[1].message, "weekly: w.jsonl is not there");
    // What is named may be in the one that is gone.
    let mut none = golden("live", HEAD, 1);
    none.family("golden.category");
    assert_eq!(
        judged(&rules, &[none, gone.clone()]).iter().map(|f| f.message.as_str()).collect::<Vec<_>>(),
        ["weekly: w.jsonl is not there"]
    );
    assert_eq!(outcomes(&[gone]), [(None, Outcome::NoEvidence)]);
}

#[test]
fn an_empty_family_is_zero_only_where_the_rule_says_so() {
    let mut empty = golden("live", HEAD, 1);
    empty.family("golden.category");
    let ask = |lines: &str, evidence: &Evidence| only(&rule(lines), std::slice::from_ref(evidence)).outcome;
    assert_eq!(ask("for_each: golden.category\nrequire: cases > 0", &empty), Outcome::NoEvidence);
    assert_eq!(ask("for_each: golden.category\nrequire: cases > 0\nempty: 0", &empty), Outcome::Pass);
    assert_eq!(ask("require: count(golden.category) == 0", &empty), Outcome::NoEvidence);
    assert_eq!(ask("require: count(golden.category) == 0\nempty: 0", &empty), Outcome::Pass);
    assert_eq!(ask("require: all(golden.category, cases > 0)", &empty), Outcome::NoEvidence);
    let never_looked_for = golden("live", HEAD, 1);
    assert_eq!(ask("for_each: golden.category\nrequire: cases > 0\nempty: 0", &never_looked_for), Outcome::NoEvidence);
}

#[test]
fn worst_and_all_look_at_every_row() {
    let ask = |require: &str| only(&rule(&format!("require: {require}")), &[categories()]);
    let worst = ask("worst(golden.category.hallucination_rate) <= 2%");
    assert_eq!((worst.outcome, worst.observed.as_str()), (Outcome::Fail, "7.5 % (30 of 400)"));
    assert!(worst.message.starts_with("golden.category.hallucination_rate of MEDICAL is"), "{}", worst.message);
    let all = ask("all(golden.category, hallucination_rate <= 2%)");
    assert_eq!(
        (all.outcome, all.observed.as_str(), all.required.as_str()),
        (Outcome::Fail, "1 of 2", "all: hallucination_rate at most 2 %")
    );
    assert_eq!(all.message, "1 of 2 golden.category not as required (hallucination_rate at most 2 %): MEDICAL (g.jsonl)");
    assert_eq!(ask("all(golden.category, cases == 400)").message, "all 2 golden.category as required (cases 400) (g.jsonl)");
}

#[test]
fn a_rule_may_wait_for_its_occasion() {
    let ask = |lines: &str| only(&rule(lines), &[golden("live", HEAD, 1)]);
    assert_eq!(ask("require: golden.cases >= 10\nwhen: profile == \"release\"").outcome, Outcome::NotApplicable);
    assert_eq!(ask("require: golden.cases >= 10\nwhen: profile == \"pr\"").outcome, Outcome::Pass);
    let later = ask("require: golden.cases >= 10\neffective_from: 2026-03-01");
    assert_eq!((later.outcome, later.message.as_str()), (Outcome::NotApplicable, "starts on 2026-03-01"));
}

#[test]
fn a_row_speaks_for_itself_before_any_rule_does() {
    let mut evidence = Evidence::new("nightly", "benchmark");
    let row = |id: &str| Record::new("id", id).with("state", Value::text("stable")).with("points", Value::Count(3));
    for (id, standing) in [("a", "not-applicable"), ("b", "unproven"), ("c", "no-evidence")] {
        evidence.push("benchmark.series", row(id).with("standing", Value::text(standing)).with("because", Value::text("so")));
    }
    evidence.push("benchmark.series", row("d"));
    let found = judged(&rule("for_each: benchmark.series\nrequire: state != \"regressed\""), std::slice::from_ref(&evidence));
    let outcome = |id: &str| found.iter().find(|f| f.subject.as_deref() == Some(id)).unwrap().outcome;
    assert_eq!(
        [outcome("a"), outcome("b"), outcome("c"), outcome("d")],
        [Outcome::NotApplicable, Outcome::Unproven, Outcome::NoEvidence, Outcome::Pass]
    );

    let found = judged(&rule("for_each: benchmark.series\nrequire: state != \"regressed\"\nwarmup: 20"), &[evidence]);
    assert!(found.iter().any(|f| f.message == "learning 3/20"));
}

#[test]
fn rows_that_were_not_kept_decide_nothing() {
    let series = |state: &str| Record::new("id", "p95").with("state", Value::text(state));
    let ask = |text: &str, state: &str| {
        let mut evidence = Evidence::new("nightly", "benchmark");
        evidence.push("benchmark.series", series(state));
        evidence.omitted.insert("benchmark.series".into(), 7);
        judged(&rule(text), &[evidence])[0].clone()
    };
    for text in ["for_each: benchmark.series\nrequire: state != \"regressed\"", "require: all(benchmark.series, state != \"regressed\")"] {
        assert_eq!(ask(text, "stable").outcome, Outcome::Unproven, "{text}");
        assert_eq!(ask(text, "regressed").outcome, Outcome::Fail, "{text}");
    }
    assert!(ask("for_each: benchmark.series\nrequire: state != \"regressed\"", "stable").message.contains("7 more rows were not judged"));
    assert_eq!(ask("require: count(benchmark.series) == 8", "stable").outcome, Outcome::Pass);
}

#[test]
fn a_query_gives_values_or_rows() {
    let collect =
        |rows: &str| format!("collect: {{ sql: audit, query: \"SELECT 1\", outputs: {{ table_name: text, deleted: count }}{rows} }}\n");
    let evidence = |rows: Vec<Vec<Option<Value>>>, error: Option<&str>| {
        let columns = vec![(Name::Borrowed("table_name"), Name::Borrowed("text")), (Name::Borrowed("deleted"), Name::Borrowed("count"))];
        let table = Table { rule: "p/r".into(), columns, rows, error: error.map(str::to_owned), ..Table::default() };
        Evidence { tables: vec![table], ..Evidence::new("log", "audit") }
    };
    let facts = || vec![Some(Value::text("facts")), Some(Value::Count(7))];
    let single = rule(&format!("{}require: deleted < 5", collect("")));
    let found = only(&single, &[evidence(vec![facts()], None)]);
    assert_eq!((found.outcome, found.margin.as_str()), (Outcome::Fail, "3 too many"));
    assert_eq!(
        only(&single, &[evidence(vec![vec![Some(Value::text("facts")), None]], None)]).outcome,
        Outcome::NoEvidence,
        "NULL is no value"
    );
    assert_eq!(only(&single, &[evidence(vec![], None)]).gap, Some(Gap::Missing));
    assert_eq!(only(&single, &[evidence(vec![facts(), facts()], None)]).gap, Some(Gap::Invalid));
    assert_eq!(only(&single, &[evidence(vec![], Some("no such column"))]).message, "the query failed: no such column");

    let each = rule(&format!("{}for_each: rows\nrequire: deleted < 5", collect(", rows: 20")));
    assert_eq!(only(&each, &[evidence(vec![facts()], None)]).subject.as_deref(), Some("facts"));
    let mut cut = evidence(vec![vec![Some(Value::text("facts")), Some(Value::Count(1))]], None);
    cut.tables[0].omitted = 3;
    let left_open = only(&each, &[cut]);
    assert_eq!((left_open.outcome, left_open.margin.as_str()), (Outcome::Unproven, "3 more rows were not judged"));
    let counted = rule(&format!("{}require: count(rows) == 0\nempty: 0", collect(", rows: 20")));
    assert_eq!(only(&counted, &[evidence(vec![], None)]).outcome, Outcome::Pass);
    assert_eq!(only(&counted, &[evidence(vec![facts()], None)]).outcome, Outcome::Fail);
}

#[test]
fn several_entries_of_a_family_are_merged_and_told_apart() {
    let mut two = golden("live", HEAD, 1);
    two.name = "second".into();
    let ask = |require: &str, evidence: &[Evidence]| only(&rule(&format!("require: {require}")), evidence);
    let both = [golden("live", HEAD, 1), two.clone()];
    assert_eq!(ask("golden.cases == 152", &both).outcome, Outcome::Pass);
    assert_eq!(ask("golden.cases{source=\"second\"} == 76", &both).outcome, Outcome::Pass);
    assert_eq!(ask("golden.cases{source=\"third\"} == 76", &both).outcome, Outcome::NoEvidence);
    two.problem("damaged", Grade::Error, "h.jsonl", Location::whole(), "cut short");
    assert_eq!(
        ask("golden.cases >= 1", &[golden("live", HEAD, 1), two]).outcome,
        Outcome::NoEvidence,
        "half of the evidence is not the evidence"
    );
}

#[test]
fn rows_of_one_name_in_two_entries_are_told_apart() {
    let entry = |name: &str| {
        let mut entry = Evidence::new(name, "golden");
        entry.push("golden.category", Record::new("name", "LEGAL").with("cases", Value::Count(5)));
        entry
    };
    let found = judged(&rule("for_each: golden.category\nrequire: cases > 1"), &[entry("day"), entry("night")]);
    let subjects: Vec<_> = found.iter().map(|f| f.subject.as_deref().unwrap()).collect();
    assert_eq!(subjects, ["LEGAL (day)", "LEGAL (night)"]);
    assert_ne!(found[0].fingerprint, found[1].fingerprint);
}

/// Rows for every row of rows: nobody would see the end of it.
#[test]
fn a_rule_does_not_look_for_ever() {
    let mut evidence = Evidence::new("unit", "tests");
    (0..200).for_each(|n| evidence.push("tests.case", Record::new("id", n.to_string()).with("outcome", Value::text("passed"))));
    let nested = |inner: &str| format!("all(tests.case, {inner})");
    let once = "outcome == \"passed\"".to_owned();
    let ask = |require: &str| only(&rule(&format!("require: '{require}'")), std::slice::from_ref(&evidence));
    assert_eq!(ask(&nested(&nested(&once))).outcome, Outcome::Pass);
    let endless = ask(&nested(&nested(&nested(&once))));
    assert_eq!((endless.gap, endless.message.as_str()), (Some(Gap::Invalid), "the rule looks at more than 5,000,000 rows"));
}

#[test]
fn a_cell_is_held_against_the_row_the_base_had() {
    let files = |rows: &[(&str, u64)]| {
        let mut evidence = Evidence::new("coverage", "coverage");
        evidence.sources.push(Source { path: "coverage.xml".into(), ..Source::default() });
        evidence.family("coverage.file");
        for (path, part) in rows {
            evidence.push("coverage.file", Record::new("path", *path).with("line", Value::ratio(*part, 100)));
        }
        evidence
    };
    let (head, mut was) = ([files(&[("a", 90), ("b", 70), ("new", 10)])], [files(&[("a", 80), ("b", 80), ("gone", 5)])]);
    let judge = |lines: &str, was: &[Evidence]| {
        let found = judge(&rule(lines), &Facts::new(&head).with_base(was), &Occasion::default());
        let all = found.into_iter().map(|f| (f.subject.unwrap_or_default(), (f.outcome, f.message)));
        all.collect::<BTreeMap<_, _>>()
    };
    let found = judge("for_each: coverage.file\nrequire: delta(line) >= -5pt", &was);
    assert_eq!(found["a"].0, Outcome::Pass);
    let short = "delta(line) is -10 pt (70 %, was 80 %), required at least -5 pt: 5 lines short (coverage.xml)";
    assert_eq!(found["b"], (Outcome::Fail, short.to_owned()));
    assert_eq!(found["new"], (Outcome::NoEvidence, "in the base, there was no new".to_owned()));
    let filtered = judge("for_each: coverage.file\nwhere: has(delta(line))\nrequire: delta(line) >= -5pt", &was);
    assert_eq!(filtered["new"].0, Outcome::NotApplicable);
    let all = judge("require: all(coverage.file, !has(delta(line)) || change(line) >= 0%)", &was);
    assert_eq!(all[""].0, Outcome::NoEvidence, "`||` hides no missing base");

    was[0].omitted.insert("coverage.file".into(), 3);
    let cut = judge("for_each: coverage.file\nwhere: has(delta(line))\nrequire: delta(line) >= -5pt", &was);
    assert_eq!(cut["new"].0, Outcome::NoEvidence, "it may be among the rows that were left out");
    was[0].push("coverage.file", Record::new("path", "a").with("line", Value::ratio(1, 2)));
    assert_eq!(judge("for_each: coverage.file\nrequire: delta(line) >= -5pt", &was)["a"].0, Outcome::NoEvidence);
}

#[test]
fn a_path_may_be_asked_to_fit_a_pattern() {
    let mut evidence = Evidence::new("coverage", "coverage");
    evidence.sources.push(Source { path: "coverage.xml".into(), ..Source::default() });
    for (path, part) in [("src/io/a.py", 9), ("src/b.py", 5), ("web/c.js", 1)] {
        evidence.push("coverage.file", Record::new("path", path).with("line", Value::ratio(part, 10)));
    }
    let judge = |lines: &str| -> BTreeMap<String, Outcome> {
        let found = judged(&rule(lines), std::slice::from_ref(&evidence));
        found.into_iter().map(|f| (f.subject.unwrap_or_default(), f.outcome)).collect()
    };
    let found = judge("for_each: coverage.file\nwhere: 'glob(path, \"src/**/*.py\")'\nrequire: line >= 80%");
    let expected = [("src/b.py", Outcome::Fail), ("src/io/a.py", Outcome::Pass), ("web/c.js", Outcome::NotApplicable)];
    assert_eq!(found, expected.map(|(path, outcome)| (path.to_owned(), outcome)).into());
    let all = judge("require: 'all(coverage.file, glob(path, \"web/*\") || line >= 50%)'");
    assert_eq!(all[""], Outcome::Pass);
    assert_eq!(judge("require: 'all(coverage.file, !glob(path, \"web/*\"))'")[""], Outcome::Fail);
}
