//! Reports that end too early: none passes for a whole one.

#![allow(clippy::unwrap_used)]

use super::evidence;
use crate::ingest::Family;
use crate::ingest::coverage::Coverage;
use crate::io::fs;
use std::path::Path;

/// Where a file of a text format may end, because nothing says how many records it has.
fn may_end(format: &str, text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"TN:"));
    match format {
        "lcov" => lines.next_back() == Some(b"end_of_record"),
        "gocover" => text.ends_with(b"\n"),
        _ => false,
    }
}

#[test]
fn every_report_is_cut_at_every_hundredth() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    for format in Coverage::FORMATS.iter().map(|format| format.name) {
        let folder = root.join(format);
        for name in fs::files(&folder).iter().filter(|name| ![".md", ".sh", ".py", ".expected.json"].iter().any(|end| name.ends_with(end)))
        {
            let bytes = fs::read_bytes(&folder.join(name)).unwrap();
            let whole = bytes.trim_ascii_end().len();
            for hundredth in 0..100 {
                let cut = &bytes[..(whole - 1) * hundredth / 100];
                let silent = evidence(&[cut]).problems.is_empty();
                assert!(!silent || may_end(format, cut), "{format}/{name} at {} of {whole} bytes", cut.len());
            }
        }
    }
}
