use crate::oidc::object::Object;
use crate::oidc::refused::{KeyFault, Refused};
use crate::oidc::rs256::PublicKey;
use crate::text::quoted;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Keys in one list. GitHub has about four.
const KEYS: usize = 32;

/// The keys of one issuer by name; one that is of no use keeps its place, so that a refusal can say so.
pub struct KeySet(Vec<(String, Result<Arc<PublicKey>, KeyFault>)>);

impl KeySet {
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let list = Object::parse(json)?;
        let list = list.get("keys").and_then(Value::as_array);
        let list = list.ok_or("`keys` is no list")?;
        if list.len() > KEYS {
            return Err(format!("{} keys; at most {KEYS} are read", list.len()));
        }
        let mut keys: Vec<(String, Result<Arc<PublicKey>, KeyFault>)> = Vec::new();
        for key in list {
            let key = key.as_object().ok_or("a key is no object")?;
            let Some(kid) = key.get("kid").and_then(Value::as_str) else {
                continue;
            };
            match keys.iter_mut().find(|(name, _)| name == kid) {
                Some((_, same)) => *same = Err(KeyFault::Twice),
                None => keys.push((kid.into(), read(key))),
            }
        }
        Ok(KeySet(keys))
    }

    pub fn has(&self, kid: &str) -> bool {
        self.0.iter().any(|(name, _)| name == kid)
    }

    pub fn find(&self, kid: &str) -> Result<Arc<PublicKey>, Refused> {
        let found = self.0.iter().find(|(name, _)| name == kid);
        let (_, key) = found.ok_or_else(|| Refused::UnknownKey(quoted(kid)))?;
        key.clone().map_err(|fault| Refused::Key {
            kid: quoted(kid),
            fault,
        })
    }
}

fn read(key: &Map<String, Value>) -> Result<Arc<PublicKey>, KeyFault> {
    let is = |name: &str, value: &str| key.get(name).is_some_and(|v| v == value);
    let may_be = |name: &str, value: &str| !key.contains_key(name) || is(name, value);
    if !is("kty", "RSA") || !may_be("use", "sig") || !may_be("alg", "RS256") {
        return Err(KeyFault::Kind);
    }
    PublicKey::new(&number(key, "n")?, &number(key, "e")?).map(Arc::new)
}

/// Big-endian.
fn number(key: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyFault> {
    let text = key.get(name).and_then(Value::as_str);
    let bytes = text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    bytes.ok_or(KeyFault::Malformed)
}
