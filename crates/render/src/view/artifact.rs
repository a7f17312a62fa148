use super::{Link, Pair};
use crate::href::Href;
use crate::html::Html;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArtifactPage {
    pub name: String,
    pub kind: String,
    pub size: String,
    pub run: Link,
    /// The bytes, as a download.
    pub download: Option<Href>,
    pub facts: Vec<Pair>,
    pub body: ArtifactBody,
    /// Other ways to look at it: rendered and source, unified and side by side.
    pub views: Vec<super::SavedView>,
}

/// How it is shown; exactly one is there. Images are served as images by their address, never as
/// documents.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ArtifactBody {
    pub prose_html: Option<Html>,
    pub code_html: Option<Html>,
    pub text: Option<String>,
    pub image: Option<Href>,
    pub link: Option<Link>,
    /// Why it cannot be shown.
    pub note: Option<String>,
}

impl ArtifactBody {
    pub fn markdown(text: &str) -> Self {
        ArtifactBody {
            prose_html: Some(crate::markdown(text)),
            ..Self::default()
        }
    }

    pub fn diff(text: &str, is_split: bool) -> Self {
        let html = if is_split {
            crate::diff_split(text)
        } else {
            crate::diff(text)
        };
        ArtifactBody {
            code_html: Some(html),
            ..Self::default()
        }
    }

    pub fn json(text: &str) -> Self {
        ArtifactBody {
            code_html: Some(crate::json_text(text)),
            ..Self::default()
        }
    }

    pub fn text(text: impl Into<String>) -> Self {
        ArtifactBody {
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// Of an artifact of kind `link`; an address that is none becomes text.
    pub fn link(url: &str) -> Self {
        let link = match Href::web(url) {
            Some(href) => Link::to(url, href),
            None => Link::plain(url),
        };
        ArtifactBody {
            link: Some(link),
            ..Self::default()
        }
    }

    pub fn image(address: Href) -> Self {
        ArtifactBody {
            image: Some(address),
            ..Self::default()
        }
    }

    pub fn note(text: impl Into<String>) -> Self {
        ArtifactBody {
            note: Some(text.into()),
            ..Self::default()
        }
    }
}
