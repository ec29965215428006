//! The systems a site shows, each by its newest report.

use crate::instant::Instant;
use crate::page::Page;
use crate::report::Report;

/// What the index page of a site is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Portfolio {
    /// The site's name.
    pub title: String,
    /// As of when: ages are counted from here.
    pub now: Instant,
    /// In the order they are shown.
    pub systems: Vec<System>,
    /// Documentation beside them.
    pub pages: Vec<Page>,
}

/// One system.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    /// Where its page lies in the site: `reflexio/report.html`.
    pub path: String,
    /// Its newest report.
    pub report: Report,
}
