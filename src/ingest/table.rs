//! A database table of somebody else's design: finding it and its columns, and reading its times.

use crate::error::Diagnostic;
use crate::instant::Instant;
use crate::io::spelling;
use crate::io::sqlite::{Cell, Kind, Snapshot, Table};
use crate::io::yaml::Node;

/// A way to write a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `2026-02-17 23:10:00`, with or without a fraction: what SQLite's own functions write.
    Datetime,
    /// `2026-02-17T23:10:00`: ISO 8601 without a zone.
    Iso,
    /// `2026-02-17T23:10:00Z` or with an offset.
    Rfc3339,
    /// `2026-02-17`.
    Date,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMs,
}

impl Form {
    const ALL: [(Form, &'static str); 6] = [
        (Form::Datetime, "datetime"),
        (Form::Iso, "iso"),
        (Form::Rfc3339, "rfc3339"),
        (Form::Date, "date"),
        (Form::Unix, "unix"),
        (Form::UnixMs, "unix-ms"),
    ];

    /// As a map names it.
    pub fn name(self) -> &'static str {
        Form::ALL.iter().find(|(form, _)| *form == self).map_or("", |(_, name)| name)
    }
}

/// How a table writes its times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    forms: Vec<Form>,
    /// What to take from a time without a zone, in milliseconds.
    offset: i64,
}

impl Times {
    /// Reads `{ forms: [datetime], zone: UTC }`.
    pub fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Times {
        let mut fields = node.fields("time", errors);
        for key in ["forms", "zone"] {
            fields.require(key);
        }
        let mut times = Times::default();
        for word in fields.texts("forms") {
            match Form::ALL.iter().find(|(_, name)| *name == word.text) {
                Some((form, _)) => times.forms.push(*form),
                None => {
                    let names = Form::ALL.iter().map(|(_, name)| *name);
                    let help = spelling::did_you_mean(&word.text, names.clone())
                        .or_else(|| Some(format!("the forms are {}", names.collect::<Vec<_>>().join(", "))));
                    fields.errors.push(Diagnostic::new(word.place, format!("unknown form of time `{}`", word.text)).help(help));
                }
            }
        }
        if let Some(zone) = fields.spanned("zone") {
            match offset(&zone.text) {
                Some(offset) => times.offset = offset,
                None => {
                    let message = format!("`{}` is no zone", zone.text);
                    fields.errors.push(Diagnostic::new(zone.place, message).help(Some("write UTC, or an offset such as +05:00".into())));
                }
            }
        }
        fields.finish();
        times
    }

    /// Reads a moment, and tells whether it is written as the map says.
    pub fn read(&self, cell: Cell<'_>) -> Option<(Instant, Result<(), Form>)> {
        let (at, form) = self.tell(cell)?;
        Some((at, if self.accepts(form) { Ok(()) } else { Err(form) }))
    }

    /// Takes moments that name their zone as written as they should be.
    pub fn zoned(&mut self) {
        if !self.accepts(Form::Rfc3339) {
            self.forms.push(Form::Rfc3339);
        }
    }

    /// Whether the map says that times are written so.
    pub fn accepts(&self, form: Form) -> bool {
        self.forms.contains(&form)
    }

    /// Reads a moment, and tells how it is written.
    pub fn tell(&self, cell: Cell<'_>) -> Option<(Instant, Form)> {
        let (form, at) = match cell {
            Cell::Text(text) => civil(text)?,
            // Seconds until the year 5138; milliseconds from 1973 on.
            Cell::Integer(n @ 100_000_000..100_000_000_000) => (Form::Unix, n * 1000),
            Cell::Integer(n @ 100_000_000_000..100_000_000_000_000) => (Form::UnixMs, n),
            Cell::Real(x) if (1e8..1e11).contains(&x) => (Form::Unix, (x * 1000.0).round() as i64),
            _ => return None,
        };
        let local = matches!(form, Form::Datetime | Form::Iso | Form::Date);
        Some((Instant(if local { at - self.offset } else { at }), form))
    }

    /// The accepted forms, for messages.
    pub fn forms(&self) -> String {
        self.forms.iter().map(|form| form.name()).collect::<Vec<_>>().join(" or ")
    }
}

/// `UTC`, `+05:30`, or as databases write it `+0530` or `+05`, in milliseconds.
fn offset(zone: &str) -> Option<i64> {
    if zone == "UTC" || zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = match zone.as_bytes() {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [h1, h2] => (two(*h1, *h2)?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (two(*h1, *h2)?, two(*m1, *m2)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000)
}

fn two(a: u8, b: u8) -> Option<i64> {
    (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i64::from(a - b'0') * 10 + i64::from(b - b'0'))
}

/// A written moment: its form, and its milliseconds since 1970 as if it were in UTC unless it names its zone.
fn civil(text: &[u8]) -> Option<(Form, i64)> {
    let (date, rest) = text.split_at_checked(10)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let midnight = Instant::midnight(two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?)?.0;
    if rest.is_empty() {
        return Some((Form::Date, midnight));
    }
    let (&[separator, h1, h2, b':', n1, n2, b':', s1, s2], rest) = rest.split_first_chunk()? else { return None };
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (ms, zone) = fraction(rest)?;
    let at = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    match (separator, zone) {
        (b' ', []) => Some((Form::Datetime, at)),
        (b'T', []) => Some((Form::Iso, at)),
        (b' ' | b'T', zone) => Some((Form::Rfc3339, at - offset(std::str::from_utf8(zone).ok()?)?)),
        _ => None,
    }
}

/// Milliseconds of a fraction of one to nine digits, and what follows it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', digits @ ..] = text else { return Some((0, text)) };
    let length = digits.iter().take_while(|d| d.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(length)?;
    let ms = (0..3).fold(0, |ms, at| ms * 10 + digits.get(at).map_or(0, |d| i64::from(d - b'0')));
    (1..=9).contains(&length).then_some((ms, rest))
}

/// The table a map names, if its rows are recorded facts.
///
/// # Errors
/// A problem code and a sentence.
pub fn find<'s>(snapshot: &'s Snapshot, name: &str) -> Result<&'s Table, (&'static str, String)> {
    let Some(table) = snapshot.table(name) else {
        let names: Vec<&str> = snapshot.tables().iter().map(|t| t.name.as_str()).filter(|t| !t.starts_with("sqlite_")).collect();
        let help = spelling::did_you_mean(name, names.iter().copied()).unwrap_or_else(|| match names.as_slice() {
            [] => "it has no table at all".to_owned(),
            few if few.len() <= 10 => format!("it has {}", names.join(", ")),
            many => format!("it has {} other tables", many.len()),
        });
        return Err(("no-table", format!("the database has no table {name}; {help}")));
    };
    match table.kind {
        Kind::View => Err(("not-a-table", format!("{name} is a view, and a view shows whatever its query says"))),
        Kind::Virtual => Err(("not-a-table", format!("{name} is a virtual table, and its rows are made up when they are read"))),
        Kind::Table => match table.columns.iter().find(|c| c.generated) {
            Some(column) => Err(("generated-column", format!("{} is a generated column of {name}: not a recorded fact", column.name))),
            None => Ok(table),
        },
    }
}

/// The column of this name, whatever its case, as the schema writes it.
pub fn column<'t>(table: &'t Table, name: &str) -> Option<&'t str> {
    table.columns.iter().map(|c| c.name.as_str()).find(|c| c.eq_ignore_ascii_case(name))
}

/// The sentence for a column that is not there.
pub fn no_column(table: &Table, name: &str) -> String {
    let names = table.columns.iter().map(|c| c.name.as_str());
    let help = spelling::did_you_mean(name, names).map(|help| format!("; {help}")).unwrap_or_default();
    format!("{} has no column {name}{help}", table.name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::io::yaml;

    fn times(text: &str) -> (Times, Vec<String>) {
        let mut errors = Vec::new();
        let times = Times::parse(&yaml::parse("map.yaml", text, &mut errors).unwrap(), &mut errors);
        (times, errors.iter().map(|e| e.to_string().lines().next().unwrap_or("").to_owned()).collect())
    }

    #[test]
    fn moments_are_read_in_the_zone_of_the_map() {
        let (utc, errors) = times("{ forms: [datetime, iso], zone: UTC }");
        assert!(errors.is_empty());
        let read = |cell| utc.read(cell).map(|(at, form)| (at.to_string(), form.err()));
        let at = |text: &str, form| Some((text.to_owned(), form));
        for (text, expected) in [
            ("2026-02-17 22:00:00", at("2026-02-17T22:00:00Z", None)),
            ("2026-02-17 22:00:00.123456", at("2026-02-17T22:00:00.123Z", None)),
            ("2026-02-17T22:00:00.5", at("2026-02-17T22:00:00.500Z", None)),
            ("2026-02-17T22:00:00Z", at("2026-02-17T22:00:00Z", Some(Form::Rfc3339))),
            ("2026-02-18T03:00:00+05:00", at("2026-02-17T22:00:00Z", Some(Form::Rfc3339))),
            ("2026-02-17 22:00:00.5+00", at("2026-02-17T22:00:00.500Z", Some(Form::Rfc3339))),
            ("2026-02-17T17:30:00-0430", at("2026-02-17T22:00:00Z", Some(Form::Rfc3339))),
            ("2026-02-17", at("2026-02-17T00:00:00Z", Some(Form::Date))),
            ("2024-02-29 00:00:00", at("2024-02-29T00:00:00Z", None)),
        ] {
            assert_eq!(read(Cell::Text(text.as_bytes())), expected, "{text}");
        }
        assert_eq!(read(Cell::Integer(1_771_365_600)), at("2026-02-17T22:00:00Z", Some(Form::Unix)));
        assert_eq!(read(Cell::Integer(1_771_365_600_123)), at("2026-02-17T22:00:00.123Z", Some(Form::UnixMs)));
        assert_eq!(read(Cell::Real(1_771_365_600.5)), at("2026-02-17T22:00:00.500Z", Some(Form::Unix)));
        let (local, _) = times("{ forms: [datetime], zone: '+05:00' }");
        assert_eq!(local.read(Cell::Text(b"2026-02-18 03:00:00")).unwrap().0.to_string(), "2026-02-17T22:00:00Z");
    }

    #[test]
    fn what_is_no_moment_is_not_guessed() {
        let (times, _) = times("{ forms: [datetime], zone: UTC }");
        for text in [
            "",
            "now",
            "2026-02-30 10:00:00",
            "2026-02-17 24:00:00",
            "2026-02-17 23:59:60",
            "2026-2-7 2:00:00",
            "2026-02-17 22:00",
            " 2026-02-17 22:00:00",
            "20260217T220000Z",
            "17.02.2026 22:00",
            "2026-02-17 22:00:00.",
            "2026-02-17 22:00:00.1234567890",
            "2026-02-17T17:00:00-5",
            "2026-02-17T17:00:00-25",
            "2026-02-17 22:00:00 é",
            "２026-02-17",
        ] {
            assert_eq!(times.read(Cell::Text(text.as_bytes())), None, "{text}");
        }
        assert_eq!(times.read(Cell::Real(2_461_089.4)), None);
        assert_eq!(times.read(Cell::Real(f64::NAN)), None);
        assert_eq!(times.read(Cell::Integer(7)), None);
        assert_eq!(times.read(Cell::Null), None);
    }

    #[test]
    fn mistakes_in_a_map_are_shown() {
        assert_eq!(
            times("{ forms: [datetme], zone: Europe/Berlin, zones: 1 }").1,
            [
                "map.yaml:1:11: unknown form of time `datetme` - did you mean `datetime`?",
                "map.yaml:1:27: `Europe/Berlin` is no zone - write UTC, or an offset such as +05:00",
                "map.yaml:1:42: time has no key `zones` - did you mean `zone`?",
            ]
        );
        assert_eq!(times("{ forms: datetime }").1, ["map.yaml:1:1: time has no `zone`"]);
    }
}
