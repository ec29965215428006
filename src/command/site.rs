//! `readiness site`: the published dashboard, a folder of static pages.

use super::check::configured;
use super::options::{self, moment};
use super::output::{write, write_all};
use super::{render, rules};
use crate::discover::settings::is_id;
use crate::discover::site::{self, System};
use crate::error::Error;
use crate::evaluate::pack;
use crate::ingest;
use crate::io::terminal;
use crate::lifecycle::Lifecycle;
use crate::page::Page;
use crate::portfolio::{self, Portfolio};
use crate::render::parts::prose::plural;
use crate::render::reference::{self, Reader};
use crate::render::{page, portfolio as index};
use crate::report::Report;
use crate::verdict::Exit;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What is asked of `site`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The site's file.
    pub config: PathBuf,
    /// Where the pages go.
    pub out: PathBuf,
    /// As of when.
    pub now: Option<String>,
}

/// Judges every system and writes the site. The exit code says whether it could be written.
///
/// # Errors
/// When the site or a system's configuration is wrong, or a page cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let site = site::read(&options.config)?;
    let folder = options.config.parent().unwrap_or(Path::new(""));
    let mut systems: Vec<portfolio::System> = Vec::with_capacity(site.systems.len());
    for system in &site.systems {
        let report = judge(system, folder, options)?;
        // A stored report is somebody's word; its id must not lead out of the site.
        if !is_id(&report.project.id) {
            return Err(Error::Usage(format!("{}: `{}` cannot name a folder", system.source, report.project.id)));
        }
        let path = format!("{}/report.html", report.project.id);
        if systems.iter().any(|other| other.path == path) {
            return Err(Error::Usage(format!("two systems have the id `{}`", report.project.id)));
        }
        write_all(&report, &options.out.join(&report.project.id))?;
        systems.push(portfolio::System { path, report });
    }
    let mut pages = site.pages;
    pages.extend(reference()?);
    let mut taken = BTreeSet::new();
    if let Some(page) = pages.iter().find(|page| !taken.insert(page.path.as_str())) {
        return Err(Error::Usage(format!("two pages would be written to {}", page.path)));
    }
    let portfolio = Portfolio { title: site.title, now: moment(options.now.as_deref())?, systems, pages };
    write(&options.out.join("index.html"), &index::index(&portfolio)?)?;
    for document in &portfolio.pages {
        write(&options.out.join(&document.path), &page::page(document, &portfolio.pages)?)?;
    }
    let (systems, pages) = (plural(portfolio.systems.len(), "system"), plural(portfolio.pages.len(), "page"));
    terminal::note(&format!("{systems} and {pages} written to {}", options.out.display()));
    Ok(Exit::Open)
}

/// The pages about what the program holds.
fn reference() -> Result<Vec<Page>, Error> {
    let (packs, ..) = rules::load(&[])?;
    // The list is part of the program, and a test reads it.
    let ids = Lifecycle::of(&packs, pack::removed(&mut Vec::new()));
    let formats: Vec<_> = ingest::formats().collect();
    let readers: Vec<_> = formats.iter().map(|f| Reader { family: f.family, name: f.name, about: f.about }).collect();
    Ok(reference::pages(&packs, &ids, &readers))
}

fn judge(system: &System, folder: &Path, options: &Options) -> Result<Report, Error> {
    let source = folder.join(&system.source);
    if system.source.ends_with(".json") {
        return render::read(&source);
    }
    let now = system.now.clone().or_else(|| options.now.clone());
    configured(&options::Options { config: Some(source), now, profile: system.profile.clone(), ..options::Options::default() })
}
