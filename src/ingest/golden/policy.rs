//! What a map demands of any golden result, whoever wrote it: from where on a measure is good, which measure stands for a rate, and which
//! cases there must be.

use super::case::{Case, Mode, Outcome, Score};
use super::claim::Rate;
use super::run::{Calibration, Run, Sampling};
use super::score::Scores;
use crate::config::JUDGED;
use crate::error::Diagnostic;
use crate::io::yaml::{Fields, Node};
use std::collections::{BTreeMap, BTreeSet};

/// What a map demands and says of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// The measures that decide what becomes of a case.
    pub measures: Vec<Measure>,
    /// The measures that stand for a rate where answers have no claims, in the order of [`JUDGED`].
    judges: [Option<Measure>; JUDGED.len()],
    /// The categories there must be, and how many cases each must have.
    pub categories: BTreeMap<String, u64>,
    /// How many cases there must be.
    pub expected_cases: Option<u64>,
    suite: Option<String>,
    /// The digest of the set that was agreed on.
    suite_sha256: Option<String>,
    system: Option<String>,
    judge: Option<String>,
    calibration: Option<Calibration>,
    sampling: Option<Sampling>,
    mode: Option<Mode>,
}

/// One of the tool's measures, and from where on it is good.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// As the tool calls it.
    pub name: String,
    /// None where the tool's own opinion counts.
    limit: Option<Limit>,
    /// Whether a file may do without it.
    if_present: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

impl Policy {
    /// Reads its part of a map.
    pub fn parse(fields: &mut Fields<'_, '_>) -> Policy {
        let (judge, calibration) = fields.node("judge").map(|node| judge(node, fields.errors)).unwrap_or_default();
        let mut policy = Policy {
            expected_cases: fields.get("expected_cases"),
            suite: fields.text("suite"),
            suite_sha256: fields.text("suite_sha256"),
            system: fields.text("system"),
            sampling: fields.get("sampling"),
            mode: fields.get("mode"),
            judge,
            calibration,
            ..Policy::default()
        };
        for (name, node) in fields.entries("measures") {
            policy.measures.push(measure(Some(&name.text), node, fields.errors));
        }
        for (name, node) in fields.entries("categories") {
            match node.decode() {
                Ok(least) => drop(policy.categories.insert(name.text.clone(), least)),
                Err(mistake) => fields.errors.push(mistake),
            }
        }
        if let Some(node) = fields.node("judges") {
            let mut judges = node.fields("judges", fields.errors);
            policy.judges = JUDGED.map(|rate| {
                let node = judges.node(rate)?;
                Some(measure(None, node, judges.errors))
            });
            judges.finish();
        }
        policy
    }

    /// What is demanded here, and what another demands where nothing is.
    pub fn over(self, other: Policy) -> Policy {
        let [a, b, c] = self.judges;
        let [x, y, z] = other.judges;
        Policy {
            measures: if self.measures.is_empty() { other.measures } else { self.measures },
            judges: [a.or(x), b.or(y), c.or(z)],
            ..self
        }
    }

    /// Applies it to a case: its measures get their verdicts, and the case its own.
    pub fn judge(&self, case: &mut Case) {
        for measure in &self.measures {
            measure.decide(&mut case.scores);
        }
        if !self.measures.is_empty() {
            self.grade(case);
        }
        if case.tally.claims > 0 || case.outcome == Outcome::NotApplicable {
            return;
        }
        // What broke was not measured, whatever the judge made of the error message.
        let broken = matches!(case.outcome, Outcome::Error | Outcome::Skipped);
        let passed = self.judges.each_ref().map(|judge| {
            let score = judge.as_ref()?.find(&case.scores);
            if score.is_none() && judge.as_ref()?.if_present && !broken {
                return None;
            }
            Some(score.and_then(|score| judge.as_ref()?.verdict(score)).filter(|_| !broken))
        });
        let [hallucination, coverage, support] = passed;
        let one = |rate: &mut Rate, passed: Option<Option<bool>>| {
            if let Some(passed) = passed {
                *rate = Rate::default();
                rate.count(passed);
            }
        };
        case.tally.claims = u64::from(matches!(hallucination, Some(Some(_))));
        one(&mut case.tally.hallucination, hallucination.map(|passed| passed.map(|passed| !passed)));
        one(&mut case.tally.coverage, coverage);
        one(&mut case.tally.support, support);
    }

    /// What becomes of a case by its measures: a bad one makes it bad, a missing one leaves it open, and only a case nobody has an
    /// opinion of is good because they all are.
    fn grade(&self, case: &mut Case) {
        let open = case.outcome == Outcome::NotJudged && case.message.is_none();
        if !matches!(case.outcome, Outcome::Passed | Outcome::Failed | Outcome::NotJudged) {
            return;
        }
        let (mut good, mut missing) = (0, None);
        for measure in &self.measures {
            match measure.find(&case.scores) {
                None if measure.if_present => {}
                Some(Score { passed: Some(true), .. }) => good += 1,
                Some(Score { passed: Some(false), value, .. }) => {
                    if case.outcome != Outcome::Failed {
                        case.message = Some(measure.shortfall(*value));
                    }
                    case.outcome = Outcome::Failed;
                    return;
                }
                _ => missing = missing.or(Some(measure)),
            }
        }
        if let Some(measure) = missing.filter(|_| case.outcome != Outcome::Failed) {
            case.outcome = Outcome::NotJudged;
            case.message = case.message.take().or_else(|| Some(format!("{} was not computed", measure.name)));
        } else if open && good > 0 {
            case.outcome = Outcome::Passed;
        }
    }

    /// The measures it speaks of, and whether a file may do without each.
    pub fn names(&self) -> impl Iterator<Item = (&str, bool)> {
        self.measures.iter().chain(self.judges.iter().flatten()).map(|measure| (measure.name.as_str(), measure.if_present))
    }

    /// The measures that a file must have and does not.
    pub fn lacking<'a>(&'a self, present: &BTreeSet<&str>) -> Vec<&'a str> {
        let names: BTreeSet<&str> = self.names().filter(|(_, if_present)| !if_present).map(|(name, _)| name).collect();
        names.into_iter().filter(|name| !present.contains(name)).collect()
    }

    /// The measures that stand for a rate although nobody says what is good.
    pub fn undecided<'a>(&'a self, scores: &Scores) -> Vec<&'a str> {
        let judges = self.judges.iter().flatten().filter(|judge| judge.limit.is_none());
        let names: BTreeSet<&str> = judges.map(|judge| judge.name.as_str()).collect();
        names.into_iter().filter(|name| scores.is_undecided(name)).collect()
    }

    /// The digest that is agreed on, where the run is of another set or does not tell.
    pub fn another_suite(&self, run: &Run) -> Option<&str> {
        let agreed = self.suite_sha256.as_deref()?;
        let told = [&run.suite_sha256, &run.cases_sha256].into_iter().flatten();
        told.into_iter().all(|told| !told.eq_ignore_ascii_case(agreed)).then_some(agreed)
    }

    /// What the map says of the run, where the file says nothing; a measure's limits are the map's.
    pub fn complete(&self, run: &mut Run, mode: &mut Option<Mode>, present: &BTreeSet<&str>) {
        let fill = |known: &mut Option<String>, stated: &Option<String>| *known = known.take().or_else(|| stated.clone());
        fill(&mut run.suite, &self.suite);
        fill(&mut run.system, &self.system);
        fill(&mut run.judge, &self.judge);
        run.calibration = run.calibration.or(self.calibration);
        run.sampling = run.sampling.or(self.sampling);
        let used = |measure: &&Measure| !measure.if_present || present.contains(measure.name.as_str());
        run.measures.extend(self.measures.iter().filter(used).map(Measure::text));
        run.measures.sort();
        run.measures.dedup();
        // A file that gives a stand-in away is believed rather than the map.
        *mode = self.mode.max(*mode);
    }
}

impl Measure {
    fn find<'s>(&self, scores: &'s [Score]) -> Option<&'s Score> {
        scores.iter().find(|score| score.name == self.name)
    }

    fn verdict(&self, score: &Score) -> Option<bool> {
        match (self.limit, score.value) {
            (None, _) => score.passed,
            (Some(Limit::AtLeast(limit)), value) => value.map(|value| value >= limit),
            (Some(Limit::AtMost(limit)), value) => value.map(|value| value <= limit),
        }
    }

    fn decide(&self, scores: &mut [Score]) {
        for score in scores.iter_mut().filter(|score| score.name == self.name) {
            score.passed = self.verdict(score);
        }
    }

    fn shortfall(&self, value: Option<f64>) -> String {
        match (self.limit, value) {
            (Some(Limit::AtLeast(limit)), Some(value)) => format!("{} is {value}, and {limit} is the least", self.name),
            (Some(Limit::AtMost(limit)), Some(value)) => format!("{} is {value}, and {limit} is the most", self.name),
            _ => format!("{} says it is bad", self.name),
        }
    }

    /// `faithfulness >= 0.8`.
    fn text(&self) -> String {
        match self.limit {
            Some(Limit::AtLeast(limit)) => format!("{} >= {limit}", self.name),
            Some(Limit::AtMost(limit)) => format!("{} <= {limit}", self.name),
            None => self.name.clone(),
        }
    }
}

/// `factuality`, or `{ measure: factuality, at_least: 0.8 }`; under a name, without `measure`.
fn measure(name: Option<&str>, node: &Node, errors: &mut Vec<Diagnostic>) -> Measure {
    if let (None, Some(name)) = (name, node.scalar()) {
        return Measure { name: name.to_owned(), limit: None, if_present: false };
    }
    let mut fields = node.fields("a measure", errors);
    let name = match name {
        Some(name) => name.to_owned(),
        None => {
            fields.require("measure");
            fields.text("measure").unwrap_or_default()
        }
    };
    let limit = match (fields.get("at_least"), fields.get("at_most")) {
        (Some(_), Some(_)) => {
            fields.errors.push(Diagnostic::new(node.place.clone(), "a measure is good from one limit on: `at_least` or `at_most`"));
            None
        }
        (Some(limit), None) => Some(Limit::AtLeast(limit)),
        (None, limit) => limit.map(Limit::AtMost),
    };
    let if_present = fields.get("if_present").unwrap_or(false);
    fields.finish();
    Measure { name, limit, if_present }
}

/// `gpt-4o`, or `{ name: gpt-4o, calibration: { true_bad: 50, caught: 46, true_good: 200, passed: 197 } }`.
fn judge(node: &Node, errors: &mut Vec<Diagnostic>) -> (Option<String>, Option<Calibration>) {
    if let Some(name) = node.scalar() {
        return (Some(name.to_owned()), None);
    }
    let mut fields = node.fields("judge", errors);
    fields.require("name");
    let name = fields.text("name");
    let calibration = fields.node("calibration").map(|node| calibration(node, fields.errors));
    fields.finish();
    (name, calibration.flatten())
}

fn calibration(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Calibration> {
    let mut fields = node.fields("calibration", errors);
    let [true_bad, caught, true_good, passed] = ["true_bad", "caught", "true_good", "passed"].map(|key| {
        fields.require(key);
        fields.get(key).unwrap_or(0)
    });
    if caught > true_bad || passed > true_good {
        fields.errors.push(Diagnostic::new(node.place.clone(), "the judge was right more often than it was asked"));
    }
    fields.finish();
    Some(Calibration { true_bad, caught, true_good, passed }).filter(|known| known.true_bad > 0 && known.true_good > 0)
}
