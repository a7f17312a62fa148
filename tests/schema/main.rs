//! The schema: what people read and what is applied give the same database, and who may do what.

mod access;
mod cron;
mod folders;
mod lint;
mod newest;
mod pgtap;
mod supabase_cli;
mod upgrade;
