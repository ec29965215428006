//! A rule that is on its way out.

use super::Spanned;

/// What is said of a rule that is not to be used any more, and still judges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deprecated {
    /// Since which version, or which day.
    pub since: String,
    /// The rule to use instead.
    pub instead: Option<Spanned>,
    /// Why.
    pub why: String,
}

impl Deprecated {
    /// "is deprecated since 0.3.0: it counts twice; use `pr-gate/coverage-line`". It follows the rule's name.
    pub fn told(&self) -> String {
        let rule = self.instead.as_ref().map(|rule| rule.text.as_str());
        format!("is deprecated since {}: {}{}", self.since, self.why.trim().trim_end_matches('.'), instead(rule))
    }
}

/// "; use `pr-gate/coverage-line`", where there is something to use.
pub fn instead(rule: Option<&str>) -> String {
    rule.map_or_else(String::new, |rule| format!("; use `{rule}`"))
}
