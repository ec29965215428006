//! What a database says it holds.

use super::words;
use rusqlite::{Connection, Result};

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rows in the file.
    Table,
    /// A stored query.
    View,
    /// Rows that a module makes up.
    Virtual,
}

/// A table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// As the schema writes it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its columns, in order; empty unless it is a plain table.
    pub columns: Vec<Column>,
    /// Triggers that run when it is written to, and those of other tables that change or remove its rows.
    pub triggers: Vec<String>,
    /// Columns that an index begins with.
    pub indexed: Vec<String>,
    /// Whether its key is given out by AUTOINCREMENT, which gives no number twice.
    pub counted: bool,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As the schema writes it.
    pub name: String,
    /// Whether it is generated from others, instead of being recorded.
    pub generated: bool,
    /// Whether it is computed when it is read.
    pub computed: bool,
    /// Its type, as the schema writes it.
    pub declared: String,
    /// Whether it is another name for the number of the row.
    pub number: bool,
    /// Its DEFAULT clause.
    pub default: Option<String>,
    /// Whether it is the key, or the first part of it.
    pub key: bool,
}

impl Table {
    /// Whether reading it runs nothing but SQLite's own code.
    pub fn is_readable(&self) -> bool {
        self.kind == Kind::Table && !self.columns.iter().any(|c| c.computed)
    }
}

/// All tables and views, in order of name.
pub(super) fn read(connection: &Connection) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    let (mut triggers, mut indexes) = (Vec::new(), Vec::new());
    let mut objects = connection.prepare("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY name")?;
    let mut rows = objects.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(1)?;
        let kind = match row.get::<_, String>(0)?.as_str() {
            "table" if row.get::<_, i64>(3)? == 0 => Kind::Virtual,
            "table" => Kind::Table,
            "view" => Kind::View,
            "trigger" => {
                triggers.push((row.get::<_, String>(2)?, name, row.get::<_, Option<String>>(4)?.unwrap_or_default()));
                continue;
            }
            "index" => {
                indexes.push((row.get::<_, String>(2)?, name));
                continue;
            }
            _ => continue,
        };
        let columns = if kind == Kind::Table { columns(connection, &name)? } else { Vec::new() };
        let sql: Option<String> = row.get(4)?;
        let counted = sql.is_some_and(|sql| words::words(&sql).iter().any(|word| word == "autoincrement"));
        tables.push(Table { name, kind, columns, triggers: Vec::new(), indexed: Vec::new(), counted });
    }
    for (table, index) in indexes {
        let first = first_column(connection, &index)?;
        tables.iter_mut().filter(|t| t.name.eq_ignore_ascii_case(&table)).for_each(|t| t.indexed.extend(first.clone()));
    }
    for (of, trigger, sql) in triggers {
        let touched = |table: &&mut Table| table.name.eq_ignore_ascii_case(&of) || words::rewrites(&sql, &table.name);
        tables.iter_mut().filter(touched).for_each(|table| table.triggers.push(trigger.clone()));
    }
    Ok(tables)
}

fn first_column(connection: &Connection, index: &str) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_index_info(?1) WHERE seqno = 0")?;
    let mut rows = statement.query([index])?;
    rows.next()?.map_or(Ok(None), |row| row.get(0))
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>> {
    // `hidden`: 2 is a generated column that is computed on reading, 3 one that is stored.
    let mut statement =
        connection.prepare_cached("SELECT name, hidden, dflt_value, pk, type, max(pk) OVER () FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    let column = |row: &rusqlite::Row<'_>| {
        let hidden: i64 = row.get(1)?;
        let key = row.get::<_, i64>(3)? == 1;
        let declared: String = row.get(4)?;
        let number = key && row.get::<_, i64>(5)? == 1 && declared.eq_ignore_ascii_case("INTEGER");
        Ok(Column { name: row.get(0)?, generated: hidden > 1, computed: hidden == 2, declared, number, default: row.get(2)?, key })
    };
    statement.query_map([table], column)?.collect()
}
