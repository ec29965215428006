use super::*;
use crate::rule::Spanned;

fn rule(id: &str, require: &str, controls: &[&str]) -> Rule {
    let text = |text: &str| Some(Spanned { text: text.to_owned(), ..Spanned::default() });
    Rule {
        id: id.to_owned(),
        require: text(require),
        controls: controls.iter().map(|control| (*control).to_owned()).collect(),
        ..Rule::default()
    }
}

fn told(rules: &[Rule]) -> Vec<(Kind, Vec<String>)> {
    conflicts(rules).into_iter().map(|conflict| (conflict.kind, conflict.rules)).collect()
}

fn names(rules: &[&str]) -> Vec<String> {
    rules.iter().map(|rule| (*rule).to_owned()).collect()
}

/// The case that made this: logs kept for 90 days satisfy one framework, and another asks for six months.
#[test]
fn ninety_days_of_logs_lose_against_six_months() {
    let soc = rule("soc2/logs", "custom.log_retention >= 90d", &["SOC2:CC7.2"]);
    let act = rule("eu-ai-act/logs", "custom.log_retention >= 183d", &["EU-AI-ACT:26.6"]);
    let found = conflicts([&soc, &act]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, &found[0].rules), (Kind::Stricter, &names(&["eu-ai-act/logs", "soc2/logs"])));
    assert_eq!(
        found[0].text,
        "eu-ai-act/logs (EU-AI-ACT) asks for at least 183d and is the strictest; what only satisfies the others does not satisfy it: \
         soc2/logs (SOC2) asks for at least 90d"
    );
    let limit = rule("gdpr/logs", "custom.log_retention <= 90d", &["GDPR:5.1.e"]);
    let found = conflicts([&limit, &act]);
    assert_eq!((found[0].kind, &found[0].rules), (Kind::Contradiction, &names(&["eu-ai-act/logs", "gdpr/logs"])));
    assert!(found[0].text.ends_with("no value satisfies both; EU-AI-ACT:26.6 says at least six months"), "{}", found[0].text);
}

#[test]
fn a_rule_that_asks_for_less_than_the_article_it_names_is_told() {
    for (require, control, short) in [
        ("custom.log_retention >= 180d", "EU-AI-ACT:26.6", true),
        ("custom.log_retention >= 181d", "EU-AI-ACT:26.6", false),
        ("180d <= custom.log_retention", "EU-AI-ACT:26.6", true),
        ("custom.log_retention >= 180d", "EU-AI-ACT:12.1", false),
        ("custom.log_age <= 180d", "EU-AI-ACT:26.6", false),
        ("custom.log_count >= 180", "EU-AI-ACT:26.6", false),
        ("custom.breach_notice <= 73h", "GDPR:33.1", true),
        ("custom.breach_notice <= 3d", "GDPR:33.1", false),
        ("custom.answer <= 31d && custom.answer > 0d", "GDPR:12.3", false),
        ("custom.answer <= 45d || custom.extended", "GDPR:12.3", false),
        ("custom.incident <= 16d", "EU-AI-ACT:73.2", true),
        ("custom.papers >= 3650d", "EU-AI-ACT:18.1", true),
    ] {
        let found = conflicts([&rule("p/r", require, &[control])]);
        assert_eq!(found.iter().any(|conflict| conflict.kind == Kind::Short), short, "{require}: {found:?}");
    }
    let found = conflicts([&rule("p/r", "custom.breach_notice <= 96h", &["GDPR:33.1"])]);
    assert!(found[0].text.contains("GDPR:33.1 says at most 72 hours (Regulation (EU) 2016/679, Article 33(1)"), "{}", found[0].text);
}

#[test]
fn only_what_is_comparable_is_compared() {
    let a = rule("a/r", "tests.failed <= 0", &["SOC2:CC8.1"]);
    assert_eq!(told(&[a.clone(), rule("b/r", "tests.failed <= 5", &["SOC2:CC8.1"])]), [], "one framework");
    assert_eq!(told(&[a.clone(), rule("b/r", "tests.failed <= 5", &[])]), [], "no framework");
    assert_eq!(told(&[a.clone(), rule("b/r", "tests.failed <= 0", &["GDPR:5.2"])]), [], "as strict");
    assert_eq!(told(&[a.clone(), rule("b/r", "tests.errors <= 5", &["GDPR:5.2"])]), [], "something else");
    assert_eq!(told(&[a.clone(), rule("b/r", "tests.failed < 5", &["GDPR:5.2"])]), [(Kind::Stricter, names(&["a/r", "b/r"]))]);
    // The same word is another thing in the rows of another family.
    let each = |family: &str, limit: &str| {
        let for_each = Some(Spanned { text: family.to_owned(), ..Spanned::default() });
        Rule { for_each, ..rule(&format!("{family}/r"), limit, &[if family == "x" { "GDPR:5.2" } else { "SOC2:CC8.1" }]) }
    };
    assert_eq!(told(&[each("x", "line >= 50%"), each("y", "line >= 60%")]), []);
    assert_eq!(told(&[each("x", "line >= 50%"), each("x", "line <= 40%")]), [(Kind::Contradiction, names(&["x/r", "x/r"]))]);
    // Rules for different occasions never meet.
    let on = |profile: &str, limit: &str| {
        let when = Some(Spanned { text: format!("profile == \"{profile}\""), ..Spanned::default() });
        Rule { when, ..rule(profile, limit, &[if profile == "pr" { "GDPR:5.2" } else { "SOC2:CC8.1" }]) }
    };
    assert_eq!(told(&[on("pr", "tests.total >= 5"), on("release", "tests.total < 5")]), []);
    assert_eq!(told(&[on("pr", "tests.total >= 5"), rule("b/r", "tests.total < 5", &["SOC2:CC8.1"])]).len(), 1);
}

/// The shipped packs go together.
#[test]
fn the_shipped_packs_contradict_nothing() {
    let mut errors = Vec::new();
    let packs = crate::evaluate::pack::shipped().into_iter().filter_map(crate::evaluate::pack::embedded);
    let packs = crate::evaluate::pack::read(&packs.collect::<Vec<_>>(), crate::instant::Instant(0), &mut errors);
    let found = conflicts(packs.iter().flat_map(|pack| &pack.rules));
    assert!(found.iter().all(|conflict| conflict.kind == Kind::Stricter), "{found:?}");
}
