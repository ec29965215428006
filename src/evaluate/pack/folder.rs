//! Where packs lie: in the program, and in a user's folder. No file that looks like a rule is passed over in silence.

use crate::error::Diagnostic;
use crate::io::shelf::Shelf;
use crate::rule::Place;
use std::collections::BTreeSet;
use std::path::Path;

/// The files of one pack: the pack's name, and each file's name as messages show it with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Files {
    /// The folder's name.
    pub pack: String,
    /// Path and text, in order of path.
    pub files: Vec<(String, String)>,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The names of the shipped packs, in order.
pub fn shipped() -> Vec<&'static str> {
    let mut names: Vec<_> = EMBEDDED.iter().map(|(pack, ..)| *pack).collect();
    names.dedup();
    names
}

/// The ids of all shipped rules.
pub(super) fn shipped_ids() -> BTreeSet<String> {
    let rules = EMBEDDED.iter().map(|(pack, path, _)| (pack, stem(path))).filter(|(_, stem)| *stem != "pack");
    rules.map(|(pack, stem)| format!("{pack}/{stem}")).collect()
}

/// The files of a shipped pack.
pub fn embedded(name: &str) -> Option<Files> {
    let files: Vec<_> =
        EMBEDDED.iter().filter(|(pack, ..)| *pack == name).map(|(_, path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    (!files.is_empty()).then(|| Files { pack: name.to_owned(), files })
}

/// The packs in a user's folder: itself when it holds `pack.yaml`, else the folders in it that do. Files that cannot be
/// read, and files that look like rules and lie where no pack reads them, are added to `errors`.
///
/// # Errors
/// A sentence when there is no pack or a folder cannot be read.
pub fn folder(path: &Path, shown: &str, shelf: &Shelf, errors: &mut Vec<Diagnostic>) -> Result<Vec<Files>, String> {
    let shown = shown.trim_end_matches('/');
    if let Shelf::Commit(commit) = shelf
        && !shelf.exists(path)
    {
        return Err(format!("{shown}/ is {}", commit.absent(path)));
    }
    let is_pack = |path: &Path| shelf.exists(&path.join("pack.yaml"));
    if is_pack(path) {
        let name = shown.rsplit('/').next().unwrap_or(shown);
        return Ok(vec![one(path, shown, name, shelf, errors)?]);
    }
    let mut packs = Vec::new();
    let mut strays = Vec::new();
    for name in shelf.folders(path) {
        let (inner, shown) = (path.join(&name), format!("{shown}/{name}"));
        if is_pack(&inner) {
            packs.push(one(&inner, &shown, &name, shelf, errors)?);
        } else {
            strays.extend(rules(&inner, &shown, shelf)?.into_iter().map(|file| format!("{shown}/{file}")));
        }
    }
    if packs.is_empty() {
        return Err(format!("no pack.yaml in {shown}/ nor in a folder of it"));
    }
    strays.extend(rules(path, shown, shelf)?.into_iter().filter(|file| !file.contains('/')).map(|file| format!("{shown}/{file}")));
    errors.extend(strays.iter().map(|file| unread(file)));
    Ok(packs)
}

fn one(path: &Path, shown: &str, pack: &str, shelf: &Shelf, errors: &mut Vec<Diagnostic>) -> Result<Files, String> {
    let mut files = Vec::new();
    for file in rules(path, shown, shelf)? {
        let name = format!("{shown}/{file}");
        if file.contains('/') || !file.ends_with(".yaml") {
            errors.push(unread(&name));
            continue;
        }
        match shelf.read_text(&path.join(&file)) {
            Ok(text) => files.push((name, text)),
            Err(e) => errors.push(Diagnostic::new(beginning(&name), e.to_string())),
        }
    }
    Ok(Files { pack: pack.to_owned(), files })
}

/// What looks like a rule below a folder, relative to it, in order.
fn rules(path: &Path, shown: &str, shelf: &Shelf) -> Result<Vec<String>, String> {
    let mut files = shelf.listing(path).map_err(|e| format!("{shown}: {e}"))?;
    files.retain(|file| {
        let name = file.to_ascii_lowercase();
        name.ends_with(".yaml") || name.ends_with(".yml")
    });
    Ok(files)
}

fn unread(file: &str) -> Diagnostic {
    let help = if file.ends_with(".yaml") {
        "rules lie beside the pack.yaml of their pack, in no folder of their own"
    } else {
        "the name of a rule file ends in `.yaml`"
    };
    Diagnostic::new(beginning(file), "no pack reads this file").help(Some(help.to_owned()))
}

fn beginning(file: &str) -> Place {
    Place { file: file.into(), line: 1, column: 1 }
}

/// The name of a file without folders and `.yaml`.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}
