//! A report for the tests of the outputs: every outcome, one of each kind of trouble, and hostile text.
#![allow(clippy::unwrap_used)]

use crate::attestation::{Attested, Statement};
use crate::evidence::{Evidence, Gap, MISSING};
use crate::finding::{Basis, Finding, Outcome, Shown};
use crate::instant::Instant;
use crate::metric::Value;
use crate::proposal::{Proposal, Proposed};
use crate::relax::{Easing, Relaxed};
use crate::report::{Report, SCHEMA, Subject, Used};
use crate::rule::{Place, Relax, Severity, Way};
use crate::source::{Grade, Location, Source};
use crate::verdict::{Area, Gate, Policy, Score, Verdict};
use crate::waiver::{Listed, Reach, State, Waiver, end_of_day};

/// A finding of `rule` with texts of the usual form.
pub fn finding(rule: &str, severity: Severity, outcome: Outcome) -> Finding {
    Finding {
        rule: rule.to_owned(),
        subject: None,
        question: "Does every test pass?".to_owned(),
        severity,
        weight: 1,
        owner: None,
        controls: Vec::new(),
        outcome,
        gap: (outcome == Outcome::NoEvidence).then_some(Gap::Missing),
        message: "113 of 114 tests pass, all must: test_citation_coverage_legal failed (junit.xml)".to_owned(),
        observed: "113 of 114".to_owned(),
        required: "all".to_owned(),
        margin: "1 test short".to_owned(),
        would_show: None,
        cause: None,
        shortfall: None,
        blamed: Vec::new(),
        since: None,
        why: "A failing test is a known defect.".to_owned(),
        fix: "Fix the test or the code; a skipped test also counts as not passed.".to_owned(),
        expression: "tests.failed == 0".to_owned(),
        rule_at: "rules/pr-gate/tests-pass.yaml:4".to_owned(),
        sources: vec![Basis { evidence: "unit-tests".to_owned(), path: "junit.xml".to_owned(), at: Location::line(12) }],
        waiver: None,
        attested: None,
        fingerprint: "0".repeat(64),
    }
}

/// A report over these findings, which blocks at P1.
pub fn over(findings: Vec<Finding>) -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        tool: "readiness 0.1.0".to_owned(),
        project: Subject {
            id: "reflexio".to_owned(),
            name: "Reflexio 24/7".to_owned(),
            version: Some("4.1.1".to_owned()),
            commit: Some("487fbed0c0ffee00487fbed0c0ffee00487fbed0".to_owned()),
            repository: None,
        },
        system: Default::default(),
        now: Instant::parse("2026-02-18T00:00:00Z").unwrap(),
        change: None,
        profile: Some("pr".to_owned()),
        fork: false,
        env: None,
        verdict: Verdict::over(&findings, Severity::P1),
        gate: Gate::decide(&findings, Severity::P1, &Policy::default(), Instant(0)),
        score: Score {
            overall: Some(43),
            capped_at: Some(49),
            capped_while: Some("a P0 rule does not pass".into()),
            passed_weight: 3,
            weight: 7,
            areas: vec![Area { name: "pr-gate".to_owned(), score: 43, passed: 3, weight: 7 }],
            with_evidence: Value::ratio(5, 6),
            claimed: Some(Value::ratio(90, 100)),
            computed: None,
        },
        findings,
        evidence: evidence(),
        before: Vec::new(),
        past: Vec::new(),
        fixed: Vec::new(),
        inventory: crate::inventory::Inventory::default(),
        controls: Vec::new(),
        packs: vec![Used { name: "pr-gate".to_owned(), title: "Pull request gate".to_owned(), rules: 6, sha256: "a".repeat(64) }],
        waivers: Vec::new(),
        relaxed: Vec::new(),
        proposal: None,
    }
}

fn evidence() -> Vec<Evidence> {
    let mut coverage = Evidence::new("coverage", "coverage");
    coverage.problem(MISSING, Grade::Error, "", Location::whole(), "no file matches coverage.xml");
    let mut tests = Evidence::new("unit-tests", "tests");
    tests.sources.push(Source { path: "junit.xml".to_owned(), format: Some("junit".into()), bytes: 12, ..Source::default() });
    tests.problem("totals-differ", Grade::Warning, "junit.xml", Location::line(2), "the suite declares 115 tests and has 114");
    vec![coverage, tests]
}

/// One finding of every outcome and severity that the outputs treat differently.
pub fn report() -> Report {
    let unproven = Finding {
        question: "Is at most one answer in two hundred hallucinated?".to_owned(),
        message: "0 of 76 answers are hallucinated, which shows at most 3.87 %, not 0.5 % (golden.jsonl)".to_owned(),
        observed: "0 of 76, at most 3.87 %".to_owned(),
        required: "at most 0.5 %".to_owned(),
        margin: "522 more clean cases needed".to_owned(),
        ..finding("ai-claims/hallucination-rate", Severity::P0, Outcome::Unproven)
    };
    let unfit = Finding {
        subject: Some("LEGAL".to_owned()),
        gap: Some(Gap::Unfit),
        message: "the golden set ran in mode `mock`, the rule asks for `live`".to_owned(),
        observed: "–".to_owned(),
        required: "at most 2 %".to_owned(),
        margin: String::new(),
        would_show: Some(Shown { outcome: Outcome::Unproven, text: "0 of 16 shows at most 17.07 %".to_owned() }),
        ..finding("ai-claims/category-floor", Severity::P1, Outcome::NoEvidence)
    };
    let applies = Finding {
        message: "starts on 2026-03-01".to_owned(),
        margin: String::new(),
        ..finding("pr-gate/docs", Severity::P1, Outcome::NotApplicable)
    };
    over(vec![
        finding("pr-gate/tests-pass", Severity::P0, Outcome::Fail),
        finding("pr-gate/flaky", Severity::P2, Outcome::Fail),
        unproven,
        unfit,
        finding("pr-gate/coverage", Severity::P1, Outcome::Pass),
        applies,
    ])
}

/// The same report in which one failure is waived, and a list with a waiver of every kind.
pub fn waived() -> Report {
    let now = Instant::parse("2026-02-18T00:00:00Z").unwrap();
    let mut report = report();
    let listed = |id: &str, rule: &str, state: State, findings: usize| {
        let expires = if state == State::Expired { "2026-02-15T23:59:59.999Z" } else { "2026-02-20T23:59:59.999Z" };
        let waiver = Waiver {
            id: id.to_owned(),
            rule: rule.to_owned(),
            scope: Reach { profile: vec!["pr".to_owned()], ..Reach::default() },
            reason: "the parser is being rewritten".to_owned(),
            ticket: "OPS-42".to_owned(),
            owner: "@alice".to_owned(),
            approved_by: "@bob".to_owned(),
            granted: Instant::parse("2026-02-01").unwrap(),
            expires: Instant::parse(expires).unwrap(),
            bound: None,
            named: None,
            compensating: Some("reviewed by hand".to_owned()),
            expiring: 7,
            longer: None,
            confirmed: (id == "W-1").then(|| ".github/CODEOWNERS at 14c907f".to_owned()),
            place: Place { file: "waivers.yaml".into(), line: 3, column: 3 },
        };
        Listed::new(&waiver, state, findings, now)
    };
    report.waivers = vec![
        listed("W-1", "pr-gate/tests-pass", State::Expiring, 1),
        listed("W-2", "pr-gate/coverage", State::Unused, 0),
        listed("W-3", "ai-claims/hallucination-rate", State::Expired, 0),
        listed("W-4", "pr-gate/docs", State::OutOfScope, 0),
    ];
    report.findings[0].waiver = Some(report.waivers[0].waived.clone());
    report.findings[2].waiver = Some(report.waivers[2].waived.clone());
    let relaxed = |what: &str, until: &str| {
        let [reason, owner, approved_by] = ["the importer has no tests yet", "@carol", "@dave"].map(str::to_owned);
        let place = Place { file: "rules/ours/covered.yaml".into(), line: 3, column: 3 };
        let easing = Easing { field: "require".to_owned(), was: "coverage.line >= 80%".to_owned(), is: "coverage.line >= 70%".to_owned() };
        let relax = Relax { reason, owner, approved_by, until: end_of_day(Instant::parse(until).unwrap()), place };
        Relaxed::new(what, &relax, vec![easing], now)
    };
    let relaxed = vec![relaxed("pr-gate/coverage", "2026-03-31"), relaxed("profile pr", "2026-02-15")];
    let (findings, packs, waivers) = (report.findings, report.packs, report.waivers);
    let changes = vec![
        Proposed::new("pr-gate/coverage", Way::Looser, "require: coverage.line >= 80% -> coverage.line >= 70%"),
        Proposed::new("evidence golden", Way::Different, "read otherwise, or from elsewhere"),
    ];
    let proposal = Some(Proposal { from: "main (14c907f)".to_owned(), commit: "14c907f".to_owned(), changes });
    Report { packs, waivers, relaxed, proposal, ..over(findings) }
}

/// What a finding says of a rule that `by` attested.
pub fn word(by: &str) -> Attested {
    let statement = Statement {
        rule: "ops/restore-drill".to_owned(),
        by: by.to_owned(),
        role: Some("data protection officer".to_owned()),
        on: Instant::parse("2026-02-17T09:30:00Z").unwrap(),
        until: Instant::parse("2026-03-31T23:59:59.999Z").unwrap(),
        note: "restored the dump on a clean machine".to_owned(),
        commit: None,
        line: 3,
    };
    Attested { asked: "data protection officer".to_owned(), statement: Some(statement) }
}

/// Text that tries to leave wherever it stands.
pub const HOSTILE: &str = "\u{1b}[2J##[add-mask]a\n::error::x\r::stop-commands::x | </details> `x` @org/team \u{202e}gp.exe";

/// The same report with hostile text in every place that evidence and pull requests can write to.
pub fn hostile() -> Report {
    let mut report = report();
    for finding in &mut report.findings {
        for text in [&mut finding.message, &mut finding.observed, &mut finding.required, &mut finding.margin, &mut finding.fix] {
            text.push_str(HOSTILE);
        }
        for text in [&mut finding.question, &mut finding.why, &mut finding.rule] {
            text.push_str(HOSTILE);
        }
        finding.subject = Some(HOSTILE.to_owned());
        finding.would_show = Some(Shown { outcome: Outcome::Pass, text: HOSTILE.to_owned() });
        finding.sources = vec![Basis { evidence: HOSTILE.to_owned(), path: HOSTILE.to_owned(), at: Location::line(1) }];
    }
    report.waivers = waived().waivers;
    for listed in &mut report.waivers {
        let waived = &mut listed.waived;
        for text in [&mut waived.id, &mut waived.reason, &mut waived.owner, &mut waived.ticket, &mut waived.approved_by] {
            text.push_str(HOSTILE);
        }
        listed.rule.push_str(HOSTILE);
        listed.note.push_str(HOSTILE);
        listed.at.insert_str(0, HOSTILE);
        listed.scope.profile.push(HOSTILE.to_owned());
        (listed.bound, listed.compensating) = (Some(HOSTILE.to_owned()), Some(HOSTILE.to_owned()));
        listed.confirmed = Some(HOSTILE.to_owned());
    }
    report.findings[1].waiver = Some(report.waivers[0].waived.clone());
    report.findings[4].attested = Some(word(HOSTILE));
    for evidence in &mut report.evidence {
        evidence.name.push_str(HOSTILE);
        for problem in &mut evidence.problems {
            problem.message.push_str(HOSTILE);
            problem.path.push_str(HOSTILE);
        }
    }
    report.project.name = HOSTILE.to_owned();
    (report.project.version, report.project.commit) = (Some(HOSTILE.to_owned()), Some(HOSTILE.to_owned()));
    report.profile = Some(HOSTILE.to_owned());
    report.packs[0].name = HOSTILE.to_owned();
    report.score.areas[0].name = HOSTILE.to_owned();
    report.score.claimed = Some(Value::text(HOSTILE));
    report
}
