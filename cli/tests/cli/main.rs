//! The built `ops`, as a person or a script uses it: with an environment of nothing, against
//! nobody or against a control room that plays a script.

mod apply;
mod bulk;
mod connection;
mod follow;
mod help;
mod operators;
mod ops;
mod room;
mod runbooks;
mod runs;
mod saving;
mod spec;
mod usage;
