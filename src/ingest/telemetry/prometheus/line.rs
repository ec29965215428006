//! One line of an exposition, taken apart.
//!
//! Sources: Prometheus, "Exposition formats", text format 0.0.4; OpenMetrics 1.0, section "Text format"; names in quotes as of
//! Prometheus 3.

use std::collections::BTreeMap;

/// What a line says.
#[derive(Debug, PartialEq)]
pub enum Line<'a> {
    /// Nothing, or a comment for people.
    Comment,
    /// `# HELP name text`.
    Help(&'a str, String),
    /// `# TYPE name type`.
    Type(&'a str, &'a str),
    /// `# UNIT name unit`.
    Unit,
    /// `# EOF`.
    End,
    /// `name{label="value"} 1 2`.
    Sample(Sample<'a>),
}

/// A sample as written.
#[derive(Debug, PartialEq)]
pub struct Sample<'a> {
    /// The name.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The value, as it is spelt.
    pub text: &'a str,
    /// The value.
    pub value: f64,
    /// The timestamp: milliseconds, or seconds in OpenMetrics.
    pub timestamp: Option<f64>,
    /// Whether the timestamp has a fraction, as only OpenMetrics has it, or an exemplar follows.
    pub open_metrics: bool,
}

/// What is wrong with a line, and at which byte of it.
#[derive(Debug, PartialEq)]
pub struct Mistake(pub usize, pub &'static str);

/// No timestamp is later than the year 9999, in milliseconds.
pub const LATEST: f64 = 253_402_300_799_999.0;

/// Takes a line apart.
///
/// # Errors
/// The first mistake.
pub fn parse(line: &str) -> Result<Line<'_>, Mistake> {
    let text = line.trim_start_matches([' ', '\t']);
    if text.is_empty() {
        return Ok(Line::Comment);
    }
    match text.strip_prefix('#') {
        Some(comment) => meta(comment, line.len()),
        None => Cursor { line, at: line.len() - text.len() }.sample().map(Line::Sample),
    }
}

fn meta(comment: &str, end: usize) -> Result<Line<'_>, Mistake> {
    let (word, rest) = word(comment);
    if !matches!(word, "HELP" | "TYPE" | "UNIT") {
        let end = word == "EOF" && rest.trim().is_empty() && comment.starts_with(' ');
        return Ok(if end { Line::End } else { Line::Comment });
    }
    let (name, text) = self::word(rest);
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    if name.is_empty() {
        return Err(Mistake(end, "a name should follow"));
    }
    Ok(match word {
        "HELP" => Line::Help(name, unescaped(text)),
        "TYPE" => Line::Type(name, text.trim()),
        _ => Line::Unit,
    })
}

/// The first word, and what follows its blank.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches([' ', '\t']);
    text.split_once([' ', '\t']).unwrap_or((text, ""))
}

fn unescaped(help: &str) -> String {
    help.trim().replace("\\\\", "\0").replace("\\n", "\n").replace("\\\"", "\"").replace('\0', "\\")
}

struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, Mistake> {
        Err(Mistake(self.at, what))
    }

    fn blanks(&mut self) -> bool {
        let rest = self.rest();
        let n = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        self.at += n;
        n > 0
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    /// The characters up to the first that is not `such`.
    fn run(&mut self, such: fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let found = &rest[..rest.find(|c| !such(c)).unwrap_or(rest.len())];
        self.at += found.len();
        found
    }

    fn sample(mut self) -> Result<Sample<'a>, Mistake> {
        let mut name = self.name(true)?.to_owned();
        let mut labels = BTreeMap::new();
        self.blanks();
        if self.take('{') {
            self.labels(&mut name, &mut labels)?;
        }
        if name.is_empty() {
            return self.fail("a metric name should stand here");
        }
        self.blanks();
        let start = self.at;
        let text = self.run(|c| !c.is_ascii_whitespace());
        let Some(value) = number(text) else { return Err(Mistake(start, "a number should stand here")) };
        let (timestamp, fraction) = self.timestamp()?;
        let exemplar = self.rest().starts_with("# {");
        if !exemplar && !self.rest().is_empty() {
            return self.fail("the line should end here");
        }
        Ok(Sample { name, labels, text, value, timestamp, open_metrics: exemplar || fraction })
    }

    fn timestamp(&mut self) -> Result<(Option<f64>, bool), Mistake> {
        if !self.blanks() || self.rest().is_empty() || self.rest().starts_with('#') {
            return Ok((None, false));
        }
        let start = self.at;
        let text = self.run(|c| !c.is_ascii_whitespace());
        self.blanks();
        match number(text) {
            Some(timestamp) if (0.0..=LATEST).contains(&timestamp) => Ok((Some(timestamp), text.contains('.'))),
            _ => Err(Mistake(start, "a timestamp should stand here")),
        }
    }

    /// A metric name, or a label name, which has no colon. May be empty.
    fn name(&mut self, metric: bool) -> Result<&'a str, Mistake> {
        let start = self.at;
        let name = self.run(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
        let digit = name.starts_with(|c: char| c.is_ascii_digit());
        if digit || (!metric && name.contains(':')) {
            return Err(Mistake(start, "this is not a name: letters, digits and `_`, and no digit first"));
        }
        Ok(name)
    }

    fn labels(&mut self, metric: &mut String, labels: &mut BTreeMap<String, String>) -> Result<(), Mistake> {
        loop {
            self.blanks();
            if self.take('}') {
                return Ok(());
            }
            let start = self.at;
            let quoted = self.rest().starts_with('"');
            let name = if quoted { self.quoted()? } else { self.name(false)?.to_owned() };
            self.blanks();
            if self.take('=') && !name.is_empty() {
                self.blanks();
                if !self.rest().starts_with('"') {
                    return self.fail("a label value in quotes should stand here");
                }
                let value = self.quoted()?;
                if name == "__name__" {
                    return Err(Mistake(start, "this label name is reserved"));
                }
                if labels.insert(name, value).is_some() {
                    return Err(Mistake(start, "this label is given twice"));
                }
            } else if quoted && metric.is_empty() {
                *metric = name;
            } else {
                return Err(Mistake(start, "a label, as in `name=\"value\"`, should stand here"));
            }
            self.blanks();
            if !self.take(',') && !self.rest().starts_with('}') {
                return self.fail("`,` or `}` should stand here");
            }
        }
    }

    fn quoted(&mut self) -> Result<String, Mistake> {
        self.at += 1;
        let mut text = String::new();
        loop {
            text.push_str(self.run(|c| c != '"' && c != '\\'));
            let mut next = self.rest().chars();
            match (next.next(), next.next()) {
                (Some('"'), _) => {
                    self.at += 1;
                    return Ok(text);
                }
                (Some('\\'), Some('n')) => text.push('\n'),
                (Some('\\'), Some(c @ ('\\' | '"'))) => text.push(c),
                (Some(_), _) => return self.fail("this escape is unknown: they are `\\\\`, `\\\"` and `\\n`"),
                (None, _) => return self.fail("the quote is not closed"),
            }
            self.at += 2;
        }
    }
}

/// A number as Go spells it; one too large to be held is none.
fn number(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    let spelt_out = text.trim_start_matches(['+', '-']).starts_with(['i', 'I']);
    (value.is_finite() || value.is_nan() || spelt_out).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(line: &str) -> (String, Vec<(String, String)>, String, Option<f64>, bool) {
        match parse(line) {
            Ok(Line::Sample(s)) => (s.name, s.labels.into_iter().collect(), s.text.to_owned(), s.timestamp, s.open_metrics),
            other => (format!("{other:?}"), Vec::new(), String::new(), None, false),
        }
    }

    fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn samples_are_taken_apart() {
        assert_eq!(sample("up 1"), ("up".into(), vec![], "1".into(), None, false));
        assert_eq!(
            sample("a:b_total{ x = \"1\" , y=\"a \\\"b\\\" \\\\ \\n }\", } 1.5e+06 1771369800000"),
            ("a:b_total".into(), labels(&[("x", "1"), ("y", "a \"b\" \\ \n }")]), "1.5e+06".into(), Some(1_771_369_800_000.0), false)
        );
        assert_eq!(
            sample("foo_bucket{le=\"0.01\"} 8 # {trace_id=\"a\"} 0.0067 1520879607.789"),
            ("foo_bucket".into(), labels(&[("le", "0.01")]), "8".into(), None, true)
        );
        assert_eq!(sample("a 1 1520879607.789"), ("a".into(), vec![], "1".into(), Some(1_520_879_607.789), true));
        assert_eq!(
            sample("{\"http.requests\",\"my.label\"=\"x\"} +Inf"),
            ("http.requests".into(), labels(&[("my.label", "x")]), "+Inf".into(), None, false)
        );
    }

    #[test]
    fn comments_that_matter_are_known() {
        assert_eq!(parse("# HELP a_total  Things \\\\ and\\nmore "), Ok(Line::Help("a_total", "Things \\ and\nmore".into())));
        assert_eq!(parse("# TYPE a_total\tcounter"), Ok(Line::Type("a_total", "counter")));
        assert_eq!(parse("# UNIT a seconds"), Ok(Line::Unit));
        assert_eq!(parse("# EOF"), Ok(Line::End));
        for comment in ["", "  ", "#", "# a comment", "#EOF", "# EOF yet"] {
            assert_eq!(parse(comment), Ok(Line::Comment), "{comment}");
        }
        assert_eq!(parse("# TYPE"), Err(Mistake(6, "a name should follow")));
    }

    #[test]
    fn mistakes_have_a_place() {
        for (line, at) in [
            ("up", 2),
            ("up one", 3),
            ("up 1e999", 3),
            ("9up 1", 0),
            ("a-b 1", 1),
            ("a{x:y=\"1\"} 1", 2),
            ("a{x} 1", 2),
            ("a{x=1} 1", 4),
            ("a{x=\"1\" y=\"2\"} 1", 8),
            ("a{x=\"1\",x=\"2\"} 1", 8),
            ("a{__name__=\"b\"} 1", 2),
            ("a{x=\"\\t\"} 1", 5),
            ("a{x=\"1", 6),
            ("a{x=\"1\"", 7),
            ("{x=\"1\"} 1", 7),
            ("a 1 2 3", 6),
            ("a 1 -5", 4),
            ("a 1 253402300800000", 4),
            ("é 1", 0),
        ] {
            assert_eq!(parse(line).err().map(|mistake| mistake.0), Some(at), "{line}");
        }
    }
}
