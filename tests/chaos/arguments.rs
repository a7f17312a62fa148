use std::time::Duration;

/// What the control room keeps its runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// A private PostgreSQL.
    Postgres,
    /// PostgREST behind a gateway, which is killed now and then as well.
    Supabase,
}

pub struct Arguments {
    pub duration: Duration,
    pub seed: u64,
    pub workers: usize,
    pub behind: Behind,
}

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Arguments {
            duration: Duration::from_secs(60),
            seed: 1,
            workers: 8,
            behind: Behind::Postgres,
        };
        while let Some(word) = words.next() {
            if word == "--supabase" {
                arguments.behind = Behind::Supabase;
                continue;
            }
            let value = words.next().ok_or(format!("{word} needs a value"))?;
            let number: u64 = value
                .parse()
                .map_err(|_| format!("{word} needs a number, not `{value}`"))?;
            match word.as_str() {
                "--minutes" => arguments.duration = Duration::from_secs(number * 60),
                "--seconds" => arguments.duration = Duration::from_secs(number),
                "--seed" => arguments.seed = number,
                "--workers" => arguments.workers = number.max(1) as usize,
                _ => return Err(format!("unknown: {word}")),
            }
        }
        Ok(arguments)
    }
}
