//! The components: two of them, for the limit of their size, each in two versions of WASI, and for each
//! of those a build that any host of `wasi:http` takes and one that reads Spin's variables.

use crate::stage::{built, cargo, root};
use std::path::Path;
use std::process::Command;

/// Both in one command: alone, each would compile shared dependencies with other features.
const BUILD: [&str; 10] = [
    "build",
    "--profile",
    "wasm",
    "--locked",
    "--quiet",
    "--target",
    "wasm32-wasip2",
    "-p",
    "ops-wasi-02",
    "-p",
];

/// What a component serves.
#[derive(Clone, Copy)]
enum Part {
    /// Everything but the two verbs that need the spec kit.
    Main,
    SpecKit,
}

/// Whose settings it reads.
#[derive(Clone, Copy)]
enum Reads {
    Environment,
    SpinVariables,
}

/// Writes `dist/ops-wasi-0.2.wasm`, `dist/ops-wasi-0.3.wasm`, the same as `ops-spin-…`, and of each the
/// spec kit's as `ops-spec-kit-wasi-…` and `ops-spec-kit-spin-…`.
pub fn build() -> Result<(), String> {
    portable()?;
    component(Part::Main, Reads::SpinVariables)?;
    component(Part::SpecKit, Reads::SpinVariables)
}

/// Those that tests run.
pub fn portable() -> Result<(), String> {
    ensure_target()?;
    component(Part::Main, Reads::Environment)?;
    component(Part::SpecKit, Reads::Environment)
}

fn component(part: Part, reads: Reads) -> Result<(), String> {
    let mut features = Vec::new();
    if let Part::SpecKit = part {
        features.extend(["ops-wasi-02/spec-kit", "ops-wasi-03/spec-kit"]);
    }
    if let Reads::SpinVariables = reads {
        features.extend(["ops-wasi-02/spin", "ops-wasi-03/spin"]);
    }
    let features = features.join(",");
    let mut arguments = command();
    if !features.is_empty() {
        arguments.extend(["--features", &features]);
    }
    let (what, name) = match (part, reads) {
        (Part::Main, Reads::Environment) => ("components", "ops-wasi"),
        (Part::Main, Reads::SpinVariables) => ("components for Spin", "ops-spin"),
        (Part::SpecKit, Reads::Environment) => ("components of the spec kit", "ops-spec-kit-wasi"),
        (Part::SpecKit, Reads::SpinVariables) => {
            ("components of the spec kit for Spin", "ops-spec-kit-spin")
        }
    };
    cargo(what, &arguments)?;
    collect(name)
}

/// rustup adds the targets of `rust-toolchain.toml` only when it installs the toolchain itself.
pub fn ensure_target() -> Result<(), String> {
    let library = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", "wasm32-wasip2"])
        .current_dir(root())
        .output()
        .map_err(|e| format!("rustc does not start: {e}"))?;
    if Path::new(String::from_utf8_lossy(&library.stdout).trim()).is_dir() {
        return Ok(());
    }
    let added = Command::new("rustup")
        .args(["target", "add", "wasm32-wasip2"])
        .current_dir(root())
        .status();
    match added {
        Ok(status) if status.success() => Ok(()),
        _ => Err(
            "the target wasm32-wasip2 is missing, and `rustup target add` did not bring it".into(),
        ),
    }
}

fn command() -> Vec<&'static str> {
    let mut arguments = BUILD.to_vec();
    arguments.push("ops-wasi-03");
    arguments
}

fn collect(kind: &str) -> Result<(), String> {
    let dist = Path::new(root()).join("dist");
    std::fs::create_dir_all(&dist).map_err(|e| format!("dist: {e}"))?;
    for version in ["2", "3"] {
        let built = built("wasm32-wasip2/wasm", &format!("ops_wasi_0{version}.wasm"));
        let name = format!("{kind}-0.{version}.wasm");
        let bytes = std::fs::copy(&built, dist.join(&name))
            .map_err(|e| format!("{}: {e}", built.display()))?;
        println!("── dist/{name}: {bytes} bytes");
    }
    Ok(())
}
