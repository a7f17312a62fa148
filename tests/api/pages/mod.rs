//! Pages over a real database: what people see, and what their forms come to.

mod board;
mod export;
mod intervals;
mod sessions;
mod setup;
mod spec;
mod tags;
mod templates;
