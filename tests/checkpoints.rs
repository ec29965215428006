//! Checkpoints of audit trails from run to run: kept by the gate, signed, witnessed, and redone from a bundle.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use rusqlite::Connection;
use serde_json::Value as Json;
use std::fs;
use std::path::Path;
use support::{Answer, readiness};

/// Keys in PEM: of the first and second test of RFC 8032, section 7.1.
const OWN: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
const OTHER: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJsv+5bbndsyilypZt2tGPAPSpprbaZO1niqb46m\n-----END PRIVATE KEY-----\n";

/// A project with an audit trail of two columns more than its map knows, judged by one rule: the level it must reach.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new(rows: u32, checkpoint: &str) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(project.path().join("rules")).unwrap();
        fs::create_dir_all(project.path().join("data")).unwrap();
        fs::write(project.path().join("rules/pack.yaml"), "title: Trail\nabout: It.\n").unwrap();
        let map = "family: audit\ntable: journal\ncolumns: { id: id, at: at, operation: what }\ntime: { forms: [rfc3339], zone: UTC }\n";
        fs::write(project.path().join("map.yaml"), map).unwrap();
        project.change("CREATE TABLE journal (id INTEGER PRIMARY KEY, at TEXT, what TEXT, note TEXT)");
        project.add(rows).configure("anchored", checkpoint)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn change(&self, sql: &str) {
        Connection::open(self.path().join("data/audit.db")).unwrap().execute_batch(sql).unwrap();
    }

    fn add(self, rows: u32) -> Project {
        self.change(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}), last AS (SELECT COALESCE(MAX(id), 0) AS id FROM journal)
             INSERT INTO journal (at, what, note) SELECT strftime('%Y-%m-%dT%H:%M:%SZ', '2026-02-17', '+' || (last.id + i) || ' minutes'), 'DELETE', 'row ' || (last.id + i) FROM n, last"
        ));
        self
    }

    fn configure(self, level: &str, checkpoint: &str) -> Project {
        let cases = "cases:\n  - { given: { audit.integrity: witnessed }, outcome: pass }\n  - { given: { audit.integrity: none }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
        let rule = format!("question: Is it?\nseverity: P0\nrequire: audit.integrity >= \"{level}\"\nwhy: a\nfix: b\n{cases}");
        fs::write(self.path().join("rules/level.yaml"), rule).unwrap();
        let entry = format!("{{ family: audit, path: data/audit.db, map: map.yaml, checkpoint: {checkpoint} }}");
        fs::write(self.path().join("readiness.yaml"), format!("project: {{ id: p }}\nevidence:\n  audit: {entry}\npacks: [rules/]\n"))
            .unwrap();
        self
    }

    fn check(&self, now: &str, more: &[&str]) -> Answer {
        readiness(self.path(), &[&["check", "--now", now, "--commit", support::COMMIT][..], more].concat())
    }

    fn checkpoint(&self, now: &str, more: &[&str]) -> Answer {
        readiness(self.path(), &[&["audit", "checkpoint", "data/audit.db", "--map", "map.yaml", "--now", now][..], more].concat())
    }

    /// The report of a judgement, and its only row about the checkpoint.
    fn report(&self, now: &str) -> (Json, Json) {
        let report: Json = serde_json::from_str(&self.check(now, &["--format", "json"]).out).unwrap();
        let row = report["evidence"][0]["records"]["audit.checkpoint"][0].clone();
        (report, row)
    }

    fn kept(&self) -> Vec<Json> {
        let text = fs::read_to_string(self.path().join("kept/audit.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The key of a witness that has nothing to do with any of this.
const STRANGER: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
const LOG: &str = "kept/audit.jsonl";

fn messages(report: &Json) -> String {
    let entry = &report["evidence"][0];
    let texts = |list: &Json| {
        list.as_array().into_iter().flatten().map(|m| m["message"].as_str().unwrap_or_default().to_owned() + "\n").collect::<String>()
    };
    texts(&entry["problems"]) + &texts(&entry["records"]["audit.finding"])
}

#[test]
fn every_run_keeps_a_checkpoint_and_proves_the_one_before() {
    let project = Project::new(40, LOG);
    // A file that is gone may have been taken away: it closes the gate once, and is begun.
    let first = project.check("2026-02-18", &[]);
    assert_eq!(
        (first.code, first.out.contains("kept/audit.jsonl is not there: `readiness check --append` begins it")),
        (3, true),
        "{}",
        first.out
    );
    let first = project.check("2026-02-18", &["--append"]);
    assert_eq!((first.code, first.err.contains("kept/audit.jsonl: the checkpoint of 40 rows was appended")), (3, true), "{}", first.err);
    assert_eq!(
        (project.kept()[0]["at"].as_str(), project.kept()[0]["commit"].as_str()),
        (Some("2026-02-18T00:00:00Z"), Some(support::COMMIT))
    );

    let project = project.add(20);
    project.change("ALTER TABLE journal ADD COLUMN later TEXT");
    assert_eq!(project.check("2026-02-19", &["--append"]).code, 0);
    assert_eq!(project.kept().len(), 2);
    assert!(project.kept()[1]["note"].as_str().unwrap().contains("\"later\""), "the next one is of all columns");
    let (report, row) = project.report("2026-02-20");
    let told = messages(&report);
    assert!(
        told.contains("append-only: the first 60 rows are those of kept/audit.jsonl:2, of 2026-02-19 00:00 UTC (not signed)"),
        "{told}"
    );
    assert_eq!((row["kept_in"].as_str(), row["kept_at"]["at"].as_str()), (Some("kept/audit.jsonl:2"), Some("2026-02-19T00:00:00Z")));
    assert_eq!((row["holds"]["flag"].as_bool(), row["kept"]["count"].as_u64()), (Some(true), Some(60)));
    assert_eq!((&row["note"], &row["root"]), (&project.kept()[1]["note"], &row["kept_root"]), "{row}");

    assert_eq!((row["checkpoints"]["count"].as_u64(), row["since"].is_null()), (Some(1), false), "the first is of other columns");
    let page = project.check("2026-02-20", &["--format", "html"]).out;
    for words in
        ["kept/audit.jsonl:2", "2026-02-19 00:00 UTC, 24 h ago", "60 rows", "nobody whose key is configured", "that the rows are the same"]
    {
        assert!(page.contains(words), "{words}");
    }

    // A row of the first run is changed: nothing is kept of that.
    project.change("UPDATE journal SET note = 'another' WHERE id = 33");
    let answer = project.check("2026-02-21", &["--append"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(
        answer.err.contains(
            "kept/audit.jsonl: no checkpoint was appended: checkpoint CHAIN-ANCHOR: history was rewritten since kept/audit.jsonl:2"
        ),
        "{}",
        answer.err
    );
    let (report, row) = project.report("2026-02-21");
    assert!(
        messages(&report).contains("what differs is among the rows 33, counted in the order of their ids; all other rows are as they were"),
        "{}",
        messages(&report)
    );
    assert_eq!((row["holds"]["flag"].as_bool(), project.kept().len()), (Some(false), 2));
    // The line that shows it is taken out: the older one shows it, too.
    let lines = fs::read_to_string(project.path().join(LOG)).unwrap();
    fs::write(project.path().join(LOG), format!("{}\n", lines.lines().next().unwrap())).unwrap();
    assert!(messages(&project.report("2026-02-21").0).contains("history was rewritten since kept/audit.jsonl:1, of 2026-02-18"));
    // A line that is none is not passed over.
    fs::write(project.path().join(LOG), format!("{lines}{{\n")).unwrap();
    let answer = project.check("2026-02-21", &["--append"]);
    assert_eq!((answer.code, answer.out.contains("line 3 is no checkpoint of")), (3, true), "{}", answer.out);
    assert!(answer.err.contains("no checkpoint was appended: what is kept there cannot be relied on"), "{}", answer.err);
}

#[test]
fn a_trail_that_is_no_evidence_is_not_kept() {
    let project = Project::new(40, LOG);
    for (content, expected) in [("", "AUD-EMPTY"), ("no database", "AUD-NOT-SQLITE"), ("SQLite format 3\0 and no more", "AUD-TRUNCATED")] {
        fs::write(project.path().join("data/audit.db"), content).unwrap();
        for map in [&[][..], &["--map", "map.yaml"]] {
            let told = readiness(project.path(), &[&["inspect", "data/audit.db", "--format", "json"], map].concat());
            let told: Json = serde_json::from_str(&told.out).unwrap();
            assert_eq!(told["problems"][0]["code"], expected, "{told:#}");
        }
    }
    fs::write(project.path().join("data/audit.db"), "no database").unwrap();
    let answer = project.check("2026-02-18", &["--append"]);
    assert_eq!((answer.code, answer.err.contains("no checkpoint was appended")), (3, true), "{}", answer.err);
    assert!(!project.path().join(LOG).exists());
    let plain = Project::new(40, "audit.checkpoint");
    plain.checkpoint("2026-02-18", &["--out", "audit.checkpoint"]);
    let answer = plain.check("2026-02-18", &["--append"]);
    assert_eq!((answer.code, answer.err.contains("no entry has a `history`, or a `checkpoint` in a .jsonl")), (2, true), "{}", answer.err);
}

fn verifier(answer: &Answer) -> String {
    answer.err.lines().find(|line| line.contains("+A") || line.contains("+B")).unwrap_or_else(|| panic!("{}", answer.err)).trim().to_owned()
}

#[test]
fn every_checkpoint_of_the_runs_before_is_held() {
    let mut project = Project::new(40, LOG);
    for (day, rows) in [("2026-02-18", 10), ("2026-02-19", 10), ("2026-02-20", 0)] {
        project.check(day, &["--append"]);
        if rows > 0 {
            project = project.add(rows);
        }
    }
    let (report, row) = project.report("2026-02-21");
    assert!(messages(&report).contains("(not signed), as 3 checkpoints since 2026-02-18 00:00 UTC show"), "{}", messages(&report));
    assert_eq!((row["checkpoints"]["count"].as_u64(), row["since"]["at"].as_str()), (Some(3), Some("2026-02-18T00:00:00Z")));
    let (page, summary) =
        (project.check("2026-02-21", &["--format", "html"]).out, project.check("2026-02-21", &["--format", "markdown"]).out);
    assert!(page.contains("Append-only since") && page.contains("2026-02-18 00:00 UTC, 3 checkpoints"));
    assert!(summary.contains("this run proved that rows were only added since 2026-02-18") && summary.contains("by 3 checkpoints"));
    // Who can write both rewrites the trail, and has a checkpoint kept of that: those before it do not agree.
    project.change("UPDATE journal SET note = 'another' WHERE id = 33");
    let other = readiness(
        project.path(),
        &["audit", "checkpoint", "data/audit.db", "--map", "map.yaml", "--now", "2026-02-21", "--out", "other.jsonl"],
    );
    assert_eq!(other.code, 0, "{}", other.err);
    let lines = fs::read_to_string(project.path().join(LOG)).unwrap() + &fs::read_to_string(project.path().join("other.jsonl")).unwrap();
    fs::write(project.path().join(LOG), lines).unwrap();
    let (report, row) = project.report("2026-02-22");
    let told = messages(&report);
    assert!(told.contains("history was rewritten since kept/audit.jsonl:1, of 2026-02-18 00:00 UTC: its 40 rows had the root "), "{told}");
    assert!(
        told.contains("kept/audit.jsonl:4, of 2026-02-21 00:00 UTC is of the rows as they are now: whoever wrote them anew kept"),
        "{told}"
    );
    assert_eq!((row["holds"]["flag"].as_bool(), project.check("2026-02-22", &[]).code), (Some(false), 1));
    assert!(project.check("2026-02-22", &["--format", "html"]).out.contains("that history was rewritten"));
}

#[test]
fn what_is_appended_is_signed_by_a_key_that_counts() {
    let project = Project::new(40, LOG);
    fs::write(project.path().join("own.pem"), OWN).unwrap();
    fs::write(project.path().join("other.pem"), OTHER).unwrap();
    let append = |project: &Project, now: &str, key: &str| project.check(now, &["--append", "--key", key]);
    // Without a key in the configuration: signed all the same, and told what to name there.
    let answer = append(&project, "2026-02-18", "own.pem");
    let told = "kept/audit.jsonl: the checkpoint of 40 rows was appended, signed by journal; name the key in `checkpoint`: journal+";
    assert!(answer.err.contains(told), "{}", answer.err);
    let own = answer.err.split("name the key in `checkpoint`: ").nth(1).unwrap().trim().to_owned();
    let keys = format!("{{ file: {LOG}, keys: [\"{own}\"] }}");
    let project = project.configure("anchored", &keys).add(5);
    let answer = append(&project, "2026-02-19", "own.pem");
    let told = "kept/audit.jsonl: the checkpoint of 45 rows was appended, signed by journal\n";
    assert_eq!((answer.code, answer.err.contains(told)), (0, true), "{}", answer.err);
    let (report, row) = project.report("2026-02-20");
    assert!(messages(&report).contains("the first 45 rows are those of kept/audit.jsonl:2, of 2026-02-19 00:00 UTC (signed by journal)"));
    assert_eq!(row["signed_by"].as_str(), Some("journal"));
    // No other key, no key that is none, and no key where nothing could be signed: told before anything is judged.
    let lines = fs::read(project.path().join(LOG)).unwrap();
    fs::write(project.path().join("none.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IHdvcmRz\n-----END PRIVATE KEY-----\n").unwrap();
    for (key, expected) in [
        ("other.pem", "other.pem: it is none of the `keys` of the checkpoint in the configuration"),
        ("none.pem", "none.pem: it is no Ed25519 key"),
        ("nowhere.pem", "nowhere.pem: "),
    ] {
        let answer = append(&project, "2026-02-20", key);
        assert_eq!((answer.code, answer.err.contains(expected), answer.out.as_str()), (2, true, ""), "{}", answer.err);
        assert!(!answer.err.contains("c2Vj"), "a key is not quoted: {}", answer.err);
    }
    assert_eq!(fs::read(project.path().join(LOG)).unwrap(), lines);
    assert!(!String::from_utf8(lines).unwrap().contains("MC4C"));
    assert_eq!(project.check("2026-02-20", &["--key", "own.pem"]).code, 2, "nothing is appended that it could sign");
    let plain = project.configure("anchored", "audit.checkpoint");
    assert_eq!(plain.checkpoint("2026-02-20", &["--out", "audit.checkpoint"]).code, 0);
    let answer = append(&plain, "2026-02-20", "own.pem");
    assert_eq!((answer.code, answer.err.contains("`--key`: no entry has a `checkpoint` in a .jsonl")), (2, true), "{}", answer.err);
}

#[test]
fn the_first_checkpoint_is_called_as_its_key_is() {
    let project = Project::new(40, LOG);
    fs::write(project.path().join("own.pem"), OWN).unwrap();
    let own = verifier(&project.checkpoint("2026-02-17", &["--out", "elsewhere", "--key", "own.pem", "--origin", "example.com/audit"]));
    let project = project.configure("anchored", &format!("{{ file: {LOG}, keys: [\"{own}\"] }}"));
    let answer = project.check("2026-02-18", &["--append", "--key", "own.pem"]);
    assert!(answer.err.contains("the checkpoint of 40 rows was appended, signed by example.com/audit\n"), "{}", answer.err);
    assert!(project.kept()[0]["note"].as_str().unwrap().starts_with("example.com/audit\n40\n"));
    assert_eq!(project.check("2026-02-19", &[]).code, 0);
}

#[test]
fn witnesses_raise_the_level_when_they_count() {
    let project = Project::new(40, LOG);
    fs::write(project.path().join("own.pem"), OWN).unwrap();
    fs::write(project.path().join("other.pem"), OTHER).unwrap();
    let own = verifier(&project.checkpoint("2026-02-17", &["--out", LOG, "--key", "own.pem", "--origin", "example.com/audit"]));
    let witness = verifier(&project.checkpoint("2026-02-18", &["--out", LOG, "--key", "other.pem", "--witness", "auditor.example"]));
    assert!(
        witness.starts_with("auditor.example+") && witness.split('+').nth(2).unwrap().starts_with('B'),
        "a key of cosignatures: {witness}"
    );
    assert_eq!(project.kept().len(), 2);
    let judge = |project: Project, witnesses: &str, now: &str| {
        let project = project.configure("witnessed", &format!("{{ file: {LOG}, keys: [\"{own}\"], witnesses: [{witnesses}] }}"));
        let code = project.check(now, &[]).code;
        let told = messages(&project.report(now).0);
        (project, code, told)
    };
    let (project, code, told) = judge(project, &format!("\"{witness}\""), "2026-02-19");
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("(signed by example.com/audit; witnessed by auditor.example at 2026-02-18 00:00 UTC)"), "{told}");
    // A key that was good for less long; and one of nobody who signed.
    let (project, code, told) = judge(project, &format!("{{ key: \"{witness}\", until: 2026-02-18 }}"), "2026-02-19");
    assert_eq!(code, 0, "{told}");
    let (project, code, told) = judge(project, &format!("{{ key: \"{witness}\", until: 2026-02-17 }}"), "2026-02-19");
    let expired =
        "the signature of auditor.example does not count: it is of 2026-02-18 00:00 UTC, and the key was good until 2026-02-17 23:59 UTC";
    assert_eq!((code, told.contains(expired)), (1, true), "{told}");
    let (project, code, told) = judge(project, &format!("\"{STRANGER}\""), "2026-02-19");
    assert_eq!(
        (code, told.contains("none of the witnesses that are configured has signed it; auditor.example did, whose keys are not")),
        (1, true),
        "{told}"
    );
    let (project, code, told) = judge(project, &format!("\"{witness}\""), "2026-02-17");
    assert_eq!((code, told.contains("does not count: it is of 2026-02-18 00:00 UTC, which is still to come")), (1, true), "{told}");
    // What was signed may not be appended without a signature.
    let answer = project.check("2026-02-19", &["--append"]);
    assert!(
        answer.err.contains(
            "no checkpoint was appended: it has to be signed by one of the `keys` that are configured: `--append --key FILE` does"
        ),
        "{}",
        answer.err
    );
    // Forged: the signature of the witness is taken to another checkpoint.
    let notes: Vec<String> = project.kept().iter().map(|line| line["note"].as_str().unwrap().to_owned()).collect();
    let line = notes[1].lines().last().unwrap().to_owned();
    let project = project.add(1);
    assert_eq!(project.checkpoint("2026-02-19", &["--out", LOG, "--key", "own.pem"]).code, 0);
    let text = fs::read_to_string(project.path().join(LOG)).unwrap();
    let forged = text.trim_end().strip_suffix("\"}").unwrap().to_owned() + &line + "\\n\"}\n";
    fs::write(project.path().join(LOG), forged).unwrap();
    let (project, code, told) = judge(project, &format!("\"{witness}\""), "2026-02-20");
    assert_eq!((code, told.contains("line 3: the signature by auditor.example does not hold")), (3, true), "{told}");
    let configured = project.configure("witnessed", &format!("{{ file: {LOG}, witnesses: [\"x+00000000+AAAA\"] }}"));
    let answer = configured.check("2026-02-20", &[]);
    assert_eq!((answer.code, answer.err.contains("this is no key that signatures are checked with")), (2, true), "{}", answer.err);
}

#[test]
fn the_proof_is_redone_from_a_bundle() {
    let project = Project::new(40, "kept/trail.checkpoint");
    fs::write(project.path().join("own.pem"), OWN).unwrap();
    fs::write(project.path().join("other.pem"), OTHER).unwrap();
    fs::create_dir(project.path().join("kept")).unwrap();
    let out = ["--out", "kept/trail.checkpoint"];
    let own = verifier(&project.checkpoint("2026-02-17", &[&out[..], &["--key", "own.pem"]].concat()));
    let witness =
        verifier(&project.checkpoint("2026-02-17", &[&out[..], &["--key", "other.pem", "--witness", "auditor.example"]].concat()));
    let project =
        project.configure("witnessed", &format!("{{ file: kept/trail.checkpoint, keys: [\"{own}\"], witnesses: [\"{witness}\"] }}"));
    let answer = readiness(project.path(), &["bundle", "--out", "bundle", "--now", support::NOW, "--commit", support::COMMIT]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    // Far from where it was made.
    let elsewhere = tempfile::tempdir().unwrap();
    support::copy(&project.path().join("bundle"), elsewhere.path());
    let readme = fs::read_to_string(elsewhere.path().join("README.txt")).unwrap();
    let command = readme.lines().find_map(|line| line.trim().strip_prefix("readiness ")).unwrap_or_else(|| panic!("{readme}"));
    assert_eq!(
        command,
        "inspect 'evidence/audit/data/audit.db' --map 'rules/map.yaml' --checkpoint 'rules/kept/trail.checkpoint' --now '2026-02-18T00:00:00Z'"
    );
    assert!(readme.contains("add --signed-by KEY and --witnessed-by KEY"), "{readme}");
    let arguments: Vec<String> = command.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect();
    let redo = |more: &[&str]| {
        let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let answer = readiness(elsewhere.path(), &all);
        (answer.code, answer.out + &answer.err)
    };
    let keys = ["--signed-by", own.as_str(), "--witnessed-by", witness.as_str()];
    let (code, told) = redo(&keys);
    assert!(code == 0 && told.contains("append-only: the first 40 rows are those of rules/kept/trail.checkpoint"), "{told}");
    assert!(told.lines().any(|line| line.contains("audit.integrity") && line.ends_with("witnessed")), "{told}");
    let (code, told) = redo(&["--signed-by", STRANGER]);
    assert_eq!((code, told.contains("none of the keys that are configured has signed it")), (2, true), "{told}");
    // A row that somebody changed on the way.
    Connection::open(elsewhere.path().join("evidence/audit/data/audit.db"))
        .unwrap()
        .execute_batch("UPDATE journal SET note = 'x' WHERE id = 7")
        .unwrap();
    let (_, told) = redo(&keys);
    assert!(
        told.contains("among the rows 7, counted")
            && told.lines().any(|line| line.contains("audit.integrity") && line.ends_with("structural")),
        "{told}"
    );
}
