//! One file per run, appended by its steps: the truth about what was done, whatever anybody believes.

use std::path::{Path, PathBuf};

/// Lines that a whole attempt logs, and marks that it makes.
pub const TICKS: usize = 12;

pub struct Ledger(PathBuf);

/// What one run's attempts did.
#[derive(Debug, Default)]
pub struct Marks {
    /// Attempt numbers in the order of their marks.
    pub attempts: Vec<u32>,
    /// Attempts that came to their end.
    pub ended: Vec<u32>,
}

impl Ledger {
    pub fn new(workspace: &Path) -> Self {
        let folder = workspace.join("ledger");
        std::fs::create_dir(&folder).expect("a folder");
        Ledger(folder)
    }

    /// A mark and a line per tick. One `write` each, so marks of two attempts cannot mix.
    pub fn script(&self) -> String {
        format!(
            "n=0\nwhile [ $n -lt {TICKS} ]; do\n  echo \"$OPS_ATTEMPT tick\" >> \"$OPS_WORKSPACE/ledger/$OPS_RUN_ID\"\n  \
             echo \"line $n\"\n  n=$((n + 1))\n  sleep 0.05\ndone\necho \"$OPS_ATTEMPT end\" >> \"$OPS_WORKSPACE/ledger/$OPS_RUN_ID\"\n"
        )
    }

    pub fn marks(&self, run_id: &str) -> Marks {
        let text = std::fs::read_to_string(self.0.join(run_id)).unwrap_or_default();
        let mut marks = Marks::default();
        for line in text.lines() {
            let (attempt, what) = line
                .split_once(' ')
                .unwrap_or_else(|| panic!("{run_id}: a torn mark {line:?}"));
            let attempt = attempt.parse().expect("an attempt");
            marks.attempts.push(attempt);
            if what == "end" {
                marks.ended.push(attempt);
            }
        }
        marks
    }
}

impl Marks {
    /// A mark of an attempt after one of a later attempt: both were alive at once.
    pub fn overlap(&self) -> bool {
        self.attempts.windows(2).any(|pair| pair[0] > pair[1])
    }
}
