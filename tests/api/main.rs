//! The API over HTTP, as a client sees it.

mod common;
mod garbage;
mod github;
mod life;
mod log_parts;
mod pages;
mod refusals;
mod repeats;
mod round_trips;
mod schedule;
mod verbs;
mod waiting;
