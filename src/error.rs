//! What stops the program before it can judge, and the diagnostics it prints then.

use crate::rule::Place;
use crate::verdict::Exit;
use std::fmt;
use std::path::PathBuf;

/// One mistake in a configuration, a rule or a map, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// "did you mean `coverage.line`?"
    pub help: Option<String>,
    /// The line itself, where it is at hand.
    pub excerpt: Option<String>,
}

impl Diagnostic {
    /// A mistake at `place`.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Diagnostic { place, message: message.into(), help: None, excerpt: None }
    }

    /// The same mistake with advice.
    pub fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        if let Some(help) = &self.help {
            write!(f, " - {help}")?;
        }
        if let Some(excerpt) = &self.excerpt {
            let column = usize::try_from(self.place.column).unwrap_or(1).max(1);
            let gutter = self.place.line.to_string();
            // Tabs keep their width, so that the caret stands under the character.
            let pad: String = excerpt.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            write!(f, "\n  {gutter} | {excerpt}\n  {:width$} | {pad}^", "", width = gutter.len())?;
        }
        Ok(())
    }
}

/// Why nothing was judged, or why a judgement could not be written down.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Mistakes in configuration, packs, rules, maps: all of them.
    #[error("{}", list(.0))]
    Configuration(Vec<Diagnostic>),
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// An output could not be written.
    #[error("cannot write {path}: {source}", path = .path.display())]
    Output {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Something that should not happen.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// The exit code this error ends the process with.
    pub const fn exit(&self) -> Exit {
        match self {
            Error::Configuration(_) | Error::Usage(_) => Exit::Usage,
            Error::Output { .. } | Error::Internal(_) => Exit::Internal,
        }
    }
}

fn list(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
