//! What a team says of its system, and what packs may ask about it: the facts that decide which rules apply at all.

use crate::catalogue::Kind;
use crate::instant::Instant;
use crate::metric::Value;
use serde::{Deserialize, Serialize};

/// The answers under `system:` in `readiness.yaml`; an answer that is not there is not "no".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// One of [`ROLES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_role: Option<String>,
    /// One of [`RISKS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_risk: Option<String>,
    /// Whether it processes data about people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_data: Option<bool>,
    /// The period an auditor looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_period: Option<Period>,
}

/// From its first to its last moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its first moment.
    pub from: Instant,
    /// Its last moment.
    pub to: Instant,
}

/// A fact that an expression may name.
#[derive(Clone, Debug)]
pub struct Fact {
    /// `system.ai_role`.
    pub id: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// One line.
    pub about: &'static str,
}

/// What an operator of an AI system can be: Regulation (EU) 2024/1689, Article 3(3) to (8). Many a house both makes its system
/// and uses it.
pub const ROLES: &[&str] = &[
    "none",
    "provider",
    "deployer",
    "provider-and-deployer",
    "importer",
    "distributor",
    "product-manufacturer",
    "authorised-representative",
];

/// How Regulation (EU) 2024/1689 sees the system, lowest first: no AI system at all; nothing asked of it; Article 50; Article
/// 6; Article 5.
pub const RISKS: &[&str] = &["none", "minimal", "limited", "high", "prohibited"];

/// Every fact there is.
pub const FACTS: &[Fact] = &[
    Fact { id: "system.ai_role", kind: Kind::Text(ROLES), about: "what the team is to the AI system; `none` where there is none" },
    Fact { id: "system.ai_risk", kind: Kind::Level(RISKS), about: "how the EU AI Act sees the system, lowest first" },
    Fact { id: "system.personal_data", kind: Kind::Flag, about: "whether it processes data about people" },
    Fact { id: "system.audit_period.from", kind: Kind::Instant, about: "the first moment of the period under audit" },
    Fact { id: "system.audit_period.to", kind: Kind::Instant, about: "the last moment of the period under audit" },
];

/// How the id of a fact begins.
pub const PREFIX: &str = "system.";

/// The built-in rule that every fact some rule asks for is answered.
pub const RULE: &str = "system/answered";

/// The fact of this id.
pub fn fact_named(id: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|fact| fact.id == id)
}

/// The key that answers a fact: `audit_period` for `system.audit_period.from`.
pub fn key(id: &str) -> &str {
    let rest = id.strip_prefix(PREFIX).unwrap_or(id);
    rest.split('.').next().unwrap_or(rest)
}

impl System {
    /// The answer to a fact, if it is answered.
    pub fn answer(&self, id: &str) -> Option<Value> {
        let period = || self.audit_period.as_ref();
        Some(match id {
            "system.ai_role" => Value::Text(self.ai_role.clone()?),
            "system.ai_risk" => Value::Level(self.ai_risk.clone()?),
            "system.personal_data" => Value::Flag(self.personal_data?),
            "system.audit_period.from" => Value::Instant(period()?.from),
            "system.audit_period.to" => Value::Instant(period()?.to),
            _ => return None,
        })
    }

    /// Notes the answer to a fact; one of another kind says nothing. Half a period lasts from or until ever.
    pub fn say(&mut self, id: &str, answer: Value) {
        let period = self.audit_period.unwrap_or(Period { from: Instant(i64::MIN), to: Instant(i64::MAX) });
        match (id, answer) {
            ("system.ai_role", Value::Text(word)) => self.ai_role = Some(word),
            ("system.ai_risk", Value::Level(word)) => self.ai_risk = Some(word),
            ("system.personal_data", Value::Flag(flag)) => self.personal_data = Some(flag),
            ("system.audit_period.from", Value::Instant(from)) => self.audit_period = Some(Period { from, ..period }),
            ("system.audit_period.to", Value::Instant(to)) => self.audit_period = Some(Period { to, ..period }),
            _ => {}
        }
    }

    /// Whether nothing is answered.
    pub fn is_empty(&self) -> bool {
        *self == System::default()
    }

    /// Every answer, by its key, for people.
    pub fn answers(&self) -> Vec<(&'static str, String)> {
        let word = |key, text: &Option<String>| Some((key, text.clone()?));
        let period = self.audit_period.map(|period| ("audit_period", format!("{} to {}", period.from.date(), period.to.date())));
        let people = self.personal_data.map(|flag| ("personal_data", if flag { "yes" } else { "no" }.to_owned()));
        [word("ai_role", &self.ai_role), word("ai_risk", &self.ai_risk), people, period].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A fact without an answer to give could never be asked for.
    #[test]
    fn every_fact_can_be_answered() {
        let at = Instant(0);
        let all = System {
            ai_role: Some("provider".to_owned()),
            ai_risk: Some("high".to_owned()),
            personal_data: Some(true),
            audit_period: Some(Period { from: at, to: at }),
        };
        for fact in FACTS {
            assert!(all.answer(fact.id).is_some(), "{}", fact.id);
            assert_eq!(System::default().answer(fact.id), None, "{}", fact.id);
            assert!(all.answers().iter().any(|(name, _)| *name == key(fact.id)), "{}", fact.id);
        }
        assert!(System::default().is_empty() && System::default().answers().is_empty());
    }
}
