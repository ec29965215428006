//! Chains of hashes: each row states the hash of the row before it and its own, so that whoever changes a row must change all rows
//! after it. A chain is verified as its scheme is defined, and what the scheme leaves open is said.

mod along;
mod anchor;
mod lexecon;
mod links;
mod native;
mod reflexio;
mod rlhf;
mod sessions;
mod tree;

use super::column::Column;
use super::{Draft, file_code};
use crate::checkpoint::Trail;
use crate::error::Diagnostic;
use crate::ingest::table::Times;
use crate::ingest::{Reading, table};
use crate::integrity::Bond;
use crate::io::spelling;
use crate::io::sqlite::{Failure, Snapshot, Table};
use crate::io::yaml::Node;
use crate::metric::grouped;
use crate::source::Location;
use anchor::Anchor;
use lexecon::Ledger;
use links::{Hash, Judged, Link, Names, Walk};
use native::Rows;

pub use along::Along;
pub use links::Finding;

/// How rows are chained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// SHA-256 of the hash before and the row's bytes.
    Native,
    /// That of Lexecon's ledger.
    Lexecon,
    /// That of the events of an RLHF audit trail.
    Rlhf,
    /// That of Reflexio's events of integrity.
    Reflexio,
    /// Not at all.
    None,
}

impl Scheme {
    const ALL: [(Scheme, &'static str); 5] = [
        (Scheme::Native, "native"),
        (Scheme::Lexecon, "lexecon"),
        (Scheme::Rlhf, "rlhf"),
        (Scheme::Reflexio, "reflexio"),
        (Scheme::None, "none"),
    ];

    /// As a map names it.
    pub fn name(self) -> &'static str {
        Scheme::ALL.iter().find(|(scheme, _)| *scheme == self).map_or("", |(_, name)| name)
    }

    /// Attacks that the scheme does not show, with or without an anchor.
    fn leaves_open(self) -> &'static str {
        match self {
            Scheme::Native => {
                "rows taken from the end and a table written anew from some row on, which only an anchor shows; \
                 columns outside of the hash; and who wrote a row, because no hash is signed"
            }
            Scheme::Lexecon => {
                "entries taken from the end together with latest_hash, which lies in the same database, and a ledger written anew: \
                 only an anchor shows those; an entry written over by INSERT OR REPLACE with all after it; `created_at`, which no hash covers; \
                 and who wrote an entry"
            }
            Scheme::Rlhf => {
                "events taken from the end of a session, or a whole session, because neither batches nor sessions are linked; a batch for \
                 another with the same root, whose tree doubles the last of an odd row (CVE-2012-2459) and hashes leaves and nodes alike; \
                 a trail written anew; columns outside of the hash; and who wrote an event: its key is not in the table"
            }
            Scheme::Reflexio => {
                "a stage, a time or metadata that were changed, because the hash is of the content alone; a prev_hash that was changed \
                 together with the content_hash it names; stages taken from the end of an ingest, or a whole ingest; and who wrote an event"
            }
            Scheme::None => "",
        }
    }

    /// What a table of the scheme has beside its hashes and what the map names.
    fn reads(self) -> &'static [&'static str] {
        match self {
            Scheme::Lexecon => &lexecon::KNOWN,
            Scheme::Rlhf => &rlhf::COLUMNS,
            Scheme::Reflexio => &reflexio::COLUMNS,
            Scheme::Native | Scheme::None => &[],
        }
    }
}

/// What a map says of a table's chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// How rows are chained.
    pub scheme: Scheme,
    /// The column with the hash of the row before.
    pub prev: String,
    /// The column with the row's own hash.
    pub hash: String,
}

impl Default for Spec {
    fn default() -> Self {
        Spec { scheme: Scheme::Native, prev: "prev_hash".to_owned(), hash: "entry_hash".to_owned() }
    }
}

impl Spec {
    /// Reads `{ scheme: native, prev: prev_hash, hash: entry_hash }`.
    pub fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Spec {
        let mut fields = node.fields("chain", errors);
        fields.require("scheme");
        let mut spec = Spec::default();
        if let Some(word) = fields.spanned("scheme") {
            match Scheme::ALL.iter().find(|(_, name)| *name == word.text) {
                Some((scheme, _)) => spec.scheme = *scheme,
                None => {
                    let names = Scheme::ALL.map(|(_, name)| name);
                    let help = spelling::did_you_mean(&word.text, names).or_else(|| Some(format!("there are {}", names.join(", "))));
                    fields.errors.push(Diagnostic::new(word.place, format!("unknown scheme of a chain `{}`", word.text)).help(help));
                }
            }
        }
        spec.prev = fields.text("prev").unwrap_or(spec.prev);
        spec.hash = fields.text("hash").unwrap_or(spec.hash);
        fields.finish();
        spec
    }

    /// Whether a column holds the hashes of a chain, or something that its scheme reads beside the map.
    pub fn names(spec: Option<&Spec>, column: &str) -> bool {
        let usual = Spec::default();
        let spec = spec.unwrap_or(&usual);
        let hashes = [spec.prev.as_str(), spec.hash.as_str()];
        spec.scheme != Scheme::None && hashes.iter().chain(spec.scheme.reads()).any(|name| name.eq_ignore_ascii_case(column))
    }
}

/// How far a chain shows that nothing was rewritten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// There is none, or it does not hold.
    #[default]
    Open,
    /// It holds, and whoever can write the table can write it anew.
    Chained,
    /// It holds, and leads to a hash that was kept elsewhere.
    Anchored,
}

/// What is known of a chain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What binds the rows.
    pub bond: Bond,
    /// How far it holds.
    pub standing: Standing,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// How many findings there are beyond those, by code.
    pub surplus: Vec<(&'static str, u64)>,
    /// What should be known of it: problem codes and sentences.
    pub notes: Vec<(&'static str, String)>,
}

/// A table, and what is needed of it to verify its chain.
pub struct Asked<'a> {
    /// The open database.
    pub snapshot: &'a Snapshot,
    /// The table.
    pub table: &'a Table,
    /// What the map says of its chain.
    pub spec: Option<&'a Spec>,
    /// The columns that the map knows, and as the table writes them, in the map's order.
    pub covered: Vec<(Column, &'a str)>,
    /// The column that numbers the rows.
    pub id: Option<&'a str>,
    /// How the map says that times are written.
    pub times: &'a Times,
    /// The text of an anchor.
    pub anchor: Option<&'a str>,
    /// Whether a checkpoint was kept, which says more than an anchor does.
    pub kept: bool,
}

impl Asked<'_> {
    /// How the table is chained, and the columns of its hashes as the table writes them; nothing when it is not.
    fn chain(&self) -> Option<(Scheme, Names)> {
        let usual = Spec::default();
        let spec = self.spec.unwrap_or(&usual);
        let column = |name: &str| table::column(self.table, name).map(str::to_owned);
        let (prev, hash) = column(&spec.prev).zip(column(&spec.hash)).filter(|_| spec.scheme != Scheme::None)?;
        Some((spec.scheme, Names { prev, hash }))
    }
}

/// Begins to verify a chain whose rows are read anyway; nothing where they must be read in an order of their own.
pub fn along(asked: &Asked<'_>) -> Option<Along> {
    let (scheme, names) = asked.chain()?;
    let anchor = asked.anchor.and_then(|text| Anchor::parse(text).ok());
    Along::begin(asked, scheme, names, anchor.map(|anchor| anchor.size))
}

/// Says what binds the rows of a table to each other, and to what was kept of them elsewhere.
///
/// `along` is the chain's first walk, where it was made with the rows.
pub fn bind(reading: &mut Reading<'_>, asked: &Asked<'_>, along: Option<Along>, draft: &mut Draft) {
    draft.bond = Some(Bond::Nothing);
    match verify(asked, along) {
        Ok(outcome) => {
            for (code, sentence) in outcome.notes {
                reading.note(code, Location::whole(), sentence);
            }
            (draft.bond, draft.standing) = (Some(outcome.bond), outcome.standing);
            draft.tally.accuse(outcome.findings, &outcome.surplus);
        }
        Err(failure) => reading.error(file_code(failure.code), Location::whole(), failure.message),
    }
    let Some(kept) = reading.request.checkpoint else { return };
    match tree::grow(asked.snapshot, asked.table, asked.id, kept.clone()) {
        Ok(trail) => draft.trail = Some(Trail { path: draft.path.clone(), ..trail }),
        Err(failure) => reading.error(file_code(failure.code), Location::whole(), failure.message),
    }
}

/// Verifies the chain of a table. Where the map says nothing, a table with the two columns of the native scheme has a chain.
///
/// # Errors
/// When the table cannot be read to its end.
fn verify(asked: &Asked<'_>, along: Option<Along>) -> Result<Outcome, Failure> {
    if let Some(spec) = asked.spec.filter(|spec| table::column(asked.table, &spec.hash).is_some()) {
        match spec.scheme {
            Scheme::Rlhf => return rlhf::verify(asked, spec),
            Scheme::Reflexio => return reflexio::verify(asked, spec),
            _ => {}
        }
    }
    let anchor = asked.anchor.map(Anchor::parse).transpose();
    let mut outcome = match (asked.chain(), asked.spec) {
        (Some((scheme, names)), _) => chain(asked, scheme, names, along, anchor.as_ref().ok().copied().flatten())?,
        (None, Some(spec)) if spec.scheme != Scheme::None => {
            let sentence =
                format!("the map says that {} is chained, and its columns {} and {} are not there", asked.table.name, spec.prev, spec.hash);
            Outcome { findings: vec![(0, "CHAIN-LINK", sentence)], ..Outcome::default() }
        }
        (None, spec) => {
            let mut outcome = without(&anchor);
            let half = half(asked.table).filter(|_| spec.is_none());
            outcome.findings.extend(half.map(|sentence| (0, "CHAIN-LINK", sentence)));
            outcome
        }
    };
    if let Err(sentence) = anchor {
        outcome.standing = outcome.standing.min(Standing::Chained);
        outcome.findings.push((0, "CHAIN-ANCHOR", format!("the anchor cannot be read: {sentence}")));
    }
    Ok(outcome)
}

/// What is to be said of a table that has one column of a native chain, and not the other.
fn half(table: &Table) -> Option<String> {
    let Spec { prev, hash, .. } = Spec::default();
    let has = |name: &str| table::column(table, name).is_some();
    let (there, gone) = match (has(&prev), has(&hash)) {
        (true, false) => (prev, hash),
        (false, true) => (hash, prev),
        _ => return None,
    };
    Some(format!("{} has {there} and no {gone}: a chain needs both, and whoever took the one away hides a break", table.name))
}

/// What became of many chains in one table, which no single hash can anchor.
fn unanchored(asked: &Asked<'_>, mut outcome: Outcome) -> Outcome {
    if asked.anchor.is_some() {
        outcome.standing = Standing::Open;
        let sentence = "an anchor is the end of one chain, and here are many: keep a checkpoint of the rows instead".to_owned();
        outcome.findings.push((0, "CHAIN-ANCHOR", sentence));
    }
    outcome
}

/// A table without a chain.
fn without(anchor: &Result<Option<Anchor>, String>) -> Outcome {
    let mut outcome = Outcome::default();
    if let Ok(Some(_)) = anchor {
        let sentence = "there is an anchor, and no chain that could be held against it".to_owned();
        outcome.findings.push((0, "CHAIN-ANCHOR", sentence));
    }
    let sentence = "no tamper evidence scheme present: integrity NOT verifiable: that no row was changed or removed later cannot be shown";
    outcome.notes.push(("no-chain", sentence.to_owned()));
    outcome
}

fn chain(asked: &Asked<'_>, scheme: Scheme, names: Names, along: Option<Along>, anchor: Option<Anchor>) -> Result<Outcome, Failure> {
    let chain = Chain::new(asked, scheme, &names);
    let walk = match along {
        Some(along) => along.done(),
        None => {
            let mut walk = Walk::new(names, anchor.map(|anchor| anchor.size));
            chain.links(&mut |link| walk.add(link))?;
            walk
        }
    };
    let mut search = walk.search();
    if let Some(search) = &mut search {
        chain.links(&mut |link| search.look(link))?;
    }
    let (noted, last) = (walk.anchored, walk.last());
    let mut judged = walk.judge(search);
    if let Chain::Lexecon(ledger) = &chain {
        judged.findings.extend(ledger.ends(judged.rows, judged.head)?);
    }
    Ok(settle(judged, scheme, anchor.map(|anchor| (anchor, noted)), asked.kept, last))
}

/// The rows of a table, as its scheme chains them.
enum Chain<'s> {
    Native(Rows<'s>),
    Lexecon(Ledger<'s>),
}

impl<'s> Chain<'s> {
    fn new(asked: &Asked<'s>, scheme: Scheme, names: &Names) -> Chain<'s> {
        let hashes = [names.prev.as_str(), names.hash.as_str()];
        match scheme {
            Scheme::Lexecon => Chain::Lexecon(Ledger::new(asked.snapshot, asked.table, hashes)),
            _ => {
                let covered: Vec<&str> = asked.covered.iter().map(|(_, name)| *name).collect();
                Chain::Native(Rows::new(asked.snapshot, asked.table, &covered, asked.id, Some(hashes)))
            }
        }
    }

    fn links(&self, each: &mut dyn FnMut(Link<'_>)) -> Result<(), Failure> {
        match self {
            Chain::Native(rows) => rows.links(each),
            Chain::Lexecon(ledger) => ledger.links(each),
        }
    }
}

fn settle(judged: Judged, scheme: Scheme, anchor: Option<(Anchor, Option<Hash>)>, kept: bool, last: i64) -> Outcome {
    let holds = judged.findings.is_empty() && judged.surplus.is_empty();
    let bond = if scheme == Scheme::Lexecon { Bond::Ledger } else { Bond::Native };
    let mut outcome = Outcome { bond, findings: judged.findings, surplus: judged.surplus.into_iter().collect(), ..Outcome::default() };
    let verified = format!("chain verified {}/{} ({})", grouped(judged.verified), grouped(judged.rows), scheme.name());
    let standing = match anchor.map(|(anchor, hash)| anchor.hold(judged.rows, hash, last)) {
        None if holds && kept => {
            outcome.standing = Standing::Chained;
            "internally consistent; whether all of it was written anew, the checkpoint says".to_owned()
        }
        None if holds => {
            outcome.standing = Standing::Chained;
            "internally consistent, not anchored: whoever can write the table can write all of it anew, or take rows from its end; \
             keep {size, head} elsewhere and name it as `anchor`"
                .to_owned()
        }
        None => "not anchored".to_owned(),
        Some(Ok(sentence)) => {
            outcome.standing = if holds { Standing::Anchored } else { Standing::Open };
            sentence
        }
        Some(Err(finding)) => {
            outcome.findings.push(finding);
            "not the chain that was anchored".to_owned()
        }
    };
    outcome.notes.push(("chain", format!("{verified}: {standing}")));
    outcome.notes.push(("chain-limits", format!("a {} chain does not show {}", scheme.name(), scheme.leaves_open())));
    outcome
}

#[cfg(test)]
mod tests;
