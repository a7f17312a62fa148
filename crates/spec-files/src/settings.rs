//! `spec-kit.toml` and the baseline.

use crate::FilesError;
use crate::find::{read, read_if_there};
use crate::names::name;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::config::{Baseline, Config};
use ops_spec_kit::text::Source;
use std::path::{Path, PathBuf};

/// The one that was named; else that of the bundles; else that of the root. Findings on the
/// configuration itself have their place in it.
pub fn config(
    root: &Path,
    named: Option<&Path>,
    bundles: &mut [Bundle],
) -> Result<Config, FilesError> {
    let source = match named {
        Some(path) => Some(Source::decode(&name(root, path), &read(&root.join(path))?)?),
        None => match of_bundles(bundles)? {
            Some(source) => Some(source),
            None => match read_if_there(&root.join("spec-kit.toml"))? {
                Some(bytes) => Some(Source::decode("spec-kit.toml", &bytes)?),
                None => None,
            },
        },
    };
    let Some(source) = source else {
        return Ok(Config::default());
    };
    let config = Config::parse(source.file(), source.text())?;
    for bundle in bundles {
        bundle.config = Some(source.clone());
    }
    Ok(config)
}

/// The folder of the configuration, seen from the root: paths in it are seen from there.
pub fn home(bundles: &[Bundle]) -> PathBuf {
    let source = bundles.iter().find_map(|bundle| bundle.config.as_ref());
    let file = source.map_or("", |source| source.file());
    PathBuf::from(file.rsplit_once('/').map_or("", |(folder, _)| folder))
}

fn of_bundles(bundles: &[Bundle]) -> Result<Option<Source>, FilesError> {
    let mut all = bundles.iter().filter_map(|bundle| bundle.config.as_ref());
    let Some(first) = all.next() else {
        return Ok(None);
    };
    match all.find(|other| other.text() != first.text()) {
        None => Ok(Some(first.clone())),
        Some(other) => Err(FilesError::ManyConfigs(
            first.file().to_owned(),
            other.file().to_owned(),
        )),
    }
}

pub fn baseline(root: &Path, path: &Path) -> Result<Baseline, FilesError> {
    let called = name(root, path);
    let source = Source::decode(&called, &read(&root.join(path))?)?;
    Ok(Baseline::parse(&called, source.text())?)
}
