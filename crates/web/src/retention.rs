//! Bytes of artifacts whose runs are deleted.

use crate::app::App;
use crate::journal;
use ops_core::blobs::BlobPath;
use serde_json::{Value, json};

impl App {
    /// What cannot be removed now is named by the next sweep again. Told in the log alone: whoever swept
    /// can do nothing about it.
    pub(crate) async fn remove_bytes(&self, artifacts: Vec<Value>) {
        let Some(blobs) = &self.blobs else {
            return;
        };
        let mut removed = Vec::new();
        for artifact in artifacts {
            let Some(path) = path(&artifact) else {
                continue;
            };
            match blobs.remove(&path).await {
                Ok(()) => removed.push(artifact["artifact_id"].clone()),
                Err(error) => {
                    journal::failure(
                        "runs_sweep",
                        format_args!("artifact {path} of a deleted run stays for now: {error}"),
                    );
                    break;
                }
            }
        }
        if removed.is_empty() {
            return;
        }
        let p = json!({ "artifacts": removed });
        if let Err(error) = self.store.call("ops_artifacts_removed", p).await {
            journal::failure("ops_artifacts_removed", error);
        }
    }
}

fn path(artifact: &Value) -> Option<BlobPath> {
    let attempt = artifact["attempt"].as_u64()?.try_into().ok()?;
    BlobPath::new(
        artifact["run_id"].as_str()?,
        attempt,
        artifact["sha256"].as_str()?,
    )
}
