//! The reference part of a site, derived from what the program holds: packs and their rules, metrics and records, formats
//! and outputs. Nothing of it is kept by hand.

mod catalogue;
mod formats;
mod moved;
mod pack;

pub use formats::Reader;

use crate::lifecycle::Lifecycle;
use crate::page::Page;
use crate::render::parts::escape::{cell, prose};
use crate::rule::Pack;

/// What the navigation calls the pages of rules.
const RULES: &str = "Shipped rules";
/// What it calls the others.
const REFERENCE: &str = "Reference";

/// Every page of the reference, in the order of the navigation.
pub fn pages(packs: &[Pack], ids: &Lifecycle, readers: &[Reader<'_>]) -> Vec<Page> {
    let mut pages = vec![overview(packs)];
    pages.extend(packs.iter().map(pack::page));
    moved::point_on(&mut pages, ids);
    pages.push(catalogue::page());
    pages.push(formats::page(readers));
    pages
}

fn overview(packs: &[Pack]) -> Page {
    let rows: Vec<[String; 3]> =
        packs.iter().map(|pack| [format!("[`{0}`]({0}.md)", pack.name), cell(&pack.about), pack.rules.len().to_string()]).collect();
    let markdown = format!(
        "# All packs\n\n`packs` in `readiness.yaml` names those that apply. What each asks, with every rule and its examples:\n\n{}",
        table(["pack", "what it is for", "rules"], &rows)
    );
    Page { path: "rules/packs.html".to_owned(), title: "All packs".to_owned(), group: RULES.to_owned(), markdown }
}

/// A Markdown table; the cells are Markdown already.
fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&head.map(str::to_owned));
    text.push_str(&line(&head.map(|_| "---".to_owned())));
    text.extend(rows.iter().map(|row| line(row)));
    text.push('\n');
    text
}

/// A text that leads a paragraph, behind a label in bold: so no character of it can begin a list or a heading.
fn labelled(label: &str, text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!("**{label}** {}\n\n", prose(text)) }
}

/// A text in a code block, whatever it holds.
fn block(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{}\n{fence}\n\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::lifecycle::Removed;
    use crate::render::page::page;
    use crate::rule::{Case, Expected, Given, Rule, Severity, Spanned};
    use std::collections::BTreeMap;

    const HOSTILE: &str = "- <script>x</script> | [a](javascript:x) ``` # **b** \n\n# c";

    fn hostile() -> Pack {
        let spanned = || Spanned { text: format!("{HOSTILE}\n````"), ..Spanned::default() };
        let row = BTreeMap::from([(HOSTILE.to_owned(), HOSTILE.to_owned())]);
        let case = Case {
            given: BTreeMap::from([(HOSTILE.to_owned(), Given::Rows(vec![row]))]),
            outcome: Expected::Each(BTreeMap::from([(HOSTILE.to_owned(), "pass".to_owned())])),
            ..Case::default()
        };
        let rule = Rule {
            id: "bad/some-rule".into(),
            pack: "bad".into(),
            question: HOSTILE.into(),
            severity: Some(Severity::P1),
            require: Some(spanned()),
            for_each: Some(spanned()),
            why: HOSTILE.into(),
            fix: HOSTILE.into(),
            owner: Some(HOSTILE.into()),
            controls: vec![HOSTILE.into()],
            cases: vec![case],
            ..Rule::default()
        };
        Pack { name: "bad".into(), title: HOSTILE.into(), about: HOSTILE.into(), rules: vec![rule], ..Pack::default() }
    }

    fn hostile_ids() -> Lifecycle {
        let gone = |id: &str| Removed { id: id.to_owned(), since: HOSTILE.into(), instead: Some(HOSTILE.into()), why: HOSTILE.into() };
        let mut pack = hostile();
        pack.rules[0].renamed_from = vec![
            Spanned { text: "bad/old-rule".into(), ..Spanned::default() },
            Spanned { text: "former/rule".into(), ..Spanned::default() },
            Spanned { text: format!("bad/{HOSTILE}"), ..Spanned::default() },
        ];
        Lifecycle::of(&[pack], vec![gone("bad/gone"), gone(HOSTILE)])
    }

    #[test]
    fn an_old_name_points_on() {
        let pages = pages(&[hostile()], &hostile_ids(), &[]);
        let at = |path: &str| page(pages.iter().find(|page| page.path == path).unwrap(), &pages).unwrap();
        assert!(
            at("rules/bad.html").contains(r##"<h2 id="old-rule">"##) && at("rules/bad.html").contains(r##"href="bad.html#some-rule""##)
        );
        assert!(at("rules/bad.html").contains(r##"<h2 id="gone">"##));
        assert!(
            at("rules/former.html").contains(r##"<h2 id="rule">"##) && at("rules/former.html").contains(r##"href="bad.html#some-rule""##)
        );
    }

    #[test]
    fn texts_of_rules_stay_text() {
        let pages = pages(&[hostile()], &hostile_ids(), &[Reader { family: "tests", name: "junit", about: HOSTILE }]);
        for one in &pages {
            let html = page(one, &pages).unwrap();
            let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
            assert!(!main.contains("<script") && !main.contains("href=\"javascript") && main.matches("<h1").count() == 1, "{main}");
            let widths = one.markdown.split("\n\n").filter(|part| part.starts_with("| ")).map(|part| {
                let cells = |line: &str| line.replace("\\|", "").matches('|').count();
                part.lines().all(|line| cells(line) == cells(part.lines().next().unwrap()))
            });
            assert!(widths.into_iter().all(|even| even), "{}", one.markdown);
        }
        let html = page(&pages[1], &pages).unwrap();
        assert!(html.contains(r##"<h2 id="some-rule">"##) && html.contains(r##"<a href="#some-rule">"##), "{html}");
    }

    #[test]
    fn every_metric_record_family_and_output_is_there() {
        let pages = pages(&[], &Lifecycle::default(), &[]);
        let text: String = pages.iter().map(|page| page.markdown.as_str()).collect();
        let metrics = crate::catalogue::metrics().map(|metric| metric.id);
        let families = crate::catalogue::families().map(|family| family.name);
        for name in metrics.chain(families).chain(crate::render::OUTPUTS.iter().map(|output| output.name)) {
            assert!(text.contains(&format!("`{name}`")), "{name}");
        }
    }
}
