#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::evaluate::pack::{Files, embedded, read, shipped};
use crate::instant::Instant;

const RULE: &str = "\
question: Is it good?
severity: P1
weight: 2
require: coverage.line >= 80% && tests.failed == 0
confidence: 95%
min_n: 20
when: profile == \"release\"
effective_from: 2026-02-01
evidence: { max_age: 24h, commit: head, mode: live }
empty: 0
cadence: { every: 24h, window: 4d, gaps: 1 }
warmup: 20
controls: [SOC2:CC8.1]
why: because
fix: do it
cases:
  - { given: { coverage.line: 1/1, tests.failed: 0 }, outcome: pass }
  - { given: { coverage.line: 0/1, tests.failed: 0 }, outcome: fail }
  - { given: {}, outcome: no-evidence }
";

fn pack(name: &str, text: &str) -> Vec<Pack> {
    let head = (format!("{name}/pack.yaml"), "title: t\nabout: a\n".to_owned());
    let mut errors = Vec::new();
    let files = Files { pack: name.to_owned(), files: vec![head, (format!("{name}/good.yaml"), text.to_owned())] };
    let packs = read(&[files], Instant(0), &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    packs
}

/// What becomes of the rule when one text in it is another.
fn edit(from: &str, to: &str) -> Vec<(&'static str, Way)> {
    assert!(RULE.contains(from), "{from}");
    let differences = compare(&pack("a", RULE), &pack("b", &RULE.replacen(from, to, 1)));
    let [Difference { rule, step: Step::Changed(changes) }] = differences.as_slice() else { panic!("{from}: {differences:?}") };
    assert_eq!(rule, "good");
    changes.iter().map(|change| (change.field, change.way)).collect()
}

#[test]
fn every_field_has_its_direction() {
    for (from, to, field, way) in [
        ("severity: P1", "severity: P2", "severity", Way::Looser),
        ("weight: 2", "weight: 1", "weight", Way::Looser),
        ("80%", "79%", "require", Way::Looser),
        (" && tests.failed == 0", "", "require", Way::Looser),
        ("confidence: 95%", "confidence: 90%", "confidence", Way::Looser),
        ("confidence: 95%\n", "", "confidence", Way::Looser),
        ("min_n: 20", "min_n: 10", "min_n", Way::Looser),
        ("max_age: 24h", "max_age: 2d", "evidence.max_age", Way::Looser),
        ("commit: head, ", "", "evidence.commit", Way::Looser),
        (", mode: live", "", "evidence.mode", Way::Looser),
        ("warmup: 20", "warmup: 30", "warmup", Way::Looser),
        ("gaps: 1", "gaps: 0", "cadence.gaps", Way::Tighter),
        ("every: 24h", "every: 30h", "cadence.every", Way::Looser),
        ("window: 4d", "window: 5d", "cadence.window", Way::Tighter),
        ("cadence: { every: 24h, window: 4d, gaps: 1 }\n", "", "cadence.every", Way::Looser),
        ("2026-02-01", "2026-03-01", "effective_from", Way::Looser),
        ("profile == \"release\"", "profile == \"release\" && coverage.line > 0%", "when", Way::Looser),
        ("severity: P1", "severity: P0", "severity", Way::Tighter),
        ("80%", "81%", "require", Way::Tighter),
        ("when: profile == \"release\"\n", "", "when", Way::Tighter),
        ("empty: 0\n", "", "empty", Way::Tighter),
        ("max_age: 24h", "max_age: 12h", "evidence.max_age", Way::Tighter),
        ("profile == \"release\"", "profile == \"pr\"", "when", Way::Different),
        ("tests.failed == 0", "tests.errors == 0", "require", Way::Different),
        ("min_n: 20", "min_n: 20\nfor_each: coverage.file", "for_each", Way::Different),
        ("min_n: 20", "min_n: 20\nwhere: line > 0%", "where", Way::Looser),
        ("SOC2:CC8.1", "SOC2:CC7.1", "controls", Way::Different),
        ("because", "for a reason", "why", Way::Different),
        ("why: because", "why: because\nrenamed_from: a/bad", "renamed_from", Way::Different),
        ("why: because", "why: because\ndeprecated: { since: 0.3.0, why: no }", "deprecated", Way::Different),
        ("coverage.line: 1/1", "coverage.line: 9/9", "cases", Way::Different),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&(field, way)), "{from} -> {to}: {found:?}");
    }
}

#[test]
fn a_word_in_the_place_of_evidence_is_looser() {
    let word = "question: Is it good?\nseverity: P1\nattest: { by: somebody, every: 30d }\nwhy: because\nfix: do it\n";
    let differences = compare(&pack("a", RULE), &pack("b", word));
    let [Difference { step: Step::Changed(changes), .. }] = differences.as_slice() else { panic!("{differences:?}") };
    assert!(changes.iter().any(|change| (change.field, change.way) == ("require", Way::Looser)), "{changes:?}");
}

#[test]
fn a_rule_that_was_renamed_is_held_against_what_it_was() {
    let named = |name: &str, text: &str| {
        let mut packs = pack("a", text);
        packs[0].rules[0].id = format!("a/{name}");
        packs.push(Pack { name: "z".into(), ..Pack::default() });
        packs
    };
    let looser = format!("{}renamed_from: [a/older, a/old]\n", RULE.replace("80%", "79%"));
    let [Difference { rule, step: Step::Changed(changes) }] = &compare(&named("old", RULE), &named("new", &looser))[..] else { panic!() };
    assert_eq!(rule, "a/new");
    assert!(changes.iter().any(|change| (change.field, change.way) == ("require", Way::Looser)), "{changes:?}");
}

#[test]
fn what_is_gone_is_looser_and_the_same_is_nothing() {
    let all = read(&shipped().into_iter().filter_map(embedded).collect::<Vec<_>>(), Instant(0), &mut Vec::new());
    assert_eq!(compare(&all, &all), []);
    let mut fewer = all.clone();
    let gone = fewer[1].rules.remove(0).id;
    let lost = compare(&all, &fewer);
    assert_eq!(lost, [Difference { rule: gone.clone(), step: Step::Removed }]);
    assert_eq!((lost[0].way(), compare(&fewer, &all)[0].way()), (Way::Looser, Way::Tighter));
}
