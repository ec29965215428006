//! What was asked and answered in golden cases: for people to read, never for rules.
//!
//! A report is passed on, so the texts are in it only as far as the configuration publishes them, and none of them whole when
//! it is long.

use crate::metric::Name;
use serde::{Deserialize, Serialize};

/// How much of a golden set leaves the house.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Publish {
    /// Ids, outcomes, messages and numbers.
    #[default]
    Ids,
    /// What the system answered, and what that claims, too.
    Answers,
    /// The set itself too: questions, and what a good answer is.
    All,
}

impl Publish {
    /// All words, from the least to the most.
    pub const ALL: [Publish; 3] = [Publish::Ids, Publish::Answers, Publish::All];

    /// As the configuration writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Publish::Ids => "ids",
            Publish::Answers => "answers",
            Publish::All => "all",
        }
    }
}

/// The transcripts of a golden set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcripts {
    /// How much of the texts may be in here.
    pub publish: Publish,
    /// Cases that have a text which is not in here because it is not published.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub withheld: u64,
    /// Cases that are not in here because there are too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
    /// The worst attempt at each case, worst first.
    pub cases: Vec<Transcript>,
}

/// One attempt at a golden case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The id of its `golden.case`.
    pub case: String,
    /// Which attempt at it, from 1.
    pub attempt: u64,
    /// What was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Excerpt>,
    /// What a good answer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Excerpt>,
    /// What was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Excerpt>,
    /// What the answer claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// Claims beyond these.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_claims: u64,
    /// What the tool's measures say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// Measures beyond these.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_scores: u64,
}

/// The beginning of a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Excerpt {
    /// As it is.
    pub text: String,
    /// How many characters follow that are left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

/// One thing an answer says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Its name within the answer.
    pub id: String,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Excerpt>,
    /// What the judge says: `supported`, `contradicted`, `unsupported`, `unverifiable`, `not judged`.
    pub verdict: Name,
    /// Whether it has to be cited and is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncited: bool,
    /// What it cites.
    #[serde(default, skip_serializing_if = "Citations::is_none")]
    pub citations: Citations,
}

/// How many citations a claim has, and what was found when they were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citations {
    /// All of them.
    pub all: u64,
    /// Their source exists.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resolve: u64,
    /// Their source does not exist.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dead: u64,
    /// Their source supports the claim.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub support: u64,
    /// Their source does not support the claim.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub idle: u64,
}

impl Citations {
    fn is_none(&self) -> bool {
        self.all == 0
    }
}

/// What one of the tool's own measures says of an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// As the tool calls the measure.
    pub name: String,
    /// Its value, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Whether the tool takes it for good; none when it has no opinion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
}

impl Excerpt {
    /// The first `most` characters of a text.
    pub fn of(text: &str, most: usize) -> Excerpt {
        match text.char_indices().nth(most) {
            None => Excerpt { text: text.to_owned(), left_out: 0 },
            Some((end, _)) => Excerpt { text: text[..end].to_owned(), left_out: text[end..].chars().count() as u64 },
        }
    }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        assert_eq!(Excerpt::of("héllo", 5), Excerpt { text: "héllo".into(), left_out: 0 });
        assert_eq!(Excerpt::of("héllo", 2), Excerpt { text: "hé".into(), left_out: 3 });
        assert_eq!(Excerpt::of("", 0), Excerpt::default());
    }

    #[test]
    fn the_least_is_published_unless_more_is_asked_for() {
        assert_eq!(Publish::default(), Publish::ALL[0]);
        assert!(Publish::ALL.is_sorted());
    }
}
