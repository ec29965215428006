//! `mutants.out/outcomes.json` of cargo-mutants.

use super::Draft;
use super::mutants::describe;
use super::number::moment;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::mutant::Fate;
use crate::source::Location;
use serde::Deserialize;
use serde::de::MapAccess;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "cargo-mutants", about: "outcomes.json of cargo-mutants: mutation tests of Rust code", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| outline.has(&["outcomes", "[]", "scenario"]) || outline.has(&["total_mutants"]))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::default();
    let whole = reading.json(Fill(&mut run)).is_some();
    reading.source.collected_at = run.start_time.as_deref().and_then(moment);
    reading.source.content = describe(&run.draft.mutants, "cargo-mutants");
    if whole {
        run.tell(reading);
    }
    run.draft
}

#[derive(Default)]
struct Run {
    draft: Draft,
    /// The tests failed before anything was changed.
    broken: bool,
    unknown: Option<(String, String)>,
    start_time: Option<String>,
    end_time: Option<String>,
    /// What it says of the whole: mutants, missed, caught, timeout, unviable.
    told: [Option<u64>; 5],
}

#[derive(Deserialize)]
struct Outcome {
    scenario: Scenario,
    #[serde(default)]
    summary: String,
}

#[derive(Deserialize)]
enum Scenario {
    Baseline,
    Mutant(Mutant),
}

#[derive(Deserialize)]
struct Mutant {
    file: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    replacement: String,
    span: Option<Span>,
    /// Before version 23.11.
    line: Option<u32>,
}

#[derive(Deserialize)]
struct Span {
    start: Place,
}

#[derive(Deserialize)]
struct Place {
    line: u32,
}

const TOLD: [&str; 5] = ["total_mutants", "missed", "caught", "timeout", "unviable"];

impl Members for Run {
    const WHAT: &'static str = "the outcomes of cargo-mutants";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "outcomes" => value.next_value_seed(Each::new("outcomes", |place: &str, outcome| self.outcome(place, outcome)))?,
            "start_time" => self.start_time = value.next_value()?,
            "end_time" => self.end_time = value.next_value()?,
            _ => match TOLD.iter().position(|told| *told == key) {
                Some(at) => self.told[at] = value.next_value()?,
                None => skip(value)?,
            },
        }
        Ok(())
    }
}

impl Run {
    fn outcome(&mut self, place: &str, Outcome { scenario, summary }: Outcome) {
        let Scenario::Mutant(mutant) = scenario else {
            self.broken |= summary != "Success";
            return;
        };
        let fate = match summary.as_str() {
            "CaughtMutant" => Fate::Killed,
            "Timeout" => Fate::TimedOut,
            "MissedMutant" => Fate::Survived,
            // `Success` is of a run that only checks whether mutants compile.
            "Unviable" | "Success" => Fate::Invalid,
            _ => {
                self.unknown.get_or_insert((place.to_owned(), summary));
                return;
            }
        };
        let line = mutant.span.map(|span| span.start.line).or(mutant.line).unwrap_or(0);
        let change = mutant.name.strip_prefix(&format!("{}:{line}:", mutant.file)).map_or(mutant.name.as_str(), str::trim);
        let change = if change.is_empty() { &mutant.replacement } else { change };
        self.draft.mutant(&mutant.file, line, change, fate);
    }

    fn tell(&self, reading: &mut Reading<'_>) {
        if self.broken {
            reading.error("baseline-failed", Location::pointer(&["outcomes", "0"]), "the tests fail without any change: nothing is shown");
        }
        if self.start_time.is_some() && self.end_time.is_none() {
            reading.error("unfinished", Location::pointer(&["end_time"]), "the run had not ended when this was written");
        }
        if let Some((place, summary)) = &self.unknown {
            let message = format!("the outcome `{summary}` of a mutant is not known");
            reading.error("unknown-outcome", Location::pointer(&["outcomes", place, "summary"]), message);
        }
        let mutants = &self.draft.mutants;
        let fates = [Fate::Survived, Fate::Killed, Fate::TimedOut, Fate::Invalid].map(|fate| mutants.count(fate));
        for ((name, told), counted) in TOLD.iter().zip(self.told).skip(1).zip(fates) {
            if let Some(told) = told.filter(|told| *told != counted && (*name != "unviable" || *told > counted)) {
                let message = format!("the report declares {told} mutants as {name}; counted: {counted}");
                reading.warning("declared-totals-differ", Location::pointer(&[name]), message);
            }
        }
    }
}
