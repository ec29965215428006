//! Finds and reads `readiness.yaml`.

use crate::config::{Config, Declared, Entry, Expect, JUDGED, Profile, Project};
use crate::error::{Diagnostic, Error};
use crate::instant::Instant;
use crate::io::postgres::{Address, is_address};
use crate::io::shelf::Shelf;
use crate::io::yaml::{self, Fields, Node};
use crate::io::{clock, fs, spelling};
use crate::rule::{Place, Relax, Severity, Spanned};
use crate::verdict::Mode;
use crate::waiver::Limits;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod checkpoint;
mod history;
mod publish;
mod series;
mod sources;
mod system;

/// The names a configuration may have, relative to a folder.
pub const NAMES: [&str; 3] = ["readiness.yaml", ".readiness.yaml", ".github/readiness.yaml"];

/// Reads declarations of metrics.
pub type Declarations = fn(&[(Spanned, Node)], &mut Vec<Diagnostic>) -> BTreeMap<String, Declared>;

/// Where the file is read from, and readers of what packs may say too. They are `evaluate`'s, and handed in by `command/`.
#[derive(Clone, Copy)]
pub struct Readers<'s> {
    /// The disk, or a commit.
    pub shelf: &'s Shelf,
    /// Of declared metrics, whose kinds it knows.
    pub declarations: Declarations,
    /// Of a permission to ask for less.
    pub relax: fn(&Node, &mut Vec<Diagnostic>) -> Option<Relax>,
}

/// Looks for a configuration in `start` and the folders above it, up to the repository's top.
///
/// # Errors
/// When one folder holds two.
pub fn find(start: &Path, shelf: &Shelf) -> Result<Option<PathBuf>, Error> {
    for folder in start.ancestors() {
        let found: Vec<PathBuf> = NAMES.iter().map(|name| folder.join(name)).filter(|path| shelf.exists(path)).collect();
        match found.as_slice() {
            [] if shelf.is_top(folder) => return Ok(None),
            [] => {}
            [one] => return Ok(Some(one.clone())),
            [one, two, ..] => return Err(Error::Usage(format!("two configurations: {} and {}; keep one", one.display(), two.display()))),
        }
    }
    Ok(None)
}

/// Reads a configuration. Every mistake in it is added to `errors`.
pub fn read(path: &Path, shown: &str, families: &[&str], readers: Readers<'_>, errors: &mut Vec<Diagnostic>) -> Config {
    let mut config = Config { path: shown.to_owned(), ..Config::default() };
    let text = match readers.shelf.read_text(path) {
        Ok(text) => text,
        Err(e) => {
            errors.push(Diagnostic::new(Place { file: shown.into(), line: 1, column: 1 }, e.to_string()));
            return config;
        }
    };
    let Some(node) = yaml::parse(shown, &text, errors) else { return config };
    let mut f = node.fields("the configuration", errors);
    for key in ["project", "evidence", "packs"] {
        f.require(key);
    }
    config.project = f.node("project").map(|node| project(node, f.errors)).unwrap_or_default();
    config.system = f.node("system").map(|node| system::read(node, f.errors)).unwrap_or_default();
    for (name, node) in f.entries("evidence") {
        config.evidence.insert(name.text.clone(), entry(node, families, f.errors));
    }
    config.packs = f.texts("packs");
    for (rule, node) in f.entries("waiting") {
        match node.scalar().filter(|reason| !node.is_null() && !reason.trim().is_empty()) {
            Some(reason) => config.waiting.push((rule.clone(), reason.to_owned())),
            None => {
                let message = format!("`{}` waits without a reason", rule.text);
                let help = Some("say what is missing, or which command will make it".into());
                f.errors.push(Diagnostic::new(rule.place.clone(), message).help(help));
            }
        }
    }
    for (name, node) in f.entries("profiles") {
        config.profiles.insert(name.text.clone(), profile(node, readers, f.errors));
    }
    config.metrics = (readers.declarations)(f.entries("metrics"), f.errors);
    config.waivers = f.node("waivers").map(|node| limits(node, f.errors)).unwrap_or_default();
    f.finish();
    config
}

fn project(node: &Node, errors: &mut Vec<Diagnostic>) -> Project {
    let mut f = node.fields("`project`", errors);
    f.require("id");
    let id = f.spanned("id").unwrap_or_default();
    // It names folders of a site and parts of a bundle.
    if id.place.line > 0 && !is_id(&id.text) {
        let message = format!("`{}` cannot be an id", id.text);
        f.errors.push(Diagnostic::new(id.place.clone(), message).help(Some("use letters, digits, `-`, `_` and `.`".into())));
    }
    let id = id.text;
    let repository = f.spanned("repository").and_then(|repository| address(&repository, f.errors));
    let name = f.text("name").unwrap_or_else(|| id.clone());
    let project = Project { name, version: f.text("version"), commit: f.text("commit"), repository, id };
    f.finish();
    project
}

/// The address of a repository on a forge, without a slash at the end: pages link to the commits there.
fn address(repository: &Spanned, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let text = repository.text.trim_end_matches('/');
    let rest = text.strip_prefix("https://").unwrap_or("");
    let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~/:".contains(&b));
    if plain && rest.split('/').count() >= 2 && rest.split('/').all(|part| !part.is_empty() && part != "..") {
        return Some(text.to_owned());
    }
    let message = format!("`{}` is not the address of a repository", repository.text);
    let help = Some("write it as a browser shows it: https://github.com/owner/name".to_owned());
    errors.push(Diagnostic::new(repository.place.clone(), message).help(help));
    None
}

/// Whether a text can name a project: letters, digits, `-`, `_` and `.`, and no folder above another.
pub fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c != '.') && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn entry(node: &Node, families: &[&str], errors: &mut Vec<Diagnostic>) -> Entry {
    let mut f = node.fields("an evidence entry", errors);
    f.require("family");
    f.require("path");
    let family = f.spanned("family").unwrap_or_default();
    if family.place.line > 0 && !families.contains(&family.text.as_str()) {
        let help = spelling::did_you_mean(&family.text, families.iter().copied())
            .or_else(|| Some(format!("the families are {}", families.join(", "))));
        f.errors.push(Diagnostic::new(family.place.clone(), format!("unknown family `{}`", family.text)).help(help));
    }
    let paths = f.texts("path");
    if paths.is_empty() || paths.iter().any(|path| path.text.is_empty()) {
        f.errors.push(Diagnostic::new(node.place.clone(), "an evidence entry needs a path").help(Some("name a file, or a pattern".into())));
    }
    for path in paths.iter().filter(|path| is_address(&path.text)) {
        // The mistake may be a secret; the place says enough.
        if let Err(failure) = Address::parse(&path.text) {
            f.errors.push(Diagnostic::new(path.place.clone(), format!("an address of a database: {failure}")));
        } else if family.text != "audit" {
            f.errors.push(Diagnostic::new(path.place.clone(), "only evidence of the family audit is read from a database"));
        }
    }
    for path in paths.iter().filter(|path| fs::is_glob(&path.text) && !is_address(&path.text)) {
        if let Err(message) = fs::Glob::new(&path.text) {
            f.errors.push(Diagnostic::new(path.place.clone(), message));
        }
    }
    let judges = if f.is_mapping("map") { f.node("map").map(|node| judges(node, f.errors)) } else { None };
    let (series, acknowledged) = series::read(&mut f, &family.text);
    let entry = Entry {
        path: paths.into_iter().map(|path| path.text).collect(),
        expect: expect(&mut f),
        map: if judges.is_some() { None } else { f.text("map") },
        judges: judges.unwrap_or_default(),
        policy: of_audit(&mut f, "policy", &family.text),
        anchor: of_audit(&mut f, "anchor", &family.text),
        checkpoint: f.node("checkpoint").map(|node| checkpoint::read(node, f.errors)),
        sources: sources::read(&mut f),
        publish: publish::read(&mut f, &family.text),
        series,
        acknowledged,
        history: history::read(&mut f, &family.text),
        family: family.text,
    };
    sources::concern(&entry, node, f.errors);
    if entry.family != "audit" && entry.checkpoint.is_some() {
        let message = format!("`checkpoint` is of audit trails, and the family is {}", entry.family);
        f.errors.push(Diagnostic::new(node.place.clone(), message).help(Some("remove it".into())));
    }
    if let (None, Some(glob)) = (&entry.expect, entry.path.iter().find(|path| fs::is_glob(path) && !is_address(path))) {
        let message = format!("`{glob}` may find any number of files");
        f.errors.push(Diagnostic::new(node.place.clone(), message).help(Some("say `expect: N`, or the names it must find".into())));
    }
    f.finish();
    entry
}

/// A key that only audit trails have.
fn of_audit(f: &mut Fields<'_, '_>, key: &'static str, family: &str) -> Option<String> {
    let text = f.spanned(key)?;
    if family != "audit" {
        let message = format!("`{key}` is of audit trails, and the family is {family}");
        f.errors.push(Diagnostic::new(text.place.clone(), message).help(Some("remove it".into())));
    }
    Some(text.text)
}

/// `{ hallucination: factuality }`: which measure stands for which rate.
fn judges(node: &Node, errors: &mut Vec<Diagnostic>) -> BTreeMap<String, String> {
    let mut f = node.fields("`map`", errors);
    let judges: BTreeMap<String, String> = JUDGED.into_iter().filter_map(|rate| Some((rate.to_owned(), f.text(rate)?))).collect();
    f.finish();
    judges
}

fn expect(f: &mut Fields<'_, '_>) -> Option<Expect> {
    let node = f.node("expect")?;
    let expect = if node.items().is_some() { node.decode().map(Expect::Names) } else { node.decode().map(Expect::Count) };
    match expect {
        Ok(expect) if expect.files() > 0 => Some(expect),
        Ok(_) => {
            f.errors.push(
                Diagnostic::new(node.place.clone(), "`expect` expects nothing")
                    .help(Some("say how many files, or remove the entry".into())),
            );
            None
        }
        Err(e) => {
            f.errors.push(e);
            None
        }
    }
}

/// Reads a date, or a date and time.
fn moment(text: &Spanned, errors: &mut Vec<Diagnostic>) -> Option<Instant> {
    let at = clock::parse(&text.text);
    if at.is_none() {
        errors.push(Diagnostic::new(text.place.clone(), format!("`{}` is not a date", text.text)).help(Some("write `2026-02-18`".into())));
    }
    at
}

/// As [`moment`]; a date means all of that day.
fn day_end(text: &Spanned, errors: &mut Vec<Diagnostic>) -> Option<Instant> {
    moment(text, errors).map(|at| if text.text.trim().len() == 10 { Instant(at.0 + 86_400_000 - 1) } else { at })
}

fn profile(node: &Node, readers: Readers<'_>, errors: &mut Vec<Diagnostic>) -> Profile {
    let mut f = node.fields("a profile", errors);
    let gate = f.spanned("gate");
    let mode = match gate.as_ref().map(|gate| gate.text.as_str()) {
        None | Some("all") => Mode::All,
        Some("new") => Mode::New,
        Some("observe") => Mode::Observe,
        Some(other) => {
            let message = format!("the gate `{other}` is not known");
            let help = Some("write `all`, `new`, or `observe` with `until`".into());
            f.errors.extend(gate.as_ref().map(|gate| Diagnostic::new(gate.place.clone(), message).help(help)));
            Mode::All
        }
    };
    let until = f.spanned("until").and_then(|text| day_end(&text, f.errors));
    if (mode == Mode::Observe) != until.is_some() && f.errors.is_empty() {
        let message = "`observe` and `until` belong together: looking on has an end";
        f.errors.push(Diagnostic::new(node.place.clone(), message));
    }
    let block_at = f.get::<Severity>("block_at");
    let relaxing = f.node("relax");
    let relax = relaxing.and_then(|node| (readers.relax)(node, f.errors));
    match (block_at, f.node("block_at"), relaxing) {
        (Some(Severity::P0), Some(node), None) => {
            let message = "`block_at: P0` would let what a P1 rule finds through";
            let help = "write P1, P2 or P3, or allow it for a while with `relax: { reason, owner, approved_by, until }`";
            f.errors.push(Diagnostic::new(node.place.clone(), message).help(Some(help.into())));
        }
        (Some(Severity::P0), ..) | (_, _, None) => {}
        (.., Some(relax)) => {
            let message = "`relax` allows nothing: only `block_at: P0` asks for less";
            f.errors.push(Diagnostic::new(relax.place.clone(), message).help(Some("remove it".into())));
        }
    }
    let (env, base) = (f.text("env"), f.text("base"));
    f.finish();
    Profile { gate: mode, until, block_at, env, base, relax }
}

/// The longest a waiver may be allowed to last, in days.
const YEAR: i64 = 366;

fn limits(node: &Node, errors: &mut Vec<Diagnostic>) -> Limits {
    let usual = Limits::default();
    let mut limits = usual.clone();
    let mut f = node.fields("`waivers`", errors);
    limits.reason = f.text("reason").filter(|reason| !reason.trim().is_empty());
    if let Some(longest) = f.node("longest") {
        let mut by = longest.fields("`longest`", f.errors);
        for severity in usual.longest.keys() {
            let given = by.spanned(severity.word()).and_then(|text| days(&text, YEAR, by.errors).map(|days| (text, days)));
            let Some((text, days)) = given else { continue };
            if days > usual.days(*severity) && limits.reason.is_none() {
                let message = format!("waivers of {severity} rules may last {days} days, longer than the usual {}", usual.days(*severity));
                by.errors.push(Diagnostic::new(text.place, message).help(Some("say why with `reason` beside `longest`".into())));
            }
            limits.longest.insert(*severity, days);
        }
        by.finish();
    }
    if let Some(days) = f.spanned("expiring").and_then(|text| days(&text, YEAR, f.errors)) {
        limits.expiring = days;
    }
    f.finish();
    limits
}

/// `30d` as days.
fn days(text: &Spanned, most: i64, errors: &mut Vec<Diagnostic>) -> Option<i64> {
    let days = text.text.strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| (1..=most).contains(days));
    if days.is_none() {
        let message = format!("`{}` is not a number of days", text.text);
        errors.push(Diagnostic::new(text.place.clone(), message).help(Some(format!("write `1d` to `{most}d`"))));
    }
    days
}
