//! A page of documentation.

/// One page, written in Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Where it lies in the site, with `/` between folders: `quick-start.html`.
    pub path: String,
    /// What the navigation calls it.
    pub title: String,
    /// Under which heading of the navigation it stands; empty for those that come first.
    pub group: String,
    /// Its text. Raw HTML in it is shown, not obeyed.
    pub markdown: String,
}

/// Pages as a navigation shows them: neighbours of one group under its heading.
pub fn grouped(pages: &[Page]) -> Vec<(&str, &[Page])> {
    pages.chunk_by(|a, b| a.group == b.group).filter_map(|pages| Some((pages.first()?.group.as_str(), pages))).collect()
}
