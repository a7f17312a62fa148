//! The control room as a WASI 0.2 component: `wasi:http/incoming-handler@0.2.0`.
//!
//! Bound by hand: the SDK's way through the `http` types drops headers that stand twice, and panics
//! on methods and on bodies that end too early.

mod inbound;
mod outbound;
mod settings;
mod within;

use axum::Router;
#[cfg(not(feature = "spec-kit"))]
use ops_function::router as product;
#[cfg(feature = "spec-kit")]
use ops_function::spec_kit_router as product;
use outbound::Outbound;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use std::sync::OnceLock;
use tower_service::Service;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    match inbound::read(request).await {
        Ok(request) => {
            let Ok(response) = router().call(request).await;
            inbound::answer(out, response).await;
        }
        Err(status) => inbound::refuse(out, status).await,
    }
}

/// Made once per instance, where the host uses one for more than one request.
fn router() -> Router {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    ROUTER
        .get_or_init(|| product(&settings::read(), Outbound))
        .clone()
}
