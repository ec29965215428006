//! `summary.md`: what a job summary shows. GitHub takes at most 1 MiB of it and shows nothing at all beyond that.

mod audit;
mod golden;
mod ladder;

use super::parts::escape::{cell, prose, span, span_cell, value_cell};
use super::parts::{changed, culprit, proposal, prose as say, waivers};
use super::{Output, Style};
use crate::error::Error;
use crate::finding::{Finding, Outcome};
use crate::metric::Value;
use crate::proposal::Proposed;
use crate::record::Record;
use crate::relax::Relaxed;
use crate::report::Report;
use crate::waiver::{Listed, State};

/// The report for a job summary, in GitHub's Markdown.
pub const OUTPUT: Output = Output {
    name: "markdown",
    file: Some("summary.md"),
    about: "Markdown for a job summary: the verdict, what blocks, why, and what to do about it",
    render,
};

/// The most bytes it may have.
const LIMIT: usize = 900 * 1024;
/// Kept for what follows the tables; each of its texts is cut by the escaper.
const FOOT: usize = 32 * 1024;

fn render(report: &Report, _: Style) -> Result<String, Error> {
    let mut sheet = Sheet { text: head(report), left: LIMIT - FOOT };
    sheet.left = sheet.left.saturating_sub(sheet.text.len());
    let own = report.findings.iter().filter(|f| !report.is_told_by_its_root(f));
    let (blocking, mut rest): (Vec<&Finding>, Vec<&Finding>) = own.partition(|f| f.blocks(report.gate.block_at));
    // What passes comes last, because the end is what is dropped when there is too much.
    rest.sort_by_key(|f| f.outcome == Outcome::Pass);
    let mut dropped = 0;
    if !blocking.is_empty() {
        sheet.text.push_str("| | Rule | Observed | Required | Why and what to do |\n|---|---|---|---|---|\n");
        dropped += sheet.rows(blocking.iter().enumerate().map(|(i, f)| {
            let known = i > 0 && blocking[i - 1].rule == f.rule;
            format!("{} {} |\n", row(f), advice(report, f, known))
        }));
        sheet.text.push('\n');
    }
    if !(report.waivers.is_empty() && report.relaxed.is_empty()) {
        sheet.text.push_str("| Waiver | | What it is worth | Reason |\n|---|---|---|---|\n");
        dropped += sheet.rows(report.waivers.iter().map(waiver).chain(report.relaxed.iter().map(relaxed)));
        sheet.text.push('\n');
    }
    if let Some(proposal) = &report.proposal {
        sheet.text.push_str(&format!("{}\n\n", prose(&proposal::headline(proposal))));
        let line = |change: &Proposed| format!("* {} {}: {}\n", change.way.word(), span_cell(&change.what), cell(&change.text));
        dropped += sheet.rows(proposal.changes.iter().map(line));
        sheet.text.push('\n');
    }
    dropped += sheet.changes(report);
    dropped += sheet.golden(report);
    dropped += sheet.audit(report);
    if !rest.is_empty() {
        sheet.text.push_str(&format!("<details><summary>{}</summary>\n\n", folded(&rest)));
        sheet.text.push_str("| | Rule | Observed | Required |\n|---|---|---|---|\n");
        dropped += sheet.rows(rest.iter().map(|f| format!("{}\n", row(f))));
        sheet.text.push_str("\n</details>\n\n");
    }
    if dropped > 0 {
        let what = if report.waivers.is_empty() && report.relaxed.is_empty() { "finding" } else { "row" };
        sheet.text.push_str(&format!("{} left out to stay under 900 KiB; `report.json` has all.\n\n", say::plural(dropped, what)));
    }
    sheet.text.push_str(&foot(report));
    Ok(sheet.text)
}

/// A text with a budget.
struct Sheet {
    text: String,
    left: usize,
}

impl Sheet {
    /// Adds rows as long as there is room; gives the number of those left out.
    fn rows(&mut self, rows: impl Iterator<Item = String>) -> usize {
        let mut dropped = 0;
        for row in rows {
            if dropped > 0 || row.len() > self.left {
                dropped += 1;
                self.left = 0;
            } else {
                self.left -= row.len();
                self.text.push_str(&row);
            }
        }
        dropped
    }

    /// Files with new lines that did not run, folded; gives the number of those left out.
    fn changes(&mut self, report: &Report) -> usize {
        let files = changed::uncovered(report);
        if files.is_empty() {
            return 0;
        }
        let title = say::plural(files.len(), "changed file");
        self.text.push_str(&format!("<details><summary>{title} with new lines that did not run</summary>\n\n"));
        self.text.push_str("| File | New lines that ran | Did not run |\n|---|---|---|\n");
        let dropped = self.rows(files.into_iter().map(change));
        self.text.push_str("\n</details>\n\n");
        dropped
    }

    /// What the audit trail shows, folded; gives the number of rows left out.
    fn audit(&mut self, report: &Report) -> usize {
        let Some(folded) = audit::folded(report) else { return 0 };
        self.text.push_str(&format!("<details><summary>{}</summary>\n", folded.title));
        let mut dropped = folded.left_out;
        for rungs in ladder::ladders(report) {
            self.text.push_str(&format!("\n{}\n\n{}", rungs.told, rungs.head));
            dropped += self.rows(rungs.rows.into_iter());
        }
        for (head, rows) in folded.tables {
            self.text.push_str(&format!("\n{head}"));
            dropped += self.rows(rows.into_iter());
        }
        self.text.push_str("\n</details>\n\n");
        dropped
    }

    /// What the golden set shows, folded; gives the number of rows left out.
    fn golden(&mut self, report: &Report) -> usize {
        let Some(folded) = golden::folded(report) else { return 0 };
        self.text.push_str(&format!("<details><summary>{}</summary>\n\n", folded.title));
        self.text.push_str("| Rate | Category | Observed | Shows | Limit |\n|---|---|---|---|---|\n");
        let mut dropped = self.rows(folded.rates.into_iter()) + folded.left_out;
        if !folded.cases.is_empty() {
            self.text.push_str("\n| Case | Category | Outcome | Why |\n|---|---|---|---|\n");
            dropped += self.rows(folded.cases.into_iter());
        }
        self.text.push_str("\n</details>\n\n");
        dropped
    }
}

fn change(row: &Record) -> String {
    let ran = row.ratio("line").map(|ratio| Value::Ratio(ratio).to_string()).unwrap_or_default();
    let lines = row.text("lines").unwrap_or_default();
    let shown: Vec<String> = row.text("excerpt").into_iter().flat_map(str::lines).map(span_cell).collect();
    let shown = if shown.is_empty() { String::new() } else { format!("<br>{}", shown.join("<br>")) };
    format!("| {} | {} | {}{shown} |\n", span_cell(row.subject()), value_cell(&ran), value_cell(lines))
}

fn head(report: &Report) -> String {
    let [headline, blocking, passing, score] =
        [say::headline(report), say::blocking(report), say::passing(report), say::score(report)].map(|text| prose(&text));
    let notice = say::notice(report).map_or_else(String::new, |notice| format!("> {}\n\n", prose(&notice)));
    format!("{notice}# {headline}\n\n**{blocking}** {passing} {score}\n\n")
}

/// The first four cells, closed.
fn row(finding: &Finding) -> String {
    let icon = match finding.outcome {
        Outcome::Fail => "❌",
        Outcome::Unproven => "⚠️",
        Outcome::NoEvidence => "⬜",
        Outcome::Pass => "✅",
        Outcome::NotApplicable => "➖",
    };
    let mark = if finding.is_waived() { "<br>🔶&nbsp;waived" } else { "" };
    let word = finding.outcome.label().replace(' ', "&nbsp;");
    let told = match finding.outcome {
        Outcome::NotApplicable => true,
        Outcome::Pass => finding.attested.is_some(),
        _ => false,
    };
    let observed = if told { &finding.message } else { &finding.observed };
    format!(
        "| {icon}&nbsp;{word}{mark} | <b>{}</b><br>{} {} | {} | {} |",
        cell(&finding.question),
        span_cell(&finding.id()),
        finding.severity,
        value_cell(observed),
        value_cell(&finding.required)
    )
}

/// The reason, and the rule's own texts unless the row above has them.
fn advice(report: &Report, finding: &Finding, known: bool) -> String {
    let mut parts = vec![cell(&say::reason(finding))];
    parts.extend(culprit::lines(report, finding).iter().map(|name| cell(name)));
    parts.extend(finding.would_show.iter().map(|shown| cell(&say::would_show(shown))));
    if !known {
        parts.push(cell(&finding.why));
        if !finding.fix.is_empty() {
            parts.push(format!("<b>Fix:</b> {}", cell(&finding.fix)));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("<br>")
}

fn waiver(listed: &Listed) -> String {
    let icon = if waivers::is_due(listed) { "⚠️" } else { "🔶" };
    let (id, at, rule) = (span_cell(&listed.waived.id), span_cell(&listed.at), span_cell(&listed.rule));
    let (note, reason, ticket) = (cell(&listed.note), cell(&listed.waived.reason), cell(&listed.waived.ticket));
    let state = listed.waived.state.label().replace(' ', "&nbsp;");
    let approved = cell(&waivers::approved(listed));
    format!("| {id}<br>{at} | {icon}&nbsp;{state} | {rule}: it {note}; {approved} | {reason} ({ticket}) |\n")
}

fn relaxed(over: &Relaxed) -> String {
    let icon = if over.state == State::Active { "🔶" } else { "⚠️" };
    let (what, at, eased) = (span_cell(&over.what), span_cell(&over.at), span_cell(&over.eased()));
    let (note, reason, approved) = (cell(&over.note), cell(&over.reason), cell(&over.approved_by));
    format!(
        "| {what}<br>{at} | {icon}&nbsp;{} | it {note}; approved by {approved}, as the file asserts<br>{eased} | {reason} |\n",
        waivers::relaxed_word(over)
    )
}

fn folded(rest: &[&Finding]) -> String {
    let counts: Vec<String> = Outcome::ALL
        .into_iter()
        .map(|outcome| (rest.iter().filter(|f| f.outcome == outcome).count(), outcome.label()))
        .filter(|(n, _)| *n > 0)
        .map(|(n, label)| format!("{n} {label}"))
        .collect();
    format!("{}, none of which blocks: {}", say::plural(rest.len(), "more finding"), counts.join(", "))
}

fn foot(report: &Report) -> String {
    let mut facts = vec![prose(&say::evidence(report))];
    let packs: Vec<String> = report.packs.iter().map(|pack| format!("{} ({})", pack.name, say::plural(pack.rules, "rule"))).collect();
    if !packs.is_empty() {
        facts.push(format!("Packs: {}.", prose(&packs.join(", "))));
    }
    facts.extend(report.project.commit.iter().map(|commit| format!("Commit {}.", span(commit))));
    facts.extend(report.profile.iter().map(|profile| format!("Profile {}.", span(profile))));
    let said: Vec<String> = report.system.answers().iter().map(|(key, answer)| format!("{} {}", span(key), prose(answer))).collect();
    if !said.is_empty() {
        facts.push(format!("Said of the system: {}.", said.join(", ")));
    }
    facts.push(format!("As of {}, by {}.", report.now, prose(&report.tool)));
    facts.push(say::gate(report));
    format!("> {}\n", facts.join(" "))
}

#[cfg(test)]
#[path = "tests/markdown.rs"]
mod tests;
