//! What every verb that judges is asked.

use super::change;
use super::keeping::Keeping;
use crate::error::Error;
use crate::instant::Instant;
use crate::io::clock;
use crate::render::Style;
use std::path::PathBuf;

/// What is asked of a verb that judges.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The configuration; found when not given.
    pub config: Option<PathBuf>,
    /// Evidence files for `require`, instead of a configuration.
    pub files: Vec<PathBuf>,
    /// Requirements without a rule file.
    pub require: Vec<String>,
    /// As of when.
    pub now: Option<String>,
    /// The commit under judgement.
    pub commit: Option<String>,
    /// A profile of the configuration.
    pub profile: Option<String>,
    /// The stored report of the base, which findings are held against.
    pub base_report: Option<PathBuf>,
    /// The commit whose configuration, packs, waivers and statements judge, instead of the working tree's.
    pub rules_from: Option<String>,
    /// The change that is asked about.
    pub change: change::Asked,
    /// Whether it is the pull request of a fork.
    pub fork: bool,
    /// What becomes of the results of benchmarks.
    pub keeping: Keeping,
    /// Where all files go.
    pub out: Option<PathBuf>,
    /// What is printed.
    pub format: String,
    /// `FORMAT=FILE`, further files.
    pub emit: Vec<String>,
    /// How it is printed.
    pub style: Style,
}

/// The moment of judgement.
///
/// # Errors
/// When the text is no moment.
pub fn moment(now: Option<&str>) -> Result<Instant, Error> {
    match now {
        Some(text) => clock::parse(text).ok_or_else(|| Error::Usage(format!("`--now {text}`: write a time such as 2026-02-18T00:00:00Z"))),
        None => Ok(clock::now()),
    }
}
