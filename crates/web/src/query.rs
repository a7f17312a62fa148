//! Queries of reads.

use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::http::request::Parts;
use ops_core::{Code, Problem, limits};
use std::collections::BTreeMap;

/// A query whose names are all known, each once. An empty value is as good as none.
pub struct Query(BTreeMap<String, String>);

impl Query {
    pub fn of(parts: &Parts, known: &[&str]) -> Result<Self, Refusal> {
        let axum::extract::Query(pairs) =
            axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
                .map_err(|e| Refusal::from(Problem::new(Code::BadRequest, e.to_string())))?;
        let takes = match known {
            [] => "unknown; this verb takes no query".to_string(),
            _ => format!("unknown; this verb takes {}", known.join(", ")),
        };
        let mut wrong = Wrong::default();
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            let field = format!("/{name}");
            wrong.unless(known.contains(&name.as_str()), &field, &takes);
            wrong.unless(!value.contains('\0'), &field, "U+0000 cannot be stored");
            wrong.unless(fields.insert(name, value).is_none(), &field, "stands twice");
        }
        wrong.done()?;
        Ok(Query(fields))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .ok_or_else(|| Problem::invalid(format!("/{name}"), "is missing").into())
    }

    pub fn uuid(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let value = self.get(name);
        let mut wrong = Wrong::default();
        wrong.uuid(value, format!("/{name}"));
        wrong.done().map(|()| value)
    }

    pub fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(Problem::invalid(
                format!("/{name}"),
                format!("must be a number from {} to {}", range.start(), range.end()),
            )
            .into()),
        }
    }

    pub fn limit(&self) -> Result<Option<i64>, Refusal> {
        self.number("limit", 1..=i64::from(limits::PAGE_ROWS))
    }
}
