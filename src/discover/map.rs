//! The map of an entry: a shipped one by name, or the project's own file.

use crate::error::Error;
use crate::io::shelf::Shelf;
use crate::io::{spelling, yaml};
use std::collections::BTreeMap;
use std::path::Path;

/// The YAML of a map that says no more than which measure stands for which rate of golden answers.
pub fn of_judges(judges: &BTreeMap<String, String>) -> String {
    let mut text = "family: golden\njudges:\n".to_owned();
    for (rate, measure) in judges {
        text.push_str(&format!("  {rate}: {}\n", yaml::quoted(measure)));
    }
    text
}

/// The YAML of a map: that of a shipped one, or of a file of the project (`shipped` holds names and texts).
///
/// # Errors
/// When there is no such map, or the file cannot be read.
pub fn text(name: &str, root: &Path, shelf: &Shelf, shipped: &[(&str, &str)]) -> Result<String, Error> {
    if let Some((_, text)) = shipped.iter().find(|(map, _)| *map == name) {
        return Ok((*text).to_owned());
    }
    if !name.ends_with(".yaml") && !name.contains('/') {
        let names = || shipped.iter().map(|(map, _)| *map);
        let help = spelling::did_you_mean(name, names()).unwrap_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")));
        return Err(Error::Usage(format!("there is no map `{name}` - {help}; a map of your own is a path that ends in .yaml")));
    }
    shelf.read_text(&root.join(name)).map_err(|e| Error::Usage(format!("{name}: {e}")))
}
