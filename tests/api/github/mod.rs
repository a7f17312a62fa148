//! Workers that come from workflow jobs, and workflows that are started for them.

mod dispatch;
mod exchange;
mod refused;
mod steps;
mod workflow;

use crate::common::Room;
use ops_client::NativeTransport;
use ops_tests::harness::TestDatabase;
use ops_tests::harness::github::{GitHubServer, Input, Is};
use ops_tests::harness::issuer::OidcIssuer;
use ops_web::{App, GitHub, GitHubSettings, Host};
use serde_json::{Value, json};
use std::sync::Arc;

/// What identity tokens are made for.
const AUDIENCE: &str = "https://ops.example.com";
const TOKEN_AT_GITHUB: &str = "github_pat_of_the_control_room";

/// A control room, the issuer that it believes, and the GitHub that it asks.
struct World {
    room: Room,
    issuer: OidcIssuer,
    github: GitHubServer,
}

impl World {
    async fn new() -> Self {
        let (issuer, github) = (OidcIssuer::start().await, GitHubServer::start().await);
        github.accept(TOKEN_AT_GITHUB);
        github.repository("opsco/deploys", 9001, 4001);
        let lanes = Input {
            name: "lanes",
            is: Is::Optional,
        };
        github.workflow("opsco/deploys", "worker.yml", &[lanes], &["work"]);
        let settings = GitHubSettings {
            oidc_audience: AUDIENCE.into(),
            oidc_issuers: issuer.issuer.clone(),
            token: TOKEN_AT_GITHUB.into(),
            api: github.base.clone(),
            ..GitHubSettings::default()
        };
        let db = TestDatabase::new().await;
        let transport = Arc::new(NativeTransport::new().expect("a transport"));
        let app =
            App::new(db.store.clone(), Host::NATIVE).with_github(GitHub::new(transport, &settings));
        World {
            room: Room::with_app(db, app).await,
            issuer,
            github,
        }
    }

    /// Trusts the jobs of `opsco/deploys`, with `more` conditions.
    async fn trust(&self, more: Value) -> Value {
        let rule =
            json!({ "repository": "opsco/deploys", "issuer": self.issuer.issuer, "lanes": ["A"] });
        let rule = crate::common::with(rule, more);
        self.room.post("trust.add", rule).await.is(201)["rule"].take()
    }

    /// The last reason for which an identity was refused, as the audit trail has it.
    async fn reason(&self) -> String {
        let verb = "audit.list?action=workers.exchange_refused&limit=1";
        let entries = self.room.get(verb).await.is(200);
        let reason = entries["entries"][0]["detail"]["reason"].as_str();
        reason.expect("an entry").to_string()
    }
}
