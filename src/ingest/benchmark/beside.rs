//! Results beside a history: they are its newest run, which may stand in it already.

use super::measurement::Run;
use super::{Draft, Measurement};
use crate::evidence::Evidence;
use crate::history_line::unnamed;
use crate::ingest::Beside;
use crate::instant::Instant;
use crate::io::hash;
use crate::series::Text;
use crate::source::{Grade, Location, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Gives the values of a file that says neither when nor of what it is the date and the commit of its stamp. A file with several
/// values of one benchmark is a history, and one date cannot be theirs.
pub(super) fn stamped(draft: &mut Draft, source: &Source) {
    let mut seen = BTreeSet::new();
    if !draft.measurements.iter().all(|m| seen.insert((m.subject.key(), &m.subject.unit))) {
        return;
    }
    for measurement in &mut draft.measurements {
        let run = Arc::make_mut(&mut measurement.run);
        run.at = run.at.or(source.collected_at);
        run.commit = run.commit.take().or_else(|| source.commit.as_deref().map(Text::from));
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
    if let Some(release) = beside.release.as_deref().map(Text::from) {
        values.iter_mut().for_each(|value| Arc::make_mut(&mut value.run).release = Some(release.clone()));
    }
    if beside.run.is_some() || is_one_run(&values) {
        let new = || Run { name: Some(name.as_str().into()), commit: commit_of(&name, known), ..Run::default() };
        let known = same(&values, known).unwrap_or_else(new);
        for value in values.iter_mut().filter(|value| beside.run.is_some() || value.run.name.is_none()) {
            let run = Arc::make_mut(&mut value.run);
            run.name.clone_from(&known.name);
            run.commit = run.commit.take().or_else(|| known.commit.clone());
            run.at = run.at.or(known.at);
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
        let place = newest.entry((&one.subject.benchmark, &one.subject.metric)).or_insert(one);
        if one.run.at >= place.run.at {
            *place = one;
        }
    }
    let mut assumed = BTreeSet::new();
    for value in values.iter_mut() {
        if let Some(machine) = &beside.machine {
            machine.clone_into(&mut Arc::make_mut(&mut value.subject).machine);
        } else if value.subject.machine.is_empty()
            && let Some(known) = newest.get(&(value.subject.benchmark.as_str(), value.subject.metric.as_str()))
            && !known.subject.machine.is_empty()
        {
            assumed.insert(known.subject.machine.clone());
            known.subject.machine.clone_into(&mut Arc::make_mut(&mut value.subject).machine);
        }
    }
    assumed
}

/// Whether no benchmark has values of different moments.
fn is_one_run(values: &[&mut Measurement]) -> bool {
    let mut moments: BTreeMap<_, Option<Instant>> = BTreeMap::new();
    values.iter().all(|m| *moments.entry(m.subject.key()).or_insert(m.run.at) == m.run.at)
}

fn commit_of(name: &str, known: &[Measurement]) -> Option<Text> {
    known.iter().rev().find(|one| one.run.name.as_deref() == Some(name))?.run.commit.clone()
}

/// The newest run of the history, if these results are it under whatever name: every raw measurement is the same, which no second
/// measurement ever has.
fn same(values: &[&mut Measurement], known: &[Measurement]) -> Option<Run> {
    let newest = &known.iter().max_by_key(|one| one.run.at)?.run;
    let run: Vec<&Measurement> = known.iter().filter(|one| one.run.name == newest.name).collect();
    let mut sampled = values.iter().filter(|value| value.samples.len() > 2).peekable();
    sampled.peek()?;
    let is_there = |value: &Measurement| {
        let of = |one: &Measurement| (one.subject.benchmark.clone(), one.subject.metric.clone());
        run.iter().any(|one| one.samples == value.samples && of(one) == of(value))
    };
    let same =
        sampled.all(|value| is_there(value)) && values.iter().all(|value| value.run.commit.is_none() || value.run.commit == newest.commit);
    same.then(|| Run { name: newest.name.clone().or_else(|| Some(Text::default())), ..Run::clone(newest) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::measurement::Subject;
    use super::*;
    use crate::series::Direction;

    fn value(run: Option<&str>, at: Option<i64>, benchmark: &str, samples: &[f64]) -> Measurement {
        Measurement {
            subject: Arc::new(Subject {
                benchmark: benchmark.to_owned(),
                metric: "time".to_owned(),
                machine: if run.is_some() { "m1".to_owned() } else { String::new() },
                unit: "ms".to_owned(),
                direction: Direction::Lower,
            }),
            run: Arc::new(Run {
                name: run.map(Text::from),
                at: at.map(Instant),
                commit: run.map(|run| format!("c-{run}").into()),
                ..Run::default()
            }),
            value: 1.0,
            samples: samples.to_vec(),
        }
    }

    /// Results and history put together: run, commit, moment and machine of the results.
    fn joined(results: Vec<Measurement>, known: Vec<Measurement>, run: Option<&str>) -> (Vec<String>, usize) {
        let source = |format: &str| Source { format: Some(format.to_owned().into()), sha256: format.repeat(8), ..Source::default() };
        let mut evidence = Evidence { sources: vec![source("hyperfine"), source("history-1")], ..Evidence::new("nightly", "benchmark") };
        let history =
            crate::io::fs::Artifact { path: "h".into(), name: "h".into(), head: Vec::new(), size: 0, members: None, copied: None };
        let beside = Beside { history: Some(history), run: run.map(str::to_owned), ..Beside::default() };
        let draft = |measurements| Draft { measurements, ..Draft::default() };
        let mut drafts = vec![draft(results), draft(known)];
        join(&mut drafts, &beside, &mut evidence);
        let told = |m: &Measurement| format!("{:?} {:?} {:?} {}", m.run.name, m.run.commit, m.run.at.map(|at| at.0), m.subject.machine);
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
        assert!(draft.measurements.iter().all(|m| m.run.at == Some(Instant(5)) && m.run.commit.as_deref() == Some("c")));
        let mut history = Draft { measurements: vec![value(None, None, "x", &[]), value(None, None, "x", &[])], ..Draft::default() };
        stamped(&mut history, &source);
        assert!(history.measurements.iter().all(|m| m.run.at.is_none()));
    }
}
