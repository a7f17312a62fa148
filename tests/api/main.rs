//! The API over HTTP, as a client sees it.

mod common;
mod life;
mod refusals;
mod round_trips;
mod verbs;
