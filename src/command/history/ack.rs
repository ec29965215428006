//! `readiness history ack`: writes down that a step of a benchmark is meant.

use super::Reading;
use crate::acknowledgement::{Acknowledgement, State};
use crate::command::plain;
use crate::command::setup::mistaken;
use crate::compare::{self, Terms};
use crate::discover::acknowledged::{NAME, parse};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::io::fs;
use crate::io::yaml::is_bare;
use crate::io::yaml::quoted;
use crate::render::parts::escape::terminal as clean;
use crate::verdict::Exit;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What is asked of `ack`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The history, or any file with benchmark results
    #[arg(value_name = "HISTORY")]
    pub history: PathBuf,
    /// The commit of the first run at the new level, at least seven digits
    #[arg(long, value_name = "ID")]
    pub commit: String,
    /// The benchmark, or the benchmark and its metric; `*` stands for any characters, `?` for one
    #[arg(long, value_name = "PATTERN")]
    pub benchmark: String,
    /// Only this metric
    #[arg(long, value_name = "PATTERN")]
    pub metric: Option<String>,
    /// Why the step is accepted
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub reason: String,
    /// Who answers for it, such as @alice
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// The last day it counts [default: 90 days from now]
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
    /// The largest step that is accepted [default: a little more than what was measured]
    #[arg(long, value_name = "SHARE")]
    pub up_to: Option<String>,
    /// Where it is written
    #[arg(long, value_name = "FILE", default_value = NAME)]
    pub file: PathBuf,
    /// How files are read.
    #[command(flatten)]
    pub reading: Reading,
}

/// The first lines of a new file.
const HEAD: &str = "# yaml-language-server: $schema=acknowledged.schema.json
# Steps of benchmarks that are meant, each with a reason and an end. Add to them with `readiness history ack`.
";
/// How long an acknowledgement lasts, in milliseconds.
const LASTING: i64 = 90 * 86_400_000;
/// What an entry alone in a history is called.
const ENTRY: &str = "results";

/// Adds an entry to the file, if it is about a step.
///
/// # Errors
/// When it is about no step, or the file cannot be read or written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let now = options.reading.now()?;
    let shown = fs::slashed(&options.file);
    let old = if fs::exists(&options.file) {
        fs::read_text(&options.file).map_err(|e| Error::Usage(format!("{shown}: {e}")))?
    } else {
        HEAD.to_owned()
    };
    let mut errors = Vec::new();
    let before = parse(&shown, &old, &[ENTRY.to_owned()], &mut errors);
    if !errors.is_empty() {
        return Err(mistaken(errors));
    }
    // Of any size at first: its size is what is measured.
    let (one, _) = added(options, now, &old, options.up_to.as_deref(), &before)?;
    let mut evidence = options.reading.read(std::slice::from_ref(&options.history))?;
    compare::trends(
        std::slice::from_mut(&mut evidence),
        &Terms { settings: BTreeMap::new(), acknowledged: std::slice::from_ref(&one), now },
    );
    let listed = evidence.acknowledged.first().filter(|listed| matches!(listed.state, State::Active | State::Unused | State::NotYet));
    let Some(listed) = listed else {
        let note =
            evidence.acknowledged.first().map_or_else(|| "accepts nothing: there are no series".to_owned(), |listed| listed.note.clone());
        return Err(Error::Usage(format!("an acknowledgement of {} for {} {note}", options.commit, options.benchmark)));
    };
    let most = options.up_to.clone().or_else(|| largest(&evidence).map(|size| format!("{}%", (size * 100.0).ceil() + 1.0)));
    let (_, more) = added(options, now, &old, most.as_deref(), &before)?;
    let text = if fs::exists(&options.file) { more } else { format!("{old}{more}") };
    fs::append(&options.file, text.as_bytes()).map_err(|source| Error::Output { path: options.file.clone(), source })?;
    let size = most.map_or_else(String::new, |most| format!(", up to {most}"));
    plain::say(&format!("{}\n", clean(&format!("{shown}: accepts the step at {} of {}{size}", options.commit, listed.series.join(", ")))))?;
    Ok(Exit::Open)
}

/// The largest of the steps that are accepted.
fn largest(evidence: &Evidence) -> Option<f64> {
    let steps = evidence.series.iter().filter_map(|series| series.trend.as_ref()).flat_map(|trend| &trend.changes);
    let sizes = steps.filter(|step| step.acknowledged.is_some()).map(|step| (step.after - step.before).abs() / step.before.abs());
    sizes.filter(|size| size.is_finite() && *size < 100.0).reduce(f64::max)
}

/// The entry, read back from where it will stand, and its text.
fn added(
    options: &Options,
    now: Instant,
    old: &str,
    most: Option<&str>,
    before: &[Acknowledgement],
) -> Result<(Acknowledgement, String), Error> {
    let shown = fs::slashed(&options.file);
    let more = entry(options, now, most, old);
    let mut errors = Vec::new();
    let mut after = parse(&shown, &format!("{old}{more}"), &[ENTRY.to_owned()], &mut errors);
    if let Some(first) = errors.first() {
        let help = first.help.as_ref().map_or_else(String::new, |help| format!(" - {help}"));
        return Err(Error::Usage(format!("nothing was added to {shown}: {}{help}", first.message)));
    }
    match after.pop().filter(|_| after == before) {
        Some(new) => Ok((new, more)),
        None => {
            let help = "write it as a list whose items begin with `- commit:`";
            Err(Error::Usage(format!("nothing can be added at the end of {shown}: {help}")))
        }
    }
}

/// The text of the entry as an item of the list in `old`, indented as its last item is and with its line ends.
fn entry(options: &Options, now: Instant, most: Option<&str>, old: &str) -> String {
    let indent = old.lines().filter_map(|line| line.split_once("- ").map(|(before, _)| before)).rfind(|before| before.trim().is_empty());
    let indent = if is_bare(old) { "" } else { indent.unwrap_or_default() };
    let expires = options.expires.clone().unwrap_or_else(|| Instant(now.0.saturating_add(LASTING)).date());
    let mut keys = vec![("commit", quoted(&options.commit)), ("benchmark", quoted(&options.benchmark))];
    keys.extend(options.metric.as_ref().map(|metric| ("metric", quoted(metric))));
    keys.push(("reason", quoted(&options.reason)));
    keys.extend(options.owner.as_ref().map(|owner| ("owner", quoted(owner))));
    keys.extend([("granted", now.date()), ("expires", quoted(&expires))]);
    keys.extend(most.map(|most| ("up_to", quoted(most))));
    let lines = keys.iter().enumerate().map(|(n, (key, value))| format!("{indent}{} {key}: {value}\n", if n == 0 { "-" } else { " " }));
    let text = format!("{}{}", if old.is_empty() || old.ends_with('\n') { "" } else { "\n" }, lines.collect::<String>());
    if old.contains("\r\n") { text.replace('\n', "\r\n") } else { text }
}
