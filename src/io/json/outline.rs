//! The keys at the beginning of a JSON document: how a format recognises its own files without reading them.

use std::collections::BTreeSet;

/// Deeper keys are not kept.
const DEEPEST: usize = 6;

/// The keys that the first bytes of a document show, and where each stands.
#[derive(Debug, Default)]
pub struct Outline {
    paths: BTreeSet<Vec<String>>,
}

impl Outline {
    /// Whether a place is there. A step is a key, `*` for any key, `[]` for the elements of an array; a last step of `{}` or `[]` says
    /// that an object or an array stands there, with or without anything in it.
    pub fn has(&self, place: &[&str]) -> bool {
        let same = |(step, wanted): (&String, &&str)| step == wanted || (*wanted == "*" && step != "[]" && step != "{}");
        self.paths.iter().any(|path| path.len() == place.len() && path.iter().zip(place).all(same))
    }

    /// What stands directly below the places that fit: keys, and the `{}` or `[]` of [`Outline::has`].
    pub fn below(&self, place: &[&str]) -> impl Iterator<Item = &str> {
        let fits = move |path: &&Vec<String>| {
            path.len() == place.len() + 1 && path.iter().zip(place).all(|(step, wanted)| step == wanted || (*wanted == "*" && step != "[]"))
        };
        self.paths.iter().filter(fits).filter_map(|path| path.last()).map(String::as_str)
    }

    /// The keys of the outermost object, or of the objects in the outermost list.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let paths = self.paths.iter().filter_map(|path| match path.as_slice() {
            [key] => Some(key.as_str()),
            [list, key] if list == "[]" => Some(key.as_str()),
            _ => None,
        });
        paths.filter(|key| *key != "{}" && *key != "[]")
    }

    fn note(&mut self, path: &[String], last: &str) {
        if path.len() < DEEPEST {
            let mut path = path.to_vec();
            path.push(last.to_owned());
            self.paths.insert(path);
        }
    }
}

/// Looks at the beginning of a file; nothing when it is no JSON object or array, as far as its first character shows. What is wrong with
/// the document is for its reader to say.
pub fn outline(head: &[u8]) -> Option<Outline> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if !matches!(head.trim_ascii_start(), [b'{' | b'[', ..]) {
        return None;
    }
    let mut outline = Outline::default();
    // Of everything that is open: whether it is an object, and how many steps lead to it.
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut key_next = false;
    let mut at = 0;
    while let Some(&byte) = head.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => {
                key_next = byte == b'{';
                outline.note(&path, if key_next { "{}" } else { "[]" });
                open.push((key_next, path.len()));
                if !key_next {
                    path.push("[]".to_owned());
                }
            }
            b'}' | b']' => {
                let Some((_, steps)) = open.pop() else { break };
                path.truncate(steps);
                key_next = false;
            }
            b',' => key_next = open.last().is_some_and(|(object, _)| *object),
            b'"' => {
                let Some(length) = string(&head[at..]) else { break };
                if let (true, Some(&(_, steps))) = (key_next, open.last()) {
                    let key = String::from_utf8_lossy(&head[at..at + length]).into_owned();
                    path.truncate(steps);
                    outline.note(&path, &key);
                    path.push(key);
                    key_next = false;
                }
                at += length + 1;
            }
            _ => {}
        }
    }
    Some(outline)
}

/// How many bytes stand before the quotation mark that ends a string.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, place: &[&str]) -> bool {
        outline(text.as_bytes()).is_some_and(|outline| outline.has(place))
    }

    #[test]
    fn keys_are_found_where_they_stand() {
        let text = "\u{feff} {\"a\": {\"b,\\\"}\": [{\"c\": 1}, {\"d\": \"c\"}], \"e\": {}}, \"f\": \"x\"";
        for place in [&["a"][..], &["a", "{}"], &["*", "*", "[]", "c"], &["a", "b,\\\"}", "[]", "d"], &["a", "e", "{}"], &["f"], &["{}"]] {
            assert!(has(text, place), "{place:?}");
        }
        for place in [&["c"][..], &["x"], &["a", "f"], &["f", "{}"], &["a", "e", "[]"], &["[]"], &["*", "*", "*", "c"]] {
            assert!(!has(text, place), "{place:?}");
        }
    }

    #[test]
    fn a_head_may_end_or_break_anywhere() {
        let text = "[{\"files\": [{\"a\\\\\": [1, [], {}]}]}]";
        for end in 0..text.len() {
            let _ = outline(&text.as_bytes()[..end]);
        }
        assert!(has(&text[..20], &["[]", "files", "[]", "a\\\\"]));
        let keys = outline(b"[{\"b\": {\"c\": 1}, \"a\": [1]}]").map(|outline| outline.keys().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(keys, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert!(outline(b"<a/>").is_none() && outline(b"").is_none() && outline(b"\"a\"").is_none());
        assert!(outline(b"}{\"a\":1]]\"").is_none());
        assert!(has("{\"a\":1}}{\"b\"", &["a"]));
        assert!(outline("[".repeat(60_000).as_bytes()).is_some());
    }
}
