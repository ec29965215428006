//! `lexecon-ledger`: the ledger of a governance engine, entries that are chained by their hashes, in an SQLite snapshot.

use super::{Draft, snapshot};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::sqlite;

const NAME: &str = "lexecon-ledger";

pub(super) const FORMAT: Format<Draft> =
    Format { name: NAME, about: "the table ledger_entries of Lexecon in an SQLite snapshot", claims, read };

fn claims(artifact: &Artifact) -> bool {
    sqlite::holds(artifact, "ledger_entries")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    snapshot::read(reading, NAME)
}
