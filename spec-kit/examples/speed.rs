//! How long a bundle takes, and how long another tool takes beside it: `cargo xtask bench spec`.
//!
//! The PRD itself, then copies of its lists until 10 KB, 100 KB, 1 MB and 10 MB, in time of all
//! processors and by the clock on the wall; then processes that check one specification of OpenSpec,
//! by the clock. With `validate FILE` it is such a process itself.

#[path = "../tests/growth_support/mod.rs"]
mod growth_support;

use growth_support::grown;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::generate::{Output, Request, generate};
use ops_spec_kit::manifest::NodeKind;
use ops_spec_kit::report::{Exit, Report};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const OTHER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/beside/node_modules/@fission-ai/openspec/bin/openspec.js"
);
const PRD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/prd.md");
const SIZES: [(&str, usize); 3] = [("10 KB", 10_000), ("100 KB", 100_000), ("1 MB", 1_000_000)];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [verb, file] = arguments.as_slice()
        && verb == "validate"
    {
        return validate(file);
    }
    let path = arguments.first().map_or(PRD, String::as_str);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!(
        "| source | bytes | read | generate | validate | all | by the clock | tasks | output bytes |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    row("the PRD", &text);
    for (name, size) in SIZES.into_iter().chain([("10 MB", 10_000_000)]) {
        row(name, &grown_to(&text, size));
    }
    match beside() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// At least so many bytes, and hardly more. What is no list stands once, so each step falls short
/// by less.
fn grown_to(text: &str, size: usize) -> String {
    let mut times = 1;
    let mut long = grown(text, times);
    while !long.is_empty() && long.len() < size {
        times = (times * size / long.len()).max(times + 1);
        long = grown(text, times);
    }
    long
}

/// What all threads of this program computed so far, to the nanosecond: a busy machine makes only
/// the clock on the wall run on.
#[cfg(unix)]
fn computed(_since: Instant) -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(now).unwrap_or_default()
}

#[cfg(not(unix))]
fn computed(since: Instant) -> Duration {
    since.elapsed()
}

/// The median of several: the first warms what the others use, and a pause is in one of them.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn row(name: &str, text: &str) {
    let rounds = (5_000_000 / text.len()).clamp(1, 25);
    let mut times: [Vec<Duration>; 3] = Default::default();
    let mut clock = Vec::new();
    let mut made = None;
    let since = Instant::now();
    let now = || computed(since);
    for _ in 0..rounds {
        let wall = Instant::now();
        let begin = now();
        let Ok(source) = ops_spec_kit::read::document("docs/prd.md", text.as_bytes()) else {
            return eprintln!("{name}: not read");
        };
        times[0].push(now() - begin);
        let begin = now();
        let output = match generate(&Request::new(&source, "a")) {
            Ok(output) => output,
            Err(refusal) => return eprintln!("{name}: {refusal}"),
        };
        times[1].push(now() - begin);
        let made_in = wall.elapsed();
        let files = files(&output, text);
        let wall = Instant::now();
        let begin = now();
        let report = checked(files);
        times[2].push(now() - begin);
        clock.push(made_in + wall.elapsed());
        assert_eq!(report.files.len(), 5, "{name}");
        made = Some(output);
    }
    let Some(output) = made else { return };
    let nodes = output.manifest.nodes.iter();
    let times = times.map(median);
    println!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} | {} |",
        text.len(),
        shown(times[0]),
        shown(times[1]),
        shown(times[2]),
        shown(times.iter().sum()),
        shown(median(clock)),
        nodes.filter(|node| node.kind == NodeKind::Task).count(),
        output
            .files
            .iter()
            .map(|(_, text)| text.len())
            .sum::<usize>()
    );
}

fn files(output: &Output, text: &str) -> Vec<(String, Vec<u8>)> {
    output
        .files
        .iter()
        .map(|(name, text)| (format!("spec/a/{name}"), text.clone().into_bytes()))
        .chain([("docs/prd.md".to_owned(), text.as_bytes().to_vec())])
        .collect()
}

fn checked(files: Vec<(String, Vec<u8>)>) -> Report {
    let config = Config::default();
    check(&Bundle::group(files), &Options::new(&config))
}

fn validate(file: &str) -> ExitCode {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{file}: {error}");
            return ExitCode::from(2);
        }
    };
    let report = checked(vec![("openspec/specs/orders/spec.md".to_owned(), bytes)]);
    println!("{} errors", report.counts.errors);
    match report.exit() {
        Exit::Ok => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// As OpenSpec writes it, so that both read the same file.
fn specification(size: usize) -> String {
    let mut out = String::from(
        "# orders Specification\n\n## Purpose\n\nOrders are found, changed and closed by support agents who work with many of them at once.\n\n## Requirements\n\n",
    );
    let mut number = 0;
    while out.len() < size {
        number += 1;
        out.push_str(&format!(
            "### Requirement: Find order {number}\n\nThe system SHALL find order {number} by its number within 2 seconds.\n\n#### Scenario: Order {number} is there\n\n- **WHEN** an agent types the number of order {number}\n- **THEN** the order is shown with its state\n\n"
        ));
    }
    out
}

fn beside() -> std::io::Result<()> {
    if !Path::new(OTHER).is_file() {
        println!("\nOpenSpec is not installed: `cargo xtask bench spec` brings it by npm.");
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("spec-kit-speed-{}", std::process::id()));
    println!("\n| one specification, as processes | this | OpenSpec |");
    println!("| --- | --- | --- |");
    for (name, size) in SIZES {
        let specs = folder.join("openspec/specs/orders");
        std::fs::create_dir_all(&specs)?;
        std::fs::create_dir_all(folder.join("openspec/changes"))?;
        let file = specs.join("spec.md");
        std::fs::write(&file, specification(size))?;
        let mut own = Command::new(std::env::current_exe()?);
        own.arg("validate").arg(&file);
        let mut other = Command::new("node");
        other.args([OTHER, "validate", "--specs", "--strict", "--no-interactive"]);
        // It reports its use over the network otherwise.
        other
            .env("OPENSPEC_TELEMETRY", "0")
            .env("DO_NOT_TRACK", "1");
        other.current_dir(&folder);
        println!("| {name} | {} | {} |", timed(&mut own)?, timed(&mut other)?);
    }
    std::fs::remove_dir_all(folder)
}

/// Its start included: that is what a person, or a hook, waits for.
fn timed(command: &mut Command) -> std::io::Result<String> {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begin = Instant::now();
        let status = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if !status.success() {
            return Ok(format!("ended with {status}"));
        }
        best = best.min(begin.elapsed());
    }
    Ok(shown(best))
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
