//! `readiness site`: the published dashboard, a folder of static pages.

use super::check::{self, configured, moment, write, write_all};
use super::render;
use crate::discover::site::{self, System};
use crate::error::Error;
use crate::io::terminal;
use crate::portfolio::{self, Portfolio};
use crate::render::parts::prose::plural;
use crate::render::{page, portfolio as index};
use crate::report::Report;
use crate::verdict::Exit;
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
        let path = format!("{}/report.html", report.project.id);
        if systems.iter().any(|other| other.path == path) {
            return Err(Error::Usage(format!("two systems have the id `{}`", report.project.id)));
        }
        write_all(&report, &options.out.join(&report.project.id))?;
        systems.push(portfolio::System { path, report });
    }
    let portfolio = Portfolio { title: site.title, now: moment(options.now.as_deref())?, systems, pages: site.pages };
    write(&options.out.join("index.html"), &index::index(&portfolio)?)?;
    for document in &portfolio.pages {
        write(&options.out.join(&document.path), &page::page(document, &portfolio.pages)?)?;
    }
    let (systems, pages) = (plural(portfolio.systems.len(), "system"), plural(portfolio.pages.len(), "page"));
    terminal::note(&format!("{systems} and {pages} written to {}", options.out.display()));
    Ok(Exit::Open)
}

fn judge(system: &System, folder: &Path, options: &Options) -> Result<Report, Error> {
    let source = folder.join(&system.source);
    if system.source.ends_with(".json") {
        return render::read(&source);
    }
    let now = system.now.clone().or_else(|| options.now.clone());
    configured(&check::Options { config: Some(source), now, profile: system.profile.clone(), ..check::Options::default() })
}
