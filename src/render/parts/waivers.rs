//! What several outputs say of waivers in the same words. Nothing here is escaped: that is the output's business.

use super::prose::plural;
use crate::finding::Finding;
use crate::relax::Relaxed;
use crate::report::Report;
use crate::waiver::{Listed, State};

/// `waived until 2026-03-31 by W-1, owner @alice: the parser is being rewritten`, for a finding that stands by a waiver.
pub fn by(finding: &Finding) -> Option<String> {
    let waiver = finding.waiver.as_ref().filter(|_| finding.is_waived())?;
    Some(format!("waived until {} by {}, owner {}: {}", waiver.expires.date(), waiver.id, waiver.owner, waiver.reason))
}

/// `W-1 for house/covered expires in 2 days, owner @alice: the parser is being rewritten (waivers.yaml:3)`.
pub fn told(listed: &Listed) -> String {
    format!("{} for {} {}: {} ({})", listed.waived.id, listed.rule, listed.note, listed.waived.reason, listed.at)
}

/// `approved by @bob, as the file asserts`, or what confirms it.
pub fn approved(listed: &Listed) -> String {
    let by = &listed.waived.approved_by;
    match &listed.confirmed {
        Some(confirmed) => format!("approved by {by}, a code owner of it ({confirmed})"),
        None => format!("approved by {by}, as the file asserts"),
    }
}

/// `pr-gate/covered is relaxed until 2026-03-31, 12 days left, owner @alice: require: a -> b; the parser is being rewritten (…:3)`.
pub fn relaxed(over: &Relaxed) -> String {
    format!("{} {}: {}; {} ({})", over.what, over.note, over.eased(), over.reason, over.at)
}

/// `relaxed`, `expiring` or `lapsed`: what a permission to ask for less is worth.
pub const fn relaxed_word(over: &Relaxed) -> &'static str {
    match over.state {
        State::Expired => "lapsed",
        State::Expiring => "expiring",
        _ => "relaxed",
    }
}

/// Whether somebody has something to do about it. What has ended and goes on elsewhere is only kept for the record.
pub const fn is_due(listed: &Listed) -> bool {
    match listed.waived.state {
        State::Active | State::OutOfScope | State::NotYet => false,
        State::Expired => listed.renewed_by.is_none(),
        _ => true,
    }
}

/// `1 finding is waived`, if any is.
pub fn count(report: &Report) -> Option<String> {
    match report.waived() {
        0 => None,
        n => Some(format!("{} {} waived", plural(n, "finding"), if n == 1 { "is" } else { "are" })),
    }
}

#[cfg(test)]
#[path = "../tests/waivers.rs"]
mod tests;
