//! Reads `site.yaml`: which systems and which pages a published site shows.

use crate::error::{Diagnostic, Error};
use crate::io::fs;
use crate::io::yaml::{self, Node};
use crate::page::Page;
use std::path::Path;

/// What a site is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Site {
    /// Its name.
    pub title: String,
    /// In the order they are shown.
    pub systems: Vec<System>,
    /// Documentation, in reading order.
    pub pages: Vec<Page>,
}

/// One system of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// A configuration to judge, or a stored `report.json`; relative to the site's file.
    pub source: String,
    /// As of when it is judged, where that is not now.
    pub now: Option<String>,
    /// By which profile.
    pub profile: Option<String>,
}

/// Reads a site and its pages.
///
/// # Errors
/// All mistakes in the file, or a page that cannot be read.
pub fn read(path: &Path) -> Result<Site, Error> {
    let shown = fs::slashed(path);
    let text = fs::read_text(path).map_err(|e| Error::Usage(format!("{shown}: {e}")))?;
    let mut errors = Vec::new();
    let mut site = Site::default();
    let mut pages = Vec::new();
    if let Some(node) = yaml::parse(&shown, &text, &mut errors) {
        let mut f = node.fields("a site", &mut errors);
        for key in ["title", "systems"] {
            f.require(key);
        }
        site.title = f.text("title").unwrap_or_default();
        site.systems = f.items("systems").iter().map(|node| system(node, f.errors)).collect();
        pages = f.texts("pages");
        for page in pages.iter().filter(|page| !is_inside(&page.text)) {
            f.errors.push(Diagnostic::new(page.place.clone(), format!("`{}` would be written outside the site", page.text)));
        }
        f.finish();
    }
    if !errors.is_empty() {
        return Err(Error::Configuration(errors));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    for page in pages {
        let markdown = fs::read_text(&folder.join(&page.text)).map_err(|e| Error::Usage(format!("{}: {}: {e}", page.place, page.text)))?;
        site.pages.push(document(&page.text, markdown));
    }
    Ok(site)
}

fn system(node: &Node, errors: &mut Vec<Diagnostic>) -> System {
    if let Some(source) = node.scalar() {
        return System { source: source.to_owned(), ..System::default() };
    }
    let mut f = node.fields("a system", errors);
    f.require("source");
    let system = System { source: f.text("source").unwrap_or_default(), now: f.text("now"), profile: f.text("profile") };
    f.finish();
    system
}

/// Whether a path stays below the folder it starts from.
fn is_inside(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir))
}

/// A page is called what its first heading says.
fn document(name: &str, markdown: String) -> Page {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    let heading = markdown.lines().find_map(|line| line.strip_prefix("# "));
    let title = heading.map_or_else(|| stem.to_owned(), |heading| heading.trim().to_owned());
    Page { path: format!("{stem}.html"), title, markdown, ..Page::default() }
}
