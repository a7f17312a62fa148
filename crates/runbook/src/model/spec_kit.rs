//! The step kind `spec_kit`.

use serde::{Deserialize, Serialize};

/// What the spec kit does. The name of the variant is the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecKitCall {
    /// One document in, a bundle out: artifacts of the run, and stored.
    Generate(SpecGeneration),
    Validate(SpecValidation),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecGeneration {
    /// The text, or where it is one line the path of a file; may hold `{{ … }}`.
    pub prd: String,
    /// Of the bundle; made of the title where nothing is said. May hold `{{ … }}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// A folder below the step's own, into which the files are written too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecValidation {
    /// A file or a folder, or a bundle that is stored; may hold `{{ … }}`.
    #[serde(flatten)]
    pub of: SpecSubject,
    #[serde(default, skip_serializing_if = "FailOn::is_default")]
    pub fail_on: FailOn,
    /// Of the report that is left.
    #[serde(default = "SpecFormat::usual")]
    pub formats: Vec<SpecFormat>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecSubject {
    Path(String),
    Slug(String),
}

/// From which finding on the step fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailOn {
    #[default]
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    pub const ALL: [(&'static str, FailOn); 4] = [
        ("error", FailOn::Error),
        ("warning", FailOn::Warning),
        ("note", FailOn::Note),
        ("never", FailOn::Never),
    ];

    fn is_default(&self) -> bool {
        *self == FailOn::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecFormat {
    Json,
    Markdown,
    Sarif,
}

impl SpecFormat {
    pub const ALL: [(&'static str, SpecFormat); 3] = [
        ("json", SpecFormat::Json),
        ("markdown", SpecFormat::Markdown),
        ("sarif", SpecFormat::Sarif),
    ];

    pub(crate) fn usual() -> Vec<SpecFormat> {
        vec![SpecFormat::Json, SpecFormat::Markdown]
    }
}
