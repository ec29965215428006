//! An anchor: how many rows a chain had, and the hash of the last, written down elsewhere.

use super::links::{Finding, Hash};
use crate::io::hash::{hex, unhex};
use crate::io::json;
use crate::metric::grouped;
use serde::Deserialize;

/// What was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// How many rows there were.
    pub size: u64,
    /// The hash of the last of them.
    pub head: Hash,
}

#[derive(Deserialize)]
struct Written {
    size: u64,
    head: String,
}

impl Anchor {
    /// Reads `{"size": 90, "head": "f88f…"}`; what else stands there is passed over.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(text: &str) -> Result<Anchor, String> {
        let written: Written = json::read(text.trim_start_matches('\u{feff}').as_bytes())
            .map_err(|e| format!("an anchor is {{\"size\": rows, \"head\": hash}}: {}", e.message))?;
        let head = unhex(written.head.trim().as_bytes()).ok_or("`head` is not a hash of 64 hex digits")?;
        if written.size == 0 {
            return Err("`size` is 0: an anchor of no rows holds nothing".to_owned());
        }
        Ok(Anchor { size: written.size, head })
    }

    /// Holds a chain of `rows` against it. `hash` is that of the row at its size, `last` the number of the last row.
    ///
    /// # Errors
    /// What is wrong with the chain.
    pub fn hold(&self, rows: u64, hash: Option<Hash>, last: i64) -> Result<String, Finding> {
        let wrong = |sentence| Err((last, "CHAIN-ANCHOR", sentence));
        let size = grouped(self.size);
        match hash {
            Some(hash) if hash == self.head && rows == self.size => Ok(format!("the head is that of the anchor, of {size} rows")),
            Some(hash) if hash == self.head => Ok(format!(
                "its first {size} rows end in the hash of the anchor; the {} after them are not anchored",
                grouped(rows - self.size)
            )),
            Some(hash) => wrong(format!(
                "head differs from the anchor: after {size} rows it is {}…, and was {}…: the chain was rewritten; \
                 first divergent row cannot be known from the head alone; with a checkpointed Merkle root{} it is narrowed",
                &hex(&hash)[..12],
                &hex(&self.head)[..12],
                self.halves()
            )),
            None => wrong(format!(
                "the anchor is of {size} rows, and there are {}: the last {} are gone, or others before them",
                grouped(rows),
                grouped(self.size.saturating_sub(rows))
            )),
        }
    }

    /// Where roots would have told more: ` at 32/64`.
    fn halves(&self) -> String {
        let below = (self.size - 1).checked_ilog2().map_or(0, |bits| 1_u64 << bits);
        if below < 2 { String::new() } else { format!(" at {}/{below}", below / 2) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_anchor_is_held_against_a_chain() {
        let anchor = Anchor { size: 90, head: [7; 32] };
        assert_eq!(anchor.hold(90, Some([7; 32]), 90).unwrap(), "the head is that of the anchor, of 90 rows");
        assert!(anchor.hold(95, Some([7; 32]), 95).unwrap().ends_with("the 5 after them are not anchored"));
        let (row, code, sentence) = anchor.hold(90, Some([8; 32]), 90).unwrap_err();
        assert_eq!((row, code), (90, "CHAIN-ANCHOR"));
        assert!(sentence.starts_with("head differs from the anchor"), "{sentence}");
        assert!(sentence.ends_with("with a checkpointed Merkle root at 32/64 it is narrowed"), "{sentence}");
        assert!(anchor.hold(85, None, 85).unwrap_err().2.contains("the last 5 are gone"));
    }

    #[test]
    fn what_is_no_anchor_is_refused() {
        let head = "F8".repeat(32);
        assert_eq!(Anchor::parse(&format!("\u{feff}{{\"size\": 90, \"head\": \"{head}\", \"at\": 1}}")).unwrap().head, [0xf8; 32]);
        for (text, sentence) in [
            ("", "an anchor is"),
            ("[]", "an anchor is"),
            ("{\"size\": -1, \"head\": \"\"}", "an anchor is"),
            ("{\"size\": 3, \"head\": \"abc\"}", "`head` is not a hash"),
            (&format!("{{\"size\": 0, \"head\": \"{head}\"}}"), "`size` is 0"),
        ] {
            assert!(Anchor::parse(text).unwrap_err().starts_with(sentence), "{text}");
        }
    }
}
