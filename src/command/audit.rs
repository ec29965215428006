//! `readiness audit`: works with audit trails.

mod checkpoint;
mod export;
mod keep;
mod signing;

pub use keep::Keeper;

use crate::error::Error;
use crate::verdict::Exit;

/// What is to be done with an audit trail.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Verb {
    /// Write down what an audit trail is now, and hold it against what was written down before
    #[command(after_long_help = CHECKPOINTS)]
    Checkpoint(checkpoint::Options),
    /// Write an audit trail as partition files and a manifest, to be judged where there is no server
    #[command(after_long_help = EXPORTING)]
    Export(export::Options),
}

const CHECKPOINTS: &str = "\
A checkpoint is a small text: an origin, a number of rows, and the root of an RFC 6962 tree over them
(https://c2sp.org/tlog-checkpoint). The application that writes the trail needs to know nothing of it.

  readiness audit checkpoint audit.db --out audit.checkpoint

Keep it where those who can write the trail cannot write, such as this repository, and name it beside
the evidence: `checkpoint: audit.checkpoint`. From then on `readiness check` shows that the rows of then
are still the first rows, or says that history was rewritten and which rows differ. Run the command again
after a check: it moves the checkpoint on, and refuses where the trail does not continue it.

--key signs it with an Ed25519 key: one of notes' tools, or PEM from
`openssl genpkey -algorithm ed25519`. The key that signatures are checked with is printed; it belongs into
the configuration: `checkpoint: { file: audit.checkpoint, keys: [\"name+id+key\"] }`.

--witness adds the cosignature of somebody else (https://c2sp.org/tlog-cosignature) to the checkpoint that is
there, after it was held against the trail: `witnesses: [\"name+id+key\"]`.

A file that ends in .jsonl keeps one checkpoint for every run, and `readiness check --append` appends to it, signed with
`--append --key FILE`.

Exit codes: 0 written; 1 the trail does not continue the checkpoint, or its chain is broken; 2 usage;
3 the snapshot is no evidence; 4 the file could not be written.";

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
        Verb::Checkpoint(options) => checkpoint::run(options),
        Verb::Export(options) => export::run(options),
    }
}
