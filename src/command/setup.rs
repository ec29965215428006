//! The configuration and the packs it names: what every judging verb starts from.

use super::options::{Options, moment};
use crate::acknowledgement::Acknowledgement;
use crate::config::{Config, Declared};
use crate::discover::settings::{self, Readers};
use crate::discover::{acknowledged, attestations, waivers};
use crate::error::{Diagnostic, Error, Excerpt};
use crate::evaluate::pack::{self, Compiled, Files};
use crate::evaluate::waive::{self, Ready};
use crate::ingest;
use crate::instant::Instant;
use crate::inventory;
use crate::io::shelf::Shelf;
use crate::io::{clock, fs, git, spelling, terminal};
use crate::lifecycle::Lifecycle;
use crate::proposal;
use crate::rule::{Pack, Place, Severity, Spanned};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that is known before evidence is looked at.
pub struct Setup {
    /// The configuration.
    pub config: Config,
    /// The folder its paths are relative to.
    pub root: PathBuf,
    /// The packs, in the order they are named.
    pub packs: Vec<Pack>,
    /// Their rules, checked.
    pub rules: Vec<Compiled>,
    /// Declared metrics of configuration and packs.
    pub declared: BTreeMap<String, Declared>,
    /// Steps of benchmarks that somebody accepts.
    pub acknowledged: Vec<Acknowledgement>,
    /// The waivers beside the configuration.
    pub waivers: Vec<Ready>,
    /// What rules were called, and those that are gone.
    pub ids: Lifecycle,
    /// Where all of this was read from.
    pub shelf: Shelf,
}

/// The families there are, by name.
pub fn families() -> Vec<&'static str> {
    ingest::ROOMS.iter().map(|room| room.family).collect()
}

/// Finds and reads the configuration and its packs, as of now.
///
/// # Errors
/// All mistakes in all of these files together.
pub fn load(config: Option<&Path>) -> Result<Setup, Error> {
    load_at(config, clock::now())
}

/// Finds and reads the configuration and its packs, as of a moment: what is relaxed is so until a day.
///
/// # Errors
/// All mistakes in all of these files together.
pub fn load_at(config: Option<&Path>, now: Instant) -> Result<Setup, Error> {
    load_from(config, Shelf::Disk, now)
}

/// As [`load_at`], of the commit that `--rules-from` names, if it names one.
///
/// # Errors
/// Also when there is no such commit.
pub fn asked(options: &Options) -> Result<Setup, Error> {
    let now = moment(options.now.as_deref())?;
    let Some(reference) = &options.rules_from else { return load_at(options.config.as_deref(), now) };
    let beside = options.config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let folder = if fs::is_dir(beside) { beside } else { Path::new("") };
    let commit = git::commit(folder, reference).map_err(|why| Error::Usage(format!("--rules-from {reference}: {why}")))?;
    load_from(options.config.as_deref(), Shelf::Commit(Box::new(commit)), now)
}

fn load_from(config: Option<&Path>, shelf: Shelf, now: Instant) -> Result<Setup, Error> {
    let path = locate(config, &shelf)?;
    let shown = fs::slashed(&path);
    let mut errors = Vec::new();
    let readers = Readers { shelf: &shelf, declarations: pack::declarations, relax: pack::relax };
    let config = settings::read(&path, &shown, &families(), readers, &mut errors);
    if config.evidence.contains_key(attestations::NAME) {
        let place = Place { file: shown.as_str().into(), line: 1, column: 1 };
        errors.push(Diagnostic::new(place, format!("no entry can be called `{0}`: {0} has one of its own", attestations::NAME)));
    }
    let root = path.parent().map(Path::to_owned).unwrap_or_default();
    // `.github/readiness.yaml` speaks about the repository, not about its own folder.
    let root = if root.ends_with(".github") { root.parent().map(Path::to_owned).unwrap_or_default() } else { root };
    errors.extend(config.profiles.values().filter_map(|p| pack::too_late(p.relax.as_ref()?, Severity::P1, now)));
    let packs = packs(&config, &root, &shelf, now, &mut errors);
    let (mut rules, declared) = pack::check(&packs, &config.metrics, &mut errors);
    // A rule that could not be read is no reason to call its waiver an orphan.
    let complete = errors.is_empty();
    if complete {
        wait(&mut rules, &config.waiting, &mut errors);
    }
    let entries: Vec<(&str, &str)> = config.evidence.iter().map(|(name, entry)| (name.as_str(), entry.family.as_str())).collect();
    errors.extend(rules.iter().flat_map(|rule| rule.unknown_sources(&entries)));
    let written = rules.iter().map(|rule| (rule.rule.id.as_str(), rule.rule.severity.unwrap_or(Severity::P0)));
    let severities = written.chain(inventory::RULES.into_iter().chain([proposal::RULE]).map(|rule| (rule, Severity::P1))).collect();
    let ids = Lifecycle::of(&packs, pack::removed(&mut errors));
    let known = waivers::Known { rules: complete.then_some(&severities), config: &config, ids: &ids };
    let waivers = waivers::read(&path, &shelf, known, &mut errors);
    let waivers = waive::prepare(waivers, &rules, &declared, &mut errors);
    let acknowledged = acknowledged::read(&config, &root, &shelf, &mut errors);
    if errors.is_empty() {
        Ok(Setup { config, root, packs, rules, declared, acknowledged, waivers, ids, shelf })
    } else {
        Err(mistaken_in(errors, &shelf))
    }
}

/// Tells the rules that the configuration lets wait for their first evidence.
fn wait(rules: &mut [Compiled], waiting: &[(Spanned, String)], errors: &mut Vec<Diagnostic>) {
    for (id, reason) in waiting {
        match rules.iter_mut().find(|rule| rule.rule.id == id.text) {
            Some(rule) if rule.rule.attest.is_some() => {
                let message = format!("`{}` is a person's statement, which no file will bring", id.text);
                errors.push(Diagnostic::new(id.place.clone(), message).help(Some("record it, or leave the pack out".into())));
            }
            Some(rule) => rule.waits = Some(reason.clone()),
            None => {
                let help = spelling::did_you_mean(&id.text, rules.iter().map(|rule| rule.rule.id.as_str()));
                let help = help.or_else(|| Some("name a rule of one of the packs above, such as `pr-gate/coverage-line`".into()));
                errors.push(Diagnostic::new(id.place.clone(), format!("there is no rule `{}` to wait", id.text)).help(help));
            }
        }
    }
}

/// The mistakes as an error, each with the whole line of its file; the file is read once more for that.
pub(super) fn mistaken(mistakes: Vec<Diagnostic>) -> Error {
    mistaken_in(mistakes, &Shelf::Disk)
}

fn mistaken_in(mut mistakes: Vec<Diagnostic>, shelf: &Shelf) -> Error {
    let mut files: BTreeMap<std::sync::Arc<str>, String> = BTreeMap::new();
    for mistake in &mut mistakes {
        let file = &mistake.place.file;
        let text = files.entry(file.clone()).or_insert_with(|| shelf.read_text(Path::new(file.as_ref())).unwrap_or_default());
        let line = usize::try_from(mistake.place.line).ok().and_then(|line| text.lines().nth(line.checked_sub(1)?));
        // What is wrong with the address of a database may be that a password stands in it.
        if let Some(line) = line.filter(|line| !["postgres://", "postgresql://"].iter().any(|scheme| line.contains(scheme))) {
            mistake.excerpt = Some(Excerpt::around(line, mistake.place.column));
        }
    }
    Error::Configuration(mistakes)
}

fn locate(config: Option<&Path>, shelf: &Shelf) -> Result<PathBuf, Error> {
    let named = config.map(Path::to_owned).or_else(|| terminal::variable("READINESS_CONFIG").map(PathBuf::from));
    if let Some(path) = named {
        return match shelf {
            _ if shelf.exists(&path) => Ok(path),
            Shelf::Disk => Err(Error::Usage(format!("{} is not there", path.display()))),
            Shelf::Commit(commit) => Err(Error::Usage(format!("{} is {}", path.display(), commit.absent(&path)))),
        };
    }
    let here = fs::working_directory().map_err(|e| Error::Usage(e.to_string()))?;
    let found = settings::find(&here, shelf)?.ok_or_else(|| match shelf {
        Shelf::Disk => Error::Usage("no readiness.yaml here or above; `readiness init` writes one".to_owned()),
        Shelf::Commit(commit) => Error::Usage(format!("no readiness.yaml here or above in {}: its rules cannot judge", commit.shown())),
    })?;
    // Messages name it as a person here would.
    Ok(found.strip_prefix(&here).map(Path::to_owned).unwrap_or(found))
}

fn packs(config: &Config, root: &Path, shelf: &Shelf, now: Instant, errors: &mut Vec<Diagnostic>) -> Vec<Pack> {
    let mut found: Vec<Files> = Vec::new();
    if config.packs.is_empty() && errors.is_empty() {
        let place = crate::rule::Place { file: config.path.as_str().into(), line: 1, column: 1 };
        errors.push(Diagnostic::new(place, "`packs` names no pack, so nothing would be judged"));
    }
    for Spanned { text: name, place, .. } in &config.packs {
        let files = if name.ends_with('/') {
            let shown = fs::slashed(&root.join(name));
            pack::folder(&root.join(name), &shown, shelf, errors).map_err(|message| Diagnostic::new(place.clone(), message))
        } else {
            pack::embedded(name).map(|files| vec![files]).ok_or_else(|| {
                let help = spelling::did_you_mean(name, pack::shipped())
                    .or_else(|| Some(format!("shipped are {}; a folder ends in `/`", pack::shipped().join(", "))));
                Diagnostic::new(place.clone(), format!("there is no pack `{name}`")).help(help)
            })
        };
        match files {
            Ok(files) => {
                for files in files {
                    if found.iter().any(|known| known.pack == files.pack) {
                        let message = format!("there are two packs called `{}`", files.pack);
                        errors.push(Diagnostic::new(place.clone(), message).help(Some("give one folder another name".into())));
                        continue;
                    }
                    found.push(files);
                }
            }
            Err(diagnostic) => errors.push(diagnostic),
        }
    }
    pack::read(&found, now, errors)
}
