//! How an artifact is shown. What a run left is hostile: it is drawn as text by us, or it is an image
//! that its bytes prove to be one; it is never a document of its own.

use super::json::{number, text};
use super::words::short_id;
use ops_render::Href;
use ops_render::view::{ArtifactBody, ArtifactPage, Link, Pair, SavedView};
use ops_render::words::size;
use serde_json::Value;

/// Text beyond this is offered as a download.
const SHOWN_BYTES: usize = 1024 * 1024;

/// A word of the worker's; whether it is true its bytes say.
pub fn is_image(mime: &str) -> bool {
    mime.starts_with("image/") && mime != "image/svg+xml"
}

/// The type of an image by its first bytes. SVG is a document and no image here.
pub fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

/// The way of looking at it that was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    #[default]
    Rendered,
    Source,
    SideBySide,
}

impl Look {
    pub fn parse(word: &str) -> Self {
        match word {
            "source" => Look::Source,
            "split" => Look::SideBySide,
            _ => Look::Rendered,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Look::Rendered => "",
            Look::Source => "source",
            Look::SideBySide => "split",
        }
    }
}

pub fn page(artifact: &Value, bytes: Option<&[u8]>, look: Look) -> ArtifactPage {
    let (id, kind, name) = (
        text(artifact, "id"),
        text(artifact, "kind"),
        text(artifact, "name"),
    );
    let here = Href::path(&["artifacts", id]);
    let content = bytes
        .filter(|bytes| bytes.len() <= SHOWN_BYTES)
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    let shown = shown_as(kind, name, text(artifact, "mime"));
    let body = match (bytes, content) {
        (None, _) if kind != "link" => {
            ArtifactBody::note("It is too large to be shown here; download it.")
        }
        (None, _) => ArtifactBody::link(text(artifact, "url")),
        (Some(bytes), _) if image_type(bytes).is_some() => {
            ArtifactBody::image(Href::path(&["artifacts", id, "image"]))
        }
        (Some(bytes), None) if bytes.len() > SHOWN_BYTES => {
            ArtifactBody::note("It is too large to be shown here; download it.")
        }
        (Some(_), None) => {
            ArtifactBody::note("These bytes are no text and no image; download them.")
        }
        (Some(_), Some(content)) => body(shown, content, look),
    };
    let run = text(artifact, "run_id");
    let looks: &[(&str, Look)] = match (shown, content) {
        ("markdown", Some(_)) => &[("Rendered", Look::Rendered), ("Source", Look::Source)],
        ("diff", Some(_)) => &[
            ("Unified", Look::Rendered),
            ("Side by side", Look::SideBySide),
            ("Source", Look::Source),
        ],
        ("json", Some(_)) => &[("Indented", Look::Rendered), ("Source", Look::Source)],
        _ => &[],
    };
    let view = |(words, one): &(&str, Look)| SavedView {
        text: (*words).into(),
        href: here.clone().with("view", one.word()),
        is_current: *one == look,
    };
    ArtifactPage {
        name: name.into(),
        kind: kind.into(),
        size: size(number(artifact, "size")),
        run: Link::to(format!("run {}", short_id(run)), Href::path(&["runs", run])),
        download: (kind != "link").then(|| Href::path(&["artifacts", id, "raw"])),
        facts: vec![
            Pair::new("attempt", number(artifact, "attempt").to_string()),
            Pair::new("type", text(artifact, "mime")),
            Pair::new("sha256", text(artifact, "sha256")),
        ],
        body,
        views: looks.iter().map(view).collect(),
    }
}

/// A plain file is shown by its name and type where they say what it is.
fn shown_as<'a>(kind: &'a str, name: &str, mime: &str) -> &'a str {
    let ends = |all: &[&str]| {
        all.iter()
            .any(|end| name.to_ascii_lowercase().ends_with(end))
    };
    match kind {
        "file" if ends(&[".md", ".markdown"]) || mime == "text/markdown" => "markdown",
        "file" if ends(&[".diff", ".patch"]) || mime == "text/x-diff" => "diff",
        "file" if ends(&[".json"]) || mime == "application/json" => "json",
        kind => kind,
    }
}

fn body(shown: &str, content: &str, look: Look) -> ArtifactBody {
    match (shown, look) {
        (_, Look::Source) => ArtifactBody::text(content),
        ("markdown", _) => ArtifactBody::markdown(content),
        ("diff", look) => ArtifactBody::diff(content, look == Look::SideBySide),
        ("json", _) => ArtifactBody::json(content),
        _ => ArtifactBody::text(content),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn artifact(kind: &str, name: &str) -> Value {
        json!({ "id": "a", "run_id": "8dfdee46-0f3f", "kind": kind, "name": name, "mime": "text/plain", "size": 4, "attempt": 1 })
    }

    #[test]
    fn bytes_say_what_is_an_image() {
        assert_eq!(image_type(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(image_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(image_type(b"GIF89a"), Some("image/gif"));
        assert_eq!(image_type(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(image_type(b"<svg xmlns="), None);
        assert_eq!(image_type(b"<!doctype html>"), None);
    }

    #[test]
    fn html_and_svg_are_text() {
        for name in ["page.html", "picture.svg"] {
            let page = page(
                &artifact("file", name),
                Some(b"<script>alert(1)</script>"),
                Look::Rendered,
            );
            assert_eq!(page.body.text.as_deref(), Some("<script>alert(1)</script>"));
            assert!(page.body.image.is_none() && page.body.prose_html.is_none());
        }
    }

    #[test]
    fn a_link_to_a_script_is_no_link() {
        let mut link = artifact("link", "x");
        link["url"] = "javascript:alert(1)".into();
        let page = page(&link, None, Look::Rendered);
        assert!(page.body.link.expect("words").href.is_none() && page.download.is_none());
    }

    #[test]
    fn markdown_has_its_source_too() {
        let rendered = page(&artifact("file", "notes.MD"), Some(b"# x"), Look::Rendered);
        assert!(rendered.body.prose_html.is_some());
        assert_eq!(rendered.views[1].href.as_str(), "/artifacts/a?view=source");
        assert!(
            page(&artifact("markdown", "x"), Some(b"# x"), Look::Source)
                .body
                .text
                .is_some()
        );
    }
}
