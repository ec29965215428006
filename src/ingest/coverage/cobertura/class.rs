//! The class being read: its lines, those of its methods, and their branches.

use super::{BRANCH, HITS, HOMELESS, NUMBER};
use crate::ingest::coverage::number::count;
use crate::ingest::coverage::odds::Odd;
use crate::io::xml::Tag;
use crate::linemap::{Line, LineMap};
use std::borrow::Cow;

/// The class being read. Its vectors are used again for the next one.
#[derive(Default)]
pub(super) struct Class {
    path: Option<String>,
    pub in_method: bool,
    own: Vec<Line>,
    of_methods: Vec<Line>,
    /// What is odd about a line of a method matters only if such lines count.
    odd_method: Option<Odd>,
    /// The branches that are told apart, if anybody wants to know.
    arms: Option<Vec<Arm>>,
    /// The line being read, and how many of its conditions' halves are told.
    line: Option<Line>,
    conditions: usize,
}

/// A branch of a line, or what ran beside those that are named.
pub(super) struct Arm {
    in_method: bool,
    line: u32,
    name: Option<String>,
    taken: u64,
    all: u64,
}

impl Class {
    /// Before the first class; `arms` says whether branches shall be told apart.
    pub fn new(arms: bool) -> Self {
        Class { arms: arms.then(Vec::new), ..Class::default() }
    }

    /// Begins a class of the file at `path`; whether there is one.
    pub fn begin(&mut self, path: String) -> bool {
        self.in_method = false;
        self.own.clear();
        self.of_methods.clear();
        self.odd_method = None;
        self.arms.iter_mut().for_each(Vec::clear);
        self.path = (!path.is_empty()).then_some(path);
        self.path.is_some()
    }

    /// Adds the class to its file; the file's path, and what is odd about the lines that count.
    pub fn end(&mut self, map: &mut LineMap) -> (Option<String>, Option<Odd>) {
        let Some(path) = self.path.take() else { return (None, None) };
        let methods = self.own.is_empty();
        let (lines, odd) = if methods { (&self.of_methods, self.odd_method) } else { (&self.own, None) };
        let file = map.file(&path);
        file.add(lines);
        for arm in self.arms.iter().flatten().filter(|arm| arm.in_method == methods) {
            match &arm.name {
                Some(name) => file.arms.add_part(arm.line, name.as_bytes(), arm.taken, arm.all),
                None => file.arms.add_others(arm.line, arm.taken),
            }
        }
        (Some(path), odd)
    }

    /// Reads a `<line>`; what is odd about it.
    pub fn line(&mut self, tag: &Tag<'_>) -> Option<Odd> {
        if self.path.is_none() {
            return Some(HOMELESS);
        }
        let (line, missed, odd) = line(tag);
        (self.line, self.conditions) = (line, 0);
        if line.zip(missed).is_some_and(|(line, missed)| self.name_missed(line, &missed)) {
            self.line = None;
        }
        let (lines, odd_here) = if self.in_method { (&mut self.of_methods, None) } else { (&mut self.own, odd) };
        lines.extend(line);
        if self.in_method {
            self.odd_method = self.odd_method.or(odd);
        }
        odd_here
    }

    /// coverage.py names the branches that did not run, by where they lead: `missing-branches="12,exit"`. Whether they are all.
    fn name_missed(&mut self, line: Line, missed: &str) -> bool {
        let Some(arms) = &mut self.arms else { return false };
        let names: Vec<&str> = missed.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let branch = line.branch();
        if branch.whole - branch.part != names.len() as u64 {
            return false;
        }
        let of = |name, taken, all| Arm { in_method: self.in_method, line: line.number, name, taken, all };
        arms.extend(names.into_iter().map(|name| of(Some(name.to_owned()), 0, 1)));
        arms.push(of(None, branch.part, branch.part));
        true
    }

    /// Reads a `<condition>`: one of two ways, each of which ran or did not.
    pub fn condition(&mut self, tag: &Tag<'_>) {
        let (Some(arms), Some(line)) = (&mut self.arms, self.line) else { return };
        let halves = tag.get("coverage").and_then(|share| match share.trim().trim_end_matches('%').trim() {
            "0" => Some(0),
            "50" => Some(1),
            "100" => Some(2),
            _ => None,
        });
        if let (Some(taken), Some(number)) = (halves, tag.get("number")) {
            self.conditions += 1;
            arms.push(Arm { in_method: self.in_method, line: line.number, name: Some(number.into_owned()), taken, all: 2 });
        }
    }

    /// Ends a line. Its conditions are believed when they add up to what the line says of itself; some tools write one
    /// condition for all.
    pub fn end_line(&mut self) {
        let (Some(arms), Some(line)) = (&mut self.arms, self.line.take()) else { return };
        let from = arms.len() - self.conditions;
        let told: (u64, u64) = arms[from..].iter().fold((0, 0), |(taken, all), arm| (taken + arm.taken, all + arm.all));
        if told != (line.branch().part, line.branch().whole) {
            arms.truncate(from);
        }
    }
}

/// What a `<line>` says, and what is odd about it.
fn line<'t>(tag: &Tag<'t>) -> (Option<Line>, Option<Cow<'t, str>>, Option<Odd>) {
    let (mut number, mut hits, mut branching, mut ratio, mut missed) = (None, None, false, None, None);
    for (name, value) in tag.attributes() {
        match name {
            b"number" => number = value.trim().parse().ok().filter(|&number| number > 0),
            b"hits" => hits = count(&value),
            b"branch" => branching = value.eq_ignore_ascii_case("true"),
            b"condition-coverage" => ratio = of_conditions(&value),
            b"missing-branches" => missed = Some(value),
            _ => {}
        }
    }
    let Some(number) = number else { return (None, None, Some(NUMBER)) };
    let line = Line::new(number, hits.unwrap_or(0));
    let branched = ratio.and_then(|(taken, all)| line.branching(taken, all));
    let odd = match (hits, branching, branched) {
        (None, ..) => Some(HITS),
        (_, true, None) => Some(BRANCH),
        _ => None,
    };
    (Some(branched.filter(|_| branching).unwrap_or(line)), missed, odd)
}

/// `50% (1/2)` as 1 of 2.
fn of_conditions(text: &str) -> Option<(u64, u64)> {
    let (_, ratio) = text.rsplit_once('(')?;
    let (taken, all) = ratio.trim_end().strip_suffix(')')?.split_once('/')?;
    Some((taken.trim().parse().ok()?, all.trim().parse().ok()?))
}
