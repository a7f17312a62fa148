use crate::FilesError;
use crate::find::{Files, read, walk};
use crate::names::{name, slashed};
use ops_spec_kit::bundle::{Bundle, Scope, Unreadable, folder};
use ops_spec_kit::read::document;
use ops_spec_kit::text::{Source, SourceError};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The bundles at and below these paths, each a document, a bundle's folder or a tree.
pub fn bundles(root: &Path, paths: &[PathBuf]) -> Result<Vec<Bundle>, FilesError> {
    let mut files = Files::new();
    let mut singles = Files::new();
    let mut folders = Vec::new();
    for path in paths {
        let disk = root.join(path);
        let called = name(root, path);
        let kind = std::fs::metadata(&disk).map_err(|error| missing(&disk, error))?;
        if kind.is_dir() {
            walk(&disk, &called, &mut files)?;
            folders.push((path, called));
        } else if kind.is_file() {
            singles.insert(called, read(&disk)?);
        } else {
            return Err(FilesError::Strange(path.clone()));
        }
    }
    let mut found = match files.is_empty() {
        true => Vec::new(),
        false => Bundle::group(files),
    };
    for bundle in &mut found {
        find_source(root, bundle);
        if bundle.directory.is_empty() {
            bundle.slug = own_name(root);
        }
    }
    // Each path for itself: one without anything to check must not read as clean.
    for (path, called) in folders {
        let mut all = found.iter().flat_map(|bundle| &bundle.files);
        if !all.any(|file| is_below(file, &called)) {
            return Err(FilesError::NoBundle(path.clone()));
        }
    }
    // A document that was named beside its bundle is not told about twice.
    let known: BTreeSet<String> = found.iter().flat_map(|b| b.files.clone()).collect();
    let named = singles
        .into_iter()
        .filter(|(file, _)| !known.contains(file));
    found.extend(named.map(|(file, bytes)| single(file, &bytes)));
    Ok(found)
}

/// The only bundle at or below a path; a document stands for the bundle in its folder.
pub fn one_bundle(root: &Path, path: &Path) -> Result<Bundle, FilesError> {
    let is_file = root.join(path).is_file();
    let within = match path.parent() {
        Some(parent) if is_file && parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) if is_file => parent.into(),
        _ => path.to_owned(),
    };
    let called = name(root, path);
    let mut found = bundles(root, &[within])?;
    if is_file {
        found.retain(|bundle| bundle.files.contains(&called));
    }
    match (found.len(), found.pop()) {
        (1, Some(bundle)) => Ok(bundle),
        (0, _) | (_, None) => Err(FilesError::NoBundle(path.into())),
        (count, Some(last)) => {
            let folders = found.iter().chain([&last]).take(5);
            let folders: Vec<&str> = folders.map(|b| b.directory.as_str()).collect();
            Err(FilesError::ManyBundles {
                path: path.into(),
                count,
                folders: folders.join(", "),
            })
        }
    }
}

fn missing(path: &Path, error: std::io::Error) -> FilesError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            FilesError::Missing(path.into())
        }
        _ => FilesError::Read {
            path: path.into(),
            error,
        },
    }
}

fn is_below(file: &str, folder: &str) -> bool {
    let rest = file.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
}

fn own_name(folder: &Path) -> String {
    let folder = crate::names::lexical(folder);
    folder
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// What is no text is a finding like any other: it must not hide what else there is.
fn single(file: String, bytes: &[u8]) -> Bundle {
    match document(&file, bytes) {
        Ok(document) => Bundle::single(document),
        Err(error) => Bundle {
            scope: Scope::Single,
            files: BTreeSet::from([file.clone()]),
            unreadable: vec![unreadable(file, &error)],
            ..Bundle::default()
        },
    }
}

fn unreadable(file: String, error: &SourceError) -> Unreadable {
    let line = match error {
        SourceError::NotUtf8 { line, .. } => *line,
        SourceError::TooLarge { .. } => 1,
    };
    Unreadable {
        file,
        line,
        reason: error.to_string(),
    }
}

/// A bundle says by a relative path what it was generated from; that may be seen from any folder
/// above it. What leaves the root is nobody's source.
fn find_source(root: &Path, bundle: &mut Bundle) {
    let Some(manifest) = bundle.manifest.as_ref().filter(|_| bundle.source.is_none()) else {
        return;
    };
    let wanted = &manifest.source.file;
    let mut at = bundle.directory.as_str();
    while !at.is_empty() && !wanted.starts_with('/') {
        at = folder(at);
        let Some(path) = ops_spec_kit::bundle::resolve(at, wanted) else {
            continue;
        };
        let lead = if bundle.directory.starts_with('/') {
            "/"
        } else {
            ""
        };
        let path = format!("{lead}{path}");
        let is_file = std::fs::symlink_metadata(root.join(&path)).is_ok_and(|m| m.is_file());
        if let Some(bytes) = is_file.then(|| read(&root.join(&path)).ok()).flatten() {
            bundle.read_source(&path, &bytes);
            return;
        }
    }
}

/// Migrations, files or folders of them, beside every bundle.
pub fn compare_with(
    root: &Path,
    sql: &[PathBuf],
    bundles: &mut [Bundle],
) -> Result<(), FilesError> {
    for path in &migrations(root, sql)? {
        let called = slashed(Path::new(&name(root, path)));
        let bytes = read(&root.join(path))?;
        let source = Source::decode(&called, &bytes)?;
        for bundle in bundles.iter_mut() {
            bundle.files.insert(called.clone());
            bundle.sql.push(source.clone());
        }
    }
    Ok(())
}

/// The `.sql` files of a folder, by name.
fn migrations(root: &Path, sql: &[PathBuf]) -> Result<Vec<PathBuf>, FilesError> {
    let mut files = Vec::new();
    for path in sql {
        let disk = root.join(path);
        if !disk.is_dir() {
            files.push(path.clone());
            continue;
        }
        let fault = |error| FilesError::Read {
            path: disk.clone(),
            error,
        };
        let mut own = Vec::new();
        for entry in std::fs::read_dir(&disk).map_err(fault)? {
            let name = entry.map_err(fault)?.file_name();
            if name.to_string_lossy().ends_with(".sql") {
                own.push(path.join(name));
            }
        }
        own.sort();
        files.extend(own);
    }
    Ok(files)
}
