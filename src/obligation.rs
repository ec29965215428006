//! What laws fix in numbers, with citation and date (`rules/obligations.tsv`): data, because laws are amended.
//!
//! The columns are the control, the way, a length of time, the words of the law, what it is about, the citation, and the date of
//! the text it was taken from. Where the law counts in months or years, the length is the one that lets most through, so that
//! only what certainly falls short is told: six months are never less than 181 days, one month never more than 31.

use std::sync::LazyLock;

/// A length of time that a law fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// `EU-AI-ACT:26.6`.
    pub control: &'static str,
    /// Whether it is the least, and not the most, that is allowed.
    pub at_least: bool,
    /// In milliseconds.
    pub ms: i64,
    /// As the law says it: "six months".
    pub words: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Where the law says it.
    pub citation: &'static str,
    /// The date of the text that was read.
    pub as_of: &'static str,
}

/// All of them.
pub static OBLIGATIONS: LazyLock<Vec<Obligation>> =
    LazyLock::new(|| include_str!("../rules/obligations.tsv").lines().filter_map(read).collect());

fn read(line: &'static str) -> Option<Obligation> {
    let [control, way, length, words, about, citation, as_of] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let (number, unit) = length.split_at_checked(length.len().checked_sub(1)?)?;
    let unit = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let at_least = match way {
        "at least" => true,
        "at most" => false,
        _ => return None,
    };
    Some(Obligation { control, at_least, ms: number.parse::<i64>().ok()?.checked_mul(unit)?, words, about, citation, as_of })
}

impl Obligation {
    /// "at least six months".
    pub fn limit(&self) -> String {
        format!("{} {}", if self.at_least { "at least" } else { "at most" }, self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control;
    use crate::instant::Instant;

    #[test]
    fn every_line_is_read_and_names_a_control_and_a_day() {
        assert_eq!(OBLIGATIONS.len(), include_str!("../rules/obligations.tsv").lines().count());
        for one in OBLIGATIONS.iter() {
            assert!(control::listed(one.control).is_some() && Instant::parse(one.as_of).is_some() && one.ms > 0, "{one:?}");
        }
    }
}
