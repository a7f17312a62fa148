//! Arrows between our crates point inward, as docs/ARCHITECTURE.md draws them.

use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// Who may use whom. A line here is a design change and needs an ADR.
const ALLOWED: &[(&str, &[&str])] = &[
    ("ops-core", &[]),
    ("ops-runbook", &["ops-core"]),
    ("ops-client", &["ops-core"]),
    ("ops-github", &["ops-core"]),
    ("ops-schema", &[]),
    ("ops-spec-kit", &[]),
    ("ops-spec-files", &["ops-spec-kit"]),
    ("ops-store-postgres", &["ops-core", "ops-schema"]),
    ("ops-store-supabase", &["ops-core"]),
    ("ops-embedded", &["ops-core"]),
    (
        "ops-worker",
        &["ops-core", "ops-client", "ops-runbook", "ops-spec-kit"],
    ),
    ("ops-render", &["ops-core"]),
    (
        "ops-web",
        &[
            "ops-core",
            "ops-github",
            "ops-render",
            "ops-runbook",
            "ops-schema",
            "ops-spec-kit",
        ],
    ),
    (
        "ops-setup",
        &[
            "ops-core",
            "ops-schema",
            "ops-store-postgres",
            "ops-store-supabase",
        ],
    ),
    (
        "ops-function",
        &["ops-core", "ops-store-supabase", "ops-web"],
    ),
    (
        "ops-action",
        &[
            "ops-core",
            "ops-client",
            "ops-spec-files",
            "ops-spec-kit",
            "ops-worker",
        ],
    ),
    ("ops-wasi-02", &["ops-core", "ops-function"]),
    ("ops-wasi-03", &["ops-core", "ops-function"]),
    ("ops-lambda", &["ops-client", "ops-function", "ops-web"]),
    (
        "ops-server",
        &[
            "ops-core",
            "ops-client",
            "ops-embedded",
            "ops-store-postgres",
            "ops-store-supabase",
            "ops-web",
            "ops-worker",
        ],
    ),
    (
        "ops",
        &[
            "ops-core",
            "ops-client",
            "ops-github",
            "ops-runbook",
            "ops-worker",
            "ops-server",
            "ops-setup",
            "ops-spec-files",
            "ops-spec-kit",
        ],
    ),
];

/// Crates that build or test the product and are no part of it.
const TOOLS: &[&str] = &["ops-tests", "xtask"];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata");
    metadata["packages"].as_array().expect("packages").clone()
}

#[test]
fn arrows_point_inward() {
    let ours = packages();
    let names: BTreeSet<&str> = ours.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in &ours {
        let name = package["name"].as_str().expect("a name");
        if TOOLS.contains(&name) {
            continue;
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(who, _)| *who == name) else {
            wrong.push(format!(
                "{name}: a crate that the list of arrows does not know"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let on = dependency["name"].as_str().expect("a name");
            if names.contains(on) && !allowed.contains(&on) {
                wrong.push(format!("{name} -> {on}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows that docs/ARCHITECTURE.md does not allow: {wrong:#?}"
    );
}
