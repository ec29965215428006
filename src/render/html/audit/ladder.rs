//! How far each trail proves itself, by which checkpoint, what would take it further, and which attacks would be seen.

use crate::catalogue::INTEGRITY;
use crate::evidence::Evidence;
use crate::metric::{Value, grouped};
use crate::record::Record;
use crate::render::parts::figure;
use crate::report::Report;

/// What is told of the chain, and of a checkpoint that does not hold; and what a scheme leaves open.
const VERIFIED: [&str; 3] = ["chain", "no-chain", "CHAIN-ANCHOR"];
const LIMITS: &str = "chain-limits";
/// What stands before the news that a checkpoint does not hold.
pub(super) const FOUND: &str = "This run found";

/// The integrity ladder of a trail.
pub(super) struct Ladder {
    /// The entry, where there are several.
    pub name: Option<String>,
    /// The rung reached.
    pub rung: String,
    /// All rungs but the lowest, which says that nothing is proven, and whether each is reached.
    pub rungs: Vec<(&'static str, bool)>,
    /// What the rung rests on, shows and leaves open.
    pub shows: String,
    /// What the next rung takes; nothing at the top.
    pub raise: String,
    /// What was verified, in sentences.
    pub verified: Vec<String>,
    /// The checkpoint that the trail was held against: what, and in which words.
    pub kept: Vec<(&'static str, String)>,
    /// The root then, in hex.
    pub root: String,
    /// The rungs that attacks are told for, and whether each is that of the trail.
    pub columns: Vec<(&'static str, bool)>,
    pub attacks: Vec<Attack>,
    /// What the trail's scheme leaves open.
    pub limits: String,
}

/// What may be done to a trail.
pub(super) struct Attack {
    pub about: String,
    /// The rung, whether it would be seen there, and in words.
    pub sights: Vec<(&'static str, bool, String)>,
}

/// The ladders of a report.
pub(super) fn ladders(report: &Report) -> Vec<Ladder> {
    let trails: Vec<&Evidence> = report.evidence.iter().filter(|entry| entry.metric("audit.integrity").is_some()).collect();
    let several = trails.len() > 1;
    trails.into_iter().map(|entry| ladder(report, entry, several)).collect()
}

fn ladder(report: &Report, entry: &Evidence, several: bool) -> Ladder {
    let reached = match entry.metric("audit.integrity").map(|metric| &metric.value) {
        Some(Value::Level(level)) => INTEGRITY.iter().position(|rung| rung == level),
        _ => None,
    };
    let row = entry.rows("audit.ladder").first();
    let text = |name: &str| row.and_then(|row| row.text(name)).unwrap_or_default().to_owned();
    let kept = entry.rows("audit.checkpoint").first();
    let bound = INTEGRITY.iter().position(|rung| *rung == text("bound")).unwrap_or(INTEGRITY.len());
    let columns = INTEGRITY.iter().enumerate().skip(bound).map(|(at, rung)| (*rung, reached == Some(at)));
    let notes = |codes: &[&str]| -> Vec<String> {
        entry.problems.iter().filter(|problem| codes.contains(&problem.code.as_ref())).map(|problem| problem.message.clone()).collect()
    };
    Ladder {
        name: several.then(|| entry.name.clone()),
        rung: reached.and_then(|at| INTEGRITY.get(at)).map_or_else(|| "unknown".to_owned(), |rung| (*rung).to_owned()),
        rungs: INTEGRITY.iter().enumerate().skip(1).map(|(at, name)| (*name, reached.is_some_and(|reached| at <= reached))).collect(),
        shows: text("shows"),
        raise: text("raise"),
        verified: notes(&VERIFIED),
        root: kept.and_then(|row| row.text("kept_root")).unwrap_or_default().to_owned(),
        kept: kept.map(|row| held(report, row)).unwrap_or_default(),
        attacks: entry.rows("audit.attack").iter().map(|row| attack(row, bound)).collect(),
        columns: columns.collect(),
        limits: notes(&[LIMITS]).join(" "),
    }
}

/// The checkpoint as facts; nothing where none was kept yet.
fn held(report: &Report, row: &Record) -> Vec<(&'static str, String)> {
    let (Some(file), Some(then)) = (row.text("kept_in"), row.count("kept")) else { return Vec::new() };
    let moment = |name: &str| match row.get(name) {
        Some(Value::Instant(at)) => Some(*at),
        _ => None,
    };
    let nobody = |name: &str| row.text(name).unwrap_or("nobody whose key is configured").to_owned();
    let size = row.count("size").unwrap_or(0);
    let holds = row.get("holds") == Some(&Value::Flag(true));
    let proved = match (holds, size.saturating_sub(then)) {
        (true, 0) => "that the rows are the same".to_owned(),
        (true, 1) => "that one row was added, and nothing else changed".to_owned(),
        (true, n) => format!("that {} rows were added, and nothing else changed", grouped(n)),
        (false, _) => "that history was rewritten".to_owned(),
    };
    let taken = moment("kept_at").map(|at| format!("{}, {} ago", at.minute(), figure::age(report.now, at)));
    let since = moment("since").zip(row.count("checkpoints"));
    let since =
        since.map(
            |(at, n)| {
                if n == 1 { format!("{}, one checkpoint", at.minute()) } else { format!("{}, {} checkpoints", at.minute(), grouped(n)) }
            },
        );
    let facts = [
        ("Checkpoint", Some(file.to_owned())),
        ("Taken", Some(taken.unwrap_or_else(|| "its file does not say when".to_owned()))),
        ("Of", Some(format!("{} rows", grouped(then)))),
        ("Signed by", Some(nobody("signed_by"))),
        ("Witnessed by", Some(nobody("witnessed_by"))),
        (if holds { "This run proved" } else { FOUND }, Some(proved)),
        (if holds { "Append-only since" } else { "Kept since" }, since),
    ];
    facts.into_iter().filter_map(|(what, value)| Some((what, value?))).collect()
}

fn attack(row: &Record, bound: usize) -> Attack {
    let is_seen = |text: &str| text.starts_with("seen");
    let sights = INTEGRITY
        .iter()
        .skip(bound)
        .filter_map(|rung| {
            let text = row.text(&rung.replace('-', "_"))?;
            Some((*rung, is_seen(text), text.to_owned()))
        })
        .collect();
    Attack { about: row.text("about").unwrap_or_default().to_owned(), sights }
}
