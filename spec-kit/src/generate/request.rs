use super::keep;
use crate::facts::Document;
use crate::ids::{Lock, LockError};
use crate::manifest::{Manifest, ManifestError};
use crate::model::Lacking;

/// What to generate, and from what.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub source: &'a Document,
    /// The folder of the bundle, in kebab case: `ops-control-room`.
    pub slug: &'a str,
    /// The bundle as it is now, to be updated in place.
    pub existing: Option<&'a Existing>,
    pub overwrite: Overwrite,
    /// `2026-01-31`; else the date that the source gives, if any.
    pub date: Option<&'a str>,
    /// The way from the bundle to the source, `../../docs/prd.md`, for links.
    pub link: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub fn new(source: &'a Document, slug: &'a str) -> Self {
        Self {
            source,
            slug,
            existing: None,
            overwrite: Overwrite::Untouched,
            date: None,
            link: None,
        }
    }
}

/// The files of a bundle, as far as there are any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// By name, `tasks.md`.
    pub documents: Vec<(String, String)>,
    pub manifest: Option<String>,
    pub lock: Option<String>,
}

impl Existing {
    /// From the files of a folder; others are left out.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut existing = Self::default();
        for (path, text) in files {
            let name = path.rsplit('/').next().unwrap_or(path);
            match name {
                "spec-kit.json" => existing.manifest = Some(text.to_owned()),
                "spec-kit.lock" => existing.lock = Some(text.to_owned()),
                name if super::DOCUMENTS.contains(&name) => {
                    existing.documents.push((name.to_owned(), text.to_owned()));
                }
                _ => {}
            }
        }
        existing
    }

    pub(super) fn document(&self, name: &str) -> Option<&str> {
        self.documents
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, text)| text.as_str())
    }
}

/// Which documents may be written over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Overwrite {
    /// Those that are as they were generated, but for ticks and blocks of people.
    #[default]
    Untouched,
    /// Edited ones too: what was written elsewhere than between the marks is lost.
    Edited,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The four documents, `spec-kit.json`, `spec-kit.lock`.
    pub files: Vec<(String, String)>,
    pub manifest: Manifest,
    pub lock: Lock,
    /// All of them in a folder named after the slug, with their sums.
    pub zip: Vec<u8>,
    /// For whoever asked: what was found open, made up for, or changed.
    pub notes: Vec<String>,
}

impl Output {
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, text)| text.as_str())
    }
}

/// What is made of more is not read any more: a document of a bundle has up to three times the bytes
/// of its source.
pub const MAX_SOURCE_BYTES: usize = crate::text::MAX_BYTES / 4;

/// Why nothing was generated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Lacking(#[from] Lacking),
    #[error(
        "slug `{slug}`: lower-case letters, digits and single hyphens are expected, such as `{suggestion}`"
    )]
    Slug { slug: String, suggestion: String },
    #[error("{file}: {bytes} bytes; a bundle is made of at most {MAX_SOURCE_BYTES}")]
    TooLarge { file: String, bytes: usize },
    #[error("date `{date}`: a day such as 2026-01-31 is expected")]
    Date { date: String },
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(
        "{} was edited elsewhere than between its unlock marks; move the words into the source or \
         between the marks, or allow edited files to be overwritten", files.join(", ")
    )]
    Edited { files: Vec<String> },
}

impl Request<'_> {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let suggestion = slug_of(self.slug);
        if self.slug.is_empty() || suggestion != self.slug {
            return Err(Refusal::Slug {
                slug: self.slug.to_owned(),
                suggestion,
            });
        }
        let source = &self.source.source;
        if source.text().len() > MAX_SOURCE_BYTES {
            return Err(Refusal::TooLarge {
                file: source.file().to_owned(),
                bytes: source.text().len(),
            });
        }
        if let Some(date) = self.date
            && crate::model::iso_date(date).as_deref() != Some(date)
        {
            return Err(Refusal::Date {
                date: date.to_owned(),
            });
        }
        Ok(())
    }

    /// The lock and manifest of the existing bundle.
    pub(super) fn existing_state(&self) -> Result<(Option<Lock>, Option<Manifest>), Refusal> {
        let Some(existing) = self.existing else {
            return Ok((None, None));
        };
        let lock = match &existing.lock {
            Some(text) => Some(Lock::parse(text)?),
            None => None,
        };
        let manifest = match &existing.manifest {
            Some(text) => Some(Manifest::parse(text)?),
            None => None,
        };
        if self.overwrite == Overwrite::Untouched
            && let Some(manifest) = &manifest
        {
            let documents: Vec<(&str, &str)> = existing
                .documents
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            let files = keep::edited(manifest, &documents);
            if !files.is_empty() {
                return Err(Refusal::Edited { files });
            }
        }
        Ok((lock, manifest))
    }
}

/// Any name as a slug: `Ops Control Room` is `ops-control-room`.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().take(80) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "feature".to_owned()
    } else {
        slug.to_owned()
    }
}
