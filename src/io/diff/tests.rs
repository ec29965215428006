#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::diff::Span;
use proptest::prelude::*;

fn parse(text: impl AsRef<[u8]>) -> Result<Diff, Fault> {
    read(text.as_ref())
}

fn files(text: impl AsRef<[u8]>) -> Vec<Changed> {
    parse(text).unwrap().files
}

fn only(text: impl AsRef<[u8]>) -> Changed {
    let mut files = files(text);
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

fn hunk(base: (u32, u32), head: (u32, u32)) -> Hunk {
    let span = |(first, count)| Span { first, count };
    Hunk { base: span(base), head: span(head) }
}

fn names(changed: &Changed) -> (Option<&str>, Option<&str>) {
    (changed.base.as_deref(), changed.head.as_deref())
}

const EDIT: &str = "\
diff --git a/src/a.py b/src/a.py
index 1..2 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1,4 +1,5 @@ def f():
 one
-two
+2
+2b
 three
 four
@@ -9 +10 @@
-nine
\\ No newline at end of file
+9
\\ No newline at end of file
";

#[test]
fn hunks_without_their_context() {
    let changed = only(EDIT);
    assert_eq!(names(&changed), (Some("src/a.py"), Some("src/a.py")));
    assert_eq!(changed.body, Body::Lines(vec![hunk((2, 1), (2, 2)), hunk((9, 1), (10, 1))]));
    assert!(changed.is_new(10) && !changed.is_new(11));
}

#[test]
fn the_same_with_carriage_returns_and_without_blanks() {
    assert_eq!(parse(EDIT.replace('\n', "\r\n")), parse(EDIT));
    let blank = "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n a\n\n+new\n b\n";
    assert_eq!(only(blank).body, Body::Lines(vec![hunk((3, 0), (3, 1))]));
    assert_eq!(parse(format!("\u{feff}{blank}")), parse(blank));
}

#[test]
fn new_and_gone_and_empty() {
    let text = "\
diff --git a/n.py b/n.py
new file mode 100644
index 0..1
--- /dev/null
+++ b/n.py
@@ -0,0 +1,2 @@
+a
+b
diff --git a/g.py b/g.py
deleted file mode 100644
index 1..0
--- a/g.py
+++ /dev/null
@@ -1 +0,0 @@
-a
diff --git a/e m.py b/e m.py
new file mode 100644
index 0..e69de29
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
";
    let files = files(text);
    assert_eq!((names(&files[0]), &files[0].body), ((None, Some("n.py")), &Body::Lines(vec![hunk((1, 0), (1, 2))])));
    assert_eq!((names(&files[1]), &files[1].body), ((Some("g.py"), None), &Body::Lines(vec![hunk((1, 1), (1, 0))])));
    assert_eq!((names(&files[2]), &files[2].body), ((None, Some("e m.py")), &Body::Lines(vec![])));
    assert_eq!((names(&files[3]), &files[3].body), ((Some("run.sh"), Some("run.sh")), &Body::Lines(vec![])));
}

#[test]
fn moved_and_copied() {
    let text = "\
diff --git a/old name.py b/new name.py
similarity index 100%
rename from old name.py
rename to new name.py
diff --git \"a/\\303\\244.py\" \"b/t\\tb.py\"
similarity index 90%
rename from \"\\303\\244.py\"
rename to \"t\\tb.py\"
index 1..2 100644
--- \"a/\\303\\244.py\"
+++ \"b/t\\tb.py\"
@@ -3,0 +4 @@
+new
diff --git a/x.py b/y.py
similarity index 100%
copy from x.py
copy to y.py
";
    let files = files(text);
    assert_eq!((names(&files[0]), &files[0].body), ((Some("old name.py"), Some("new name.py")), &Body::Lines(vec![])));
    assert_eq!((names(&files[1]), &files[1].body), ((Some("ä.py"), Some("t\tb.py")), &Body::Lines(vec![hunk((4, 0), (4, 1))])));
    assert_eq!((names(&files[2]), &files[2].body), ((Some("x.py"), Some("y.py")), &Body::Copy(vec![])));
}

#[test]
fn what_has_no_lines() {
    let text = "\
diff --git a/i.png b/i.png
index 1..2 100644
Binary files a/i.png and b/i.png differ
diff --git a/p.bin b/p.bin
new file mode 100644
index 0..1
GIT binary patch
literal 3
Kc${NkU|;|M00062

literal 0
HcmV?d00001

diff --git a/sub b/sub
index 1111111..2222222 160000
--- a/sub
+++ b/sub
@@ -1 +1 @@
-Subproject commit 1111111
+Subproject commit 2222222
";
    let files = files(text);
    assert_eq!(files.iter().map(|f| &f.body).collect::<Vec<_>>(), [&Body::Binary, &Body::Binary, &Body::Link]);
    assert_eq!(names(&files[1]), (None, Some("p.bin")));
}

#[test]
fn a_file_that_becomes_a_link_is_told_twice() {
    let text = "\
diff --git a/x b/x
deleted file mode 100644
index 1..0
--- a/x
+++ /dev/null
@@ -1 +0,0 @@
-a
diff --git a/x b/x
new file mode 120000
index 0..1
--- /dev/null
+++ b/x
@@ -0,0 +1 @@
+target
\\ No newline at end of file
";
    let files = files(text);
    assert_eq!((names(&files[0]), names(&files[1]), &files[1].body), ((Some("x"), None), (None, Some("x")), &Body::Link));
}

#[test]
fn results_of_a_merge() {
    let text = "\
diff --cc src/a b.py
index 1,2..3
--- a/src/a b.py
+++ b/src/a b.py
@@@ -1,4 -1,3 +1,4 @@@
  one
- two
 -zwei
++both
 +three
  four
@@@ -20,1 -30,1 +41,2 @@@
  x
++y
";
    let changed = only(text);
    assert_eq!(names(&changed), (Some("src/a b.py"), Some("src/a b.py")));
    assert_eq!(changed.body, Body::Merged(vec![hunk((2, 2), (2, 2)), hunk((21, 0), (42, 1))]));
    assert_eq!((2..=4).map(|line| changed.is_new(line)).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn hunks_of_a_merge_stand_in_order() {
    let hunk = |line: u32| format!("@@@ -1,0 -1,0 +{line},1 @@@\n++x\n");
    let both = |one, two| parse(format!("diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n{}{}", hunk(one), hunk(two)));
    let in_order = both(4, 9).unwrap().files.remove(0);
    assert!(in_order.is_new(4) && in_order.is_new(9) && !in_order.is_new(5));
    assert_eq!(both(9, 4).unwrap_err().line, 7, "a line of the first would be taken for an old one");
    assert!(both(9, 9).is_err());
}

#[test]
fn prose_around_and_plain_diffs() {
    let text = format!("From 1234\nSubject: [PATCH] x\n\n---\n src/a.py | 3 +-\n\n{EDIT}-- \n2.47.0\n\n");
    assert_eq!(parse(text), parse(EDIT));
    let plain = "diff -ru old/a.py new/a.py\n--- old/a.py\t2024-01-01 00:00\n+++ new/a.py\t2024-01-02 00:00\n@@ -1 +1 @@\n-a\n+b\n";
    assert_eq!(names(&only(plain)), (Some("a.py"), Some("a.py")));
    assert_eq!(parse(""), Ok(Diff::default()));
}

#[test]
fn removed_lines_that_look_like_headers() {
    let text = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n-@@ -1 +1 @@\n+++ b/y\n+diff --git a/z b/z\n";
    assert_eq!(only(text).body, Body::Lines(vec![hunk((1, 2), (1, 2))]));
}

#[test]
fn lines_of_any_bytes_and_any_length() {
    let long = "x".repeat(300_000);
    let mut text = format!("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-{long}\n+{long}\n ").into_bytes();
    text.extend(b"\xff\x00\xfe\n");
    assert_eq!(only(text).body, Body::Lines(vec![hunk((1, 1), (1, 1))]));
}

#[test]
fn mistakes_have_a_line_and_a_sentence() {
    let file = "--- a/x\n+++ b/x\n";
    for (text, line, words) in [
        (format!("{file}@@ -1,3 +1,3 @@\n a\n"), 4, "in the middle of a hunk: 2 more lines"),
        (format!("{file}@@ -1,2 +1,2 @@\n a\ndiff --git a/y b/y\n"), 5, "ends before all lines have come"),
        (format!("{file}@@ -1 +1 @@\n-a\n+b\n+c\n"), 6, "more lines than its header"),
        (format!("{file}@@ -1 +1,2 @@\n-a\n-b\n"), 5, "more lines than its header"),
        (format!("{file}@@ -1 @@\n"), 3, "not of the form"),
        (format!("{file}@@ -1,x +1 @@\n"), 3, "not of the form"),
        (format!("{file}@@ -0 +1 @@\n"), 3, "not of the form"),
        (format!("{file}@@ -1 +4294967295,2 @@\n"), 3, "not of the form"),
        (format!("{file}@@ -1 +99999999999999999999 @@\n"), 3, "not of the form"),
        (format!("{file}@@ -5 +6 @@\n-a\n+b\n"), 3, "does not follow"),
        (format!("{file}@@ -5 +5 @@\n-a\n+b\n@@ -3 +3 @@\n-a\n+b\n"), 6, "does not follow"),
        (format!("{file}@@ -5 +5 @@\n-a\n+b\n@@ -9 +10 @@\n-a\n+b\n"), 6, "does not follow"),
        ("@@ -1 +1 @@\n".into(), 1, "before the name of its file"),
        ("+++ b/x\n".into(), 1, "without `---`"),
        (file.into(), 2, "ends before the lines of the file (the file begins in line 1)"),
        ("--- a/x\n".into(), 1, "ends before the lines of the file"),
        ("diff --git a/x b/x\nindex 1..2 100644\n".into(), 2, "does not say what changed"),
        ("diff --git a/x b/x\n".into(), 1, "does not say what changed"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 100755\nindex 1..2\n".into(), 4, "does not say what changed"),
        ("diff --git a/x y b/z\nnew file mode 100644\n".into(), 2, "cannot be read"),
        ("diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n".into(), 3, "new and that it is gone"),
        ("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n".into(), 5, "new and that it is gone"),
        (format!("{EDIT}{EDIT}"), 32, "src/a.py changes twice"),
        ("* Unmerged path src/a.py\n".into(), 1, "src/a.py has conflicts"),
        ("<html>404</html>\n".into(), 1, "no unified diff"),
        ("\u{1b}[1mdiff --git a/x b/x\n".into(), 1, "--no-color"),
    ] {
        let fault = parse(&text).expect_err(&text);
        assert!(fault.message.contains(words), "{text}: {fault}");
        assert_eq!(fault.line, line, "{text}: {fault}");
    }
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(EDIT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert!(parse(utf16).unwrap_err().message.contains("UTF-16"));
}

#[test]
fn a_cut_diff_is_never_a_smaller_one() {
    let whole = parse(EDIT).unwrap();
    for end in 0..EDIT.len() {
        if let Ok(part) = parse(&EDIT[..end]) {
            // Between two hunks nobody can tell; a file never lacks lines inside a hunk.
            let (Some(part), [all]) = (part.files.first(), whole.files.as_slice()) else { continue };
            let (Body::Lines(part), Body::Lines(all)) = (&part.body, &all.body) else { panic!() };
            assert!(all.starts_with(part), "cut at {end}: {part:?}");
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Keep,
    Drop,
    Add,
}

/// A unified diff of an edit with `context` lines around each change.
fn render(steps: &[Step], context: usize) -> String {
    let mut text = String::from("diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n");
    let near = |n: usize| steps[n.saturating_sub(context)..(n + context + 1).min(steps.len())].iter().any(|step| *step != Step::Keep);
    let mut n = 0;
    while n < steps.len() {
        if !near(n) {
            n += 1;
            continue;
        }
        let end = (n..steps.len()).find(|at| !near(*at)).unwrap_or(steps.len());
        let count = |range: &[Step], not: Step| range.iter().filter(|step| **step != not).count();
        let header = |sign: char, not: Step| {
            let (before, here) = (count(&steps[..n], not), count(&steps[n..end], not));
            if here == 1 { format!("{sign}{}", before + 1) } else { format!("{sign}{},{here}", before + usize::from(here > 0)) }
        };
        text.push_str(&format!("@@ {} {} @@\n", header('-', Step::Add), header('+', Step::Drop)));
        for step in &steps[n..end] {
            text.push_str(match step {
                Step::Keep => " k\n",
                Step::Drop => "-d\n",
                Step::Add => "+a\n",
            });
        }
        n = end;
    }
    text
}

proptest! {
    #[test]
    fn every_edit_is_followed(steps in prop::collection::vec(prop_oneof![4 => Just(Step::Keep), 1 => Just(Step::Drop), 1 => Just(Step::Add)], 1..80), context in 0usize..4) {
        prop_assume!(steps.iter().any(|step| *step != Step::Keep));
        let changed = only(render(&steps, context));
        let (mut base, mut head) = (0, 0);
        for step in steps {
            base += u32::from(step != Step::Add);
            head += u32::from(step != Step::Drop);
            match step {
                Step::Keep => prop_assert_eq!((changed.now(base), changed.before(head), changed.is_new(head)), (Some(head), Some(base), false)),
                Step::Drop => prop_assert_eq!(changed.now(base), None),
                Step::Add => prop_assert_eq!((changed.before(head), changed.is_new(head)), (None, true)),
            }
        }
        let same = (changed.now(base + 9), changed.before(head + 9));
        prop_assert_eq!(same, (Some(head + 9), Some(base + 9)));
    }

    #[test]
    fn nothing_panics(text in "(diff --git a/x b/x|--- a/x|\\+\\+\\+ b/x|@@ -1,2 \\+1 @@|@@@ -1 -1 \\+1 @@@| k|-d|\\+a|--a|index 1\\.\\.2|rename from x|\\\\|\n|\r)*") {
        let _ = parse(text);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(bytes);
    }
}
