use super::get::artifact_table;
use super::names::{self, Place};
use crate::args::{Common, Format};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::text::{count, plain};
use crate::{output, program, values};
use clap::Args;
use ops_core::api::{Artifact, ArtifactKind};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// List what a run left, or save it
#[derive(Debug, Args)]
#[command(
    after_help = "Nothing is ever written outside of DIR, and no file is overwritten. \
The bytes are checked against their SHA-256.

Examples:
  ops runs artifacts ID
  ops runs artifacts ID --out ./results"
)]
pub struct ArtifactsArgs {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    /// Save the files into this folder, which is made where absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: ArtifactsArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let query = [("run_id", arguments.id.as_str())];
    let listed: Value = room.ask(room.client.get("artifacts.list", &query)).await?;
    let artifacts = Vec::<Artifact>::deserialize(&listed["artifacts"]).unwrap_or_default();
    let format = arguments.common.format();
    match (&arguments.out, format) {
        (Some(out), _) => return save(&room, &artifacts, out, format).await,
        (None, Format::Json) => output::json(&listed)?,
        (None, Format::People) if artifacts.is_empty() => output::note("no artifacts"),
        (None, Format::People) => {
            artifact_table(&artifacts).print()?;
            let call = program::call(format_args!("runs artifacts {} --out DIR", arguments.id));
            output::hint(format_args!(
                "save them: {call}{}",
                room.address.data_argument()
            ));
        }
    }
    Ok(Exit::Success)
}

/// All places are judged before the first byte is written.
async fn save(
    room: &Room,
    artifacts: &[Artifact],
    out: &Path,
    format: Format,
) -> Result<Exit, Failure> {
    let files = artifacts
        .iter()
        .filter(|artifact| artifact.kind != ArtifactKind::Link);
    let places: Vec<_> = files
        .map(|artifact| (artifact, names::place(out, &artifact.name)))
        .collect();
    if let Some((_, Place::Taken(path))) = places
        .iter()
        .find(|(_, place)| matches!(place, Place::Taken(_)))
    {
        return Err(Failure::Missing {
            what: format!("{} exists already; nothing was saved", path.display()),
            hint: "choose another folder with --out, or move that file away".into(),
        });
    }
    let (mut saved, mut unsaved) = (Vec::new(), 0);
    for (artifact, place) in places {
        let done = match place {
            Place::Free(path) => save_one(room, artifact, &path, out).await.map(|()| path),
            Place::Taken(path) | Place::Outside(path) => Err(Failure::usage(
                format!(
                    "the name `{}` leads out of the folder",
                    plain(&path.to_string_lossy())
                ),
                "",
            )),
        };
        match done {
            Ok(path) => {
                if format == Format::People {
                    output::line(path.display())?;
                }
                saved.push(json!({ "artifact_id": artifact.id, "name": artifact.name, "path": path, "sha256": artifact.sha256 }));
            }
            Err(error) => {
                output::note(format_args!(
                    "not saved: {}: {error}",
                    plain(&artifact.name)
                ));
                unsaved += 1;
            }
        }
    }
    if format == Format::Json {
        output::json(&json!({ "saved": saved }))?;
    }
    for link in artifacts
        .iter()
        .filter(|artifact| artifact.kind == ArtifactKind::Link)
    {
        output::note(format_args!(
            "link, not saved: {}: {}",
            plain(&link.name),
            plain(&link.url)
        ));
    }
    if unsaved > 0 {
        return Err(Failure::Unsaved(count(unsaved, "artifact")));
    }
    Ok(Exit::Success)
}

async fn save_one(
    room: &Room,
    artifact: &Artifact,
    path: &Path,
    out: &Path,
) -> Result<(), Failure> {
    let bytes = room
        .ask(room.client.artifacts_download(&artifact.id))
        .await?;
    let broken = |why: String| Failure::Strange {
        address: room.address.clone(),
        why,
    };
    let digest: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if digest != artifact.sha256 {
        return Err(broken(format!(
            "the bytes have SHA-256 {digest}, not {}",
            artifact.sha256
        )));
    }
    names::write_new(out, path, &bytes)
}
