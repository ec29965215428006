//! Overlays: a layer of rules over another may ask for more at once, and for less only for a while and by name.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use readiness::evaluate::expression::strictness;
use readiness::evaluate::facts::Facts;
use readiness::evaluate::judge::{Occasion, judge};
use readiness::evaluate::pack::{self, Files};
use readiness::evidence::Evidence;
use readiness::finding::Outcome;
use readiness::instant::Instant;
use readiness::metric::Value;
use readiness::rule::Way;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use support::{Answer, NOW, check, readiness};

/// A requirement: lowest rates, highest counts, and whether errors are asked about in a way that has no direction.
#[derive(Clone, Debug)]
struct Asked {
    rates: Vec<(usize, u32)>,
    counts: Vec<(usize, u32)>,
    errors: bool,
}

const RATES: [&str; 2] = ["coverage.line", "coverage.branch"];
const COUNTS: [&str; 2] = ["tests.failed", "tests.skipped"];

impl Asked {
    fn text(&self) -> String {
        let rates = self.rates.iter().map(|(metric, limit)| format!("{} >= {limit}%", RATES[*metric]));
        let counts = self.counts.iter().map(|(metric, limit)| format!("{limit} >= {}", COUNTS[*metric]));
        rates.chain(counts).chain(self.errors.then(|| "tests.errors == 0".to_owned())).collect::<Vec<_>>().join(" && ")
    }

    /// Asks for as much and more: higher rates, lower counts, further conditions.
    fn and(&self, more: &Asked) -> Asked {
        let mut both = self.clone();
        both.rates.iter_mut().for_each(|(_, limit)| *limit += 3);
        both.counts.iter_mut().for_each(|(_, limit)| *limit = limit.saturating_sub(1));
        both.rates.extend(&more.rates);
        both.counts.extend(&more.counts);
        both.errors |= more.errors;
        both
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let rates = prop::collection::vec((0..2usize, 1..90u32), 1..3);
    (rates, prop::collection::vec((0..2usize, 0..9u32), 0..3), any::<bool>()).prop_map(|(rates, counts, errors)| Asked {
        rates,
        counts,
        errors,
    })
}

fn file(require: &str, more: &str) -> String {
    format!(
        "question: Is it good?\nseverity: P1\nrequire: {require}\n{more}why: because\nfix: do it\ncases:\n  - {{ given: {{}}, outcome: no-evidence }}\n  \
         - {{ given: {{}}, outcome: pass }}\n  - {{ given: {{}}, outcome: fail }}\n"
    )
}

fn files(base: &str, over: &str) -> [Files; 2] {
    let pack = |name: &str, head: &str, text: String| Files {
        pack: name.to_owned(),
        files: vec![(format!("{name}/pack.yaml"), format!("title: t\nabout: a\n{head}")), (format!("{name}/good.yaml"), text)],
    };
    [pack("base", "", base.to_owned()), pack("ours", "extends: [base]\n", format!("overrides: base/good\n{over}"))]
}

/// What comes out at a moment.
fn outcome(files: &[Files], evidence: &[Evidence], now: &str) -> Outcome {
    let mut errors = Vec::new();
    let packs = pack::read(files, Instant::parse(now).unwrap(), &mut errors);
    let (rules, _) = pack::check(&packs, &BTreeMap::new(), &mut errors);
    assert!(errors.is_empty(), "{files:?}: {errors:?}");
    judge(&rules, &Facts::new(evidence), &Occasion::default())[0].outcome
}

fn evidence() -> impl Strategy<Value = Vec<Evidence>> {
    let rates = [0, 1].map(|_| prop::option::weighted(0.9, (0..=60u64, 1..60u64)));
    let counts = [0, 1, 2].map(|_| prop::option::weighted(0.9, 0..9u64));
    (rates, counts).prop_map(|(rates, counts)| {
        let (mut coverage, mut tests) = (Evidence::new("coverage", "coverage"), Evidence::new("tests", "tests"));
        for (id, rate) in RATES.into_iter().zip(rates) {
            rate.into_iter().for_each(|(part, whole)| coverage.put(id, Value::ratio(part.min(whole), whole)));
        }
        for (id, count) in COUNTS.into_iter().chain(["tests.errors"]).zip(counts) {
            count.into_iter().for_each(|count| tests.put(id, Value::Count(count)));
        }
        vec![coverage, tests]
    })
}

/// Whether `new` asks for no less than `old`, and something comparable.
fn no_less(old: &str, new: &str) -> bool {
    matches!(strictness(old, new), None | Some(Way::Tighter))
}

proptest! {
    #[test]
    fn tightening_is_a_partial_order(a in asked(), b in asked(), c in asked()) {
        let (ab, abc) = (a.and(&b), a.and(&b).and(&c));
        for (x, y, z) in [(&a, &b, &c), (&a, &ab, &abc), (&ab, &a, &b), (&abc, &ab, &a)] {
            let [x, y, z] = [x, y, z].map(Asked::text);
            prop_assert_eq!(strictness(&x, &x), None);
            if no_less(&x, &y) && no_less(&y, &x) {
                prop_assert_eq!((strictness(&x, &y), strictness(&y, &x)), (None, None), "{} and {}", x, y);
            }
            if no_less(&x, &y) && no_less(&y, &z) {
                prop_assert!(no_less(&x, &z), "{} -> {} -> {}", x, y, z);
            }
        }
        prop_assert!(no_less(&a.text(), &ab.text()), "{} -> {}", a.text(), ab.text());
    }

    /// What a layer lets pass, the rule below lets pass; what that objects to, the layer does not call inapplicable.
    #[test]
    fn a_tightened_rule_never_comes_out_better(
        base in asked(), more in asked(), n in prop::option::of(1..40u32), confidence in any::<bool>(), evidence in evidence(),
    ) {
        let mut over = format!("require: {}\n", base.and(&more).text());
        over.extend(n.map(|n| format!("min_n: {n}\n")));
        over.push_str(if confidence { "confidence: 95%\n" } else { "" });
        let files = files(&file(&base.text(), ""), &over);
        let (below, layered) = (outcome(&files[..1], &evidence, "2026-02-18"), outcome(&files, &evidence, "2026-02-18"));
        prop_assert!(layered != Outcome::NotApplicable);
        prop_assert!(layered != Outcome::Pass || below == Outcome::Pass, "{below} became {layered}");
    }

    #[test]
    fn what_was_relaxed_comes_out_as_before_when_its_time_is_over(base in asked(), cut in 1..90u32, evidence in evidence()) {
        let mut less = base.clone();
        less.rates[0].1 = less.rates[0].1.saturating_sub(cut);
        prop_assume!(strictness(&base.text(), &less.text()) == Some(Way::Looser));
        let relax = "relax: { reason: r, owner: a, approved_by: b, until: 2026-02-20 }";
        let files = files(&file(&base.text(), ""), &format!("require: {}\n{relax}\n", less.text()));
        let below = outcome(&files[..1], &evidence, "2026-02-21");
        prop_assert_eq!(below, outcome(&files, &evidence, "2026-02-21"));
        prop_assert!(below != Outcome::Pass || outcome(&files, &evidence, "2026-02-20") == Outcome::Pass);
    }
}

const LOOSER: &str = "overrides: house/covered\nrequire: coverage.line >= 85%\n";
const RELAX: &str = "relax: { reason: the parser is being rewritten, owner: \"@alice\", approved_by: \"@bob\", until: 2026-02-20 }\n";
const CASE: &str = "cases:\n  - { given: { coverage.line: 90/100 }, outcome: pass }\n";

/// A project with one rule that its coverage of 90 % does not meet, and a layer over it.
fn project(layer: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("org/house/pack.yaml", "title: House\nabout: What we ask of ourselves.\n");
    put(
        "org/house/covered.yaml",
        "question: Is enough of the code covered?\nseverity: P1\nrequire: coverage.line >= 95%\nwhy: What is not run is not known.\n\
         fix: Write the test.\ncases:\n  - { given: { coverage.line: 95/100 }, outcome: pass }\n  - { given: { coverage.line: 94/100 }, outcome: fail }\n  \
         - { given: {}, outcome: no-evidence }\n",
    );
    put(
        "org/house/half.yaml",
        "question: Is half of the code covered?\nseverity: P1\nrequire: coverage.line >= 50%\nwhy: What is not run is not known.\n\
         fix: Write the test.\ncases:\n  - { given: { coverage.line: 50/100 }, outcome: pass }\n  - { given: { coverage.line: 49/100 }, outcome: fail }\n  \
         - { given: {}, outcome: no-evidence }\n",
    );
    put("ours/pack.yaml", "title: Ours\nabout: Our layer.\nextends: [house]\n");
    put("ours/covered.yaml", layer);
    put(
        "readiness.yaml",
        "project: { id: ready, name: Ready }\nevidence:\n  coverage: { family: coverage, path: coverage.xml }\npacks: [ours/, org/]\n\
         profiles: { pr: { gate: all } }\n",
    );
    folder
}

fn at(folder: &Path, now: &str, format: &str) -> Answer {
    readiness(folder, &["check", "--now", now, "--format", format])
}

#[test]
fn asking_for_less_is_a_mistake_unless_somebody_answers_for_it_for_a_while() {
    let folder = project(&format!("{LOOSER}{CASE}"));
    let answer = check(folder.path(), &[]);
    assert_eq!(answer.code, 2, "{}", answer.out);
    for part in [
        "ours/covered.yaml:2:10: `require` asks for less than the rule it overrides: it was `coverage.line >= 95%`",
        "(org/house/covered.yaml:3), and is `coverage.line >= 85%`",
        "  2 | require: coverage.line >= 85%",
        "relax: { reason, owner, approved_by, until }",
    ] {
        assert!(answer.err.contains(part), "{part}\n{}", answer.err);
    }
    let folder = project(&format!("{LOOSER}{RELAX}{CASE}"));
    let shown = [
        ("text", "EXPIRING"),
        ("json", "\"what\": \"house/covered\""),
        ("markdown", "⚠️&nbsp;expiring"),
        ("github", "title=expiring relax of house/covered::"),
        ("html", "Where a layer of the rules asks for less"),
    ];
    for (format, part) in shown {
        let answer = at(folder.path(), NOW, format);
        assert_eq!(answer.code, 0, "{format}\n{}{}", answer.out, answer.err);
        assert!(answer.out.contains(part), "{format}\n{}", answer.out);
    }
    let closed = at(folder.path(), "2026-02-22", "text");
    assert_eq!(closed.code, 1, "{}", closed.out);
    let words = closed.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let lapsed = "the rule was relaxed until 2026-02-20: that lapsed 2 days ago and counts no more, owner @alice";
    assert!(words.contains(lapsed) && words.contains("LAPSED house/covered was relaxed"), "{}", closed.out);
}

#[test]
fn explain_names_the_layer_that_set_each_field() {
    let folder = project("overrides: house/covered\nrequire: coverage.line >= 96%\nowner: us\n");
    let answer = readiness(folder.path(), &["explain", "house/covered", "--now", NOW]);
    let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "require coverage.line >= 96% ours/covered.yaml:2, tightened from coverage.line >= 95% at org/house/covered.yaml:3",
        "severity P1 org/house/covered.yaml:2",
        "owner us ours/covered.yaml:3",
        "Why (org/house/covered.yaml:4)",
    ] {
        assert!(words.contains(part), "{part}\n{}{}", answer.out, answer.err);
    }
}

#[test]
fn rules_are_listed_with_their_layers_and_tested_layer_by_layer() {
    let folder = project("overrides: house/covered\nrequire: coverage.line >= 96%\n");
    let run = |verb: &str| readiness(folder.path(), &["rules", verb, "org", "ours"]);
    assert!(run("list").out.contains("tightened at ours/covered.yaml:1"), "{}", run("list").out);
    let answer = run("test");
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("ours/covered.yaml:1:1: no case shows what this layer changes"), "{}", answer.err);
    fs::write(
        folder.path().join("ours/covered.yaml"),
        "overrides: house/covered\nrequire: coverage.line >= 96%\ncases:\n  - { given: { coverage.line: 955/1000 }, outcome: fail }\n",
    )
    .unwrap();
    let answer = run("test");
    assert_eq!((answer.code, answer.out.as_str()), (0, "7 cases of 2 rules in 2 packs come out as written\n"), "{}", answer.err);
    // A relaxed rule is listed with its permission, whether or not it still holds by now.
    fs::write(folder.path().join("ours/covered.yaml"), format!("{LOOSER}{RELAX}{CASE}")).unwrap();
    let answer = run("list");
    assert!(answer.out.contains("require: coverage.line >= 95% -> coverage.line >= 85%"), "{}{}", answer.out, answer.err);
}

#[test]
fn blocking_at_p0_only_takes_a_dated_word_too() {
    let folder = project("overrides: house/covered\nowner: us\n");
    let path = folder.path().join("readiness.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let with = |profile: &str| {
        fs::write(&path, text.replace("{ gate: all }", profile)).unwrap();
        |now: &str| readiness(folder.path(), &["check", "--profile", "pr", "--now", now])
    };
    assert_eq!(with("{ gate: all, block_at: P0 }")(NOW).code, 2);
    let relaxed = "{ block_at: P0, relax: { reason: r, owner: a, approved_by: b, until: 2026-02-20 } }";
    // No P0 rule is there to pass, so nothing is proven; but the failing P1 rule does not close the gate.
    let answer = with(relaxed)("2026-02-20");
    assert_eq!(answer.code, 3, "{}{}", answer.out, answer.err);
    assert!(answer.out.contains("profile pr is relaxed until today"), "{}", answer.out);
    assert_eq!(with(relaxed)("2026-02-21").code, 1);
    for (profile, message) in [
        (relaxed.replace("P0", "P2"), "`relax` allows nothing: only `block_at: P0` asks for less"),
        (relaxed.replace("2026-02-20", "2026-12-20"), "more than 60 days from now"),
        (relaxed.replace("owner: a", "owner: b"), "the relax is approved by its owner, b"),
    ] {
        let answer = with(&profile)(NOW);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains(message), "{message}\n{}", answer.err);
    }
}

#[test]
fn a_bundle_holds_the_layers_that_judged() {
    let folder = project("overrides: house/covered\nowner: us\n");
    let answer = readiness(folder.path(), &["bundle", "--out", "bundle", "--now", NOW]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    for file in ["rules/house/covered.yaml", "rules/ours/covered.yaml", "rules/ours/pack.yaml"] {
        assert!(folder.path().join("bundle").join(file).is_file(), "{file}");
    }
}
