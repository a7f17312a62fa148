use crate::storage_error::{Said, said};
use crate::store::agent_headers;
use crate::{Origin, ServiceKey};
use ops_core::blobs::{BlobError, BlobPath, Blobs, UploadLink};
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport};
use serde_json::{Value, json};
use std::time::Duration;

/// The private bucket that `ops setup` makes.
pub const BUCKET: &str = "ops-artifacts";

/// A question or a signature; bytes have [`CARRYING`].
const ASKING: Duration = Duration::from_secs(8);
/// Up to 2 MiB through us, 50 MiB where a page of the native server reads.
const CARRYING: Duration = Duration::from_secs(60);
/// Life of a download link, in seconds: for a browser that follows it at once.
const DOWNLOAD_SECONDS: u32 = 60;
/// Storage's own life of an upload link; it takes no other.
/// <https://supabase.com/docs/reference/javascript/storage-from-createsigneduploadurl>
const UPLOAD_SECONDS: u32 = 2 * 3_600;

/// The [`Blobs`] port over Supabase Storage, in the bucket [`BUCKET`].
pub struct SupabaseBlobs<T> {
    transport: T,
    storage: String,
    headers: Vec<(String, String)>,
}

impl<T: Transport> SupabaseBlobs<T> {
    pub fn new(transport: T, origin: &Origin, key: &ServiceKey) -> Self {
        SupabaseBlobs {
            transport,
            storage: format!("{origin}/storage/v1"),
            headers: agent_headers(key),
        }
    }

    async fn ask(
        &self,
        method: &'static str,
        path: String,
        sent: Sent,
    ) -> Result<HttpResponse, BlobError> {
        let mut headers = self.headers.clone();
        let (kind, body, timeout) = match sent {
            Sent::Nothing => (None, Vec::new(), ASKING),
            Sent::Json(value) => (
                Some("application/json"),
                value.to_string().into_bytes(),
                ASKING,
            ),
            // Whatever it is: Storage must not show it as a page.
            Sent::Bytes(bytes) => (Some("application/octet-stream"), bytes, CARRYING),
            Sent::ForBytes => (None, Vec::new(), CARRYING),
        };
        headers.extend(kind.map(|kind| ("content-type".into(), kind.into())));
        let request = HttpRequest {
            method,
            url: format!("{}{path}", self.storage),
            headers,
            body,
            timeout,
        };
        let unavailable = |error: ops_core::port::TransportError| BlobError::Unavailable(error.0);
        self.transport.send(request).await.map_err(unavailable)
    }

    /// The token of a signed address. Versions differ in what stands before it.
    async fn sign(&self, path: String, body: Value, fields: &[&str]) -> Result<String, BlobError> {
        let response = self.ask("POST", path, Sent::Json(body)).await?;
        if response.status != 200 {
            return Err(failure(&response));
        }
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let url = fields.iter().find_map(|field| answer[*field].as_str());
        let token = url.and_then(|url| url.split_once("token="));
        let token = token.map(|(_, token)| token.split('&').next().unwrap_or_default().to_string());
        token.ok_or_else(|| BlobError::Unavailable("Storage signed without a token".into()))
    }

    /// Whether the bucket is there, and whether strangers may read it.
    pub async fn bucket(&self) -> Result<Bucket, BlobError> {
        let response = self
            .ask("GET", format!("/bucket/{BUCKET}"), Sent::Nothing)
            .await?;
        if response.status != 200 {
            return match said(&response) {
                Said::Missing | Said::NoBucket => Ok(Bucket::Missing),
                _ => Err(failure(&response)),
            };
        }
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        match answer["public"].as_bool() {
            Some(false) => Ok(Bucket::Private),
            Some(true) => Ok(Bucket::Public),
            None => Err(BlobError::Unavailable("no bucket in the answer".into())),
        }
    }

    /// Makes the bucket; one that is there stays as it is.
    pub async fn make_bucket(&self) -> Result<(), BlobError> {
        let body = json!({ "id": BUCKET, "name": BUCKET, "public": false, "file_size_limit": ops_core::limits::ARTIFACT_BYTES });
        let response = self.ask("POST", "/bucket".into(), Sent::Json(body)).await?;
        match (response.status, said(&response)) {
            (200 | 201, _) | (_, Said::Exists) => Ok(()),
            _ => Err(failure(&response)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    Missing,
    Private,
    Public,
}

enum Sent {
    Nothing,
    Json(Value),
    Bytes(Vec<u8>),
    ForBytes,
}

fn failure(response: &HttpResponse) -> BlobError {
    let status = response.status;
    match said(response) {
        Said::NoBucket => BlobError::Misconfigured(format!("there is no bucket `{BUCKET}`")),
        Said::Refused => BlobError::Misconfigured(format!("HTTP {status}: the key is refused")),
        Said::TooLarge => BlobError::Misconfigured(format!(
            "HTTP {status}: the project takes no file of this size"
        )),
        _ if status == 540 => BlobError::Misconfigured("the project is paused".into()),
        _ => BlobError::Unavailable(format!("HTTP {status} of Storage")),
    }
}

impl<T: Transport> Blobs for SupabaseBlobs<T> {
    fn put<'a>(
        &'a self,
        path: &'a BlobPath,
        bytes: Vec<u8>,
    ) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            let to = format!("/object/{BUCKET}/{path}");
            let response = self.ask("POST", to, Sent::Bytes(bytes)).await?;
            match (response.status, said(&response)) {
                // The path is the content's own: what is there are these bytes.
                (200 | 201, _) | (_, Said::Exists) => Ok(()),
                _ => Err(failure(&response)),
            }
        })
    }

    fn get<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<Option<Vec<u8>>, BlobError>> {
        Box::pin(async move {
            let from = format!("/object/{BUCKET}/{path}");
            let response = self.ask("GET", from, Sent::ForBytes).await?;
            match (response.status, said(&response)) {
                (200, _) => Ok(Some(response.body)),
                (_, Said::Missing) => Ok(None),
                _ => Err(failure(&response)),
            }
        })
    }

    fn size<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<Option<u64>, BlobError>> {
        Box::pin(async move {
            let of = format!("/object/info/{BUCKET}/{path}");
            let response = self.ask("GET", of, Sent::Nothing).await?;
            match (response.status, said(&response)) {
                (200, _) => {
                    let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
                    // Older versions have it among the metadata.
                    let size = answer["size"]
                        .as_u64()
                        .or(answer["metadata"]["size"].as_u64());
                    size.map(Some)
                        .ok_or_else(|| BlobError::Unavailable("no size in Storage's answer".into()))
                }
                (_, Said::Missing) => Ok(None),
                _ => Err(failure(&response)),
            }
        })
    }

    fn upload_link<'a>(
        &'a self,
        path: &'a BlobPath,
        _size: u64,
    ) -> BoxFuture<'a, Result<UploadLink, BlobError>> {
        Box::pin(async move {
            let at = format!("/object/upload/sign/{BUCKET}/{path}");
            let token = self
                .sign(at.clone(), json!({}), &["url", "signedUrl", "signedURL"])
                .await?;
            Ok(UploadLink {
                method: "PUT",
                url: format!("{}{at}?token={token}", self.storage),
                expires_in_seconds: UPLOAD_SECONDS,
            })
        })
    }

    fn download_link<'a>(
        &'a self,
        path: &'a BlobPath,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, BlobError>> {
        Box::pin(async move {
            let at = format!("/object/sign/{BUCKET}/{path}");
            let body = json!({ "expiresIn": DOWNLOAD_SECONDS });
            let token = self
                .sign(at.clone(), body, &["signedURL", "signedUrl", "url"])
                .await?;
            // `download` makes it an attachment: what a run left is never a page.
            Ok(Some(format!(
                "{}{at}?token={token}&download={name}",
                self.storage
            )))
        })
    }

    fn remove<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            let body = json!({ "prefixes": [path.to_string()] });
            let from = format!("/object/{BUCKET}");
            let response = self.ask("DELETE", from, Sent::Json(body)).await?;
            match (response.status, said(&response)) {
                (200, _) | (_, Said::Missing) => Ok(()),
                _ => Err(failure(&response)),
            }
        })
    }

    fn redeem(&self, _ticket: &str) -> Option<(BlobPath, u64)> {
        None
    }
}
