use std::time::Duration;

pub struct Arguments {
    pub duration: Duration,
    pub seed: u64,
    pub workers: usize,
}

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Arguments {
            duration: Duration::from_secs(60),
            seed: 1,
            workers: 8,
        };
        while let Some(word) = words.next() {
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
