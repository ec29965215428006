//! `readiness bundle`: the judgement with everything it rests on, in a folder an auditor can check offline.

use super::check::configured;
use super::options::Options;
use super::setup::{self, Setup};
use crate::attestation;
use crate::bundle::manifest::{Content, Manifest, SCHEMA, inside, sums};
use crate::checkpoint::Keys;
use crate::config::Entry;
use crate::discover::{acknowledged, attestations, terms, waivers};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::io::fs::{self, Artifact};
use crate::io::postgres::is_address;
use crate::io::{json, terminal};
use crate::render::{OUTPUTS, Style};
use crate::report::Report;
use crate::source::Source;
use crate::stamp::SUFFIX;
use crate::verdict::Exit;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The family whose proofs can be redone.
const AUDIT: &str = "audit";

const README: &str = "How to check this bundle without readiness:

  sha256sum -c SHA256SUMS                       every file is as it was
  sha256sum evidence/*/*                        compare with \"sha256\" under \"evidence\" in report/report.json
                                                (that of a folder is of the list sha256sum prints in it, in order of names)
                                                (a database is not in here: `readiness audit export` writes its rows)
  open report/report.html                       the judgement; it needs no network and no script

manifest.json names every file, its role and its sum. The bundle is not signed.
";

/// How the proof of an audit trail is done again.
const PROOF: &str = "
How to redo the proof of an audit trail, with readiness and without a network:

";

/// Judges, and writes the bundle. The exit code says whether it could be written, not whether the gate is open.
///
/// # Errors
/// When nothing can be judged or the bundle cannot be written.
pub fn run(options: &Options, out: &Path) -> Result<Exit, Error> {
    if fs::is_dir(out) && !fs::files(out).is_empty() {
        return Err(Error::Usage(format!("{} is not empty; a bundle holds nothing else", out.display())));
    }
    let report = configured(options)?;
    let setup = setup::asked(options)?;
    let readme = format!("{README}{}", proofs(&report, &setup));
    let mut contents = vec![Content { path: "README.txt".into(), role: "readme", source: None, bytes: readme.into() }];
    contents.extend(evidence(&report, &setup)?);
    for pack in &setup.packs {
        for (path, text) in &pack.files {
            let name = path.rsplit('/').next().unwrap_or(path);
            contents.push(Content {
                path: format!("rules/{}/{name}", inside(&pack.name)),
                role: "rules",
                source: None,
                bytes: text.as_str().into(),
            });
        }
    }
    let configuration =
        setup.shelf.read_bytes(Path::new(&setup.config.path)).map_err(|e| Error::Usage(format!("{}: {e}", setup.config.path)))?;
    contents.push(Content { path: "rules/readiness.yaml".into(), role: "rules", source: None, bytes: configuration });
    let waivers = Path::new(&setup.config.path).with_file_name(waivers::NAME);
    let named = acknowledged::files(&setup.config, &setup.root).into_keys();
    let held: BTreeSet<PathBuf> = setup.config.evidence.values().flat_map(|entry| held_against(entry, &setup)).collect();
    for file in named.chain([waivers]).filter(|file| setup.shelf.exists(file)).chain(held) {
        let bytes = setup.shelf.read_bytes(&file).map_err(|e| Error::Usage(format!("{}: {e}", file.display())))?;
        let inner = file.strip_prefix(&setup.root).unwrap_or(&file);
        contents.push(Content { path: format!("rules/{}", inside(&fs::slashed(inner))), role: "rules", source: None, bytes });
    }
    for output in OUTPUTS {
        if let Some(file) = output.file {
            let text = (output.render)(&report, Style::default())?;
            contents.push(Content { path: format!("report/{file}"), role: "report", source: None, bytes: text.into() });
        }
    }
    if report.evidence.iter().flat_map(|entry| &entry.sources).any(|source| is_address(&source.path)) {
        terminal::note("the bundle does not hold the rows of a database: write them with `readiness audit export`, and judge the export");
    }
    if report.evidence.iter().filter_map(|entry| entry.transcripts.as_ref()).any(|told| told.withheld > 0) {
        terminal::note("the bundle holds golden sets whole, also the questions and answers that `publish` keeps out of the report");
    }
    contents.sort_by(|a, b| a.path.cmp(&b.path));
    write(&report, &contents, out)?;
    terminal::note(&format!("{} files written to {}; the verdict is {}", contents.len() + 2, out.display(), report.verdict.label()));
    Ok(Exit::Open)
}

/// What an entry's evidence is read by and held against: a map, a policy, an anchor, a checkpoint. A map that comes with the program is
/// no file.
fn held_against(entry: &Entry, setup: &Setup) -> Vec<PathBuf> {
    let checkpoint = entry.checkpoint.as_ref().map(|(file, _)| file);
    let named = [entry.map.as_ref(), entry.policy.as_ref(), entry.anchor.as_ref(), checkpoint];
    let mut files: Vec<PathBuf> = named.into_iter().flatten().map(|file| setup.root.join(file)).collect();
    if entry.family == AUDIT && entry.policy.is_none() {
        files.extend(entry.path.iter().filter(|path| !is_address(path)).map(|path| setup.root.join(path).with_file_name(terms::POLICY)));
    }
    files.retain(|file| setup.shelf.exists(file));
    files
}

/// The commands that redo the proofs of audit trails, where anything was kept of one.
fn proofs(report: &Report, setup: &Setup) -> String {
    let within = |file: &str| format!("rules/{}", inside(file));
    let mut lines = Vec::new();
    for entry in report.evidence.iter().filter(|entry| entry.family == AUDIT) {
        let (Some(asked), [source]) = (setup.config.evidence.get(&entry.name), entry.sources.as_slice()) else { continue };
        if (asked.anchor.is_none() && asked.checkpoint.is_none()) || is_address(&source.path) {
            continue;
        }
        let mut line = format!("  readiness inspect '{}'", quoted(&format!("evidence/{}/{}", inside(&entry.name), inside(&source.path))));
        let map = asked.map.as_ref().map(|map| if setup.shelf.exists(&setup.root.join(map)) { within(map) } else { map.clone() });
        let policy = held_against(asked, setup).into_iter().find(|file| asked.policy.is_none() && file.ends_with(terms::POLICY));
        let policy = policy.map(|file| fs::slashed(file.strip_prefix(&setup.root).unwrap_or(&file)));
        let options = [
            ("map", map),
            ("policy", asked.policy.as_ref().or(policy.as_ref()).map(|file| within(file))),
            ("anchor", asked.anchor.as_ref().map(|file| within(file))),
            ("checkpoint", asked.checkpoint.as_ref().map(|(file, _)| within(file))),
            ("now", Some(report.now.to_string())),
        ];
        for (option, value) in options {
            line.extend(value.map(|value| format!(" --{option} '{}'", quoted(&value))));
        }
        lines.push(line + "\n");
        if asked.checkpoint.as_ref().is_some_and(|(_, keys)| *keys != Keys::default()) {
            lines.push(
                "      add --signed-by KEY and --witnessed-by KEY, with keys that you have from their owners and not from here\n"
                    .to_owned(),
            );
        }
    }
    if lines.is_empty() { String::new() } else { format!("{PROOF}{}", lines.concat()) }
}

/// A text within quotes of a shell.
fn quoted(text: &str) -> String {
    text.replace('\'', "'\\''")
}

/// The evidence, byte for byte; a file that changed since it was judged is refused. Statements come from where the rules do.
fn evidence(report: &Report, setup: &Setup) -> Result<Vec<Content>, Error> {
    let mut contents: Vec<Content> = Vec::new();
    for entry in &report.evidence {
        for (path, sha256) in entry.sources.iter().flat_map(files) {
            for content in packed(setup, entry, &path, sha256)? {
                if contents.iter().any(|other| other.path == content.path) {
                    return Err(Error::Usage(format!("two files of `{}` would be {} in the bundle", entry.name, content.path)));
                }
                contents.push(content);
            }
        }
    }
    Ok(contents)
}

/// A file as it goes into the bundle, or every file of a folder that was judged as one.
fn packed(setup: &Setup, entry: &Evidence, path: &str, sha256: &str) -> Result<Vec<Content>, Error> {
    let wrong = |path: &str, e: std::io::Error| Error::Usage(format!("{path}: {e}"));
    let full = setup.root.join(path);
    let folder = fs::is_dir(&full).then(|| Artifact::find(&full, path)).transpose().map_err(|e| wrong(path, e))?;
    let members = folder.and_then(|folder| folder.members);
    let names = match &members {
        Some(members) => members.iter().map(|member| format!("{path}/{member}")).collect(),
        None => vec![path.to_owned()],
    };
    let mut contents = Vec::with_capacity(names.len());
    for name in names {
        let bytes = match entry.family.as_ref() {
            attestation::FAMILY => setup.shelf.read_bytes(&attestations::path(Path::new(&setup.config.path))),
            _ => fs::read_bytes(&setup.root.join(&name)),
        };
        let inner = format!("evidence/{}/{}", inside(&entry.name), inside(&name));
        contents.push(Content { path: inner, role: "evidence", bytes: bytes.map_err(|e| wrong(&name, e))?, source: Some(name) });
    }
    let sums = contents.iter().map(|content| content.item().sha256);
    let sum = match &members {
        Some(members) => fs::sum_of_folder(members.iter().zip(sums)),
        None => sums.collect(),
    };
    contents.extend(log(setup, entry, path).map_err(|e| wrong(path, e))?);
    if sum == sha256 { Ok(contents) } else { Err(Error::Internal(format!("{path} changed while it was judged"))) }
}

/// The write-ahead log beside a database: its rows were judged, too.
fn log(setup: &Setup, entry: &Evidence, path: &str) -> std::io::Result<Option<Content>> {
    let name = format!("{path}-wal");
    let full = setup.root.join(&name);
    if entry.family != AUDIT || !fs::exists(&full) {
        return Ok(None);
    }
    let inner = format!("evidence/{}/{}", inside(&entry.name), inside(&name));
    Ok(Some(Content { path: inner, role: "evidence", bytes: fs::read_bytes(&full)?, source: Some(name) }))
}

/// A source's file and the stamp beside it, with their sums; a file that could not be read is left out.
fn files(source: &Source) -> Vec<(String, &str)> {
    // The rows of a database are known by their digest only.
    let is_file = !source.sha256.is_empty() && !is_address(&source.path);
    let file = Some((source.path.clone(), source.sha256.as_str())).filter(|_| is_file);
    let stamp = source.stamp.as_deref().map(|sha256| (format!("{}{SUFFIX}", source.path), sha256));
    file.into_iter().chain(stamp).collect()
}

fn write(report: &Report, contents: &[Content], out: &Path) -> Result<(), Error> {
    let put = |path: &str, bytes: &[u8]| {
        let path = out.join(path);
        fs::write(&path, bytes).map_err(|source| Error::Output { path, source })
    };
    let mut items = Vec::with_capacity(contents.len() + 1);
    for content in contents {
        put(&content.path, &content.bytes)?;
        items.push(content.item());
    }
    let manifest =
        Manifest { schema: SCHEMA, tool: report.tool.clone(), created: report.now, subject: report.project.clone(), files: items.clone() };
    let text = json::document(&manifest).map_err(|e| Error::Internal(e.message))?;
    put("manifest.json", text.as_bytes())?;
    items.push(Content { path: "manifest.json".into(), role: "readme", source: None, bytes: text.into_bytes() }.item());
    put("SHA256SUMS", sums(&items).as_bytes())
}
