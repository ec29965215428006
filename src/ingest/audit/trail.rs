//! What only the whole trail shows, when all rows of all files are counted: runs that are missing or not complete, dry runs in
//! the place of real ones, ids that were deleted twice, tables without a policy.

use super::column::Column;
use super::map::Map;
use super::pii::redacted;
use super::policy::Policy;
use super::run::{Run, Runs};
use super::tally::Tally;
use crate::analyze::cadence;
use crate::instant::Instant;
use crate::metric::grouped;

/// So many days are the window in which runs are expected.
const WINDOW: i64 = 3650 * DAY;
const DAY: i64 = 86_400_000;
/// Fewer rows show nothing about how rows are counted.
const ROWS: u64 = 20;

/// Judges a trail; how many runs are missing, where it is known how often there should be one.
pub fn judge(tally: &mut Tally, map: &Map, policy: Option<&Policy>, now: Instant) -> Option<u64> {
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
    // Counted here, so that what keeps them from being counted is told.
    tally.runs();
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

/// Runs that should have been, by when each was due.
fn gaps(tally: &mut Tally, every: i64, now: Instant) -> Option<u64> {
    tally.dated_runs().all();
    let starts = tally.dated_runs().starts();
    let kept = cadence::hold(&starts, every, WINDOW, now)?;
    let span = period(every);
    for due in &kept.gaps {
        tally.say(None, "RET-GAP", format!("no run on {}, due every {span}", due.minute()));
    }
    Some(kept.gaps.len() as u64)
}

/// `1 day`, `6 hours`.
fn period(ms: i64) -> String {
    let (n, unit) = if ms % DAY == 0 { (ms / DAY, "day") } else { (ms / 3_600_000, "hour") };
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
    tally.dated_runs().all();
    let runs = std::mem::take(tally.dated_runs());
    let due = policy.map_or_else(|| runs.usual(), |policy| policy.tables.keys().cloned().collect());
    // What form ids have is up to the job; most of them show it.
    let uuids = runs.count(|run| run.is_named() && run.has_uuid()) * 2 > runs.count(Run::is_named);
    let faults = |run: &Run| faults(&runs, run, &due, uuids);
    let (mut found, mut more) = (Vec::new(), Vec::new());
    for alike in runs.past() {
        for run in &alike.named {
            found.extend(faults(run).into_iter().map(|(code, message)| (code, run.name(), message)));
        }
        let unnamed = alike.count - alike.named.len() as u64;
        if let Some(run) = alike.named.first().filter(|_| unnamed > 0) {
            more.extend(faults(run).into_iter().map(|(code, _)| (code, unnamed)));
        }
    }
    for run in runs.kept() {
        found.extend(faults(run).into_iter().map(|(code, message)| (code, run.name(), message)));
    }
    *tally.dated_runs() = runs;
    found.into_iter().for_each(|(code, run, message)| tally.say_of_run(run, code, &message));
    tally.accuse(Vec::new(), &more);
}

/// What is wrong with a run.
fn faults(runs: &Runs, run: &Run, due: &[String], uuids: bool) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if !run.is_named() {
        return found;
    }
    let missing = runs.missing(run, due);
    if run.is_whole() && !missing.is_empty() {
        found.push(("RET-INCOMPLETE-RUN", format!("no row about {}", missing.join(", "))));
    }
    let twice = runs.twice(run);
    if !twice.is_empty() {
        found.push(("RET-RUN-TWICE", format!("more than one row about {}", twice.join(", "))));
    }
    let disagreements = run.disagreements();
    if !disagreements.is_empty() {
        found.push(("AUD-RUN-MIXED", disagreements.join("; ")));
    }
    if uuids && !run.has_uuid() {
        found.push(("AUD-RUN-ID", "its id is no UUID".to_owned()));
    }
    found
}

/// Tables that the policy does not name, and those that nobody worked on.
fn tables(tally: &mut Tally, policy: &Policy) {
    let unknown = tally.subjects().iter().map(|(table, _)| table).filter(|table| !policy.tables.contains_key(*table));
    for table in unknown.map(str::to_owned).collect::<Vec<_>>() {
        tally.say(None, "RET-POLICY", format!("{table}: not in the policy file ({})", policy.file));
    }
    for table in policy.tables.keys() {
        if tally.subjects().has(table) {
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
