//! A mapping whose keys are taken one by one, so that nothing in it goes unread.

use super::{Content, Node, Scalar};
use crate::error::Diagnostic;
use crate::instant::Instant;
use crate::io::spelling;
use crate::rule::{Place, Spanned};
use serde::de::DeserializeOwned;

/// How many unknown keys of one mapping are listed.
const UNKNOWN: usize = 20;

/// A mapping's keys, taken one by one; [`Fields::finish`] reports those that nobody asked for.
pub struct Fields<'n, 'e> {
    what: &'static str,
    place: &'n Place,
    entries: &'n [(Spanned, Node)],
    asked: Vec<&'static str>,
    /// Where mistakes go.
    pub errors: &'e mut Vec<Diagnostic>,
}

impl<'n, 'e> Fields<'n, 'e> {
    pub(super) fn new(what: &'static str, place: &'n Place, entries: &'n [(Spanned, Node)], errors: &'e mut Vec<Diagnostic>) -> Self {
        Fields { what, place, entries, asked: Vec::new(), errors }
    }

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

    /// Whether a mapping stands under `key`.
    pub fn is_mapping(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, node)| name.text == key && node.entries().is_some())
    }

    /// The entries of the mapping under `key`; anything else there is a mistake.
    pub fn entries(&mut self, key: &'static str) -> &'n [(Spanned, Node)] {
        let Some(node) = self.node(key) else { return &[] };
        node.entries().unwrap_or_else(|| {
            self.errors.push(Diagnostic::new(node.place.clone(), format!("`{key}` must be a mapping of keys to values")));
            &[]
        })
    }

    /// The items of the list under `key`; anything else there is a mistake.
    pub fn items(&mut self, key: &'static str) -> &'n [Node] {
        let Some(node) = self.node(key) else { return &[] };
        node.items().unwrap_or_else(|| {
            self.errors.push(Diagnostic::new(node.place.clone(), format!("`{key}` must be a list")));
            &[]
        })
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
            Content::Scalar(Scalar { text, cut, turns, .. }) => {
                if *cut {
                    let message = format!("a `#` ends the value of `{key}` here");
                    self.errors.push(
                        Diagnostic::new(node.place.clone(), message)
                            .help(Some("put the value in quotes, or the comment on a line of its own".into())),
                    );
                }
                Some(Spanned { text: text.clone(), place: node.place.clone(), turns: turns.clone() })
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
                Some(text) => texts.push(Spanned { text: text.to_owned(), place: item.place.clone(), turns: Vec::new() }),
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

    /// The text under `key`, which must be there and say something.
    pub fn mandatory(&mut self, key: &'static str) -> Option<Spanned> {
        self.require(key);
        let text = self.spanned(key)?;
        if text.text.trim().is_empty() {
            self.errors.push(Diagnostic::new(text.place, format!("`{key}` is empty")));
            return None;
        }
        Some(text)
    }

    /// The first moment of the day under `key`, which must be there, and where the file names it.
    pub fn date(&mut self, key: &'static str) -> Option<(Instant, Spanned)> {
        let text = self.mandatory(key)?;
        let day = Instant::parse(&text.text).filter(|_| text.text.len() == 10);
        if day.is_none() {
            let message = format!("`{key}`: `{}` is not a date", text.text);
            self.errors.push(Diagnostic::new(text.place.clone(), message).help(Some("write a day such as `2026-03-31`".into())));
        }
        Some((day?, text))
    }

    /// Reports every key that was not asked for, the first few of them one by one.
    pub fn finish(self) {
        let unknown: Vec<&Spanned> = self.entries.iter().map(|(key, _)| key).filter(|k| !self.asked.contains(&k.text.as_str())).collect();
        for key in unknown.iter().take(UNKNOWN) {
            let message = format!("{} has no key `{}`", self.what, key.text);
            let help = spelling::did_you_mean(&key.text, self.asked.iter().copied())
                .or_else(|| Some(format!("the keys are {}", self.asked.join(", "))));
            self.errors.push(Diagnostic::new(key.place.clone(), message).help(help));
        }
        if let Some(next) = unknown.get(UNKNOWN) {
            let message = format!("{} has none of {} more keys from here on", self.what, unknown.len() - UNKNOWN);
            self.errors.push(Diagnostic::new(next.place.clone(), message));
        }
    }
}
