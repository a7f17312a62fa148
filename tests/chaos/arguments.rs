use std::path::PathBuf;
use std::time::Duration;

/// What the control room keeps its runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// A PostgreSQL of its own.
    Postgres,
    /// PostgREST behind a gateway, which is killed now and then as well.
    Supabase,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Do it all, and judge.
    Harm,
    /// Show what would be done, and do nothing.
    Plan,
}

/// What becomes of ledger, logs and data afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leavings {
    Removed,
    Kept,
}

pub struct Arguments {
    /// How long faults go on; after that everything gets time to end.
    pub duration: Duration,
    pub seed: u64,
    pub workers: usize,
    pub behind: Behind,
    pub task: Task,
    pub leavings: Leavings,
    /// Also gets the report, readable.
    pub report: Option<PathBuf>,
    /// SQL that breaks the engine, to see that this is found.
    pub spoiled_by: Option<PathBuf>,
}

pub const USAGE: &str = "usage: ops-chaos [--minutes N | --seconds N] [--seed S] [--workers N] [--supabase] [--plan] [--keep] [--report FILE] [--spoil FILE]";

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Arguments {
            duration: Duration::from_secs(60),
            seed: 1,
            workers: 8,
            behind: Behind::Postgres,
            task: Task::Harm,
            leavings: Leavings::Removed,
            report: None,
            spoiled_by: None,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--supabase" => arguments.behind = Behind::Supabase,
                "--plan" => arguments.task = Task::Plan,
                "--keep" => arguments.leavings = Leavings::Kept,
                _ => {
                    let value = words.next().ok_or(format!("{word} needs a value"))?;
                    arguments.set(&word, value)?;
                }
            }
        }
        Ok(arguments)
    }

    fn set(&mut self, word: &str, value: String) -> Result<(), String> {
        let file = match word {
            "--report" => Some(&mut self.report),
            "--spoil" => Some(&mut self.spoiled_by),
            _ => None,
        };
        if let Some(file) = file {
            *file = Some(value.into());
            return Ok(());
        }
        let number: u64 = value
            .parse()
            .map_err(|_| format!("{word} needs a number, not `{value}`"))?;
        match word {
            "--minutes" => self.duration = Duration::from_secs(number * 60),
            "--seconds" => self.duration = Duration::from_secs(number),
            "--seed" => self.seed = number,
            "--workers" => self.workers = number.max(2) as usize,
            _ => return Err(format!("unknown: {word}")),
        }
        Ok(())
    }
}
