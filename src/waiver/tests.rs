#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn waiver() -> Waiver {
    Waiver {
        id: "W-1".to_owned(),
        rule: "pr-gate/tests-pass".to_owned(),
        scope: Reach::default(),
        reason: "a known flake".to_owned(),
        ticket: "OPS-42".to_owned(),
        owner: "@alice".to_owned(),
        approved_by: "@bob".to_owned(),
        granted: at("2026-02-01"),
        expires: end_of_day(at("2026-03-31")),
        bound: None,
        named: None,
        compensating: None,
        expiring: 7,
        longer: None,
        confirmed: None,
        place: Place { file: "waivers.yaml".into(), line: 3, column: 3 },
    }
}

#[test]
fn every_state_has_its_case() {
    let of = |now: &str, met| state(&waiver(), at(now), met);
    assert_eq!(of("2026-02-18", Met::Objection), State::Active);
    assert_eq!(of("2026-03-23T23:59:59.999Z", Met::Objection), State::Active);
    assert_eq!(of("2026-03-24", Met::Objection), State::Expiring);
    assert_eq!(of("2026-01-31T23:59:59.999Z", Met::Objection), State::NotYet);
    assert_eq!(of("2026-02-01", Met::Objection), State::Active);
    assert_eq!(of("2026-02-18", Met::Nothing), State::Unused);
    assert_eq!(of("2026-02-18", Met::Beyond), State::OutOfBound);
    assert_eq!(of("2026-02-18", Met::Unwaivable), State::Refused);
    assert_eq!(of("2026-02-18", Met::Elsewhere), State::OutOfScope);
    assert_eq!(of("2026-02-18", Met::NoRule), State::Orphan);
    // What has ended has ended, whatever it met.
    for met in [Met::Objection, Met::Nothing, Met::Beyond, Met::Unwaivable, Met::Elsewhere] {
        assert_eq!(of("2026-04-03", met), State::Expired);
    }
}

#[test]
fn the_last_day_counts_to_its_last_millisecond() {
    assert_eq!(waiver().expires, at("2026-03-31T23:59:59.999Z"));
    assert_eq!(state(&waiver(), at("2026-03-31T23:59:59.999Z"), Met::Objection), State::Expiring);
    assert_eq!(state(&waiver(), at("2026-04-01T00:00:00Z"), Met::Objection), State::Expired);
}

#[test]
fn the_note_counts_days() {
    let of = |now: &str, met| note(&waiver(), state(&waiver(), at(now), met), at(now));
    assert_eq!(of("2026-02-18", Met::Objection), "is active until 2026-03-31, 41 days left, owner @alice");
    assert_eq!(of("2026-03-30T12:00:00Z", Met::Objection), "expires in 1 day, owner @alice");
    assert_eq!(of("2026-03-31T12:00:00Z", Met::Objection), "expires today, owner @alice");
    assert_eq!(of("2026-04-01T00:00:00Z", Met::Objection), "expired 1 day ago, owner @alice");
    assert_eq!(of("2026-04-03T18:00:00Z", Met::Objection), "expired 3 days ago, owner @alice");
    assert_eq!(of("2026-02-18", Met::Nothing), "is not needed: delete it, owner @alice");
    assert_eq!(of("2026-01-18", Met::Objection), "does not begin before 2026-02-01, owner @alice");
}

#[test]
fn a_scope_covers_what_it_names() {
    let scope = Reach { profile: vec!["pr".to_owned(), "nightly".to_owned()], env: Some("staging".to_owned()), fingerprint: None };
    assert!(scope.covers(Some("pr"), Some("staging")));
    assert!(!scope.covers(Some("release"), Some("staging")));
    assert!(!scope.covers(Some("pr"), Some("prod")));
    assert!(!scope.covers(None, Some("staging")) && !scope.covers(Some("pr"), None));
    assert!(Reach::default().covers(None, None));
}

#[test]
fn the_longest_duration_is_by_severity() {
    let last = |severity| Limits::default().last_day(at("2026-02-01"), severity).date();
    assert_eq!(
        [Severity::P0, Severity::P1, Severity::P2, Severity::P3].map(last),
        ["2026-03-03", "2026-04-02", "2026-05-02", "2026-07-31"]
    );
}

proptest! {
    /// A waiver unblocks an objection exactly from its first moment to its last.
    #[test]
    fn it_unblocks_between_its_dates_and_never_else(
        first in 0i64..40_000, length in 0i64..200, offset in -400i64 * 86_400_000..400 * 86_400_000,
    ) {
        let granted = Instant(first * 86_400_000);
        let expires = end_of_day(Instant(granted.0 + length * 86_400_000));
        let waiver = Waiver { granted, expires, ..waiver() };
        let now = Instant(granted.0 + offset);
        prop_assert_eq!(state(&waiver, now, Met::Objection).unblocks(), granted <= now && now <= expires);
        for moment in [expires, Instant(expires.0 + 1), granted, Instant(granted.0 - 1)] {
            prop_assert_eq!(state(&waiver, moment, Met::Objection).unblocks(), granted <= moment && moment <= expires);
        }
        for met in [Met::Beyond, Met::Unwaivable, Met::Nothing, Met::Elsewhere, Met::NoRule] {
            prop_assert!(!state(&waiver, now, met).unblocks());
        }
    }
}

fn listed(id: &str, granted: &str, state: State) -> Listed {
    let waiver = Waiver { id: id.to_owned(), granted: at(granted), ..waiver() };
    Listed::new(&waiver, state, 0, at("2026-02-18"))
}

#[test]
fn what_is_granted_again_is_counted() {
    let mut file = [
        listed("W-1", "2025-12-01", State::Expired),
        listed("W-2", "2026-01-01", State::Expired),
        listed("W-3", "2026-02-01", State::Active),
        Listed { rule: "pr-gate/other".to_owned(), ..listed("W-4", "2026-02-02", State::Active) },
    ];
    renewals(&mut file, &[]);
    let told = |file: &[Listed]| file.iter().map(|l| (l.renewed, l.renewed_by.clone())).collect::<Vec<_>>();
    assert_eq!(told(&file), [(0, Some("W-2".to_owned())), (1, Some("W-3".to_owned())), (2, None), (0, None)]);
    assert!(file[1].note.ends_with("owner @alice, renewed once; W-3 goes on"), "{}", file[1].note);
    assert!(file[2].note.ends_with("owner @alice, renewed 2 times"), "{}", file[2].note);
    // What is no longer in the file stands in the base's report, under the same id or for the same scope.
    for id in ["W-3", "W-9"] {
        let mut next = [listed(id, "2026-03-01", State::NotYet)];
        renewals(&mut next, &file);
        assert_eq!(next[0].renewed, 3);
        let mut again = [listed(id, "2026-03-01", State::NotYet)];
        renewals(&mut again, &next);
        assert_eq!(again[0].renewed, 3, "the same grant is not another one");
    }
}

#[test]
fn what_lasts_longer_than_usual_says_why() {
    let waiver = Waiver { longer: Some("it lasts longer than the usual 30 days: the vendor".to_owned()), ..waiver() };
    let told = |state| note(&waiver, state, at("2026-02-18"));
    assert_eq!(
        told(State::Active),
        "is active until 2026-03-31, 41 days left, owner @alice; it lasts longer than the usual 30 days: the vendor"
    );
    assert_eq!(told(State::Unused), "is not needed: delete it, owner @alice");
    let soon = Waiver { expiring: 50, ..waiver };
    assert_eq!(state(&soon, at("2026-02-18"), Met::Objection), State::Expiring);
}
