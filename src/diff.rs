//! What changed between two states of a tree: which files, and which lines of them are new.

/// A change of many files, in the order it names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The files; each state of a file is named once.
    pub files: Vec<Changed>,
}

/// A file that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// What it is called now, with `/` between folders; none when it is gone.
    pub head: Option<String>,
    /// What it was called; none when it is new.
    pub base: Option<String>,
    /// What became of its content.
    pub body: Body,
}

/// What became of a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// These lines and no others; none when only its name or its mode changed.
    Lines(Vec<Hunk>),
    /// All of it is new, although nobody lists its lines: a copy.
    Copy(Vec<Hunk>),
    /// The result of a merge: these lines are new to one side or more. How the others moved is not known.
    Merged(Vec<Hunk>),
    /// It changed, and in which lines is not told.
    Binary,
    /// A link or the commit of a submodule: nothing that has lines.
    Link,
}

/// Neighbouring lines that were replaced: none by some, some by none, or some by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The lines that went.
    pub base: Span,
    /// The lines that came.
    pub head: Span,
}

/// `count` lines from line `first` on (from 1); where there are none, the line they would stand before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Span {
    /// The line after the last.
    pub fn end(self) -> u32 {
        self.first.saturating_add(self.count)
    }

    fn holds(self, line: u32) -> bool {
        (self.first..self.end()).contains(&line)
    }
}

impl Changed {
    fn hunks(&self) -> &[Hunk] {
        match &self.body {
            Body::Lines(hunks) | Body::Copy(hunks) | Body::Merged(hunks) => hunks,
            Body::Binary | Body::Link => &[],
        }
    }

    /// Whether any line of it may be new.
    pub fn has_new_lines(&self) -> bool {
        self.head.is_some() && (matches!(self.body, Body::Copy(_) | Body::Binary) || self.hunks().iter().any(|hunk| hunk.head.count > 0))
    }

    /// How many lines of it are new, as far as that is told; one at least where any may be.
    pub fn new_lines(&self) -> u64 {
        let told: u64 = self.hunks().iter().map(|hunk| u64::from(hunk.head.count)).sum();
        if self.has_new_lines() { told.max(1) } else { 0 }
    }

    /// Whether a line of the present file is new.
    pub fn is_new(&self, line: u32) -> bool {
        matches!(self.body, Body::Copy(_)) || at(self.hunks(), line, |hunk| hunk.head).is_some_and(|hunk| hunk.head.holds(line))
    }

    /// Where a line of the former file stands now; nothing when it went, or when that is not known.
    pub fn now(&self, line: u32) -> Option<u32> {
        moved(self, line, |hunk| (hunk.base, hunk.head))
    }

    /// Where a line of the present file stood; nothing when it is new, or when that is not known.
    pub fn before(&self, line: u32) -> Option<u32> {
        moved(self, line, |hunk| (hunk.head, hunk.base))
    }
}

/// The last hunk that begins at `line` or before it, on one side.
fn at(hunks: &[Hunk], line: u32, side: impl Fn(&Hunk) -> Span) -> Option<&Hunk> {
    hunks[..hunks.partition_point(|hunk| side(hunk).first <= line)].last()
}

/// Where a line of the first side stands on the second.
fn moved(changed: &Changed, line: u32, sides: impl Fn(&Hunk) -> (Span, Span)) -> Option<u32> {
    let Body::Lines(hunks) = &changed.body else { return None };
    changed.head.as_ref().and(changed.base.as_ref())?;
    let Some((from, to)) = at(hunks, line, |hunk| sides(hunk).0).map(&sides) else { return Some(line) };
    if from.holds(line) { None } else { to.end().checked_add(line.checked_sub(from.end())?) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: u32, count: u32) -> Span {
        Span { first, count }
    }

    fn file(body: Body) -> Changed {
        Changed { head: Some("b".into()), base: Some("a".into()), body }
    }

    #[test]
    fn lines_are_followed_both_ways() {
        // 1 2 3 4 5 6 7 -> 1 new new 2 4 5 6' 7
        let changed = file(Body::Lines(vec![
            Hunk { base: span(2, 0), head: span(2, 2) },
            Hunk { base: span(3, 1), head: span(5, 0) },
            Hunk { base: span(6, 1), head: span(7, 1) },
        ]));
        let now: Vec<Option<u32>> = (1..=8).map(|line| changed.now(line)).collect();
        assert_eq!(now, [Some(1), Some(4), None, Some(5), Some(6), None, Some(8), Some(9)]);
        let before: Vec<Option<u32>> = (1..=8).map(|line| changed.before(line)).collect();
        assert_eq!(before, [Some(1), None, None, Some(2), Some(4), Some(5), None, Some(7)]);
        assert_eq!((1..=8).filter(|line| changed.is_new(*line)).collect::<Vec<_>>(), [2, 3, 7]);
    }

    #[test]
    fn what_is_not_known_is_not_followed() {
        let hunk = Hunk { base: span(1, 1), head: span(1, 1) };
        for body in [Body::Merged(vec![hunk]), Body::Copy(vec![hunk]), Body::Binary, Body::Link] {
            assert_eq!((file(body.clone()).now(5), file(body).before(5)), (None, None));
        }
        let gone = Changed { head: None, ..file(Body::Lines(vec![])) };
        assert_eq!((gone.now(1), gone.has_new_lines()), (None, false));
    }

    #[test]
    fn a_copy_is_new_and_a_name_is_not() {
        assert!(file(Body::Copy(vec![])).is_new(7) && file(Body::Copy(vec![])).has_new_lines());
        assert!(!file(Body::Lines(vec![])).is_new(7) && !file(Body::Lines(vec![])).has_new_lines());
        assert!(file(Body::Binary).has_new_lines() && !file(Body::Link).has_new_lines());
    }

    #[test]
    fn the_ends_of_the_numbers() {
        let changed = file(Body::Lines(vec![Hunk { base: span(1, 0), head: span(1, u32::MAX) }]));
        assert_eq!(changed.now(5), None);
        assert!(changed.is_new(1));
    }
}
