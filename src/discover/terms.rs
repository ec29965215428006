//! What an audit trail is held against: a retention policy.

use crate::error::Error;
use crate::io::shelf::Shelf;
use std::path::Path;

/// The name under which a policy is found beside a trail.
pub const POLICY: &str = "retention-policy.yaml";

/// A file that an entry or the command line names: its name and its text.
///
/// # Errors
/// When it cannot be read.
pub fn named(name: Option<&str>, root: &Path, shelf: &Shelf) -> Result<Option<(String, String)>, Error> {
    let Some(name) = name else { return Ok(None) };
    let text = shelf.read_text(&root.join(name)).map_err(|e| Error::Usage(format!("{name}, the retention policy: {e}")))?;
    Ok(Some((name.to_owned(), text)))
}

/// The policy that lies beside a trail, where none is named.
pub fn beside(trail: Option<&Path>, shelf: &Shelf) -> Option<(String, String)> {
    let path = trail?.with_file_name(POLICY);
    let text = Some(&path).filter(|path| shelf.exists(path)).and_then(|path| shelf.read_text(path).ok())?;
    Some((POLICY.to_owned(), text))
}
