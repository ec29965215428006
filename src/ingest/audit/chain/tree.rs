//! The tree over a trail's rows, for trails that have no chain of their own: its root is written down, and the next time the root
//! over as many rows must be the same.

use super::native::Rows;
use crate::analyze::merkle::{Subtrees, Tree};
use crate::checkpoint::{Checkpoint, Kept, Trail};
use crate::io::hash::{digest, node};
use crate::io::sqlite::{Failure, Snapshot, Table};
use std::collections::BTreeMap;

/// So many roots of parts are written down; with an exact row at up to as many rows.
const ROOTS: usize = 256;

/// Grows the tree over the rows of a table in the order of `id`, and holds what was `kept` beside it. Where that was of other columns
/// than there are now, the rows are gone over twice.
///
/// # Errors
/// When the table cannot be read to its end.
pub fn grow(snapshot: &Snapshot, table: &Table, id: Option<&str>, kept: Kept) -> Result<Trail, Failure> {
    let all: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let wanted: Vec<&str> = kept.checkpoint.columns.iter().map(String::as_str).collect();
    let gone: Vec<&str> = wanted.iter().copied().filter(|name| !all.contains(name)).collect();
    let walk = |covered: &[&str]| Grown::over(&Rows::new(snapshot, table, covered, id, None), &kept);
    let now = walk(&all)?;
    let then = if wanted.is_empty() || wanted == all || !gone.is_empty() { None } else { Some(walk(&wanted)?) };
    let Grown { roots, subtrees, .. } = then.as_ref().unwrap_or(&now);
    let (roots, subtrees) = (roots.clone(), subtrees.clone());
    let origin = if kept.checkpoint.origin.is_empty() { table.name.clone() } else { kept.checkpoint.origin.clone() };
    Ok(Trail {
        now: Checkpoint {
            origin,
            size: now.tree.size(),
            root: now.tree.root().unwrap_or_else(|| digest(b"")),
            columns: all.into_iter().map(ToOwned::to_owned).collect(),
            height: now.parts.height,
            subtrees: now.parts.roots,
        },
        roots,
        subtrees,
        hindered: (!gone.is_empty()).then(|| format!("{} has no column {}", table.name, gone.join(", "))),
        kept: Some(kept).filter(|kept| !kept.file.is_empty()),
        ..Trail::default()
    })
}

/// A tree over some columns of all rows.
struct Grown {
    tree: Tree,
    parts: Subtrees,
    /// The roots at the sizes that were kept.
    roots: BTreeMap<u64, [u8; 32]>,
    /// The parts of the height that was kept.
    subtrees: Vec<[u8; 32]>,
}

impl Grown {
    fn over(rows: &Rows<'_>, kept: &Kept) -> Result<Grown, Failure> {
        let (old, sizes) = (&kept.checkpoint, kept.sizes());
        let whole = (old.size >> old.height) as usize;
        let mut grown = Grown { tree: Tree::new(node), parts: Subtrees::new(node, ROOTS), roots: BTreeMap::new(), subtrees: Vec::new() };
        rows.each(|_, encoder, _| {
            let Grown { tree, parts, roots, subtrees } = &mut grown;
            tree.add(encoder.leaf(), |at, node| {
                parts.take(at, node);
                if at == old.height && subtrees.len() < whole {
                    subtrees.push(*node);
                }
            });
            if sizes.contains(&tree.size()) {
                roots.extend(tree.root().map(|root| (tree.size(), root)));
            }
        })?;
        Ok(grown)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::io::hash::hex;
    use crate::io::sqlite::testing::make;

    /// The leaves and roots that implementations of RFC 6962 test themselves with.
    #[test]
    fn it_is_the_tree_of_certificate_transparency() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::new(node);
        for (leaf, root) in leaves.iter().zip(roots) {
            tree.add(digest(&[&[0], *leaf].concat()), |_, _| {});
            assert_eq!(hex(&tree.root().unwrap()), root);
        }
    }

    const ROWS: &str =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)
        INSERT INTO t SELECT i, 'row ' || i, i * 0.5 FROM n";

    fn grown(sql: &str, kept: Kept) -> Trail {
        let made = make(&format!("{ROWS}; {sql}"));
        let snapshot = Snapshot::open(&made.path, crate::instant::Instant(0)).unwrap();
        grow(&snapshot, snapshot.table("t").unwrap(), Some("id"), kept).unwrap()
    }

    #[test]
    fn the_root_of_then_is_found_again() {
        let then = grown("DELETE FROM t WHERE id > 600", Kept::default()).now;
        assert_eq!((then.size, then.height, then.subtrees.len(), then.columns.len()), (600, 2, 150, 3));
        let kept = || Kept { file: "f".into(), checkpoint: then.clone(), ..Kept::default() };
        let same = grown("ALTER TABLE t ADD COLUMN c; UPDATE t SET c = 7", kept());
        assert_eq!((same.roots[&600], &same.subtrees, same.now.size), (then.root, &then.subtrees, 700));
        assert_eq!((same.now.columns.len(), same.kept.is_some()), (4, true), "the next one is of all columns");
        let other = grown("UPDATE t SET a = 'Row 9' WHERE id = 9", kept());
        assert_ne!(other.roots[&600], then.root);
        let differ = other.subtrees.iter().zip(&then.subtrees).enumerate().filter(|(_, (a, b))| a != b);
        assert_eq!(differ.map(|(at, _)| at).collect::<Vec<_>>(), [2], "rows 9 to 12");
        assert_eq!(grown("DELETE FROM t WHERE id > 500", kept()).roots.len(), 0);
        assert_eq!(grown("ALTER TABLE t DROP COLUMN b", kept()).hindered.unwrap(), "t has no column b");
    }
}
