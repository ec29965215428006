//! A page of documentation, with the navigation of the site.

use super::parts::commonmark::{Article, article};
use super::parts::dress::{Dress, dress};
use super::parts::markup::fill_article;
use crate::error::Error;
use crate::page::{Page, grouped};
use askama::Template;

#[derive(Template)]
#[template(path = "page.html")]
struct View<'a> {
    dress: Dress,
    title: &'a str,
    description: String,
    /// From this page to the top of the site.
    root: String,
    page: &'a Page,
    /// Heading and pages.
    nav: Vec<(&'a str, &'a [Page])>,
    article: Article,
}

/// The page, in a site that has the pages of `nav`.
///
/// # Errors
/// Only if the template cannot be filled.
pub fn page(page: &Page, nav: &[Page]) -> Result<String, Error> {
    let view = View {
        dress: dress("'self' "),
        title: &page.title,
        description: page.title.clone(),
        root: "../".repeat(page.path.matches('/').count()),
        page,
        nav: grouped(nav),
        article: article(&page.markdown),
    };
    Ok(fill_article(&view)?.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn a_page(path: &str, title: &str) -> Page {
        Page { path: path.to_owned(), title: title.to_owned(), markdown: format!("# {title}\n\n## First\n\nText.\n"), ..Page::default() }
    }

    #[test]
    fn the_navigation_knows_where_it_is() {
        let junit = Page { group: "Reference".to_owned(), ..a_page("formats/junit.html", "JUnit <xml>") };
        let nav = [a_page("quick-start.html", "Quick start"), junit];
        let text = page(&nav[1], &nav).unwrap();
        assert!(text.contains(r#"<a href="../quick-start.html">Quick start</a>"#), "{text}");
        assert!(text.contains(r#"<a href="../formats/junit.html" aria-current="page">JUnit &#60;xml&#62;</a>"#), "{text}");
        assert!(text.contains(r##"<a href="#first">First</a>"##) && text.contains("<title>JUnit &#60;xml&#62;</title>"), "{text}");
        assert!(text.contains(r#"<p class="navhead">Reference</p>"#), "{text}");
        assert_eq!(text, page(&nav[1], &nav).unwrap());
    }
}
