//! What one result file says, case by case, and what gives it away as something else than it says.

use super::case::{Case, Mode, Outcome};
use super::ledger::{Ledger, TooManyCategories, fingerprint};
use super::map::Map;
use super::policy::Policy;
use super::printed::Printed;
use super::run::Run;
use super::score::{Scores, Stated};
use super::signal::{self, Sign};
use super::worst::Worst;
use crate::ingest::Reading;
use crate::io::spelling;
use crate::source::{Grade, Location};
use std::collections::BTreeSet;

/// So many equal answers to different questions are no accident; of short ones, such as the letter of a choice, it takes more.
const ALIKE: u64 = 5;
const ALIKE_SHORT: u64 = 30;
/// In bytes.
const SHORT: usize = 40;
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
    pub ledger: Ledger,
    /// The worst of them.
    pub worst: Worst,
    /// What their measures come to.
    pub scores: Scores,
    /// What measures come to by the file's own word, where it does not hold the cases.
    pub stated: Vec<Stated>,
    /// The totals of a log that holds no cases.
    pub printed: Option<Printed>,
    /// What the entry's map demands.
    policy: Policy,
    /// Cases, whatever the number of attempts; known when the file is finished.
    ids: u64,
    answers: Answers,
}

/// What all answers together look like.
#[derive(Default)]
struct Answers {
    /// The first of them, and how many of its kind to how many questions would be no accident.
    first: Option<(u64, u64)>,
    /// How many there are, how many are like the first, and some of their questions.
    n: u64,
    alike: u64,
    questions: BTreeSet<u64>,
    /// Long ones that are the expected text to the letter, and how many could have been.
    copied: Sign,
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
        let line = at.line.unwrap_or_default();
        if case.id.is_empty() {
            reading.error("undecodable", at.clone(), "the case has an empty id");
        }
        self.policy.judge(&mut case);
        if case.outcome == Outcome::NotJudged && case.message.is_none() {
            case.message = Some("nothing says whether it is good; a map gives its measures limits".to_owned());
        }
        case.mode = case.mode.max(self.mode.unwrap_or_default());
        self.answers.see(&case, line);
        self.scores.see(&case);
        if let Err(TooManyCategories) = self.ledger.push(&case, line) {
            reading.error("too-many-categories", at, "there are more categories than anybody would look at: 65,536");
            return;
        }
        self.worst.push(case);
    }

    /// How many graded answers were taken in.
    pub fn len(&self) -> u64 {
        self.ledger.len()
    }

    /// What the file as a whole shows, once all of it is read: every reader ends with this. A file without a case is an error
    /// unless another says why there is none.
    pub fn finish(mut self, reading: &mut Reading<'_>) -> Draft {
        let broken = reading.problems.iter().any(|problem| problem.severity == Grade::Error);
        if self.len() == 0 && self.stated.is_empty() && self.printed.is_none() && !broken {
            reading.error("no-cases", Location::whole(), "the run has no case");
        }
        self.demands(reading);
        self.look(reading);
        self.find_twice(reading);
        let mode = self.worst_mode().map(Mode::word);
        let run = mode.map_or(String::new(), |mode| format!(", {mode} run"));
        let categories = self.ledger.categories().iter().flatten().count() as u64;
        reading.source.content = format!("{} in {}{run}", many(self.ids, "case", "cases"), many(categories, "category", "categories"));
        reading.source.mode = mode.map(str::to_owned);
        self
    }

    /// What the map says of the run, and demands of its measures.
    fn demands(&mut self, reading: &mut Reading<'_>) {
        let unnamed = self.run.system.is_none();
        let present: BTreeSet<&str> = self.scores.names().collect();
        self.policy.complete(&mut self.run, &mut self.mode, &present);
        let named = self.run.system.as_deref().filter(|_| unnamed && self.mode != Some(Mode::Mock));
        if let Some((system, word)) = named.and_then(|system| Some((system, signal::stand_in(system)?))) {
            let message = format!("`{system}` has the word `{word}` in it: the run counts as mock");
            reading.warning("mock-signal", Location::whole(), message);
            self.mode = Some(Mode::Mock);
        }
        if let Some(agreed) = self.policy.another_suite(&self.run) {
            let told = self.run.suite_sha256.as_ref().or(self.run.cases_sha256.as_ref());
            let told = told.map_or_else(|| "the run tells none".to_owned(), |told| format!("the run is of `{told}`"));
            reading.error("another-suite", Location::whole(), format!("the map wants the suite of digest `{agreed}`, and {told}"));
        }
        for name in self.policy.lacking(&present).into_iter().filter(|_| self.ledger.len() > 0) {
            let help = spelling::did_you_mean(name, present.iter().copied()).map(|help| format!("; {help}")).unwrap_or_default();
            reading.error("no-measure", Location::whole(), format!("no case has the measure `{name}` that the map names{help}"));
        }
        for name in self.policy.undecided(&self.scores) {
            let message = format!("`{name}` stands for a rate, and nobody says from where on it is good: give it `at_least` or `at_most`");
            reading.error("no-limit", Location::whole(), message);
        }
        self.at_least(self.mode.unwrap_or_default());
    }

    /// Answers that no system gives: the same to every question, or the expected text itself.
    fn look(&mut self, reading: &mut Reading<'_>) {
        let Answers { first, n, alike, questions, copied, comparable } = &self.answers;
        let mut stand_in = false;
        if n == alike && first.is_some_and(|(_, needed)| questions.len() as u64 >= needed) {
            reading.warning("mock-signal", Location::whole(), format!("all {n} answers are the same text: the run counts as mock"));
            stand_in = true;
        }
        if copied.n >= ALIKE && copied.n == *comparable {
            let message = format!("all {} long answers are the expected text to the letter: the run counts as mock", copied.n);
            reading.warning("mock-signal", Location::whole(), message);
            stand_in = true;
        }
        if stand_in {
            self.mode = Some(Mode::Mock);
            self.at_least(Mode::Mock);
        }
    }

    /// No answer was made better than this.
    fn at_least(&mut self, mode: Mode) {
        self.ledger.at_least(mode);
        self.worst.iter_mut().for_each(|kept| kept.case.mode = kept.case.mode.max(mode));
    }

    /// Counts the cases, and finds attempts that are there twice.
    fn find_twice(&mut self, reading: &mut Reading<'_>) {
        let (mut ids, mut twice) = (0, Vec::new());
        let mut last: Option<(u64, u32, u32)> = None;
        self.ledger.each_by(
            |entry| (entry.case, entry.attempt, entry.line),
            |_, entry, _| {
                match last {
                    Some((case, attempt, line)) if (case, attempt) == (entry.case, entry.attempt) => twice.push((*entry, line)),
                    Some((case, ..)) if case == entry.case => {}
                    _ => ids += 1,
                }
                last = Some((entry.case, entry.attempt, entry.line));
            },
        );
        self.ids = ids;
        twice.sort_by_key(|(entry, _)| (entry.line, entry.case));
        let more = twice.len().saturating_sub(TOLD);
        for (entry, before) in twice.into_iter().take(TOLD) {
            let kept = self.worst.iter_mut().find(|kept| kept.fingerprint == entry.case);
            let name = kept.map_or_else(|| "a case".to_owned(), |kept| format!("case `{}`", kept.case.id));
            let before = if before == 0 { "there".to_owned() } else { format!("on line {before}") };
            let at = if entry.line == 0 { Location::whole() } else { Location::line(entry.line.into()) };
            reading.error("duplicate-case", at, format!("{name}, attempt {}, is {before} already", entry.attempt));
        }
        if more > 0 {
            reading.error("duplicate-case", Location::whole(), format!("{more} more attempts are there twice"));
        }
    }

    /// Notes that the file states another number than it holds.
    pub fn declared(&self, reading: &mut Reading<'_>, at: Location, what: &str, stated: u64, counted: u64) {
        if stated != counted {
            let message = format!("the file states {}, and holds {counted}", many(stated, what, &format!("{what}s")));
            reading.error("declared-totals-differ", at, message);
        }
    }

    /// Cases, whatever the number of attempts, of a file that is finished.
    pub fn ids(&self) -> u64 {
        self.ids
    }

    /// The worst way an answer was made; none when the run does not say.
    pub fn worst_mode(&self) -> Option<Mode> {
        self.mode.map(|mode| self.ledger.worst_mode(mode))
    }
}

/// So many cases that are there twice are told one by one.
const TOLD: usize = 100;

impl Answers {
    fn see(&mut self, case: &Case, line: u64) {
        let Some(answer) = case.answer.as_deref().filter(|answer| !answer.trim().is_empty()) else { return };
        let needed = if answer.len() < SHORT { ALIKE_SHORT } else { ALIKE };
        let (first, needed) = *self.first.get_or_insert((fingerprint(answer), needed));
        self.n += 1;
        self.alike += u64::from(first == fingerprint(answer));
        if self.alike == self.n && (self.questions.len() as u64) < needed {
            self.questions.insert(fingerprint(case.question.as_deref().unwrap_or(&case.id)));
        }
        if let Some(expected) = case.expected.as_deref().filter(|expected| expected.len() >= LONG) {
            self.comparable += 1;
            if expected == answer {
                self.copied.see(line);
            }
        }
    }
}

/// "1 case", "2 cases".
pub fn many(n: u64, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}
