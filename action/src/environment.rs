//! What the runner says to an action, all of it in variables.

use std::collections::HashMap;
use std::path::PathBuf;

#[derive(Clone)]
pub struct Environment(HashMap<String, String>);

impl Environment {
    pub fn of_process() -> Self {
        Environment(ops_worker::own_environment())
    }

    #[cfg(test)]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        Environment(pairs.collect())
    }

    /// Empty is as good as unset: the runner makes no difference.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.trim();
        Some(value).filter(|value| !value.is_empty())
    }

    /// `INPUT_MAX-RUNS` of `max-runs`: capitals, dashes stay.
    pub fn input(&self, name: &str) -> Option<&str> {
        self.get(&format!("INPUT_{}", name.to_ascii_uppercase()))
    }

    pub fn variables(&self) -> &HashMap<String, String> {
        &self.0
    }

    /// Of this job, removed with it.
    pub fn temporary(&self) -> PathBuf {
        self.get("RUNNER_TEMP")
            .map_or_else(std::env::temp_dir, PathBuf::from)
    }

    pub fn workspace(&self) -> Option<PathBuf> {
        self.get("GITHUB_WORKSPACE").map(PathBuf::from)
    }

    pub fn repository(&self) -> &str {
        self.get("GITHUB_REPOSITORY").unwrap_or("OWNER/NAME")
    }
}
