//! As much of HTTP/1.1 as it takes to know where a message ends.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Heads are small; bodies are what the API takes.
const LONGEST_HEAD: usize = 64 * 1024;

pub struct Message {
    /// Head and body as they came.
    pub bytes: Vec<u8>,
    body_at: usize,
    /// Of the first line.
    first: String,
}

impl Message {
    /// The last part of the path: the verb.
    pub fn verb(&self) -> &str {
        let path = self.first.split(' ').nth(1).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    pub fn status(&self) -> u16 {
        let status = self.first.split(' ').nth(1);
        status.and_then(|s| s.parse().ok()).unwrap_or(0)
    }

    /// Null where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes[self.body_at..]).unwrap_or_default()
    }
}

/// One after another from the same connection.
pub struct Reader<S> {
    stream: S,
    ahead: Vec<u8>,
}

impl<S: AsyncRead + Unpin> Reader<S> {
    pub fn new(stream: S) -> Self {
        Reader {
            stream,
            ahead: Vec::new(),
        }
    }

    /// The next message; `None` where the other side ended between two.
    pub async fn next(&mut self) -> io::Result<Option<Message>> {
        let body_at = loop {
            if let Some(at) = position(&self.ahead, b"\r\n\r\n") {
                break at + 4;
            }
            if self.ahead.len() > LONGEST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.stream.read_buf(&mut self.ahead).await? == 0 {
                return match self.ahead.is_empty() {
                    true => Ok(None),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        };
        let head = String::from_utf8_lossy(&self.ahead[..body_at]).into_owned();
        let first = head.lines().next().unwrap_or_default().to_string();
        let length = match header(&head, "transfer-encoding") {
            // Neither our client nor our server sends parts; whoever does is not understood here.
            Some(_) => return Err(io::ErrorKind::Unsupported.into()),
            None => header(&head, "content-length").map_or(Ok(0), str::parse::<usize>),
        };
        let end = body_at + length.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        while self.ahead.len() < end {
            if self.stream.read_buf(&mut self.ahead).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.ahead.split_off(end);
        let bytes = std::mem::replace(&mut self.ahead, rest);
        Ok(Some(Message {
            bytes,
            body_at,
            first,
        }))
    }

    /// Until the other side hangs up. What it says meanwhile is kept for [`Reader::next`].
    pub async fn hung_up(&mut self) {
        while matches!(self.stream.read_buf(&mut self.ahead).await, Ok(read) if read > 0) {}
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_parted_where_they_end() {
        let text = "POST /functions/v1/ops-executor/runs.claim HTTP/1.1\r\nContent-Length: 7\r\n\r\n{\"a\":1}\
                    GET /x/lanes.list?a=/b HTTP/1.1\r\nhost: x\r\n\r\nHTTP/1.1 409 Conflict\r\ncontent-length: 2\r\n\r\n{}";
        let mut reader = Reader::new(text.as_bytes());
        let first = reader.next().await.expect("whole").expect("one");
        assert_eq!(
            (first.verb(), &first.json()["a"]),
            ("runs.claim", &1.into())
        );
        let second = reader.next().await.expect("whole").expect("one");
        assert_eq!(second.verb(), "lanes.list");
        let third = reader.next().await.expect("whole").expect("one");
        assert_eq!(third.status(), 409);
        assert!(reader.next().await.expect("whole").is_none());
    }

    #[tokio::test]
    async fn half_a_message_is_none() {
        let mut reader = Reader::new("POST /x HTTP/1.1\r\ncontent-length: 9\r\n\r\n{".as_bytes());
        assert!(reader.next().await.is_err());
    }
}
