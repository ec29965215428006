//! What a repository has: manifests, pipelines, and the reports that can serve as evidence today.

use crate::config::{Config, Entry, Expect};
use crate::discover::ecosystem::{self, Manifest};
use crate::discover::pipeline::{self, Trace};
use crate::discover::reports;
use crate::evidence::Evidence;
use crate::ingest::{self, Request};
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::git;
use crate::metric::{Value, grouped};
use crate::render::parts::prose::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was found.
pub struct Survey {
    /// The project's id.
    pub id: String,
    /// Manifests, nearest to the top first.
    pub manifests: Vec<Manifest>,
    /// Workflow files and build scripts.
    pub pipelines: Vec<String>,
    /// Lines of them that write a report.
    pub traces: Vec<Trace>,
    /// Reports that can be used, in order of family.
    pub reports: Vec<Report>,
    /// Reports that cannot, and why.
    pub unused: Vec<(String, String)>,
    /// Every file of the repository that was looked at.
    pub files: Vec<String>,
}

/// The files of one family and format.
pub struct Report {
    /// What the configuration calls it.
    pub name: String,
    /// Its family.
    pub family: &'static str,
    /// Its format.
    pub format: &'static str,
    /// In order.
    pub files: Vec<String>,
}

/// A file that was read.
struct Read {
    file: String,
    sha256: String,
    /// Covered files, to know the same run in another format.
    covers: BTreeSet<String>,
    branches: bool,
}

/// Looks at a repository.
pub fn survey(folder: &Path, now: Instant) -> Survey {
    let files = fs::files_outside(folder, &reports::SKIPPED);
    let manifests = ecosystem::manifests(folder, &files);
    let pipelines: Vec<String> = pipeline::pipelines(&files).into_iter().map(str::to_owned).collect();
    let names: Vec<&str> = pipelines.iter().map(String::as_str).collect();
    let traces = pipeline::traces(folder, &names);
    let mut unused = Vec::new();
    let mut found: BTreeMap<(&'static str, usize, &'static str), Vec<Read>> = BTreeMap::new();
    let rank = |name: &str| ingest::formats().position(|format| format.name == name).unwrap_or(usize::MAX);
    for artifact in reports::candidates(folder, &files) {
        let claims = ingest::claimants(&artifact);
        let [format] = claims.as_slice() else {
            if claims.is_empty() && reports::looks_like_one(&artifact.name) {
                unused.push((artifact.name.clone(), ingest::unclaimed(&artifact, "").1));
            }
            continue;
        };
        match read(artifact, format.family, now) {
            Ok(read) => found.entry((format.family, rank(format.name), format.name)).or_default().push(read),
            // Text of any kind may begin like an exposition; one that then is none was never meant to be.
            Err(_) if format.family == "telemetry" => {}
            Err(left) => unused.push(left),
        }
    }
    let kept = committed(folder);
    for reads in found.values_mut() {
        drop_copies(reads, &mut unused);
    }
    drop_committed(&mut found, &kept, &mut unused);
    drop_same_runs(&mut found, &mut unused);
    let id = identity(folder, &manifests);
    Survey { id, manifests, pipelines, traces, reports: named(found), unused, files }
}

/// The files of the repository that git tracks, as seen from `folder`.
fn committed(folder: &Path) -> BTreeSet<String> {
    let below = git::within(folder).unwrap_or_default();
    let names = git::tracked(folder).unwrap_or_default().into_iter();
    names.filter_map(|name| name.strip_prefix(&below).map(str::to_owned)).collect()
}

/// Reads a file by itself; one that cannot be used is left out with the reason.
fn read(artifact: Artifact, family: &str, now: Instant) -> Result<Read, (String, String)> {
    let file = artifact.name.clone();
    let room = ingest::family(family).ok_or_else(|| (file.clone(), "no reader".to_owned()))?;
    let evidence = (room.read)(&Request::plain(family, &[artifact], now));
    if let Some((_, why)) = evidence.gap() {
        let why = why.strip_prefix(&file).map_or(why.as_str(), |rest| rest.trim_start_matches(':').trim_start());
        return Err((file, format!("it cannot be used: {why}")));
    }
    Ok(Read {
        sha256: evidence.sources.first().map(|source| source.sha256.clone()).unwrap_or_default(),
        covers: evidence.rows("coverage.file").iter().map(|row| row.subject().to_owned()).collect(),
        branches: matches!(evidence.metric("coverage.branch").map(|m| &m.value), Some(Value::Ratio(ratio)) if ratio.is_known()),
        file,
    })
}

fn drop_copies(reads: &mut Vec<Read>, unused: &mut Vec<(String, String)>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    reads.retain(|read| match seen.get(&read.sha256) {
        Some(first) => {
            unused.push((read.file.clone(), format!("a copy of {first}")));
            false
        }
        None => {
            seen.insert(read.sha256.clone(), read.file.clone());
            true
        }
    });
}

/// What a test run leaves behind is not committed. Where a run has left something, a report in the repository is test data.
fn drop_committed(
    found: &mut BTreeMap<(&'static str, usize, &'static str), Vec<Read>>,
    kept: &BTreeSet<String>,
    unused: &mut Vec<(String, String)>,
) {
    for family in ["coverage", "tests"] {
        let made = found.iter().any(|((of, ..), reads)| *of == family && reads.iter().any(|read| !kept.contains(&read.file)));
        for reads in found.iter_mut().filter(|((of, ..), _)| made && *of == family).map(|(_, reads)| reads) {
            reads.retain(|read| {
                let committed = kept.contains(&read.file);
                if committed {
                    unused.push((read.file.clone(), "it is committed, so no run of today has made it".to_owned()));
                }
                !committed
            });
        }
    }
    found.retain(|_, reads| !reads.is_empty());
}

/// Of formats that say as much: what tools write without loss comes before what they write for one another.
const PREFERRED: [&str; 3] = ["cobertura", "jacoco", "lcov"];

/// One run writes its coverage in several formats. Only the one that says most is used.
fn drop_same_runs(found: &mut BTreeMap<(&'static str, usize, &'static str), Vec<Read>>, unused: &mut Vec<(String, String)>) {
    let mut formats: Vec<_> = found.keys().filter(|(family, ..)| *family == "coverage").copied().collect();
    let preferred = |name: &str| PREFERRED.iter().position(|format| *format == name).unwrap_or(PREFERRED.len());
    formats.sort_by_key(|key| (!found[key].iter().any(|read| read.branches), preferred(key.2), key.1));
    // Covered files by their last part, each with the whole path and the report that covers it.
    let mut covered: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    for key in formats {
        let Some(reads) = found.get_mut(&key) else { continue };
        reads.retain(|read| {
            let known =
                |path: &String| covered.get(&last(path))?.iter().find(|(other, _)| is_same_file(path, other)).map(|(_, first)| first);
            let same = read.covers.iter().find_map(known);
            if let Some(first) = same {
                unused.push((read.file.clone(), format!("the same files as in {first}, in another format")));
            }
            same.is_none()
        });
        for (path, read) in reads.iter().flat_map(|read| read.covers.iter().map(move |path| (path, read))) {
            covered.entry(last(path)).or_default().push((path.clone(), read.file.clone()));
        }
    }
    found.retain(|_, reads| !reads.is_empty());
}

/// Whether one path is the end of the other: `/home/me/app/src/a.js` and `src/a.js`.
fn is_same_file(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    long.strip_suffix(short).is_some_and(|before| before.is_empty() || before.ends_with('/') || short.starts_with('/'))
}

fn named(found: BTreeMap<(&'static str, usize, &'static str), Vec<Read>>) -> Vec<Report> {
    let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
    found.keys().for_each(|(family, ..)| *formats.entry(family).or_default() += 1);
    let name = |family: &'static str, format: &'static str| if formats.get(family) == Some(&1) { family } else { format };
    let reports = found.into_iter().map(|((family, _, format), reads)| Report {
        name: name(family, format).to_owned(),
        family,
        format,
        files: reads.into_iter().map(|read| read.file).collect(),
    });
    reports.collect()
}

fn identity(folder: &Path, manifests: &[Manifest]) -> String {
    let declared = manifests.iter().find_map(|manifest| manifest.name.clone().filter(|_| !manifest.path.contains('/')));
    let top = || git::top(folder).map(std::path::PathBuf::from).or_else(|| folder.canonicalize().ok());
    let name = declared.or_else(|| top().and_then(|path| path.file_name().map(|n| n.to_string_lossy().into_owned())));
    let name: String =
        name.unwrap_or_default().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "project".to_owned() } else { name.to_owned() }
}

impl Survey {
    /// The configuration's entries, before any rule is asked.
    pub fn config(&self) -> Config {
        let evidence = self.reports.iter().map(|report| {
            let paths = reports::patterns(&report.files, &self.files);
            let expect = paths.iter().any(|path| fs::is_glob(path)).then_some(Expect::Count(report.files.len()));
            (report.name.clone(), Entry { family: report.family.to_owned(), path: paths, expect, ..Entry::default() })
        });
        Config { evidence: evidence.collect(), ..Config::default() }
    }

    /// The line of a pipeline that writes one of these files.
    pub fn writer(&self, family: &str, files: &[String]) -> Option<&Trace> {
        let writes = |trace: &&Trace| trace.family == family && files.iter().any(|file| is_same_file(file, &trace.report));
        self.traces.iter().find(writes)
    }
}

/// "192 tests in 1 suite, 1 skipped" of an entry's evidence.
pub fn told(evidence: &Evidence) -> String {
    let count = |id: &str| match evidence.metric(id).map(|metric| &metric.value) {
        Some(Value::Count(n)) => *n,
        _ => 0,
    };
    match evidence.family.as_ref() {
        "coverage" => match evidence.metric("coverage.line").map(|metric| &metric.value) {
            Some(Value::Ratio(line)) => {
                let share = line.floor_percent(2).unwrap_or_default();
                let files = plural(evidence.rows("coverage.file").len(), "file");
                format!("{share} % of {} lines in {files}", grouped(line.whole))
            }
            _ => plural(evidence.rows("coverage.file").len(), "file"),
        },
        "tests" => {
            let (failed, skipped) = (count("tests.failed") + count("tests.errors"), count("tests.skipped"));
            let mut text = plural(usize::try_from(count("tests.total")).unwrap_or(usize::MAX), "test");
            for (n, what) in [(failed, "failed"), (skipped, "skipped")] {
                if n > 0 {
                    text.push_str(&format!(", {n} {what}"));
                }
            }
            text
        }
        "golden" => format!("{} golden cases", grouped(count("golden.cases"))),
        _ => evidence.records.iter().find(|(_, rows)| !rows.is_empty()).map_or_else(
            || plural(evidence.metrics.len(), "measurement"),
            |(family, rows)| format!("{} rows of {family}", grouped(rows.len() as u64)),
        ),
    }
}
