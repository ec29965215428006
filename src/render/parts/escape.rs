//! The escapers: one for the terminal, one for Markdown, one for workflow commands. HTML is askama's business.
//!
//! Every text in a report may come from evidence, and evidence is written by whoever opened the pull request. What
//! leaves here stays in its line, its cell and its command.

use std::borrow::Cow;

/// Characters that change how their neighbours look, or cannot be seen: marks of direction, invisible separators,
/// line and paragraph separators, tags. The joiners that scripts and emoji need are left alone.
pub const fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// One line that a terminal shows as it stands: line breaks become spaces, everything that steers the terminal or
/// turns the direction becomes visible (`\u{1b}`).
pub fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() || is_mark(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// How many columns a terminal gives to `text`: two to wide East Asian characters and emoji, none to what combines.
pub fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' => 0,
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{1f300}'..='\u{1faff}'
            | '\u{20000}'..='\u{3fffd}' => 2,
            _ => 1,
        })
        .sum()
}

/// The longest text that a Markdown cell takes; the report holds the whole of it.
const LONGEST: usize = 1000;

/// One line without controls, of at most [`LONGEST`] characters; marks become visible, as in [`terminal`].
fn tame(text: &str) -> String {
    let spaced: Vec<&str> = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let spaced: Vec<String> = spaced.into_iter().map(terminal).collect();
    cut(&spaced.join(" "), LONGEST).into_owned()
}

/// At most `longest` characters of `text`, and an ellipsis where something is left out.
pub fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    match text.char_indices().nth(longest) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Untrusted text as a Markdown code span: fenced with one more backtick than it contains.
pub fn span(text: &str) -> String {
    let text = tame(text);
    fenced(if text.is_empty() { "–" } else { &text })
}

fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Untrusted sentences in Markdown: plain words stay words, and everything that could mean something to Markdown, to
/// HTML or to GitHub (mentions, links, issue numbers) stands in a code span. Spans the author wrote are kept.
pub fn prose(text: &str) -> String {
    let text = tame(text);
    let paired = text.matches('`').count().is_multiple_of(2);
    let mut pieces: Vec<Piece> = Vec::new();
    for (i, part) in text.split('`').enumerate() {
        match (paired, i % 2) {
            (true, 1) => push(&mut pieces, Piece::Code(part.to_owned())),
            (true, _) => words(&mut pieces, part),
            (false, _) => continue,
        }
    }
    if !paired {
        words(&mut pieces, &text);
    }
    pieces.iter().map(Piece::write).collect()
}

/// [`prose`] for a table cell, where a bar would start the next one even inside a code span.
pub fn cell(text: &str) -> String {
    bars(&prose(text))
}

/// [`span`] for a table cell.
pub fn span_cell(text: &str) -> String {
    bars(&span(text))
}

/// A value or a limit for a table cell: in words as [`cell`], as an expression in one code span.
pub fn value_cell(text: &str) -> String {
    if text.contains(['<', '>', '=', '&', '|', '[']) { span_cell(text) } else { cell(text) }
}

fn bars(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

enum Piece {
    Plain(String),
    Code(String),
}

impl Piece {
    fn write(&self) -> String {
        match self {
            Piece::Plain(text) => text.clone(),
            Piece::Code(text) if text.is_empty() => String::new(),
            Piece::Code(text) => fenced(text),
        }
    }
}

/// Adds a piece; two code spans without a space between them would run into each other, so they become one.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (_, Piece::Plain(text) | Piece::Code(text)) if text.is_empty() => {}
        (Some(Piece::Code(before)), Piece::Code(text)) => before.push_str(&text),
        (Some(Piece::Plain(before)), Piece::Plain(text)) => before.push_str(&text),
        (_, piece) => pieces.push(piece),
    }
}

fn words(pieces: &mut Vec<Piece>, text: &str) {
    for word in text.split_inclusive(' ') {
        let (word, space) = word.strip_suffix(' ').map_or((word, ""), |word| (word, " "));
        let tail_at = word.trim_end_matches(['.', ',', ';', ':', '?', '!', ')']).len();
        let (head, tail) = word.split_at(tail_at);
        let (open, core) = head.split_at(head.len() - head.trim_start_matches('(').len());
        if is_plain(core) {
            push(pieces, Piece::Plain(format!("{word}{space}")));
        } else {
            push(pieces, Piece::Plain(open.to_owned()));
            push(pieces, Piece::Code(core.to_owned()));
            push(pieces, Piece::Plain(format!("{tail}{space}")));
        }
    }
}

/// Whether a word means nothing to Markdown, to HTML and to GitHub.
fn is_plain(word: &str) -> bool {
    let harmless = |c: char| c.is_alphanumeric() || ".,;()%+-–—'\"’“”/?!≤≥→…°±×".contains(c);
    let lower = word.to_ascii_lowercase();
    word.chars().all(harmless) && !lower.contains("www.") && !lower.starts_with("gh-")
}

/// The message of a workflow command: one line, whatever is in it.
///
/// Source: `@actions/core`, `command.ts`, `escapeData`.
pub fn command_data(text: &str) -> String {
    broken(&visible(text)).replace('%', "%25").replace('\n', "%0A")
}

/// The value of a workflow command's property.
///
/// Source: as [`command_data`], `escapeProperty`.
pub fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Lines for a workflow's log, none of which the runner takes for a command: it reads `::` after leading blanks, and
/// the older `##[` anywhere.
pub fn log(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let line = broken(line);
            let bare = line.trim_start_matches(|c: char| c.is_whitespace() || is_mark(c));
            let blanks = &line[..line.len() - bare.len()];
            if bare.starts_with("::") { format!("{blanks}: {}", &bare[1..]) } else { line }
        })
        .collect();
    lines.join("\n")
}

fn broken(text: &str) -> String {
    text.replace("##[", "# #[")
}

/// Keeps line breaks, shows all other controls and marks.
fn visible(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(terminal).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Strings made of what attackers use, the same ones on every run.
    fn hostile() -> Vec<String> {
        const PARTS: [&str; 34] = [
            "\u{1b}[31m",
            "\u{1b}]0;x\u{7}",
            "\u{9b}2J",
            "\r",
            "\n",
            "\t",
            "\0",
            "\u{85}",
            "\u{2028}",
            "\u{202e}",
            "\u{2066}",
            "\u{feff}",
            "::",
            ":",
            "##[",
            "#",
            "[",
            "add-mask]a",
            "::error::x",
            "::stop-commands::t",
            "%",
            "%0A",
            ",",
            "`",
            "``",
            "|",
            "\\",
            "<b>",
            "@org/team",
            " ",
            "\u{a0}",
            "\u{3000}",
            "word",
            "日本",
        ];
        let mut seed = 1u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap()
        };
        (0..20_000).map(|_| (0..next() % 12 + 1).map(|_| PARTS[next() % PARTS.len()]).collect()).collect()
    }

    /// What the runner does with a line of a step's output.
    ///
    /// Source: actions/runner, `ActionCommand.cs`, `TryParseV2` and `TryParse`.
    fn is_command(line: &str) -> bool {
        line.trim_start().starts_with("::") || line.contains("##[")
    }

    #[test]
    fn nothing_steers_the_terminal() {
        for text in hostile() {
            let shown = terminal(&text);
            assert!(!shown.chars().any(|c| c.is_control() || is_mark(c)), "{text:?} -> {shown:?}");
        }
        assert_eq!(terminal("a\u{1b}[31mb\nc\u{202e}"), "a\\u{1b}[31mb c\\u{202e}");
    }

    #[test]
    fn no_line_of_a_log_is_a_command() {
        for text in hostile() {
            let logged = log(&text);
            // The runner's reader also ends a line at a carriage return, so it must not see one from evidence.
            let shown = log(&terminal(&text));
            assert!(!shown.lines().any(is_command), "{text:?} -> {shown:?}");
            assert!(!logged.split('\n').any(is_command), "{text:?} -> {logged:?}");
        }
        assert_eq!(log("  ::error::x\nok ##[add-mask]a"), "  : :error::x\nok # #[add-mask]a");
    }

    #[test]
    fn a_command_stays_one_line_and_one_command() {
        for text in hostile() {
            let line = format!("::error file={},title={}::{}", command_property(&text), command_property(&text), command_data(&text));
            assert_eq!(line.lines().count(), 1, "{line:?}");
            assert!(!line.contains(['\r', '\0', '\u{1b}']), "{line:?}");
            let (properties, _) = line[2..].split_once("::").unwrap();
            assert_eq!(properties.matches(',').count(), 1, "{line:?}");
            assert!(!line.contains("##["), "{line:?}");
        }
        assert_eq!(command_data("50%\nb"), "50%25%0Ab");
        assert_eq!(command_property("a:b,c"), "a%3Ab%2Cc");
    }

    #[test]
    fn sentences_stay_sentences() {
        for (text, markdown) in [
            ("line coverage 79.96 % (1,999 of 2,500) is below 80 %", "line coverage 79.96 % (1,999 of 2,500) is below 80 %"),
            ("test_legal failed (junit.xml:3).", "`test_legal` failed (`junit.xml:3`)."),
            ("Set `ENABLE_COVE=true`.", "Set `ENABLE_COVE=true`."),
            ("a`b", "``a`b``"),
            ("ask @org/team, see #12 or GH-3", "ask `@org/team`, see `#12` or `GH-3`"),
            ("<!-- x --> https://a.b www.a.b", "`<!--` x `-->` `https://a.b` `www.a.b`"),
            ("`a``b`", "`ab`"),
            ("", ""),
        ] {
            assert_eq!(prose(text), markdown);
        }
        assert_eq!(span_cell("a|b"), "`a\\|b`");
        assert_eq!(value_cell("a > 0 && b == 0"), "`a > 0 && b == 0`");
        assert_eq!(value_cell("\"at most\" 0.5 %"), "\"at most\" 0.5 %");
        assert_eq!(span(" \u{a0} "), "`–`");
        assert_eq!(span("adm\u{202e}nimda"), "`adm\\u{202e}nimda`");
        assert_eq!(prose("by adm\u{202e}nimda."), "by `adm\\u{202e}nimda`.");
        assert!(prose(&"x".repeat(5000)).chars().count() <= LONGEST + 1);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!((columns("abc"), columns("日本"), columns("e\u{301}"), columns("✅")), (3, 4, 1, 1));
    }
}
