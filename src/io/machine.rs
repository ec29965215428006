//! The door to what the system says of the machine we run on.
//!
//! Only what makes a kind of machine is taken: no host name, no serial number, no clock rate, which changes while it runs.

use super::{process, terminal};
use crate::machine::Machine;
use std::fs;
use std::thread;

/// A mebibyte in kibibytes, and a gibibyte.
const GIB: u64 = 1024 * 1024;

/// The machine we run on.
pub fn here() -> Machine {
    let cores = thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX));
    let (cpu, kib) = system();
    Machine {
        cpu: tidy(&cpu),
        cores,
        memory_gib: memory_class(kib),
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
    }
}

/// The processor's name and the memory in KiB, as far as the system tells.
fn system() -> (String, u64) {
    if let Ok(info) = fs::read_to_string("/proc/cpuinfo") {
        let memory = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text)).unwrap_or(0);
        return (model(&info), memory);
    }
    let sysctl = |name: &str| process::said("sysctl", &["-n", name]);
    if let Some(cpu) = sysctl("machdep.cpu.brand_string") {
        let bytes: u64 = sysctl("hw.memsize").and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        return (cpu, bytes / 1024);
    }
    (terminal::variable("PROCESSOR_IDENTIFIER").unwrap_or_default(), 0)
}

/// The processor in `/proc/cpuinfo`: its name, or on ARM, which has none, its implementer and part.
fn model(info: &str) -> String {
    let field = |name: &str| {
        info.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()))
    };
    let named = field("model name").or_else(|| field("Model")).or_else(|| field("cpu model"));
    match (named, field("CPU implementer"), field("CPU part")) {
        (Some(name), ..) => name.to_owned(),
        (None, Some(implementer), Some(part)) => format!("implementer {implementer} part {part}"),
        _ => String::new(),
    }
}

/// `MemTotal` of `/proc/meminfo`, in KiB.
fn total(info: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// The system keeps some of the memory for itself, another part after each update: what is left is rounded up to whole GiB, and
/// from 8 GiB on to steps of 4.
fn memory_class(kib: u64) -> u32 {
    let gib = kib.div_ceil(GIB);
    u32::try_from(if gib > 8 { gib.next_multiple_of(4) } else { gib }).unwrap_or(u32::MAX)
}

/// A name on one line, without the padding and the marks that some vendors put in.
fn tidy(name: &str) -> String {
    let name = name.replace("(R)", "").replace("(TM)", "").replace("(tm)", "");
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_found_by_what_the_kernel_says() {
        let intel = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz\ncpu MHz\t\t: 2593.9\n";
        assert_eq!(tidy(&model(intel)), "Intel Xeon Platinum 8272CL CPU @ 2.60GHz");
        assert_eq!(model("processor: 0\nBogoMIPS: 50.00\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"), "implementer 0x41 part 0xd0c");
        assert_eq!(model("nothing"), "");
    }

    #[test]
    fn memory_is_a_class_and_no_measurement() {
        assert_eq!(total("MemFree: 1 kB\nMemTotal:       16373452 kB\n"), Some(16_373_452));
        for (kib, gib) in [(0, 0), (1_000_000, 1), (8_148_000, 8), (16_373_452, 16), (16_100_000, 16), (32_800_000, 32), (65_000_000, 64)] {
            assert_eq!(memory_class(kib), gib, "{kib}");
        }
    }

    #[test]
    fn this_machine_is_the_same_twice() {
        assert_eq!(here(), here());
        assert!(here().cores > 0 && !here().os.is_empty());
    }
}
