//! Reports that were kept.

use crate::error::Error;
use crate::io::{fs, json};
use crate::report::SCHEMA;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What is looked at before a file is taken for a report.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    schema: String,
}

/// Every stored report below a folder. Other JSON files are passed over; a file that says it is a report must be one, and so must
/// every `report.json`.
///
/// # Errors
/// When a file cannot be read.
pub fn within(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let family = SCHEMA.rsplit_once('/').map_or(SCHEMA, |(family, _)| family);
    let mut found = Vec::new();
    for path in fs::files(folder).into_iter().filter(|name| name.ends_with(".json")).map(|name| folder.join(name)) {
        let named = path.file_name().is_some_and(|name| name == "report.json");
        if named || json::read::<Head>(&read(&path)?).is_ok_and(|head| head.schema.starts_with(family)) {
            found.push(path);
        }
    }
    Ok(found)
}

/// The content of a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read_bytes(path).map_err(|e| Error::Usage(format!("{}: {e}", path.display())))
}
