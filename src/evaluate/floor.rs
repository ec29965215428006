//! What a project has reached: for each limit of its rules the strictest one that today's evidence proves.
//!
//! A limit is found by judging: the strictest tenth of a per cent at which a rule with the same rigour still passes. So a floor
//! is never more than the data can show: 30 good cases of 30 give 90.4 % at 95 % confidence, not 100 %.

use super::compile::compile;
use super::expression::{Bound, Checked, Operator, bounds};
use super::facts::Facts;
use super::judge::{Occasion, one};
use super::pack::{Compiled, Subjects};
use crate::config::Declared;
use crate::finding::Outcome;
use crate::metric::{Labels, Name, Value};
use crate::rule::{Fitness, Rule, Severity, Spanned};
use std::collections::BTreeMap;

/// A limit that is proven today.
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    /// `coverage-line`.
    pub name: String,
    /// The rule whose limit it goes back to.
    pub goal: String,
    /// The metric.
    pub metric: Name,
    /// `>=` or `<=`.
    pub operator: &'static str,
    /// `81.8%`, or a count.
    pub limit: String,
    /// What was measured: `1009/1233`, or a count.
    pub measured: String,
    /// As the goal's.
    pub severity: Severity,
    /// As the goal's, in parts per million.
    pub confidence: Option<u32>,
    /// As the goal's.
    pub min_n: Option<u64>,
    /// As the goal's.
    pub evidence: Fitness,
    /// When the goal and its pack apply.
    pub when: Option<String>,
}

impl Floor {
    /// `coverage.line >= 81.8%`.
    pub fn require(&self) -> String {
        format!("{} {} {}", self.metric, self.operator, self.limit)
    }
}

/// The floors of all rules, in order of name; of two that limit the same the more severe is kept.
pub fn floors(rules: &[Compiled], facts: &Facts<'_>, occasion: &Occasion, declared: &BTreeMap<String, Declared>) -> Vec<Floor> {
    let mut found: BTreeMap<String, Floor> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.subjects == Subjects::System && rule.rule.collect.is_none()) {
        for limit in rule.require.iter().flat_map(|require| bounds(&require.source.text)) {
            let Some(floor) = floor(rule, &limit, facts, occasion, declared) else { continue };
            match found.get(&floor.name) {
                Some(known) if known.severity <= floor.severity => {}
                _ => {
                    found.insert(floor.name.clone(), floor);
                }
            }
        }
    }
    found.into_values().collect()
}

fn floor(rule: &Compiled, limit: &Bound, facts: &Facts<'_>, occasion: &Occasion, declared: &BTreeMap<String, Declared>) -> Option<Floor> {
    let at_most = match limit.operator {
        Operator::AtMost => true,
        Operator::AtLeast => false,
        _ => return None,
    };
    // What is limited is a metric where evidence has one of this name; anything else has no floor.
    let (measured, _) = facts.metric(&limit.of, &Labels::new()).ok()?;
    let mut floor = Floor {
        name: limit.of.replace(['.', '_'], "-"),
        goal: rule.rule.id.clone(),
        metric: Name::Owned(limit.of.clone()),
        operator: if at_most { "<=" } else { ">=" },
        limit: String::new(),
        measured: String::new(),
        severity: rule.rule.severity.unwrap_or(Severity::P0),
        confidence: rule.rule.confidence,
        min_n: rule.rule.min_n,
        evidence: rule.rule.evidence.clone(),
        when: when(rule),
    };
    match measured.value {
        Value::Ratio(ratio) if limit.unit == "%" && ratio.is_known() => {
            floor.measured = format!("{}/{}", ratio.part, ratio.whole);
            let holds = |permille: u32| {
                let tried = Floor { limit: percent(permille), ..floor.clone() };
                passes(&tried, facts, occasion, declared)
            };
            let permille = strictest(at_most, holds)?;
            floor.limit = percent(permille);
        }
        Value::Count(count) if limit.unit.is_empty() => {
            (floor.measured, floor.limit) = (count.to_string(), count.to_string());
            if (count == 0 && !at_most) || !passes(&floor, facts, occasion, declared) {
                return None;
            }
        }
        _ => return None,
    }
    Some(floor)
}

/// When a rule and its pack apply, as one condition.
fn when(rule: &Compiled) -> Option<String> {
    let text = |when: &Option<Checked>| when.as_ref().map(|when| when.source.text.clone());
    match (text(&rule.scope), text(&rule.when)) {
        (Some(scope), Some(when)) => Some(format!("({scope}) && ({when})")),
        (scope, when) => scope.or(when),
    }
}

/// The strictest tenth of a per cent that holds, if one does that says anything: at least 0 % and at most 100 % do not.
fn strictest(at_most: bool, holds: impl Fn(u32) -> bool) -> Option<u32> {
    // Counted from the limit that says nothing, strictness grows, and what holds turns once into what does not.
    let from = |steps: u32| if at_most { 1000 - steps } else { steps };
    let (mut proven, mut beyond) = (0, 1001);
    while beyond - proven > 1 {
        let middle = u32::midpoint(proven, beyond);
        match holds(from(middle)) {
            true => proven = middle,
            false => beyond = middle,
        }
    }
    (proven > 0).then(|| from(proven))
}

fn percent(permille: u32) -> String {
    if permille.is_multiple_of(10) { format!("{}%", permille / 10) } else { format!("{}.{}%", permille / 10, permille % 10) }
}

fn passes(floor: &Floor, facts: &Facts<'_>, occasion: &Occasion, declared: &BTreeMap<String, Declared>) -> bool {
    let rule = Rule {
        severity: Some(floor.severity),
        require: Some(Spanned { text: floor.require(), ..Spanned::default() }),
        confidence: floor.confidence,
        min_n: floor.min_n,
        evidence: floor.evidence.clone(),
        when: floor.when.clone().map(|text| Spanned { text, ..Spanned::default() }),
        ..Rule::default()
    };
    let compiled = compile(rule, declared, &mut Vec::new());
    compiled.is_some_and(|rule| one(&rule, facts, occasion).iter().all(|finding| finding.outcome == Outcome::Pass))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::evidence::Evidence;
    use crate::metric::Ratio;
    use crate::source::Source;

    fn found(require: &str, confidence: Option<u32>, id: &'static str, value: Value) -> Option<String> {
        let mut entry = Evidence::new("it", id.split('.').next().unwrap());
        entry.sources.push(Source { path: "it.xml".into(), ..Source::default() });
        entry.put(id, value);
        let evidence = [entry];
        let rule = Rule {
            id: "goals/it".into(),
            severity: Some(Severity::P1),
            require: Some(Spanned { text: require.into(), ..Spanned::default() }),
            confidence,
            ..Rule::default()
        };
        let rule = compile(rule, &BTreeMap::new(), &mut Vec::new()).unwrap();
        let floors = floors(&[rule], &Facts::new(&evidence), &Occasion::default(), &BTreeMap::new());
        floors.first().map(Floor::require)
    }

    #[test]
    fn a_floor_is_what_today_shows_cut_and_never_rounded_up() {
        let line = |part, whole| found("coverage.line >= 80%", None, "coverage.line", Value::Ratio(Ratio::new(part, whole)));
        assert_eq!(line(8183, 10000).as_deref(), Some("coverage.line >= 81.8%"));
        assert_eq!(line(79999, 100_000).as_deref(), Some("coverage.line >= 79.9%"));
        assert_eq!(line(10, 10).as_deref(), Some("coverage.line >= 100%"));
        assert_eq!(line(1, 10_000), None, "at least 0 % says nothing");
        assert_eq!(line(0, 10), None);
        assert_eq!(line(0, 0), None, "unknown is no floor");
    }

    #[test]
    fn a_floor_is_no_more_than_the_data_prove() {
        let rate = |part, whole| found("golden.pass_rate >= 95%", Some(950_000), "golden.pass_rate", Value::Ratio(Ratio::new(part, whole)));
        assert_eq!(rate(30, 30).as_deref(), Some("golden.pass_rate >= 90.4%"));
        let bad = |part, whole| {
            found("golden.hallucination_rate <= 0.5%", Some(950_000), "golden.hallucination_rate", Value::Ratio(Ratio::new(part, whole)))
        };
        assert_eq!(bad(0, 76).as_deref(), Some("golden.hallucination_rate <= 3.9%"));
        assert_eq!(bad(76, 76), None);
    }

    #[test]
    fn a_number_of_cases_is_a_floor_too_and_a_requirement_that_is_no_limit_is_not() {
        let cases = |require: &str| found(require, None, "golden.cases", Value::Count(76));
        assert_eq!(cases("golden.cases >= 100").as_deref(), Some("golden.cases >= 76"));
        assert_eq!(cases("100 <= golden.cases").as_deref(), Some("golden.cases >= 76"));
        assert_eq!(cases("golden.cases == 76"), None);
        assert_eq!(cases("golden.cases >= 100 || golden.cases == 1"), None);
    }
}
