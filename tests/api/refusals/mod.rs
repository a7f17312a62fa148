//! Every way in which the API says no, and what it says then.

mod bodies;
mod bulk;
mod conflicts;
mod fields;
mod limits;
mod methods;
mod missing;
mod outage;
mod queries;
mod sizes;
mod tokens;
mod wire;
mod worker_fields;
