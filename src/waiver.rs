//! A person's dated word that a finding may stand for a while, and what it is worth at a moment.

use crate::instant::Instant;
use crate::rule::{Place, Severity, Spanned};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// How long waivers may last, and when their end is near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest, in days, by the severity of the rule.
    pub longest: BTreeMap<Severity, i64>,
    /// An active waiver that ends within so many days is told about.
    pub expiring: i64,
    /// Why some may last longer than by default.
    pub reason: Option<String>,
}

impl Default for Limits {
    fn default() -> Self {
        let longest = BTreeMap::from([(Severity::P0, 30), (Severity::P1, 60), (Severity::P2, 90), (Severity::P3, 180)]);
        Limits { longest, expiring: 7, reason: None }
    }
}

impl Limits {
    /// How many days a waiver of a rule of this severity may last.
    pub fn days(&self, severity: Severity) -> i64 {
        self.longest.get(&severity).copied().unwrap_or_default()
    }

    /// The last day a waiver granted at `granted` may name.
    pub fn last_day(&self, granted: Instant, severity: Severity) -> Instant {
        Instant(granted.0.saturating_add(self.days(severity) * DAY))
    }
}

/// A waiver as it stands in `waivers.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Its name, unique in the file.
    pub id: String,
    /// The rule whose findings it is about, `pack/file-stem`.
    pub rule: String,
    /// What the file calls the rule, where it has another name by now.
    pub named: Option<String>,
    /// Which of the rule's findings, and when.
    pub scope: Reach,
    /// Why they may stand.
    pub reason: String,
    /// Where the work is tracked.
    pub ticket: String,
    /// Who answers for it.
    pub owner: String,
    /// Who allowed it, as the file asserts; never the owner.
    pub approved_by: String,
    /// Its first moment.
    pub granted: Instant,
    /// Its last moment: the end of a day in UTC.
    pub expires: Instant,
    /// What must hold for it to apply.
    pub bound: Option<Spanned>,
    /// What is done in the meantime.
    pub compensating: Option<String>,
    /// It is told about when it ends within so many days.
    pub expiring: i64,
    /// What lets it last longer than it may by default.
    pub longer: Option<String>,
    /// What confirms its approval, if anything does: `.github/CODEOWNERS at 14c907f`.
    pub confirmed: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// What a waiver is limited to; an empty part limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Profiles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile: Vec<String>,
    /// The environment a profile is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// One finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

impl Reach {
    /// Whether a judgement by this profile, for this environment, is meant. What is not known is not meant.
    pub fn covers(&self, profile: Option<&str>, env: Option<&str>) -> bool {
        let named = self.profile.is_empty() || profile.is_some_and(|profile| self.profile.iter().any(|p| p == profile));
        named && (self.env.is_none() || self.env.as_deref() == env)
    }
}

/// What a waiver is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It unblocks.
    Active,
    /// It unblocks, and ends within a few days.
    Expiring,
    /// It has ended.
    Expired,
    /// It has not begun.
    NotYet,
    /// What it allows is exceeded, or not shown to be kept.
    OutOfBound,
    /// It may not unblock: a P0 rule whose evidence is missing or invalid.
    Refused,
    /// It is for another profile or environment.
    OutOfScope,
    /// There is nothing to waive.
    Unused,
    /// There is no such rule.
    Orphan,
}

impl State {
    /// Whether a finding under it does not block.
    pub const fn unblocks(self) -> bool {
        matches!(self, State::Active | State::Expiring)
    }

    /// The words people read: `not yet`.
    pub const fn label(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Expiring => "expiring",
            State::Expired => "expired",
            State::NotYet => "not yet",
            State::OutOfBound => "out of bound",
            State::Refused => "refused",
            State::OutOfScope => "out of scope",
            State::Unused => "unused",
            State::Orphan => "orphan",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What a waiver met when it was held against the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Met {
    /// An objection that it may waive.
    Objection,
    /// An objection beyond its bound.
    Beyond,
    /// An objection that nobody may waive.
    Unwaivable,
    /// Findings that are as they should be.
    Nothing,
    /// A judgement it is not for: another profile, environment or base.
    Elsewhere,
    /// No finding of its rule at all.
    NoRule,
}

/// What a waiver is worth at `now`: the only place where that is decided.
pub fn state(waiver: &Waiver, now: Instant, met: Met) -> State {
    match met {
        Met::NoRule => State::Orphan,
        _ if now > waiver.expires => State::Expired,
        _ if now < waiver.granted => State::NotYet,
        Met::Elsewhere => State::OutOfScope,
        Met::Nothing => State::Unused,
        Met::Unwaivable => State::Refused,
        Met::Beyond => State::OutOfBound,
        Met::Objection if waiver.expires.day() - now.day() <= waiver.expiring => State::Expiring,
        Met::Objection => State::Active,
    }
}

/// A person however they are written: `@Alice` is `alice`.
pub fn person(text: &str) -> String {
    text.trim().trim_start_matches('@').to_lowercase()
}

/// The last moment of the day that begins at `midnight`.
pub const fn end_of_day(midnight: Instant) -> Instant {
    Instant(midnight.0 + DAY - 1)
}

/// The mark a waiver leaves on a finding; the outcome stays what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Which waiver.
    pub id: String,
    /// What it is worth.
    pub state: State,
    /// Its last moment.
    pub expires: Instant,
    /// Why the finding may stand.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where the work is tracked.
    pub ticket: String,
    /// Who allowed it, as the file asserts.
    pub approved_by: String,
    /// On a finding: whether a waiver about it has ended, this one or another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lapsed: bool,
}

impl Waived {
    /// The mark of `waiver`, worth `state`.
    pub fn by(waiver: &Waiver, state: State) -> Waived {
        Waived {
            id: waiver.id.clone(),
            state,
            expires: waiver.expires,
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            ticket: waiver.ticket.clone(),
            approved_by: waiver.approved_by.clone(),
            lapsed: false,
        }
    }
}

/// A waiver as a report lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The mark it leaves.
    #[serde(flatten)]
    pub waived: Waived,
    /// The rule.
    pub rule: String,
    /// Its limits.
    pub scope: Reach,
    /// Its first moment.
    pub granted: Instant,
    /// What must hold for it to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<String>,
    /// What is done in the meantime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensating: Option<String>,
    /// What confirms its approval; otherwise the file only asserts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
    /// How often the same was granted before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub renewed: u64,
    /// The waiver of the file that goes on where this one ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_by: Option<String>,
    /// How many findings it unblocks.
    pub findings: usize,
    /// What it is worth, in a sentence without a full stop, and what to do about it.
    pub note: String,
    /// `waivers.yaml:3`.
    pub at: String,
}

impl Listed {
    /// The waiver again, as far as it decides anything.
    pub fn waiver(&self) -> Waiver {
        let Waived { id, state: _, expires, reason, owner, ticket, approved_by, .. } = self.waived.clone();
        let bound = self.bound.clone().map(|text| Spanned { text, ..Spanned::default() });
        Waiver {
            id,
            rule: self.rule.clone(),
            scope: self.scope.clone(),
            reason,
            ticket,
            owner,
            approved_by,
            granted: self.granted,
            expires,
            bound,
            compensating: self.compensating.clone(),
            expiring: 0,
            longer: None,
            confirmed: self.confirmed.clone(),
            place: Place::default(),
            named: None,
        }
    }

    /// `waiver` as a report lists it at `now`.
    pub fn new(waiver: &Waiver, state: State, findings: usize, now: Instant) -> Listed {
        Listed {
            waived: Waived::by(waiver, state),
            rule: waiver.rule.clone(),
            scope: waiver.scope.clone(),
            granted: waiver.granted,
            bound: waiver.bound.as_ref().map(|bound| bound.text.clone()),
            compensating: waiver.compensating.clone(),
            confirmed: waiver.confirmed.clone(),
            renewed: 0,
            renewed_by: None,
            findings,
            note: format!(
                "{}{}",
                note(waiver, state, now),
                waiver.named.as_ref().map_or_else(String::new, |old| format!("; the file says `{old}`, which is what the rule was called"))
            ),
            at: format!("{}:{}", waiver.place.file, waiver.place.line),
        }
    }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Tells of each waiver how often the same was granted before, and which goes on where it ends. Earlier ones stand in the
/// file, or in `before`, what the base's report lists.
pub fn renewals(listed: &mut [Listed], before: &[Listed]) {
    let known: Vec<Listed> = listed.to_vec();
    for waiver in listed {
        let same = |other: &&Listed| waiver.rule == other.rule && (waiver.scope == other.scope || waiver.waived.id == other.waived.id);
        let earlier = |other: &&Listed| other.granted < waiver.granted;
        let grants: BTreeSet<Instant> = known.iter().chain(before).filter(same).filter(earlier).map(|other| other.granted).collect();
        let told = before.iter().filter(same).filter(|other| other.granted <= waiver.granted);
        let carried = told.map(|other| other.renewed.saturating_add(u64::from(earlier(&other)))).max();
        waiver.renewed = carried.unwrap_or_default().max(grants.len() as u64);
        let later = known.iter().filter(same).filter(|other| other.granted > waiver.granted);
        waiver.renewed_by = later.min_by_key(|other| other.granted).map(|other| other.waived.id.clone());
        match waiver.renewed {
            0 => {}
            1 => waiver.note.push_str(", renewed once"),
            n => waiver.note.push_str(&format!(", renewed {n} times")),
        }
        if let Some(id) = &waiver.renewed_by {
            waiver.note.push_str(&format!("; {id} goes on"));
        }
    }
}

/// What a waiver is worth, in words: "expired 3 days ago, owner @alice". It follows the waiver's id.
pub fn note(waiver: &Waiver, state: State, now: Instant) -> String {
    let days = |n: i64| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
    let left = waiver.expires.day() - now.day();
    let owner = &waiver.owner;
    let text = match state {
        State::Active => format!("is active until {}, {} left, owner {owner}", waiver.expires.date(), days(left)),
        State::Expiring if left == 0 => format!("expires today, owner {owner}"),
        State::Expiring => format!("expires in {}, owner {owner}", days(left)),
        State::Expired => format!("expired {} ago, owner {owner}", days(-left)),
        State::NotYet => format!("does not begin before {}, owner {owner}", waiver.granted.date()),
        State::OutOfBound => {
            let bound = waiver.bound.as_ref().map_or("", |bound| bound.text.as_str());
            format!("does not apply: its bound `{bound}` is not shown to hold, owner {owner}")
        }
        State::Refused => "does not apply: a P0 rule without evidence cannot be waived".to_owned(),
        State::OutOfScope => "is not about this judgement, but another profile, environment or base".to_owned(),
        State::Unused => format!("is not needed: delete it, owner {owner}"),
        State::Orphan => "is about a rule that does not exist".to_owned(),
    };
    match waiver.longer.as_ref().filter(|_| state.unblocks()) {
        Some(longer) => format!("{text}; {longer}"),
        None => text,
    }
}

#[cfg(test)]
mod tests;
