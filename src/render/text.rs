//! The terminal: what blocks and what to do about it. Words carry the state, colour only adds.

use super::parts::escape::{columns, log, terminal};
use super::parts::{culprit, proposal, prose, waivers};
use super::{Output, Style};
use crate::error::Error;
use crate::finding::{Finding, Outcome};
use crate::report::Report;
use crate::source::{Grade, Problem};
use crate::waiver::State;

/// The report for a person at a terminal.
pub const OUTPUT: Output =
    Output { name: "text", file: None, about: "for the terminal: what blocks, why, and what to do about it", render };

/// The column in which everything but the outcome starts.
const INDENT: usize = 13;
/// How many problems of the evidence are listed unless everything is asked for.
const PROBLEMS: usize = 5;
/// Notes that are listed always: what an audit trail holds, and how far it can be relied on.
const NOTES: [&str; 6] = ["contents", "no-chain", "chain", "append-only", "ladder", "ids-truncated"];

fn render(report: &Report, style: Style) -> Result<String, Error> {
    let page = Page { report, style };
    let mut lines = page.head();
    let (mut blocking, rest): (Vec<&Finding>, Vec<&Finding>) = report.findings.iter().partition(|f| f.blocks(report.gate.block_at));
    if !style.all {
        blocking.retain(|f| !report.is_told_by_its_root(f));
    }
    let shown = if style.all { [blocking, rest].concat() } else { blocking };
    let table = Table::over(&shown, style.width);
    for (i, finding) in shown.iter().enumerate() {
        lines.extend(page.finding(finding, &table));
        // One advice for all subjects of a rule, after the last of them.
        let last = shown.get(i + 1).is_none_or(|next| next.rule != finding.rule || next.outcome != finding.outcome);
        if last && !matches!(finding.outcome, Outcome::Pass | Outcome::NotApplicable) {
            lines.extend(page.block("fix: ", &finding.fix));
        }
    }
    if !shown.is_empty() {
        lines.push(String::new());
    }
    lines.extend(page.waivers());
    lines.extend(page.proposal());
    lines.extend(page.problems());
    lines.extend(page.foot(report.findings.len() - shown.len()));
    let mut text = lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n");
    text.push('\n');
    // Workflows print this too, and a wrapped line may start with whatever evidence holds.
    Ok(log(&text))
}

struct Page<'a> {
    report: &'a Report,
    style: Style,
}

/// The widths of the columns.
struct Table {
    id: usize,
    observed: usize,
}

impl Table {
    fn over(findings: &[&Finding], width: usize) -> Table {
        let widest = |text: fn(&Finding) -> String, most: usize| {
            findings.iter().map(|f| columns(&terminal(&text(f)))).filter(|w| *w <= most).max().unwrap_or(0)
        };
        Table { id: widest(Finding::id, width * 2 / 5), observed: widest(|f| f.observed.clone(), width / 4) }
    }
}

impl Page<'_> {
    fn head(&self) -> Vec<String> {
        let report = self.report;
        let mut parts = vec![report.tool.clone(), prose::subject(report)];
        parts.extend(report.project.commit.as_ref().map(|commit| format!("commit {}", commit.get(..12).unwrap_or(commit))));
        parts.extend(report.profile.as_ref().map(|profile| format!("profile {profile}")));
        parts.push(format!("as of {}", report.now.minute()));
        let parts: Vec<String> = parts.iter().map(|part| terminal(part)).collect();
        let notice = prose::notice(report).map(|notice| terminal(&notice));
        notice.into_iter().chain([parts.join("   "), String::new()]).collect()
    }

    fn finding(&self, finding: &Finding, table: &Table) -> Vec<String> {
        let (id, observed, required) = (terminal(&finding.id()), terminal(&finding.observed), terminal(&finding.required));
        let word = self.outcome(finding.outcome, INDENT);
        let row = format!("{}  {}  {required}", pad(&id, table.id), pad(&observed, table.observed));
        let mut lines = if INDENT + columns(&row) <= self.style.width {
            vec![format!("{word}{row}")]
        } else {
            let mut lines = vec![format!("{word}{id}")];
            let values = [observed, required].into_iter().filter(|text| !text.is_empty() && text != "–").collect::<Vec<_>>();
            lines.extend(self.block("", &values.join("; ")));
            lines
        };
        if matches!(finding.outcome, Outcome::Pass) {
            // A person's word is worth what it says.
            lines.extend(finding.attested.iter().flat_map(|_| self.block("", &finding.message)));
            return lines;
        }
        lines.extend(self.block("", &prose::reason(finding)));
        lines.extend(culprit::lines(self.report, finding).iter().flat_map(|name| self.block("", name)));
        lines.extend(waivers::by(finding).iter().flat_map(|by| self.block("", by)));
        lines.extend(finding.would_show.iter().flat_map(|shown| self.block("", &prose::would_show(shown))));
        lines
    }

    /// Wrapped lines under a finding; nothing for an empty text.
    fn block(&self, prefix: &str, text: &str) -> Vec<String> {
        let text = terminal(text);
        if text.is_empty() {
            return Vec::new();
        }
        let room = self.style.width.saturating_sub(INDENT).max(20);
        wrap(&format!("{prefix}{text}"), room).into_iter().map(|line| format!("{:INDENT$}{line}", "")).collect()
    }

    /// Wrapped lines with a word before the first.
    fn labelled(&self, word: &str, text: &str) -> Vec<String> {
        let mut block = self.block("", text);
        if let Some(first) = block.first_mut() {
            first.replace_range(..INDENT, &pad(word, INDENT));
        }
        block
    }

    /// What stands by a waiver, and the waivers somebody must look after.
    fn waivers(&self) -> Vec<String> {
        let word = |state: State| if state == State::Active { "WAIVED".to_owned() } else { state.label().to_uppercase() };
        let shown = self.report.waivers.iter().filter(|listed| self.style.all || listed.waived.state != State::OutOfScope);
        let mut lines: Vec<String> = shown.flat_map(|listed| self.labelled(&word(listed.waived.state), &waivers::told(listed))).collect();
        let relaxed = self.report.relaxed.iter();
        lines.extend(relaxed.flat_map(|over| self.labelled(&waivers::relaxed_word(over).to_uppercase(), &waivers::relaxed(over))));
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines
    }

    /// What the change would say otherwise than the rules it is judged by.
    fn proposal(&self) -> Vec<String> {
        let Some(proposal) = &self.report.proposal else { return Vec::new() };
        let mut lines = wrap(&terminal(&proposal::headline(proposal)), self.style.width);
        let told = proposal.changes.iter().flat_map(|c| self.labelled(c.way.word(), &format!("{}: {}", c.what, c.text)));
        lines.extend(told);
        lines.push(String::new());
        lines
    }

    /// What is wrong with the evidence, errors first.
    fn problems(&self) -> Vec<String> {
        let mut all: Vec<(&str, &Problem)> =
            self.report.evidence.iter().flat_map(|e| e.problems.iter().map(|p| (e.name.as_str(), p))).collect();
        // A code in capitals is of an audit trail: each stands once, for all rows that it is about.
        let coded = |p: &Problem| p.code.starts_with(|c: char| c.is_ascii_uppercase());
        all.retain(|(_, p)| self.style.all || p.severity != Grade::Note || coded(p) || NOTES.contains(&p.code.as_ref()));
        all.sort_by_key(|(_, p)| p.severity);
        let (mut lines, mut left_out, mut listed) = (Vec::new(), 0, 0);
        for (entry, problem) in all {
            let code = if coded(problem) { format!("{}: ", problem.code) } else { String::new() };
            if !self.style.all && code.is_empty() && problem.severity != Grade::Note {
                listed += 1;
                if listed > PROBLEMS {
                    left_out += 1;
                    continue;
                }
            }
            let place = if problem.path.is_empty() { String::new() } else { format!("{}{}: ", problem.path, problem.at) };
            let word = match problem.severity {
                Grade::Error => "error",
                Grade::Warning => "warning",
                Grade::Note => "note",
            };
            lines.extend(self.labelled(word, &format!("{entry}: {place}{code}{}", problem.message)));
        }
        if left_out > 0 {
            lines.push(format!("{:INDENT$}{} of the evidence: --all lists them", "...", prose::plural(left_out, "more problem")));
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines
    }

    fn foot(&self, hidden: usize) -> Vec<String> {
        let report = self.report;
        let count =
            |outcome: Outcome| (report.count(outcome) > 0).then(|| format!("{} {}", self.outcome(outcome, 0), report.count(outcome)));
        let mut counts: Vec<String> = Outcome::ALL.into_iter().filter_map(count).collect();
        if report.waived() > 0 {
            counts.push(format!("WAIVED {}", report.waived()));
        }
        if hidden > 0 {
            counts.push(format!("({hidden} not listed: --all)"));
        }
        let mut lines = Vec::new();
        if !counts.is_empty() {
            lines.push(counts.join("  "));
        }
        for sentence in [prose::blocking(report), prose::score(report), prose::evidence(report)] {
            lines.extend(wrap(&terminal(&sentence), self.style.width.max(40)));
        }
        lines.push(String::new());
        // What is built in has no rule file to explain.
        let first = report.blocking().find(|f| f.rule_at != "built in" && !report.is_told_by_its_root(f));
        let next = first.map(|f| format!("        readiness explain {}", terminal(&f.rule))).unwrap_or_default();
        lines.push(format!("{}{next}", prose::gate(report)));
        lines
    }

    /// The outcome in capitals, `width` columns wide, in its colour.
    fn outcome(&self, outcome: Outcome, width: usize) -> String {
        let word = if outcome == Outcome::NotApplicable { "N/A".to_owned() } else { outcome.label().to_uppercase() };
        let code = match outcome {
            Outcome::Fail => "1;31",
            Outcome::Unproven => "1;33",
            Outcome::NoEvidence => "1;35",
            Outcome::Pass => "32",
            Outcome::NotApplicable => "2",
        };
        let blanks = " ".repeat(width.saturating_sub(word.len()));
        if self.style.color { format!("\u{1b}[{code}m{word}\u{1b}[0m{blanks}") } else { format!("{word}{blanks}") }
    }
}

/// `text` filled with blanks to `width` columns.
fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Lines of at most `width` columns, broken between words; a longer word has a line to itself.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
#[path = "tests/text.rs"]
mod tests;
