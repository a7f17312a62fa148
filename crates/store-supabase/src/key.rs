use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

/// The key that acts as `service_role`. Never printed whole: `Debug` and `Display` show its kind and
/// the first six characters of its random part.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceKey {
    kind: Kind,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `sb_secret_…`: travels as `apikey` alone; it is no JWT.
    Secret,
    /// A JWT of the role `service_role`: travels as `apikey` and as bearer.
    Legacy,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the Supabase key is empty")]
    Empty,
    #[error(
        "this is a publishable key, which anybody may know and which may do nothing here; the secret key (`sb_secret_…`) is wanted: project settings, API keys"
    )]
    Publishable,
    #[error(
        "this key has the role `{0}`; the secret key (`sb_secret_…`), or the legacy key of the role `service_role`, is wanted"
    )]
    Role(String),
    #[error("this is no Supabase key: it begins neither with `sb_secret_` nor as a JWT (`eyJ`)")]
    Unknown,
    #[error("the Supabase key holds a space, a line break or another character that no key has")]
    Garbled,
}

impl ServiceKey {
    /// Reads a key as it was pasted; white space around it is forgiven. The signature of a legacy key
    /// is not checked: Supabase does that.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KeyError::Garbled);
        }
        let kind = match text {
            _ if text.starts_with("sb_secret_") => Kind::Secret,
            _ if text.starts_with("sb_publishable_") => return Err(KeyError::Publishable),
            _ if text.starts_with("eyJ") => match role(text).as_deref() {
                Some("service_role") => Kind::Legacy,
                Some(role) => return Err(KeyError::Role(role.into())),
                None => return Err(KeyError::Unknown),
            },
            _ => return Err(KeyError::Unknown),
        };
        Ok(ServiceKey {
            kind,
            text: text.into(),
        })
    }

    /// What a request carries. New keys are refused as a bearer, legacy ones are wanted there.
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![("apikey".into(), self.text.clone())];
        if self.kind == Kind::Legacy {
            headers.push(("authorization".into(), format!("Bearer {}", self.text)));
        }
        headers
    }
}

/// The role in a legacy key's claims.
fn role(jwt: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    Some(claims.get("role")?.as_str()?.into())
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.kind {
            Kind::Secret => {
                let random = self.text.trim_start_matches("sb_secret_");
                write!(f, "sb_secret_{}…", random.get(..6).unwrap_or_default())
            }
            // The head of a JWT is the same in all of them, so it tells nothing and gives nothing away.
            Kind::Legacy => f.write_str("legacy service_role key"),
        }
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "ServiceKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", part(r#"{"alg":"HS256"}"#), part(claims))
    }

    #[test]
    fn a_new_key_travels_alone_and_a_legacy_one_twice() {
        let key = ServiceKey::parse(" sb_secret_abcdefghij\n").expect("a key");
        assert_eq!(
            key.headers(),
            [("apikey".to_string(), "sb_secret_abcdefghij".to_string())]
        );
        let legacy = jwt(r#"{"role":"service_role"}"#);
        let headers = ServiceKey::parse(&legacy).expect("a key").headers();
        assert_eq!(
            headers[1],
            ("authorization".into(), format!("Bearer {legacy}"))
        );
    }

    #[test]
    fn a_wrong_key_is_named_for_what_it_is() {
        let refused = |text: &str| ServiceKey::parse(text).expect_err("refused");
        assert_eq!(refused("  "), KeyError::Empty);
        assert_eq!(refused("sb_publishable_x"), KeyError::Publishable);
        assert_eq!(
            refused(&jwt(r#"{"role":"anon"}"#)),
            KeyError::Role("anon".into())
        );
        assert_eq!(refused("eyJ.x"), KeyError::Unknown);
        assert_eq!(refused("postgres://u:p@h/d"), KeyError::Unknown);
        assert_eq!(refused("sb_secret_a\nb"), KeyError::Garbled);
    }

    #[test]
    fn a_key_is_never_printed_whole() {
        let key = ServiceKey::parse("sb_secret_abcdefghijkl").expect("a key");
        assert_eq!(format!("{key}"), "sb_secret_abcdef…");
        assert_eq!(format!("{key:?}"), "ServiceKey(sb_secret_abcdef…)");
        let legacy = jwt(r#"{"role":"service_role"}"#);
        let key = ServiceKey::parse(&legacy).expect("a key");
        assert!(!format!("{key:?}").contains("eyJ"));
    }
}
