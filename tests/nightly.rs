//! The nightly benchmarks as people meet them: what a night is told, what is accepted and for how long, and what is asked for besides.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use support::{Answer, readiness};

const NOW: &str = "2026-02-18T06:00:00Z";
const CONFIG: &str = "\
project: { id: p, name: P, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }
evidence:
  nightly: { family: benchmark, path: history.jsonl }
packs: [nightly-bench]
profiles: { nightly: { gate: all } }
";
const ACK: &str = "\
- commit: \"00000000000000000000000000000000000000010\"
  benchmark: digest
  reason: the output is sealed since OPS-42
  owner: \"@alice\"
  expires: 2026-03-31
";

/// A benchmark's nightly values, the last of them in the night before [`NOW`]; NaN is a night without one.
struct Bench<'a>(&'a str, &'a str, &'a str, Vec<f64>);

/// Values about successive levels, with noise of one percent.
fn levels(levels: &[(f64, usize)]) -> Vec<f64> {
    let noise = [0.3, -0.7, 1.0, -0.2, 0.6, -1.0, 0.1, -0.4, 0.8, -0.5, 0.0];
    let all = levels.iter().flat_map(|(level, n)| std::iter::repeat_n(*level, *n)).enumerate();
    all.map(|(i, level)| level * (1.0 + noise[i % noise.len()] / 100.0)).collect()
}

/// A history file. The commit of the night `n` nights ago is n in 41 digits, as is its run.
fn history(benches: &[Bench<'_>]) -> String {
    let mut text = String::new();
    for Bench(benchmark, metric, unit, values) in benches {
        for (i, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            let ago = values.len() - i;
            let at = jiff(ago);
            let _ = writeln!(
                text,
                "{{\"schema\":\"readiness/history/1\",\"run\":\"night-{ago}\",\"at\":\"{at}\",\"commit\":\"{ago:041}\",\"benchmark\":\"{benchmark}\",\
                 \"metric\":\"{metric}\",\"value\":{value},\"unit\":\"{unit}\",\"direction\":\"lower\"}}"
            );
        }
    }
    text
}

/// 02:05 in the night that was so many nights ago; 1 is the one before [`NOW`].
fn jiff(ago: usize) -> String {
    let now = readiness::instant::Instant::parse("2026-02-18T02:05:00Z").unwrap();
    readiness::instant::Instant(now.0 - (ago as i64 - 1) * 86_400_000).to_string()
}

fn project(history: &str, more: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("readiness.yaml", CONFIG), ("history.jsonl", history)].iter().chain(more) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn night(folder: &Path, more: &[&str]) -> Answer {
    readiness(folder, &[&["check", "--profile", "nightly", "--now", NOW][..], more].concat())
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&night(folder, &["--format", "json"]).out).unwrap()
}

/// `state` and `standing` of a series.
fn state(report: &Value, id: &str) -> String {
    let rows = report["evidence"][0]["records"]["benchmark.series"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id}: {rows:?}"));
    [&row["state"], &row["standing"]].iter().filter_map(|cell| cell.as_str()).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn step() -> String {
    history(&[Bench("digest", "p95", "ms", levels(&[(362.0, 40), (412.0, 10)])), Bench("search", "p95", "ms", levels(&[(41.0, 50)]))])
}

#[test]
fn a_step_closes_the_night_until_somebody_accepts_it() {
    let folder = project(&step(), &[]);
    let closed = night(folder.path(), &[]);
    assert_eq!(closed.code, 1, "{}{}", closed.out, closed.err);
    assert!(words(&closed.out).contains("since 2026-02-09 (0000000)"), "{}", closed.out);
    fs::write(folder.path().join("acknowledged.yaml"), ACK).unwrap();
    let open = night(folder.path(), &[]);
    assert_eq!(open.code, 0, "{}{}", open.out, open.err);
    let report = report(folder.path());
    assert_eq!(state(&report, "digest p95"), "acknowledged");
    let listed = &report["evidence"][0]["acknowledged"][0];
    assert_eq!((&listed["state"], &listed["at"]), (&"active".into(), &"acknowledged.yaml:1".into()));
    // The day after its last one.
    let late = readiness(folder.path(), &["check", "--profile", "nightly", "--now", "2026-04-01"]);
    assert_ne!(late.code, 0);
    assert!(words(&late.out).contains("its acknowledgement by @alice ended on 2026-03-31"), "{}", late.out);
}

#[test]
fn a_further_step_is_a_new_regression_and_a_larger_one_is_not_hidden() {
    let further = history(&[Bench("digest", "p95", "ms", levels(&[(362.0, 30), (412.0, 10), (480.0, 9)]))]);
    let ack = ACK.replace("00000000000000000000000000000000000000010", "00000000000000000000000000000000000000019");
    let folder = project(&further, &[("acknowledged.yaml", &ack)]);
    let closed = night(folder.path(), &[]);
    assert_eq!(closed.code, 1, "{}", closed.out);
    assert!(words(&closed.out).contains("to 480 ms) since 2026-02-10"), "{}", closed.out);
    let folder = project(&step(), &[("acknowledged.yaml", &ACK.replace("  expires", "  up_to: 10%\n  expires"))]);
    let closed = night(folder.path(), &[]);
    assert_eq!(closed.code, 1, "{}", closed.out);
    assert!(words(&closed.out).contains("is more than the 10 % that are acknowledged by @alice"), "{}", closed.out);
}

#[test]
fn a_slip_in_an_acknowledgement_is_told() {
    for (from, to, told) in [
        ("digest", "digets", "there is no series digets - did you mean `digest`?"),
        ("0000010\"", "0000999\"", "digest p95 has no run of that commit; its newest steps begin at 000000000000 (2026-02-09)"),
        ("benchmark: digest", "benchmark: search", "search p95 has no step at that run; it has no step at all"),
    ] {
        let folder = project(&step(), &[("acknowledged.yaml", &ACK.replace(from, to))]);
        assert_eq!(night(folder.path(), &[]).code, 1);
        let report = report(folder.path());
        let problem = &report["evidence"][0]["problems"][0];
        assert_eq!((&problem["code"], &problem["path"]), (&"acknowledgement".into(), &"acknowledged.yaml".into()));
        assert!(problem["message"].as_str().unwrap().ends_with(told), "{problem}");
    }
    for (from, to, told) in [
        ("expires: 2026-03-31", "expires: soon", "acknowledged.yaml:5:12: `expires`: `soon` is not a date"),
        ("reason:", "raeson:", "an acknowledgement has no key `raeson` - did you mean `reason`?"),
    ] {
        let folder = project(&step(), &[("acknowledged.yaml", &ACK.replace(from, to))]);
        let answer = night(folder.path(), &[]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains(told), "{}", answer.err);
    }
    let config = CONFIG.replace("history.jsonl }", "history.jsonl, acknowledged: bench/accepted.yaml }");
    let folder = project(&step(), &[("readiness.yaml", &config)]);
    let answer = night(folder.path(), &[]);
    assert!(answer.code == 2 && answer.err.contains("bench/accepted.yaml"), "{}", answer.err);
    fs::create_dir(folder.path().join("bench")).unwrap();
    fs::write(folder.path().join("bench/accepted.yaml"), ACK).unwrap();
    assert_eq!(night(folder.path(), &[]).code, 0);
}

#[test]
fn every_state_of_a_series_has_its_outcome() {
    let mut gone = levels(&[(10.0, 50)]);
    gone[49] = f64::NAN;
    let mut new = vec![f64::NAN; 50];
    new[49] = 3.0;
    let mut short = vec![f64::NAN; 40];
    short.extend(levels(&[(3.0, 10)]));
    let folder = project(
        &history(&[
            Bench("steady", "p95", "ms", levels(&[(10.0, 50)])),
            Bench("worse", "p95", "ms", levels(&[(10.0, 40), (12.0, 10)])),
            Bench("odd", "p95", "ms", levels(&[(10.0, 49), (14.0, 1)])),
            Bench("better", "p95", "ms", levels(&[(10.0, 40), (8.0, 10)])),
            Bench("gone", "p95", "ms", gone),
            Bench("zero", "p95", "ms", vec![0.0; 50]),
            Bench("first", "p95", "ms", new),
            Bench("short", "p95", "ms", short),
        ]),
        &[],
    );
    let report = report(folder.path());
    for (id, expected, outcome) in [
        ("steady p95", "stable", "pass"),
        ("worse p95", "regressed", "fail"),
        ("odd p95", "suspect", "not-applicable"),
        ("better p95", "improved", "pass"),
        ("gone p95", "missing no-evidence", "no-evidence"),
        ("zero p95", "zero-baseline no-evidence", "no-evidence"),
        ("first p95", "new not-applicable", "not-applicable"),
        ("short p95", "learning not-applicable", "not-applicable"),
    ] {
        assert_eq!(state(&report, id), expected);
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|f| f["rule"] == "nightly-bench/large-regression" && f["subject"] == id).unwrap();
        let outcome = if id.starts_with("worse") { "pass" } else { outcome };
        assert_eq!(found["outcome"], outcome, "{id}: {found}");
    }
    let fails = |rule: &str| report["findings"].as_array().unwrap().iter().any(|f| f["rule"] == rule && f["outcome"] == "fail");
    assert!(fails("nightly-bench/no-regression") && fails("nightly-bench/no-missing") && fails("nightly-bench/no-suspect"));
}

#[test]
fn a_machine_that_changed_is_unproven_and_named() {
    let text = history(&[Bench("digest", "p95", "ms", levels(&[(10.0, 50)]))]);
    let machine = |(n, line): (usize, &str)| {
        let name = if n < 40 { "epyc" } else { "xeon" };
        format!("{}\n", line.replace("\"metric\"", &format!("\"machine\":\"{name}\",\"metric\"")))
    };
    let folder = project(&text.lines().enumerate().map(machine).collect::<String>(), &[]);
    let answer = night(folder.path(), &[]);
    assert_eq!(answer.code, 3, "{}", answer.out);
    let report = report(folder.path());
    assert_eq!(state(&report, "digest p95 xeon"), "insufficient-history unproven");
    let note = &report["evidence"][0]["problems"][0];
    let told = "digest p95 ran on several machines, each with a history of its own: epyc, xeon";
    assert_eq!((&note["code"], &note["message"]), (&"mixed-machines".into(), &told.into()));
}

#[test]
fn the_configuration_says_which_way_is_better_and_what_is_of_interest() {
    let custom = "[{\"name\":\"embedding quality\",\"unit\":\"points\",\"value\":71},{\"name\":\"loss\",\"unit\":\"points\",\"value\":3}]";
    let note = |config: &str| {
        let folder = project(custom, &[("readiness.yaml", &config.replace("history.jsonl", "gab.json")), ("gab.json", custom)]);
        let report = report(folder.path());
        let problems = report["evidence"][0]["problems"].as_array().unwrap().clone();
        let told = problems.iter().filter(|p| p["code"] != "no-time").map(|p| p["message"].as_str().unwrap().to_owned());
        (told.collect::<Vec<_>>(), report["evidence"][0]["series"].clone())
    };
    let (told, _) = note(CONFIG);
    assert!(told.iter().any(|text| text.contains("nothing tells which way is better")), "{told:?}");
    let with = |series: &str| CONFIG.replace("history.jsonl }", &format!("history.jsonl, series: {series} }}"));
    let (told, series) = note(&with("{ \"embedding*\": { better: higher }, loss: { better: lower } }"));
    assert!(told.iter().all(|text| !text.contains("which way is better")), "{told:?}");
    let directions: Vec<&str> = series.as_array().unwrap().iter().map(|one| one["direction"].as_str().unwrap()).collect();
    assert_eq!(directions, ["higher", "lower"]);
    let (told, _) = note(&with("{ \"embeding quality\": { better: higher } }"));
    assert!(told.iter().any(|text| text.ends_with("no benchmark is called so - did you mean `embedding quality`?")), "{told:?}");

    let small = history(&[Bench("digest", "p95", "ms", levels(&[(100.0, 40), (104.0, 10)]))]);
    assert_eq!(night(project(&small, &[]).path(), &[]).code, 1);
    assert_eq!(night(project(&small, &[("readiness.yaml", &with("{ \"digest p*\": { min_change: 5% } }"))]).path(), &[]).code, 0);
    for (series, told) in [
        ("{ digest: { better: more } }", "`better: more` is not known - write `lower` or `higher`"),
        ("{ digest: { min_change: 5 } }", "`min_change`: `5` is not a share - write a percentage such as `15%`"),
        ("{ digest: {} }", "`digest` says nothing of its series"),
    ] {
        let answer = night(project(&small, &[("readiness.yaml", &with(series))]).path(), &[]);
        assert!(answer.code == 2 && answer.err.contains(told), "{series}: {}", answer.err);
    }
}

#[test]
fn an_acknowledgement_is_written_for_a_step_that_is_there() {
    let folder = project(&step(), &[]);
    let ack = |more: &[&str]| {
        let common = ["history", "ack", "history.jsonl", "--benchmark", "digest*", "--reason", "it's \"sealed\": yes", "--now", NOW];
        readiness(folder.path(), &[&common[..], more].concat())
    };
    let commit = format!("{:041}", 10);
    let wrong = ack(&["--commit", "deadbeef"]);
    assert!(
        wrong.code == 2 && wrong.err.contains("digest p95 has no run of that commit; its newest steps begin at 000000000000"),
        "{}",
        wrong.err
    );
    assert!(ack(&["--commit", &commit, "--expires", "soon"]).err.contains("`expires`: `soon` is not a date"));
    let small = ack(&["--commit", &commit, "--up-to", "5%"]);
    assert!(small.code == 2 && small.err.contains("and 5 % are acknowledged"), "{}", small.err);
    assert!(!folder.path().join("acknowledged.yaml").exists(), "what is refused leaves no trace");
    let done = ack(&["--commit", &commit, "--owner", "@alice"]);
    assert_eq!(
        (done.code, words(&done.out)),
        (0, format!("acknowledged.yaml: accepts the step at {commit} of digest p95, up to 15%")),
        "{}",
        done.err
    );
    let text = fs::read_to_string(folder.path().join("acknowledged.yaml")).unwrap();
    assert!(text.contains("granted: 2026-02-18\n") && text.contains("2026-05-19"), "{text}");
    assert_eq!(night(folder.path(), &[]).code, 0);
    let twice = ack(&["--commit", &commit]);
    assert!(twice.code == 2 && twice.err.contains("is acknowledged twice"), "{}", twice.err);
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let done = std::process::Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// The issues of a night in a repository: the runs of the old level are of one commit, those of the new one of another, three later.
#[test]
fn a_step_is_an_issue_with_its_commits_and_their_authors() {
    let folder = project("", &[]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    let commit = |name: &str| {
        git(folder.path(), &["-c", &format!("user.name={name}"), "commit", "-q", "--allow-empty", "-m", "x"]);
        git(folder.path(), &["rev-parse", "HEAD"])
    };
    let before = commit("Zoe");
    let after = ["Bob | @all", "Ann", "Ann"].map(&commit)[2].clone();
    let mut text = step();
    for ago in 1..=50 {
        // Runs of one commit count together, so only those about the step have real ones.
        let id = [(11, &before), (10, &after)].into_iter().find(|(night, _)| *night == ago).map(|(_, id)| id.clone());
        text =
            text.replace(&format!("\"commit\":\"{ago:041}\""), &format!("\"commit\":\"{}\"", id.unwrap_or_else(|| format!("{ago:040}"))));
    }
    fs::write(folder.path().join("history.jsonl"), text).unwrap();
    let issues = || {
        let answer = night(folder.path(), &["--emit", "issues=issues.json"]);
        assert_eq!(answer.code, 1, "{}", answer.err);
        serde_json::from_slice::<Value>(&fs::read(folder.path().join("issues.json")).unwrap()).unwrap()
    };
    let first = issues();
    assert_eq!((&first["schema"], &first["complete"]), (&"readiness/issues/1".into(), &true.into()));
    let [issue] = first["issues"].as_array().unwrap().as_slice() else { panic!("{first}") };
    assert_eq!(issue["state"], "open");
    let body = issue["body"].as_str().unwrap();
    assert!(body.starts_with(&format!("<!-- readiness:{} -->\n`digest p95` got **", issue["key"].as_str().unwrap())), "{body}");
    assert!(body.contains(&format!("| last run of the old level | 2026-02-08 02:05 UTC at {before} |")), "{body}");
    assert!(body.contains(&format!("| first run of the new level | 2026-02-09 02:05 UTC at {after} |")), "{body}");
    assert!(body.contains("| commits between | 3 commits, by `Ann`, `Bob \\| @all` |"), "{body}");
    assert_eq!(issues(), first, "the same night is the same bytes");
    // A stored report tells the same.
    night(folder.path(), &["--emit", "json=report.json"]);
    let again = readiness(folder.path(), &["render", "report.json", "--format", "issues"]);
    assert_eq!(serde_json::from_str::<Value>(&again.out).unwrap(), first);
}

/// The rules that the documentation shows: a pack of them passes its own cases, and judges a history as the page says.
#[test]
fn the_documented_rules_work() {
    let page = fs::read_to_string(support::root().join("site/nightly-benchmarks.md")).unwrap();
    let rules: Vec<(&str, &str)> =
        page.split("```yaml\n# bench/").skip(1).map(|rest| rest.split_once("```").unwrap().0.split_once('\n').unwrap()).collect();
    assert!(rules.len() >= 5, "{rules:?}");
    let config = CONFIG.replace("[nightly-bench]", "[bench/]");
    let judged = |rate: f64, p95: f64| {
        let text = history(&[
            Bench("embedding", "throughput", "texts/s", levels(&[(rate, 40)])),
            Bench("digest", "p95", "s", levels(&[(p95, 39), (p95 * 1.2, 1)])),
        ]);
        let folder = project(&text, &[("readiness.yaml", &config), ("bench/pack.yaml", "title: Ours\nabout: What we ask of a night.\n")]);
        for (name, rule) in &rules {
            fs::write(folder.path().join("bench").join(name), rule).unwrap();
        }
        let cases = readiness(folder.path(), &["rules", "test", "bench"]);
        assert_eq!(cases.code, 0, "{}{}", cases.out, cases.err);
        let report = report(folder.path());
        let findings = report["findings"].as_array().unwrap();
        let bad = findings.iter().filter(|f| f["outcome"] == "fail");
        bad.map(|f| format!("{} {}", f["rule"].as_str().unwrap(), f["observed"].as_str().unwrap())).collect::<Vec<_>>()
    };
    let good = judged(61.0, 0.3);
    assert_eq!(good.iter().map(|f| f.split(' ').next().unwrap()).collect::<Vec<_>>(), ["bench/ratio"], "{good:?}");
    let bad = judged(58.0, 0.6);
    let names: Vec<&str> = bad.iter().map(|f| f.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["bench/embedding-rate", "bench/latency", "bench/ratio"], "{bad:?}");
}
