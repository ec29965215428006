#![allow(clippy::unwrap_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::testing::{is_clean, problems, read};
use crate::instant::Instant;
use crate::io::hash::sha256;
use crate::io::json;
use crate::stamp::{Making, Stamp};
use std::collections::BTreeMap;

const SUITE: &str = "<testsuite name=\"a\" tests=\"1\"><testcase classname=\"a\" name=\"b\"/></testsuite>";
const DATED: &str =
    "<testsuite name=\"a\" tests=\"1\" timestamp=\"2026-02-17T11:00:00\"><testcase classname=\"a\" name=\"b\"/></testsuite>";
const COMMIT: &str = "14c907f09276bec86cf5c2aa77ccc4b26e4c754d";

fn making() -> Making {
    Making {
        collected_at: Instant::parse("2026-02-17T22:00:00Z").unwrap(),
        commit: Some(COMMIT.into()),
        merge_commit: None,
        run: None,
        command: Some(vec!["pytest".into()]),
        exit_status: Some(0),
        left_over: false,
        tool: "readiness 0.1.0".into(),
    }
}

fn stamp(of: &str, making: Making) -> Vec<u8> {
    json::document(&Stamp::new("junit.xml", &sha256(of.as_bytes()), making)).unwrap().into_bytes()
}

/// A test report that is read with a stamp beside it.
fn stamped(report: &str, stamp: &[u8]) -> Evidence {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    std::fs::write(&path, report).unwrap();
    std::fs::write(folder.path().join("junit.xml.stamp.json"), stamp).unwrap();
    crate::ingest::testing::read_file("tests", &path, None, &[])
}

fn only(evidence: &Evidence) -> String {
    let mut all = problems(evidence);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn a_stamp_gives_what_the_file_does_not_say() {
    let evidence = stamped(SUITE, &stamp(SUITE, making()));
    assert_eq!(problems(&evidence), Vec::<String>::new());
    let source = &evidence.sources[0];
    assert_eq!((source.collected_at, source.commit.as_deref(), source.stamped), (Some(making().collected_at), Some(COMMIT), true));
    assert_eq!(source.stamp, Some(sha256(&stamp(SUITE, making()))));

    let own = stamped(DATED, &stamp(DATED, Making { commit: None, ..making() }));
    let source = &own.sources[0];
    assert_eq!((source.collected_at.unwrap().to_string().as_str(), source.stamped), ("2026-02-17T11:00:00Z", false), "its own date stands");
    assert!(source.stamp.is_some());
}

#[test]
fn a_stamp_from_the_future_is_handed_on_for_rules_to_refuse() {
    let at = Instant::parse("9999-12-31T23:59:59Z").unwrap();
    let evidence = stamped(SUITE, &stamp(SUITE, Making { collected_at: at, ..making() }));
    assert_eq!(evidence.sources[0].collected_at, Some(at));
}

#[test]
fn a_file_that_was_changed_or_exchanged_is_no_evidence() {
    let evidence = stamped(DATED, &stamp(SUITE, making()));
    assert_eq!(only(&evidence), "error stamp-differs: the file was changed after it was stamped: make it and stamp it again");
    assert!(!is_clean(&evidence) && !evidence.sources[0].stamped && evidence.sources[0].commit.is_none());

    let other = json::document(&Stamp::new("other.xml", &sha256(SUITE.as_bytes()), making())).unwrap();
    let evidence = stamped(SUITE, other.as_bytes());
    assert_eq!(only(&evidence), "error stamp-differs: the stamp is that of `other.xml`: make it and stamp it again");
    assert_eq!(evidence.sources[0].collected_at, None);
}

#[test]
fn a_failed_command_and_two_commits_are_told() {
    let failed = stamped(SUITE, &stamp(SUITE, Making { exit_status: Some(2), ..making() }));
    assert_eq!(only(&failed), "warning command-failed: the command that made the file ended with exit status 2, says its stamp");
    assert!(is_clean(&failed));

    let left = stamped(SUITE, &stamp(SUITE, Making { left_over: true, ..making() }));
    assert!(only(&left).starts_with("error left-over: the command that should have made the file did not write it"));
    assert!(!is_clean(&left) && left.sources[0].collected_at.is_none());

    let golden = "{\"type\":\"run\",\"schema\":\"golden/1\",\"run_id\":\"r\",\"suite\":\"s\",\"suite_sha256\":\"\",\
        \"created_at\":\"2026-02-17T22:40:00Z\",\"git_sha\":\"24c907f09276bec86cf5c2aa77ccc4b26e4c754d\",\"mode\":\"live\",\
        \"expected_cases\":1,\"system\":{\"provider\":\"acme\",\"model\":\"m1\"},\"judge\":{\"kind\":\"llm\",\"model\":\"j1\"}}\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    std::fs::write(&path, golden).unwrap();
    std::fs::write(folder.path().join("junit.xml.stamp.json"), stamp(golden, making())).unwrap();
    let evidence = crate::ingest::testing::read_file("golden", &path, None, &[]);
    let said = problems(&evidence).join("\n");
    assert!(said.contains("warning stamp-disagrees: the file says it was made from commit 24c907f"), "{said}");
    assert!(evidence.sources[0].commit.as_deref().unwrap().starts_with("24c907f"));
}

#[test]
fn what_is_no_stamp_is_an_error() {
    let good = String::from_utf8(stamp(SUITE, making())).unwrap();
    let damaged = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let said = only(&stamped(SUITE, good.replacen(from, to, 1).as_bytes()));
        assert!(said.starts_with("error stamp-damaged: junit.xml.stamp.json is no stamp: "), "{said}");
        said
    };
    assert!(damaged("Statement/v1", "Statement/v2").contains("`_type`"));
    assert!(damaged("stamp:1", "stamp:2").contains("`predicateType`"));
    assert!(damaged("\"tool\"", "\"stool\"").contains("unknown field"));
    assert!(damaged("2026-02-17T22:00:00Z", "yesterday").contains("line 13: `yesterday` is not an RFC 3339 time in UTC"));
    assert!(damaged(COMMIT, "HEAD").contains("`commit` is `HEAD`, and no id of a commit"));
    assert!(damaged("\"exit_status\": 0,", "").contains("belong together"));
    let bare = |bytes: &[u8]| only(&stamped(SUITE, bytes));
    assert!(bare(b"").contains("stamp-damaged"));
    assert!(bare(&b"[".repeat(60_000)).contains("stamp-damaged"));
    assert!(bare(&vec![b' '; 65 * 1024]).contains("larger than 64 KiB"));
    let twice = good.replacen("    }\n  ],", "    },\n    { \"name\": \"a\", \"digest\": { \"sha256\": \"b\" } }\n  ],", 1);
    assert!(bare(twice.as_bytes()).contains("it names 2 files"));
}

#[test]
fn a_mutated_stamp_never_panics_and_never_counts_in_silence() {
    let good = stamp(SUITE, making());
    for at in 0..good.len() {
        let cut = stamped(SUITE, &good[..at]);
        assert!(!is_clean(&cut) || good[at..] == *b"\n", "cut at {at}");
        let mut flipped = good.clone();
        flipped[at] ^= 1 << (at % 8);
        let evidence = stamped(SUITE, &flipped);
        assert!(!is_clean(&evidence) || evidence.sources[0].stamp.is_some(), "flipped at {at}");
    }
}

#[test]
fn a_stamp_is_no_evidence_of_its_own() {
    let content = stamp(SUITE, making());
    for name in ["tests", "coverage", "documents", "audit"] {
        let evidence = read(name, &[("junit.xml.stamp.json", &content)], &BTreeMap::new());
        assert!(only(&evidence).contains("this is a stamp"), "{name}: {:?}", problems(&evidence));
    }
}
