//! How long a bundle takes: `cargo run --release -p ops-spec-kit --example speed -- docs/prd.md`.
//! The file itself, then copies of its lists until 10 KB, 100 KB, 1 MB and 10 MB.

use ops_spec_kit::generate::{Request, generate};
use std::time::{Duration, Instant};

fn main() {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "docs/prd.md".to_owned());
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return eprintln!("{path}: {error}"),
    };
    println!("| Source | Bytes | Read | Generate | Tasks | Output bytes |");
    println!("| --- | --- | --- | --- | --- | --- |");
    row(&path, &text);
    for (name, size) in [
        ("10 KB", 10_000),
        ("100 KB", 100_000),
        ("1 MB", 1_000_000),
        ("10 MB", 10_000_000),
    ] {
        row(name, &grown(&text, size));
    }
}

/// Each list grows by its own lines with another number, as a larger project has more of the same.
fn grown(text: &str, size: usize) -> String {
    let times = (size / text.len()).max(1);
    let mut out = String::with_capacity(size + text.len());
    for line in text.lines() {
        out.push_str(line);
        out.push('\n');
        let is_item = line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
        for copy in 1..times {
            if is_item {
                out.push_str(&format!("{line} v{copy}\n"));
            }
        }
    }
    out
}

fn row(name: &str, text: &str) {
    let begin = Instant::now();
    let Ok(source) = ops_spec_kit::read::document("docs/prd.md", text.as_bytes()) else {
        return eprintln!("{name}: not read");
    };
    let read = begin.elapsed();
    let begin = Instant::now();
    match generate(&Request::new(&source, "a")) {
        Ok(output) => println!(
            "| {name} | {} | {} | {} | {} | {} |",
            text.len(),
            shown(read),
            shown(begin.elapsed()),
            output
                .manifest
                .nodes
                .iter()
                .filter(|node| node.kind.name() == "task")
                .count(),
            output
                .files
                .iter()
                .map(|(_, text)| text.len())
                .sum::<usize>()
        ),
        Err(refusal) => eprintln!("{name}: {refusal}"),
    }
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
