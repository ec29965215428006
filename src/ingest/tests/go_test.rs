//! `go test -json`: the events of `go doc test2json`, and since Go 1.24 those of builds (`go doc buildjson`).
//!
//! A test that starts and never ends, as in a panic elsewhere or when time is up, is an error; so is a package that fails without a failed
//! test: it was not built, or its `TestMain` failed. A package without a last event means that the run did not finish. Within one run of
//! a package (`-count`) a test is as bad as the worst of its executions; a later run of the package (`gotestsum --rerun-fails`) is
//! another attempt. A test with subtests counts beside them, as Go counts it. A subtest may lose its last event (golang/go#40771): where the
//! test it belongs to passed it did not fail, and is skipped. A benchmark of a package that passed has no last event, and is no test.

use super::events::{Line, each_event, first_event};
use super::flaws::UNFINISHED;
use super::message::first_line;
use super::number::span;
use super::{Case, Draft, Outcome, Tally, join_retries};
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::metric::grouped;
use crate::source::Location;
use package::{Package, Running, broken, never_ended, telling};
use serde::Deserialize;
use std::collections::BTreeMap;

mod package;
#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "go-test", about: "`go test -json`, also as gotestsum keeps it (`--jsonfile`)", claims, read };

fn claims(artifact: &Artifact) -> bool {
    let first = first_event(artifact.head_text());
    first.contains("\"Action\":\"") && ["\"Package\":", "\"ImportPath\":", "\"Test\":"].iter().any(|key| first.contains(key))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::default();
    each_event(reading, |number, line| match line {
        Line::Event(event) => {
            run.event(number, event);
            true
        }
        Line::Text(text) => run.plain(text),
    });
    reading.source.collected_at = clock::parse(&run.last);
    reading.source.content = format!("go test, {} packages, {} executions of tests", grouped(run.packages), grouped(run.executions));
    if run.cached > 0 {
        let message = format!("results of packages that Go took from its cache: {}", grouped(run.cached));
        reading.note("cached-results", Location::whole(), message);
    }
    if let Some((name, package)) = run.open.iter().min_by_key(|(_, package)| package.line) {
        let name: String = name.chars().take(100).collect();
        let message = format!("packages that never ended: {}, the first is `{name}`, which starts here", run.open.len());
        reading.error(UNFINISHED, Location::line(package.line), message);
    }
    Draft { cases: join_retries(run.finish()), stated: Tally::default() }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Event {
    action: Action,
    time: String,
    package: String,
    test: Option<String>,
    elapsed: Option<f64>,
    output: String,
    import_path: String,
    failed_build: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Action {
    #[default]
    Start,
    Run,
    Pause,
    Cont,
    Bench,
    Output,
    Attr,
    Artifacts,
    Pass,
    Fail,
    Skip,
    BuildOutput,
    BuildFail,
}

#[derive(Default)]
struct Run {
    last: String,
    packages: u64,
    cached: u64,
    executions: u64,
    /// Packages that are running, by name.
    open: BTreeMap<String, Package>,
    /// What builds printed first, by import path; what a package names is not needed any more.
    builds: BTreeMap<String, Option<String>>,
    cases: Vec<Case>,
}

impl Run {
    fn event(&mut self, line: u64, event: Event) {
        if !event.time.is_empty() {
            self.last.clone_from(&event.time);
        }
        if matches!(event.action, Action::BuildOutput | Action::BuildFail) {
            let build = self.builds.entry(event.import_path).or_default();
            *build = build.take().or_else(|| telling(&event.output));
            return;
        }
        let package = self.open.entry(event.package.clone()).or_insert_with(|| Package::new(line));
        let Some(test) = event.test else {
            return self.package(event);
        };
        match event.action {
            Action::Pass | Action::Fail | Action::Skip => {
                self.executions += 1;
                let outcome = match event.action {
                    Action::Pass => Outcome::Passed,
                    Action::Skip => Outcome::Skipped,
                    _ => Outcome::Failed,
                };
                let running = package.running.remove(&test).unwrap_or_default();
                let message = running.message.filter(|_| outcome != Outcome::Passed);
                let duration = event.elapsed.and_then(|seconds| span(seconds * 1000.0));
                package.end(&event.package, test, outcome, duration, message);
            }
            Action::Run => {
                // What starts again before it ended did not end.
                if package.running.insert(test.clone(), Running::default()).is_some() {
                    package.end(&event.package, test, Outcome::Error, None, never_ended());
                }
            }
            _ => {
                let running = package.running.entry(test).or_default();
                running.message = running.message.take().or_else(|| telling(&event.output));
            }
        }
    }

    fn package(&mut self, event: Event) {
        let Some(package) = self.open.get_mut(&event.package) else { return };
        match event.action {
            Action::Pass | Action::Fail | Action::Skip => {
                let Some(mut package) = self.open.remove(&event.package) else { return };
                self.packages += 1;
                package.end_all(&event.package, event.action == Action::Pass);
                let build = event.failed_build.and_then(|path| self.builds.insert(path, None)?);
                if event.action == Action::Fail && package.ended.values().all(|case| !case.outcome.is_bad()) {
                    self.cases.push(broken(&event.package, build.or(package.message.take())));
                }
                self.cases.extend(package.cases());
            }
            _ => {
                self.cached += u64::from(event.output.starts_with("ok ") && event.output.contains("\t(cached)"));
                package.message = package.message.take().or_else(|| telling(&event.output));
            }
        }
    }

    /// Before Go 1.20 a package that cannot be built is told in plain text: `FAIL\texample.org/shop [build failed]`.
    fn plain(&mut self, text: &str) -> bool {
        let Some(told) = text.strip_prefix("FAIL\t") else { return false };
        let name = told.split_whitespace().next().unwrap_or_default();
        self.packages += 1;
        self.cases.push(broken(name, first_line(told)));
        true
    }

    /// What is still running did not end; neither did packages whose build is all that is told of them.
    fn finish(mut self) -> Vec<Case> {
        for (name, mut package) in std::mem::take(&mut self.open) {
            package.end_all(&name, false);
            self.cases.extend(package.cases());
        }
        let unused = std::mem::take(&mut self.builds).into_iter().filter_map(|(path, message)| Some(broken(&path, Some(message?))));
        self.cases.extend(unused);
        self.cases
    }
}
