//! What is wrong with a runbook, where, and how to mend it.

use ops_core::FieldError;
use serde::{Deserialize, Serialize};

/// What kind of mistake a diagnostic is about. The words are stable; programs decide on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticCode {
    /// The text is no YAML (or uses a part of YAML that runbooks do without).
    YamlSyntax,
    /// Anchors, aliases and merge keys.
    YamlAlias,
    /// More than one document in one text.
    ManyDocuments,
    /// A limit of size, count or depth.
    TooLarge,
    DuplicateKey,
    UnknownKey,
    MissingKey,
    WrongType,
    BadValue,
    /// Two things that must differ have the same name, or would have as environment variables.
    NameTaken,
    ReservedName,
    /// Part of the language, but this version does not run it yet.
    NotBuilt,
    /// `{{ … }}` in shell text.
    ShellInterpolation,
    /// An `if`, or what stands between `{{` and `}}`, cannot be read.
    BadExpression,
    /// A parameter or step that does not exist, or not yet at this place.
    UnknownReference,
    /// The parameter schema is outside the supported part of JSON Schema.
    BadSchema,
}

impl DiagnosticCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::YamlSyntax => "yaml_syntax",
            Self::YamlAlias => "yaml_alias",
            Self::ManyDocuments => "many_documents",
            Self::TooLarge => "too_large",
            Self::DuplicateKey => "duplicate_key",
            Self::UnknownKey => "unknown_key",
            Self::MissingKey => "missing_key",
            Self::WrongType => "wrong_type",
            Self::BadValue => "bad_value",
            Self::NameTaken => "name_taken",
            Self::ReservedName => "reserved_name",
            Self::NotBuilt => "not_built",
            Self::ShellInterpolation => "shell_interpolation",
            Self::BadExpression => "bad_expression",
            Self::UnknownReference => "unknown_reference",
            Self::BadSchema => "bad_schema",
        }
    }
}

impl std::fmt::Display for DiagnosticCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// One problem of a runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub file: String,
    /// From 1; 0 where the runbook came as JSON and has no lines.
    pub line: u32,
    /// In characters, from 1; 0 where there are no lines.
    pub column: u32,
    /// JSON pointer to the place, such as `/steps/0/run`.
    pub path: String,
    pub code: DiagnosticCode,
    pub message: String,
    /// How to mend it; empty where the message says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        } else {
            write!(f, "{}{}: ", self.file, self.path)?;
        }
        write!(f, "{}", self.message)?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

impl Diagnostic {
    /// The same as the API tells it. `field` is `prefix` followed by the path, so a caller that
    /// took the runbook from `/runs/3/runbook` names the whole way.
    pub fn to_field_error(&self, prefix: &str) -> FieldError {
        let mut message = self.message.clone();
        if self.line > 0 {
            message = format!("line {}, column {}: {message}", self.line, self.column);
        }
        if !self.hint.is_empty() {
            message = format!("{message} ({})", self.hint);
        }
        FieldError {
            field: format!("{prefix}{}", self.path),
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic() -> Diagnostic {
        Diagnostic {
            file: "deploy.yaml".into(),
            line: 7,
            column: 3,
            path: "/steps/0/runn".into(),
            code: DiagnosticCode::UnknownKey,
            message: "a step has no key `runn`".into(),
            hint: "did you mean `run`?".into(),
        }
    }

    #[test]
    fn an_editor_can_jump_to_the_place() {
        assert_eq!(
            diagnostic().to_string(),
            "deploy.yaml:7:3: a step has no key `runn`\n  hint: did you mean `run`?"
        );
    }

    #[test]
    fn json_has_no_lines_and_is_named_by_its_path() {
        let mut without_lines = diagnostic();
        (without_lines.line, without_lines.column) = (0, 0);
        without_lines.file = "runbook".into();
        without_lines.hint.clear();
        assert_eq!(
            without_lines.to_string(),
            "runbook/steps/0/runn: a step has no key `runn`"
        );
    }

    #[test]
    fn the_api_names_the_whole_way() {
        assert_eq!(
            diagnostic().to_field_error("/runs/3/runbook"),
            FieldError {
                field: "/runs/3/runbook/steps/0/runn".into(),
                message: "line 7, column 3: a step has no key `runn` (did you mean `run`?)".into(),
            }
        );
    }

    #[test]
    fn the_words_are_those_of_the_json() {
        for code in [DiagnosticCode::NotBuilt, DiagnosticCode::ShellInterpolation] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
