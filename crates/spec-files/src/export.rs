use crate::FilesError;
use crate::find::{names_in, read_if_there};
use crate::generate::{Change, State, change, existing};
use crate::names::{lexical, way};
use crate::store;
use ops_spec_kit::export::{self, Before, CONSTITUTION, Constitution};
use ops_spec_kit::generate::{DOCUMENTS, Overwrite, slug_of};
use ops_spec_kit::manifest::Manifest;
use std::path::{Path, PathBuf};

/// A bundle that goes to a repository of github/spec-kit. Paths are seen from the root.
#[derive(Debug, Clone)]
pub struct Export {
    pub root: PathBuf,
    /// The folder of the bundle.
    pub bundle: PathBuf,
    /// The other repository, which may be the same.
    pub to: PathBuf,
    pub overwrite: Overwrite,
}

/// Documents that are ready to be written.
#[derive(Debug, Clone)]
pub struct ExportPlan {
    /// The name below `specs/`: `001-search`.
    pub feature: String,
    /// Whose constitution the repository has afterwards.
    pub constitution: Constitution,
    /// By their paths in the other repository.
    pub changes: Vec<Change>,
    files: Vec<(String, String)>,
    target: PathBuf,
}

impl Export {
    /// Writes nothing yet.
    ///
    /// # Errors
    /// A bundle that is not whole, what cannot be read, and documents there that somebody wrote or
    /// changed, unless they may be overwritten.
    pub fn plan(&self) -> Result<ExportPlan, FilesError> {
        let folder = lexical(&self.root.join(&self.bundle));
        let target = lexical(&self.root.join(&self.to));
        let bundle = existing(&folder)?.ok_or_else(|| FilesError::NoBundle(self.bundle.clone()))?;
        let documents: Vec<(&str, &str)> = bundle
            .documents
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        for name in DOCUMENTS {
            if !documents.iter().any(|(own, _)| *own == name) {
                let path = self.bundle.clone();
                return Err(FilesError::Incomplete { path, name });
            }
        }
        let manifest = bundle.manifest.as_deref().map(Manifest::parse);
        let manifest = manifest
            .transpose()
            .map_err(ops_spec_kit::generate::Refusal::from)?;
        let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
        let slug = manifest.map_or_else(|| slug_of(&folder_name), |manifest| manifest.slug);
        let feature = export::feature(&slug, &folders(&target.join("specs"))?);
        let constitution = constitution(&target, &slug)?;
        let files = export::Export {
            slug: &slug,
            bundle: &way(&target, &folder),
            feature: &feature,
            constitution,
            documents: &documents,
        }
        .files();
        let files = self.with_what_is_there(&target, &slug, files)?;
        let mut changes = Vec::new();
        for (path, text) in &files {
            changes.push(change(&target, path, text.as_bytes())?);
        }
        Ok(ExportPlan {
            feature,
            constitution,
            changes,
            files,
            target,
        })
    }

    /// The documents with the ticks of the export before them.
    fn with_what_is_there(
        &self,
        target: &Path,
        slug: &str,
        files: Vec<(String, String)>,
    ) -> Result<Vec<(String, String)>, FilesError> {
        let mut foreign = Vec::new();
        let mut whole = Vec::new();
        for (path, text) in files {
            let old = text_if_there(&target.join(&path))?;
            let text = match old.as_deref() {
                None => text,
                Some(old) => match export::before(old) {
                    Before::Exported { slug: own } if own == slug => export::with_ticks(&text, old),
                    _ if path == CONSTITUTION || self.overwrite == Overwrite::Edited => text,
                    _ => {
                        foreign.push(path);
                        continue;
                    }
                },
            };
            whole.push((path, text));
        }
        match foreign.is_empty() {
            true => Ok(whole),
            false => Err(FilesError::Foreign { files: foreign }),
        }
    }
}

impl ExportPlan {
    pub fn is_current(&self) -> bool {
        self.changes
            .iter()
            .all(|change| change.state == State::Same)
    }

    /// What differs. Each folder's files are written whole or not at all, the constitution first.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write(&self) -> Result<(), FilesError> {
        let open = || {
            let files = self.files.iter().zip(&self.changes);
            files
                .filter(|(_, change)| change.state != State::Same)
                .filter_map(|((path, text), _)| {
                    path.rsplit_once('/')
                        .map(|(folder, name)| (folder, (name, text.as_bytes())))
                })
        };
        let mut folders: Vec<&str> = open().map(|(folder, _)| folder).collect();
        folders.dedup();
        for folder in folders {
            let files = open().filter(|(own, _)| *own == folder);
            let files: Vec<(&str, &[u8])> = files.map(|(_, file)| file).collect();
            store::replace_all(&self.target.join(folder), &files)?;
        }
        Ok(())
    }
}

/// A constitution of the repository's own stays. What `specify init` lays out is none yet.
fn constitution(target: &Path, slug: &str) -> Result<Constitution, FilesError> {
    Ok(match text_if_there(&target.join(CONSTITUTION))? {
        None => Constitution::Repository,
        Some(text) if text.contains("[PROJECT_NAME]") => Constitution::Repository,
        Some(text) => match export::before(&text) {
            Before::Exported { slug: own } if own == slug => Constitution::Repository,
            _ => Constitution::Feature,
        },
    })
}

fn text_if_there(path: &Path) -> Result<Option<String>, FilesError> {
    let bytes = read_if_there(path)?;
    let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(text.map(|text| text.replace("\r\n", "\n")))
}

fn folders(specs: &Path) -> Result<Vec<String>, FilesError> {
    let mut names = names_in(specs)?;
    names.retain(|name| specs.join(name).is_dir());
    Ok(names)
}
