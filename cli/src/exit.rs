//! Exit codes. The numbers are stable: scripts decide on them.

use ops_core::RunStatus;
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Success,
    Failed,
    Usage,
    NoAnswer,
    Cancelled,
    TimedOut,
    Invalid,
    Refused,
    DataInUse,
    PortInUse,
    Interrupted,
}

impl Exit {
    pub const ALL: [Exit; 11] = [
        Exit::Success,
        Exit::Failed,
        Exit::Usage,
        Exit::NoAnswer,
        Exit::Cancelled,
        Exit::TimedOut,
        Exit::Invalid,
        Exit::Refused,
        Exit::DataInUse,
        Exit::PortInUse,
        Exit::Interrupted,
    ];

    pub fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::NoAnswer => 3,
            Exit::Cancelled => 4,
            Exit::TimedOut => 5,
            Exit::Invalid => 6,
            Exit::Refused => 7,
            Exit::DataInUse => 8,
            Exit::PortInUse => 9,
            Exit::Interrupted => 130,
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Success => "done; a followed run succeeded; a worker ended in good order",
            Exit::Failed => {
                "a followed run failed; `ops doctor` or `ops spec` found something; a question was answered with no; any other failure"
            }
            Exit::Usage => "the command line is wrong",
            Exit::NoAnswer => {
                "the control room cannot be reached, or refuses the token; `ops spec` could not finish"
            }
            Exit::Cancelled => "a followed run was cancelled",
            Exit::TimedOut => "a followed run timed out",
            Exit::Invalid => "a runbook, a parameter or a field is not valid",
            Exit::Refused => {
                "the control room says no: no such thing, name taken, already ended, changed meanwhile"
            }
            Exit::DataInUse => "another process uses the data folder",
            Exit::PortInUse => "another process uses the port",
            Exit::Interrupted => {
                "following was stopped by Ctrl-C, or a second signal ended it at once"
            }
        }
    }

    /// How a run that was followed to its end ends the program.
    pub fn of_run(status: RunStatus) -> Exit {
        match status {
            RunStatus::Succeeded => Exit::Success,
            RunStatus::Cancelled => Exit::Cancelled,
            RunStatus::TimedOut => Exit::TimedOut,
            RunStatus::Failed | RunStatus::Queued | RunStatus::Claimed | RunStatus::Running => {
                Exit::Failed
            }
        }
    }
}

/// The table as `ops --help` shows it.
pub fn table() -> String {
    let lines = Exit::ALL.map(|exit| format!("{:>5}  {}", exit.code(), exit.meaning()));
    format!("Exit codes:\n{}", lines.join("\n"))
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../README.md");
        for exit in Exit::ALL {
            let row = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(readme.contains(&row), "{row}");
        }
    }

    #[test]
    fn no_two_meanings_share_a_number() {
        let mut codes = Exit::ALL.map(Exit::code);
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
