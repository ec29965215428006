//! A coverage report is read in less memory than it has bytes: reports of a hundred megabytes have cost others ten gigabytes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;

/// The address space that the program gets, its own code included.
const KIB: u64 = 57_344;
const CLASSES: usize = 1_000;

/// Defect 11 of those known of other tools: memory that grows with the report.
#[test]
fn a_report_is_read_in_less_memory_than_it_has_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coverage.xml");
    let mut lines = String::new();
    for number in 1..=400 {
        let hits = number % 2;
        writeln!(
            lines,
            "<line number=\"{number}\" hits=\"{hits}\" branch=\"true\" condition-coverage=\"50% (1/2)\"><conditions>\
             <condition number=\"0\" type=\"jump\" coverage=\"50%\"/></conditions></line>"
        )
        .unwrap();
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(file, "<coverage line-rate=\"0.5\"><packages><package name=\"p\"><classes>").unwrap();
    for class in 0..CLASSES {
        let name = class % 40;
        writeln!(file, "<class name=\"c{class}\" filename=\"src/f{name}.py\"><methods/><lines>{lines}</lines></class>").unwrap();
    }
    writeln!(file, "</classes></package></packages></coverage>").unwrap();
    file.flush().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() > KIB * 1024, "more than the program gets");

    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {KIB} && exec \"$0\" inspect \"$1\" --format json")])
        .args([assert_cmd::cargo::cargo_bin("readiness"), path])
        // What threads reserve for themselves depends on the machine.
        .envs([("RAYON_NUM_THREADS", "1"), ("MALLOC_ARENA_MAX", "1")])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let line = told["metrics"].as_array().unwrap().iter().find(|metric| metric["id"] == "coverage.line").unwrap();
    assert_eq!((line["part"].as_u64(), line["whole"].as_u64()), (Some(8_000), Some(16_000)));
}
