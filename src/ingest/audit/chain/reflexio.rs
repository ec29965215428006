//! Reflexio's table `integrity_events`: each stage of an ingest names the `content_hash` of the stage before as its `prev_hash`. The hash is
//! of a file that is not in the table, and nothing covers the rest of a row, so that links are all there is to follow.

use super::native::stated;
use super::sessions::{Event, Walk};
use super::{Asked, Outcome, Scheme, Spec, unanchored};
use crate::ingest::audit::row::shown;
use crate::ingest::table::column;
use crate::integrity::Bond;
use crate::io::sqlite::{Cell, Failure, quoted};
use std::ops::ControlFlow;

/// What is read of an event beside its hashes.
pub const COLUMNS: [&str; 4] = ["id", "ingest_id", "created_at", "metadata"];

/// Verifies the links of a table, in the order of ingests and times. However they hold, rows are not chained.
///
/// # Errors
/// When the table cannot be read to its end.
pub fn verify(asked: &Asked<'_>, spec: &Spec) -> Result<Outcome, Failure> {
    let there = |name: &str| column(asked.table, name).map_or_else(|| "NULL".to_owned(), quoted);
    let [id, ingest, at] = [COLUMNS[0], COLUMNS[1], COLUMNS[2]].map(there);
    let (prev, hash) = (there(&spec.prev), there(&spec.hash));
    let select = |row: &str| {
        format!(
            "SELECT {id}, {ingest}, {prev}, {hash}, {row} FROM {} NOT INDEXED ORDER BY {ingest}, {at}, {row}",
            quoted(&asked.table.name)
        )
    };
    let (with, without) = (select("rowid"), select("0"));
    let sql = if asked.snapshot.query(&with).is_ok() { with } else { without };
    let each = |take: &mut dyn FnMut(&Event<'_>)| -> Result<(), Failure> {
        asked.snapshot.query(&sql)?.run(|row| {
            let session = match row.cell(1) {
                Cell::Text(bytes) => bytes,
                _ => &[],
            };
            let prev = Some(row.cell(2)).filter(|cell| *cell != Cell::Null).map(stated);
            let label = format!("event {}", shown(row.cell(0)));
            let number = row.cell(0).integer().or_else(|| row.cell(4).integer()).unwrap_or(0);
            take(&Event { row: number, label: &label, session, prev, hash: &stated(row.cell(3)) });
            ControlFlow::Continue(())
        })
    };
    let mut walk = Walk::default();
    each(&mut |event| walk.add(event))?;
    let mut search = walk.search();
    if let Some(search) = &mut search {
        each(&mut |event| search.look(event))?;
    }
    let judged = walk.judge(search);
    let told = format!(
        "{}: no hash covers a row, so that rows are not chained: keep a checkpoint of them, and hold the contents against {}",
        judged.links, spec.hash
    );
    let outcome = Outcome {
        bond: Bond::Stages,
        findings: judged.findings,
        surplus: judged.surplus.into_iter().collect(),
        notes: vec![
            ("chain", told),
            ("chain-limits", format!("a {} chain does not show {}", Scheme::Reflexio.name(), Scheme::Reflexio.leaves_open())),
        ],
        ..Outcome::default()
    };
    Ok(unanchored(asked, outcome))
}
