//! `readiness init`: looks at what a repository has, writes a commented configuration for it, and records what is already so.

mod floors;
mod plan;
mod survey;
mod text;

use super::base::FILE;
use super::options::{self, Options};
use super::plain::say;
use super::{baseline, setup};
use crate::discover::settings;
use crate::error::Error;
use crate::io::fs;
use crate::render::parts::escape::columns;
use crate::render::parts::prose::plural;
use crate::verdict::Exit;
use plan::{Plan, Waiting, plan};
use std::path::Path;
use survey::{Survey, survey};

/// What it writes.
const NAME: &str = "readiness.yaml";
/// How many files one kind of finding tells one by one.
const TOLD: usize = 12;
/// The widest first column.
const COLUMN: usize = 44;

/// Writes `readiness.yaml` into `folder`, rules at today's values, and a baseline of what is not good today. Nothing that is
/// there already is written over.
///
/// # Errors
/// When there is a configuration already, or something cannot be written.
pub fn run(folder: &Path, now: Option<String>) -> Result<Exit, Error> {
    let floor = folder.join(floors::FOLDER);
    for path in settings::NAMES.iter().map(|name| folder.join(name)).chain([floor]) {
        if fs::exists(&path) {
            return Err(Error::Usage(format!("{} exists; remove it first, or edit it", path.display())));
        }
    }
    let moment = options::moment(now.as_deref())?;
    let survey = survey(folder, moment);
    let plan = plan(folder, &survey, moment)?;
    let path = folder.join(NAME);
    let files = floors::files(&plan.floors).files;
    let rules = files.iter().filter(|_| !plan.floors.is_empty()).map(|(name, text)| (folder.join(name), text.as_str()));
    let configuration = text::configuration(folder, &survey, &plan);
    for (path, text) in rules.chain([(path.clone(), configuration.as_str())]) {
        fs::write_new(&path, text.as_bytes()).map_err(|source| Error::Output { path, source })?;
    }
    say(&seen(&survey, &plan))?;
    // What is not good today is nobody's fault who comes tomorrow. Without evidence there is nothing to be inherited.
    let options = Options { config: Some(path), now, ..Options::default() };
    setup::load_at(options.config.as_deref(), moment)?;
    let recorded = if survey.reports.is_empty() { None } else { Some(baseline::record(&options)?.1) };
    say(&written(&survey, &plan, recorded.as_deref()))?;
    Ok(Exit::Open)
}

/// What was found, and what it was used for.
fn seen(survey: &Survey, plan: &Plan) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    rows.extend(survey.manifests.iter().take(TOLD).map(|manifest| (manifest.path.clone(), manifest.ecosystem.name.to_owned())));
    rows.extend(survey.traces.iter().take(TOLD).map(|t| (format!("{}:{}", t.file, t.line), format!("writes {}", t.report))));
    let idle = survey.pipelines.iter().filter(|file| is_service(file) && !survey.traces.iter().any(|trace| trace.file == **file));
    rows.extend(idle.take(TOLD).map(|file| (file.clone(), "no line of it says which report it writes".to_owned())));
    for report in &survey.reports {
        let path = plan.config.evidence.get(&report.name).map(|entry| entry.path.join(", ")).unwrap_or_default();
        let about = plan.about.get(&report.name).and_then(|lines| lines.first()).map_or("", |line| line.trim_end_matches('.'));
        rows.push((path, format!("used as {}: {about}", report.name)));
    }
    rows.extend(survey.unused.iter().take(TOLD).map(|(file, why)| (file.clone(), format!("not used: {why}"))));
    if let Some(more) = survey.unused.len().checked_sub(TOLD).filter(|more| *more > 0) {
        rows.push((format!("{more} more"), "not used".to_owned()));
    }
    let title = if rows.is_empty() { "Found nothing that tells how this project is built or tested." } else { "Found" };
    format!("{title}\n{}\n", table(&rows))
}

/// What was written, and what to do next.
fn written(survey: &Survey, plan: &Plan, recorded: Option<&str>) -> String {
    let packs: Vec<&str> = plan.packs.iter().map(|(pack, _)| pack.as_str()).collect();
    let waits = if plan.waiting.is_empty() { String::new() } else { format!("; {} for evidence", wait(plan.waiting.len())) };
    let mut rows = vec![(NAME.to_owned(), format!("{}; packs {}{waits}", entries(plan.config.evidence.len()), packs.join(", ")))];
    if !plan.floors.is_empty() {
        let limits: Vec<String> = plan.floors.iter().map(crate::evaluate::floor::Floor::require).collect();
        rows.push((floors::FOLDER.to_owned(), format!("what is reached today: {}", limits.join(", "))));
    }
    rows.extend(recorded.map(|told| (FILE.to_owned(), format!("what is not good today: {told}"))));
    let mut text = format!("Written\n{}\nNext\n", table(&rows));
    let mut step = 0;
    let mut next = |line: &str| {
        step += 1;
        text.push_str(&format!("  {step}. {line}\n"));
    };
    if survey.reports.is_empty() {
        next("Run your tests so that they leave reports; readiness.yaml says how. There is nothing to judge until then.");
        next("Put the right paths in, or remove readiness.yaml and run `readiness init` again.");
    } else {
        next("Read readiness.yaml; it is short.");
        next("`readiness check --profile pr` is open today, and closes on what gets worse.");
        next(&format!("Commit {} after that.", rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")));
        next("In CI, run that check after the jobs that write the reports, also when one of them failed.");
        for (family, recipe, _) in text::missing(survey) {
            next(&format!("For {family}: {}", text::command(recipe)));
        }
    }
    text
}

/// Whether a file runs on a build server, rather than by hand.
fn is_service(file: &str) -> bool {
    file.starts_with('.') || file.ends_with("pipelines.yml") || ["appveyor.yml", "Jenkinsfile"].contains(&file)
}

fn entries(n: usize) -> String {
    if n == 1 { "1 entry".to_owned() } else { format!("{n} entries") }
}

fn wait(n: usize) -> String {
    format!("{} {}", plural(n, "rule"), if n == 1 { "waits" } else { "wait" })
}

fn table(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| columns(name)).filter(|w| *w <= COLUMN).max().unwrap_or(0);
    let row = |(name, text): &(String, String)| format!("  {name}{}  {text}\n", " ".repeat(width.saturating_sub(columns(name))));
    rows.iter().map(row).collect()
}
