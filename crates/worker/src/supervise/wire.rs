//! What the worker and a supervisor say to each other over one socket, line by line.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The first line: what to start, and until when. JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub argv: Vec<String>,
    /// The whole environment of the child; nothing else is inherited.
    pub env: Vec<(String, String)>,
    pub cwd: PathBuf,
    /// CLOCK_BOOTTIME in nanoseconds: the tree is killed then unless a later one came.
    pub deadline_ns: u64,
}

/// Longest line that a supervisor reads; an environment may be large.
pub const LINE_BYTES: usize = 16 * 1024 * 1024;

/// Later lines from the worker. Each is answered by [`Report::Ack`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The lease holds until then (CLOCK_BOOTTIME, nanoseconds).
    Deadline(u64),
    /// SIGTERM to the step's group.
    Term,
    /// SIGKILL to the whole tree.
    Kill,
    /// Are you there?
    Ping,
}

impl Word {
    pub fn parse(line: &str) -> Option<Word> {
        match line.split_once(' ') {
            Some(("deadline", ns)) => ns.parse().ok().map(Word::Deadline),
            None if line == "term" => Some(Word::Term),
            None if line == "kill" => Some(Word::Kill),
            None if line == "ping" => Some(Word::Ping),
            _ => None,
        }
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Word::Deadline(ns) => write!(f, "deadline {ns}"),
            Word::Term => f.write_str("term"),
            Word::Kill => f.write_str("kill"),
            Word::Ping => f.write_str("ping"),
        }
    }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
}

impl Exit {
    /// As a shell would say it: a signal is 128 and its number.
    pub fn code(self) -> i32 {
        match self {
            Exit::Code(code) => code,
            Exit::Signal(signal) => 128 + signal,
        }
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "exited with {code}"),
            Exit::Signal(signal) => write!(f, "was killed by signal {signal}"),
        }
    }
}

/// Lines from the supervisor. The end of the stream means that it is gone, and its tree with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The child runs and leads this process group.
    Started(i32),
    /// The child could not be started.
    Refused(String),
    Ack,
    /// The lease was not renewed in time; the tree is being killed.
    Expired,
    /// The direct child ended; its group has been killed.
    Exited(Exit),
    /// No process of the tree is left.
    Gone,
}

impl Report {
    pub fn parse(line: &str) -> Option<Report> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "started" => rest.parse().ok().map(Report::Started),
            "refused" => Some(Report::Refused(rest.to_string())),
            "ack" => Some(Report::Ack),
            "expired" => Some(Report::Expired),
            "code" => rest
                .parse()
                .ok()
                .map(|code| Report::Exited(Exit::Code(code))),
            "signal" => rest
                .parse()
                .ok()
                .map(|signal| Report::Exited(Exit::Signal(signal))),
            "gone" => Some(Report::Gone),
            _ => None,
        }
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Report::Started(group) => write!(f, "started {group}"),
            Report::Refused(why) => write!(f, "refused {}", why.replace('\n', " ")),
            Report::Ack => f.write_str("ack"),
            Report::Expired => f.write_str("expired"),
            Report::Exited(Exit::Code(code)) => write!(f, "code {code}"),
            Report::Exited(Exit::Signal(signal)) => write!(f, "signal {signal}"),
            Report::Gone => f.write_str("gone"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        for word in [Word::Deadline(u64::MAX), Word::Term, Word::Kill, Word::Ping] {
            assert_eq!(Word::parse(&word.to_string()), Some(word));
        }
        for report in [
            Report::Started(7),
            Report::Refused("no such file".into()),
            Report::Ack,
            Report::Expired,
            Report::Exited(Exit::Code(3)),
            Report::Exited(Exit::Signal(9)),
            Report::Gone,
        ] {
            assert_eq!(Report::parse(&report.to_string()), Some(report));
        }
        assert_eq!(Word::parse("deadline soon"), None);
    }
}
