//! What a bundle holds, and the sums to check it by.

use crate::instant::Instant;
use crate::io::hash::sha256;
use crate::report::Subject;
use serde::Serialize;

/// The version of `manifest.json`.
pub const SCHEMA: &str = "readiness/bundle/1";

/// One file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Path within the bundle, with `/` between folders.
    pub path: String,
    /// `evidence`, `rules`, `report` or `readme`.
    pub role: &'static str,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// Where it came from, for evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// `readiness 0.1.0`.
    pub tool: String,
    /// As of when the judgement was made.
    pub created: Instant,
    /// What was judged.
    pub subject: Subject,
    /// Every file but this one and the sums, in order of path.
    pub files: Vec<Item>,
}

/// A file on its way into a bundle.
#[derive(Clone, Debug)]
pub struct Content {
    /// Path within the bundle.
    pub path: String,
    /// Its role.
    pub role: &'static str,
    /// Where it came from, for evidence.
    pub source: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Content {
    /// What the manifest says of it.
    pub fn item(&self) -> Item {
        Item {
            path: self.path.clone(),
            role: self.role,
            bytes: self.bytes.len() as u64,
            sha256: sha256(&self.bytes),
            source: self.source.clone(),
        }
    }
}

/// A path from a configuration as a path inside the bundle: no way up, no root, no drive, no control character.
pub fn inside(path: &str) -> String {
    let parts = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let clean = |part: &str| part.chars().map(|c| if c.is_control() || c == ':' { '_' } else { c }).collect::<String>();
    parts.map(clean).collect::<Vec<_>>().join("/")
}

/// `SHA256SUMS`, as `sha256sum -c` reads it. A name with a backslash or a newline is escaped as that program does.
pub fn sums(items: &[Item]) -> String {
    let line = |item: &Item| {
        let escaped = item.path.replace('\\', "\\\\").replace('\n', "\\n");
        let mark = if escaped == item.path { "" } else { "\\" };
        format!("{mark}{}  {escaped}\n", item.sha256)
    };
    items.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_bundle() {
        assert_eq!(inside("../../etc/passwd"), "etc/passwd");
        assert_eq!(inside("/abs/./a.xml"), "abs/a.xml");
        assert_eq!(inside("C:\\x\\y.xml"), "C_/x/y.xml");
    }

    #[test]
    fn sums_are_what_sha256sum_reads() {
        let item = Content { path: "a\\b".into(), role: "evidence", source: None, bytes: b"x".to_vec() }.item();
        assert!(sums(&[item]).starts_with("\\2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881  a\\\\b\n"));
    }
}
