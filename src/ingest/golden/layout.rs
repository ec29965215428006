//! Where in a file of somebody else's design things stand, as a map says it.

use super::case::Outcome;
use crate::error::Diagnostic;
use crate::io::yaml::{Fields, Node};
use crate::rule::Spanned;
use std::collections::BTreeMap;

/// Where things stand. A name is that of a column; in JSON also a path: `grading_rules.must_mention`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Where the rows stand in a JSON document; none for its outermost list, JSON Lines and tables.
    pub rows: Option<String>,
    /// What separates the cells of a table.
    pub separator: Option<char>,
    /// The decimal sign, where a comma may also group digits.
    pub decimal: Option<char>,
    /// What stands where.
    pub columns: Columns,
    /// The words of the column `outcome`, in lower case.
    pub words: BTreeMap<String, Outcome>,
    /// The answers' claims.
    pub claims: Option<Claims>,
    /// Facts that were expected and found.
    pub facts: Option<Facts>,
    /// What is checked in the answer itself.
    pub mentions: Option<Mentions>,
    /// Values that mean: not computed.
    pub unmeasured: Vec<String>,
    /// The columns of scores besides the measures; `all` for every other column that holds a number or a flag.
    pub scores: Vec<String>,
}

/// What a map calls a thing, and what the file calls it.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the map")]
pub struct Columns {
    pub id: Option<String>,
    pub attempt: Option<String>,
    pub category: Option<String>,
    pub cluster: Option<String>,
    pub sentinel: Option<String>,
    pub question: Option<String>,
    pub answer: Option<String>,
    pub expected: Option<String>,
    pub outcome: Option<String>,
    pub error: Option<String>,
    pub http_status: Option<String>,
    pub mode: Option<String>,
    /// The text that spans are places in.
    pub source: Option<String>,
    /// With how many milliseconds its unit has.
    pub latency: Option<(String, f64)>,
    pub tokens: Vec<String>,
}

/// A list of claims: where it stands, and what its items call things.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the map")]
pub struct Claims {
    pub list: String,
    pub text: Option<String>,
    pub verdict: Option<String>,
    pub supported: Vec<String>,
    pub contradicted: Vec<String>,
    pub unsupported: Vec<String>,
    pub unverifiable: Vec<String>,
    /// A list of what a claim cites, or their number.
    pub citations: Option<String>,
    /// Where in the source it stands: `{start_char, end_char, text}`.
    pub span: Option<String>,
    /// How many claims a good answer has: a number, or a list of them.
    pub expected: Option<String>,
}

/// Lists of facts, or their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the map")]
pub struct Facts {
    pub expected: String,
    pub found: String,
    pub invalid: Option<String>,
    /// Where in a fact its text stands, if facts are no texts.
    pub text: Option<String>,
}

/// What a good answer mentions and does not mention.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the map")]
pub struct Mentions {
    pub must: Option<String>,
    pub must_not: Option<String>,
    pub min_citations: Option<String>,
    pub citations: Option<String>,
}

impl Layout {
    /// Reads its part of a map; none when the map names no columns.
    pub fn parse(fields: &mut Fields<'_, '_>) -> Option<Layout> {
        let columns = fields.node("columns");
        let mut layout = Layout { rows: fields.text("rows"), ..Layout::default() };
        layout.columns = columns.map(|node| Columns::parse(node, fields.errors)).unwrap_or_default();
        if let Some(node) = fields.node("table") {
            (layout.separator, layout.decimal) = table(node, fields.errors);
        }
        if let Some(node) = fields.node("outcomes") {
            layout.words = words(node, fields.errors);
            if let (Some(columns), None) = (columns, &layout.columns.outcome) {
                fields.errors.push(Diagnostic::new(columns.place.clone(), "`outcomes` needs the column `outcome`"));
            }
        }
        layout.claims = fields.node("claims").map(|node| Claims::parse(node, fields.errors));
        layout.facts = fields.node("facts").map(|node| Facts::parse(node, fields.errors));
        layout.mentions = fields.node("mentions").map(|node| Mentions::parse(node, fields.errors));
        layout.unmeasured = list(fields, "unmeasured");
        layout.scores = list(fields, "scores");
        if columns.is_some() {
            return Some(layout);
        }
        if layout != Layout::default() {
            fields.require("columns");
        }
        None
    }

    /// Every column the map relies on.
    pub fn names(&self) -> Vec<&str> {
        let columns = &self.columns;
        let mut names = vec![
            &columns.id,
            &columns.attempt,
            &columns.category,
            &columns.cluster,
            &columns.sentinel,
            &columns.question,
            &columns.answer,
            &columns.expected,
            &columns.outcome,
            &columns.error,
            &columns.http_status,
            &columns.mode,
            &columns.source,
        ];
        names.extend(self.claims.iter().map(|claims| &claims.expected));
        names.extend(self.facts.iter().map(|facts| &facts.invalid));
        names.extend(self.mentions.iter().flat_map(|m| [&m.must, &m.must_not, &m.min_citations, &m.citations]));
        let mut names: Vec<&str> = names.into_iter().filter_map(|name| name.as_deref()).collect();
        names.extend(columns.latency.iter().map(|(name, _)| name.as_str()));
        names.extend(columns.tokens.iter().map(String::as_str));
        names.extend(self.claims.iter().map(|claims| claims.list.as_str()));
        names.extend(self.facts.iter().flat_map(|facts| [facts.expected.as_str(), facts.found.as_str()]));
        names.extend(self.scores.iter().map(String::as_str).filter(|name| *name != "all"));
        names
    }
}

impl Columns {
    fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Columns {
        let mut fields = node.fields("columns", errors);
        let mut text = |key| fields.text(key);
        let columns = Columns {
            id: text("id"),
            attempt: text("attempt"),
            category: text("category"),
            cluster: text("cluster"),
            sentinel: text("sentinel"),
            question: text("question"),
            answer: text("answer"),
            expected: text("expected"),
            outcome: text("outcome"),
            error: text("error"),
            http_status: text("http_status"),
            mode: text("mode"),
            source: text("source"),
            latency: fields.node("latency").map(|node| latency(node, fields.errors)),
            tokens: list(&mut fields, "tokens"),
        };
        fields.finish();
        columns
    }
}

impl Claims {
    fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Claims {
        let mut fields = node.fields("claims", errors);
        for key in ["in", "verdict"] {
            fields.require(key);
        }
        let claims = Claims {
            list: fields.text("in").unwrap_or_default(),
            text: fields.text("text"),
            verdict: fields.text("verdict"),
            supported: list(&mut fields, "supported"),
            contradicted: list(&mut fields, "contradicted"),
            unsupported: list(&mut fields, "unsupported"),
            unverifiable: list(&mut fields, "unverifiable"),
            citations: fields.text("citations"),
            span: fields.text("span"),
            expected: fields.text("expected"),
        };
        fields.finish();
        claims
    }
}

impl Facts {
    fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Facts {
        let mut fields = node.fields("facts", errors);
        for key in ["expected", "found"] {
            fields.require(key);
        }
        let [expected, found] = ["expected", "found"].map(|key| fields.text(key).unwrap_or_default());
        let facts = Facts { expected, found, invalid: fields.text("invalid"), text: fields.text("text") };
        fields.finish();
        facts
    }
}

impl Mentions {
    fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Mentions {
        let mut fields = node.fields("mentions", errors);
        let [must, must_not, min_citations, citations] = ["must", "must_not", "min_citations", "citations"].map(|key| fields.text(key));
        if min_citations.is_some() {
            fields.require("citations");
        }
        fields.finish();
        Mentions { must, must_not, min_citations, citations }
    }
}

fn list(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<String> {
    fields.texts(key).into_iter().map(|word| word.text).collect()
}

/// `latency_ms`, or `{ in: seconds, unit: s }`.
fn latency(node: &Node, errors: &mut Vec<Diagnostic>) -> (String, f64) {
    if let Some(column) = node.scalar() {
        return (column.to_owned(), 1.0);
    }
    let mut fields = node.fields("latency", errors);
    for key in ["in", "unit"] {
        fields.require(key);
    }
    let column = fields.text("in").unwrap_or_default();
    let unit = fields.spanned("unit").map_or(1.0, |unit| match unit.text.as_str() {
        "ms" => 1.0,
        "s" => 1e3,
        "us" => 1e-3,
        "ns" => 1e-6,
        _ => {
            let help = Some("the units are ms, s, us and ns".into());
            fields.errors.push(Diagnostic::new(unit.place, format!("`{}` is no unit of time", unit.text)).help(help));
            1.0
        }
    });
    fields.finish();
    (column, unit)
}

/// `{ separator: ";", decimal: "," }`.
fn table(node: &Node, errors: &mut Vec<Diagnostic>) -> (Option<char>, Option<char>) {
    let mut fields = node.fields("table", errors);
    let [separator, decimal] = [("separator", ",;|\t"), ("decimal", ",.")].map(|(key, allowed)| {
        let Spanned { text, place, .. } = fields.spanned(key)?;
        let mut chars = text.chars();
        let one = chars.next().filter(|c| allowed.contains(*c) && chars.next().is_none());
        if one.is_none() {
            let names: Vec<String> = allowed.chars().map(|c| format!("{c:?}")).collect();
            let help = Some(format!("it is one of {}", names.join(" ")));
            fields.errors.push(Diagnostic::new(place, format!("`{text}` is no {key}")).help(help));
        }
        one
    });
    fields.finish();
    (separator, decimal)
}

/// `{ good: [PASS], bad: [FAIL], error: [ERROR], skipped: [SKIP], not_judged: [], not_applicable: [] }`.
fn words(node: &Node, errors: &mut Vec<Diagnostic>) -> BTreeMap<String, Outcome> {
    let mut fields = node.fields("outcomes", errors);
    for key in ["good", "bad"] {
        fields.require(key);
    }
    let mut words = BTreeMap::new();
    for (key, outcome) in [
        ("good", Outcome::Passed),
        ("bad", Outcome::Failed),
        ("error", Outcome::Error),
        ("skipped", Outcome::Skipped),
        ("not_judged", Outcome::NotJudged),
        ("not_applicable", Outcome::NotApplicable),
    ] {
        for word in fields.texts(key) {
            if words.insert(word.text.trim().to_lowercase(), outcome).is_some() {
                let message = format!("`{}` is the word of another outcome already", word.text);
                fields.errors.push(Diagnostic::new(word.place, message));
            }
        }
    }
    fields.finish();
    words
}
