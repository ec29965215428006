//! The integrity ladder of audit trails: what each rung shows, what would raise it, and which attacks would be seen on it.

mod attack;
#[cfg(test)]
mod tests;

pub use attack::{Attack, Sight};

/// What binds the rows of a table to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    /// Nothing.
    #[default]
    Nothing,
    /// Rows name the content of the row before, and no hash covers a row: Reflexio's stages.
    Stages,
    /// The same, session by session: an RLHF audit trail whose hashes cannot be taken again.
    Sessions,
    /// A chain for each session, with a Merkle root for each batch.
    Events,
    /// Lexecon's ledger.
    Ledger,
    /// The native chain.
    Native,
}

impl Bond {
    const ALL: [(Bond, &'static str); 6] = [
        (Bond::Nothing, "none"),
        (Bond::Stages, "reflexio, links only"),
        (Bond::Sessions, "rlhf, links only"),
        (Bond::Events, "rlhf"),
        (Bond::Ledger, "lexecon"),
        (Bond::Native, "native"),
    ];

    /// As records name it.
    pub fn name(self) -> &'static str {
        Bond::ALL.iter().find(|(bond, _)| *bond == self).map_or("", |(_, name)| name)
    }

    /// The bond of this name.
    pub fn named(name: &str) -> Option<Bond> {
        Bond::ALL.iter().find(|(_, known)| *known == name).map(|(bond, _)| *bond)
    }
}

/// A rung of the ladder, lowest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// The snapshot is no evidence.
    #[default]
    None,
    /// The file is sound.
    Structural,
    /// Every row keeps the rules of its kind.
    RowRules,
    /// Each row states the hash of the row before.
    Chained,
    /// The trail leads to what was kept elsewhere.
    Anchored,
    /// Somebody else signed that.
    Witnessed,
}

impl Rung {
    /// All of them, lowest first.
    pub const ALL: [Rung; 6] = [Rung::None, Rung::Structural, Rung::RowRules, Rung::Chained, Rung::Anchored, Rung::Witnessed];
    /// Those on which rows can be relied on, and which tell attacks apart.
    pub const SOUND: [Rung; 4] = [Rung::RowRules, Rung::Chained, Rung::Anchored, Rung::Witnessed];

    /// As `audit.integrity` names it.
    pub const fn name(self) -> &'static str {
        match self {
            Rung::None => "none",
            Rung::Structural => "structural",
            Rung::RowRules => "row-rules",
            Rung::Chained => "chained",
            Rung::Anchored => "anchored",
            Rung::Witnessed => "witnessed",
        }
    }

    /// The rung of this name.
    pub fn named(name: &str) -> Option<Rung> {
        Rung::ALL.into_iter().find(|rung| rung.name() == name)
    }
}

/// What was kept elsewhere, and is in the trail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// Nothing.
    #[default]
    Nothing,
    /// The hash of a row of the chain.
    Head,
    /// The root of a tree over the rows.
    Rows {
        /// Whether a key of the trail itself signed it.
        signed: bool,
    },
}

/// How far a trail proves itself, and by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The rung it reaches.
    pub reached: Rung,
    /// The rung that what binds its rows would give, were all of them sound; none below `RowRules`.
    pub bound: Rung,
    /// What binds its rows.
    pub bond: Bond,
    /// What was kept of them.
    pub hold: Hold,
    /// Whether there are signs that somebody wrote in its past.
    pub accused: bool,
    /// Whether a checkpoint can be kept of it: it is the table of a database.
    pub holdable: bool,
}

impl Standing {
    /// Whether an attack would be seen on a rung, of which the trail has those up to `bound`.
    pub fn sight(&self, attack: Attack, rung: Rung) -> Sight {
        let hold = if rung <= self.bound { self.hold } else { Hold::Rows { signed: false } };
        attack.sight(rung, self.bond, hold)
    }

    /// The lowest rung on which an attack would be seen, from those that the trail has on.
    pub fn seen_from(&self, attack: Attack) -> Rung {
        let from = Rung::SOUND.into_iter().filter(|rung| *rung >= self.bound);
        from.into_iter().find(|rung| self.sight(attack, *rung).is_seen()).unwrap_or(Rung::Witnessed)
    }

    /// What the rung that is reached shows, and what it leaves open.
    pub fn shows(&self) -> &'static str {
        match self.reached {
            Rung::None => "The snapshot cannot be relied on.",
            Rung::Structural if self.accused => {
                "The file is a sound database, and there are signs that somebody wrote in the past of the trail."
            }
            Rung::Structural => "The file is a sound database. Its rows break rules of their kind, so what they say cannot be relied on.",
            Rung::RowRules if matches!(self.bond, Bond::Stages | Bond::Sessions) => {
                "Every row keeps the rules of its kind, and the links between rows hold. No hash covers a row, so that its content may have been changed."
            }
            Rung::RowRules => "Every row keeps the rules of its kind. Nothing shows that no row was changed, added or taken away.",
            Rung::Chained => {
                "The rows are chained without a gap. Whoever can write the table can also compute the whole chain anew, or cut off its end."
            }
            Rung::Anchored if self.hold == Hold::Head => {
                "The chain leads to the hash that was kept elsewhere. Whoever writes both the table and that could still change both."
            }
            Rung::Anchored => "The rows are those that a checkpoint kept elsewhere knew. Whoever keeps both could still change both.",
            Rung::Witnessed => "Somebody else's signature says which rows there were: whoever rewrites them would need that key, too.",
        }
    }

    /// What the next rung takes.
    pub fn raise(&self) -> &'static str {
        match self.reached {
            Rung::None => "Mend what the problems of the source name: the file must be whole, quiet and readable.",
            Rung::Structural if self.accused => {
                "Do not repair it: the break is the evidence. Compare the rows that are named with a backup, find out who could write, \
                 and begin a new checkpoint from rows that both sides agree on."
            }
            Rung::Structural => "Mend the rows that break a row rule, or the job that writes them.",
            Rung::RowRules | Rung::Chained if !self.holdable => {
                "Judge the one table of one database, a snapshot or a server, instead of an export: of it a checkpoint can be kept."
            }
            Rung::RowRules => {
                "Anchored: keep a checkpoint of the rows with every run, which asks nothing of the application: `checkpoint: kept/audit.jsonl` \
                 beside the evidence, and `readiness check --append`. Chained: have each row hold the hash of the one before."
            }
            Rung::Chained if matches!(self.bond, Bond::Native | Bond::Ledger) => {
                "Keep a checkpoint of the rows with every run where the writer of the table cannot write: `checkpoint: kept/audit.jsonl` beside \
                 the evidence, and `readiness check --append`. Or keep the size and the last hash of the chain: `anchor: FILE`."
            }
            Rung::Chained => {
                "Keep a checkpoint of the rows with every run where the writer of the table cannot write: `checkpoint: kept/audit.jsonl` beside \
                 the evidence, and `readiness check --append`."
            }
            Rung::Anchored if self.hold == Hold::Head => {
                "Keep a checkpoint of the rows instead of the head of the chain, and have somebody else sign it: \
                 `readiness audit checkpoint --witness NAME --key FILE`, and their key under `witnesses`."
            }
            Rung::Anchored => {
                "Have somebody else hold the trail against the checkpoint and sign it: `readiness audit checkpoint --witness NAME --key FILE`, \
                 and their key under `witnesses` of the checkpoint."
            }
            Rung::Witnessed => "",
        }
    }

    /// In sentences which attacks would be seen, which in part, and which not: of those the rung that shows them.
    pub fn told(&self) -> Vec<String> {
        let listed = |wanted: &dyn Fn(Sight) -> bool| -> Vec<(Rung, String)> {
            let of = |attack: Attack| {
                let (sight, words) = (self.sight(attack, self.bound), attack.words().1);
                let told = match sight {
                    Sight::Unless(what) => format!("{words} (unless {what})"),
                    Sight::Only(what) => format!("{words} ({what})"),
                    Sight::Seen | Sight::Not => words.to_owned(),
                };
                wanted(sight).then(|| (self.seen_from(attack), told))
            };
            Attack::ALL.into_iter().filter_map(of).collect()
        };
        let by_rung = |all: Vec<(Rung, String)>| {
            let one = |rung: Rung| {
                let these: Vec<&str> = all.iter().filter(|(from, _)| *from == rung).map(|(_, told)| told.as_str()).collect();
                (!these.is_empty())
                    .then(|| format!("{} ({} shows {})", these.join(", "), rung.name(), if these.len() == 1 { "it" } else { "these" }))
            };
            Rung::SOUND.into_iter().filter_map(one).collect::<Vec<_>>().join("; ")
        };
        let seen: Vec<String> = listed(&Sight::is_seen).into_iter().map(|(_, told)| told).collect();
        let parts = [
            ("would be seen", seen.join(", ")),
            ("only in part", by_rung(listed(&|sight| matches!(sight, Sight::Only(_))))),
            ("not seen", by_rung(listed(&|sight| sight == Sight::Not))),
        ];
        let told = parts.into_iter().filter(|(_, list)| !list.is_empty()).map(|(what, list)| format!("{what}: {list}"));
        std::iter::once(self.basis()).chain(told).collect()
    }

    /// What the sights rest on: `integrity chained (native chain)`.
    pub fn basis(&self) -> String {
        let bond = match self.bond {
            Bond::Nothing => "no chain".to_owned(),
            bond => format!("chain: {}", bond.name()),
        };
        let hold = match self.hold {
            Hold::Nothing => "nothing kept elsewhere",
            Hold::Head => "its head kept elsewhere",
            Hold::Rows { signed: false } => "a checkpoint kept elsewhere",
            Hold::Rows { signed: true } => "a signed checkpoint kept elsewhere",
        };
        let rung = if self.reached == self.bound {
            format!("integrity {}", self.reached.name())
        } else {
            format!("integrity {}, and {} once the rows are sound", self.reached.name(), self.bound.name())
        };
        format!("{rung} ({bond}, {hold})")
    }
}
