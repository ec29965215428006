//! Checkpoints as they are written: a note with its signatures.
//!
//! Sources: <https://c2sp.org/signed-note>, <https://c2sp.org/tlog-checkpoint>. Lines after the root are extensions, which other
//! tools pass over: `columns` and a JSON list; `subtrees`, a height, and on each line after it the root of the next tree.

use super::hash::{base64, unbase64};
use super::json;
use super::sign::Verifier;
use crate::checkpoint::{Checkpoint, Hash, Kept, Keys};

/// So many signatures are looked at.
const SIGNATURES: usize = 64;

/// The text of a checkpoint, without signatures.
pub fn write(checkpoint: &Checkpoint) -> String {
    let mut text = format!("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, base64(&checkpoint.root));
    if !checkpoint.columns.is_empty() {
        let mut list = String::new();
        for name in &checkpoint.columns {
            list.push(if list.is_empty() { '[' } else { ',' });
            json::ascii(name, &mut list);
        }
        text.push_str(&format!("columns {list}]\n"));
    }
    if !checkpoint.subtrees.is_empty() {
        text.push_str(&format!("subtrees {}\n", checkpoint.height));
        for root in &checkpoint.subtrees {
            text.push_str(&base64(root));
            text.push('\n');
        }
    }
    text
}

/// Reads a checkpoint, signed or not, and checks its signatures by the keys that are known. Signatures by others are passed over.
///
/// # Errors
/// One sentence: it is no checkpoint, or a signature that should be there is not, or does not hold.
pub fn read(file: &str, note: &str, keys: &Keys) -> Result<Kept, String> {
    if note.contains(|c: char| c < ' ' && c != '\n') {
        return Err("it holds control characters".to_owned());
    }
    let (text, signatures) = match note.rfind("\n\n") {
        Some(at) => (&note[..=at], signatures(&note[at + 2..])?),
        None => (note, Vec::new()),
    };
    let checkpoint = checkpoint(text)?;
    let own = signed(text, &signatures, &keys.own)?;
    if own.is_empty() && !keys.own.is_empty() {
        return Err("none of the keys that are configured has signed it".to_owned());
    }
    Ok(Kept { file: file.to_owned(), checkpoint, signers: own, witnesses: signed(text, &signatures, &keys.witnesses)? })
}

/// A signature: name, id of the key, and the signature.
type Line<'a> = (&'a str, [u8; 4], Vec<u8>);

fn signatures(text: &str) -> Result<Vec<Line<'_>>, String> {
    if text.is_empty() || !text.ends_with('\n') || text.lines().count() > SIGNATURES {
        return Err("what follows its text is not a few lines of signatures".to_owned());
    }
    text.lines()
        .map(|line| {
            let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let bytes = unbase64(signature)?;
            let (id, signature) = bytes.split_first_chunk()?;
            Some((name, *id, signature.to_vec()))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| "a line after its text is no signature".to_owned())
}

/// The names of those of the keys that signed the text.
fn signed(text: &str, signatures: &[Line<'_>], keys: &[String]) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for key in keys {
        let key = Verifier::parse(key).map_err(|e| format!("`{}`: {e}", key.chars().take(60).collect::<String>()))?;
        for (_, _, signature) in signatures.iter().filter(|(name, id, _)| *name == key.name && *id == key.id) {
            if !key.holds(text, signature) {
                return Err(format!("the signature by {} does not hold: it was changed after it was signed", key.name));
            }
            if !names.contains(&key.name) {
                names.push(key.name.clone());
            }
        }
    }
    Ok(names)
}

fn checkpoint(text: &str) -> Result<Checkpoint, String> {
    let shape = "a checkpoint is an origin, a number of rows and a root in base64, each on a line of its own";
    let mut lines = text.strip_suffix('\n').ok_or(shape)?.split('\n');
    let (Some(origin), Some(size), Some(root)) = (lines.next().filter(|origin| !origin.is_empty()), lines.next(), lines.next()) else {
        return Err(shape.to_owned());
    };
    let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size);
    let size = number.ok_or_else(|| format!("`{}` is no number of rows", size.chars().take(40).collect::<String>()))?;
    let root = hash(root).ok_or("its root is not 32 bytes in base64")?;
    let mut checkpoint = Checkpoint { origin: origin.to_owned(), size, root, ..Checkpoint::default() };
    while let Some(line) = lines.next() {
        if line.is_empty() {
            return Err("it has an empty line in its text".to_owned());
        }
        if let Some(list) = line.strip_prefix("columns ") {
            checkpoint.columns = json::read(list.as_bytes()).map_err(|e| format!("its columns cannot be read: {}", e.message))?;
        } else if let Some(height) = line.strip_prefix("subtrees ") {
            checkpoint.height = height.parse().ok().filter(|height| *height < 64).ok_or("the height of its subtrees is no number")?;
            let whole = size >> checkpoint.height;
            let roots: Vec<Hash> = lines.by_ref().take(usize::try_from(whole).unwrap_or(usize::MAX)).map_while(hash).collect();
            if roots.len() as u64 != whole {
                return Err(format!("it has {} roots of subtrees, not {whole}", roots.len()));
            }
            checkpoint.subtrees = roots;
        }
    }
    Ok(checkpoint)
}

fn hash(text: &str) -> Option<Hash> {
    unbase64(text)?.try_into().ok()
}

#[cfg(test)]
mod tests;
