//! The HTTP API and the pages as one axum router, the same for every host. Knows the `Store` port,
//! never a store.

mod api;
mod app;
mod body;
mod call;
mod clock;
mod github;
pub mod journal;
mod limits;
mod query;
mod refusal;
mod retention;
mod templates;
mod ui;
mod wake;
mod wrong;

pub use app::{App, Host};
pub use call::SourceAddress;
pub use github::{GitHub, GitHubSettings};
pub use limits::{Limits, Rate};

use axum::Router;

/// The router of the whole product; the host puts a listener in front of it.
pub fn router(app: App) -> Router {
    ui::routes(app.clone()).merge(api::routes(app))
}

/// The Spec Kit tab and the verbs that need the spec kit, for a host that serves them beside the rest.
#[cfg(feature = "spec-kit")]
pub fn spec_kit_router(app: App) -> Router {
    ui::spec_kit_routes(app.clone()).merge(api::spec_kit_routes(app))
}
