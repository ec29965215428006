//! What a repository's pipelines write: the lines of workflow files and build scripts that name a report.

use crate::io::fs;
use std::path::Path;

/// A line that writes a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// `.github/workflows/ci.yml`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// `tests` or `coverage`.
    pub family: &'static str,
    /// The report, as the line names it.
    pub report: String,
}

/// The longest line that is looked at.
const LONGEST: usize = 4096;
/// How long a report's name may be.
const NAME: usize = 200;

/// Files that may say how evidence is made, beside the workflows.
const SCRIPTS: [&str; 22] = [
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    ".travis.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".cirrus.yml",
    ".buildkite/pipeline.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "appveyor.yml",
    "Jenkinsfile",
    "Makefile",
    "justfile",
    "Taskfile.yml",
    "Rakefile",
    "noxfile.py",
    "tox.ini",
    "setup.cfg",
    "pyproject.toml",
    "pytest.ini",
    "package.json",
    "composer.json",
];

/// An option that is followed by the report's name, after `=`, `:` or a space.
const OPTIONS: [(&str, &str); 19] = [
    ("--junitxml", "tests"),
    ("--junit-xml", "tests"),
    ("--junitfile", "tests"),
    ("--log-junit", "tests"),
    ("--output-junit", "tests"),
    ("--xunit-output", "tests"),
    ("--outputFile", "tests"),
    ("--test-reporter-destination", "tests"),
    ("LogFilePath", "tests"),
    ("LogFileName", "tests"),
    ("--json-report-file", "tests"),
    ("--jsonfile", "tests"),
    ("--cov-report=xml", "coverage"),
    ("--cov-report xml", "coverage"),
    ("--coverage-cobertura", "coverage"),
    ("--coverage-clover", "coverage"),
    ("--cobertura", "coverage"),
    ("--output-path", "coverage"),
    ("-coverprofile", "coverage"),
];
/// An option that stands for a name of its own when none follows.
const DEFAULTS: [(&str, &str, &str); 3] = [
    ("--cov-report=xml", "coverage", "coverage.xml"),
    ("--cov-report xml", "coverage", "coverage.xml"),
    ("coverage xml", "coverage", "coverage.xml"),
];

/// The pipelines among `files`, in order.
pub fn pipelines(files: &[String]) -> Vec<&str> {
    let is_workflow = |file: &str| {
        file.strip_prefix(".github/workflows/")
            .is_some_and(|name| !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml")))
    };
    files.iter().map(String::as_str).filter(|file| is_workflow(file) || SCRIPTS.contains(file)).collect()
}

/// The lines of these files that write a report.
pub fn traces(folder: &Path, pipelines: &[&str]) -> Vec<Trace> {
    let mut found = Vec::new();
    for file in pipelines {
        let Ok(text) = fs::read_text(&folder.join(file)) else { continue };
        for (index, line) in text.lines().enumerate().filter(|(_, line)| line.len() <= LONGEST && !line.trim_start().starts_with('#')) {
            for (family, report) in reports(line) {
                let trace = Trace { file: (*file).to_owned(), line: index + 1, family, report };
                if !found.contains(&trace) {
                    found.push(trace);
                }
            }
        }
    }
    found
}

/// The reports that one line writes.
fn reports(line: &str) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for (option, family) in OPTIONS {
        for (at, _) in line.match_indices(option) {
            found.extend(name(&line[at + option.len()..]).map(|report| (family, report)));
        }
    }
    for (option, family, report) in DEFAULTS {
        let named = found.iter().any(|(of, _)| *of == family);
        if line.contains(option) && !named {
            found.push((family, report.to_owned()));
        }
    }
    found
}

/// The file's name that an option is followed by.
fn name(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix(['=', ':', ' '])?.trim_start().trim_start_matches(['"', '\'']);
    let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "._/-".contains(*c)).take(NAME).collect();
    let ends = rest[name.len()..].chars().next().is_none_or(|c| c.is_whitespace() || "\"'`\\,;)]".contains(c));
    let name = name.strip_prefix("./").unwrap_or(&name);
    // `$DIR/junit.xml` and another option are no name; a report has an ending.
    let plain = !name.starts_with(['-', '/', '.']) && !name.split('/').any(|part| part == "..");
    let ending = name.rsplit('/').next().is_some_and(|last| last.contains('.'));
    (plain && ending && ends).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_line_names_the_reports_it_writes() {
        let cases: [(&str, &[(&str, &str)]); 14] = [
            ("      - run: pytest --junitxml=reports/junit.xml", &[("tests", "reports/junit.xml")]),
            ("run: pytest --cov=app --cov-report=xml --junit-xml 'a b'", &[("coverage", "coverage.xml")]),
            ("pytest --cov-report=xml:out/cov.xml", &[("coverage", "out/cov.xml")]),
            ("addopts = --cov-report xml:cov.xml", &[("coverage", "cov.xml")]),
            ("gotestsum --junitfile ./unit.xml -- -coverprofile=cover.out ./...", &[("tests", "unit.xml"), ("coverage", "cover.out")]),
            (
                "phpunit --log-junit \"build/junit.xml\" --coverage-cobertura=build/c.xml",
                &[("tests", "build/junit.xml"), ("coverage", "build/c.xml")],
            ),
            ("cargo llvm-cov --lcov --output-path lcov.info", &[("coverage", "lcov.info")]),
            ("gcovr --cobertura --print-summary", &[]),
            ("pytest --junitxml=$OUT/junit.xml", &[]),
            ("pytest --junitxml=../../etc/passwd.xml --junitxml=/etc/x.xml", &[]),
            ("pytest --junitxml=junit-${{ matrix.os }}.xml", &[]),
            ("dotnet test --logger \"trx;LogFileName=unit.trx\"", &[("tests", "unit.trx")]),
            ("pytest --json-report --json-report-file=out/tests.json", &[("tests", "out/tests.json")]),
            ("coverage xml && coverage report", &[("coverage", "coverage.xml")]),
        ];
        for (line, wanted) in cases {
            let found = reports(line);
            let found: Vec<(&str, &str)> = found.iter().map(|(family, name)| (*family, name.as_str())).collect();
            assert_eq!(found, wanted, "{line}");
        }
    }

    #[test]
    fn workflows_and_scripts_are_pipelines() {
        let files =
            [".github/workflows/ci.yml", ".github/workflows/deep/x.yml", ".gitlab-ci.yml", "src/Makefile", "Makefile"].map(str::to_owned);
        assert_eq!(pipelines(&files), [".github/workflows/ci.yml", ".gitlab-ci.yml", "Makefile"]);
        let folder = tempfile::tempdir().unwrap();
        fs::write(&folder.path().join("Makefile"), b"test:\n\t# pytest --junitxml=old.xml\n\tpytest --junitxml=new.xml\n").unwrap();
        let found = traces(folder.path(), &["Makefile", "gone.yml"]);
        assert_eq!(found, [Trace { file: "Makefile".into(), line: 3, family: "tests", report: "new.xml".into() }]);
    }
}
