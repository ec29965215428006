use super::*;
use crate::catalogue::INTEGRITY;

fn every() -> impl Iterator<Item = Standing> {
    let holds = [Hold::Nothing, Hold::Head, Hold::Rows { signed: false }, Hold::Rows { signed: true }];
    let all = Bond::ALL.into_iter().flat_map(move |(bond, _)| holds.into_iter().map(move |hold| (bond, hold)));
    all.flat_map(|(bond, hold)| {
        Rung::SOUND.into_iter().map(move |bound| Standing { reached: bound, bound, bond, hold, holdable: true, accused: false })
    })
}

#[test]
fn the_catalogue_has_the_same_rungs() {
    assert_eq!(Rung::ALL.map(Rung::name), *INTEGRITY);
    assert!(Bond::ALL.iter().all(|(bond, name)| Bond::named(name) == Some(*bond)));
    assert!(Rung::ALL.iter().all(|rung| Rung::named(rung.name()) == Some(*rung)));
}

#[test]
fn a_higher_rung_sees_no_less() {
    let rank = |sight: Sight| match sight {
        Sight::Not => 0,
        Sight::Only(_) => 1,
        Sight::Unless(_) => 2,
        Sight::Seen => 3,
    };
    for standing in every() {
        for attack in Attack::ALL {
            let ranks = Rung::SOUND.map(|rung| rank(standing.sight(attack, rung)));
            assert!(ranks.is_sorted(), "{attack:?} {standing:?} {ranks:?}");
            assert_eq!(ranks[3], 3, "the highest rung shows {attack:?}");
        }
    }
}

#[test]
fn every_rung_says_what_it_shows_and_what_would_raise_it() {
    for standing in every() {
        assert!(!standing.shows().is_empty());
        assert_eq!(standing.raise().is_empty(), standing.reached == Rung::Witnessed);
        for attack in Attack::ALL {
            let told = standing.told();
            assert!(told.iter().any(|told| told.contains(attack.words().1)), "{told:?}");
            assert!(told.iter().all(|told| told.len() <= 500), "a message is no longer: {told:?}");
        }
    }
}

#[test]
fn what_is_not_seen_names_the_rung_that_shows_it() {
    let chained = Standing { reached: Rung::Chained, bound: Rung::Chained, bond: Bond::Native, ..Standing::default() };
    let told = chained.told();
    assert_eq!(told[0], "integrity chained (chain: native, nothing kept elsewhere)");
    assert!(told[1].starts_with("would be seen: a byte of a row changed (unless it is in a column that no hash covers), "), "{told:?}");
    assert_eq!(
        told[2],
        "not seen: the last rows taken away with what counts them, the past written anew with hashes that hold (anchored shows these); \
         the past written anew and what was kept of it replaced (witnessed shows it)"
    );
}
