//! `reflexio-integrity-events`: the stages that an ingest went through, linked by the hashes of their contents, in an SQLite snapshot.

use super::{Draft, snapshot};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::sqlite;

const NAME: &str = "reflexio-integrity-events";
const TABLE: &str = "integrity_events";

pub(super) const FORMAT: Format<Draft> =
    Format { name: NAME, about: "the table integrity_events of Reflexio in an SQLite snapshot", claims, read };

/// Others call tables of theirs so, too: it is known by its hashes. A database that has the trail itself is that trail.
fn claims(artifact: &Artifact) -> bool {
    let linked = ["content_hash", "prev_hash"].iter().all(|column| sqlite::holds_column(artifact, TABLE, column));
    linked && !sqlite::holds(artifact, super::retention::TABLE)
}

fn read(reading: &mut Reading<'_>) -> Draft {
    snapshot::read(reading, NAME)
}
