//! What other rules would have made of stored judgements, for a person at a terminal.

use super::parts::prose::plural;
use crate::backtest::{Backtest, Gate, Run, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// How many systems, days and runs are listed.
const LISTED: usize = 10;
/// How many findings of a run, and how many lacking things of a rule, are named.
const NAMED: usize = 3;

/// The whole of it in lines.
pub fn text(backtest: &Backtest) -> String {
    let parts = [head(backtest), rules(backtest), worst(backtest), runs(backtest)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// "strict would have closed 9 of 200 runs in 3 systems; 4 of them were open."
fn head(backtest: &Backtest) -> String {
    let count = |test: &dyn Fn(&Run) -> bool| backtest.runs.iter().filter(|run| test(run)).count();
    let systems: BTreeSet<&str> = backtest.runs.iter().map(|run| run.project.as_str()).collect();
    let (closed, newly) = (count(&|run| run.is == Gate::Closed), count(&Run::is_newly_closed));
    let were = match (closed, newly) {
        (0, _) => String::new(),
        (_, 0) => "; none of them was open".to_owned(),
        (_, 1) => "; 1 of them was open".to_owned(),
        (_, n) => format!("; {n} of them were open"),
    };
    let total = plural(backtest.runs.len(), "run");
    let mut text =
        format!("{} would have closed {closed} of {total} in {}{were}.\n", backtest.packs.join(", "), plural(systems.len(), "system"));
    let opened = count(&Run::is_newly_open);
    if opened > 0 {
        text.push_str(&format!("{} closed then would have been open.\n", plural(opened, "run")));
    }
    let unknown = count(&|run| run.is == Gate::Unknown);
    if unknown > 0 {
        text.push_str(&format!("Of {} nobody can tell: a blocking rule asks for what the report does not hold.\n", plural(unknown, "run")));
    }
    text
}

/// A line for every rule that came out otherwise, and what others lack.
fn rules(backtest: &Backtest) -> String {
    let (same, other): (Vec<&Tally>, Vec<&Tally>) = backtest.rules.iter().partition(|tally| tally.is_as_before());
    let as_before = format!("{} came out as before, every time\n", plural(same.len(), "rule"));
    if other.is_empty() {
        return as_before;
    }
    let width = other.iter().map(|tally| tally.rule.chars().count()).max().unwrap_or(0).max("Rule".len());
    let head = ["failing", "unproven", "passing", "not applicable", "not judged"];
    let mut text = format!("{:width$}  newly {}\n", "Rule", head.join("  "));
    let lacks = lacks(backtest);
    for tally in other {
        let counts = [tally.newly_failing, tally.newly_unproven, tally.newly_passing, tally.newly_not_applicable, tally.not_judged];
        let cells: Vec<String> = head.iter().zip(counts).map(|(word, n)| format!("{n:>w$}", w = word.len())).collect();
        text.push_str(&format!("{:width$}        {}\n", tally.rule, cells.join("  ")));
        if let Some(lacks) = lacks.get(tally.rule.as_str()) {
            let names: Vec<&str> = lacks.iter().take(NAMED).copied().collect();
            text.push_str(&format!("    not judged where the report holds no {}{}\n", names.join(", no "), more(lacks.len(), NAMED)));
        }
    }
    if !same.is_empty() {
        text.push_str(&as_before);
    }
    text
}

/// What each rule lacked somewhere.
fn lacks(backtest: &Backtest) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in backtest.runs.iter().flat_map(|run| &run.not_judged) {
        found.entry(&rule.rule).or_default().extend(rule.lacks.iter().map(String::as_str));
    }
    found
}

fn more(all: usize, shown: usize) -> String {
    if all > shown { format!(" and {} more", all - shown) } else { String::new() }
}

/// What runs are counted by.
type Key = fn(&Run) -> String;

/// The systems and the days with most runs that would have been closed.
fn worst(backtest: &Backtest) -> String {
    let mut text = String::new();
    let tables: [(&str, Key); 2] = [("System", |run| run.project.clone()), ("Day", |run| run.now.date())];
    for (title, key) in tables {
        let mut groups: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
        for run in &backtest.runs {
            let (closed, newly, all) = groups.entry(key(run)).or_default();
            *closed += usize::from(run.is == Gate::Closed);
            *newly += usize::from(run.is_newly_closed());
            *all += 1;
        }
        let mut groups: Vec<_> = groups.into_iter().filter(|(_, (closed, ..))| *closed > 0).collect();
        if groups.is_empty() {
            continue;
        }
        groups.sort_by(|a, b| (b.1.1, b.1.0).cmp(&(a.1.1, a.1.0)).then_with(|| a.0.cmp(&b.0)));
        let width = groups.iter().take(LISTED).map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(title.len());
        text.push_str(&format!("{title:width$}  closed, of them open then\n"));
        for (name, (closed, newly, all)) in groups.iter().take(LISTED) {
            text.push_str(&format!("{name:width$}  {closed} of {all}, {newly}\n"));
        }
        if groups.len() > LISTED {
            text.push_str(&format!("{:width$}  {} more\n", "", groups.len() - LISTED));
        }
    }
    text
}

/// The newest runs that were open and would have been closed.
fn runs(backtest: &Backtest) -> String {
    let newly: Vec<&Run> = backtest.runs.iter().rev().filter(|run| run.is_newly_closed()).collect();
    if newly.is_empty() {
        return String::new();
    }
    let mut text = "Open then, and would have been closed, newest first\n".to_owned();
    for run in newly.iter().take(LISTED) {
        let commit: String = run.commit.iter().flat_map(|commit| commit.chars().take(7)).collect();
        let names: Vec<&str> = run.shut_by.iter().take(NAMED).map(String::as_str).collect();
        let names = if names.is_empty() { "no blocking rule passed".to_owned() } else { names.join(", ") };
        let about: Vec<&str> = [run.project.as_str(), &commit].into_iter().filter(|part| !part.is_empty()).collect();
        let (when, about, more) = (run.now.minute(), about.join(" "), more(run.shut_by.len(), NAMED));
        text.push_str(&format!("  {when}  {about}  {names}{more} ({})\n", run.report));
    }
    if newly.len() > LISTED {
        text.push_str(&format!("  {} more\n", newly.len() - LISTED));
    }
    text
}
