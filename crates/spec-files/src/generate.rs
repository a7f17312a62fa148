use crate::FilesError;
use crate::find::{read, read_if_there};
use crate::names::{lexical, slashed, way};
use crate::store;
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{Existing, Output, Overwrite, Request, generate, slug_of};
use ops_spec_kit::model;
use ops_spec_kit::read::document;
use ops_spec_kit::text::Source;
use std::path::{Path, PathBuf};

/// What to generate. Paths are seen from the root.
#[derive(Debug, Clone)]
pub struct Generate {
    pub root: PathBuf,
    /// A document, or a request as JSON.
    pub from: PathBuf,
    pub out: PathBuf,
    /// Else that of the request, else the name of the folder.
    pub slug: Option<String>,
    pub date: Option<String>,
    pub overwrite: Overwrite,
}

/// What writing would do to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    New,
    Changed,
    Same,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub name: String,
    pub state: State,
}

/// A bundle that is ready to be written.
#[derive(Debug, Clone)]
pub struct Plan {
    pub slug: String,
    /// The folder, as it was given.
    pub out: PathBuf,
    pub output: Output,
    pub changes: Vec<Change>,
    folder: PathBuf,
}

const ZIP: &str = "bundle.zip";
const NAMES: [&str; 6] = [
    "constitution.md",
    "prd.md",
    "plan.md",
    "tasks.md",
    "spec-kit.json",
    "spec-kit.lock",
];

impl Generate {
    /// Writes nothing yet.
    ///
    /// # Errors
    /// What cannot be read, and what nothing can be generated from.
    pub fn plan(&self) -> Result<Plan, FilesError> {
        let folder = lexical(&self.root.join(&self.out));
        let (called, link) = self.names(&folder);
        let bytes = read(&self.root.join(&self.from))?;
        let (wanted, source) = source(&called, &bytes)?;
        let existing = existing(&folder)?;
        let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
        let slug = self.slug.clone().or(wanted);
        let slug = slug.unwrap_or_else(|| slug_of(&folder_name));
        let request = Request {
            existing: existing.as_ref(),
            overwrite: self.overwrite,
            date: self.date.as_deref(),
            link: link.as_deref(),
            ..Request::new(&source, &slug)
        };
        let output = generate(&request)?;
        let mut changes = Vec::new();
        for (name, text) in &output.files {
            changes.push(change(&folder, name, text.as_bytes())?);
        }
        changes.push(change(&folder, ZIP, &output.zip)?);
        Ok(Plan {
            slug,
            out: self.out.clone(),
            output,
            changes,
            folder,
        })
    }

    /// What the source is called, and the way to it. The same whatever the working folder is, and
    /// without a word on this machine: from the root of the repository, else its name alone.
    fn names(&self, folder: &Path) -> (String, Option<String>) {
        let from = lexical(&self.root.join(&self.from));
        let repository = from
            .ancestors()
            .skip(1)
            .find(|above| above.join(".git").exists())
            .map_or_else(|| lexical(&self.root), Path::to_path_buf);
        match (
            from.strip_prefix(&repository),
            folder.starts_with(&repository),
        ) {
            (Ok(inside), true) => (slashed(inside), Some(way(folder, &from))),
            _ => {
                let name = from.file_name().unwrap_or_default();
                (name.to_string_lossy().into_owned(), None)
            }
        }
    }
}

impl Plan {
    /// Whether a folder has what it should. The archive may be absent: it is packed from the others,
    /// and few keep it in a repository.
    pub fn is_current(&self) -> bool {
        self.changes.iter().all(|change| {
            change.state == State::Same || (change.name == ZIP && change.state == State::New)
        })
    }

    /// All that differs, or nothing.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write(&self) -> Result<(), FilesError> {
        if self
            .changes
            .iter()
            .all(|change| change.state == State::Same)
        {
            return Ok(());
        }
        let files: Vec<(&str, &[u8])> = self
            .files()
            .zip(&self.changes)
            .filter(|(_, change)| change.state != State::Same)
            .map(|(file, _)| file)
            .collect();
        store::replace_all(&self.folder, &files)
    }

    /// All files by name, whether they differ or not.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let texts = self.output.files.iter();
        texts
            .map(|(name, text)| (name.as_str(), text.as_bytes()))
            .chain([(ZIP, self.output.zip.as_slice())])
    }
}

fn source(called: &str, bytes: &[u8]) -> Result<(Option<String>, Document), FilesError> {
    if called.ends_with(".json") {
        let (slug, document) = model::request(called, bytes)?;
        return Ok((Some(slug), document));
    }
    Ok((None, document(called, bytes)?))
}

pub(crate) fn existing(folder: &Path) -> Result<Option<Existing>, FilesError> {
    let mut files = Vec::new();
    for name in NAMES {
        let path = folder.join(name);
        if let Some(bytes) = read_if_there(&path)? {
            let source = Source::decode(&slashed(&path), &bytes)?;
            files.push((name, source.text().to_owned()));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(n, text)| (*n, text.as_str())).collect();
    Ok((!files.is_empty()).then(|| Existing::of(files)))
}

pub(crate) fn change(folder: &Path, name: &str, bytes: &[u8]) -> Result<Change, FilesError> {
    let state = match read_if_there(&folder.join(name))? {
        None => State::New,
        Some(old) if is_same(name, &old, bytes) => State::Same,
        Some(_) => State::Changed,
    };
    Ok(Change {
        name: name.to_owned(),
        state,
    })
}

/// A checkout may have other line ends; that is no change.
fn is_same(name: &str, old: &[u8], new: &[u8]) -> bool {
    if old == new || name == ZIP {
        return old == new;
    }
    String::from_utf8_lossy(old)
        .replace("\r\n", "\n")
        .as_bytes()
        == new
}
