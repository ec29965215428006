//! A table that was copied: what it looks like, where it came from, and the parts it was exported in.

use serde::{Deserialize, Serialize};

/// The schema of a [`Manifest`].
pub const SCHEMA: &str = "readiness/audit-export/1";
/// How the file of a [`Manifest`] is called.
pub const NAME: &str = "manifest.json";

/// A table, as far as a copy keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The column that numbers the rows, which stand in its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the database itself gives out the numbers, none of them twice.
    #[serde(default)]
    pub counted: bool,
    /// The last number that was given out, where the database says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<i64>,
    /// Columns that an index begins with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexed: Vec<String>,
    /// Triggers that run when it is written to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<String>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What SQLite would rather store in it.
    #[serde(default)]
    pub affinity: Affinity,
    /// Its default, where that is a literal of SQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether it is the whole of the table's key, and a number.
    #[serde(default)]
    pub key: bool,
    /// Whether its type says that its moments are of a zone that is known: they are written in UTC, with a `Z`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zoned: bool,
}

impl Column {
    /// The type that a copy declares.
    pub fn declared(&self) -> &'static str {
        if self.zoned { ZONED } else { self.affinity.declared() }
    }
}

/// A declared type of moments in a known zone. It has the affinity of a text.
const ZONED: &str = "TIMESTAMPTZ TEXT";

/// Whether a declared type says that its moments are of a zone that is known.
pub fn is_zoned(declared: &str) -> bool {
    let declared = declared.to_ascii_uppercase();
    declared.contains("TIMESTAMPTZ") || declared.contains("WITH TIME ZONE")
}

/// What a column of SQLite turns values into, where nothing is lost by it (<https://www.sqlite.org/datatype3.html>, section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names are SQLite's")]
pub enum Affinity {
    Integer,
    Text,
    Real,
    Numeric,
    #[default]
    Blob,
}

impl Affinity {
    /// The affinity that SQLite gives to a column of a declared type.
    pub fn of(declared: &str) -> Affinity {
        let declared = declared.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
        if has(&["INT"]) {
            Affinity::Integer
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Affinity::Text
        } else if declared.is_empty() || has(&["BLOB"]) {
            Affinity::Blob
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Affinity::Real
        } else {
            Affinity::Numeric
        }
    }

    /// A declared type that has it.
    pub fn declared(self) -> &'static str {
        match self {
            Affinity::Integer => "INTEGER",
            Affinity::Text => "TEXT",
            Affinity::Real => "REAL",
            Affinity::Numeric => "NUMERIC",
            Affinity::Blob => "BLOB",
        }
    }
}

/// Where a copy came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// `postgresql` or `sqlite`.
    pub kind: String,
    /// The address without its password, or the name of the file.
    pub name: String,
    /// The version of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What tells this installation of the server from every other: PostgreSQL's system identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Which transactions the copy sees: PostgreSQL's `xmin:xmax:xip_list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// SHA-256 of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        let parts = [("PostgreSQL ", &self.version), ("system ", &self.system), ("snapshot ", &self.snapshot), ("sha256 ", &self.sha256)];
        let told: Vec<String> = parts.iter().filter_map(|(what, value)| value.as_ref().map(|value| format!("{what}{value}"))).collect();
        if told.is_empty() { Ok(()) } else { write!(f, " ({})", told.join(", ")) }
    }
}

/// What numbers a row of a copied table, as partitions name where they begin and end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RowId {
    /// A number.
    Number(i64),
    /// A text, such as a UUID; ordered by its bytes.
    Text(String),
}

impl std::fmt::Display for RowId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RowId::Number(n) => write!(f, "{n}"),
            RowId::Text(text) => f.write_str(text),
        }
    }
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// Its number, from 1.
    pub partition: u64,
    /// Its name, in the folder of the manifest.
    pub path: String,
    /// How many rows it holds.
    pub rows: u64,
    /// The id of its first row.
    pub min_id: Option<RowId>,
    /// The id of its last row.
    pub max_id: Option<RowId>,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// What an export consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// The program that wrote it.
    pub tool: String,
    /// What was exported.
    pub source: Origin,
    /// The table.
    pub table: Shape,
    /// How many rows there are in all.
    pub rows: u64,
    /// SHA-256 of all rows in their order, whatever the files that hold them.
    pub sha256: String,
    /// The files, in the order of their rows.
    pub partitions: Vec<Partition>,
}

impl Manifest {
    /// Whether it agrees with itself: every partition once, no gap and no overlap between them, no row beyond them.
    ///
    /// # Errors
    /// A sentence about what does not.
    pub fn check(&self) -> Result<(), String> {
        if self.schema != SCHEMA {
            return Err(format!("its schema is {}, and this program reads {SCHEMA}", self.schema));
        }
        let mut last: Option<&RowId> = None;
        for (n, part) in (1..).zip(&self.partitions) {
            let name = &part.path;
            if part.partition != n {
                return Err(format!("partition {n} is missing: {name} is partition {}", part.partition));
            }
            if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', ':', '\0']) {
                return Err(format!("partition {n} is called `{name}`, which is no name of a file beside the manifest"));
            }
            if self.partitions.iter().filter(|other| other.path == *name).count() > 1 {
                return Err(format!("{name} is named more than once"));
            }
            if part.min_id > part.max_id {
                return Err(format!("{name} ends before it begins"));
            }
            if let (Some(before), Some(first)) = (last, &part.min_id)
                && first <= before
            {
                return Err(format!("{name} begins at id {first}, and the partition before it ends at {before}: they overlap"));
            }
            last = part.max_id.as_ref().or(last);
        }
        let rows = self.partitions.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.rows));
        match rows {
            Some(rows) if rows == self.rows => Ok(()),
            rows => Err(format!("it states {} rows, and its partitions have {}", self.rows, rows.unwrap_or(u64::MAX))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(n: u64, min: i64, max: i64) -> Partition {
        let rows = (max - min + 1).unsigned_abs();
        let ids = (Some(RowId::Number(min)), Some(RowId::Number(max)));
        Partition { partition: n, path: format!("{n}.db"), rows, min_id: ids.0, max_id: ids.1, bytes: 1, sha256: String::new() }
    }

    fn manifest(partitions: Vec<Partition>) -> Manifest {
        let rows = partitions.iter().map(|part| part.rows).sum();
        let (table, source) = (Shape::default(), Origin::default());
        Manifest { schema: SCHEMA.into(), tool: String::new(), source, table, rows, sha256: String::new(), partitions }
    }

    #[test]
    fn partitions_follow_each_other() {
        let whole = manifest(vec![part(1, 1, 10), part(2, 11, 20), part(3, 25, 30)]);
        assert_eq!(whole.check(), Ok(()));
        let wrong = |change: &dyn Fn(&mut Manifest)| {
            let mut manifest = whole.clone();
            change(&mut manifest);
            manifest.check().err().unwrap_or_default()
        };
        assert_eq!(wrong(&|m| drop(m.partitions.remove(1))), "partition 2 is missing: 3.db is partition 3");
        assert_eq!(wrong(&|m| drop(m.partitions.pop())), "it states 26 rows, and its partitions have 20");
        assert_eq!(
            wrong(&|m| m.partitions[1].min_id = Some(RowId::Number(10))),
            "2.db begins at id 10, and the partition before it ends at 10: they overlap"
        );
        assert_eq!(wrong(&|m| m.partitions[0].max_id = Some(RowId::Number(0))), "1.db ends before it begins");
        assert_eq!(wrong(&|m| m.partitions[1].path = "1.db".into()), "1.db is named more than once");
        assert!(wrong(&|m| m.partitions[0].path = "../1.db".into()).contains("no name of a file"));
        assert!(wrong(&|m| m.schema = "readiness/audit-export/2".into()).contains("this program reads"));
        assert!(wrong(&|m| m.partitions[0].rows = u64::MAX).contains("its partitions have"));
    }

    #[test]
    fn affinities_are_those_of_sqlite() {
        for (declared, affinity) in [
            ("INTEGER", Affinity::Integer),
            ("bigint", Affinity::Integer),
            ("VARCHAR(20)", Affinity::Text),
            ("DATETIME", Affinity::Numeric),
            ("BOOLEAN", Affinity::Numeric),
            ("", Affinity::Blob),
            ("double precision", Affinity::Real),
            ("FLOATING POINT", Affinity::Integer),
        ] {
            assert_eq!(Affinity::of(declared), affinity, "{declared}");
            assert_eq!(Affinity::of(affinity.declared()), affinity);
        }
    }
}
