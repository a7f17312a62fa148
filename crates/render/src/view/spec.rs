use super::{Badge, Link, Pair, SavedView, Stamp};
use crate::href::Href;
use crate::html::Html;
use serde::Serialize;

/// The bundles that there are, and the form that makes another one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecListPage {
    pub bundles: Vec<BundleRow>,
    /// Absent where who looks makes none.
    pub form: Option<SpecForm>,
    /// Why there is no form.
    pub no_form: String,
    /// Templates whose runs generate and validate.
    pub generate: Option<Href>,
    pub validate: Option<Href>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct BundleRow {
    pub name: String,
    pub href: Option<Href>,
    pub title: String,
    pub documents: String,
    pub changed: Option<Stamp>,
    pub by: String,
    /// Absent where nobody can say: no manifest, or no source beside it.
    pub drift: Option<Badge>,
}

/// A text, or a file that is taken instead, to a bundle.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecForm {
    /// Of a bundle that is generated again; then it cannot be chosen.
    pub bundle: String,
    pub slug: String,
    pub prd: String,
    /// Words above the form: what was refused.
    pub errors: Vec<String>,
    /// Whether documents were edited by hand: then it is asked whether they may be written over.
    pub asks_overwrite: bool,
    /// Longest text, in bytes, as words.
    pub limit: String,
}

/// One bundle, or one document of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecPage {
    pub bundle: String,
    pub title: String,
    pub badge: Option<Badge>,
    /// `4 documents from source.md · 0 errors, 3 warnings · source unchanged`
    pub summary: String,
    pub home: Option<Href>,
    pub list: Option<Href>,
    pub drift: Option<SpecDrift>,
    pub documents: Vec<SpecRow>,
    /// The text that they were made from, where it is kept.
    pub sources: Vec<SpecRow>,
    /// What belongs to the bundle and is for programs.
    pub others: Vec<SpecRow>,
    pub outline: Vec<OutlineRow>,
    pub current: Option<SpecDocument>,
    pub overview: Option<SpecOverview>,
    pub form: Option<SpecForm>,
    pub findings: Vec<Finding>,
    /// `Findings in prd.md`
    pub findings_of: String,
    pub download: Option<Href>,
    pub edit: Option<Href>,
    /// Whether this host and this person generate.
    pub can_generate: bool,
}

/// The source is another one than the bundle was made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecDrift {
    pub text: String,
    /// Where the ids that the change touches are defined.
    pub affected: Vec<Link>,
    pub more: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecRow {
    pub name: String,
    pub href: Option<Href>,
    pub badge: Option<Badge>,
    /// `10 FR · 6 AC`
    pub note: String,
    pub is_current: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct OutlineRow {
    pub text: String,
    pub href: Option<Href>,
    pub count: String,
    pub is_below: bool,
}

/// The bundle as a whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecOverview {
    /// When and by whom it was generated; empty where nobody knows.
    pub made: String,
    pub files: Vec<FileRow>,
    /// What the generator found open, made up for or changed.
    pub notes: Vec<String>,
    pub coverage: Option<SpecCoverage>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FileRow {
    pub name: String,
    pub href: Option<Href>,
    /// `new`, `changed`, `unchanged`: what the last generation did to it.
    pub state: Option<Badge>,
    pub findings: Option<Badge>,
    pub counts: String,
    pub size: String,
    /// Its first digits; the whole in `digest`.
    pub short_digest: String,
    pub digest: String,
    pub changed: Option<Stamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecCoverage {
    /// `26 of 26 requirements and 9 of 9 criteria have a task`
    pub summary: String,
    /// Of a bundle that is not too large for it.
    pub matrix_html: Option<Html>,
    /// Requirements and criteria without a task.
    pub open: Vec<Link>,
    /// Tasks that serve none.
    pub loose: Vec<Link>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecDocument {
    pub name: String,
    pub facts: Vec<Pair>,
    /// One of the three is there.
    pub prose_html: Option<Html>,
    pub lines_html: Option<Html>,
    pub code_html: Option<Html>,
    pub views: Vec<SavedView>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Finding {
    /// Of the entry in the list, `f1`.
    pub id: String,
    pub badge: Badge,
    pub rule: String,
    pub message: String,
    pub hint: String,
    /// The line.
    pub place: Option<Link>,
    /// The other ends.
    pub related: Vec<Link>,
}
