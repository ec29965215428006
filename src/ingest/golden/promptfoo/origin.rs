//! Where an answer came from: a provider, its cache, or something that stands in for one.

use super::row::Row;
use crate::ingest::golden::case::Mode;
use crate::ingest::golden::signal;

/// Prefixes of providers that are programs of the project itself: how long they take says nothing.
const PROGRAMS: [&str; 8] = ["file:", "exec:", "python:", "javascript:", "golang:", "ruby:", "package:", "webhook-local:"];

/// What a row shows of how its answer was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was made as the mode says.
    Shown(Mode),
    /// The provider's name has a word of a stand-in in it.
    StandIn(&'static str),
    /// No token, and no time either.
    Instant,
    /// Nothing.
    Untold,
}

impl Origin {
    /// What an answered row shows.
    pub fn of(row: &Row) -> Origin {
        let (id, label) = row.provider();
        let tokens = row.tokens();
        let count = |n: Option<f64>| n.unwrap_or(0.0);
        let spent = tokens.map_or(0.0, |it| count(it.total).max(count(it.prompt) + count(it.completion)));
        let from_cache = tokens.is_some_and(|it| count(it.cached) > 0.0 && count(it.cached) >= spent);
        let paid = spent > 0.0 || count(row.cost) > 0.0;
        if let Some(word) = signal::stand_in(&id).or_else(|| signal::stand_in(label.as_deref().filter(|_| !paid)?)) {
            return Origin::StandIn(word);
        }
        let cached = row.response.as_ref().and_then(|response| response.cached) == Some(true);
        if cached || from_cache {
            return Origin::Shown(Mode::Cached);
        }
        if paid {
            return Origin::Shown(Mode::Live);
        }
        match row.latency_ms {
            Some(ms) if ms < signal::INSTANTLY && !signal::is_local(&id) => Origin::Instant,
            Some(ms) if ms >= signal::INSTANTLY && !id.is_empty() && !is_program(&id) => Origin::Shown(Mode::Live),
            _ => Origin::Untold,
        }
    }
}

fn is_program(id: &str) -> bool {
    PROGRAMS.iter().any(|prefix| id.starts_with(prefix)) || ["custom-provider", "function"].iter().any(|word| id.starts_with(word))
}
