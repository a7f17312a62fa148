//! The protocol, verb by verb, on a real PostgreSQL.

mod life;
