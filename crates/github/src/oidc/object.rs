use super::refused::{ClaimFault, Refused};
use crate::text::quoted;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

/// A JSON object in which no name stands twice: two readers would take different values of it.
pub struct Object(pub Map<String, Value>);

impl Object {
    /// The error quotes no value.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        // serde would quote what stands there instead.
        if json.first() != Some(&b'{') {
            return Err("no JSON object".into());
        }
        serde_json::from_slice(json).map_err(|error| error.to_string())
    }

    /// Null counts as missing.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn text(&self, name: &'static str) -> Result<Option<&str>, Refused> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refused::Claim {
                name,
                fault: ClaimFault::Type,
            }),
        }
    }

    pub fn string(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Value::as_str).map(str::to_string)
    }

    /// `iss`, before anything was verified.
    pub fn issuer(&self) -> Result<&str, Refused> {
        self.text("iss")?.ok_or(Refused::Claim {
            name: "iss",
            fault: ClaimFault::Missing,
        })
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries).map(Object)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut entries = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            let said = quoted(&name);
            if entries.insert(name, value).is_some() {
                return Err(A::Error::custom(format!("{said} stands twice")));
            }
        }
        Ok(entries)
    }
}
