//! Cobertura and JaCoCo against a strict parser: fixtures with random damage are never accepted where it refuses them, and where both
//! accept, the numbers are those of a recount in its tree. `READINESS_MUTATIONS=100000` tries as many.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]

use super::super::number::{count, line};
use super::super::path;
use super::{evidence, ratio};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::{BTreeMap, BTreeSet};

/// Of a file: its lines (whether they ran, branches taken, branches), its functions (whether they ran), and what is told of it as a
/// whole (lines, branches, functions).
#[derive(Default)]
struct File {
    lines: BTreeMap<u32, (bool, u64, u64)>,
    functions: BTreeMap<(u32, String), bool>,
    totals: [(u64, u64); 3],
}

type Files = BTreeMap<String, File>;

impl File {
    fn line(&mut self, number: u32, ran: bool, taken: u64, all: u64) {
        let believed = taken <= all && all <= u64::from(u16::MAX);
        let branches = if believed { (taken, all) } else { (0, 0) };
        let (known, one, two) = self.lines.entry(number).or_default();
        *known |= ran;
        (*one, *two) = (*one, *two).max(branches);
    }

    fn counts(&self) -> [(u64, u64); 3] {
        let lines = (self.lines.values().filter(|line| line.0).count() as u64, self.lines.len() as u64);
        let branches = self.lines.values().fold((0, 0), |(taken, all), line| (taken + line.1, all + line.2));
        let functions = (self.functions.values().filter(|ran| **ran).count() as u64, self.functions.len() as u64);
        let mut counts = [lines, branches, functions];
        counts.iter_mut().zip(self.totals).filter(|(counted, _)| counted.1 == 0).for_each(|(counted, told)| *counted = told);
        counts
    }
}

fn sum(left: (u64, u64), right: (u64, u64)) -> (u64, u64) {
    (left.0.saturating_add(right.0), left.1.saturating_add(right.1))
}

fn named<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |inner| inner.has_tag_name(name))
}

fn within(node: Node<'_, '_>, name: &str) -> bool {
    node.ancestors().skip(1).any(|outer| outer.has_tag_name(name))
}

/// What a Cobertura report says; nothing when its elements no longer lie in each other as they should.
fn cobertura<'a>(document: &'a Document<'a>) -> Option<Files> {
    let root = document.root_element();
    let astray = |name, inside| named(root, name).any(|node| within(node, inside));
    if astray("class", "class") || astray("class", "method") || astray("method", "method") || astray("source", "source") {
        return None;
    }
    let mut files = Files::new();
    for class in named(root, "class") {
        let file = class.attribute("filename").filter(|file| !file.trim().is_empty()).or(class.attribute("name")).unwrap_or_default();
        let sources: Vec<String> = named(root, "source")
            .filter(|source| source.range().end <= class.range().start)
            .map(|source| source.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect())
            .collect();
        let path = joined(&sources, path::normal(file));
        if path.is_empty() {
            continue;
        }
        let read = |in_method: bool| {
            let lines = named(class, "line").filter(move |line| within(*line, "method") == in_method);
            lines.filter_map(cobertura_line).collect::<Vec<_>>()
        };
        let own = read(false);
        let lines = if own.is_empty() { read(true) } else { own };
        let file = files.entry(path).or_default();
        lines.into_iter().for_each(|(number, ran, (taken, all))| file.line(number, ran, taken, all));
    }
    Some(files)
}

fn joined(sources: &[String], path: String) -> String {
    let [source] = sources else { return path };
    let source = path::normal(source);
    let odd = source.is_empty() || source.starts_with('-') || source.contains(['$', '%', '*', '<', '>']);
    if odd || path::is_absolute(&source) || path::is_absolute(&path) || path.starts_with(&format!("{source}/")) {
        return path;
    }
    path::normal(&format!("{source}/{path}"))
}

fn cobertura_line(node: Node<'_, '_>) -> Option<(u32, bool, (u64, u64))> {
    let number = line(node.attribute("number")?)?;
    let ran = node.attribute("hits").and_then(count).unwrap_or(0) > 0;
    let branches =
        node.attribute("condition-coverage").filter(|_| node.attribute("branch").is_some_and(|is| is.eq_ignore_ascii_case("true")));
    let branches = branches.and_then(|text| {
        let (taken, all) = text.rsplit_once('(')?.1.trim_end().strip_suffix(')')?.split_once('/')?;
        Some((taken.trim().parse().ok()?, all.trim().parse().ok()?))
    });
    Some((number, ran, branches.unwrap_or((0, 0))))
}

/// What a JaCoCo report says; nothing when its elements no longer lie in each other as they should.
fn jacoco<'a>(document: &'a Document<'a>) -> Option<Files> {
    let lies_in =
        |node: Node<'_, '_>, places: &[&str]| node.parent_element().is_some_and(|outer| places.contains(&outer.tag_name().name()));
    let right = |node: Node<'_, '_>| match node.tag_name().name() {
        "report" => node.parent_element().is_none(),
        "package" | "group" => lies_in(node, &["report", "group"]),
        "class" | "sourcefile" => lies_in(node, &["package"]),
        "method" => lies_in(node, &["class"]) && node.children().filter(|it| it.attribute("type") == Some("METHOD")).count() < 2,
        "line" => lies_in(node, &["sourcefile"]),
        "counter" => lies_in(node, &["report", "group", "package", "class", "sourcefile", "method"]),
        _ => true,
    };
    if !document.descendants().filter(Node::is_element).all(right) {
        return None;
    }
    let (mut files, mut homes) = (Files::new(), BTreeMap::new());
    for package in named(document.root_element(), "package") {
        jacoco_package(package, &mut files, &mut homes);
    }
    Some(files)
}

fn jacoco_package(package: Node<'_, '_>, files: &mut Files, homes: &mut BTreeMap<String, String>) {
    let name = |node: Node<'_, '_>| node.attribute("name").unwrap_or_default().trim().to_owned();
    let mut groups: Vec<String> = package.ancestors().filter(|outer| outer.has_tag_name("group")).map(name).collect();
    groups.reverse();
    let group = groups.join("/");
    let mut home = |file: &str| {
        let path = path::in_package(&name(package), file);
        let known = homes.entry(path.clone()).or_insert_with(|| group.clone());
        if *known == group { path } else { path::normal(&format!("{group}/{path}")) }
    };
    let (mut listed, mut classes) = (BTreeSet::new(), BTreeMap::<String, File>::new());
    for node in package.children() {
        let source = node.attribute("sourcefilename").filter(|file| !file.trim().is_empty());
        if let (true, Some(source)) = (node.has_tag_name("class"), source) {
            let class = classes.entry(home(source)).or_default();
            let told = counters(node);
            (0..3).for_each(|kind| class.totals[kind] = sum(class.totals[kind], told[kind].unwrap_or_default()));
            for method in node.children().filter(|it| it.has_tag_name("method")) {
                let Some((ran, _)) = counters(method)[2] else { continue };
                let key = format!("{}.{}{}", name(node), name(method), method.attribute("desc").unwrap_or_default());
                let at = method.attribute("line").and_then(line).unwrap_or(0);
                *class.functions.entry((at, key)).or_default() |= ran > 0;
            }
        }
        if node.has_tag_name("sourcefile") && !name(node).is_empty() {
            let path = home(&name(node));
            let file = files.entry(path.clone()).or_default();
            node.children().filter(|it| it.has_tag_name("line")).for_each(|line| jacoco_line(line, file));
            better(file, counters(node).map(Option::unwrap_or_default));
            listed.insert(path);
        }
    }
    for (path, class) in classes {
        if listed.is_empty() || listed.contains(&path) {
            let file = files.entry(path).or_default();
            class.functions.into_iter().for_each(|(key, ran)| *file.functions.entry(key).or_default() |= ran);
            if listed.is_empty() {
                better(file, class.totals);
            }
        }
    }
}

fn better(file: &mut File, told: [(u64, u64); 3]) {
    (0..3).for_each(|kind| file.totals[kind] = file.totals[kind].max(told[kind]));
}

fn jacoco_line(node: Node<'_, '_>, file: &mut File) {
    let of = |name| node.attribute(name).map_or(Some(0), count);
    let told = node.attribute("mi").is_some() || node.attribute("ci").is_some();
    let number = node.attribute("nr").and_then(line).filter(|_| told);
    if let (Some(number), Some(missed), Some(ran), Some(mb), Some(cb)) = (number, of("mi"), of("ci"), of("mb"), of("cb"))
        && (missed > 0 || ran > 0)
    {
        file.line(number, ran > 0, cb, mb.saturating_add(cb));
    }
}

/// The counters of lines, branches and methods that stand in an element itself; of a class they add up, else the last counts.
fn counters(node: Node<'_, '_>) -> [Option<(u64, u64)>; 3] {
    let mut found = [None; 3];
    for counter in node.children().filter(|it| it.has_tag_name("counter")) {
        let kind = ["LINE", "BRANCH", "METHOD"].iter().position(|kind| counter.attribute("type") == Some(kind));
        let of = |name| counter.attribute(name).and_then(count);
        if let (Some(kind), Some(missed), Some(covered)) = (kind, of("missed"), of("covered")) {
            let more = (covered, covered.saturating_add(missed));
            let before = found[kind].filter(|_| node.has_tag_name("class")).unwrap_or_default();
            found[kind] = Some(sum(before, more));
        }
    }
    found
}

/// The same numbers on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

const TOKENS: [&str; 26] = [
    "<",
    ">",
    "&",
    "\"",
    "'",
    "=",
    " ",
    "/",
    "-",
    "0",
    "1",
    "7",
    "65536",
    "é",
    "\u{1}",
    "]]>",
    "<!--",
    "-->",
    "<![CDATA[",
    "/>",
    "</",
    "&amp;",
    "&#0;",
    "<?x?>",
    "hits=\"0\" ",
    "true",
];

/// Something lost, put in, put in its place, or said twice; every other time a digit or a whole element, so that much stays well-formed.
fn mutate(seed: &[char], dice: &mut Dice) -> String {
    let mut letters = seed.to_vec();
    for _ in 0..=dice.below(2) {
        let from = dice.below(letters.len());
        let find = |letters: &[char], from: usize, what: fn(&char) -> bool| letters[from..].iter().position(what).map(|at| from + at);
        let digit = find(&letters, from, char::is_ascii_digit);
        let begin = find(&letters, from, |letter| *letter == '<');
        let end = begin.and_then(|begin| find(&letters, begin, |letter| *letter == '>'));
        match (dice.below(8), digit, begin.zip(end)) {
            (0..=1, Some(at), _) => letters[at] = char::from(b'0' + dice.below(10) as u8),
            (2, _, Some((begin, end))) => drop(letters.drain(begin..=end)),
            (3, _, Some((begin, end))) => {
                let element = letters[begin..=end].to_vec();
                let to = find(&letters, dice.below(letters.len()), |letter| *letter == '<').unwrap_or(begin);
                letters.splice(to..to, element);
            }
            (4, ..) => drop(letters.remove(from)),
            (5, ..) => drop(letters.splice(from..=from, TOKENS[dice.below(TOKENS.len())].chars())),
            _ => drop(letters.splice(from..from, TOKENS[dice.below(TOKENS.len())].chars())),
        }
    }
    letters.into_iter().collect()
}

/// How often each of this happened.
#[derive(Default, Debug)]
struct Tally {
    refused: u64,
    recounted: u64,
    astray: u64,
}

fn parse(text: &str) -> Result<Document<'_>, roxmltree::Error> {
    Document::parse_with_options(text, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() })
}

/// The document without what its DTD declares in place, which is skipped unread.
fn without_subset(text: &str) -> String {
    let declaration = text.find("<!DOCTYPE").unwrap_or(text.len());
    let Some(from) = text[declaration..].find('[').map(|at| declaration + at) else { return text.to_owned() };
    let to = text[from..].find(']').map_or(text.len(), |at| from + at);
    format!("{}{}", &text[..=from], &text[to..])
}

fn try_out(format: &str, recount: for<'a> fn(&'a Document<'a>) -> Option<Files>, tries: usize) -> Tally {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats").join(format);
    let names = crate::io::fs::files(&folder).into_iter().filter(|name| name.ends_with(".xml"));
    let seeds: Vec<Vec<char>> = names.map(|name| std::fs::read_to_string(folder.join(name)).unwrap().chars().collect()).collect();
    let (mut dice, mut tally) = (Dice(11), Tally::default());
    for number in 0..tries {
        let seed = &seeds[number % seeds.len()];
        let text = if number < seeds.len() { seed.iter().collect() } else { mutate(seed, &mut dice) };
        let ours = evidence(&[text.as_bytes()]);
        if ours.gap().is_some() || ours.sources.iter().any(|source| source.format.as_deref() != Some(format)) {
            tally.refused += 1;
            continue;
        }
        let whole = parse(&text).map_or_else(|_| without_subset(&text), |_| text.clone());
        let document = parse(&whole).unwrap_or_else(|error| panic!("accepted although {error}: {text}"));
        let Some(files) = recount(&document) else {
            tally.astray += 1;
            continue;
        };
        let counted = files.values().map(File::counts).fold([(0, 0); 3], |all, one| [0, 1, 2].map(|kind| sum(all[kind], one[kind])));
        for (id, counted) in ["coverage.line", "coverage.branch", "coverage.function"].into_iter().zip(counted) {
            assert_eq!(ratio(&ours, id).unwrap_or_default(), counted, "{id}: {text}");
        }
        assert_eq!(ours.rows("coverage.file").len(), files.len(), "{text}");
        tally.recounted += 1;
    }
    tally
}

fn tries() -> usize {
    std::env::var("READINESS_MUTATIONS").ok().and_then(|tries| tries.parse().ok()).unwrap_or(2_000)
}

#[test]
fn what_cobertura_says_is_what_a_strict_parser_finds() {
    let tally = try_out("cobertura", cobertura, tries());
    println!("{tally:?}");
    assert!(tally.recounted > 10 * tally.astray && tally.refused > 0 && tally.recounted > 100, "{tally:?}");
}

#[test]
fn what_jacoco_says_is_what_a_strict_parser_finds() {
    let tally = try_out("jacoco", jacoco, tries());
    println!("{tally:?}");
    assert!(tally.recounted > 10 * tally.astray && tally.refused > 0 && tally.recounted > 100, "{tally:?}");
}
