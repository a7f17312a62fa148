//! The action as a workflow job runs it: the real launcher, the real binary, a real control room.

mod act;
mod interrupted;
mod modes;
mod renewal;
mod workers;
mod world;
