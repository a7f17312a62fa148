//! `wasmtime serve` with a component of ours, as `cargo xtask test` brings both.

use super::gateway::SECRET_KEY;
use super::not_run;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

pub fn program() -> PathBuf {
    root().join("tools/wasmtime")
}

pub fn component(version: &str) -> PathBuf {
    root().join(format!("dist/ops-wasi-{version}.wasm"))
}

pub fn spec_kit_component(version: &str) -> PathBuf {
    root().join(format!("dist/ops-spec-kit-wasi-{version}.wasm"))
}

pub fn is_there(version: &str) -> bool {
    can_be_tried(&component(version))
}

/// Whether a component can be tried here. Says so loudly where it cannot.
pub fn can_be_tried(component: &Path) -> bool {
    let is_there = program().is_file() && component.is_file();
    if !is_there {
        not_run("wasmtime and the components, which `cargo xtask test` brings");
    }
    is_there
}

/// A running host. Ended by its own pid, whatever happens.
pub struct Wasmtime {
    pub url: String,
    child: Child,
}

impl Wasmtime {
    /// Ready when it returns. `more` are arguments of `wasmtime serve`.
    pub fn serve(component: &Path, origin: &str, more: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "-Scli", "--addr", "127.0.0.1:0"])
            .args(more)
            .arg("--env")
            .arg(format!("OPS_SUPABASE_URL={origin}"))
            .arg("--env")
            .arg(format!("OPS_SUPABASE_KEY={SECRET_KEY}"))
            .arg(component)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("wasmtime starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut said = Vec::new();
        let url = loop {
            let line = lines.next().and_then(Result::ok);
            let line = line.unwrap_or_else(|| panic!("wasmtime ended: {said:#?}"));
            if let Some((_, url)) = line.split_once("Serving HTTP on ") {
                break url.trim_end_matches('/').to_string();
            }
            said.push(line);
        };
        // What the component says is shown where a test fails.
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .for_each(|line| eprintln!("{line}"));
        });
        Wasmtime { url, child }
    }
}

impl Drop for Wasmtime {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
