//! How far an audit trail proves itself, in a job summary.

use crate::catalogue::INTEGRITY;
use crate::evidence::Evidence;
use crate::metric::{Value, grouped};
use crate::record::Record;
use crate::render::parts::escape::{cell, prose};
use crate::report::Report;

/// A paragraph, and the table of attacks: its head and its rows.
pub(super) struct Rungs {
    pub told: String,
    pub head: String,
    pub rows: Vec<String>,
}

/// For every trail of a report what its level shows, and what it would not.
pub(super) fn ladders(report: &Report) -> Vec<Rungs> {
    let trails: Vec<&Evidence> = report.evidence.iter().filter(|entry| !entry.rows("audit.ladder").is_empty()).collect();
    let several = trails.len() > 1;
    trails.into_iter().filter_map(|entry| ladder(entry, several)).collect()
}

fn ladder(entry: &Evidence, several: bool) -> Option<Rungs> {
    let row = entry.rows("audit.ladder").first()?;
    let text = |name: &str| row.text(name).unwrap_or_default();
    let name = if several { format!("{}: ", entry.name) } else { String::new() };
    let kept = entry.rows("audit.checkpoint").first().map(held).unwrap_or_default();
    let raise = match text("raise") {
        "" => String::new(),
        raise => format!(" What would take it further: {raise}"),
    };
    let columns: Vec<&str> = INTEGRITY.iter().copied().skip_while(|rung| *rung != text("bound")).collect();
    let title = |rung: &&str| if *rung == row.subject() { format!("{rung}, now") } else { (*rung).to_owned() };
    let titles: Vec<String> = columns.iter().map(title).collect();
    let line = |row: &Record| {
        let sights = columns.iter().map(|rung| cell(row.text(&rung.replace('-', "_")).unwrap_or_default()));
        let cells: Vec<String> = std::iter::once(cell(row.text("about").unwrap_or_default())).chain(sights).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    Some(Rungs {
        told: prose(&format!("{name}{}. {}{kept}{raise}", text("basis"), text("shows"))),
        head: format!("| Done to the trail afterwards | {} |\n|---{}|\n", titles.join(" | "), "|---".repeat(columns.len())),
        rows: entry.rows("audit.attack").iter().map(line).collect(),
    })
}

/// The checkpoint in a sentence.
fn held(row: &Record) -> String {
    let (Some(file), Some(size)) = (row.text("kept_in"), row.count("kept")) else { return String::new() };
    let moment = |name: &str| match row.get(name) {
        Some(Value::Instant(at)) => Some(at.minute()),
        _ => None,
    };
    let taken = moment("kept_at").map(|at| format!(" of {at}")).unwrap_or_default();
    let by = |what: &str, name: &str| match row.text(name) {
        Some(names) => format!(", {what} by {names}"),
        None => format!(", not {what}"),
    };
    let proved = if row.get("holds") == Some(&Value::Flag(true)) {
        let since = moment("since").zip(row.count("checkpoints")).filter(|(_, n)| *n > 1);
        let since = since.map(|(at, n)| format!(" since {at}, by {} checkpoints", grouped(n))).unwrap_or_default();
        format!("this run proved that rows were only added{since}")
    } else {
        "this run found that history was rewritten".to_owned()
    };
    let (signed, witnessed) = (by("signed", "signed_by"), by("witnessed", "witnessed_by"));
    format!(" Held against `{file}`{taken}: {} rows{signed}{witnessed}; {proved}.", grouped(size))
}
