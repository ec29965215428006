//! One run of a tool being read: what all of its values have in common, and the values as they come.

use super::values::RunRef;
use super::{Draft, unit};
use crate::analyze::quantile::median;
use crate::ingest::Reading;
use crate::instant::Instant;
use crate::io::clock;
use crate::series::{self, Direction, Setting};
use crate::source::Location;
use std::collections::{BTreeMap, BTreeSet};

/// One value of a benchmark, before it is known to be usable.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    value: f64,
    unit: String,
    direction: Option<Direction>,
    samples: Vec<f64>,
}

impl Figure {
    /// A value in a unit, which tells the direction unless [`Figure::better`] does. A tool that has no value gives none.
    pub fn new(value: impl Into<Option<f64>>, unit: &str) -> Self {
        Figure::known(value.into(), unit, unit::direction(unit))
    }

    /// As [`Figure::new`], of a unit of which is known whether it tells the direction.
    pub fn known(value: Option<f64>, unit: &str, direction: Option<Direction>) -> Self {
        Figure { value: value.unwrap_or(f64::NAN), unit: unit.to_owned(), direction, samples: Vec::new() }
    }

    /// Which way is better.
    pub fn better(self, direction: Direction) -> Self {
        Figure { direction: Some(direction), ..self }
    }

    /// The raw measurements behind the value.
    pub fn sampled(self, samples: Vec<f64>) -> Self {
        Figure { samples, ..self }
    }
}

/// Where each name of a file stands: a name that stands in several places is told apart by the place, and every other keeps itself.
pub(super) struct Places<'n>(BTreeMap<&'n str, BTreeSet<&'n str>>);

impl<'n> Places<'n> {
    /// The places and names of all results of a file.
    pub fn of(found: impl Iterator<Item = (&'n str, &'n str)>) -> Self {
        let mut places: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (place, name) in found {
            places.entry(name).or_default().insert(place);
        }
        Places(places)
    }

    /// What to call a result.
    pub fn name(&self, place: &str, name: &str) -> String {
        let shared = self.0.get(name).is_some_and(|places| places.len() > 1);
        if shared { format!("{place} {name}").trim().to_owned() } else { name.trim().to_owned() }
    }
}

/// The farthest that a local time can be ahead of UTC, in milliseconds.
const AHEAD: i64 = 14 * 3_600_000;

/// A moment that a file may give without its zone. Read as UTC, it could be ahead of `now`, and the run not yet have been.
pub(super) fn local(text: &str, now: Instant) -> Option<Instant> {
    let at = clock::parse(text)?;
    let ahead = !clock::has_zone(text) && (now.0..=now.0 + AHEAD).contains(&at.0);
    Some(if ahead { now } else { at })
}

/// A run, filled by the reader of a format.
pub(super) struct Run {
    /// The machine's fingerprint: what of its hardware the file names, never the name of a host, which is another one every day.
    pub machine: String,
    /// Its name, where a file holds several runs.
    pub name: Option<String>,
    /// When.
    pub at: Option<Instant>,
    /// At which commit.
    pub commit: Option<String>,
    /// What was released of it.
    pub release: Option<String>,
    now: Instant,
    draft: Draft,
    /// Repeated measurements of one thing, by benchmark, metric and unit.
    pools: BTreeMap<[String; 3], Pool>,
    /// What the configuration says of series.
    settings: Vec<Setting>,
    /// Units of which nobody knows which way is better.
    assumed: BTreeSet<String>,
    /// Whether the file names a benchmark at all.
    seen: bool,
}

struct Pool {
    first: Location,
    direction: Option<Direction>,
    values: Vec<f64>,
}

impl Run {
    pub fn new(reading: &Reading<'_>) -> Self {
        Run {
            machine: String::new(),
            name: None,
            at: None,
            commit: None,
            release: None,
            now: reading.request.now,
            draft: Draft::default(),
            pools: BTreeMap::new(),
            settings: reading.request.series.to_vec(),
            assumed: BTreeSet::new(),
            seen: false,
        }
    }

    /// Takes a value. One that is none is told, and so are samples that are none.
    pub fn put(&mut self, benchmark: &str, metric: &str, figure: Figure, place: Location) {
        self.seen = true;
        let Figure { value, unit, direction, mut samples } = figure;
        let before = samples.len();
        samples.retain(|sample| sample.is_finite() && *sample >= 0.0);
        if samples.len() < before {
            self.slip("bad-sample", place.clone(), format!("{benchmark} {metric} has samples that are negative or no numbers"));
        }
        if benchmark.trim().is_empty() {
            return self.slip("empty-name", place, "a benchmark has no name".to_owned());
        }
        let direction = series::better(&self.settings, benchmark, metric).or(direction).unwrap_or_else(|| {
            self.assumed.insert(if unit.is_empty() { metric.to_owned() } else { unit.clone() });
            Direction::Lower
        });
        let subject = self.draft.values.subject([benchmark, metric, &self.machine], &unit, direction);
        let run = self.draft.values.run(RunRef {
            at: self.at,
            name: self.name.as_deref(),
            commit: self.commit.as_deref(),
            release: self.release.as_deref(),
        });
        self.draft.take(subject, run, value, samples, place, self.now);
    }

    /// Takes one of several measurements of the same thing: together they are the samples, and their median the value.
    pub fn sample(&mut self, benchmark: &str, metric: &str, figure: Figure, place: Location) {
        self.seen = true;
        let Figure { value, unit, direction, .. } = figure;
        let key = [benchmark, metric, &unit].map(str::to_owned);
        self.pools.entry(key).or_insert_with(|| Pool { first: place, direction, values: Vec::new() }).values.push(value);
    }

    /// Notes a benchmark that ran and has no value, because it failed or was skipped.
    pub fn lost(&mut self, code: &'static str, place: Location, message: String) {
        self.seen = true;
        self.draft.attempt(None, self.at, self.now);
        self.slip(code, place, message);
    }

    fn slip(&mut self, code: &'static str, place: Location, message: String) {
        self.draft.slip(code, place, || message);
    }

    /// Puts the repeated measurements together and says what the file holds. A sound file that names no benchmark is left to be
    /// called empty.
    pub fn finish(mut self, reading: &mut Reading<'_>) -> Draft {
        for ([benchmark, metric, unit], Pool { first, direction, values }) in std::mem::take(&mut self.pools) {
            let sound: Vec<f64> = values.iter().copied().filter(|value| value.is_finite() && *value >= 0.0).collect();
            // Without one sound value the first tells what is wrong.
            let value = median(&sound).or_else(|| values.first().copied());
            let samples = if values.len() > 1 { values } else { Vec::new() };
            self.put(&benchmark, &metric, Figure { direction, ..Figure::new(value, &unit) }.sampled(samples), first);
        }
        if !self.assumed.is_empty() {
            let units: Vec<String> = self.assumed.iter().take(5).map(|unit| format!("`{unit}`")).collect();
            let message = format!("nothing tells which way is better for {}: lower is taken to be", units.join(", "));
            reading.note("direction-assumed", Location::whole(), message);
        }
        if self.seen {
            self.draft.finish(reading);
        }
        reading.source.collected_at = reading.source.collected_at.or(self.at);
        reading.source.commit = reading.source.commit.take().or(self.commit);
        self.draft
    }
}
