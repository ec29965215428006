//! What is tried with bytes that anybody may have written. Each function is a target of the fuzzer; `tests/mutations.rs` runs the
//! same functions over changed seeds. None may panic, and what is said of a result here must hold whatever the bytes are.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use readiness::baseline::Baseline;
use readiness::compare;
use readiness::config::Config;
use readiness::diff::{Body, Hunk, Span};
use readiness::discover::{attestations, settings, waivers};
use readiness::error::Diagnostic;
use readiness::evaluate::facts::Facts;
use readiness::evaluate::judge::{Occasion, judge};
use readiness::evaluate::pack::{self, Files};
use readiness::evaluate::{cases, expression};
use readiness::evidence::Evidence;
use readiness::finding::{Finding, Outcome};
use readiness::ingest::{self, Request};
use readiness::instant::Instant;
use readiness::io::fs::Artifact;
use readiness::io::sqlite::{Cell, Copy};
use readiness::io::xml::{Event, Xml};
use readiness::io::yaml::Node;
use readiness::io::{diff, json, yaml};
use readiness::metric::{Metric, Value};
use readiness::partition::{Affinity, Column, Shape};
use readiness::record::Record;
use readiness::rule::{Pack, Place, Rule, Severity, Spanned};
use readiness::source::Grade;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// A target: its name, where its seeds are (relative to the repository), and what it does with bytes.
pub type Target = (&'static str, &'static [&'static str], fn(&[u8]));

/// All targets. `format` has the folders of all formats for its seeds.
pub const TARGETS: &[Target] = &[
    ("attestations", &["fuzz/seeds/attestations"], attestations),
    ("baseline", &["fuzz/seeds/baseline"], baseline),
    ("configuration", &["fuzz/seeds/configuration"], configuration),
    ("diff", &["fuzz/seeds/diff"], diff),
    ("expression", &["fuzz/seeds/expression"], expression),
    ("format", &["fixtures/formats", "fixtures/hostile"], format),
    ("map", &["maps"], map),
    ("overlay", &["fuzz/seeds/overlay"], overlay),
    ("rules", &["rules"], rules),
    ("trail", &["fuzz/seeds/trail"], trail),
    ("waivers", &["fuzz/seeds/waivers"], waivers),
    ("xml", &["fixtures/hostile"], xml),
    ("yaml", &["fuzz/seeds", "maps"], yaml),
];

const NOW: Instant = Instant(1_771_372_800_000);

fn text(input: &[u8]) -> Option<&str> {
    std::str::from_utf8(input).ok()
}

/// A mistake is told at a place in the text, with something to read.
fn told(errors: &[Diagnostic]) {
    for error in errors {
        assert!(error.place.line > 0 && error.place.column > 0, "{error:?}");
        assert!(!error.message.is_empty() && !error.to_string().is_empty());
    }
}

/// Writes the bytes into a file of this thread's own.
fn file(input: &[u8]) -> PathBuf {
    let name = format!("readiness-fuzz-{}-{:?}", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(name.replace(['(', ')'], ""));
    fs::write(&path, input).expect("a folder for temporary files");
    path
}

/// Any file as evidence, through every format that claims it: the way of `readiness inspect`. What is made to look like two
/// formats may be claimed by both.
pub fn format(input: &[u8]) {
    let path = file(input);
    let artifact = Artifact::look(&path, "evidence").expect("the file was written");
    for room in ingest::claimants(&artifact).iter().filter_map(|format| ingest::family(format.family)) {
        let read = || {
            let artifacts = std::slice::from_ref(&artifact);
            let mut evidence = (room.read)(&Request::plain("evidence", artifacts, NOW));
            compare::trends(std::slice::from_mut(&mut evidence), &compare::Terms::none(NOW));
            evidence
        };
        let evidence = read();
        sound(&evidence);
        let written = json::document(&evidence).expect("evidence can be written");
        let again: Evidence = json::read(written.as_bytes()).expect("and read");
        assert_eq!(json::document(&again).expect("and written again"), written);
        assert_eq!(json::document(&read()).expect("read twice"), written, "the same bytes say the same");
    }
    let _ = fs::remove_file(path);
}

/// What holds of evidence whatever the file says.
fn sound(evidence: &Evidence) {
    evidence.metrics.iter().for_each(number);
    let damaged = evidence.problems.iter().any(|problem| problem.severity == Grade::Error);
    let nothing = evidence.metrics.is_empty() && evidence.records.values().all(Vec::is_empty) && evidence.series.is_empty();
    assert!(damaged || !nothing || !evidence.problems.is_empty(), "nothing was found, and nothing said of it: {evidence:?}");
    for problem in &evidence.problems {
        assert!(!problem.message.is_empty() && problem.message.chars().count() <= 500, "{problem:?}");
    }
}

fn number(metric: &Metric) {
    match &metric.value {
        Value::Ratio(ratio) => assert!(ratio.part <= ratio.whole || metric.id.starts_with("telemetry."), "{metric:?}"),
        Value::Number { value, .. } | Value::Duration(value) => assert!(value.is_finite(), "{metric:?}"),
        _ => {}
    }
}

/// The door to XML, to the end or the first mistake.
pub fn xml(input: &[u8]) {
    let mut xml = Xml::new(input);
    let mut depth = 0u64;
    loop {
        match xml.next() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Text(_)) => assert!(depth > 0),
            Ok(Event::Eof) => return assert_eq!(depth, 0, "every element is closed"),
            Err(error) => return assert!(error.place.line > 0 && !error.message.is_empty(), "{error:?}"),
        }
    }
}

/// The door to YAML: what is read is whole, and what is not is told.
pub fn yaml(input: &[u8]) {
    fn walk(node: &Node) {
        assert!(node.place.line > 0 && node.place.column > 0);
        node.items().unwrap_or_default().iter().for_each(walk);
        node.entries().unwrap_or_default().iter().for_each(|(_, value)| walk(value));
    }
    let Some(text) = text(input) else { return };
    let mut errors = Vec::new();
    let root = yaml::parse("it.yaml", text, &mut errors);
    assert!(root.is_some() || !errors.is_empty(), "neither read nor told");
    told(&errors);
    if let Some(root) = root {
        walk(&root);
        let _ = root.decode::<f64>();
        let mut fields = root.fields("it", &mut errors);
        let _ = (fields.spanned("a"), fields.texts("b"), fields.get::<u64>("c"));
        fields.finish();
        told(&errors);
    }
}

/// Evidence with values at the ends of what they can be.
fn extremes() -> Vec<Evidence> {
    let mut golden = Evidence::new("golden", "golden");
    golden.put("golden.hallucination_rate", Value::ratio(0, u64::MAX));
    golden.put("golden.pass_rate", Value::ratio(u64::MAX, u64::MAX));
    golden.put("golden.cases", Value::Count(u64::MAX));
    golden.put("golden.mode", Value::Text("live".to_owned()));
    for (name, part, whole) in [("LEGAL", 0, 400), ("", 1, 1), ("MEDICAL", 0, 0)] {
        golden.push("golden.category", Record::new("name", name).with("hallucination_rate", Value::ratio(part, whole)));
    }
    let mut coverage = Evidence::new("coverage", "coverage");
    coverage.put("coverage.line", Value::ratio(1999, 2500));
    coverage.put("coverage.branch", Value::ratio(0, 0));
    vec![golden, coverage]
}

/// A requirement, on the system and on each row of a family, with and without confidence; and whether it is as strict as itself.
pub fn expression(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let (text, other) = text.split_once('\0').unwrap_or((text, text));
    assert_eq!(expression::strictness(text, text), None, "nothing is stricter than itself");
    let _ = expression::strictness(text, other);
    let place = Place { file: "rule".into(), line: 1, column: 1 };
    let spanned = |text: &str| Some(Spanned { text: text.to_owned(), place: place.clone(), turns: Vec::new() });
    let (evidence, base) = (extremes(), extremes());
    for (for_each, confidence) in [(None, None), (None, Some(950_000)), (spanned("golden.category"), Some(500_000))] {
        let plain = Rule { id: "p/r".to_owned(), severity: Some(Severity::P1), require: spanned(text), ..Rule::default() };
        let rule = Rule { for_each, confidence, when: spanned(other), ..plain };
        let mut errors = Vec::new();
        let (rules, _) = pack::check(&[Pack { rules: vec![rule], ..Pack::default() }], &BTreeMap::new(), &mut errors);
        assert!(rules.len() == 1 || !errors.is_empty(), "neither read nor told");
        told(&errors);
        for finding in judge(&rules, &Facts::new(&evidence).with_base(&base), &Occasion::default()) {
            assert!(finding.outcome == Outcome::Pass || !finding.message.is_empty(), "{finding:?}");
        }
        let silent = judge(&rules, &Facts::new(&[]), &Occasion::default());
        assert!(silent.iter().all(|finding| finding.outcome != Outcome::Pass), "nothing was looked at: {silent:?}");
    }
}

/// A rule file, beside a pack's head: read, checked, and its cases run.
pub fn rules(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let head = ("p/pack.yaml".to_owned(), "title: T\nabout: A.\n".to_owned());
    for files in [vec![head, ("p/rule.yaml".to_owned(), text.to_owned())], vec![("p/pack.yaml".to_owned(), text.to_owned())]] {
        let mut errors = Vec::new();
        let packs = pack::read(&[Files { pack: "p".to_owned(), files }], NOW, &mut errors);
        let (rules, declared) = pack::check(&packs, &BTreeMap::new(), &mut errors);
        assert!(!rules.is_empty() || !errors.is_empty(), "no rule, and nothing said of it");
        for rule in &rules {
            told(&cases::run(rule, &declared));
        }
        told(&errors);
        let _ = judge(&rules, &Facts::new(&extremes()), &Occasion { now: Some(NOW), ..Occasion::default() });
    }
}

/// What a file with layers holds between its parts: a rule, the head of a pack over its pack, and a layer.
const PARTS: &str = "\n===\n";

/// A layer over a rule. Where nobody allowed it to ask for less, it lets nothing pass that the rule alone objects to.
pub fn overlay(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let mut parts = text.splitn(3, PARTS);
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let pack = |name: &str, head: String, rule: String| Files {
        pack: name.to_owned(),
        files: vec![(format!("{name}/pack.yaml"), head), (format!("{name}/it.yaml"), rule)],
    };
    let base = pack("base", "title: T\nabout: A.\n".to_owned(), part());
    let files = [base, pack("ours", part(), part())];
    let mut errors = Vec::new();
    let packs = pack::read(&files, NOW, &mut errors);
    let (layered, declared) = pack::check(&packs, &BTreeMap::new(), &mut errors);
    told(&errors);
    assert!(!layered.is_empty() || !errors.is_empty(), "no rule, and nothing said of it");
    if !errors.is_empty() || packs.iter().flat_map(|pack| &pack.rules).any(|rule| !rule.eased.is_empty()) {
        return;
    }
    let (alone, _) = pack::check(&pack::read(&files[..1], NOW, &mut errors), &declared, &mut errors);
    let (evidence, occasion) = (extremes(), Occasion { now: Some(NOW), ..Occasion::default() });
    let facts = Facts::new(&evidence);
    let objects = |finding: &Finding| finding.rule == "base/it" && matches!(finding.outcome, Outcome::Fail | Outcome::Unproven);
    if judge(&alone, &facts, &occasion).iter().any(objects) {
        let still = judge(&layered, &facts, &occasion);
        let passes = |finding: &Finding| matches!(finding.outcome, Outcome::Pass | Outcome::NotApplicable);
        assert!(still.iter().any(|finding| finding.rule == "base/it" && !passes(finding)), "a layer let it pass: {still:?}");
    }
}

/// A unified diff: what is read of it adds up, and lines can be followed both ways.
pub fn diff(input: &[u8]) {
    let lines = input.split(|byte| *byte == b'\n').count() as u64;
    let read = match diff::read(input) {
        Ok(read) => read,
        Err(fault) => return assert!(fault.line <= lines + 1 && !fault.message.is_empty(), "{fault:?}"),
    };
    let mut names = BTreeSet::new();
    let mut told = 0;
    for file in &read.files {
        assert!(file.head.is_some() || file.base.is_some(), "{file:?}");
        assert!(file.head.as_ref().is_none_or(|name| names.insert(name)), "named twice: {file:?}");
        let (Body::Lines(hunks) | Body::Copy(hunks) | Body::Merged(hunks)) = &file.body else { continue };
        told += hunks.iter().map(|hunk| u64::from(hunk.head.count)).sum::<u64>();
        let sides: [fn(&Hunk) -> Span; 2] = [|hunk| hunk.head, |hunk| hunk.base];
        // Where the lines of a merge stood nobody asks: there were several places.
        for side in &sides[..if matches!(file.body, Body::Merged(_)) { 1 } else { 2 }] {
            assert!(hunks.iter().all(|hunk| side(hunk).first > 0), "{file:?}");
            assert!(hunks.windows(2).all(|two| side(&two[0]).end() <= side(&two[1]).first), "{file:?}");
        }
        for line in hunks.iter().flat_map(|hunk| [hunk.head.first.saturating_sub(1), hunk.head.first, hunk.head.end()]) {
            let before = file.before(line);
            assert!(before.is_none() || (file.now(before.unwrap_or(0)) == Some(line) && !file.is_new(line)), "{line} of {file:?}");
        }
    }
    assert!(told <= lines, "more new lines than there are lines");
}

/// A map of somebody's own table.
pub fn map(input: &[u8]) {
    let Some(text) = text(input) else { return };
    if let Err(mistakes) = ingest::room_of_map("map.yaml", text) {
        assert!(!mistakes.is_empty());
        told(&mistakes);
    }
}

/// An audit table: its map or the name of a shipped one, a retention policy, and the rows, of any kind and in any number. What SQLite does
/// not take as a table or a row is passed over.
pub fn trail(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let mut parts = text.splitn(3, PARTS);
    let mut part = || parts.next().unwrap_or_default();
    let (map, policy, table) = (part(), part(), part());
    let path = file(&[]);
    fs::remove_file(&path).expect("it was just written");
    let rows = table_into(&path, table);
    if let Some(rows) = rows {
        let artifacts = [Artifact::look(&path, "trail.db").expect("the file was written")];
        let map = ingest::shipped_map(map).unwrap_or(map);
        let policy = Some(("policy.yaml", policy)).filter(|(_, text)| !text.is_empty());
        let request = Request { map: Some(("map.yaml", map)), policy, ..Request::plain("trail", &artifacts, NOW) };
        let room = ingest::family("audit").expect("a family");
        let evidence = (room.read)(&request);
        sound(&evidence);
        if let Some(Value::Count(read)) = evidence.metric("audit.rows").map(|metric| &metric.value) {
            assert_eq!(*read, rows, "every row is counted");
            let listed = evidence.rows("audit.finding").len() as u64 + evidence.omitted.get("audit.finding").copied().unwrap_or(0);
            assert_eq!(
                evidence.metric("audit.findings").map(|metric| &metric.value),
                Some(&Value::Count(listed)),
                "every finding is counted"
            );
        }
        let written = json::document(&evidence).expect("evidence can be written");
        assert_eq!(json::document(&(room.read)(&request)).expect("read twice"), written, "the same rows say the same");
    }
    let _ = fs::remove_file(path);
}

/// Makes a database of lines of cells between tabs, and tells how many rows it has. The first line names the table and its columns with their
/// types, a star behind the one that counts; a cell begins with a letter for its kind.
fn table_into(path: &std::path::Path, text: &str) -> Option<u64> {
    let mut lines = text.lines();
    let mut names = lines.next()?.split('\t');
    let name = names.next()?.to_owned();
    let columns: Vec<Column> = names
        .map(|name| {
            let (name, declared) = name.split_once(':').unwrap_or((name, ""));
            let key = name.ends_with('*');
            let affinity = if key { Affinity::Integer } else { Affinity::of(declared) };
            Column { name: name.trim_end_matches('*').to_owned(), affinity, key, ..Column::default() }
        })
        .collect();
    let shape = Shape { name, counted: columns.iter().any(|column| column.key), columns, ..Shape::default() };
    let mut copy = Copy::begin(path, &shape).ok()?;
    for line in lines {
        let blobs: Vec<Vec<u8>> = line.split('\t').map(|cell| hex(cell.get(1..).unwrap_or_default())).collect();
        let cells: Vec<Cell<'_>> = line.split('\t').zip(&blobs).map(|(cell, blob)| held(cell, blob)).collect();
        let _ = copy.add(&cells);
    }
    copy.finish().ok().map(|content| content.rows)
}

fn held<'c>(cell: &'c str, blob: &'c [u8]) -> Cell<'c> {
    let rest = cell.get(1..).unwrap_or_default();
    match cell.as_bytes().first() {
        Some(b'i') => rest.parse().map_or(Cell::Null, Cell::Integer),
        Some(b'r') => rest.parse().map_or(Cell::Null, Cell::Real),
        Some(b'b') => Cell::Blob(blob),
        Some(b't') => Cell::Text(rest.as_bytes()),
        _ => Cell::Null,
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or(0) as u8;
    text.as_bytes().chunks(2).map(|pair| pair.iter().fold(0, |sum, byte| sum << 4 | digit(byte))).collect()
}

/// Waivers for rules that exist.
pub fn waivers(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let severities =
        BTreeMap::from([("pr-gate/tests-pass", Severity::P0), ("house/covered", Severity::P1), ("inventory/source", Severity::P1)]);
    let config = Config::default();
    let mut errors = Vec::new();
    let known = waivers::Known { rules: Some(&severities), config: &config, ids: &readiness::lifecycle::Lifecycle::default() };
    for waiver in waivers::parse("waivers.yaml", text, known, &mut errors) {
        assert!(waiver.granted <= waiver.expires && waiver.owner != waiver.approved_by, "{waiver:?}");
        assert!(!waiver.reason.trim().is_empty() && !waiver.ticket.trim().is_empty(), "{waiver:?}");
    }
    told(&errors);
}

/// Statements by people.
pub fn attestations(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let mut errors = Vec::new();
    let statements = attestations::parse("attestations.yaml", text, &mut errors);
    assert!(statements.iter().all(|statement| !statement.rule.is_empty()), "{statements:?}");
    told(&errors);
}

/// A configuration.
pub fn configuration(input: &[u8]) {
    let path = file(input);
    let families: Vec<&str> = ingest::ROOMS.iter().map(|room| room.family).collect();
    let mut errors = Vec::new();
    let readers = settings::Readers { shelf: &readiness::io::shelf::Shelf::Disk, declarations: pack::declarations, relax: pack::relax };
    let config = settings::read(&path, "readiness.yaml", &families, readers, &mut errors);
    assert!(!errors.is_empty() || !config.project.id.is_empty(), "nothing is judged, and nothing said of it");
    told(&errors);
    let _ = fs::remove_file(path);
}

/// A recorded baseline.
pub fn baseline(input: &[u8]) {
    if let Ok(baseline) = json::read::<Baseline>(input) {
        let written = json::document(&baseline).expect("a baseline can be written");
        let again: Baseline = json::read(written.as_bytes()).expect("and read");
        let shrunk = baseline.clone().shrink(&again);
        assert!(shrunk.findings.len() <= baseline.findings.len());
    }
}
