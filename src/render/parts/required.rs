//! What rules require of a number that a chart or a bar shows: the limit, read from the rule's expression.

use crate::finding::{Finding, Outcome};
use crate::metric::Ratio;
use crate::report::Report;

/// A limit on a ratio.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// As a share of 1.
    pub share: f64,
    /// `0.5 %`.
    pub text: String,
    /// Whether it is a most; a least otherwise.
    pub at_most: bool,
    /// What the rule makes of the number, or would if its evidence counted.
    pub judged: Outcome,
}

/// The limit that a rule without subject puts on the metric `id`.
pub fn of_metric(report: &Report, id: &str) -> Option<Limit> {
    report.findings.iter().filter(|f| f.subject.is_none()).find_map(|f| limit(f, id))
}

/// The limit that a rule puts on the cell `field` of the row called `subject`.
pub fn of_row(report: &Report, subject: &str, field: &str) -> Option<Limit> {
    report.findings.iter().filter(|f| f.subject.as_deref() == Some(subject)).find_map(|f| limit(f, field))
}

/// The worst finding that rests on the metric `id`.
pub fn worst<'a>(report: &'a Report, id: &str) -> Option<&'a Finding> {
    let rests = |f: &&Finding| f.outcome != Outcome::NotApplicable && after(&f.expression, id).next().is_some();
    report.findings.iter().filter(rests).min_by_key(|f| (f.outcome, f.severity))
}

/// What follows each mention of the whole word `id`.
fn after<'a>(expression: &'a str, id: &'a str) -> impl Iterator<Item = &'a str> {
    let part_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    expression.match_indices(id).filter_map(move |(at, _)| {
        let (before, rest) = (&expression[..at], &expression[at + id.len()..]);
        (!before.ends_with(part_of_word) && !rest.starts_with(part_of_word)).then_some(rest)
    })
}

/// The literal that `id` is compared with, where that is a percentage.
fn limit(finding: &Finding, id: &str) -> Option<Limit> {
    let judged = finding.would_show.as_ref().map_or(finding.outcome, |shown| shown.outcome);
    after(&finding.expression, id).find_map(|rest| {
        let rest = rest.trim_start();
        let at_most = rest.starts_with('<');
        let literal = rest.strip_prefix(['<', '>'])?.trim_start_matches('=').trim_start();
        let (number, _) = literal.split_once('%')?;
        let ratio = Ratio::from_decimal(number.trim())?;
        Some(Limit { share: ratio.share()? / 100.0, text: format!("{} %", number.trim()), at_most, judged })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use crate::rule::Severity;

    #[test]
    fn limits_are_read_from_expressions() {
        let rule = sample::finding("a/b", Severity::P1, Outcome::Fail);
        let read = |text: &str, id| limit(&Finding { expression: text.into(), ..rule.clone() }, id).map(|l| (l.text, l.at_most));
        assert_eq!(read("golden.hallucination_rate <= 0.5%", "golden.hallucination_rate"), Some(("0.5 %".into(), true)));
        assert_eq!(read("coverage.line_x > 1% && coverage.line >= 80 %", "coverage.line"), Some(("80 %".into(), false)));
        assert_eq!(read("hallucination_rate <= 2%", "hallucination_rate"), Some(("2 %".into(), true)));
        for (text, id) in [("golden.hallucination_rate <= 2%", "hallucination_rate"), ("a.b == 5%", "a.b"), ("a.b <= 5", "a.b"), ("", "a")]
        {
            assert_eq!(read(text, id), None, "{text}");
        }
    }
}
