//! What is wrong with a trail: all of it is counted, and of every code the first are kept.

use super::tally::KEPT;
use crate::metric::{Value, grouped};
use crate::record::Record;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many findings of a code are kept, and fewer where all codes together have more than [`KEPT`]: the code with the most gives up its last one
/// first, so that none crowds out another.
const EACH: usize = 1_000;
/// The longest message of a finding, in characters.
const MESSAGE: usize = 300;
/// So many findings of a code are told in its digest.
const EXAMPLES: usize = 5;

/// Findings of one file, or of several.
#[derive(Debug, Default)]
pub struct Findings {
    /// How many there are of each code.
    codes: BTreeMap<&'static str, u64>,
    /// The first of each code, with their places among all findings.
    kept: BTreeMap<&'static str, Vec<(u64, Finding)>>,
    held: usize,
    /// How many were found.
    found: u64,
    /// For each code its first findings, and what is said of all of them together.
    examples: BTreeMap<&'static str, Vec<String>>,
    digests: BTreeMap<&'static str, String>,
}

/// Something that is wrong: with a row, with a run, or with the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, where there are several.
    file: Option<Arc<str>>,
    /// The row's id.
    row: Option<i64>,
    /// The run it is about, where it is about one.
    run: Option<String>,
    /// Which rule is broken.
    code: &'static str,
    /// One sentence.
    message: String,
}

impl Findings {
    /// Adds one: about a row, about a run, or about the trail.
    pub fn say(&mut self, row: Option<i64>, run: Option<String>, code: &'static str, message: &str) {
        *self.codes.entry(code).or_default() += 1;
        let message: String = message.chars().take(MESSAGE).collect();
        self.example(code, row, || message.clone());
        self.keep(self.found, Finding { file: None, row, run, code, message });
        self.found += 1;
    }

    /// Counts more of a code, of which nothing is kept.
    pub fn count(&mut self, code: &'static str, more: u64) {
        *self.codes.entry(code).or_default() += more;
    }

    /// Keeps what is told of a code in its digest, unless there is enough of that.
    pub fn example(&mut self, code: &'static str, row: Option<i64>, message: impl FnOnce() -> String) {
        let examples = self.examples.entry(code).or_default();
        if examples.len() < EXAMPLES {
            let message = message();
            examples.push(row.map_or_else(|| message.clone(), |row| format!("id {row}: {message}")));
        }
    }

    /// What is said of all findings of a code together.
    pub fn digest(&mut self, code: &'static str, text: String) {
        self.digests.insert(code, text);
    }

    fn keep(&mut self, place: u64, finding: Finding) {
        let many = self.kept.get(finding.code).map_or(0, Vec::len);
        if many >= EACH {
            return;
        }
        if self.held >= KEPT {
            let most = self.kept.values_mut().max_by_key(|findings| findings.len()).filter(|findings| findings.len() > many + 1);
            let Some(most) = most else { return };
            most.pop();
            self.held -= 1;
        }
        self.kept.entry(finding.code).or_default().push((place, finding));
        self.held += 1;
    }

    /// Adds those of a file, which is named where there are several.
    pub fn merge(&mut self, other: Findings, file: Option<&str>) {
        let file: Option<Arc<str>> = file.map(Arc::from);
        for (place, finding) in other.kept.into_values().flatten() {
            self.keep(self.found + place, Finding { file: file.clone(), ..finding });
        }
        self.found += other.found;
        for (code, n) in other.codes {
            self.count(code, n);
        }
        for (code, examples) in other.examples {
            let kept = self.examples.entry(code).or_default();
            kept.extend(examples);
            kept.truncate(EXAMPLES);
        }
        for (code, text) in other.digests {
            self.digests.entry(code).and_modify(|known| *known = format!("{known}; {text}")).or_insert(text);
        }
    }

    /// How many there are of each code.
    pub fn codes(&self) -> &BTreeMap<&'static str, u64> {
        &self.codes
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.codes.values().sum()
    }

    /// How many of them are not kept.
    pub fn omitted(&self) -> u64 {
        self.total() - self.held as u64
    }

    /// For a code with so many findings, what is said of them together.
    pub fn digested(&self, code: &'static str, n: u64) -> String {
        if let Some(digest) = self.digests.get(code) {
            return digest.clone();
        }
        let examples = self.examples.get(code).map(Vec::as_slice).unwrap_or_default();
        let more = n.saturating_sub(examples.len() as u64);
        let more = if more > 0 { format!("; and {} more", grouped(more)) } else { String::new() };
        format!("{}{more}", examples.join("; "))
    }

    /// A record for each that is kept, in the order in which they were found.
    pub fn records(&mut self) -> Vec<Record> {
        let mut kept: Vec<(u64, Finding)> = std::mem::take(&mut self.kept).into_values().flatten().collect();
        kept.sort_unstable_by_key(|(place, _)| *place);
        kept.into_iter().map(|(_, finding)| finding.record()).collect()
    }
}

impl Finding {
    fn record(self) -> Record {
        let Finding { file, row, run, code, message } = self;
        let file = file.map(|file| format!("{file} ")).unwrap_or_default();
        let place = row.map_or_else(|| "trail".to_owned(), |row| format!("row {row}"));
        Record::new("id", format!("{file}{place} {code}"))
            .with("code", Value::text(code))
            .with_some("row", row.and_then(|row| u64::try_from(row).ok()).map(Value::Count))
            .with_some("run", run.map(Value::Text))
            .with("message", Value::Text(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: [&str; 12] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];

    fn kept(mut findings: Findings) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        findings.records().iter().for_each(|row| *counts.entry(row.text("code").unwrap_or_default().to_owned()).or_default() += 1);
        counts
    }

    #[test]
    fn no_code_crowds_out_another_and_all_are_counted() {
        let (mut all, mut other) = (Findings::default(), Findings::default());
        for (n, code) in CODES.into_iter().enumerate() {
            let count = if n < 10 { 1_500 } else { 600 };
            let into = if n == 11 { &mut other } else { &mut all };
            (0..count).for_each(|row| into.say(Some(row), None, code, "wrong"));
        }
        all.count("L", 5);
        all.merge(other, Some("b.db"));
        assert_eq!((all.total(), all.omitted()), (16_205, 6_205));
        assert_eq!(all.digested("A", 1_500), "id 0: wrong; id 1: wrong; id 2: wrong; id 3: wrong; id 4: wrong; and 1,495 more");
        let first = all.kept["A"].iter().map(|(_, finding)| finding.row).collect::<Vec<_>>();
        assert!(first.iter().zip(0..).all(|(row, n)| *row == Some(n)), "the first ones");
        let counts = kept(all);
        assert_eq!(counts.values().sum::<usize>(), KEPT);
        assert_eq!((counts["K"], counts["L"]), (600, 600));
        assert!(counts.values().all(|n| *n == 600 || *n == 880), "{counts:?}");
    }

    #[test]
    fn they_are_told_in_the_order_in_which_they_were_found() {
        let (mut all, mut other) = (Findings::default(), Findings::default());
        all.say(Some(2), None, "B", "two");
        all.say(Some(1), None, "A", "one");
        other.say(None, Some("run".into()), "A", &"x".repeat(400));
        let mut both = Findings::default();
        both.merge(all, Some("a.db"));
        both.merge(other, None);
        let records = both.records();
        let ids: Vec<&str> = records.iter().map(Record::subject).collect();
        assert_eq!(ids, ["a.db row 2 B", "a.db row 1 A", "trail A"]);
        assert_eq!(records[2].text("message").map(str::len), Some(MESSAGE));
    }
}
