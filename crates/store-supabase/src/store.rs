use crate::failure::{classify, was_rolled_back};
use crate::repeat::is_safe;
use crate::{Origin, ServiceKey};
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Store, StoreError, Transport};
use serde_json::{Value, json};
use std::time::Duration;

/// The functions' own `statement_timeout` is 5 s, which PostgREST applies; the rest is the way.
const PATIENCE: Duration = Duration::from_secs(8);

/// A Supabase agent string of a browser would have a secret key refused.
const USER_AGENT: &str = concat!("ops/", env!("CARGO_PKG_VERSION"));

/// Who asks, and by which right.
pub fn agent_headers(key: &ServiceKey) -> Vec<(String, String)> {
    let mut headers = key.headers();
    headers.push(("user-agent".into(), USER_AGENT.into()));
    headers
}

/// Calls are repeated at once or not at all: whoever called waits, by what the refusal tells them.
/// At most this many, when each one was rolled back.
const TRIES: u32 = 3;

pub struct SupabaseStore<T> {
    transport: T,
    rpc: String,
    headers: Vec<(String, String)>,
}

impl<T: Transport> SupabaseStore<T> {
    pub fn new(transport: T, origin: &Origin, key: &ServiceKey) -> Self {
        let mut headers = agent_headers(key);
        headers.extend(
            [
                ("content-type", "application/json"),
                ("accept", "application/json"),
            ]
            .map(|(name, value)| (name.into(), value.into())),
        );
        SupabaseStore {
            transport,
            rpc: format!("{origin}/rest/v1/rpc/"),
            headers,
        }
    }

    async fn exchange(&self, function: &str, p: Value) -> Result<Value, StoreError> {
        let body = serde_json::to_vec(&json!({ "p": p }))
            .map_err(|e| StoreError::Failed(e.to_string()))?;
        let mut tries = 1;
        loop {
            let request = HttpRequest {
                method: "POST",
                url: format!("{}{function}", self.rpc),
                headers: self.headers.clone(),
                body: body.clone(),
                timeout: PATIENCE,
            };
            let response = match self.transport.send(request).await {
                Ok(response) => response,
                // A pooled connection that the other side has closed meanwhile ends like this.
                Err(_) if tries == 1 && is_safe(function) => {
                    tries = TRIES;
                    continue;
                }
                Err(error) => return Err(StoreError::unavailable(error.to_string())),
            };
            if response.status == 200 {
                return read(&response);
            }
            if tries < TRIES && was_rolled_back(&response) {
                tries += 1;
                continue;
            }
            return Err(classify(&response));
        }
    }
}

/// Some hosts cut an answer silently. Ours are JSON objects, and a cut one cannot be read.
fn read(response: &HttpResponse) -> Result<Value, StoreError> {
    serde_json::from_slice(&response.body).map_err(|error| {
        StoreError::unavailable(format!(
            "the answer of {} bytes is cut or no JSON: {error}",
            response.body.len()
        ))
    })
}

impl<T: Transport> Store for SupabaseStore<T> {
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        Box::pin(self.exchange(function, p))
    }
}
