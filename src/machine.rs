//! What kind of machine something was measured on.

use serde::{Deserialize, Serialize};

/// A kind of machine: what speed depends on, and nothing that names one machine among its kind. Two runners of one kind are
/// equal, and so are a runner before and after its restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's model, as the system calls it; empty where it does not tell.
    pub cpu: String,
    /// Logical processors that may be used.
    pub cores: u32,
    /// Memory in GiB, rounded up to the size it is sold in; 0 where the system does not tell.
    pub memory_gib: u32,
    /// `linux`, `macos`, `windows`.
    pub os: String,
    /// `x86_64`, `aarch64`.
    pub arch: String,
}

impl Machine {
    /// One line that is the same on all machines of the kind, to key series by: `linux x86_64, AMD EPYC 7763 64-Core Processor,
    /// 4 cores, 16 GiB`.
    pub fn fingerprint(&self) -> String {
        let mut parts = vec![format!("{} {}", self.os, self.arch)];
        if !self.cpu.is_empty() {
            parts.push(self.cpu.clone());
        }
        parts.push(format!("{} {}", self.cores, if self.cores == 1 { "core" } else { "cores" }));
        if self.memory_gib > 0 {
            parts.push(format!("{} GiB", self.memory_gib));
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_machine_has_one_line() {
        let mut machine = Machine { cpu: "AMD EPYC 7763".into(), cores: 4, memory_gib: 16, os: "linux".into(), arch: "x86_64".into() };
        assert_eq!(machine.fingerprint(), "linux x86_64, AMD EPYC 7763, 4 cores, 16 GiB");
        (machine.cpu, machine.cores, machine.memory_gib) = (String::new(), 1, 0);
        assert_eq!(machine.fingerprint(), "linux x86_64, 1 core");
    }
}
