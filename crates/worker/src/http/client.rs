//! One request and its answer, redirects included.

use super::address::AddressPolicy;
use super::error::HttpError;
use super::redirect;
use super::resolve::{Guarded, Lookup, ResolveError, system};
use ops_runbook::MAX_REDIRECTS;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, Response, Url};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const USER_AGENT: &str = concat!("ops-control-room/", env!("CARGO_PKG_VERSION"));
/// The whole request has a time of its own; this leaves some of it for a second address.
const CONNECT_WAIT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    pub follow_redirects: bool,
    pub max_bytes: u64,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Sends the requests of `http` steps. Made with its first request, because reading the system's
/// certificates takes time that most workers never need.
pub(crate) struct HttpClient {
    policy: Arc<AddressPolicy>,
    lookup: Lookup,
    client: OnceLock<reqwest::Client>,
}

impl HttpClient {
    pub fn new(policy: AddressPolicy) -> Self {
        HttpClient::with_lookup(policy, system())
    }

    pub(super) fn with_lookup(policy: AddressPolicy, lookup: Lookup) -> Self {
        HttpClient {
            policy: Arc::new(policy),
            lookup,
            client: OnceLock::new(),
        }
    }

    /// Reads an address that a request may go to.
    pub fn url(text: &str) -> Result<Url, HttpError> {
        let no_address = || HttpError::NoAddress(text.to_string());
        if !ops_runbook::is_web_url(text) {
            return Err(no_address());
        }
        let url = Url::parse(text).map_err(|_| no_address())?;
        match redirect::has_credentials(&url) {
            true => Err(HttpError::Credentials),
            false => Ok(url),
        }
    }

    /// Sends, follows, and reads the whole body. `goes_on` is asked before each request; `trail`
    /// takes a line for each redirect.
    pub async fn send(
        &self,
        mut request: Request,
        goes_on: impl Fn() -> bool,
        trail: &mut Vec<String>,
    ) -> Result<Answer, HttpError> {
        let client = self.client()?;
        for _ in 0..=MAX_REDIRECTS {
            self.check_host(&request.url)?;
            if !goes_on() {
                return Err(HttpError::LeaseOver);
            }
            let mut outgoing = client
                .request(request.method.clone(), request.url.clone())
                .headers(request.headers.clone());
            if let Some(body) = &request.body {
                outgoing = outgoing.body(body.clone());
            }
            let response = outgoing.send().await?;
            let status = response.status().as_u16();
            let location = response.headers().get(LOCATION);
            let leads_on = request.follow_redirects && redirect::is_redirect(status);
            let Some(location) = location.filter(|_| leads_on) else {
                return read(response, request.max_bytes).await;
            };
            request = redirect::next(&request, status, location)?;
            trail.push(format!("{status} leads to {}", request.url));
        }
        Err(HttpError::TooManyRedirects(MAX_REDIRECTS))
    }

    fn client(&self) -> Result<reqwest::Client, HttpError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        // Twice is harmless: the first one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_WAIT)
            .dns_resolver(Guarded {
                policy: self.policy.clone(),
                lookup: self.lookup.clone(),
            })
            // A proxy would connect to addresses that nobody here has judged.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Each try shall find out how things are now.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| HttpError::Setup(error.to_string()))?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    /// Numbers are no names, so the resolver never sees them.
    fn check_host(&self, url: &Url) -> Result<(), ResolveError> {
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let judged = match bare.parse::<IpAddr>() {
            Ok(address) => self.policy.check(address),
            Err(_) => self.policy.check_name(host),
        };
        judged.map_err(|why| ResolveError::Refused {
            host: host.to_string(),
            address: bare.to_string(),
            why,
        })
    }
}

async fn read(mut response: Response, max_bytes: u64) -> Result<Answer, HttpError> {
    let mut body = Vec::new();
    let fits = |bytes: u64| match bytes <= max_bytes {
        true => Ok(()),
        false => Err(HttpError::TooLarge(max_bytes)),
    };
    // A HEAD answer tells the length of what it does not send; hyper says 0 for it.
    fits(response.content_length().unwrap_or(0))?;
    while let Some(chunk) = response.chunk().await? {
        fits(body.len() as u64 + chunk.len() as u64)?;
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body,
    })
}
