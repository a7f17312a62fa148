//! The control room as a WASI 0.3 component: `wasi:http/handler@0.3.0`.
//!
//! One instance serves many requests, several at a time, and a panic ends all of them: nothing here
//! may panic, whatever a caller sends.

mod outbound;
mod settings;
mod within;

use axum::Router;
#[cfg(not(feature = "spec-kit"))]
use ops_function::router as product;
#[cfg(feature = "spec-kit")]
use ops_function::spec_kit_router as product;
use outbound::Outbound;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;
use std::sync::OnceLock;
use tower_service::Service;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    router().await.call(settings::with_source(request)).await
}

/// Made once per instance. It holds nothing of a request.
async fn router() -> Router {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    if let Some(router) = ROUTER.get() {
        return router.clone();
    }
    let settings = settings::read().await;
    ROUTER.get_or_init(|| product(&settings, Outbound)).clone()
}
