//! What became of the ids of rules: some rules have another name by now, some are gone. Whoever wrote the old name down meant
//! something, and is told what it is today.

use crate::rule::{Pack, Rule, instead};
use std::collections::BTreeMap;

/// A rule that is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Its id.
    pub id: String,
    /// Since which version.
    pub since: String,
    /// The rule to use instead; it may be gone too by now.
    pub instead: Option<String>,
    /// Why.
    pub why: String,
}

/// Every id that is not a rule's today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// The old id, and the rule's own.
    renamed: BTreeMap<String, String>,
    removed: BTreeMap<String, Removed>,
}

impl Lifecycle {
    /// What the rules of these packs were called, and those that were removed from packs that are shipped.
    pub fn of(packs: &[Pack], removed: Vec<Removed>) -> Lifecycle {
        Lifecycle::of_rules(packs.iter().flat_map(|pack| &pack.rules), removed)
    }

    /// What these rules were called, and those that were removed.
    pub fn of_rules<'r>(rules: impl Iterator<Item = &'r Rule>, removed: Vec<Removed>) -> Lifecycle {
        let renamed = rules.flat_map(|rule| rule.renamed_from.iter().map(|old| (old.text.clone(), rule.id.clone()))).collect();
        Lifecycle { renamed, removed: removed.into_iter().map(|removed| (removed.id.clone(), removed)).collect() }
    }

    /// What the rule that was called `id` is called today, if it is called otherwise.
    pub fn renamed(&self, id: &str) -> Option<&str> {
        self.renamed.get(id).map(String::as_str)
    }

    /// The id that stands for `id` today.
    pub fn today<'a>(&'a self, id: &'a str) -> &'a str {
        self.renamed(id).unwrap_or(id)
    }

    /// Every old id with the id of today, in order.
    pub fn all_renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.renamed.iter().map(|(old, new)| (old.as_str(), new.as_str()))
    }

    /// Every rule that is gone, in order of id.
    pub fn all_removed(&self) -> impl Iterator<Item = &Removed> {
        self.removed.values()
    }

    /// "`a/b` is called `a/c` now", for an id that was renamed.
    pub fn note(&self, id: &str) -> Option<String> {
        self.renamed(id).map(|new| format!("`{id}` is called `{new}` now"))
    }

    /// "`a/b` was removed in 0.3.0: why; use `a/c`", for an id that is gone.
    pub fn gone(&self, id: &str) -> Option<String> {
        let removed = self.removed.get(id)?;
        let why = removed.why.trim_end_matches('.');
        Some(format!("`{id}` was removed in {}: {why}{}", removed.since, instead(self.successor(removed))))
    }

    /// The rule to use instead of one that is gone, as it is called today. What replaced it may be gone as well.
    pub fn successor<'a>(&'a self, removed: &'a Removed) -> Option<&'a str> {
        let mut next = removed.instead.as_deref()?;
        for _ in 0..=self.removed.len() {
            next = self.today(next);
            match self.removed.get(next) {
                None => return Some(next),
                Some(removed) => next = removed.instead.as_deref()?,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rule::Spanned;

    fn lifecycle() -> Lifecycle {
        let old = |text: &str| Spanned { text: text.to_owned(), ..Spanned::default() };
        let rule = Rule { id: "a/new".into(), renamed_from: vec![old("a/old"), old("b/older")], ..Rule::default() };
        let gone = |id: &str, instead: Option<&str>| Removed {
            id: id.to_owned(),
            since: "0.3.0".to_owned(),
            instead: instead.map(str::to_owned),
            why: "It counted twice.".to_owned(),
        };
        let pack = Pack { rules: vec![rule], ..Pack::default() };
        Lifecycle::of(
            &[pack],
            vec![
                gone("a/x", Some("a/y")),
                gone("a/y", Some("b/older")),
                gone("a/z", None),
                gone("a/u", Some("a/v")),
                gone("a/v", Some("a/u")),
            ],
        )
    }

    #[test]
    fn an_old_name_leads_to_the_rule() {
        let ids = lifecycle();
        assert_eq!([ids.today("a/old"), ids.today("b/older"), ids.today("a/new")], ["a/new"; 3]);
        assert_eq!(ids.note("a/old").unwrap(), "`a/old` is called `a/new` now");
        assert_eq!(ids.note("a/new"), None);
    }

    #[test]
    fn what_is_gone_says_what_to_use() {
        let ids = lifecycle();
        assert_eq!(ids.gone("a/x").unwrap(), "`a/x` was removed in 0.3.0: It counted twice; use `a/new`");
        assert_eq!(ids.gone("a/z").unwrap(), "`a/z` was removed in 0.3.0: It counted twice");
        assert_eq!(ids.gone("a/u").unwrap(), "`a/u` was removed in 0.3.0: It counted twice", "what leads in a circle leads nowhere");
        assert_eq!(ids.gone("a/new"), None);
    }
}
