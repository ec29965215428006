//! The door to pulldown-cmark: Markdown to markup that cannot do anything.
//!
//! Raw HTML becomes text. Links lead to `http(s)`, into the site or to a heading; pictures come from the site only.

use super::markup::{Html, distinct, escape, slug};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::collections::BTreeSet;

/// A text and the headings in it.
pub struct Article {
    /// The text.
    pub body: Html,
    /// Its sections: fragment and text of each heading of the second level.
    pub headings: Vec<(String, String)>,
}

/// Turns Markdown (CommonMark with tables) into an article.
pub fn article(markdown: &str) -> Article {
    let events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).collect();
    let mut out = Vec::with_capacity(events.len());
    let mut taken = BTreeSet::new();
    let mut headings = Vec::new();
    // For each open link or picture, whether it is one.
    let mut open = Vec::new();
    let mut heading = (String::new(), String::new());
    for (i, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let text = inner(&events[i + 1..]);
                let id = distinct(&mut taken, fragment(&text));
                out.push(markup(&format!("<{level} id=\"{id}\">")));
                heading = (id, text);
            }
            Event::End(TagEnd::Heading(level)) => {
                let (id, text) = std::mem::take(&mut heading);
                out.push(markup(&format!("<a class=\"hl\" href=\"#{id}\" aria-label=\"Link to {}\">#</a></{level}>\n", escape(&text))));
                if level.to_string() == "h2" {
                    headings.push((id, text));
                }
            }
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. })) => {
                let safe = safe(tag);
                open.push(safe.is_some());
                out.extend(safe.map(Event::Start));
            }
            Event::End(TagEnd::Link | TagEnd::Image) if open.pop() == Some(false) => {}
            // What is too wide scrolls, also for people without a mouse.
            Event::Start(Tag::CodeBlock(_)) => out.push(markup("<pre tabindex=\"0\"><code>")),
            Event::End(TagEnd::CodeBlock) => out.push(markup("</code></pre>\n")),
            Event::Start(Tag::Table(_)) => out.extend([markup("<div class=\"tw\" tabindex=\"0\">"), event.clone()]),
            Event::End(TagEnd::Table) => out.extend([event.clone(), markup("</div>\n")]),
            Event::Html(text) | Event::InlineHtml(text) => out.push(Event::Text(text.clone())),
            other => out.push(other.clone()),
        }
    }
    let mut body = String::new();
    html::push_html(&mut body, out.into_iter());
    Article { body: Html::trusted(body), headings }
}

fn markup(text: &str) -> Event<'static> {
    Event::Html(CowStr::from(text.to_owned()))
}

/// The fragment of a heading; it begins with a letter, as an id should.
fn fragment(text: &str) -> String {
    let slug = slug(text);
    if slug.starts_with(|c: char| c.is_ascii_alphabetic()) { slug } else { format!("s-{slug}").trim_end_matches('-').to_owned() }
}

/// The text of a heading, up to its end.
fn inner(events: &[Event<'_>]) -> String {
    let within = events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    within.filter_map(|event| if let Event::Text(text) | Event::Code(text) = event { Some(&**text) } else { None }).collect()
}

/// The same link or picture, if it leads where it may.
fn safe<'a>(tag: &Tag<'a>) -> Option<Tag<'a>> {
    match tag.clone() {
        Tag::Link { link_type, dest_url, title, id } => {
            let dest_url = if is_web(&dest_url) { dest_url } else { is_local(&dest_url).then(|| page(&dest_url).into())? };
            Some(Tag::Link { link_type, dest_url, title, id })
        }
        Tag::Image { ref dest_url, .. } => is_local(dest_url).then(|| tag.clone()),
        other => Some(other),
    }
}

fn is_web(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

/// Whether an address stays in the site: no scheme, no other host. Browsers drop blanks and turn backslashes.
fn is_local(url: &str) -> bool {
    let before_path = url.split(['/', '?', '#']).next().unwrap_or_default();
    !before_path.contains(':') && !url.starts_with("//") && !url.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control())
}

/// Documents link to each other's source, pages to each other.
fn page(url: &str) -> String {
    let (path, fragment) = url.split_at(url.find(['#', '?']).unwrap_or(url.len()));
    match path.strip_suffix(".md") {
        Some(stem) => format!("{stem}.html{fragment}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        article(markdown).body.to_string()
    }

    #[test]
    fn headings_can_be_linked_to() {
        let article = article("# Title\n\n## A `b` & c\n\n## A b c\n");
        assert_eq!(article.headings, [("a-b-c".to_owned(), "A b & c".to_owned()), ("a-b-c-2".to_owned(), "A b c".to_owned())]);
        let body = article.body.to_string();
        assert!(
            body.contains(
                r##"<h2 id="a-b-c">A <code>b</code> &amp; c<a class="hl" href="#a-b-c" aria-label="Link to A b &amp; c">#</a></h2>"##
            ),
            "{body}"
        );
    }

    #[test]
    fn raw_html_is_text() {
        let body = html("<script>alert(1)</script>\n\na <b onclick=x>b</b> <!-- c -->\n");
        assert!(!body.contains("<script") && !body.contains("<b") && !body.contains("<!--"), "{body}");
        assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{body}");
    }

    #[test]
    fn links_lead_nowhere_else() {
        assert!(html("[a](evidence.md#x)").contains(r#"href="evidence.html#x""#));
        assert!(html("[a](https://example.org/b.md)").contains(r#"href="https://example.org/b.md""#));
        for bad in [
            "javascript:alert(1)",
            "JAVASCRIPT:x",
            "data:text/html,x",
            "//example.org",
            "<java\tscript:x>",
            "</\t/example.org>",
            r"/\\example.org",
            "vbscript:x",
        ] {
            assert!(!html(&format!("[a]({bad})")).contains("href"), "{bad}");
        }
    }

    #[test]
    fn pictures_come_from_the_site() {
        assert!(html("![a](shot.png)").contains(r#"<img src="shot.png" alt="a""#));
        for bad in ["https://example.org/a.png", "//example.org/a.png", "data:image/svg+xml,x"] {
            let body = html(&format!("![the picture]({bad})"));
            assert!(!body.contains("<img") && body.contains("the picture"), "{body}");
        }
    }

    #[test]
    fn tables_and_code_scroll_by_keyboard() {
        let body = html("| a |\n|---|\n| <i> |\n\n```sh\na < b\n```\n");
        assert!(body.contains(r#"<div class="tw" tabindex="0"><table>"#) && body.contains(r#"<pre tabindex="0"><code>a &lt; b"#), "{body}");
    }
}
