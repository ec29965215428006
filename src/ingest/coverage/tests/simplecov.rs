//! SimpleCov's JSON.

use super::*;

fn results(commands: &[(&str, &str)]) -> String {
    let command = |(name, file): &(&str, &str)| format!(r#""{name}": {{"coverage": {{"/p/a.rb": {file}}}, "timestamp": 1771315200}}"#);
    format!("{{{}}}", commands.iter().map(command).collect::<Vec<_>>().join(", "))
}

#[test]
fn a_line_that_one_command_takes_as_irrelevant_must_have_run_to_count() {
    let (unit, system) = (r#"{"lines": [1, 0, null, 0, null, 2]}"#, r#"{"lines": [0, null, 3, 0, null]}"#);
    let all = evidence(&[results(&[("unit", unit), ("system", system)]).as_bytes()]);
    assert_eq!(ratio(&all, "coverage.line"), Some((3, 4)), "lines 1, 3 and 6 ran, 4 did not, 2 and 5 are nothing");
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T08:00:00Z"));
    assert!(all.problems.is_empty(), "{:?}", all.problems);
}

#[test]
fn the_same_holds_for_commands_in_files_of_their_own() {
    let run = |lines: &str| results(&[("RSpec", &format!(r#"{{"lines": [{lines}]}}"#))]);
    let files = [run("1, 0, null, 0, null, 2"), run("0, null, 3, 0, null"), run("0, 0, 0, 0, 0, 0")];
    let trace = "SF:/p/a.rb\nDA:2,0\nend_of_record\n".to_owned();
    let total = |files: &[&String]| ratio(&evidence(&files.iter().map(|file| file.as_bytes()).collect::<Vec<_>>()), "coverage.line");
    let [first, second, third] = &files;
    for order in [[first, second, third], [third, second, first], [second, first, third]] {
        assert_eq!(total(&order), Some((3, 4)), "2 and 5 are nothing to one of them, and none ran them");
    }
    assert_eq!(total(&[first, &trace, second]), Some((3, 5)), "what another tool says of line 2 counts");
    let branches = run("").replace(r#"{"lines": []}"#, r#"{"branches": {"[:if, 0, 1, 2, 3, 4]": {"[:then, 1, 1, 2, 1, 4]": 0}}}"#);
    assert_eq!(total(&[first, &branches]), Some((2, 4)), "who measures branches only says nothing of lines");
    let alone = evidence(&[branches.as_bytes()]);
    assert_eq!((ratio(&alone, "coverage.branch"), ratio(&alone, "coverage.line")), (Some((0, 1)), Some((0, 0))));
    assert!(alone.problems.is_empty(), "it holds something: {:?}", alone.problems);
}

#[test]
fn every_shape_is_read() {
    let file = r#"[1, 0, null, "ignored"]"#;
    for report in [
        results(&[("RSpec", file)]),
        results(&[("RSpec", &format!("{{\"lines\": {file}}}"))]),
        format!(
            r#"{{"meta": {{"simplecov_version": "1.0", "timestamp": "2026-02-17T08:00:00.000Z"}}, "total": {{}}, "coverage": {{"a.rb": {{"source": ["x"], "lines": {file}, "total_lines": 2}}}}, "errors": {{}}, "new": 1}}"#
        ),
        format!(r#"{{"coverage": {{"a.rb": {file}}}}}"#),
        format!(
            r#"{{"timestamp": 1, "command_name": "R", "files": [{{"filename": "a.rb", "coverage": {file}, "covered_strength": 0.5}}], "metrics": {{}}}}"#
        ),
        format!(r#"{{"timestamp": 1, "files": [{{"filename": "a.rb", "coverage": {{"lines": {file}}}, "covered_strength": 0.5}}]}}"#),
        format!(r#"{{"timestamp": 1, "files": [{{"filename": "a.rb", "covered_percent": 50.0, "coverage": {file}}}]}}"#),
    ] {
        let all = evidence(&[report.as_bytes()]);
        assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)), "{report}");
        assert!(all.problems.is_empty(), "{report}: {:?}", all.problems);
        is_error_when_cut(&report);
    }
}

#[test]
fn branches_and_methods_of_commands_unite() {
    let of = |then: u64, other: u64| {
        format!(
            r#"{{"lines": [1], "branches": {{"[:if, 0, 12, 4, 14, 7]": {{"[:then, 1, 13, 6, 13, 11]": {then}, "[:else, 2, 12, 4, 14, 7]": {other}}}}},
            "methods": {{"[\"Foo\", :bar, 2, 4, 6, 7]": {then}}}}}"#
        )
    };
    let all = evidence(&[results(&[("a", &of(1, 0)), ("b", &of(0, 4))]).as_bytes()]);
    assert_eq!((ratio(&all, "coverage.branch"), ratio(&all, "coverage.function")), (Some((2, 2)), Some((1, 1))));
    let listed = r#"{"meta": {"simplecov_version": "0.22.0"}, "coverage": {"a.rb": {"lines": [1],
        "branches": [{"type": "then", "start_line": 3, "end_line": 3, "coverage": 0, "report_line": 2}, {"type": "else", "coverage": "ignored"}],
        "methods": [{"name": "A#b", "start_line": 1, "coverage": 2}, {"name": "A#c", "start_line": 4, "coverage": "ignored"}]}}}"#;
    let all = evidence(&[listed.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.branch"), ratio(&all, "coverage.function")), (Some((0, 1)), Some((1, 1))));
}

#[test]
fn hits_that_are_no_count_did_not_happen() {
    let all = evidence(&[results(&[("a", r#"{"lines": [-1, true, 1.5, 1e300]}"#)]).as_bytes()]);
    assert_eq!(ratio(&all, "coverage.line"), Some((2, 4)));
    assert_eq!(codes(&all), [("hits-not-a-count", None)]);
}

/// The members of version 1.0 of the schema, among them some that coverage.py has too.
fn schema_1(total: &str) -> Evidence {
    let text = format!(
        r#"{{"$schema": "https://example.org/coverage-v1.0.schema.json", "meta": {{"schema_version": "1.0", "simplecov_version": "0.22.0",
        "timestamp": "2026-02-17T08:00:00.000+00:00", "root": "/p", "line_coverage": true, "branch_coverage": true, "method_coverage": true}},
        "total": {total}, "coverage": {{"a.rb": {{"lines": [1, 0, null], "total_lines": 2,
        "branches": [{{"type": "then", "start_line": 2, "end_line": 2, "coverage": 1, "report_line": 1}}],
        "methods": [{{"name": "A#b", "start_line": 1, "end_line": 3, "coverage": 1}}]}}}}, "groups": {{}}, "errors": {{}}}}"#
    );
    evidence(&[text.as_bytes()])
}

#[test]
fn what_schema_1_says_of_the_whole_is_held_against_its_lines() {
    let fair = r#"{"lines": {"covered": 1, "missed": 1, "total": 2, "percent": 50.0}, "branches": {"covered": 1, "total": 1},
        "methods": {"covered": 1, "total": 1}}"#;
    let all = schema_1(fair);
    assert_eq!(all.sources[0].format.as_deref(), Some("simplecov"));
    let ratios = ["coverage.line", "coverage.branch", "coverage.function"].map(|id| ratio(&all, id));
    assert_eq!(ratios, [Some((1, 2)), Some((1, 1)), Some((1, 1))]);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    let proud = schema_1(r#"{"lines": {"covered": 2, "total": 2}}"#);
    assert_eq!((ratio(&proud, "coverage.line"), codes(&proud)), (Some((1, 2)), vec![("declared-totals-differ", None)]));
    assert!(schema_1("{}").problems.is_empty());
}
