//! A component without the spec kit has not its tab either: another one has, beside it.

use super::ask::Ask;
use super::halt::{Halt, Shown};
use super::read::Title;
use crate::api::spec::elsewhere;
use crate::app::App;
use axum::extract::{Path, State};
use ops_render::view::Tab;
use serde_json::json;

pub async fn page(State(app): State<App>, ask: Ask) -> Shown {
    let read = ask.read(&app, json!({})).await?;
    let layout = read.layout(&Title::of("Spec Kit", Tab::SpecKit));
    Err(Halt::refused(
        elsewhere("generate-spec-kit", "ops spec generate"),
        layout,
    ))
}

pub async fn page_of(app: State<App>, Path(_): Path<String>, ask: Ask) -> Shown {
    page(app, ask).await
}
