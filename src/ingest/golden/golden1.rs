//! `golden/1`: one JSON object per line, a `run`, its `case`s and an `end` that says how many there were.
//!
//! Our own format; the schema is published as `site/schema/golden-1.json`.

mod line;
#[cfg(test)]
mod tests;

use super::Draft;
use super::case::{Answer, Case, Claim, Mode, Outcome, Status};
use super::signal::{self, Sign};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::{clock, json};
use crate::source::{Grade, Location};
use line::{CaseLine, End, Judge, JudgeKind, Run, System, Tag, Type};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "golden-1", about: "golden/1, our own JSON Lines: a run, its cases, an end", claims, read };

/// After this many mistakes the rest of a file is not read: it is of no use any more.
const MISTAKES: usize = 100;
/// No answer is expected to make more claims than this.
const CLAIMS: u64 = 10_000;

fn claims(artifact: &Artifact) -> bool {
    let first = artifact.head_text().trim_start().lines().next().unwrap_or("");
    first.starts_with('{') && first.contains("\"golden/1\"")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut reader = Reader { draft: Draft { path: reading.source.path.clone(), ..Draft::default() }, ..Reader::default() };
    reading.each_line(|reading, number, text, _| {
        if !text.trim().is_empty() {
            reader.take(reading, number, text);
        }
        if reading.problems.iter().filter(|problem| problem.severity == Grade::Error).count() < MISTAKES {
            return ControlFlow::Continue(());
        }
        reading.error("too-many-mistakes", Location::line(number), format!("{MISTAKES} mistakes: the rest is not read"));
        reader.gave_up = true;
        ControlFlow::Break(())
    });
    if !reader.gave_up {
        reader.totals(reading);
    }
    reader.signs(reading);
    reader.describe(reading);
    reader.draft
}

/// What is known of a file so far.
#[derive(Default)]
struct Reader {
    draft: Draft,
    /// Whether a run was stated, well or badly.
    started: bool,
    system: Option<System>,
    /// The line of every case and attempt.
    seen: BTreeMap<(String, u64), u64>,
    claims: u64,
    ended: Option<(u64, End)>,
    /// Whether a line could not be read, so that the totals cannot agree.
    lost: bool,
    gave_up: bool,
    /// Live answers that came in no time and without a token.
    instant: Sign,
    /// Claims whose verdict is not that of most votes.
    outvoted: Sign,
}

impl Reader {
    fn take(&mut self, reading: &mut Reading<'_>, number: u64, text: &str) {
        if self.ended.is_some() {
            return reading.error("after-end", Location::line(number), "there is something after the end of the run");
        }
        let Some(tag) = self.decode::<Tag>(reading, number, text) else { return };
        let is_run = matches!(tag.r#type, Type::Run);
        if is_run == self.started {
            let message = if is_run { "a second run in one file" } else { "a line before the run is stated" };
            return reading.error("out-of-order", Location::line(number), message);
        }
        self.started = true;
        match tag.r#type {
            Type::Run => self.decode(reading, number, text).into_iter().for_each(|run| self.run(reading, number, run)),
            Type::Case => self.decode(reading, number, text).into_iter().for_each(|case| self.case(reading, number, case)),
            Type::End => self.ended = self.decode(reading, number, text).map(|end| (number, end)),
        }
    }

    fn decode<T: DeserializeOwned>(&mut self, reading: &mut Reading<'_>, number: u64, text: &str) -> Option<T> {
        let value = json::read_line(text, number);
        value
            .map_err(|mistake| {
                self.lost = true;
                reading.error("undecodable", Location::column(mistake.line, mistake.column), mistake.message);
            })
            .ok()
    }

    fn run(&mut self, reading: &mut Reading<'_>, number: u64, run: Run) {
        let at = || Location::line(number);
        reading.source.collected_at = clock::parse(&run.created_at);
        if reading.source.collected_at.is_none() {
            reading.error("undecodable", at(), format!("`created_at` is no moment: `{}`", run.created_at));
        } else if !clock::has_zone(&run.created_at) {
            reading.warning("no-time-zone", at(), "`created_at` names no time zone; it is read as UTC");
        }
        reading.source.commit = run.git_sha;
        self.draft.suite = run.suite;
        self.draft.expected_cases = Some(run.expected_cases);
        self.draft.mode = Some(run.mode);
        self.draft.judge_calibrated = run.judge.is_some_and(|judge| calibrated(reading, number, &judge));
        let name = format!("{}/{}", run.system.provider, run.system.model);
        if let Some(word) = signal::stand_in(&name).filter(|_| run.mode != Mode::Mock) {
            let message = format!("`{name}` has the word `{word}` in it and the run says `{}`: it counts as mock", run.mode.word());
            reading.warning("mock-signal", at(), message);
            self.draft.mode = Some(Mode::Mock);
        }
        self.system = Some(run.system);
    }

    fn case(&mut self, reading: &mut Reading<'_>, number: u64, line: CaseLine) {
        self.check(reading, number, &line);
        self.claims += line.claims.len() as u64;
        let mode = self.mode(&line, number);
        let CaseLine { id, attempt, category, cluster, sentinel, status, latency_ms, claims_expected, error, .. } = line;
        let claims = line.claims.into_iter().map(Claim::from).collect();
        let answer = Answer { status, claims_expected, claims };
        let (outcome, why) = answer.outcome();
        let message = if outcome == Outcome::Failed { why } else { error.map(|failure| failure.to_string()).or(why) };
        let latency = latency_ms.filter(|ms| *ms >= 0.0);
        let tally = answer.tally();
        self.draft.cases.push(Case { id, attempt, category, cluster, sentinel, mode, outcome, tally, latency, message });
    }

    fn check(&mut self, reading: &mut Reading<'_>, number: u64, line: &CaseLine) {
        let mut wrong = |code, message: String| reading.error(code, Location::line(number), message);
        if line.id.is_empty() {
            wrong("undecodable", "the case has an empty id".to_owned());
        }
        if let Some(before) = self.seen.insert((line.id.clone(), line.attempt), number) {
            wrong("duplicate-case", format!("case `{}`, attempt {}, is on line {before} already", line.id, line.attempt));
        }
        let mut ids = BTreeSet::new();
        if let Some(twice) = line.claims.iter().find(|claim| !ids.insert(&claim.id)) {
            wrong("duplicate-claim", format!("case `{}` has claim `{}` twice", line.id, twice.id));
        }
        if line.status == Status::Ok && line.error.is_some() {
            wrong("contradicts-itself", format!("case `{}` is `ok` and has an error", line.id));
        }
        if line.latency_ms.is_some_and(|ms| ms < 0.0) || line.claims_expected.is_some_and(|n| n > CLAIMS) {
            wrong("out-of-range", format!("case `{}` has a number that cannot be", line.id));
        }
        line.claims.iter().filter(|claim| claim.is_outvoted()).for_each(|_| self.outvoted.see(number));
    }

    /// How the answer was made: the worst that the run, the case and the signs say.
    fn mode(&mut self, line: &CaseLine, number: u64) -> Mode {
        let stated = line.evidence.max(self.draft.mode).unwrap_or_default();
        let idle = line.tokens.as_ref().is_some_and(|tokens| tokens.r#in == 0 && tokens.out == 0)
            && line.latency_ms.is_some_and(|ms| ms < signal::INSTANTLY)
            && !self.system.as_ref().is_some_and(|system| signal::is_local(&system.provider));
        if stated != Mode::Live || line.status != Status::Ok || !idle {
            return stated;
        }
        self.instant.see(number);
        Mode::Mock
    }

    /// What the file says of itself against what it holds.
    fn totals(&self, reading: &mut Reading<'_>) {
        let cases = self.cases();
        let Some((line, end)) = &self.ended else {
            return reading.error("truncated", Location::whole(), format!("the file ends without its `end` line, after {cases} cases"));
        };
        if self.lost {
            return;
        }
        for (what, said, is) in [("cases", end.cases, self.draft.cases.len() as u64), ("claims", end.claims, self.claims)] {
            if said != is {
                let message = format!("the end says {said} {what}, the file has {is}");
                reading.error("declared-totals-differ", Location::line(*line), message);
            }
        }
        if cases == 0 {
            reading.error("no-cases", Location::whole(), "the run has no case");
        } else if let Some(expected) = self.draft.expected_cases.filter(|expected| *expected != cases) {
            let message = format!("the run should have {expected} cases and has {cases}");
            reading.error("expected-cases-differ", Location::whole(), message);
        }
    }

    fn signs(&self, reading: &mut Reading<'_>) {
        if let Sign { n: n @ 1.., line } = self.instant {
            let counts = many(n, "case counts", "cases count");
            let message = format!("no token and under {} ms, but `live`: {counts} as mock", signal::INSTANTLY);
            reading.warning("mock-signal", Location::line(line), message);
        }
        if let Sign { n: n @ 1.., line } = self.outvoted {
            let message = format!("the verdict is not the one most judges voted for: {}", many(n, "claim", "claims"));
            reading.warning("judge-outvoted", Location::line(line), message);
        }
    }

    fn describe(&self, reading: &mut Reading<'_>) {
        let mode = self.draft.worst_mode().map(Mode::word);
        let run = mode.map_or(String::new(), |mode| format!(", {mode} run"));
        let categories: BTreeSet<_> = self.draft.cases.iter().filter_map(|case| case.category.as_deref()).collect();
        let categories = many(categories.len() as u64, "category", "categories");
        reading.source.content = format!("{} in {categories}{run}", many(self.cases(), "case", "cases"));
        reading.source.mode = mode.map(str::to_owned);
    }

    /// Cases, whatever the number of attempts.
    fn cases(&self) -> u64 {
        let ids: BTreeSet<_> = self.seen.keys().map(|(id, _)| id).collect();
        ids.len() as u64
    }
}

fn many(n: u64, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

fn calibrated(reading: &mut Reading<'_>, number: u64, judge: &Judge) -> bool {
    let Some(human) = &judge.calibration else { return judge.kind == JudgeKind::Human };
    if human.caught > human.true_bad || human.passed > human.true_good {
        reading.error("contradicts-itself", Location::line(number), "the judge was right more often than it was asked");
        return false;
    }
    human.true_bad > 0 && human.true_good > 0
}
