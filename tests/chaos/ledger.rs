//! One file per run, appended by its steps: the truth about what was done, whatever anybody believes.

use std::path::{Path, PathBuf};

pub struct Ledger(PathBuf);

/// One line: this attempt, on this worker, did that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub attempt: u32,
    pub worker: String,
    pub what: String,
}

/// Defines `mark WHAT` for a step's script. One `write` each, so marks of two attempts cannot mix.
pub const MARK: &str = "mark() { echo \"$OPS_ATTEMPT $OPS_WORKER_ID $1\" >> \"$OPS_WORKSPACE/ledger/$OPS_RUN_ID\"; }\n";

impl Ledger {
    pub fn new(workspace: &Path) -> Self {
        let folder = workspace.join("ledger");
        std::fs::create_dir(&folder).expect("a folder");
        Ledger(folder)
    }

    pub fn marks(&self, run_id: &str) -> Vec<Mark> {
        let text = std::fs::read_to_string(self.0.join(run_id)).unwrap_or_default();
        let mark = |line: &str| {
            let mut words = line.splitn(3, ' ').map(str::to_string);
            let attempt = words.next().and_then(|word| word.parse().ok());
            match (attempt, words.next(), words.next()) {
                (Some(attempt), Some(worker), Some(what)) => Mark {
                    attempt,
                    worker,
                    what,
                },
                _ => panic!("{run_id}: a torn mark {line:?}"),
            }
        };
        text.lines().map(mark).collect()
    }
}
