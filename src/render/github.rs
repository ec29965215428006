//! GitHub's workflow commands: annotations on the pull request, and the log.
//!
//! The runner takes commands from whatever a step prints, so the log, which quotes evidence, stands between
//! `::stop-commands::` and its token. Limits: actions/toolkit `docs/problem-matchers.md`, actions/runner
//! `ExecutionContext.cs`; what is beyond them vanishes without a word.

use super::parts::escape::{command_data, command_property, cut, log};
use super::parts::{changed, culprit, prose, waivers};
use super::{Output, Style, text};
use crate::error::Error;
use crate::finding::{Basis, Finding, Outcome};
use crate::io::{hash, json};
use crate::record::Record;
use crate::relax::Relaxed;
use crate::report::Report;
use crate::rule::Severity;
use crate::source::Location;
use crate::verdict::Gate;
use crate::waiver::{Listed, State};

/// Annotations for a workflow run, and the terminal's text for its log.
pub const OUTPUT: Output = Output {
    name: "github",
    file: None,
    about: "workflow commands: annotations on the pull request, and a log that evidence cannot write commands to",
    render,
};

/// Annotations of one level that a step may make.
const MOST: usize = 10;
/// Characters of a message; the runner cuts at 4,096.
const MESSAGE: usize = 2000;
/// Characters of a title.
const TITLE: usize = 200;

fn render(report: &Report, style: Style) -> Result<String, Error> {
    let page = (text::OUTPUT.render)(report, Style { color: false, ..style })?;
    let page = log(&page);
    let token = token(report, &page)?;
    Ok(format!("{}::stop-commands::{token}\n{page}::{token}::\n", annotations(report)))
}

/// A word that ends the quoted log. Who writes evidence cannot know it, because it is made of the report that holds
/// the evidence, and the same report gives the same word.
fn token(report: &Report, page: &str) -> Result<String, Error> {
    let text = json::line(report).map_err(|mistake| Error::Internal(mistake.message))?;
    let page = page.to_ascii_lowercase();
    let mut token = hash::sha256(text.as_bytes());
    while page.contains(&token) {
        token = hash::sha256(token.as_bytes());
    }
    Ok(token)
}

/// How GitHub shows a finding; nothing for one that is as it should be.
fn level(finding: &Finding, gate: &Gate) -> Option<&'static str> {
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable => None,
        _ if gate.is_shut_by(finding) => Some("error"),
        _ if finding.is_waived() || finding.severity == Severity::P3 => Some("notice"),
        _ => Some("warning"),
    }
}

/// At most ten of each level, what blocks first, and a notice of how many there are beyond.
fn annotations(report: &Report) -> String {
    let own = || report.findings.iter().filter(|f| !report.is_told_by_its_root(f));
    let of = |wanted: &str| -> Vec<&Finding> { own().filter(|f| level(f, &report.gate) == Some(wanted)).collect() };
    let (errors, warnings, notices) = (of("error"), of("warning"), of("notice"));
    let new_lines: Vec<String> = changed::uncovered(report).into_iter().flat_map(untested).collect();
    let due: Vec<String> = report
        .waivers
        .iter()
        .filter(|listed| waivers::is_due(listed))
        .map(waiver)
        .chain(report.relaxed.iter().filter(|over| over.state != State::Active).map(relaxed))
        .collect();
    let beyond = |n: usize| n.saturating_sub(MOST);
    let over = beyond(errors.len()) + beyond(warnings.len() + new_lines.len()) + beyond(notices.len() + due.len()) > 0;
    // The notice about the rest takes a place of its own.
    let room = if over { MOST - 1 } else { MOST };
    let mut lines: Vec<String> = Vec::new();
    let notice = prose::notice(report);
    let room = room - usize::from(notice.is_some());
    for (level, findings) in [("error", &errors), ("warning", &warnings)] {
        lines.extend(findings.iter().take(MOST).map(|finding| annotation(report, level, finding)));
    }
    let all = errors.len() + warnings.len() + new_lines.len() + notices.len() + due.len();
    lines.extend(new_lines.into_iter().take(MOST.saturating_sub(warnings.len())));
    let notices = notices.iter().map(|finding| annotation(report, "notice", finding));
    lines.extend(due.into_iter().chain(notices).take(room));
    let hidden = all.saturating_sub(lines.len());
    if errors.is_empty() && !report.gate.open {
        lines.push(format!("::error title=readiness::{}", command_data(&prose::blocking(report))));
    }
    if let Some(notice) = notice {
        lines.insert(0, format!("::notice title=readiness::{}", command_data(&notice)));
    }
    if over {
        lines.push(format!("::notice title=readiness::{hidden} more in the report"));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn annotation(report: &Report, level: &str, finding: &Finding) -> String {
    let mut properties: Vec<String> = finding.sources.iter().find(|basis| in_repository(basis)).map(place).into_iter().collect();
    let title = format!("{} {}", finding.outcome.label(), finding.id());
    properties.push(format!("title={}", command_property(cut(&title, TITLE).as_ref())));
    let mut message = vec![prose::reason(finding)];
    message.extend(culprit::lines(report, finding));
    message.extend(waivers::by(finding));
    message.extend(finding.would_show.as_ref().map(prose::would_show));
    if !finding.fix.is_empty() {
        message.push(format!("Fix: {}", finding.fix));
    }
    format!("::{level} {}::{}", properties.join(","), command_data(cut(&message.join("\n"), MESSAGE).as_ref()))
}

/// New lines of a file that did not run, an annotation for each range.
fn untested(row: &Record) -> Vec<String> {
    let basis = Basis { evidence: String::new(), path: row.subject().to_owned(), at: Location::whole() };
    if !in_repository(&basis) {
        return Vec::new();
    }
    let annotation = |(first, last): (u32, u32)| {
        let count = u64::from(last.saturating_sub(first)) + 1;
        let message = format!("{} did not run in any test", prose::plural(count as usize, "new line"));
        format!("::warning {},line={first},endLine={last},title=not tested::{}", place(&basis), command_data(&message))
    };
    changed::ranges(row).into_iter().map(annotation).collect()
}

/// A waiver that somebody must look after, at its place.
fn waiver(listed: &Listed) -> String {
    due(&format!("{} waiver {}", listed.waived.state, listed.waived.id), &listed.at, &waivers::told(listed))
}

/// A permission to ask for less that ends or has ended, at its place.
fn relaxed(over: &Relaxed) -> String {
    due(&format!("{} relax of {}", waivers::relaxed_word(over), over.what), &over.at, &waivers::relaxed(over))
}

fn due(title: &str, at: &str, message: &str) -> String {
    let title = format!("title={}", command_property(cut(title, TITLE).as_ref()));
    let (path, line) = at.rsplit_once(':').unwrap_or((at, ""));
    let basis = Basis { evidence: String::new(), path: path.to_owned(), at: Location { line: line.parse().ok(), ..Location::whole() } };
    let place = if in_repository(&basis) { format!("{},", place(&basis)) } else { String::new() };
    format!("::notice {place}{title}::{}", command_data(cut(message, MESSAGE).as_ref()))
}

/// Whether GitHub can find the file: it knows paths from the repository's root only.
fn in_repository(basis: &Basis) -> bool {
    let path = &basis.path;
    !path.is_empty() && !path.starts_with('/') && !path.contains("://") && path.split('/').all(|part| part != "..")
}

fn place(basis: &Basis) -> String {
    let file = format!("file={}", command_property(&basis.path));
    match basis.at.line {
        Some(line) => format!("{file},line={line}"),
        None => file,
    }
}

#[cfg(test)]
#[path = "tests/github.rs"]
mod tests;
