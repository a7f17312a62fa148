//! Steps of kind `spec_kit`: bundles made and checked in this very process. Nothing outside of the run's
//! folder and the workspace is read, and what is found is told by the log and by artifacts.

use super::artifacts::{self, ArtifactError, Content, NewArtifact};
use super::attempt::Attempt;
use super::step_end::StepEnd;
use super::workflow::failed;
use crate::control::Stop;
use ops_core::api::{ArtifactKind, Level, SpecDocumentText};
use ops_runbook::{
    FailOn, SpecFormat, SpecGeneration, SpecKitCall, SpecSubject, SpecValidation, Step,
};
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::config::{Config, ConfigError};
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{Existing, Output, Refusal, Request, generate, slug_of};
use ops_spec_kit::model::RequestError;
use ops_spec_kit::report::{Finding, Report};
use ops_spec_kit::rules::Severity;
use ops_spec_kit::text::SourceError;
use std::path::Path;

/// Findings that the log tells one by one; the report has all.
const TOLD: usize = 200;
/// Files and levels of a folder that is checked.
const MOST_FILES: usize = 1_000;
const MOST_LEVELS: usize = 12;
const SOURCE: &str = "source.md";

type Files = Vec<(String, Vec<u8>)>;

#[derive(Debug, thiserror::Error)]
pub(super) enum SpecError {
    #[error(transparent)]
    Text(#[from] ops_runbook::InterpolateError),
    #[error(transparent)]
    File(#[from] ArtifactError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the control room does not take the bundle: {0}")]
    Stored(ops_client::ClientError),
    #[error("{path} cannot be written: {error}")]
    Unwritable { path: String, error: std::io::Error },
    #[error("{0} holds more than {MOST_FILES} files; name a folder within it")]
    TooMany(String),
    #[error("there is nothing to check in {0}")]
    Nothing(String),
    #[error("the run was stopped")]
    Stopped,
}

impl Attempt<'_> {
    pub(super) async fn run_spec_kit(&self, step: &Step, call: &SpecKitCall) -> StepEnd {
        let done = match call {
            SpecKitCall::Generate(wanted) => self.generate_spec(step, wanted).await,
            SpecKitCall::Validate(wanted) => self.validate_spec(step, wanted).await,
        };
        match done {
            Ok(end) => end,
            Err(SpecError::Stopped | SpecError::File(ArtifactError::Stopped)) => {
                StepEnd::stopped(self.job.control.stopped().unwrap_or(Stop::Now))
            }
            Err(error) => failed(step, &error),
        }
    }

    async fn generate_spec(
        &self,
        step: &Step,
        wanted: &SpecGeneration,
    ) -> Result<StepEnd, SpecError> {
        let text = ops_runbook::interpolate(&wanted.prd, &self.values)?;
        let bytes = match text.trim().contains('\n') {
            true => text.into_bytes(),
            false => self.read_file(step, text.trim())?,
        };
        let (named, document) = document(&bytes)?;
        let slug = match &wanted.slug {
            Some(slug) => ops_runbook::interpolate(slug, &self.values)?
                .trim()
                .to_owned(),
            None => String::new(),
        };
        let slug = if slug.is_empty() { named } else { slug };
        let stored = self.stored_spec(step, &slug).await?;
        let output = generate_over(&document, &slug, &stored)?;
        for note in &output.notes {
            self.note(Level::Info, &step.id, note).await;
        }
        let mut files: Vec<(String, String)> = output.files;
        files.push((SOURCE.into(), document.source.text().to_owned()));
        let in_bundle = files
            .iter()
            .map(|(name, text)| (format!("{slug}/{name}"), text.as_bytes()));
        let report = check(&[Bundle::read(in_bundle)])?;
        self.tell_findings(step, &report).await;
        files.push(("report.json".into(), ops_spec_kit::report::json(&report)));
        if let Some(out) = &wanted.out {
            self.write_files(step, out, &files)?;
        }
        for (name, text) in &files {
            self.leave_file(&format!("{slug}/{name}"), text.clone().into_bytes())
                .await?;
        }
        self.leave_file(&format!("{slug}.zip"), output.zip).await?;
        let documents = files
            .into_iter()
            .map(|(name, content)| SpecDocumentText { name, content })
            .collect();
        self.store_spec(step, &slug, documents, &stored).await?;
        // The bundle is made and kept. What contradicts itself in the source is told, and is for its
        // author; a run that fails for it is one of `validate`.
        Ok(end(step, &report, FailOn::Never, Some(&slug)))
    }

    async fn validate_spec(
        &self,
        step: &Step,
        wanted: &SpecValidation,
    ) -> Result<StepEnd, SpecError> {
        let (files, slug) = match &wanted.of {
            SpecSubject::Path(path) => {
                let path = ops_runbook::interpolate(path, &self.values)?;
                (self.spec_files(step, path.trim())?, None)
            }
            SpecSubject::Slug(slug) => {
                let slug = ops_runbook::interpolate(slug, &self.values)?
                    .trim()
                    .to_owned();
                let stored = self.stored_spec(step, &slug).await?;
                let files = stored.into_iter().filter(|(name, _)| name != "report.json");
                let files = files.map(|(name, text)| (format!("{slug}/{name}"), text.into_bytes()));
                let files: Files = files.collect();
                if files.is_empty() {
                    return Err(SpecError::Nothing(format!("the bundle `{slug}`")));
                }
                (files, Some(slug))
            }
        };
        let report = check(&Bundle::group(files))?;
        self.tell_findings(step, &report).await;
        for format in &wanted.formats {
            let (name, text) = match format {
                SpecFormat::Json => ("report.json", ops_spec_kit::report::json(&report)),
                SpecFormat::Markdown => ("report.md", ops_spec_kit::report::markdown(&report)),
                SpecFormat::Sarif => ("report.sarif", ops_spec_kit::report::sarif(&report)),
            };
            self.leave_file(name, text.into_bytes()).await?;
        }
        if let Some(slug) = &slug {
            let report = SpecDocumentText {
                name: "report.json".into(),
                content: ops_spec_kit::report::json(&report),
            };
            self.store_spec(step, slug, vec![report], &[]).await?;
        }
        Ok(end(step, &report, wanted.fail_on, slug.as_deref()))
    }

    async fn tell_findings(&self, step: &Step, report: &Report) {
        for finding in report.findings.iter().take(TOLD) {
            self.note(level(finding), &step.id, &line(finding)).await;
        }
        let counts = report.counts;
        let told = format!(
            "{} errors, {} warnings, {} notes in {} files",
            counts.errors,
            counts.warnings,
            counts.notes,
            report.files.len()
        );
        self.note(Level::Info, &step.id, &told).await;
    }

    async fn leave_file(&self, name: &str, bytes: Vec<u8>) -> Result<(), SpecError> {
        let kind = match name.rsplit('.').next() {
            Some("md") => ArtifactKind::Markdown,
            Some("json" | "sarif") => ArtifactKind::Json,
            _ => ArtifactKind::File,
        };
        let artifact = NewArtifact {
            name: name.to_owned(),
            kind,
            mime: name.ends_with(".zip").then(|| "application/zip".into()),
            content: Content::Bytes(bytes),
        };
        Ok(artifacts::put(self.job, &self.masker, artifact).await?)
    }

    fn read_file(&self, step: &Step, path: &str) -> Result<Vec<u8>, ArtifactError> {
        let allowed: [&Path; 2] = [self.folder.path(), &self.executor.workspace];
        artifacts::read(&self.workdir(step), path, &allowed)
    }

    /// The documents of a file or a folder. Hidden ones and links are passed over.
    fn spec_files(&self, step: &Step, path: &str) -> Result<Files, SpecError> {
        let folder = self.workdir(step).join(path);
        if !folder.is_dir() {
            return Ok(vec![(path.to_owned(), self.read_file(step, path)?)]);
        }
        let mut files = Files::new();
        let mut open = vec![(path.trim_end_matches('/').to_owned(), 0)];
        while let Some((below, level)) = open.pop() {
            let unreadable = |error| ArtifactError::Unreadable {
                path: below.clone(),
                error,
            };
            for entry in std::fs::read_dir(self.workdir(step).join(&below)).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let kind = entry.file_type().map_err(unreadable)?;
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                let at = format!("{below}/{name}");
                if kind.is_dir() && !is_hidden(&name) && level < MOST_LEVELS {
                    open.push((at, level + 1));
                } else if kind.is_file() && is_document(&name) {
                    if files.len() >= MOST_FILES {
                        return Err(SpecError::TooMany(path.to_owned()));
                    }
                    let bytes = self.read_file(step, &at)?;
                    files.push((at, bytes));
                }
            }
        }
        if files.is_empty() {
            return Err(SpecError::Nothing(format!("`{path}`")));
        }
        Ok(files)
    }

    fn write_files(
        &self,
        step: &Step,
        out: &str,
        files: &[(String, String)],
    ) -> Result<(), SpecError> {
        let folder = self.workdir(step).join(out);
        let unwritable = |error| SpecError::Unwritable {
            path: out.to_owned(),
            error,
        };
        std::fs::create_dir_all(&folder).map_err(unwritable)?;
        let real = folder.canonicalize().map_err(unwritable)?;
        let allowed: [&Path; 2] = [self.folder.path(), &self.executor.workspace];
        let inside = |root: &&Path| root.canonicalize().is_ok_and(|root| real.starts_with(root));
        if !allowed.iter().any(inside) {
            return Err(ArtifactError::Outside(out.to_owned()).into());
        }
        for (name, text) in files {
            let file = real.join(name);
            // A link that somebody checked in is replaced, not followed.
            if file.is_symlink() {
                std::fs::remove_file(&file).map_err(unwritable)?;
            }
            std::fs::write(file, text).map_err(unwritable)?;
        }
        Ok(())
    }
}

/// A request where it is JSON, else a document; and the slug that it asks for.
fn document(bytes: &[u8]) -> Result<(String, Document), SpecError> {
    if bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(ops_spec_kit::model::request(SOURCE, bytes)?);
    }
    let document = ops_spec_kit::read::document(SOURCE, bytes)?;
    let title = document.title.as_ref().map(|title| title.text.as_str());
    Ok((slug_of(title.unwrap_or_default()), document))
}

fn generate_over(
    document: &Document,
    slug: &str,
    stored: &[(String, String)],
) -> Result<Output, SpecError> {
    let files = stored
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let existing = (!stored.is_empty()).then(|| Existing::of(files));
    let mut request = Request::new(document, slug);
    request.existing = existing.as_ref();
    request.link = Some(SOURCE);
    Ok(generate(&request)?)
}

fn check(bundles: &[Bundle]) -> Result<Report, SpecError> {
    let source = bundles.iter().find_map(|bundle| bundle.config.as_ref());
    let config = match source {
        Some(source) => Config::parse(source.file(), source.text())?,
        None => Config::default(),
    };
    let options = ops_spec_kit::check::Options::new(&config);
    Ok(ops_spec_kit::check::check(bundles, &options))
}

fn end(step: &Step, report: &Report, fail_on: FailOn, slug: Option<&str>) -> StepEnd {
    let counts = report.counts;
    let failing = match fail_on {
        FailOn::Error => counts.errors,
        FailOn::Warning => counts.errors + counts.warnings,
        FailOn::Note => counts.errors + counts.warnings + counts.notes,
        FailOn::Never => 0,
    };
    let mut end = match failing {
        0 => StepEnd::succeeded(),
        1 => failed(step, &"1 finding, which is told in the log and the report"),
        many => failed(
            step,
            &format!("{many} findings, which are told in the log and the report"),
        ),
    };
    let numbers = [
        ("errors", counts.errors),
        ("warnings", counts.warnings),
        ("notes", counts.notes),
    ];
    for (name, count) in numbers {
        end.outputs.insert(name.into(), count.to_string().into());
    }
    if let Some(slug) = slug {
        end.outputs.insert("bundle".into(), slug.into());
    }
    end
}

fn level(finding: &Finding) -> Level {
    match finding.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warn,
        Severity::Note => Level::Info,
    }
}

fn line(finding: &Finding) -> String {
    let place = &finding.place;
    format!(
        "{}:{}:{}: {} {}; {}",
        place.file, place.line, place.column, finding.rule, finding.message, finding.hint
    )
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || ["node_modules", "target"].contains(&name)
}

fn is_document(name: &str) -> bool {
    let endings = [".md", ".markdown", ".sql"];
    endings.iter().any(|ending| name.ends_with(ending)) || name.starts_with("spec-kit.")
}
