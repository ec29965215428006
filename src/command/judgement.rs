//! From evidence and rules to a report: the one place where a judgement is put together.

use super::base::Base;
use crate::compare::{change, inventory, pairing};
use crate::control::{self, Framework, Toward};
use crate::evaluate::facts::Facts;
use crate::evaluate::judge::{Occasion, judge, worst_first};
use crate::evaluate::pack::Compiled;
use crate::evaluate::proposal::findings as proposed;
use crate::evaluate::score::score;
use crate::evaluate::waive::{Ready, lapsed, waive};
use crate::evidence::{EMPTY, Evidence};
use crate::finding::{Finding, Outcome};
use crate::instant::Instant;
use crate::metric::Metric;
use crate::proposal::Proposal;
use crate::relax::Relaxed;
use crate::report::{Compared, Report, SCHEMA, Subject, Used};
use crate::rule::{Pack, Rule, Severity};
use crate::source::Grade;
use crate::system::System;
use crate::verdict::{Gate, Policy, Verdict};
use crate::waiver::renewals;
use std::collections::BTreeMap;

/// How many rows of a family a report keeps.
const ROWS: usize = 10_000;
/// A report keeps about so many values of an entry's benchmarks.
const VALUES: usize = 200_000;

/// Everything a judgement is a function of.
pub struct Case<'a> {
    /// What is judged.
    pub project: Subject,
    /// What the system is said to be.
    pub system: System,
    /// All evidence, compared with its own history.
    pub evidence: Vec<Evidence>,
    /// The packs that judge.
    pub packs: &'a [Pack],
    /// Their rules, checked.
    pub rules: &'a [Compiled],
    /// What may stand for a while.
    pub waivers: &'a [Ready],
    /// What the change would say otherwise than the commit whose rules judge.
    pub proposal: Option<Proposal>,
    /// What is asked for less than the rules say, or was.
    pub relaxed: Vec<Relaxed>,
    /// As of when.
    pub now: Instant,
    /// The profile asked for.
    pub profile: Option<String>,
    /// The environment that profile is for.
    pub env: Option<String>,
    /// The least severity that blocks.
    pub block_at: Severity,
    /// Which findings close the gate.
    pub policy: Policy,
    /// What the findings are held against.
    pub base: Option<Base>,
    /// The change that was asked about.
    pub change: Option<Compared>,
    /// Whether it is that of a fork.
    pub fork: bool,
}

/// The report of a case.
pub fn of(case: Case<'_>) -> Report {
    let Case {
        project,
        system,
        mut evidence,
        packs,
        rules,
        waivers,
        proposal,
        relaxed,
        now,
        profile,
        env,
        block_at,
        policy,
        base,
        change,
        fork,
    } = case;
    if let Some(base) = &base
        && let Some(before) = &base.evidence
    {
        pairing::pair(&mut evidence, before, &base.baseline.inventory);
    }
    let commit = project.commit.clone();
    let (diff, profile_asked, env_asked) = (change.is_some(), profile.clone(), env.clone());
    let occasion = Occasion { now: Some(now), commit, profile: profile_asked, env: env_asked, block_at: Some(block_at), diff, fork };
    let mut facts = Facts::new(&evidence).with_system(&system);
    if let Some(before) = base.as_ref().and_then(|base| base.evidence.as_deref()) {
        facts = facts.with_base(before);
    }
    let mut findings = judge(rules, &facts, &occasion);
    findings.extend(proposal.iter().flat_map(proposed));
    let seen = inventory::take(&evidence);
    findings.extend(base.as_ref().map(|base| inventory::lost(&base.baseline.inventory, &seen, &evidence, fork)).unwrap_or_default());
    let mut waivers = waive(&mut findings, waivers, &facts, &occasion);
    renewals(&mut waivers, base.as_ref().map_or(&[], |base| &base.waivers));
    let fresh = rules.iter().filter(|rule| rule.is_about_the_change()).map(|rule| rule.rule.id.as_str()).collect();
    let fixed = base.as_ref().map(|base| change::hold_against(&mut findings, &base.baseline, now, &fresh)).unwrap_or_default();
    lapsed(&mut findings, &relaxed);
    worst_first(&mut findings, block_at);
    let metric = |id: &str| -> Option<Metric> { evidence.iter().find_map(|e| e.metric(id)).cloned() };
    let mut score = score(&findings, metric("documents.claimed_score").as_ref(), metric("documents.criteria_mean").as_ref());
    // What is gone may be what failed: nobody scores higher by showing less.
    let gone = |f: &Finding| f.blocks(Severity::P1) && crate::inventory::RULES.contains(&f.rule.as_str());
    if let Some(before) = base.as_ref().and_then(|base| base.score).filter(|_| findings.iter().any(gone)) {
        score.cap(before, "something that the base saw is not there");
    }
    let verdict = Verdict::over(&findings, block_at);
    let gate = Gate::decide(&findings, block_at, &policy, now);
    for entry in &mut evidence {
        entry.keep_worst(ROWS);
        entry.keep_newest(VALUES);
    }
    let used =
        |pack: &Pack| Used { name: pack.name.clone(), title: pack.title.clone(), rules: pack.rules.len(), sha256: pack.sha256.clone() };
    let controls = controls(rules, &findings);
    Report {
        schema: SCHEMA.to_owned(),
        tool: format!("readiness {}", env!("CARGO_PKG_VERSION")),
        project,
        system,
        now,
        profile,
        change,
        fork,
        env,
        verdict,
        gate,
        score,
        findings,
        evidence,
        past: base.as_ref().map(|base| base.past.clone()).unwrap_or_default(),
        before: base.and_then(|base| base.evidence).unwrap_or_default().into_iter().map(metrics_only).collect(),
        fixed,
        inventory: seen,
        controls,
        packs: packs.iter().map(used).collect(),
        waivers,
        relaxed,
        proposal,
    }
}

/// An entry without what makes reports long.
fn metrics_only(entry: Evidence) -> Evidence {
    let Evidence { name, family, sources, metrics, mut problems, .. } = entry;
    // Problems decide whether the metrics can be used.
    problems.retain(|problem| problem.severity == Grade::Error || problem.code == EMPTY);
    Evidence { name, family, sources, metrics, problems, ..Evidence::default() }
}

/// What the rules are evidence toward, with the worst that came out of each.
fn controls(rules: &[Compiled], findings: &[Finding]) -> Vec<Framework> {
    let mut worst: BTreeMap<&str, Outcome> = BTreeMap::new();
    for finding in findings {
        let so_far = worst.entry(&finding.rule).or_insert(finding.outcome);
        *so_far = finding.outcome.min(*so_far);
    }
    control::frameworks(rules.iter().map(|rule| toward(&rule.rule, worst.get(rule.rule.id.as_str()).copied())))
}

/// A rule, as far as it is evidence toward controls.
pub(super) fn toward(rule: &Rule, outcome: Option<Outcome>) -> Toward<'_> {
    Toward { rule: &rule.id, controls: &rule.controls, attested: rule.attest.is_some(), outcome }
}
