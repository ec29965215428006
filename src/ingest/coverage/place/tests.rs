#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::ingest::Family;
use crate::ingest::coverage::Coverage;
use crate::ingest::testing::problems;
use crate::instant::Instant;
use crate::linemap::Line;
use crate::tree::Sources;

/// What the files of reports become in a repository, and what is told.
struct Case {
    tree: Option<Tree>,
    sources: Sources,
}

fn repository(within: &str, files: &[&str]) -> Case {
    let mut files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
    files.sort();
    Case { tree: Some(Tree { top: "/home/ci/work".into(), within: within.into(), files }), sources: Sources::default() }
}

impl Case {
    fn moved(mut self, from: &str, to: &str) -> Self {
        self.sources.moved.push(Moved { from: from.into(), to: to.into() });
        self
    }

    fn settle(&self, reports: &[&[&str]]) -> Evidence {
        let draft = |files: &&[&str]| {
            let mut draft = Draft::default();
            for (n, file) in files.iter().enumerate() {
                draft.lines.file(file).add(&[Line::new(n as u32 + 1, 1)]);
                draft.packages.entry("p".into()).or_default().insert((*file).to_owned());
            }
            draft.lines.settle();
            draft
        };
        let mut evidence = Evidence::new("it", "coverage");
        let request = Request { tree: self.tree.as_ref(), sources: &self.sources, ..Request::plain("it", &[], Instant(0)) };
        Coverage::settle(reports.iter().map(draft).collect(), &request, &mut evidence);
        evidence
    }

    fn names(&self, files: &[&str]) -> Vec<String> {
        self.settle(&[files]).lines.files.into_keys().collect()
    }
}

#[test]
fn names_of_the_repository() {
    let flat = repository("", &["src/a.py", "src/b.py", "setup.py"]);
    assert_eq!(flat.names(&["/home/ci/work/src/a.py", "src/b.py"]), ["src/a.py", "src/b.py"]);
    assert_eq!(flat.names(&["/app/src/a.py"]), ["src/a.py"]);
    assert_eq!(flat.names(&["b.py"]), ["src/b.py"]);
    // A bare name at the end of somebody else's path is no proof.
    assert_eq!(flat.names(&["/usr/lib/python3/setup.py"]), ["/usr/lib/python3/setup.py"]);
    assert_eq!(flat.names(&["https://example.org/src/a.py"]), ["src/a.py"]);

    let service = repository("services/x/", &["services/x/src/a.py", "services/y/src/b.py"]);
    assert_eq!(service.names(&["src/a.py", "../y/src/b.py"]), ["services/x/src/a.py", "services/y/src/b.py"]);
    assert_eq!(service.names(&["services/y/src/b.py"]), ["services/y/src/b.py"]);

    let java = repository("", &["core/src/main/java/org/x/A.java", "web/src/main/java/org/x/B.java"]);
    let names = ["core/src/main/java/org/x/A.java", "web/src/main/java/org/x/B.java"];
    assert_eq!(java.names(&["org/x/A.java", "org/x/B.java"]), names);
}

#[test]
fn a_folder_whose_files_all_lie_below_another() {
    let tree = repository("", &["backend/main.py", "backend/api/routes.py", "backend/api/util.py", "web/util.py"]);
    assert_eq!(tree.names(&["/app/main.py", "/app/api/routes.py"]), ["backend/api/routes.py", "backend/main.py"]);
    // One file that is not there, and nothing is known of the folder.
    let evidence = tree.settle(&[&["/app/main.py", "/app/other.py"]]);
    assert_eq!(evidence.lines.files.into_keys().collect::<Vec<_>>(), ["/app/main.py", "/app/other.py"]);
    // A single file shows no folder.
    assert_eq!(tree.names(&["/app/main.py"]), ["/app/main.py"]);
}

#[test]
fn several_candidates_are_named_and_none_is_taken() {
    let tree = repository("", &["a/src/util.py", "b/src/util.py", "src/lib.rs", "c/d.py"]);
    let evidence = tree.settle(&[&["src/util.py", "/x/src/lib.rs", "/y/src/lib.rs", "c/d.py"]]);
    assert_eq!(evidence.lines.files.keys().collect::<Vec<_>>(), ["/x/src/lib.rs", "/y/src/lib.rs", "c/d.py", "src/util.py"]);
    assert_eq!(
        problems(&evidence),
        ["warning paths-ambiguous: it is not clear which files of the repository are meant: /x/src/lib.rs may be src/lib.rs, \
          /y/src/lib.rs may be src/lib.rs, src/util.py may be a/src/util.py or b/src/util.py; say it with `paths`"]
    );
    let said = tree.moved("src", "b/src").moved("/x", ".");
    let names = said.names(&["src/util.py", "/x/src/lib.rs", "/y/src/lib.rs"]);
    assert_eq!(names, ["/y/src/lib.rs", "b/src/util.py", "src/lib.rs"]);
    let both = repository("s/", &["s/a.py", "a.py"]);
    assert_eq!(codes(&both.settle(&[&["a.py"]])), ["paths-ambiguous"]);
    assert_eq!(both.moved(".", "s").names(&["a.py"]), ["s/a.py"]);
}

fn codes(evidence: &Evidence) -> Vec<&str> {
    evidence.problems.iter().map(|problem| &*problem.code).collect()
}

#[test]
fn what_is_not_in_the_repository_is_listed_once() {
    let tree = repository("", &["src/a.py"]);
    let foreign = ["/usr/include/1.h", "/usr/include/2.h", "/usr/include/3.h", "/usr/include/4.h", "src/a.py"];
    assert_eq!(
        problems(&tree.settle(&[&foreign])),
        [
            "note paths-not-in-repository: 4 of 5 files are not in the repository: /usr/include/1.h, /usr/include/2.h, /usr/include/3.h and 1 more"
        ]
    );
    let nowhere = Case { tree: None, sources: Sources::default() };
    assert_eq!(nowhere.names(&foreign), foreign);
    assert_eq!(problems(&nowhere.settle(&[&foreign])), Vec::<String>::new());
}

#[test]
fn reports_that_name_a_file_differently_merge() {
    let tree = repository("", &["src/a.py"]);
    let evidence = tree.settle(&[&["src/a.py"], &["/app/src/a.py"], &["a.py"]]);
    assert_eq!(evidence.rows("coverage.file").len(), 1);
    assert_eq!(evidence.rows("coverage.package")[0].count("files"), Some(1));
    assert_eq!(evidence.lines.files["src/a.py"].as_slice()[0].hits, 3);
}

#[test]
fn what_owes_nothing_is_left_out_and_counted() {
    let mut tree = repository("", &["src/a.py", "src/gen/b.py"]);
    tree.sources.exclude.push("**/gen/**".into());
    let evidence = tree.settle(&[&["src/a.py", "/app/src/gen/b.py"]]);
    assert_eq!(evidence.rows("coverage.file").len(), 1);
    assert_eq!(problems(&evidence), ["note excluded: files left out by `exclude`: 1"]);
}

#[test]
fn a_folder_that_the_report_names_as_its_source_tells_files_of_one_name_apart() {
    let resolved = |tree: &[&str], roots: &[&str], name: &str| {
        let mut draft = Draft { roots: roots.iter().map(|root| (*root).to_owned()).collect(), ..Draft::default() };
        draft.lines.file(name).add(&[Line::new(1, 1)]);
        draft.lines.settle();
        let case = repository("", tree);
        let mut evidence = Evidence::new("it", "coverage");
        let request = Request { tree: case.tree.as_ref(), sources: &case.sources, ..Request::plain("it", &[], Instant(0)) };
        Coverage::settle(vec![draft], &request, &mut evidence);
        evidence.lines.files.into_keys().next().unwrap()
    };
    let tree = ["toolz/__init__.py", "tlz/__init__.py", "docs/util.py", "util.py"];
    assert_eq!(resolved(&tree, &["/elsewhere/1.2/toolz"], "__init__.py"), "toolz/__init__.py");
    assert_eq!(resolved(&tree, &["/home/ci/work/tlz"], "__init__.py"), "tlz/__init__.py");
    assert_eq!(resolved(&tree, &["/home/ci/work/toolz", "/home/ci/work/tlz"], "__init__.py"), "__init__.py", "either may be meant");
    assert_eq!(resolved(&tree, &["/home/ci/work/docs", "/home/ci/work/tlz"], "util.py"), "docs/util.py");
    assert_eq!(resolved(&tree, &["/elsewhere/docs"], "util.py"), "util.py", "a name of the repository is what it is");
    assert_eq!(resolved(&tree, &[], "__init__.py"), "__init__.py");
}

#[test]
fn mutants_lie_in_the_repository_too() {
    let tree = repository("", &["src/a.py", "gen/b.py"]);
    let mut draft = Draft::default();
    for file in ["/app/src/a.py", "src/a.py", "gen/b.py", "/usr/lib/c.py"] {
        draft.mutant(file, 1, "x", crate::mutant::Fate::Survived);
    }
    let sources = Sources { exclude: vec!["gen/**".into()], ..Sources::default() };
    let mut evidence = Evidence::new("it", "coverage");
    let request = Request { tree: tree.tree.as_ref(), sources: &sources, ..Request::plain("it", &[], Instant(0)) };
    Coverage::settle(vec![draft], &request, &mut evidence);
    assert_eq!(evidence.mutants.files.keys().collect::<Vec<_>>(), ["/app/src/a.py", "/usr/lib/c.py", "src/a.py"]);
    assert_eq!(codes(&evidence), ["paths-not-in-repository", "excluded"]);
}
