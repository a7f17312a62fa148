use crate::FilesError;
use crate::find::{names_in, read_if_there};
use crate::generate::{State, change};
use crate::names::lexical;
use crate::store;
use ops_spec_kit::generate::Overwrite;
use ops_spec_kit::import::{Imported, import, names};
use ops_spec_kit::text::Source;
use std::path::{Path, PathBuf};

/// A feature of github/spec-kit that becomes one requirements document. Paths are seen from the
/// root.
#[derive(Debug, Clone)]
pub struct Import {
    pub root: PathBuf,
    /// `specs/001-search`
    pub folder: PathBuf,
    /// The document that is written.
    pub to: PathBuf,
    /// Whether one that says something else is written over.
    pub overwrite: Overwrite,
}

/// A document that is ready to be written.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    pub state: State,
    pub imported: Imported,
    target: PathBuf,
}

impl Import {
    /// Writes nothing yet.
    ///
    /// # Errors
    /// A folder without a `spec.md`, what cannot be read, and a document there that says something
    /// else, unless it may be overwritten.
    pub fn plan(&self) -> Result<ImportPlan, FilesError> {
        let folder = lexical(&self.root.join(&self.folder));
        let target = lexical(&self.root.join(&self.to));
        let spec = text_if_there(&folder.join("spec.md"))?
            .ok_or_else(|| FilesError::Missing(self.folder.join("spec.md")))?;
        let files = beside(&folder)?;
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let imported = import(&spec, &files);
        let (parent, name) = match (target.parent(), target.file_name()) {
            (Some(parent), Some(name)) => (parent, name.to_string_lossy()),
            _ => return Err(FilesError::Folder(self.to.clone())),
        };
        let state = change(parent, &name, imported.text.as_bytes())?.state;
        if state == State::Changed && self.overwrite == Overwrite::Untouched {
            return Err(FilesError::Taken(self.to.clone()));
        }
        Ok(ImportPlan {
            state,
            imported,
            target,
        })
    }
}

impl ImportPlan {
    /// # Errors
    /// What the disk says.
    pub fn write(&self) -> Result<(), FilesError> {
        if let Some(parent) = self.target.parent() {
            let fault = |error| FilesError::Write {
                path: parent.into(),
                error,
            };
            std::fs::create_dir_all(parent).map_err(fault)?;
        }
        store::replace(&self.target, self.imported.text.as_bytes())
    }
}

/// What stands beside `spec.md`, and the constitution of the repository.
fn beside(folder: &Path) -> Result<Vec<(String, String)>, FilesError> {
    let mut found = Vec::new();
    let is_beside = |name: &String| name != "spec.md" && !name.starts_with('.');
    for name in names_in(folder)?.into_iter().filter(is_beside) {
        let text = match names().any(|known| known == name) {
            true => text_if_there(&folder.join(&name))?.unwrap_or_default(),
            false => String::new(),
        };
        found.push((name, text));
    }
    let root = folder.parent().and_then(Path::parent);
    if let Some(root) = root
        && !found.iter().any(|(name, _)| name == "constitution.md")
    {
        for place in [".specify/memory", "memory"] {
            if let Some(text) = text_if_there(&root.join(place).join("constitution.md"))? {
                found.push(("constitution.md".to_owned(), text));
                break;
            }
        }
    }
    Ok(found)
}

/// Other bytes than text are refused: what is taken word by word must have words.
fn text_if_there(path: &Path) -> Result<Option<String>, FilesError> {
    let Some(bytes) = read_if_there(path)? else {
        return Ok(None);
    };
    let source = Source::decode(&path.to_string_lossy(), &bytes)?;
    Ok(Some(source.text().replace("\r\n", "\n")))
}
