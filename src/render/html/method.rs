//! How the verdict was reached, what was used for it, and what the words mean.

use super::Section;
use crate::error::Error;
use crate::finding::Outcome;
use crate::render::parts::chip;
use crate::render::parts::markup::{Html, fill};
use crate::report::Report;
use askama::Template;

#[derive(Template)]
#[template(path = "parts/method.html")]
struct Method<'a> {
    report: &'a Report,
    words: Vec<(Html, &'static str)>,
    replay: String,
    /// What the system is said to be.
    system: Vec<(&'static str, String)>,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let outcomes = Outcome::ALL.into_iter().map(|outcome| (chip::outcome(outcome), meaning(outcome)));
    let waived = (!report.waivers.is_empty())
        .then(|| (chip::waived("Waived"), "somebody answers for letting it stand until a day; its outcome stays and earns nothing"));
    let words = outcomes.chain(waived).collect();
    let body = fill(&Method { report, words, replay: replay(report), system: report.system.answers() })?;
    Ok(Some(Section { id: "method", title: "Method and limits", note: String::new(), tone: "", body }))
}

const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "the requirement is shown not to hold",
        Outcome::Unproven => "there is evidence, and it cannot decide: too few cases, or noise",
        Outcome::NoEvidence => "there is none, or none that fits: missing, stale, damaged, or about something else",
        Outcome::Pass => "the requirement is shown to hold",
        Outcome::NotApplicable => "the rule says nothing here",
    }
}

/// The command that gives this report again. Its texts are quoted for a shell, because they are copied into one.
fn replay(report: &Report) -> String {
    let mut command = format!("readiness check --now {}", report.now);
    for (flag, value) in [("commit", &report.project.commit), ("profile", &report.profile)] {
        if let Some(value) = value {
            command.push_str(&format!(" --{flag} {}", quoted(value)));
        }
    }
    if let Some(proposal) = &report.proposal {
        command.push_str(&format!(" --rules-from {}", quoted(&proposal.commit)));
    }
    command.push_str(" --out readiness-out");
    command
}

fn quoted(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
