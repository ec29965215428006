//! Base and head in turns, and what each run yields.
//!
//! The order changes from round to round (base head, head base, …), so that what the machine does as time goes by, such as getting
//! warm, falls on both sides alike.

use super::{Options, Results, side};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::ingest::{self, Request, unit_factor};
use crate::io::fs::{self, Artifact, Glob};
use crate::io::scratch::{self, Scratch};
use crate::io::{clock, process, terminal};
use crate::pair::{Benchmark, Measured, Run, SAMPLES, Side};
use crate::render::parts::escape::cut;
use crate::series::{Direction, Point, Series};
use crate::source::Grade;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// So many failed runs of one side, and the rest would fail too.
const FAILED: usize = 2;
/// How many lines of what a failed command said are shown, and how many remarks about results.
const SHOWN: usize = 15;

/// What all runs together yield.
pub(super) struct Taken {
    pub runs: Vec<Run>,
    pub benchmarks: Vec<Benchmark>,
    /// What is to be told beside.
    pub notes: Vec<String>,
}

/// Runs the warm-up and all rounds.
pub(super) fn take(options: &Options, results: &Results) -> Result<Taken, Error> {
    let scratch = Scratch::new().map_err(|source| Error::Output { path: "a temporary folder".into(), source })?;
    let mut turns = Turns { options, results, scratch, runs: Vec::new(), found: BTreeMap::new(), notes: BTreeSet::new() };
    let rounds = std::iter::repeat_n(0, options.warmup as usize).chain(1..=options.rounds);
    for (turn, round) in rounds.enumerate() {
        // The first round that counts begins with the base.
        let order = if (turn + options.warmup as usize).is_multiple_of(2) { [Side::Base, Side::Head] } else { [Side::Head, Side::Base] };
        for one in order {
            turns.one(round, one)?;
            if turns.runs.iter().filter(|run| run.side == one && !run.is_sound()).count() >= FAILED {
                terminal::note(&format!("stopped: {FAILED} runs of {one} failed"));
                return Ok(turns.taken());
            }
        }
    }
    Ok(turns.taken())
}

struct Turns<'a> {
    options: &'a Options,
    results: &'a Results,
    scratch: Scratch,
    runs: Vec<Run>,
    /// By benchmark and metric.
    found: BTreeMap<(String, String), Benchmark>,
    notes: BTreeSet<String>,
}

impl Turns<'_> {
    /// Runs one command once.
    fn one(&mut self, round: u32, side_of: Side) -> Result<(), Error> {
        let (command, folder) = side(self.options, side_of);
        if let Results::Written(glob) = self.results {
            // Nothing else tells a file that this run writes from one that was there.
            for path in matching(folder, glob) {
                let aged = scratch::age(&folder.join(&path));
                aged.map_err(|e| Error::Usage(format!("{path} matches `--results`, and its date cannot be set: {e}")))?;
            }
        }
        let (out, err) = (self.scratch.path("stdout"), self.scratch.path("stderr"));
        let ran = fs::create(&out).and_then(|out| process::timed(command, folder, out, fs::create(&err)?));
        let ran = ran.map_err(|e| Error::Usage(format!("the command of {side_of} cannot be run: {e}")))?;
        let read = if ran.exit == 0 { self.yielded(folder, ran.ms) } else { Err(format!("exit code {}", ran.exit)) };
        let problem = read.as_ref().err().cloned();
        if let Some(problem) = &problem {
            let place = if round == 0 { "in the warm-up".to_owned() } else { format!("in round {round}") };
            self.notes.insert(format!("{side_of} failed {place}: {problem}{}", last_lines(&err)));
        }
        for series in read.into_iter().flatten().filter(|_| round > 0) {
            self.keep(series, side_of, round);
        }
        self.runs.push(Run { round, side: side_of, exit: ran.exit, ms: ran.ms, problem: problem.filter(|_| ran.exit == 0) });
        Ok(())
    }

    /// What a run yields that ended well, or why that is nothing.
    fn yielded(&mut self, folder: &Path, ms: f64) -> Result<Vec<Series>, String> {
        let look = |path: &Path, name: String| Artifact::look(path, name.clone()).map_err(|e| format!("{name}: {e}"));
        let artifacts = match self.results {
            Results::Time => return Ok(vec![wall(ms)]),
            Results::Printed => vec![look(&self.scratch.path("stdout"), "stdout".to_owned())?],
            Results::Written(glob) => {
                let fresh = matching(folder, glob).into_iter().filter(|path| !scratch::is_aged(&folder.join(path)));
                fresh.map(|path| look(&folder.join(&path), path)).collect::<Result<Vec<_>, _>>()?
            }
        };
        if let (true, Results::Written(glob)) = (artifacts.is_empty(), self.results) {
            return Err(format!("it wrote no file that matches `{}`", glob.pattern()));
        }
        let room = ingest::family("benchmark").ok_or("nothing reads benchmarks")?;
        let Evidence { series, problems, .. } = (room.read)(&Request::plain("results", &artifacts, clock::now()));
        let told = |problem: &crate::source::Problem| format!("{}{}: {} [{}]", problem.path, problem.at, problem.message, problem.code);
        if let Some(error) = problems.iter().find(|problem| problem.severity == Grade::Error) {
            return Err(told(error));
        }
        let warnings = problems.iter().filter(|problem| problem.severity == Grade::Warning);
        warnings.for_each(|problem| {
            self.notes.insert(told(problem));
        });
        if series.is_empty() {
            let why = problems.first().map_or_else(String::new, |problem| format!(": {}", told(problem)));
            return Err(format!("its results hold no benchmark with a value{why}"));
        }
        Ok(series)
    }

    /// Takes the newest value of a series as that of a round.
    fn keep(&mut self, series: Series, side_of: Side, round: u32) {
        let Some(point) = series.points.last() else { return };
        let empty = || Measured { values: vec![None; self.options.rounds as usize], ..Measured::default() };
        let key = (series.benchmark.clone(), series.metric.clone());
        let known = self.found.entry(key).or_insert_with(|| Benchmark {
            benchmark: series.benchmark.clone(),
            metric: series.metric.clone(),
            unit: series.unit.clone(),
            direction: series.direction,
            base: empty(),
            head: empty(),
            verdict: None,
        });
        let Some(factor) = unit_factor(&series.unit, &known.unit) else {
            let note = format!("{}: values in `{}` cannot be compared with those in `{}`", known.id(), series.unit, known.unit);
            self.notes.insert(note);
            return;
        };
        let measured = if side_of == Side::Base { &mut known.base } else { &mut known.head };
        if let Some(value) = measured.values.get_mut(round as usize - 1) {
            *value = Some(point.value * factor).filter(|value| value.is_finite());
        }
        let samples: Vec<f64> = point.samples.iter().map(|sample| sample * factor).filter(|sample| sample.is_finite()).collect();
        if !samples.is_empty() {
            measured.samples.resize(measured.values.len(), Vec::new());
            if let Some(kept) = measured.samples.get_mut(round as usize - 1) {
                *kept = some_of(samples);
            }
        }
        // Of runs on several machines all are named, which is another machine than any of them.
        if measured.machine.is_empty() {
            measured.machine = series.machine;
        } else if !measured.machine.split(" and ").any(|machine| machine == series.machine) {
            measured.machine = format!("{} and {}", measured.machine, series.machine);
        }
    }

    fn taken(self) -> Taken {
        let more = self.notes.len().saturating_sub(SHOWN);
        let mut notes: Vec<String> = self.notes.into_iter().take(SHOWN).collect();
        if more > 0 {
            notes.push(format!("and {more} more remarks of the kind"));
        }
        Taken { runs: self.runs, benchmarks: self.found.into_values().collect(), notes }
    }
}

/// At most [`SAMPLES`] of many raw measurements, as they lie between the least and the largest.
fn some_of(mut samples: Vec<f64>) -> Vec<f64> {
    if samples.len() <= SAMPLES {
        return samples;
    }
    samples.sort_unstable_by(f64::total_cmp);
    let last = samples.len() - 1;
    (0..SAMPLES).filter_map(|n| samples.get((n * last + (SAMPLES - 1) / 2) / (SAMPLES - 1)).copied()).collect()
}

/// The time a command takes, as a benchmark.
fn wall(ms: f64) -> Series {
    let points = vec![Point { value: ms, ..Point::default() }].into();
    Series { points, ..Series::new("command", "time", "ms", Direction::Lower) }
}

/// The files below a folder that match, in order. Only what stands below the part without wildcards is looked through.
fn matching(folder: &Path, glob: &Glob) -> Vec<String> {
    let pattern = glob.pattern();
    if !fs::is_glob(pattern) {
        return if fs::exists(&folder.join(pattern)) { vec![pattern.to_owned()] } else { Vec::new() };
    }
    let fixed: Vec<&str> = pattern.split('/').take_while(|part| !fs::is_glob(part)).collect();
    let fixed = fixed.join("/");
    let below = |path: String| if fixed.is_empty() { path } else { format!("{fixed}/{path}") };
    fs::files(&folder.join(&fixed)).into_iter().map(below).filter(|path| glob.matches(path)).collect()
}

/// The end of what a command said, each line indented.
fn last_lines(path: &Path) -> String {
    let bytes = fs::read_bytes(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let shown = lines.iter().skip(lines.len().saturating_sub(SHOWN));
    shown.map(|line| format!("\n  {}", cut(line, 300))).collect()
}
