//! Rules about the house that a program can check.

mod adapter;
mod arrows;
mod clocks;
mod openapi;
mod spec_kit;
mod variables;
mod workflows;
