#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn medians_memory_jobs_and_failures() {
    let evidence = read(
        r#"{"Title":"Demo.A-20260210-101112","HostEnvironmentInfo":{"ProcessorName":{"Value":"Ryzen"},"LogicalCoreCount":16},"Benchmarks":[
        {"FullName":"A.F(n: 1)","DisplayInfo":"A.F: Job1","Statistics":{"Median":5,"Mean":6,"OriginalValues":[4,5,9]},
         "Memory":{"BytesAllocatedPerOperation":32},"Metrics":[{"Value":32,"Descriptor":{"Id":"Allocated Memory","Unit":"B"}},
         {"Value":7,"Descriptor":{"Id":"Hits","Unit":"","TheGreaterTheBetter":true}}]},
        {"FullName":"A.G","DisplayInfo":"A.G: Job1","Statistics":{"Mean":6}},
        {"FullName":"A.G","DisplayInfo":"A.G: Job2","Statistics":{"Mean":7}},
        {"FullName":"A.H","DisplayInfo":"A.H: Job2","Statistics":null}]}"#,
    );
    assert_eq!(
        figures(&evidence),
        [
            "A.F(n: 1) Hits Ryzen, 16 CPUs 7  higher",
            "A.F(n: 1) allocated Ryzen, 16 CPUs 32 B/op lower",
            "A.F(n: 1) time Ryzen, 16 CPUs 5 ns lower [4, 5, 9]",
            "A.G Job1 time Ryzen, 16 CPUs 6 ns lower",
            "A.G Job2 time Ryzen, 16 CPUs 7 ns lower",
        ]
    );
    assert_eq!(problems(&evidence), ["warning failed at /Benchmarks/3: A.H has no statistics: it failed"]);
    assert_eq!(evidence.sources[0].collected_at.unwrap().to_string(), "2026-02-10T10:11:12Z");
}
