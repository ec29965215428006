//! A page of documentation.

/// One page, written in Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Where it lies in the site, with `/` between folders: `quick-start.html`.
    pub path: String,
    /// What the navigation calls it.
    pub title: String,
    /// Its text. Raw HTML in it is shown, not obeyed.
    pub markdown: String,
}
