//! How far an audit trail proves itself, once it is known what binds its rows and what was kept of them: the rung of the ladder, what
//! would raise it, and which attacks would be seen.

use crate::evidence::Evidence;
use crate::integrity::{Attack, Bond, Hold, Rung, Standing};
use crate::metric::Value;
use crate::record::Record;
use crate::source::{Grade, Location};

/// Writes down where a trail stands; `held` is what was kept elsewhere and is in it.
pub(super) fn settle(entry: &mut Evidence, held: Option<(Rung, Hold)>) {
    let Some(standing) = of(entry, held) else { return };
    entry.push("audit.ladder", ladder(&standing));
    if standing.reached == Rung::None {
        return;
    }
    for attack in Attack::ALL {
        entry.push("audit.attack", row(&standing, attack));
    }
    let raise = Some(standing.raise()).filter(|raise| !raise.is_empty()).map(|raise| format!("what would take it further: {raise}"));
    for sentence in standing.told().into_iter().chain(raise) {
        entry.problem("ladder", Grade::Note, "", Location::whole(), sentence);
    }
}

/// Nothing of evidence that is no audit trail.
fn of(entry: &Evidence, held: Option<(Rung, Hold)>) -> Option<Standing> {
    let reached = match &entry.metric("audit.integrity")?.value {
        Value::Level(level) => Rung::named(level)?,
        _ => return None,
    };
    let chain = entry.rows("audit.chain").first();
    let shown = chain.and_then(|row| Rung::named(row.text("shows")?)).unwrap_or(Rung::RowRules);
    let by_chain = if shown == Rung::Anchored { (shown, Hold::Head) } else { (shown, Hold::Nothing) };
    let (bound, hold) = held.filter(|(rung, _)| *rung >= shown).unwrap_or(by_chain);
    Some(Standing {
        reached,
        bound,
        bond: chain.and_then(|row| Bond::named(row.subject())).unwrap_or_default(),
        hold,
        accused: entry.rows("audit.finding").iter().any(|row| row.text("code").is_some_and(|code| code.starts_with("CHAIN-"))),
        holdable: chain.is_some_and(|row| row.get("holdable") == Some(&Value::Flag(true))),
    })
}

fn ladder(standing: &Standing) -> Record {
    Record::new("level", standing.reached.name())
        .with("basis", Value::Text(standing.basis()))
        .with("bound", Value::text(standing.bound.name()))
        .with("shows", Value::text(standing.shows()))
        .with("raise", Value::text(standing.raise()))
}

fn row(standing: &Standing, attack: Attack) -> Record {
    let (id, about) = attack.words();
    let row = Record::new("attack", id)
        .with("about", Value::text(about))
        .with("seen", Value::Flag(standing.sight(attack, standing.bound).is_seen()))
        .with("seen_from", Value::text(standing.seen_from(attack).name()));
    Rung::SOUND
        .into_iter()
        .fold(row, |row, rung| row.with(rung.name().replace('-', "_"), Value::Text(standing.sight(attack, rung).to_string())))
}
