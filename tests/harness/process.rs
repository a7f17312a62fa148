//! The real `ops` program, as a user starts it.

use super::api::{built, client};
use super::gateway::SECRET_KEY;
use ops_client::Client;
use ops_core::api::Run;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own that another user's PostgreSQL can reach, removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "ops-up-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a folder");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711)).expect("its mode");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `ops` with nothing of this process's environment that could change what it does.
pub fn ops() -> Command {
    ops_at(&built("ops"))
}

/// The same of another build.
pub fn ops_at(program: &Path) -> Command {
    let mut command = Command::new(program);
    for name in [
        "OPS_URL",
        "OPS_TOKEN",
        "OPS_DATA",
        "OPS_PG_BIN",
        "OPS_DATABASE_URL",
        "OPS_LOG",
        "OPS_SUPABASE_URL",
        "OPS_SUPABASE_KEY",
        "OPS_SUPABASE_PUBLISHABLE_KEY",
        "SUPABASE_ACCESS_TOKEN",
        "XDG_DATA_HOME",
    ] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1");
    command
}

/// A running `ops up`. Ended by its own pid, whatever happens.
pub struct Up {
    pub url: String,
    pub token: String,
    pub client: Client,
    child: Child,
    data: PathBuf,
}

impl Up {
    pub fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = ops();
        command
            .args(["up", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more);
        Self::of(command, data)
    }

    /// Without local workers, in front of a gateway of the tests.
    pub fn before_supabase(data: &Path, origin: &str) -> Self {
        let mut command = ops();
        command
            .args(["up", "--json", "--listen", "127.0.0.1:0", "--workers", "0"])
            .args(["--supabase-url", origin, "--data"])
            .arg(data)
            .env("OPS_SUPABASE_KEY", SECRET_KEY);
        Self::of(command, data)
    }

    /// A whole command of the caller's, which says `up --json` and this data folder.
    pub fn of(command: Command, data: &Path) -> Self {
        Self::saying(command, data, Stdio::null())
    }

    /// The same with a place for what it says on standard error.
    pub fn saying(mut command: Command, data: &Path, to: Stdio) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(to)
            .spawn()
            .expect("ops starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("it speaks");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        let text = |name: &str| ready[name].as_str().expect("text").to_string();
        let (url, token) = (text("url"), text("token"));
        Up {
            client: client(&url, &token),
            url,
            token,
            child,
            data: data.into(),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `ops` with this control room's data folder.
    pub fn ops(&self) -> Command {
        let mut command = ops();
        command.env("OPS_DATA", &self.data);
        command
    }

    pub fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }

    /// Every process that it has started, itself included, wherever those have moved since.
    pub fn family(&self) -> BTreeSet<u32> {
        family(self.child.id())
    }

    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// SIGKILL to every process at once, as when a machine's power goes. Returns when all are dead,
    /// which on a busy machine is a moment later.
    pub fn kill_everything(mut self) {
        let family = self.family();
        for pid in &family {
            send(*pid, Signal::KILL);
        }
        self.child.wait().expect("it ends");
        while family.iter().any(|pid| is_alive(*pid)) {
            std::thread::yield_now();
        }
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.signal(Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

pub fn send(pid: u32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid as i32) {
        let _ = kill_process(pid, signal);
    }
}

/// Descendants by parent, and whoever shares a session with one of them.
pub fn family(root: u32) -> BTreeSet<u32> {
    let all = processes();
    let mut family = BTreeSet::from([root]);
    loop {
        let grown: BTreeSet<u32> = all
            .iter()
            .filter(|(pid, p)| {
                family.contains(pid)
                    || family.contains(&p.parent)
                    || (family.contains(&p.session) && p.session != 0)
            })
            .map(|(pid, _)| *pid)
            .collect();
        if grown.is_subset(&family) {
            return family;
        }
        family.extend(grown);
    }
}

pub fn is_alive(pid: u32) -> bool {
    processes().get(&pid).is_some_and(|p| p.state != 'Z')
}

struct Process {
    parent: u32,
    session: u32,
    state: char,
}

fn processes() -> BTreeMap<u32, Process> {
    let entries = std::fs::read_dir("/proc").expect("a Linux machine");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name may hold anything, parentheses too.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some((
            pid,
            Process {
                state: fields.first()?.chars().next()?,
                parent: fields.get(1)?.parse().ok()?,
                session: fields.get(3)?.parse().ok()?,
            },
        ))
    })
    .collect()
}

/// What a command printed, for messages of failed tests.
pub fn shown(output: &Output) -> String {
    format!(
        "{}\n--- stdout\n{}\n--- stderr\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Asks until `holds`, at most `seconds` long.
pub async fn run_until(
    client: &Client,
    run_id: &str,
    seconds: u64,
    holds: impl Fn(&Run) -> bool,
) -> Run {
    let asking = async {
        loop {
            // The long poll of the log is the pause between two looks.
            if let Ok(run) = client.runs_get(run_id).await
                && holds(&run)
            {
                return run;
            }
            let _: Result<Value, _> = client
                .get(
                    "events.list",
                    &[
                        ("run_id", run_id),
                        ("after", "1000000"),
                        ("wait_seconds", "1"),
                    ],
                )
                .await;
        }
    };
    match tokio::time::timeout(std::time::Duration::from_secs(seconds), asking).await {
        Ok(run) => run,
        Err(_) => panic!(
            "after {seconds} s it is still not so: {:?}",
            client.runs_get(run_id).await
        ),
    }
}

/// The first line that a child prints.
pub fn first_line(from: impl Read) -> String {
    let mut line = String::new();
    BufReader::new(from).read_line(&mut line).expect("a line");
    line
}
