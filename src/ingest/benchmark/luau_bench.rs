//! Luau's `bench/bench.py` (of luau-lang/luau): a line for every test and virtual machine, `SUCCESS: name : 15.041ms +/- 0.636% on luau`,
//! and at the end a table of the same, which counts where the lines are not there.
//!
//! Where several virtual machines are compared, each has its own series.

use super::Draft;
use super::run::{Figure, Run};
use super::text::uncoloured;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::source::Location;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "luau-bench", about: "the text of Luau's `bench.py`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    let mut in_table = false;
    artifact.head_text().lines().any(|line| {
        let line = uncoloured(line);
        in_table |= is_heading(&line);
        success(&line).is_some() || in_table && row(&line).is_some()
    })
}

/// A test on a virtual machine, and its time in milliseconds; nothing where it failed.
struct Found {
    name: String,
    driver: String,
    time: Option<f64>,
    line: u64,
}

/// `SUCCESS: base64   :   15.041ms +/-  0.636% on luau`, maybe with a comparison in brackets behind.
fn success(line: &str) -> Option<(&str, &str, f64)> {
    let (before, driver) = line.strip_prefix("SUCCESS: ")?.split_once("% on ")?;
    let (name, time) = before.rsplit_once("ms +/- ")?.0.rsplit_once(':')?;
    let driver = driver.split_once(" (").map_or(driver, |(driver, _)| driver);
    Some((name.trim(), driver.trim(), time.trim().parse().ok()?))
}

/// `FAILED:  'name' on '/build/luau'`: the machine is told by its path.
fn failure(line: &str) -> Option<(&str, &str)> {
    let (name, driver) = line.strip_prefix("FAILED:")?.trim().strip_prefix('\'')?.split_once("' on '")?;
    Some((name, driver.trim_end_matches('\'').rsplit(['/', '\\']).next()?))
}

fn is_heading(line: &str) -> bool {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    cells.starts_with(&["Test", "Min", "Average", "StdDev%", "Driver"])
}

/// A row of the table; `FAILED` stands in the place of its average.
fn row(line: &str) -> Option<(&str, &str, Option<f64>)> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [name, _, average, _, driver, ..] = cells[..] else { return None };
    let time = average.strip_suffix("ms").and_then(|time| time.trim().parse().ok());
    (name != "Total" && (time.is_some() || average == "FAILED")).then_some((name, driver, time))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let (mut found, mut in_table): (Vec<Found>, bool) = (Vec::new(), false);
    reading.each_line(|_, number, line, _| {
        let line = uncoloured(line);
        in_table |= is_heading(&line);
        let line = if in_table {
            row(&line).filter(|(name, driver, _)| !found.iter().any(|f| f.name == *name && f.driver == *driver))
        } else {
            let failed = || failure(&line).map(|(name, driver)| (name, driver, None));
            success(&line).map(|(name, driver, time)| (name, driver, Some(time))).or_else(failed)
        };
        found.extend(line.map(|(name, driver, time)| Found { name: name.to_owned(), driver: driver.to_owned(), time, line: number }));
        ControlFlow::Continue(())
    });
    let mut run = Run::new(reading);
    let several = found.iter().map(|found| &found.driver).collect::<BTreeSet<_>>().len() > 1;
    for Found { name, driver, time, line } in found {
        let name = if several { format!("{name} on {driver}") } else { name };
        match time {
            Some(time) => run.sample(&name, "time", Figure::new(time, "ms"), Location::line(line)),
            None => run.lost("failed", Location::line(line), format!("{name} failed, and has no value")),
        }
    }
    run.finish(reading)
}
