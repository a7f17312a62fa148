//! Tries changed inputs on a parser until its time is over.
//!
//! A run is the same for the same seed, which it prints; `OPS_FUZZ_SEED` takes another,
//! `OPS_FUZZ_SECONDS` the time of each target. What fails is cut down, shown and kept below the
//! build's folder. What ends the whole process, as a stack that is too deep does, leaves nothing:
//! with its seed and `OPS_FUZZ_TRACE=1` each input is kept before it is tried.

mod mutation;
mod random;
mod reduction;

use random::Random;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Inputs never get longer, in bytes: many short tries find more than a few long ones.
const LONGEST: usize = 64 * 1024;
/// Where nobody says another: a change must not fail for what it did not bring.
const SEED: u64 = 1;
/// Changed inputs that are changed further.
const POOL: usize = 512;

/// What is tried, and what it is made of.
pub struct Target<'a> {
    /// Names the files of what failed.
    pub name: &'a str,
    /// Tried as they are, then changed and joined.
    pub seeds: &'a [Vec<u8>],
    /// Words that mean something to the parser.
    pub dictionary: &'a [&'a str],
}

/// What a search saw.
#[derive(Debug)]
pub struct Outcome {
    pub executions: u64,
    pub failure: Option<Failure>,
    /// The slowest input's time and length in bytes: shown, never judged.
    slowest: (Duration, usize),
}

#[derive(Debug)]
pub struct Failure {
    pub input: Vec<u8>,
    pub reason: String,
}

/// Fails with the shortest input found for which `check` panics or gives an error.
///
/// `seconds` is what it takes where `OPS_FUZZ_SECONDS` says nothing else.
pub fn run(
    name: &str,
    seeds: &[Vec<u8>],
    dictionary: &[&str],
    seconds: u64,
    check: impl Fn(&[u8]) -> Result<(), String>,
) {
    let target = Target {
        name,
        seeds,
        dictionary,
    };
    let seed = number("OPS_FUZZ_SEED").unwrap_or(SEED);
    let seconds = number("OPS_FUZZ_SECONDS").unwrap_or(seconds);
    say(&format!(
        "fuzz {name}: seed {seed}, {seconds} s, {} seeds",
        seeds.len()
    ));
    let end = Instant::now() + Duration::from_secs(seconds);
    let outcome = search(&target, seed, &|_| Instant::now() < end, &check);
    say(&format!(
        "fuzz {name}: {} executions, slowest {:.1} ms for {} bytes",
        outcome.executions,
        outcome.slowest.0.as_secs_f64() * 1e3,
        outcome.slowest.1
    ));
    let Some(failure) = outcome.failure else {
        return;
    };
    let file = folder().join(format!("{name}-{seed}.input"));
    keep(&file, &failure.input);
    panic!(
        "{name}, OPS_FUZZ_SEED={seed}, execution {}: {}\nkept as {}\n{}",
        outcome.executions,
        failure.reason,
        file.display(),
        shown(&failure.input)
    );
}

/// Tries the seeds, then what is made of them, while `goes_on` says so of the number of tries.
pub fn search(
    target: &Target<'_>,
    seed: u64,
    goes_on: &dyn Fn(u64) -> bool,
    check: &dyn Fn(&[u8]) -> Result<(), String>,
) -> Outcome {
    let trace = std::env::var_os("OPS_FUZZ_TRACE")
        .map(|_| folder().join(format!("{}-{seed}.trace", target.name)));
    let mut random = Random::new(seed);
    let mut pool: Vec<Vec<u8>> = Vec::new();
    let mut outcome = Outcome {
        executions: 0,
        failure: None,
        slowest: (Duration::ZERO, 0),
    };
    let mut seeds = target.seeds.iter();
    loop {
        let input = match seeds.next() {
            Some(seed) => seed.clone(),
            // All seeds are tried, however short the time is.
            None if !goes_on(outcome.executions) => return outcome,
            None => {
                let input = changed(target, &pool, &mut random);
                match pool.len() {
                    POOL => pool[random.below(POOL)] = input.clone(),
                    _ => pool.push(input.clone()),
                }
                input
            }
        };
        if let Some(file) = &trace {
            keep(file, &input);
        }
        outcome.executions += 1;
        let begin = Instant::now();
        let tried = attempt(check, &input);
        outcome.slowest = outcome.slowest.max((begin.elapsed(), input.len()));
        if let Err(reason) = tried {
            outcome.failure = Some(reduction::reduce(Failure { input, reason }, check));
            return outcome;
        }
    }
}

fn changed(target: &Target<'_>, pool: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let seed = |random: &mut Random| match target.seeds.len() {
        0 => &[][..],
        many => &target.seeds[random.below(many)][..],
    };
    // Mostly from what is well formed: what was changed often is soon refused at its first line.
    let from = match random.below(4) {
        0 if !pool.is_empty() => &pool[random.below(pool.len())][..],
        _ => seed(random),
    };
    let mut input = from.to_vec();
    for _ in 0..=random.below(4) {
        let other = seed(random);
        mutation::mutate(&mut input, other, target.dictionary, random);
        input.truncate(LONGEST);
    }
    input
}

fn attempt(check: &dyn Fn(&[u8]) -> Result<(), String>, input: &[u8]) -> Result<(), String> {
    match catch_unwind(AssertUnwindSafe(|| check(input))) {
        Ok(done) => done,
        Err(thrown) => Err(format!("panic: {}", message(&*thrown))),
    }
}

fn message(thrown: &(dyn std::any::Any + Send)) -> String {
    thrown
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| thrown.downcast_ref::<&str>().map(|&text| text.to_owned()))
        .unwrap_or_default()
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{variable}={value} is no number")),
    )
}

/// Past the test's own capture, which is lost where the process is.
fn say(line: &str) {
    // Where standard error is closed nobody reads it.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Beside the build's other products.
fn folder() -> PathBuf {
    let program = std::env::current_exe().expect("a program");
    let build = program.ancestors().nth(2).expect("target/debug/deps");
    build.join("fuzz")
}

fn keep(file: &Path, input: &[u8]) {
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(file, input).expect("a file");
}

fn shown(input: &[u8]) -> String {
    let end = input.len().min(2_000);
    let more = input.len() - end;
    let mut out: String = input[..end].escape_ascii().to_string();
    out = out.replace("\\n", "\n");
    if more > 0 {
        out.push_str(&format!("\n… {more} bytes more"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(input: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(input);
        assert!(!text.contains("- [ ] T001\n- [ ] T001"), "twice");
        match text.matches("```").count() {
            many if many > 4 => Err("five fences".to_owned()),
            _ => Ok(()),
        }
    }

    fn find(seed: u64) -> Outcome {
        let target = Target {
            name: "planted",
            seeds: &[b"# Tasks\n\n- [ ] T001\n- [ ] T002\n".to_vec()],
            dictionary: &["```"],
        };
        search(&target, seed, &|tries| tries < 100_000, &planted)
    }

    #[test]
    fn what_is_planted_is_found_and_cut_down() {
        let failures: Vec<Failure> = (0..8).filter_map(|seed| find(seed).failure).collect();
        assert_eq!(failures.len(), 8);
        assert!(failures.iter().all(|found| found.input.len() <= 24));
        assert!(failures.iter().any(|found| found.reason == "panic: twice"));
        assert!(failures.iter().any(|found| found.reason == "five fences"));
    }

    #[test]
    fn one_seed_is_one_run() {
        let (one, two) = (find(7), find(7));
        assert_eq!(one.executions, two.executions);
        assert_eq!(
            one.failure.map(|failure| failure.input),
            two.failure.map(|failure| failure.input)
        );
    }
}
