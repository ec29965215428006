//! What the readers of texts share: taking out the colours, and the name of a file.

use crate::io::fs::Artifact;
use std::borrow::Cow;

/// The name of a file without its ending, for what has no name of its own.
pub(super) fn stem(artifact: &Artifact) -> String {
    let file = artifact.file_name();
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}

/// A line without the sequences that colour it (ECMA-48: `ESC [`, parameters, and a final byte from `@` to `~`).
pub(super) fn uncoloured(line: &str) -> Cow<'_, str> {
    let mut pieces = line.split("\u{1b}[");
    let first = pieces.next().unwrap_or("");
    if first.len() == line.len() {
        return Cow::Borrowed(line);
    }
    let mut plain = first.to_owned();
    for piece in pieces {
        let end = piece.find(|letter| ('@'..='~').contains(&letter)).map_or(piece.len(), |at| at + 1);
        plain.push_str(&piece[end..]);
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::uncoloured;

    #[test]
    fn colours_are_taken_out() {
        for (line, plain) in
            [("a [1] b", "a [1] b"), ("\u{1b}[32ma\u{1b}[0m [\u{1b}[1;34m1\u{1b}[0m]", "a [1]"), ("a\u{1b}[", "a"), ("\u{1b}[µ", "")]
        {
            assert_eq!(uncoloured(line), plain, "{line:?}");
        }
    }
}
