//! `readiness` turns the evidence a project already has into a verdict, a report and an evidence bundle.
//!
//! A file is a noun and a folder is a stage. Stages talk to each other only through nouns, only `command` sees more than
//! one stage, and imports point down:
//!
//! ```text
//! discover -> ingest -> [Evidence] -> compare -> [Evidence] -> evaluate -> [Finding] -> [Verdict] -> [Report] -> render
//! ```

pub mod acknowledgement;
pub mod analyze;
pub mod attestation;
pub mod backtest;
pub mod baseline;
pub mod bundle;
pub mod catalogue;
pub mod checkpoint;
pub mod cli;
pub mod command;
pub mod compare;
pub mod config;
pub mod control;
pub mod diff;
pub mod discover;
pub mod error;
pub mod evaluate;
pub mod evidence;
pub mod finding;
pub mod history;
pub mod history_line;
pub mod ingest;
pub mod instant;
pub mod integrity;
pub mod inventory;
pub mod io;
pub mod lifecycle;
pub mod linemap;
pub mod machine;
pub mod metric;
pub mod mutant;
pub mod obligation;
pub mod page;
pub mod pair;
pub mod partition;
pub mod pattern;
pub mod portfolio;
pub mod proposal;
pub mod record;
pub mod relax;
pub mod render;
pub mod report;
pub mod rule;
pub mod series;
pub mod source;
pub mod stamp;
pub mod system;
pub mod transcript;
pub mod tree;
pub mod verdict;
pub mod waiver;
