//! Names with wildcards, as people write them to mean several things of a kind: `embedding*`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A name in which `*` stands for any characters and `?` for one. Everything else stands for itself, so that `BM_sort<int>/64` and
/// `reads [cold]` are names and no mistakes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(pub String);

impl Pattern {
    /// Whether a name is meant.
    pub fn matches(&self, name: &str) -> bool {
        self.0 == name || wild(&self.0.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>())
    }

    /// Whether it stands for more than one name.
    pub fn is_wild(&self) -> bool {
        self.0.contains(['*', '?'])
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Only the last `*` is ever taken back, so the time is at most the product of the lengths.
fn wild(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (pattern, name, matches) in [
            ("embedding*", "embedding/batch 32", true),
            ("embedding*", "re-embedding", false),
            ("*p95", "digest p95", true),
            ("d?gest*9?", "digest p95", true),
            ("*a*b", "aab", true),
            ("*a*b", "aabc", false),
            ("", "", true),
            ("", "a", false),
            ("?", "", false),
            ("BM<int>[x]*", "BM<int>[x]*", true),
            ("BM[x]", "BMx", false),
            ("größe?", "größer", true),
        ] {
            assert_eq!(Pattern(pattern.to_owned()).matches(name), matches, "{pattern} {name}");
        }
        assert!(!Pattern("*a".repeat(200)).matches(&"a".repeat(150)), "and it ends");
    }
}
