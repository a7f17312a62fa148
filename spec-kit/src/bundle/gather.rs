//! Files to bundles. Everything is sorted by path first, so that the order of files is nothing.

use super::{Bundle, Layout, Scope, Unreadable, file_name, folder, layout_of};
use crate::facts::Document;
use crate::ids::{Lock, LockError};
use crate::manifest::Manifest;
use crate::order::{Gather, Order};
use crate::parallel;
use crate::read::document;
use crate::text::{Source, SourceError};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

type Files<'a> = BTreeMap<&'a str, &'a [u8]>;

/// Names by which a folder is known to be a bundle.
const ROLES: &[&str] = &[
    "constitution.md",
    "design.md",
    "plan.md",
    "prd.md",
    "proposal.md",
    "requirements.md",
    "spec-kit.json",
    "spec.md",
    "tasks.md",
];

impl Bundle {
    /// All files as one bundle: what is absent is missing.
    pub fn read<P: Into<String>, B: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Self {
        let owned = collect(files);
        let files = borrowed(&owned);
        let directory = files
            .keys()
            .filter(|path| is_role(path))
            .chain(files.keys())
            .map(|path| home(path))
            .min_by_key(|folder| (folder.matches('/').count(), !folder.is_empty(), *folder))
            .unwrap_or("");
        assemble(directory, &files, &files)
    }

    /// Files of a whole tree to the bundles in it, by folder. A folder with one document only and
    /// no manifest is that document; migrations belong to all bundles, and so does a constitution
    /// in a folder above them.
    pub fn group<P: Into<String>, B: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Vec<Self> {
        let owned = collect(files);
        let files = borrowed(&owned);
        let homes: BTreeSet<&str> = files
            .keys()
            .filter(|path| is_role(path) && !is_shared(path))
            .map(|path| home(path))
            .into_set();
        let mut groups: BTreeMap<&str, Files<'_>> = BTreeMap::new();
        let mut shared = Files::new();
        for (path, bytes) in &files {
            match nearest(&homes, path) {
                _ if path.ends_with(".sql") || is_shared(path) => {
                    shared.insert(path, bytes);
                }
                Some(home) => {
                    groups.entry(home).or_default().insert(path, bytes);
                }
                None => {}
            }
        }
        if groups.is_empty() && !shared.is_empty() {
            groups.insert("", Files::new());
        }
        let size = files.values().map(|bytes| bytes.len()).sum();
        let groups: Vec<(&str, Files<'_>)> = groups.into_iter().collect();
        parallel::map(size, &groups, |(directory, own)| {
            let is_alone = own.keys().filter(|path| is_role(path)).count() <= 1
                && !own.keys().any(|path| file_name(path) == "spec-kit.json");
            let mut here = own.clone();
            here.extend(shared_for(&shared, directory, own));
            let mut bundle = assemble(directory, &here, &files);
            if is_alone {
                bundle.scope = Scope::Single;
            }
            bundle
        })
    }
}

fn collect<P: Into<String>, B: Into<Vec<u8>>>(
    files: impl IntoIterator<Item = (P, B)>,
) -> BTreeMap<String, Vec<u8>> {
    files
        .into_iter()
        .map(|(path, bytes)| {
            let path: String = path.into().replace('\\', "/");
            let path = path.trim_start_matches("./").to_owned();
            (path, bytes.into())
        })
        .collect()
}

fn borrowed(files: &BTreeMap<String, Vec<u8>>) -> Files<'_> {
    files
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .collect()
}

fn is_role(path: &str) -> bool {
    let is_list = path
        .split('/')
        .any(|part| matches!(part, "checklists" | "templates"));
    ROLES.contains(&file_name(path)) && !is_list
}

/// The constitution of a whole repository.
fn is_shared(path: &str) -> bool {
    path.ends_with(".specify/memory/constitution.md") || path == "memory/constitution.md"
}

/// The folder of the bundle that a file with a role belongs to.
fn home(path: &str) -> &str {
    let Some(at) = path.find("openspec/changes/") else {
        return folder(path);
    };
    let start = at + "openspec/changes/".len();
    let rest = path.get(start..).unwrap_or("");
    let rest = rest.strip_prefix("archive/").unwrap_or(rest);
    let length = rest.find('/').unwrap_or(0);
    let end = path.len() - rest.len() + length;
    path.get(..end).unwrap_or("").trim_end_matches('/')
}

fn nearest<'a>(homes: &BTreeSet<&str>, path: &'a str) -> Option<&'a str> {
    let mut at = folder(path);
    loop {
        if homes.contains(at) {
            return Some(at);
        }
        if at.is_empty() {
            return None;
        }
        at = folder(at);
    }
}

fn shared_for<'a>(shared: &Files<'a>, directory: &str, own: &Files<'_>) -> Files<'a> {
    let has_own = own.keys().any(|path| file_name(path) == "constitution.md");
    let applies = |path: &str| {
        let root = path
            .split_once(".specify/")
            .map_or("", |(root, _)| root.trim_end_matches('/'));
        root.is_empty() || directory == root || directory.starts_with(&format!("{root}/"))
    };
    shared
        .iter()
        .filter(|(path, _)| path.ends_with(".sql") || (!has_own && applies(path)))
        .map(|(path, bytes)| (*path, *bytes))
        .collect()
}

/// `all` has the files of all folders: one of them may be the source.
fn assemble(directory: &str, files: &Files<'_>, all: &Files<'_>) -> Bundle {
    let mut bundle = Bundle {
        slug: file_name(directory).to_owned(),
        layout: layout_of(files.keys().copied()),
        directory: directory.to_owned(),
        files: files.keys().map(|path| (*path).to_owned()).collect(),
        ..Bundle::default()
    };
    // The documents in the folder itself before those below it.
    let mut order: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (*path, *bytes)).collect();
    order.order_by_key(|(path, _)| (path.matches('/').count(), *path));
    let size = files.values().map(|bytes| bytes.len()).sum();
    let (read, locks) = parallel::join(
        size,
        || {
            parallel::map(size, &order, |(path, bytes)| {
                is_document(path).then(|| document(path, bytes))
            })
        },
        || {
            for (path, bytes) in files {
                if file_name(path) == "spec-kit.json" {
                    bundle.take_manifest(path, bytes);
                }
            }
            bundle.find_source(files, all);
            let lock = |(path, bytes): &(&str, &[u8])| {
                let is_lock = file_name(path) == "spec-kit.lock";
                is_lock.then(|| Lock::parse(&decoded(bytes)))
            };
            order.iter().map(lock).collect::<Vec<_>>()
        },
    );
    // The manifest says which file is the source and not a document of the bundle.
    let source_name = bundle.manifest.as_ref().map(|m| m.source.file.clone());
    let has_role = |path: &&str| is_role(path) && path.ends_with(".md");
    let naming = match files.keys().any(has_role) {
        true => Naming::ByName,
        false => Naming::ByContent,
    };
    for (((path, bytes), read), lock) in order.into_iter().zip(read).zip(locks) {
        let is_source = source_name
            .as_deref()
            .is_some_and(|name| is_source(path, name, &bundle.directory));
        match read {
            Some(read) if is_source => bundle.source = read.ok(),
            Some(read) => bundle.take_document(path, read, naming),
            None if is_source => bundle.read_source(path, bytes),
            None => match lock {
                Some(lock) => bundle.take_lock(path, lock),
                None => bundle.take_file(path, bytes),
            },
        }
    }
    bundle
}

/// As `from_utf8_lossy`, which looks at each byte alone where nearly all are ASCII.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

fn is_document(path: &str) -> bool {
    path.ends_with(".md") || path.ends_with(".markdown")
}

/// Whether a path is the file that a manifest calls its source.
fn is_source(path: &str, name: &str, directory: &str) -> bool {
    let name = name.trim_start_matches("./");
    let name = name.trim_start_matches("../");
    let inside = !directory.is_empty() && path.starts_with(&format!("{directory}/"));
    let is_same = path == name
        || path
            .strip_suffix(name)
            .is_some_and(|before| before.ends_with('/'));
    // The bundle may have a document of the same name, which is the result and not the source.
    is_same && (!is_role(path) || !inside && folder(path) != directory)
}

/// How the documents of a bundle are told from the notes beside them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    ByName,
    /// No file has a name that says what it is.
    ByContent,
}

impl Bundle {
    /// The source, where it stands in another folder.
    fn find_source(&mut self, files: &Files<'_>, all: &Files<'_>) {
        let Some(manifest) = &self.manifest else {
            return;
        };
        let is_source = |path: &str| is_source(path, &manifest.source.file, &self.directory);
        if files.keys().any(|path| is_source(path)) {
            return;
        }
        let mut documents = all.iter().filter(|(path, _)| path.ends_with(".md"));
        if let Some((path, bytes)) = documents.find(|(path, _)| is_source(path)) {
            self.read_source(path, bytes);
        }
    }

    /// What the bundle was generated from. As long as it is as it was then, only its text is asked
    /// for.
    pub fn read_source(&mut self, path: &str, bytes: &[u8]) {
        let known = self.manifest.as_ref().map(|m| m.source.sha256.as_str());
        self.source = match Source::decode(path, bytes) {
            Ok(source) if known == Some(source.sha256()) => Some(Document::empty(source)),
            Ok(_) if path.ends_with(".json") => {
                let request = crate::model::request(path, bytes);
                request.ok().map(|(_, document)| document)
            }
            Ok(_) => document(path, bytes).ok(),
            Err(_) => None,
        };
    }

    fn is_member(&self, path: &str, naming: Naming) -> bool {
        match naming {
            Naming::ByContent => true,
            // There the requirements are in the changes, and the proposal is prose.
            Naming::ByName if self.layout == Layout::OpenSpec => {
                is_role(path) && file_name(path) != "proposal.md"
            }
            Naming::ByName => is_role(path),
        }
    }

    fn take_document(&mut self, path: &str, read: Result<Document, SourceError>, naming: Naming) {
        match read {
            Ok(document) if self.is_member(path, naming) => self.take(document),
            Ok(document) => self.take_extra(document),
            Err(error) => self.refuse_source(path, &error),
        }
    }

    fn take_file(&mut self, path: &str, bytes: &[u8]) {
        match file_name(path) {
            "spec-kit.json" => {}
            "spec-kit.toml" => match Source::decode(path, bytes) {
                Ok(source) => self.config = Some(source),
                Err(error) => self.refuse(path, 1, error.to_string()),
            },
            name if name.ends_with(".sql") => match Source::decode(path, bytes) {
                Ok(source) => self.sql.push(source),
                Err(error) => self.refuse_source(path, &error),
            },
            _ => {}
        }
    }

    fn take_manifest(&mut self, path: &str, bytes: &[u8]) {
        let text = decoded(bytes);
        match Manifest::parse(&text) {
            Ok(manifest) => self.manifest = Some(manifest),
            Err(error) => self.refuse(path, 1, error.to_string()),
        }
    }

    fn take_lock(&mut self, path: &str, read: Result<Lock, LockError>) {
        match read {
            Ok(lock) => self.lock = Some(lock),
            Err(error) => self.refuse(path, 1, error.to_string()),
        }
    }

    fn refuse_source(&mut self, path: &str, error: &SourceError) {
        let line = match error {
            SourceError::NotUtf8 { line, .. } => *line,
            SourceError::TooLarge { .. } => 1,
        };
        self.refuse(path, line, error.to_string());
    }

    fn refuse(&mut self, path: &str, line: u32, reason: String) {
        self.unreadable.push(Unreadable {
            file: path.to_owned(),
            line,
            reason,
        });
    }
}

#[cfg(test)]
mod tests;
