//! What a repository is built with, and how such a project makes the files a gate reads.

use crate::io::{fs, json};
use std::path::Path;

/// A way to make a report: the command, and the file it leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// As one would type it in the folder of the manifest.
    pub command: &'static str,
    /// Where the report is then, relative to that folder; a pattern where the tool writes several files.
    pub report: &'static str,
}

/// What a manifest says of its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ecosystem {
    /// `Python`.
    pub name: &'static str,
    /// File names; `*.csproj` is any file that ends so.
    manifests: &'static [&'static str],
    /// Only when one of the manifest's words is this.
    mentions: Option<&'static str>,
    /// Test results.
    pub tests: Recipe,
    /// Coverage.
    pub coverage: Recipe,
}

/// A manifest that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The file, relative to the repository.
    pub path: String,
    /// What it shows.
    pub ecosystem: &'static Ecosystem,
    /// What the project calls itself there.
    pub name: Option<String>,
}

/// How deep manifests are looked for: a repository of several packages keeps them in `packages/NAME`.
const DEPTH: usize = 3;
/// So many manifests are enough to know a repository.
const MOST: usize = 12;

const fn made(
    name: &'static str,
    manifests: &'static [&'static str],
    mentions: Option<&'static str>,
    tests: (&'static str, &'static str),
    coverage: (&'static str, &'static str),
) -> Ecosystem {
    let tests = Recipe { command: tests.0, report: tests.1 };
    Ecosystem { name, manifests, mentions, tests, coverage: Recipe { command: coverage.0, report: coverage.1 } }
}

/// Every ecosystem; of those with the same manifest the first that fits.
pub const ECOSYSTEMS: &[Ecosystem] = &[
    made(
        "Python",
        &["pyproject.toml", "setup.cfg", "setup.py", "tox.ini"],
        None,
        ("pytest --junitxml=reports/junit.xml", "reports/junit.xml"),
        ("pytest --cov --cov-branch --cov-report=xml", "coverage.xml"),
    ),
    made(
        "JavaScript (Vitest)",
        &["package.json"],
        Some("vitest"),
        ("npx vitest run --reporter=junit --outputFile=reports/junit.xml", "reports/junit.xml"),
        ("npx vitest run --coverage --coverage.reporter=cobertura", "coverage/cobertura-coverage.xml"),
    ),
    made(
        "JavaScript (Jest)",
        &["package.json"],
        Some("jest"),
        ("npx jest --json --outputFile=test-results.json", "test-results.json"),
        ("npx jest --coverage --coverageReporters=cobertura", "coverage/cobertura-coverage.xml"),
    ),
    made(
        "JavaScript (Mocha)",
        &["package.json"],
        Some("mocha"),
        ("npx mocha --reporter json --reporter-option output=test-results.json", "test-results.json"),
        ("npx c8 --reporter=cobertura npm test", "coverage/cobertura-coverage.xml"),
    ),
    made(
        "JavaScript",
        &["package.json"],
        None,
        ("node --test --test-reporter=junit --test-reporter-destination=reports/junit.xml", "reports/junit.xml"),
        ("npx c8 --reporter=cobertura npm test", "coverage/cobertura-coverage.xml"),
    ),
    made(
        "Rust",
        &["Cargo.toml"],
        None,
        (
            "cargo nextest run --profile ci  # with `[profile.ci.junit] path = \"junit.xml\"` in .config/nextest.toml",
            "target/nextest/ci/junit.xml",
        ),
        ("cargo llvm-cov nextest --cobertura --output-path coverage.xml", "coverage.xml"),
    ),
    made(
        "Go",
        &["go.mod"],
        None,
        ("gotestsum --junitfile junit.xml ./...", "junit.xml"),
        ("go test -coverprofile=cover.out ./...", "cover.out"),
    ),
    made(
        "Java (Maven)",
        &["pom.xml"],
        None,
        ("mvn test", "target/surefire-reports/TEST-*.xml"),
        ("mvn test jacoco:report", "target/site/jacoco/jacoco.xml"),
    ),
    made(
        "Java (Gradle)",
        &["build.gradle", "build.gradle.kts"],
        None,
        ("gradle test", "build/test-results/test/TEST-*.xml"),
        ("gradle jacocoTestReport  # with `reports { xml.required = true }`", "build/reports/jacoco/test/jacocoTestReport.xml"),
    ),
    made(
        "Ruby",
        &["Gemfile", "*.gemspec"],
        None,
        ("rspec --format RspecJunitFormatter --out reports/rspec.xml", "reports/rspec.xml"),
        ("rspec  # with SimpleCov and simplecov-cobertura", "coverage/coverage.xml"),
    ),
    made(
        "PHP",
        &["composer.json"],
        None,
        ("phpunit --log-junit reports/junit.xml", "reports/junit.xml"),
        ("phpunit --coverage-cobertura coverage.xml", "coverage.xml"),
    ),
    made(
        "C#",
        &["*.csproj", "*.fsproj", "*.sln"],
        None,
        ("dotnet test --logger trx --results-directory TestResults", "TestResults/*.trx"),
        ("dotnet test --collect \"XPlat Code Coverage\"", "TestResults/**/coverage.cobertura.xml"),
    ),
    made(
        "C or C++ (CMake)",
        &["CMakeLists.txt"],
        None,
        ("ctest --test-dir build --output-junit junit.xml", "build/junit.xml"),
        ("gcovr --cobertura coverage.xml  # built with --coverage", "coverage.xml"),
    ),
    made(
        "C or C++",
        &["meson.build", "configure.ac"],
        None,
        ("meson test -C build  # Meson writes JUnit by itself", "build/meson-logs/testlog.junit.xml"),
        ("gcovr --cobertura coverage.xml  # built with --coverage", "coverage.xml"),
    ),
    made(
        "Perl",
        &["Makefile.PL", "Build.PL", "cpanfile", "dist.ini"],
        None,
        ("prove -l --formatter TAP::Formatter::JUnit > junit.xml", "junit.xml"),
        ("cover -test && cover -report clover", "cover_db/clover.xml"),
    ),
    made(
        "Lua",
        &["*.rockspec"],
        None,
        ("busted -o junit > junit.xml", "junit.xml"),
        ("busted --coverage && luacov -r cobertura -o coverage.xml", "coverage.xml"),
    ),
    made(
        "R",
        &["DESCRIPTION"],
        None,
        ("Rscript -e 'testthat::test_local(reporter = testthat::JunitReporter$new(file = \"junit.xml\"))'", "junit.xml"),
        ("Rscript -e 'covr::to_cobertura(covr::package_coverage(), \"coverage.xml\")'", "coverage.xml"),
    ),
    made(
        "Elixir",
        &["mix.exs"],
        None,
        ("mix test --formatter JUnitFormatter", "_build/test/lib/*/test-junit-report.xml"),
        ("mix coveralls.lcov", "cover/lcov.info"),
    ),
    made(
        "Swift",
        &["Package.swift"],
        None,
        ("swift test --xunit-output reports/junit.xml", "reports/junit.xml"),
        ("swift test --enable-code-coverage && llvm-cov export -format=lcov -instr-profile PROFILE BINARY > lcov.info", "lcov.info"),
    ),
    made(
        "Dart",
        &["pubspec.yaml"],
        None,
        ("dart test --reporter json | tojunit --output reports/junit.xml", "reports/junit.xml"),
        ("dart test --coverage=coverage && format_coverage --lcov -i coverage -o coverage/lcov.info", "coverage/lcov.info"),
    ),
];

/// Folders whose manifests are of a test or an example, not of the project.
const ASIDE: [&str; 10] = ["test", "tests", "spec", "example", "examples", "fuzz", "fuzzing", "bench", "benches", "docs"];

/// The manifests among `files`, those nearest to the top first.
pub fn manifests(folder: &Path, files: &[String]) -> Vec<Manifest> {
    let mut found: Vec<Manifest> = files
        .iter()
        .filter(|file| file.matches('/').count() < DEPTH && !file.split('/').any(|part| ASIDE.contains(&part)))
        .filter_map(|file| manifest(folder, file))
        .collect();
    found.sort_by(|a, b| (a.path.matches('/').count(), &a.path).cmp(&(b.path.matches('/').count(), &b.path)));
    // A folder has one of each kind: pyproject.toml and tox.ini tell the same.
    let mut seen: Vec<(String, &str)> = Vec::new();
    found.retain(|manifest| {
        let kind = (folder_of(&manifest.path).to_owned(), manifest.ecosystem.name);
        let fresh = !seen.contains(&kind);
        seen.push(kind);
        fresh
    });
    found.truncate(MOST);
    found
}

fn manifest(folder: &Path, file: &str) -> Option<Manifest> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let fits = |pattern: &&str| pattern.strip_prefix('*').map_or(name == *pattern, |end| name.ends_with(end) && name.len() > end.len());
    let mut candidates = ECOSYSTEMS.iter().filter(|ecosystem| ecosystem.manifests.iter().any(fits)).peekable();
    candidates.peek()?;
    let text = fs::read_text(&folder.join(file)).unwrap_or_default();
    // `DESCRIPTION` is R's only when it begins as R's does.
    if name == "DESCRIPTION" && !text.lines().any(|line| line.starts_with("Package:")) {
        return None;
    }
    let ecosystem = candidates.find(|ecosystem| ecosystem.mentions.is_none_or(|word| text.contains(word)))?;
    Some(Manifest { path: file.to_owned(), ecosystem, name: named(name, &text) })
}

/// What a project calls itself in its manifest, where one line of it says so.
fn named(file: &str, text: &str) -> Option<String> {
    let name = match file {
        "package.json" | "composer.json" => {
            let value: json::Value = json::read(text.as_bytes()).ok()?;
            value.get("name")?.as_str()?.to_owned()
        }
        "pyproject.toml" | "Cargo.toml" => {
            let section = text.split("\n[").map(|part| part.trim_start_matches('[')).find(|part| {
                let head = part.lines().next().unwrap_or_default().trim();
                ["package]", "project]", "tool.poetry]"].contains(&head)
            })?;
            let line = section.lines().find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('='))?;
            line.trim().trim_matches(['"', '\'']).to_owned()
        }
        "go.mod" => text.lines().find_map(|line| line.strip_prefix("module "))?.trim().to_owned(),
        "DESCRIPTION" => text.lines().find_map(|line| line.strip_prefix("Package:"))?.trim().to_owned(),
        _ => return None,
    };
    let last = name.rsplit('/').next().unwrap_or(&name).to_owned();
    (!last.is_empty()).then_some(last)
}

/// The folder a file is in, without a slash at its end; empty at the top.
pub fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_manifest_tells_what_a_project_is_built_with() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("Cargo.toml", "[workspace]\nmembers = []\n\n[package]\nname = \"gate\"\n"),
            ("app/package.json", "{ \"name\": \"@acme/app\", \"devDependencies\": { \"vitest\": \"3\" } }"),
            ("app/tox.ini", "[tox]\n"),
            ("app/pyproject.toml", "[project]\nname = 'app'\n"),
            ("docs/DESCRIPTION", "What this is.\n"),
            ("lib/a.gemspec", ""),
            ("deep/er/and/deeper/go.mod", "module example.org/x\n"),
        ];
        for (name, text) in files {
            fs::write(&folder.path().join(name), text.as_bytes()).unwrap();
        }
        let names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        let found = manifests(folder.path(), &names);
        let told: Vec<(&str, &str, Option<&str>)> = found.iter().map(|m| (m.path.as_str(), m.ecosystem.name, m.name.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("Cargo.toml", "Rust", Some("gate")),
                ("app/package.json", "JavaScript (Vitest)", Some("app")),
                ("app/pyproject.toml", "Python", Some("app")),
                ("lib/a.gemspec", "Ruby", None),
            ]
        );
    }
}
