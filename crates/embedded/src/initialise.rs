//! Making the cluster, once.

use crate::{EmbeddedError, Report, USER, binaries::Binaries, files, place::Place};
use std::{fs, path::Path};

pub(crate) async fn ensure(
    place: &Place,
    binaries: &Binaries,
    report: &Report,
) -> Result<(), EmbeddedError> {
    if place.has_cluster() {
        return Ok(());
    }
    let data = place.data();
    report(&format!(
        "first start: making a PostgreSQL {} cluster in {} …",
        binaries.major,
        data.display()
    ));
    // Made beside its place and renamed: an initdb that was killed leaves no half cluster in use.
    let new = data.with_extension("new");
    let made = files::remove_tree(&new)
        .and_then(|()| files::make_dir(&new, 0o700))
        .and_then(|()| place.run_as.give(&new));
    made.map_err(EmbeddedError::io("make", &new))?;
    let run = run_initdb(place, binaries, &new).await;
    let run = run.and_then(|()| {
        fs::rename(&new, &data)
            .and_then(|()| files::sync_dir(&place.home))
            .map_err(EmbeddedError::io("set up", &data))
    });
    if run.is_err() {
        let _ = files::remove_tree(&new);
    }
    run
}

/// Texts are sorted by code point everywhere, which no update of a C library changes. `C.UTF-8` also
/// knows the letters beyond ASCII, but not every system has it.
async fn run_initdb(place: &Place, binaries: &Binaries, new: &Path) -> Result<(), EmbeddedError> {
    let mut log = String::new();
    for ctype in ["C.UTF-8", "C"] {
        let mut initdb = place.run_as.command(&binaries.initdb());
        initdb
            .arg("--pgdata")
            .arg(new)
            .args(["--username", USER, "--encoding=UTF8", "--locale=C"])
            .arg(format!("--lc-ctype={ctype}"))
            .args(["--auth-local=trust", "--auth-host=reject"])
            .args(["--data-checksums", "--no-instructions"])
            .kill_on_drop(true);
        let output = initdb
            .output()
            .await
            .map_err(EmbeddedError::io("run", &binaries.initdb()))?;
        if output.status.success() {
            return Ok(());
        }
        log = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if !log.contains("locale") {
            break;
        }
    }
    Err(EmbeddedError::from_log(&place.data(), log, |log| {
        EmbeddedError::Initdb { log }
    }))
}
