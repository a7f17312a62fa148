//! `act`: a runner of workflows without GitHub and without Docker.

use crate::world::{World, free_port};
use ops_tests::harness::api::built;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// As `cargo xtask test` brings it by pip.
fn program() -> PathBuf {
    Path::new(ROOT).join("tools/workflows/bin/act")
}

/// Whether a workflow can be run here.
pub fn is_there() -> bool {
    let node = Command::new("node").arg("--version").output();
    program().is_file() && node.is_ok() && cfg!(target_os = "linux")
}

/// What a repository has that uses the action, and what its jobs wrote.
pub struct Repository {
    folder: PathBuf,
}

impl Repository {
    pub fn with(world: &World, workflow: &str) -> Self {
        let folder = world.folder.path().join("repository");
        let repository = Repository { folder };
        let write = |path: &str, text: &str| {
            let path = repository.folder.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write("work/.github/workflows/t.yml", workflow);
        write("work/check.yaml", CHECK);
        write("work/prd.md", PRD);
        write("home/.config/act/actrc", "");
        write("out/keep", "");
        for name in ["action.yml", "action/release.json"] {
            let text = std::fs::read_to_string(Path::new(ROOT).join(name)).expect("text");
            write(&format!("action/{name}"), &text);
        }
        for name in ["launcher.cjs", "download.cjs", "main.cjs", "post.cjs"] {
            let path = format!("action/{name}");
            let text = std::fs::read_to_string(Path::new(ROOT).join(&path)).expect("text");
            write(&format!("action/{path}"), &text);
        }
        let work = repository.folder.join("work");
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &[
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.com",
                "commit",
                "--quiet",
                "--message",
                "x",
            ],
        ] {
            let status = Command::new("git")
                .args(arguments)
                .current_dir(&work)
                .status();
            assert!(status.expect("git runs").success());
        }
        repository
    }

    /// Presses Run. Jobs of a matrix go beside each other.
    pub async fn run(&self, world: &World) -> Output {
        let mut command = Command::new(program());
        let action = self.folder.join("action");
        command
            .args([
                "workflow_dispatch",
                "--workflows",
                ".github/workflows/t.yml",
            ])
            .args(["--platform", "ubuntu-latest=-self-hosted"])
            .args([
                "--concurrent-jobs",
                "4",
                "--artifact-server-addr",
                "127.0.0.1",
            ])
            .args(["--artifact-server-port", &free_port().to_string()])
            .arg("--artifact-server-path")
            .arg(self.folder.join("artifacts"))
            .arg("--local-repository")
            .arg(format!("opsco/ops-control-room@v1={}", action.display()));
        let request_url = world.issuer.request_url();
        let variables = [
            ("OPS_URL", world.up.url.as_str()),
            ("WORK", &self.folder.join("work").display().to_string()),
            ("OUT", &self.out().display().to_string()),
            ("OPS_ACTION_BIN", &built("ops-action").display().to_string()),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &request_url),
            (
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                ops_tests::harness::issuer::REQUEST_TOKEN,
            ),
            ("GITHUB_TOKEN", "ghs_of_the_job"),
        ];
        for (name, value) in variables {
            command.arg("--env").arg(format!("{name}={value}"));
        }
        command
            .args(["--secret", &format!("OPERATOR={}", world.up.token)])
            .env("HOME", self.folder.join("home"))
            .env("XDG_CONFIG_HOME", self.folder.join("home/.config"))
            .current_dir(self.folder.join("work"));
        // The issuer serves meanwhile.
        let running = tokio::task::spawn_blocking(move || command.output());
        running.await.expect("it ends").expect("act runs")
    }

    fn out(&self) -> PathBuf {
        self.folder.join("out")
    }

    /// What a job wrote into `$OUT`.
    pub fn written(&self, name: &str) -> String {
        std::fs::read_to_string(self.out().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Bytes of everything that the workflow run was given.
    pub fn artifacts(&self) -> Vec<Vec<u8>> {
        let mut folders = vec![self.folder.join("artifacts")];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.path() {
                    path if path.is_dir() => folders.push(path),
                    path => found.push(std::fs::read(path).expect("bytes")),
                }
            }
        }
        found
    }
}

const CHECK: &str = "\
version: 1
slug: check
title: Check
params:
  type: object
  properties:
    code: { type: integer }
steps:
  - id: a
    run: |
      echo checked
      exit $PARAM_code
";

const PRD: &str = "\
# PRD: Search

## Problem

People cannot find old orders.

## Goals

- Orders are found within a second.

## Non-goals

- Orders of other shops

## Functional requirements

1. The system MUST offer `GET /orders.search`.

## Acceptance criteria

- **AC-001** A word of an order's customer finds the order.
";
