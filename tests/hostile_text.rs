//! What evidence writes into a Markdown table stays in its cell, as a Markdown parser sees it.

#![allow(clippy::unwrap_used, clippy::panic)]

use pulldown_cmark::{Event, Options, Parser, Tag};
use readiness::render::parts::escape::{cell, prose, span, span_cell};

const FIXED: [&str; 24] = [
    "</details><script>x</script>",
    "@org/team ping",
    "| a | b |",
    "[x](javascript:1)",
    "![p](https://t.example/x.png)",
    "<!-- marker -->",
    "``` `x` ```",
    "`",
    "``",
    "\\|",
    "\\\\|",
    "`\\|`",
    "fixes #1",
    "https://evil.example www.evil.example a@evil.example",
    "a\nb\r\n\r\n# c",
    "::error::x",
    "<img src=x onerror=1>",
    "~~x~~ **b** __c__ *d* _e_ $`x`$ $$y$$",
    "x\\",
    "\\`|`",
    "`a``b` `c` `d",
    "\u{202e}\u{0}\u{2028}x",
    "- [ ] x",
    "&lt;b&gt; &#124; &amp;",
];

/// Twenty thousand strings of what Markdown gives a meaning to, the same ones on every run.
fn hostile() -> Vec<String> {
    let alphabet: Vec<char> = "|`\\<>[]()!@#*_~-+=$&;:/.\"'\n\t aZ1{}^?日\u{202e}\u{a0}".chars().collect();
    let mut seed = 7u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let random = (0..20_000).map(|_| (0..=next(30)).map(|_| alphabet[next(alphabet.len())]).collect());
    FIXED.into_iter().map(str::to_owned).chain(random).collect()
}

/// Everything but text in code spans and plain text is an escape.
fn check(markdown: &str, source: &str) {
    let (mut rows, mut cells) = (0, 0);
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::TableRow | Tag::TableHead) => rows += 1,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::Start(Tag::Table(_) | Tag::Paragraph) | Event::End(_) | Event::Text(_) | Event::Code(_) => {}
            other => panic!("{source:?} became {other:?} in {markdown:?}"),
        }
    }
    assert_eq!((rows, cells), (2, 4), "{source:?} in {markdown:?}");
}

#[test]
fn nothing_leaves_its_cell() {
    for text in hostile() {
        for written in [cell(&text), span_cell(&text)] {
            check(&format!("| Rule | Seen |\n|---|---|\n| {written} | 1 |\n\nend\n"), &text);
        }
    }
}

#[test]
fn nothing_leaves_its_line() {
    for text in hostile() {
        for written in [prose(&text), span(&text)] {
            for event in Parser::new_ext(&format!("x {written} y\n"), Options::all()) {
                let harmless = matches!(event, Event::Start(Tag::Paragraph) | Event::End(_) | Event::Text(_) | Event::Code(_));
                assert!(harmless, "{text:?} became {event:?} in {written:?}");
            }
        }
    }
}

#[test]
fn links_and_mentions_stand_in_code() {
    for text in hostile() {
        for event in Parser::new_ext(&format!("x {} y\n", prose(&text)), Options::all()) {
            if let Event::Text(shown) = event {
                assert!(!shown.contains(['@', '#', '<', '>', '*', '_', '[', '$', '&', '\\']), "{text:?} shows {shown:?}");
                assert!(!shown.contains("://") && !shown.to_lowercase().contains("www."), "{text:?} shows {shown:?}");
            }
        }
    }
}
