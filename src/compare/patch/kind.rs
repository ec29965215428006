//! Whether a file that no report names should stand in one: because files like it do.

use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// What is measured, by the ending of names.
pub(super) struct Kinds<'a> {
    /// The folders, with all folders above them, that hold a measured file of an ending; the top is the empty name.
    measured: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The first folders that hold a tracked file of an ending which is not new.
    before: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Kinds<'a> {
    /// `measured` are the files of all reports; `new` tells of a tracked file whether the change adds it.
    pub fn of(measured: impl Iterator<Item = &'a str>, tree: Option<&'a Tree>, new: impl Fn(&str) -> bool) -> Self {
        let mut kinds = Kinds { measured: BTreeMap::new(), before: BTreeMap::new() };
        for path in measured {
            let folders = kinds.measured.entry(ending(path)).or_default();
            folders.extend(above(path));
        }
        for path in tree.into_iter().flat_map(|tree| &tree.files) {
            if kinds.measured.contains_key(ending(path)) && !new(path) {
                kinds.before.entry(ending(path)).or_default().insert(first(path));
            }
        }
        kinds
    }

    /// Why a changed file need not stand in a report; nothing if it should. Below a first folder that holds measured files of its
    /// ending, it always should; below another, if nothing was there before: what was there and is measured by nothing has been
    /// decided about.
    pub fn excuse(&self, path: &str) -> Option<&'static str> {
        const OTHER: Option<&str> = Some("nothing of its kind is measured");
        let Some(folders) = self.measured.get(ending(path)) else { return OTHER };
        if is_test(path) {
            return Some("by its name it belongs to the tests");
        }
        let known = || self.before.get(ending(path)).is_some_and(|known| known.contains(first(path)));
        if folders.contains(first(path)) || !known() { None } else { OTHER }
    }
}

/// Names by which tools tell tests, their helpers and declarations without code from what they test.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let step = |step: &str| matches!(step, "test" | "tests" | "__tests__" | "spec" | "specs" | "testdata" | "__mocks__" | "benches");
    let folders = path.strip_suffix(name).unwrap_or_default();
    let infix = |word: &str| name.split('.').skip(1).any(|part| part == word);
    folders.split('/').any(step)
        || infix("test")
        || infix("spec")
        || infix("d")
        || name == "conftest.py"
        || stem.starts_with("test_")
        || ["_test", "_spec", "Test", "Tests", "Spec"].iter().any(|end| stem.ends_with(end))
}

/// `py` for `src/a.py`; the whole name where it has no ending.
fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(_, ending)| ending)
}

fn first(path: &str) -> &str {
    path.split_once('/').map_or("", |(first, _)| first)
}

/// The folder a file lies in and all above it; the top only for what lies there.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    std::iter::successors(Some(folder), |folder| folder.rsplit_once('/').map(|(above, _)| above))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expects(path: &str) -> bool {
        let files = ["README.md", "setup.py", "docs/conf.py", "src/app/a.py", "src/legacy/b.py", "tools/x.py", "tools/y.py", "web/a.ts"];
        let mut files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        files.extend(["fresh/new.py".to_owned(), path.to_owned()]);
        files.sort();
        let tree = Tree { files, ..Tree::default() };
        let new = |file: &str| file.contains("new");
        Kinds::of(["src/app/a.py", "web/a.ts"].into_iter(), Some(&tree), new).excuse(path).is_none()
    }

    #[test]
    fn like_its_neighbours() {
        for path in ["src/app/new.py", "src/legacy/b.py", "src/other/new.py", "fresh/new.py", "web/new.ts"] {
            assert!(expects(path), "{path}");
        }
        for path in ["README.md", "docs/conf.py", "setup.py", "tools/new.py", "src/app/new.json", "src/new.rb", "Makefile", "new.py"] {
            assert!(!expects(path), "{path}");
        }
    }

    #[test]
    fn tests_owe_nothing() {
        for path in [
            "src/tests/new.py",
            "src/app/test_new.py",
            "src/app/new_test.py",
            "web/new.test.ts",
            "web/new.spec.ts",
            "web/__tests__/new.ts",
            "web/new.d.ts",
            "src/conftest.py",
            "src/app/NewTest.py",
        ] {
            assert!(!expects(path), "{path}");
        }
        assert!(expects("src/app/new_latest.py") && expects("web/newtest.ts"));
    }

    #[test]
    fn outside_of_a_repository_the_ending_decides() {
        let kinds = Kinds::of(["src/a.py"].into_iter(), None, |_| false);
        let expects = |path| kinds.excuse(path).is_none();
        assert!(expects("lib/new.py") && expects("src/b.py") && !expects("README.md"));
    }
}
