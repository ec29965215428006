//! What only the whole trail shows, when all rows of all files are counted: runs that are missing or not complete, dry runs in
//! the place of real ones, ids that were deleted twice, tables without a policy.

use super::column::Column;
use super::map::Map;
use super::past::Census;
use super::pii::redacted;
use super::policy::Policy;
use super::run::Run;
use super::table_set::TableSet;
use super::tally::Tally;
use crate::analyze::cadence::Watch;
use crate::instant::Instant;
use crate::metric::grouped;
use std::io;

/// So many days are the window in which runs are expected.
const WINDOW: i64 = 3650 * DAY;
const DAY: i64 = 86_400_000;
/// Fewer rows show nothing about how rows are counted.
const ROWS: u64 = 20;

/// Judges a trail; how many runs are missing, where it is known how often there should be one.
pub fn judge(tally: &mut Tally, map: &Map, policy: Option<&Policy>, now: Instant) -> Option<u64> {
    settle(tally);
    let every = policy.and_then(|policy| policy.cadence).or(map.cadence);
    let missed = every.and_then(|every| gaps(tally, every, now));
    dry_only(tally, every, now);
    // A session of people is no job that works on every table.
    if map.retention.is_some() || policy.is_some() {
        runs(tally, policy);
    }
    // A ledger that counts no deletions is not what a retention policy is about.
    if let Some(policy) = policy.filter(|_| map.origin(Column::Count).is_some()) {
        tables(tally, policy);
    }
    redeleted(tally);
    if tally.scanned.0 >= ROWS && tally.scanned.0 == tally.scanned.1 {
        let message = format!(
            "{} equals {} in all {} rows that deleted any: it says nothing about what was looked at",
            map.label(Column::Scanned),
            map.label(Column::Count),
            grouped(tally.scanned.0)
        );
        tally.say(None, "AUD-SCANNED-EQUAL", message);
    }
    missed
}

/// Puts the rows of each run together.
fn settle(tally: &mut Tally) {
    let ids = tally.named_runs();
    if let Err(error) = tally.dated_runs().settle(ids) {
        tally.trouble.push(lost(&error));
    }
}

fn lost(error: &io::Error) -> String {
    format!("what each run did could not be judged: {error}")
}

/// Runs that should have been, by when each was due.
fn gaps(tally: &mut Tally, every: i64, now: Instant) -> Option<u64> {
    let mut runs = std::mem::take(tally.dated_runs());
    let (mut watch, mut missed, span) = (Watch::new(every, WINDOW, now), 0, period(every));
    let mut gap = |due: Instant| {
        missed += 1;
        tally.say(None, "RET-GAP", format!("no run on {}, due every {span}", due.minute()));
    };
    let outcome = runs.starts(|at| watch.see(at, &mut gap));
    let known = watch.end(gap);
    *tally.dated_runs() = runs;
    match outcome {
        Ok(()) => known.map(|_| missed),
        Err(error) => {
            tally.trouble.push(lost(&error));
            None
        }
    }
}

/// `1 day`, `6 hours`, `90 minutes`.
fn period(ms: i64) -> String {
    let units = [(DAY, "day"), (3_600_000, "hour"), (60_000, "minute")];
    let (n, unit) =
        units.into_iter().find(|(unit, _)| ms % unit == 0).map_or((ms / 60_000, "minute"), |(length, unit)| (ms / length, unit));
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// Tables that only dry runs have looked at since their last real one.
fn dry_only(tally: &mut Tally, every: Option<i64>, now: Instant) {
    let mut found: Vec<(String, String)> = Vec::new();
    for (name, table) in tally.subjects().iter() {
        let (last, dry) = (table.attempts.last_real, table.attempts.dry_since);
        let late = last.is_none_or(|last| every.is_none_or(|every| now.0 - last.0 > every + every / 10));
        // One dry run before the first real one, or between two, is how a job is tried out.
        if dry == 0 || !late || (every.is_none() && dry < 2) {
            continue;
        }
        let since = if dry == 1 { "1 dry run since".to_owned() } else { format!("{dry} dry runs since") };
        let text = match last {
            Some(last) => format!("last real run {} ago; {since}", days((now.0 - last.0) / DAY)),
            None => format!("no real run at all; {dry} dry runs"),
        };
        found.push((name.to_owned(), text));
    }
    let all = tally.subjects().iter().count();
    match found.as_slice() {
        [] => {}
        [(_, first), ..] if found.len() == all && found.iter().all(|(_, text)| text == first) => {
            tally.say(None, "RET-DRY-ONLY", format!("{first} (the deleted total excludes dry runs)"));
        }
        some => {
            for (table, text) in some {
                tally.say(None, "RET-DRY-ONLY", format!("{}: {text}", redacted(table)));
            }
        }
    }
}

fn days(n: i64) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

/// Runs that are not complete, work twice on a table, or do not agree with themselves.
fn runs(tally: &mut Tally, policy: Option<&Policy>) {
    let mut runs = std::mem::take(tally.dated_runs());
    let census = runs.census();
    let names: Vec<String> = tally.subjects().names().into_iter().map(str::to_owned).collect();
    let due: Vec<(String, Option<usize>)> = match policy {
        Some(policy) => policy.tables.keys().map(|name| (name.clone(), tally.subjects().place_of(name))).collect(),
        None => usual(&census, &names),
    };
    // Of tables too many it is not known which run worked on them.
    let unknown = tally.subjects().is_full() && due.iter().any(|(_, place)| place.is_none());
    if unknown || runs.is_crowded() && !due.is_empty() {
        let message = "whether each run is complete could not be judged: there are too many tables, or too many rows without a time";
        tally.trouble.push(message.to_owned());
    }
    // What form ids have is up to the job; most of them show it.
    let terms = Terms { due, names, uuids: census.uuids * 2 > census.named };
    let outcome = runs.each(|run, undated| {
        for (code, message) in terms.faults(run, undated) {
            tally.say_of_run(run.name(), code, &message);
        }
    });
    if let Err(error) = outcome {
        tally.trouble.push(lost(&error));
    }
    *tally.dated_runs() = runs;
}

/// The tables that most runs work on, by their places.
fn usual(census: &Census, names: &[String]) -> Vec<(String, Option<usize>)> {
    let most = |(place, _): &(usize, &String)| census.worked.get(*place).is_some_and(|worked| worked * 2 > census.whole);
    names.iter().enumerate().filter(most).map(|(place, name)| (name.clone(), Some(place))).collect()
}

/// What runs are held against.
struct Terms {
    /// Tables that a run should work on, and their places.
    due: Vec<(String, Option<usize>)>,
    /// All tables, by their places.
    names: Vec<String>,
    /// Whether ids should be UUIDs.
    uuids: bool,
}

impl Terms {
    /// What is wrong with a run, of which some rows without a time are about these tables.
    fn faults(&self, run: &Run, undated: Option<&TableSet>) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if !run.is_named() {
            return found;
        }
        let worked = |place: usize| run.tables.has(place) || undated.is_some_and(|tables| tables.has(place));
        if run.is_whole() && self.due.iter().any(|(_, place)| !place.is_some_and(worked)) {
            let missing = self.due.iter().filter(|(_, place)| !place.is_some_and(worked)).map(|(name, _)| name.as_str());
            found.push(("RET-INCOMPLETE-RUN", format!("no row about {}", missing.collect::<Vec<_>>().join(", "))));
        }
        if !run.twice.is_empty() {
            let twice: Vec<&str> = run.twice.iter().filter_map(|place| self.names.get(place).map(String::as_str)).collect();
            found.push(("RET-RUN-TWICE", format!("more than one row about {}", twice.join(", "))));
        }
        let disagreements = run.disagreements();
        if !disagreements.is_empty() {
            found.push(("AUD-RUN-MIXED", disagreements.join("; ")));
        }
        if self.uuids && !run.has_uuid() {
            found.push(("AUD-RUN-ID", "its id is no UUID".to_owned()));
        }
        found
    }
}

/// Tables that the policy does not name, and those that nobody worked on.
fn tables(tally: &mut Tally, policy: &Policy) {
    let unknown = tally.subjects().iter().map(|(table, _)| table).filter(|table| !policy.tables.contains_key(*table));
    for table in unknown.map(str::to_owned).collect::<Vec<_>>() {
        tally.say(None, "RET-POLICY", format!("{table}: not in the policy file ({})", policy.file));
    }
    for table in policy.tables.keys() {
        if tally.subjects().place_of(table).is_some() {
            continue;
        }
        tally.say(None, "RET-POLICY", format!("{table}: policy file says {} days, and no row is about it", policy.tables[table]));
    }
}

fn redeleted(tally: &mut Tally) {
    let all = std::mem::take(&mut tally.redeleted);
    let outcome = all.each(|twice| {
        let more = if twice.count > 1 { format!(" and {} more", twice.count - 1) } else { String::new() };
        let id = twice.id.map_or_else(|| "an id".to_owned(), |id| format!("id {id}{more}"));
        tally.say(Some(twice.row), "RET-IDS-REDELETED", format!("{id} of {} deleted already by row {}", twice.table, twice.before));
    });
    if let Err(error) = outcome {
        tally.trouble.push(format!("whether ids were deleted twice could not be judged: {error}"));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::evidence::Evidence;
    use crate::ingest::testing::read_file;
    use crate::io::sqlite::testing::make;

    const MAP: &str = "family: audit\ntable: t\ncolumns: { table: what, run: run, at: at, count: n }\n\
                       retention: { table: t, days: d }\ntime: { forms: [unix], zone: UTC }\n";

    /// What runs come to whose rows these are: run, table and hour.
    fn read(rows: &str) -> Evidence {
        let made = make(&format!("CREATE TABLE t (run, what TEXT, at INT, n INT); INSERT INTO t {rows};"));
        read_file("audit", &made.path, Some(MAP), &[])
    }

    fn told(evidence: &Evidence) -> Vec<String> {
        let ours = |code: &str| ["RET-INCOMPLETE-RUN", "RET-RUN-TWICE", "AUD-RUN-MIXED"].contains(&code);
        let rows = evidence.rows("audit.finding").iter().filter(|row| ours(row.text("code").unwrap()));
        rows.map(|row| row.text("message").unwrap().to_owned()).collect()
    }

    #[test]
    fn a_run_may_work_on_any_number_of_tables() {
        let tables = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100), r(j) AS (VALUES (1), (2), (3))
            SELECT j, 'table' || i, 1760000000 + 3600 * j, 0 FROM r, n";
        let evidence = read(&format!("{tables} WHERE NOT (j = 2 AND i = 90) UNION ALL VALUES (3, 'table80', 1760010801, 0)"));
        assert_eq!(told(&evidence), ["run 2: no row about table90", "run 3: more than one row about table80"]);
        assert_eq!(evidence.rows("audit.run").iter().map(|run| run.subject().to_owned()).collect::<Vec<_>>(), ["1", "2", "3"]);
    }

    #[test]
    fn rows_of_a_run_may_stand_anywhere() {
        // Table by table, of more runs than are listed.
        let runs = "WITH RECURSIVE r(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM r WHERE j < 21000), n(i) AS (VALUES (1), (2), (3))
            SELECT j, 'table' || i, 1000000000 + 3600 * j, 0 FROM n CROSS JOIN r WHERE NOT (j = 5 AND i = 2)";
        let evidence = read(runs);
        assert_eq!(told(&evidence), ["run 5: no row about table2"]);
        let runs = evidence.rows("audit.run");
        assert_eq!((runs.len(), runs[0].subject(), runs[0].count("rows")), (10_000, "11001", Some(3)));
        assert_eq!(evidence.omitted.get("audit.run"), Some(&11_000));
    }

    #[test]
    fn more_tables_than_are_told_apart_are_no_fault_of_a_run() {
        let rows =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) SELECT 1, 'table' || i, 1760000000, 0 FROM n";
        let evidence = read(rows);
        assert_eq!((told(&evidence).len(), evidence.omitted.get("audit.table")), (0, Some(&1)));
    }
}
