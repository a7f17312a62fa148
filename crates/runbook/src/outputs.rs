//! The file that `OPS_OUTPUT` names: how a step hands values to later steps.

use crate::limits::MAX_OUTPUT_BYTES;
use crate::names::is_output_key;
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    #[error(
        "the outputs have {bytes} bytes; {MAX_OUTPUT_BYTES} are allowed, leave an artifact for more"
    )]
    TooLarge { bytes: usize },
    #[error("the outputs are not UTF-8 (from byte {byte} on)")]
    NotUtf8 { byte: usize },
    #[error("line {line} of the outputs is neither `key=value` nor `key<<END`")]
    NoKey { line: usize },
    #[error(
        "line {line} of the outputs: `{key}` is no key; letters, digits, `_` and `-`, at most 64"
    )]
    BadKey { line: usize, key: String },
    #[error("line {line} of the outputs: `<<` without a word that ends the text")]
    NoDelimiter { line: usize },
    #[error("line {line} of the outputs: the text of `{key}` is not ended by a line `{delimiter}`")]
    NotEnded {
        line: usize,
        key: String,
        delimiter: String,
    },
}

/// Reads `key=value` lines and `key<<END` … `END` blocks. Values are texts; the last of several
/// of one key counts; empty lines are skipped. At most [`MAX_OUTPUT_BYTES`] in total.
pub fn parse_outputs(bytes: &[u8]) -> Result<Map<String, Value>, OutputError> {
    if bytes.len() > MAX_OUTPUT_BYTES {
        let bytes = bytes.len();
        return Err(OutputError::TooLarge { bytes });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| OutputError::NotUtf8 {
        byte: error.valid_up_to(),
    })?;
    let mut outputs = Map::new();
    // `lines` takes the `\r` of `\r\n` away too.
    let mut lines = text.lines().zip(1..);
    while let Some((text, line)) = lines.next() {
        if text.trim().is_empty() {
            continue;
        }
        let (key, value) = match split(text) {
            Some((key, Form::Line(value))) => (check_key(key, line)?, value.to_string()),
            Some((key, Form::Block(delimiter))) => {
                let key = check_key(key, line)?;
                if delimiter.is_empty() {
                    return Err(OutputError::NoDelimiter { line });
                }
                let value = read_block(&mut lines, delimiter).ok_or(OutputError::NotEnded {
                    line,
                    key: key.to_string(),
                    delimiter: delimiter.to_string(),
                })?;
                (key, value)
            }
            None => return Err(OutputError::NoKey { line }),
        };
        outputs.insert(key.to_string(), Value::String(value));
    }
    Ok(outputs)
}

enum Form<'t> {
    Line(&'t str),
    Block(&'t str),
}

/// Whichever of `=` and `<<` comes first decides.
fn split(line: &str) -> Option<(&str, Form<'_>)> {
    match (line.find('='), line.find("<<")) {
        (Some(equals), Some(block)) if block < equals => block_form(line, block),
        (Some(equals), _) => Some((&line[..equals], Form::Line(&line[equals + 1..]))),
        (None, Some(block)) => block_form(line, block),
        (None, None) => None,
    }
}

fn block_form(line: &str, at: usize) -> Option<(&str, Form<'_>)> {
    Some((&line[..at], Form::Block(line[at + 2..].trim())))
}

fn check_key(key: &str, line: usize) -> Result<&str, OutputError> {
    let key = key.trim();
    match is_output_key(key) {
        true => Ok(key),
        false => Err(OutputError::BadKey {
            line,
            key: key.chars().take(80).collect(),
        }),
    }
}

fn read_block<'t>(
    lines: &mut impl Iterator<Item = (&'t str, usize)>,
    delimiter: &str,
) -> Option<String> {
    let mut text: Vec<&str> = Vec::new();
    for (line, _) in lines {
        if line == delimiter {
            return Some(text.join("\n"));
        }
        text.push(line);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_and_blocks_become_texts() {
        let bytes =
            b"url=https://example.org/?a=b\n\nempty=\nnotes<<EOF\nfirst\n\nlast\nEOF\nurl=2\r\n";
        assert_eq!(
            Value::Object(parse_outputs(bytes).unwrap()),
            json!({"url": "2", "empty": "", "notes": "first\n\nlast"})
        );
        assert_eq!(parse_outputs(b"").unwrap(), Map::new());
        assert_eq!(parse_outputs(b"a=x<<y").unwrap()["a"], "x<<y");
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        for (text, message) in [
            (
                "a=1\nhello",
                "line 2 of the outputs is neither `key=value` nor `key<<END`",
            ),
            (
                "a b=1",
                "line 1 of the outputs: `a b` is no key; letters, digits, `_` and `-`, at most 64",
            ),
            (
                "a<<EOF\nb",
                "line 1 of the outputs: the text of `a` is not ended by a line `EOF`",
            ),
            (
                "a<<\n",
                "line 1 of the outputs: `<<` without a word that ends the text",
            ),
        ] {
            assert_eq!(
                parse_outputs(text.as_bytes()).unwrap_err().to_string(),
                message
            );
        }
        assert_eq!(
            parse_outputs(b"a=\xff"),
            Err(OutputError::NotUtf8 { byte: 2 })
        );
        let bytes = MAX_OUTPUT_BYTES + 1;
        assert_eq!(
            parse_outputs(&vec![b'a'; bytes]),
            Err(OutputError::TooLarge { bytes })
        );
    }
}
