//! The last resort where a supervisor is gone: processes that still carry the attempt's marks in
//! their environment are killed, whichever session they fled into.

/// SIGKILL to every process of that attempt. Answers how many were found.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn kill(run_id: &str, attempt: u32) -> usize {
    use rustix::process::{Pid, Signal, kill_process};
    let marks = [
        format!("OPS_RUN_ID={run_id}"),
        format!("OPS_ATTEMPT={attempt}"),
    ];
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return 0;
    };
    let own = std::process::id().to_string();
    let mut found = 0;
    for entry in processes.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| *name != own) else {
            continue;
        };
        let Some(pid) = name.parse().ok().and_then(Pid::from_raw) else {
            continue;
        };
        let Ok(environment) = std::fs::read(entry.path().join("environ")) else {
            continue;
        };
        let carries = |mark: &String| environment.split(|b| *b == 0).any(|v| v == mark.as_bytes());
        if marks.iter().all(carries) && kill_process(pid, Signal::KILL).is_ok() {
            found += 1;
        }
    }
    found
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn kill(_run_id: &str, _attempt: u32) -> usize {
    0
}
