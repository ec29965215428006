#![allow(clippy::unwrap_used)]

use super::*;
use crate::instant::Instant;
use crate::render::sample;
use crate::rule::Severity;

fn system(path: &str, report: Report) -> System {
    System { path: path.to_owned(), report }
}

fn portfolio(systems: Vec<System>) -> Portfolio {
    let page = Page { path: "quick-start.html".into(), title: "Quick start".into(), ..Page::default() };
    Portfolio { title: "Our systems".into(), now: Instant::parse("2026-02-19T12:00:00Z").unwrap(), systems, pages: vec![page] }
}

/// Three systems: one of each verdict, one of them hostile.
fn three() -> Portfolio {
    let ready = sample::over(vec![sample::finding("pr-gate/tests-pass", Severity::P0, Outcome::Pass)]);
    let mut unproven = sample::over(vec![sample::finding("ai-eval/size", Severity::P1, Outcome::NoEvidence)]);
    unproven.project.name = format!("<b>{}", sample::HOSTILE);
    unproven.score.areas[0].name = "ai-eval".into();
    unproven.now = Instant::parse("2026-02-19T10:00:00Z").unwrap();
    portfolio(vec![system("reflexio/report.html", sample::report()), system("b/report.html", unproven), system("c/report.html", ready)])
}

#[test]
fn many_systems_are_counted_and_one_is_named() {
    let many = index(&three()).unwrap();
    assert!(many.contains(r#"<span class="word">1 of 3 systems</span> is ready</h1>"#), "{many}");
    assert!(many.contains(r#"<a class="sys" href="reflexio/report.html"><bdi>Reflexio 24/7</bdi></a>"#));
    assert!(many.contains("and 2 more") && many.contains("36 h</time><br>") && many.contains("not judged"));
    let one = index(&portfolio(vec![system("report.html", sample::report())])).unwrap();
    assert!(one.contains("<bdi>Reflexio 24/7 4.1.1 is </bdi><span class=\"word\">not ready</span></h1>"), "{one}");
    assert!(!one.contains("data-filter=\"systems\""));
    assert!(index(&portfolio(Vec::new())).unwrap().contains("nothing is proven"));
}

#[test]
fn names_are_text_and_pages_are_the_same_every_time() {
    let page = index(&three()).unwrap();
    assert!(page.contains("&#60;b&#62;") && !page.contains("<b>\u{1b}") && !page.contains('\u{1b}'));
    assert_eq!(page, index(&three()).unwrap());
}
