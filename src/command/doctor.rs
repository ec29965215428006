//! `readiness doctor`: what stands in the way of a judgement, before one is made.

use super::keeping::Keeping;
use super::plain::say;
use super::{gather, setup};
use crate::error::Error;
use crate::evaluate::conflict;
use crate::evaluate::facts::Facts;
use crate::evaluate::judge::{self, Occasion};
use crate::io::{clock, git};
use crate::render::parts::escape::terminal as clean;
use crate::verdict::Exit;
use std::path::Path;

/// Looks at configuration, packs, evidence and git, and says what is missing. Exits 3 when evidence is.
///
/// # Errors
/// When the configuration or a pack is wrong.
pub fn run(config: Option<&Path>) -> Result<Exit, Error> {
    let setup = setup::load(config)?;
    let mut text = format!("ok    configuration  {}\n", setup.config.path);
    text.push_str(&format!(
        "ok    packs          {} rules in {}\n",
        setup.rules.len(),
        setup.packs.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")
    ));
    for found in conflict::conflicts(setup.rules.iter().map(|rule| &rule.rule)) {
        text.push_str(&clean_line(&format!("note  {:14} {}: {}", found.kind.word(), found.of, found.text)));
    }
    let root = if setup.root.as_os_str().is_empty() { Path::new(".") } else { &setup.root };
    text.push_str(&match (&setup.config.project.commit, git::head(root)) {
        (Some(commit), _) => format!("ok    commit         {commit}, from the configuration\n"),
        (None, Some(commit)) => format!("ok    commit         {commit}, from git\n"),
        (None, None) => "note  commit         unknown: not a git repository; give --commit\n".to_owned(),
    });
    let mut sound = true;
    let evidence = gather::evidence(&setup, clock::now(), gather::tree(&setup).as_ref(), None, &Keeping::default())?;
    for entry in &evidence {
        let read: Vec<String> = entry.sources.iter().filter_map(|s| s.format.as_ref().map(|f| format!("{} ({f})", s.path))).collect();
        let line = match entry.gap() {
            None => format!("ok    {:14} {}\n", entry.name, read.join(", ")),
            Some((_, why)) => {
                sound = false;
                format!("gap   {:14} {why}\n", entry.name)
            }
        };
        text.push_str(&clean_line(&line));
    }
    text.push_str(&waiting(&setup, &Facts::new(&evidence)));
    say(&text)?;
    Ok(if sound { Exit::Open } else { Exit::Unproven })
}

/// The rules that wait for evidence, and those that need not any more.
fn waiting(setup: &setup::Setup, facts: &Facts<'_>) -> String {
    let mut text = String::new();
    for rule in setup.rules.iter().filter(|rule| rule.waits.is_some()) {
        let id = &rule.rule.id;
        let reason = rule.waits.as_deref().unwrap_or_default();
        let still = judge::one(rule, facts, &Occasion::default()).iter().all(|finding| finding.waits_for().is_some());
        let line = match still {
            true => format!("wait  {id}  {reason}"),
            false => format!("note  {id}  is judged: its evidence is there, so take it out of `waiting`"),
        };
        text.push_str(&clean_line(&line));
    }
    text
}

fn clean_line(line: &str) -> String {
    format!("{}\n", clean(line.trim_end_matches('\n')))
}
