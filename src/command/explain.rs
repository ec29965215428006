//! `readiness explain RULE`: what a rule asks, why, and what to do when it does not hold.

use super::check::{Options, configured};
use super::plain::say;
use super::setup;
use crate::error::Error;
use crate::evaluate::pack::{self, expression_text};
use crate::finding::Finding;
use crate::io::spelling;
use crate::render::parts::escape::terminal as clean;
use crate::rule::{Expected, Rule};
use crate::verdict::Exit;
use std::collections::BTreeMap;

/// Explains a rule of the configuration or a shipped pack; with a configuration, what it says now.
///
/// # Errors
/// When there is no such rule.
pub fn run(id: &str, options: &Options) -> Result<Exit, Error> {
    let mut errors = Vec::new();
    let (rules, judged): (Vec<Rule>, Vec<Finding>) = match setup::load(options.config.as_deref()) {
        Ok(setup) => {
            let rules = setup.packs.into_iter().flat_map(|pack| pack.rules).collect();
            (rules, configured(options)?.findings)
        }
        Err(error @ Error::Configuration(_)) => return Err(error),
        Err(error) if options.config.is_some() => return Err(error),
        Err(_) => {
            let packs = pack::shipped().into_iter().filter_map(pack::embedded);
            (packs.flat_map(|files| pack::read(&files, &mut errors).rules).collect(), Vec::new())
        }
    };
    let Some(rule) = rules.iter().find(|rule| rule.id == id) else {
        let help =
            spelling::did_you_mean(id, rules.iter().map(|r| r.id.as_str())).unwrap_or_else(|| "`readiness rules` lists them".to_owned());
        return Err(Error::Usage(format!("there is no rule `{id}` here - {help}")));
    };
    let findings: Vec<&Finding> = judged.iter().filter(|f| f.rule == id).collect();
    say(&describe(rule, &findings))?;
    Ok(Exit::Open)
}

fn describe(rule: &Rule, findings: &[&Finding]) -> String {
    let mut text = format!("{}\n{}\n\n", rule.id, rule.question);
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{name:10} {value}\n"));
        }
    };
    line("requires", &expression_text(rule));
    if let Some(each) = &rule.for_each {
        line("for each", &each.text);
    }
    if let Some(filter) = &rule.filter {
        line("where", &filter.text);
    }
    if let Some(ppm) = rule.confidence {
        line("confidence", &format!("{} %, one-sided", f64::from(ppm) / 10_000.0));
    }
    if let Some(collector) = &rule.collect {
        line("asks", &collector.query.text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    line("severity", &rule.severity.map(|s| s.to_string()).unwrap_or_default());
    line("controls", &rule.controls.join(", "));
    line("defined", &rule.place.to_string());
    text.push_str(&format!("\nWhy\n  {}\n\nFix\n  {}\n", rule.why.trim(), rule.fix.trim()));
    if !findings.is_empty() {
        text.push_str("\nNow\n");
        for finding in findings {
            text.push_str(&format!("  {}: {}\n", finding.outcome.label(), clean(&finding.message)));
            if let Some(waiver) = finding.waiver.as_ref().filter(|_| finding.is_waived()) {
                let (until, reason) = (waiver.expires.date(), clean(&waiver.reason));
                text.push_str(&format!("  waived by {} until {until}: {reason}\n", clean(&waiver.id)));
            }
            if let Some(shown) = &finding.would_show {
                text.push_str(&format!("  it would be {}: {}\n", shown.outcome.label(), clean(&shown.text)));
            }
        }
    }
    text.push_str("\nCases\n");
    for case in &rule.cases {
        let outcome = match &case.outcome {
            Expected::One(outcome) => outcome.clone(),
            Expected::Each(each) => each.iter().map(|(subject, outcome)| format!("{subject}: {outcome}")).collect::<Vec<_>>().join(", "),
        };
        let given: BTreeMap<&String, String> = case.given.iter().map(|(name, given)| (name, shown(given))).collect();
        let given: Vec<String> = given.into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
        text.push_str(&format!("  {} -> {outcome}\n", if given.is_empty() { "nothing".to_owned() } else { given.join(", ") }));
    }
    text
}

fn shown(given: &crate::rule::Given) -> String {
    match given {
        crate::rule::Given::Value(text) => text.clone(),
        crate::rule::Given::Rows(rows) => format!("{} rows", rows.len()),
    }
}
