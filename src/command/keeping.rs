//! What becomes of what was judged: the next run is held against it.

use crate::ingest::Beside;
use crate::io::fs::Artifact;
use crate::io::machine;
use std::path::PathBuf;

/// Whether what was judged is appended to what entries keep of it, and what is said of results of benchmarks.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Keeping {
    /// Append to the files of entries, after they were judged: results to their `history`, checkpoints of audit trails to a .jsonl
    #[arg(long)]
    pub append: bool,
    /// Sign the checkpoints that are appended with this Ed25519 key, as `readiness audit checkpoint` does
    #[arg(long, value_name = "FILE", requires = "append")]
    pub key: Option<PathBuf>,
    /// The name of the run that these results are of [default: what they say, else a digest of them]
    #[arg(long, value_name = "NAME")]
    pub run: Option<String>,
    /// The kind of machine that measured them, `this` for the one here [default: what they say, else that of the history's newest run]
    #[arg(long, value_name = "NAME")]
    pub machine: Option<String>,
    /// What was released of the commit that was measured, such as v4.1.1: a mark in the charts of benchmarks
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
}

impl Keeping {
    /// What the results of an entry are judged beside.
    pub fn beside(&self, history: Option<Artifact>) -> Beside {
        Beside { history, run: self.run.clone(), machine: self.machine(), release: self.release.clone() }
    }

    /// The kind of machine that is told.
    pub fn machine(&self) -> Option<String> {
        self.machine.as_deref().map(|name| if name == "this" { machine::here().fingerprint() } else { name.to_owned() })
    }
}
