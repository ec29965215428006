//! What became of the rules from one state of the packs to another: added, removed, tighter, looser, different.

use super::expression::strictness;
use crate::metric::duration;
use crate::rule::{Attest, Cadence, Deprecated, Fitness, LIVE, Pack, Rule, Spanned};
pub use crate::rule::{Change, Way};
use std::collections::BTreeMap;

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// There was none of this id.
    Added,
    /// There is none any more.
    Removed,
    /// These fields say something else.
    Changed(Vec<Change>),
}

/// A rule that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its id; its own name alone when two single packs are compared.
    pub rule: String,
    /// What became of it.
    pub step: Step,
}

impl Difference {
    /// What it does, all in all.
    pub fn way(&self) -> Way {
        match &self.step {
            Step::Added => Way::Tighter,
            Step::Removed => Way::Looser,
            Step::Changed(changes) => changes.iter().map(|change| change.way).max().unwrap_or(Way::Different),
        }
    }
}

/// Every rule that is not as it was, in order of id. Two single packs are compared by the names of their rules, so that a copy
/// under another name can be held against its original. A rule that was renamed is held against what it was.
pub fn compare(old: &[Pack], new: &[Pack]) -> Vec<Difference> {
    pair(old, new, old.len() == 1 && new.len() == 1)
}

/// Every rule that is not as it was, by its whole id.
pub fn between(old: &[Pack], new: &[Pack]) -> Vec<Difference> {
    pair(old, new, false)
}

fn pair(old: &[Pack], new: &[Pack], single: bool) -> Vec<Difference> {
    let (mut old, new) = (by_name(old, single), by_name(new, single));
    for (name, rule) in new.iter().filter(|(_, rule)| !rule.renamed_from.is_empty()) {
        let mut before = rule.renamed_from.iter().map(|old| own_name(&old.text, single));
        let gone = before.find(|before| !new.contains_key(before) && old.contains_key(before)).filter(|_| !old.contains_key(name));
        if let Some(was) = gone.and_then(|before| old.remove(before)) {
            old.insert(name, was);
        }
    }
    let mut names: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let step = match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => Step::Changed(changes(old, new)),
                (None, _) => Step::Added,
                (_, None) => Step::Removed,
            };
            (step != Step::Changed(Vec::new())).then(|| Difference { rule: name.to_owned(), step })
        })
        .collect()
}

fn by_name(packs: &[Pack], single: bool) -> BTreeMap<&str, &Rule> {
    packs.iter().flat_map(|pack| &pack.rules).map(|rule| (own_name(&rule.id, single), rule)).collect()
}

fn own_name(id: &str, single: bool) -> &str {
    if single { id.rsplit('/').next().unwrap_or(id) } else { id }
}

/// How the values of a field compare.
type Judge<T> = fn(&T, &T) -> Way;

struct Changes(Vec<Change>);

impl Changes {
    fn note(&mut self, field: &'static str, was: impl Into<String>, is: impl Into<String>, way: Way) {
        self.0.push(Change { field, was: was.into(), is: is.into(), way });
    }

    /// A field that means nothing to the outcome, or whose meaning cannot be compared.
    fn plain(&mut self, field: &'static str, was: &str, is: &str) {
        if was != is {
            self.note(field, was, is, Way::Different);
        }
    }

    /// A field whose presence makes the rule tighter or looser; two values are judged by `judge`.
    fn optional<T: PartialEq>(
        &mut self,
        field: &'static str,
        pair: [&Option<T>; 2],
        show: fn(&T) -> String,
        present: Way,
        judge: Judge<T>,
    ) {
        let [was, is] = pair;
        let way = match (was, is) {
            (Some(was), Some(is)) if was != is => judge(was, is),
            (None, Some(_)) => present,
            (Some(_), None) => opposite(present),
            _ => return,
        };
        let text = |value: &Option<T>| value.as_ref().map(show).unwrap_or_default();
        self.note(field, text(was), text(is), way);
    }

    /// A condition on what the rule looks at: the narrower it is, the looser the rule.
    fn condition(&mut self, field: &'static str, was: &Option<Spanned>, is: &Option<Spanned>) {
        let way = match (was, is) {
            (Some(was), Some(is)) => match strictness(&is.text, &was.text) {
                Some(way) => way,
                None => return,
            },
            (None, Some(_)) => Way::Looser,
            (Some(_), None) => Way::Tighter,
            (None, None) => return,
        };
        self.note(field, text(was), text(is), way);
    }
}

const fn opposite(way: Way) -> Way {
    match way {
        Way::Tighter => Way::Looser,
        Way::Looser => Way::Tighter,
        Way::Different => Way::Different,
    }
}

fn more<T: PartialOrd>(was: &T, is: &T) -> Way {
    if is > was { Way::Tighter } else { Way::Looser }
}

fn less<T: PartialOrd>(was: &T, is: &T) -> Way {
    opposite(more(was, is))
}

fn text(spanned: &Option<Spanned>) -> String {
    spanned.as_ref().map(|spanned| spanned.text.clone()).unwrap_or_default()
}

fn length(ms: &i64) -> String {
    duration(*ms as f64)
}

/// The fields that say something else. A field that a rule gains must be named here: what is not compared could be loosened
/// without anybody seeing it.
pub(super) fn changes(old: &Rule, new: &Rule) -> Vec<Change> {
    let Rule {
        id: _,
        pack: _,
        place: _,
        question,
        severity,
        weight,
        owner,
        controls,
        require,
        attest,
        confidence,
        min_n,
        for_each,
        filter,
        scope,
        when,
        effective_from,
        evidence: Fitness { max_age, commit_head, mode },
        empty,
        collect,
        cadence,
        warmup,
        why,
        fix,
        runbook,
        cases,
        renamed_from,
        deprecated,
        // How the rule came to be what is compared here.
        layers: _,
        settings: _,
        outdated: _,
        eased: _,
    } = old;
    let mut found = Changes(Vec::new());
    demand(&mut found, [require, &new.require], [attest, &new.attest]);
    found.optional("severity", [severity, &new.severity], ToString::to_string, Way::Tighter, less);
    found.optional("weight", [&Some(*weight), &Some(new.weight)], ToString::to_string, Way::Tighter, more);
    let percent: fn(&u32) -> String = |ppm| format!("{} %", f64::from(*ppm) / 10_000.0);
    found.optional("confidence", [confidence, &new.confidence], percent, Way::Tighter, more);
    found.optional("min_n", [min_n, &new.min_n], ToString::to_string, Way::Tighter, more);
    found.optional("evidence.max_age", [max_age, &new.evidence.max_age], length, Way::Tighter, less);
    let head = |needed: bool| needed.then(|| "head".to_owned());
    found.optional("evidence.commit", [&head(*commit_head), &head(new.evidence.commit_head)], Clone::clone, Way::Tighter, |_, _| {
        Way::Different
    });
    let live = |was: &String, is: &String| if is == LIVE && was != LIVE { Way::Tighter } else { Way::Looser };
    found.optional("evidence.mode", [mode, &new.evidence.mode], Clone::clone, Way::Tighter, live);
    let zero = |empty: bool| empty.then(|| "0".to_owned());
    found.optional("empty", [&zero(*empty), &zero(new.empty)], Clone::clone, Way::Looser, |_, _| Way::Different);
    found.optional("warmup", [warmup, &new.warmup], ToString::to_string, Way::Looser, less);
    let often = |part: fn(&Cadence) -> i64| [cadence.as_ref().map(part), new.cadence.as_ref().map(part)];
    let [every, window] = [often(|cadence| cadence.every), often(|cadence| cadence.window)];
    found.optional("cadence.every", [&every[0], &every[1]], length, Way::Tighter, less);
    found.optional("cadence.window", [&window[0], &window[1]], length, Way::Tighter, more);
    let gaps = |cadence: &Option<Cadence>| cadence.as_ref().map(|cadence| cadence.gaps);
    found.optional("cadence.gaps", [&gaps(cadence), &gaps(&new.cadence)], ToString::to_string, Way::Tighter, less);
    found.optional("effective_from", [effective_from, &new.effective_from], ToString::to_string, Way::Looser, less);
    found.condition("the pack's when", scope, &new.scope);
    found.condition("when", when, &new.when);
    found.condition("where", filter, &new.filter);
    found.plain("for_each", &text(for_each), &text(&new.for_each));
    let query = |collect: &Option<crate::rule::Collector>| {
        collect.as_ref().map(|c| (c.source.text.clone(), c.query.text.clone(), c.outputs.clone(), c.rows))
    };
    if query(collect) != query(&new.collect) {
        let asks = |rule: &Rule| rule.collect.as_ref().map(|c| c.query.text.clone()).unwrap_or_default();
        found.note("collect", asks(old), asks(new), Way::Different);
    }
    found.plain("controls", &controls.join(", "), &new.controls.join(", "));
    found.plain("owner", owner.as_deref().unwrap_or_default(), new.owner.as_deref().unwrap_or_default());
    found.plain("runbook", runbook.as_deref().unwrap_or_default(), new.runbook.as_deref().unwrap_or_default());
    for (field, was, is) in [("question", question, &new.question), ("why", why, &new.why), ("fix", fix, &new.fix)] {
        found.plain(field, was, is);
    }
    let names = |names: &[Spanned]| names.iter().map(|name| name.text.clone()).collect::<Vec<_>>().join(", ");
    found.plain("renamed_from", &names(renamed_from), &names(&new.renamed_from));
    let told = |rule: &Option<Deprecated>| rule.as_ref().map(Deprecated::told).unwrap_or_default();
    found.plain("deprecated", &told(deprecated), &told(&new.deprecated));
    let examples = |cases: &[crate::rule::Case]| cases.iter().map(|c| (c.given.clone(), format!("{:?}", c.outcome))).collect::<Vec<_>>();
    if examples(cases) != examples(&new.cases) {
        let count = |n: usize| format!("{n} cases");
        found.note("cases", count(cases.len()), count(new.cases.len()), Way::Different);
    }
    found.0
}

/// What is asked: an expression, or a person's statement. A statement in the place of evidence is looser.
fn demand(found: &mut Changes, [was, is]: [&Option<Spanned>; 2], [said, says]: [&Option<Attest>; 2]) {
    let way = match (was, is) {
        (Some(was), Some(is)) => strictness(&was.text, &is.text),
        (Some(_), None) => Some(Way::Looser),
        (None, Some(_)) => Some(Way::Tighter),
        (None, None) => None,
    };
    if let Some(way) = way {
        found.note("require", text(was), text(is), way);
    }
    let by = |attest: &Option<Attest>| attest.as_ref().map(|attest| attest.by.clone()).unwrap_or_default();
    found.plain("attest.by", &by(said), &by(says));
    if let (Some(said), Some(says)) = (said, says) {
        found.optional("attest.every", [&Some(said.every), &Some(says.every)], length, Way::Tighter, less);
    }
}

#[cfg(test)]
mod tests;
