//! Coverage of a change, in a real repository: every verdict is that of a person who looked.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use support::{Answer, readiness};
use tempfile::TempDir;

/// A repository with a configuration that judges nothing but the change.
struct Project(TempDir);

const CONFIG: &str = "\
project: { id: it, name: It }
evidence:
  coverage: { family: coverage, path: coverage.xml, exclude: ['**/generated/**'] }
packs: [rules/]
profiles: { pr: { base: main } }
";

impl Project {
    fn new() -> Self {
        let project = Project(tempfile::tempdir().unwrap());
        project.git(&["init", "-q", "-b", "main"]);
        project.write("readiness.yaml", CONFIG).write(".gitignore", "*.xml\n*.json\n*.diff\n");
        project.write("rules/pack.yaml", "title: Change\nabout: The change.\n");
        for rule in ["changed-lines", "changed-files-measured", "lost-lines"] {
            let text = fs::read_to_string(support::root().join(format!("rules/pr-gate/{rule}.yaml"))).unwrap();
            project.write(&format!("rules/{rule}.yaml"), &text);
        }
        let all =
            "question: Is every new line run?\nseverity: P1\nwhen: diff && coverage.new_lines != 0\nrequire: coverage.patch >= 100%\n";
        let cases = "cases:\n  - { given: { diff: true, coverage.new_lines: 1, coverage.patch: 1/1 }, outcome: pass }\n  - { given: { diff: true, coverage.new_lines: 1, coverage.patch: 0/1 }, outcome: fail }\n  - { given: { diff: true }, outcome: no-evidence }\n";
        project.write("rules/all.yaml", &format!("{all}why: It matters.\nfix: Test it.\n{cases}"));
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").arg("-C").arg(self.path()).args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn commit(&self) -> &Self {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        self
    }

    fn branch(&self) -> &Self {
        self.git(&["checkout", "-q", "-b", "topic"]);
        self
    }

    /// Writes a Cobertura report of files with their lines and hits.
    fn report(&self, name: &str, files: &[(&str, &[(u32, u32)])]) -> &Self {
        let mut text = String::from("<?xml version='1.0'?>\n<coverage line-rate='0'><packages><package name='p'><classes>\n");
        for (file, lines) in files {
            text.push_str(&format!("<class filename='{file}'><lines>"));
            lines.iter().for_each(|(line, hits)| text.push_str(&format!("<line number='{line}' hits='{hits}'/>")));
            text.push_str("</lines></class>\n");
        }
        self.write(name, &format!("{text}</classes></package></packages></coverage>\n"))
    }

    fn check(&self, more: &[&str]) -> Answer {
        readiness(self.path(), &[&["check", "--now", support::NOW, "--emit", "json=report.json", "--all"][..], more].concat())
    }

    fn judge(&self, more: &[&str]) -> (i32, Value) {
        let _ = fs::remove_file(self.path().join("report.json"));
        let answer = self.check(more);
        let report = fs::read(self.path().join("report.json")).unwrap_or_else(|_| panic!("{}{}", answer.out, answer.err));
        (answer.code, serde_json::from_slice(&report).unwrap())
    }
}

fn outcome<'r>(report: &'r Value, rule: &str) -> &'r str {
    let rule = format!("rules/{rule}");
    report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == rule.as_str()).unwrap()["outcome"].as_str().unwrap()
}

fn message(report: &Value, rule: &str) -> String {
    let rule = format!("rules/{rule}");
    report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == rule.as_str()).unwrap()["message"].as_str().unwrap().to_owned()
}

fn changes(report: &Value) -> Vec<(String, String, String)> {
    let text = |row: &Value, cell: &str| row[cell].as_str().unwrap_or_default().to_owned();
    let rows = report["evidence"][0]["records"]["coverage.change"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "path"), text(row, "state"), text(row, "lines"))).collect()
}

fn count(report: &Value, id: &str) -> Option<u64> {
    let metrics = report["evidence"][0]["metrics"].as_array().unwrap();
    metrics.iter().find(|m| m["id"] == id && m["labels"].as_object().is_none_or(serde_json::Map::is_empty))?["count"].as_u64()
}

fn row(path: &str, state: &str, lines: &str) -> (String, String, String) {
    (path.into(), state.into(), lines.into())
}

const TEN: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

#[test]
fn an_edit_and_its_new_lines() {
    let it = Project::new();
    it.write("src/a.py", TEN).commit().branch();
    it.write("src/a.py", &TEN.replace("3\n", "3\nnew\nnew\n# new\n").replace("9\n", "nine\n")).commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1), (4, 1), (5, 0), (12, 0), (13, 0)])]);
    let (code, report) = it.judge(&["--base", "main"]);
    // Line 13 was not run before either: nobody asks for it here.
    assert_eq!(changes(&report), [row("src/a.py", "measured", "5, 12")]);
    assert_eq!((code, outcome(&report, "changed-lines"), outcome(&report, "lost-lines")), (1, "fail", "no-evidence"));
    assert!(message(&report, "changed-lines").contains("33.33 % (1 of 3)"), "{}", message(&report, "changed-lines"));
    assert_eq!((&report["change"]["with"], &report["change"]["files"]), (&Value::from("main"), &Value::from(1)));
    assert_eq!(report["change"]["commit"].as_str().unwrap(), it.git(&["rev-parse", "main"]));
    // The same change from a file, from the profile, and from a folder below.
    fs::write(it.path().join("x.diff"), it.git(&["diff", "main...HEAD"]) + "\n").unwrap();
    for more in [&["--diff", "x.diff"][..], &["--profile", "pr"]] {
        let (again, other) = it.judge(more);
        assert_eq!((again, changes(&other)), (code, changes(&report)), "{more:?}");
    }
}

#[test]
fn mutants_on_new_lines() {
    let it = Project::new();
    let config = CONFIG.replace("packs:", "  mutation: { family: coverage, path: mutants.json }\npacks:");
    let given = |new: u32, score: &str| format!("{{ diff: true, coverage.new_mutants: {new}, coverage.patch_mutation_score: {score} }}");
    let rule = format!(
        "question: Would a test notice?\nseverity: P1\nwhen: diff && coverage.new_mutants != 0\nrequire: coverage.patch_mutation_score >= 70%\n\
         why: A line that runs proves little.\nfix: Assert something.\ncases:\n  - {{ given: {}, outcome: pass }}\n  - {{ given: {}, outcome: fail }}\n  \
         - {{ given: {}, outcome: not-applicable }}\n  - {{ given: {{ diff: true }}, outcome: no-evidence }}\n",
        given(10, "7/10"),
        given(10, "6/10"),
        given(0, "0/0"),
    );
    it.write("readiness.yaml", &config).write("rules/noticed.yaml", &rule).write("src/a.py", TEN).commit().branch();
    it.write("src/a.py", &TEN.replace("3\n", "3\nnew\nnew\n")).commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1), (4, 1), (5, 1)])]);
    let judged = |mutants: &[(u32, &str)]| {
        let one = |(line, status): &(u32, &str)| {
            let place = format!("{{\"start\": {{\"line\": {line}, \"column\": 1}}, \"end\": {{\"line\": {line}, \"column\": 2}}}}");
            format!("{{\"id\": \"{line}{status}\", \"mutatorName\": \"{status}\", \"status\": \"{status}\", \"location\": {place}}}")
        };
        let mutants = mutants.iter().map(one).collect::<Vec<_>>().join(", ");
        // The tool ran in a container, and calls the file by a path of its own.
        it.write("mutants.json", &format!("{{\"schemaVersion\": \"2\", \"thresholds\": {{\"high\": 80, \"low\": 60}}, \"files\": {{\"/app/src/a.py\": {{\"mutants\": [{mutants}]}}}}}}"));
        let (_, report) = it.judge(&["--base", "main"]);
        (outcome(&report, "noticed").to_owned(), message(&report, "noticed"))
    };
    let old = [(1, "Survived"), (3, "Survived"), (6, "NoCoverage")];
    let (outcome, told) = judged(&[&old[..], &[(4, "Killed"), (4, "Survived"), (5, "CompileError")]].concat());
    assert!(outcome == "fail" && told.contains("50 % (1 of 2)"), "{outcome}: {told}");
    let (outcome, told) = judged(&[&old[..], &[(4, "Killed"), (5, "Timeout")]].concat());
    assert!(outcome == "pass" && told.contains("100 % (2 of 2)"), "{outcome}: {told}");
    let (outcome, told) = judged(&[&old[..], &[(5, "Ignored")]].concat());
    assert!(outcome == "not-applicable" && told.contains("coverage.new_mutants is 0"), "{outcome}: {told}");
    it.write("readiness.yaml", CONFIG);
    assert_eq!(judged(&old).0, "no-evidence", "nobody ran mutation tests");
}

#[test]
fn every_output_names_the_lines() {
    let it = Project::new();
    it.write("src/a.py", TEN).commit().branch();
    it.write("src/a.py", &TEN.replace("3\n", "3\nif x < 1 and `y`:\n    <script>alert(1)</script>\n")).commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1), (4, 0), (5, 0), (6, 0)])]);
    let answer = it.check(&["--base", "main", "--out", "out"]);
    assert!(answer.out.contains("src/a.py: 4-5 did not run"), "{}", answer.out);
    let page = fs::read_to_string(it.path().join("out/report.html")).unwrap();
    let page = page.split("New lines that did not run").nth(1).unwrap();
    assert!(page.contains("4: if x &#60; 1 and `y`:\n5:     &#60;script&#62;alert(1)&#60;/script&#62;</pre>"), "{page:.2000}");
    let summary = fs::read_to_string(it.path().join("out/summary.md")).unwrap();
    assert!(summary.contains("1 changed file with new lines that did not run"), "{summary}");
    assert!(summary.contains("| `src/a.py` | 0 % (0 of 2) | 4-5<br>"), "{summary}");
    let answer = it.check(&["--base", "main", "--format", "github"]);
    let annotation = "::warning file=src/a.py,line=4,endLine=5,title=not tested::2 new lines did not run in any test\n";
    assert!(answer.out.contains(annotation), "{}", answer.out);
    // A diff from a file does not say which files it ends at, so nothing is shown of them.
    fs::write(it.path().join("x.diff"), it.git(&["diff", "main...HEAD"]) + "\n").unwrap();
    let (_, report) = it.judge(&["--diff", "x.diff"]);
    assert_eq!(report["evidence"][0]["records"]["coverage.change"][0]["excerpt"], Value::Null);
}

#[test]
fn the_last_line_of_a_file_without_a_newline() {
    // diff-cover 11.0.1 looks one line too far, and lets it pass.
    let it = Project::new();
    it.write("src/a.py", "1\n2\n3").commit().branch();
    it.write("src/a.py", "1\n2\nthree").commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1), (2, 1), (3, 0)])]);
    let (code, report) = it.judge(&["--base", "main"]);
    assert_eq!((code, changes(&report)), (1, vec![row("src/a.py", "measured", "3")]));
}

#[test]
fn a_second_report_never_raises_coverage_by_not_knowing() {
    // diff-cover 11.0.1: 50 % becomes 100 % when a report is added in which the line that did not run is not measured.
    let it = Project::new();
    it.write("readiness.yaml", &CONFIG.replace("path: coverage.xml", "path: '*.xml', expect: 2"));
    it.write("src/a.py", "1\n2\n").commit().branch();
    it.write("src/a.py", "one\ntwo\n").commit();
    it.report("a.xml", &[("src/a.py", &[(1, 1), (2, 0)])]).report("b.xml", &[("src/a.py", &[(1, 1)])]);
    let (code, report) = it.judge(&["--base", "main"]);
    assert_eq!((code, changes(&report)), (1, vec![row("src/a.py", "measured", "2")]), "{:#}", report["evidence"][0]["problems"]);
}

#[test]
fn the_same_line_in_two_classes_ran_if_one_saw_it() {
    // diff-cover 11.0.1 reports it uncovered.
    let it = Project::new();
    it.write("src/a.py", "1\n").commit().branch();
    it.write("src/a.py", "one\n").commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 0)]), ("src/a.py", &[(1, 4)])]);
    let (_, report) = it.judge(&["--base", "main"]);
    assert_eq!(outcome(&report, "all"), "pass");
}

#[test]
fn a_file_that_no_report_knows_is_no_pass() {
    // diff-cover 11.0.1: "No lines with coverage information in this diff", and 0.
    let it = Project::new();
    it.write("src/a.py", "1\n").write("docs/conf.py", "1\n").commit().branch();
    it.write("src/new.py", "1\n2\n").write("README.md", "text\n").write("docs/conf.py", "2\n").write("src/generated/x.py", "1\n");
    it.write("tests/test_new.py", "1\n").commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1)])]);
    let (code, report) = it.judge(&["--base", "main"]);
    assert_eq!(
        changes(&report),
        [
            row("README.md", "other-kind", ""),
            row("docs/conf.py", "other-kind", ""),
            row("src/generated/x.py", "excluded", ""),
            row("src/new.py", "not-in-any-report", ""),
            row("tests/test_new.py", "other-kind", ""),
        ]
    );
    assert_eq!((code, count(&report, "coverage.unmeasured_files")), (3, Some(1)));
    assert_eq!(outcome(&report, "changed-lines"), "not-applicable");
    assert!(message(&report, "changed-lines").ends_with("coverage.new_lines is 0"), "{}", message(&report, "changed-lines"));
    // Once it is measured it is judged.
    it.report("coverage.xml", &[("src/a.py", &[(1, 1)]), ("/app/src/new.py", &[(1, 1), (2, 1)])]);
    let (_, report) = it.judge(&["--base", "main"]);
    assert_eq!((outcome(&report, "all"), outcome(&report, "changed-files-measured")), ("pass", "pass"));
}

#[test]
fn moved_code_owes_nothing() {
    let it = Project::new();
    it.write("src/old.py", &TEN.repeat(3)).commit().branch();
    it.git(&["mv", "src/old.py", "src/new name.py"]);
    it.commit();
    it.report("coverage.xml", &[("src/new name.py", &[(1, 0), (2, 0)])]);
    it.report("base.xml", &[("src/old.py", &[(1, 0), (2, 1)])]);
    let (_, report) = it.judge(&["--base", "main", "--base-coverage", "base.xml"]);
    assert_eq!(changes(&report), [row("src/new name.py", "no-executable-change", "")]);
    assert_eq!((outcome(&report, "all"), count(&report, "coverage.lost_lines")), ("not-applicable", Some(1)));
}

#[test]
fn deleting_covered_code_loses_nothing_and_deleting_its_test_does() {
    let it = Project::new();
    it.write("src/a.py", TEN).write("src/b.py", TEN).write("tests/test_a.py", "1\n").commit().branch();
    it.git(&["rm", "-q", "src/b.py"]);
    it.commit();
    it.report("base.xml", &[("src/a.py", &[(1, 1), (2, 1)]), ("src/b.py", &[(1, 1), (2, 0)])]);
    it.report("coverage.xml", &[("src/a.py", &[(1, 1), (2, 1)])]);
    let (code, report) = it.judge(&["--base", "main", "--base-coverage", "base.xml"]);
    assert_eq!((code, outcome(&report, "lost-lines")), (0, "pass"), "{report:#}");
    it.git(&["rm", "-q", "tests/test_a.py"]);
    it.commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1), (2, 0)])]);
    let (_, report) = it.judge(&["--base", "main", "--base-coverage", "base.xml"]);
    assert_eq!((outcome(&report, "lost-lines"), count(&report, "coverage.lost_lines")), ("fail", Some(1)));
    // A file that has left the report without leaving the repository.
    it.report("coverage.xml", &[("src/c.py", &[(1, 1)])]);
    let (code, report) = it.judge(&["--base", "main", "--base-coverage", "base.xml"]);
    assert_eq!((code, outcome(&report, "changed-files-measured")), (3, "no-evidence"));
}

#[test]
fn without_a_change_nobody_is_asked() {
    let it = Project::new();
    it.write("src/a.py", "1\n").commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 0)])]);
    let (_, report) = it.judge(&[]);
    for rule in ["changed-lines", "changed-files-measured", "lost-lines"] {
        assert_eq!(outcome(&report, rule), "not-applicable");
        assert!(message(&report, rule).contains("give --base or --diff"), "{}", message(&report, rule));
    }
    // Asked, and nothing changed: it says so.
    let (_, report) = it.judge(&["--base", "HEAD"]);
    assert!(message(&report, "changed-lines").contains("coverage.new_lines is 0"));
    assert_eq!(outcome(&report, "changed-files-measured"), "pass");
}

#[test]
fn a_change_that_cannot_be_told_judges_nothing() {
    let it = Project::new();
    it.write("src/a.py", "1\n").commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1)])])
        .write("empty.diff", "")
        .write("cut.diff", "--- a/x\n+++ b/x\n@@ -1,9 +1 @@\n-a\n");
    it.write("bad.xml", "<coverage line-rate='1'>");
    for (more, words) in [
        (&["--base", "origin/main"][..], "the commit is not known here"),
        (&["--diff", "empty.diff"], "it holds no change"),
        (&["--diff", "cut.diff"], "line 4: the diff ends in the middle of a hunk"),
        (&["--diff", "none.diff"], "No such file"),
        (&["--base", "main", "--diff", "cut.diff"], "cannot be used with"),
        (&["--base-coverage", "coverage.xml"], "needs a change"),
        (&["--base", "main", "--base-coverage", "bad.xml"], "bad.xml"),
        (&["--base", "main", "--base-coverage", "none.xml"], "none.xml"),
    ] {
        let answer = it.check(more);
        assert_eq!(answer.code, 2, "{more:?}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(words), "{more:?}: {}", answer.err);
    }
    let shallow = tempfile::tempdir().unwrap();
    let url = format!("file://{}", it.path().display());
    it.write("src/a.py", "2\n").commit();
    let cloned = Command::new("git").args(["clone", "-q", "--depth=1", &url, "."]).current_dir(shallow.path()).status().unwrap();
    assert!(cloned.success());
    let answer = readiness(shallow.path(), &["check", "--base", "HEAD~1"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("fetch-depth: 0"), "{}", answer.err);
}

#[test]
fn a_base_report_of_another_commit_is_refused() {
    let it = Project::new();
    it.write("src/a.py", TEN).commit().branch();
    it.write("src/a.py", &TEN.replace('1', "one")).commit();
    it.report("coverage.xml", &[("src/a.py", &[(1, 1)])]).report("base.xml", &[("src/a.py", &[(1, 1)])]);
    let stamped = |commit: &str| {
        let answer = readiness(it.path(), &["stamp", "base.xml", "--commit", commit, "--now", support::NOW]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        it.check(&["--base", "main", "--base-coverage", "base.xml"])
    };
    assert_eq!(stamped(&it.git(&["rev-parse", "main"])).code, 0);
    let answer = stamped(&it.git(&["rev-parse", "HEAD"]));
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("its lines have other numbers"), "{}", answer.err);
}

#[test]
fn files_and_a_requirement_without_configuration() {
    let it = Project::new();
    it.write("src/a.py", "1\n").commit().branch();
    it.write("src/a.py", "one\ntwo\n").commit();
    it.report("coverage.xml", &[("/app/src/a.py", &[(1, 1), (2, 0)])]);
    let answer = readiness(it.path(), &["check", "coverage.xml", "--base", "main", "--require", "coverage.patch >= 80%"]);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    assert!(answer.out.contains("50 % (1 of 2)"), "{}", answer.out);
}
