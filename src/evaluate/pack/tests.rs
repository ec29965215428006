#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::evaluate::cases;
use crate::rule::{Severity, Way};

const RULE: &str = "\
question: Is enough covered?
severity: P1
require: coverage.line >= 80%
evidence: { max_age: 24h, mode: live }
controls: [SOC2:CC8.1]
why: because
fix: do it
cases:
  - { given: { coverage.line: 80/100 }, outcome: pass }
  - { given: { coverage.line: 79/100 }, outcome: fail }
  - { given: {}, outcome: no-evidence }
";
const RELAX: &str = "relax: { reason: a new importer, owner: \"@alice\", approved_by: \"@bob\", until: 2026-03-10 }\n";

fn pack(name: &str, extends: &str, files: &[(&str, &str)]) -> Files {
    let extends = if extends.is_empty() { String::new() } else { format!("extends: [{extends}]\n") };
    let mut all = vec![(format!("{name}/pack.yaml"), format!("title: t\nabout: a\n{extends}"))];
    all.extend(files.iter().map(|(file, text)| (format!("{name}/{file}.yaml"), (*text).to_owned())));
    Files { pack: name.to_owned(), files: all }
}

fn base() -> Files {
    pack("base", "", &[("covered", RULE)])
}

fn over(name: &str, extends: &str, text: &str) -> Files {
    pack(name, extends, &[("covered", &format!("overrides: base/covered\n{text}"))])
}

fn day(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// The packs as of a day, and every mistake as it is printed.
fn at(files: &[Files], now: &str) -> (Vec<Pack>, Vec<String>) {
    let mut errors = Vec::new();
    let packs = read(files, day(now), &mut errors);
    (packs, errors.iter().map(ToString::to_string).collect())
}

fn rule(files: &[Files], now: &str) -> Rule {
    let (packs, errors) = at(files, now);
    assert!(errors.is_empty(), "{errors:?}");
    packs.into_iter().flat_map(|pack| pack.rules).find(|rule| rule.id == "base/covered").unwrap()
}

fn refused(text: &str) -> String {
    let (_, errors) = at(&[base(), over("ours", "base", text)], "2026-02-18");
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    errors[0].clone()
}

fn requires(rule: &Rule) -> &str {
    &rule.require.as_ref().unwrap().text
}

#[test]
fn a_layer_tightens_what_it_names_and_inherits_the_rest() {
    let text = "require: coverage.line >= 85%\nseverity: P0\nevidence: { max_age: 12h }\ncontrols: [SOC2:CC7.1, SOC2:CC8.1]\nowner: us\n";
    let rule = rule(&[base(), over("ours", "base", text)], "2026-02-18");
    assert_eq!((rule.id.as_str(), rule.pack.as_str(), requires(&rule)), ("base/covered", "base", "coverage.line >= 85%"));
    assert_eq!((rule.severity, rule.owner.as_deref(), rule.why.as_str()), (Some(Severity::P0), Some("us"), "because"));
    assert_eq!((rule.evidence.max_age, rule.evidence.mode.as_deref()), (Some(12 * 3_600_000), Some("live")));
    assert_eq!(rule.controls, ["SOC2:CC8.1", "SOC2:CC7.1"]);
    let set = |field: &str| {
        let all = rule.settings.iter().filter(|s| s.field == field);
        all.map(|s| (format!("{}:{}", s.place.file, s.place.line), s.way)).collect::<Vec<_>>()
    };
    assert_eq!(set("require"), [("base/covered.yaml:3".to_owned(), None), ("ours/covered.yaml:2".to_owned(), Some(Way::Tighter))]);
    assert_eq!(set("evidence.max_age").len(), 2);
    assert_eq!(set("why"), [("base/covered.yaml:6".to_owned(), None)]);
}

#[test]
fn whatever_asks_for_less_or_cannot_be_told_is_a_mistake_at_its_place() {
    let message = refused("require: coverage.line >= 70%\n");
    assert!(message.starts_with("ours/covered.yaml:2:10: `require` asks for less than the rule it overrides: it was"), "{message}");
    assert!(message.contains("`coverage.line >= 80%` (base/covered.yaml:3), and is `coverage.line >= 70%`"), "{message}");
    for (text, field) in [
        ("severity: P2", "severity"),
        ("evidence: { max_age: 2d }", "evidence.max_age"),
        ("where: line > 0%\nfor_each: coverage.file\nrequire: line >= 80%", ""),
        ("when: profile == \"release\"", "when"),
        ("effective_from: 2027-01-01", "effective_from"),
        ("warmup: 3", "warmup"),
        ("empty: 0", "empty"),
        ("require: coverage.line >= 80% || coverage.branch >= 80%", "require"),
        ("require: coverage.branch >= 90%", "require"),
    ] {
        let (_, errors) = at(&[base(), over("ours", "base", &format!("{text}\n"))], "2026-02-18");
        assert!(!errors.is_empty() && errors.iter().any(|e| e.contains(&format!("`{field}"))), "{text}: {errors:?}");
    }
    assert!(refused("requires: coverage.line >= 85%\n").contains("did you mean `require`"));
    let (_, errors) = at(&[base(), over("ours", "base", "attest: { by: me, every: 30d }\n")], "2026-02-18");
    assert!(errors[0].contains("exactly one of"), "{errors:?}");
}

#[test]
fn what_is_relaxed_is_so_until_its_day_is_over() {
    let relaxed = || [base(), over("ours", "base", &format!("require: coverage.line >= 70%\n{RELAX}"))];
    let (before, after) = (rule(&relaxed(), "2026-03-10T23:59:59.999Z"), rule(&relaxed(), "2026-03-11"));
    assert_eq!((requires(&before), requires(&after)), ("coverage.line >= 70%", "coverage.line >= 80%"));
    assert_eq!(
        crate::evaluate::difference::changes(
            &rule(&[base()], "2026-03-11"),
            &Rule { cases: before.layers[0].cases.clone(), ..after.clone() }
        ),
        []
    );
    for rule in [&before, &after] {
        let [eased] = rule.eased.as_slice() else { panic!("{:?}", rule.eased) };
        assert_eq!((eased.changes[0].field, eased.changes[0].way), ("require", Way::Looser));
    }
}

#[test]
fn a_permission_names_two_people_an_end_and_something_to_allow() {
    let relax = |relax: &str, more: &str| refused(&format!("{more}relax: {relax}\n"));
    let looser = "require: coverage.line >= 70%\n";
    for (text, more, expected) in [
        ("{ reason: r, owner: \"@alice\", until: 2026-03-10, approved_by: Alice }", looser, "approved by its owner, Alice"),
        ("{ reason: r, owner: a, approved_by: b, until: soon }", looser, "is not a date"),
        ("{ reason: r, owner: a, approved_by: b, until: 2026-12-31 }", looser, "the last day is 2026-04-19"),
        ("{ reason: r, owner: a, approved_by: b }", looser, "has no `until`"),
        ("{ reason: \"\", owner: a, approved_by: b, until: 2026-03-10 }", looser, "`reason` is empty"),
        ("{ reason: r, owner: a, approved_by: b, until: 2026-03-10 }", "owner: us\n", "allows nothing"),
        ("{ reason: r, owner: a, approved_by: b, until: 2026-03-10 }", "severity: P0\n", "would lapse with the `relax`"),
    ] {
        assert!(relax(text, more).contains(expected), "{text}");
    }
    let (_, errors) = at(&[pack("base", "", &[("covered", &format!("{RULE}{RELAX}"))])], "2026-02-18");
    assert!(errors[0].contains("`relax` has nothing to relax"), "{errors:?}");
}

#[test]
fn layers_lie_in_the_order_of_packs_above_what_they_extend() {
    let org = over("org", "base", "require: coverage.line >= 85%\n");
    let repo = over("repo", "org, base", "require: coverage.line >= 90%\nseverity: P0\n");
    for files in [[repo.clone(), org.clone(), base()], [base(), org.clone(), repo.clone()]] {
        let rule = rule(&files, "2026-02-18");
        assert_eq!((requires(&rule), rule.layers.len()), ("coverage.line >= 90%", 3));
    }
    // A layer must ask for no less than those below it, also while they are relaxed.
    let lower = over("repo", "org", "require: coverage.line >= 82%\n");
    let (_, errors) = at(&[base(), org, lower], "2026-02-18");
    assert!(errors[0].contains("it was `coverage.line >= 85%` (org/covered.yaml:2)"), "{errors:?}");
    let relaxed = over("org", "base", &format!("require: coverage.line >= 70%\n{RELAX}"));
    let (_, errors) = at(&[base(), relaxed.clone(), over("repo", "org", "require: coverage.line >= 75%\n")], "2026-02-18");
    assert!(errors[0].contains("it was `coverage.line >= 80%` (base/covered.yaml:3)"), "{errors:?}");
    let rule = rule(&[base(), relaxed, over("repo", "org", "min_n: 20\nconfidence: 95%\n")], "2026-02-18");
    assert_eq!((requires(&rule), rule.min_n), ("coverage.line >= 70%", Some(20)));
}

#[test]
fn extending_is_loading_and_knows_no_circle() {
    let (packs, errors) = at(&[pack("ours", "pr-gate", &[("covered", "overrides: pr-gate/coverage-line\nowner: us\n")])], "2026-02-18");
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(packs.iter().map(|pack| pack.name.as_str()).collect::<Vec<_>>(), ["pr-gate", "ours"]);
    assert_eq!((packs[1].rules.len(), packs[1].files.len()), (0, 2));
    let owned = packs[0].rules.iter().find(|rule| rule.id == "pr-gate/coverage-line").unwrap();
    assert_eq!(owned.owner.as_deref(), Some("us"));
    let wrong = |files: &[Files], expected: &str| {
        let (_, errors) = at(files, "2026-02-18");
        assert!(errors.iter().any(|error| error.contains(expected)), "{expected}: {errors:?}");
    };
    wrong(&[over("ours", "bse", "")], "ours/pack.yaml:3:11: there is no pack `bse` to extend");
    wrong(&[over("ours", "pr-gat, base", ""), base()], "did you mean `pr-gate`");
    wrong(&[base(), over("ours", "base, base", "")], "ours/pack.yaml:3:17: `base` is extended twice");
    wrong(&[pack("base", "ours", &[("covered", RULE)]), over("ours", "base", "")], "in a circle: base -> ours -> base");
    wrong(&[pack("base", "base", &[("covered", RULE)])], "in a circle: base -> base");
    wrong(&[base(), over("ours", "", "")], "`ours` does not extend `base`");
    wrong(&[base(), pack("ours", "base", &[("a", "overrides: base/coverd\n")])], "did you mean `base/covered`");
    wrong(
        &[base(), pack("ours", "base", &[("a", "overrides: base/covered\n"), ("b", "overrides: base/covered\n")])],
        "overridden in this pack already, at ours/a.yaml:1:12",
    );
    wrong(&[base(), pack("ours", "base", &[("a", "overrides: [base/covered]\n")])], "`overrides` must name one rule");
    let mut scoped = over("ours", "base", "");
    scoped.files[0].1.push_str("when: profile == \"release\"\n");
    wrong(&[base(), scoped], "ours/pack.yaml:4:7: a pack that overrides rules has no `when`");
    wrong(&[pack("ours", "", &[])], "the pack `ours` has no rule");
}

#[test]
fn a_layer_follows_a_rule_to_its_new_name() {
    let renamed = || pack("base", "", &[("covered", &format!("{RULE}renamed_from: [base/lines, old/lines]\n"))]);
    let layer = |name: &str, over: &str, limit: &str| {
        pack(name, "base", &[("covered", &format!("overrides: {over}\nrequire: coverage.line >= {limit}\n"))])
    };
    let one = rule(&[renamed(), layer("ours", "base/lines", "85%"), layer("theirs", "old/lines", "90%")], "2026-02-18");
    assert_eq!((requires(&one), one.layers.len()), ("coverage.line >= 90%", 3));
    assert_eq!(
        one.called().collect::<Vec<_>>(),
        [
            "ours/covered.yaml:1 overrides it as `base/lines`, which is what it was called",
            "theirs/covered.yaml:1 overrides it as `old/lines`, which is what it was called"
        ]
    );
    assert_eq!(rule(&[renamed(), layer("ours", "base/covered", "85%")], "2026-02-18").outdated, []);
    let refused = |files: &[Files], told: &str| {
        let (_, errors) = at(files, "2026-02-18");
        assert!(errors.len() == 1 && errors[0].contains(told), "{told}: {errors:?}");
    };
    refused(&[renamed(), layer("ours", "base/lines", "70%")], "asks for less");
    let twice = [("a", "overrides: base/covered\n"), ("b", "overrides: base/lines\n")];
    refused(&[renamed(), pack("ours", "base", &twice)], "`base/covered` is overridden in this pack already, at ours/a.yaml:1:12");
    let stranger = pack("ours", "", &[("a", "overrides: old/lines\n")]);
    refused(&[renamed(), stranger], "`base/covered` cannot be overridden here: `ours` does not extend `base`");
    // An old name that is a rule's own today is a mistake of the rule that claims it, and means the rule.
    let own = pack("base", "", &[("covered", &format!("{RULE}renamed_from: base/lines\n")), ("lines", RULE)]);
    assert_eq!(rule(&[own, layer("ours", "base/lines", "85%")], "2026-02-18").layers.len(), 0);
    let gone = pack("ours", "nightly-bench", &[("a", "overrides: nightly-bench/enough-history\n")]);
    refused(&[gone], "`nightly-bench/enough-history` was removed in 0.1.0: ");
}

#[test]
fn a_layer_shows_by_a_case_what_it_changes() {
    let wrong = |text: &str| -> Vec<String> {
        let mut errors = Vec::new();
        let packs = read(&[base(), over("ours", "base", text)], day("2026-02-18"), &mut errors);
        let (rules, declared) = check(&packs, &BTreeMap::new(), &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        rules.iter().flat_map(|rule| cases::run(rule, &declared)).map(|mistake| mistake.to_string()).collect()
    };
    let tight = "require: coverage.line >= 85%\n";
    assert!(wrong(tight)[0].contains("no case shows what this layer changes: `require` was `coverage.line >= 80%`"));
    assert!(wrong(&format!("{tight}cases:\n  - {{ given: {{ coverage.line: 70/100 }}, outcome: fail }}\n"))[0].contains("no case shows"));
    assert_eq!(wrong(&format!("{tight}cases:\n  - {{ given: {{ coverage.line: 82/100 }}, outcome: fail }}\n")), Vec::<String>::new());
    assert!(
        wrong(&format!("{tight}cases:\n  - {{ given: {{ coverage.line: 82/100 }}, outcome: pass }}\n"))[0]
            .contains("is fail, the case expects pass")
    );
    assert_eq!(wrong("severity: P0\nevidence: { max_age: 1h }\n"), Vec::<String>::new());
    assert_eq!(
        wrong(&format!("require: coverage.line >= 70%\n{RELAX}cases:\n  - {{ given: {{ coverage.line: 75/100 }}, outcome: pass }}\n")),
        Vec::<String>::new()
    );
}
