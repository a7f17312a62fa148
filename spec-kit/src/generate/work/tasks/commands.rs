//! Commands that show that a thing is there: they end with 0 where it is.

use crate::model::{Table, Thing};

pub(super) fn show_table(table: &Table) -> String {
    format!(
        "psql \"$DATABASE_URL\" -Atc \"select to_regclass('{}') is not null\" | grep -x t",
        table.thing.name
    )
}

pub(super) fn show_tables(tables: &[Table]) -> String {
    let names: Vec<String> = tables
        .iter()
        .map(|table| format!("('{}')", table.thing.name))
        .collect();
    format!(
        "psql \"$DATABASE_URL\" -Atc \"select count(*) from (values {}) v(t) where to_regclass(t) is null\" | grep -x 0",
        names.join(", ")
    )
}

/// An answer shows that it is there, unless it says that there is no such thing or that it broke.
/// Without any answer `curl` prints 000. It ends with the code of `grep` in any shell.
pub(super) fn reach(endpoint: &Thing) -> String {
    let (method, path) = endpoint
        .name
        .split_once(' ')
        .unwrap_or(("GET", &endpoint.name));
    let asks = match method {
        // What has no body is not waited for.
        "HEAD" => "-I".to_owned(),
        other => format!("-X {other}"),
    };
    format!(
        "curl -gsS -o /dev/null -w '%{{http_code}}' {asks} \"$BASE_URL{}\" | grep -Evx '000|404|405|5..'",
        example_path(path)
    )
}

/// A path with examples for what it leaves open: `/runs/example-run-id` of `/runs/{runId}`,
/// `/runs/:run_id` and `/runs/<run_id>`.
fn example_path(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let name = match part.strip_prefix(':') {
            Some(name) => name,
            None if part.starts_with(['{', '<', '[']) => part,
            None => return part.to_owned(),
        };
        let mut slug = String::from("example");
        let mut before = ' ';
        for letter in name.chars() {
            match letter {
                'A'..='Z' if before.is_ascii_lowercase() => {
                    slug.push('-');
                    slug.push(letter.to_ascii_lowercase());
                }
                letter if letter.is_ascii_alphanumeric() => {
                    if !before.is_ascii_alphanumeric() {
                        slug.push('-');
                    }
                    slug.push(letter.to_ascii_lowercase());
                }
                _ => {}
            }
            before = letter;
        }
        slug
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn endpoint(name: &str) -> Thing {
        Thing {
            name: name.into(),
            text: String::new(),
            span: Span::default(),
            stems: Vec::new(),
        }
    }

    #[test]
    fn what_a_path_leaves_open_is_plainly_an_example() {
        for (path, example) in [
            ("/deliveries/{id}/replay", "/deliveries/example-id/replay"),
            ("/api/repos/:repoId", "/api/repos/example-repo-id"),
            ("/a/<run_id>", "/a/example-run-id"),
            ("/runs.create", "/runs.create"),
        ] {
            assert_eq!(example_path(path), example);
        }
    }

    /// The command as a shell runs it, with what `curl` would print.
    #[cfg(unix)]
    #[test]
    fn only_an_answer_that_it_is_there_shows_an_endpoint() {
        let command = reach(&endpoint("POST /runs.create"));
        let (_, proof) = command.rsplit_once(" | ").expect("a pipe");
        for (code, is_there) in [
            ("000", false),
            ("404", false),
            ("405", false),
            ("503", false),
            ("200", true),
            ("201", true),
            ("400", true),
            ("401", true),
        ] {
            let ended = std::process::Command::new("sh")
                .args(["-c", &format!("printf {code} | {proof} >/dev/null")])
                .status()
                .expect("a shell");
            assert_eq!(ended.success(), is_there, "{code}");
        }
        assert!(reach(&endpoint("HEAD /runs")).contains(" -I "));
    }
}
