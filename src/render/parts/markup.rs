//! Text that is already safe markup, and the one way to make text safe.

use super::escape::is_mark;
use crate::error::Error;
use std::fmt;

/// Markup that may be put into a page as it is. Everything else is escaped by the templates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Markup whose untrusted parts have been through [`escape`].
    pub fn trusted(markup: impl Into<String>) -> Self {
        Html(markup.into())
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// A template's markup. What evidence holds of marks that turn the direction of text, or cannot be seen, becomes visible (`\u{202e}`).
///
/// # Errors
/// When a value in it cannot be written down.
pub fn fill(template: &impl askama::Template) -> Result<Html, Error> {
    let Html(page) = fill_article(template)?;
    if !page.contains(is_mark) {
        return Ok(Html(page));
    }
    let mut shown = String::with_capacity(page.len());
    for c in page.chars() {
        if is_mark(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Ok(Html(shown))
}

/// As [`fill`], of a text that somebody wrote to be read: the marks in it are part of how it is written.
///
/// # Errors
/// When a value in it cannot be written down.
pub fn fill_article(template: &impl askama::Template) -> Result<Html, Error> {
    let page = template.render().map_err(|error| Error::Internal(format!("a page could not be written: {error}")))?;
    Ok(Html(if page.contains(is_no_text) { page.replace(is_no_text, "\u{fffd}") } else { page }))
}

/// Text for an element or a quoted attribute of HTML or SVG.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if is_no_text(c) => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// Control characters: browsers and validators refuse them.
fn is_no_text(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// Sentences that may name things in backticks: what stands in a pair of them becomes code.
pub fn sentence(text: &str) -> Html {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return Html::trusted(escape(text));
    }
    let dress = |(i, part): (usize, &&str)| match i % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    Html::trusted(parts.iter().enumerate().map(dress).collect::<String>())
}

/// A short text with figures: a percent sign stays with its number.
pub fn figures(text: &str) -> Html {
    Html::trusted(escape(text).replace(" %", "&nbsp;%"))
}

/// A name that may stand in an `id` and in a fragment: letters, digits and single hyphens.
pub fn slug(text: &str) -> String {
    let words: Vec<String> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    words.join("-").chars().take(80).collect()
}

/// The name itself, or with a number where it is taken.
pub fn distinct(taken: &mut std::collections::BTreeSet<String>, name: String) -> String {
    let numbered = (2..).map(|n: u64| format!("{name}-{n}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_an_attribute_or_an_element() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
        assert_eq!(sentence("mode `<b>` and ` one").to_string(), "mode `&lt;b&gt;` and ` one");
        assert_eq!(sentence("mode `<b>` only").to_string(), "mode <code>&lt;b&gt;</code> only");
        assert_eq!(slug("pr-gate/Tests  pass[\u{202e}<x>]"), "pr-gate-tests-pass-x");
        assert_eq!(escape("a\0b\u{1b}[2Jc\td"), "a\u{fffd}b\u{fffd}[2Jc\td");
    }
}
