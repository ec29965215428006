#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, named, read};
use crate::ingest::testing::problems;

const HEAD: &str = "#logging stats for session x\n#[Histogram log format version 1.0]\n#[StartTime: 1770000000.500 (seconds since epoch), …]\n\
                    #[TimeUnit: NANOSECONDS]\n#Tag,Interval_Start,Interval_Length,count,min,p50,p95,p99,max\n";

#[test]
fn intervals_are_samples_and_an_empty_one_is_none() {
    let evidence = read(&format!(
        "{HEAD}Tag=read.servicetime,0.5,1.5,9,1,10,20,30,40\nTag=read.servicetime,2.0,1.0,0,0,0,0,0,0\n\
         Tag=read.servicetime,3.0,1.0,9,1,12,20,30,40\nTag=read.tries,3.0,1.0,9,1,1,1,2,3\n"
    ));
    let shown = figures(&evidence);
    assert_eq!(shown[1], "read.servicetime p50 11 ns lower [10, 12]");
    assert_eq!(shown[5], "read.tries p50 1  lower");
    assert_eq!(shown.len(), 8);
    assert_eq!(evidence.sources[0].collected_at.unwrap().to_string(), "2026-02-02T02:40:04.500Z");
    assert_eq!(problems(&evidence).len(), 1, "which way is better for numbers is told to be assumed");
}

#[test]
fn hdr_histograms_own_log_gives_its_maximum() {
    let log = "#[Histogram log format version 1.3]\n#[StartTime: 1770000000.000 (seconds since epoch), …]\n\
               \"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n\
               0.127,1.007,2.769,HISTFAAAAEV42pNpmSzMwMDA\nTag=b,1.134,0.999,8.5,HISTFAAAAEV42pNpmSzMwMDA\n";
    let evidence = named("jitter.hlog", log);
    assert_eq!(figures(&evidence), ["b max 8.5 ms lower", "jitter max 2.769 ms lower"]);
    assert_eq!(problems(&evidence), ["note packed: the histograms are packed: of each interval only the maximum is read"]);
}

#[test]
fn rows_that_cannot_be_read_are_told() {
    let evidence = read(&format!("{HEAD}Tag=a,0.5,1.5,9,1,10,20\nTag=b,0.5,1.5,9,1,10,x,30,40\n"));
    assert_eq!(
        problems(&evidence),
        ["warning not-a-number:7: b p95 has no value in this run", "warning ragged-row:6: the row has 7 cells, and the header 9"]
    );
}
