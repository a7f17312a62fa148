//! The one tree that YAML and JSON are both read into: every node and key knows its place.

use serde_json::{Map, Value};

/// Where something begins. Line and column count from 1; both are 0 where there is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub line: u32,
    /// In characters.
    pub column: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub span: Span,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// `text` is how a scalar is written: `1.10` stays `1.10` where a text is wanted.
    Scalar {
        value: Value,
        text: String,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub key: String,
    pub key_span: Span,
    pub node: Node,
}

impl Node {
    pub fn scalar(span: Span, value: Value) -> Node {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        Node {
            span,
            kind: Kind::Scalar { value, text },
        }
    }

    /// Null in YAML is also what an empty value is.
    pub fn is_null(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Scalar {
                value: Value::Null,
                ..
            }
        )
    }

    /// What a message calls this node.
    pub fn type_word(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { value, .. } => match value {
                Value::Null => "nothing",
                Value::Bool(_) => "a boolean",
                Value::Number(_) => "a number",
                _ => "a text",
            },
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
    }

    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The same without places. Depth is limited where the tree is built.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar { value, .. } => value.clone(),
            Kind::List(items) => items.iter().map(Node::to_json).collect(),
            Kind::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.node.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}

/// A node together with the way to it.
#[derive(Debug, Clone)]
pub(crate) struct Field<'n> {
    pub node: &'n Node,
    /// JSON pointer.
    pub path: String,
}

impl<'n> Field<'n> {
    pub fn get(&self, key: &str) -> Option<Field<'n>> {
        let node = self.node.get(key)?;
        Some(Field {
            node,
            path: pointer(&self.path, key),
        })
    }

    /// The children of a map with their keys.
    pub fn entries(&self) -> impl Iterator<Item = (&'n Entry, Field<'n>)> {
        let path = self.path.clone();
        self.node.entries().iter().map(move |entry| {
            let field = Field {
                node: &entry.node,
                path: pointer(&path, &entry.key),
            };
            (entry, field)
        })
    }

    pub fn items(&self) -> impl Iterator<Item = Field<'n>> {
        let path = self.path.clone();
        self.node
            .items()
            .iter()
            .enumerate()
            .map(move |(index, node)| Field {
                node,
                path: format!("{path}/{index}"),
            })
    }
}

/// Appends one key to a JSON pointer (RFC 6901).
pub(crate) fn pointer(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}
