//! `artifacts:` of a step, and the step kind `artifact`.

use super::scope::Scope;
use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::{ARTIFACT, ARTIFACT_FILE, ARTIFACT_KINDS, FILE_KINDS};
use crate::limits::MAX_ARTIFACT_NAME_CHARS;
use crate::model::{ArtifactFile, ArtifactSource, ArtifactSpec};
use crate::names::{is_path_below, is_web_url};
use crate::node::{Field, Kind};
use crate::report::Report;
use crate::suggest;
use ops_core::api::ArtifactKind;

const PATH_SHAPE: &str = "a relative path without `..`, as in `out/report.md`";

/// Files that a step leaves.
pub(super) fn files(step: &Field<'_>, report: &mut Report<'_>) -> Vec<ArtifactFile> {
    let mut files: Vec<ArtifactFile> = Vec::new();
    let Some(list) = values::optional(step, "artifacts") else {
        return files;
    };
    if !values::expect_list(&list, "`artifacts`", report) {
        return files;
    }
    for item in list.items() {
        let Some(file) = file(&item, report) else {
            continue;
        };
        if files.iter().any(|other| other.name == file.name) {
            let message = format!("two artifacts are called `{}`", file.name);
            report.at(
                &item,
                Code::NameTaken,
                message,
                "give one of them another `name`",
            );
        } else {
            files.push(file);
        }
    }
    files
}

fn file(item: &Field<'_>, report: &mut Report<'_>) -> Option<ArtifactFile> {
    if !matches!(item.node.kind, Kind::Map(_)) {
        let path = path(item, report)?;
        return Some(ArtifactFile {
            name: path.clone(),
            kind: kind_of_path(&path),
            path,
            mime: None,
        });
    }
    values::refuse_unknown(item, "an artifact of a step", &ARTIFACT_FILE, report);
    let path = values::required(item, "path", "an artifact of a step", PATH_SHAPE, report)
        .and_then(|field| path(&field, report));
    let name = match values::optional(item, "name") {
        Some(field) => values::line(&field, MAX_ARTIFACT_NAME_CHARS, report),
        None => path.clone(),
    };
    let kind = match values::optional(item, "kind") {
        Some(field) => kind(&field, &FILE_KINDS, report),
        None => path.as_deref().map(kind_of_path),
    };
    let mime = values::optional(item, "mime").and_then(|field| mime(&field, report));
    Some(ArtifactFile {
        name: name?,
        path: path?,
        kind: kind?,
        mime,
    })
}

/// What an `artifact` step leaves.
pub(super) fn spec(
    field: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> Option<ArtifactSpec> {
    if !values::expect_map(field, "`artifact`", report) {
        return None;
    }
    values::refuse_unknown(field, "an artifact", &ARTIFACT, report);
    let name = values::required(field, "name", "an artifact", "a line for people", report)
        .and_then(|name| {
            let text = values::line(&name, MAX_ARTIFACT_NAME_CHARS, report)?;
            scope.check_text(&name, &text, report);
            Some(text)
        });
    let kind = values::required(
        field,
        "kind",
        "an artifact",
        &ARTIFACT_KINDS.join(", "),
        report,
    )
    .and_then(|field| kind(&field, &ARTIFACT_KINDS, report));
    let source = source(field, scope, report);
    let mime = values::optional(field, "mime").and_then(|field| mime(&field, report));
    let (kind, source) = (kind?, source?);
    let is_url = matches!(source, ArtifactSource::Url(_));
    if is_url != (kind == ArtifactKind::Link) {
        let message = "`url` and `kind: link` belong together";
        let hint = "a link has a `url`; everything else has `content` or `path`";
        report.at(field, Code::BadValue, message, hint);
        return None;
    }
    Some(ArtifactSpec {
        name: name?,
        kind,
        source,
        mime,
    })
}

fn source(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<ArtifactSource> {
    let given: Vec<(&str, Field<'_>)> = ["content", "path", "url"]
        .into_iter()
        .filter_map(|key| values::optional(field, key).map(|value| (key, value)))
        .collect();
    let [(key, value)] = given.as_slice() else {
        let message = "an artifact needs exactly one of `content`, `path` and `url`";
        report.at(field, Code::BadValue, message, "");
        return None;
    };
    match *key {
        "content" => {
            let text = values::text(value, report)?;
            scope.check_text(value, &text, report);
            Some(ArtifactSource::Content(text))
        }
        "path" => path(value, report).map(ArtifactSource::Path),
        _ => {
            let text = values::text(value, report)?;
            scope.check_text(value, &text, report);
            url(value, text, report).map(ArtifactSource::Url)
        }
    }
}

/// A link that begins with `{{` can only be checked when its values are there.
pub(super) fn url(field: &Field<'_>, text: String, report: &mut Report<'_>) -> Option<String> {
    let fixed = text.find("{{").map_or(text.as_str(), |open| &text[..open]);
    let is_right = match text.contains("{{") {
        true => fixed.is_empty() || fixed.starts_with("https://") || fixed.starts_with("http://"),
        false => is_web_url(&text),
    };
    if is_right {
        return Some(text);
    }
    let message = "a link begins with `https://` or `http://`";
    report.at(field, Code::BadValue, message, "");
    None
}

fn path(field: &Field<'_>, report: &mut Report<'_>) -> Option<String> {
    values::name(
        field,
        "path below the step's folder",
        PATH_SHAPE,
        is_path_below,
        report,
    )
}

fn kind(field: &Field<'_>, allowed: &[&str], report: &mut Report<'_>) -> Option<ArtifactKind> {
    let word = values::text(field, report)?;
    let kind = match word.as_str() {
        "file" => Some(ArtifactKind::File),
        "markdown" => Some(ArtifactKind::Markdown),
        "diff" => Some(ArtifactKind::Diff),
        "link" => Some(ArtifactKind::Link),
        "json" => Some(ArtifactKind::Json),
        _ => None,
    };
    if let Some(kind) = kind.filter(|_| allowed.contains(&word.as_str())) {
        return Some(kind);
    }
    let message = format!("`{word}` is no kind of artifact here");
    report.at(
        field,
        Code::BadValue,
        message,
        suggest::hint(&word, allowed, "kinds"),
    );
    None
}

fn kind_of_path(path: &str) -> ArtifactKind {
    match path.rsplit('.').next() {
        Some("md" | "markdown") => ArtifactKind::Markdown,
        Some("diff" | "patch") => ArtifactKind::Diff,
        Some("json") => ArtifactKind::Json,
        _ => ArtifactKind::File,
    }
}

fn mime(field: &Field<'_>, report: &mut Report<'_>) -> Option<String> {
    let is_mime = |text: &str| {
        text.len() <= 100
            && text
                .split_once('/')
                .is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
            && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
    };
    values::name(field, "media type", "as in `text/csv`", is_mime, report)
}
