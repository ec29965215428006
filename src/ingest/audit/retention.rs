//! `retention-audit-log`: the audit table of a data retention job, in an SQLite snapshot. Schema 0003 has ten columns,
//! schema 0004 has twelve more; a map says which is which, and fits other tables of the kind.

use super::{Draft, snapshot};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::sqlite;

pub(super) const NAME: &str = "retention-audit-log";
/// Its table.
pub(super) const TABLE: &str = "retention_audit_log";

pub(super) const FORMAT: Format<Draft> =
    Format { name: NAME, about: "the table retention_audit_log in an SQLite snapshot, schema 0003 or 0004", claims, read };

fn claims(artifact: &Artifact) -> bool {
    sqlite::holds(artifact, TABLE)
}

fn read(reading: &mut Reading<'_>) -> Draft {
    snapshot::read(reading, NAME)
}
