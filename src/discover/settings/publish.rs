//! `publish`: how much of a golden set's texts leaves the house.

use crate::error::Diagnostic;
use crate::io::spelling;
use crate::io::yaml::Fields;
use crate::transcript::Publish;

/// The family that has such texts.
const FAMILY: &str = "golden";

/// What an entry of `family` says; the least where it says nothing, or nothing that is known.
pub(super) fn read(f: &mut Fields<'_, '_>, family: &str) -> Publish {
    let Some(said) = f.spanned("publish") else { return Publish::default() };
    let mut wrong = |message: String, help: String| f.errors.push(Diagnostic::new(said.place.clone(), message).help(Some(help)));
    if family != FAMILY {
        wrong(format!("`publish` is about the questions and answers of {FAMILY} sets"), "remove it".to_owned());
    }
    Publish::ALL.into_iter().find(|publish| publish.word() == said.text).unwrap_or_else(|| {
        let words = Publish::ALL.map(Publish::word);
        let help = spelling::did_you_mean(&said.text, words).unwrap_or_else(|| format!("write {}, {} or {}", words[0], words[1], words[2]));
        wrong(format!("`publish: {}` is not known", said.text), help);
        Publish::default()
    })
}
