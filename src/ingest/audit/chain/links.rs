//! Whether the rows of a chain follow each other: each names the hash of the row before it.
//!
//! One walk over the rows in order needs no memory but for the places where the chain breaks. Those are then explained: rows that
//! stand in another order, two rows behind the same one, a row that is gone. Where the explanation needs another look at the
//! table, a second walk finds the rows that hold and use the hashes in question.

use crate::io::hash::hex;
use crate::metric::grouped;
use std::collections::{BTreeMap, BTreeSet};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What the first row names as the hash before it.
pub const GENESIS: Hash = [0; 32];

/// So many breaks and wrong hashes are explained; the others are only counted.
const KEPT: usize = 10_000;
/// So many rows that name the same hash are told.
const USERS: usize = 5;

/// A hash as a row states it, or what is wrong with it: `is NULL`.
pub type Stated = Result<Hash, String>;

/// Something wrong with a row of the chain: the row, the code and a sentence.
pub type Finding = (i64, &'static str, String);

/// A row of the chain.
pub struct Link<'a> {
    /// Its number.
    pub row: i64,
    /// What it states as the hash of the row before.
    pub prev: Stated,
    /// What it states as its own hash.
    pub hash: Stated,
    /// Its hash, given that of the row before and its number.
    pub compute: &'a mut dyn FnMut(&Hash, i64) -> Hash,
}

/// What the two columns of hashes are called, for messages.
#[derive(Clone, Debug)]
pub struct Names {
    /// The hash of the row before.
    pub prev: String,
    /// The row's own hash.
    pub hash: String,
}

/// Rows that follow each other without a break.
#[derive(Clone, Debug)]
struct Segment {
    first: i64,
    last: i64,
    rows: u64,
    /// What its first row names.
    prev: Hash,
    /// The hash of its last row.
    end: Hash,
}

/// The first walk.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The columns of hashes.
    pub names: Names,
    /// Rows so far.
    pub rows: u64,
    /// Rows whose hash and link hold.
    pub verified: u64,
    /// At this many rows the hash is noted in `anchored`.
    pub anchor: Option<u64>,
    /// The hash of the row that the anchor is about.
    pub anchored: Option<Hash>,
    segments: Vec<Segment>,
    /// Rows whose content does not give their hash.
    wrong: BTreeMap<i64, String>,
    findings: Vec<Finding>,
    /// Breaks and wrong hashes that are not kept, by code.
    surplus: BTreeMap<&'static str, u64>,
}

/// What a second walk looks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Hashes that are named where they should not be: the row that has each, and the rows that name it.
    wanted: BTreeMap<Hash, (Option<i64>, Vec<i64>)>,
    /// Rows that seem to have changed places, and the numbers they would have had.
    moved: BTreeMap<i64, i64>,
    /// Those of them whose content gives their hash with that number.
    confirmed: Vec<i64>,
    /// The segments in the order of the links, where they all follow each other.
    order: Option<Vec<usize>>,
}

/// What became of a chain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// Rows.
    pub rows: u64,
    /// Rows whose hash and link hold.
    pub verified: u64,
    /// The hash of the last row.
    pub head: Option<Hash>,
    /// What is wrong, in the order of the rows.
    pub findings: Vec<Finding>,
    /// What is wrong beyond those, by code.
    pub surplus: BTreeMap<&'static str, u64>,
}

impl Walk {
    /// A walk that has not begun.
    pub fn new(names: Names, anchor: Option<u64>) -> Walk {
        Walk {
            names,
            rows: 0,
            verified: 0,
            anchor,
            anchored: None,
            segments: Vec::new(),
            wrong: BTreeMap::new(),
            findings: Vec::new(),
            surplus: BTreeMap::new(),
        }
    }

    /// The number of the last row; 0 before the first.
    pub fn last(&self) -> i64 {
        self.segments.last().map_or(0, |segment| segment.last)
    }

    /// Takes the next row.
    pub fn add(&mut self, link: Link<'_>) {
        let Link { row, prev, hash, compute } = link;
        let before = self.segments.last().map(|segment| segment.end);
        // A row that names no hash is judged as if it named the right one: only its link is broken then.
        let computed = compute(prev.as_ref().ok().or(before.as_ref()).unwrap_or(&GENESIS), row);
        let content = self.content(row, &hash, &computed);
        let linked = self.link(row, prev, before);
        let end = hash.unwrap_or(computed);
        self.rows += 1;
        self.verified += u64::from(content && linked.is_ok());
        if self.anchor == Some(self.rows) {
            self.anchored = Some(end);
        }
        let breaks = match linked {
            Err(Some(prev)) => Some(prev),
            _ => before.is_none().then_some(GENESIS),
        };
        let room = before.is_none() || self.segments.len() < KEPT;
        if let Some(prev) = breaks.filter(|_| room) {
            self.segments.push(Segment { first: row, last: row, rows: 1, prev, end });
        } else if let Some(segment) = self.segments.last_mut() {
            (segment.last, segment.end, segment.rows) = (row, end, segment.rows + 1);
            if breaks.is_some() {
                *self.surplus.entry("CHAIN-LINK").or_default() += 1;
            }
        }
    }

    /// Whether the content of a row gives the hash it states.
    fn content(&mut self, row: i64, stated: &Stated, computed: &Hash) -> bool {
        let name = &self.names.hash;
        let sentence = match stated {
            Ok(hash) if hash == computed => return true,
            Ok(_) => format!("row {row}: its content does not give its {name}: it was changed after the hash was taken"),
            Err(why) => format!("row {row}: {name} {why}"),
        };
        if self.wrong.len() < KEPT {
            self.wrong.insert(row, sentence);
        } else {
            *self.surplus.entry("CHAIN-HASH").or_default() += 1;
        }
        false
    }

    /// Whether a row names the row before it. The hash it names instead, if it is one.
    fn link(&mut self, row: i64, prev: Stated, before: Option<Hash>) -> Result<(), Option<Hash>> {
        match (prev, before) {
            (Ok(prev), Some(before)) if prev == before => Ok(()),
            (Ok(prev), None) if prev == GENESIS => Ok(()),
            (Ok(prev), _) => Err(Some(prev)),
            (Err(why), before) => {
                let name = &self.names.prev;
                let finding = match before {
                    Some(_) => (row, "CHAIN-LINK", format!("row {row}: {name} {why}")),
                    None => (row, "CHAIN-GENESIS", format!("row {row}, the first: {name} {why}, where a chain begins with 32 zero bytes")),
                };
                self.keep(finding);
                Err(None)
            }
        }
    }

    fn keep(&mut self, finding: Finding) {
        if self.findings.len() < KEPT {
            self.findings.push(finding);
        } else {
            *self.surplus.entry(finding.1).or_default() += 1;
        }
    }

    /// What must be looked for in a second walk; nothing when all is explained, or well.
    pub fn search(&self) -> Option<Search> {
        if self.segments.len() < 2 && self.segments.first().is_none_or(|first| first.prev == GENESIS) {
            return None;
        }
        let mut search = Search { order: self.order(), ..Search::default() };
        match &search.order {
            Some(order) => search.moved = self.moved(order),
            None => {
                search.wanted = self.segments.iter().map(|segment| (segment.prev, (None, Vec::new()))).collect();
            }
        }
        Some(search)
    }

    /// The segments in the order in which each names the one before; nothing when they do not form one chain.
    fn order(&self) -> Option<Vec<usize>> {
        if !self.surplus.is_empty() {
            return None;
        }
        let mut by_prev = BTreeMap::new();
        for (index, segment) in self.segments.iter().enumerate() {
            if by_prev.insert(segment.prev, index).is_some() {
                return None;
            }
        }
        let mut order = Vec::with_capacity(self.segments.len());
        let mut hash = GENESIS;
        while let Some(index) = by_prev.remove(&hash) {
            order.push(index);
            hash = self.segments[index].end;
        }
        by_prev.is_empty().then_some(order)
    }

    /// Single rows that stand elsewhere than in the chain, with the number that stands at their place in it: rows whose contents
    /// were exchanged give their hashes with each other's numbers.
    fn moved(&self, order: &[usize]) -> BTreeMap<i64, i64> {
        let pairs = order.iter().enumerate().map(|(place, index)| (&self.segments[*index], &self.segments[place]));
        pairs
            .filter(|(one, there)| one.first != there.first && one.rows == 1 && there.rows == 1)
            .map(|(one, there)| (one.first, there.first))
            .collect()
    }

    /// What became of the chain, given what a second walk found.
    pub fn judge(mut self, search: Option<Search>) -> Judged {
        if let Some(search) = search {
            match &search.order {
                Some(order) => self.in_order(order, &search),
                None => self.breaks(&search),
            }
        }
        let mut findings = std::mem::take(&mut self.findings);
        findings.extend(self.wrong.into_iter().map(|(row, sentence)| (row, "CHAIN-HASH", sentence)));
        findings.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let head = self.segments.last().map(|segment| segment.end);
        Judged { rows: self.rows, verified: self.verified, head, findings, surplus: self.surplus }
    }

    /// All links are there, but not in the order of the rows.
    fn in_order(&mut self, order: &[usize], search: &Search) {
        for row in &search.confirmed {
            self.wrong.remove(row);
        }
        let mut at = 0;
        while at < order.len() {
            let start = at;
            // The shortest run of places that holds the same segments in both orders.
            let mut reach = order[at];
            while at < reach {
                at += 1;
                reach = reach.max(order[at]);
            }
            at += 1;
            if at - start > 1 {
                let rows = &self.segments[start..at];
                let (first, last) = (rows[0].first, rows[rows.len() - 1].last);
                let told: Vec<String> = order[start..at].iter().take(USERS).map(|index| self.segments[*index].first.to_string()).collect();
                let chain = format!("{}{}", told.join(", "), if at - start > USERS { ", …" } else { "" });
                let exchanged = rows.iter().any(|segment| search.confirmed.contains(&segment.first));
                let finding = if exchanged {
                    (
                        first,
                        "CHAIN-LINK",
                        format!("rows {first}-{last} were exchanged: they give their hashes with each other's ids, in the order {chain}"),
                    )
                } else {
                    (
                        first,
                        "CHAIN-ORDER",
                        format!("rows {first}-{last}: the chain runs through them in another order, {chain}; no row is missing"),
                    )
                };
                self.keep(finding);
            }
        }
    }

    /// Some links lead nowhere, or to the same row.
    fn breaks(&mut self, search: &Search) {
        let mut forks = BTreeSet::new();
        let mut found = Vec::new();
        let mut before = None;
        for segment in &self.segments {
            if before.is_some() || segment.prev != GENESIS {
                found.extend(self.explain(segment, before, search, &mut forks));
            }
            before = Some(segment.last);
        }
        for finding in found {
            self.keep(finding);
        }
    }

    /// Why the first row of a segment does not name the row before it; a fork is told once.
    fn explain(&self, segment: &Segment, before: Option<i64>, search: &Search, forks: &mut BTreeSet<Hash>) -> Option<Finding> {
        let (row, prev, name) = (segment.first, segment.prev, &self.names.prev);
        let (holder, users) = search.wanted.get(&prev).map(|(holder, users)| (*holder, users.as_slice())).unwrap_or_default();
        if let [others @ .., last] = users
            && !others.is_empty()
        {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            let sentence = format!("rows {} and {last} share the same previous hash: the chain forks there", others.join(", "));
            return forks.insert(prev).then_some((row, "CHAIN-FORK", sentence));
        }
        let Some(before) = before else {
            let hash = &hex(&prev)[..12];
            let sentence = format!(
                "row {row}, the first: {name} is {hash}…, where a chain begins with 32 zero bytes: rows before it are gone, or it was begun anew"
            );
            return Some((row, "CHAIN-GENESIS", sentence));
        };
        let sentence = match holder {
            Some(holder) => {
                format!("row {row}: {name} is the hash of row {holder}, not of row {before}: rows {before}-{row} are not in order")
            }
            None if prev == GENESIS => format!("row {row}: {name} is that of a first row: another chain begins after row {before}"),
            None => {
                let why = match row.saturating_sub(before) - 1 {
                    ..=0 => format!("row {before} was replaced, or rows after it are gone"),
                    1 => format!("row {} is gone", before + 1),
                    n => format!("rows {}-{} are gone, {} in all", before + 1, row - 1, grouped(n.unsigned_abs())),
                };
                format!("rows {before}-{row}: {name} of row {row} is the hash of no row: {why}")
            }
        };
        Some((row, "CHAIN-LINK", sentence))
    }
}

impl Search {
    /// Takes the next row of the second walk.
    pub fn look(&mut self, link: Link<'_>) {
        let Link { row, prev, hash, compute } = link;
        if let Some((_, users)) = prev.as_ref().ok().and_then(|prev| self.wanted.get_mut(prev))
            && users.len() < USERS
        {
            users.push(row);
        }
        if let Some((holder, _)) = hash.as_ref().ok().and_then(|hash| self.wanted.get_mut(hash)) {
            *holder = holder.or(Some(row));
        }
        if let (Some(number), Ok(prev), Ok(hash)) = (self.moved.get(&row), &prev, &hash)
            && compute(prev, *number) == *hash
        {
            self.confirmed.push(row);
        }
    }
}
