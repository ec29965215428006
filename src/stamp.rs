//! What is known of how a file was made, written beside it: an in-toto Statement v1.
//!
//! Source: <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>. A stamp is not signed; it says what a
//! file that has no date of its own would say.

use crate::instant::Instant;
use serde::{Deserialize, Serialize};

/// What a stamp's name adds to that of its file.
pub const SUFFIX: &str = ".stamp.json";
/// The largest stamp, in bytes.
pub const LARGEST: u64 = 64 * 1024;
/// The type of every Statement v1.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The type of our predicate.
const PREDICATE: &str = "urn:readiness:stamp:1";

/// A stamp, as its file holds it. The order of the fields is the order in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Stamped>,
    #[serde(rename = "predicateType")]
    predicate_kind: String,
    /// How the file was made.
    pub predicate: Making,
}

/// The file that is stamped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stamped {
    name: String,
    digest: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Digest {
    sha256: String,
}

/// How a file was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Making {
    /// When: after the command, before anybody else had the file.
    pub collected_at: Instant,
    /// The commit that was checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The commit the run was started for, where that is another one: a pull request merged for a try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_commit: Option<String>,
    /// The run of the workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// The program and its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// What the command ended with; 128 and the signal's number when a signal ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_status: Option<i32>,
    /// Whether the command left the file as it was: then it is of an earlier run, and no evidence of this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_over: bool,
    /// `readiness 0.1.0`.
    pub tool: String,
}

/// A run of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// Which attempt, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
    /// Where it can be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Stamp {
    /// The stamp of a file by the last part of its name and its SHA-256 in lower-case hex.
    pub fn new(name: &str, sha256: &str, predicate: Making) -> Self {
        let subject = Stamped { name: name.to_owned(), digest: Digest { sha256: sha256.to_owned() } };
        Stamp { kind: STATEMENT.to_owned(), subject: vec![subject], predicate_kind: PREDICATE.to_owned(), predicate }
    }

    /// What is wrong with it as a stamp, if anything.
    pub fn mistake(&self) -> Option<String> {
        let commits = [("commit", &self.predicate.commit), ("merge_commit", &self.predicate.merge_commit)];
        if self.kind != STATEMENT {
            return Some(format!("`_type` is `{}` and must be `{STATEMENT}`", self.kind));
        }
        if self.predicate_kind != PREDICATE {
            return Some(format!("`predicateType` is `{}` and must be `{PREDICATE}`", self.predicate_kind));
        }
        if self.subject.len() != 1 {
            return Some(format!("it names {} files and must name one", self.subject.len()));
        }
        if self.predicate.command.is_some() != self.predicate.exit_status.is_some() {
            return Some("`command` and `exit_status` belong together".to_owned());
        }
        let wrong = commits.iter().find_map(|(key, id)| id.as_deref().filter(|id| !is_commit(id)).map(|id| (key, id)));
        wrong.map(|(key, id)| format!("`{key}` is `{id}`, and no id of a commit"))
    }

    /// Why it is not the stamp of the file of this name and SHA-256, if it is not.
    pub fn difference(&self, name: &str, sha256: &str) -> Option<String> {
        let stamped = self.subject.first()?;
        if stamped.name != name {
            return Some(format!("the stamp is that of `{}`", stamped.name));
        }
        (stamped.digest.sha256 != sha256).then(|| "the file was changed after it was stamped".to_owned())
    }
}

/// Whether a text can be the id of a commit: 7 to 64 hex digits.
pub fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}
