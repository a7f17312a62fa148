//! A control room that takes the identities of the tests' issuer, and runs for it.

use ops_core::api::{NewRun, NewTrustRule};
use ops_tests::harness::issuer::OidcIssuer;
use ops_tests::harness::process::{Folder, Up, ops};
use serde_json::json;
use std::net::TcpListener;

pub struct World {
    pub up: Up,
    pub issuer: OidcIssuer,
    pub folder: Folder,
}

impl World {
    pub async fn new(local_workers: &str) -> Self {
        World::with(local_workers, &[]).await
    }

    /// With these variables of the control room.
    pub async fn with(local_workers: &str, variables: &[(&str, &str)]) -> Self {
        let (issuer, folder) = (OidcIssuer::start().await, Folder::new());
        let listen = format!("127.0.0.1:{}", free_port());
        let data = folder.data();
        let mut command = ops();
        command
            .args(["up", "--json", "--workers", local_workers])
            .args(["--listen", &listen, "--data"])
            .arg(&data)
            .env("OPS_OIDC_AUDIENCE", format!("http://{listen}"))
            .env("OPS_OIDC_ISSUERS", &issuer.issuer)
            .envs(variables.iter().copied());
        let up = Up::of(command, &data);
        World { up, issuer, folder }
    }

    /// Lets the jobs of the issuer's repository into these lanes.
    pub async fn trust(&self, lanes: &[&str]) {
        let rule = NewTrustRule {
            repository: "opsco/deploys".into(),
            repository_id: Some("9001".into()),
            repository_owner_id: Some("4001".into()),
            issuer: Some(self.issuer.issuer.clone()),
            lanes: lanes.iter().map(|lane| lane.to_string()).collect(),
            ..serde_json::from_value(json!({ "repository": "opsco/deploys" })).expect("a rule")
        };
        self.up.client.trust_add(&rule).await.expect("a rule");
    }

    pub async fn queue(&self, lane: &str, script: &str) -> String {
        let step = json!({ "id": "a", "run": script, "artifacts": ["report.md"] });
        let step = match script.contains("report.md") {
            true => step,
            false => json!({ "id": "a", "run": script }),
        };
        let run = NewRun {
            runbook: Some(
                json!({ "version": 1, "slug": "quick", "title": "Quick", "steps": [step] }),
            ),
            lane: Some(lane.into()),
            ..NewRun::default()
        };
        let made = self.up.client.runs_create(&run).await;
        made.expect("queued").run_id
    }
}

/// Somebody else may take it before it is used; nobody here does.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
