//! Evidence: found, read, and compared with its own history.

use super::change::Change;
use super::keeping::Keeping;
use super::kept;
use super::setup::Setup;
use crate::compare::{self, Terms};
use crate::discover::{artifacts, attestations, map, snapshot, terms};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::ingest::{self, Request};
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::git;
use crate::io::postgres::is_address;
use crate::io::progress::Progress;
use crate::metric::Name;
use crate::rule::Collector;
use crate::series::{Authors, Series, Text};
use crate::source::{Grade, Location, Problem};
use crate::stamp::is_commit;
use crate::tree::Tree;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads every entry of the configuration.
///
/// # Errors
/// When an entry's map cannot be read or is wrong. What is wrong with evidence is in the evidence.
pub fn evidence(
    setup: &Setup,
    now: Instant,
    tree: Option<&Tree>,
    change: Option<&Change>,
    keeping: &Keeping,
) -> Result<Vec<Evidence>, Error> {
    let maps = maps(setup)?;
    let collectors: Vec<&Collector> = setup.rules.iter().filter_map(|rule| rule.rule.collect.as_ref()).collect();
    let mut all = Vec::with_capacity(setup.config.evidence.len());
    let progress = Progress::start();
    for (name, entry) in &setup.config.evidence {
        progress.say(&format!("reading {name}"));
        let Some(room) = ingest::family(&entry.family) else {
            return Err(Error::Internal(format!("the family {} has no reader", entry.family)));
        };
        let map = maps.get(name.as_str()).map(|text| (entry.map.as_deref().unwrap_or(setup.config.path.as_str()), text.as_str()));
        let wanted = Some(map).filter(|_| entry.family == "audit").and_then(ingest::asked);
        let (found, mut problems) = artifacts::of(entry, &setup.root, wanted.as_ref());
        let beside = entry.history.as_deref().map(|path| keeping.beside(artifacts::history(path, &setup.root, &mut problems)));
        let mut untrusted = Vec::new();
        let (anchor, checkpoint) = kept::of(setup, name, entry, now, &mut untrusted)?;
        let asked: Vec<&Collector> =
            collectors.iter().filter(|c| c.source.text == *name || c.source.text == entry.family).copied().collect();
        let policy = terms::named(entry.policy.as_deref(), &setup.root, &setup.shelf)?;
        let trail = found.first().filter(|_| entry.family == "audit").map(Artifact::beside);
        let policy = policy.or_else(|| terms::beside(trail, &setup.shelf));
        let request = Request {
            name,
            artifacts: &found,
            map,
            policy: policy.as_ref().map(|(name, text)| (name.as_str(), text.as_str())),
            declared: &setup.declared,
            collectors: &asked,
            anchor: anchor.as_deref(),
            checkpoint: checkpoint.as_ref(),
            now,
            tree,
            sources: &entry.sources,
            publish: entry.publish,
            series: &entry.series,
            beside: beside.as_ref(),
        };
        let mut evidence = (room.read)(&request);
        // What discovery already said is missing need not be said again.
        if !problems.is_empty() {
            evidence.problems.retain(|p| !(p.code == crate::evidence::MISSING && p.path.is_empty()));
        }
        evidence.problems.extend(problems);
        evidence.problems.extend(untrusted);
        all.push(evidence);
    }
    let asked = setup.rules.iter().filter(|rule| rule.rule.attest.is_some()).map(|rule| rule.rule.id.as_str()).collect();
    let statements = attestations::path(Path::new(&setup.config.path));
    all.extend(attestations::evidence(&statements, &setup.shelf, &setup.root, &asked, &setup.ids));
    let settings = setup.config.evidence.iter().map(|(name, entry)| (name.as_str(), entry.series.as_slice())).collect();
    settle(&mut all, tree, change, &Terms { settings, acknowledged: &setup.acknowledged, now });
    authors(&mut all, &setup.root);
    Ok(all)
}

/// The results of a benchmark entry without its history.
///
/// # Errors
/// As [`evidence`].
pub fn results(setup: &Setup, name: &str, now: Instant) -> Result<Evidence, Error> {
    let room = ingest::family("benchmark").ok_or_else(|| Error::Internal("nothing reads benchmarks".into()))?;
    let (found, problems) = setup.config.evidence.get(name).map(|entry| artifacts::of(entry, &setup.root, None)).unwrap_or_default();
    let maps = maps(setup)?;
    let map = maps.get(name).map(|text| (setup.config.path.as_str(), text.as_str()));
    let mut evidence = (room.read)(&Request { map, ..Request::plain(name, &found, now) });
    evidence.problems.extend(problems);
    Ok(evidence)
}

/// A file that the command line names, or what stands for one: a table on a server, an export in partitions. Or why there is none.
///
/// # Errors
/// When there is no such file.
pub fn artifact(path: &Path, map: Option<(&str, &str)>) -> Result<Result<Artifact, Box<Problem>>, Error> {
    let asked = ingest::asked(map);
    let text = path.to_string_lossy();
    if is_address(&text) {
        let asked = asked.ok_or_else(|| Error::Usage("the map of a database is one of an audit trail".to_owned()))?;
        return Ok(snapshot::of_server(&text, &asked).map(|trail| trail.artifact));
    }
    let shown = fs::slashed(path);
    let found = match Artifact::find(path, shown.clone()) {
        Ok(found) => found,
        // What is there and cannot be read is evidence with a problem; what is not there is a slip of the command line.
        Err(error) if fs::is_there(path) => {
            return Ok(Err(Box::new(Problem::new("unreadable", Grade::Error, &shown, Location::whole(), error.to_string()))));
        }
        Err(error) => return Err(Error::Usage(format!("{shown}: {error}"))),
    };
    let Some(asked) = asked else { return Ok(Ok(found)) };
    let (mut found, mut problems) = (vec![found], Vec::new());
    snapshot::join(&mut found, &mut problems, &asked);
    match (found.pop(), problems.pop()) {
        (Some(artifact), _) => Ok(Ok(artifact)),
        (None, Some(problem)) => Ok(Err(Box::new(problem))),
        (None, None) => Err(Error::Internal(format!("{shown} was lost"))),
    }
}

/// The repository that source files lie in, where evidence names any. Evidence of a commit that is named by hand is of another
/// place.
pub fn tree(setup: &Setup) -> Option<Tree> {
    let config = &setup.config;
    let named = config.project.commit.is_none() && config.evidence.values().any(|entry| entry.family == "coverage");
    if named { repository(&setup.root) } else { None }
}

/// The repository around a folder.
pub fn repository(folder: &Path) -> Option<Tree> {
    Some(Tree { top: git::top(folder)?, within: git::within(folder)?, files: git::tracked(folder)? })
}

/// What is seen only when all evidence is there: copies, how series went, and what a change did.
pub fn settle(all: &mut [Evidence], tree: Option<&Tree>, change: Option<&Change>, terms: &Terms<'_>) {
    copies(all);
    compare::trends(all, terms);
    compare::continuity(all);
    compare::uncovered(all);
    if let Some(Change { diff, base, exclude, told }) = change {
        // The working tree is what git compared; what a diff in a file ends at is not known to be.
        let at_hand = tree.filter(|_| told.commit.is_some()).map(|tree| Path::new(tree.top.as_str()));
        compare::patch::patch(all, &compare::patch::Change { diff, base: base.as_ref(), tree, exclude, at_hand });
    }
    // Nothing looks at single lines any more.
    all.iter_mut().for_each(|entry| (entry.lines, entry.mutants) = Default::default());
}

/// So many steps are told whose they may be, the newest ones.
const BLAMED: usize = 20;

/// Whose commits lie between the last run of the old level and the first of the new one, as far as git knows them here.
fn authors(all: &mut [Evidence], root: &Path) {
    let steps = all.iter_mut().flat_map(|entry| &mut entry.series).flat_map(|series| {
        let Series { points, trend, .. } = series;
        let commit = |index: usize| points.get(index)?.commit.map(Text::from);
        let changes = trend.iter_mut().flat_map(|trend| &mut trend.changes);
        changes.filter_map(move |step| Some((commit(step.index.checked_sub(1)?)?, commit(step.index)?, step)))
    });
    let is_id = |id: &str| is_commit(id);
    let mut steps: Vec<_> = steps.filter(|(from, to, _)| from != to && is_id(from) && is_id(to)).collect();
    steps.sort_by_key(|(.., step)| std::cmp::Reverse(step.at));
    let mut asked: BTreeMap<(Text, Text), Option<Authors>> = BTreeMap::new();
    for (from, to, step) in steps.into_iter().take(BLAMED) {
        let ask = || git::authors(root, &from, &to).map(|(commits, names)| Authors { commits, names });
        let found = asked.entry((from.clone(), to.clone())).or_insert_with(ask);
        step.authors = found.clone().filter(|authors| authors.commits > 0);
    }
}

/// A file and its copy are one measurement: counted twice it would prove more than it shows, and a copy could stand in
/// for a file that is not there.
fn copies(all: &mut [Evidence]) {
    let mut seen: BTreeMap<(Name, String), String> = BTreeMap::new();
    for entry in all {
        let mut found = Vec::new();
        for source in entry.sources.iter().filter(|source| !source.sha256.is_empty()) {
            if let Some(first) = seen.get(&(entry.family.clone(), source.sha256.clone())) {
                let message = format!("its content is that of {first}, and would count twice");
                found.push(Problem {
                    code: "copy".into(),
                    severity: Grade::Error,
                    message,
                    path: source.path.clone(),
                    at: Location::whole(),
                });
            } else {
                seen.insert((entry.family.clone(), source.sha256.clone()), source.path.clone());
            }
        }
        entry.problems.extend(found);
    }
}

/// The text of every entry's map.
fn maps(setup: &Setup) -> Result<BTreeMap<&str, String>, Error> {
    let (mut maps, mut mistakes) = (BTreeMap::new(), Vec::new());
    for (name, entry) in &setup.config.evidence {
        let (map, text) = match &entry.map {
            Some(map) => (map, map::text(map, &setup.root, &setup.shelf, ingest::MAPS)?),
            None if entry.judges.is_empty() => continue,
            None => (&setup.config.path, map::of_judges(&entry.judges)),
        };
        mistakes.extend(ingest::family(&entry.family).map(|room| (room.check_map)(map, &text)).unwrap_or_default());
        maps.insert(name.as_str(), text);
    }
    if mistakes.is_empty() { Ok(maps) } else { Err(Error::Configuration(mistakes)) }
}
