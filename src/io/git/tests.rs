#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::diff::{Body, Changed};
use std::fs;
use tempfile::TempDir;

struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Repository(tempfile::tempdir().unwrap());
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let output = git(self.path(), &[&identity, arguments].concat()).unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", words(&output));
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        head(self.path()).unwrap()
    }
}

fn named<'d>(diff: &'d Diff, name: &str) -> &'d Changed {
    diff.files.iter().find(|file| file.head.as_deref().or(file.base.as_deref()) == Some(name)).expect(name)
}

fn new_lines(changed: &Changed) -> Vec<u32> {
    (1..100).filter(|line| changed.is_new(*line)).collect()
}

#[test]
fn the_change_is_that_since_both_parted() {
    let repository = Repository::new();
    repository.write("src/a.py", "1\n2\n3\n").write("ä b.py", "x\n").write("moved.py", &"line\n".repeat(20)).commit("one");
    repository.git(&["checkout", "-q", "-b", "topic"]);
    repository.git(&["mv", "moved.py", "lib.py"]);
    repository.write("src/a.py", "1\nnew\n2\n3").write("ä b.py", "x\ny").commit("two");
    repository.git(&["checkout", "-q", "main"]);
    let parted = head(repository.path()).unwrap();
    repository.write("other.py", "x\n").commit("three");
    repository.git(&["merge", "-q", "--no-edit", "topic"]);
    // The merge commit that CI checks out, against the branch it will go to.
    repository.git(&["branch", "-q", "target", "HEAD~1"]);
    let (base, diff) = changes(repository.path(), "target").unwrap();
    assert_eq!(base, ask(repository.path(), &["rev-parse", "target"]).unwrap());
    assert_eq!(diff.files.len(), 3, "{diff:?}");
    assert_eq!(new_lines(named(&diff, "src/a.py")), [2, 4]);
    assert_eq!(new_lines(named(&diff, "ä b.py")), [2]);
    assert_eq!((named(&diff, "lib.py").base.as_deref(), named(&diff, "lib.py").has_new_lines()), (Some("moved.py"), false));
    // The branch itself, against the same target: what the target did meanwhile is not its doing.
    repository.git(&["checkout", "-q", "topic"]);
    let (base, diff) = changes(&repository.path().join("src"), "target").unwrap();
    assert_eq!((base, diff.files.len()), (parted, 3));
}

#[test]
fn the_working_tree_counts_and_settings_do_not() {
    let repository = Repository::new();
    repository.write("a.py", "1\n2\n").write(".gitattributes", "").commit("one");
    for (key, value) in [
        ("diff.noprefix", "true"),
        ("diff.external", "false"),
        ("color.ui", "always"),
        ("diff.context", "9"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
        ("diff.hide.textconv", "true"),
        ("diff.hide.binary", "true"),
    ] {
        repository.git(&["config", key, value]);
    }
    repository.write("a.py", "1\nnew\n2\n").write(".gitattributes", "*.py binary diff=hide\n").write("untracked.py", "1\n");
    let (_, diff) = changes(repository.path(), "HEAD").unwrap();
    assert_eq!(diff.files.len(), 2, "{diff:?}");
    assert_eq!(new_lines(named(&diff, "a.py")), [2]);
    assert!(matches!(named(&diff, "a.py").body, Body::Lines(_)));
}

#[test]
fn a_base_that_cannot_be_found_is_an_error_with_advice() {
    let repository = Repository::new();
    let nowhere = tempfile::tempdir().unwrap();
    assert!(changes(repository.path(), "main").unwrap_err().contains("not known here"));
    assert!(changes(nowhere.path(), "main").unwrap_err().contains("git does not answer here"));
    repository.write("a.py", "1\n").commit("one");
    repository.write("a.py", "2\n").commit("two");
    assert_eq!(changes(repository.path(), "HEAD").unwrap().1, Diff::default());
    for reference in ["origin/main", "--output=x", "", "HEAD:a.py"] {
        assert!(changes(repository.path(), reference).unwrap_err().contains("name another commit"), "{reference}");
    }
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.commit("three");
    assert!(changes(repository.path(), "main").unwrap_err().contains("no commit in common"));

    let shallow = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repository.path().display());
    let cloned = git(shallow.path(), &["clone", "-q", "--depth=1", "--branch=main", &url, "."]).unwrap();
    assert!(cloned.status.success());
    assert!(changes(shallow.path(), "HEAD~1").unwrap_err().contains("fetch-depth: 0"));
    assert!(git(shallow.path(), &["fetch", "-q", "--depth=1", "origin", "other"]).unwrap().status.success());
    assert!(changes(shallow.path(), "FETCH_HEAD").unwrap_err().contains("fetch-depth: 0"));
}

#[test]
fn tracked_files_are_named_from_the_top() {
    let repository = Repository::new();
    repository.write("src/ä\t\"b\".py", "1\n").write("a.py", "").commit("one");
    repository.write("untracked.py", "");
    let expected = Some(vec!["a.py".to_owned(), "src/ä\t\"b\".py".to_owned()]);
    assert_eq!(tracked(repository.path()), expected);
    assert_eq!(tracked(&repository.path().join("src")), expected);
    assert_eq!((within(repository.path()), within(&repository.path().join("src"))), (Some(String::new()), Some("src/".to_owned())));
    assert_eq!(tracked(tempfile::tempdir().unwrap().path()), None);
}
