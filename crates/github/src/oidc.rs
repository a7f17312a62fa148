//! Who a job is: GitHub's OIDC tokens, verified.
//!
//! A token is a stranger's text until its signature was checked. Before that only three things of it
//! are used: `alg` and `kid` of its header, and `iss`, to pick an issuer from a list of exact names.

mod claims;
mod keys;
mod object;
mod refused;
mod rs256;
mod token;

pub use claims::{CLAIM_CHARACTERS, Claims, LEEWAY_SECONDS, LIFETIME_SECONDS};
pub use keys::{COOL_DOWN_SECONDS, FRESH_SECONDS, JWKS_BYTES, USABLE_SECONDS};
pub use refused::{ClaimFault, KeyFault, KeysError, Refused};
pub use rs256::KEY_BITS;
pub use token::TOKEN_BYTES;

use crate::text::{is_base, quoted};
use keys::Keys;
use ops_core::port::Transport;
use std::sync::Arc;
use token::Token;

/// The issuer of github.com.
pub const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";

/// What this installation accepts.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The one audience of this installation: the origin under which clients know it.
    pub audience: String,
    /// Issuers, each as `iss` has it, without a slash at the end.
    pub issuers: Vec<String>,
}

impl OidcSettings {
    /// What a person has to mend before anything can be verified.
    pub fn check(&self) -> Result<(), String> {
        if self.audience.is_empty() {
            return Err("the audience is empty".into());
        }
        if self.issuers.is_empty() {
            return Err("no issuer is trusted".into());
        }
        let wrong = self.issuers.iter().find(|issuer| !is_base(issuer));
        wrong.map_or(Ok(()), |issuer| {
            let issuer = quoted(issuer);
            Err(format!(
                "{issuer} is no issuer: https, a host, no user, no query, no slash at the end"
            ))
        })
    }
}

/// Verifies tokens, and keeps the public keys of the issuers meanwhile.
///
/// One value serves a whole process: what it has fetched, and when it last tried, is in it.
pub struct Verifier {
    audience: String,
    keys: Keys,
}

impl Verifier {
    pub fn new(transport: Arc<dyn Transport>, settings: OidcSettings) -> Self {
        Verifier {
            audience: settings.audience,
            keys: Keys::new(transport, settings.issuers),
        }
    }

    /// Whether this token is whole, ours, and of now. Whether its job is trusted, and whether the token
    /// was used before, only the database can answer, the latter by `jti` until `exp` plus
    /// [`LEEWAY_SECONDS`].
    ///
    /// At most one request, of at most five seconds.
    pub async fn verify(&self, token: &str, now_unix_seconds: i64) -> Result<Claims, Refused> {
        let token = Token::read(token)?;
        let issuer = token.payload.issuer()?;
        let issuer = self.keys.issuer(issuer)?;
        let key = issuer.key(&token.kid, now_unix_seconds).await?;
        if !key.verifies(token.signed.as_bytes(), &token.signature) {
            return Err(Refused::Signature);
        }
        Claims::read(&token.payload, &self.audience, now_unix_seconds)
    }
}
