//! `ops up` as a user has it: real processes, a real PostgreSQL, real signals.

mod crash;
mod first_light;
mod refusals;
mod shutdown;
