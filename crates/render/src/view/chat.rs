use super::{Badge, Pair, Risk, Span, Stamp};
use crate::href::Href;
use crate::html::Html;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ChatPage {
    /// What stands in the line.
    pub line: String,
    /// Where runs are queued; absent: in no session.
    pub session: Option<ChatSession>,
    /// `/ui/chat/preview`, or of a session `/ui/chat/{session}/preview`.
    pub ask: Option<Href>,
    pub preview: ChatPreview,
    pub quick: Vec<QuickAction>,
    pub answers: ChatAnswers,
    /// Commands to complete from: `run deploy-check`, `cancel`, …
    pub completions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatSession {
    pub id: String,
    pub name: String,
    /// Its board.
    pub href: Href,
    /// The chat without it.
    pub leave: Href,
}

/// What the line would do, the answer of `/ui/chat/preview?line=`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ChatPreview {
    /// Nothing was typed.
    pub is_empty: bool,
    /// `Queue “Deploy check” in lane A`
    pub title: String,
    pub facts: Vec<Pair>,
    pub risks: Vec<Risk>,
    /// Id of the session that the line is about; empty: none.
    pub session: String,
    /// What is wrong with the line.
    pub error: String,
    pub suggestion: Option<Suggestion>,
    /// The line as it is sent; empty where it cannot be.
    pub line: String,
    /// Word of the button, such as `Queue run`.
    pub verb: String,
    /// The template's form, filled with what the line says.
    pub form: Option<Href>,
}

/// The nearest command that exists.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    pub text: String,
    pub href: Href,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuickAction {
    pub text: String,
    /// `/chat?line=…`
    pub href: Href,
}

/// The live region of the answers, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ChatAnswers {
    pub live: String,
    pub poll_ms: u32,
    pub answers: Vec<Answer>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Answer {
    pub id: String,
    pub line: String,
    pub at: Stamp,
    /// From [`crate::markdown`] or [`crate::text`]; empty where runs say it all.
    pub text_html: Html,
    pub is_error: bool,
    pub suggestion: Option<Suggestion>,
    pub runs: Vec<AnswerRun>,
    /// A command to copy.
    pub command: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerRun {
    pub id: String,
    pub href: Href,
    pub title: String,
    pub badge: Badge,
    pub note: String,
    pub took: Span,
}
