//! A host that is built without the spec kit says so, and where it is to be had.

use crate::api::{Answer, operator_call};
use crate::app::App;
use crate::refusal::Refusal;
use axum::extract::Request;
use ops_core::api::SpecGenerate;
use ops_core::{Code, Problem};
use serde_json::Value;

pub async fn generate(request: Request) -> Answer {
    elsewhere(request, "generate-spec-kit", "ops spec generate").await
}

pub async fn validate(request: Request) -> Answer {
    elsewhere(request, "validate-spec-kit", "ops spec validate").await
}

/// Whether this host makes bundles itself.
pub const IS_HERE: bool = false;

pub async fn bundle_of(_: &App, _: &Value, _: &SpecGenerate) -> Result<Value, Refusal> {
    Err(absent("generate-spec-kit", "ops spec generate"))
}

pub async fn keep_source(_: &App, _: &Value, _: &str, _: String) -> Result<Value, Refusal> {
    Err(absent("generate-spec-kit", "ops spec generate"))
}

pub async fn keep_report(_: &App, _: &Value, _: &str) -> Result<Value, Refusal> {
    Err(absent("validate-spec-kit", "ops spec validate"))
}

async fn elsewhere(request: Request, template: &str, command: &str) -> Answer {
    operator_call(request).await?;
    Err(absent(template, command))
}

fn absent(template: &str, command: &str) -> Refusal {
    let detail = format!(
        "this host is built without the spec kit: queue a run of the template `{template}`, whose worker has it, or use `{command}`"
    );
    Problem::new(Code::NotConfigured, detail).into()
}
