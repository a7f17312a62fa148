//! What this control room is at GitHub: whom it believes, and what it may start.

mod calls;

use crate::clock::unix_seconds;
use ops_core::limits::{WORKER_TOKEN_SECONDS, WORKER_TOKEN_SECONDS_USUAL};
use ops_core::port::Transport;
use ops_github::oidc::{GITHUB_ISSUER, OidcSettings, Verifier};
use ops_github::rest::{Calls, Credentials, GITHUB_API, GitHub as Rest};
use std::sync::Arc;

/// As a host has them, from its environment or its variables; empty where nothing is said.
#[derive(Clone, Default)]
pub struct GitHubSettings {
    /// Origin of this control room as workers write it, such as `https://ops.example.com`: an identity
    /// token that was made for another service is worth nothing here.
    pub oidc_audience: String,
    /// Separated by commas; GitHub's where nothing is said.
    pub oidc_issuers: String,
    /// How long a worker's token lives that came by an exchange, in seconds: 4 to 1,800; 1,200 where
    /// nothing is said.
    pub oidc_token_seconds: String,
    /// A fine-grained token with `actions: write` on the repositories whose workflows are started.
    pub token: String,
    /// An app in place of a token: its id and its private key. Not in components, for their size.
    pub app_id: String,
    pub app_key: String,
    /// Address of the REST API; github.com's where nothing is said.
    pub api: String,
}

impl GitHubSettings {
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        GitHubSettings {
            oidc_audience: variable("OPS_OIDC_AUDIENCE"),
            oidc_issuers: variable("OPS_OIDC_ISSUERS"),
            oidc_token_seconds: variable("OPS_OIDC_TOKEN_SECONDS"),
            token: variable("OPS_GITHUB_TOKEN"),
            app_id: variable("OPS_GITHUB_APP_ID"),
            // Where a variable holds one line.
            app_key: variable("OPS_GITHUB_APP_KEY").replace("\\n", "\n"),
            api: variable("OPS_GITHUB_API"),
        }
    }
}

/// Each part, or why it is not there.
pub struct GitHub {
    verifier: Result<Verifier, String>,
    token_seconds: Result<u32, String>,
    rest: Result<Rest, String>,
}

impl GitHub {
    /// What is wrong with settings is said by whatever needs them.
    pub fn new(transport: Arc<dyn Transport>, settings: &GitHubSettings) -> Self {
        GitHub {
            verifier: verifier(transport.clone(), settings),
            token_seconds: token_seconds(&settings.oidc_token_seconds),
            rest: rest(transport, settings),
        }
    }

    /// Identity tokens are taken here, or why not.
    pub(crate) fn verifier(&self) -> Result<&Verifier, &str> {
        self.verifier.as_ref().map_err(String::as_str)
    }

    /// How long the token of an exchange lives, or why that is not known.
    pub(crate) fn token_seconds(&self) -> Result<u32, &str> {
        self.token_seconds.as_ref().copied().map_err(String::as_str)
    }

    /// What may be asked of GitHub as of now, or why nothing.
    pub(crate) fn rest(&self) -> Result<Calls<'_>, &str> {
        let rest = self.rest.as_ref().map_err(String::as_str)?;
        Ok(rest.at(unix_seconds()))
    }
}

fn verifier(transport: Arc<dyn Transport>, settings: &GitHubSettings) -> Result<Verifier, String> {
    let audience = settings.oidc_audience.trim().trim_end_matches('/');
    if audience.is_empty() {
        return Err("identity tokens are not taken here: OPS_OIDC_AUDIENCE is not set to the origin of this control room".into());
    }
    let issuers = said(&settings.oidc_issuers, GITHUB_ISSUER);
    let settings = OidcSettings {
        audience: audience.into(),
        issuers: issuers.split(',').map(|one| one.trim().into()).collect(),
    };
    settings
        .check()
        .map_err(|why| format!("OPS_OIDC_ISSUERS: {why}"))?;
    Ok(Verifier::new(transport, settings))
}

fn token_seconds(said: &str) -> Result<u32, String> {
    let range = WORKER_TOKEN_SECONDS;
    match said.trim() {
        "" => Ok(WORKER_TOKEN_SECONDS_USUAL),
        said => said
            .parse()
            .ok()
            .filter(|seconds| range.contains(seconds))
            .ok_or_else(|| {
                let (least, most) = (range.start(), range.end());
                format!("OPS_OIDC_TOKEN_SECONDS is no number from {least} to {most}")
            }),
    }
}

fn rest(transport: Arc<dyn Transport>, settings: &GitHubSettings) -> Result<Rest, String> {
    let (token, app_id) = (settings.token.trim(), settings.app_id.trim());
    let credentials = match (token, app_id) {
        ("", "") => {
            return Err("this control room has no rights at GitHub: neither OPS_GITHUB_TOKEN nor OPS_GITHUB_APP_ID is set".into());
        }
        ("", app_id) => Credentials::App {
            app_id: app_id.into(),
            private_key_pem: settings.app_key.clone(),
        },
        (token, _) => Credentials::Token(token.into()),
    };
    Rest::new(transport, credentials, said(&settings.api, GITHUB_API)).map_err(|e| e.to_string())
}

fn said<'a>(text: &'a str, default: &'a str) -> &'a str {
    match text.trim().trim_end_matches('/') {
        "" => default,
        text => text,
    }
}
