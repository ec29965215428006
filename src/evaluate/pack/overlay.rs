//! Lays one file over the rule it overrides: what it names takes the place of what was there, and may only ask for more.

use super::{relax, rule};
use crate::error::Diagnostic;
use crate::evaluate::difference::changes;
use crate::instant::Instant;
use crate::io::yaml::Node;
use crate::rule::{Change, Eased, Place, Relax, Rule, Setting, Severity, Spanned, Way};
use crate::waiver::Limits;

/// A file with `overrides`.
pub(super) struct Overlay {
    /// The rule it is laid over.
    pub over: Spanned,
    /// All that it says.
    pub node: Node,
}

impl Overlay {
    /// The file as an overlay, if it overrides anything.
    pub fn of(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Overlay> {
        let (key, target) = node.entry("overrides")?;
        let text = target.scalar().unwrap_or_default();
        if text.is_empty() {
            let help = Some("write `overrides: pack/rule`".to_owned());
            errors.push(Diagnostic::new(key.place.clone(), "`overrides` must name one rule").help(help));
        }
        Some(Overlay { over: Spanned { text: text.to_owned(), place: target.place.clone(), turns: Vec::new() }, node: node.clone() })
    }
}

/// A rule and the layers over it.
pub(super) struct Stack {
    /// What all layers come to that ask for no less.
    strict: (Node, Rule),
    /// What the layers in force come to, once there is a layer.
    now: Option<Node>,
    layers: Vec<Rule>,
    settings: Vec<Setting>,
    outdated: Vec<Spanned>,
    eased: Vec<Eased>,
}

/// Texts, and what is only ever added: they change no outcome.
const HARMLESS: [&str; 7] = ["question", "owner", "controls", "runbook", "why", "fix", "cases"];

impl Stack {
    /// A rule that nothing lies over yet.
    pub fn new(node: Node, rule: Rule) -> Stack {
        Stack {
            now: None,
            settings: settings(&node, |_| None),
            layers: Vec::new(),
            strict: (node, rule),
            outdated: Vec::new(),
            eased: Vec::new(),
        }
    }

    /// Lays a file over it, as of `now`. One that may not lie there is a mistake, and leaves the rule as it was.
    ///
    /// It is held against the layers that ask for no less: what is relaxed below counts again when its time is over.
    pub fn lay(&mut self, overlay: &Overlay, now: Instant, errors: &mut Vec<Diagnostic>) {
        let mut mistakes = Vec::new();
        let permission = overlay.node.entry("relax").map(|(_, node)| relax::relax(node, &mut mistakes));
        let node = laid(&self.strict.0, &overlay.node);
        let mut rule = self.read(&node, &mut mistakes);
        if !mistakes.is_empty() {
            // What is wrong below was said there.
            mistakes.into_iter().for_each(|mistake| {
                if !errors.contains(&mistake) {
                    errors.push(mistake)
                }
            });
            return;
        }
        let before = errors.len();
        let changes = changes(&self.strict.1, &rule);
        let holds = match permission.flatten() {
            None => {
                errors.extend(changes.iter().filter(|c| !is_tight(c)).map(|change| self.refused(change, &node)));
                true
            }
            Some(relax) => {
                errors.extend(self.misused(&relax, &changes, &node, now));
                let holds = relax.holds(now);
                let changes = changes.iter().filter(|c| !is_tight(c)).cloned().collect();
                rule.eased = vec![Eased { relax, changes }];
                self.eased.extend(rule.eased.iter().cloned());
                holds
            }
        };
        if errors.len() > before {
            return;
        }
        if holds {
            self.now = Some(laid(self.now.as_ref().unwrap_or(&self.strict.0), &overlay.node));
            self.settings.extend(settings(&overlay.node, |field| changes.iter().find(|c| c.field == field).map(|c| c.way)));
        }
        if self.layers.is_empty() {
            self.layers.push(self.strict.1.clone());
        }
        self.layers.push(rule.clone());
        if overlay.node.entry("relax").is_none() {
            self.strict = (node, rule);
        }
    }

    /// Notes that a layer calls the rule by an old name.
    pub fn called(&mut self, old: &Spanned) {
        self.outdated.push(old.clone());
    }

    /// The rule that judges.
    pub fn rule(self, errors: &mut Vec<Diagnostic>) -> Rule {
        let rule = self.now.as_ref().map_or_else(|| self.strict.1.clone(), |now| self.read(now, errors));
        let Stack { layers, settings, outdated, eased, .. } = self;
        Rule { layers, settings, outdated, eased, ..rule }
    }

    /// A node as the rule it is about.
    fn read(&self, node: &Node, errors: &mut Vec<Diagnostic>) -> Rule {
        let Rule { id, pack, scope, .. } = &self.strict.1;
        Rule { scope: scope.clone(), ..rule::read(node, id, pack, errors) }
    }

    /// A change that nobody allowed.
    fn refused(&self, change: &Change, node: &Node) -> Diagnostic {
        let Change { field, was, is, way } = change;
        let (was, is) = (shown(was), shown(is));
        let at = place(&self.strict.0, field).map_or_else(|| "not said there".to_owned(), |at| format!("{}:{}", at.file, at.line));
        let message = match way {
            Way::Looser => format!("`{field}` asks for less than the rule it overrides: it was {was} ({at}), and is {is}"),
            _ => format!("whether `{field}` asks for as much as the rule it overrides cannot be told: it was {was} ({at}), and is {is}"),
        };
        let help = "tighten one limit or add `&& …`; to ask for less for a while, add `relax: { reason, owner, approved_by, until }`";
        Diagnostic::new(place(node, field).unwrap_or(&node.place).clone(), message).help(Some(help.to_owned()))
    }

    /// What is wrong with a permission: it allows nothing, is mixed with what must outlast it, or ends too late.
    fn misused(&self, relax: &Relax, changes: &[Change], node: &Node, now: Instant) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let tighter = changes.iter().filter(|change| change.way == Way::Tighter);
        found.extend(tighter.map(|change| {
            let message = format!("`{}` asks for more, and would lapse with the `relax` of this file", change.field);
            let help = "put it into a layer of its own: a file without `relax`, in another pack";
            Diagnostic::new(place(node, change.field).unwrap_or(&node.place).clone(), message).help(Some(help.to_owned()))
        }));
        if changes.iter().all(is_tight) && found.is_empty() {
            let help = Some("remove it".to_owned());
            found.push(Diagnostic::new(relax.place.clone(), "`relax` allows nothing: nothing here asks for less").help(help));
        }
        let severity = self.strict.1.severity.unwrap_or(Severity::P0);
        found.extend(too_late(relax, severity, now));
        found
    }
}

/// A permission that ends later than one of a rule of this severity may.
pub fn too_late(relax: &Relax, severity: Severity, now: Instant) -> Option<Diagnostic> {
    let limits = Limits::default();
    let last = limits.last_day(now, severity).date();
    (relax.until.date() > last).then(|| {
        let days = limits.days(severity);
        let message = format!("the relax ends on {}, more than {days} days from now", relax.until.date());
        let help = format!("what is {severity} may be relaxed for at most {days} days; as of now the last day is {last}");
        Diagnostic::new(relax.place.clone(), message).help(Some(help))
    })
}

/// Whether a change asks for no less.
fn is_tight(change: &Change) -> bool {
    match change.way {
        Way::Tighter => true,
        Way::Different => HARMLESS.contains(&change.field),
        Way::Looser => false,
    }
}

fn shown(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") }
}

/// Where a field stands: `evidence.max_age` is a key inside `evidence`.
fn place<'n>(node: &'n Node, field: &str) -> Option<&'n Place> {
    let (outer, inner) = field.split_once('.').map_or((field, None), |(outer, inner)| (outer, Some(inner)));
    let (key, value) = node.entry(outer)?;
    match inner.and_then(|inner| value.entry(inner)) {
        Some((_, value)) => Some(&value.place),
        None if value.scalar().is_some() => Some(&value.place),
        None => Some(&key.place),
    }
}

/// `below` with what `over` names in the place of its own, inside a mapping key by key. Controls are added; cases are of one
/// layer only.
fn laid(below: &Node, over: &Node) -> Node {
    let mut entries: Vec<(Spanned, Node)> = below.entries().unwrap_or_default().to_vec();
    entries.retain(|(key, _)| key.text != "cases");
    for (key, value) in over.entries().unwrap_or_default() {
        if ["overrides", "relax"].contains(&key.text.as_str()) {
            continue;
        }
        match entries.iter_mut().find(|(known, _)| known.text == key.text) {
            None => entries.push((key.clone(), value.clone())),
            Some(known) => {
                let value = match (known.1.items(), value.items()) {
                    (Some(old), Some(new)) if key.text == "controls" => joined(old, new, value),
                    _ if known.1.entries().is_some() && value.entries().is_some() => laid(&known.1, value),
                    _ => value.clone(),
                };
                *known = (key.clone(), value);
            }
        }
    }
    Node::mapping(over.place.clone(), entries)
}

fn joined(old: &[Node], new: &[Node], at: &Node) -> Node {
    let fresh = new.iter().filter(|item| !old.iter().any(|known| known.scalar() == item.scalar()));
    Node::sequence(at.place.clone(), old.iter().chain(fresh).cloned().collect())
}

/// What a file sets, field by field.
fn settings(node: &Node, way: impl Fn(&str) -> Option<Way>) -> Vec<Setting> {
    let mut found = Vec::new();
    for (key, value) in node.entries().unwrap_or_default() {
        if ["overrides", "relax", "cases"].contains(&key.text.as_str()) {
            continue;
        }
        let mut set = |field: String, key: &Spanned, value: &Node| {
            let way = way(&field);
            found.push(Setting { text: text(value), place: key.place.clone(), way, field });
        };
        match value.entries() {
            Some(inner) => inner.iter().for_each(|(inner, value)| set(format!("{}.{}", key.text, inner.text), inner, value)),
            None => set(key.text.clone(), key, value),
        }
    }
    found
}

/// A value on one line.
fn text(node: &Node) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match (node.scalar(), node.items(), node.entries()) {
        (Some(text), ..) => words(text),
        (_, Some(items), _) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        (.., Some(entries)) => entries.iter().map(|(key, value)| format!("{}: {}", key.text, text(value))).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}
