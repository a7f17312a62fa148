//! One object per row, as `--json` prints it and docs/benchmarks.json keeps it.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone)]
pub struct Shown {
    pub what: String,
    pub width: usize,
    pub unit: String,
    pub median: f64,
    pub low: f64,
    pub high: f64,
    /// Of a hundred samples or more.
    pub p99: Option<f64>,
    /// To a floor of the same pass, or to the other half of a pair.
    pub ratio: Option<f64>,
    /// What `ratio` is to.
    pub ratio_to: Option<String>,
    pub samples: usize,
}
