//! Controls of frameworks, and what the rules are for them: evidence toward some, and nothing for all others.
//!
//! The ids are those of `rules/controls.tsv`; the titles there are our own words. A passing rule is evidence toward a control
//! and never shows that it is met.

use crate::finding::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A control as the list has it.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// `EU-AI-ACT`.
    pub framework: &'static str,
    /// `15.1`.
    pub id: &'static str,
    /// In our own words; empty where we have none.
    pub title: &'static str,
}

/// Every control there is, by `FRAMEWORK:ID`.
static CONTROLS: LazyLock<BTreeMap<String, Listed>> = LazyLock::new(|| {
    let lines = include_str!("../rules/controls.tsv").lines();
    let rows = lines.filter_map(|line| {
        let mut cells = line.split('\t');
        Some(Listed { framework: cells.next()?, id: cells.next()?, title: cells.next().unwrap_or_default() })
    });
    rows.map(|row| (format!("{}:{}", row.framework, row.id), row)).collect()
});

/// The control called `FRAMEWORK:ID`.
pub fn listed(control: &str) -> Option<Listed> {
    CONTROLS.get(control).copied()
}

/// Every `FRAMEWORK:ID`.
pub fn ids() -> impl Iterator<Item = &'static str> {
    CONTROLS.keys().map(String::as_str)
}

/// Who says what the rules toward a control ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// At least one rule looks at evidence.
    Automated,
    /// Only people state it.
    Attested,
}

/// A control that rules are evidence toward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// `15.1`, without its framework.
    pub id: String,
    /// In our own words, where there are any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Who says it.
    pub by: By,
    /// The worst outcome of the rules that were judged; no evidence where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The rules, in order of id.
    pub rules: Vec<String>,
}

/// A framework as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framework {
    /// `EU-AI-ACT`.
    pub name: String,
    /// How many controls it has.
    pub total: usize,
    /// Those that rules are evidence toward, in natural order.
    pub controls: Vec<Control>,
    /// Those without a rule of their own, of which a part has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<String>,
    /// Those without any rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
}

/// A rule, as far as it is evidence toward controls.
#[derive(Clone, Copy, Debug)]
pub struct Toward<'a> {
    /// Its id.
    pub rule: &'a str,
    /// Its controls, `FRAMEWORK:ID`.
    pub controls: &'a [String],
    /// Whether a person states it.
    pub attested: bool,
    /// What came out, where it was judged.
    pub outcome: Option<Outcome>,
}

/// The frameworks that rules name, in order of name.
pub fn frameworks<'a>(rules: impl IntoIterator<Item = Toward<'a>>) -> Vec<Framework> {
    let mut named: BTreeMap<&str, BTreeMap<&str, Vec<Toward<'a>>>> = BTreeMap::new();
    for rule in rules {
        for (framework, id) in rule.controls.iter().filter_map(|control| control.split_once(':')) {
            named.entry(framework).or_default().entry(id).or_default().push(rule);
        }
    }
    named.into_iter().map(|(name, controls)| framework(name, controls)).collect()
}

/// The frameworks that no rule names, each with how many controls it has.
pub fn unnamed(frameworks: &[Framework]) -> BTreeMap<&'static str, usize> {
    let mut found = BTreeMap::new();
    for control in CONTROLS.values().filter(|control| !frameworks.iter().any(|f| f.name == control.framework)) {
        *found.entry(control.framework).or_default() += 1;
    }
    found
}

fn framework(name: &str, rules: BTreeMap<&str, Vec<Toward<'_>>>) -> Framework {
    let mut all: Vec<&str> = CONTROLS.values().filter(|control| control.framework == name).map(|control| control.id).collect();
    all.sort_by_cached_key(|id| natural(id));
    let mut above = BTreeSet::new();
    for id in rules.keys() {
        above.extend(id.match_indices('.').map(|(at, _)| &id[..at]));
    }
    let without = |partial: bool| -> Vec<String> {
        let ids = all.iter().filter(|id| !rules.contains_key(*id) && above.contains(*id) == partial);
        ids.map(|id| (*id).to_owned()).collect()
    };
    let (partial, gaps, total) = (without(true), without(false), all.len());
    let mut controls: Vec<Control> = rules.into_iter().map(|(id, rules)| control(name, id, &rules)).collect();
    controls.sort_by_cached_key(|control| natural(&control.id));
    Framework { name: name.to_owned(), total, controls, partial, gaps }
}

fn control(framework: &str, id: &str, rules: &[Toward<'_>]) -> Control {
    let by = if rules.iter().all(|rule| rule.attested) { By::Attested } else { By::Automated };
    let judged = rules.iter().filter_map(|rule| rule.outcome);
    let outcome = rules.iter().any(|rule| rule.outcome.is_some()).then(|| {
        // What was not judged shows nothing.
        judged.filter(|outcome| *outcome != Outcome::NotApplicable).min().unwrap_or(Outcome::NoEvidence)
    });
    let mut names: Vec<String> = rules.iter().map(|rule| rule.rule.to_owned()).collect();
    names.sort();
    names.dedup();
    let title = listed(&format!("{framework}:{id}")).map_or("", |control| control.title).to_owned();
    Control { id: id.to_owned(), title, by, outcome, rules: names }
}

/// Words and numbers of an id, so that article 9 comes before article 12.
fn natural(id: &str) -> Vec<(u64, String)> {
    id.split(|c: char| !c.is_alphanumeric()).map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned())).collect()
}

impl Framework {
    /// How many of its controls are said in one of the two ways.
    pub fn count(&self, by: By) -> usize {
        self.controls.iter().filter(|control| control.by == by).count()
    }

    /// "evidence toward 9 of 93 controls: 8 automated, 1 attested; 84 without a rule".
    pub fn summary(&self) -> String {
        let ways = [(By::Automated, "automated"), (By::Attested, "attested")];
        let ways: Vec<String> =
            ways.iter().filter(|(by, _)| self.count(*by) > 0).map(|(by, word)| format!("{} {word}", self.count(*by))).collect();
        let part = if self.partial.is_empty() { String::new() } else { format!("; {} in part", self.partial.len()) };
        let total = self.total.max(self.controls.len());
        format!(
            "evidence toward {} of {total} controls: {}{part}; {} without a rule",
            self.controls.len(),
            ways.join(", "),
            self.gaps.len()
        )
    }

    /// The controls without a rule, group by group and as short as can be read: `1–8`, `9 (all but 9.8)`, `12 (5 of 7)`.
    pub fn gap_groups(&self) -> Vec<String> {
        let mut groups: BTreeMap<Vec<(u64, String)>, Group<'_>> = BTreeMap::new();
        let rest = self.controls.iter().map(|control| (&control.id, false)).chain(self.partial.iter().map(|id| (id, false)));
        for (id, is_gap) in self.gaps.iter().map(|id| (id, true)).chain(rest) {
            let name = group(id);
            let of = groups.entry(natural(name)).or_insert_with(|| Group { name, gaps: 0, others: Vec::new() });
            if is_gap { of.gaps += 1 } else { of.others.push(id) }
        }
        let mut texts: Vec<String> = Vec::new();
        let mut span: Option<(&str, &str)> = None;
        for of in groups.into_values().filter(|of| of.gaps > 0) {
            if !of.others.is_empty() {
                texts.extend(span.take().map(spanned));
                let all = of.gaps + of.others.len();
                texts.push(match of.others.as_slice() {
                    [one] => format!("{} (all but {one})", of.name),
                    _ => format!("{} ({} of {all})", of.name, of.gaps),
                });
            } else if let Some((first, last)) = span.filter(|(_, last)| follows(last, of.name)) {
                let _ = last;
                span = Some((first, of.name));
            } else {
                texts.extend(span.replace((of.name, of.name)).map(spanned));
            }
        }
        texts.extend(span.map(spanned));
        texts
    }
}

/// The controls of one article, clause or criterion.
struct Group<'a> {
    name: &'a str,
    gaps: usize,
    others: Vec<&'a String>,
}

/// What a control is grouped under: the first part of its id that holds a number, `9` of `9.2.a`, `A.8` of `A.8.29`.
fn group(id: &str) -> &str {
    let cuts = id.match_indices('.').map(|(at, _)| at).chain([id.len()]);
    cuts.map(|at| &id[..at]).find(|part| part.contains(|c: char| c.is_ascii_digit())).unwrap_or(id)
}

fn spanned((first, last): (&str, &str)) -> String {
    if first == last { first.to_owned() } else { format!("{first}–{last}") }
}

/// Whether two groups differ by one in their last number.
fn follows(one: &str, next: &str) -> bool {
    let cut =
        |text: &str| text.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let (a, b) = (one.split_at(cut(one)), next.split_at(cut(next)));
    a.0 == b.0 && matches!((a.1.parse::<u64>(), b.1.parse::<u64>()), (Ok(a), Ok(b)) if a.checked_add(1) == Some(b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn toward<'a>(rule: &'a str, controls: &'a [String], attested: bool, outcome: Outcome) -> Toward<'a> {
        Toward { rule, controls, attested, outcome: Some(outcome) }
    }

    fn names(controls: &[&str]) -> Vec<String> {
        controls.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_list_is_sound() {
        let text = include_str!("../rules/controls.tsv");
        assert_eq!(CONTROLS.len(), text.lines().count(), "no id twice, no line passed over");
        for line in text.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(matches!(cells.len(), 2 | 3) && cells.iter().all(|cell| !cell.is_empty() && cell.trim() == *cell), "{line}");
        }
        assert_eq!(listed("SOC2:A1.1").unwrap().id, "A1.1");
        assert!(listed("SOC2:A1.9").is_none());
    }

    #[test]
    fn a_control_is_as_good_as_the_worst_rule_that_was_judged() {
        let (a, b) = (names(&["SOC2:A1.1", "SOC2:CC7.2"]), names(&["SOC2:A1.1", "GDPR:5.1.e"]));
        let found = frameworks([
            toward("p/a", &a, false, Outcome::Pass),
            toward("p/b", &b, true, Outcome::NotApplicable),
            toward("p/c", &a, true, Outcome::Unproven),
        ]);
        let of = |framework: &str, id: &str| {
            let framework = found.iter().find(|f| f.name == framework).unwrap();
            framework.controls.iter().find(|c| c.id == id).unwrap().clone()
        };
        assert_eq!((of("SOC2", "A1.1").outcome, of("SOC2", "A1.1").by), (Some(Outcome::Unproven), By::Automated));
        assert_eq!(of("SOC2", "A1.1").rules, ["p/a", "p/b", "p/c"]);
        // All of its rules were left out: nothing is shown.
        assert_eq!((of("GDPR", "5.1.e").outcome, of("GDPR", "5.1.e").by), (Some(Outcome::NoEvidence), By::Attested));
        let gdpr = found.iter().find(|f| f.name == "GDPR").unwrap();
        assert_eq!(gdpr.partial, ["5", "5.1"]);
        assert_eq!(gdpr.gaps.len() + gdpr.partial.len() + 1, gdpr.total);
        assert!(
            gdpr.summary().starts_with("evidence toward 1 of 856 controls: 1 attested; 2 in part; 853 without a rule"),
            "{}",
            gdpr.summary()
        );
        assert!(!unnamed(&found).contains_key("GDPR") && unnamed(&found).contains_key("DORA"));
    }

    #[test]
    fn gaps_are_short_enough_to_read() {
        let soc = |ids: &[&str]| frameworks([toward("p/a", &names(ids), false, Outcome::Pass)])[0].gap_groups();
        assert_eq!(
            soc(&["SOC2:A1.1", "SOC2:CC7.1", "SOC2:CC7.2", "SOC2:CC8.1"])[..4],
            ["A1 (all but A1.1)", "C1", "CC1–CC6", "CC7 (3 of 5)"].map(str::to_owned)
        );
        let act = frameworks([toward("p/a", &names(&["EU-AI-ACT:15.1"]), false, Outcome::Pass)]);
        assert!(act[0].gap_groups().len() < 20, "{:?}", act[0].gap_groups());
        assert!(act[0].gap_groups().contains(&"15 (all but 15.1)".to_owned()), "{:?}", act[0].gap_groups());
        assert_eq!(group("A.8.29"), "A.8");
        assert!(follows("CC9", "CC10") && !follows("CC9", "P10") && !follows("A.9", "A.11"));
    }
}
