//! The API over HTTP, as a client sees it.

mod common;
mod life;
mod refusals;
