//! `readiness check`: evidence in; verdict, report and exit code out.

use super::audit::Keeper;
use super::judgement::{self, Case};
use super::keeping::Keeping;
use super::options::{Options, moment};
use super::output::{format, print, write, write_all};
use super::setup::{self, Setup};
use super::{base, change, gather, history, proposal, recall};
use crate::compare::Terms;
use crate::config::Profile;
use crate::discover::owners;
use crate::error::Error;
use crate::evaluate::pack::{self, Compiled};
use crate::evidence::Evidence;
use crate::ingest::{self, Request};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::{git, terminal};
use crate::relax::{Easing, Relaxed};
use crate::render::{Output, Style};
use crate::report::{Report, Subject};
use crate::rule::{Pack, Severity, Spanned};
use crate::system::System;
use crate::tree::Sources;
use crate::verdict::{Exit, Mode, Policy};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Judges, writes everything down, and gives the exit code.
///
/// # Errors
/// When nothing can be judged, or an output cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let printed = format(&options.format)?;
    let emitted = emissions(&options.emit)?;
    let setup = if options.require.is_empty() { Some(prepared(options)?) } else { None };
    // Whether there is something to append to, and a key that may sign it, is known before anything is judged.
    let keeper = setup.as_ref().filter(|_| options.keeping.append).map(|setup| keeper(setup, &options.keeping)).transpose()?;
    let report = setup.as_ref().map_or_else(|| ad_hoc(options), |setup| judged(options, setup))?;
    if let Some(folder) = &options.out {
        let written = write_all(&report, folder)?;
        terminal::note(&format!("{} files written to {}", written, folder.display()));
    }
    for (output, path) in emitted {
        write(&path, &(output.render)(&report, Style::default())?)?;
    }
    print(&(printed.render)(&report, options.style)?)?;
    if let (Some(keeper), Some(setup)) = (keeper, &setup) {
        keeper.keep(&report)?;
        history::keep(setup, &options.keeping, &report)?;
    }
    Ok(exit(&report))
}

/// Who appends the checkpoints of this run.
fn keeper<'s>(setup: &'s Setup, keeping: &Keeping) -> Result<Keeper<'s>, Error> {
    let keeper = Keeper::of(setup, keeping.key.as_deref())?;
    if keeper.is_idle() && !history::has_any(setup) {
        return Err(Error::Usage("`--append`: no entry has a `history`, or a `checkpoint` in a .jsonl, to append to".to_owned()));
    }
    Ok(keeper)
}

/// The exit code of a report is the gate's.
fn exit(report: &Report) -> Exit {
    Exit::of(report.gate.exit_code)
}

fn emissions(emit: &[String]) -> Result<Vec<(&'static Output, PathBuf)>, Error> {
    let mut files = BTreeSet::new();
    emit.iter()
        .map(|text| {
            let parts = text.split_once('=').filter(|(_, path)| !path.is_empty());
            let (name, path) = parts.ok_or_else(|| Error::Usage(format!("`--emit {text}`: write FORMAT=FILE")))?;
            if !files.insert(path) {
                return Err(Error::Usage(format!("`--emit {text}`: another output goes to {path} already")));
            }
            Ok((format(name)?, PathBuf::from(path)))
        })
        .collect()
}

/// Judges what a configuration describes.
///
/// # Errors
/// When the configuration or a pack is wrong.
pub fn configured(options: &Options) -> Result<Report, Error> {
    judged(options, &prepared(options)?)
}

/// The configuration that is asked about.
fn prepared(options: &Options) -> Result<Setup, Error> {
    if !options.files.is_empty() {
        return Err(Error::Usage("evidence files on the command line need `--require EXPRESSION`".to_owned()));
    }
    setup::asked(options)
}

fn judged(options: &Options, setup: &Setup) -> Result<Report, Error> {
    let now = moment(options.now.as_deref())?;
    let mut waivers = setup.waivers.clone();
    let proposal = proposal::of(setup, options.config.as_deref(), now);
    let profile = match &options.profile {
        None => None,
        Some(name) => Some(setup.config.profiles.get(name).ok_or_else(|| {
            let names: Vec<&str> = setup.config.profiles.keys().map(String::as_str).collect();
            Error::Usage(format!("there is no profile `{name}`; the profiles are {}", names.join(", ")))
        })?),
    };
    let asked = options.change.or_else(profile.and_then(|profile| profile.base.as_deref()));
    let tree = if asked.base.is_some() { gather::repository(&setup.root) } else { gather::tree(setup) };
    let change = change::load(&asked, &setup.root, tree.as_ref(), &change::sources(&setup.config), now)?;
    let evidence = gather::evidence(setup, now, tree.as_ref(), change.as_ref(), &options.keeping)?;
    let project = &setup.config.project;
    let commit = options.commit.clone().or_else(|| project.commit.clone()).or_else(|| git::head(&setup.root));
    let subject = Subject {
        id: project.id.clone(),
        name: project.name.clone(),
        version: project.version.clone(),
        commit,
        repository: project.repository.clone(),
    };
    let (mode, until) = profile.map_or((Mode::All, None), |profile| (profile.gate, profile.until));
    let kept = recall::file(options.base_report.as_deref(), &setup.root, &project.id, asked.base.as_deref())?;
    let base = base::load(kept, &setup.root, &setup.shelf, mode, &project.id, &setup.ids)?;
    if let Some(commit) = base.as_ref().and_then(|base| base.commit.as_deref()) {
        owners::confirm(Path::new(&setup.config.path), commit, waivers.iter_mut().map(|ready| &mut ready.waiver));
    }
    let policy = Policy { mode, until: base::deadline(until, now)?, base: base.as_ref().map(|base| base.name.clone()) };
    Ok(judgement::of(Case {
        project: subject,
        system: setup.config.system.clone(),
        evidence,
        packs: &setup.packs,
        rules: &setup.rules,
        waivers: &waivers,
        proposal,
        relaxed: relaxed(setup, options.profile.as_deref().zip(profile), now),
        now,
        profile: options.profile.clone(),
        env: profile.and_then(|p| p.env.clone()),
        block_at: profile.map_or(Severity::P1, |profile| profile.blocks_at(now)),
        policy,
        base,
        change: change.map(|change| change.told),
        fork: options.fork,
    }))
}

/// What is relaxed: rules, and the profile that judges.
fn relaxed(setup: &Setup, profile: Option<(&str, &Profile)>, now: Instant) -> Vec<Relaxed> {
    let rules = setup.packs.iter().flat_map(|pack| &pack.rules);
    let mut all: Vec<Relaxed> = rules.flat_map(|rule| Relaxed::of(rule, now)).collect();
    if let Some((name, profile)) = profile
        && let Some(relax) = &profile.relax
    {
        let easing = Easing { field: "block_at".to_owned(), was: Severity::P1.to_string(), is: Severity::P0.to_string() };
        all.push(Relaxed::new(format!("profile {name}"), relax, vec![easing], now));
    }
    all
}

/// Judges files against requirements, without any configuration.
fn ad_hoc(options: &Options) -> Result<Report, Error> {
    if options.files.is_empty() {
        return Err(Error::Usage("`--require` needs evidence files: readiness check coverage.xml --require EXPRESSION".to_owned()));
    }
    if options.keeping.append {
        return Err(Error::Usage("`--append` needs a configuration whose entries have a file to append to".to_owned()));
    }
    if options.config.is_some() || options.profile.is_some() {
        return Err(Error::Usage("`--require` judges files without a configuration; leave out `--config` and `--profile`".to_owned()));
    }
    let now = moment(options.now.as_deref())?;
    // Without a change nothing is named by the repository's names.
    let tree = options.change.is_asked().then(|| gather::repository(Path::new("."))).flatten();
    let change = change::load(&options.change, Path::new("."), tree.as_ref(), &Sources::default(), now)?;
    let rules = requirements(&options.require)?;
    let mut absent = Vec::new();
    let mut by_family: BTreeMap<&'static str, Vec<Artifact>> = BTreeMap::new();
    let mut evidence = Vec::new();
    for path in &options.files {
        let artifact = match gather::artifact(path, None)? {
            Ok(artifact) => artifact,
            Err(problem) => {
                absent.push(*problem);
                continue;
            }
        };
        let shown = artifact.name.clone();
        match ingest::claimants(&artifact).first() {
            Some(format) => by_family.entry(format.family).or_default().push(artifact),
            None => {
                let (code, message) = ingest::unclaimed(&artifact, "");
                let mut unknown = Evidence::new(shown.clone(), "unknown");
                unknown.problem(code, crate::source::Grade::Error, &shown, crate::source::Location::whole(), message);
                evidence.push(unknown);
            }
        }
    }
    for (family, artifacts) in &by_family {
        let request = Request { tree: tree.as_ref(), ..Request::plain(family, artifacts, now) };
        evidence.extend(ingest::family(family).map(|room| (room.read)(&request)));
    }
    if !absent.is_empty() {
        // What another audit trail says does not stand in for this one.
        match evidence.iter_mut().find(|entry| entry.family == "audit") {
            Some(entry) => entry.problems.append(&mut absent),
            None => evidence.push(Evidence { problems: absent, ..Evidence::new("audit", "audit") }),
        }
    }
    gather::settle(&mut evidence, tree.as_ref(), change.as_ref(), &Terms::none(now));
    // A file that nobody can read must not be forgotten because another one satisfies the requirement.
    if let Some(unread) = evidence.iter().find(|e| e.family == "unknown") {
        let text = unread.problems.first().map(|p| p.message.clone()).unwrap_or_default();
        return Err(Error::Usage(format!("{}: {text}", unread.name)));
    }
    let subject = Subject {
        id: "files".to_owned(),
        name: "The evidence".to_owned(),
        version: None,
        commit: options.commit.clone(),
        repository: None,
    };
    Ok(judgement::of(Case {
        project: subject,
        system: System::default(),
        evidence,
        packs: &[],
        rules: &rules,
        waivers: &[],
        proposal: None,
        relaxed: Vec::new(),
        now,
        profile: None,
        env: None,
        block_at: Severity::P1,
        policy: Policy::default(),
        base: None,
        change: change.map(|change| change.told),
        fork: options.fork,
    }))
}

/// Requirements as rules of a pack that stands on the command line.
fn requirements(texts: &[String]) -> Result<Vec<Compiled>, Error> {
    let mut errors = Vec::new();
    let rules = texts.iter().enumerate().map(|(n, text)| {
        let place = crate::rule::Place { file: "--require".into(), line: 1, column: 1 };
        crate::rule::Rule {
            id: format!("command-line/require-{}", n + 1),
            pack: "command-line".to_owned(),
            question: format!("Does `{text}` hold?"),
            severity: Some(Severity::P1),
            weight: 1,
            require: Some(Spanned { text: text.clone(), place: place.clone(), turns: Vec::new() }),
            place,
            why: "Asked for on the command line.".to_owned(),
            fix: "Bring the evidence to the requirement.".to_owned(),
            ..crate::rule::Rule::default()
        }
    });
    let pack = Pack { name: "command-line".to_owned(), rules: rules.collect(), ..Pack::default() };
    let (compiled, _) = pack::check(&[pack], &BTreeMap::new(), &mut errors);
    if errors.is_empty() { Ok(compiled) } else { Err(Error::Configuration(errors)) }
}
