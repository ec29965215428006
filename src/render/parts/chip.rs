//! The words of an outcome with their shape and colour: never colour alone.

use super::markup::{Html, escape};
use crate::finding::Outcome;
use crate::source::Grade;
use crate::verdict::Verdict;
use crate::waiver::State;

/// The shape called `i-NAME` in the page's definitions.
pub fn icon(name: &str) -> Html {
    Html::trusted(format!(r##"<svg class="ic" aria-hidden="true"><use href="#i-{name}"/></svg>"##))
}

/// Words of trust, in the colour of `class` and with its shape.
pub fn chip(class: &str, words: &str) -> Html {
    Html::trusted(format!(r#"<span class="st st-{class}">{}{}</span>"#, icon(class), escape(words)))
}

/// `✕ Fail`.
pub fn outcome(outcome: Outcome) -> Html {
    chip(outcome.word(), &capital(outcome.label()))
}

/// `✕ 3 fail`.
pub fn counted(outcome: Outcome, n: usize) -> Html {
    chip(outcome.word(), &format!("{n} {}", outcome.label()))
}

/// The mark of a finding that a waiver lets stand.
pub fn waived(words: &str) -> Html {
    chip("waived", words)
}

/// What a permission to ask for less is worth, in a word.
pub fn relaxed(state: State, word: &str) -> Html {
    let class = match state {
        State::Expired => "fail",
        State::Expiring => "unproven",
        _ => "waived",
    };
    chip(class, &capital(word))
}

/// What a waiver is worth.
pub fn waiver(state: State) -> Html {
    let class = match state {
        State::Active => "waived",
        State::Expiring => "unproven",
        State::Expired | State::OutOfBound | State::Refused => "fail",
        State::NotYet | State::OutOfScope | State::Unused | State::Orphan => "not-applicable",
    };
    chip(class, &capital(state.label()))
}

/// The shape and colour a verdict shares with an outcome.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "pass",
        Verdict::NotProven => "unproven",
        Verdict::NotReady => "fail",
    }
}

/// The word of a problem's severity.
pub fn grade(grade: Grade) -> Html {
    match grade {
        Grade::Error => chip("fail", "Error"),
        Grade::Warning => chip("unproven", "Warning"),
        Grade::Note => chip("not-applicable", "Note"),
    }
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
