//! What a team says of its system decides which rules apply, and what it does not say is asked for once.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{NOW, check, readiness, ready};

/// A rule about tests, which the project of [`ready`] passes.
const RULE: &str = "\
question: Does every test pass?
severity: P1
require: tests.failed == 0
controls: [EU-AI-ACT:15.1]
why: Because.
fix: Mend it.
";

const CASES: &str = "\
cases:
  - { given: { tests.failed: 0 }, outcome: pass }
  - { given: { tests.failed: 1 }, outcome: fail }
  - { given: {}, outcome: no-evidence }
";

/// The ready project with a pack `act` of its own: its head says `head`, one of its rules says `rule`.
fn project(folder: &Path, head: &str, rule: &str) {
    ready(folder);
    let pack = folder.join("rules/act");
    fs::create_dir_all(&pack).unwrap();
    fs::write(pack.join("pack.yaml"), format!("title: Act\nabout: What it asks.\n{head}")).unwrap();
    fs::write(pack.join("one.yaml"), format!("{RULE}{rule}{CASES}")).unwrap();
    fs::write(pack.join("two.yaml"), format!("{RULE}{CASES}")).unwrap();
}

fn says(folder: &Path, system: &str) {
    let path = folder.join("readiness.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let kept: String = text.lines().filter(|line| !line.starts_with("system:")).map(|line| format!("{line}\n")).collect();
    fs::write(path, format!("{kept}system: {system}\n")).unwrap();
}

fn report(folder: &Path) -> Value {
    let answer = check(folder, &["--format", "json"]);
    serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err))
}

fn outcome(report: &Value, rule: &str) -> String {
    let found: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter(|f| f["rule"] == rule).map(|f| f["outcome"].as_str().unwrap()).collect();
    found.join(" ")
}

#[test]
fn what_is_not_said_is_asked_for_once_and_never_passes() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "when: system.ai_risk >= \"high\"\n", "when: system.ai_role == \"provider\"\n");
    assert_eq!(check(folder.path(), &[]).code, 3);
    let text = check(folder.path(), &[]).out;
    assert_eq!(text.matches("NO EVIDENCE").count(), 1 + 1, "one line, and the sum:\n{text}");
    assert!(text.contains("system/answered") && text.contains("2 rules wait for it: act/one, act/two"), "{text}");
    assert!(text.contains("`ai_risk` is one of none, minimal,"), "{text}");
    let report = report(folder.path());
    for rule in ["act/one", "act/two", "system/answered"] {
        assert_eq!(outcome(&report, rule), "no-evidence", "{rule}");
    }
    let one = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "act/one").unwrap();
    assert_eq!((&one["cause"], &one["gap"]), (&"system/answered".into(), &"missing".into()));

    let html = check(folder.path(), &["--format", "html"]).out;
    assert!(html.contains("<summary>2 rules waiting for this</summary>") && html.matches("id=\"rule-act-one\"").count() == 1);

    // The pack does apply now, and one of its rules asks for more.
    says(folder.path(), "{ ai_risk: high }");
    let report = self::report(folder.path());
    assert_eq!((outcome(&report, "act/one"), outcome(&report, "act/two")), ("no-evidence".to_owned(), "pass".to_owned()));
    assert_eq!(check(folder.path(), &[]).code, 3);
}

#[test]
fn an_answer_scopes_packs_and_rules() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "when: system.ai_risk >= \"high\"\n", "when: system.ai_role in [\"provider\", \"provider-and-deployer\"]\n");
    for (system, one, two) in [
        ("{ ai_risk: limited }", "not-applicable", "not-applicable"),
        ("{ ai_risk: none, ai_role: none }", "not-applicable", "not-applicable"),
        ("{ ai_risk: high, ai_role: deployer }", "not-applicable", "pass"),
        ("{ ai_risk: high, ai_role: provider }", "pass", "pass"),
        ("{ ai_risk: prohibited, ai_role: provider-and-deployer }", "pass", "pass"),
    ] {
        says(folder.path(), system);
        let report = report(folder.path());
        assert_eq!((outcome(&report, "act/one"), outcome(&report, "act/two")), (one.to_owned(), two.to_owned()), "{system}");
        assert_eq!(outcome(&report, "system/answered"), "", "{system}");
        assert_eq!(check(folder.path(), &[]).code, 0, "{system}");
    }
    says(folder.path(), "{ ai_risk: limited }");
    let text = check(folder.path(), &["--all", "--format", "json"]).out;
    assert!(text.contains("its pack applies only when system.ai_risk >= \\\"high\\\"; `system` says ai_risk: limited"), "{text}");
}

/// Nothing that applies is nothing that is shown.
#[test]
fn a_system_that_no_rule_applies_to_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "when: system.ai_role == \"provider\"\n", "");
    says(folder.path(), "{ ai_role: none }");
    let path = folder.path().join("readiness.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let packs = text.lines().find(|line| line.starts_with("packs:")).unwrap();
    fs::write(&path, text.replace(packs, "packs: [rules/act/]")).unwrap();
    assert_eq!(check(folder.path(), &[]).code, 3);
}

#[test]
fn an_unknown_fact_or_answer_is_a_mistake_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    for (head, rule, wanted) in [
        ("when: system.ai_role == \"privider\"\n", "", "rules/act/pack.yaml:3:25: it is never `privider` - did you mean `provider`?"),
        (
            "when: system.ai_roll == \"provider\"\n",
            "",
            "rules/act/pack.yaml:3:7: unknown fact `system.ai_roll` - did you mean `system.ai_role`?",
        ),
        ("when: system.ai_risk > \"hihg\"\n", "", "it is never `hihg` - did you mean `high`?"),
        ("", "when: has(system.ai_role)\n", "`has` takes a metric, and `system.ai_role` is a fact of the system"),
        ("", "when: or_else(system.ai_role, \"none\") == \"none\"\n", "`or_else` takes a metric, and `system.ai_role` is a fact"),
        ("", "when: delta(system.audit_period.to) > 1d\n", "`delta` takes a metric, and `system.audit_period.to` is a fact"),
        ("", "when: system.ai_role{source=\"x\"} == \"none\"\n", "`system.ai_role` has no label `source`"),
        ("", "when: system.ai_role > \"none\"\n", "texts have no order"),
    ] {
        project(folder.path(), head, rule);
        let answer = check(folder.path(), &[]);
        assert_eq!(answer.code, 2, "{head}{rule}{}", answer.out);
        assert_eq!(answer.err.matches(wanted).count(), 1, "{head}{rule}{}", answer.err);
    }
    project(folder.path(), "", "");
    fs::write(
        folder.path().join("rules/act/one.yaml"),
        format!("{RULE}{CASES}").replace("tests.failed == 0", "system.ai_role == \"none\""),
    )
    .unwrap();
    let answer = check(folder.path(), &[]);
    assert!(answer.code == 2 && answer.err.contains("the expression looks at no evidence"), "{}", answer.err);
    project(folder.path(), "", "");
    says(folder.path(), "{ ai_role: deploier }");
    let answer = check(folder.path(), &[]);
    assert!(answer.code == 2 && answer.err.contains("`ai_role` is never `deploier` - did you mean `deployer`?"), "{}", answer.err);
}

/// A case plays where the pack applies, unless it says what the system is.
#[test]
fn cases_may_say_what_the_system_is() {
    let folder = tempfile::tempdir().unwrap();
    let given = "  - { given: { tests.failed: 0, system.ai_risk: minimal }, outcome: not-applicable }\n";
    project(folder.path(), "when: system.ai_risk >= \"high\"\n", "");
    let one = folder.path().join("rules/act/one.yaml");
    fs::write(&one, format!("{RULE}{CASES}{given}")).unwrap();
    let test = || readiness(folder.path(), &["rules", "test", "rules/act"]);
    assert!(test().out.starts_with("7 cases of 2 rules"), "{}", test().err);
    fs::write(&one, format!("{RULE}{CASES}{}", given.replace("minimal", "high"))).unwrap();
    assert!(test().code == 2 && test().err.contains("act/one is pass, the case expects not-applicable"), "{}", test().err);
}

/// A requirement may look at the period under audit; it still needs evidence.
#[test]
fn a_requirement_may_name_the_audit_period() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "", "");
    let asks = RULE.replace("tests.failed == 0", "audit.last_run >= system.audit_period.from");
    let cases = "\
cases:
  - { given: { audit.last_run: 2026-02-02, system.audit_period.from: 2026-02-01 }, outcome: pass }
  - { given: { audit.last_run: 2026-01-02, system.audit_period.from: 2026-02-01 }, outcome: fail }
  - { given: { system.audit_period.from: 2026-02-01 }, outcome: no-evidence }
";
    fs::write(folder.path().join("rules/act/one.yaml"), format!("{asks}{cases}")).unwrap();
    let test = readiness(folder.path(), &["rules", "test", "rules/act"]);
    assert_eq!(test.code, 0, "{}", test.err);
    assert_eq!(outcome(&report(folder.path()), "act/one"), "no-evidence");
    for (period, wanted) in [("2026-01-01/2026-12-31", "pass"), ("2026-02-19/2026-12-31", "fail")] {
        says(folder.path(), &format!("{{ audit_period: {period} }}"));
        assert_eq!(outcome(&report(folder.path()), "act/one"), wanted, "{period}");
    }
}

/// What became of a pack's scope is what became of all of its rules.
#[test]
fn a_narrower_pack_is_looser() {
    let folder = tempfile::tempdir().unwrap();
    for (name, head) in [("a", ""), ("b", "when: system.ai_risk >= \"high\"\n")] {
        let pack = folder.path().join(name);
        fs::create_dir_all(&pack).unwrap();
        fs::write(pack.join("pack.yaml"), format!("title: Act\nabout: What it asks.\n{head}")).unwrap();
        fs::write(pack.join("one.yaml"), format!("{RULE}{CASES}")).unwrap();
    }
    let diff = |old: &str, new: &str| readiness(folder.path(), &["rules", "diff", old, new, "--deny", "looser"]);
    assert!(diff("a", "b").code == 1 && diff("a", "b").out.contains("looser the pack's when"), "{}", diff("a", "b").out);
    assert_eq!(diff("b", "a").code, 0, "{}", diff("b", "a").out);
}

#[test]
fn the_report_says_what_the_system_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "when: system.ai_risk >= \"high\"\n", "");
    says(folder.path(), "{ ai_role: provider, ai_risk: high, audit_period: { from: 2026-01-01, to: 2026-06-30 } }");
    let report = report(folder.path());
    assert_eq!(report["system"]["ai_role"], "provider");
    assert_eq!(report["system"]["audit_period"]["to"], "2026-06-30T23:59:59.999Z");
    let html = readiness(folder.path(), &["check", "--now", NOW, "--format", "html"]).out;
    assert!(html.contains("<code>ai_risk</code> <bdi>high</bdi>"), "what is said stands in the report");
}

/// A log kept for ninety days satisfies one framework and not the other; a limit of ninety days contradicts it.
#[test]
fn rules_and_doctor_say_which_rule_loses() {
    let folder = tempfile::tempdir().unwrap();
    ready(folder.path());
    let pack = folder.path().join("rules/logs");
    fs::create_dir_all(&pack).unwrap();
    fs::write(
        pack.join("pack.yaml"),
        "title: Logs\nabout: How long they are kept.\nmetrics:\n  custom.logs_kept: { kind: duration, unit: s, sample: app_logs_kept, about: how long logs are kept }\n",
    )
    .unwrap();
    let rule = |name: &str, require: &str, control: &str| {
        let (good, bad) = if require.contains(">=") { ("900d", "1d") } else { ("1d", "900d") };
        let text = format!(
            "question: Is it so?\nseverity: P2\nrequire: custom.logs_kept {require}\ncontrols: [{control}]\nwhy: Because.\nfix: Mend it.\ncases:\n  - {{ given: {{ custom.logs_kept: {good} }}, outcome: pass }}\n  - {{ given: {{ custom.logs_kept: {bad} }}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n"
        );
        fs::write(pack.join(name), text).unwrap();
    };
    rule("ninety.yaml", "\">= 90d\"".trim_matches('"'), "SOC2:CC7.2");
    rule("half-year.yaml", ">= 184d", "EU-AI-ACT:26.6");
    let list = readiness(folder.path(), &["rules", "list", "rules/logs"]);
    assert_eq!(list.code, 0, "{}", list.err);
    let wanted = "stricter       custom.logs_kept: logs/half-year (EU-AI-ACT) asks for at least 184d and is the strictest";
    assert!(list.out.contains(wanted) && list.out.contains("logs/ninety (SOC2) asks for at least 90d"), "{}", list.out);
    rule("limit.yaml", "<= 90d", "GDPR:5.1.e");
    let doctor = readiness(folder.path(), &["doctor"]);
    assert!(doctor.out.contains("note  contradiction  custom.logs_kept: logs/half-year (EU-AI-ACT)"), "{}", doctor.out);
    assert!(doctor.out.contains("no value satisfies both; EU-AI-ACT:26.6 says at least six months"), "{}", doctor.out);
}

/// How much of a framework the rules look at, and what they do not, is data too.
#[test]
fn controls_say_what_is_shown_and_what_nobody_looks_at() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), "when: system.ai_risk >= \"high\"\n", "");
    says(folder.path(), "{ ai_risk: minimal }");
    let path = folder.path().join("readiness.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let packs = text.lines().find(|line| line.starts_with("packs:")).unwrap();
    fs::write(&path, text.replace(packs, "packs: [pr-gate, rules/act/]")).unwrap();
    let report = report(folder.path());
    let frameworks = report["controls"].as_array().unwrap();
    let act = frameworks.iter().find(|f| f["name"] == "EU-AI-ACT").unwrap();
    let control = &act["controls"][0];
    assert_eq!((&control["id"], &control["by"], &control["outcome"]), (&"15.1".into(), &"automated".into(), &"no-evidence".into()));
    assert_eq!(act["total"].as_u64().unwrap() as usize, act["gaps"].as_array().unwrap().len() + 1);
    let tests = frameworks.iter().find(|f| f["name"] == "SOC2").unwrap();
    assert!(tests["controls"].as_array().unwrap().iter().any(|c| c["outcome"] == "pass"), "{tests}");
    let html = check(folder.path(), &["--format", "html"]).out;
    assert!(html.contains("evidence toward 1 of 727 controls: 1 automated; 726 without a rule"), "the page says it too");
    let list = readiness(folder.path(), &["rules", "--controls"]).out;
    assert!(list.contains("without a rule: ") && list.contains("No rule at all for DORA (328 controls)"), "{list}");
}
