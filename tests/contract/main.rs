//! The protocol, verb by verb, told once and run against every store.

mod access;
mod artifacts;
mod audit;
mod cancel;
mod claim;
mod create;
mod dependencies;
mod finish;
mod groups;
mod hand_back;
mod interrupted;
mod lanes;
mod lease;
mod lists;
mod log;
mod operators;
mod postgres;
mod property;
mod repeat;
mod retention;
mod retry;
mod story;
mod supabase;
mod world;
