//! From the start of a host's process to the end of its first answer, and how large it is.

use super::{at, sides};
use crate::setup::Fallible;
use ops_core::BASE_PATH;
use ops_tests::harness::api::built;
use ops_tests::harness::lambda::Lambda;
use ops_tests::harness::wasmtime::{Wasmtime, component, program};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const STARTS: usize = 15;

pub async fn markdown(origin: &str) -> Fallible<String> {
    let mut text = String::from(
        "| host | size | start → first answer, median | highest |\n| --- | --- | --- | --- |\n",
    );
    let mut row = |name: &str, file: &Path, mut took: Vec<Duration>| -> Fallible<()> {
        took.sort();
        let size = file.metadata()?.len() as f64 / 1e6;
        let (middle, most) = (at(&took, 0.5), at(&took, 1.0));
        text += &format!("| {name} | {size:.2} MB | {middle:.1} ms | {most:.1} ms |\n");
        Ok(())
    };
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let (url, _up, _folder) = sides::native(origin).await?;
        took.push(first_answer(&url, started).await?);
    }
    row("native server", &built("ops"), took)?;
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let lambda = Lambda::start(origin).await;
        took.push(first_answer(&lambda.url, started).await?);
    }
    row("Lambda", &built("bootstrap"), took)?;
    for version in ["0.2", "0.3"] {
        let file = component(version);
        let name = |how: &str| format!("component {version}, {how}");
        row(
            &name("compiled each time"),
            &file,
            wasmtime(origin, &file, &["-Ccache=n"]).await?,
        )?;
        row(
            &name("wasmtime's cache"),
            &file,
            wasmtime(origin, &file, &[]).await?,
        )?;
        let compiled = file.with_extension("cwasm");
        let status = Command::new(program())
            .args(["compile", "-o"])
            .args([&compiled, &file])
            .status()?;
        if !status.success() {
            return Err("the component does not compile".into());
        }
        let took = wasmtime(origin, &compiled, &["--allow-precompiled"]).await?;
        row(&name("precompiled .cwasm"), &compiled, took)?;
        std::fs::remove_file(&compiled)?;
    }
    Ok(text)
}

async fn wasmtime(origin: &str, file: &Path, more: &[&str]) -> Fallible<Vec<Duration>> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let host = Wasmtime::serve(file, origin, more);
        took.push(first_answer(&host.url, started).await?);
    }
    Ok(took)
}

/// One that needs no database: what is measured is the host.
async fn first_answer(url: &str, started: Instant) -> Fallible<Duration> {
    let url = format!("{url}{BASE_PATH}/openapi.json");
    let answer = reqwest::get(url).await?.error_for_status()?;
    answer.bytes().await?;
    Ok(started.elapsed())
}
