#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::evaluate::judge::judge;
use crate::evaluate::pack::{self, Files};
use crate::evaluate::score::score;
use crate::evidence::Evidence;
use crate::finding::{Change, Since};
use crate::instant::Instant;
use crate::metric::Value;
use crate::record::Record;
use crate::rule::{Place, Spanned};
use crate::verdict::{Gate, Mode, Policy, Verdict};
use crate::waiver::{Reach, end_of_day};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn rules(severity: &str) -> Vec<Compiled> {
    let cases = "cases:\n  - { given: {}, outcome: pass }\n  - { given: {}, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
    let text = |lines: &str| format!("question: Is it so?\nseverity: {severity}\nwhy: Because.\nfix: Mend it.\n{lines}\n{cases}");
    let files = vec![
        ("p/cover.yaml".into(), text("require: coverage.line >= 80%")),
        ("p/exist.yaml".into(), text("require: coverage.branch >= 50%")),
        ("p/package.yaml".into(), text("for_each: coverage.package\nrequire: line >= 80%")),
    ];
    let mut errors = Vec::new();
    let read = pack::read(&[Files { pack: "p".into(), files }], Instant(0), &mut errors);
    let (rules, _) = pack::check(&read, &BTreeMap::new(), &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    rules
}

/// Coverage of `line` percent, in one package above the limit and one below.
fn evidence(line: u64) -> Vec<Evidence> {
    let mut evidence = Evidence::new("coverage", "coverage");
    evidence.put("coverage.line", Value::ratio(line, 100));
    evidence.put("coverage.branch", Value::ratio(9, 10));
    for (name, part) in [("good", 90), ("poor", 75)] {
        evidence.push("coverage.package", Record::new("name", name).with("line", Value::ratio(part, 100)));
    }
    vec![evidence]
}

fn waiver(rule: &str) -> Waiver {
    Waiver {
        id: "W-1".to_owned(),
        rule: rule.to_owned(),
        scope: Reach::default(),
        reason: "being rewritten".to_owned(),
        ticket: "OPS-42".to_owned(),
        owner: "@alice".to_owned(),
        approved_by: "@bob".to_owned(),
        granted: at("2026-02-01"),
        expires: end_of_day(at("2026-03-01")),
        bound: None,
        named: None,
        compensating: None,
        expiring: 7,
        longer: None,
        confirmed: None,
        place: Place { file: "waivers.yaml".into(), line: 1, column: 3 },
    }
}

fn bounded(rule: &str, bound: &str) -> Waiver {
    Waiver { bound: Some(Spanned { text: bound.to_owned(), ..Spanned::default() }), ..waiver(rule) }
}

/// The findings and the list, at a moment.
fn held(severity: &str, waivers: Vec<Waiver>, evidence: &[Evidence], now: &str) -> (Vec<Finding>, Vec<Listed>) {
    let rules = rules(severity);
    let mut errors = Vec::new();
    let ready = prepare(waivers, &rules, &BTreeMap::new(), &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    let occasion = Occasion { now: Some(at(now)), profile: Some("pr".to_owned()), ..Occasion::default() };
    let facts = Facts::new(evidence);
    let mut findings = judge(&rules, &facts, &occasion);
    let listed = waive(&mut findings, &ready, &facts, &occasion);
    (findings, listed)
}

fn of<'f>(findings: &'f [Finding], id: &str) -> &'f Finding {
    findings.iter().find(|f| f.id() == id).unwrap()
}

fn both() -> Vec<Waiver> {
    vec![waiver("p/cover"), Waiver { id: "W-2".to_owned(), ..waiver("p/package") }]
}

#[test]
fn an_active_waiver_unblocks_and_the_outcome_stays() {
    let (findings, listed) = held("P1", both(), &evidence(75), "2026-02-18");
    let waived = of(&findings, "p/cover");
    assert_eq!((waived.outcome, waived.is_waived(), waived.blocks(Severity::P1)), (Outcome::Fail, true, false));
    assert_eq!(listed.iter().map(|l| (l.waived.state, l.findings)).collect::<Vec<_>>(), [(State::Active, 1), (State::Active, 1)]);
    assert_eq!(Verdict::over(&findings, Severity::P1), Verdict::Ready);
    assert!(Gate::decide(&findings, Severity::P1, &Policy::default(), at("2026-02-18")).open);
    // What passes is not marked, and nothing waived earns anything.
    assert_eq!(of(&findings, "p/package[good]").waiver, None);
    assert_eq!(score(&findings, None, None).passed_weight, 1);
}

#[test]
fn a_waiver_that_does_not_count_says_so_in_the_message() {
    let (findings, _) = held("P1", both(), &evidence(75), "2026-03-04");
    let expired = of(&findings, "p/cover");
    assert!(expired.blocks(Severity::P1));
    assert!(expired.message.ends_with("; waiver W-1 expired 3 days ago, owner @alice"), "{}", expired.message);
    assert_eq!(expired.waiver.as_ref().unwrap().state, State::Expired);
    assert!(expired.is_lapsed());
    let (findings, listed) = held("P1", both(), &evidence(75), "2026-01-18");
    assert!(of(&findings, "p/cover").blocks(Severity::P1));
    assert_eq!(listed[0].waived.state, State::NotYet);
}

#[test]
fn the_gate_closes_with_the_first_moment_after() {
    let open = |now: &str| Verdict::over(&held("P1", both(), &evidence(75), now).0, Severity::P1) == Verdict::Ready;
    assert!(open("2026-03-01T23:59:59.999Z"));
    assert!(!open("2026-03-02T00:00:00Z"));
}

#[test]
fn a_bound_is_held_against_each_subject() {
    let state = |bound: &str, line| held("P1", vec![bounded("p/cover", bound)], &evidence(line), "2026-02-18").1[0].waived.state;
    assert_eq!(state("coverage.line >= 70%", 75), State::Active);
    assert_eq!(state("coverage.line >= 70%", 69), State::OutOfBound);
    assert_eq!(state("coverage.line >= 70%", 85), State::Unused);
    let (findings, _) = held("P1", vec![bounded("p/package", "line >= 76%")], &evidence(90), "2026-02-18");
    let poor = of(&findings, "p/package[poor]");
    assert!(poor.blocks(Severity::P1));
    assert!(
        poor.message.ends_with("waiver W-1 does not apply: its bound `line >= 76%` is not shown to hold, owner @alice"),
        "{}",
        poor.message
    );
    let (findings, _) = held("P1", vec![bounded("p/package", "line >= 74%")], &evidence(90), "2026-02-18");
    assert!(of(&findings, "p/package[poor]").is_waived());
}

#[test]
fn a_bound_without_evidence_does_not_hold() {
    let (findings, listed) = held("P1", vec![bounded("p/cover", "tests.failed == 0")], &evidence(75), "2026-02-18");
    assert_eq!(listed[0].waived.state, State::OutOfBound);
    assert!(of(&findings, "p/cover").blocks(Severity::P1));
}

#[test]
fn a_mistake_in_a_bound_is_told() {
    let mut errors = Vec::new();
    prepare(vec![bounded("p/cover", "coverage.lien >= 70%")], &rules("P1"), &BTreeMap::new(), &mut errors);
    assert!(errors[0].to_string().contains("coverage.line"), "{errors:?}");
}

#[test]
fn missing_evidence_of_a_p0_rule_cannot_be_waived() {
    let (findings, listed) = held("P0", vec![waiver("p/cover")], &[], "2026-02-18");
    assert_eq!(listed[0].waived.state, State::Refused);
    let missing = of(&findings, "p/cover");
    assert!(missing.blocks(Severity::P1) && missing.message.ends_with("a P0 rule without evidence cannot be waived"));
    // A P1 rule's can, and then still nothing is proven.
    let every = ["p/cover", "p/exist", "p/package"].map(waiver).to_vec();
    let (mut findings, _) = held("P1", every, &[], "2026-02-18");
    assert!(findings.iter().all(Finding::is_waived));
    assert_eq!(Verdict::over(&findings, Severity::P1), Verdict::NotProven);
    // A gate for what is new is not opened by it either; what was already so still blocks nothing.
    let policy = Policy { mode: Mode::New, ..Policy::default() };
    let exit = |findings: &[Finding]| Gate::decide(findings, Severity::P1, &policy, at("2026-02-18")).exit_code;
    let mark = |findings: &mut [Finding], change| {
        findings.iter_mut().for_each(|f| f.since = Some(Since { change, since: at("2026-01-01") }));
    };
    mark(&mut findings, Change::New);
    assert_eq!(exit(&findings), 3);
    mark(&mut findings, Change::Inherited);
    assert_eq!(exit(&findings), 0);
}

#[test]
fn a_waived_p0_lifts_the_cap_and_earns_nothing() {
    let capped = |waivers| score(&held("P0", waivers, &evidence(75), "2026-02-18").0, None, None);
    assert_eq!((capped(both()).passed_weight, capped(Vec::new()).passed_weight), (1, 1));
    let weigh = |waivers| {
        let mut findings = held("P0", waivers, &evidence(75), "2026-02-18").0;
        findings.retain(|f| f.rule != "p/package");
        score(&findings, None, None)
    };
    assert_eq!(weigh(Vec::new()).overall, Some(49), "half of the rules pass, and the cap is below half");
    assert_eq!(weigh(vec![waiver("p/cover")]).overall, Some(50));
}

#[test]
fn a_scope_names_the_judgement_and_the_finding() {
    let scoped = |scope| held("P1", vec![Waiver { scope, ..waiver("p/package") }], &evidence(90), "2026-02-18");
    let (findings, listed) = scoped(Reach { profile: vec!["nightly".to_owned()], ..Reach::default() });
    assert_eq!((listed[0].waived.state, of(&findings, "p/package[poor]").waiver.is_none()), (State::OutOfScope, true));
    let poor = of(&findings, "p/package[poor]").fingerprint.clone();
    let good = of(&findings, "p/package[good]").fingerprint.clone();
    let only = |fingerprint: String| Reach { fingerprint: Some(fingerprint), ..Reach::default() };
    assert_eq!(scoped(only(poor)).1[0].waived.state, State::Active);
    assert_eq!(scoped(only(good)).1[0].waived.state, State::Unused);
    assert_eq!(scoped(only("0".repeat(32))).1[0].waived.state, State::Unused);
}

#[test]
fn of_two_waivers_the_one_that_counts_marks() {
    let old = Waiver { id: "W-0".to_owned(), granted: at("2026-01-01"), expires: end_of_day(at("2026-01-31")), ..waiver("p/cover") };
    for waivers in [vec![old.clone(), waiver("p/cover")], vec![waiver("p/cover"), old]] {
        let (findings, _) = held("P1", waivers, &evidence(75), "2026-02-18");
        assert_eq!(of(&findings, "p/cover").waiver.as_ref().unwrap().id, "W-1");
        assert!(!of(&findings, "p/cover").message.contains("waiver"));
    }
    // Between an old one and a new one nobody answers for it.
    let old = Waiver { id: "W-0".to_owned(), granted: at("2026-01-01"), expires: end_of_day(at("2026-01-31")), ..waiver("p/cover") };
    let next = Waiver { granted: at("2026-02-20"), ..waiver("p/cover") };
    for waivers in [vec![old.clone(), next.clone()], vec![next, old]] {
        let (findings, _) = held("P1", waivers, &evidence(75), "2026-02-18");
        let mark = of(&findings, "p/cover").waiver.as_ref().unwrap();
        assert_eq!((mark.state, mark.lapsed), (State::NotYet, true));
    }
    let (_, listed) = held("P1", vec![waiver("q/gone")], &evidence(75), "2026-02-18");
    assert_eq!(listed[0].waived.state, State::Orphan);
}
