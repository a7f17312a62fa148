//! What a process holds in memory, as the kernel counts it.

use crate::setup::Fallible;

/// VmRSS in MB of a million bytes.
pub fn resident(pid: u32) -> Fallible<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    Ok(kib.ok_or("no VmRSS")?.trim().parse::<f64>()? * 1024.0 / 1e6)
}
