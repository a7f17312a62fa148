//! What the control room and its workers need of GitHub, over a [`Transport`](ops_core::port::Transport):
//! who a job is ([`oidc`]), and how jobs are started and watched ([`rest`]).
//! It compiles to a component. It never knows a store, a clock, or what a run is.

mod text;

pub mod oidc;
pub mod rest;

pub use text::is_base;

const USER_AGENT: &str = concat!("ops/", env!("CARGO_PKG_VERSION"));
