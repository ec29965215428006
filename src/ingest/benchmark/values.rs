//! The values of a file, a column for each thing that is measured. There may be millions of them, of some thousand benchmarks and runs,
//! and those are kept once.

use super::places::Places;
use crate::instant::Instant;
use crate::series::{Direction, Run};
use std::collections::BTreeMap;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    /// What ran.
    pub benchmark: String,
    /// What of it was measured.
    pub metric: String,
    /// On which machine; empty if the file does not say.
    pub machine: String,
    /// The unit of the values.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
}

impl Subject {
    /// What names a series, whatever unit a run gave.
    pub fn key(&self) -> [&str; 3] {
        [&self.benchmark, &self.metric, &self.machine]
    }
}

/// The values of one subject, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Column {
    /// The run of each value: its place in [`Values::runs`].
    pub runs: Vec<u32>,
    /// Finite, and not negative unless the draft is signed.
    pub values: Vec<f64>,
    /// The tool's raw measurements behind some of the values, by their index.
    pub samples: BTreeMap<usize, Vec<f64>>,
}

/// One of the subjects of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SubjectId(usize);

/// One of the runs of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunId(u32);

/// A run as a file tells of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RunRef<'r> {
    /// When.
    pub at: Option<Instant>,
    /// Its name.
    pub name: Option<&'r str>,
    /// At which commit.
    pub commit: Option<&'r str>,
    /// What was released of it.
    pub release: Option<&'r str>,
}

impl<'r> From<&'r Run> for RunRef<'r> {
    fn from(run: &'r Run) -> Self {
        let Run { at, name, commit, release } = run;
        RunRef { at: *at, name: name.as_deref(), commit: commit.as_deref(), release: release.as_deref() }
    }
}

/// The values of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Values {
    /// What it measures, in the order of the file.
    pub subjects: Vec<Subject>,
    /// Its runs, in the order of the file; some may have no value.
    pub runs: Vec<Run>,
    /// The values of each subject.
    pub columns: Vec<Column>,
    known_subjects: Places<Subject>,
    known_runs: Places<Run>,
}

impl Values {
    /// The subject of these names (benchmark, metric, machine), unit and direction.
    pub fn subject(&mut self, names: [&str; 3], unit: &str, direction: Direction) -> SubjectId {
        let is = |known: &Subject| known.key() == names && known.unit == unit && known.direction == direction;
        let make = || {
            let [benchmark, metric, machine] = names.map(str::to_owned);
            Subject { benchmark, metric, machine, unit: unit.to_owned(), direction }
        };
        let place = self.known_subjects.of(is, &make);
        if place == self.subjects.len() {
            self.subjects.push(make());
            self.columns.push(Column::default());
        }
        SubjectId(place)
    }

    /// A run of the file.
    pub fn run(&mut self, run: RunRef<'_>) -> RunId {
        let text = |text: Option<&str>| text.map(Into::into);
        let make = || Run { at: run.at, name: text(run.name), commit: text(run.commit), release: text(run.release) };
        let place = self.known_runs.of(|known| RunRef::from(known) == run, make);
        if place == self.runs.len() {
            self.runs.push(make());
        }
        RunId(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// What a subject is.
    pub fn of(&self, id: SubjectId) -> &Subject {
        &self.subjects[id.0]
    }

    /// What a run is.
    pub fn at(&self, id: RunId) -> &Run {
        &self.runs[id.0 as usize]
    }

    /// Adds a value.
    pub fn push(&mut self, subject: SubjectId, run: RunId, value: f64, samples: Vec<f64>) {
        let column = &mut self.columns[subject.0];
        if !samples.is_empty() {
            column.samples.insert(column.values.len(), samples);
        }
        column.runs.push(run.0);
        column.values.push(value);
    }

    /// Adds the values of another file, behind these.
    pub fn append(&mut self, other: Values) {
        let runs: Vec<RunId> = other.runs.iter().map(|run| self.run(run.into())).collect();
        for (subject, mut column) in other.subjects.iter().zip(other.columns) {
            let place = self.subject(subject.key(), &subject.unit, subject.direction);
            for (index, (run, value)) in column.runs.iter().zip(&column.values).enumerate() {
                self.push(place, runs[*run as usize], *value, column.samples.remove(&index).unwrap_or_default());
            }
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.columns.iter().all(|column| column.values.is_empty())
    }

    /// The subjects that have a value, with their values.
    pub fn filled(&self) -> impl Iterator<Item = (&Subject, &Column)> {
        self.subjects.iter().zip(&self.columns).filter(|(_, column)| !column.values.is_empty())
    }

    /// The runs that have a value.
    pub fn runs_with_values(&self) -> impl Iterator<Item = &Run> {
        let mut used = vec![false; self.runs.len()];
        self.columns.iter().flat_map(|column| &column.runs).for_each(|run| used[*run as usize] = true);
        self.runs.iter().zip(used).filter(|(_, used)| *used).map(|(run, _)| run)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn put(values: &mut Values, benchmark: &str, run: &str, value: f64, samples: &[f64]) {
        let subject = values.subject([benchmark, "p95", "m1"], "ms", Direction::Lower);
        let run = values.run(RunRef { at: Some(Instant(7)), name: Some(run), ..RunRef::default() });
        values.push(subject, run, value, samples.to_vec());
    }

    #[test]
    fn a_subject_is_a_column_and_a_run_is_named_once() {
        let mut values = Values::default();
        for (run, value) in [("a", 1.0), ("b", 2.0)] {
            put(&mut values, "x", run, value, &[value; 2]);
            put(&mut values, "y", run, value * 10.0, &[]);
        }
        values.subject(["z", "", ""], "", Direction::Higher);
        values.run(RunRef { commit: Some("c1"), ..RunRef::default() });
        let told: Vec<_> = values.filled().map(|(subject, column)| (subject.benchmark.as_str(), column.values.as_slice())).collect();
        assert_eq!(told, [("x", &[1.0, 2.0][..]), ("y", &[10.0, 20.0][..])]);
        assert_eq!((values.columns[0].samples.get(&1), values.columns[1].samples.len()), (Some(&vec![2.0, 2.0]), 0));
        let names: Vec<_> = values.runs_with_values().map(|run| run.name.as_deref().unwrap()).collect();
        assert_eq!((names, values.runs.len(), values.is_empty()), (vec!["a", "b"], 3, false));
    }

    #[test]
    fn files_are_put_behind_each_other() {
        let (mut whole, mut more) = (Values::default(), Values::default());
        put(&mut whole, "x", "a", 1.0, &[]);
        put(&mut more, "y", "b", 3.0, &[]);
        put(&mut more, "x", "b", 2.0, &[5.0]);
        whole.append(more);
        assert_eq!((whole.columns[0].values.as_slice(), whole.columns[0].samples.get(&1)), (&[1.0, 2.0][..], Some(&vec![5.0])));
        assert_eq!((whole.columns[1].values.as_slice(), whole.runs.len()), (&[3.0][..], 2));
    }
}
