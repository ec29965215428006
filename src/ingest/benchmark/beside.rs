//! Results beside a history: they are its newest run, which may stand in it already.

use super::Draft;
use super::values::Values;
use crate::evidence::Evidence;
use crate::history_line::unnamed;
use crate::ingest::Beside;
use crate::instant::Instant;
use crate::io::hash;
use crate::series::{Run, Text};
use crate::source::{Grade, Location, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Gives the values of a file that says neither when nor of what it is the date and the commit of its stamp. A file with several
/// values of one benchmark is a history, and one date cannot be theirs.
pub(super) fn stamped(draft: &mut Draft, source: &Source) {
    let mut seen = BTreeSet::new();
    let is_one = draft.values.filled().all(|(subject, column)| column.values.len() == 1 && seen.insert((subject.key(), &subject.unit)));
    if !is_one {
        return;
    }
    for run in &mut draft.values.runs {
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
    let none = Values::default();
    let known = history.as_ref().map_or(&none, |history| &history.values);
    let mut files: Vec<&mut Values> = drafts.iter_mut().map(|draft| &mut draft.values).collect();
    let assumed = machines(&mut files, beside, known);
    if let Some(release) = beside.release.as_deref().map(Text::from) {
        files.iter_mut().flat_map(|file| &mut file.runs).for_each(|run| run.release = Some(release.clone()));
    }
    if beside.run.is_some() || is_one_run(&files) {
        let new = || Run { name: Some(name.as_str().into()), commit: commit_of(&name, known), ..Run::default() };
        let known = same(&files, known).unwrap_or_else(new);
        let runs = files.iter_mut().flat_map(|file| &mut file.runs);
        for run in runs.filter(|run| beside.run.is_some() || run.name.is_none()) {
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
fn machines(files: &mut [&mut Values], beside: &Beside, known: &Values) -> BTreeSet<String> {
    let mut newest: BTreeMap<[&str; 2], (Option<Instant>, &str)> = BTreeMap::new();
    for (subject, column) in known.filled() {
        let at = column.runs.iter().filter_map(|run| known.runs[*run as usize].at).max();
        let place = newest.entry([&subject.benchmark, &subject.metric]).or_default();
        if at >= place.0 {
            *place = (at, &subject.machine);
        }
    }
    let mut assumed = BTreeSet::new();
    for Values { subjects, columns, .. } in files {
        for (subject, _) in subjects.iter_mut().zip(columns).filter(|(_, column)| !column.values.is_empty()) {
            if let Some(machine) = &beside.machine {
                machine.clone_into(&mut subject.machine);
            } else if subject.machine.is_empty()
                && let Some((_, machine)) = newest.get(&[subject.benchmark.as_str(), &subject.metric])
                && !machine.is_empty()
            {
                assumed.insert((*machine).to_owned());
                (*machine).clone_into(&mut subject.machine);
            }
        }
    }
    assumed
}

/// Whether no benchmark has values of different moments.
fn is_one_run(files: &[&mut Values]) -> bool {
    let mut moments: BTreeMap<_, Option<Instant>> = BTreeMap::new();
    files.iter().all(|file| {
        let mut all =
            file.filled().flat_map(|(subject, column)| column.runs.iter().map(|run| (subject.key(), file.runs[*run as usize].at)));
        all.all(|(key, at)| *moments.entry(key).or_insert(at) == at)
    })
}

fn commit_of(name: &str, known: &Values) -> Option<Text> {
    known.runs.iter().rev().find(|run| run.name.as_deref() == Some(name))?.commit.clone()
}

/// The newest run of the history, if these results are it under whatever name: every raw measurement is the same, which no second
/// measurement ever has.
fn same(files: &[&mut Values], known: &Values) -> Option<Run> {
    let newest = known.runs_with_values().max_by_key(|run| run.at)?;
    let there: BTreeMap<[&str; 2], Vec<&[f64]>> =
        sampled(known, |run| run.name == newest.name).fold(BTreeMap::new(), |mut all, (what, samples)| {
            all.entry(what).or_default().push(samples);
            all
        });
    let mut here = files.iter().flat_map(|file| sampled(file, |_| true)).filter(|(_, samples)| samples.len() > 2).peekable();
    here.peek()?;
    let is_there = here.all(|(what, samples)| there.get(&what).is_some_and(|known| known.contains(&samples)));
    let mut commits = files.iter().flat_map(|file| file.runs_with_values()).map(|run| &run.commit);
    let same = is_there && commits.all(|commit| commit.is_none() || *commit == newest.commit);
    same.then(|| Run { name: newest.name.clone().or_else(|| Some(Text::default())), ..newest.clone() })
}

/// The raw measurements of some runs, with the benchmark and the metric.
fn sampled<'v>(values: &'v Values, of: impl Fn(&Run) -> bool + 'v) -> impl Iterator<Item = ([&'v str; 2], &'v [f64])> {
    values.filled().flat_map(move |(subject, column)| {
        let known = column.samples.iter().map(|(index, samples)| (&values.runs[column.runs[*index] as usize], samples));
        let mine: Vec<&[f64]> = known.filter(|(run, _)| of(run)).map(|(_, samples)| samples.as_slice()).collect();
        mine.into_iter().map(|samples| ([subject.benchmark.as_str(), subject.metric.as_str()], samples))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::values::RunRef;
    use super::*;
    use crate::series::Direction;

    type One<'a> = (Option<&'a str>, Option<i64>, &'a [f64]);

    /// The values of benchmark `x` in some runs: their name, moment and samples.
    fn values(runs: &[One<'_>]) -> Values {
        let mut values = Values::default();
        for (run, at, samples) in runs {
            let machine = if run.is_some() { "m1" } else { "" };
            let subject = values.subject(["x", "time", machine], "ms", Direction::Lower);
            let commit = run.map(|run| format!("c-{run}"));
            let run = values.run(RunRef { at: at.map(Instant), name: *run, commit: commit.as_deref(), release: None });
            values.push(subject, run, 1.0, samples.to_vec());
        }
        values
    }

    /// Results and history put together: run, commit, moment and machine of the results.
    fn joined(results: &[One<'_>], known: &[One<'_>], run: Option<&str>) -> (Vec<String>, usize) {
        let source = |format: &str| Source { format: Some(format.to_owned().into()), sha256: format.repeat(8), ..Source::default() };
        let mut evidence = Evidence { sources: vec![source("hyperfine"), source("history-1")], ..Evidence::new("nightly", "benchmark") };
        let history =
            crate::io::fs::Artifact { path: "h".into(), name: "h".into(), head: Vec::new(), size: 0, members: None, copied: None };
        let beside = Beside { history: Some(history), run: run.map(str::to_owned), ..Beside::default() };
        let draft = |runs| Draft { values: values(runs), ..Draft::default() };
        let mut drafts = vec![draft(results), draft(known)];
        join(&mut drafts, &beside, &mut evidence);
        let Values { subjects, columns, runs, .. } = &drafts[0].values;
        let told = |(machine, run): (&String, &Run)| format!("{:?} {:?} {:?} {machine}", run.name, run.commit, run.at.map(|at| at.0));
        let all = subjects.iter().zip(columns).flat_map(|(subject, column)| column.runs.iter().map(move |run| (&subject.machine, *run)));
        (all.map(|(machine, run)| told((machine, &runs[run as usize]))).collect(), evidence.problems.len())
    }

    #[test]
    fn results_are_a_run_of_their_own_on_the_machine_of_the_last() {
        let known = [(Some("a"), Some(1), &[1.0, 2.0, 3.0][..])];
        let (told, notes) = joined(&[(None, None, &[1.0, 2.0, 4.0])], &known, None);
        let name = unnamed(&hash::together(["hyperfine".repeat(8).as_str()].into_iter()));
        assert_eq!((told, notes), (vec![format!("Some(\"{name}\") None None m1")], 1));
        let (told, _) = joined(&[(None, Some(7), &[])], &known, Some("b"));
        assert_eq!(told, ["Some(\"b\") None Some(7) m1"]);
    }

    #[test]
    fn results_that_were_appended_are_the_run_in_the_history() {
        let name = unnamed(&hash::together(["hyperfine".repeat(8).as_str()].into_iter()));
        let (told, _) = joined(&[(None, None, &[])], &[(Some(&name), Some(1), &[])], None);
        assert_eq!(told, [format!("Some(\"{name}\") Some(\"c-{name}\") None m1")]);
        let known =
            [(Some("a"), Some(1), &[9.0; 3]), (Some("b"), Some(2), &[1.0, 2.0, 3.0])].map(|(run, at, samples)| (run, at, &samples[..]));
        let (told, _) = joined(&[(None, None, &[1.0, 2.0, 3.0])], &known, None);
        assert_eq!(told, ["Some(\"b\") Some(\"c-b\") Some(2) m1"], "under another name");
    }

    #[test]
    fn results_of_several_runs_keep_their_moments() {
        let (told, _) = joined(&[(None, Some(1), &[]), (None, Some(2), &[])], &[], None);
        assert_eq!(told, ["None None Some(1) ", "None None Some(2) "]);
    }

    #[test]
    fn a_stamp_dates_one_run_and_no_history() {
        let source = Source { collected_at: Some(Instant(5)), commit: Some("c".to_owned()), ..Source::default() };
        let stamp = |runs: &[One<'_>]| {
            let mut draft = Draft { values: values(runs), ..Draft::default() };
            stamped(&mut draft, &source);
            draft.values.runs
        };
        let one = stamp(&[(None, None, &[])]);
        assert!(one.iter().all(|run| run.at == Some(Instant(5)) && run.commit.as_deref() == Some("c")));
        assert!(stamp(&[(None, None, &[]), (None, None, &[])]).iter().all(|run| run.at.is_none()));
    }
}
