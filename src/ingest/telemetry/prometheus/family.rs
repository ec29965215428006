//! Metric families: which samples belong together, and what does not fit.

use crate::ingest::telemetry::identity;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The type of a family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Type {
    /// Goes up only.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size, cumulated.
    Histogram,
    /// A histogram that goes down too.
    GaugeHistogram,
    /// Quantiles.
    Summary,
    /// Facts as labels.
    Info,
    /// One of a few states.
    StateSet,
    /// Not said.
    #[default]
    Untyped,
}

impl Type {
    /// The type that a `# TYPE` line names.
    pub fn named(word: &str) -> Option<Type> {
        Some(match word {
            "counter" => Type::Counter,
            "gauge" => Type::Gauge,
            "histogram" => Type::Histogram,
            "gaugehistogram" => Type::GaugeHistogram,
            "summary" => Type::Summary,
            "info" => Type::Info,
            "stateset" => Type::StateSet,
            "untyped" | "unknown" => Type::Untyped,
            _ => return None,
        })
    }

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Type::Counter => "counter",
            Type::Gauge => "gauge",
            Type::Histogram => "histogram",
            Type::GaugeHistogram => "gaugehistogram",
            Type::Summary => "summary",
            Type::Info => "info",
            Type::StateSet => "stateset",
            Type::Untyped => "untyped",
        }
    }

    /// Whether only OpenMetrics has it.
    pub const fn is_open_metrics(self) -> bool {
        matches!(self, Type::Info | Type::StateSet | Type::GaugeHistogram)
    }

    /// The endings that samples of such a family add to its name.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Type::Counter => &["_total", "_created"],
            Type::Histogram => &["_bucket", "_sum", "_count", "_created"],
            Type::GaugeHistogram => &["_bucket", "_gsum", "_gcount"],
            Type::Summary => &["_sum", "_count", "_created"],
            Type::Info => &["_info"],
            Type::Gauge | Type::StateSet | Type::Untyped => &[],
        }
    }
}

#[derive(Default)]
struct Family {
    kind: Option<Type>,
    /// Where its type stands.
    line: u64,
    help: Option<Arc<str>>,
    samples: u64,
    in_pieces: bool,
}

/// The buckets of one histogram series so far.
#[derive(Default)]
struct Buckets {
    last: Option<(f64, f64)>,
    falls: bool,
    count: Option<f64>,
}

/// All families of a file.
#[derive(Default)]
pub struct Families {
    families: BTreeMap<String, Family>,
    current: String,
    buckets: BTreeMap<(String, String), Buckets>,
}

impl Families {
    /// Takes a `# HELP` line.
    pub fn help(&mut self, name: &str, help: String) {
        self.families.entry(name.to_owned()).or_default().help.get_or_insert(help.into());
    }

    /// Takes a `# TYPE` line; says what is wrong with where it stands.
    pub fn declare(&mut self, name: &str, kind: Type, line: u64) -> Option<&'static str> {
        let family = self.families.entry(name.to_owned()).or_default();
        family.line = line;
        if family.kind.replace(kind).is_some() {
            return Some("is given twice");
        }
        (family.samples > 0).then_some("is given behind its samples")
    }

    /// The family of a sample, its type, and whether it is the first that stands apart from its family.
    pub fn of(&mut self, sample: &str) -> (String, Type, bool) {
        let typed = |name: &str| self.families.get(name).and_then(|family| family.kind);
        let (name, kind) = match typed(sample) {
            Some(kind) => (sample, kind),
            None => {
                let stems = sample.match_indices('_').map(|(at, _)| sample.split_at(at));
                let found = stems.rev().find_map(|(stem, ending)| {
                    let kind = typed(stem).filter(|kind| kind.endings().contains(&ending))?;
                    Some((stem, kind))
                });
                found.unwrap_or((sample, Type::Untyped))
            }
        };
        let name = name.to_owned();
        let family = self.families.entry(name.clone()).or_default();
        let apart = family.samples > 0 && self.current != name && !family.in_pieces;
        family.in_pieces |= apart;
        family.samples += 1;
        self.current.clone_from(&name);
        (name, kind, apart)
    }

    /// Takes a part of a histogram or summary; says what is wrong with its labels.
    pub fn part(&mut self, family: &str, kind: Type, name: &str, labels: &BTreeMap<String, String>, value: f64) -> Option<String> {
        if kind == Type::Summary && labels.get("quantile").is_some_and(|q| !q.parse().is_ok_and(|q: f64| (0.0..=1.0).contains(&q))) {
            return Some(format!("the quantile of `{name}` is none"));
        }
        if kind != Type::Histogram || !(name.ends_with("_bucket") || name.ends_with("_count")) {
            return None;
        }
        let mut rest = labels.clone();
        let bound = rest.remove("le");
        let buckets = self.buckets.entry((family.to_owned(), identity("", &rest))).or_default();
        if name.ends_with("_count") {
            buckets.count = Some(value);
            return None;
        }
        let Some(bound) = bound.and_then(|bound| bound.parse::<f64>().ok()).filter(|bound| !bound.is_nan()) else {
            return Some(format!("a bucket of `{family}` has no bound `le`"));
        };
        buckets.falls |= buckets.last.is_some_and(|(last, count)| bound <= last || value < count);
        buckets.last = Some((bound, value));
        None
    }

    /// What does not fit in whole families: a code, the line of the type, and a sentence each.
    pub fn lint(&self) -> Vec<(&'static str, u64, String)> {
        let windowed = self.families.iter().filter(|(name, family)| family.kind == Some(Type::Counter) && is_windowed(name));
        let mut found: Vec<_> = windowed
            .map(|(name, family)| {
                let message = format!("`{name}` is typed counter, but a value over a window falls too: it is a gauge");
                ("windowed-counter", family.line, message)
            })
            .collect();
        let mut broken: Vec<(&str, &str)> = self.buckets.iter().filter_map(|((name, _), b)| Some((name.as_str(), b.fault()?))).collect();
        broken.dedup_by_key(|(name, _)| *name);
        found.extend(broken.into_iter().map(|(name, fault)| {
            let line = self.families.get(name).map_or(1, |family| family.line);
            ("histogram-inconsistent", line, format!("histogram `{name}`: {fault}"))
        }));
        found.sort_by_key(|(_, line, _)| *line);
        found
    }

    /// Families that are announced and have no sample.
    pub fn silent(&self) -> impl Iterator<Item = &str> {
        self.families.iter().filter(|(_, family)| family.samples == 0).map(|(name, _)| name.as_str())
    }

    /// How many families have a sample.
    pub fn count(&self) -> usize {
        self.families.values().filter(|family| family.samples > 0).count()
    }

    /// The help of a family.
    pub fn helped(&self, name: &str) -> Option<Arc<str>> {
        self.families.get(name)?.help.clone()
    }
}

impl Buckets {
    fn fault(&self) -> Option<&'static str> {
        match (self.last, self.count) {
            _ if self.falls => Some("its buckets are not in order, or a count falls"),
            (Some((f64::INFINITY, all)), Some(count)) if all != count => Some("the bucket `+Inf` and the count differ"),
            (Some((f64::INFINITY, _)), _) | (None, _) => None,
            _ => Some("it has no bucket `+Inf`"),
        }
    }
}

/// Whether a name says that the value is one of the last minutes, hours or days: `errors_7d`, `requests_5m_total`.
fn is_windowed(name: &str) -> bool {
    let name = name.strip_suffix("_total").unwrap_or(name);
    let Some(last) = name.rsplit('_').next() else { return false };
    let unit = last.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < last.len() && ["s", "m", "min", "h", "d", "w"].contains(&unit)
}
