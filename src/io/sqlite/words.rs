//! The words of an SQL text, as far as it takes to see what a schema says: what stands in comments and texts is none of them.
//!
//! Source: <https://www.sqlite.org/lang_keywords.html> and <https://www.sqlite.org/lang_comment.html>.

/// The keywords and names of a text, in order and in small letters; a name loses its quotes.
pub(super) fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\'' => quote(rest, '\''),
            '"' | '`' => {
                let length = quote(rest, first);
                words.push(name(&rest[1..length], first));
                length
            }
            '[' => {
                let length = rest.find(']').map_or(rest.len(), |end| end + 1);
                words.push(name(&rest[1..length], ']'));
                length
            }
            first if is_word(first) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                words.push(rest[..length].to_lowercase());
                length
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    words
}

/// Whether a trigger changes or takes away rows of a table. Whoever adds rows is the trail's writer.
pub(super) fn rewrites(sql: &str, table: &str) -> bool {
    let (words, table) = (words(sql), table.to_lowercase());
    let places = words.iter().enumerate().filter(|(_, word)| **word == table).map(|(place, _)| &words[..place]);
    places.into_iter().any(|before| {
        // `main.` may stand before its name.
        let before = before.strip_suffix(&["main".to_owned()]).unwrap_or(before);
        let ends = |with: &[&str]| before.len() >= with.len() && before.iter().rev().zip(with.iter().rev()).all(|(word, end)| word == end);
        let resolved = before.len() >= 3 && ends(&["or", before[before.len() - 1].as_str()]) && before[before.len() - 3] == "update";
        ends(&["update"]) || resolved || ends(&["delete", "from"]) || ends(&["replace", "into"])
    })
}

/// How many bytes a quoted text takes; a doubled quote is one of it.
fn quote(text: &str, mark: char) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find(mark) {
        at += end + 1;
        if !text[at..].starts_with(mark) {
            return at;
        }
        at += 1;
    }
    text.len()
}

fn name(quoted: &str, mark: char) -> String {
    let inner = quoted.strip_suffix(mark).unwrap_or(quoted);
    inner.replace(&format!("{mark}{mark}"), &mark.to_string()).to_lowercase()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_no_words() {
        assert_eq!(
            words("CREATE TABLE \"a \"\"b\" -- c\n([D] `e` /* f */ 'g ''h' i_1, é)"),
            ["create", "table", "a \"b", "d", "e", "i_1", "é"]
        );
        for open in ["", "'", "\"", "[", "`", "/*", "--", "'a''", "\"\""] {
            assert!(words(open).len() < 2, "{open}");
        }
    }

    #[test]
    fn a_trigger_rewrites_what_it_changes() {
        let is = |body: &str| rewrites(&format!("CREATE TRIGGER t AFTER INSERT ON facts BEGIN {body}; END"), "Trail");
        for body in [
            "DELETE FROM trail WHERE id < 5",
            "UPDATE \"trail\" SET a = 1",
            "UPDATE OR IGNORE main.trail SET a = 1",
            "SELECT 1; INSERT OR REPLACE INTO [Trail] VALUES (1)",
            "REPLACE INTO trail VALUES (1)",
        ] {
            assert!(is(body), "{body}");
        }
        for body in [
            "INSERT INTO trail VALUES (1)",
            "DELETE FROM facts WHERE id IN (SELECT id FROM trail)",
            "SELECT 'DELETE FROM trail'",
            "UPDATE facts SET trail = 1 /* DELETE FROM trail */",
            "DELETE FROM trails",
        ] {
            assert!(!is(body), "{body}");
        }
    }
}
