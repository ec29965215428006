//! What the catalogue says of a table, and how its values are asked for.

use super::text::Kind;
use super::types::{FromSql, Kind as Sort, Type};
use super::{Asked, Failure, Row, Transaction};
use crate::io::spelling;
use crate::io::sqlite::{is_literal, quoted};
use crate::partition::{Affinity, Column, Shape};

/// A table, and the query that gives its rows.
pub(super) struct Table {
    pub(super) shape: Shape,
    pub(super) kinds: Vec<Kind>,
    pub(super) copy: String,
}

/// The table of this name in a schema, whose partitions count as part of it.
const FIND: &str = "SELECT c.oid, c.relname::text, c.relkind::text,
        (SELECT min(p.relname::text) FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid WHERE p.relkind = 'f')
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1::text AND lower(c.relname::text) = lower($2::text) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     ORDER BY c.relname::text = $2::text DESC";
const OTHERS: &str = "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
     ORDER BY 1, 2 LIMIT 1000";
const COLUMNS: &str = "SELECT a.attname::text, a.attgenerated::text, a.attidentity::text, pg_get_expr(d.adbin, d.adrelid)
     FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
/// Columns of the primary key, and columns that an index begins with.
const INDEXES: &str = "SELECT a.attname::text, i.indisprimary, k.n = 1
     FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE i.indrelid = $1 AND i.indisvalid AND k.n <= i.indnkeyatts ORDER BY i.indisprimary DESC, i.indexrelid, k.n";
const TRIGGERS: &str = "SELECT tgname::text FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal AND tgenabled <> 'D' ORDER BY 1";

/// Looks a table up.
///
/// # Errors
/// When it is not there, or its rows are not recorded facts.
pub(super) fn look(transaction: &mut Transaction<'_>, schema: &str, asked: &Asked) -> Result<Table, Failure> {
    let ask = |transaction: &mut Transaction<'_>, sql: &str, oid: u32| -> Result<Vec<Row>, Failure> {
        transaction.query(sql, &[&oid]).map_err(|e| super::session::failure(&e))
    };
    let found = transaction.query(FIND, &[&schema, &asked.table]).map_err(|e| super::session::failure(&e))?;
    let Some(found) = found.first() else { return Err(absent(transaction, schema, asked)) };
    let (oid, name) = (cell::<u32>(found, 0)?, cell::<String>(found, 1)?);
    refuse(&name, &cell::<String>(found, 2)?, cell::<Option<String>>(found, 3)?)?;
    let columns = ask(transaction, COLUMNS, oid)?;
    let names: Vec<String> = columns.iter().map(|row| cell(row, 0)).collect::<Result<_, _>>()?;
    let indexes = ask(transaction, INDEXES, oid)?;
    let (mut key, mut indexed) = (Vec::new(), Vec::new());
    for row in &indexes {
        let column: String = cell(row, 0)?;
        if cell(row, 2)? && !indexed.contains(&column) {
            indexed.push(column.clone());
        }
        if cell(row, 1)? {
            key.push(column);
        }
    }
    let wanted = asked.id.as_ref().and_then(|id| names.iter().find(|name| name.eq_ignore_ascii_case(id)));
    let Some(id) = wanted.or(key.first()).cloned() else {
        let message =
            format!("{schema}.{name} has no primary key, and no column `{}`: its rows have no order", asked.id.as_deref().unwrap_or("id"));
        return Err(Failure::new("no-order", message));
    };
    let from = format!("{}.{}", quoted(schema), quoted(&name));
    let list: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let plain = transaction.prepare(&format!("SELECT {} FROM {from}", list.join(", "))).map_err(|e| super::session::failure(&e))?;
    let types: Vec<Type> = plain.columns().iter().map(|column| column.type_().clone()).collect();
    let mut shape = Shape { name, id: Some(id.clone()), indexed, ..Shape::default() };
    let mut kinds = Vec::new();
    for (row, kind) in columns.iter().zip(types.iter().map(kind)) {
        let (name, generated): (String, String) = (cell(row, 0)?, cell(row, 1)?);
        if !generated.is_empty() {
            let message = format!("{name} is a generated column of {}: not a recorded fact", shape.name);
            return Err(Failure::new("generated-column", message));
        }
        let default: Option<String> = cell(row, 3)?;
        let is_key = key == [name.clone()] && kind == Kind::Integer;
        let serial = default.as_deref().is_some_and(|text| text.starts_with("nextval(")) || !cell::<String>(row, 2)?.is_empty();
        shape.counted |= is_key && serial;
        let default = default.and_then(|text| literal(&text));
        shape.columns.push(Column { name, affinity: affinity(kind), default, key: is_key, zoned: kind == Kind::Moment });
        kinds.push(kind);
    }
    for row in ask(transaction, TRIGGERS, oid)? {
        shape.triggers.push(cell(&row, 0)?);
    }
    let select: Vec<String> = list.iter().zip(&types).map(|(name, sort)| expression(name, sort)).collect();
    let mut order = vec![&id];
    order.extend(key.iter().filter(|column| **column != id));
    let order: Vec<String> = order.iter().map(|column| ordered(column, &names, &types)).collect();
    let copy = format!("COPY (SELECT {} FROM {from} ORDER BY {}) TO STDOUT", select.join(", "), order.join(", "));
    Ok(Table { shape, kinds, copy })
}

/// Rows that are made up when they are read are no recorded facts, and foreign ones are not part of the snapshot.
fn refuse(name: &str, sort: &str, foreign: Option<String>) -> Result<(), Failure> {
    let what = match sort {
        "v" => "is a view, and a view shows whatever its query says; name the table",
        "m" => "is a materialized view, and shows what its query said some time ago; name the table",
        "f" => "is a foreign table, whose rows are on another server; name that server",
        _ => match foreign {
            None => return Ok(()),
            Some(part) => {
                let message =
                    format!("its partition {part} is a foreign table, whose rows are on another server and not part of the snapshot");
                return Err(Failure::new("not-a-table", format!("{name}: {message}")));
            }
        },
    };
    Err(Failure::new("not-a-table", format!("{name} {what}")))
}

fn absent(transaction: &mut Transaction<'_>, schema: &str, asked: &Asked) -> Failure {
    let rows = transaction.query(OTHERS, &[]).unwrap_or_default();
    let pair = |row: &Row| Some((row.try_get::<_, String>(0).ok()?, row.try_get::<_, String>(1).ok()?));
    let others: Vec<(String, String)> = rows.iter().filter_map(pair).collect();
    let elsewhere = others.iter().find(|(_, name)| name.eq_ignore_ascii_case(&asked.table));
    let here = others.iter().filter(|(there, _)| there == schema).map(|(_, name)| name.as_str());
    let help = match elsewhere {
        Some((there, _)) => format!("; the schema {there} has one: write ?schema={there}"),
        None => spelling::did_you_mean(&asked.table, here).map(|help| format!("; {help}")).unwrap_or_default(),
    };
    Failure::new("no-table", format!("the schema {schema} has no table {}{help}", asked.table))
}

/// A value of an answer.
fn cell<'r, T: FromSql<'r>>(row: &'r Row, place: usize) -> Result<T, Failure> {
    row.try_get(place).map_err(|e| super::session::failure(&e))
}

/// What becomes of values of a type; of a domain it is the type below it that counts, and the server says so itself.
fn kind(sort: &Type) -> Kind {
    match *sort {
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => Kind::Integer,
        Type::BOOL => Kind::Flag,
        Type::FLOAT4 | Type::FLOAT8 => Kind::Real,
        Type::NUMERIC => Kind::Decimal,
        Type::TIMESTAMPTZ => Kind::Moment,
        Type::BYTEA => Kind::Bytes,
        _ => Kind::Text,
    }
}

fn affinity(kind: Kind) -> Affinity {
    match kind {
        Kind::Integer | Kind::Flag => Affinity::Integer,
        Kind::Real => Affinity::Real,
        Kind::Moment | Kind::Text => Affinity::Text,
        // SQLite would round long decimals.
        Kind::Decimal | Kind::Bytes => Affinity::Blob,
    }
}

/// What is selected for a column: a list becomes JSON, which is what lists are in SQLite.
fn expression(name: &str, sort: &Type) -> String {
    if matches!(sort.kind(), Sort::Array(_)) { format!("pg_catalog.to_json({name})::text") } else { name.to_owned() }
}

/// Texts are ordered by their bytes, because what a language thinks of it changes with the server's libraries.
fn ordered(column: &str, names: &[String], types: &[Type]) -> String {
    let text = |sort: &Type| [Type::TEXT, Type::VARCHAR, Type::BPCHAR].contains(sort);
    let sort = names.iter().position(|name| name == column).and_then(|place| types.get(place));
    let collate = if sort.is_some_and(text) { " COLLATE \"C\"" } else { "" };
    format!("{}{collate}", quoted(column))
}

/// A default that is a literal, as SQLite writes it: `'cron'::character varying` is `'cron'`.
fn literal(text: &str) -> Option<String> {
    let end = if text.starts_with('\'') { text.rfind('\'')? + 1 } else { text.find("::").unwrap_or(text.len()) };
    let (value, cast) = text.split_at(end);
    let value = match value.trim_matches(['(', ')']) {
        "true" => "1",
        "false" => "0",
        value => value,
    };
    let plain = cast.is_empty() || (cast.starts_with("::") && cast.chars().all(|c| c.is_ascii_alphanumeric() || " :_.\"(),[]".contains(c)));
    (plain && is_literal(value)).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_lose_their_casts() {
        for (text, expected) in [
            ("'cron'::character varying", Some("'cron'")),
            ("'it''s'::text", Some("'it''s'")),
            ("0", Some("0")),
            ("'-1'::integer", Some("'-1'")),
            ("(-1)", Some("-1")),
            ("true", Some("1")),
            ("NULL::character varying", Some("NULL")),
            ("'a::b'::text", Some("'a::b'")),
            ("nextval('t_id_seq'::regclass)", None),
            ("now()", None),
            ("('a'::text || 'b'::text)", None),
            ("'a'::text || 'b'::text", None),
        ] {
            assert_eq!(literal(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn every_column_is_asked_for_as_what_it_is() {
        assert_eq!(expression("\"ids\"", &Type::INT8_ARRAY), "pg_catalog.to_json(\"ids\")::text");
        assert_eq!(expression("\"ids\"", &Type::JSONB), "\"ids\"");
        let (names, types) = (["a".to_owned(), "b".to_owned()], [Type::TEXT, Type::INT8]);
        assert_eq!((ordered("a", &names, &types), ordered("b", &names, &types)), ("\"a\" COLLATE \"C\"".into(), "\"b\"".into()));
        assert_eq!((kind(&Type::TIMESTAMP), kind(&Type::TIMESTAMPTZ), kind(&Type::UUID)), (Kind::Text, Kind::Moment, Kind::Text));
    }
}
