//! `readiness rules`: the packs, their rules and metrics, and whether their cases come out as written.

use super::judgement::toward;
use super::plain::say;
use super::setup::mistaken;
use crate::catalogue::{self, Kind};
use crate::config::Declared;
use crate::control::{self, By, Framework};
use crate::error::{Diagnostic, Error};
use crate::evaluate::cases;
use crate::evaluate::conflict;
use crate::evaluate::difference::{self, Difference, Step, Way};
use crate::evaluate::pack::{self, Compiled, Files};
use crate::instant::Instant;
use crate::io::shelf::Shelf;
use crate::io::{clock, fs, spelling};
use crate::relax::Relaxed;
use crate::rule::Pack;
use crate::system::FACTS;
use crate::verdict::Exit;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is asked of `rules`.
#[derive(Clone, Debug)]
pub enum Ask {
    /// List packs and rules.
    List(Vec<PathBuf>),
    /// Run the cases of rules.
    Test(Vec<PathBuf>),
    /// List the catalogue of metrics.
    Metrics,
    /// List the controls, and the rules that are evidence toward them.
    Controls,
    /// Say what became of the rules between two folders or shipped packs.
    Diff {
        /// The folder or shipped pack before.
        old: PathBuf,
        /// And after.
        new: PathBuf,
        /// What is refused.
        deny: Option<Deny>,
    },
}

/// Which changes of rules are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Deny {
    /// Rules that became looser, or are gone.
    Looser,
    /// Those, and rules that changed in a way that cannot be told.
    Different,
}

/// Lists, tests, or prints the catalogue.
///
/// # Errors
/// All mistakes in the packs, or all cases that do not come out as written.
pub fn run(ask: &Ask) -> Result<Exit, Error> {
    match ask {
        Ask::Metrics => say(&metrics())?,
        Ask::Controls => say(&controls(&load(&[])?.0))?,
        Ask::Diff { old, new, deny } => {
            let differences = difference::compare(&named(old)?, &named(new)?);
            say(&differences.iter().map(shown).chain([summary(&differences)]).collect::<String>())?;
            let refused = |way: Way| match deny {
                None => false,
                Some(Deny::Looser) => way == Way::Looser,
                Some(Deny::Different) => way != Way::Tighter,
            };
            return Ok(if differences.iter().any(|d| refused(d.way())) { Exit::Failed } else { Exit::Open });
        }
        Ask::List(folders) => {
            let (packs, _, _) = load(folders)?;
            let now = clock::now();
            say(&packs.iter().map(|pack| list(pack, now)).chain([conflicting(&packs), frameworks(&packs)]).collect::<String>())?;
        }
        Ask::Test(folders) => {
            let (packs, rules, declared) = load(folders)?;
            let mistakes: Vec<Diagnostic> = rules.iter().flat_map(|rule| cases::run(rule, &declared)).collect();
            let total: usize = rules.iter().map(|rule| cases::count(&rule.rule)).sum();
            if !mistakes.is_empty() {
                return Err(mistaken(mistakes));
            }
            say(&format!("{total} cases of {} rules in {} packs come out as written\n", rules.len(), packs.len()))?;
        }
    }
    Ok(Exit::Open)
}

type Loaded = (Vec<Pack>, Vec<Compiled>, BTreeMap<String, Declared>);

/// The packs of the folders, or the shipped ones.
pub(super) fn load(folders: &[PathBuf]) -> Result<Loaded, Error> {
    let mut files: Vec<Files> = Vec::new();
    let mut errors = Vec::new();
    for folder in folders {
        files.extend(pack::folder(folder, &fs::slashed(folder), &Shelf::Disk, &mut errors).map_err(Error::Usage)?);
    }
    if folders.is_empty() {
        files = pack::shipped().into_iter().filter_map(pack::embedded).collect();
    }
    judged(&files, &BTreeMap::new(), clock::now(), errors)
}

/// The packs of shipped names and folders as of `now`, checked together with the metrics that a configuration declares.
pub(super) fn together(names: &[PathBuf], configured: &BTreeMap<String, Declared>, now: Instant) -> Result<Loaded, Error> {
    let mut errors = Vec::new();
    let mut files: Vec<Files> = Vec::new();
    for name in names {
        for found in named_files(name, &mut errors)? {
            if files.iter().any(|known| known.pack == found.pack) {
                return Err(Error::Usage(format!("there are two packs called `{}`", found.pack)));
            }
            files.push(found);
        }
    }
    judged(&files, configured, now, errors)
}

/// The packs of a shipped name or a folder.
fn named(path: &Path) -> Result<Vec<Pack>, Error> {
    Ok(together(&[path.to_owned()], &BTreeMap::new(), clock::now())?.0)
}

fn named_files(path: &Path, errors: &mut Vec<Diagnostic>) -> Result<Vec<Files>, Error> {
    let shown = fs::slashed(path);
    if let Some(files) = pack::embedded(&shown) {
        return Ok(vec![files]);
    }
    if !fs::exists(path) {
        let help = spelling::did_you_mean(&shown, pack::shipped()).unwrap_or_else(|| format!("shipped are {}", pack::shipped().join(", ")));
        return Err(Error::Usage(format!("{shown} is no folder and no shipped pack - {help}")));
    }
    pack::folder(path, &shown, &Shelf::Disk, errors).map_err(Error::Usage)
}

fn judged(files: &[Files], configured: &BTreeMap<String, Declared>, now: Instant, mut errors: Vec<Diagnostic>) -> Result<Loaded, Error> {
    let packs = pack::read(files, now, &mut errors);
    let (rules, declared) = pack::check(&packs, configured, &mut errors);
    if errors.is_empty() { Ok((packs, rules, declared)) } else { Err(mistaken(errors)) }
}

/// A changed rule, and each of its fields below it.
fn shown(difference: &Difference) -> String {
    let rule = &difference.rule;
    match &difference.step {
        Step::Added => format!("+ {rule}  added\n"),
        Step::Removed => format!("- {rule}  removed\n"),
        Step::Changed(changes) => {
            let fields = changes.iter().map(|c| format!("    {} {}: {} -> {}\n", word(c.way), c.field, value(&c.was), value(&c.is)));
            format!("~ {rule}  {}\n{}", word(difference.way()), fields.collect::<String>())
        }
    }
}

const fn word(way: Way) -> &'static str {
    match way {
        Way::Tighter => "tighter",
        Way::Looser => "looser",
        Way::Different => "different",
    }
}

/// A text on one line.
fn value(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { text.split_whitespace().collect::<Vec<_>>().join(" ") }
}

fn summary(differences: &[Difference]) -> String {
    let count = |test: &dyn Fn(&Difference) -> bool| differences.iter().filter(|d| test(d)).count();
    let changed = |way: Way| count(&|d| matches!(d.step, Step::Changed(_)) && d.way() == way);
    if differences.is_empty() {
        return "The rules are the same.\n".to_owned();
    }
    format!(
        "{} added, {} removed, {} looser, {} tighter, {} different\n",
        count(&|d| d.step == Step::Added),
        count(&|d| d.step == Step::Removed),
        changed(Way::Looser),
        changed(Way::Tighter),
        changed(Way::Different)
    )
}

/// What the rules of packs are evidence toward; nothing was judged.
fn by_framework(packs: &[Pack]) -> Vec<Framework> {
    control::frameworks(packs.iter().flat_map(|pack| &pack.rules).map(|rule| toward(rule, None)))
}

/// Where frameworks ask different things of the same measure.
fn conflicting(packs: &[Pack]) -> String {
    let found = conflict::conflicts(packs.iter().flat_map(|pack| &pack.rules));
    if found.is_empty() {
        return String::new();
    }
    let lines = found.iter().map(|c| format!("  {:13}  {}: {}\n", c.kind.word(), c.of, c.text));
    format!("Where rules ask different things of one measure\n{}\n", lines.collect::<String>())
}

/// How many controls of each framework have rules.
fn frameworks(packs: &[Pack]) -> String {
    let found = by_framework(packs);
    if found.is_empty() {
        return String::new();
    }
    let lines = found.iter().map(|framework| format!("  {:12}  {}\n", framework.name, framework.summary()));
    format!("Controls (`readiness rules --controls` lists them)\n{}", lines.collect::<String>())
}

/// Every framework: what is evidence toward which control, and what no rule looks at.
fn controls(packs: &[Pack]) -> String {
    let mut text = "Which rules are evidence toward which control, and which controls have no rule.\nA passing rule is evidence, not \
                    conformity; not every control asks something of every system.\n"
        .to_owned();
    let frameworks = by_framework(packs);
    for framework in &frameworks {
        text.push_str(&format!("\n{}: {}\n", framework.name, framework.summary()));
        let width = framework.controls.iter().map(|control| control.id.len()).max().unwrap_or(0);
        for control in &framework.controls {
            let title = if control.title.is_empty() { String::new() } else { format!("{}: ", control.title) };
            let by = if control.by == By::Attested { " (attested)" } else { "" };
            text.push_str(&format!("  {:width$}  {title}{}{by}\n", control.id, control.rules.join(", ")));
        }
        if !framework.gaps.is_empty() {
            text.push_str(&format!("  without a rule: {}\n", framework.gap_groups().join(", ")));
        }
    }
    let unnamed: Vec<String> = control::unnamed(&frameworks).iter().map(|(name, total)| format!("{name} ({total} controls)")).collect();
    if !unnamed.is_empty() {
        text.push_str(&format!("\nNo rule at all for {}\n", unnamed.join(", ")));
    }
    text.push_str("\nWhat laws fix in numbers; a rule that names the article and asks for less is told\n");
    text.extend(conflict::obligations().iter().map(|law| format!("  {law}\n")));
    text
}

fn list(pack: &Pack, now: Instant) -> String {
    let mut text = format!("{}  {}\n", pack.name, pack.title);
    if !pack.extends.is_empty() {
        let names: Vec<&str> = pack.extends.iter().map(|name| name.text.as_str()).collect();
        text.push_str(&format!("  extends {}\n", names.join(", ")));
    }
    let width = pack.rules.iter().map(|r| r.id.len()).max().unwrap_or(0);
    for rule in &pack.rules {
        let severity = rule.severity.map(|s| s.to_string()).unwrap_or_default();
        let deprecated = rule.deprecated.as_ref().map_or_else(String::new, |deprecated| format!("; {}", deprecated.told()));
        text.push_str(&format!("  {severity}  {:width$}  {}{deprecated}\n", rule.id, rule.question));
        // The lowest layer is the rule itself.
        let layers = rule.layers.iter().skip(1).filter(|layer| layer.eased.is_empty());
        text.extend(layers.map(|layer| format!("      tightened at {}:{}\n", layer.place.file, layer.place.line)));
        let relaxed = Relaxed::of(rule, now);
        text.extend(relaxed.iter().map(|over| format!("      {}: {} ({}, {})\n", over.note, over.eased(), over.reason, over.at)));
    }
    text.push('\n');
    text
}

fn metrics() -> String {
    let width = catalogue::metrics().map(|d| d.id.len()).max().unwrap_or(0);
    let line = |id: &str, kind: &Kind, about: &str| format!("{id:width$}  {:9}  {about}\n", kind.to_string());
    let facts = FACTS.iter().map(|fact| line(fact.id, &fact.kind, fact.about));
    catalogue::metrics().map(|d| line(d.id, &d.kind, d.about)).chain(facts).collect()
}
