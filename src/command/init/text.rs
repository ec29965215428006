//! The configuration as `readiness init` writes it: what a team reads first, so it says where everything in it comes from.

use super::survey::{Report, Survey};
use super::{Plan, Waiting};
use crate::config::Entry;
use crate::discover::ecosystem::{Manifest, Recipe};
use crate::io::fs;
use std::path::Path;

/// Where `readiness schema config` is kept in a repository that gives its editors the schema.
const SCHEMAS: [&str; 2] = ["readiness.schema.json", "site/schema/config-1.json"];
/// How wide a comment gets.
const WIDTH: usize = 100;
/// How many unused files are listed.
const UNUSED: usize = 20;

/// The whole file.
pub fn configuration(folder: &Path, survey: &Survey, plan: &Plan) -> String {
    let mut page = Page::default();
    if let Some(schema) = SCHEMAS.iter().find(|path| fs::exists(&folder.join(path))) {
        page.line(&format!("# yaml-language-server: $schema={schema}"));
    }
    page.comment(
        "",
        "What `readiness check` judges, and by which rules. `readiness init` wrote it from what it found here; it is yours now.",
    );
    page.comment("", "Evidence that is missing, empty, stale or cut off never passes: it is a finding of its own.");
    page.line("");
    page.line(&format!("project:\n  id: {}", scalar(&survey.id)));
    page.line("");
    evidence(&mut page, survey, plan);
    packs(&mut page, plan);
    waiting(&mut page, &plan.waiting);
    profiles(&mut page);
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Comment lines, wrapped between words.
    fn comment(&mut self, indent: &str, text: &str) {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && indent.len() + 2 + line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(&format!("{indent}# {line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&printable(word));
        }
        self.line(&format!("{indent}# {line}"));
    }
}

impl Page {
    /// An entry on one line, or with a line for each of its paths.
    fn entry(&mut self, name: &str, entry: &Entry) {
        let Entry { family, path, expect, .. } = entry;
        let expect = expect.as_ref().map(|expect| format!("expect: {}", expect.files()));
        if let [one] = path.as_slice() {
            let expect = expect.map(|expect| format!(", {expect}")).unwrap_or_default();
            return self.line(&format!("  {}: {{ family: {family}, path: {}{expect} }}", scalar(name), scalar(one)));
        }
        self.line(&format!("  {}:\n    family: {family}\n    path:", scalar(name)));
        path.iter().for_each(|path| self.line(&format!("      - {}", scalar(path))));
        expect.iter().for_each(|expect| self.line(&format!("    {expect}")));
    }
}

fn evidence(page: &mut Page, survey: &Survey, plan: &Plan) {
    page.comment("", "One entry per kind of evidence: a name of your choice, its family, and its files as seen from this folder.");
    page.line("evidence:");
    if survey.reports.is_empty() {
        page.comment("  ", "No report was found. These are the usual places; the comment above each says how to fill it.");
    }
    for (name, entry) in &plan.config.evidence {
        for line in plan.about.get(name).into_iter().flatten() {
            page.comment("  ", line);
        }
        page.entry(name, entry);
    }
    for (family, recipe, place) in missing(survey) {
        page.comment("  ", &format!("No {family} report yet{place}. This makes one: {}", command(recipe)));
        page.line(&format!("  # {family}: {{ family: {family}, path: {} }}", scalar(recipe.report)));
    }
    if !survey.unused.is_empty() {
        page.comment("  ", "Found and not used:");
        for (file, why) in survey.unused.iter().take(UNUSED) {
            page.comment("  ", &format!("{file}: {why}"));
        }
        if let Some(more) = survey.unused.len().checked_sub(UNUSED).filter(|more| *more > 0) {
            page.comment("  ", &format!("and {more} more"));
        }
    }
    page.line("");
}

/// What a project of this kind usually has and this one has not, with the way to make it.
pub fn missing(survey: &Survey) -> Vec<(&'static str, Recipe, String)> {
    if survey.reports.is_empty() {
        return Vec::new();
    }
    let Some(manifest) = survey.manifests.first() else { return Vec::new() };
    let has = |family: &str| survey.reports.iter().any(|report| report.family == family);
    let recipes = usual(manifest).into_iter().filter(|(family, _)| !has(family));
    recipes
        .map(|(family, recipe)| {
            let written = survey.traces.iter().find(|trace| trace.family == family);
            let place = written.map(|t| format!(", though {}:{} writes {}", t.file, t.line, t.report)).unwrap_or_default();
            (family, recipe, place)
        })
        .collect()
}

/// What a project of its kind makes, with the family.
pub fn usual(manifest: &Manifest) -> [(&'static str, Recipe); 2] {
    [("coverage", manifest.ecosystem.coverage), ("tests", manifest.ecosystem.tests)]
}

/// The command of a recipe; what it needs beside stands in brackets.
pub fn command(recipe: Recipe) -> String {
    recipe.command.split_once("  # ").map_or_else(|| recipe.command.to_owned(), |(command, needs)| format!("{command} ({needs})"))
}

fn packs(page: &mut Page, plan: &Plan) {
    page.comment("", "The rules: shipped packs by name, folders of your own with a slash at the end. `readiness rules` lists them.");
    page.line("packs:");
    for (pack, title) in &plan.packs {
        page.comment("  ", title);
        page.line(&format!("  - {pack}"));
    }
    if !plan.offered.is_empty() {
        page.comment("  ", "Not taken, because nothing here answers them. Take one in when its evidence is there:");
        for offer in &plan.offered {
            let needs = if offer.families.is_empty() { String::new() } else { format!(" ({})", offer.families.join(" or ")) };
            page.line(&format!("  # - {:<16}{}{needs}", offer.pack, printable(&offer.title)));
        }
    }
    page.line("");
}

fn waiting(page: &mut Page, waiting: &[Waiting]) {
    if waiting.is_empty() {
        return;
    }
    page.comment("", "Rules that wait: nothing here could answer them. A rule is judged as soon as its evidence is there, listed or not.");
    page.line("waiting:");
    for Waiting { rule, reason } in waiting {
        page.line(&format!("  {}: {}", scalar(rule), scalar(reason)));
    }
    page.line("");
}

fn profiles(page: &mut Page) {
    page.comment("", "Ways of judging: `readiness check --profile pr`.");
    page.line("profiles:");
    page.comment("  ", "A pull request answers for what it breaks. What readiness.baseline.json lists was already so.");
    page.line("  pr: { gate: new }");
    page.comment("  ", "The whole truth, once a day.");
    page.line("  nightly: { gate: all }");
    page.comment("  ", "A release answers for everything, warnings included.");
    page.line("  release: { gate: all, block_at: P2 }");
}

/// What a comment says of an entry: where its files come from.
pub fn about(report: &Report, told: &str, patterns: bool, survey: &Survey) -> Vec<String> {
    let mut lines = vec![format!("{told} ({}).", report.format)];
    if patterns {
        lines.push("`expect` is the number of files that must be there: change it with them.".to_owned());
    }
    if let Some(trace) = survey.writer(report.family, &report.files) {
        lines[0].push_str(&format!(" Written by {}:{}.", trace.file, trace.line));
    }
    lines
}

/// A text as YAML reads it back.
pub fn scalar(text: &str) -> String {
    let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric() || "._/".contains(c));
    let plain = starts && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    // `1.0`, `true` and `null` would be read as something else than text.
    let number = text.chars().all(|c| c.is_ascii_digit() || "._eE-+".contains(c));
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"]
        .contains(&text.trim_start_matches('.').to_ascii_lowercase().as_str());
    if plain && !number && !word && !text.is_empty() {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() || !c.is_ascii() => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text that stays on its line.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || "\u{2028}\u{2029}\u{85}\u{feff}".contains(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_is_read_back_as_it_is() {
        for (text, written) in [
            ("reports/junit.xml", "reports/junit.xml"),
            ("a b", "\"a b\""),
            ("1.0", "\"1.0\""),
            ("true", "\"true\""),
            ("-x", "\"-x\""),
            ("*.xml", "\"*.xml\""),
            ("a\"\\\u{1b}ö", "\"a\\\"\\\\\\U0000001B\\U000000F6\""),
            ("", "\"\""),
        ] {
            assert_eq!(scalar(text), written);
            assert_eq!(serde_yaml_text(written).as_deref(), Some(text));
        }
    }

    fn serde_yaml_text(written: &str) -> Option<String> {
        let mut errors = Vec::new();
        let node = crate::io::yaml::parse("t", &format!("a: {written}\n"), &mut errors)?;
        Some(node.entries()?.first()?.1.scalar()?.to_owned())
    }

    #[test]
    fn comments_stay_comments() {
        let mut page = Page::default();
        page.comment("  ", "a\nb \u{2028}packs: [x]\u{7}");
        assert_eq!(page.text, "  # a b \u{fffd}packs: [x]\u{fffd}\n".replace("\u{fffd}packs", "packs"));
    }
}
