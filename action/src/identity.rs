//! A worker's token for this job: one that was given, or one for the job's identity token.

use crate::commands::{self, Level};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::inputs::Inputs;
use ops_client::Bearer;
use ops_worker::{IdentityError, IdentityObserver, JobIdentity};
use std::sync::Arc;
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

pub async fn establish(inputs: &Inputs, environment: &Environment) -> Result<Identity, Failure> {
    if let Some(token) = &inputs.token {
        commands::mask(token);
        let (_, renewals) = watch::channel(());
        return Ok(Identity {
            token: token.into(),
            worker_id: None,
            lanes: inputs.lanes.clone(),
            renewals,
        });
    }
    let failed = |error| failure(error, environment.repository());
    let job = JobIdentity::of(&inputs.url, environment.variables()).map_err(failed)?;
    let job = JobIdentity {
        lanes: inputs.lanes.clone(),
        name: inputs.name.clone(),
        ..job
    };
    let made = job.establish(Arc::new(Runner)).await.map_err(failed)?;
    Ok(Identity {
        token: made.token,
        worker_id: Some(made.worker_id),
        lanes: made.lanes,
        renewals: made.renewals,
    })
}

/// Says it in the job's log.
struct Runner;

impl IdentityObserver for Runner {
    fn secret(&self, word: &str) {
        commands::mask(word);
    }

    fn trying_again(&self, error: &IdentityError) {
        commands::annotate(Level::Notice, None, &format!("{error}; trying again"));
    }

    fn not_renewed(&self, error: &IdentityError) {
        let words = format!("the worker's token was not renewed: {error}");
        commands::annotate(Level::Warning, None, &words);
    }
}

fn failure(error: IdentityError, repository: &str) -> Failure {
    match error {
        IdentityError::None => Failure::NoIdentity,
        IdentityError::Runner(why) => Failure::Runner(why),
        IdentityError::Distrusted(error) => {
            Failure::Distrusted(error.to_string(), repository.into())
        }
        IdentityError::Refused(error) => Failure::refused("workers.exchange")(error),
        IdentityError::Transport(why) => Failure::Transport(why),
    }
}
