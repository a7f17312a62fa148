use super::Badge;
use serde::Serialize;

/// The wizard: what was found and what is expected, step by step.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SetupPage {
    /// Empty where nothing is waited for.
    pub live: String,
    pub poll_ms: u32,
    pub steps: Vec<SetupStep>,
    /// What to run in a shell.
    pub commands: Vec<String>,
    /// Whether there is something to paste.
    pub offers_sql: bool,
    /// What it comes to, in a sentence.
    pub verdict: String,
    pub is_installed: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SetupStep {
    pub title: String,
    pub checks: Vec<SetupCheck>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SetupCheck {
    pub badge: Badge,
    pub title: String,
    pub found: String,
    pub expected: String,
    pub hint: String,
}
