//! Bodies of `artifacts.put`: a form that is taken is stored byte by byte, and no body is our fault.

use crate::SECONDS;
use crate::cursors::Room;
use ops_core::BASE_PATH;
use ops_tests::driver;
use ops_tests::harness::{RunShape, run};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::cell::RefCell;

/// A room with a run that somebody holds.
struct Held {
    room: Room,
    run: String,
    puts: u32,
}

/// An attempt has room for two hundred artifacts.
const PUTS: u32 = 150;

impl Held {
    fn new() -> Self {
        let room = Room::new();
        let made = room.call("runs_create", json!({ "runs": [run(RunShape::default())] }));
        let claim = json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1, "start": true });
        room.call("runs_claim", claim);
        Held {
            run: made["runs"][0]["run_id"].as_str().expect("an id").into(),
            room,
            puts: 0,
        }
    }

    fn form(&self, name: &str, file: &[u8]) -> Vec<u8> {
        let mut form = Vec::new();
        let fields = [
            ("run_id", self.run.as_str()),
            ("worker_id", "w"),
            ("attempt", "1"),
            ("name", name),
            ("kind", "file"),
        ];
        for (name, value) in fields {
            let part = format!(
                "--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            form.extend(part.as_bytes());
        }
        form.extend(HEAD.as_bytes());
        form.extend(file);
        form.extend(b"\r\n--x--\r\n");
        form
    }

    fn put(&self, body: Vec<u8>) -> (u16, Value) {
        let request = axum::http::Request::post(format!("{BASE_PATH}/artifacts.put"));
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        let (status, body) = self.room.ask(request, body);
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }
}

const HEAD: &str = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\
    content-type: text/plain\r\n\r\n";

#[test]
fn a_form_is_taken_whole_or_refused() {
    let held = RefCell::new(Held::new());
    let seeds = {
        let held = held.borrow();
        [
            held.form("a file", b"some bytes"),
            held.form("a file", &[0, 255, 13, 10, 45, 45, 120]),
            b"--x--\r\n".to_vec(),
        ]
    };
    let words = [
        "--x\r\n",
        "--x--",
        "\r\n\r\n",
        "\r\n",
        "content-disposition: form-data; name=\"file\"",
        "; filename*=utf-8''x",
        "content-type: ",
        "; charset=utf-16",
        "name=\"attempt\"",
        "\0",
        "\"",
        "99999999999",
    ];
    driver::run("multipart", &seeds, &words, SECONDS, |bytes| {
        let mut held = held.borrow_mut();
        if held.puts == PUTS {
            *held = Held::new();
        }
        held.puts += 1;
        is_taken_or_refused(&held, bytes)?;
        is_stored_as_it_is(&held, bytes)
    });
}

/// As a body, which is mostly no form.
fn is_taken_or_refused(held: &Held, body: &[u8]) -> Result<(), String> {
    let (status, answer) = held.put(body.to_vec());
    match status < 500 && (status == 201 || answer["code"].is_string()) {
        true => Ok(()),
        false => Err(format!("{status} {answer}")),
    }
}

/// As the file of a form that is whole.
fn is_stored_as_it_is(held: &Held, file: &[u8]) -> Result<(), String> {
    // The boundary ends a file, wherever it stands.
    if [b"\r\n", file]
        .concat()
        .windows(5)
        .any(|bytes| bytes == b"\r\n--x")
    {
        return Ok(());
    }
    let digest = Sha256::digest(file);
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let (status, answer) = held.put(held.form(&sha256, file));
    match status == 201 && answer["sha256"] == sha256 && answer["size"] == file.len() {
        true => Ok(()),
        false => Err(format!("{} bytes: {status} {answer}", file.len())),
    }
}
