//! Keys that checkpoints are signed with. What is read of them stays here: no output and no file that is kept holds it.

use crate::checkpoint::Keys;
use crate::error::Error;
use crate::io::fs;
use crate::io::sign::{Kind, Signer, Verifier};
use std::path::Path;

/// A private key, and the file it is in.
pub struct Key {
    file: String,
    text: String,
}

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    /// When there is no such file, or it holds no key.
    pub fn read(path: &Path) -> Result<Key, Error> {
        let text = fs::read_text(path).map_err(|e| Error::Usage(format!("{}: {e}", path.display())))?;
        let key = Key { file: fs::slashed(path), text };
        // Whatever it is called: that it is a key can be said before anything is done.
        key.signer("key", Kind::Plain).map(|_| key)
    }

    /// What signs as `name`; a key of a note has a name of its own.
    ///
    /// # Errors
    /// When that cannot be the name of a key.
    pub fn signer(&self, name: &str, kind: Kind) -> Result<Signer, Error> {
        Signer::parse(&self.text, name, kind).map_err(|why| self.refused(&why))
    }

    /// What signs the checkpoints of a trail: as that of the `keys` which it is, or where none are configured, as `origin`.
    ///
    /// # Errors
    /// When keys are configured and it is none of them: what it signs would not count.
    pub fn of_trail(&self, keys: &Keys, origin: &str) -> Result<Signer, Error> {
        if keys.own.is_empty() {
            return self.signer(origin, Kind::Plain);
        }
        let known = keys.own.iter().filter_map(|key| Verifier::parse(key).ok());
        known
            .filter_map(|known| {
                let signer = self.signer(&known.name, Kind::Plain).ok()?;
                (signer.verifier().to_string() == known.to_string()).then_some(signer)
            })
            .next()
            .ok_or_else(|| {
                self.refused("it is none of the `keys` of the checkpoint in the configuration, and what it signs would not count")
            })
    }

    fn refused(&self, why: &str) -> Error {
        Error::Usage(format!("{}: {why}", self.file))
    }
}
