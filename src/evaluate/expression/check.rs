//! Gives every part of an expression its kind, and refuses what makes no sense before anything is measured.

use super::{Expr, Literal, Mistake, Node, Operator};
use crate::catalogue::{self, Kind};
use crate::config::Declared;
use crate::io::spelling;
use crate::metric::{Labels, Name};
use crate::system::{self, FACTS};
use std::collections::BTreeMap;

/// The name of the rows a rule's own query found.
pub(super) const ROWS: &str = "rows";

/// What names mean where an expression stands.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Metrics that configuration and packs declare.
    pub declared: &'a BTreeMap<String, Declared>,
    /// Cells of the row in scope, by bare name.
    pub fields: &'a [(Name, Kind)],
    /// The family whose row it is.
    pub family: Option<&'static str>,
    /// Cells of the rows that the rule's query finds.
    pub rows: Option<&'a [(Name, Kind)]>,
}

/// The kind of an expression; nothing when a mistake was found in it.
pub fn check(expr: &mut Expr, scope: &Scope<'_>, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    let at = expr.at;
    match &mut expr.node {
        Node::Literal(literal) => Some(kind_of(literal)),
        Node::Metric(id, labels) => metric(at, id, labels, scope, mistakes),
        Node::Field(name) => field(at, name, scope, mistakes),
        Node::Not(inner) => flag(inner, scope, mistakes),
        Node::And(left, right) | Node::Or(left, right) => {
            let (left, right) = (flag(left, scope, mistakes), flag(right, scope, mistakes));
            left.and(right)
        }
        Node::Compare(operator, left, right, words) => {
            if let (Node::Worst(..), Node::Worst(..)) = (&left.node, &right.node) {
                mistakes.push(Mistake::new(right.at, "`worst` belongs on one side only"));
                return None;
            }
            let (l, r) = (operand(left, *operator, scope, mistakes), operand(right, *operator, scope, mistakes));
            let (l, r) = (l?, r?);
            if let Kind::Level(ladder) = if matches!(l, Kind::Level(_)) { &l } else { &r } {
                *words = ladder;
            }
            comparable(*operator, (left, l), (right, r), mistakes)
        }
        Node::In(left, values) => {
            let kind = check(left, scope, mistakes)?;
            for value in values {
                let right = Expr { at, node: Node::Literal(value.clone()) };
                comparable(Operator::Equal, (left, kind.clone()), (&right, kind_of(value)), mistakes)?;
            }
            Some(Kind::Flag)
        }
        Node::Glob(inner, _) => {
            let kind = check(inner, scope, mistakes)?;
            if !matches!(kind, Kind::Text(_)) {
                mistakes.push(Mistake::new(inner.at, format!("`glob` takes a text; this is a {kind}")));
                return None;
            }
            Some(Kind::Flag)
        }
        Node::Has(inner) => {
            measured(inner, "has", mistakes)?;
            check(inner, scope, mistakes).map(|_| Kind::Flag)
        }
        Node::OrElse(inner, fallback) => {
            measured(inner, "or_else", mistakes)?;
            let kind = check(inner, scope, mistakes)?;
            let right = Expr { at, node: Node::Literal(fallback.clone()) };
            comparable(Operator::Equal, (inner, kind.clone()), (&right, kind_of(fallback)), mistakes)?;
            Some(kind)
        }
        Node::Change(inner, relative, family) => change(inner, *relative, family, scope, mistakes),
        Node::Worst(..) => {
            mistakes.push(Mistake::new(at, "`worst` belongs on one side of `<`, `<=`, `>` or `>=`"));
            None
        }
        Node::Count(family) => {
            if *family == ROWS && scope.rows.is_none() {
                return no_rows(at, mistakes);
            }
            Some(Kind::Count)
        }
        Node::All(family, inner) => {
            let Some(fields) = cells(family, scope) else { return no_rows(at, mistakes) };
            let family = (*family != ROWS).then_some(*family);
            flag(inner, &Scope { fields: &fields, family, ..*scope }, mistakes)
        }
        Node::Wrong => None,
    }
}

/// The cells of a record family, its key first.
pub fn fields_of(family: &str) -> Vec<(Name, Kind)> {
    let Some(family) = catalogue::family_named(family) else { return Vec::new() };
    let key = (Name::Borrowed(family.key), Kind::Text(&[]));
    std::iter::once(key).chain(family.fields.iter().map(|(name, kind, _)| (Name::Borrowed(*name), kind.clone()))).collect()
}

/// The cells of a family's rows, or of those the rule's query finds.
fn cells(family: &str, scope: &Scope<'_>) -> Option<Vec<(Name, Kind)>> {
    if family == ROWS { scope.rows.map(<[_]>::to_vec) } else { Some(fields_of(family)) }
}

/// Whether a checked expression compares a ratio with anything.
pub(super) fn compares_ratios(expr: &Expr, scope: &Scope<'_>) -> bool {
    match &expr.node {
        Node::Compare(operator, left, ..) => operand(&mut left.clone(), *operator, scope, &mut Vec::new()) == Some(Kind::Ratio),
        Node::Not(inner) => compares_ratios(inner, scope),
        Node::And(left, right) | Node::Or(left, right) => compares_ratios(left, scope) || compares_ratios(right, scope),
        Node::All(family, inner) => cells(family, scope).is_some_and(|fields| compares_ratios(inner, &Scope { fields: &fields, ..*scope })),
        _ => false,
    }
}

fn no_rows(at: usize, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    mistakes.push(Mistake::new(at, "`rows` needs a query: the rule has no `collect` with `rows`"));
    None
}

fn measured(expr: &Expr, function: &str, mistakes: &mut Vec<Mistake>) -> Option<()> {
    answered(expr, function, mistakes)?;
    if matches!(expr.node, Node::Metric(..) | Node::Field(..) | Node::Change(..)) {
        return Some(());
    }
    mistakes.push(Mistake::new(expr.at, format!("`{function}` takes a metric")));
    None
}

/// A fact of the system is not measured: it is answered, and a rule must not get by without the answer.
fn answered(expr: &Expr, function: &str, mistakes: &mut Vec<Mistake>) -> Option<()> {
    match &expr.node {
        Node::Metric(id, _) if id.starts_with(system::PREFIX) => {
            let help = Some("a fact that a rule asks for is answered in readiness.yaml".to_owned());
            mistakes.push(Mistake::new(expr.at, format!("`{function}` takes a metric, and `{id}` is a fact of the system")).help(help));
            None
        }
        _ => Some(()),
    }
}

/// A change is in points for ratios, in the metric's own unit otherwise, and in percent when it is relative.
fn change(inner: &mut Expr, relative: bool, family: &mut &'static str, scope: &Scope<'_>, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    let function = if relative { "change" } else { "delta" };
    answered(inner, function, mistakes)?;
    *family = scope.family.unwrap_or_default();
    if !matches!((&inner.node, scope.family), (Node::Metric(..), _) | (Node::Field(_), Some(_))) {
        let help = matches!(inner.node, Node::Field(_)).then(|| "only the rows of a family have a base".to_owned());
        mistakes.push(Mistake::new(inner.at, format!("`{function}` takes a metric or a cell of a row")).help(help));
        return None;
    }
    match (check(inner, scope, mistakes)?, relative) {
        (Kind::Ratio | Kind::Count | Kind::Number(_) | Kind::Duration | Kind::Bytes, true) => Some(Kind::Number(Name::Borrowed("%"))),
        (Kind::Ratio, false) => Some(Kind::Number(Name::Borrowed("pt"))),
        (Kind::Count, false) => Some(Kind::Number(Name::Borrowed(""))),
        (Kind::Instant, false) => Some(Kind::Duration),
        (kind @ (Kind::Number(_) | Kind::Duration | Kind::Bytes), false) => Some(kind),
        (kind, _) => {
            mistakes.push(Mistake::new(inner.at, format!("a {kind} has no {function}")));
            None
        }
    }
}

fn flag(expr: &mut Expr, scope: &Scope<'_>, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    let kind = check(expr, scope, mistakes)?;
    if kind != Kind::Flag {
        mistakes.push(Mistake::new(expr.at, format!("a {kind} is neither true nor false")).help(Some("compare it with something".into())));
        return None;
    }
    Some(kind)
}

fn operand(expr: &mut Expr, operator: Operator, scope: &Scope<'_>, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    match &expr.node {
        Node::Worst(family, field) if operator.wants_small() || operator.wants_large() => {
            catalogue::family_named(family)?.fields.iter().find(|(name, ..)| name == field).map(|(_, kind, _)| kind.clone())
        }
        _ => check(expr, scope, mistakes),
    }
}

fn kind_of(literal: &Literal) -> Kind {
    match literal {
        Literal::Percent(_) => Kind::Ratio,
        Literal::Whole(_) => Kind::Count,
        // A negative size.
        Literal::Number(_, "B") => Kind::Bytes,
        Literal::Number(_, unit) => Kind::Number(Name::Borrowed(unit)),
        Literal::Duration(_) => Kind::Duration,
        Literal::Bytes(_) => Kind::Bytes,
        Literal::Text(_) => Kind::Text(&[]),
        Literal::Flag(_) => Kind::Flag,
    }
}

fn metric(at: usize, id: &str, labels: &Labels, scope: &Scope<'_>, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    if let Some(declared) = scope.declared.get(id) {
        if let Some(name) = labels.keys().find(|name| *name != "source") {
            let help = Some("name the labels of its sample where it is declared".to_owned());
            mistakes.push(Mistake::new(at, format!("`{id}` has no label `{name}`")).help(help));
            return None;
        }
        return Kind::named(&declared.kind, &declared.unit);
    }
    if id.starts_with(system::PREFIX) {
        return fact(at, id, labels, mistakes);
    }
    let Some(definition) = catalogue::metric_named(id) else {
        let ids = catalogue::metrics().map(|d| d.id).chain(scope.declared.keys().map(String::as_str));
        mistakes.push(Mistake::new(at, format!("unknown metric `{id}`")).help(spelling::did_you_mean(id, ids)));
        return None;
    };
    for (name, value) in labels {
        // Several entries of one family are told apart by the entry's name, which no catalogue can know.
        if name == "source" {
            continue;
        }
        let Some((_, values)) = definition.labels.iter().find(|(label, _)| label == name) else {
            let help = spelling::did_you_mean(name, definition.labels.iter().map(|(label, _)| *label));
            mistakes.push(Mistake::new(at, format!("`{id}` has no label `{name}`")).help(help));
            return None;
        };
        if !values.is_empty() && !values.contains(&value.as_str()) {
            let help =
                spelling::did_you_mean(value, values.iter().copied()).or_else(|| Some(format!("the values are {}", values.join(", "))));
            mistakes.push(Mistake::new(at, format!("`{name}` is never `{value}`")).help(help));
            return None;
        }
    }
    Some(definition.kind.clone())
}

/// What the system is said to be.
fn fact(at: usize, id: &str, labels: &Labels, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    let Some(fact) = system::fact_named(id) else {
        let ids = || FACTS.iter().map(|fact| fact.id);
        let help = spelling::did_you_mean(id, ids()).or_else(|| Some(format!("the facts are {}", ids().collect::<Vec<_>>().join(", "))));
        mistakes.push(Mistake::new(at, format!("unknown fact `{id}`")).help(help));
        return None;
    };
    if let Some(name) = labels.keys().next() {
        mistakes.push(Mistake::new(at, format!("`{id}` has no label `{name}`")));
        return None;
    }
    Some(fact.kind.clone())
}

fn field(at: usize, name: &str, scope: &Scope<'_>, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    if let Some((_, kind)) = scope.fields.iter().find(|(field, _)| field == name) {
        return Some(kind.clone());
    }
    let candidates: Vec<&str> = scope.fields.iter().map(|(field, _)| field.as_ref()).collect();
    let metrics = catalogue::metrics().map(|d| d.id);
    let help = spelling::did_you_mean(name, candidates.iter().copied())
        .or_else(|| spelling::did_you_mean(name, metrics))
        .or_else(|| (!candidates.is_empty()).then(|| format!("the row has {}", candidates.join(", "))));
    let message = if candidates.is_empty() { format!("`{name}` is no metric") } else { format!("the row has no cell `{name}`") };
    mistakes.push(Mistake::new(at, message).help(help));
    None
}

fn comparable(operator: Operator, left: (&Expr, Kind), right: (&Expr, Kind), mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    let ((left, l), (right, r)) = (left, right);
    let ordered = operator.wants_small() || operator.wants_large();
    if let Some(truth) = [left, right].into_iter().find(|side| {
        matches!(
            side.node,
            Node::Not(_) | Node::And(..) | Node::Or(..) | Node::Compare(..) | Node::In(..) | Node::Glob(..) | Node::Has(_) | Node::All(..)
        )
    }) {
        let help = Some("join them with `&&`, `||` and `!`".to_owned());
        mistakes.push(Mistake::new(truth.at, "an expression that is true or false is not compared").help(help));
        return None;
    }
    let plain = |kind: &Kind| *kind == Kind::Count || matches!(kind, Kind::Number(unit) if unit.is_empty());
    let fits = match (&l, &r) {
        (Kind::Text(words), Kind::Text(_)) | (Kind::Level(words), Kind::Text(_)) => {
            return known(words, right, l.clone(), ordered, mistakes);
        }
        (Kind::Text(_), Kind::Level(words)) => return known(words, left, r.clone(), ordered, mistakes),
        (Kind::Flag, Kind::Flag) => !ordered,
        (Kind::Number(a), Kind::Number(b)) => a == b,
        (Kind::Number(unit), Kind::Ratio) if unit == "%" => matches!(right.node, Node::Literal(_)),
        (Kind::Ratio, Kind::Number(unit)) if unit == "%" => matches!(left.node, Node::Literal(_)),
        (a, b) if plain(a) && plain(b) => true,
        (a, b) => a == b,
    };
    if fits {
        return Some(Kind::Flag);
    }
    let (value, kind, other) = if matches!(left.node, Node::Literal(_)) { (left, &r, &l) } else { (right, &l, &r) };
    let other = if plain(other) && matches!(value.node, Node::Literal(_)) { "plain number".to_owned() } else { other.to_string() };
    let message = if l == Kind::Flag && r == Kind::Flag {
        "true and false have no order".to_owned()
    } else {
        format!("cannot compare a {kind} with a {other}")
    };
    mistakes.push(Mistake::new(value.at, message).help(with_unit(&value.node, kind)));
    None
}

/// Texts have no order; levels have; words of a closed set must be spelt as the catalogue spells them.
fn known(words: &[&str], value: &Expr, kind: Kind, ordered: bool, mistakes: &mut Vec<Mistake>) -> Option<Kind> {
    if ordered && !matches!(kind, Kind::Level(_)) {
        mistakes.push(Mistake::new(value.at, "texts have no order").help(Some("use `==`, `!=` or `in`".into())));
        return None;
    }
    if let Node::Literal(Literal::Text(word)) = &value.node
        && !words.is_empty()
        && !words.contains(&word.as_str())
    {
        let help = spelling::did_you_mean(word, words.iter().copied()).or_else(|| Some(format!("the words are {}", words.join(", "))));
        mistakes.push(Mistake::new(value.at, format!("it is never `{word}`")).help(help));
        return None;
    }
    Some(Kind::Flag)
}

/// "did you mean `80%`?" for a plain number where a unit is needed.
fn with_unit(node: &Node, kind: &Kind) -> Option<String> {
    let number = match node {
        Node::Literal(Literal::Whole(n)) => *n as f64,
        Node::Literal(Literal::Number(n, "" | "%" | "pt")) => *n,
        Node::Literal(Literal::Percent(ratio)) if matches!(kind, Kind::Number(_)) => ratio.part as f64 * 100.0 / ratio.whole as f64,
        _ => return None,
    };
    let text = match kind {
        Kind::Ratio if number < 0.0 => return Some("a ratio is never negative".to_owned()),
        Kind::Ratio if number <= 1.0 && number.fract() != 0.0 => format!("{}%", crate::metric::number(number * 100.0)),
        Kind::Ratio => format!("{number}%"),
        Kind::Duration => format!("{number}ms"),
        Kind::Bytes => format!("{number}MiB"),
        Kind::Number(unit) if !unit.is_empty() => format!("{number}{unit}"),
        _ => return None,
    };
    Some(format!("did you mean `{text}`?"))
}
