#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::config::Profile;

const GOOD: &str = "\
- id: W-1
  rule: pr-gate/coverage-line
  scope: { profile: [pr, nightly], env: staging }
  reason: the parser is being rewritten
  ticket: OPS-42
  owner: \"@alice\"
  approved_by: \"@bob\"
  granted: 2026-02-01
  expires: 2026-04-02
  bound: coverage.line >= 70%
  compensating: reviewed by hand
";

fn parsed(text: &str) -> (Vec<Waiver>, Vec<String>) {
    let rules =
        BTreeMap::from([("pr-gate/coverage-line", Severity::P1), ("pr-gate/tests-pass", Severity::P0), ("inventory/source", Severity::P1)]);
    let staging = Profile { env: Some("staging".to_owned()), ..Profile::default() };
    let profiles = BTreeMap::from([("pr".to_owned(), staging), ("nightly".to_owned(), Profile::default())]);
    let config = Config { profiles, ..Config::default() };
    let mut errors = Vec::new();
    let waivers = parse(
        "waivers.yaml",
        text,
        Known { rules: Some(&rules), config: &config, ids: &crate::lifecycle::Lifecycle::default() },
        &mut errors,
    );
    (waivers, errors.iter().map(|e| e.to_string().lines().next().unwrap_or_default().to_owned()).collect())
}

/// The mistakes of a waiver in which one text is another.
fn mistakes(from: &str, to: &str) -> Vec<String> {
    assert!(GOOD.contains(from), "{from}");
    let (waivers, mistakes) = parsed(&GOOD.replacen(from, to, 1));
    assert_eq!(waivers.is_empty(), !mistakes.is_empty(), "{mistakes:?}");
    mistakes
}

#[test]
fn a_waiver_is_read_whole() {
    let (waivers, mistakes) = parsed(GOOD);
    assert_eq!(mistakes, [""; 0]);
    let [waiver] = waivers.as_slice() else { panic!("{waivers:?}") };
    assert_eq!((waiver.id.as_str(), waiver.rule.as_str(), waiver.owner.as_str()), ("W-1", "pr-gate/coverage-line", "@alice"));
    assert_eq!(waiver.granted.to_string(), "2026-02-01T00:00:00Z");
    assert_eq!(waiver.expires.to_string(), "2026-04-02T23:59:59.999Z");
    assert_eq!(waiver.scope.profile, ["pr", "nightly"]);
    assert_eq!(waiver.bound.as_ref().unwrap().text, "coverage.line >= 70%");
    assert_eq!(waiver.place.to_string(), "waivers.yaml:1:3");
    for nothing in ["[]", "", "\n", "# all of them are gone\n\n  # and so is this\n", "\u{feff}# here too\n"] {
        assert_eq!(parsed(nothing), (Vec::new(), Vec::new()), "{nothing:?}");
    }
}

#[test]
fn what_is_limited_may_be_left_out_and_nothing_else() {
    for line in
        ["  scope: { profile: [pr, nightly], env: staging }\n", "  bound: coverage.line >= 70%\n", "  compensating: reviewed by hand\n"]
    {
        assert_eq!(mistakes(line, ""), [""; 0]);
    }
    let (waivers, found) = parsed("- { rule: pr-gate/coverage-line }\n");
    assert!(waivers.is_empty());
    let missing = ["id", "reason", "ticket", "owner", "approved_by", "granted", "expires"];
    assert_eq!(found, missing.map(|key| format!("waivers.yaml:1:3: a waiver has no `{key}`")));
    assert_eq!(mistakes("OPS-42", "\" \""), ["waivers.yaml:5:11: `ticket` is empty"]);
}

#[test]
fn a_typo_is_a_mistake_with_its_place() {
    assert_eq!(
        mistakes("pr-gate/coverage-line", "pr-gate/coverage-lien"),
        ["waivers.yaml:2:9: there is no rule `pr-gate/coverage-lien` - did you mean `pr-gate/coverage-line`?"]
    );
    assert_eq!(mistakes("ticket:", "tiket:").len(), 2);
    assert_eq!(mistakes("[pr,", "[rp,"), ["waivers.yaml:3:22: there is no profile `rp` - did you mean `pr`?"]);
    assert_eq!(mistakes("env: staging", "env: prod"), ["waivers.yaml:3:41: there is no environment `prod` - there are staging"]);
    assert_eq!(
        mistakes("env: staging", "fingerprint: abc"),
        ["waivers.yaml:3:49: `abc` is no fingerprint - it has 32 hexadecimal digits; a finding's stands in report.json"]
    );
    assert_eq!(mistakes("[pr, nightly]", "[]").len(), 1);
    assert_eq!(parsed("waivers: []\n").1, ["waivers.yaml:1:1: waivers must be a list - start each with `- id:`"]);
}

#[test]
fn nobody_approves_their_own_waiver() {
    for owner in ["\"@alice\"", "Alice", "\"@ALICE\""] {
        let found = mistakes("approved_by: \"@bob\"", &format!("approved_by: {owner}"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("is approved by its owner"), "{found:?}");
    }
}

#[test]
fn no_waiver_lasts_longer_than_its_severity_allows() {
    let longest = |last: &str| {
        [format!(
            "waivers.yaml:9:12: a waiver of a P1 rule lasts at most 60 days - granted on 2026-02-01, it may expire on {last} at the latest"
        )]
    };
    assert_eq!(mistakes("2026-04-02", "2026-04-03"), longest("2026-04-02"));
    assert_eq!(mistakes("pr-gate/coverage-line", "pr-gate/tests-pass").len(), 1, "a P0 rule has thirty days");
    assert_eq!(
        mistakes("2026-04-02", "2026-01-31"),
        ["waivers.yaml:9:12: the waiver expires on 2026-01-31, before it is granted on 2026-02-01"]
    );
    for wrong in ["2026-02-31", "tomorrow", "2026-03-01T00:00:00Z"] {
        assert!(mistakes("2026-04-02", wrong)[0].contains("is not a date"), "{wrong}");
    }
}

#[test]
fn the_project_may_set_other_limits() {
    let with = |limits: Limits| {
        let rules = BTreeMap::from([("pr-gate/coverage-line", Severity::P1)]);
        let staging = Profile { env: Some("staging".to_owned()), ..Profile::default() };
        let profiles = BTreeMap::from([("pr".to_owned(), staging), ("nightly".to_owned(), Profile::default())]);
        let config = Config { profiles, waivers: limits, ..Config::default() };
        let mut errors = Vec::new();
        let waivers = parse(
            "waivers.yaml",
            GOOD,
            Known { rules: Some(&rules), config: &config, ids: &crate::lifecycle::Lifecycle::default() },
            &mut errors,
        );
        waivers.into_iter().next().ok_or_else(|| errors.first().map(|e| e.message.clone()).unwrap_or_default())
    };
    let longest = |days| BTreeMap::from([(Severity::P1, days)]);
    let shorter = with(Limits { longest: longest(59), ..Limits::default() });
    assert_eq!(shorter.unwrap_err(), "a waiver of a P1 rule lasts at most 59 days");
    let usual = with(Limits { longest: longest(90), expiring: 14, reason: Some("the vendor".to_owned()) }).unwrap();
    assert_eq!((usual.expiring, usual.longer), (14, None), "sixty days are nothing unusual");
    assert_eq!(with(Limits { longest: BTreeMap::new(), ..Limits::default() }).unwrap_err(), "a waiver of a P1 rule lasts at most 0 days");
}

#[test]
fn what_vanished_is_acknowledged_one_by_one() {
    assert_eq!(mistakes("pr-gate/coverage-line", "inventory/source").len(), 1);
    let named = format!("inventory/source\n  scope: {{ fingerprint: {} }}", "0".repeat(32));
    let text = GOOD.replace("  scope: { profile: [pr, nightly], env: staging }\n", "").replace("pr-gate/coverage-line", &named);
    assert_eq!(parsed(&text).1, [""; 0]);
}

#[test]
fn an_id_is_given_once() {
    let (_, mistakes) = parsed(&format!("{GOOD}{GOOD}"));
    assert_eq!(mistakes, ["waivers.yaml:12:3: the waiver `W-1` exists already on line 1"]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[-:a-z\\[\\]{}\"'#@&!|>0-9 \n]{0,200}") {
        let _ = parsed(&text);
    }
}
