//! Benchmarks: values over time, one series for each metric of each benchmark on each machine.
//!
//! Readers yield measurements; here they become series. What the history says of its newest values is the business of
//! `compare/trend`. Nothing that cannot be a value (NaN, a negative number, a unit that does not fit) enters a series
//! silently: it is told, and the run has no value then.

mod asv;
mod bench_pair;
mod benchmarkdotnet;
mod benchmarkjs;
mod benchmarkjs_json;
mod benchstat;
mod beside;
mod bmf;
mod cargo_bench;
mod catch2;
mod catch2_xml;
mod conbench;
mod criterion;
mod dart_harness;
mod gab_custom;
mod gab_data;
mod gather;
mod go_bench;
mod google_benchmark;
mod gungraun;
mod hdr_histogram;
mod history_db;
mod history_jsonl;
mod hyperfine;
mod jmh;
mod julia;
mod k6;
mod luau_bench;
mod map;
mod nyrkio;
mod otava_csv;
mod performance_runs;
mod places;
mod pytest_benchmark;
mod rerun;
mod rows;
mod ruby_benchmark;
mod run;
mod settings;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod values;
mod values_csv;
mod vitest_bench;

pub use unit::factor;

use self::values::{RunId, Subject, SubjectId, Values};
use crate::error::Diagnostic;
use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Reading, Request, claimants};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::sqlite;
use crate::metric::{Value, grouped};
use crate::pair::Pair;
use crate::series::{Run, Text, unit};
use crate::source::{Grade, Location, Source};
use std::collections::{BTreeMap, BTreeSet};

/// A value may be dated this much after `now`, in milliseconds, as anywhere else.
const SKEW: i64 = 300_000;

/// The family of benchmarks.
pub struct Benchmark;

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Its usable values.
    values: Values,
    /// The branches it names.
    pub branches: BTreeSet<String>,
    /// Whether values below zero are values as any other: the file does not say what it measures.
    pub signed: bool,
    /// Bases and heads that were measured in turns, which are no history.
    pub pairs: Vec<Pair>,
    /// The newest run, also when nothing of it is usable.
    newest: Option<(Option<Instant>, Option<Text>)>,
    /// What had to be passed over: how often, and the first time, by code.
    slips: BTreeMap<&'static str, (u64, Location, String)>,
}

impl Draft {
    /// Notes that there was a run. One without a usable value must not look as if it had not been.
    pub fn attempt(&mut self, run: Option<&str>, at: Option<Instant>, now: Instant) {
        let later = self.newest.as_ref().is_none_or(|(newest, _)| at > *newest);
        if later && at.is_none_or(|at| at.0 <= now.0 + SKEW) {
            self.newest = Some((at, run.map(Text::from)));
        }
    }

    /// Takes a value and the samples behind it, unless it cannot be one.
    fn take(&mut self, subject: SubjectId, run: RunId, value: f64, samples: Vec<f64>, place: Location, now: Instant) {
        let Run { at, name, .. } = self.values.at(run);
        let at = *at;
        if self.newest.as_ref().is_none_or(|(newest, _)| at > *newest) {
            let name = name.clone();
            self.attempt(name.as_deref(), at, now);
        }
        let (negative, late) = (value < 0.0 && !self.signed, at.is_some_and(|at| at.0 > now.0 + SKEW));
        if value.is_finite() && !negative && !late {
            return self.values.push(subject, run, value, samples);
        }
        let Subject { benchmark, metric, .. } = self.values.of(subject);
        let what = format!("{benchmark} {metric}");
        if !value.is_finite() {
            self.slip("not-a-number", place, || format!("{what} has no value in this run"));
        } else if negative {
            self.slip("negative", place, || format!("{what} is negative in this run, and is left out"));
        } else {
            self.slip("later-than-now", place, || format!("{what} is dated after {now}, and is left out"));
        }
    }

    /// Notes something passed over.
    pub fn slip(&mut self, code: &'static str, at: Location, message: impl FnOnce() -> String) {
        let (n, ..) = self.slips.entry(code).or_insert_with(|| (0, at, message()));
        *n += 1;
    }

    /// Reads those files of a folder that hold values, each as if it were alone; together they are one.
    pub fn of_members<'m>(
        reading: &mut Reading<'_>,
        members: impl Iterator<Item = &'m String>,
        read: impl Fn(&mut Reading<'_>, &str) -> Draft,
    ) -> Draft {
        let (mut whole, mut made) = (Draft::default(), None);
        for member in members {
            let one = reading.member(member, |reading| {
                let draft = read(reading, member);
                made = made.max(reading.source.collected_at);
                draft
            });
            one.into_iter().for_each(|draft| whole.values.append(draft.values));
        }
        whole.finish(reading);
        reading.source.collected_at = made;
        whole
    }

    /// Says what was passed over and what the file holds.
    fn finish(&mut self, reading: &mut Reading<'_>) {
        for (code, (n, at, message)) in std::mem::take(&mut self.slips) {
            let more = if n > 1 { format!(", and {} more of the kind", grouped(n - 1)) } else { String::new() };
            reading.warning(code, at, format!("{message}{more}"));
        }
        let series: BTreeSet<_> = self.values.filled().map(|(subject, _)| subject.key()).collect();
        let all: Vec<&Run> = self.values.runs_with_values().collect();
        let runs: BTreeSet<_> = all.iter().map(|run| (run.at, &run.name)).collect();
        let newest = all.iter().filter(|run| run.at.is_some()).max_by_key(|run| run.at);
        let oldest = all.iter().filter_map(|run| run.at).min();
        let span = newest.and_then(|run| run.at).zip(oldest).map(|(last, first)| format!(", {} to {}", first.date(), last.date()));
        let (series, runs) = (grouped(series.len() as u64), grouped(runs.len() as u64));
        reading.source.content = format!("{series} series, {runs} runs{}", span.unwrap_or_default());
        reading.source.collected_at = newest.and_then(|run| run.at);
        reading.source.commit = newest.and_then(|run| run.commit.as_deref()).map(str::to_owned);
        let whole = reading.problems.iter().all(|p| p.severity != Grade::Error);
        if all.is_empty() && whole {
            reading.error("no-values", Location::whole(), "no benchmark has a value");
        } else if let Some((at, run)) = &self.newest
            && whole
            && !all.iter().any(|known| known.at == *at && known.name == *run)
        {
            let name = run.as_deref().map_or_else(String::new, |run| format!(" {run}"));
            reading.error("empty-run", Location::whole(), format!("the newest run{name} has no usable value"));
        }
    }
}

impl Family for Benchmark {
    type Draft = Draft;
    const NAME: &'static str = "benchmark";
    const FORMATS: &'static [Format<Draft>] = &[
        history_jsonl::FORMAT,
        history_db::FORMAT,
        bench_pair::FORMAT,
        performance_runs::FORMAT,
        hyperfine::FORMAT,
        pytest_benchmark::FORMAT,
        google_benchmark::FORMAT,
        go_bench::FORMAT,
        benchstat::FORMAT,
        gab_data::FORMAT,
        gab_custom::FORMAT,
        cargo_bench::FORMAT,
        gungraun::FORMAT,
        criterion::FORMAT,
        jmh::FORMAT,
        benchmarkdotnet::FORMAT,
        k6::FORMAT,
        benchmarkjs::FORMAT,
        benchmarkjs_json::FORMAT,
        catch2::FORMAT,
        catch2_xml::FORMAT,
        dart_harness::FORMAT,
        luau_bench::FORMAT,
        ruby_benchmark::FORMAT,
        hdr_histogram::FORMAT,
        vitest_bench::FORMAT,
        bmf::FORMAT,
        nyrkio::FORMAT,
        conbench::FORMAT,
        asv::FORMAT,
        julia::FORMAT,
        otava_csv::FORMAT,
        values_csv::FORMAT,
    ];

    fn by_map(request: &Request<'_>) -> Option<&'static Format<Draft>> {
        request.map.map(|_| &performance_runs::FORMAT)
    }

    fn otherwise(artifact: &Artifact, _: &Request<'_>) -> Option<&'static Format<Draft>> {
        if sqlite::is_database(&artifact.head) {
            return Some(&performance_runs::FORMAT);
        }
        (claimants(artifact).is_empty() && values_csv::fits(artifact)).then_some(&values_csv::FORMAT)
    }

    fn check_map(file: &str, text: &str) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        map::Map::parse(file, text, &mut errors);
        errors
    }

    fn is_empty(draft: &Draft) -> bool {
        draft.values.is_empty() && draft.pairs.is_empty()
    }

    fn stamped(draft: &mut Draft, source: &Source) {
        beside::stamped(draft, source);
    }

    fn settle(mut drafts: Vec<Draft>, request: &Request<'_>, evidence: &mut Evidence) {
        if let Some(beside) = request.beside {
            beside::join(&mut drafts, beside, evidence);
        }
        let pairs: Vec<Pair> = drafts.iter_mut().flat_map(|draft| std::mem::take(&mut draft.pairs)).collect();
        if !pairs.is_empty() {
            bench_pair::settle(&pairs, evidence);
        }
        if drafts.iter().all(|draft| draft.values.is_empty()) {
            return;
        }
        settings::apply(request.series, &mut drafts, evidence);
        gather::series(drafts, evidence);
        evidence.put("benchmark.series", Value::Count(evidence.series.len() as u64));
        let newest = evidence.series.iter().filter_map(|series| series.points.newest()).max();
        if let Some(at) = newest {
            evidence.put("benchmark.last_run", Value::Instant(at));
        }
    }
}
