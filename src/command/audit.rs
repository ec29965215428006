//! `readiness audit`: works with audit trails.

mod export;

use crate::error::Error;
use crate::verdict::Exit;

/// What is to be done with an audit trail.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Verb {
    /// Write an audit trail as partition files and a manifest, to be judged where there is no server
    #[command(after_long_help = EXPORTING)]
    Export(export::Options),
}

const EXPORTING: &str = "\
  readiness audit export postgres://auditor@db/app --out audit/ --partitions 4
  evidence: { audit: { family: audit, path: audit/manifest.json } }

All rows are of one moment: of one transaction of the server, or of a database file that nobody writes to. The
manifest (schema readiness/audit-export/1) holds where they came from, and of every partition the ids, the number
of rows and the SHA-256, so that one that is missing, altered or added is no evidence.

Exit codes: 0 written; 2 usage; 3 the source cannot be read as a whole, and nothing was exported; 4 a file could
not be written.";

/// Does it.
///
/// # Errors
/// When the folder is not empty, the map is wrong, or a file cannot be written.
pub fn run(verb: &Verb) -> Result<Exit, Error> {
    match verb {
        Verb::Export(options) => export::run(options),
    }
}
