//! Reads the audit table of an SQLite snapshot, as a map describes it.

use super::chain::{self, Along};
use super::column::{COLUMNS, Column, Origin};
use super::judge::{Default, Judge, Terms};
use super::map::Map;
use super::policy::Policy;
use super::row::Row;
use super::tally::Tally;
use super::{Draft, collect, file_code, terms};
use crate::ingest::{Reading, table};
use crate::io::spelling;
use crate::io::sqlite::{self, Cell, Snapshot, Table};
use crate::metric::grouped;
use crate::partition::is_zoned;
use crate::source::Location;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Reads a snapshot with the entry's map, or else the shipped one of this name.
pub(super) fn read(reading: &mut Reading<'_>, map: &str) -> Draft {
    let mut draft = Draft { path: reading.source.path.clone(), ..Draft::default() };
    let Some((map, policy)) = terms(reading, map) else { return draft };
    let mut map = Arc::new(map);
    match Snapshot::open(&reading.artifact.path, reading.request.now) {
        Err(failure) => reading.error(file_code(failure.code), Location::whole(), failure.message),
        Ok(snapshot) => {
            let mut tally = Tally::default();
            for note in snapshot.notes() {
                match file_code(note.code) {
                    code @ ("AUD-WAL-MISSING" | "AUD-WAL-UNCOMMITTED") => tally.say(None, code, note.message.clone()),
                    code => reading.note(code, Location::whole(), note.message.clone()),
                }
            }
            for remark in snapshot.remarks() {
                reading.note(remark.code, Location::whole(), remark.message.clone());
            }
            zones(&snapshot, Arc::make_mut(&mut map));
            scan(reading, &snapshot, &map, policy, tally, &mut draft);
            draft.tables = reading.request.collectors.iter().map(|c| collect::ask(&snapshot, c, &map.times)).collect();
            // Taken while the database is watched: what is closed unchanged after it is what was read.
            if let Ok((bytes, sha256)) = reading.artifact.digest() {
                (reading.source.bytes, reading.source.sha256) = (bytes, sha256);
            }
            if let Err(failure) = snapshot.close() {
                reading.error(file_code(failure.code), Location::whole(), failure.message);
                draft.readable = false;
            }
        }
    }
    draft.map = Some(map);
    draft
}

/// A column whose type says the zone of its moments needs no word of the map's: `timestamp with time zone`.
fn zones(snapshot: &Snapshot, map: &mut Map) {
    let Ok(found) = table::find(snapshot, &map.table) else { return };
    let zoned = |column: &Column| {
        let origin = map.origin(*column).filter(|origin| origin.path.is_empty());
        origin.is_some_and(|origin| found.columns.iter().any(|c| c.name.eq_ignore_ascii_case(&origin.name) && is_zoned(&c.declared)))
    };
    if [Column::At, Column::Cutoff].iter().any(zoned) {
        map.times.zoned();
    }
}

fn scan(reading: &mut Reading<'_>, snapshot: &Snapshot, map: &Arc<Map>, policy: Option<Policy>, mut tally: Tally, draft: &mut Draft) {
    let found = match table::find(snapshot, &map.table) {
        Ok(found) => found,
        Err((code @ "no-table", message)) => {
            return reading.error(file_code(code), Location::whole(), format!("no {}: {message}", map.table));
        }
        Err((code, message)) => return reading.error(file_code(code), Location::whole(), message),
    };
    let Some(present) = columns(reading, found, map, &mut tally) else { return };
    let wanted = spelling::skeleton(&found.name);
    for other in snapshot.tables().iter().filter(|other| other.name != found.name && spelling::skeleton(&other.name) == wanted) {
        let name: String = other.name.escape_unicode().take(200).collect();
        tally.say(None, "AUD-LOOKALIKE", format!("another table looks like {}: {} ({name})", found.name, other.name));
    }
    let default = |(column, _): (Column, &str)| {
        let column = map.origin(column).and_then(|origin| found.columns.iter().find(|c| c.name.eq_ignore_ascii_case(&origin.name)))?;
        Default::parse(column.default.as_deref())
    };
    let defaults = Column::ALL.map(default);
    let mut select: Vec<String> = Column::ALL.iter().map(|(c, _)| expression(map.origin(*c).filter(|_| present[*c as usize]))).collect();
    let asked = asked(reading, snapshot, found, map);
    let along = chain::along(&asked);
    select.extend(along.iter().flat_map(|along| along.columns().map(sqlite::quoted)));
    let id = map.origin(Column::Id);
    let numbered = found.columns.iter().any(|column| column.number && id.is_some_and(|id| id.name.eq_ignore_ascii_case(&column.name)));
    if let (true, Some(id)) = (numbered, id) {
        let highest = four(snapshot, &format!("SELECT MAX({}), 0, 0, 0 FROM {}", sqlite::quoted(&id.name), sqlite::quoted(&found.name)));
        highest.and_then(|[highest, ..]| highest).into_iter().for_each(|highest| tally.newest.rising_to(highest));
    }
    let judge = Judge::new(Terms { map: Arc::clone(map), policy, now: reading.request.now, present, defaults, numbered });
    let pass = Pass { map: Arc::clone(map), judge, along, tally, rows: 0, ids: None };
    let Pass { judge, along, mut tally, ids, .. } = match snapshot.fold(&select, &found.name, pass, Pass::row) {
        Ok(pass) => pass,
        Err(failure) => return reading.error(file_code(failure.code), Location::whole(), failure.message),
    };
    judge.finish(&mut tally);
    if tally.rows == 0 {
        return reading.error("AUD-NO-ROWS", Location::whole(), format!("{} has no row", found.name));
    }
    let numbered = found.columns.iter().any(|column| column.number && Some(column.name.as_str()) == asked.id);
    removed(snapshot, found, ids.filter(|_| numbered), &mut tally);
    draft.columns = present.iter().filter(|p| **p).count() as u64;
    describe(reading, found, map, draft.columns, &mut tally);
    draft.readable = true;
    draft.tally = tally;
    chain::bind(reading, &asked, along, draft);
}

/// What is needed to verify what binds the rows to each other.
fn asked<'a>(reading: &Reading<'a>, snapshot: &'a Snapshot, found: &'a Table, map: &'a Map) -> chain::Asked<'a> {
    let name = |column| map.origin(column).filter(|origin| origin.path.is_empty()).and_then(|origin| table::column(found, &origin.name));
    chain::Asked {
        snapshot,
        table: found,
        spec: map.chain.as_ref(),
        covered: Column::ALL.iter().filter_map(|(column, _)| Some((*column, name(*column)?))).collect(),
        id: name(Column::Id),
        times: &map.times,
        anchor: reading.request.anchor,
        kept: reading.request.checkpoint.is_some_and(|kept| !kept.file.is_empty()),
    }
}

/// The SQL that reads a column; SQLite itself follows the keys into JSON.
fn expression(origin: Option<&Origin>) -> String {
    let Some(origin) = origin else { return "NULL".to_owned() };
    let name = sqlite::quoted(&origin.name);
    if origin.path.is_empty() {
        return name;
    }
    let path: String = origin.path.iter().map(|key| format!(".\"{}\"", key.replace('\'', "''"))).collect();
    format!("CASE WHEN json_valid({name}) THEN json_extract({name}, '${path}') END")
}

/// One pass over the rows: each is held against the rules, and taken into the walk along its chain.
struct Pass {
    map: Arc<Map>,
    judge: Judge,
    along: Option<Along>,
    tally: Tally,
    rows: i64,
    /// The lowest and the highest id.
    ids: Option<(i64, i64)>,
}

impl Pass {
    fn row(&mut self, row: &sqlite::Row<'_>) {
        self.rows += 1;
        let mut read = Row { id: self.rows, cells: [Cell::Null; COLUMNS] };
        read.cells.iter_mut().enumerate().for_each(|(column, cell)| *cell = row.cell(column));
        if let Some(along) = &mut self.along {
            along.add(&read.cells, [row.cell(COLUMNS), row.cell(COLUMNS + 1)]);
        }
        let id = read.get(Column::Id).integer().unwrap_or(self.rows);
        read.id = id;
        self.map.understand(&mut read.cells);
        self.ids = Some(self.ids.map_or((id, id), |(first, last)| (first.min(id), last.max(id))));
        self.judge.row(&read, &mut self.tally);
    }
}

/// Which columns the table has; nothing when one is missing that the map relies on.
fn columns(reading: &mut Reading<'_>, found: &Table, map: &Map, tally: &mut Tally) -> Option<[bool; COLUMNS]> {
    let present = Column::ALL.map(|(c, _)| map.origin(c).is_some_and(|origin| table::column(found, &origin.name).is_some()));
    let lacking = |added: bool| {
        let missing = move |c: &Column| {
            let wanted = map.origin(*c).is_some_and(|origin| !origin.optional);
            wanted && !present[*c as usize] && map.is_added(*c) == added
        };
        Column::ALL.iter().map(|(c, _)| *c).filter(missing)
    };
    let missing: Vec<String> = lacking(false).map(|c| table::no_column(found, map.label(c))).collect();
    for message in &missing {
        reading.error("AUD-NO-COLUMN", Location::whole(), message.clone());
    }
    if !missing.is_empty() {
        return None;
    }
    let (absent, added) = (lacking(true).count(), map.migration.as_ref().map_or(0, |(_, added)| added.len()));
    if absent > 0 && absent < added {
        let names: Vec<&str> = lacking(true).map(|c| map.label(c)).collect();
        let schema = map.migration.as_ref().map_or("", |(schema, _)| schema);
        tally.say(None, "AUD-HALF-MIGRATED", format!("schema {schema} is not complete: {} is missing", names.join(", ")));
    }
    let known = |name: &str| {
        chain::Spec::names(map.chain.as_ref(), name) || map.columns.iter().flatten().any(|c| c.name.eq_ignore_ascii_case(name))
    };
    let unknown: Vec<&str> = found.columns.iter().map(|c| c.name.as_str()).filter(|name| !known(name)).collect();
    if !unknown.is_empty() {
        let s = if unknown.len() == 1 { "" } else { "s" };
        tally.say(None, "AUD-EXTRA-COL", format!("unknown column{s} {} ignored", unknown.join(", ")));
    }
    for trigger in &found.triggers {
        let message = format!("the trigger {trigger} may change rows of {}, or what is written to it", found.name);
        tally.say(None, "AUD-TRIGGER", message);
    }
    let bare = |c: &Column| {
        let origin = map.origin(*c).filter(|_| present[*c as usize]);
        origin.is_some_and(|origin| !found.indexed.iter().any(|name| name.eq_ignore_ascii_case(&origin.name)))
    };
    let bare: Vec<&str> = map.indexed.iter().copied().filter(bare).map(|c| map.label(c)).collect();
    if !bare.is_empty() {
        reading.note(
            "no-index",
            Location::whole(),
            format!("no index begins with {}: queries that filter by it read every row", bare.join(", ")),
        );
    }
    Some(present)
}

/// What AUTOINCREMENT tells: it never gives a number twice, so a number that is not there was taken away, or never kept.
///
/// `ids` are the lowest and the highest number, where they were seen with the rows.
fn removed(snapshot: &Snapshot, found: &Table, ids: Option<(i64, i64)>, tally: &mut Tally) {
    if !found.counted {
        return;
    }
    let Some(id) = found.columns.iter().find(|c| c.key).map(|c| sqlite::quoted(&c.name)) else { return };
    let name = sqlite::quoted(&found.name);
    let given = format!("(SELECT MAX(seq) FROM sqlite_sequence WHERE name = '{}')", found.name.replace('\'', "''"));
    let sql = match ids {
        Some((first @ 1.., last)) => format!("SELECT {first}, {last}, {}, {given}", tally.rows),
        _ => format!("SELECT MIN({id}), MAX({id}), COUNT(*), {given} FROM {name} WHERE {id} > 0"),
    };
    let Some([Some(first), Some(last), Some(rows), given]) = four(snapshot, &sql) else { return };
    let gone = given.map(|given| i128::from(given) - i128::from(last));
    let message = match (given, gone) {
        (Some(given), Some(gone @ 1..)) => {
            format!("sqlite_sequence gave out ids up to {given}, and the last row is {last}: {gone} newer rows are gone")
        }
        (Some(given), Some(..=-1)) => {
            format!("sqlite_sequence gave out ids up to {given}, and the last row is {last}: it was set back by hand")
        }
        (None, _) => format!("sqlite_sequence does not know {}: which ids were given out was taken away by hand", found.name),
        _ => String::new(),
    };
    if !message.is_empty() {
        tally.say(None, "AUD-SEQUENCE", message);
    }
    // Ids below 1 are a finding of their own: no counter gives them.
    let missing = last - rows;
    if missing > 0 {
        let sql = format!(
            "SELECT {id} + 1, next - 1, 0, 0 FROM (SELECT {id}, LEAD({id}) OVER (ORDER BY {id}) AS next FROM {name}) WHERE next > {id} + 1 LIMIT 1"
        );
        let place = match (first > 1, four(snapshot, &sql)) {
            (true, _) => format!(", the first of them 1 to {}", first - 1),
            (_, Some([Some(from), Some(to), ..])) if from == to => format!(", the first of them {from}"),
            (_, Some([Some(from), Some(to), ..])) => format!(", the first of them {from} to {to}"),
            _ => String::new(),
        };
        let missing = grouped(missing.unsigned_abs());
        let message = format!("{missing} ids up to {last} have no row{place}: rows were removed, or their writing was undone");
        tally.say(None, "AUD-ID-GAP", message);
    }
}

/// The answer of one row, where it holds whole numbers.
fn four(snapshot: &Snapshot, sql: &str) -> Option<[Option<i64>; 4]> {
    let mut numbers = None;
    let mut query = snapshot.query(sql).ok()?;
    query
        .run(|row| {
            numbers = Some([0, 1, 2, 3].map(|place| row.cell(place).integer()));
            ControlFlow::Break(())
        })
        .ok()?;
    numbers
}

/// Says what the file is, and what it cannot show.
fn describe(reading: &mut Reading<'_>, found: &Table, map: &Map, columns: u64, tally: &mut Tally) {
    let migrated = map
        .migration
        .as_ref()
        .filter(|(_, added)| added.iter().any(|c| map.origin(*c).is_some_and(|origin| table::column(found, &origin.name).is_some())));
    let schema = migrated.map_or(map.schema.as_str(), |(schema, _)| schema);
    let schema = if schema.is_empty() { String::new() } else { format!(", schema {schema}") };
    super::describe(reading, &format!("{}{schema}, {columns} columns", found.name), tally);
}
