//! What a scorer's value says of an answer, in formats whose scores have no thresholds.
//!
//! The letters are those of `inspect_ai.scorer`: `C` correct, `I` incorrect, `P` partly correct, `N` no answer. A partial answer is no
//! good answer. Of numbers only 0 and 1 are verdicts, and only where a scorer gives nothing else in the whole file: a share, a distance
//! or a count has no verdict without a threshold.

use super::case::{Outcome, Score};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// Scorers within scorers are looked into so deep.
const DEEPEST: usize = 4;

/// A value as a log has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// NaN, `null`, or none at all.
    #[default]
    Nothing,
    Flag(bool),
    Number(f64),
    Word(String),
    /// Several values by name, or by place from 0.
    Parts(Vec<(String, Value)>),
}

/// What one value says.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// As a number, where it is one or Inspect counts it as one.
    pub value: Option<f64>,
    pub says: Says,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The answer is good.
    Good,
    /// It is bad, and how.
    Bad(&'static str),
    /// A number, which may be a verdict.
    Number,
    /// Nothing.
    Nothing,
}

/// What a scorer's values are like in the whole file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scale {
    /// It gives letters or flags.
    verdicts: bool,
    /// It gives numbers that are neither 0 nor 1.
    others: bool,
}

impl Scale {
    /// Takes one more value into account.
    fn see(&mut self, mark: &Mark) {
        self.verdicts |= matches!(mark.says, Says::Good | Says::Bad(_));
        self.others |= mark.says == Says::Number && !mark.value.is_some_and(|value| value == 0.0 || value == 1.0);
    }

    /// Whether it measures, and gives no verdicts.
    const fn is_measure(self) -> bool {
        self.others && !self.verdicts
    }

    /// Whether an answer is good, and if not, how it is bad.
    fn verdict(self, mark: &Mark) -> Option<Result<(), &'static str>> {
        match (mark.says, mark.value) {
            (Says::Good, _) => Some(Ok(())),
            (Says::Bad(how), _) => Some(Err(how)),
            (Says::Number, Some(1.0)) if !self.is_measure() => Some(Ok(())),
            (Says::Number, Some(0.0)) if !self.is_measure() => Some(Err("is 0")),
            _ => None,
        }
    }
}

/// What the scorers of a file are like, given all that they say.
pub fn scales<'a>(marks: impl IntoIterator<Item = (&'a String, &'a Mark)>) -> BTreeMap<String, Scale> {
    let mut scales: BTreeMap<String, Scale> = BTreeMap::new();
    for (name, mark) in marks {
        scales.entry(name.clone()).or_default().see(mark);
    }
    scales
}

/// What became of an answer by what all `scorers` of the file say of it: it is good when every verdict is. Also why it is not good, and
/// the scores as they are shown.
pub fn judge(marks: &BTreeMap<String, Mark>, scorers: &BTreeMap<String, Scale>) -> (Outcome, Option<String>, Vec<Score>) {
    let (mut good, mut bad, mut lost, mut measured) = (false, None, None, None);
    for (name, scale) in scorers.iter().filter(|(_, scale)| !scale.is_measure()) {
        match marks.get(name).and_then(|mark| scale.verdict(mark)) {
            Some(Ok(())) => good = true,
            Some(Err(how)) => bad = bad.or(Some(format!("`{name}` {how}"))),
            None => lost = lost.or(Some(format!("`{name}` gives no verdict"))),
        }
    }
    if let Some((name, Mark { value: Some(value), .. })) = marks.first_key_value() {
        measured = Some(format!("`{name}` is {value}, which is no verdict without a threshold"));
    }
    let (outcome, message) = match (bad, lost) {
        (Some(bad), _) => (Outcome::Failed, Some(bad)),
        (None, Some(lost)) => (Outcome::NotJudged, Some(lost)),
        (None, None) if good => (Outcome::Passed, None),
        (None, None) => (Outcome::NotJudged, measured.or_else(|| Some("no scorer looked at it".to_owned()))),
    };
    let score = |(name, mark): (&String, &Mark)| {
        let scale = scorers.get(name).copied().unwrap_or_default();
        Score { name: name.clone(), value: mark.value, passed: scale.verdict(mark).map(|verdict| verdict.is_ok()) }
    };
    (outcome, message, marks.iter().map(score).collect())
}

impl Value {
    /// Adds what the value says under the name of its scorer; of a value of parts, what each part says under `scorer/part`.
    pub fn mark(self, scorer: &str, marks: &mut BTreeMap<String, Mark>) {
        self.mark_within(DEEPEST, scorer, marks);
    }

    fn mark_within(self, depth: usize, name: &str, marks: &mut BTreeMap<String, Mark>) {
        let (value, says) = match self {
            Value::Parts(parts) if depth > 0 && !parts.is_empty() => {
                for (part, value) in parts {
                    value.mark_within(depth - 1, &format!("{name}/{part}"), marks);
                }
                return;
            }
            Value::Nothing | Value::Parts(_) => (None, Says::Nothing),
            Value::Flag(true) => (Some(1.0), Says::Good),
            Value::Flag(false) => (Some(0.0), Says::Bad("is false")),
            Value::Number(number) if number.is_finite() => (Some(number), Says::Number),
            Value::Number(_) => (None, Says::Nothing),
            Value::Word(word) => of_word(&word),
        };
        marks.insert(name.to_owned(), Mark { value, says });
    }
}

fn of_word(word: &str) -> (Option<f64>, Says) {
    match word {
        "C" => (Some(1.0), Says::Good),
        "I" => (Some(0.0), Says::Bad("says incorrect")),
        "P" => (Some(0.5), Says::Bad("says partly correct")),
        "N" => (Some(0.0), Says::Bad("says that there is no answer")),
        _ => match word.to_ascii_lowercase().as_str() {
            "yes" | "true" => (Some(1.0), Says::Good),
            "no" => (Some(0.0), Says::Bad("is no")),
            "false" => (Some(0.0), Says::Bad("is false")),
            other => match other.parse::<f64>().ok().filter(|number| number.is_finite()) {
                Some(number) => (Some(number), Says::Number),
                None => (None, Says::Nothing),
            },
        },
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a score")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }
    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }
    #[allow(clippy::cast_precision_loss)]
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }
    fn visit_str<E>(self, word: &str) -> Result<Value, E> {
        Ok(Value::Word(word.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut parts = Vec::new();
        while let Some(value) = list.next_element()? {
            parts.push((parts.len().to_string(), value));
        }
        Ok(Value::Parts(parts))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut parts = Vec::new();
        while let Some(entry) = map.next_entry()? {
            parts.push(entry);
        }
        Ok(Value::Parts(parts))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::io::json;

    fn marks(scores: &str) -> BTreeMap<String, Mark> {
        let mut marks = BTreeMap::new();
        for (name, value) in json::read::<BTreeMap<String, Value>>(scores.as_bytes()).unwrap() {
            value.mark(&name, &mut marks);
        }
        marks
    }

    /// What becomes of each of these answers in one log.
    fn outcomes(answers: &[&str]) -> Vec<(Outcome, String)> {
        let answers: Vec<_> = answers.iter().map(|scores| marks(scores)).collect();
        let scorers = scales(answers.iter().flatten());
        answers.iter().map(|marks| judge(marks, &scorers)).map(|(outcome, message, _)| (outcome, message.unwrap_or_default())).collect()
    }

    #[test]
    fn letters_flags_and_bare_ones_are_verdicts() {
        let said =
            outcomes(&[r#"{"m":"C"}"#, r#"{"m":"I"}"#, r#"{"m":"P"}"#, r#"{"m":"N"}"#, r#"{"m":true}"#, r#"{"m":"No"}"#, r#"{"m":null}"#]);
        let outcomes_only: Vec<_> = said.iter().map(|(outcome, _)| *outcome).collect();
        use Outcome::{Failed, NotJudged, Passed};
        assert_eq!(outcomes_only, [Passed, Failed, Failed, Failed, Passed, Failed, NotJudged]);
        assert_eq!(said[2].1, "`m` says partly correct");
        assert_eq!(said[6].1, "`m` gives no verdict");
        let said = outcomes(&[r#"{"m":1}"#, r#"{"m":0.0}"#, r#"{"m":"1.0"}"#]);
        assert_eq!(said.iter().map(|(outcome, _)| *outcome).collect::<Vec<_>>(), [Passed, Failed, Passed]);
        assert_eq!(marks(r#"{"m":"P"}"#)["m"].value, Some(0.5));
    }

    #[test]
    fn a_measure_has_no_verdict_even_where_it_is_one() {
        let said = outcomes(&[r#"{"rouge":1.0}"#, r#"{"rouge":0.93}"#, r#"{"rouge":0}"#]);
        assert!(said.iter().all(|(outcome, _)| *outcome == Outcome::NotJudged), "{said:?}");
        assert_eq!(said[1].1, "`rouge` is 0.93, which is no verdict without a threshold");
        let beside = outcomes(&[r#"{"rouge":0.2,"match":"C"}"#, r#"{"match":"C"}"#, r#"{"rouge":0.3}"#]);
        assert_eq!(beside.iter().map(|(outcome, _)| *outcome).collect::<Vec<_>>(), [Outcome::Passed, Outcome::Passed, Outcome::NotJudged]);
    }

    #[test]
    fn every_verdict_must_be_good() {
        let said = outcomes(&[r#"{"a":"C","b":{"fair":1,"safe":true,"cost":3.5}}"#, r#"{"a":"C","b":{"fair":1,"safe":false,"cost":1}}"#]);
        assert_eq!(said, [(Outcome::Passed, String::new()), (Outcome::Failed, "`b/safe` is false".to_owned())]);
        assert_eq!(outcomes(&[r#"{"a":[1,0]}"#])[0], (Outcome::Failed, "`a/1` is 0".to_owned()));
        assert_eq!(outcomes(&[r#"{"a":"B"}"#, "{}"]).iter().filter(|(outcome, _)| *outcome == Outcome::NotJudged).count(), 2);
    }
}
