//! A row as a graded answer.

use super::cell::Row;
use super::facts::{self, Taken};
use crate::ingest::golden::case::{Case, Mode, Outcome, Score};
use crate::ingest::golden::claim::{Answer, Status};
use crate::ingest::golden::identity;
use crate::ingest::golden::layout::Mentions;
use crate::ingest::golden::policy::Policy;
use crate::io::csv;
use crate::io::json::Value;
use crate::io::spelling;

/// A row as a graded answer, and everything in it that cannot be read. A row that has no id is called by its question, else by its position.
pub fn case(row: &Row<'_>, policy: &Policy, position: u64) -> (Case, Vec<(&'static str, String)>) {
    let mut wrong = Vec::new();
    let columns = &row.layout.columns;
    let question = row.text(columns.question.as_ref());
    let id = row.text(columns.id.as_ref()).map(|id| id.trim().to_owned());
    let id = match columns.id {
        Some(_) => id.unwrap_or_default(),
        None => question.as_deref().map_or_else(|| format!("row {position}"), identity::of_question),
    };
    let stated = stated(row, &mut wrong);
    let source = row.text(columns.source.as_ref());
    let mut heard = |read: Result<Option<Taken>, String>| {
        read.unwrap_or_else(|message| {
            wrong.push(("undecodable", message));
            None
        })
    };
    let mut taken = row.layout.claims.as_ref().and_then(|map| heard(facts::claims(row, map, source.as_deref())));
    if let Some((claims, expected)) = row.layout.facts.as_ref().and_then(|map| heard(facts::facts(row, map))) {
        let known = taken.get_or_insert_default();
        known.0.extend(claims);
        known.1 = expected.or(known.1);
    }
    let mut case = judged(id, row, stated, taken);
    let mut number = |name: Option<&String>| {
        let read = name.map_or(Ok(None), |name| row.number(name));
        read.unwrap_or_else(|message| {
            wrong.push(("not-a-number", message));
            None
        })
    };
    let attempt = number(columns.attempt.as_ref());
    case.latency = columns.latency.as_ref().and_then(|(name, unit)| Some(number(Some(name))? * unit)).filter(|ms| *ms >= 0.0);
    // A count of attempts begins at 0 or at 1; either tells them apart.
    case.attempt = attempt.filter(|n| *n >= 0.0).map_or(1, |n| n as u64);
    case.scores = scores(row, policy, &mut wrong);
    case.category = row.text(columns.category.as_ref()).map(|text| text.trim().to_owned());
    case.cluster = row.text(columns.cluster.as_ref()).map(|text| text.trim().to_owned());
    case.sentinel = row.word(columns.sentinel.as_ref()).is_some_and(|word| matches!(word.as_str(), "true" | "1" | "yes"));
    case.answer = row.text(columns.answer.as_ref());
    case.expected = row.text(columns.expected.as_ref());
    case.question = question;
    match row.word(columns.mode.as_ref()).as_deref().map(mode) {
        Some(Err(word)) => wrong.push(("unknown-word", word)),
        Some(Ok(mode)) => case.mode = mode,
        None => {}
    }
    if let Some(mentions) = &row.layout.mentions {
        heed(row, mentions, &mut case, &mut wrong);
    }
    (case, wrong)
}

fn mode(word: &str) -> Result<Mode, String> {
    let modes = [Mode::Live, Mode::Cached, Mode::Replay, Mode::Mock];
    modes.into_iter().find(|mode| mode.word() == word).ok_or_else(|| format!("`{word}` is no mode: live, cached, replay or mock"))
}

/// What the file says became of the answer: an error comes first, then the column of the outcome.
fn stated(row: &Row<'_>, wrong: &mut Vec<(&'static str, String)>) -> Option<(Outcome, Option<String>)> {
    let columns = &row.layout.columns;
    let status = columns.http_status.as_deref().map_or(Ok(None), |name| row.number(name));
    let status = status.map_err(|message| wrong.push(("not-a-number", message))).ok().flatten();
    if let Some(status) = status.filter(|status| *status >= 400.0) {
        return Some((Outcome::Error, Some(format!("HTTP {status}"))));
    }
    if let Some(error) = row.text(columns.error.as_ref()).filter(|_| row.word(columns.error.as_ref()).is_some()) {
        return Some((Outcome::Error, Some(error)));
    }
    columns.outcome.as_ref()?;
    let Some(word) = row.word(columns.outcome.as_ref()) else {
        return Some((Outcome::NotJudged, Some("it has no outcome".to_owned())));
    };
    // `1.0` and `1` are one word to whoever writes tables.
    let same = |known: &&String| csv::number(known).is_some_and(|number| csv::number(&word) == Some(number));
    let words = &row.layout.words;
    let known = words.get(&word).or_else(|| words.keys().find(same).and_then(|known| words.get(known)));
    if known.is_none() {
        let known = words.keys().map(String::as_str);
        let help = spelling::did_you_mean(&word, known.clone())
            .unwrap_or_else(|| format!("the map knows {}", known.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")));
        wrong.push(("unknown-word", format!("the outcome `{word}` is not in the map; {help}")));
    }
    Some((known.copied().unwrap_or(Outcome::NotJudged), None))
}

/// The case by what the file says and by the claims: whichever is worse.
fn judged(id: String, row: &Row<'_>, stated: Option<(Outcome, Option<String>)>, taken: Option<Taken>) -> Case {
    let by_claims = row.layout.claims.is_some() || row.layout.facts.is_some();
    let Some((outcome, message)) = stated else {
        if !by_claims {
            return Case::new(id, Outcome::NotJudged);
        }
        let status = if taken.is_some() { Status::Ok } else { Status::NotJudged };
        let (claims, claims_expected) = taken.unwrap_or_default();
        return Case::of_claims(id, Answer { status, claims_expected, claims });
    };
    let status = match outcome {
        Outcome::Passed | Outcome::Failed if taken.is_some() => Status::Ok,
        Outcome::Error => Status::Error,
        Outcome::Skipped => Status::Skipped,
        Outcome::NotApplicable => Status::NotApplicable,
        _ => Status::NotJudged,
    };
    let mut case = match (by_claims, taken.unwrap_or_default()) {
        (true, (claims, claims_expected)) => Case::of_claims(id, Answer { status, claims_expected, claims }),
        (false, _) => return Case { message, ..Case::new(id, outcome) },
    };
    if case.outcome != Outcome::Failed {
        case.message = message.or(case.message);
        if outcome == Outcome::Failed {
            (case.outcome, case.message) = (outcome, Some("the file says that it is bad".to_owned()));
        }
    }
    case
}

/// The scores of a row: those the map speaks of, and with `all` every other number and flag.
fn scores(row: &Row<'_>, policy: &Policy, wrong: &mut Vec<(&'static str, String)>) -> Vec<Score> {
    let mut names: Vec<(&str, bool)> = policy.names().collect();
    names.extend(row.layout.scores.iter().map(|name| (name.as_str(), false)).filter(|(name, _)| *name != "all"));
    let mut scores: Vec<Score> = Vec::new();
    for (name, if_present) in names {
        if scores.iter().any(|score| score.name == name) {
            continue;
        }
        let missing = || (!if_present).then(|| Score { name: name.to_owned(), value: None, passed: None });
        match row.score(name) {
            Ok(score) => scores.extend(score.or_else(missing)),
            Err(message) => wrong.push(("not-a-number", message)),
        }
    }
    if let (true, Value::Object(cells)) = (row.layout.scores.iter().any(|name| name == "all"), row.value) {
        let taken = row.layout.names();
        for (name, value) in cells {
            // A table without a name for its first column numbers its rows there.
            let known = name.trim().is_empty() || taken.contains(&name.as_str()) || scores.iter().any(|score| score.name == *name);
            let is_score = match value {
                Value::Number(_) | Value::Bool(_) => true,
                Value::String(text) => csv::number(text).is_some(),
                _ => false,
            };
            if !known && is_score {
                scores.extend(row.score(name).ok().flatten());
            }
        }
    }
    scores
}

/// What the answer must and must not say, whatever its capitals, and how much it must cite.
fn heed(row: &Row<'_>, map: &Mentions, case: &mut Case, wrong: &mut Vec<(&'static str, String)>) {
    let open = case.outcome == Outcome::NotJudged && case.message.is_none();
    if !open && case.outcome != Outcome::Passed {
        return;
    }
    let Some(answer) = case.answer.as_deref().map(str::to_lowercase) else {
        (case.outcome, case.message) = (Outcome::Failed, Some("there is no answer".to_owned()));
        return;
    };
    let (must, must_not) = (row.texts(map.must.as_ref()), row.texts(map.must_not.as_ref()));
    let lacks = must.iter().flatten().find(|word| !answer.contains(&word.to_lowercase()));
    let has = must_not.iter().flatten().find(|word| answer.contains(&word.to_lowercase()));
    let mut count = |name: Option<&String>| {
        let read = name.map_or(Ok(None), |name| row.count(name));
        read.map_err(|message| wrong.push(("not-a-number", message))).ok().flatten()
    };
    let (least, cited) = (count(map.min_citations.as_ref()), count(map.citations.as_ref()).unwrap_or(0));
    let fault = match (lacks, has, least) {
        (Some(word), ..) => Some(format!("the answer does not mention `{word}`")),
        (_, Some(word), _) => Some(format!("the answer mentions `{word}`")),
        (.., Some(least)) if cited < least => Some(format!("the answer has {cited} of at least {least} citations")),
        _ => None,
    };
    if fault.is_some() {
        (case.outcome, case.message) = (Outcome::Failed, fault);
    } else if open && (must.is_some() || must_not.is_some() || least.is_some()) {
        case.outcome = Outcome::Passed;
    }
}
