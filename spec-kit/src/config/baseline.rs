use crate::order::Order;
use crate::report::Report;
use serde::{Deserialize, Serialize};

const VERSION: u32 = 1;

/// Findings that are known and do not fail the check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Where it was read from, for messages.
    pub file: String,
    pub entries: Vec<BaselineEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineEntry {
    pub rule: String,
    pub fingerprint: String,
    /// The path of the document, so that people find it; not compared.
    pub file: String,
    /// What was found, for people; not compared.
    pub message: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    #[error("{file}: {reason}")]
    Json { file: String, reason: String },
    #[error("{file}: version {found}; this program knows {VERSION}")]
    Version { file: String, found: u32 },
    #[error("{file}: the entry {fingerprint} of {rule} has no reason")]
    Reason {
        file: String,
        fingerprint: String,
        rule: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    findings: Vec<BaselineEntry>,
}

impl Baseline {
    /// # Errors
    /// What is no JSON of this shape, another version, and an entry without a reason.
    pub fn parse(file: &str, text: &str) -> Result<Self, BaselineError> {
        let file = file.to_owned();
        let written: Written = serde_json::from_str(text).map_err(|error| BaselineError::Json {
            file: file.clone(),
            reason: error.to_string(),
        })?;
        if written.version != VERSION {
            return Err(BaselineError::Version {
                file,
                found: written.version,
            });
        }
        if let Some(entry) = written
            .findings
            .iter()
            .find(|entry| entry.reason.trim().is_empty())
        {
            return Err(BaselineError::Reason {
                file,
                fingerprint: entry.fingerprint.clone(),
                rule: entry.rule.clone(),
            });
        }
        Ok(Self {
            file,
            entries: written.findings,
        })
    }

    /// Every finding of a report that fails nothing yet, known for `reason`. What it says of an
    /// older baseline is gone with that.
    pub fn of(file: &str, report: &Report, reason: &str) -> Self {
        let mut entries: Vec<BaselineEntry> = report
            .findings
            .iter()
            .filter(|finding| finding.rule != "SK-BAS-001")
            .map(|finding| BaselineEntry {
                rule: finding.rule.clone(),
                fingerprint: finding.fingerprint.clone(),
                file: finding.place.file.clone(),
                message: finding.message.clone(),
                reason: reason.to_owned(),
            })
            .collect();
        entries.order();
        Self {
            file: file.to_owned(),
            entries,
        }
    }

    /// As it is stored.
    pub fn render(&self) -> String {
        let written = Written {
            version: VERSION,
            findings: self.entries.clone(),
        };
        let mut out = serde_json::to_string_pretty(&written).unwrap_or_default();
        out.push('\n');
        out
    }
}
