//! The supervisor of one step: a small process between the worker and the step's tree. The tree
//! dies when the socket to the worker closes or when the lease is not renewed in time, whatever
//! the worker itself is able to do.

mod exec;
mod tree;
pub mod wire;

use crate::clock::Moment;
use rustix::process::{Pid, Signal};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};
use tree::Tree;
use wire::{Order, Report, Word};

/// The clock is looked at this often, because timers stand still in suspend.
const LOOK: Duration = Duration::from_millis(200);
/// While a tree is being killed.
const KILL_AGAIN: Duration = Duration::from_millis(5);

/// Entry of the hidden mode `supervise`: call it before arguments are parsed. Its standard input
/// is the worker's socket; its output and error are the pipes that the step inherits.
pub fn supervise_main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if let Some(at) = arguments.iter().position(|a| a == exec::MARK) {
        return exec::become_step(&arguments[at + 1..]);
    }
    // Out of the worker's session first: a Ctrl-C at its terminal is the worker's to handle.
    let _ = rustix::process::setsid();
    match begin() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ops: the step's supervisor ended: {error}");
            ExitCode::FAILURE
        }
    }
}

fn begin() -> std::io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let socket = std::io::stdin().as_fd().try_clone_to_owned()?;
    let socket = std::os::unix::net::UnixStream::from(socket);
    socket.set_nonblocking(true)?;
    // One thread: PR_SET_PDEATHSIG of the child fires when the thread that forked it ends.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(supervise(socket))
}

async fn supervise(socket: std::os::unix::net::UnixStream) -> std::io::Result<()> {
    let supervisor = Supervisor {
        socket: UnixStream::from_std(socket)?,
        heard: Vec::new(),
        deadline: Moment(u64::MAX),
        tree: None,
        told_exit: false,
        killing: false,
    };
    supervisor.run().await
}

struct Supervisor {
    socket: UnixStream,
    heard: Vec<u8>,
    deadline: Moment,
    tree: Option<Tree>,
    told_exit: bool,
    killing: bool,
}

impl Supervisor {
    async fn run(mut self) -> std::io::Result<()> {
        let mut children = signal(SignalKind::child())?;
        // A step that signals its own group must not reach us; a service manager that signals
        // everything leaves the order of ending to the worker.
        let mut others = [
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::hangup())?,
        ];
        let [term, int, hup] = &mut others;
        loop {
            if !self.killing && self.deadline.has_passed() {
                self.killing = true;
                say(&self.socket, &Report::Expired);
            }
            if self.settle_tree() {
                return Ok(());
            }
            let look = if self.killing { KILL_AGAIN } else { LOOK };
            let look = look.min(self.deadline.remaining().max(Duration::from_millis(1)));
            tokio::select! {
                read = self.socket.read_buf(&mut self.heard), if !self.killing => match read {
                    Ok(0) | Err(_) => self.killing = true,
                    Ok(_) => self.listen(),
                },
                _ = children.recv() => {}
                _ = term.recv() => {}
                _ = int.recv() => {}
                _ = hup.recv() => {}
                () = tokio::time::sleep(look) => {}
            }
        }
    }

    /// Collects the dead, kills what must die, and tells. True when there is nothing left to do.
    fn settle_tree(&mut self) -> bool {
        let Some(tree) = &mut self.tree else {
            return self.killing;
        };
        tree.reap();
        if let (Some(exit), false) = (tree.exit(), self.told_exit) {
            self.told_exit = true;
            self.killing = true;
            say(&self.socket, &Report::Exited(exit));
        }
        if tree.is_empty() {
            say(&self.socket, &Report::Gone);
            return true;
        }
        if self.killing {
            tree.kill();
        }
        false
    }

    fn listen(&mut self) {
        while let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            let line = &line[..end];
            if self.tree.is_none() {
                self.start(line);
            } else {
                self.obey(line);
            }
        }
        if self.heard.len() > wire::LINE_BYTES {
            self.killing = true;
        }
    }

    fn start(&mut self, line: &[u8]) {
        let order: Order = match serde_json::from_slice(line) {
            Ok(order) => order,
            Err(error) => return self.refuse(&error),
        };
        self.deadline = Moment(order.deadline_ns);
        if self.deadline.has_passed() {
            self.killing = true;
            return say(&self.socket, &Report::Expired);
        }
        match spawn(&order) {
            Ok(child) => {
                self.tree = Some(Tree::new(child));
                say(&self.socket, &Report::Started(child.as_raw_nonzero().get()));
            }
            Err(error) => {
                let program = order.argv.first().map_or("nothing", String::as_str);
                let folder = order.cwd.display();
                self.refuse(&format_args!("{program} in {folder}: {error}"));
            }
        }
    }

    fn refuse(&mut self, why: &dyn std::fmt::Display) {
        self.killing = true;
        say(&self.socket, &Report::Refused(why.to_string()));
    }

    fn obey(&mut self, line: &[u8]) {
        match std::str::from_utf8(line).ok().and_then(Word::parse) {
            Some(Word::Deadline(ns)) => self.deadline = self.deadline.max(Moment(ns)),
            Some(Word::Term) => {
                if let Some(tree) = &self.tree {
                    tree.signal_group(Signal::TERM);
                }
            }
            Some(Word::Kill) => self.killing = true,
            Some(Word::Ping) | None => {}
        }
        say(&self.socket, &Report::Ack);
    }
}

/// Says one line without waiting: a worker that does not read is frozen, and the deadline rules.
fn say(socket: &UnixStream, report: &Report) {
    let _ = socket.try_write(format!("{report}\n").as_bytes());
}

fn spawn(order: &Order) -> std::io::Result<Pid> {
    let own: Vec<_> = std::env::args_os().collect();
    let own_arguments = own.get(1..).unwrap_or_default();
    let mut command = Command::new(own_program()?);
    command
        .args(own_arguments)
        .arg(exec::MARK)
        .arg(std::process::id().to_string())
        .args(&order.argv)
        .env_clear()
        .envs(order.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&order.cwd)
        .stdin(Stdio::null())
        // A group of its own, so that it can be killed at once without killing us.
        .process_group(0);
    let child = command.spawn()?;
    i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| std::io::Error::other("the child has no process id"))
}

/// `/proc/self/exe` is this very program even where the file was replaced meanwhile.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn own_program() -> std::io::Result<std::path::PathBuf> {
    Ok("/proc/self/exe".into())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn own_program() -> std::io::Result<std::path::PathBuf> {
    std::env::current_exe()
}
