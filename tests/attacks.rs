//! What the integrity ladder claims, held against what is seen: each attack is done to each kind of chain on each level.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use rusqlite::{Connection, params};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use support::readiness;

/// Keys in PEM: of the first and second test of RFC 8032, section 7.1.
const OWN: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
const OTHER: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJsv+5bbndsyilypZt2tGPAPSpprbaZO1niqb46m\n-----END PRIVATE KEY-----\n";

/// How rows are bound.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scheme {
    None,
    Native,
    Lexecon,
    Rlhf,
    /// The program's own table, in which no content can be held against a hash.
    RlhfLinks,
    Reflexio,
}

/// What is kept elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    Nothing,
    Head,
    Checkpoint,
    Signed,
    Witnessed,
}

/// A row as all of the schemes have it: two sessions, and times in the order of the ids.
#[derive(Clone, Debug)]
struct Row {
    id: i64,
    session: &'static str,
    what: String,
    prev: Option<String>,
    hash: String,
}

impl Row {
    fn seconds(&self) -> i64 {
        1_771_318_800 + self.id * 60
    }

    fn time(&self, form: &str) -> String {
        form.replace("MM", &format!("{:02}", self.id))
    }

    fn name(&self) -> String {
        if self.id == 1 { "genesis".to_owned() } else { format!("entry_{}", self.id) }
    }
}

fn sha(parts: &[&[u8]]) -> String {
    let digest = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hash: &str) -> Vec<u8> {
    (0..hash.len()).step_by(2).map(|at| u8::from_str_radix(&hash[at..at + 2], 16).unwrap()).collect()
}

const ISO: &str = "2026-02-17T09:MM:00";
const SPACED: &str = "2026-02-17 09:MM:00.000000";
const ZONED: &str = "2026-02-17T09:MM:00+00:00";

impl Scheme {
    const ALL: [Scheme; 6] = [Scheme::None, Scheme::Native, Scheme::Lexecon, Scheme::Rlhf, Scheme::RlhfLinks, Scheme::Reflexio];

    /// Whether each session is a chain of its own.
    fn has_sessions(self) -> bool {
        matches!(self, Scheme::Rlhf | Scheme::RlhfLinks | Scheme::Reflexio)
    }

    /// The hash of a row, given the one before.
    fn hash(self, row: &Row) -> String {
        let prev = row.prev.clone().unwrap_or_default();
        match self {
            Scheme::None => String::new(),
            Scheme::Reflexio => sha(&[row.what.as_bytes(), &row.id.to_be_bytes()]),
            Scheme::Native => {
                let text = |text: &str| [&[3][..], &u32::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
                let id = [&[1][..], &row.id.to_be_bytes()].concat();
                sha(&[&bytes(&prev), &id, &text("DELETE"), &text(&row.time(ISO)), &text(&row.what)])
            }
            // Keys are in order, as JSON has them here, too.
            Scheme::Lexecon => {
                let kind = if row.id == 1 { "genesis" } else { "decision" };
                let of = json!({ "data": { "note": row.what }, "entry_id": row.name(), "event_type": kind, "previous_hash": prev, "timestamp": row.time(ISO) });
                sha(&[of.to_string().as_bytes()])
            }
            Scheme::Rlhf | Scheme::RlhfLinks => {
                let of = json!({ "data": data(row), "event_id": row.name(), "event_type": "annotation", "session_id": row.session, "timestamp": row.seconds() as f64 });
                sha(&[of.to_string().as_bytes()])
            }
        }
    }

    /// Takes the hashes of these rows anew, and of none before them.
    fn chain(self, rows: &mut [Row], from: usize, to: usize) {
        for at in from..to {
            let before =
                at.checked_sub(1).map(|before| &rows[before]).filter(|before| !self.has_sessions() || before.session == rows[at].session);
            let first = (!self.has_sessions()).then(|| "0".repeat(64));
            rows[at].prev = before.map(|before| before.hash.clone()).or(first);
            rows[at].hash = self.hash(&rows[at]);
        }
    }

    fn sound(self) -> Vec<Row> {
        let ids = (1..=5).chain(7..=13);
        let row = |id| Row { id, session: if id < 8 { "one" } else { "two" }, what: format!("row {id}"), prev: None, hash: String::new() };
        let mut rows: Vec<Row> = ids.map(row).collect();
        let all = rows.len();
        self.chain(&mut rows, 0, all);
        rows
    }

    /// Writes the whole database, with everything beside the rows that counts them or names the last.
    fn store(self, rows: &[Row], path: &Path) {
        let _ = fs::remove_file(path);
        let mut db = Connection::open(path).unwrap();
        let writing = db.transaction().unwrap();
        let run = |sql: &str| writing.execute_batch(sql).unwrap();
        match self {
            Scheme::None => run("CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, what TEXT, note TEXT)"),
            Scheme::Native => run("CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, what TEXT, note TEXT, prev_hash BLOB, entry_hash BLOB)"),
            Scheme::Lexecon => run(
                "CREATE TABLE ledger_entries (entry_id TEXT PRIMARY KEY, event_type TEXT NOT NULL, timestamp TEXT NOT NULL,
                     data TEXT NOT NULL, previous_hash TEXT NOT NULL, entry_hash TEXT NOT NULL, created_at TEXT NOT NULL);
                 CREATE TABLE ledger_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at TEXT NOT NULL)",
            ),
            Scheme::Rlhf => run(
                "CREATE TABLE audit_events (id VARCHAR(64) NOT NULL PRIMARY KEY, session_id VARCHAR(64) NOT NULL, event_type VARCHAR(50) NOT NULL,
                     timestamp DATETIME NOT NULL, event_data JSON NOT NULL, integrity_hash VARCHAR(64) NOT NULL, previous_hash VARCHAR(64),
                     merkle_root VARCHAR(64), created_at DATETIME)",
            ),
            Scheme::RlhfLinks => run(
                "CREATE TABLE audit_events (id INTEGER NOT NULL PRIMARY KEY, session_id VARCHAR(36) NOT NULL, event_type VARCHAR(50) NOT NULL,
                     timestamp DATETIME NOT NULL, event_data JSON NOT NULL, signature TEXT, merkle_hash VARCHAR(64), verified BOOLEAN, created_at DATETIME)",
            ),
            Scheme::Reflexio => run(
                "CREATE TABLE integrity_events (id TEXT PRIMARY KEY, ingest_id TEXT NOT NULL, stage TEXT NOT NULL, content_hash TEXT NOT NULL,
                     prev_hash TEXT, metadata TEXT, created_at TEXT NOT NULL)",
            ),
        }
        let roots = batches(rows);
        for (row, root) in rows.iter().zip(roots) {
            let prev = row.prev.clone();
            let put = |sql: &str, values: &[&dyn rusqlite::ToSql]| writing.execute(sql, values).unwrap();
            match self {
                Scheme::None => put("INSERT INTO journal VALUES (?, ?, 'DELETE', ?)", params![row.id, row.time(ISO), row.what]),
                Scheme::Native => {
                    let hashes = (bytes(&prev.unwrap()), bytes(&row.hash));
                    put(
                        "INSERT INTO journal VALUES (?, ?, 'DELETE', ?, ?, ?)",
                        params![row.id, row.time(ISO), row.what, hashes.0, hashes.1],
                    )
                }
                Scheme::Lexecon => {
                    let (kind, note) = (if row.id == 1 { "genesis" } else { "decision" }, json!({ "note": row.what }).to_string());
                    let values = params![row.name(), kind, row.time(ISO), note, prev, row.hash];
                    put("INSERT INTO ledger_entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?3)", values)
                }
                Scheme::Rlhf => {
                    let values = params![row.name(), row.session, row.time(SPACED), data(row).to_string(), row.hash, prev, root];
                    put("INSERT INTO audit_events VALUES (?1, ?2, 'annotation', ?3, ?4, ?5, ?6, ?7, ?3)", values)
                }
                Scheme::RlhfLinks => {
                    let values = params![row.id, row.session, row.time(SPACED), data(row).to_string(), row.hash];
                    put("INSERT INTO audit_events VALUES (?1, ?2, 'annotation', ?3, ?4, NULL, ?5, 1, ?3)", values)
                }
                Scheme::Reflexio => {
                    let values = params![row.name(), row.session, row.hash, prev, json!({ "note": row.what }).to_string(), row.time(ZONED)];
                    put("INSERT INTO integrity_events VALUES (?1, ?2, 'enriched', ?3, ?4, ?5, ?6)", values)
                }
            };
        }
        if self == Scheme::Lexecon {
            let sql = "INSERT INTO ledger_metadata VALUES ('latest_hash', ?, '2026-02-17T10:00:00')";
            writing.execute(sql, [&rows.last().unwrap().hash]).unwrap();
        }
        writing.commit().unwrap();
    }
}

/// What an event holds: the hash of the one before in its session, and a note.
fn data(row: &Row) -> Json {
    match &row.prev {
        Some(prev) => json!({ "_previous_hash": prev, "note": row.what }),
        None => json!({ "note": row.what }),
    }
}

/// For each event the Merkle root of its batch: up to three of one session that follow each other.
fn batches(rows: &[Row]) -> Vec<String> {
    let mut roots = Vec::new();
    for batch in rows.chunk_by(|a, b| a.session == b.session).flat_map(|session| session.chunks(3)) {
        let mut level: Vec<String> = batch.iter().map(|row| row.hash.clone()).collect();
        while level.len() > 1 {
            level = level.chunks(2).map(|pair| sha(&[pair[0].as_bytes(), pair.last().unwrap().as_bytes()])).collect();
        }
        roots.extend(batch.iter().map(|_| level[0].clone()));
    }
    roots
}

/// Does an attack, as the ladder names it, with everything that its words allow.
fn attack(name: &str, scheme: Scheme, rows: &mut Vec<Row>) {
    let all = rows.len();
    match name {
        "byte" => rows[4].what = "rpw 5".to_owned(),
        "row" => {
            rows[4].what = "row V".to_owned();
            rows[4].hash = scheme.hash(&rows[4]);
        }
        "swap" => {
            let (a, b) = (rows[3].id, rows[4].id);
            (rows[3].id, rows[4].id) = (b, a);
            rows.swap(3, 4);
        }
        "middle" => drop(rows.remove(4)),
        "tail" => rows.truncate(all - 3),
        "fork" => {
            let mut row = Row { id: 6, what: "row 6".to_owned(), ..rows[5].clone() };
            row.hash = scheme.hash(&row);
            rows.insert(5, row);
        }
        "rewrite" | "forgery" => {
            rows[2].what = "row III".to_owned();
            scheme.chain(rows, 2, all);
        }
        other => panic!("an attack that nobody does: {other}"),
    }
}

/// A trail in a folder of its own, with what is kept of it.
struct Kept {
    folder: tempfile::TempDir,
    scheme: Scheme,
    hold: Hold,
    keys: Vec<String>,
}

impl Kept {
    fn new(scheme: Scheme, hold: Hold) -> Kept {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("own.pem"), OWN).unwrap();
        fs::write(folder.path().join("other.pem"), OTHER).unwrap();
        let chain = if scheme == Scheme::Native { "chain: { scheme: native }\n" } else { "" };
        let map =
            "family: audit\ntable: journal\ncolumns: { id: id, at: at, operation: what, actor: note }\ntime: { forms: [iso], zone: UTC }\n";
        fs::write(folder.path().join("map.yaml"), format!("{map}{chain}")).unwrap();
        let mut kept = Kept { folder, scheme, hold, keys: Vec::new() };
        let rows = scheme.sound();
        scheme.store(&rows, &kept.path("audit.db"));
        kept.keep(&rows, true);
        kept
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> support::Answer {
        let map: &[&str] = if matches!(self.scheme, Scheme::None | Scheme::Native) { &["--map", "map.yaml"] } else { &[] };
        readiness(self.folder.path(), &[arguments, map, &["--now", "2026-02-18"]].concat())
    }

    /// Keeps what there is now elsewhere; who has no keys cannot sign it.
    fn keep(&mut self, rows: &[Row], with_keys: bool) {
        let _ = fs::remove_file(self.path("kept"));
        let take = |more: &[&str]| {
            let answer = self.run(&[&["audit", "checkpoint", "audit.db", "--out", "kept"][..], more].concat());
            assert_eq!(answer.code, 0, "{:?}: {}", self.scheme, answer.err);
            answer.err.lines().find(|line| line.contains("+A") || line.contains("+B")).map(|key| key.trim().to_owned())
        };
        match self.hold {
            Hold::Nothing => {}
            Hold::Head => {
                let anchor = json!({ "size": rows.len(), "head": rows.last().unwrap().hash });
                fs::write(self.path("kept"), anchor.to_string()).unwrap();
            }
            Hold::Checkpoint => drop(take(&[])),
            Hold::Signed if with_keys => {
                self.keys = ["--signed-by".to_owned(), take(&["--key", "own.pem", "--origin", "example.com/audit"]).unwrap()].to_vec();
            }
            Hold::Witnessed if with_keys => {
                take(&[]);
                self.keys = ["--witnessed-by".to_owned(), take(&["--key", "other.pem", "--witness", "auditor.example"]).unwrap()].to_vec();
            }
            Hold::Signed | Hold::Witnessed => drop(take(&[])),
        }
    }

    /// What the program says of it; nothing where what was kept cannot be relied on.
    fn look(&self) -> Option<Json> {
        let held: &[&str] = match self.hold {
            Hold::Nothing => &[],
            Hold::Head => &["--anchor", "kept"],
            _ => &["--checkpoint", "kept"],
        };
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        let answer = self.run(&[&["inspect", "audit.db", "--format", "json"][..], held, &keys].concat());
        if answer.code == 2 {
            assert!(answer.err.contains("is no checkpoint to rely on"), "{}", answer.err);
            return None;
        }
        Some(serde_json::from_str(&answer.out).unwrap())
    }
}

fn level(told: &Json) -> &str {
    told["metrics"].as_array().unwrap().iter().find(|metric| metric["id"] == "audit.integrity").unwrap()["text"].as_str().unwrap()
}

/// Codes of chains; what else is found in rows may be there without an attack.
fn signs(told: &Json) -> BTreeSet<String> {
    let findings = told["records"]["audit.finding"].as_array().unwrap();
    findings.iter().map(|row| row["code"].as_str().unwrap().to_owned()).filter(|code| code.starts_with("CHAIN-")).collect()
}

/// Every attack on a kind of chain: what is claimed, and whether it was seen, by level.
fn every(scheme: Scheme) {
    let holds = [Hold::Nothing, Hold::Head, Hold::Checkpoint, Hold::Signed, Hold::Witnessed];
    let has_head = matches!(scheme, Scheme::Native | Scheme::Lexecon);
    let (mut seen_on, mut levels) = (BTreeMap::<String, BTreeSet<String>>::new(), Vec::new());
    let mut promised = Vec::new();
    for hold in holds.into_iter().filter(|hold| *hold != Hold::Head || has_head) {
        let mut kept = Kept::new(scheme, hold);
        let before = kept.look().unwrap();
        let on = level(&before).to_owned();
        assert!(signs(&before).is_empty(), "{scheme:?} {hold:?}: {:?}", before["records"]["audit.finding"]);
        levels.push(on.clone());
        for claim in before["records"]["audit.attack"].as_array().unwrap() {
            let name = claim["attack"].as_str().unwrap();
            let mut rows = scheme.sound();
            attack(name, scheme, &mut rows);
            scheme.store(&rows, &kept.path("audit.db"));
            let note = fs::read(kept.path("kept")).ok();
            if name == "forgery" {
                let keys = kept.keys.clone();
                kept.keep(&rows, false);
                kept.keys = keys;
            }
            let after = kept.look();
            let seen = after.as_ref().is_none_or(|after| !signs(after).is_empty() || level(after) != on);
            let words = claim[on.replace('-', "_")].as_str().unwrap();
            let place = format!("{scheme:?}, {hold:?} ({on}), {name}: claimed `{words}`");
            match claim["seen"]["flag"].as_bool().unwrap() {
                true => {
                    assert!(seen && words.starts_with("seen"), "{place}, and not seen: {:?}", after.map(|after| after["problems"].clone()))
                }
                false if words == "not seen" => {
                    assert!(!seen, "{place}, and seen");
                    promised.push((name.to_owned(), claim["seen_from"].as_str().unwrap().to_owned(), place));
                }
                false => {
                    assert!(words.starts_with("only "), "{place}");
                    promised.push((name.to_owned(), claim["seen_from"].as_str().unwrap().to_owned(), place));
                }
            }
            if seen {
                seen_on.entry(name.to_owned()).or_default().insert(on.clone());
            }
            if let Some(note) = note {
                fs::write(kept.path("kept"), note).unwrap();
            }
        }
    }
    let bare = match scheme {
        Scheme::None | Scheme::RlhfLinks | Scheme::Reflexio => "row-rules",
        Scheme::Native | Scheme::Lexecon | Scheme::Rlhf => "chained",
    };
    assert_eq!((levels[0].as_str(), levels.last().unwrap().as_str()), (bare, "witnessed"), "{scheme:?}: {levels:?}");
    // What a level does not show is shown by the one that it names; a chain that the trail does not have cannot be tried.
    for (name, from, place) in promised.into_iter().filter(|(_, from, _)| levels.contains(from)) {
        assert!(seen_on.get(&name).is_some_and(|on| on.contains(&from)), "{place}; {from} should show it");
    }
}

#[test]
fn rows_without_a_chain() {
    every(Scheme::None);
}

#[test]
fn the_native_chain() {
    every(Scheme::Native);
}

#[test]
fn the_ledger_of_lexecon() {
    every(Scheme::Lexecon);
}

#[test]
fn the_events_of_an_rlhf_trail() {
    every(Scheme::Rlhf);
    every(Scheme::RlhfLinks);
}

#[test]
fn the_stages_of_reflexio() {
    every(Scheme::Reflexio);
}

/// What the report says at every outlet is what the records say.
#[test]
fn every_output_names_the_attacks_that_are_not_seen() {
    for scheme in Scheme::ALL {
        let kept = Kept::new(scheme, Hold::Nothing);
        let mapped = if matches!(scheme, Scheme::None | Scheme::Native) { ", map: map.yaml" } else { "" };
        fs::create_dir(kept.path("rules")).unwrap();
        fs::write(kept.path("rules/pack.yaml"), "title: T\nabout: It.\n").unwrap();
        let rule = "question: Is it?\nseverity: P0\nrequire: audit.integrity >= \"row-rules\"\nwhy: a\nfix: b\ncases:\n  - { given: { audit.integrity: witnessed }, outcome: pass }\n  - { given: { audit.integrity: none }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
        fs::write(kept.path("rules/level.yaml"), rule).unwrap();
        let config = format!("project: {{ id: p }}\nevidence:\n  audit: {{ family: audit, path: audit.db{mapped} }}\npacks: [rules/]\n");
        fs::write(kept.path("readiness.yaml"), config).unwrap();
        let check = |format: &str| {
            readiness(kept.folder.path(), &["check", "--now", "2026-02-18", "--commit", support::COMMIT, "--format", format]).out
        };
        let report: Json = serde_json::from_str(&check("json")).unwrap();
        let attacks = report["evidence"][0]["records"]["audit.attack"].as_array().unwrap().clone();
        assert_eq!(attacks.len(), 8, "{scheme:?}");
        for (format, text) in [
            ("html", check("html")),
            ("markdown", check("markdown")),
            ("text", check("text").split_whitespace().collect::<Vec<_>>().join(" ")),
        ] {
            for row in &attacks {
                let about = row["about"].as_str().unwrap();
                assert!(text.contains(about), "{scheme:?} {format}: {about}");
            }
            assert!(text.contains("What would take it further") || text.contains("what would take it further"), "{scheme:?} {format}");
            for rung in ["anchored", "witnessed"] {
                assert!(text.contains(rung), "{scheme:?} {format}: {rung}");
            }
        }
    }
}
