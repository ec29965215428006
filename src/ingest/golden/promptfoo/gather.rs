//! All rows of a run: what is counted, how they are named, and what they show of the run.

use super::grade;
use super::identity::{Identity, names};
use super::origin::Origin;
use super::row::{Assertion, Row, field, name_of};
use crate::ingest::Reading;
use crate::ingest::golden::case::{Case, Mode, Outcome, Score};
use crate::ingest::golden::draft::{Draft, many};
use crate::ingest::golden::loose;
use crate::ingest::golden::signal;
use crate::io::hash::sha256;
use crate::source::Location;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Assertions whose value is what a good answer says.
const EXPECT: [&str; 6] = ["equals", "factuality", "model-graded-factuality", "similar", "rouge-n", "bleu"];
/// Assertions that a model judges.
const JUDGED: [&str; 16] = [
    "llm-rubric",
    "agent-rubric",
    "search-rubric",
    "factuality",
    "model-graded-factuality",
    "model-graded-closedqa",
    "model-graded-policy",
    "g-eval",
    "answer-relevance",
    "context-faithfulness",
    "context-recall",
    "context-relevance",
    "conversation-relevance",
    "select-best",
    "pi",
    "moderation",
];
/// No run has more measures worth naming.
const MEASURES: usize = 1000;

/// How many rows came to what; as `stats` states it and as it is counted.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// Met all assertions.
    pub successes: u64,
    /// Did not meet one; before 0.89 also errors.
    pub failures: u64,
    /// Never came to an answer.
    pub errors: Option<u64>,
}

/// What is known of a run so far.
#[derive(Default)]
pub struct Gather {
    cases: Vec<(Location, Case)>,
    identities: Vec<Identity>,
    origins: Vec<Option<Origin>>,
    problems: Vec<(&'static str, Location, String)>,
    /// Every test and prompt by its place in the run.
    places: BTreeSet<(u64, u64)>,
    tests: BTreeSet<u64>,
    counted: Stats,
    systems: BTreeSet<String>,
    judges: BTreeSet<String>,
    model_judged: bool,
    rule_judged: bool,
    measures: BTreeSet<String>,
    prompts: BTreeSet<String>,
}

impl Gather {
    /// Notes something wrong.
    pub fn problem(&mut self, code: &'static str, at: Location, message: impl Into<String>) {
        self.problems.push((code, at, message.into()));
    }

    /// Whether there is a row.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Takes in a row, found at a place.
    pub fn take(&mut self, at: Location, row: &Row) {
        self.place(&at, row);
        self.about(row);
        let (outcome, message) = grade::judge(row).unwrap_or_else(|why| {
            self.problem("contradicts-itself", at.clone(), why.clone());
            (Outcome::Error, Some(why))
        });
        match (row.success, row.failure_reason) {
            (Some(true), _) => self.counted.successes += 1,
            (_, Some(2)) => *self.counted.errors.get_or_insert(0) += 1,
            _ => self.counted.failures += 1,
        }
        self.identities.push(Identity::of(row));
        let answered = answer(row).is_some() || outcome != Outcome::Error;
        self.origins.push(answered.then(|| Origin::of(row)));
        let case = Case {
            category: category(row),
            message,
            latency: row.latency_ms.filter(|ms| *ms >= 0.0),
            question: question(row),
            answer: answer(row),
            expected: expected(row),
            scores: scores(row),
            ..Case::new("", outcome)
        };
        self.cases.push((at, case));
    }

    /// A test and a prompt meet once; `--repeat` makes new tests.
    fn place(&mut self, at: &Location, row: &Row) {
        let (Some(test), Some(prompt)) = (row.test_idx, row.prompt_idx) else { return };
        self.tests.insert(test);
        if !self.places.insert((test, prompt)) {
            self.problem("duplicate-case", at.clone(), format!("test {test} with prompt {prompt} is there already"));
        }
    }

    /// What a row says of the run.
    fn about(&mut self, row: &Row) {
        self.systems.insert(row.provider().0);
        self.prompts.extend(row.prompt_id.clone());
        let options = row.test_case.as_ref().and_then(|test| test.options.as_ref());
        for assertion in row.assertions() {
            if let Some(measure) = measure(assertion).filter(|_| self.measures.len() < MEASURES) {
                self.measures.insert(measure);
            }
            let Some(kind) = assertion.r#type.as_deref() else { continue };
            self.rule_judged |= !is_model_judged(kind);
            if is_model_judged(kind) {
                self.model_judged = true;
                self.judges.extend(name_of(&assertion.provider).or_else(|| name_of(&options?.provider)));
            }
        }
    }

    /// The draft, of which the reader knows what stands outside of the rows.
    pub fn finish(mut self, reading: &mut Reading<'_>, mut draft: Draft, head: Head) -> Draft {
        self.missing();
        for (code, at, message) in std::mem::take(&mut self.problems) {
            reading.error(code, at, message);
        }
        self.stated(reading, &mut draft, head.stats);
        self.mode(reading, &mut draft);
        self.run(&mut draft, head);
        for ((at, case), named) in self.cases.into_iter().zip(names(&self.identities)) {
            draft.take(reading, at, Case { id: named.id, cluster: named.cluster, attempt: named.attempt, ..case });
        }
        draft.finish(reading)
    }

    /// Tests are numbered from 0: a row that could not be written leaves a gap.
    fn missing(&mut self) {
        let whole = self.tests.last().map_or(0, |last| last.saturating_add(1));
        let there = self.tests.len() as u64;
        if there < whole {
            let first = self.tests.iter().zip(0..).find(|(test, place)| *test != place).map_or(0, |(_, place)| place);
            let message = format!("{} without a row, of {whole}; the first is {first}", many(whole - there, "test is", "tests are"));
            self.problem("rows-missing", Location::whole(), message);
        }
    }

    fn stated(&self, reading: &mut Reading<'_>, draft: &mut Draft, stats: Option<Stats>) {
        let Some(stated) = stats else { return };
        let sum = |it: Stats| it.successes.saturating_add(it.failures).saturating_add(it.errors.unwrap_or(0));
        let counted = self.counted;
        draft.expected = Some(sum(stated));
        draft.declared(reading, Location::whole(), "row", sum(stated), sum(counted));
        if sum(stated) == sum(counted) && stated.successes != counted.successes {
            let message = format!("the file states {}, and holds {}", many(stated.successes, "success", "successes"), counted.successes);
            reading.warning("declared-totals-differ", Location::whole(), message);
        }
    }

    /// How the answers were made. A run is live when every provider of it shows so.
    fn mode(&mut self, reading: &mut Reading<'_>, draft: &mut Draft) {
        let live: BTreeSet<&str> = self.answers().filter(|(_, origin)| *origin == Origin::Shown(Mode::Live)).map(|it| it.0).collect();
        let told = |(name, origin): (&str, Origin)| origin != Origin::Untold || live.contains(name);
        let (any, all) = (self.answers().next().is_some(), self.answers().all(told));
        let mut signs: BTreeMap<String, u64> = BTreeMap::new();
        let mut cached = 0;
        for ((_, case), origin) in self.cases.iter_mut().zip(&self.origins) {
            case.mode = match origin {
                Some(Origin::StandIn(word)) => {
                    *signs.entry(format!("the provider's name has the word `{word}` in it")).or_default() += 1;
                    Mode::Mock
                }
                Some(Origin::Instant) => {
                    *signs.entry(format!("no token and under {} ms", signal::INSTANTLY)).or_default() += 1;
                    Mode::Mock
                }
                Some(Origin::Shown(mode)) => *mode,
                Some(Origin::Untold) | None => Mode::Live,
            };
            cached += u64::from(case.mode == Mode::Cached);
        }
        let mock: u64 = signs.values().sum();
        draft.mode = ((any && all) || mock > 0 || cached > 0).then_some(Mode::Live);
        for (sign, n) in signs {
            reading.warning("mock-signal", Location::whole(), format!("{sign}: {} as mock", many(n, "answer counts", "answers count")));
        }
        if cached > 0 {
            let message = format!("{} of {} came from promptfoo's cache", cached, many(self.cases.len() as u64, "answer", "answers"));
            reading.note("cached-answers", Location::whole(), message);
        }
    }

    /// The provider of every answer, and what the answer shows.
    fn answers(&self) -> impl Iterator<Item = (&str, Origin)> {
        let answers = self.identities.iter().zip(&self.origins);
        answers.filter_map(|(identity, origin)| Some((identity.provider(), (*origin)?)))
    }

    fn run(&mut self, draft: &mut Draft, head: Head) {
        let known = |texts: &BTreeSet<String>| texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>();
        let joined = |texts: &BTreeSet<String>| Some(known(texts).join(", ")).filter(|text| !text.is_empty());
        let digest = |texts: Vec<&str>| (!texts.is_empty()).then(|| sha256(texts.join("\n").as_bytes()));
        let tests: BTreeSet<&str> = self.identities.iter().map(|identity| identity.test.as_str()).collect();
        self.judges.extend(head.judge.filter(|_| self.model_judged && self.judges.is_empty()));
        let rule = (self.rule_judged && !self.model_judged).then(|| "rule".to_owned());
        let version = head.version.map(|version| format!(" {version}")).unwrap_or_default();
        draft.run.tool = Some(format!("promptfoo{version}"));
        draft.run.suite = head.suite;
        draft.run.cases_sha256 = digest(tests.into_iter().collect());
        draft.run.system = joined(&self.systems);
        draft.run.prompt_sha256 = digest(self.prompts.iter().map(String::as_str).collect());
        draft.run.judge = joined(&self.judges).or(rule);
        draft.run.measures = self.measures.iter().cloned().collect();
    }
}

/// What a file says beside its rows.
#[derive(Default)]
pub struct Head {
    /// Of promptfoo.
    pub version: Option<String>,
    /// The description of the configuration.
    pub suite: Option<String>,
    /// What grades where no assertion names another.
    pub judge: Option<String>,
    /// The totals it states.
    pub stats: Option<Stats>,
}

fn category(row: &Row) -> Option<String> {
    let of_test = row.test_case.as_ref().and_then(|test| field(&test.metadata, "category"));
    let plugin = || row.test_case.as_ref().and_then(|test| field(&test.metadata, "pluginId"));
    of_test.or_else(|| field(row.vars(), "category")).or_else(|| field(&row.metadata, "category")).or_else(plugin)
}

fn question(row: &Row) -> Option<String> {
    let raw = field(&row.prompt, "raw").or_else(|| row.prompt.as_str().map(str::to_owned));
    raw.filter(|raw| !is_stripped(raw)).or_else(|| row.vars().as_object().filter(|vars| !vars.is_empty()).and(loose::words(row.vars())))
}

fn answer(row: &Row) -> Option<String> {
    row.response.as_ref().and_then(|response| response.output.clone()).filter(|output| !is_stripped(output))
}

/// What promptfoo leaves of a text that its configuration wants left out.
fn is_stripped(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(" stripped]")
}

fn expected(row: &Row) -> Option<String> {
    let assertions = row.assertions();
    let mut values = assertions.iter().filter(|it| it.r#type.as_deref().is_some_and(|kind| EXPECT.contains(&kind)));
    values.find_map(|assertion| assertion.value.as_str()).map(loose::cut)
}

fn scores(row: &Row) -> Vec<Score> {
    let score = |component: &super::row::Component| {
        let name = component.assertion.as_ref().and_then(Assertion::name)?.to_owned();
        Some(Score { name, value: component.score, passed: component.pass })
    };
    row.components().filter_map(score).collect()
}

/// `facts >= 0.8`; of an assertion without a threshold its name alone.
fn measure(assertion: &Assertion) -> Option<String> {
    let name = loose::first_line(assertion.name()?).chars().take(100).collect::<String>();
    Some(assertion.threshold.map_or(name.clone(), |threshold| format!("{name} >= {threshold}")))
}

fn is_model_judged(kind: &str) -> bool {
    let kind = kind.strip_prefix("not-").unwrap_or(kind);
    JUDGED.contains(&kind) || kind.starts_with("promptfoo:redteam:")
}
