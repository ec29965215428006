//! Reads how often something must happen, and when it did in a case.

use crate::error::Diagnostic;
use crate::evaluate::expression::duration;
use crate::io::yaml::{Fields, Node};
use crate::rule::Cadence;

/// How many occurrences a window may expect, and a case may list.
const MOST: i64 = 10_000;

/// Reads `{ every: 24h, window: 30d, gaps: 1 }`; `gaps` is 0 unless stated.
pub(super) fn read(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Cadence> {
    let before = errors.len();
    let mut f = node.fields("`cadence`", errors);
    f.require("every");
    f.require("window");
    let every = length(&mut f, "every").unwrap_or_default();
    let window = length(&mut f, "window").unwrap_or_default();
    let gaps = f.get::<u64>("gaps").unwrap_or_default();
    f.finish();
    if errors.len() > before {
        return None;
    }
    let expected = window / every;
    let message = match expected {
        0 => "`window` is shorter than `every`, so nothing is expected".to_owned(),
        n if n > MOST => format!("a window of {n} occurrences is more than anybody looks at; at most {MOST}"),
        n if u64::try_from(n).is_ok_and(|n| gaps >= n) => format!("`gaps: {gaps}` allows that nothing happens at all: {n} expected"),
        _ => return Some(Cadence { every, window, gaps }),
    };
    errors.push(Diagnostic::new(node.place.clone(), message));
    None
}

/// Reads when something happened before a case plays: a list of ages, or `{ every: 24h, for: 31d, except: [3d] }`.
pub(super) fn occurred(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<i64> {
    if let Some(items) = node.items() {
        let mut ages: Vec<i64> = items.iter().filter_map(|item| age(item, errors)).collect();
        ages.sort_unstable();
        return ages;
    }
    let mut f = node.fields("`occurred`", errors);
    f.require("every");
    f.require("for");
    let every = length(&mut f, "every");
    let span = length(&mut f, "for");
    let except: Vec<(i64, &Node)> = f.items("except").iter().filter_map(|item| Some((age(item, f.errors)?, item))).collect();
    f.finish();
    let (Some(every), Some(span)) = (every, span) else { return Vec::new() };
    if span / every > MOST {
        errors.push(Diagnostic::new(node.place.clone(), format!("a case has at most {MOST} occurrences")));
        return Vec::new();
    }
    let mut ages: Vec<i64> = (0..=span / every).map(|n| n * every).collect();
    for (age, place) in except {
        match ages.iter().position(|known| *known == age) {
            Some(index) => drop(ages.remove(index)),
            None => errors.push(Diagnostic::new(place.place.clone(), "nothing happened then, so nothing can be left out")),
        }
    }
    ages
}

/// A length of time that is not zero.
fn length(f: &mut Fields<'_, '_>, key: &'static str) -> Option<i64> {
    let text = f.spanned(key)?;
    let found = duration(&text.text).map(|ms| ms as i64);
    let wrong = match found {
        Ok(ms) if ms > 0 => return Some(ms),
        Ok(_) => format!("`{key}` is no time at all"),
        Err(message) => message,
    };
    f.errors.push(Diagnostic::new(text.place, wrong));
    None
}

fn age(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<i64> {
    let found = duration(node.scalar().unwrap_or_default()).map(|ms| ms as i64);
    found.map_err(|message| errors.push(Diagnostic::new(node.place.clone(), message))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::yaml;

    const HOUR: i64 = 3_600_000;

    fn told<T>(text: &str, read: fn(&Node, &mut Vec<Diagnostic>) -> T) -> (Option<T>, Vec<String>) {
        let mut errors = Vec::new();
        let found = yaml::parse("a.yaml", text, &mut errors).map(|node| read(&node, &mut errors));
        (found, errors.iter().map(|e| e.to_string().lines().next().unwrap_or_default().to_owned()).collect())
    }

    #[test]
    fn a_cadence_expects_something_and_not_too_much() {
        let day = 24 * HOUR;
        let good = told("{ every: 24h, window: 30d, gaps: 1 }", read);
        assert_eq!(good, (Some(Some(Cadence { every: day, window: 30 * day, gaps: 1 })), vec![]));
        assert_eq!(told("{ every: 1h, window: 1h }", read).0.flatten().map(|c| c.gaps), Some(0));
        for (text, wrong) in [
            ("{ every: 24h }", "a.yaml:1:1: `cadence` has no `window`"),
            ("{ every: 24h, window: 12h }", "a.yaml:1:1: `window` is shorter than `every`, so nothing is expected"),
            ("{ every: 0h, window: 12h }", "a.yaml:1:10: `every` is no time at all"),
            ("{ every: 1ns, window: 12h }", "a.yaml:1:10: `every` is no time at all"),
            ("{ every: 24, window: 12h }", "a.yaml:1:10: `24` is not a length of time such as `24h`"),
            ("{ every: 1s, window: 1d }", "a.yaml:1:1: a window of 86400 occurrences is more than anybody looks at; at most 10000"),
            ("{ every: 1d, window: 3d, gaps: 3 }", "a.yaml:1:1: `gaps: 3` allows that nothing happens at all: 3 expected"),
            ("{ every: 1d, window: 3d, gap: 1 }", "a.yaml:1:26: `cadence` has no key `gap` - did you mean `gaps`?"),
        ] {
            assert_eq!(told(text, read).1, [wrong], "{text}");
        }
        assert!(!told("{ every: 1d, window: 3d, gaps: -1 }", read).1.is_empty());
    }

    #[test]
    fn a_case_says_when_it_happened() {
        assert_eq!(told("{ every: 2h, for: 7h, except: [4h] }", occurred), (Some(vec![0, 2 * HOUR, 6 * HOUR]), vec![]));
        assert_eq!(told("[25h, 1h]", occurred), (Some(vec![HOUR, 25 * HOUR]), vec![]));
        for text in ["{ every: 2h, for: 7h, except: [3h] }", "{ every: 1s, for: 3d }", "{ every: 2h }", "soon", "[soon]", "[[1h]]"] {
            assert_eq!(told(text, occurred).1.len(), 1 + usize::from(text == "soon") * 2, "{text}");
        }
    }
}
