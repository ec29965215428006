//! Where frameworks ask different things of one and the same measure: what contradicts, what is strictest, and what asks for
//! less than the law it names. Only what the requirements themselves show is told.

use super::expression::{Bound, Operator, bounds};
use crate::metric::duration;
use crate::obligation::{OBLIGATIONS, Obligation};
use crate::rule::Rule;
use std::collections::{BTreeMap, BTreeSet};

/// Something that people must decide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// What kind it is; the worst first.
    pub kind: Kind,
    /// What is measured.
    pub of: String,
    /// The rules, the strictest first.
    pub rules: Vec<String>,
    /// In a sentence without a full stop.
    pub text: String,
}

/// The kinds of conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// No value satisfies both rules.
    Contradiction,
    /// A rule asks for less than the law whose article it names.
    Short,
    /// What satisfies one framework's rule does not satisfy the other's.
    Stricter,
}

impl Kind {
    /// The word people read.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Contradiction => "contradiction",
            Kind::Short => "too little",
            Kind::Stricter => "stricter",
        }
    }
}

/// A rule's limit on a measure.
struct Asked<'a> {
    rule: &'a Rule,
    bound: Bound,
}

impl Asked<'_> {
    /// `rules/a (SOC2) asks for x >= 90d`.
    fn told(&self) -> String {
        let frameworks: Vec<&str> = frameworks(self.rule).into_iter().collect();
        let toward = if frameworks.is_empty() { String::new() } else { format!(" ({})", frameworks.join(", ")) };
        format!("{}{toward} asks for {} {}", self.rule.id, self.bound.operator.words(), self.bound.limit)
    }

    fn wants_large(&self) -> bool {
        self.bound.operator.wants_large()
    }

    /// How much it asks for: larger is stricter.
    fn strictness(&self) -> (f64, bool) {
        let value = if self.wants_large() { self.bound.value } else { -self.bound.value };
        (value, matches!(self.bound.operator, Operator::Less | Operator::Greater))
    }
}

/// Every conflict among rules, worst first.
pub fn conflicts<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Vec<Conflict> {
    let mut by_measure: BTreeMap<(String, String, &str), Vec<Asked<'a>>> = BTreeMap::new();
    let mut found = Vec::new();
    for rule in rules {
        for bound in rule.require.iter().flat_map(|text| bounds(&text.text)) {
            let asked = Asked { rule, bound };
            found.extend(short(&asked));
            by_measure.entry((asked.bound.of.clone(), rows(rule), asked.bound.unit)).or_default().push(asked);
        }
    }
    for ((of, ..), asked) in &by_measure {
        found.extend(contradictions(of, asked));
        found.extend([true, false].into_iter().filter_map(|large| stricter(of, asked, large)));
    }
    found.sort();
    found.dedup();
    found
}

/// The rows a limit is about: the same words mean another thing in another table.
fn rows(rule: &Rule) -> String {
    let text = |text: &Option<crate::rule::Spanned>| text.as_ref().map(|text| text.text.clone()).unwrap_or_default();
    let query = rule.collect.as_ref().map(|collect| collect.query.text.clone()).unwrap_or_default();
    format!("{}\n{}\n{query}", text(&rule.for_each), text(&rule.filter))
}

fn frameworks(rule: &Rule) -> BTreeSet<&str> {
    rule.controls.iter().filter_map(|control| control.split(':').next()).collect()
}

/// Whether there is an occasion on which both rules apply, as far as their texts show it.
fn meet(a: &Rule, b: &Rule) -> bool {
    let same = |a: &Option<crate::rule::Spanned>, b: &Option<crate::rule::Spanned>| match (a, b) {
        (Some(a), Some(b)) => a.text == b.text,
        _ => true,
    };
    same(&a.scope, &b.scope) && same(&a.when, &b.when)
}

/// A rule that names an article and asks for less than it.
fn short(asked: &Asked<'_>) -> Vec<Conflict> {
    let Bound { of, operator, unit, value, .. } = &asked.bound;
    let named = |law: &&Obligation| asked.rule.controls.iter().any(|control| control == law.control);
    let falls_short = |law: &&Obligation| {
        let law_ms = law.ms as f64;
        *unit == "ms" && if law.at_least { operator.wants_large() && *value < law_ms } else { operator.wants_small() && *value > law_ms }
    };
    let told = |law: &Obligation| Conflict {
        kind: Kind::Short,
        of: of.clone(),
        rules: vec![asked.rule.id.clone()],
        text: format!(
            "{}; {} says {} ({}: {}; text of {}), so a system that passes may fall short of it",
            asked.told(),
            law.control,
            law.limit(),
            law.citation,
            law.about,
            law.as_of
        ),
    };
    OBLIGATIONS.iter().filter(named).filter(falls_short).map(told).collect()
}

/// A floor above a ceiling.
fn contradictions(of: &str, asked: &[Asked<'_>]) -> Vec<Conflict> {
    let mut found = Vec::new();
    for floor in asked.iter().filter(|asked| asked.wants_large()) {
        for ceiling in asked.iter().filter(|asked| asked.bound.operator.wants_small() && meet(asked.rule, floor.rule)) {
            let strict = floor.strictness().1 || ceiling.strictness().1;
            if floor.bound.value > ceiling.bound.value || (floor.bound.value == ceiling.bound.value && strict) {
                let text = format!("{}, and {}: no value satisfies both{}", floor.told(), ceiling.told(), laws([floor.rule, ceiling.rule]));
                let rules = vec![floor.rule.id.clone(), ceiling.rule.id.clone()];
                found.push(Conflict { kind: Kind::Contradiction, of: of.to_owned(), rules, text });
            }
        }
    }
    found
}

/// The laws that the rules name, where they fix a length of time.
fn laws(rules: [&Rule; 2]) -> String {
    let named = |law: &&Obligation| rules.iter().any(|rule| rule.controls.iter().any(|control| control == law.control));
    let told: Vec<String> = OBLIGATIONS.iter().filter(named).map(|law| format!("{} says {}", law.control, law.limit())).collect();
    if told.is_empty() { String::new() } else { format!("; {}", told.join(", ")) }
}

/// Rules of different frameworks that limit one measure in one direction and not equally: the strictest, and those that lose.
fn stricter(of: &str, asked: &[Asked<'_>], large: bool) -> Option<Conflict> {
    let mut same: Vec<&Asked<'_>> = asked.iter().filter(|asked| asked.wants_large() == large).collect();
    same.sort_by(|a, b| {
        let ((x, strict), (y, stricter)) = (a.strictness(), b.strictness());
        y.total_cmp(&x).then(stricter.cmp(&strict)).then_with(|| a.rule.id.cmp(&b.rule.id))
    });
    let (strictest, rest) = same.split_first()?;
    let theirs = frameworks(strictest.rule);
    let loses = |asked: &&&Asked<'_>| {
        let own = frameworks(asked.rule);
        asked.strictness() != strictest.strictness()
            && !own.is_empty()
            && !theirs.is_empty()
            && own != theirs
            && meet(asked.rule, strictest.rule)
    };
    let losers: Vec<&&Asked<'_>> = rest.iter().filter(loses).collect();
    if losers.is_empty() {
        return None;
    }
    let told: Vec<String> = losers.iter().map(|asked| asked.told()).collect();
    let text =
        format!("{} and is the strictest; what only satisfies the others does not satisfy it: {}", strictest.told(), told.join("; "));
    let rules = std::iter::once(*strictest).chain(losers.into_iter().copied()).map(|asked| asked.rule.id.clone()).collect();
    Some(Conflict { kind: Kind::Stricter, of: of.to_owned(), rules, text })
}

/// What laws fix, for people: "EU-AI-ACT:26.6  at least six months (181 d): …".
pub fn obligations() -> Vec<String> {
    let told = |law: &Obligation| {
        format!("{}  {} ({}): {}. {}, text of {}", law.control, law.limit(), duration(law.ms as f64), law.about, law.citation, law.as_of)
    };
    OBLIGATIONS.iter().map(told).collect()
}

#[cfg(test)]
mod tests;
