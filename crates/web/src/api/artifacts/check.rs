//! What may be put, before anything is done.

use crate::refusal::Refusal;
use crate::wrong::Wrong;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::api::{ArtifactBegin, ArtifactKind, ArtifactPut};
use ops_core::blobs::is_sha256;
use ops_core::{Code, Problem, limits};

/// The bytes that came along; `None` of a link, and of bytes that were uploaded.
pub fn check(artifact: &ArtifactPut) -> Result<Option<Vec<u8>>, Refusal> {
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&artifact.run_id), "/run_id");
    wrong.attempt(artifact.attempt, "/attempt");
    short(&mut wrong, "worker_id", &artifact.worker_id);
    short(
        &mut wrong,
        "mime",
        artifact.mime.as_deref().unwrap_or_default(),
    );
    name(&mut wrong, &artifact.name);
    let sources = [
        artifact.content.is_some(),
        artifact.content_base64.is_some(),
        artifact.url.is_some(),
        artifact.sha256.is_some(),
    ];
    wrong.unless(
        sources.iter().filter(|s| **s).count() == 1,
        "/content",
        "give exactly one of `content`, `content_base64`, `url` and `sha256`",
    );
    wrong.unless(
        (artifact.kind == ArtifactKind::Link) == artifact.url.is_some(),
        "/url",
        "goes with kind `link`, and only with it",
    );
    let web = artifact.url.as_deref().is_none_or(|url| {
        let link = url.starts_with("https://") || url.starts_with("http://");
        link && url.len() <= 2_000 && !url.contains(char::is_control)
    });
    wrong.unless(
        web,
        "/url",
        "must be an http or https link of at most 2000 bytes",
    );
    wrong.unless(
        artifact.sha256.is_some() == artifact.size.is_some(),
        "/size",
        "goes with `sha256`, and only with it",
    );
    digest(&mut wrong, artifact.sha256.as_deref());
    let bytes = match (&artifact.content, &artifact.content_base64) {
        (Some(text), _) => Some(text.as_bytes().to_vec()),
        (_, Some(encoded)) => STANDARD
            .decode(encoded)
            .map_err(|error| {
                wrong.unless(false, "/content_base64", format!("is no base64: {error}"))
            })
            .ok(),
        _ => None,
    };
    wrong.done()?;
    let size = bytes.as_ref().map_or(0, Vec::len);
    not_more(size as u64, limits::ARTIFACT_CALL_BYTES)?;
    Ok(bytes)
}

pub fn check_begin(artifact: &ArtifactBegin) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&artifact.run_id), "/run_id");
    wrong.attempt(artifact.attempt, "/attempt");
    name(&mut wrong, &artifact.name);
    short(&mut wrong, "worker_id", &artifact.worker_id);
    digest(&mut wrong, Some(&artifact.sha256));
    wrong.done()?;
    not_more(artifact.size, limits::ARTIFACT_BYTES)
}

fn name(wrong: &mut Wrong, name: &str) {
    wrong.unless(
        (1..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control),
        "/name",
        "must be 1 to 200 characters without control characters",
    );
}

fn short(wrong: &mut Wrong, field: &str, text: &str) {
    wrong.unless(
        text.len() <= 200 && !text.contains(char::is_control),
        format!("/{field}"),
        "must be at most 200 bytes without control characters",
    );
}

fn digest(wrong: &mut Wrong, sha256: Option<&str>) {
    wrong.unless(
        sha256.is_none_or(is_sha256),
        "/sha256",
        "must be 64 digits of lower-case hex",
    );
}

pub fn not_more(size: u64, limit: usize) -> Result<(), Refusal> {
    if size <= limit as u64 {
        return Ok(());
    }
    let detail = format!("the artifact has {size} bytes; the limit is {limit}");
    Err(Problem::new(Code::TooLarge, detail).into())
}
