//! A GitHub App: its private key signs who it is, and GitHub gives a token for one repository.

use super::exchange::{Ask, Fields, read, unreadable, value};
use super::{Calls, GitHubError, RepoName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tokens are not used in their last five minutes.
const MARGIN_SECONDS: i64 = 300;
/// What GitHub gives a token at most.
const TOKEN_SECONDS: i64 = 3_600;
/// Of the app's own token; ten minutes are allowed, and clocks differ.
const OWN_SECONDS: i64 = 540;
/// Repositories whose tokens are kept.
const KEPT: usize = 256;

pub struct App {
    id: String,
    key: PrivateKey,
    /// By `owner/name` in lower case.
    tokens: Mutex<HashMap<String, Kept>>,
}

struct Kept {
    token: String,
    good_until: i64,
}

impl App {
    /// No error quotes the key.
    pub fn read(id: String, pem: &str) -> Result<Self, GitHubError> {
        let invalid = |why: &str| GitHubError::Invalid(why.into());
        // Ids are digits, client ids letters and digits.
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.') {
            return Err(invalid("the id of the GitHub App is none"));
        }
        // Some settings cannot hold line breaks.
        let pem = pem.trim().replace("\\n", "\n");
        let key = match pem.contains("BEGIN RSA PRIVATE KEY") {
            true => PrivateKey::from_pkcs1_pem(&pem).ok(),
            false => PrivateKey::from_pkcs8_pem(&pem).ok(),
        };
        let key = key.ok_or(invalid("the private key of the GitHub App cannot be read"))?;
        Ok(App {
            id,
            key,
            tokens: Mutex::default(),
        })
    }

    /// For one repository, to read it and to start and end its workflows.
    pub async fn token(&self, calls: &Calls<'_>, repo: &RepoName) -> Result<String, GitHubError> {
        if let Some(token) = self.kept(repo, calls.now) {
            return Ok(token);
        }
        let own = self.own_token(calls.now)?;
        let path = format!("/repos/{repo}/installation");
        let (_, installation) = read(&calls.exchange_by(&own, Ask::get(path)).await?)?;
        let wish = json!({
            "repositories": [repo.name()],
            "permissions": { "actions": "write", "metadata": "read" },
        });
        let ask = Ask {
            method: "POST",
            path: format!("/app/installations/{installation}/access_tokens"),
            body: Some(&wish),
        };
        let answer = calls.exchange_by(&own, ask).await.map_err(harmless)?;
        let given = value(&answer)?;
        let given = Fields(&given);
        let token = given.maybe("token").ok_or_else(|| unreadable(&answer))?;
        let latest = calls.now.saturating_add(TOKEN_SECONDS);
        let end = unix_seconds(&given.text("expires_at")).map_or(calls.now, |end| end.min(latest));
        self.keep(repo, &token, end.saturating_sub(MARGIN_SECONDS));
        Ok(token)
    }

    pub fn forget(&self, repo: &RepoName) {
        self.tokens().remove(&name(repo));
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self, repo: &RepoName, now: i64) -> Option<String> {
        let tokens = self.tokens();
        let kept = tokens.get(&name(repo))?;
        // After a clock that went back it would be good for longer than any token.
        let is_good = now < kept.good_until && kept.good_until - now <= TOKEN_SECONDS;
        is_good.then(|| kept.token.clone())
    }

    fn keep(&self, repo: &RepoName, token: &str, good_until: i64) {
        let mut tokens = self.tokens();
        if tokens.len() >= KEPT {
            tokens.clear();
        }
        let token = token.to_string();
        tokens.insert(name(repo), Kept { token, good_until });
    }

    fn own_token(&self, now: i64) -> Result<String, GitHubError> {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({ "alg": "RS256", "typ": "JWT" }));
        let (iat, exp) = (now.saturating_sub(60), now.saturating_add(OWN_SECONDS));
        let claims = part(json!({ "iat": iat, "exp": exp, "iss": self.id }));
        let signed = format!("{head}.{claims}");
        let signature = self.key.pkcs1v15_sign::<Sha256>(signed.as_bytes());
        let signature = signature
            .map_err(|_| GitHubError::Invalid("the GitHub App's key signs nothing".into()))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn name(repo: &RepoName) -> String {
    repo.to_string().to_ascii_lowercase()
}

/// A token that nobody got does nothing.
fn harmless(error: GitHubError) -> GitHubError {
    match error {
        GitHubError::Unavailable { why, .. } => GitHubError::Unavailable {
            why,
            effect: super::Effect::None,
        },
        error => error,
    }
}

/// Of `2026-11-29T14:00:00Z`, the only form that GitHub has.
fn unix_seconds(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, mark: char| -> Option<[i64; 3]> {
        let parts: Option<Vec<i64>> = text.split(mark).map(|part| part.parse().ok()).collect();
        parts?.try_into().ok()
    };
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let is_date =
        (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_time =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    if !is_date || !is_time {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // From 1 March of year 0 to 1 January 1970.
    Some((days - 719_468) * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_github_are_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:00:00Z", Some(951_825_600)),
            ("2026-11-29T14:00:00Z", Some(1_795_960_800)),
            ("2100-03-01T00:00:00Z", Some(4_107_542_400)),
            ("2026-11-29T14:00:00+01:00", None),
            ("2026-13-29T14:00:00Z", None),
            ("9223372036854775807-01-01T00:00:00Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(unix_seconds(text), seconds, "{text}");
        }
    }
}
