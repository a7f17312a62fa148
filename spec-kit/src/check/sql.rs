//! As much of SQL as a comparison of names needs: tables, indexes, words. Comments are no SQL.

use crate::text::{Place, Source, Span};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct Sql {
    /// Without schema, in small letters, where they are first made.
    pub tables: BTreeMap<String, Place>,
    /// `runs(status,priority)`, without directions, in small letters.
    indexes: Vec<String>,
    /// Every name and every literal, in small letters, where it first stands.
    pub words: BTreeMap<String, Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Literal,
    Sign,
}

struct Token {
    kind: Kind,
    span: Span,
    text: String,
}

impl Sql {
    pub fn of(sources: &[Source]) -> Self {
        let mut sql = Self::default();
        for source in sources {
            let tokens = tokens(source.text());
            for token in &tokens {
                if token.kind != Kind::Sign && !sql.words.contains_key(&token.text) {
                    sql.words
                        .insert(token.text.clone(), source.place(token.span));
                }
            }
            sql.statements(source, &tokens);
        }
        sql
    }

    fn statements(&mut self, source: &Source, tokens: &[Token]) {
        for (at, token) in tokens.iter().enumerate() {
            if token.text != "create" || token.kind != Kind::Word {
                continue;
            }
            let rest = tokens.get(at + 1..).unwrap_or(&[]);
            let skipped = ["unlogged", "temporary", "temp", "unique", "concurrently"];
            let mut rest = rest
                .iter()
                .skip_while(|token| skipped.contains(&token.text.as_str()));
            match rest.next().map(|token| token.text.as_str()) {
                Some("table") => self.table(source, rest),
                Some("index") => self.index(rest),
                _ => {}
            }
        }
    }

    fn table<'a>(&mut self, source: &Source, rest: impl Iterator<Item = &'a Token>) {
        let mut names = rest
            .skip_while(|token| matches!(token.text.as_str(), "if" | "not" | "exists"))
            .take_while(|token| token.kind == Kind::Word || token.text == ".")
            .filter(|token| token.kind == Kind::Word);
        // Behind the schema, if there is one.
        let first = names.next();
        if let Some(token) = names.next().filter(|t| t.text != "as").or(first) {
            let place = source.place(token.span);
            self.tables.entry(token.text.clone()).or_insert(place);
        }
    }

    fn index<'a>(&mut self, rest: impl Iterator<Item = &'a Token>) {
        let mut on = rest
            .take(12)
            .chain(std::iter::empty())
            .skip_while(|token| token.text != "on")
            .skip(1)
            .peekable();
        let mut name = String::new();
        while let Some(token) = on.next_if(|token| token.text != "(") {
            match token.text.as_str() {
                "." => name.clear(),
                "using" => {
                    on.next();
                }
                text => name = text.to_owned(),
            }
        }
        let columns: Vec<&str> = on
            .skip(1)
            .take_while(|token| token.text != ")")
            .map(|token| token.text.as_str())
            .filter(|text| !matches!(*text, "asc" | "desc" | "nulls" | "first" | "last" | ","))
            .collect();
        self.indexes.push(format!("{name}({})", columns.join(",")));
    }

    /// Whether an index is made on these columns, in this order.
    pub fn has_index(&self, name: &str) -> bool {
        let plain: String = name
            .replace(" desc", "")
            .replace(" asc", "")
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        self.indexes.contains(&plain)
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = text.get(at..).unwrap_or("");
        let (kind, length) = match byte {
            b'-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            b'/' if rest.starts_with("/*") => {
                (None, rest.find("*/").map_or(rest.len(), |end| end + 2))
            }
            b'\'' | b'"' => {
                let end = rest.get(1..).and_then(|r| r.find(char::from(*byte)));
                let kind = if *byte == b'"' {
                    Kind::Word
                } else {
                    Kind::Literal
                };
                (Some(kind), end.map_or(rest.len(), |end| end + 2))
            }
            b if b.is_ascii_alphabetic() || *b == b'_' => {
                let length = rest
                    .bytes()
                    .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
                    .count();
                (Some(Kind::Word), length)
            }
            b if b.is_ascii_whitespace() => (None, 1),
            _ => (
                Some(Kind::Sign),
                rest.chars().next().map_or(1, char::len_utf8),
            ),
        };
        if let Some(kind) = kind {
            let raw = rest.get(..length).unwrap_or("");
            let span = match kind {
                Kind::Sign => Span::new(at, at + length),
                _ if raw.starts_with(['\'', '"']) => {
                    Span::new(at + 1, (at + length).saturating_sub(1))
                }
                _ => Span::new(at, at + length),
            };
            found.push(Token {
                kind,
                span,
                text: raw.trim_matches(['\'', '"']).to_lowercase(),
            });
        }
        at += length.max(1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_comments_are_not() {
        let text = "-- create table old (\n/* create table older */\ncreate table if not exists public.\"Runs\" (\n  status text check (status in ('queued', 'canceled'))\n);\ncreate unique index concurrently i on public.runs using btree (status, created_at desc);\ncreate table t as select 1;";
        let source = Source::decode("m.sql", text.as_bytes()).expect("text");
        let sql = Sql::of(&[source]);
        assert_eq!(sql.tables.keys().collect::<Vec<_>>(), ["runs", "t"]);
        assert_eq!(sql.tables["runs"].line, 3);
        assert!(
            sql.has_index("runs(status, created_at)"),
            "{:?}",
            sql.indexes
        );
        assert_eq!(sql.words["canceled"].line, 4);
        assert!(!sql.words.contains_key("older"));
    }

    #[test]
    fn what_is_not_closed_ends() {
        for text in ["'", "\"é", "/*", "--", "create", "create index i on", "é'é"] {
            let source = Source::decode("m.sql", text.as_bytes()).expect("text");
            assert!(Sql::of(&[source]).tables.is_empty(), "{text}");
        }
    }
}
