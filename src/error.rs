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
    pub excerpt: Option<Excerpt>,
}

/// The part of a line that a mistake stands in, short enough to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text, without line breaks.
    pub text: String,
    /// How many of its characters stand before the mistake.
    pub caret: usize,
}

/// How many characters of a line are shown before a mistake, and about how many from its beginning on.
const BEFORE: usize = 60;
const AFTER: usize = 80;
/// The longest message, in characters: it may quote a file, and a file may hold a name of many megabytes.
const LONGEST: usize = 500;

impl Excerpt {
    /// What stands around a column, counted from 1.
    pub fn around(line: &str, column: u64) -> Excerpt {
        let column = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
        let skipped = if column > BEFORE + AFTER { column - BEFORE } else { 0 };
        let mut chars = line.trim_end().chars().skip(skipped);
        let mut text = if skipped > 0 { "…".to_owned() } else { String::new() };
        let caret = column - skipped + text.chars().count();
        text.extend(chars.by_ref().take(BEFORE + 2 * AFTER).map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
        if chars.next().is_some() {
            text.push('…');
        }
        Excerpt { text, caret }
    }
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
        write!(f, "{}: {}", self.place, one_line(&self.message))?;
        if let Some(help) = &self.help {
            write!(f, " - {}", one_line(help))?;
        }
        if let Some(Excerpt { text, caret }) = &self.excerpt {
            let gutter = self.place.line.to_string();
            // Tabs keep their width, so that the caret stands under the character.
            let before = text.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).chain(std::iter::repeat(' '));
            let pad: String = before.take(*caret).collect();
            write!(f, "\n  {gutter} | {text}\n  {:width$} | {pad}^", "", width = gutter.len())?;
        }
        Ok(())
    }
}

/// A message in one line of bearable length, whatever it quotes.
fn one_line(text: &str) -> String {
    let mut chars = text.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c });
    let mut line: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        line.push('…');
    }
    line
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
