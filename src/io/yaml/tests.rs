#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

fn mistakes(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if let Some(node) = parse("a.yaml", text, &mut errors) {
        let mut fields = node.fields("a rule", &mut errors);
        fields.spanned("require");
        fields.get::<u32>("weight");
        fields.texts("controls");
        fields.finish();
    }
    errors.iter().map(|e| e.to_string().lines().next().unwrap_or("").to_owned()).collect()
}

#[test]
fn traps_are_mistakes() {
    assert_eq!(
        mistakes("require: !waived\n"),
        ["a.yaml:1:10: `!` starts a YAML tag and takes the word after it away - put the value in quotes"]
    );
    assert_eq!(
        mistakes("weight: 1\nweight: 2\n"),
        ["a.yaml:2:1: key `weight` is given twice; the first is on line 1 - remove one of them"]
    );
    assert_eq!(
        mistakes("require: a # b\n"),
        ["a.yaml:1:10: a `#` ends the value of `require` here - put the value in quotes, or the comment on a line of its own"]
    );
    assert_eq!(mistakes("controls:\n"), ["a.yaml:1:1: `controls` has no value - give it one, or remove the key"]);
    assert_eq!(mistakes("---\nweight: 1\n---\nweight: 2\n"), ["a.yaml:3:1: a second document in one file - one file holds one document"]);
    assert_eq!(mistakes(""), ["a.yaml:1:1: the file is empty"]);
}

#[test]
fn all_mistakes_are_reported_with_their_places() {
    let text = "requires: x\nweight: heavy\ncontrols: [a, {b: c}]\n";
    assert_eq!(
        mistakes(text),
        [
            "a.yaml:2:9: `weight`: invalid type: string \"heavy\", expected u32",
            "a.yaml:3:15: `controls` must be a list of texts",
            "a.yaml:1:1: a rule has no key `requires` - did you mean `require`?",
        ]
    );
}

#[test]
fn deep_and_broken_documents_are_refused() {
    assert!(mistakes(&"[".repeat(100))[0].contains("nested deeper"));
    assert_eq!(mistakes(&"[".repeat(100_000)).len(), 1);
    assert!(mistakes("a: [1, 2\nb: 3\n")[0].starts_with("a.yaml:2:"));
}

/// Where the word `here` of the value of `require` stands.
fn place_of_here(text: &str) -> (u64, u64) {
    let mut errors = Vec::new();
    let node = parse("a.yaml", text, &mut errors).unwrap();
    let spanned = node.fields("a rule", &mut errors).spanned("require").unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    let at = spanned.text.find("here").unwrap();
    let (turn, line) = spanned.line(at);
    assert!(line.contains("here"), "{line:?}");
    (turn.line, turn.column + line[..at - turn.byte].chars().count() as u64)
}

#[test]
fn every_style_knows_where_its_words_stand() {
    for (text, place) in [
        ("require: a here", (1, 12)),
        ("require: \"a here\"", (1, 13)),
        ("require: 'é here'", (1, 13)),
        ("require: a\n  b here\n", (2, 5)),
        ("require: \"a\n\n  b here\"\n", (3, 5)),
        ("require: >-\n  a b\n  c here\n", (3, 5)),
        ("require: |  # a comment\n\n    a b\n      c here\n", (4, 9)),
        ("a: b\r\nrequire: a\r\n  b here\r\n", (3, 5)),
        ("a: b\rrequire: a\r  b here\r", (3, 5)),
        ("\u{feff}require: a here", (1, 12)),
        ("{a: \"x\", require: \"\\x61 here\"}", (1, 20)),
    ] {
        let (line, column) = place_of_here(text);
        // Behind an escape only the line is known.
        assert_eq!((line, if text.contains('\\') { 20 } else { column }), place, "{text:?}");
    }
}

#[test]
fn a_comment_is_seen_wherever_lines_end() {
    for text in ["\u{feff}require: a # b\n", "x: y\rrequire: a # b\r", "x: y\r\nrequire: a\t# b\r\n", "require: a\n  b # c\n"] {
        assert!(mistakes(text).iter().any(|m| m.contains("a `#` ends the value of `require`")), "{text:?}");
    }
    assert_eq!(mistakes("require: \"a\" # b\n"), Vec::<String>::new());
    assert_eq!(mistakes("require: a#b\n"), Vec::<String>::new());
}

/// What took minutes once.
#[test]
fn large_documents_are_read_in_one_pass() {
    use std::fmt::Write as _;
    let keys = (0..50_000).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "k{n}: 1");
        text
    });
    assert_eq!(mistakes(&keys).len(), 21);
    assert_eq!(mistakes(&format!("controls: [{}]", "a, ".repeat(200_000))), Vec::<String>::new());
    let twice = mistakes(&format!("{{{}}}", "a: 1, ".repeat(50_000)));
    assert_eq!(twice.len(), 101);
    assert!(twice[100].contains("100 mistakes up to here"), "{}", twice[100]);
    assert_eq!(mistakes(&format!("controls: [{}]", "&a b, ".repeat(50_000))).len(), 101);
}

#[test]
fn a_mistake_shows_a_bearable_part_of_its_line() {
    let mut errors = Vec::new();
    parse("a.yaml", &format!("{{x: {}, é: 1, é: 2}}", "y".repeat(1_000_000)), &mut errors);
    let shown = errors[0].to_string();
    assert!(shown.len() < 1000, "{}", shown.len());
    let lines: Vec<&str> = shown.lines().collect();
    let caret = lines[2].chars().count() - 1;
    assert_eq!(lines[1].chars().nth(caret), Some('é'), "{shown}");
}

#[test]
fn a_section_of_the_wrong_shape_is_a_mistake() {
    let mut errors = Vec::new();
    let node = parse("a.yaml", "a: [1]\nb: {c: d}\ne: f\n", &mut errors).unwrap();
    let mut fields = node.fields("a rule", &mut errors);
    assert!(fields.entries("a").is_empty() && fields.items("b").is_empty() && fields.entries("e").is_empty());
    assert!(fields.entries("absent").is_empty());
    fields.finish();
    let messages: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
    assert_eq!(messages, ["`a` must be a mapping of keys to values", "`b` must be a list", "`e` must be a mapping of keys to values"]);
}

mod hostile {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Any text at all ends in a node or in a mistake, and every place lies in the text.
        #[test]
        fn any_text_is_read_or_refused(text in "[a-c:?,\\-\\[\\]{}&*!|>'\"#%@`~<\\\\ \t\r\n\u{feff}\u{85}\u{2028}é]{0,80}") {
            let mut errors = Vec::new();
            let node = parse("a.yaml", &text, &mut errors);
            prop_assert!(node.is_some() || !errors.is_empty());
            let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}']).count() as u64;
            for error in &errors {
                prop_assert!(error.place.line <= lines + 1 && error.place.column >= 1, "{} in {text:?}", error.place);
                let _ = error.to_string();
            }
            if let Some(node) = node {
                let mut fields = node.fields("a thing", &mut errors);
                if let Some(spanned) = fields.spanned("a") {
                    for (at, _) in spanned.text.char_indices() {
                        let (turn, line) = spanned.line(at);
                        prop_assert!(turn.byte <= at && at <= turn.byte + line.len());
                    }
                }
                fields.finish();
                let _ = node.decode::<Vec<f64>>();
            }
        }
    }
}
