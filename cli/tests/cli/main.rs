//! The built `ops`, as a person or a script uses it: with an environment of nothing, against
//! nobody or against a control room that plays a script.

mod connection;
mod follow;
mod help;
mod ops;
mod room;
mod runbooks;
mod runs;
mod saving;
mod usage;
