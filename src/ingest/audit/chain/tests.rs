#![allow(clippy::unwrap_used)]

use super::links::{GENESIS, Hash, Judged, Link, Names, Stated, Walk};
use super::native::stated;
use super::{Asked, Scheme, Spec, along};
use crate::ingest::table::Times;
use crate::io::hash::digest;
use crate::io::sqlite::Cell;
use proptest::prelude::*;

/// A row of a chain that is made up: its number, its content and its two hashes.
#[derive(Clone, Debug)]
struct Made {
    row: i64,
    content: u8,
    prev: Stated,
    hash: Stated,
}

fn taken(prev: &Hash, row: i64, content: u8) -> Hash {
    digest(&[prev.as_slice(), &row.to_be_bytes(), &[content]].concat())
}

/// A sound chain of rows 1 to `n`.
fn chain(n: i64) -> Vec<Made> {
    let mut prev = GENESIS;
    let mut made = Vec::new();
    for row in 1..=n {
        let hash = taken(&prev, row, 7);
        made.push(Made { row, content: 7, prev: Ok(prev), hash: Ok(hash) });
        prev = hash;
    }
    made
}

/// Takes all hashes from this place on anew.
fn rewrite(rows: &mut [Made], from: usize) {
    for at in from..rows.len() {
        let prev = at.checked_sub(1).map_or(GENESIS, |before| *rows[before].hash.as_ref().unwrap());
        let hash = taken(&prev, rows[at].row, rows[at].content);
        (rows[at].prev, rows[at].hash) = (Ok(prev), Ok(hash));
    }
}

fn judge(rows: &[Made]) -> Judged {
    let mut walk = Walk::new(Names { prev: "prev_hash".into(), hash: "entry_hash".into() }, None);
    let each = |take: &mut dyn FnMut(Link<'_>)| {
        for made in rows {
            let compute = &mut |prev: &Hash, row: i64| taken(prev, row, made.content);
            take(Link { row: made.row, prev: made.prev.clone(), hash: made.hash.clone(), compute });
        }
    };
    each(&mut |link| walk.add(link));
    let mut search = walk.search();
    if let Some(search) = &mut search {
        each(&mut |link| search.look(link));
    }
    walk.judge(search)
}

/// Codes and sentences.
fn told(rows: &[Made]) -> Vec<String> {
    judge(rows).findings.into_iter().map(|(_, code, sentence)| format!("{code} {sentence}")).collect()
}

#[test]
fn a_sound_chain_is_verified() {
    let judged = judge(&chain(90));
    assert_eq!((judged.rows, judged.verified, judged.findings.len()), (90, 90, 0));
    assert_eq!(judged.head, chain(90)[89].hash.clone().ok());
    assert_eq!(judge(&[]), Judged::default());
}

#[test]
fn a_changed_row_is_named() {
    let mut rows = chain(9);
    rows[3].content = 8;
    assert_eq!(told(&rows), ["CHAIN-HASH row 4: its content does not give its entry_hash: it was changed after the hash was taken"]);
    assert_eq!(judge(&rows).verified, 8);
    // With a hash of its own the row is whole, and the row after it follows another.
    rows[3].hash = Ok(taken(rows[3].prev.as_ref().unwrap(), 4, 8));
    assert_eq!(
        told(&rows),
        ["CHAIN-LINK rows 4-5: prev_hash of row 5 is the hash of no row: row 4 was replaced, or rows after it are gone"]
    );
    rewrite(&mut rows, 4);
    assert_eq!(told(&rows), [""; 0], "only an anchor shows it");
}

#[test]
fn rows_that_are_gone_are_named() {
    let mut rows = chain(20);
    rows.drain(10..13);
    rows.remove(4);
    assert_eq!(
        told(&rows),
        [
            "CHAIN-LINK rows 4-6: prev_hash of row 6 is the hash of no row: row 5 is gone",
            "CHAIN-LINK rows 10-14: prev_hash of row 14 is the hash of no row: rows 11-13 are gone, 3 in all",
        ]
    );
    let first = told(&chain(5)[2..]);
    assert!(first[0].starts_with("CHAIN-GENESIS row 3, the first: prev_hash is ") && first.len() == 1, "{first:?}");
    assert_eq!(told(&chain(20)[..15]), [""; 0], "only an anchor shows it");
}

#[test]
fn rows_in_another_order_are_told_from_rows_that_were_exchanged() {
    let mut rows = chain(9);
    rows.swap(3, 4);
    assert_eq!(told(&rows), ["CHAIN-ORDER rows 5-4: the chain runs through them in another order, 4, 5; no row is missing"]);
    (rows[3].row, rows[4].row) = (4, 5);
    assert_eq!(told(&rows), ["CHAIN-LINK rows 4-5 were exchanged: they give their hashes with each other's ids, in the order 5, 4"]);
    // A chain that was made from its last id to its first.
    let mut back = chain(4);
    for (made, row) in back.iter_mut().zip([4, 3, 2, 1]) {
        made.row = row;
    }
    rewrite(&mut back, 0);
    back.reverse();
    assert_eq!(told(&back), ["CHAIN-ORDER rows 1-4: the chain runs through them in another order, 4, 3, 2, 1; no row is missing"]);
}

#[test]
fn a_fork_is_named_once() {
    let mut rows = chain(9);
    let prev = rows[4].prev.clone();
    for row in [10, 11] {
        rows.push(Made { row, content: 9, hash: Ok(taken(prev.as_ref().unwrap(), row, 9)), prev: prev.clone() });
    }
    assert_eq!(told(&rows), ["CHAIN-FORK rows 5, 10 and 11 share the same previous hash: the chain forks there"]);
    let mut anew = chain(4);
    anew[2].prev = Ok(GENESIS);
    anew[2].hash = Ok(taken(&GENESIS, 3, 7));
    assert_eq!(told(&anew)[0], "CHAIN-FORK rows 1 and 3 share the same previous hash: the chain forks there");
}

#[test]
fn what_is_no_hash_is_told_where_it_stands() {
    let mut rows = chain(5);
    rows[2].prev = Err("is NULL".into());
    rows[4].hash = Err("has 20 bytes, not 32".into());
    assert_eq!(told(&rows), ["CHAIN-LINK row 3: prev_hash is NULL", "CHAIN-HASH row 5: entry_hash has 20 bytes, not 32"]);
    assert_eq!(judge(&rows).verified, 3);
    rows[0].prev = Err("is NULL".into());
    assert_eq!(told(&rows)[0], "CHAIN-GENESIS row 1, the first: prev_hash is NULL, where a chain begins with 32 zero bytes");
    let mut wrong = chain(3);
    wrong[0].prev = Ok([1; 32]);
    wrong[0].hash = Ok(taken(&[1; 32], 1, 7));
    assert!(told(&wrong)[0].starts_with("CHAIN-GENESIS row 1, the first: prev_hash is 010101010101…"), "{:?}", told(&wrong));
}

#[test]
fn a_hash_may_be_bytes_or_hex_of_either_case() {
    let hash = digest(b"x");
    let hex = crate::io::hash::hex(&hash);
    assert_eq!(stated(Cell::Blob(&hash)), Ok(hash));
    assert_eq!(stated(Cell::Text(hex.as_bytes())), Ok(hash));
    assert_eq!(stated(Cell::Text(hex.to_uppercase().as_bytes())), Ok(hash));
    for (cell, why) in [
        (Cell::Null, "is NULL"),
        (Cell::Integer(0), "is 0"),
        (Cell::Blob(&hash[1..]), "has 31 bytes, not 32"),
        (Cell::Text(b""), "has 0 characters, not 64 hex digits"),
        (Cell::Text(&hex.as_bytes()[2..]), "has 62 characters, not 64 hex digits"),
    ] {
        assert_eq!(stated(cell), Err(why.to_owned()));
    }
    assert!(stated(Cell::Text(hex.replace('2', "+").as_bytes())).unwrap_err().ends_with("which is not hex"));
}

#[test]
fn a_map_says_how_rows_are_chained() {
    let mut errors = Vec::new();
    let mut spec = |text: &str| {
        errors.clear();
        let node = crate::io::yaml::parse("m", text, &mut errors).unwrap();
        (Spec::parse(&node, &mut errors), errors.iter().map(ToString::to_string).collect::<String>())
    };
    assert_eq!(spec("scheme: native"), (Spec::default(), String::new()));
    let (own, _) = spec("{ scheme: native, prev: before, hash: mine }");
    assert_eq!((own.prev.as_str(), own.hash.as_str(), own.scheme), ("before", "mine", Scheme::Native));
    assert!(spec("scheme: natve").1.contains("unknown scheme of a chain `natve`"));
}

/// Changes that leave a chain of as many rows or fewer, and a chain that was changed in some way.
fn changed() -> impl Strategy<Value = Vec<Made>> {
    (2..40_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..5_u8).prop_map(|(n, a, b, how)| {
        let mut rows = chain(n as i64);
        let (a, b) = (a.index(n), b.index(n));
        match how {
            0 => rows[a].content ^= 1,
            1 => rows[a].hash.as_mut().unwrap()[b % 32] ^= 1,
            2 => rows[a].prev.as_mut().unwrap()[b % 32] ^= 1,
            // Not the last: that only an anchor shows.
            3 => drop(rows.remove(a.min(n - 2))),
            _ => {
                let other = if a == b { (a + 1) % n } else { b };
                (rows[a].row, rows[other].row) = (rows[other].row, rows[a].row);
                rows.sort_by_key(|made| made.row);
            }
        }
        rows
    })
}

proptest! {
    #[test]
    fn no_change_stays_unseen(rows in changed()) {
        let judged = judge(&rows);
        prop_assert!(!judged.findings.is_empty());
        prop_assert!(judged.verified < judged.rows);
    }
}

/// A table of gigabytes is gone through once.
#[test]
fn a_chain_is_verified_with_the_rows_where_they_stand_in_its_order() {
    use crate::io::sqlite::testing::make;
    for (id, once) in [("INTEGER PRIMARY KEY", true), ("INTEGER", false), ("TEXT PRIMARY KEY", false)] {
        let made = make(&format!("CREATE TABLE t (id {id}, a, prev_hash BLOB, entry_hash BLOB)"));
        let snapshot = crate::io::sqlite::Snapshot::open(&made.path, crate::instant::Instant(0)).unwrap();
        let covered = vec![(crate::ingest::audit::column::Column::Id, "id")];
        let table = snapshot.table("t").unwrap();
        let asked =
            Asked { snapshot: &snapshot, table, spec: None, covered, id: Some("id"), times: &Times::default(), anchor: None, kept: false };
        assert_eq!(along(&asked).is_some(), once, "{id}");
    }
}
