//! The door to YAML: `saphyr-parser` gives every node its place and shows the traps, `serde_yaml` types the scalars.
//!
//! YAML lets a gate be switched off by accident: a tag turns `!waived` into an empty text, a `#` cuts an expression in two,
//! a repeated key replaces the first, an empty `rules:` is no rule at all. All of these are mistakes here, and all mistakes
//! of a file are reported together.

use crate::error::Diagnostic;
use crate::io::spelling;
use crate::rule::{Place, Spanned};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// How deep a document may nest.
const DEPTH: usize = 64;

/// A node of a document, with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it starts.
    pub place: Place,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Scalar { text: String, plain: bool, cut: bool },
    Sequence(Vec<Node>),
    Mapping(Vec<(Spanned, Node)>),
}

/// Reads one document. Everything wrong with it is added to `errors`; nothing is returned when it cannot be used at all.
pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Node> {
    let before = errors.len();
    let mut builder = Builder { file: file.into(), lines: text.lines().collect(), errors, stack: Vec::new(), root: None, documents: 0 };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if !builder.take(event, span) {
                    break;
                }
            }
            Err(error) => {
                let place =
                    Place { file: builder.file.clone(), line: error.marker().line() as u64, column: error.marker().col() as u64 + 1 };
                builder.report(place, format!("not YAML: {}", error.info()), None);
                break;
            }
        }
    }
    let root = builder.root.take();
    if root.is_none() && errors.len() == before {
        errors.push(Diagnostic::new(Place { file: file.into(), line: 1, column: 1 }, "the file is empty"));
    }
    root
}

enum Open {
    Sequence(Place, Vec<Node>),
    Mapping(Place, Vec<(Spanned, Node)>, Option<Spanned>),
}

struct Builder<'t, 'e> {
    file: Arc<str>,
    lines: Vec<&'t str>,
    errors: &'e mut Vec<Diagnostic>,
    stack: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

impl Builder<'_, '_> {
    fn report(&mut self, place: Place, message: impl Into<String>, help: Option<&str>) {
        let excerpt = usize::try_from(place.line).ok().and_then(|line| self.lines.get(line.saturating_sub(1))).map(|l| (*l).to_owned());
        self.errors.push(Diagnostic { place, message: message.into(), help: help.map(str::to_owned), excerpt });
    }

    /// False when the rest of the document cannot be read sensibly.
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        let place = Place { file: self.file.clone(), line: span.start.line() as u64, column: span.start.col() as u64 + 1 };
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.report(place, "a second document in one file", Some("one file holds one document"));
                    return false;
                }
            }
            Event::Alias(_) => {
                self.report(place.clone(), "aliases are not read", Some("write the value out"));
                self.put(Node { place, content: Content::Scalar { text: String::new(), plain: false, cut: false } });
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                self.decorated(&place, anchor, tag.is_some());
                let cut = plain && self.comment_follows(&span);
                self.put(Node { place, content: Content::Scalar { text: text.into_owned(), plain, cut } });
            }
            Event::SequenceStart(anchor, tag) => {
                self.decorated(&place, anchor, tag.is_some());
                self.stack.push(Open::Sequence(place, Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.decorated(&place, anchor, tag.is_some());
                self.stack.push(Open::Mapping(place, Vec::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop() {
                Some(Open::Sequence(place, items)) => self.put(Node { place, content: Content::Sequence(items) }),
                Some(Open::Mapping(place, entries, _)) => self.put(Node { place, content: Content::Mapping(entries) }),
                None => {}
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        if self.stack.len() > DEPTH {
            self.report(
                Place { file: self.file.clone(), line: span.start.line() as u64, column: 1 },
                format!("nested deeper than {DEPTH} levels"),
                None,
            );
            self.stack.clear();
            return false;
        }
        true
    }

    fn decorated(&mut self, place: &Place, anchor: usize, tagged: bool) {
        if tagged {
            self.report(place.clone(), "`!` starts a YAML tag and takes the word after it away", Some("put the value in quotes"));
        }
        if anchor != 0 {
            self.report(place.clone(), "anchors are not read", Some("put the value in quotes if `&` belongs to it"));
        }
    }

    fn comment_follows(&self, span: &Span) -> bool {
        let Some(line) = self.lines.get(span.end.line().saturating_sub(1)) else { return false };
        let rest: String = line.chars().skip(span.end.col()).collect();
        rest.trim_start().starts_with('#')
    }

    fn put(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::Sequence(_, items)) => items.push(node),
            Some(Open::Mapping(_, entries, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let place = node.place.clone();
                    let Content::Scalar { text, .. } = node.content else {
                        *key = Some(Spanned { text: String::new(), place: place.clone() });
                        self.report(place, "a key must be a plain word", None);
                        return;
                    };
                    let repeated = entries.iter().find(|(k, _)| k.text == text).map(|(k, _)| k.place.line);
                    let merge = text == "<<";
                    *key = Some(Spanned { text: text.clone(), place: place.clone() });
                    if let Some(line) = repeated {
                        self.report(place, format!("key `{text}` is given twice; the first is on line {line}"), Some("remove one of them"));
                    } else if merge {
                        self.report(place, "`<<` merges are not read", Some("write the keys out"));
                    }
                }
            },
        }
    }
}

impl Node {
    /// The value of a scalar, whatever its style.
    pub fn scalar(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// True for `key:` without a value.
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true, .. } if text.is_empty() || text == "~" || text == "null")
    }

    /// The items of a sequence.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.content {
            Content::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a mapping, in the order of the file.
    pub fn entries(&self) -> Option<&[(Spanned, Node)]> {
        match &self.content {
            Content::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    fn value(&self) -> serde_yaml::Value {
        match &self.content {
            Content::Scalar { text, plain: true, .. } => serde_yaml::from_str(text).unwrap_or_else(|_| text.clone().into()),
            Content::Scalar { text, .. } => text.clone().into(),
            Content::Sequence(items) => items.iter().map(Node::value).collect(),
            Content::Mapping(entries) => {
                serde_yaml::Value::Mapping(entries.iter().map(|(k, v)| (k.text.clone().into(), v.value())).collect())
            }
        }
    }

    /// The node as a typed value.
    ///
    /// # Errors
    /// What is wrong with it, at its place.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Diagnostic> {
        serde_yaml::from_value(self.value()).map_err(|e| Diagnostic::new(self.place.clone(), e.to_string()))
    }

    /// The node as a mapping whose keys are taken one by one.
    pub fn fields<'n, 'e>(&'n self, what: &'static str, errors: &'e mut Vec<Diagnostic>) -> Fields<'n, 'e> {
        let entries = match &self.content {
            Content::Mapping(entries) => entries.as_slice(),
            _ => {
                errors.push(Diagnostic::new(self.place.clone(), format!("{what} must be a mapping of keys to values")));
                &[]
            }
        };
        Fields { what, place: &self.place, entries, asked: Vec::new(), errors }
    }
}

/// A mapping's keys, taken one by one; [`Fields::finish`] reports those that nobody asked for.
pub struct Fields<'n, 'e> {
    what: &'static str,
    place: &'n Place,
    entries: &'n [(Spanned, Node)],
    asked: Vec<&'static str>,
    /// Where mistakes go.
    pub errors: &'e mut Vec<Diagnostic>,
}

impl<'n> Fields<'n, '_> {
    /// The node under `key`; a key without a value is a mistake.
    pub fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.push(key);
        let (name, node) = self.entries.iter().find(|(k, _)| k.text == key)?;
        if node.is_null() {
            self.errors.push(
                Diagnostic::new(name.place.clone(), format!("`{key}` has no value")).help(Some("give it one, or remove the key".into())),
            );
            return None;
        }
        Some(node)
    }

    /// A typed value.
    pub fn get<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        let node = self.node(key)?;
        node.decode()
            .map_err(|mut e| {
                e.message = format!("`{key}`: {}", e.message);
                self.errors.push(e);
            })
            .ok()
    }

    /// A text, taken as it is written even where YAML would see a number or a flag.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        self.spanned(key).map(|s| s.text)
    }

    /// A text with its place. An unquoted text that a comment follows is a mistake: the `#` may have cut it.
    pub fn spanned(&mut self, key: &'static str) -> Option<Spanned> {
        let node = self.node(key)?;
        match &node.content {
            Content::Scalar { text, cut, .. } => {
                if *cut {
                    let message = format!("a `#` ends the value of `{key}` here");
                    self.errors.push(
                        Diagnostic::new(node.place.clone(), message)
                            .help(Some("put the value in quotes, or the comment on a line of its own".into())),
                    );
                }
                Some(Spanned { text: text.clone(), place: node.place.clone() })
            }
            _ => {
                self.errors.push(Diagnostic::new(node.place.clone(), format!("`{key}` must be a text")));
                None
            }
        }
    }

    /// A list of texts; one text is a list of one.
    pub fn texts(&mut self, key: &'static str) -> Vec<Spanned> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let nodes = node.items().unwrap_or(std::slice::from_ref(node));
        let mut texts = Vec::with_capacity(nodes.len());
        for item in nodes {
            match item.scalar() {
                Some(text) => texts.push(Spanned { text: text.to_owned(), place: item.place.clone() }),
                None => self.errors.push(Diagnostic::new(item.place.clone(), format!("`{key}` must be a list of texts"))),
            }
        }
        texts
    }

    /// A mistake unless the key is there.
    pub fn require(&mut self, key: &'static str) {
        if !self.entries.iter().any(|(k, _)| k.text == key) {
            self.errors.push(Diagnostic::new(self.place.clone(), format!("{} has no `{key}`", self.what)));
        }
    }

    /// Reports every key that was not asked for.
    pub fn finish(self) {
        for (key, _) in self.entries {
            if !self.asked.contains(&key.text.as_str()) {
                let message = format!("{} has no key `{}`", self.what, key.text);
                let help = spelling::did_you_mean(&key.text, self.asked.iter().copied())
                    .or_else(|| Some(format!("the keys are {}", self.asked.join(", "))));
                self.errors.push(Diagnostic::new(key.place.clone(), message).help(help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            mistakes("---\nweight: 1\n---\nweight: 2\n"),
            ["a.yaml:3:1: a second document in one file - one file holds one document"]
        );
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
}
