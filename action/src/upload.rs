//! Artifacts of the workflow run, by the protocol that the runner's own actions use (version 4 of
//! them): create, put the bytes, finalize. GitHub does not document it, so whatever is missing or
//! refused leaves the files in their folder and fails nothing.

use crate::artifacts::Kept;
use crate::commands::{Level, annotate, mask, print};
use crate::environment::Environment;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ops_client::NativeTransport;
use ops_core::port::{HttpRequest, HttpResponse, Transport};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;

const SERVICE: &str = "twirp/github.actions.results.api.v1.ArtifactService";
/// GitHub takes so many of one job.
const MOST: usize = 500;
const TRIES: u32 = 4;
const CALL: Duration = Duration::from_secs(30);
/// What goes at once, in bytes.
const BLOCK_BYTES: usize = 8 * 1024 * 1024;
/// 8 MiB through a line of 0.3 Mbit/s.
const CARRY: Duration = Duration::from_secs(300);

pub struct Uploads {
    transport: NativeTransport,
    origin: String,
    token: String,
    run: String,
    job: String,
    /// 7 takes a file as it is; `act`, a runner for tests, knows 4 alone and looks into no file.
    version: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    Taken,
    /// Not all of them, and a notice says why.
    Left,
}

/// To the workflow run where the runner lets us.
pub async fn offer(kept: &[Kept], what: &str, environment: &Environment) -> Offered {
    let done = match Uploads::of(environment) {
        Some(uploads) => uploads.send(kept).await,
        None => Err("the runner offers no place for artifacts".into()),
    };
    let Err(why) = done else {
        return Offered::Taken;
    };
    let words = format!("{what} are not in the workflow run: {why}");
    annotate(Level::Notice, None, &words);
    Offered::Left
}

#[derive(Deserialize)]
struct Created {
    ok: bool,
    #[serde(alias = "signedUploadUrl")]
    signed_upload_url: String,
}

#[derive(Deserialize)]
struct Finalized {
    ok: bool,
}

impl Uploads {
    /// Nothing where the runner does not say where to.
    pub fn of(environment: &Environment) -> Option<Self> {
        let token = environment.get("ACTIONS_RUNTIME_TOKEN")?;
        let results = environment.get("ACTIONS_RESULTS_URL")?;
        let (scheme, rest) = results.split_once("://")?;
        let (run, job) = scope(token)?;
        Some(Uploads {
            transport: NativeTransport::new().ok()?,
            origin: format!("{scheme}://{}", rest.split('/').next()?),
            token: token.into(),
            run,
            job,
            version: match environment.get("ACT") {
                Some("true") => 4,
                _ => 7,
            },
        })
    }

    /// All of them, or why the first one that failed did.
    pub async fn send(&self, kept: &[Kept]) -> Result<(), String> {
        for file in kept.iter().take(MOST) {
            let sent = self.send_one(file).await;
            sent.map_err(|why| format!("{}: {why}", file.name))?;
            print(&format!("uploaded {}", file.name));
        }
        match kept.len().checked_sub(MOST) {
            None | Some(0) => Ok(()),
            Some(more) => Err(format!("{more} are more than a job may upload")),
        }
    }

    async fn send_one(&self, file: &Kept) -> Result<(), String> {
        let bytes = std::fs::read(&file.path).map_err(|error| error.to_string())?;
        let mut body = self.body(&file.name);
        body["version"] = self.version.into();
        if self.version >= 7 {
            body["mime_type"] = mime(&file.name).into();
        }
        let created: Created = self.call("CreateArtifact", &body).await?;
        if !created.ok {
            return Err("it was not created".into());
        }
        mask_signature(&created.signed_upload_url);
        let (size, hash) = (bytes.len().to_string(), hex(&Sha256::digest(&bytes)));
        self.put(&created.signed_upload_url, mime(&file.name), &bytes)
            .await?;
        let mut body = self.body(&file.name);
        body["size"] = size.into();
        body["hash"] = format!("sha256:{hash}").into();
        let finalized: Finalized = self.call("FinalizeArtifact", &body).await?;
        match finalized.ok {
            true => Ok(()),
            false => Err("it was not finalized".into()),
        }
    }

    fn body(&self, name: &str) -> Value {
        json!({
            "workflow_run_backend_id": self.run,
            "workflow_job_run_backend_id": self.job,
            "name": name,
        })
    }

    async fn call<A: DeserializeOwned>(&self, method: &str, body: &Value) -> Result<A, String> {
        let headers = vec![
            ("authorization".into(), format!("Bearer {}", self.token)),
            ("content-type".into(), "application/json".into()),
        ];
        let request = HttpRequest {
            method: "POST",
            url: format!("{}/{SERVICE}/{method}", self.origin),
            headers,
            body: body.to_string().into_bytes(),
            timeout: CALL,
        };
        let answer = self.patiently(request).await;
        let answer = answer.map_err(|why| format!("{method}: {why}"))?;
        serde_json::from_slice(&answer.body).map_err(|error| format!("{method}: {error}"))
    }

    /// In blocks, and then the list of them: what Azure's storage and `act` both take. The address is
    /// the right to put, and our token is nobody's business there.
    async fn put(&self, url: &str, mime: &str, bytes: &[u8]) -> Result<(), String> {
        let sign = if url.contains('?') { '&' } else { '?' };
        let mut list = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        for (number, block) in bytes.chunks(BLOCK_BYTES).enumerate() {
            // All of one length, as Azure wants them; without a sign that an address would need to hide.
            let id = STANDARD.encode(format!("{number:012}"));
            let to = format!("{url}{sign}comp=block&blockid={id}");
            self.put_part(to, Vec::new(), block.to_vec()).await?;
            list.push_str(&format!("<Latest>{id}</Latest>"));
        }
        list.push_str("</BlockList>");
        let headers = vec![("x-ms-blob-content-type".into(), mime.into())];
        let to = format!("{url}{sign}comp=blocklist");
        self.put_part(to, headers, list.into_bytes()).await
    }

    async fn put_part(
        &self,
        url: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<(), String> {
        let request = HttpRequest {
            method: "PUT",
            url,
            headers,
            body,
            timeout: CARRY,
        };
        let answer = self.patiently(request).await;
        answer.map(drop).map_err(|why| format!("upload: {why}"))
    }

    /// Tries again what may pass.
    async fn patiently(&self, request: HttpRequest) -> Result<HttpResponse, String> {
        let mut tries = 1;
        loop {
            let again = HttpRequest {
                method: request.method,
                url: request.url.clone(),
                headers: request.headers.clone(),
                body: request.body.clone(),
                timeout: request.timeout,
            };
            let why = match self.transport.send(again).await {
                Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
                Ok(answer) if ![429, 500, 502, 503, 504].contains(&answer.status) => {
                    return Err(format!("status {}", answer.status));
                }
                Ok(answer) => format!("status {}", answer.status),
                Err(error) => error.to_string(),
            };
            if tries == TRIES {
                return Err(why);
            }
            tokio::time::sleep(Duration::from_secs(1 << tries)).await;
            tries += 1;
        }
    }
}

/// `Actions.Results:RUN:JOB` of the token's scopes. The runner's own token is believed unverified.
fn scope(token: &str) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Claims {
        scp: String,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('='));
    let claims: Claims = serde_json::from_slice(&claims.ok()?).ok()?;
    let scope = claims
        .scp
        .split(' ')
        .find_map(|scope| scope.strip_prefix("Actions.Results:"))?;
    let (run, job) = scope.split_once(':')?;
    Some((run.into(), job.into()))
}

/// Whoever reads it in a log could put there too.
fn mask_signature(url: &str) {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    for signature in query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("sig="))
    {
        mask(signature);
        mask(&decoded(signature));
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = [rest.clone().next(), rest.clone().nth(1)];
        let value = match (byte, digits) {
            (b'%', [Some(high), Some(low)]) => {
                let digits = [high, low];
                let digits = std::str::from_utf8(&digits).ok();
                digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())
            }
            _ => None,
        };
        if value.is_some() {
            rest.nth(1);
        }
        bytes.push(value.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "md" => "text/markdown",
        "txt" | "log" | "diff" | "patch" | "yml" | "yaml" => "text/plain",
        "json" => "application/json",
        "html" => "text/html",
        "png" => "image/png",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_token_says_which_job_uploads() {
        let claims = json!({ "scp": "Actions.Example:x Actions.Results:run-1:job-2" });
        let token = format!("x.{}.y", URL_SAFE_NO_PAD.encode(claims.to_string()));
        assert_eq!(scope(&token), Some(("run-1".into(), "job-2".into())));
        assert_eq!(scope("nothing"), None);
        let claims = URL_SAFE_NO_PAD.encode(r#"{"scp":"Actions.Example"}"#);
        assert_eq!(scope(&format!("x.{claims}.y")), None);
    }

    #[test]
    fn a_signature_is_masked_as_it_is_written_and_as_it_is_meant() {
        assert_eq!(decoded("a%2Bb%2fc%3D%"), "a+b/c=%");
        assert_eq!(decoded("%zz%4"), "%zz%4");
    }
}
