//! A person's dated word that something is so, where no evidence can show it, and what that word is worth at a moment.

use crate::instant::Instant;
use crate::metric::{Value, duration};
use crate::record::Record;
use crate::rule::Attest;
use crate::source::same_commit;
use serde::{Deserialize, Serialize};

/// The family of its records, and of the evidence they stand in.
pub const FAMILY: &str = "attestation";

/// A statement as it stands in `attestations.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Statement {
    /// The rule whose question it answers with yes.
    pub rule: String,
    /// Who says so.
    pub by: String,
    /// As what: the role that the rule asks, where it asks no person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Its first moment.
    pub on: Instant,
    /// The last moment it claims: the end of a day in UTC. The rule may end it earlier.
    pub until: Instant,
    /// What was looked at.
    pub note: String,
    /// The commit that was checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The line of the file.
    pub line: u64,
}

/// What a finding about a rule that is attested says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// Whose word the rule asks for.
    pub asked: String,
    /// The statement that decided, whatever it is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
}

/// What a statement is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// The rule holds by it.
    Good,
    /// Its last day is over, or the rule wants a fresh one by now.
    Over,
    /// It is dated later than now.
    Early,
    /// It is about another commit, or about none.
    Elsewhere,
    /// Somebody else was asked.
    Unasked,
}

/// What a rule asks of a statement.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who, and how often.
    pub attest: &'a Attest,
    /// The commit it must be about: none when any will do, an empty text when it is not known.
    pub commit: Option<&'a str>,
}

impl Asked<'_> {
    /// What a statement is worth at `now`: the only place where that is decided.
    pub fn worth(&self, statement: &Statement, now: Instant) -> Worth {
        let about = |commit: &str| statement.commit.as_deref().is_some_and(|made| same_commit(made, commit));
        match () {
            () if !is_asked(&self.attest.by, &statement.by, statement.role.as_deref()) => Worth::Unasked,
            () if self.commit.is_some_and(|commit| !about(commit)) => Worth::Elsewhere,
            () if now < statement.on => Worth::Early,
            () if now > last(statement, self.attest.every) => Worth::Over,
            () => Worth::Good,
        }
    }

    /// The statement that counts, and what it is worth: the newest word of those who are asked, else what comes nearest to one.
    /// Of two of one moment the one further down in the file counts.
    pub fn newest<'s>(&self, statements: &'s [Statement], now: Instant) -> Option<(&'s Statement, Worth)> {
        let worths = statements.iter().map(|statement| (statement, self.worth(statement, now)));
        worths.max_by_key(|(statement, worth)| {
            let counts = match worth {
                Worth::Good | Worth::Over => 3,
                Worth::Early => 2,
                Worth::Elsewhere => 1,
                Worth::Unasked => 0,
            };
            (counts, statement.on, statement.line)
        })
    }
}

/// The last moment of a statement about a rule that asks for one every `every` milliseconds; that moment still counts.
pub fn last(statement: &Statement, every: i64) -> Instant {
    statement.until.min(Instant(statement.on.0.saturating_add(every)))
}

/// Whether `asked` names a person rather than a role: `@alice`, `alice@example.org`.
pub fn is_person(asked: &str) -> bool {
    asked.contains('@')
}

/// Whether the word of `by`, given as `role`, is the one that is asked for. A rule may name a person, or a role.
pub fn is_asked(asked: &str, by: &str, role: Option<&str>) -> bool {
    let name = |text: &str| text.trim().trim_start_matches('@').to_lowercase();
    let named = |text: &str| name(text) == name(asked);
    named(by) || (!is_person(asked) && role.is_some_and(named))
}

impl Statement {
    /// Who says so, and as what: `@alice (data protection officer)`.
    pub fn who(&self) -> String {
        match &self.role {
            Some(role) => format!("{} ({role})", self.by),
            None => self.by.clone(),
        }
    }

    /// What it is worth, in a sentence without a full stop.
    pub fn told(&self, asked: &Asked<'_>, worth: Worth, now: Instant) -> String {
        let by = format!("attested by {}", self.who());
        match worth {
            Worth::Good => format!("{by} on {}, good until {}: {}", self.on.date(), last(self, asked.attest.every).date(), self.note),
            Worth::Over if now > self.until => format!("{by} {}, until {}", ago(self.on, now), self.until.date()),
            Worth::Over => format!("{by} {}, every {}", ago(self.on, now), duration(asked.attest.every as f64)),
            Worth::Early => format!("{by}, dated {}, which is later than now", self.on),
            Worth::Elsewhere => {
                let about = self.commit.as_deref().map_or_else(|| "no commit".to_owned(), |commit| format!("commit {}", short(commit)));
                match asked.commit {
                    Some(head) if !head.is_empty() => format!("{by} for {about}, required {}", short(head)),
                    _ => format!("{by} for {about}, and the commit under judgement is not known: give --commit"),
                }
            }
            Worth::Unasked => format!("{by}, asked is {}", asked.attest.by),
        }
    }

    /// The row that rules and reports see; what would change its meaning is part of its name.
    pub fn record(&self) -> Record {
        let text = |text: &String| Value::Text(text.clone());
        Record::new("id", format!("{} by {} on {} until {}", self.rule, self.by, self.on, self.until.date()))
            .with("rule", text(&self.rule))
            .with("by", text(&self.by))
            .with_some("role", self.role.as_ref().map(text))
            .with("on", Value::Instant(self.on))
            .with("until", Value::Instant(self.until))
            .with("note", text(&self.note))
            .with_some("commit", self.commit.as_ref().map(text))
            .with("line", Value::Count(self.line))
    }

    /// The statement that a row holds.
    pub fn of(row: &Record) -> Option<Statement> {
        let text = |name: &str| row.text(name).map(str::to_owned);
        let instant = |name: &str| match row.get(name) {
            Some(Value::Instant(at)) => Some(*at),
            _ => None,
        };
        Some(Statement {
            rule: text("rule")?,
            by: text("by")?,
            role: text("role"),
            on: instant("on")?,
            until: instant("until")?,
            note: text("note")?,
            commit: text("commit"),
            line: row.count("line")?,
        })
    }
}

/// `today`, `1 day ago`, `12 days ago`.
fn ago(on: Instant, now: Instant) -> String {
    match now.day() - on.day() {
        0 => "today".to_owned(),
        1 => "1 day ago".to_owned(),
        n => format!("{n} days ago"),
    }
}

fn short(commit: &str) -> String {
    commit.chars().take(7).collect()
}

#[cfg(test)]
mod tests;
