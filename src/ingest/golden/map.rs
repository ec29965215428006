//! What a map says of golden results of somebody else's design.

use super::layout::Layout;
use super::policy::Policy;
use crate::error::Diagnostic;
use crate::ingest::Request;
use crate::io::yaml;

/// What a map says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// The columns by which a file is known, whatever it is called.
    pub known_by: Vec<String>,
    /// What its columns mean; none in a map for results that a reader knows already.
    pub layout: Option<Layout>,
    /// What is demanded of the results.
    pub policy: Policy,
}

impl Map {
    /// Reads a map; everything wrong with it is added to `errors`.
    pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Map> {
        let before = errors.len();
        let root = yaml::parse(file, text, errors)?;
        let mut fields = root.fields("a golden map", errors);
        fields.require("family");
        if let Some(family) = fields.spanned("family").filter(|f| f.text != "golden") {
            fields.errors.push(Diagnostic::new(family.place, format!("this is a map of the family {}, not of golden", family.text)));
        }
        let map = Map {
            known_by: fields.texts("known_by").into_iter().map(|name| name.text).collect(),
            layout: Layout::parse(&mut fields),
            policy: Policy::parse(&mut fields),
        };
        fields.finish();
        (errors.len() == before).then_some(map)
    }

    /// The map that an entry names, if it names one; what is wrong with it was told before anything was read.
    pub fn of(request: &Request<'_>) -> Option<Map> {
        let (file, text) = request.map?;
        Map::parse(file, text, &mut Vec::new())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let mut errors = Vec::new();
        Map::parse("m.yaml", text, &mut errors);
        errors.iter().map(|e| e.to_string().lines().next().unwrap_or("").to_owned()).collect()
    }

    #[test]
    fn the_shipped_maps_are_in_order() {
        for (name, text) in crate::ingest::MAPS.iter().filter(|(_, text)| text.contains("family: golden")) {
            assert_eq!(mistakes(text), [""; 0], "{name}");
        }
    }

    #[test]
    fn all_mistakes_of_a_map_are_shown() {
        let text = "family: audit\ncolumns: { id: id, questoin: q, latency: { in: l, unit: h } }\n\
                    measures: { f: { at_least: 1, at_most: 2 } }\njudges: { halucination: f }\n\
                    outcomes: { good: [yes], bad: [YES] }\ncategories: { LEGAL: many }\n";
        assert_eq!(
            mistakes(text),
            [
                "m.yaml:1:9: this is a map of the family audit, not of golden",
                "m.yaml:2:57: `h` is no unit of time - the units are ms, s, us and ns",
                "m.yaml:2:20: columns has no key `questoin` - did you mean `question`?",
                "m.yaml:5:32: `YES` is the word of another outcome already",
                "m.yaml:2:10: `outcomes` needs the column `outcome`",
                "m.yaml:3:16: a measure is good from one limit on: `at_least` or `at_most`",
                "m.yaml:6:22: invalid type: string \"many\", expected u64",
                "m.yaml:4:11: judges has no key `halucination` - did you mean `hallucination`?",
            ]
        );
        assert_eq!(mistakes("family: golden\ntable: { separator: ab, decimal: x }\n").len(), 2);
        assert_eq!(
            mistakes("family: golden\njudge: { name: j, calibration: { true_bad: 1, caught: 2, true_good: 1, passed: 1 } }\n").len(),
            1
        );
    }
}
