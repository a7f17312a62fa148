//! What the kernel says of a process.

use std::collections::BTreeMap;
use std::fs;

#[derive(Default, Clone, Copy)]
pub struct Usage {
    pub rss_kib: u64,
    /// Without what is shared with others or read from files.
    pub private_kib: u64,
    pub threads: u64,
    pub files: u64,
}

impl Usage {
    /// `None` where it has ended.
    pub fn of(pid: u32) -> Option<Usage> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let facts: BTreeMap<&str, &str> = status
            .lines()
            .filter_map(|line| line.split_once(':'))
            .collect();
        let number = |name: &str| -> u64 {
            let first = facts.get(name).and_then(|v| v.split_whitespace().next());
            first.and_then(|v| v.parse().ok()).unwrap_or(0)
        };
        Some(Usage {
            rss_kib: number("VmRSS"),
            private_kib: number("RssAnon"),
            threads: number("Threads"),
            files: fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, |all| all.count() as u64),
        })
    }

    pub fn sum(all: impl Iterator<Item = Usage>) -> Usage {
        all.fold(Usage::default(), |sum, one| Usage {
            rss_kib: sum.rss_kib + one.rss_kib,
            private_kib: sum.private_kib + one.private_kib,
            threads: sum.threads + one.threads,
            files: sum.files + one.files,
        })
    }
}

/// Processes that this one has started and that are not over.
pub fn children(of: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("a Linux machine");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| parent(*pid) == Some(of)).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything, parentheses too.
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

/// What this machine is, for the report.
pub fn machine() -> serde_json::Value {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    serde_json::json!({
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "processor": model.map(|text| text.trim_start_matches([' ', '\t', ':'])),
        "memory": total.map(str::trim),
        "kernel": kernel.trim(),
        "load": load(),
    })
}

/// Of the whole machine, others' work included.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|text| text.parse().ok()).unwrap_or(0.0)
}
