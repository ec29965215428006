//! Files that may be evidence, before any format has looked at them.

use crate::io::fs::Artifact;
use crate::stamp::SUFFIX;
use std::path::Path;

/// Folders whose files are somebody else's, or no evidence.
pub const SKIPPED: [&str; 16] = [
    "node_modules",
    ".venv",
    "venv",
    "site-packages",
    "vendor",
    "fixtures",
    "testdata",
    "__snapshots__",
    "target/debug",
    "target/release",
    "target/classes",
    "target/report",
    "__pycache__",
    ".tox",
    ".nox",
    ".terraform",
];
/// What evidence files are called. Looking into every file of a large repository would take minutes.
const ENDINGS: [&str; 19] = [
    ".xml",
    ".json",
    ".jsonl",
    ".ndjson",
    ".db",
    ".sqlite",
    ".sqlite3",
    ".prom",
    ".txt",
    ".yaml",
    ".yml",
    ".info",
    ".lcov",
    ".out",
    ".trx",
    ".tap",
    ".sarif",
    ".csv",
    ".coverage",
];
/// Files larger than this are not looked at while guessing.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Those of `files` that may be evidence, each with its beginning, in order.
pub fn candidates<'a>(folder: &'a Path, files: &'a [String]) -> impl Iterator<Item = Artifact> + 'a {
    files
        .iter()
        .filter(|file| ENDINGS.iter().any(|ending| file.ends_with(ending)))
        .filter_map(|file| Artifact::look(&folder.join(file), file.clone()).ok())
        .filter(|artifact| artifact.size > 0 && artifact.size <= LARGEST)
}

/// What the names of reports say in some way; a file of such a name is missed when nobody mentions it.
const TELLING: [&str; 10] = ["coverage", "cobertura", "clover", "jacoco", "lcov", "junit", "test-results", "testresult", "xunit", "ctrf"];

/// Whether a file is called like a report, so that one which no reader knows is worth a word.
pub fn looks_like_one(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    let data = [".xml", ".json", ".info", ".out", ".trx", ".tap"].iter().any(|ending| name.ends_with(ending));
    // A stamp is named after its report.
    data && !name.ends_with(SUFFIX) && TELLING.iter().any(|word| name.contains(word))
}

/// Paths that name exactly these files: one by one, or a full folder's by a pattern that finds no other file.
///
/// `all` are the files of the repository, in which a pattern must not find more.
pub fn patterns(files: &[String], all: &[String]) -> Vec<String> {
    let folder = |file: &str| file.rfind('/').map_or(0, |at| at + 1);
    let mut paths = Vec::new();
    let mut rest = files;
    while let Some(first) = rest.first() {
        let here = &first[..folder(first)];
        let count = rest.iter().take_while(|file| file[..folder(file)] == *here).count();
        let (group, after) = rest.split_at(count);
        match pattern(here, group, all) {
            Some(pattern) => paths.push(pattern),
            None => paths.extend(group.iter().cloned()),
        }
        rest = after;
    }
    paths
}

/// From so many files of one kind in one folder on, a pattern names them.
const MANY: usize = 4;

fn pattern(folder: &str, group: &[String], all: &[String]) -> Option<String> {
    if group.len() < MANY || folder.contains(['*', '?', '[', '{']) {
        return None;
    }
    let names: Vec<&str> = group.iter().map(|file| &file[folder.len()..]).collect();
    let ending = names[0].rfind('.').map(|at| &names[0][at..])?;
    let start = common(&names);
    [String::new(), start].into_iter().find_map(|start| {
        let fits = |file: &&String| {
            let name = file.strip_prefix(folder).filter(|name| !name.contains('/'));
            name.is_some_and(|name| name.len() >= start.len() + ending.len() && name.starts_with(&start) && name.ends_with(ending))
        };
        (all.iter().filter(fits).count() == group.len() && group.iter().all(|file| fits(&file)))
            .then(|| format!("{folder}{start}*{ending}"))
    })
}

/// How all names begin, up to a sign: `TEST-` of `TEST-a.xml` and `TEST-b.xml`.
fn common(names: &[&str]) -> String {
    let first = names[0];
    let shared =
        first.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| names.iter().all(|n| n.starts_with(&first[..*end]))).last();
    let shared = &first[..shared.unwrap_or(0)];
    let cut = shared.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let start = &shared[..cut];
    if start.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) { start.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(files: &[&str], all: &[&str]) -> Vec<String> {
        let own = |list: &[&str]| list.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>();
        patterns(&own(files), &own(all))
    }

    #[test]
    fn a_report_is_known_by_its_name() {
        for (file, wanted) in
            [("a/Clover.xml", true), ("junit.json", true), ("coverage.yml", false), ("src/coverage.rs", false), ("a.xml", false)]
        {
            assert_eq!(looks_like_one(file), wanted, "{file}");
        }
    }

    #[test]
    fn a_full_folder_is_named_by_a_pattern_that_finds_nothing_else() {
        let four = ["t/TEST-a.xml", "t/TEST-b.xml", "t/TEST-c.xml", "t/TEST-d.xml"];
        assert_eq!(named(&four, &four), ["t/*.xml"]);
        let more = [&four[..], &["t/other.xml", "t/sub/x.xml"]].concat();
        assert_eq!(named(&four, &more), ["t/TEST-*.xml"]);
        let close = [&four[..], &["t/TEST-other.xml"]].concat();
        assert_eq!(named(&four, &close), four, "a pattern would make another file evidence");
        assert_eq!(named(&four[..3], &four), four[..3]);
        let modules = ["a/1.xml", "a/2.xml", "a/3.xml", "a/4.xml", "b/only.xml"];
        assert_eq!(named(&modules, &modules), ["a/*.xml", "b/only.xml"]);
    }
}
