//! Whether evidence fits a rule: how old it is, of which commit, and how it was made.

use super::Occasion;
use super::view::View;
use crate::evaluate::expression::Absence;
use crate::evidence::{Evidence, Gap};
use crate::metric::{Value, duration};
use crate::rule::{CACHED, Fitness, LIVE, Rule};
use crate::source::{Source, same_commit};

/// How far a clock may be ahead of ours before its dates are not believed.
const SKEW: i64 = 5 * 60 * 1000;

/// Why the evidence that was used does not fit the rule.
pub(super) fn unfit(rule: &Rule, view: &View<'_>, occasion: &Occasion) -> Vec<Absence> {
    let mut found = Vec::new();
    for entry in view.used.borrow().iter().map(|index| view.facts.entry(*index)) {
        for source in entry.sources.iter().filter(|source| !source.past) {
            let told = objections(&rule.evidence, entry, source, occasion).into_iter().flatten();
            found.extend(told.map(|(gap, text)| Absence::broken(gap, format!("{text} ({})", source.path))));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn objections(fitness: &Fitness, entry: &Evidence, source: &Source, occasion: &Occasion) -> [Option<(Gap, String)>; 3] {
    let made = fitness.mode.as_deref().and_then(|wanted| mode(wanted, entry, source));
    let commit = fitness.commit_head.then(|| commit(source, occasion)).flatten();
    [
        made.map(|text| (Gap::Unfit, text)),
        commit.map(|text| (Gap::Unfit, text)),
        fitness.max_age.and_then(|limit| age(limit, source, occasion)),
    ]
}

/// A cached answer is as good as a new one while nothing it depends on has changed: then the system would only say again what it
/// said to the base.
fn mode(wanted: &str, entry: &Evidence, source: &Source) -> Option<String> {
    match source.mode.as_deref() {
        Some(LIVE) => None,
        Some(CACHED) if wanted == CACHED => {
            let mut runs = entry.rows("golden.run").iter().filter(|run| run.subject() == source.path).peekable();
            let known = runs.peek().is_some() && runs.all(|run| run.get("unchanged") == Some(&Value::Flag(true)));
            (!known).then(|| "made in mode cached, and it is not told that system, prompt and suite are those of the base".to_owned())
        }
        Some(mode) => Some(format!("made in mode {mode}, required {wanted}")),
        None => Some(format!("does not say its mode, required {wanted}")),
    }
}

fn commit(source: &Source, occasion: &Occasion) -> Option<String> {
    match (source.commit.as_deref(), occasion.commit.as_deref()) {
        (Some(made), Some(head)) if same_commit(made, head) => None,
        (Some(made), Some(head)) => Some(format!("made from commit {}, required {}", short(made), short(head))),
        (None, _) => Some(format!("does not say which commit it was made from: {}", advice(&source.path))),
        (_, None) => Some("the commit under judgement is not known: give --commit".to_owned()),
    }
}

fn age(limit: i64, source: &Source, occasion: &Occasion) -> Option<(Gap, String)> {
    match (source.collected_at, occasion.now) {
        (Some(made), Some(now)) if made.0 > now.0 + SKEW => Some((Gap::Invalid, format!("dated {made}, which is later than now"))),
        (Some(made), Some(now)) if now.0 - made.0 > limit => {
            Some((Gap::Stale, format!("{} old, at most {} accepted", duration((now.0 - made.0) as f64), duration(limit as f64))))
        }
        (Some(_), Some(_)) => None,
        _ => Some((Gap::Stale, format!("does not say when it was made: {}", advice(&source.path)))),
    }
}

fn advice(path: &str) -> String {
    format!("run `readiness stamp {path}` where it is made")
}

fn short(commit: &str) -> String {
    commit.chars().take(7).collect()
}
