//! `ops up` as a user has it: real processes, a real PostgreSQL, real signals.

mod backup;
mod chaos;
mod crash;
mod examples;
mod first_light;
mod interrupted;
mod journal;
mod refusals;
mod shutdown;
mod upgrade;
