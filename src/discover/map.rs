//! The map of an entry: a shipped one by name, or the project's own file.

use crate::config::Entry;
use crate::error::Error;
use crate::io::fs;
use std::path::Path;

/// An entry's map: its name, and its YAML when it is a file of the project. A shipped map is known to its family by name.
///
/// # Errors
/// When the file cannot be read.
pub fn of(entry: &Entry, root: &Path) -> Result<Option<(String, String)>, Error> {
    let Some(name) = &entry.map else { return Ok(None) };
    if !name.ends_with(".yaml") && !name.contains('/') {
        return Ok(Some((name.clone(), String::new())));
    }
    let text = fs::read_text(&root.join(name)).map_err(|e| Error::Usage(format!("{name}: {e}")))?;
    Ok(Some((name.clone(), text)))
}
