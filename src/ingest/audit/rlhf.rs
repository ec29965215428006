//! `rlhf-audit-events`: the events of an RLHF audit trail, in an SQLite snapshot. The program's own table and the one of its migration
//! differ in what they call their hashes; the columns tell which it is.

use super::{Draft, snapshot};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::sqlite;

const TABLE: &str = "audit_events";

pub(super) const FORMAT: Format<Draft> =
    Format { name: "rlhf-audit-events", about: "the table audit_events of an RLHF audit trail in an SQLite snapshot", claims, read };

fn claims(artifact: &Artifact) -> bool {
    sqlite::holds_column(artifact, TABLE, "merkle_hash") || is_migrated(artifact)
}

/// Whether the migration made the table.
fn is_migrated(artifact: &Artifact) -> bool {
    sqlite::holds_column(artifact, TABLE, "integrity_hash")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let map = if is_migrated(reading.artifact) { "rlhf-audit-events-migration" } else { "rlhf-audit-events" };
    snapshot::read(reading, map)
}
