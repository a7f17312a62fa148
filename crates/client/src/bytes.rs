//! Bytes that are no JSON: uploads and downloads of artifacts.

use crate::{Client, ClientError, USER_AGENT, encode_query, refusal};
use ops_core::port::{HttpRequest, HttpResponse};
use std::time::Duration;

/// 50 MiB through a line of 1.4 Mbit/s.
const CARRYING: Duration = Duration::from_secs(300);

impl Client {
    pub(crate) async fn send_bytes(
        &self,
        method: &'static str,
        url: String,
        bytes: Vec<u8>,
    ) -> Result<(), ClientError> {
        let headers = vec![
            ("content-type".into(), "application/octet-stream".into()),
            ("user-agent".into(), USER_AGENT.into()),
        ];
        let response = self.carry(method, url, headers, bytes).await?;
        match response.status {
            200..=299 => Ok(()),
            _ => Err(refusal(&response)),
        }
    }

    pub(crate) async fn fetch_bytes(
        &self,
        verb: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<u8>, ClientError> {
        let url = format!("{}/{verb}{}", self.base_url(), encode_query(query));
        let mut response = self.carry("GET", url, self.headers(), Vec::new()).await?;
        let location = response.headers.iter().find(|(name, _)| name == "location");
        if let (302, Some((_, to))) = (response.status, location) {
            // Elsewhere the address is the right to fetch, and our token is nobody's business.
            let headers = vec![("user-agent".into(), USER_AGENT.into())];
            response = self.carry("GET", to.clone(), headers, Vec::new()).await?;
        }
        match response.status {
            200 => Ok(response.body),
            _ => Err(refusal(&response)),
        }
    }

    async fn carry(
        &self,
        method: &'static str,
        url: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<HttpResponse, ClientError> {
        let request = HttpRequest {
            method,
            url,
            headers,
            body,
            timeout: CARRYING,
        };
        let answer = self.transport.send(request).await;
        answer.map_err(ClientError::Unreachable)
    }
}
