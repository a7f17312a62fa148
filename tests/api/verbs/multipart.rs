use crate::common::{Reply, Room, send};
use ops_core::{Code, limits};
use reqwest::Method;
use serde_json::{Value, json};

/// A form by hand, so that its bytes are the test's own.
struct Form(Vec<u8>);

impl Form {
    fn of(held: &Value) -> Self {
        let mut form = Form(Vec::new());
        for name in ["run_id", "worker_id"] {
            form = form.text(name, held[name].as_str().unwrap());
        }
        form.text("attempt", &held["attempt"].to_string())
    }

    fn part(mut self, name: &str, more: &str, bytes: &[u8]) -> Self {
        let head = format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    fn text(self, name: &str, text: &str) -> Self {
        self.part(name, "", text.as_bytes())
    }

    fn file(self, bytes: &[u8]) -> Self {
        self.part(
            "file",
            "; filename=\"f.bin\"\r\ncontent-type: image/png",
            bytes,
        )
    }

    async fn send(mut self, room: &Room) -> Reply {
        self.0.extend_from_slice(b"--x--\r\n");
        let request = room.request(Method::POST, "artifacts.put");
        let request = request.header("content-type", "Multipart/Form-Data; boundary=x");
        send(request.body(self.0)).await
    }
}

#[tokio::test]
async fn a_file_of_any_bytes_comes_back_exactly() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let bytes: Vec<u8> = (0..=255)
        .cycle()
        .take(limits::ARTIFACT_CALL_BYTES)
        .collect();
    let form = Form::of(&held).text("name", "f").text("kind", "file");
    let stored = form.file(&bytes).send(&room).await.is(201);
    assert_eq!(stored["size"], limits::ARTIFACT_CALL_BYTES);
    let id = stored["artifact_id"].as_str().unwrap();
    let raw = room
        .get(&format!("artifacts.get?artifact_id={id}&raw=true"))
        .await;
    assert!(raw.bytes == bytes, "the bytes differ");
    let list = room
        .get(&format!(
            "artifacts.list?run_id={}",
            held["run_id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(list.is(200)["artifacts"][0]["mime"], "image/png");

    let form = Form::of(&held).text("name", "g").text("kind", "file");
    let larger = [&bytes[..], b"!"].concat();
    form.file(&larger).send(&room).await.refused(Code::TooLarge);
}

#[tokio::test]
async fn the_parts_are_the_fields_of_the_json_form() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let text = Form::of(&held)
        .text("name", "t")
        .text("kind", "markdown")
        .text("content", "# é\0");
    let stored = text
        .text("mime", "text/x")
        .text("later", "ignored")
        .send(&room)
        .await
        .is(201);
    let id = stored["artifact_id"].as_str().unwrap();
    let artifact = room
        .get(&format!("artifacts.get?artifact_id={id}"))
        .await
        .is(200);
    assert_eq!(artifact["artifact"]["content"], "# é\0");
    assert_eq!(artifact["artifact"]["mime"], "text/x");
    let link = Form::of(&held).text("name", "l").text("kind", "link");
    let stored = link
        .text("url", "https://example.org")
        .send(&room)
        .await
        .is(201);
    assert_eq!(stored["url"], "https://example.org");
}

#[tokio::test]
async fn what_is_wrong_is_named_as_in_the_json_form() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let form = || Form::of(&held).text("name", "n");
    let wrong = async |form: Form, field: &str| {
        let reply = form.send(&room).await;
        reply.refused(Code::Invalid).names(&[field]);
    };
    wrong(form().file(b""), "/kind").await;
    wrong(form().text("kind", "file"), "/content").await;
    wrong(form().part("kind", "", b"\xe9"), "/kind").await;
    wrong(
        form().text("kind", "file").file(b"").text("content", ""),
        "/content",
    )
    .await;
    wrong(form().text("kind", "file").file(b"").file(b""), "/file").await;
    wrong(
        form()
            .text("kind", "file")
            .file(b"")
            .text("content_base64", ""),
        "/content_base64",
    )
    .await;
    wrong(
        form().text("name", "other").text("kind", "file").file(b""),
        "/name",
    )
    .await;
    let mut held = held.clone();
    held["attempt"] = json!("first");
    wrong(
        Form::of(&held)
            .text("name", "n")
            .text("kind", "file")
            .file(b""),
        "/attempt",
    )
    .await;
}
