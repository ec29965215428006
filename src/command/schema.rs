//! `readiness schema`: the JSON schemas of what the program reads and writes, for editors and for checks.

use super::output::print;
use crate::error::Error;
use crate::io::json;
use crate::io::spelling;
use crate::verdict::Exit;
use serde::Deserialize;

/// Every schema: its name on the command line, and its text.
pub const SCHEMAS: &[(&str, &str)] = &[
    ("config", include_str!("../../site/schema/config-1.json")),
    ("pack", include_str!("../../rules/pack.schema.json")),
    ("rule", include_str!("../../rules/schema.json")),
    ("waivers", include_str!("../../site/schema/waivers-1.json")),
    ("acknowledged", include_str!("../../site/schema/acknowledged-1.json")),
    ("attestations", include_str!("../../site/schema/attestations-1.json")),
    ("golden", include_str!("../../site/schema/golden-1.json")),
    ("history", include_str!("../../site/schema/history-1.json")),
    ("history-list", include_str!("../../site/schema/history-list-1.json")),
    ("objectives", include_str!("../../site/schema/objectives-1.json")),
    ("assessment", include_str!("../../site/schema/assessment-1.json")),
    ("stamp", include_str!("../../site/schema/stamp-1.json")),
    ("inspect", include_str!("../../site/schema/inspect-1.json")),
    ("checkpoint", include_str!("../../site/schema/checkpoint-1.json")),
    ("audit-export", include_str!("../../site/schema/audit-export-1.json")),
    ("change-points", include_str!("../../site/schema/change-points-1.json")),
    ("bench-pair", include_str!("../../site/schema/bench-pair-1.json")),
    ("report", include_str!("../../site/schema/report-1.json")),
    ("issues", include_str!("../../site/schema/issues-1.json")),
    ("backtest", include_str!("../../site/schema/backtest-1.json")),
];

/// What is shown of a schema in the list.
#[derive(Deserialize)]
struct Head {
    title: String,
}

/// Prints a schema, or the list of them.
///
/// # Errors
/// When there is none of that name, or it cannot be printed.
pub fn run(name: Option<&str>) -> Result<Exit, Error> {
    let Some(name) = name else {
        print(&SCHEMAS.iter().map(line).collect::<Result<String, Error>>()?)?;
        return Ok(Exit::Open);
    };
    let Some((_, text)) = SCHEMAS.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = SCHEMAS.iter().map(|(known, _)| *known).collect();
        let help = spelling::did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("there are {}", names.join(", ")));
        return Err(Error::Usage(format!("there is no schema `{name}` - {help}")));
    };
    print(text)?;
    Ok(Exit::Open)
}

fn line((name, text): &(&str, &str)) -> Result<String, Error> {
    let head: Head = json::read(text.as_bytes()).map_err(|mistake| Error::Internal(format!("the schema {name}: {}", mistake.message)))?;
    Ok(format!("{name:12}  {}\n", head.title))
}
