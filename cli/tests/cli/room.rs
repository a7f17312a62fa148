//! A control room that plays a script: std's listener on a free port, one thread.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

#[derive(Debug, Clone)]
pub struct Request {
    pub verb: String,
    pub query: HashMap<String, String>,
    pub body: Value,
    pub token: String,
}

pub enum Reply {
    Json(u16, Value),
    Text(u16, &'static str),
    /// The connection ends without an answer.
    HangUp,
    /// No answer until the caller has gone.
    Never,
}

pub fn ok(value: Value) -> Reply {
    Reply::Json(200, value)
}

pub fn problem(status: u16, code: &str, detail: &str) -> Reply {
    let body = json!({
        "type": format!("urn:ops:problem:{code}"), "title": "No", "status": status, "code": code,
        "detail": detail, "hint": "See the detail.",
    });
    Reply::Json(status, body)
}

pub struct ScriptedRoom {
    pub url: String,
    seen: Receiver<Request>,
}

impl ScriptedRoom {
    /// Answers until the test's process ends.
    pub fn start(mut script: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, seen) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else {
                    continue;
                };
                let reply = script(&request);
                let _ = sender.send(request);
                answer(stream, reply);
            }
        });
        ScriptedRoom { url, seen }
    }

    /// The next request, waiting for it.
    pub fn next(&self) -> Request {
        self.seen
            .recv_timeout(std::time::Duration::from_secs(30))
            .unwrap()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.try_iter().collect()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let target = line.split(' ').nth(1)?.to_string();
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => token = value.trim_start_matches("Bearer ").into(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Request {
        verb: path.rsplit('/').next()?.into(),
        query: query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(n, v)| (n.into(), v.into()))
            .collect(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        token,
    })
}

fn answer(mut stream: TcpStream, reply: Reply) {
    let (status, kind, body) = match reply {
        Reply::Json(status, value) => (status, "application/json", value.to_string()),
        Reply::Text(status, text) => (status, "text/html", text.to_string()),
        Reply::HangUp => return,
        Reply::Never => {
            // Beside the others, until the caller hangs up.
            std::thread::spawn(move || stream.read(&mut [0]));
            return;
        }
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()));
}

pub const RUN: &str = "8dfdee46-0f3f-4305-aba3-c316f6576a6f";

/// A run as the control room shows it.
pub fn run(status: &str) -> Value {
    json!({
        "id": RUN, "seq": 7, "title": "Say hello", "status": status, "lane": "A", "priority": 100, "attempt": 1,
        "attempts_used": 1, "max_attempts": 3, "template": "hello", "session_id": null, "reason": null,
        "error": null, "claimed_by": "ci-1", "refused_writes": 0, "created_at": "2026-11-24T22:30:00.5+00:00",
        "claimed_at": "2026-11-24T22:30:01+00:00", "started_at": "2026-11-24T22:30:01+00:00",
        "finished_at": "2026-11-24T22:30:03.3+00:00",
    })
}
