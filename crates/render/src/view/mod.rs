//! What templates see, and nothing else: one struct for each page and each live region. The words
//! in them are ready to be read; whoever fills them brings the facts and the time.

mod artifact;
mod badge;
mod board;
mod chat;
mod github;
mod log;
mod page;
mod run;
mod runs;
mod setup;
mod spec;
mod templates;
mod time;

pub use crate::tone::Tone;
pub use artifact::{ArtifactBody, ArtifactPage};
pub use badge::Badge;
pub use board::{
    Banner, Board, Card, Lane, Pause, Peek, Place, Progress, QueueRow, RecentRow, SessionEdit,
    SessionHead, WorkerRow, Workers,
};
pub use chat::{
    Answer, AnswerRun, ChatAnswers, ChatPage, ChatPreview, ChatSession, QuickAction, Suggestion,
};
pub use github::{DispatchRow, GitHubPage, StartRow, TrustRow};
pub use log::{LogChunk, LogHits, LogLine, LogView};
pub use page::{ErrorPage, Flash, Layout, PaletteItem, SessionChoice, SignInPage, Tab, Theme};
pub use run::{ArtifactRow, AttemptRow, Pair, RunHead, RunPage, RunRegion, StepRow};
pub use runs::{FilterChoice, RunRow, RunRows, RunsPage, SavedView};
pub use setup::{SetupCheck, SetupPage, SetupStep};
pub use spec::{
    BundleRow, FileRow, Finding, OutlineRow, SpecCoverage, SpecDocument, SpecDrift, SpecForm,
    SpecListPage, SpecOverview, SpecPage, SpecRow,
};
pub use templates::{
    Diagnostic, EditorPage, LastRun, Risk, RunForm, TemplatePage, TemplateRow, TemplatesPage,
    Validation, VersionRow,
};
pub use time::{Span, Stamp};

use crate::href::Href;
use serde::Serialize;

/// A text that leads somewhere, or only a text.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Link {
    pub text: String,
    pub href: Option<Href>,
    /// Whether it leads away from the product.
    pub is_outside: bool,
}

impl Link {
    pub fn to(text: impl Into<String>, href: Href) -> Self {
        Link {
            text: text.into(),
            is_outside: href.is_outside(),
            href: Some(href),
        }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Link {
            text: text.into(),
            ..Link::default()
        }
    }
}
