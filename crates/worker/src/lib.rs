//! The worker: claims runs, executes their steps, keeps the leases, sends logs and artifacts,
//! and reports the ends. It knows the API's client and the runbook's types, never a store.
//!
//! The binary around it calls [`supervise_main`] when its first argument is `supervise`, and
//! [`run`] otherwise.

mod backoff;
mod clock;
mod config;
mod control;
mod error;
mod executor;
mod http;
mod identity;
mod log;
pub mod mask;
mod observer;
mod pool;
mod shutdown;
mod step;
mod supervise;

pub use clock::{Moment, lease_end};
pub use config::{Transports, WorkerConfig, native_transports, own_environment};
pub use control::{RunControl, Stop};
pub use error::WorkerError;
pub use executor::{Executor, Job, Outcome};
pub use http::{AddressRange, InvalidAddressRange};
pub use identity::{Established, IdentityError, IdentityObserver, JobIdentity};
pub use log::Log;
pub use observer::{Observer, Silent};
pub use pool::{Summary, run, run_with};
pub use shutdown::Shutdown;
pub use step::StepExecutor;
pub use supervise::supervise_main;
/// What is said to a supervisor and what it answers, for tests that speak to one themselves.
pub use supervise::wire as supervisor_wire;
