//! A worker's token for the identity of a workflow job, renewed as long as the job lives. What the runner
//! gives a job for that is an argument: this reads no environment.

use ops_client::{Bearer, Client, ClientError, NativeTransport, percent_encoded};
use ops_core::Code;
use ops_core::api::{Exchange, Exchanged};
use ops_core::port::{HttpRequest, Transport};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Tries to exchange, before the job gives up: 30 s in all, beside the calls themselves.
const TRIES: u32 = 5;

/// Who a job says it is, and what it wants to be.
#[derive(Debug, Clone)]
pub struct JobIdentity {
    /// Origin of the control room, which is the audience of its identity tokens too.
    pub url: String,
    /// `ACTIONS_ID_TOKEN_REQUEST_URL` of the runner.
    pub request_url: String,
    /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    pub request_token: String,
    /// Empty: all that the rule allows.
    pub lanes: Vec<String>,
    /// The beginning of the worker's id.
    pub name: Option<String>,
}

/// Who a job is at the control room.
pub struct Established {
    /// Always the newest.
    pub token: Bearer,
    /// The only worker that the token may act as.
    pub worker_id: String,
    pub lanes: Vec<String>,
    /// Tells of each new token.
    pub renewals: watch::Receiver<()>,
}

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("the job has no identity: ACTIONS_ID_TOKEN_REQUEST_URL is missing")]
    None,
    #[error("the runner gave no identity token: {0}")]
    Runner(String),
    /// The same answer would come again.
    #[error("the control room does not take this job's identity: {0}")]
    Distrusted(ClientError),
    #[error("workers.exchange: {0}")]
    Refused(ClientError),
    #[error("no connection can be made here: {0}")]
    Transport(String),
}

/// What a program is told meanwhile. It must not block.
pub trait IdentityObserver: Send + Sync + 'static {
    /// A word that must not be shown, before anything is done with it.
    fn secret(&self, word: &str);
    /// It is tried again.
    fn trying_again(&self, error: &IdentityError);
    /// The token is the one before; it is tried again within two minutes.
    fn not_renewed(&self, error: &IdentityError);
}

impl JobIdentity {
    /// Of a runner's variables.
    pub fn of(url: &str, environment: &HashMap<String, String>) -> Result<Self, IdentityError> {
        let said = |name: &str| {
            let value = environment.get(name).map(|value| value.trim());
            value.filter(|value| !value.is_empty()).map(str::to_string)
        };
        let request_url = said("ACTIONS_ID_TOKEN_REQUEST_URL").ok_or(IdentityError::None)?;
        let request_token = said("ACTIONS_ID_TOKEN_REQUEST_TOKEN").ok_or(IdentityError::None)?;
        Ok(JobIdentity {
            url: url.trim_end_matches('/').into(),
            request_url,
            request_token,
            lanes: Vec::new(),
            name: None,
        })
    }

    /// A token, and a task that renews it when half of its life is over, as long as this runtime lives.
    pub async fn establish(
        self,
        observer: Arc<dyn IdentityObserver>,
    ) -> Result<Established, IdentityError> {
        let transport =
            NativeTransport::new().map_err(|error| IdentityError::Transport(error.to_string()))?;
        let token = Bearer::from("");
        let transport: Arc<dyn Transport> = Arc::new(transport);
        let job = Job {
            client: Client::new(transport.clone(), &self.url, &token),
            transport,
            identity: self,
            observer,
        };
        let made = job.first().await?;
        token.set(&made.token);
        let (renewed, renewals) = watch::channel(());
        let lives_seconds = made.expires_in_seconds;
        tokio::spawn(job.renew(token.clone(), renewed, lives_seconds));
        Ok(Established {
            token,
            worker_id: made.worker_id,
            lanes: made.lanes,
            renewals,
        })
    }
}

struct Job {
    identity: JobIdentity,
    transport: Arc<dyn Transport>,
    client: Client,
    observer: Arc<dyn IdentityObserver>,
}

impl Job {
    /// A fresh one each time: the control room takes each once.
    async fn oidc_token(&self) -> Result<String, IdentityError> {
        #[derive(Deserialize)]
        struct Answer {
            value: String,
        }
        let wrong = |why: &dyn std::fmt::Display| IdentityError::Runner(why.to_string());
        let JobIdentity {
            url, request_url, ..
        } = &self.identity;
        let sign = if request_url.contains('?') { '&' } else { '?' };
        let request = HttpRequest {
            method: "GET",
            url: format!("{request_url}{sign}audience={}", percent_encoded(url)),
            headers: vec![(
                "authorization".into(),
                format!("bearer {}", self.identity.request_token),
            )],
            body: Vec::new(),
            timeout: Duration::from_secs(10),
        };
        let answer = self.transport.send(request).await;
        let answer = answer.map_err(|error| wrong(&error))?;
        if answer.status != 200 {
            return Err(wrong(&format_args!("status {}", answer.status)));
        }
        let answer: Answer = serde_json::from_slice(&answer.body).map_err(|error| wrong(&error))?;
        self.observer.secret(&answer.value);
        Ok(answer.value)
    }

    async fn exchange(&self) -> Result<Exchanged, IdentityError> {
        let exchange = Exchange {
            oidc_token: self.oidc_token().await?,
            lanes: self.identity.lanes.clone(),
            name: self.identity.name.clone(),
        };
        let made = self.client.workers_exchange(&exchange).await;
        let made = made.map_err(|error| match is_final(&error) {
            true => IdentityError::Distrusted(error),
            false => IdentityError::Refused(error),
        })?;
        self.observer.secret(&made.token);
        Ok(made)
    }

    async fn first(&self) -> Result<Exchanged, IdentityError> {
        let mut tries = 1;
        loop {
            match self.exchange().await {
                Ok(made) => return Ok(made),
                Err(error @ IdentityError::Distrusted(_)) => return Err(error),
                Err(error) if tries == TRIES => return Err(error),
                Err(error) => {
                    self.observer.trying_again(&error);
                    tokio::time::sleep(Duration::from_secs(1 << tries)).await;
                    tries += 1;
                }
            }
        }
    }

    /// When half of its life is over, and then as often as it takes.
    async fn renew(self, token: Bearer, renewed: watch::Sender<()>, mut lives_seconds: u64) {
        loop {
            tokio::time::sleep(Duration::from_secs((lives_seconds / 2).max(1))).await;
            match self.exchange().await {
                Ok(made) => {
                    token.set(&made.token);
                    renewed.send_replace(());
                    lives_seconds = made.expires_in_seconds;
                }
                Err(error) => {
                    self.observer.not_renewed(&error);
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
