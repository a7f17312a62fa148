//! Prints how long documents of growing size take to be read.

use ops_spec_kit::read;
use std::time::Instant;

fn main() {
    let own = include_str!("../../docs/prd.md");
    println!("{:>12} {:>10} {:>10}", "bytes", "ms", "ns/byte");
    for size in [10_000, 100_000, 1_000_000, 10_000_000usize] {
        for (name, text) in [
            ("prd", own.repeat(size / own.len() + 1)),
            ("tasks", tasks(size)),
            ("line", "FR-001 and 2s, ".repeat(size / 15)),
        ] {
            let start = Instant::now();
            let document = read::document(&format!("{name}.md"), text.as_bytes());
            let time = start.elapsed();
            let facts = document.map_or(0, |document| document.items.len() + document.tasks.len());
            println!(
                "{:>12} {:>10.2} {:>10.1} {name} {facts}",
                text.len(),
                time.as_secs_f64() * 1e3,
                time.as_nanos() as f64 / text.len() as f64
            );
        }
    }
}

fn tasks(size: usize) -> String {
    let mut out = String::from("# Tasks\n");
    let mut n = 0;
    while out.len() < size {
        if n % 20 == 0 {
            out.push_str(&format!("\n## Phase {}: Part\n\n", n / 20 + 1));
        }
        n += 1;
        out.push_str(&format!(
            "- [ ] T{n:03} [P] [US1] Create thing in src/a{n}.rs (depends on T{:03})\n",
            n - 1
        ));
    }
    out
}
