//! `cargo xtask bench github`: from a queued run to its first line, by a worker that waits, and from
//! zero: the control room asks GitHub to start a workflow, whose job begins as a process here. What
//! GitHub itself takes in between, a queue and a machine, is not ours and not in it.

use crate::setup::Fallible;
use ops_core::api::{DispatchRule, LaneUpdate, NewRun, NewTrustRule};
use ops_tests::harness::api::built;
use ops_tests::harness::github::{GitHubServer, Input, Is};
use ops_tests::harness::issuer::{OidcIssuer, REQUEST_TOKEN};
use ops_tests::harness::process::{Folder, Up, ops};
use serde_json::json;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

const STARTS: usize = 15;
const PAUSE: Duration = Duration::from_millis(2);

pub async fn measure() -> Fallible<()> {
    let mut room = Room::start().await?;
    let warm = room.warm().await?;
    let (mut asked, mut claimed) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (ask, first_line) = room.started_from_zero().await?;
        asked.push(ask);
        claimed.push(first_line);
    }
    println!("| from zero and warm, {STARTS} each | median | highest |\n| --- | --- | --- |");
    row("run queued → first line of its step, a worker waits", warm);
    row("run queued → GitHub has the dispatch", asked);
    row(
        "job begins (launcher apart) → first line of the step",
        claimed,
    );
    Ok(())
}

fn row(name: &str, mut took: Vec<Duration>) {
    took.sort();
    let ms = |at: usize| took[at].as_secs_f64() * 1e3;
    println!(
        "| {name} | {:.0} ms | {:.0} ms |",
        ms(took.len() / 2),
        ms(took.len() - 1)
    );
}

struct Room {
    up: Up,
    github: GitHubServer,
    issuer: OidcIssuer,
    folder: Folder,
    lanes: usize,
}

impl Room {
    async fn start() -> Fallible<Self> {
        let (issuer, github, folder) = (
            OidcIssuer::start().await,
            GitHubServer::start().await,
            Folder::new(),
        );
        github.accept("bench");
        github.repository("opsco/deploys", 9001, 4001);
        github.workflow(
            "opsco/deploys",
            "worker.yml",
            &[Input {
                name: "lanes",
                is: Is::Optional,
            }],
            &["work"],
        );
        // Its address is the audience of its tokens, so it has to be known before it starts.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let listen = format!("127.0.0.1:{port}");
        let data = folder.data();
        let mut command = ops();
        command
            .args([
                "up",
                "--json",
                "--workers",
                "0",
                "--listen",
                &listen,
                "--data",
            ])
            .arg(&data)
            .env("OPS_OIDC_AUDIENCE", format!("http://{listen}"))
            .env("OPS_OIDC_ISSUERS", &issuer.issuer)
            .env("OPS_GITHUB_API", &github.base)
            .env("OPS_GITHUB_TOKEN", "bench");
        let up = Up::of(command, &data);
        let rule = NewTrustRule {
            repository_id: Some("9001".into()),
            repository_owner_id: Some("4001".into()),
            issuer: Some(issuer.issuer.clone()),
            ..serde_json::from_value(json!({ "repository": "opsco/deploys" }))?
        };
        up.client.trust_add(&rule).await?;
        Ok(Room {
            up,
            github,
            issuer,
            folder,
            lanes: 0,
        })
    }

    async fn queue(&self, lane: &str) -> Fallible<String> {
        let step = json!({ "id": "a", "run": "echo here" });
        let run = NewRun {
            runbook: Some(
                json!({ "version": 1, "slug": "quick", "title": "Quick", "steps": [step] }),
            ),
            lane: Some(lane.into()),
            ..NewRun::default()
        };
        Ok(self.up.client.runs_create(&run).await?.run_id)
    }

    async fn first_line(&self, run_id: &str) -> Fallible<()> {
        loop {
            let page = self.up.client.events_list(run_id, 0, 50).await?;
            if page.events.iter().any(|event| event.message == "here") {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A job as the launcher starts it, which ends by itself when nothing is queued.
    fn job(&self, lane: &str, idle: &str) -> Fallible<tokio::process::Child> {
        let folder = self.folder.path().join(lane);
        std::fs::create_dir_all(&folder)?;
        Ok(Command::new(built("ops-action"))
            .env("INPUT_URL", &self.up.url)
            .env("INPUT_LANES", lane)
            .env("INPUT_IDLE-TIMEOUT", idle)
            .env("RUNNER_TEMP", &folder)
            .env("GITHUB_WORKSPACE", &folder)
            .env("ACTIONS_ID_TOKEN_REQUEST_URL", self.issuer.request_url())
            .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?)
    }

    async fn warm(&self) -> Fallible<Vec<Duration>> {
        let _job = self.job("A", "60s")?;
        let first = self.queue("A").await?;
        self.first_line(&first).await?;
        let mut took = Vec::new();
        for _ in 0..STARTS {
            // Long enough that the worker waits again.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let queued = Instant::now();
            let run_id = self.queue("A").await?;
            self.first_line(&run_id).await?;
            took.push(queued.elapsed());
        }
        Ok(took)
    }

    /// Each in a lane of its own, that nobody has worked in.
    async fn started_from_zero(&mut self) -> Fallible<(Duration, Duration)> {
        self.lanes += 1;
        let lane = format!("zero-{}", self.lanes);
        let rule = DispatchRule {
            repository: Some("opsco/deploys".into()),
            workflow: Some("worker.yml".into()),
            per_hour: Some(100),
            ..serde_json::from_value(json!({}))?
        };
        let update = LaneUpdate {
            dispatch: Some(rule),
            ..serde_json::from_value(json!({ "name": lane }))?
        };
        self.up.client.lanes_update(&update).await?;
        let before = self.github.runs().len();
        let queued = Instant::now();
        let run_id = self.queue(&lane).await?;
        while self.github.runs().len() == before {
            tokio::time::sleep(PAUSE).await;
        }
        let asked = queued.elapsed();
        let begun = Instant::now();
        let mut job = self.job(&lane, "1s")?;
        self.first_line(&run_id).await?;
        let first_line = begun.elapsed();
        job.wait().await?;
        Ok((asked, first_line))
    }
}
