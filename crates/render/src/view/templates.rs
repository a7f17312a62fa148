use super::{Badge, Link, Span, Stamp};
use crate::form::Form;
use crate::href::Href;
use crate::html::Html;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TemplatesPage {
    pub rows: Vec<TemplateRow>,
    pub text: String,
    /// Id of the chosen session, kept by the search.
    pub session: String,
    pub can_act: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TemplateRow {
    pub slug: String,
    pub href: Href,
    pub title: String,
    pub description: String,
    pub version: u32,
    pub lane: String,
    /// `3 parameters`
    pub params: String,
    /// `6 steps`
    pub steps: String,
    pub last: Option<LastRun>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LastRun {
    pub badge: Badge,
    pub href: Href,
    pub age: Span,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TemplatePage {
    pub slug: String,
    pub title: String,
    pub version: u32,
    pub description_html: Html,
    pub facts: Vec<super::Pair>,
    pub steps: Vec<super::StepRow>,
    pub form: RunForm,
    /// YAML.
    pub source: String,
    pub versions: Vec<VersionRow>,
    pub edit: Option<Href>,
    pub can_act: bool,
    /// `2 runs of it have not ended`: why it cannot be deleted; empty where it can.
    pub in_use: String,
}

/// The form that queues a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunForm {
    pub template: String,
    pub form: Form,
    pub lanes: Vec<super::FilterChoice>,
    /// Sessions that take runs, and the chosen one.
    pub sessions: Vec<super::FilterChoice>,
    pub priority: String,
    pub intent: String,
    /// Makes sending the form twice queue one run.
    pub idempotency_key: String,
    /// The run whose parameters it is filled with.
    pub replay_of: Option<Link>,
    pub risks: Vec<Risk>,
    /// Drawn beside an editor, where it cannot be sent.
    pub is_preview: bool,
    /// Whether it can be sent by who looks.
    pub can_act: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Risk {
    pub badge: Badge,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VersionRow {
    pub version: u32,
    pub created: Stamp,
    pub by: String,
    pub is_current: bool,
    pub href: Option<Href>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct EditorPage {
    /// Empty for a new template.
    pub slug: String,
    pub title: String,
    /// The version that is edited; saving is refused where it is no longer the newest.
    pub version: u32,
    pub source: String,
    pub validation: Validation,
}

/// What is wrong with a source, and the form that it would give. The answer of
/// `POST /ui/templates/check`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Validation {
    /// Nothing was checked yet.
    pub is_empty: bool,
    pub is_valid: bool,
    pub summary: String,
    pub diagnostics: Vec<Diagnostic>,
    pub preview: Option<RunForm>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Diagnostic {
    /// From 1; 0 where there are no lines.
    pub line: u32,
    pub column: u32,
    pub code: String,
    pub message: String,
    pub hint: String,
}
