#![allow(clippy::unwrap_used)]

use super::*;
use crate::waiver::end_of_day;
use proptest::prelude::*;

const DAY: i64 = 86_400_000;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn attest(by: &str) -> Attest {
    Attest { by: by.to_owned(), every: 30 * DAY }
}

fn statement(by: &str, on: &str, until: &str) -> Statement {
    Statement {
        rule: "ops/drill".to_owned(),
        by: by.to_owned(),
        role: None,
        on: at(on),
        until: end_of_day(at(until)),
        note: "restored the dump".to_owned(),
        commit: Some("14c907f09276bec86cf5c2aa77ccc4b26e4c754d".to_owned()),
        line: 2,
    }
}

fn worth(statement: &Statement, now: &str) -> Worth {
    Asked { attest: &attest("@alice"), commit: None }.worth(statement, at(now))
}

#[test]
fn it_is_good_from_its_first_to_its_last_moment() {
    let said = statement("@alice", "2026-02-01T09:30:00Z", "2026-02-10");
    assert_eq!(worth(&said, "2026-02-01T09:29:59.999Z"), Worth::Early);
    assert_eq!(worth(&said, "2026-02-01T09:30:00Z"), Worth::Good);
    assert_eq!(worth(&said, "2026-02-10T23:59:59.999Z"), Worth::Good);
    assert_eq!(worth(&said, "2026-02-11T00:00:00Z"), Worth::Over);
}

#[test]
fn the_rule_may_end_it_earlier() {
    let said = statement("@alice", "2026-02-01T09:30:00Z", "2027-02-10");
    assert_eq!(worth(&said, "2026-03-03T09:30:00Z"), Worth::Good);
    assert_eq!(worth(&said, "2026-03-03T09:30:00.001Z"), Worth::Over);
    let (every, now) = (attest("@alice"), at("2026-03-04T00:00:00Z"));
    let told = said.told(&Asked { attest: &every, commit: None }, Worth::Over, now);
    assert_eq!(told, "attested by @alice 31 days ago, every 30 d");
}

#[test]
fn only_those_who_are_asked_can_say_it() {
    for (asked, by, role, good) in [
        ("@alice", "@Alice", None, true),
        ("@alice", "alice", None, true),
        ("alice", "@alice", None, true),
        ("@alice", "@bob", None, false),
        // Nobody becomes a person by calling that a role.
        ("@alice", "@bob", Some("@alice"), false),
        ("Data protection officer", "@bob", Some("data protection officer "), true),
        ("Data protection officer", "@bob", Some("janitor"), false),
        ("Data protection officer", "@bob", None, false),
    ] {
        assert_eq!(is_asked(asked, by, role), good, "{asked} {by} {role:?}");
    }
}

#[test]
fn it_may_have_to_be_about_the_commit() {
    let said = statement("@alice", "2026-02-01", "2026-02-10");
    let (every, now) = (attest("@alice"), at("2026-02-02"));
    let ask = |commit| Asked { attest: &every, commit: Some(commit) }.worth(&said, now);
    assert_eq!(ask("14c907f"), Worth::Good);
    assert_eq!([ask("24c907f"), ask("")], [Worth::Elsewhere, Worth::Elsewhere]);
    assert_eq!(Asked { attest: &every, commit: Some("14c907f") }.worth(&Statement { commit: None, ..said }, now), Worth::Elsewhere);
}

#[test]
fn the_newest_word_counts() {
    let every = attest("@alice");
    let newest = |statements: &[Statement], now: &str| {
        let found = Asked { attest: &every, commit: None }.newest(statements, at(now));
        found.map(|(statement, worth)| (statement.until.date(), worth))
    };
    let long = statement("@alice", "2026-02-01", "2026-02-28");
    let short = Statement { line: 9, ..statement("@alice", "2026-02-03", "2026-02-04") };
    let both = [long.clone(), short.clone()];
    // Who takes back what they said does so by saying less.
    assert_eq!(newest(&both, "2026-02-05"), Some(("2026-02-04".into(), Worth::Over)));
    // A replay of an earlier day does not know what was said later.
    assert_eq!(newest(&both, "2026-02-02"), Some(("2026-02-28".into(), Worth::Good)));
    assert_eq!(newest(&both, "2026-01-31"), Some(("2026-02-04".into(), Worth::Early)));
    let other = statement("@mallory", "2026-02-04", "2026-02-28");
    assert_eq!(newest(&[long, other.clone()], "2026-02-05"), Some(("2026-02-28".into(), Worth::Good)));
    assert_eq!(newest(&[other], "2026-02-05"), Some(("2026-02-28".into(), Worth::Unasked)));
    assert_eq!(newest(&[], "2026-02-05"), None);
}

proptest! {
    #[test]
    fn a_row_holds_all_of_it(by in ".*", note in ".*", role in proptest::option::of(".*"), on in -9_000_000_000_000i64..9_000_000_000_000) {
        let said = Statement { by, note, role, on: Instant(on), ..statement("", "2026-02-01", "2026-02-10") };
        prop_assert_eq!(Statement::of(&said.record()), Some(said));
    }

    /// Time only takes away: what is over never becomes good again.
    #[test]
    fn over_is_over(on in 0i64..1000, days in 0i64..60, now in 0i64..5000, later in 0i64..5000) {
        let hour = 3_600_000;
        let said = Statement { on: Instant(on * hour), until: end_of_day(Instant((on / 24 + days) * DAY)), ..statement("@alice", "2026-02-01", "2026-02-10") };
        let every = attest("@alice");
        let asked = Asked { attest: &every, commit: None };
        if asked.worth(&said, Instant(now * hour)) == Worth::Over {
            prop_assert_eq!(asked.worth(&said, Instant((now + later) * hour)), Worth::Over);
        }
        prop_assert_eq!(asked.worth(&said, Instant(now * hour)) == Worth::Good, now >= on && now * hour <= last(&said, every.every).0);
    }
}
