//! The words and numbers of the dialects.

use crate::ingest::tests::flaws::Flaws;
use crate::ingest::tests::totals::stated;
use crate::ingest::tests::{Outcome, Tally};
use crate::io::xml::Tag;

/// What an element within a case means, and whether it tells of an attempt before or after the one that counts (Surefire).
pub(super) fn happening(name: &[u8]) -> Option<(Outcome, bool)> {
    match name {
        b"error" => Some((Outcome::Error, false)),
        b"failure" => Some((Outcome::Failed, false)),
        b"skipped" | b"disabled" | b"ignored" => Some((Outcome::Skipped, false)),
        b"rerunFailure" => Some((Outcome::Failed, true)),
        b"rerunError" => Some((Outcome::Error, true)),
        b"flakyFailure" | b"flakyError" => Some((Outcome::Passed, true)),
        _ => None,
    }
}

/// What the words of GoogleTest, CTest and others in `status` or `result` mean.
pub(super) fn state(word: &str) -> Outcome {
    match word.to_ascii_lowercase().replace(['-', '_', ' '], "").as_str() {
        "fail" | "failed" | "failure" | "timeout" | "timedout" | "crashed" | "aborted" | "undefined" | "ambiguous" => Outcome::Failed,
        "error" | "errored" | "broken" => Outcome::Error,
        "skip" | "skipped" | "notrun" | "disabled" | "ignored" | "pending" | "suppressed" | "todo" => Outcome::Skipped,
        _ => Outcome::Passed,
    }
}

/// What a suite states about itself, if it states how many tests it has. What is stated and is no number is noted.
pub(super) fn declared(tag: &Tag<'_>, flaws: &mut Flaws) -> Option<Tally> {
    let mut number = |name| stated(tag, name, flaws);
    let total = number("tests");
    let (failed, errors) = (number("failures").unwrap_or(0), number("errors").unwrap_or(0));
    let skipped = ["skipped", "skips", "skip", "disabled", "ignored"].map(number).into_iter().flatten().fold(0, u64::saturating_add);
    let total = total?;
    let skipped = skipped.min(total);
    let bad = failed.saturating_add(errors).saturating_add(skipped);
    Some(Tally { passed: total.saturating_sub(bad), failed, errors, skipped })
}

/// Seconds as tools write them: `1.5`, `1.4e-05`, `1,234.5`, `0,5`.
pub(super) fn milliseconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = if text.contains('.') { text.replace(',', "") } else { text.replace(',', ".") };
    plain.parse::<f64>().ok().filter(|seconds| (0.0..1e15).contains(seconds)).map(|seconds| seconds * 1000.0)
}
