use crate::FilesError;
use crate::load::{bundles, compare_with};
use crate::names::name;
use crate::{settings, store};
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::{Baseline, Date};
use ops_spec_kit::report::Report;
use ops_spec_kit::rules::Severity;
use std::path::{Path, PathBuf};

/// What to check, and against what. Paths are seen from the root.
#[derive(Debug, Clone, Default)]
pub struct Check {
    pub root: PathBuf,
    pub paths: Vec<PathBuf>,
    pub config: Option<PathBuf>,
    pub baseline: Option<PathBuf>,
    /// Migrations to compare with.
    pub sql: Vec<PathBuf>,
    /// A second checkout: the root as it was.
    pub base: Option<PathBuf>,
    pub date: Option<Date>,
    /// Over that of the configuration.
    pub fail_level: Option<Severity>,
}

impl Check {
    /// # Errors
    /// What is not there, what cannot be read, and settings that are none.
    pub fn run(&self) -> Result<Report, FilesError> {
        self.against(Known::AsSaid)
    }

    /// Every finding as one that is known from now on. What an old baseline says of one is kept.
    ///
    /// # Errors
    /// As for [`Check::run`].
    pub fn new_baseline(&self, file: &str, reason: &str) -> Result<Baseline, FilesError> {
        let mut fresh = Baseline::of(file, &self.against(Known::Nothing)?, reason);
        if let Some(path) = &self.baseline {
            let old = settings::baseline(&self.root, path)?;
            for entry in &mut fresh.entries {
                let same = |e: &&_| same_finding(e, entry);
                if let Some(old) = old.entries.iter().find(same) {
                    entry.reason = old.reason.clone();
                }
            }
        }
        Ok(fresh)
    }

    fn against(&self, known: Known) -> Result<Report, FilesError> {
        let base = self.earlier()?;
        let mut found = bundles(&self.root, &self.paths)?;
        let mut config = settings::config(&self.root, self.config.as_deref(), &mut found)?;
        // What the caller names goes before what the configuration names.
        let home = settings::home(&found);
        let sql: Vec<PathBuf> = match self.sql.is_empty() {
            true => config.sql.iter().map(|path| home.join(path)).collect(),
            false => self.sql.clone(),
        };
        compare_with(&self.root, &sql, &mut found)?;
        let baseline = self.baseline.clone();
        let baseline = baseline.or_else(|| config.baseline.as_ref().map(|path| home.join(path)));
        let known = match (known, baseline) {
            (Known::AsSaid, Some(path)) => Some(settings::baseline(&self.root, &path)?),
            _ => None,
        };
        config.fail_level = self.fail_level.unwrap_or(config.fail_level);
        let options = Options {
            baseline: known.as_ref(),
            date: self.date,
            base: &base,
            ..Options::new(&config)
        };
        Ok(check(&found, &options))
    }

    /// What is not in the earlier state is new.
    fn earlier(&self) -> Result<Vec<Bundle>, FilesError> {
        let Some(base) = &self.base else {
            return Ok(Vec::new());
        };
        let base = self.root.join(base);
        if !base.is_dir() {
            return Err(FilesError::Missing(base));
        }
        let mut there = Vec::new();
        for path in &self.paths {
            let called = name(&self.root, path);
            if called.starts_with('/') || called.starts_with("..") {
                return Err(FilesError::Outside(path.clone()));
            }
            if base.join(&called).exists() {
                there.push(PathBuf::from(if called.is_empty() { "." } else { &called }));
            }
        }
        match bundles(&base, &there) {
            Err(FilesError::NoBundle(_)) => Ok(Vec::new()),
            done => done,
        }
    }
}

/// Which findings are known already.
#[derive(Clone, Copy)]
enum Known {
    /// As the caller or the configuration says.
    AsSaid,
    Nothing,
}

fn same_finding(
    one: &ops_spec_kit::config::BaselineEntry,
    other: &ops_spec_kit::config::BaselineEntry,
) -> bool {
    one.rule == other.rule && one.fingerprint == other.fingerprint
}

/// A report, baseline or the like: whole or not at all.
///
/// # Errors
/// What the disk says.
pub fn write_report(path: &Path, text: &str) -> Result<(), FilesError> {
    store::replace(path, text.as_bytes())
}
