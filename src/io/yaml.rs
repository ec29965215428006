//! The door to YAML: `saphyr-parser` gives every node its place and shows the traps, `serde_yaml` types the scalars.
//!
//! YAML lets a gate be switched off by accident: a tag turns `!waived` into an empty text, a `#` cuts an expression in two,
//! a repeated key replaces the first, an empty `rules:` is no rule at all. All of these are mistakes here, and all mistakes
//! of a file are reported together.

use crate::error::{Diagnostic, Excerpt};
use crate::rule::{Place, Spanned, Turn};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;

mod cursor;
mod fields;
mod quoted;

use cursor::Cursor;
pub use fields::Fields;
pub use quoted::quoted;

/// How deep a document may nest.
const DEPTH: usize = 64;
/// How many mistakes of a document are listed; whoever makes more has mixed up the file.
const MISTAKES: usize = 100;

/// A node of a document, with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it starts.
    pub place: Place,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(Vec<(Spanned, Node)>),
}

#[derive(Clone, Debug, Default)]
struct Scalar {
    text: String,
    /// Neither quoted nor a block nor tagged.
    plain: bool,
    /// A comment follows, which may have been meant as part of it.
    cut: bool,
    turns: Vec<Turn>,
}

/// Reads one document. Everything wrong with it is added to `errors`; nothing is returned when it cannot be used at all.
pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder {
        file: file.into(),
        lines: text.lines().collect(),
        cursor: Cursor::new(text),
        before: errors.len(),
        errors,
        stack: Vec::new(),
        root: None,
        documents: 0,
    };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if !builder.take(event, span) {
                    break;
                }
            }
            Err(error) => {
                let place = builder.place(error.marker().line(), error.marker().col());
                builder.report(place, format!("not YAML: {}", error.info()), None);
                break;
            }
        }
    }
    let (root, before) = (builder.root.take(), builder.before);
    if root.is_none() && errors.len() == before {
        errors.push(Diagnostic::new(Place { file: file.into(), line: 1, column: 1 }, "the file is empty"));
    }
    root
}

enum Open {
    Sequence(Place, Vec<Node>),
    Mapping { place: Place, entries: Vec<(Spanned, Node)>, seen: BTreeMap<String, u64>, key: Option<Spanned> },
}

struct Builder<'t, 'e> {
    file: Arc<str>,
    lines: Vec<&'t str>,
    cursor: Cursor<'t>,
    /// How many mistakes there were before this document.
    before: usize,
    errors: &'e mut Vec<Diagnostic>,
    stack: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

impl Builder<'_, '_> {
    /// The place of a parser's line, from 1, and column, from 0.
    fn place(&self, line: usize, column: usize) -> Place {
        Place { file: self.file.clone(), line: line as u64, column: column as u64 + 1 }
    }

    fn report(&mut self, place: Place, message: impl Into<String>, help: Option<&str>) {
        let line = usize::try_from(place.line).ok().and_then(|line| self.lines.get(line.saturating_sub(1)));
        let excerpt = line.map(|line| Excerpt::around(line, place.column));
        self.errors.push(Diagnostic { place, message: message.into(), help: help.map(str::to_owned), excerpt });
    }

    /// False when the rest of the document cannot be read sensibly.
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        let place = self.place(span.start.line(), span.start.col());
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
                self.put(Node { place, content: Content::Scalar(Scalar::default()) });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.decorated(&place, anchor, tag.is_some());
                let source = self.cursor.between(span.start.index(), span.end.index());
                let plain = style == ScalarStyle::Plain;
                let turns = cursor::turns(&text, source, style, &place);
                let cut = plain && tag.is_none() && self.cursor.comment_follows();
                let scalar = Scalar { text: text.into_owned(), plain: plain && tag.is_none(), cut, turns };
                self.put(Node { place, content: Content::Scalar(scalar) });
            }
            Event::SequenceStart(anchor, tag) => {
                self.decorated(&place, anchor, tag.is_some());
                self.stack.push(Open::Sequence(place, Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.decorated(&place, anchor, tag.is_some());
                self.stack.push(Open::Mapping { place, entries: Vec::new(), seen: BTreeMap::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop() {
                Some(Open::Sequence(place, items)) => self.put(Node { place, content: Content::Sequence(items) }),
                Some(Open::Mapping { place, entries, .. }) => self.put(Node { place, content: Content::Mapping(entries) }),
                None => {}
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        let place = self.place(span.start.line(), span.start.col());
        if self.stack.len() > DEPTH {
            self.report(place, format!("nested deeper than {DEPTH} levels"), None);
            return false;
        }
        if self.errors.len() - self.before >= MISTAKES {
            self.report(place, format!("{MISTAKES} mistakes up to here; the rest of the file is not read"), None);
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

    fn put(&mut self, node: Node) {
        let mut mistake = None;
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::Sequence(_, items)) => items.push(node),
            Some(Open::Mapping { entries, seen, key, .. }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let place = node.place;
                    let Content::Scalar(Scalar { text, turns, .. }) = node.content else {
                        *key = Some(Spanned { place: place.clone(), ..Spanned::default() });
                        return self.report(place, "a key must be a plain word", None);
                    };
                    if text == "<<" {
                        mistake = Some((place.clone(), "`<<` merges are not read".to_owned(), "write the keys out"));
                    } else if let Some(line) = seen.get(&text) {
                        let message = format!("key `{text}` is given twice; the first is on line {line}");
                        mistake = Some((place.clone(), message, "remove one of them"));
                    } else {
                        seen.insert(text.clone(), place.line);
                    }
                    *key = Some(Spanned { text, place, turns });
                }
            },
        }
        if let Some((place, message, help)) = mistake {
            self.report(place, message, Some(help));
        }
    }
}

impl Node {
    /// A mapping of these entries, as if it stood at `place`.
    pub fn mapping(place: Place, entries: Vec<(Spanned, Node)>) -> Node {
        Node { place, content: Content::Mapping(entries) }
    }

    /// A list of these items, as if it stood at `place`.
    pub fn sequence(place: Place, items: Vec<Node>) -> Node {
        Node { place, content: Content::Sequence(items) }
    }

    /// What stands under a key of a mapping, with the key.
    pub fn entry(&self, key: &str) -> Option<&(Spanned, Node)> {
        self.entries()?.iter().find(|(name, _)| name.text == key)
    }

    /// The value of a scalar, whatever its style.
    pub fn scalar(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// True for `key:` without a value.
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(Scalar { text, plain: true, .. }) if text.is_empty() || text == "~" || text == "null")
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
            Content::Scalar(Scalar { text, plain: true, .. }) => serde_yaml::from_str(text).unwrap_or_else(|_| text.clone().into()),
            Content::Scalar(Scalar { text, .. }) => text.clone().into(),
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
        Fields::new(what, &self.place, entries, errors)
    }
}

/// Whether a text holds nothing but comments.
pub fn is_bare(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with('#'))
}

#[cfg(test)]
mod tests;
