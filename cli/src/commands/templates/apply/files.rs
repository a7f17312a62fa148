//! The runbooks of a folder, all of them valid, no two for one template.

use crate::commands::run::target::read_runbook;
use crate::failure::Failure;
use ops_runbook::{Diagnostic, DiagnosticCode};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub struct File {
    pub slug: String,
    /// Its path as a person finds it.
    pub name: String,
    pub source: String,
}

/// By slug.
pub fn read(folder: &Path) -> Result<Vec<File>, Failure> {
    let paths = find(folder)?;
    if paths.is_empty() {
        return Err(Failure::usage(
            format!("there is no runbook in {}", folder.display()),
            "runbooks end in .yaml or .yml",
        ));
    }
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    let mut found = Vec::new();
    for path in paths {
        let source = read_runbook(&path)?;
        let name = path.to_string_lossy().into_owned();
        match ops_runbook::parse(&source, &name) {
            Err(diagnostics) => found.extend(diagnostics),
            Ok(runbook) => {
                if let Some(first) = files.get(&runbook.slug) {
                    found.push(taken(&runbook.slug, &name, &source, &first.name));
                    continue;
                }
                let file = File {
                    slug: runbook.slug.clone(),
                    name,
                    source,
                };
                files.insert(runbook.slug, file);
            }
        }
    }
    if found.is_empty() {
        Ok(files.into_values().collect())
    } else {
        Err(Failure::Runbook(found))
    }
}

fn taken(slug: &str, name: &str, source: &str, first: &str) -> Diagnostic {
    let line = source.lines().position(|line| line.starts_with("slug:"));
    Diagnostic {
        file: name.into(),
        line: line.map_or(0, |at| u32::try_from(at + 1).unwrap_or_default()),
        column: 1,
        path: "/slug".into(),
        code: DiagnosticCode::NameTaken,
        message: format!("the slug `{slug}` is that of {first} too"),
        hint: "give each runbook a slug of its own".into(),
    }
}

/// Files in the order of their paths. A link to a folder is not followed, as it may lead back.
fn find(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fault = |error| Failure::file("read", folder, error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        entries.push(entry.map_err(fault)?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let kind = entry
            .file_type()
            .map_err(|error| Failure::file("read", &path, error))?;
        let yaml = path
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml");
        if kind.is_dir() {
            paths.extend(find(&path)?);
        } else if yaml && !path.is_dir() {
            paths.push(path);
        }
    }
    Ok(paths)
}
