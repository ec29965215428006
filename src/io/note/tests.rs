#![allow(clippy::unwrap_used)]

use super::*;
use crate::io::sign::{Kind, Signer};

/// The example of Go's sumdb/note, which the format comes from.
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const SAYING: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const NOW: Instant = Instant(1_790_000_000_000);

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
    assert_eq!(key.holds(SAYING, &signature), Some(None));
    assert_eq!(key.holds(&SAYING.replace("think", "thank"), &signature), None);
    assert_eq!(key.to_string(), NEUMANN);
    // Ed25519 signatures are deterministic: the same bytes.
    let signer = Signer::parse(SECRET, "", Kind::Plain).unwrap();
    assert_eq!(signer.line(SAYING, NOW), SIGNED);
    assert_eq!(signer.verifier().to_string(), NEUMANN);
}

#[test]
fn a_key_may_be_one_of_openssl() {
    // The first test of RFC 8032, section 7.1, in PKCS #8.
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    let signer = Signer::parse(pem, "example.com/audit", Kind::Plain).unwrap();
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
        assert!(Signer::parse(text, name, Kind::Plain).is_err());
    }
}

#[test]
fn a_checkpoint_is_read_as_it_was_written() {
    let text = write(&kept());
    assert!(text.starts_with("example.com/audit\n5\nBwcHBwcH"), "{text}");
    assert_eq!(read("f", &text, &Keys::default(), NOW).unwrap().checkpoint, kept());
    // The example of the specification, with a line that is not known.
    let example = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let read = read("f", example, &Keys::default(), NOW).unwrap();
    assert_eq!((read.checkpoint.size, read.checkpoint.columns.len(), read.signers.len()), (20_852_163, 0, 0));
}

#[test]
fn signatures_decide() {
    let signer = Signer::parse(SECRET, "", Kind::Plain).unwrap();
    let text = write(&kept());
    let note = format!("{text}\n{}", signer.line(&text, NOW));
    let keys = |own: &[&str], witnesses: &[&str]| {
        let witness = |key: &&str| Witness { key: (*key).to_owned(), until: None };
        Keys { own: own.iter().map(|key| (*key).to_owned()).collect(), witnesses: witnesses.iter().map(witness).collect() }
    };
    assert_eq!(read("f", &note, &keys(&[NEUMANN], &[]), NOW).unwrap().signers, ["PeterNeumann"]);
    assert_eq!(read("f", &note, &keys(&[], &[NEUMANN]), NOW).unwrap().witnesses, [Cosigner { name: "PeterNeumann".into(), at: None }]);
    assert_eq!(read("f", &text, &keys(&[], &[NEUMANN]), NOW).unwrap().witnesses.len(), 0);
    assert_eq!(read("f", &text, &keys(&[NEUMANN], &[]), NOW).unwrap_err(), "none of the keys that are configured has signed it");
    let moved = note.replacen("\n5\n", "\n4\n", 1);
    assert_eq!(
        read("f", &moved, &keys(&[NEUMANN], &[]), NOW).unwrap_err(),
        "the signature by PeterNeumann does not hold: it was changed after it was signed, or somebody else made it"
    );
    assert!(read("f", &note, &keys(&["x"], &[]), NOW).unwrap_err().ends_with("a key is `name+id+key`"));
    assert!(
        read("f", &note, &keys(&[&NEUMANN.replace("c74f20a3", "c74f20a4")], &[]), NOW)
            .unwrap_err()
            .contains("the id of the key is c74f20a3")
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
        assert!(read("f", text, &Keys::default(), NOW).is_err(), "{text}");
    }
}

/// A checkpoint of a log of certificates, with a signature of the log and four of witnesses, one of which also signs in ways that are not
/// known here: <https://arche2025h1.staging.ct.transparency.dev/checkpoint> as it was on 2026-05-23.
const WITNESSED: &str = "\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

\u{2014} arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
\u{2014} arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
\u{2014} transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
\u{2014} witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
\u{2014} remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
\u{2014} witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
";
const LOG: &str = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
const WITNESSES: [&str; 3] = [
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
];

fn witnesses(keys: &[&str], until: Option<Instant>) -> Keys {
    let witness = |key: &&str| Witness { key: (*key).to_owned(), until };
    Keys { own: vec![LOG.to_owned()], witnesses: keys.iter().map(witness).collect() }
}

#[test]
fn cosignatures_are_those_of_other_tools() {
    let kept = read("f", WITNESSED, &witnesses(&WITNESSES, None), NOW).unwrap();
    let at = Instant::parse("2026-05-23T21:50:24Z");
    let cosigner = |name: &str| Cosigner { name: name.to_owned(), at };
    let expected = ["remora.n621.de", "witness1.smartit.nu/witness1", "witness.stagemole.eu"].map(cosigner);
    assert_eq!((kept.signers.len(), kept.witnesses.as_slice(), kept.doubts.len()), (1, &expected[..], 0));
    assert_eq!(kept.strangers, ["transparency.dev/DEV:witness-little-garden"]);
    // The line of the specification's example, of a key that it does not give: 4 bytes of the key, 8 of the time, 64 of the signature.
    let example = "\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let (_, id, signature) = signatures(example).unwrap().pop().unwrap();
    assert_eq!(
        (id, signature.len(), u64::from_be_bytes(signature[..8].try_into().unwrap())),
        ([0x8d, 0x66, 0xcf, 0x3f], 72, 1_679_315_147)
    );
}

#[test]
fn a_witness_that_does_not_count_is_told() {
    let one = &WITNESSES[..1];
    let doubts = |keys: &Keys, now| read("f", WITNESSED, keys, now).map(|kept| (kept.witnesses.len(), kept.doubts.join("")));
    let until = |text| witnesses(one, Instant::parse(text));
    assert_eq!(doubts(&until("2026-05-24"), NOW), Ok((1, String::new())));
    let expired =
        "the signature of remora.n621.de does not count: it is of 2026-05-23 21:50 UTC, and the key was good until 2026-05-23 00:00 UTC";
    assert_eq!(doubts(&until("2026-05-23"), NOW), Ok((0, expired.to_owned())));
    let early = "the signature of remora.n621.de does not count: it is of 2026-05-23 21:50 UTC, which is still to come";
    assert_eq!(doubts(&witnesses(one, None), Instant::parse("2026-05-23").unwrap()), Ok((0, early.to_owned())));
    let none = "none of the witnesses that are configured has signed it; transparency.dev/DEV:witness-little-garden, \
                witness1.smartit.nu/witness1, remora.n621.de, witness.stagemole.eu did, whose keys are not";
    assert_eq!(doubts(&witnesses(&[NEUMANN], None), NOW), Ok((0, none.to_owned())));
    // A plain signature does not say when it was made.
    let timeless = Keys { own: Vec::new(), witnesses: vec![Witness { key: LOG.to_owned(), until: Some(NOW) }] };
    assert!(doubts(&timeless, NOW).unwrap().1.contains("it does not say when it was made"));
    // Forged: of another text, at another time, by another key.
    let forged = |from: &str, to: &str| read("f", &WITNESSED.replacen(from, to, 1), &Keys { own: Vec::new(), ..witnesses(one, None) }, NOW);
    for (from, to) in
        [("1432088532", "1432088533"), ("2net5wAAAABqEiEg", "2net5wAAAABqEiEh"), ("PlfF3V06", "PlfF3V07"), ("2net5wAAAABq", "2net54AAAABq")]
    {
        let sentence = forged(from, to).unwrap_err();
        assert!(sentence.starts_with("the signature by remora.n621.de does not hold"), "{sentence}");
    }
}

#[test]
fn a_cosignature_is_of_the_text_and_the_time() {
    let signer = Signer::parse(SECRET, "", Kind::Cosignature).unwrap();
    let text = write(&kept());
    let note = format!("{text}\n{}", signer.line(&text, NOW));
    let keys = Keys { own: Vec::new(), witnesses: vec![Witness { key: signer.verifier().to_string(), until: None }] };
    assert_eq!(read("f", &note, &keys, NOW).unwrap().witnesses, [Cosigner { name: "PeterNeumann".into(), at: Some(NOW) }]);
    // The same key has another id for texts alone: the two do not stand in for each other.
    assert_eq!(
        read("f", &note, &Keys { own: vec![NEUMANN.to_owned()], ..Keys::default() }, NOW).unwrap_err(),
        "none of the keys that are configured has signed it"
    );
}
