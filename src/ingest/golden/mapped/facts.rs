//! The claims in an answer, and facts found against facts expected.

use super::cell::{Row, list, within, words};
use crate::ingest::golden::claim::{Citation, Claim, Verdict};
use crate::ingest::golden::layout::{Claims, Facts};
use crate::io::json::Value;
use std::borrow::Cow;

/// No answer is expected to make more claims than this.
const MOST: u64 = 10_000;

/// What an answer claims, and how many claims a good one has.
pub type Taken = (Vec<Claim>, Option<u64>);

/// The verdicts by our own names.
const VERDICTS: [(&str, Verdict); 5] = [
    ("supported", Verdict::Supported),
    ("contradicted", Verdict::Contradicted),
    ("unsupported", Verdict::Unsupported),
    ("unverifiable", Verdict::Unverifiable),
    ("not_judged", Verdict::NotJudged),
];

/// The claims of a row; none when it has no list of them.
///
/// # Errors
/// What cannot be read.
pub fn claims(row: &Row<'_>, map: &Claims, source: Option<&str>) -> Result<Option<Taken>, String> {
    let Some(value) = row.at(&map.list).filter(|value| !value.is_null()) else { return Ok(None) };
    let items = list(value).ok_or_else(|| format!("`{}` is no list of claims", map.list))?;
    let mut claims = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        claims.push(claim(item, at, map, source)?);
    }
    let expected = map.expected.as_deref().map(|name| row.count(name)).transpose()?.flatten();
    Ok(Some((claims, expected.map(|expected| expected.min(MOST)))))
}

fn claim(item: &Value, at: usize, map: &Claims, source: Option<&str>) -> Result<Claim, String> {
    let verdict = map.verdict.as_deref().and_then(|name| within(item, name)).map(words).unwrap_or_default();
    let verdict = verdict.trim();
    let known = [
        (&map.supported, Verdict::Supported),
        (&map.contradicted, Verdict::Contradicted),
        (&map.unsupported, Verdict::Unsupported),
        (&map.unverifiable, Verdict::Unverifiable),
    ];
    let mapped = known.into_iter().find(|(words, _)| words.iter().any(|word| word.eq_ignore_ascii_case(verdict)));
    let own = || VERDICTS.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(verdict)).map(|(_, verdict)| verdict);
    let verdict = match (mapped, verdict) {
        (Some((_, verdict)), _) => verdict,
        (None, "") => Verdict::NotJudged,
        (None, word) => own().ok_or_else(|| format!("claim {} has the verdict `{word}`, which the map does not know", at + 1))?,
    };
    let mut citations = cited(item, map)?;
    citations.extend(map.span.as_deref().map(|name| span(within(item, name), source)));
    Ok(Claim {
        id: (at + 1).to_string(),
        text: map.text.as_deref().and_then(|name| within(item, name)).map(words),
        verdict,
        needs_citation: map.citations.is_some() || map.span.is_some(),
        citations,
    })
}

/// What a claim cites. Whether a source exists and supports it is known where the file says so.
fn cited(item: &Value, map: &Claims) -> Result<Vec<Citation>, String> {
    let Some(value) = map.citations.as_deref().and_then(|name| within(item, name)) else { return Ok(Vec::new()) };
    let of = |value: &Value| match value {
        Value::Bool(resolves) => Citation { resolves: Some(*resolves), supports: None },
        value => Citation {
            resolves: Some(value.get("resolves").and_then(Value::as_bool).unwrap_or(!words(value).trim().is_empty())),
            supports: value.get("supports").and_then(Value::as_bool),
        },
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Number(number) => {
            let n = number.as_u64().filter(|n| *n <= MOST).ok_or_else(|| format!("{number} is no number of citations"))?;
            Ok((0..n).map(|_| Citation { resolves: Some(true), supports: None }).collect())
        }
        value => Ok(list(value).unwrap_or_else(|| Cow::Owned(vec![value.clone()])).iter().map(of).collect()),
    }
}

/// A span is a citation of the source: it resolves if it lies within, and says there what it is said to say. Places are counted in
/// characters, from 0, the end behind the last.
fn span(span: Option<&Value>, source: Option<&str>) -> Citation {
    let place = |names: [&str; 2]| names.iter().find_map(|name| span?.get(*name)?.as_u64()).and_then(|n| usize::try_from(n).ok());
    let resolves = place(["start_char", "start"]).zip(place(["end_char", "end"])).zip(source).is_some_and(|((start, end), source)| {
        let length = source.chars().count();
        let said = span.and_then(|span| span.get("text")).map(words);
        let there: String = source.chars().skip(start).take(end.saturating_sub(start)).collect();
        start < end && end <= length && said.is_none_or(|said| said == there)
    });
    Citation { resolves: Some(resolves), supports: None }
}

/// Facts found against facts expected. A found fact that is expected is supported, one that is known to be invalid is contradicted, and one
/// that is neither is unsupported: in a golden set, what is right is written down. Of numbers, those that are not invalid are good.
///
/// # Errors
/// What cannot be read.
pub fn facts(row: &Row<'_>, map: &Facts) -> Result<Option<Taken>, String> {
    let Some(found) = row.at(&map.found).filter(|value| !value.is_null()) else { return Ok(None) };
    let expected = row.count(&map.expected)?.map(|expected| expected.min(MOST));
    let Some(items) = list(found) else {
        let found = row.count(&map.found)?.unwrap_or(0);
        let invalid = map.invalid.as_deref().map(|name| row.count(name)).transpose()?.flatten().unwrap_or(0);
        if invalid > found || found > MOST {
            return Err(format!("{invalid} of {found} facts cannot be invalid"));
        }
        let verdict = |n| if n < invalid { Verdict::Contradicted } else { Verdict::Supported };
        return Ok(Some(((0..found).map(|n| fact(n, None, verdict(n))).collect(), expected)));
    };
    let set = |name: Option<&str>| -> Vec<String> {
        let items = name.and_then(|name| row.at(name)).and_then(list);
        items.map(|items| items.iter().map(|item| said(item, map)).collect()).unwrap_or_default()
    };
    let (right, wrong) = (set(Some(&map.expected)), set(map.invalid.as_deref()));
    // A fact that is found twice is found once.
    let mut seen: Vec<String> = Vec::new();
    let mut claims = Vec::new();
    for item in items.iter() {
        let text = said(item, map);
        if seen.contains(&text) {
            continue;
        }
        let verdict = match (right.contains(&text), wrong.contains(&text)) {
            (_, true) => Verdict::Contradicted,
            (true, false) => Verdict::Supported,
            (false, false) => Verdict::Unsupported,
        };
        claims.push(fact(claims.len() as u64, Some(words(item)), verdict));
        seen.push(text);
    }
    Ok(Some((claims, expected)))
}

fn fact(n: u64, text: Option<String>, verdict: Verdict) -> Claim {
    Claim { id: (n + 1).to_string(), text, verdict, needs_citation: false, citations: Vec::new() }
}

/// What a fact says, however it is set in blanks and capitals.
fn said(item: &Value, map: &Facts) -> String {
    let text = map.text.as_deref().and_then(|name| within(item, name)).map_or_else(|| words(item), words);
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
