use super::error::{Effect, GitHubError};
use super::{Calls, RepoName};
use ops_core::port::{HttpRequest, HttpResponse};
use serde_json::Value;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);

/// The version of the API that all of this is written for.
const API_VERSION: &str = "2022-11-28";

/// Largest answer that is read: a hundred jobs are about half a mebibyte.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// What GitHub asks for where it limits and says nothing more precise.
const USUAL_PAUSE: i64 = 60;
/// Longest pause that is passed on: limits are per hour.
const LONGEST_PAUSE: i64 = 3_600;

/// One request, below the base.
pub struct Ask<'a> {
    pub method: &'static str,
    pub path: String,
    pub body: Option<&'a Value>,
}

impl Ask<'_> {
    pub fn get(path: String) -> Self {
        Ask {
            method: "GET",
            path,
            body: None,
        }
    }
}

impl Calls<'_> {
    /// An answer of 2xx, to a request about this repository.
    pub(super) async fn exchange(
        &self,
        repo: &RepoName,
        ask: Ask<'_>,
    ) -> Result<HttpResponse, GitHubError> {
        let token = self.token(repo).await?;
        let answer = self.exchange_by(&token, ask).await;
        if matches!(answer, Err(GitHubError::Unauthorized(_))) {
            self.forget(repo);
        }
        answer
    }

    pub(super) async fn exchange_by(
        &self,
        token: &str,
        ask: Ask<'_>,
    ) -> Result<HttpResponse, GitHubError> {
        let effect = match ask.method {
            "GET" => Effect::None,
            _ => Effect::Unknown,
        };
        let base = &self.github.base;
        let answer = self.send(token, &ask, format!("{base}{}", ask.path), effect);
        let answer = answer.await?;
        // A repository that was renamed has one redirect before it.
        let answer = match moved_to(base, &answer) {
            Some(there) => self.send(token, &ask, there, effect).await?,
            None => answer,
        };
        judge(answer, effect, self.now)
    }

    async fn send(
        &self,
        token: &str,
        ask: &Ask<'_>,
        url: String,
        effect: Effect,
    ) -> Result<HttpResponse, GitHubError> {
        let request = self.request(token, ask, url)?;
        let answer = self.github.transport.send(request).await;
        answer.map_err(|error| GitHubError::Unavailable {
            why: error.0,
            effect,
        })
    }

    fn request(&self, token: &str, ask: &Ask<'_>, url: String) -> Result<HttpRequest, GitHubError> {
        let mut headers: Vec<(String, String)> = [
            ("authorization", format!("Bearer {token}").as_str()),
            ("accept", "application/vnd.github+json"),
            ("x-github-api-version", API_VERSION),
            ("user-agent", crate::USER_AGENT),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .into();
        let body = match ask.body {
            Some(body) => {
                headers.push(("content-type".into(), "application/json".into()));
                serde_json::to_vec(body).map_err(|e| GitHubError::Invalid(e.to_string()))?
            }
            None => Vec::new(),
        };
        Ok(HttpRequest {
            method: ask.method,
            url,
            headers,
            body,
            timeout: TIMEOUT,
        })
    }
}

/// Fields of an answer. By hand, because derived readers take three times the room in a component.
pub struct Fields<'a>(pub &'a Value);

impl Fields<'_> {
    pub fn text(&self, name: &str) -> String {
        self.maybe(name).unwrap_or_default()
    }

    pub fn maybe(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).map(str::to_string)
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }
}

/// An answer with its `id`, to something that was only asked for.
pub fn read(answer: &HttpResponse) -> Result<(Value, u64), GitHubError> {
    let value = value(answer)?;
    match Fields(&value).number("id") {
        Some(id) => Ok((value, id)),
        None => Err(unreadable(answer)),
    }
}

pub fn value(answer: &HttpResponse) -> Result<Value, GitHubError> {
    serde_json::from_slice(&answer.body).map_err(|_| unreadable(answer))
}

pub fn unreadable(answer: &HttpResponse) -> GitHubError {
    let bytes = answer.body.len();
    GitHubError::Unavailable {
        why: format!("an answer of {bytes} bytes is cut, or is not what was asked for"),
        effect: Effect::None,
    }
}

fn header<'a>(answer: &'a HttpResponse, name: &str) -> Option<&'a str> {
    let mut headers = answer.headers.iter();
    let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim())
}

/// Only within the same API: the token goes with it.
fn moved_to(base: &str, answer: &HttpResponse) -> Option<String> {
    if !matches!(answer.status, 301 | 302 | 307 | 308) {
        return None;
    }
    let there = header(answer, "location")?;
    let path = there.strip_prefix(base)?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/?=&%".contains(&b);
    let is_fine = path.starts_with('/') && path.bytes().all(is_plain) && !path.contains("..");
    is_fine.then(|| there.into())
}

fn judge(answer: HttpResponse, effect: Effect, now: i64) -> Result<HttpResponse, GitHubError> {
    if answer.body.len() > ANSWER_BYTES {
        return Err(GitHubError::Unavailable {
            why: format!("an answer of {} bytes is too large", answer.body.len()),
            effect,
        });
    }
    let words = || message(&answer);
    match answer.status {
        200..=299 => Ok(answer),
        // To where the token must not go.
        300..=399 => Err(GitHubError::NotFound("it has moved elsewhere".into())),
        403 | 429 => Err(match pause(&answer, now) {
            Some(retry_after_seconds) => GitHubError::RateLimited {
                retry_after_seconds,
            },
            None => GitHubError::Forbidden(words()),
        }),
        400 => Err(GitHubError::Malformed(words())),
        401 => Err(GitHubError::Unauthorized(words())),
        404 | 410 => Err(GitHubError::NotFound(words())),
        409 => Err(GitHubError::Conflict(words())),
        402..=499 => Err(GitHubError::Unprocessable(words())),
        status => Err(GitHubError::Unavailable {
            why: format!("HTTP {status} {}", words()).trim_end().into(),
            effect,
        }),
    }
}

/// GitHub's own words. They are about the request, and in one line.
fn message(answer: &HttpResponse) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = body.get("message").and_then(Value::as_str);
    let text = text.unwrap_or("no reason was given");
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(300).collect()
}

/// How long GitHub wants to be left alone, in seconds; nothing where the refusal is of another kind.
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
fn pause(answer: &HttpResponse, now: i64) -> Option<u32> {
    let number = |name: &str| header(answer, name).and_then(|value| value.parse::<i64>().ok());
    let seconds = match (number("retry-after"), number("x-ratelimit-remaining")) {
        (Some(seconds), _) => seconds,
        (None, Some(0)) => {
            number("x-ratelimit-reset").map_or(USUAL_PAUSE, |reset| reset.saturating_sub(now))
        }
        _ if answer.status == 429 => USUAL_PAUSE,
        // The secondary limits do not always have a header.
        _ if message(answer).to_ascii_lowercase().contains("rate limit") => USUAL_PAUSE,
        _ => return None,
    };
    u32::try_from(seconds.clamp(1, LONGEST_PAUSE)).ok()
}
