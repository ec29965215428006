//! What may stand before the root element: the XML declaration and the document type declaration.

use super::tag::{Flaw, Tag, name_end, scan, skip_space};

/// Checks the inside of an XML declaration (productions 23 to 26, 32, 80): version, then encoding, then standalone.
pub(super) fn declaration(content: &[u8]) -> Result<(), Flaw> {
    let mut attributes = Vec::new();
    let name = scan(content, &mut attributes)?;
    let declaration = Tag { content, name, attributes: &attributes };
    let mut wanted = [&b"version"[..], b"encoding", b"standalone"].into_iter();
    for (name, value) in declaration.attributes() {
        let proper = match name {
            b"version" => {
                value.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
            }
            b"encoding" => {
                value.starts_with(|first: char| first.is_ascii_alphabetic())
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            }
            _ => matches!(&*value, "yes" | "no"),
        };
        if !proper || !wanted.any(|other| other == name) {
            return Flaw::new(0, "the XML declaration is not well-formed");
        }
    }
    if declaration.get("version").is_none() { Flaw::new(0, "the XML declaration has no version") } else { Ok(()) }
}

/// Checks the outside of a document type declaration, given whole: name, external identifier, brackets of the internal subset.
pub(super) fn doctype(markup: &[u8]) -> Result<(), Flaw> {
    let content = &markup[..markup.len() - 1];
    let name = skip_space(content, b"<!DOCTYPE".len());
    if !content.starts_with(b"<!DOCTYPE") || name == b"<!DOCTYPE".len() {
        return Flaw::new(0, "a declaration that is not a DOCTYPE");
    }
    let mut at = name_end(content, name)?;
    let literals = match skip_space(content, at) {
        next if content[next..].starts_with(b"SYSTEM") => 1,
        next if content[next..].starts_with(b"PUBLIC") => 2,
        _ => 0,
    };
    if literals > 0 {
        at = skip_space(content, at) + b"SYSTEM".len();
    }
    for _ in 0..literals {
        let open = skip_space(content, at);
        let close = content
            .get(open)
            .filter(|&&quote| open > at && matches!(quote, b'"' | b'\''))
            .and_then(|&quote| memchr::memchr(quote, &content[open + 1..]));
        match close {
            Some(length) => at = open + 1 + length + 1,
            None => return Flaw::new(open, "a DOCTYPE has no proper external identifier"),
        }
    }
    match content[skip_space(content, at)..].trim_ascii_end() {
        [] | [b'[', .., b']'] => Ok(()),
        _ => Flaw::new(at, "a DOCTYPE is not well-formed"),
    }
}
