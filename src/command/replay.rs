//! A stored judgement made again under other rules, by what its report holds.

use crate::baseline::{self, Baseline, Known};
use crate::compare::change;
use crate::config::Declared;
use crate::evaluate::facts::Facts;
use crate::evaluate::judge::{Lacking, Occasion, judge, lacking, worst_first};
use crate::evaluate::pack::Compiled;
use crate::evaluate::waive::{Ready, prepare, waive};
use crate::evidence::{Evidence, Table};
use crate::finding::{Change, Finding, Outcome, Since};
use crate::instant::Instant;
use crate::inventory::RULES;
use crate::io::hash::fingerprint;
use crate::report::Report;
use crate::rule::Collector;
use std::collections::BTreeMap;

/// What the rules say of a stored judgement.
pub struct Replay {
    /// All findings, in the order of a report.
    pub findings: Vec<Finding>,
    /// Rules whose evidence the report does not hold in full, and what is lacking.
    pub lacking: BTreeMap<String, Lacking>,
}

/// Judges what a report holds by `rules`, as of its own moment, commit, profile and base.
pub fn of(report: &Report, rules: &[Compiled], declared: &BTreeMap<String, Declared>) -> Replay {
    let mut evidence = report.evidence.clone();
    answer(&mut evidence, rules.iter().filter_map(|rule| rule.rule.collect.as_ref()));
    let mut facts = Facts::new(&evidence).with_system(&report.system);
    if !report.before.is_empty() {
        facts = facts.with_base(&report.before);
    }
    let block_at = report.gate.block_at;
    let occasion = Occasion {
        now: Some(report.now),
        commit: report.project.commit.clone(),
        profile: report.profile.clone(),
        env: report.env.clone(),
        block_at: Some(block_at),
        diff: report.change.is_some(),
        fork: report.fork,
    };
    let mut findings = judge(rules, &facts, &occasion);
    let vanished = report.findings.iter().filter(|f| RULES.contains(&f.rule.as_str()));
    findings.extend(vanished.map(|f| Finding { waiver: None, since: None, ..f.clone() }));
    waive(&mut findings, &waivers(report, rules, declared), &facts, &occasion);
    if report.gate.base.is_some() {
        let fresh = rules.iter().filter(|rule| rule.is_about_the_change()).map(|rule| rule.rule.id.as_str()).collect();
        change::hold_against(&mut findings, &base(report), report.now, &fresh);
    }
    worst_first(&mut findings, block_at);
    let lacking = rules.iter().map(|rule| (rule.rule.id.clone(), lacking(rule, &facts))).filter(|(_, lacking)| !lacking.is_empty());
    Replay { lacking: lacking.collect(), findings }
}

/// Puts stored answers where the rules look for theirs: under their own ids, and only for the very query they were given to.
fn answer<'a>(evidence: &mut [Evidence], collectors: impl Iterator<Item = &'a Collector>) {
    let collectors: Vec<&Collector> = collectors.collect();
    for entry in evidence {
        let stored = std::mem::take(&mut entry.tables);
        let asked = collectors.iter().filter(|c| c.source.text == entry.name || c.source.text == entry.family);
        entry.tables = asked.filter_map(|collector| stored.iter().find_map(|table| again(table, collector))).collect();
    }
}

/// A stored answer as the answer to a query, if it is one.
fn again(table: &Table, collector: &Collector) -> Option<Table> {
    let same = table.query == collector.query.text
        && table
            .columns
            .iter()
            .map(|(name, kind)| (name.as_ref(), kind))
            .eq(collector.outputs.iter().map(|(name, kind)| (name.as_str(), kind)));
    let most = usize::try_from(collector.rows.unwrap_or(1)).unwrap_or(usize::MAX);
    // More rows than were kept were never seen.
    if !same || (table.omitted > 0 && most > table.rows.len()) {
        return None;
    }
    let mut table = Table { rule: collector.rule.clone(), ..table.clone() };
    let beyond = table.rows.len().saturating_sub(most);
    table.omitted += beyond as u64;
    table.rows.truncate(most);
    if collector.rows.is_none() && table.omitted > 0 && table.error.is_none() {
        table.error = Some(format!("the query gives {} rows; state `rows:`, or ask for one", table.omitted + 1));
    }
    Some(table)
}

/// The waivers of that day. One whose bound cannot be judged any more waives nothing.
fn waivers(report: &Report, rules: &[Compiled], declared: &BTreeMap<String, Declared>) -> Vec<Ready> {
    let ready = report.waivers.iter().filter_map(|listed| {
        let mut errors = Vec::new();
        let ready = prepare(vec![listed.waiver()], rules, declared, &mut errors);
        errors.is_empty().then_some(ready)
    });
    ready.flatten().collect()
}

/// What the judgement was held against, as far as its findings tell.
fn base(report: &Report) -> Baseline {
    let known = |finding: &Finding| {
        let Since { change, since } = finding.since.clone()?;
        let (outcome, shortfall, blamed) = match change {
            Change::New => return None,
            // It was better, and nobody has written down by how much.
            Change::Worse => (Outcome::Pass, None, Vec::new()),
            Change::Inherited | Change::Lapsed => (finding.outcome, finding.shortfall, finding.blamed.clone()),
        };
        let (rule, subject, fingerprint) = (finding.rule.clone(), finding.subject.clone(), finding.fingerprint.clone());
        Some(Known { rule, subject, fingerprint, outcome, shortfall, blamed, since, waived: change == Change::Lapsed })
    };
    let fixed = report.fixed.iter().map(|fixed| Known {
        rule: fixed.rule.clone(),
        subject: fixed.subject.clone(),
        fingerprint: fingerprint(&[&fixed.rule, fixed.subject.as_deref().unwrap_or_default()]),
        outcome: fixed.was,
        shortfall: None,
        blamed: Vec::new(),
        since: Instant(0),
        waived: false,
    });
    Baseline {
        schema: baseline::SCHEMA.to_owned(),
        project: report.project.id.clone(),
        recorded: report.now,
        findings: report.findings.iter().filter_map(known).chain(fixed).collect(),
        inventory: report.inventory.clone(),
    }
}
