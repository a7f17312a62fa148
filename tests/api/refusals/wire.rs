//! Bytes on the wire that no client of ours sends.

use crate::common::{PATIENCE, Room};
use ops_core::{BASE_PATH, limits};
use ops_tests::harness::database::TOKEN;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

async fn connect(room: &Room) -> TcpStream {
    let address = room.origin.strip_prefix("http://").expect("http");
    TcpStream::connect(address).await.expect("a connection")
}

fn head(more: &str) -> String {
    format!(
        "POST {BASE_PATH}/runs.sweep HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\nconnection: close\r\n{more}\r\n\r\n"
    )
}

async fn answer(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut text)).await;
    read.expect("an end").expect("no reset");
    String::from_utf8(text).expect("UTF-8")
}

fn is_refusal(answer: &str, status: u16, code: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    assert!(answer.contains("content-type: application/problem+json\r\n"));
    assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
}

#[tokio::test]
async fn a_body_that_ends_early_is_refused() {
    let room = Room::new().await;
    for body in [
        "content-length: 100\r\n\r\n{\"half",
        "transfer-encoding: chunked\r\n\r\nff\r\n{\"half",
    ] {
        let mut stream = connect(&room).await;
        let head = head("").trim_end().to_string();
        let text = format!("{head}\r\n{body}");
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        is_refusal(&answer(stream).await, 400, "bad_request");
    }
}

#[tokio::test]
async fn a_chunk_that_is_none_is_refused() {
    let room = Room::new().await;
    let mut stream = connect(&room).await;
    let text = head("transfer-encoding: chunked") + "zz\r\n{}\r\n0\r\n\r\n";
    stream.write_all(text.as_bytes()).await.unwrap();
    is_refusal(&answer(stream).await, 400, "bad_request");
}

#[tokio::test]
async fn a_chunked_body_over_the_limit_is_refused() {
    let room = Room::new().await;
    let mut stream = connect(&room).await;
    let text = head("transfer-encoding: chunked");
    stream.write_all(text.as_bytes()).await.unwrap();
    let chunk = vec![b' '; 64 * 1024];
    for _ in 0..limits::BODY_BYTES / chunk.len() + 2 {
        stream.write_all(b"10000\r\n").await.unwrap();
        stream.write_all(&chunk).await.unwrap();
        stream.write_all(b"\r\n").await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    is_refusal(&answer(stream).await, 413, "too_large");
}

#[tokio::test]
async fn who_asks_before_sending_is_told_before_sending() {
    let room = Room::new().await;
    let ask = |size: usize| head(&format!("expect: 100-continue\r\ncontent-length: {size}"));
    let mut stream = connect(&room).await;
    let text = ask(limits::BODY_BYTES + 1);
    stream.write_all(text.as_bytes()).await.unwrap();
    is_refusal(&answer(stream).await, 413, "too_large");

    let mut stream = connect(&room).await;
    stream.write_all(ask(2).as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{}").await.unwrap();
    assert!(answer(stream).await.starts_with("HTTP/1.1 200 "));
}
