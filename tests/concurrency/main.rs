//! Many at once, on a real PostgreSQL: claimers that race, a limited lane, and every pair of verbs
//! held open at the worst moment.

mod claimers;
mod dependencies;
mod groups;
mod interleave;
mod limits;
mod orders;
mod outcome;
