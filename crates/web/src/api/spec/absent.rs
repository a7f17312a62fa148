//! A component that is built without the spec kit says so, and where it is to be had. Where a second
//! component has these verbs and the tab, their requests never come here.

use crate::api::{Answer, operator_call};
use crate::refusal::Refusal;
use axum::extract::Request;
use ops_core::{Code, Problem};

pub async fn generate(request: Request) -> Answer {
    operator_call(request).await?;
    Err(elsewhere("generate-spec-kit", "ops spec generate"))
}

pub async fn validate(request: Request) -> Answer {
    operator_call(request).await?;
    Err(elsewhere("validate-spec-kit", "ops spec validate"))
}

pub fn elsewhere(template: &str, command: &str) -> Refusal {
    let detail = format!(
        "this component is built without the spec kit, and `ops-spec-kit` is not deployed beside it: queue a run of the template `{template}`, whose worker has it, or use `{command}`"
    );
    Problem::new(Code::NotConfigured, detail).into()
}
