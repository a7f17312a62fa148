//! Requests and answers of the API, as docs/API.md shows them. Times are ISO 8601 strings.
//! Worker verbs ignore unknown fields, so that versions may differ; operator verbs refuse them.

mod artifacts;
mod audit;
mod bulk;
mod dispatch;
mod events;
mod lanes;
mod metrics;
mod runs;
mod sessions;
mod spec;
mod templates;
mod tokens;
mod trust;
mod worker;
mod workflow;

pub use artifacts::*;
pub use audit::*;
pub use bulk::*;
pub use dispatch::*;
pub use events::*;
pub use lanes::*;
pub use metrics::*;
pub use runs::*;
pub use sessions::*;
pub use spec::*;
pub use templates::*;
pub use tokens::*;
pub use trust::*;
pub use worker::*;
pub use workflow::*;

pub type Object = serde_json::Map<String, serde_json::Value>;
