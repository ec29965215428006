#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

const FIB: &str = r#"{"name":"fib","id":1,"stats":{"moe":1,"rme":2,"mean":0.5,"sample":[0.25,0.75]},"times":{"period":0.5,"timeStamp":1770000000000},"hz":2}"#;
const BROKEN: &str =
    r#"{"name":"x","stats":{"moe":0,"rme":0,"mean":0,"sample":[]},"times":{"period":0,"timeStamp":0},"error":{},"aborted":true}"#;

#[test]
fn a_benchmark_a_list_and_a_suite() {
    let expected = ["fib time 0.5 s lower [0.25, 0.75]"];
    assert_eq!(figures(&read(FIB)), expected);
    let suite = format!(r#"{{"10":{BROKEN},"0":{FIB},"length":2,"name":"numbers","events":{{}}}}"#);
    for text in [format!("[{FIB},{BROKEN}]"), suite] {
        let evidence = read(&text);
        assert_eq!(figures(&evidence), expected);
        assert!(problems(&evidence)[0].ends_with("x failed, and has no value"), "{:?}", problems(&evidence));
        assert_eq!(evidence.sources[0].collected_at.unwrap().date(), "2026-02-02");
    }
}

#[test]
fn a_rate_where_there_is_no_more() {
    assert_eq!(figures(&read(r#"[{"name":"a","hz":20.5},{"id":7,"hz":null,"name":""}]"#)), ["a throughput 20.5 ops/s higher"]);
    let unnamed = FIB.replace(r#""name":"fib","#, "").replace(r#""name":"","#, "");
    assert_eq!(figures(&read(&unnamed)), ["1 time 0.5 s lower [0.25, 0.75]"]);
}

#[test]
fn what_is_no_benchmark_is_told() {
    let evidence = read(&format!(r#"[{FIB},7,{{"hz":"fast"}}]"#));
    assert_eq!(figures(&evidence).len(), 1);
    assert!(problems(&evidence)[0].starts_with("warning undecodable at /"), "{:?}", problems(&evidence));
}
