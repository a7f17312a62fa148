//! Paths such as `params['my-x']` and `steps.build.outputs.url`.

use serde_json::Value;

/// One path in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRef {
    /// The first is `params`, `steps` or `run`; in texts also `secrets`.
    pub segments: Vec<Segment>,
    /// In characters of the expression, from 1.
    pub column: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Key(String),
    /// From 0.
    Index(usize),
}

impl PathRef {
    /// The text of the segment at this place, if there is one and it is no index.
    pub fn key(&self, place: usize) -> Option<&str> {
        match self.segments.get(place) {
            Some(Segment::Key(key)) => Some(key),
            _ => None,
        }
    }

    /// The value at this path; null where there is none.
    pub fn lookup<'v>(&self, values: &'v Value) -> &'v Value {
        let mut value = values;
        for segment in &self.segments {
            let next = match segment {
                Segment::Key(key) => value.as_object().and_then(|map| map.get(key)),
                Segment::Index(index) => value.as_array().and_then(|list| list.get(*index)),
            };
            match next {
                Some(next) => value = next,
                None => return &Value::Null,
            }
        }
        value
    }
}

impl std::fmt::Display for PathRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(key) if place == 0 => write!(f, "{key}")?,
                Segment::Key(key) if is_word(key) => write!(f, ".{key}")?,
                Segment::Key(key) => write!(f, "['{}']", key.replace('\'', "''"))?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

fn is_word(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}
