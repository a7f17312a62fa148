//! From the start of a host's process until it listens, and to the end of its first answer; and how
//! large it is. Between the two lies what is ours: the component's instance and the router.

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
        "| host | size | start → listens, median | → first answer, median | start → first answer, highest |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut row = |name: &str, file: &Path, took: Vec<Start>| -> Fallible<()> {
        let sorted = |of: fn(&Start) -> Duration| {
            let mut took: Vec<Duration> = took.iter().map(of).collect();
            took.sort();
            took
        };
        let size = file.metadata()?.len() as f64 / 1e6;
        let listens = at(&sorted(|start| start.listens), 0.5);
        let answers = at(&sorted(|start| start.answers - start.listens), 0.5);
        let most = at(&sorted(|start| start.answers), 1.0);
        text += &format!(
            "| {name} | {size:.2} MB | {listens:.1} ms | {answers:.1} ms | {most:.1} ms |\n"
        );
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

/// Both from the start of the process.
struct Start {
    listens: Duration,
    answers: Duration,
}

async fn wasmtime(origin: &str, file: &Path, more: &[&str]) -> Fallible<Vec<Start>> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let host = Wasmtime::serve(file, origin, more);
        took.push(first_answer(&host.url, started).await?);
    }
    Ok(took)
}

/// One that needs no database: what is measured is the host.
async fn first_answer(url: &str, started: Instant) -> Fallible<Start> {
    let listens = started.elapsed();
    let url = format!("{url}{BASE_PATH}/openapi.json");
    let answer = reqwest::get(url).await?.error_for_status()?;
    answer.bytes().await?;
    Ok(Start {
        listens,
        answers: started.elapsed(),
    })
}
