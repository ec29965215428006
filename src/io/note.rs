//! Checkpoints as they are written: a note with its signatures.
//!
//! Sources: <https://c2sp.org/signed-note>, <https://c2sp.org/tlog-checkpoint>. Lines after the root are extensions, which other
//! tools pass over: `columns` and a JSON list; `subtrees`, a height, and on each line after it the root of the next tree.

use super::hash::{base64, unbase64};
use super::json;
use super::sign::Verifier;
use crate::checkpoint::{Checkpoint, Cosigner, Hash, Kept, Keys, Witness};
use crate::instant::Instant;

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

/// A witness' clock may be ahead of ours by as much, in milliseconds.
const AHEAD: i64 = 300_000;

/// Reads a checkpoint, signed or not, and checks its signatures by the keys that are known. Those by others are passed over, and so are
/// those of witnesses that do not count as of `now`, which is told.
///
/// # Errors
/// One sentence: it is no checkpoint, or a signature that should be there is not, or does not hold.
pub fn read(file: &str, note: &str, keys: &Keys, now: Instant) -> Result<Kept, String> {
    if note.contains(|c: char| c < ' ' && c != '\n') {
        return Err("it holds control characters".to_owned());
    }
    let (text, signatures) = match note.rfind("\n\n") {
        Some(at) => (&note[..=at], signatures(&note[at + 2..])?),
        None => (note, Vec::new()),
    };
    let mut kept = Kept { file: file.to_owned(), checkpoint: checkpoint(text)?, ..Kept::default() };
    for key in &keys.own {
        let key = verifier(key)?;
        if !signed(text, &signatures, &key)?.is_empty() && !kept.signers.contains(&key.name) {
            kept.signers.push(key.name);
        }
    }
    if kept.signers.is_empty() && !keys.own.is_empty() {
        return Err("none of the keys that are configured has signed it".to_owned());
    }
    for witness in &keys.witnesses {
        let key = verifier(&witness.key)?;
        for at in signed(text, &signatures, &key)? {
            let known = kept.witnesses.iter().any(|known| known.name == key.name);
            match doubt(witness, at, now) {
                Some(why) => kept.doubts.push(format!("the signature of {} does not count: {why}", key.name)),
                None if known => {}
                None => kept.witnesses.push(Cosigner { name: key.name.clone(), at }),
            }
        }
    }
    strangers(&mut kept, &signatures, keys);
    Ok(kept)
}

/// Why a witness' signature does not count.
fn doubt(witness: &Witness, at: Option<Instant>, now: Instant) -> Option<String> {
    match (at, witness.until) {
        (Some(at), _) if at.0 > now.0 + AHEAD => Some(format!("it is of {}, which is still to come", at.minute())),
        (Some(at), Some(until)) if at > until => Some(format!("it is of {}, and the key was good until {}", at.minute(), until.minute())),
        (None, Some(until)) => Some(format!("it does not say when it was made, and the key was good until {}", until.minute())),
        _ => None,
    }
}

/// Takes down who else signed.
fn strangers(kept: &mut Kept, signatures: &[Line<'_>], keys: &Keys) {
    let known: Vec<&str> =
        keys.own.iter().chain(keys.witnesses.iter().map(|witness| &witness.key)).filter_map(|key| key.split('+').next()).collect();
    for (name, ..) in signatures.iter().filter(|(name, ..)| !known.contains(name)) {
        if !kept.strangers.iter().any(|stranger| stranger == name) {
            kept.strangers.push((*name).to_owned());
        }
    }
    if !keys.witnesses.is_empty() && kept.witnesses.is_empty() && kept.doubts.is_empty() {
        let others =
            if kept.strangers.is_empty() { String::new() } else { format!("; {} did, whose keys are not", kept.strangers.join(", ")) };
        kept.doubts.push(format!("none of the witnesses that are configured has signed it{others}"));
    }
}

fn verifier(key: &str) -> Result<Verifier, String> {
    Verifier::parse(key).map_err(|e| format!("`{}`: {e}", key.chars().take(60).collect::<String>()))
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

/// When a key signed the text, as far as its signatures say it; nothing where it did not.
fn signed(text: &str, signatures: &[Line<'_>], key: &Verifier) -> Result<Vec<Option<Instant>>, String> {
    let own = signatures.iter().filter(|(name, id, _)| *name == key.name && *id == key.id);
    let wrong = || format!("the signature by {} does not hold: it was changed after it was signed, or somebody else made it", key.name);
    own.map(|(_, _, signature)| key.holds(text, signature).ok_or_else(wrong)).collect()
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
