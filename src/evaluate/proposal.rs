//! What the working tree would change about rules, configuration, waivers, statements and baseline, held against those that judge.

use super::difference::{Difference, Step, between};
use crate::acknowledgement::Acknowledgement;
use crate::attestation::Statement;
use crate::baseline::Baseline;
use crate::config::{Config, Entry, Profile};
use crate::evidence::Gap;
use crate::finding::{Finding, Outcome};
use crate::io::hash::fingerprint;
use crate::metric::number;
use crate::proposal::{Proposal, Proposed, RULE, Tendency};
use crate::rule::{Pack, Place, Severity, Way};
use crate::verdict::Mode;
use crate::waiver::Waiver;
use std::collections::{BTreeMap, BTreeSet};

/// What became of the rules.
pub fn rules(old: &[Pack], new: &[Pack]) -> Vec<Proposed> {
    let told = |difference: Difference| {
        let way = difference.way();
        let text = match &difference.step {
            Step::Added => "added".to_owned(),
            Step::Removed => "removed".to_owned(),
            Step::Changed(changes) => {
                let change = |c: &crate::rule::Change| format!("{}: {} -> {}", c.field, shown(&c.was), shown(&c.is));
                changes.iter().map(change).collect::<Vec<_>>().join("; ")
            }
        };
        Proposed::new(difference.rule, way, text)
    };
    between(old, new).into_iter().map(told).collect()
}

fn shown(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { text.split_whitespace().collect::<Vec<_>>().join(" ") }
}

/// What became of the configuration: an entry that is gone or may find less, a profile that blocks less, longer waivers.
pub fn config(old: &Config, new: &Config) -> Vec<Proposed> {
    let mut found = Vec::new();
    each(&old.evidence, &new.evidence, |name, old, new| {
        let (way, text) = match (old, new) {
            (Some(_), None) => (Way::Looser, "removed".to_owned()),
            (None, Some(_)) => (Way::Tighter, "added".to_owned()),
            (Some(old), Some(new)) => entry(old, new)?,
            (None, None) => return None,
        };
        found.push(Proposed::new(format!("evidence {name}"), way, text));
        None::<()>
    });
    each(&old.profiles, &new.profiles, |name, old, new| {
        let (way, text) = match (old, new) {
            (Some(old), Some(new)) => profile(old, new)?,
            (old, _) => (Way::Different, if old.is_some() { "removed" } else { "added" }.to_owned()),
        };
        found.push(Proposed::new(format!("profile {name}"), way, text));
        None::<()>
    });
    let longer = |severity: &Severity| new.waivers.days(*severity) > old.waivers.days(*severity);
    let limits = [Severity::P0, Severity::P1, Severity::P2, Severity::P3];
    if let Some(severity) = limits.iter().find(|severity| longer(severity)) {
        let text = format!("of {severity} rules: {} -> {} days", old.waivers.days(*severity), new.waivers.days(*severity));
        found.push(Proposed::new("the longest waivers", Way::Looser, text));
    }
    let waiting =
        |config: &Config| config.waiting.iter().map(|(rule, reason)| (rule.text.clone(), reason.clone())).collect::<BTreeMap<_, _>>();
    let (old_waiting, new_waiting) = (waiting(old), waiting(new));
    each(&old_waiting, &new_waiting, |rule, old, new| match (old, new) {
        (None, Some(reason)) => {
            found.push(Proposed::new(format!("waiting {rule}"), Way::Looser, format!("it need not show anything yet: {reason}")))
        }
        (Some(_), None) => found.push(Proposed::new(format!("waiting {rule}"), Way::Tighter, "removed")),
        _ => {}
    });
    let others = [
        ("project", old.project != new.project),
        ("system", old.system != new.system),
        ("metrics", old.metrics != new.metrics),
        ("packs", names(old) != names(new)),
    ];
    found
        .extend(others.iter().filter(|(_, differs)| *differs).map(|(what, _)| Proposed::new(*what, Way::Different, "says something else")));
    found
}

fn names(config: &Config) -> Vec<&str> {
    config.packs.iter().map(|pack| pack.text.as_str()).collect()
}

/// Calls `tell` for everything that either side has, in order of name.
fn each<'m, T, R>(
    old: &'m BTreeMap<String, T>,
    new: &'m BTreeMap<String, T>,
    mut tell: impl FnMut(&'m str, Option<&'m T>, Option<&'m T>) -> R,
) {
    let all: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in all {
        tell(name, old.get(name), new.get(name));
    }
}

fn entry(old: &Entry, new: &Entry) -> Option<(Way, String)> {
    let files = |entry: &Entry| entry.expect.as_ref().map_or(0, crate::config::Expect::files);
    if files(new) < files(old) {
        return Some((Way::Looser, format!("expects {} files, was {}", files(new), files(old))));
    }
    let least = |entry: &Entry| entry.series.iter().filter_map(|setting| setting.min_change).fold(0.0, f64::max);
    if least(new) > least(old) {
        return Some((Way::Looser, format!("leaves out changes of up to {} %", number(least(new) * 100.0))));
    }
    (old != new).then(|| (Way::Different, "read otherwise, or from elsewhere".to_owned()))
}

fn profile(old: &Profile, new: &Profile) -> Option<(Way, String)> {
    let (was, is) = (old.block_at.unwrap_or(Severity::P1), new.block_at.unwrap_or(Severity::P1));
    if is < was {
        return Some((Way::Looser, format!("block_at: {was} -> {is}")));
    }
    let eased = |profile: &Profile| match profile.gate {
        Mode::All => 0,
        Mode::New => 1,
        Mode::Observe => 2,
    };
    if eased(new) > eased(old) || new.until > old.until {
        return Some((Way::Looser, "its gate blocks less, or looks on for longer".to_owned()));
    }
    match (old == new, (eased(new), is) < (eased(old), was) || is > was) {
        (true, _) => None,
        (_, true) => Some((Way::Tighter, "blocks more".to_owned())),
        _ => Some((Way::Different, "says something else".to_owned())),
    }
}

/// What became of the waivers: each that comes or changes lets something stand that did not.
pub fn waivers<'w>(old: impl Iterator<Item = &'w Waiver>, new: impl Iterator<Item = &'w Waiver>) -> Vec<Proposed> {
    let by_id = |all: &mut dyn Iterator<Item = &'w Waiver>| all.map(|waiver| (waiver.id.clone(), waiver)).collect::<BTreeMap<_, _>>();
    let (mut old, mut new) = (old, new);
    let (old, new) = (by_id(&mut old), by_id(&mut new));
    let mut found = Vec::new();
    each(&old, &new, |id, old, new| {
        let (way, text) = match (old, new) {
            (None, Some(new)) => (Way::Looser, format!("for {} until {}: added", new.rule, new.expires.date())),
            (Some(old), None) => (Way::Tighter, format!("for {}: removed", old.rule)),
            (Some(old), Some(new)) if !same(old, new) => {
                let shorter = Waiver { expires: old.expires, ..(*new).clone() };
                let way = if new.expires < old.expires && same(old, &shorter) { Way::Tighter } else { Way::Looser };
                (way, format!("for {} until {}: changed", new.rule, new.expires.date()))
            }
            _ => return,
        };
        found.push(Proposed::new(format!("waiver {id}"), way, text));
    });
    found
}

/// Whether two waivers say the same, wherever they stand and whatever confirms them.
fn same(old: &Waiver, new: &Waiver) -> bool {
    let text = |waiver: &Waiver| waiver.bound.as_ref().map(|bound| bound.text.clone());
    let bare = |waiver: &Waiver| Waiver {
        bound: None,
        place: crate::rule::Place::default(),
        confirmed: None,
        longer: None,
        expiring: 0,
        ..waiver.clone()
    };
    text(old) == text(new) && bare(old) == bare(new)
}

/// What became of accepted steps: each that comes, or accepts more or for longer, lets a regression stand.
pub fn acknowledgements(old: &[Acknowledgement], new: &[Acknowledgement]) -> Vec<Proposed> {
    let by_name = |all: &[Acknowledgement]| {
        let name = |one: &Acknowledgement| {
            let metric = one.metric.as_ref().map_or_else(String::new, |metric| format!(" {metric}"));
            format!("acknowledgement of {} for {}{metric}", one.commit, one.benchmark)
        };
        all.iter().map(|one| (name(one), Acknowledgement { place: Place::default(), ..one.clone() })).collect::<BTreeMap<_, _>>()
    };
    let mut found = Vec::new();
    each(&by_name(old), &by_name(new), |name, old, new| {
        let (way, text) = match (old, new) {
            (None, Some(new)) => (Way::Looser, format!("until {}: added", new.expires.date())),
            (Some(_), None) => (Way::Tighter, "removed".to_owned()),
            (Some(old), Some(new)) if old != new => {
                let shorter = Acknowledgement { expires: old.expires, ..new.clone() };
                let way = if new.expires < old.expires && *old == shorter { Way::Tighter } else { Way::Looser };
                (way, format!("until {}: changed", new.expires.date()))
            }
            _ => return,
        };
        found.push(Proposed::new(name, way, text));
    });
    found
}

/// What became of people's statements: each that comes may answer a rule that nobody had answered. So may the newest one when it
/// goes and an older one counts again: a statement is taken back by a newer one.
pub fn statements(old: &[Statement], new: &[Statement]) -> Vec<Proposed> {
    let said = |all: &[Statement]| all.iter().map(|s| Statement { line: 0, ..s.clone() }).collect::<BTreeSet<_>>();
    let (old, new) = (said(old), said(new));
    let proposed = |s: &Statement, way, what: &str| {
        let text = format!("until {}: {what}", s.until.date());
        Proposed::new(format!("attestation {} by {} on {}", s.rule, s.who(), s.on), way, text)
    };
    let mut found: Vec<Proposed> = new.difference(&old).map(|s| proposed(s, Way::Looser, "added")).collect();
    found.extend(old.difference(&new).map(|gone| {
        let newest = new.iter().filter(|s| s.rule == gone.rule).map(|s| s.on).max();
        match newest.is_some_and(|newest| newest <= gone.on) {
            true => proposed(gone, Way::Looser, "removed, and an older one counts again"),
            false => proposed(gone, Way::Tighter, "removed"),
        }
    }));
    found
}

/// What became of the recorded baseline: what it gains is let through where only what is new counts.
pub fn baseline(old: Option<&Baseline>, new: Option<&Baseline>) -> Option<Proposed> {
    let Some(new) = new else {
        return old.map(|_| Proposed::new("baseline", Way::Tighter, "removed"));
    };
    let known = |fingerprint: &str| old.and_then(|old| old.find(fingerprint));
    let gained = new.findings.iter().filter(|finding| known(&finding.fingerprint).is_none_or(|was| finding.is_worse_than(was))).count();
    let before = old.map_or(0, |old| old.findings.len());
    if gained > 0 {
        return Some(Proposed::new("baseline", Way::Looser, format!("{gained} more or worse findings would count as known")));
    }
    (new.findings.len() < before)
        .then(|| Proposed::new("baseline", Way::Tighter, format!("{} findings fewer", before - new.findings.len())))
}

/// A finding for everything that asks for less, or cannot be read. None passes: that nothing is loosened is no evidence of anything.
pub fn findings(proposal: &Proposal) -> Vec<Finding> {
    let about = |way| proposal.changes.iter().filter(move |change| change.way == way);
    let mut found: Vec<Finding> = about(Tendency::Looser).map(|change| finding(proposal, Outcome::Fail, change)).collect();
    found.extend(about(Tendency::Unreadable).map(|change| finding(proposal, Outcome::NoEvidence, change)));
    found
}

fn finding(proposal: &Proposal, outcome: Outcome, change: &Proposed) -> Finding {
    let message = match outcome {
        Outcome::Fail => format!("the change asks for less than {}: {}, {}", proposal.from, change.what, change.text),
        _ => format!("what the change would ask for cannot be told: {}, {}", change.what, change.text),
    };
    Finding {
        rule: RULE.to_owned(),
        question: "Does the change ask for no less than the rules it is judged by?".to_owned(),
        severity: Severity::P1,
        weight: 1,
        owner: None,
        controls: Vec::new(),
        outcome,
        gap: (outcome == Outcome::NoEvidence).then_some(Gap::Invalid),
        message,
        observed: if outcome == Outcome::Fail { change.text.clone() } else { "–".to_owned() },
        required: "no less".to_owned(),
        margin: String::new(),
        shortfall: None,
        blamed: Vec::new(),
        since: None,
        would_show: None,
        cause: None,
        attested: None,
        why: "A change that loosens what it is judged by would let itself, or the next one, through.".to_owned(),
        fix: "Take it out of this change. Where it is meant, somebody who may pass a closed gate decides, with eyes open.".to_owned(),
        expression: "nothing asks for less".to_owned(),
        rule_at: "built in".to_owned(),
        sources: Vec::new(),
        waiver: None,
        fingerprint: fingerprint(&[RULE, &change.what]),
        subject: Some(change.what.clone()),
    }
}
