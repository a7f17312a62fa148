use crate::reach::Project;
use ops_core::blobs::{BlobError, BlobPath, Blobs};
use ops_core::port::{HttpRequest, Transport};
use ops_schema::{Check, State, Step};
use ops_store_supabase::{BUCKET, Bucket, SupabaseBlobs};
use std::sync::Arc;
use std::time::Duration;

const TITLE: &str = "Artifacts have a bucket";
const EXPECTED: &str = "a private bucket that takes signed uploads";

/// What is put to see whether it arrives, with its SHA-256. It lies below a run that cannot exist.
const PROBE: &[u8] = b"ops setup was here\n";
const PROBE_SHA256: &str = "2f97769d3126dcf38a8eab1c16799f4f8212914bee213ac11e169a51941481c1";
const NO_RUN: &str = "00000000-0000-0000-0000-000000000000";

/// What may be done about a bucket that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    Tell,
    Make,
}

/// Whether large artifacts find their place: tried by a signed upload and a signed download of a few
/// bytes, which are taken away again.
pub async fn bucket<T: Transport>(project: &Project, transport: Arc<T>, missing: Missing) -> Check {
    let blobs = SupabaseBlobs::new(transport.clone(), &project.origin, &project.key);
    let found = match found(&blobs, missing).await {
        Ok(found) => found,
        Err(check) => return *check,
    };
    match try_it(&blobs, transport.as_ref()).await {
        Ok(()) => Check {
            state: found,
            ..Check::passed(
                Step::Verify,
                TITLE,
                format!("`{BUCKET}` is private, and a signed upload and download work"),
            )
        },
        Err(why) => failed(
            why,
            "see whether the project's Storage works in its dashboard, then try again",
        ),
    }
}

fn failed(found: impl Into<String>, mend: &str) -> Check {
    Check::failed(Step::Verify, TITLE, found, EXPECTED, mend)
}

async fn found<T: Transport>(
    blobs: &SupabaseBlobs<T>,
    missing: Missing,
) -> Result<State, Box<Check>> {
    let told = |error: BlobError| {
        Box::new(failed(
            error.to_string(),
            "see whether the project has Storage, then try again",
        ))
    };
    match (blobs.bucket().await.map_err(told)?, missing) {
        (Bucket::Private, _) => Ok(State::Passed),
        (Bucket::Public, _) => Err(Box::new(failed(
            format!("everybody may read `{BUCKET}`"),
            "make the bucket private: Storage, in the project's dashboard",
        ))),
        (Bucket::Missing, Missing::Tell) => Err(Box::new(failed(
            format!("there is no bucket `{BUCKET}`"),
            "run `ops setup` without `--check`: it makes the bucket with the secret key",
        ))),
        (Bucket::Missing, Missing::Make) => {
            blobs.make_bucket().await.map_err(told)?;
            Ok(State::Mended)
        }
    }
}

async fn try_it<T: Transport>(blobs: &SupabaseBlobs<Arc<T>>, transport: &T) -> Result<(), String> {
    let said = |error: BlobError| error.to_string();
    let path = BlobPath::new(NO_RUN, 0, PROBE_SHA256).ok_or("no path")?;
    // Left by one that was killed.
    blobs.remove(&path).await.map_err(said)?;
    let link = blobs
        .upload_link(&path, PROBE.len() as u64)
        .await
        .map_err(said)?;
    exchange(transport, link.method, link.url, PROBE.to_vec())
        .await
        .map_err(|why| format!("a signed upload: {why}"))?;
    let link = blobs
        .download_link(&path, "probe")
        .await
        .map_err(said)?
        .ok_or("no download link")?;
    let came = exchange(transport, "GET", link, Vec::new())
        .await
        .map_err(|why| format!("a signed download: {why}"));
    blobs.remove(&path).await.map_err(said)?;
    match came? == PROBE {
        true => Ok(()),
        false => Err("a signed download gives other bytes than were uploaded".into()),
    }
}

async fn exchange<T: Transport>(
    transport: &T,
    method: &'static str,
    url: String,
    body: Vec<u8>,
) -> Result<Vec<u8>, String> {
    let request = HttpRequest {
        method,
        url,
        headers: vec![("content-type".into(), "application/octet-stream".into())],
        body,
        timeout: Duration::from_secs(8),
    };
    let answer = transport
        .send(request)
        .await
        .map_err(|error| error.to_string())?;
    match answer.status {
        200..=299 => Ok(answer.body),
        status => Err(format!("HTTP {status}")),
    }
}
