//! Names that lead to places, and names that change their mind.

use super::address::AddressPolicy;
use super::client::{HttpClient, Request};
use reqwest::Method;
use reqwest::header::HeaderMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Answers every request with 200; tells its port.
async fn server() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                .await;
        }
    });
    port
}

/// A client in whose world each look-up of any name gives the next of these lists.
fn client(answers: &'static [&'static [&'static str]]) -> HttpClient {
    let asked = Arc::new(AtomicUsize::new(0));
    let lookup = Arc::new(move |_: String| {
        let nth = asked.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
        let found: Vec<IpAddr> = answers[nth].iter().map(|a| a.parse().unwrap()).collect();
        let found: ops_core::port::BoxFuture<'static, std::io::Result<Vec<IpAddr>>> =
            Box::pin(async move { Ok(found) });
        found
    });
    HttpClient::with_lookup(AddressPolicy::default(), lookup)
}

async fn get(client: &HttpClient, port: u16) -> Result<u16, String> {
    let request = Request {
        method: Method::GET,
        url: HttpClient::url(&format!("http://service.test:{port}/")).unwrap(),
        headers: HeaderMap::new(),
        body: None,
        follow_redirects: true,
        max_bytes: 100,
    };
    let answer = client.send(request, || true, &mut Vec::new()).await;
    answer
        .map(|answer| answer.status)
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_name_that_leads_to_credentials_is_refused_after_it_was_looked_up() {
    let port = server().await;
    for address in [
        ["169.254.169.254"],
        ["fe80::1"],
        ["::ffff:169.254.169.254"],
        ["0.0.0.0"],
    ] {
        let address: &'static [&'static str] = address.to_vec().leak();
        let client = client(vec![address].leak());
        let error = get(&client, port).await.unwrap_err();
        assert!(error.contains(address[0]), "{error}");
        assert!(error.ends_with("unless the worker allows it"), "{error}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let port = server().await;
    let client = client(&[&["127.0.0.1"], &["169.254.169.254"], &["127.0.0.1"]]);
    assert_eq!(get(&client, port).await, Ok(200));
    assert!(
        get(&client, port)
            .await
            .unwrap_err()
            .contains("169.254.169.254")
    );
    assert_eq!(get(&client, port).await, Ok(200));
}

#[tokio::test]
async fn of_several_addresses_only_those_in_reach_are_tried() {
    let port = server().await;
    let client = client(&[&["169.254.169.254", "127.0.0.1"], &[]]);
    assert_eq!(get(&client, port).await, Ok(200));
    assert_eq!(
        get(&client, port).await.unwrap_err(),
        "the name `service.test` cannot be looked up: it has no address"
    );
}

#[tokio::test]
async fn nothing_is_sent_once_the_run_has_to_stop() {
    let client = client(&[&["127.0.0.1"]]);
    let request = Request {
        method: Method::GET,
        url: HttpClient::url("http://service.test:1/").unwrap(),
        headers: HeaderMap::new(),
        body: None,
        follow_redirects: true,
        max_bytes: 100,
    };
    let answer = client.send(request, || false, &mut Vec::new()).await;
    assert_eq!(answer.unwrap_err().to_string(), "the lease is over");
}
