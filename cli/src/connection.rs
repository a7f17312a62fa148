//! Which control room a command speaks to, and with which token.

use crate::failure::Failure;
use crate::{folder, program};
use clap::Args;
use ops_client::{Client, ClientError, NativeTransport};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// The control room; where not given, that of `ops up` on this machine
    #[arg(long, env = "OPS_URL", value_name = "URL")]
    url: Option<String>,
    /// A token of it; where not given, that of `ops up` on this machine
    #[arg(long, env = "OPS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The data folder in which `ops up` runs: url and token are read from its up.json
    #[arg(long, env = "OPS_DATA", value_name = "DIR")]
    data: Option<OsString>,
}

/// Where to go, and how we know.
#[derive(Debug, Clone)]
pub struct Address {
    pub url: String,
    pub token: String,
    /// The data folder whose `up.json` named the url.
    pub found_in: Option<PathBuf>,
}

impl Address {
    /// What a command in a hint needs to find the same control room: nothing where it is found
    /// without. A token is never repeated.
    pub fn data_argument(&self) -> String {
        let given = std::env::var_os("OPS_DATA").map(PathBuf::from);
        match &self.found_in {
            Some(data) if *data != folder::default_data() && given.as_ref() != Some(data) => {
                format!(" --data {}", program::quoted(&data.to_string_lossy()))
            }
            _ => String::new(),
        }
    }
}

impl Connection {
    pub fn data(&self) -> PathBuf {
        folder::data(self.data.clone())
    }

    /// The token of an `up.json` goes to the url of that file and nowhere else.
    pub fn address(&self) -> Result<Address, Failure> {
        let given = |value: &Option<String>| value.clone().filter(|text| !text.trim().is_empty());
        let (url, token) = (given(&self.url), given(&self.token));
        if let Some(url) = &url {
            check_url(url)?;
        }
        if let (Some(url), Some(token)) = (&url, &token) {
            return Ok(Address {
                url: url.clone(),
                token: token.clone(),
                found_in: None,
            });
        }
        let data = self.data();
        let file = folder::read_up_file(&data)?;
        match (url, token, file) {
            (Some(url), _, Some(file)) if same_origin(&url, &file.url) => Ok(Address {
                url,
                token: file.token,
                found_in: Some(data),
            }),
            (Some(url), _, _) => Err(Failure::NoToken { url }),
            (None, token, Some(file)) => Ok(Address {
                url: file.url,
                token: token.unwrap_or(file.token),
                found_in: Some(data),
            }),
            (None, _, None) => Err(Failure::NoControlRoom {
                file: folder::up_file_path(&data),
            }),
        }
    }

    /// The address alone, for whoever brings a token of another kind. `OPS_TOKEN` is not looked at.
    pub fn without_token(&self) -> Result<Address, Failure> {
        let stranger = Connection {
            token: Some("none".into()),
            ..self.clone()
        };
        let address = stranger.address()?;
        Ok(Address {
            token: String::new(),
            ..address
        })
    }

    pub fn open(&self) -> Result<Room, Failure> {
        Room::open(self.address()?)
    }
}

fn check_url(url: &str) -> Result<(), Failure> {
    let host = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
        .map(|rest| rest.split('/').next().unwrap_or_default());
    match host {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => Ok(()),
        _ => Err(Failure::usage(
            format!("`{url}` is no address of a control room"),
            "write it as http://127.0.0.1:4173 or https://ops.example.com",
        )),
    }
}

fn same_origin(one: &str, other: &str) -> bool {
    one.trim_end_matches('/')
        .eq_ignore_ascii_case(other.trim_end_matches('/'))
}

/// A control room to ask.
#[derive(Clone)]
pub struct Room {
    pub client: Client,
    pub address: Address,
}

impl Room {
    pub fn open(address: Address) -> Result<Self, Failure> {
        let transport = NativeTransport::new().map_err(|error| Failure::Unreachable {
            address: address.clone(),
            why: error.to_string(),
        })?;
        let client = Client::new(Arc::new(transport), &address.url, &address.token);
        Ok(Room { client, address })
    }

    /// Makes a call; what goes wrong becomes a failure that names this control room.
    pub async fn ask<T>(
        &self,
        call: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, Failure> {
        call.await.map_err(|error| self.failure(error))
    }

    pub fn failure(&self, error: ClientError) -> Failure {
        let address = self.address.clone();
        match error {
            ClientError::Refused(problem) => Failure::Refused(problem),
            ClientError::Unreachable(error) => Failure::Unreachable {
                address,
                why: error.to_string(),
            },
            error @ (ClientError::Foreign { .. } | ClientError::Garbled(_)) => Failure::Strange {
                address,
                why: error.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_urls() {
        assert!(check_url("http://127.0.0.1:4173").is_ok());
        assert!(check_url("https://ops.example.com/functions/v1/ops-executor").is_ok());
        assert!(check_url("localhost:4173").is_err() && check_url("http://").is_err());
    }

    #[test]
    fn a_local_token_goes_to_its_own_url_only() {
        assert!(same_origin(
            "http://127.0.0.1:4173/",
            "http://127.0.0.1:4173"
        ));
        assert!(!same_origin(
            "http://127.0.0.1:4174",
            "http://127.0.0.1:4173"
        ));
    }
}
