use std::path::PathBuf;
use std::time::Duration;

pub struct Arguments {
    pub duration: Duration,
    pub viewers: usize,
    pub workers: usize,
    /// Queued in a second.
    pub rate: f64,
    /// Runs that ended longer ago are deleted, so that tables can stay as large as they are.
    pub keep: Duration,
    /// Of one viewer, from the end of one look to the begin of the next.
    pub pause: Duration,
    /// Between two samples.
    pub every: Duration,
    pub seed: u64,
    /// The program that is watched; the one beside this one where nothing is said.
    pub ops: Option<PathBuf>,
    pub report: Option<PathBuf>,
    /// Gets the picture; beside the report where nothing is said.
    pub plot: Option<PathBuf>,
}

pub const USAGE: &str = "usage: ops-soak [--minutes N | --seconds N] [--viewers V] [--workers N] [--rate RUNS_A_SECOND] \
[--keep-seconds N] [--pause-ms N] [--every-seconds N] [--seed S] [--ops PROGRAM] [--report FILE.json] [--plot FILE.svg]";

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Arguments {
            duration: Duration::from_secs(60 * 60),
            viewers: 200,
            workers: 3,
            rate: 3.0,
            keep: Duration::from_secs(300),
            pause: Duration::from_millis(5_000),
            every: Duration::from_secs(5),
            seed: 1,
            ops: None,
            report: None,
            plot: None,
        };
        while let Some(word) = words.next() {
            let value = words.next().ok_or(format!("{word} needs a value"))?;
            arguments.set(&word, value)?;
        }
        Ok(arguments)
    }

    fn set(&mut self, word: &str, value: String) -> Result<(), String> {
        let file = match word {
            "--ops" => Some(&mut self.ops),
            "--report" => Some(&mut self.report),
            "--plot" => Some(&mut self.plot),
            _ => None,
        };
        if let Some(file) = file {
            *file = Some(value.into());
            return Ok(());
        }
        let wrong = |_| format!("{word} needs a number, not `{value}`");
        if word == "--rate" {
            self.rate = value.parse().map_err(|_| format!("{word}: `{value}`"))?;
            return match self.rate > 0.0 && self.rate <= 1_000.0 {
                true => Ok(()),
                false => Err("--rate must be above 0 and at most 1000".into()),
            };
        }
        let number: u64 = value.parse().map_err(wrong)?;
        match word {
            "--minutes" => self.duration = Duration::from_secs(number * 60),
            "--seconds" => self.duration = Duration::from_secs(number),
            "--viewers" => self.viewers = number as usize,
            "--workers" => self.workers = number.max(1) as usize,
            "--keep-seconds" => self.keep = Duration::from_secs(number),
            "--pause-ms" => self.pause = Duration::from_millis(number),
            "--every-seconds" => self.every = Duration::from_secs(number.max(1)),
            "--seed" => self.seed = number,
            _ => return Err(format!("unknown: {word}")),
        }
        Ok(())
    }
}
