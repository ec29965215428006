//! The targets of the fuzzer over its seeds, and over a thousand changes of each: the same ones on every run, in seconds,
//! on the stable toolchain. `READINESS_MUTATIONS=100000` tries as many, and `READINESS_MUTATED=audit` only what has that in its name;
//! `fuzz/run.sh` goes on from here for as long as it is let.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use readiness::io::fs::{files, folders};
use std::collections::BTreeSet;
use std::fs;
use std::num::NonZero;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;
use targets::TARGETS;

/// How many changed seeds each target sees.
const CHANGES: usize = 1000;
/// As many for each format, of which there are many.
const EACH: usize = 100;
/// Larger files make poor seeds: a change of them seldom meets anything.
const LARGEST: usize = 32 * 1024;
/// What is put in places where nobody expects it.
const ODD: &[&[u8]] = &[
    b"",
    b"0",
    b"-1",
    b"18446744073709551615",
    b"18446744073709551616",
    b"1e308",
    b"1e999",
    b"NaN",
    b"0.1e-320",
    b"\n",
    b"\r\n",
    b"\0",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b"</",
    b"/>",
    b"&",
    b"&#0;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"(",
    b")",
    b"||",
    b"&&",
    b"!",
    b"%",
    b": ",
    b"- ",
    b"#",
    b"|\n",
    b"*a",
    b"!!str",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\xf0\x9f\x8e\x89",
    b"9999-12-31",
    b"-0001-01-01T00:00:00Z",
    b"\xe2\x80\xae",
    b"\x1b[2J",
];

/// The same numbers on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n.max(1)
    }

    /// A stretch of so many bytes, most often a short one.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = if self.below(8) == 0 { length } else { 24 };
        start..(start + self.below(most + 1)).min(length)
    }
}

/// Something else in the place of a part of `seed`.
fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.stretch(bytes.len());
    match dice.below(7) {
        0 => drop(bytes.drain(at)),
        1 => bytes.truncate(at.start),
        2 => drop(bytes.splice(at, ODD[dice.below(ODD.len())].iter().copied())),
        3 => drop(bytes.splice(at.start..at.start, ODD[dice.below(ODD.len())].repeat(1 + dice.below(80)))),
        4 => drop(bytes.splice(at.clone(), bytes[at].repeat(2))),
        5 => drop(bytes.splice(at, other[dice.stretch(other.len())].iter().copied())),
        _ if at.start < bytes.len() => bytes[at.start] ^= 1 << dice.below(8),
        _ => {}
    }
}

/// A target over some seeds.
struct Job {
    name: String,
    run: fn(&[u8]),
    seeds: Vec<Vec<u8>>,
    changes: usize,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn seeds(folder: &Path) -> Vec<Vec<u8>> {
    let aside = |path: &str| [".expected.json", ".md", ".sh", ".py"].iter().any(|end| path.ends_with(end));
    let kept = files(folder).into_iter().filter(|path| !aside(path)).map(|path| fs::read(folder.join(path)).unwrap());
    kept.filter(|seed| seed.len() <= LARGEST).collect()
}

/// One job for each target and seed folder; for each format, one of its own.
fn jobs() -> Vec<Job> {
    let only = std::env::var("READINESS_MUTATED").unwrap_or_default();
    let wanted: Option<usize> = std::env::var("READINESS_MUTATIONS").ok().map(|number| number.parse().unwrap());
    let mut jobs = Vec::new();
    for (name, places, run) in TARGETS {
        for place in *places {
            let folder = root().join(place);
            let parts = if place.ends_with("formats") { folders(&folder) } else { vec![String::new()] };
            for part in parts {
                let name = format!("{name} {place} {part}");
                if !name.contains(&only) {
                    continue;
                }
                jobs.push(Job {
                    name,
                    run: *run,
                    seeds: seeds(&folder.join(&part)),
                    changes: wanted.unwrap_or(if part.is_empty() { CHANGES } else { EACH }),
                });
            }
        }
    }
    jobs
}

/// What breaks the target: nothing, if all is well.
fn broken(job: &Job) -> Option<String> {
    let mut dice = Dice(job.name.bytes().map(u64::from).sum());
    let tries = |bytes: &[u8], what: String| {
        catch_unwind(|| (job.run)(bytes)).err().map(|_| {
            let path = root().join("target/mutations").join(job.name.replace(['/', ' '], "-"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            format!("{}, {what}: {}", job.name, path.display())
        })
    };
    for (n, seed) in job.seeds.iter().enumerate() {
        if let Some(broken) = tries(seed, format!("seed {n}")) {
            return Some(broken);
        }
    }
    for n in 0..job.changes {
        let (one, other) = (dice.below(job.seeds.len()), dice.below(job.seeds.len()));
        let mut bytes = job.seeds[one].clone();
        for _ in 0..=dice.below(3) {
            change(&mut bytes, &job.seeds[other], &mut dice);
        }
        if let Some(broken) = tries(&bytes, format!("change {n}")) {
            return Some(broken);
        }
    }
    None
}

#[test]
fn no_change_of_a_seed_breaks_anything() {
    let jobs = jobs();
    assert!(jobs.iter().all(|job| !job.seeds.is_empty()), "a target without seeds");
    // As many at a time as there are processors: more would only keep the other tests waiting.
    let (next, workers) = (AtomicUsize::new(0), available_parallelism().map_or(1, NonZero::get));
    let work = || std::iter::from_fn(|| jobs.get(next.fetch_add(1, Ordering::Relaxed))).filter_map(broken).collect::<Vec<_>>();
    let broken: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_target_is_one_of_the_fuzzer() {
    let listed: BTreeSet<String> = TARGETS.iter().map(|(name, ..)| format!("{name}.rs")).collect();
    assert_eq!(files(&root().join("fuzz/fuzz_targets")).into_iter().collect::<BTreeSet<_>>(), listed);
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for name in listed {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}\"")), "{name} is not built");
    }
}
