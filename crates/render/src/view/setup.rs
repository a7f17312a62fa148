use super::Badge;
use serde::Serialize;

/// The store answers, but has no schema of ours, or does not answer at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SetupPage {
    pub live: String,
    pub poll_ms: u32,
    pub checks: Vec<SetupCheck>,
    /// What to run in a shell.
    pub commands: Vec<String>,
    /// What to paste into a SQL console; empty where there is none.
    pub sql: String,
    pub is_done: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SetupCheck {
    pub badge: Badge,
    pub title: String,
    pub found: String,
    pub expected: String,
    pub hint: String,
}
