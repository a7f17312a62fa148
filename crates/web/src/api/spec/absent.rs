//! A host that is built without the spec kit says so, and where it is to be had.

use crate::api::{Answer, operator_call};
use axum::extract::Request;
use ops_core::{Code, Problem};

pub async fn generate(request: Request) -> Answer {
    elsewhere(request, "generate-spec-kit", "ops spec generate").await
}

pub async fn validate(request: Request) -> Answer {
    elsewhere(request, "validate-spec-kit", "ops spec validate").await
}

async fn elsewhere(request: Request, template: &str, command: &str) -> Answer {
    operator_call(request).await?;
    let detail = format!(
        "this host is built without the spec kit: queue a run of the template `{template}`, whose worker has it, or use `{command}`"
    );
    Err(Problem::new(Code::NotConfigured, detail).into())
}
