//! `ops up` as a user has it: real processes, a real PostgreSQL, real signals.

mod chaos;
mod crash;
mod first_light;
mod refusals;
mod shutdown;
