//! A worker's token for this job: one that was given, or one for the job's identity token.

use crate::commands::{self, Level};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::inputs::Inputs;
use ops_client::{Bearer, Client, ClientError, NativeTransport, percent_encoded};
use ops_core::Code;
use ops_core::api::{Exchange, Exchanged};
use ops_core::port::{HttpRequest, Transport};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Who this job is at the control room.
pub struct Identity {
    pub token: Bearer,
    /// Fixed by an exchange.
    pub worker_id: Option<String>,
    pub lanes: Vec<String>,
    /// Tells of each new token.
    pub renewals: watch::Receiver<()>,
}

/// Tries to exchange, before the job gives up.
const TRIES: u32 = 5;

pub async fn establish(inputs: &Inputs, environment: &Environment) -> Result<Identity, Failure> {
    let (renewed, renewals) = watch::channel(());
    if let Some(token) = &inputs.token {
        commands::mask(token);
        return Ok(Identity {
            token: token.into(),
            worker_id: None,
            lanes: inputs.lanes.clone(),
            renewals,
        });
    }
    let job = Arc::new(Job::of(inputs, environment)?);
    let token = Bearer::from("");
    let client = Client::new(job.transport.clone(), &inputs.url, &token);
    let made = job.first(&client, environment.repository()).await?;
    commands::mask(&made.token);
    token.set(&made.token);
    let identity = Identity {
        token: token.clone(),
        worker_id: Some(made.worker_id.clone()),
        lanes: made.lanes.clone(),
        renewals,
    };
    tokio::spawn(job.renew(client, token, renewed, made.expires_in_seconds));
    Ok(identity)
}

/// What the runner gives a job that may prove who it is.
struct Job {
    transport: Arc<dyn Transport>,
    request_url: String,
    request_token: String,
    lanes: Vec<String>,
    name: Option<String>,
}

impl Job {
    fn of(inputs: &Inputs, environment: &Environment) -> Result<Self, Failure> {
        let url = environment.get("ACTIONS_ID_TOKEN_REQUEST_URL");
        let token = environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        let (Some(url), Some(token)) = (url, token) else {
            return Err(Failure::NoIdentity);
        };
        let transport = NativeTransport::new().map_err(|e| Failure::Transport(e.to_string()))?;
        let sign = if url.contains('?') { '&' } else { '?' };
        Ok(Job {
            transport: Arc::new(transport),
            request_url: format!("{url}{sign}audience={}", percent_encoded(&inputs.url)),
            request_token: token.into(),
            lanes: inputs.lanes.clone(),
            name: inputs.name.clone(),
        })
    }

    /// A fresh one each time: the control room takes each once.
    async fn oidc_token(&self) -> Result<String, Failure> {
        #[derive(Deserialize)]
        struct Answer {
            value: String,
        }
        let request = HttpRequest {
            method: "GET",
            url: self.request_url.clone(),
            headers: vec![(
                "authorization".into(),
                format!("bearer {}", self.request_token),
            )],
            body: Vec::new(),
            timeout: Duration::from_secs(10),
        };
        let answer = self.transport.send(request).await;
        let answer = answer.map_err(|error| Failure::Runner(error.to_string()))?;
        if answer.status != 200 {
            return Err(Failure::Runner(format!("status {}", answer.status)));
        }
        let answer: Answer = serde_json::from_slice(&answer.body)
            .map_err(|error| Failure::Runner(error.to_string()))?;
        commands::mask(&answer.value);
        Ok(answer.value)
    }

    async fn exchange(&self, client: &Client) -> Result<Exchanged, Failure> {
        let exchange = Exchange {
            oidc_token: self.oidc_token().await?,
            lanes: self.lanes.clone(),
            name: self.name.clone(),
        };
        let answer = client.workers_exchange(&exchange).await;
        answer.map_err(Failure::refused("workers.exchange"))
    }

    async fn first(&self, client: &Client, repository: &str) -> Result<Exchanged, Failure> {
        let mut tries = 1;
        loop {
            match self.exchange(client).await {
                Ok(made) => return Ok(made),
                Err(Failure::Refused { error, .. }) if is_final(&error) => {
                    return Err(Failure::Distrusted(error.to_string(), repository.into()));
                }
                Err(failure) if tries == TRIES => return Err(failure),
                Err(failure) => {
                    commands::annotate(Level::Notice, None, &format!("{failure}; trying again"));
                    tokio::time::sleep(Duration::from_secs(1 << tries)).await;
                    tries += 1;
                }
            }
        }
    }

    /// When half of its life is over, and then as often as it takes.
    async fn renew(
        self: Arc<Self>,
        client: Client,
        token: Bearer,
        renewed: watch::Sender<()>,
        mut lives_seconds: u64,
    ) {
        loop {
            tokio::time::sleep(Duration::from_secs((lives_seconds / 2).max(1))).await;
            match self.exchange(&client).await {
                Ok(made) => {
                    commands::mask(&made.token);
                    token.set(&made.token);
                    renewed.send_replace(());
                    lives_seconds = made.expires_in_seconds;
                }
                Err(failure) => {
                    let words = format!("the worker's token was not renewed: {failure}");
                    commands::annotate(Level::Warning, None, &words);
                    lives_seconds = (lives_seconds / 2).clamp(10, 120);
                }
            }
        }
    }
}

/// The same answer would come again.
fn is_final(error: &ClientError) -> bool {
    let codes = [
        Code::Unauthenticated,
        Code::Forbidden,
        Code::NotConfigured,
        Code::Invalid,
        Code::UnknownVerb,
    ];
    matches!(error, ClientError::Refused(problem) if codes.contains(&problem.code))
}
