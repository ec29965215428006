//! From a [`Report`] to what people and machines read: one file per output.
//!
//! Every output is a pure function of the report, so that rendering a stored `report.json` gives the same pages again.
//! To add an output: write its file, then add its `mod` line and its line in [`OUTPUTS`].

pub mod backtest;
mod github;
mod html;
mod issues;
mod json;
mod markdown;
pub mod page;
pub mod parts;
pub mod portfolio;
pub mod reference;
#[cfg(test)]
mod sample;
mod text;

use crate::error::Error;
use crate::report::Report;

/// How text is shown to the person at the terminal; files are always written with the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colours may be used.
    pub color: bool,
    /// Characters per line.
    pub width: usize,
    /// Whether passing and not-applicable findings are listed too.
    pub all: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, width: 100, all: false }
    }
}

/// One output format.
pub struct Output {
    /// The name that `--format` and `--emit` know.
    pub name: &'static str,
    /// The name of its file in `--out DIR`; none when it is only printed.
    pub file: Option<&'static str>,
    /// One line for the help.
    pub about: &'static str,
    /// Writes the report down.
    pub render: fn(&Report, Style) -> Result<String, Error>,
}

/// Every output format, in the order of the documentation.
pub const OUTPUTS: &[Output] = &[
    text::OUTPUT, //
    json::OUTPUT,
    markdown::OUTPUT,
    github::OUTPUT,
    html::OUTPUT,
    issues::OUTPUT,
];

/// The output of this name.
pub fn output(name: &str) -> Option<&'static Output> {
    OUTPUTS.iter().find(|output| output.name == name)
}
