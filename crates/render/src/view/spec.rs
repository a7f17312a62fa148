use super::{Badge, Pair};
use crate::href::Href;
use crate::html::Html;
use serde::Serialize;

/// Lists and shows stored documents; the work on them is the Spec Kit's.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecKitPage {
    pub title: String,
    /// `4 documents from PRD.md · 3 warnings`
    pub summary: String,
    pub badge: Option<Badge>,
    pub documents: Vec<SpecRow>,
    pub current: Option<SpecDocument>,
    pub findings: Vec<Finding>,
    /// Templates of the kinds `generate` and `validate`.
    pub generate: Option<Href>,
    pub validate: Option<Href>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpecRow {
    pub name: String,
    pub href: Href,
    pub badge: Badge,
    /// `10 FR · 6 AC`
    pub note: String,
    pub is_current: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecDocument {
    pub name: String,
    pub facts: Vec<Pair>,
    /// One of the two is there.
    pub prose_html: Option<Html>,
    pub source: Option<String>,
    pub views: Vec<super::SavedView>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Finding {
    pub badge: Badge,
    pub rule: String,
    pub message: String,
    pub hint: String,
    pub href: Option<Href>,
}
