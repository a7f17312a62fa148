//! One set of binaries: a `bin` folder that holds a `postgres` and an `initdb` that run here.

use crate::{
    EmbeddedError, Report, SUPPORTED_MAJORS, Source, identity::RunAs, place::Place, provision,
    search,
};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binaries {
    pub(crate) bin: PathBuf,
    pub(crate) major: u32,
    /// As `postgres --version` says it.
    pub(crate) version: String,
}

impl Binaries {
    pub(crate) fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    /// Tries them as the account that will run them; the reason when they are of no use.
    pub(crate) async fn probe(bin: &Path, run_as: RunAs) -> Result<Binaries, String> {
        for name in ["postgres", "initdb"] {
            if !bin.join(name).is_file() {
                return Err(format!("no `{name}` in {}", bin.display()));
            }
        }
        let program = bin.join("postgres");
        let output = run_as
            .command(&program)
            .arg("--version")
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| format!("{} does not run: {error}", program.display()))?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let Some((major, version)) = parse_version(&text) else {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(format!("{} does not run here: {said}", program.display()));
        };
        if !SUPPORTED_MAJORS.contains(&major) {
            let (first, last) = (SUPPORTED_MAJORS.start(), SUPPORTED_MAJORS.end());
            return Err(format!(
                "{} is PostgreSQL {version}, and {first} to {last} are supported",
                bin.display()
            ));
        }
        Ok(Binaries {
            bin: bin.to_owned(),
            major,
            version,
        })
    }

    /// The binaries for this place: those that `source` says, of the major that made the cluster.
    pub(crate) async fn choose(
        source: &Source,
        place: &Place,
        report: &Report,
    ) -> Result<Binaries, EmbeddedError> {
        let needs = place.major()?;
        if let Some(needs) = needs.filter(|needs| !SUPPORTED_MAJORS.contains(needs)) {
            let data = place.data();
            return Err(EmbeddedError::UnsupportedMajor { data, needs });
        }
        let named = match source {
            Source::Folder(folder) => Some(folder.clone()),
            Source::Anywhere => std::env::var_os("OPS_PG_BIN")
                .filter(|v| !v.is_empty())
                .map(PathBuf::from),
            Source::Npm | Source::Pip => None,
        };
        if let Some(folder) = named {
            // Someone decided: taking another one silently would surprise them.
            let found = Binaries::probe(&folder, place.run_as).await;
            let found = found.map_err(|why| EmbeddedError::UnusableFolder { folder, why })?;
            return fitting(vec![found], needs, place, Vec::new());
        }
        match source {
            Source::Npm => {
                return provision::provision(provision::Client::Npm, needs, place, report).await;
            }
            Source::Pip => {
                return provision::provision(provision::Client::Pip, needs, place, report).await;
            }
            Source::Anywhere | Source::Folder(_) => {}
        }
        let (mut found, mut reasons) = (Vec::new(), Vec::new());
        let places = search::usual_places()
            .await
            .into_iter()
            .chain(provision::bins(&place.home));
        for bin in places {
            match Binaries::probe(&bin, place.run_as).await {
                Ok(binaries) if needs.is_none_or(|needs| needs == binaries.major) => {
                    return Ok(binaries);
                }
                Ok(binaries) => found.push(binaries),
                Err(why) => reasons.push(why),
            }
        }
        for client in [provision::Client::Npm, provision::Client::Pip] {
            if needs.is_some_and(|needs| !client.brings(needs)) {
                continue;
            }
            match provision::provision(client, needs, place, report).await {
                Ok(binaries) => return Ok(binaries),
                Err(EmbeddedError::Provision(error)) => reasons.push(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        fitting(found, needs, place, reasons)
    }
}

/// The first that fits the cluster, or why none does.
fn fitting(
    found: Vec<Binaries>,
    needs: Option<u32>,
    place: &Place,
    reasons: Vec<String>,
) -> Result<Binaries, EmbeddedError> {
    let names: Vec<String> = found
        .iter()
        .map(|b| format!("{} ({})", b.version, b.bin.display()))
        .collect();
    match (
        found
            .into_iter()
            .find(|b| needs.is_none_or(|needs| needs == b.major)),
        needs,
    ) {
        (Some(binaries), _) => Ok(binaries),
        (None, Some(needs)) => Err(EmbeddedError::WrongMajor {
            data: place.data(),
            needs,
            found: if names.is_empty() {
                "none".into()
            } else {
                names.join(", ")
            },
        }),
        (None, None) => Err(EmbeddedError::NoBinaries { reasons }),
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → 15, `15.18`. Betas say `19beta1`.
fn parse_version(text: &str) -> Option<(u32, String)> {
    let version = text
        .strip_prefix("postgres (PostgreSQL) ")?
        .split_whitespace()
        .next()?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_releases_and_betas_are_read() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(parse_version(debian), Some((15, "15.18".into())));
        assert_eq!(
            parse_version("postgres (PostgreSQL) 19beta1"),
            Some((19, "19beta1".into()))
        );
        assert_eq!(parse_version("psql (PostgreSQL) 15.1"), None);
    }
}
