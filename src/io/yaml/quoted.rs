//! Text as a YAML scalar that holds exactly that text, whatever it is.

use std::fmt::Write as _;

/// A text in double quotes, on one line. What does not print, or prints as something else, is escaped.
///
/// Source: YAML 1.2.2, sections 5.1 (character set), 5.7 (escaped characters) and 7.3.1 (double-quoted style).
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if prints(c) => out.push(c),
            c => {
                let _ = match u32::from(c) {
                    n @ 0..=0xff => write!(out, "\\x{n:02x}"),
                    n @ 0x100..=0xffff => write!(out, "\\u{n:04x}"),
                    n => write!(out, "\\U{n:08x}"),
                };
            }
        }
    }
    out.push('"');
    out
}

/// Controls, breaks of other alphabets, marks of direction and order, and what is no character do not print as themselves.
fn prints(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}')
        && !matches!(c, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::io::yaml::parse;
    use proptest::prelude::*;

    fn read(yaml: &str) -> String {
        let mut errors = Vec::new();
        let node = parse("a.yaml", &format!("a: {yaml}\n"), &mut errors);
        assert!(errors.is_empty(), "{yaml:?}: {errors:?}");
        node.unwrap().fields("a", &mut errors).text("a").unwrap()
    }

    #[test]
    fn what_leaves_its_place_elsewhere_stays() {
        for text in [
            "",
            "\" # \n- rule: x",
            "a: b",
            "\\",
            "\r\n\u{85}\u{2028}",
            "\u{202e}gp.exe",
            "\u{feff}x",
            "\0\u{1b}[2J",
            "日本 💥",
            "%YAML 1.1",
            "~",
        ] {
            assert_eq!(read(&quoted(text)), text, "{}", quoted(text));
            assert!(!quoted(text).contains(['\n', '\r', '\u{202e}', '\u{1b}']));
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in proptest::collection::vec(any::<char>(), 0..40)) {
            let text: String = text.into_iter().collect();
            prop_assert_eq!(read(&quoted(&text)), text);
        }
    }
}
