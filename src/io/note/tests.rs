#![allow(clippy::unwrap_used)]

use super::*;
use crate::io::sign::Signer;

/// The example of Go's sumdb/note, which the format comes from.
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const SAYING: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn kept() -> Checkpoint {
    Checkpoint {
        origin: "example.com/audit".into(),
        size: 5,
        root: [7; 32],
        columns: vec!["id".into(), "a \"b\",\nü".into()],
        height: 1,
        subtrees: vec![[1; 32], [2; 32]],
    }
}

#[test]
fn signatures_are_those_of_other_tools() {
    let key = Verifier::parse(NEUMANN).unwrap();
    let (name, id, signature) = signatures(SIGNED).unwrap().pop().unwrap();
    assert_eq!((name, id), (key.name.as_str(), key.id));
    assert!(key.holds(SAYING, &signature));
    assert!(!key.holds(&SAYING.replace("think", "thank"), &signature));
    assert_eq!(key.to_string(), NEUMANN);
    // Ed25519 signatures are deterministic: the same bytes.
    let signer = Signer::parse(SECRET, "").unwrap();
    assert_eq!(signer.line(SAYING), SIGNED);
    assert_eq!(signer.verifier().to_string(), NEUMANN);
}

#[test]
fn a_key_may_be_one_of_openssl() {
    // The first test of RFC 8032, section 7.1, in PKCS #8.
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    let signer = Signer::parse(pem, "example.com/audit").unwrap();
    let shown = signer.verifier().to_string();
    assert!(shown.ends_with("+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"), "{shown}");
    assert_eq!(Verifier::parse(&shown).unwrap().to_string(), shown);
    for (text, name) in [
        ("", "a"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "a"),
        ("PRIVATE+KEY+x", "a"),
        (pem, "a b"),
        (pem, "a+b"),
        (pem, ""),
    ] {
        assert!(Signer::parse(text, name).is_err());
    }
}

#[test]
fn a_checkpoint_is_read_as_it_was_written() {
    let text = write(&kept());
    assert!(text.starts_with("example.com/audit\n5\nBwcHBwcH"), "{text}");
    assert_eq!(read("f", &text, &Keys::default()).unwrap().checkpoint, kept());
    // The example of the specification, with a line that is not known.
    let example = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let read = read("f", example, &Keys::default()).unwrap();
    assert_eq!((read.checkpoint.size, read.checkpoint.columns.len(), read.signers.len()), (20_852_163, 0, 0));
}

#[test]
fn signatures_decide() {
    let signer = Signer::parse(SECRET, "").unwrap();
    let text = write(&kept());
    let note = format!("{text}\n{}", signer.line(&text));
    let keys = |own: &[&str], witnesses: &[&str]| {
        let list = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        Keys { own: list(own), witnesses: list(witnesses) }
    };
    assert_eq!(read("f", &note, &keys(&[NEUMANN], &[])).unwrap().signers, ["PeterNeumann"]);
    assert_eq!(read("f", &note, &keys(&[], &[NEUMANN])).unwrap().witnesses, ["PeterNeumann"]);
    assert_eq!(read("f", &text, &keys(&[], &[NEUMANN])).unwrap().witnesses.len(), 0);
    assert_eq!(read("f", &text, &keys(&[NEUMANN], &[])).unwrap_err(), "none of the keys that are configured has signed it");
    let moved = note.replacen("\n5\n", "\n4\n", 1);
    assert_eq!(
        read("f", &moved, &keys(&[NEUMANN], &[])).unwrap_err(),
        "the signature by PeterNeumann does not hold: it was changed after it was signed"
    );
    assert!(read("f", &note, &keys(&["x"], &[])).unwrap_err().ends_with("a key is `name+id+key`"));
    assert!(
        read("f", &note, &keys(&[&NEUMANN.replace("c74f20a3", "c74f20a4")], &[])).unwrap_err().contains("the id of the key is c74f20a3")
    );
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let sound = write(&kept());
    for text in [
        "",
        "\n",
        "o\n",
        "o\n5\n",
        "o\n5\nAAAA\n",
        "o\n05\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n",
        "o\n-1\n\n",
        &sound.replace("columns [", "columns "),
        &sound.replace("subtrees 1", "subtrees 64"),
        &sound.replace("subtrees 1", "subtrees 0"),
        &sound.replace("subtrees 1\n", "subtrees 1\n\n"),
        &sound.replace('o', "\t"),
        &format!("{sound}\nno signature\n"),
        &format!("{sound}\n"),
        sound.trim_end(),
    ] {
        assert!(read("f", text, &Keys::default()).is_err(), "{text}");
    }
}
