//! What `system:` says: typed answers, so that a misspelt one is a mistake and never "not answered".

use super::moment;
use crate::error::Diagnostic;
use crate::io::spelling;
use crate::io::yaml::{Fields, Node};
use crate::rule::Spanned;
use crate::system::{Period, RISKS, ROLES, System};
use crate::waiver::end_of_day;

pub(super) fn read(node: &Node, errors: &mut Vec<Diagnostic>) -> System {
    let mut f = node.fields("`system`", errors);
    let system = System {
        ai_role: word(&mut f, "ai_role", ROLES),
        ai_risk: word(&mut f, "ai_risk", RISKS),
        personal_data: f.get::<bool>("personal_data"),
        audit_period: period(&mut f),
    };
    f.finish();
    system
}

fn word(f: &mut Fields<'_, '_>, key: &'static str, words: &[&str]) -> Option<String> {
    let text = f.spanned(key)?;
    if words.contains(&text.text.as_str()) {
        return Some(text.text);
    }
    let help = spelling::did_you_mean(&text.text, words.iter().copied()).or_else(|| Some(format!("write one of {}", words.join(", "))));
    f.errors.push(Diagnostic::new(text.place, format!("`{key}` is never `{}`", text.text)).help(help));
    None
}

/// `FROM/TO`, or a mapping with `from` and `to`; a date as the end means all of that day.
fn period(f: &mut Fields<'_, '_>) -> Option<Period> {
    let node = f.node("audit_period")?;
    let (from, to) = if node.entries().is_some() {
        let mut inner = node.fields("`audit_period`", f.errors);
        inner.require("from");
        inner.require("to");
        let ends = (inner.spanned("from"), inner.spanned("to"));
        inner.finish();
        (ends.0?, ends.1?)
    } else {
        let text = f.spanned("audit_period")?;
        let Some((from, to)) = text.text.split_once('/') else {
            let help = Some("write FROM/TO, such as 2026-01-01/2026-12-31".into());
            f.errors.push(Diagnostic::new(text.place, format!("`{}` is not a period", text.text)).help(help));
            return None;
        };
        let part = |part: &str| Spanned { text: part.trim().to_owned(), place: text.place.clone(), turns: Vec::new() };
        (part(from), part(to))
    };
    let whole_day = to.text.len() == DATE;
    let period =
        Period { from: moment(&from, f.errors)?, to: moment(&to, f.errors).map(|at| if whole_day { end_of_day(at) } else { at })? };
    if period.from >= period.to {
        let message = format!("the period ends on {}, before it begins on {}", period.to.date(), period.from.date());
        f.errors.push(Diagnostic::new(to.place, message));
        return None;
    }
    Some(period)
}

/// How long a text is that names a day and no time.
const DATE: usize = "2026-02-18".len();

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::instant::Instant;
    use crate::io::yaml;

    fn said(text: &str) -> (System, Vec<String>) {
        let mut errors = Vec::new();
        let node = yaml::parse("c.yaml", text, &mut errors).unwrap();
        let system = read(&node, &mut errors);
        (system, errors.iter().map(ToString::to_string).map(|e| e.lines().next().unwrap_or_default().to_owned()).collect())
    }

    fn mistake(text: &str) -> String {
        let (_, errors) = said(text);
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        errors.concat()
    }

    #[test]
    fn answers_are_typed() {
        let (system, errors) = said("ai_role: provider\nai_risk: high\npersonal_data: false\naudit_period: 2026-01-01/2026-06-30\n");
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!((system.ai_role.as_deref(), system.ai_risk.as_deref()), (Some("provider"), Some("high")));
        assert_eq!(system.personal_data, Some(false));
        let period = system.audit_period.unwrap();
        assert_eq!((period.from, period.to), (Instant::parse("2026-01-01").unwrap(), Instant::parse("2026-06-30T23:59:59.999Z").unwrap()));
        let (same, errors) = said("audit_period: { from: 2026-01-01, to: 2026-06-30 }\n");
        assert_eq!((same.audit_period, errors.len()), (Some(period), 0));
        assert_eq!(said("ai_role: none\n").0.ai_role.as_deref(), Some("none"), "that there is none is an answer");
    }

    #[test]
    fn a_misspelt_answer_is_a_mistake() {
        for (text, wanted) in [
            ("ai_role: deploier", "c.yaml:1:10: `ai_role` is never `deploier` - did you mean `deployer`?"),
            ("ai_risk: medium", "`ai_risk` is never `medium` - write one of none, minimal, limited, high, prohibited"),
            ("ai_rôle: provider", "`system` has no key `ai_rôle` - did you mean `ai_role`?"),
            ("personal_data: perhaps", "`personal_data`: "),
            ("ai_role:", "`ai_role` has no value"),
            ("audit_period: 2026", "`2026` is not a period - write FROM/TO"),
            ("audit_period: 2026-01-01/2026-02-31", "`2026-02-31` is not a date"),
            ("audit_period: 2026-06-30/2026-01-01", "the period ends on 2026-01-01, before it begins on 2026-06-30"),
            ("audit_period: { from: 2026-01-01 }", "`audit_period` has no `to`"),
        ] {
            let found = mistake(text);
            assert!(found.contains(wanted), "{text}: {found}");
        }
    }
}
