#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::config::Declared;
use crate::evidence::Evidence;
use crate::ingest::testing::{is_clean, problems, read};
use crate::metric::Value;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn telemetry(text: &[u8]) -> Evidence {
    read("telemetry", &[("metrics.prom", text)], &BTreeMap::new())
}

fn said(text: &str) -> Vec<String> {
    problems(&telemetry(text.as_bytes()))
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("fixtures/formats/prometheus/{name}")).unwrap()
}

fn declared(id: &str, kind: &str, sample: &str, labels: &[(&str, &str)]) -> BTreeMap<String, Declared> {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let metric = Declared { id: id.into(), kind: kind.into(), unit: "".into(), about: "it".into(), sample: Some((sample.into(), labels)) };
    BTreeMap::from([(id.to_owned(), metric)])
}

#[test]
fn the_example_project_is_read() {
    let text = std::fs::read("fixtures/reflexio/evidence/metrics.prom").unwrap();
    let evidence =
        read("telemetry", &[("metrics.prom", &text)], &declared("telemetry.rate", "ratio", "reflexio_hallucination_rate_24h", &[]));
    let windowed = |(line, name): (u32, &str)| {
        format!(
            "warning windowed-counter:{line}: `reflexio_retention_{name}_7d` is typed counter, but a value over a window falls too: it is a gauge"
        )
    };
    assert_eq!(problems(&evidence), [(32, "operations"), (35, "deleted_records"), (38, "errors")].map(windowed));
    assert_eq!(evidence.metric("telemetry.families").unwrap().value, Value::Count(15));
    assert_eq!(evidence.metric("telemetry.rate").unwrap().value, Value::ratio(23, 10_000));
    assert_eq!(evidence.sources[0].collected_at.unwrap().to_string(), "2026-02-17T23:10:00Z");
    assert_eq!(evidence.sources[0].content, "15 families, 15 samples");
    let row = &evidence.rows("telemetry.sample")[7];
    assert_eq!((row.subject(), row.text("type")), ("reflexio_hallucination_rate_24h", Some("gauge")));
    assert_eq!((row.number("value"), row.text("help")), (Some(0.0023), Some("Hallucination rate (last 24h)")));
}

#[test]
fn what_real_tools_write_is_read_without_a_warning() {
    for (name, families, samples) in [("client.prom", 9, 18), ("client.openmetrics", 6, 18), ("node-exporter.prom", 54, 69)] {
        let evidence = telemetry(&fixture(name));
        assert!(problems(&evidence).iter().all(|said| said.starts_with("note no-data")), "{name}: {:?}", problems(&evidence));
        assert_eq!(evidence.metric("telemetry.families").unwrap().value, Value::Count(families), "{name}");
        assert_eq!(evidence.rows("telemetry.sample").len(), samples, "{name}");
    }
    let row = &telemetry(&fixture("client.openmetrics")).rows("telemetry.sample")[2].clone();
    assert_eq!(row.subject(), "http_requests_total{code=\"500\",path=\"say \\\"no\\\"\\nor \\\\\"}");
    assert_eq!(row.text("type"), Some("counter"));
}

#[test]
fn a_damaged_file_says_what_is_wrong_and_where() {
    assert_eq!(
        problems(&telemetry(&fixture("damaged.prom"))),
        [
            "warning type-out-of-place:3: the type of `errors_7d` is given behind its samples",
            "error duplicate-series:6: `queue` is on line 5 already: which of the two holds?",
            "error impossible-value:8: the counter `served` cannot be -1",
            "error malformed:9:20: the quote is not closed",
            "error malformed:10:4: a number should stand here",
            "error malformed:11: `gouge` is no type of a metric",
            "warning windowed-counter:3: `errors_7d` is typed counter, but a value over a window falls too: it is a gauge",
        ]
    );
}

#[test]
fn a_cut_shows() {
    assert_eq!(said("a_b 0.0023"), ["error truncated: the file ends in the middle of a line"]);
    assert_eq!(said("# TYPE a counter\na_total 1\n"), ["error truncated: the file ends without `# EOF`, which OpenMetrics demands"]);
    assert_eq!(said("# TYPE a counter\na_total 1\n# EOF"), [""; 0]);
    assert_eq!(
        said("# TYPE a gauge\n"),
        ["error no-samples: the exposition has no sample", "note no-data: announced, and without a sample: a"]
    );
    assert_eq!(said("a_b 1\n# EOF\nb_c 2\n"), ["error after-end:3: there is something after `# EOF`"]);
    let whole = fixture("client.openmetrics");
    for cut in 0..whole.len() - 1 {
        assert!(!is_clean(&telemetry(&whole[..cut])), "cut to {cut} bytes");
    }
    // Without `# EOF` a cut between two lines does not show; what is lost is missing where it is asked for.
    let whole = fixture("client.prom");
    for cut in (0..whole.len()).filter(|cut| *cut == 0 || whole[cut - 1] != b'\n') {
        assert!(!is_clean(&telemetry(&whole[..cut])), "cut to {cut} bytes");
    }
}

#[test]
fn points_of_a_series_follow_each_other_in_open_metrics_only() {
    let points = "# TYPE a gauge\na 1 1.5\na 2 2.5\n# EOF\n";
    let evidence = telemetry(points.as_bytes());
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(evidence.rows("telemetry.sample")[0].number("value"), Some(2.0));
    assert_eq!(evidence.sources[0].collected_at.unwrap().to_string(), "1970-01-01T00:00:02.500Z");
    assert_eq!(
        said("a_b 1 1000\na_b 2 2000\n"),
        ["error duplicate-series:2: `a_b` is there more than once, which only OpenMetrics allows"]
    );
    assert_eq!(said("a_b 1 3.5\na_b 2 2.5\n# EOF\n"), ["error duplicate-series:2: `a_b` is on line 1 already: which of the two holds?"]);
    let late = "a_b 1 253402300799999\n# EOF\n";
    assert_eq!(said(late), ["error impossible-value: a timestamp lies behind the year 9999; OpenMetrics has them in seconds"]);
}

#[test]
fn histograms_add_up() {
    let histogram = |buckets: &str| said(&format!("# TYPE h histogram\n{buckets}h_sum 1\nh_count 4\n"));
    assert_eq!(histogram("h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 4\n"), [""; 0]);
    for (buckets, fault) in [
        ("h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\n", "its buckets are not in order, or a count falls"),
        ("h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 5\n", "the bucket `+Inf` and the count differ"),
        ("h_bucket{le=\"1\"} 3\n", "it has no bucket `+Inf`"),
    ] {
        assert_eq!(histogram(buckets), [format!("warning histogram-inconsistent:1: histogram `h`: {fault}")]);
    }
    assert_eq!(histogram("h_bucket 3\n"), ["error malformed:2: a bucket of `h` has no bound `le`"]);
    assert_eq!(said("# TYPE s summary\ns{quantile=\"2\"} 1\n"), ["error malformed:2: the quantile of `s` is none"]);
    assert_eq!(said("# TYPE s summary\ns{quantile=\"0.5\"} NaN\n"), [""; 0]);
    assert_eq!(said("a_b 1\nc 1\na_b{x=\"y\"} 2\n"), ["warning family-in-pieces:3: the samples of `a_b` do not stand together"]);
}

#[test]
fn a_declared_metric_is_one_sample_or_none() {
    let text = "up{job=\"a\"} 1\nup{job=\"b\"} 0\nload 0.5\nload{cpu=\"1\"} 0.7\nrate_x NaN\n";
    let find = |kind: &str, sample: &str, labels: &[(&str, &str)]| {
        let evidence = read("telemetry", &[("m.prom", text.as_bytes())], &declared("telemetry.x", kind, sample, labels));
        (evidence.metric("telemetry.x").map(|metric| metric.value.clone()), problems(&evidence))
    };
    assert_eq!(find("count", "up", &[("job", "b")]), (Some(Value::Count(0)), vec![]));
    assert_eq!(find("ratio", "load", &[]), (Some(Value::ratio(5, 10)), vec![]));
    for (kind, sample, labels, why) in [
        ("count", "up", &[][..], "warning declared-metric: 2 samples are `up`, which `telemetry.x` is read from"),
        ("count", "down", &[("job", "a")][..], "warning declared-metric: no sample `down{job=\"a\"}`, which `telemetry.x` is read from"),
        (
            "ratio",
            "rate_x",
            &[][..],
            "warning declared-metric:5: `telemetry.x` cannot be read from NaN: a share cannot be negative, endless or longer than 19 digits",
        ),
        ("count", "load", &[][..], "warning declared-metric:3: `telemetry.x` cannot be read from 0.5: a count is a whole number"),
    ] {
        assert_eq!(find(kind, sample, labels), (None, vec![why.to_owned()]));
    }
}

#[test]
fn other_files_are_left_alone() {
    for text in ["max_age: 5\n", "total 12\n", "{\"type\":\"run\"}\n", "mode: set\n", "<a/>\n", "# Title\n\nText\n", "name,value\na,1\n"] {
        assert!(said(text)[0].starts_with("error unknown-format: no telemetry reader knows this format"), "{text}");
    }
}

#[test]
fn hopeless_files_are_given_up() {
    let text = format!("a_b 1\n# TYPE c gauge\n{}", "x y z\n".repeat(10_000));
    let problems = said(&text);
    assert_eq!(problems[100], "error too-many-mistakes:102: 100 mistakes: the rest is not read");
    assert_eq!(problems.len(), 102);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut all = b"# TYPE a histogram\n".to_vec();
        all.extend(&bytes);
        let _ = telemetry(&all);
    }

    #[test]
    fn any_text_is_read_without_panic(text in "[a-z_{}\"=,.0-9 #\\\\\n-]{0,80}") {
        let _ = said(&format!("# TYPE a counter\n{text}"));
    }
}
