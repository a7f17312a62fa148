//! Rules about the house that a program can check.

mod arrows;
mod openapi;
mod workflows;
