//! Results beside a history: they are its newest run, which may stand in it already.

use super::{Draft, Measurement};
use crate::evidence::Evidence;
use crate::history_line::unnamed;
use crate::ingest::Beside;
use crate::instant::Instant;
use crate::io::hash;
use crate::source::{Grade, Location, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Gives the values of a file that says neither when nor of what it is the date and the commit of its stamp. A file with several
/// values of one benchmark is a history, and one date cannot be theirs.
pub(super) fn stamped(draft: &mut Draft, source: &Source) {
    let mut seen = BTreeSet::new();
    if !draft.measurements.iter().all(|m| seen.insert((&m.benchmark, &m.metric, &m.machine, &m.unit))) {
        return;
    }
    for measurement in &mut draft.measurements {
        measurement.at = measurement.at.or(source.collected_at);
        measurement.commit = measurement.commit.take().or_else(|| source.commit.clone());
    }
}

/// Names the run of the results, so that it counts once whether or not it was appended, and their machine.
pub(super) fn join(drafts: &mut Vec<Draft>, beside: &Beside, evidence: &mut Evidence) {
    if let (Some(_), Some(last)) = (&beside.history, evidence.sources.last_mut()) {
        last.past = true;
    }
    let mut results = evidence.sources.as_slice();
    let mut history = None;
    if let (Some(_), Some((last, others))) = (&beside.history, evidence.sources.split_last()) {
        results = others;
        // A file that no reader took has no draft.
        history = last.format.as_ref().and_then(|_| drafts.pop());
    }
    let name = beside.run.clone().unwrap_or_else(|| unnamed(&hash::together(results.iter().map(|source| source.sha256.as_str()))));
    let known = history.as_ref().map_or(&[][..], |history| &history.measurements);
    let mut values: Vec<&mut Measurement> = drafts.iter_mut().flat_map(|draft| &mut draft.measurements).collect();
    let assumed = machines(&mut values, beside, known);
    if beside.run.is_some() || is_one_run(&values) {
        let run = same(&values, known).unwrap_or(Run { name: name.clone(), commit: commit_of(&name, known), at: None });
        for value in values.iter_mut().filter(|value| beside.run.is_some() || value.run.is_none()) {
            value.run = Some(run.name.clone());
            value.commit = value.commit.take().or_else(|| run.commit.clone());
            value.at = value.at.or(run.at);
        }
    }
    if !assumed.is_empty() {
        let machines: Vec<String> = assumed.into_iter().map(|machine| format!("`{machine}`")).collect();
        let message = format!("results that name no machine are taken to be of that of the history's newest run: {}", machines.join(", "));
        evidence.problem("machine-assumed", Grade::Note, "", Location::whole(), message);
    }
    drafts.extend(history);
}

/// Fills in machines, and gives those that were taken from the history.
fn machines(values: &mut [&mut Measurement], beside: &Beside, known: &[Measurement]) -> BTreeSet<String> {
    let mut newest: BTreeMap<(&str, &str), &Measurement> = BTreeMap::new();
    for one in known {
        let place = newest.entry((&one.benchmark, &one.metric)).or_insert(one);
        if one.at >= place.at {
            *place = one;
        }
    }
    let mut assumed = BTreeSet::new();
    for value in values.iter_mut() {
        if let Some(machine) = &beside.machine {
            machine.clone_into(&mut value.machine);
        } else if value.machine.is_empty()
            && let Some(known) = newest.get(&(value.benchmark.as_str(), value.metric.as_str())).filter(|known| !known.machine.is_empty())
        {
            assumed.insert(known.machine.clone());
            known.machine.clone_into(&mut value.machine);
        }
    }
    assumed
}

/// Whether no benchmark has values of different moments.
fn is_one_run(values: &[&mut Measurement]) -> bool {
    let mut moments: BTreeMap<_, Option<Instant>> = BTreeMap::new();
    values.iter().all(|m| *moments.entry((&m.benchmark, &m.metric, &m.machine)).or_insert(m.at) == m.at)
}

/// A run of the history.
struct Run {
    name: String,
    commit: Option<String>,
    at: Option<Instant>,
}

fn commit_of(name: &str, known: &[Measurement]) -> Option<String> {
    known.iter().rev().find(|one| one.run.as_deref() == Some(name))?.commit.clone()
}

/// The newest run of the history, if these results are it under whatever name: every raw measurement is the same, which no second
/// measurement ever has.
fn same(values: &[&mut Measurement], known: &[Measurement]) -> Option<Run> {
    let newest = known.iter().max_by_key(|one| one.at)?;
    let run: Vec<&Measurement> = known.iter().filter(|one| one.run == newest.run).collect();
    let mut sampled = values.iter().filter(|value| value.samples.len() > 2).peekable();
    sampled.peek()?;
    let is_there = |value: &Measurement| {
        run.iter().any(|one| one.benchmark == value.benchmark && one.metric == value.metric && one.samples == value.samples)
    };
    let same = sampled.all(|value| is_there(value)) && values.iter().all(|value| value.commit.is_none() || value.commit == newest.commit);
    same.then(|| Run { name: newest.run.clone().unwrap_or_default(), commit: newest.commit.clone(), at: newest.at })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::series::Direction;

    fn value(run: Option<&str>, at: Option<i64>, benchmark: &str, samples: &[f64]) -> Measurement {
        Measurement {
            benchmark: benchmark.to_owned(),
            metric: "time".to_owned(),
            machine: if run.is_some() { "m1".to_owned() } else { String::new() },
            unit: "ms".to_owned(),
            direction: Direction::Lower,
            run: run.map(str::to_owned),
            at: at.map(Instant),
            commit: run.map(|run| format!("c-{run}")),
            value: 1.0,
            samples: samples.to_vec(),
        }
    }

    /// Results and history put together: run, commit, moment and machine of the results.
    fn joined(results: Vec<Measurement>, known: Vec<Measurement>, run: Option<&str>) -> (Vec<String>, usize) {
        let source = |format: &str| Source { format: Some(format.to_owned().into()), sha256: format.repeat(8), ..Source::default() };
        let mut evidence = Evidence { sources: vec![source("hyperfine"), source("history-1")], ..Evidence::new("nightly", "benchmark") };
        let history = crate::io::fs::Artifact { path: "h".into(), name: "h".into(), head: Vec::new(), size: 0, members: None, copied: None };
        let beside = Beside { history: Some(history), run: run.map(str::to_owned), machine: None };
        let draft = |measurements| Draft { measurements, ..Draft::default() };
        let mut drafts = vec![draft(results), draft(known)];
        join(&mut drafts, &beside, &mut evidence);
        let told = |m: &Measurement| format!("{:?} {:?} {:?} {}", m.run, m.commit, m.at.map(|at| at.0), m.machine);
        (drafts[0].measurements.iter().map(told).collect(), evidence.problems.len())
    }

    #[test]
    fn results_are_a_run_of_their_own_on_the_machine_of_the_last() {
        let known = vec![value(Some("a"), Some(1), "x", &[1.0, 2.0, 3.0])];
        let (told, notes) = joined(vec![value(None, None, "x", &[1.0, 2.0, 4.0])], known.clone(), None);
        let name = unnamed(&hash::together(["hyperfine".repeat(8).as_str()].into_iter()));
        assert_eq!((told, notes), (vec![format!("Some(\"{name}\") None None m1")], 1));
        let (told, _) = joined(vec![value(None, Some(7), "x", &[])], known, Some("b"));
        assert_eq!(told, ["Some(\"b\") None Some(7) m1"]);
    }

    #[test]
    fn results_that_were_appended_are_the_run_in_the_history() {
        let name = unnamed(&hash::together(["hyperfine".repeat(8).as_str()].into_iter()));
        let (told, _) = joined(vec![value(None, None, "x", &[])], vec![value(Some(&name), Some(1), "x", &[])], None);
        assert_eq!(told, [format!("Some(\"{name}\") Some(\"c-{name}\") None m1")]);
        let known = vec![value(Some("a"), Some(1), "x", &[9.0; 3]), value(Some("b"), Some(2), "x", &[1.0, 2.0, 3.0])];
        let (told, _) = joined(vec![value(None, None, "x", &[1.0, 2.0, 3.0])], known, None);
        assert_eq!(told, ["Some(\"b\") Some(\"c-b\") Some(2) m1"], "under another name");
    }

    #[test]
    fn results_of_several_runs_keep_their_moments() {
        let (told, _) = joined(vec![value(None, Some(1), "x", &[]), value(None, Some(2), "x", &[])], Vec::new(), None);
        assert_eq!(told, ["None None Some(1) ", "None None Some(2) "]);
    }

    #[test]
    fn a_stamp_dates_one_run_and_no_history() {
        let source = Source { collected_at: Some(Instant(5)), commit: Some("c".to_owned()), ..Source::default() };
        let mut draft = Draft { measurements: vec![value(None, None, "x", &[]), value(None, None, "y", &[])], ..Draft::default() };
        stamped(&mut draft, &source);
        assert!(draft.measurements.iter().all(|m| m.at == Some(Instant(5)) && m.commit.as_deref() == Some("c")));
        let mut history = Draft { measurements: vec![value(None, None, "x", &[]), value(None, None, "x", &[])], ..Draft::default() };
        stamped(&mut history, &source);
        assert!(history.measurements.iter().all(|m| m.at.is_none()));
    }
}
