//! `golden/1`: one JSON object per line, a `run`, its `case`s and an `end` that says how many there were.
//!
//! Our own format; the schema is published as `site/schema/golden-1.json`.

mod line;
#[cfg(test)]
mod tests;

use super::case::{Case, Mode, Outcome, Score};
use super::claim::{Answer, Claim, Status};
use super::draft::{Draft, many};
use super::run::{Calibration, Run};
use super::signal::{self, Sign};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::{clock, json};
use crate::source::{Grade, Location};
use line::{CaseLine, End, Judge, JudgeKind, RunLine, System, Tag, Type};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::mem;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "golden-1", about: "golden/1, our own JSON Lines: a run, its cases, an end", claims, read };

/// After this many mistakes the rest of a file is not read: it is of no use any more.
const MISTAKES: usize = 100;
/// How the line of a case begins, as most programs write it.
const CASE: &str = r#"{"type":"case","#;
/// No answer is expected to make more claims than this.
const CLAIMS: u64 = 10_000;

fn claims(artifact: &Artifact) -> bool {
    let first = artifact.head_text().trim_start().lines().next().unwrap_or("");
    first.starts_with('{') && first.contains("\"golden/1\"")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut reader = Reader { draft: Draft::of(reading), ..Reader::default() };
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
    reader.signs(reading);
    reader.draft = mem::take(&mut reader.draft).finish(reading);
    if !reader.gave_up {
        reader.totals(reading);
    }
    reader.draft
}

/// What is known of a file so far.
#[derive(Default)]
struct Reader {
    draft: Draft,
    /// How many cases the run says it has, however often each is tried.
    expected_cases: Option<u64>,
    /// Whether a run was stated, well or badly.
    started: bool,
    system: Option<System>,
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
        // Most lines say at once what they are, and need not be read twice.
        if self.started && text.starts_with(CASE) {
            return self.decode(reading, number, text).into_iter().for_each(|case| self.case(reading, number, case));
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

    fn run(&mut self, reading: &mut Reading<'_>, number: u64, run: RunLine) {
        let at = || Location::line(number);
        reading.source.collected_at = clock::parse(&run.created_at);
        if reading.source.collected_at.is_none() {
            reading.error("undecodable", at(), format!("`created_at` is no moment: `{}`", run.created_at));
        } else if !clock::has_zone(&run.created_at) {
            reading.warning("no-time-zone", at(), "`created_at` names no time zone; it is read as UTC");
        }
        reading.source.commit = run.git_sha;
        self.expected_cases = Some(run.expected_cases);
        self.draft.mode = Some(run.mode);
        let name = format!("{}/{}", run.system.provider, run.system.model);
        if let Some(word) = signal::stand_in(&name).filter(|_| run.mode != Mode::Mock) {
            let message = format!("`{name}` has the word `{word}` in it and the run says `{}`: it counts as mock", run.mode.word());
            reading.warning("mock-signal", at(), message);
            self.draft.mode = Some(Mode::Mock);
        }
        let (judge, judge_sha256, calibration) = run.judge.map(|judge| judged(reading, number, judge)).unwrap_or_default();
        self.draft.run = Run {
            suite: Some(run.suite),
            suite_sha256: run.suite_sha256,
            system: Some(name),
            prompt_sha256: run.system.prompt_sha256.clone(),
            judge,
            judge_sha256,
            calibration,
            sampling: run.sampling,
            ..Run::default()
        };
        self.system = Some(run.system);
    }

    fn case(&mut self, reading: &mut Reading<'_>, number: u64, line: CaseLine) {
        self.check(reading, number, &line);
        self.claims += line.claims.len() as u64;
        let mode = self.mode(&line, number);
        let CaseLine { id, attempt, category, cluster, sentinel, status, latency_ms, claims_expected, error, scores, .. } = line;
        let (question, answer, expected) = (line.question, line.answer, line.expected);
        let claims = line.claims.into_iter().map(Claim::from).collect();
        let case = Case::of_claims(id, Answer { status, claims_expected, claims });
        let failure = error.map(|failure| failure.to_string()).filter(|_| case.outcome != Outcome::Failed);
        let message = failure.or(case.message);
        let latency = latency_ms.filter(|ms| *ms >= 0.0);
        let scores = scores.into_iter().map(|(name, value)| Score { name, value: Some(value), passed: None }).collect();
        let case = Case { attempt, category, cluster, sentinel, mode, latency, message, scores, question, answer, expected, ..case };
        self.draft.take(reading, Location::line(number), case);
    }

    fn check(&mut self, reading: &mut Reading<'_>, number: u64, line: &CaseLine) {
        let mut wrong = |code, message: String| reading.error(code, Location::line(number), message);
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
    fn totals(&mut self, reading: &mut Reading<'_>) {
        let cases = self.draft.ids();
        let Some((line, end)) = &self.ended else {
            return reading.error("truncated", Location::whole(), format!("the file ends without its `end` line, after {cases} cases"));
        };
        if self.lost {
            return;
        }
        // Of a set that is all there, every attempt is expected.
        let all = self.expected_cases == Some(cases);
        self.draft.expected = if all { Some(self.draft.len()) } else { self.expected_cases };
        let (end, counted) = ((end.cases, end.claims), (self.draft.len(), self.claims));
        for (what, stated, counted) in [("case", end.0, counted.0), ("claim", end.1, counted.1)] {
            self.draft.declared(reading, Location::line(*line), what, stated, counted);
        }
        if let Some(expected) = self.expected_cases.filter(|expected| cases > 0 && *expected != cases) {
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
}

/// The judge, the digest of its prompt, and how it did against human labels.
fn judged(reading: &mut Reading<'_>, number: u64, judge: Judge) -> (Option<String>, Option<String>, Option<Calibration>) {
    let name = match judge.kind {
        JudgeKind::Human => Some("human".to_owned()),
        JudgeKind::Rule => judge.model.or_else(|| Some("rule".to_owned())),
        JudgeKind::Llm => judge.model,
    };
    let calibration = judge.calibration.and_then(|known| Calibration::from(known).checked(reading, Location::line(number)));
    (name, judge.prompt_sha256, calibration)
}
