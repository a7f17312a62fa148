//! `--github-oidc`: the worker's token comes from the identity of the workflow job that it runs in.

use crate::connection::Address;
use crate::failure::Failure;
use crate::output;
use ops_client::ClientError;
use ops_worker::{Established, IdentityError, IdentityObserver, JobIdentity, own_environment};
use std::sync::Arc;

pub async fn establish(
    address: &Address,
    lanes: &[String],
    name: &Option<String>,
) -> Result<Established, Failure> {
    let failed = |error| failure(error, address);
    let job = JobIdentity::of(&address.url, &own_environment()).map_err(failed)?;
    let job = JobIdentity {
        lanes: lanes.to_vec(),
        name: name.clone(),
        ..job
    };
    job.establish(Arc::new(Told)).await.map_err(failed)
}

struct Told;

impl IdentityObserver for Told {
    /// Nothing of it is printed here.
    fn secret(&self, _: &str) {}

    fn trying_again(&self, error: &IdentityError) {
        output::note(format_args!("{error}; trying again"));
    }

    fn not_renewed(&self, error: &IdentityError) {
        output::note(format_args!("the worker's token was not renewed: {error}"));
    }
}

fn failure(error: IdentityError, address: &Address) -> Failure {
    let why = error.to_string();
    match error {
        IdentityError::None => Failure::usage(
            why,
            "--github-oidc is for a job of a workflow, with `permissions: {id-token: write}`",
        ),
        IdentityError::Distrusted(ClientError::Refused(problem))
        | IdentityError::Refused(ClientError::Refused(problem)) => Failure::Refused(problem),
        _ => Failure::Unreachable {
            address: address.clone(),
            why,
        },
    }
}
