//! `readiness history prune`: what a history can do without.

use super::{own, unwritten};
use crate::command::plain;
use crate::error::Error;
use crate::history::{self, Prune, Pruned, Stay};
use crate::io::clock;
use crate::io::fs::{self, Glob};
use crate::metric::grouped;
use crate::render::parts::prose::plural;
use crate::verdict::Exit;
use std::io::ErrorKind;
use std::path::PathBuf;

/// What is asked of `prune`.
#[derive(Clone, Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("stay").required(true).args(["keep", "before"])))]
pub struct Options {
    /// The history
    #[arg(value_name = "HISTORY")]
    pub history: PathBuf,
    /// Keep so many of the newest runs of each series; 0 takes the series out
    #[arg(long, value_name = "N")]
    pub keep: Option<usize>,
    /// Take out what was measured before this day
    #[arg(long, value_name = "DATE")]
    pub before: Option<String>,
    /// Only of series with such a name, as `history list` shows it: 'digest p95*'
    #[arg(long, value_name = "PATTERN")]
    pub series: Option<String>,
    /// Only say what would go
    #[arg(long)]
    pub dry_run: bool,
}

/// Prunes.
///
/// # Errors
/// When the history is not there, is damaged, or cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    own(&options.history)?;
    let shown = fs::slashed(&options.history);
    let what = Prune { stay: stay(options)?, series: options.series.as_deref().map(glob).transpose()? };
    let pruned = history::prune(&options.history, &what, options.dry_run).map_err(|e| match e.kind() {
        ErrorKind::NotFound => Error::Usage(format!("{shown} is not there")),
        ErrorKind::InvalidData => Error::Usage(format!("{shown}: {e}")),
        _ => unwritten(&options.history, e),
    })?;
    plain::say(&told(&shown, &pruned, options.dry_run))?;
    Ok(Exit::Open)
}

fn stay(options: &Options) -> Result<Stay, Error> {
    match (options.keep, &options.before) {
        (Some(0), _) if options.series.is_none() => {
            Err(Error::Usage("`--keep 0` would take out everything: name the series that are gone with `--series`".to_owned()))
        }
        (Some(n), _) => Ok(Stay::Newest(n)),
        (None, Some(text)) => {
            clock::parse(text).map(Stay::Since).ok_or_else(|| Error::Usage(format!("`--before {text}`: write a date such as 2026-02-18")))
        }
        (None, None) => Err(Error::Usage("say what is to go with `--keep N` or `--before DATE`".to_owned())),
    }
}

fn glob(text: &str) -> Result<Glob, Error> {
    Glob::of_names(text).map_err(|why| Error::Usage(format!("`--series {text}`: {why}")))
}

fn told(history: &str, pruned: &Pruned, dry_run: bool) -> String {
    let gone: usize = pruned.gone.values().sum();
    let verb = if dry_run { "would go" } else { "went" };
    let mut text = match gone {
        0 => format!("{history}: nothing {verb}; it has {}\n", plural(pruned.left, "value")),
        n => format!(
            "{history}: {} of {} series {verb}, and with them {} altogether; {} {}\n",
            plural(n, "value"),
            pruned.gone.len(),
            plural(pruned.runs, "run"),
            plural(pruned.left, "value"),
            if dry_run { "would stay" } else { "stay" }
        ),
    };
    for (series, n) in &pruned.gone {
        text.push_str(&format!("  {series}: {}\n", grouped(*n as u64)));
    }
    if pruned.rubbish > 0 {
        text.push_str(&format!("  marks of merges and lines that were cut off: {}\n", grouped(pruned.rubbish as u64)));
    }
    text
}
