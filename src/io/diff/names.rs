//! How a diff writes the names of files (git's `quote.c` and `diff.c`).

/// A name as it stands after `rename from`, or in `diff --cc`: quoted where it holds what would disturb.
pub(super) fn plain(text: &[u8]) -> Option<String> {
    match text.strip_prefix(b"\"") {
        Some(quoted) => unquote(quoted).filter(|(_, rest)| rest.is_empty()).map(|(name, _)| name),
        None => Some(String::from_utf8_lossy(text).into_owned()).filter(|name| !name.is_empty()),
    }
}

/// A name as it stands after `--- ` and `+++ `: a tab ends it, what follows is a date.
pub(super) fn of_side(text: &[u8]) -> Option<String> {
    let raw = || text.split(|byte| *byte == b'\t').next().unwrap_or(text);
    if text.starts_with(b"\"") { unquote(&text[1..]).map(|(name, _)| name) } else { plain(raw()) }
}

/// Both names of `diff --git a/x b/x`. Names with spaces are told apart only when they are the same; renames say them again.
pub(super) fn of_both(text: &[u8]) -> Option<(String, String)> {
    if let Some(quoted) = text.strip_prefix(b"\"") {
        let (left, rest) = unquote(quoted)?;
        return Some((left, plain(rest.strip_prefix(b" ")?)?));
    }
    if text.ends_with(b"\"") {
        let at = text.windows(2).position(|pair| pair == b" \"")?;
        return Some((plain(&text[..at])?, plain(&text[at + 1..])?));
    }
    let middle = text.len() / 2;
    let same = text.get(middle) == Some(&b' ') && pathless(&text[..middle]) == pathless(&text[middle + 1..]);
    let single = || Some(text.iter().position(|byte| *byte == b' ')?).filter(|at| !text[at + 1..].contains(&b' '));
    let at = if same { middle } else { single()? };
    Some((plain(&text[..at])?, plain(&text[at + 1..])?))
}

/// What follows the first `/`: the name without `a/` or `b/`.
fn pathless(name: &[u8]) -> &[u8] {
    name.iter().position(|byte| *byte == b'/').map_or(name, |at| &name[at + 1..])
}

/// Two names of one file without what tells the sides apart: `a/` and `b/`, `i/` and `w/`, or the two folders of `diff -r`.
/// A side that is not there is no help: then only the usual letters are taken off.
pub(super) fn bare(base: Option<String>, head: Option<String>) -> (Option<String>, Option<String>) {
    match (base, head) {
        (Some(base), Some(head)) if base == head => (Some(base), Some(head)),
        (Some(base), Some(head)) => match (base.split_once('/'), head.split_once('/')) {
            (Some((one, left)), Some((other, right))) if one != other && (left == right || is_letter(one) && is_letter(other)) => {
                (Some(left.to_owned()), Some(right.to_owned()))
            }
            _ => (Some(base), Some(head)),
        },
        (base, head) => (base.map(strip), head.map(strip)),
    }
}

fn strip(name: String) -> String {
    match name.split_once('/') {
        Some((side, rest)) if is_letter(side) => rest.to_owned(),
        _ => name,
    }
}

/// `diff.mnemonicPrefix` knows these sides: index, working tree, commit, object.
fn is_letter(side: &str) -> bool {
    matches!(side, "a" | "b" | "i" | "w" | "c" | "o")
}

/// The text behind an opening quote up to the closing one, and what follows.
fn unquote(text: &[u8]) -> Option<(String, &[u8])> {
    let (mut name, mut at) = (Vec::new(), 0);
    loop {
        match *text.get(at)? {
            b'"' => return Some((String::from_utf8_lossy(&name).into_owned(), &text[at + 1..])),
            b'\\' => {
                let (byte, width) = escape(&text[at + 1..])?;
                name.push(byte);
                at += 1 + width;
            }
            byte => {
                name.push(byte);
                at += 1;
            }
        }
    }
}

/// What an escape stands for, and how many bytes follow its backslash.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    Some((
        match *text.first()? {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            same @ (b'"' | b'\\') => same,
            b'0'..=b'3' => {
                let digits = text.get(..3)?;
                let octal = digits.iter().all(|digit| (b'0'..=b'7').contains(digit));
                return octal.then(|| (digits.iter().fold(0u8, |value, digit| value.wrapping_mul(8) | (digit - b'0')), 3));
            }
            _ => return None,
        },
        1,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> Option<(Option<String>, Option<String>)> {
        of_both(text.as_bytes()).map(|(base, head)| bare(Some(base), Some(head)))
    }

    #[test]
    fn names_of_git() {
        for (text, base, head) in [
            ("a/src/a.py b/src/a.py", "src/a.py", "src/a.py"),
            ("a/my file.py b/my file.py", "my file.py", "my file.py"),
            ("a/b b/b b/b b/b", "b b/b", "b b/b"),
            ("a/x.py b/y.py", "x.py", "y.py"),
            (r#""a/\303\244 \"q\".py" "b/\303\244 \"q\".py""#, "ä \"q\".py", "ä \"q\".py"),
            (r#"a/x.py "b/t\ta\\b.py""#, "x.py", "t\ta\\b.py"),
            (r#""a/\001\377" b/x"#, "\u{1}\u{fffd}", "x"),
            ("i/a.py w/a.py", "a.py", "a.py"),
            ("src/a.py src/a.py", "src/a.py", "src/a.py"),
            ("a/a.py a/a.py", "a/a.py", "a/a.py"),
        ] {
            assert_eq!(both(text), Some((Some(base.into()), Some(head.into()))), "{text}");
        }
        for text in ["", "a", "a/x y z b/q r", r#""a/x" "#, r#""a/\9" b/x"#, r#""a/x"#, r#""a/x"b/x"#] {
            assert_eq!(both(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_sides() {
        assert_eq!(of_side(b"a/my file.py\t2024-01-01"), Some("a/my file.py".into()));
        assert_eq!(of_side(br#""a/t\tb.py"	"#), Some("a/t\tb.py".into()));
        assert_eq!(bare(None, Some("b/new.py".into())), (None, Some("new.py".into())));
        assert_eq!(bare(Some("new.py".into()), None), (Some("new.py".into()), None));
        assert_eq!(bare(Some("old/a.py".into()), Some("new/a.py".into())), (Some("a.py".into()), Some("a.py".into())));
        assert_eq!(bare(Some("x/a.py".into()), Some("y/b.py".into())), (Some("x/a.py".into()), Some("y/b.py".into())));
    }
}
