//! The contract that everything else stands on: the words of the protocol, the legal
//! transitions, the ports, the limits and the refusals. No I/O, no clock, no async runtime.

pub mod api;
pub mod blobs;
pub mod code;
pub mod command;
pub mod duration;
pub mod limits;
#[cfg(any(test, feature = "schema"))]
pub mod openapi;
pub mod port;
pub mod problem;
pub mod status;
pub mod text;

pub use code::Code;
pub use problem::{FieldError, Problem};
pub use status::{RunStatus, StepStatus};

/// Version of the HTTP protocol, sent as `Ops-Protocol`. A caller that sends a lower number
/// is told 426 `upgrade_required`.
pub const PROTOCOL_VERSION: u32 = 1;

/// Path under which every verb of the API lives, without a slash at the end.
pub const BASE_PATH: &str = "/functions/v1/ops-executor";
