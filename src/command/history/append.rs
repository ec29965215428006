//! `readiness history append`: the results of one run.

use super::{Place, Reading, here, named, own, short, tell, unwritten};
use crate::command::plain;
use crate::error::Error;
use crate::history::{self, Appended, Said};
use crate::history_line::HistoryLine;
use crate::io::{clock, fs};
use crate::render::parts::prose::plural;
use crate::verdict::Exit;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A run may be dated this much after now, in milliseconds, as anywhere else.
const SKEW: i64 = 300_000;

/// What is asked of `append`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The history, made where there is none
    #[arg(value_name = "HISTORY")]
    pub history: PathBuf,
    /// Results of benchmark tools, also as patterns in quotes
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The run's name, the same for all results of it [default: what the results say, else the digest of the files]
    #[arg(long, value_name = "NAME")]
    pub run: Option<String>,
    /// The commit that was measured [default: what the results or their stamps say, else git HEAD]
    #[arg(long, value_name = "ID")]
    pub commit: Option<String>,
    /// When it was measured [default: what the results or their stamps say, else --now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// What was released of that commit, such as v4.1.1: a mark in the charts
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// Where it was measured.
    #[command(flatten)]
    pub place: Place,
    /// How files are read.
    #[command(flatten)]
    pub reading: Reading,
}

impl Options {
    /// What is said of the run.
    fn said(&self) -> Result<Said, Error> {
        let wrong = |text: &String| Error::Usage(format!("`--at {text}`: write a time such as 2026-02-18T00:00:00Z"));
        let at = self.at.as_ref().map(|text| clock::parse(text).ok_or_else(|| wrong(text))).transpose()?;
        let [run, commit, release] = [named(self.run.as_ref())?, named(self.commit.as_ref())?, named(self.release.as_ref())?];
        Ok(Said { run, at, commit, release, ..self.place.said()? })
    }
}

/// Appends. Exits 3 when the results cannot be relied on.
///
/// # Errors
/// When a file is not there, the results are not of one run, or the history cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    own(&options.history)?;
    let (said, now) = (options.said()?, options.reading.now()?);
    if let Some(at) = said.at.filter(|at| at.0 > now.0 + SKEW) {
        return Err(Error::Usage(format!("`--at {at}` is after {now}: no reader would count the run")));
    }
    let evidence = options.reading.read(&options.files)?;
    if !tell(&evidence) {
        plain::say("nothing was appended: the results cannot be relied on\n")?;
        return Ok(Exit::Unproven);
    }
    let help = "if they are one run, name it with `--run NAME`; a history is taken in with `readiness history import`";
    let lines = history::one(&evidence, &said, &here(now, &said)).map_err(|why| Error::Usage(format!("{why}: {help}")))?;
    let appended = history::append(&options.history, &lines).map_err(|e| unwritten(&options.history, e))?;
    plain::say(&told(&fs::slashed(&options.history), &lines, &appended))?;
    Ok(Exit::Open)
}

/// What was done, and what is to be known of it.
pub fn told(history: &str, lines: &[HistoryLine], appended: &Appended) -> String {
    let mut text = Vec::new();
    let Some(first) = lines.first() else { return format!("{history}: there was nothing to append\n") };
    let run = &first.run;
    if appended.torn > 0 {
        text.push(format!("{history}: its last line was cut off after {} and a new line begun behind it", plural(appended.torn, "byte")));
    }
    let commit = first.commit.as_ref().map_or_else(|| "no commit".to_owned(), |commit| format!("commit {}", short(commit)));
    let more = [("branch", &first.branch), ("release", &first.release)];
    let more: String = more.iter().filter_map(|(word, name)| Some(format!(", {word} {}", name.as_ref()?))).collect();
    text.push(match appended.written {
        0 => format!("{history}: {run} stands in it already; nothing was appended"),
        n => format!("{history}: {} appended as {run} of {}, {commit}{more}", plural(n, "value"), first.at),
    });
    let machines: BTreeSet<&str> = lines.iter().map(|line| line.machine.as_deref().unwrap_or("not named")).collect();
    text.push(format!("  machine: {}", machines.into_iter().collect::<Vec<_>>().join("; ")));
    if appended.begun {
        text.push("  it is the first run of this history".to_owned());
    }
    if appended.known > 0 && appended.written > 0 {
        text.push(format!("  {} of the run stood in it already", plural(appended.known, "value")));
    }
    if let Some((later, at)) = &appended.later {
        text.push(format!(
            "  {later} of {at} is dated later: runs count in the order of their dates, so this one is not the newest. Was a clock set back?"
        ));
    }
    if let Some(other) = &appended.same_as {
        text.push(format!("  the raw measurements are those of {other}, every one: were its results left lying?"));
    }
    text.join("\n") + "\n"
}
