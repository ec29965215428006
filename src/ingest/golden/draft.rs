//! What one result file says, case by case, and what gives it away as something else than it says.

use super::case::{Case, Mode, Outcome};
use super::map::Map;
use super::policy::Policy;
use super::run::Run;
use super::score::Stated;
use super::signal::{self, Sign};
use crate::ingest::Reading;
use crate::io::spelling;
use crate::source::{Grade, Location};
use std::collections::{BTreeMap, BTreeSet};

/// So many equal answers to different questions are no accident.
const ALIKE: u64 = 5;
/// Nobody writes a text of so many bytes word by word as somebody else did.
const LONG: usize = 80;

/// What one result file says.
#[derive(Default)]
pub struct Draft {
    /// The file.
    pub path: String,
    /// What it says of its run.
    pub run: Run,
    /// How the run says its answers were made; none when it does not say.
    pub mode: Option<Mode>,
    /// How many graded answers the file should have: cases times attempts.
    pub expected: Option<u64>,
    /// Every graded answer.
    pub cases: Vec<Case>,
    /// What measures come to by the file's own word, where it does not hold the cases.
    pub stated: Vec<Stated>,
    /// What the entry's map demands.
    policy: Policy,
    /// The line of every case and attempt.
    seen: BTreeMap<(String, u64), Location>,
    /// The first answer, and whether all were like it so far.
    first: Option<String>,
    alike: u64,
    /// Long answers that are the expected text to the letter.
    copied: Sign,
    /// Answers that could be compared with a long expected text.
    comparable: u64,
}

impl Draft {
    /// A draft of the file that is read.
    pub fn of(reading: &Reading<'_>) -> Draft {
        let policy = Map::of(reading.request).map(|map| map.policy).unwrap_or_default();
        Draft { path: reading.source.path.clone(), policy, ..Draft::default() }
    }

    /// What is demanded of the file.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Demands what a shipped map does, where the entry's own demands nothing.
    pub fn demand(&mut self, policy: Policy) {
        self.policy = std::mem::take(&mut self.policy).over(policy);
    }

    /// Takes in the next graded answer, found at a place.
    pub fn take(&mut self, reading: &mut Reading<'_>, at: Location, mut case: Case) {
        if case.id.is_empty() {
            reading.error("undecodable", at.clone(), "the case has an empty id");
        }
        if let Some(before) = self.seen.insert((case.id.clone(), case.attempt), at.clone()) {
            let before = before.line.map_or_else(|| "there".to_owned(), |line| format!("on line {line}"));
            reading.error("duplicate-case", at.clone(), format!("case `{}`, attempt {}, is {before} already", case.id, case.attempt));
        }
        self.policy.judge(&mut case);
        if case.outcome == Outcome::NotJudged && case.message.is_none() {
            case.message = Some("nothing says whether it is good; a map gives its measures limits".to_owned());
        }
        case.mode = case.mode.max(self.mode.unwrap_or_default());
        self.compare(&case, &at);
        self.cases.push(case);
    }

    fn compare(&mut self, case: &Case, at: &Location) {
        let Some(answer) = case.answer.as_deref().filter(|answer| !answer.trim().is_empty()) else { return };
        let first = self.first.get_or_insert_with(|| answer.to_owned());
        self.alike += u64::from(first == answer);
        if let Some(expected) = case.expected.as_deref().filter(|expected| expected.len() >= LONG) {
            self.comparable += 1;
            if expected == answer {
                self.copied.see(at.line.unwrap_or_default());
            }
        }
    }

    /// What the file as a whole shows, once all of it is read: every reader ends with this. A file without a case is an error
    /// unless another says why there is none.
    pub fn finish(mut self, reading: &mut Reading<'_>) -> Draft {
        let broken = reading.problems.iter().any(|problem| problem.severity == Grade::Error);
        if self.cases.is_empty() && self.stated.is_empty() && !broken {
            reading.error("no-cases", Location::whole(), "the run has no case");
        }
        self.demands(reading);
        self.look(reading);
        let mode = self.worst_mode().map(Mode::word);
        let run = mode.map_or(String::new(), |mode| format!(", {mode} run"));
        let categories: BTreeSet<_> = self.cases.iter().filter_map(|case| case.category.as_deref()).collect();
        let categories = many(categories.len() as u64, "category", "categories");
        reading.source.content = format!("{} in {categories}{run}", many(self.ids(), "case", "cases"));
        reading.source.mode = mode.map(str::to_owned);
        self
    }

    /// What the map says of the run, and demands of its measures.
    fn demands(&mut self, reading: &mut Reading<'_>) {
        let unnamed = self.run.system.is_none();
        let present: BTreeSet<&str> = self.cases.iter().flat_map(|case| &case.scores).map(|score| score.name.as_str()).collect();
        self.policy.complete(&mut self.run, &mut self.mode, &present);
        let named = self.run.system.as_deref().filter(|_| unnamed && self.mode != Some(Mode::Mock));
        if let Some((system, word)) = named.and_then(|system| Some((system, signal::stand_in(system)?))) {
            let message = format!("`{system}` has the word `{word}` in it: the run counts as mock");
            reading.warning("mock-signal", Location::whole(), message);
            self.mode = Some(Mode::Mock);
        }
        for name in self.policy.lacking(&present).into_iter().filter(|_| !self.cases.is_empty()) {
            let help = spelling::did_you_mean(name, present.iter().copied()).map(|help| format!("; {help}")).unwrap_or_default();
            reading.error("no-measure", Location::whole(), format!("no case has the measure `{name}` that the map names{help}"));
        }
        for name in self.policy.undecided(&self.cases) {
            let message = format!("`{name}` stands for a rate, and nobody says from where on it is good: give it `at_least` or `at_most`");
            reading.error("no-limit", Location::whole(), message);
        }
        let mode = self.mode.unwrap_or_default();
        self.cases.iter_mut().for_each(|case| case.mode = case.mode.max(mode));
    }

    /// Answers that no system gives: the same to every question, or the expected text itself.
    fn look(&mut self, reading: &mut Reading<'_>) {
        let answered =
            self.cases.iter().filter(|case| case.answer.as_deref().is_some_and(|answer| !answer.trim().is_empty())).count() as u64;
        let questions: BTreeSet<_> = self.cases.iter().map(|case| case.question.as_deref().unwrap_or(&case.id)).collect();
        let mut stand_in = false;
        if answered >= ALIKE && self.alike == answered && questions.len() as u64 >= ALIKE {
            reading.warning("mock-signal", Location::whole(), format!("all {answered} answers are the same text: the run counts as mock"));
            stand_in = true;
        }
        if self.copied.n >= ALIKE && self.copied.n == self.comparable {
            let message = format!("all {} long answers are the expected text to the letter: the run counts as mock", self.copied.n);
            reading.warning("mock-signal", Location::whole(), message);
            stand_in = true;
        }
        if stand_in {
            self.mode = Some(Mode::Mock);
            self.cases.iter_mut().for_each(|case| case.mode = Mode::Mock);
        }
    }

    /// Notes that the file states another number than it holds.
    pub fn declared(&self, reading: &mut Reading<'_>, at: Location, what: &str, stated: u64, counted: u64) {
        if stated != counted {
            let message = format!("the file states {}, and holds {counted}", many(stated, what, &format!("{what}s")));
            reading.error("declared-totals-differ", at, message);
        }
    }

    /// Cases, whatever the number of attempts.
    pub fn ids(&self) -> u64 {
        let ids: BTreeSet<_> = self.seen.keys().map(|(id, _)| id).collect();
        ids.len() as u64
    }

    /// The worst way an answer was made; none when the run does not say.
    pub fn worst_mode(&self) -> Option<Mode> {
        self.mode.map(|mode| self.cases.iter().map(|case| case.mode).fold(mode, Mode::max))
    }
}

/// "1 case", "2 cases".
pub fn many(n: u64, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}
