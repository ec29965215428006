//! One line of TAP.

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// `TAP version 14`.
    Version,
    /// `1..3`, or `1..0 # SKIP no network`.
    Plan { depth: usize, tests: u64, skip: Option<&'a str> },
    /// `not ok 2 - works # TODO later`.
    Point(Point<'a>),
    /// `Bail out! no disk`.
    Bail(&'a str),
    /// `---`: an explanation in YAML follows, up to `...`.
    Explanation,
    /// A comment, a pragma or nothing.
    Nothing,
    /// No TAP.
    Other,
}

/// The result of a test.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Point<'a> {
    /// How many subtests it is in: four spaces each.
    pub(super) depth: usize,
    pub(super) ok: bool,
    pub(super) number: Option<u64>,
    pub(super) name: String,
    pub(super) directive: Option<Directive<'a>>,
}

/// Why a result does not count, and the reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Directive<'a> {
    Skip(&'a str),
    Todo(&'a str),
}

pub(super) fn parse(line: &str) -> Line<'_> {
    let text = line.trim_start_matches(' ');
    let depth = (line.len() - text.len()) / 4;
    let text = text.trim_end();
    if text.is_empty() || text.starts_with('#') || text.starts_with("pragma ") {
        return Line::Nothing;
    }
    if text == "---" {
        return Line::Explanation;
    }
    if let Some(why) = text.strip_prefix("Bail out!") {
        return Line::Bail(why.trim());
    }
    if text.strip_prefix("TAP version ").is_some_and(|version| version.parse::<u32>().is_ok()) {
        return Line::Version;
    }
    plan(text, depth).or_else(|| point(text, depth)).unwrap_or(Line::Other)
}

fn plan(text: &str, depth: usize) -> Option<Line<'_>> {
    let (plan, comment) = text.split_once('#').unwrap_or((text, ""));
    let tests = plan.trim_end().strip_prefix("1..")?.parse().ok()?;
    let skip = match directive(comment) {
        Some(Directive::Skip(why)) => Some(why),
        _ => None,
    };
    Some(Line::Plan { depth, tests, skip })
}

fn point(text: &str, depth: usize) -> Option<Line<'_>> {
    let (ok, rest) = match text.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix("ok")?),
    };
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let rest = rest.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number = rest[..digits].parse().ok();
    let (name, comment) = split(&rest[digits..]);
    let name = name.trim().trim_start_matches('-').trim_start().replace("\\#", "#").replace("\\\\", "\\");
    // Subtests in braces (TAP of node-tap): the brace is not part of the name.
    let name = name.strip_suffix(" {").unwrap_or(&name).to_owned();
    Some(Line::Point(Point { depth, ok, number, name, directive: directive(comment) }))
}

/// A description and the directive after it, or the time it took; a `#` that is escaped or says neither belongs to the description.
fn split(text: &str) -> (&str, &str) {
    let says = |comment: &str| directive(comment).is_some() || comment.trim_start().starts_with("time=");
    let marks = text.match_indices('#').filter(|(at, _)| !text[..*at].ends_with('\\') && (*at == 0 || text[..*at].ends_with(' ')));
    let mut ends = marks.filter(|(at, _)| says(&text[at + 1..])).map(|(at, _)| at);
    ends.next().map_or((text, ""), |at| (&text[..at], &text[at + 1..]))
}

fn directive(comment: &str) -> Option<Directive<'_>> {
    let comment = comment.trim();
    let word = comment.get(..4)?;
    let (_, why) = comment.split_once(' ').unwrap_or((comment, ""));
    let why = why.trim();
    if word.eq_ignore_ascii_case("skip") {
        Some(Directive::Skip(why))
    } else {
        (word.eq_ignore_ascii_case("todo")).then_some(Directive::Todo(why))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;

    fn point(text: &str) -> Point<'_> {
        match parse(text) {
            Line::Point(point) => point,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_result_has_a_name_a_number_and_perhaps_a_directive() {
        let plain = Point { depth: 0, ok: true, number: Some(1), name: "opens".to_owned(), directive: None };
        assert_eq!(point("ok 1 - opens"), plain);
        assert_eq!(point("ok 1 opens # time=12.3ms"), plain);
        assert_eq!(point("    not ok 1 - opens").depth, 1);
        assert_eq!(point("not ok 2 - a \\# b # TODO later").directive, Some(Directive::Todo("later")));
        assert_eq!(point("not ok 2 - a \\# skip it").name, "a # skip it");
        assert_eq!(point("ok 3 # skip no network").directive, Some(Directive::Skip("no network")));
        assert_eq!(point("ok - # skipped: é").directive, Some(Directive::Skip("é")));
        assert_eq!(point("ok 4 - issue # 7").name, "issue # 7");
        assert_eq!((point("ok").name, point("not ok").ok), (String::new(), false));
    }

    #[test]
    fn everything_else_is_what_it_is() {
        assert_eq!(parse("TAP version 13"), Line::Version);
        assert_eq!(parse("1..0 # SKIP no disk"), Line::Plan { depth: 0, tests: 0, skip: Some("no disk") });
        assert_eq!(parse("    1..3"), Line::Plan { depth: 1, tests: 3, skip: None });
        assert_eq!(parse("Bail out! no disk"), Line::Bail("no disk"));
        assert_eq!((parse("# ok 1"), parse("  ---"), parse("okay")), (Line::Nothing, Line::Explanation, Line::Other));
        assert_eq!((parse("1..é"), parse("2..3"), parse("notok 1")), (Line::Other, Line::Other, Line::Other));
    }
}
