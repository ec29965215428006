//! Whether one requirement asks for more than another, as far as their texts show it.

use super::Operator;
use super::lex::{Lexeme, Literal, tokens};
use crate::rule::Way;

/// What became of the requirement `old` now that it is `new`; nothing when they mean the same.
///
/// A requirement is read as conditions joined by `&&`. A condition that is gone is looser, one that came is tighter, and a
/// comparison of the same thing in the same direction is as tight as its literal. Whatever cannot be told is different; what is
/// looser in one part is looser.
pub fn strictness(old: &str, new: &str) -> Option<Way> {
    let mut fresh = tightest(conditions(lexemes(new)));
    let mut gone = 0;
    let mut ways = Vec::new();
    for condition in tightest(conditions(lexemes(old))) {
        let partner = fresh.iter().position(|other| *other == condition);
        match partner.or_else(|| fresh.iter().position(|other| pair(&condition, other).is_some())) {
            Some(at) => ways.extend(pair(&condition, &fresh.remove(at)).flatten()),
            None => gone += 1,
        }
    }
    match (gone, fresh.len()) {
        (0, 0) => {}
        (0, _) => ways.push(Way::Tighter),
        (_, 0) => ways.push(Way::Looser),
        _ => ways.push(Way::Different),
    }
    ways.into_iter().max()
}

fn lexemes(text: &str) -> Vec<Lexeme> {
    tokens(text, &mut Vec::new()).into_iter().map(|token| token.kind).filter(|kind| *kind != Lexeme::End).collect()
}

/// Each sign outside of brackets, with its place.
fn outer(tokens: &[Lexeme]) -> Vec<(usize, &'static str)> {
    let mut depth = 0u32;
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Lexeme::Sign("(" | "[" | "{") => depth += 1,
            Lexeme::Sign(")" | "]" | "}") => depth = depth.saturating_sub(1),
            Lexeme::Sign(sign) if depth == 0 => found.push((at, *sign)),
            _ => {}
        }
    }
    found
}

/// The conditions joined by `&&`; a text with `||` is one.
fn conditions(tokens: Vec<Lexeme>) -> Vec<Vec<Lexeme>> {
    let signs = outer(&tokens);
    if signs.iter().any(|(_, sign)| *sign == "||") {
        return vec![tokens];
    }
    let cuts: Vec<usize> = signs.iter().filter(|(_, sign)| *sign == "&&").map(|(at, _)| *at).collect();
    let mut parts = Vec::new();
    let mut start = 0;
    for end in cuts.into_iter().chain([tokens.len()]) {
        parts.push(tokens[start..end].to_vec());
        start = end + 1;
    }
    parts
}

/// A limit that a requirement sets: what is compared, how, and with which literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// What is limited, as it is written: `coverage.line`.
    pub of: String,
    /// How; what is limited stands on the left.
    pub operator: Operator,
    /// The literal's unit, `ms` for every duration.
    pub unit: &'static str,
    /// The number in it.
    pub value: f64,
    /// As it is written: `80%`.
    pub limit: String,
}

/// Every limit that must hold for the requirement to hold.
pub fn bounds(text: &str) -> Vec<Bound> {
    let tokens = tokens(text, &mut Vec::new());
    let shown = |from: usize, to: usize| {
        let place = |n: usize| tokens.get(n).map_or(text.len(), |token| token.at);
        text.get(place(from)..place(to)).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut found = Vec::new();
    let mut start = 0;
    for condition in conditions(lexemes(text)) {
        if let Some(Limit { of, operator, literal: (unit, value) }) = limit(&condition) {
            let end = start + condition.len();
            // What is limited stands on one side of the sign, and the literal on the other.
            let (left, right) = (start + of.len(), end - of.len());
            let first = condition.starts_with(of) && number(&condition[of.len() + 1..]).is_some();
            let (of, limit) = if first { (shown(start, left), shown(left + 1, end)) } else { (shown(right, end), shown(start, right - 1)) };
            found.push(Bound { of, operator, unit, value, limit });
        }
        start += condition.len() + 1;
    }
    found
}

/// The conditions without those that another of them implies, so that a limit is held against the one that counts.
fn tightest(all: Vec<Vec<Lexeme>>) -> Vec<Vec<Lexeme>> {
    let mut kept: Vec<Vec<Lexeme>> = Vec::with_capacity(all.len());
    for condition in all {
        let known = kept.iter_mut().find_map(|other| pair(other, &condition).map(|way| (other, way)));
        match known {
            None => kept.push(condition),
            Some((other, Some(Way::Tighter))) => *other = condition,
            Some(_) => {}
        }
    }
    kept
}

/// A limit on something: `coverage.line >= 80%`.
struct Limit<'a> {
    of: &'a [Lexeme],
    operator: Operator,
    /// The unit, and the number in it.
    literal: (&'static str, f64),
}

fn limit(condition: &[Lexeme]) -> Option<Limit<'_>> {
    let comparisons: Vec<_> = outer(condition).into_iter().filter_map(|(at, sign)| Some((at, operator(sign)?))).collect();
    let [(at, operator)] = comparisons.as_slice() else { return None };
    let (left, right) = (&condition[..*at], &condition[at + 1..]);
    match (number(left), number(right)) {
        (None, Some(literal)) => Some(Limit { of: left, operator: *operator, literal }),
        (Some(literal), None) => Some(Limit { of: right, operator: operator.mirrored(), literal }),
        _ => None,
    }
}

fn operator(sign: &str) -> Option<Operator> {
    Some(match sign {
        "<" => Operator::Less,
        "<=" => Operator::AtMost,
        ">" => Operator::Greater,
        ">=" => Operator::AtLeast,
        _ => return None,
    })
}

fn number(tokens: &[Lexeme]) -> Option<(&'static str, f64)> {
    let (sign, literal) = match tokens {
        [Lexeme::Literal(literal)] => (1.0, literal),
        [Lexeme::Sign("-"), Lexeme::Literal(literal)] => (-1.0, literal),
        _ => return None,
    };
    let (unit, value) = match literal {
        Literal::Percent(ratio) => ("%", ratio.share()?),
        Literal::Whole(n) => ("", *n as f64),
        Literal::Number(n, unit) => (*unit, *n),
        Literal::Duration(ms) => ("ms", *ms),
        Literal::Bytes(n) => ("B", *n as f64),
        Literal::Text(_) | Literal::Flag(_) => return None,
    };
    Some((unit, sign * value))
}

/// Two conditions that limit the same thing in the same direction: what became of the limit, if anything did.
fn pair(old: &[Lexeme], new: &[Lexeme]) -> Option<Option<Way>> {
    if old == new {
        return Some(None);
    }
    let (old, new) = (limit(old)?, limit(new)?);
    if old.of != new.of || old.operator.wants_small() != new.operator.wants_small() || old.literal.0 != new.literal.0 {
        return None;
    }
    let strict = |limit: &Limit<'_>| matches!(limit.operator, Operator::Less | Operator::Greater);
    let grown = new.literal.1.partial_cmp(&old.literal.1)?;
    let grown = if old.operator.wants_small() { grown.reverse() } else { grown };
    Some(match grown.then(strict(&new).cmp(&strict(&old))) {
        std::cmp::Ordering::Greater => Some(Way::Tighter),
        std::cmp::Ordering::Less => Some(Way::Looser),
        std::cmp::Ordering::Equal => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_a_requirement_are_found() {
        let found = |text: &str| -> Vec<String> {
            bounds(text).iter().map(|b| format!("{} {:?} {} = {}{}", b.of, b.operator, b.limit, b.value, b.unit)).collect()
        };
        assert_eq!(found("a.b >= 80%"), ["a.b AtLeast 80% = 0.8%"]);
        assert_eq!(
            found("90d <= a.b{c=\"d\"} && delta( a.b ) > -1pt"),
            ["a.b{c=\"d\"} AtLeast 90d = 7776000000ms", "delta( a.b ) Greater -1pt = -1pt"]
        );
        assert_eq!(found("a.b < 5 || a.c < 5"), Vec::<String>::new(), "neither must hold");
        assert_eq!(found("a.b == 0 && c in [\"x\"] && !d && a.b < a.c"), Vec::<String>::new());
    }

    #[test]
    fn limits_are_held_against_each_other() {
        use Way::{Different, Looser, Tighter};
        for (old, new, way) in [
            ("a.b >= 80%", "a.b  >=  80.0%", None),
            ("a.b >= 80%", "80% <= a.b", None),
            ("a.b >= 80%", "a.b >= 79.9%", Some(Looser)),
            ("a.b >= 80%", "a.b > 80%", Some(Tighter)),
            ("a.b < 5", "a.b <= 5", Some(Looser)),
            ("a.b <= 500ms", "a.b <= 1s", Some(Looser)),
            ("a.b <= 1GiB", "a.b <= 512MiB", Some(Tighter)),
            ("delta(a.b) >= -2pt", "delta(a.b) >= -3pt", Some(Looser)),
            ("a.b >= 80%", "a.b <= 80%", Some(Different)),
            ("a.b >= 60/s", "a.b >= 60/min", Some(Different)),
            ("a.b == 0", "a.b == 1", Some(Different)),
            ("a.b > 0", "a.b > 0 && a.c == 0", Some(Tighter)),
            ("a.b > 0 && a.c == 0", "a.c == 0", Some(Looser)),
            ("a.b > 0 && a.c == 0", "a.c == 0 && a.b > 0", None),
            ("a.b > 5 && a.c > 5", "a.b > 6 && a.c > 4", Some(Looser)),
            ("a.b > 5 && a.c == 5", "a.b > 6 && a.c == 4", Some(Different)),
            ("a.b > 5 && a.c > 5", "a.b > 4 && a.d > 5", Some(Looser)),
            ("a.b > 5", "a.b > 5 || a.c > 5", Some(Different)),
            ("a.b > 5 || a.c > 5", "a.b > 6 || a.c > 5", Some(Different)),
            ("all(a.b, c > 5)", "all(a.b, c > 4)", Some(Different)),
            ("a.b{c=\"d\"} > 5", "a.b{c=\"e\"} > 5", Some(Different)),
            ("a.b > 5 && a.b > 5", "a.b > 5", None),
            ("a.b > 5", "a.b > 4 && a.b > 6", Some(Tighter)),
            ("a.b > 4 && a.b > 6", "a.b > 5", Some(Looser)),
            ("a.b > 5 && a.b < 9", "a.b < 8 && a.b > 6", Some(Tighter)),
        ] {
            assert_eq!(strictness(old, new), way, "{old} -> {new}");
        }
    }
}
