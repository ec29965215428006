//! Where evidence comes from, and what is wrong with it.

use crate::instant::Instant;
use crate::metric::Name;
use serde::{Deserialize, Serialize};

/// The longest message about a file, in characters.
const MESSAGE: usize = 500;

/// One file (or directory, or database) that was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// As the configuration or the command line names it, with `/` between folders.
    pub path: String,
    /// The reader that claimed it; none when no reader did.
    pub format: Option<Name>,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the content, in lower-case hex.
    pub sha256: String,
    /// When it was made, as the artifact itself says, or else its stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<Instant>,
    /// The commit that the artifact itself names, or else its stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// `live`, `cached`, `replay` or `mock`, where the artifact tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// SHA-256 of the stamp beside it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// Whether date or commit are the stamp's, because the artifact does not say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stamped: bool,
    /// Whether it is the history that results are judged beside: its age and commit are not theirs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub past: bool,
    /// One line for people: "Cobertura, 61 files, 4,118 lines".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
}

/// Whether two ids are of one commit; a shortened id, of at least 7 digits, is the same commit.
pub fn same_commit(a: &str, b: &str) -> bool {
    let n = a.len().min(b.len());
    n >= 7 && a.as_bytes()[..n].eq_ignore_ascii_case(&b.as_bytes()[..n])
}

/// A place in a file: a line and column, a JSON pointer, or a row id. All may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// From 1, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// RFC 6901.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The primary key of a database row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<i64>,
}

impl Location {
    /// Nowhere in particular: the whole file.
    pub const fn whole() -> Self {
        Location { line: None, column: None, pointer: None, row: None }
    }

    /// A line.
    pub fn line(line: u64) -> Self {
        Location { line: Some(line), ..Location::whole() }
    }

    /// A line and a column.
    pub fn column(line: u64, column: u64) -> Self {
        Location { line: Some(line), column: Some(column), ..Location::whole() }
    }

    /// A place in a JSON document, by the keys that lead to it.
    pub fn pointer(steps: &[&str]) -> Self {
        let pointer = steps.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect();
        Location { pointer: Some(pointer), ..Location::whole() }
    }

    /// A database row.
    pub fn row(row: i64) -> Self {
        Location { row: Some(row), ..Location::whole() }
    }
}

impl std::fmt::Display for Location {
    /// What follows the path: `:12:4`, ` row 17`, ` at /a/0`, or nothing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location { line: Some(line), column: Some(column), .. } => write!(f, ":{line}:{column}"),
            Location { line: Some(line), .. } => write!(f, ":{line}"),
            Location { row: Some(row), .. } => write!(f, " row {row}"),
            Location { pointer: Some(pointer), .. } => write!(f, " at {pointer}"),
            _ => Ok(()),
        }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// The evidence cannot be relied on: everything that needs it has no evidence.
    Error,
    /// The evidence stands, and something about it should be looked at.
    Warning,
    /// Worth knowing.
    Note,
}

/// Something wrong with evidence, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable word: `truncated`, `declared-totals-differ`.
    pub code: Name,
    /// How bad.
    pub severity: Grade,
    /// One sentence.
    pub message: String,
    /// The file, as in [`Source::path`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Where in the file.
    #[serde(flatten)]
    pub at: Location,
}

impl Problem {
    /// A problem of the file at `path`. A message may quote the file, which may hold one name of many megabytes: it is cut.
    pub fn new(code: impl Into<Name>, severity: Grade, path: &str, at: Location, message: impl Into<String>) -> Problem {
        let message: String = message.into();
        let end = message.char_indices().nth(MESSAGE).map_or(message.len(), |(end, _)| end);
        Problem { code: code.into(), severity, message: message[..end].to_owned(), path: path.to_owned(), at }
    }
}
