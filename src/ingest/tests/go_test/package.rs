//! One package and the tests in it.

use crate::ingest::tests::message::first_line;
use crate::ingest::tests::{Case, Outcome};
use std::collections::BTreeMap;

/// One run of a package.
#[derive(Default)]
pub(super) struct Package {
    /// Where it starts.
    pub(super) line: u64,
    pub(super) running: BTreeMap<String, Running>,
    pub(super) ended: BTreeMap<String, Case>,
    order: Vec<String>,
    /// The first line it printed that says anything.
    pub(super) message: Option<String>,
}

#[derive(Default)]
pub(super) struct Running {
    pub(super) message: Option<String>,
}

impl Package {
    pub(super) fn new(line: u64) -> Self {
        Package { line, ..Package::default() }
    }

    /// Takes in one execution of a test.
    pub(super) fn end(&mut self, package: &str, test: String, outcome: Outcome, duration: Option<f64>, message: Option<String>) {
        if let Some(case) = self.ended.get_mut(&test) {
            case.attempts += 1;
            if outcome > case.outcome {
                (case.outcome, case.message) = (outcome, message);
            }
            return;
        }
        self.order.push(test.clone());
        let case = Case { class: package.to_owned(), name: test.clone(), outcome, attempts: 1, duration, message, ..Case::default() };
        self.ended.insert(test, case);
    }

    /// What is running when the package ends never will.
    pub(super) fn end_all(&mut self, package: &str, passed: bool) {
        for (test, running) in std::mem::take(&mut self.running) {
            let root = test.split_once('/').and_then(|(root, _)| self.ended.get(root));
            let (outcome, message) = match root {
                _ if passed && test.starts_with("Benchmark") => continue,
                Some(root) if passed && root.outcome == Outcome::Passed => (Outcome::Skipped, never_ended()),
                _ => (Outcome::Error, running.message.or_else(never_ended)),
            };
            self.end(package, test, outcome, None, message);
        }
    }

    /// Tests in the order in which they ended first. That a test passed several times is no sign of anything.
    pub(super) fn cases(mut self) -> impl Iterator<Item = Case> {
        let order = std::mem::take(&mut self.order);
        order.into_iter().filter_map(move |test| self.ended.remove(&test)).map(|case| {
            let attempts = if case.outcome.is_bad() { case.attempts } else { 1 };
            Case { attempts, ..case }
        })
    }
}

/// A package that failed as a whole.
pub(super) fn broken(package: &str, message: Option<String>) -> Case {
    Case { class: package.to_owned(), name: "(package)".into(), outcome: Outcome::Error, attempts: 1, message, ..Case::default() }
}

pub(super) fn never_ended() -> Option<String> {
    Some("the test never ended".to_owned())
}

/// A line that says more than that a test runs or ended.
pub(super) fn telling(output: &str) -> Option<String> {
    let line = output.trim();
    let noise = ["=== ", "--- ", "# ", "PASS", "ok  ", "goos:", "goarch:", "pkg:", "cpu:"];
    first_line(line).filter(|_| line != "FAIL" && !noise.iter().any(|start| line.starts_with(start)))
}
