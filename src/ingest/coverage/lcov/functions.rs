//! The functions of one section: lcov 1.x names them (`FN`, `FNDA`), lcov 2.2 numbers them and lists the names of each (`FNL`, `FNA`).

use super::count;
use super::section::digits;
use crate::linemap::Units;

#[derive(Default)]
pub(super) struct Functions {
    names: Vec<u8>,
    /// What is said of a name: the line it begins in, whether it ran. Each record says one of the two.
    named: Vec<Named>,
    /// By number: the line it begins in, and whether it ran under any of its names.
    numbered: std::collections::BTreeMap<u64, (u32, bool)>,
}

/// Where the name lies among the names.
struct Named {
    from: usize,
    to: usize,
    line: u32,
    ran: bool,
}

impl Functions {
    /// Whether a record of this kind is about functions.
    pub(super) fn knows(tag: &[u8]) -> bool {
        matches!(tag, b"FN" | b"FNDA" | b"FNL" | b"FNA")
    }

    /// Takes a record; whether it is one about functions.
    pub(super) fn record(&mut self, tag: &[u8], rest: &[u8]) -> bool {
        match tag {
            // FN:<line>,[<end>,]<name>
            b"FN" => {
                let (Some(line), [b',', rest @ ..]) = digits(rest) else { return false };
                let name = match digits(rest) {
                    (Some(_), [b',', name @ ..]) => name,
                    _ => rest,
                };
                self.name(name, u32::try_from(line).unwrap_or(0), false);
            }
            // FNDA:<count>,<name>
            b"FNDA" => {
                let Some((hits, name)) = field(rest) else { return false };
                self.name(name, 0, hits);
            }
            // FNL:<number>,<line>[,<end>]
            b"FNL" => {
                let (Some(number), [b',', rest @ ..]) = digits(rest) else { return false };
                let Some(line) = digits(rest).0 else { return false };
                self.numbered.entry(number).or_default().0 = u32::try_from(line).unwrap_or(0);
            }
            // FNA:<number>,<count>,<name>
            b"FNA" => {
                let (Some(number), [b',', rest @ ..]) = digits(rest) else { return false };
                let Some((hits, _)) = field(rest) else { return false };
                self.numbered.entry(number).or_default().1 |= hits;
            }
            _ => return false,
        }
        true
    }

    fn name(&mut self, name: &[u8], line: u32, ran: bool) {
        let from = self.names.len();
        self.names.extend_from_slice(name);
        self.named.push(Named { from, to: self.names.len(), line, ran });
    }

    /// Puts the functions into a file, of which the section says it has `found`. Several names of one line are one function (copies of a
    /// generic one) if that is how the tool counts them, and several functions otherwise.
    pub(super) fn put(mut self, found: Option<u64>, functions: &mut Units) {
        for (line, ran) in self.numbered.values() {
            functions.add(*line, b"", *ran, 1);
        }
        let names = self.names;
        let name = |one: &Named| &names[one.from..one.to];
        self.named.sort_by(|one, other| name(one).cmp(name(other)));
        self.named.dedup_by(|next, kept| {
            let same = name(next) == name(kept);
            if same {
                (kept.line, kept.ran) = (kept.line.max(next.line), kept.ran | next.ran);
            }
            same
        });
        let mut lines: Vec<u32> = self.named.iter().map(|one| one.line).collect();
        lines.sort_unstable();
        lines.dedup();
        let by_line = found == Some(lines.len() as u64) && !lines.contains(&0);
        for one in &self.named {
            functions.add(one.line, if by_line { b"" } else { name(one) }, one.ran, 1);
        }
    }
}

/// Whether the count before the first comma is more than none, and what follows the comma.
fn field(rest: &[u8]) -> Option<(bool, &[u8])> {
    let comma = memchr::memchr(b',', rest)?;
    let hits = count(&String::from_utf8_lossy(&rest[..comma])).unwrap_or(0);
    Some((hits > 0, &rest[comma + 1..]))
}
