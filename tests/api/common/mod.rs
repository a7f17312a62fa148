//! HTTP as a client that is not ours would speak it: every header and every byte is the test's own.

mod browser;
mod documented;
mod reply;
mod stores;
mod watched;
mod work;

pub use browser::Browser;
pub use reply::Reply;
pub use stores::{Counting, Stub};
pub use watched::Watched;
pub use work::{claim, inline, runbook, with};

use ops_core::BASE_PATH;
use ops_core::blobs::Blobs;
use ops_core::port::Store;
use ops_tests::harness::database::TOKEN;
use ops_tests::harness::{Api, TestDatabase};
use ops_web::{App, Host};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// A test that hangs is a test that failed; no test measures this.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Speaks to one server with one token.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    pub origin: String,
    token: String,
}

impl Caller {
    pub fn new(origin: &str, token: &str) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).build();
        Caller {
            http: http.expect("a client"),
            origin: origin.into(),
            token: token.into(),
        }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Caller {
            token: token.into(),
            ..self.clone()
        }
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// A request without token and body; the verb may carry a query.
    pub fn bare(&self, method: Method, verb: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{BASE_PATH}/{verb}", self.origin))
    }

    pub fn request(&self, method: Method, verb: &str) -> RequestBuilder {
        self.bare(method, verb).bearer_auth(&self.token)
    }

    pub async fn post(&self, verb: &str, body: Value) -> Reply {
        self.post_text(verb, body.to_string()).await
    }

    pub async fn post_text(&self, verb: &str, body: impl Into<reqwest::Body>) -> Reply {
        let request = self.request(Method::POST, verb).body(body);
        send(request.header("content-type", "application/json")).await
    }

    pub async fn get(&self, verb: &str) -> Reply {
        send(self.request(Method::GET, verb)).await
    }

    /// Mints a token through the API and speaks with it.
    pub async fn mint(&self, token: Value) -> Caller {
        let made = self.post("tokens.create", token).await.is(201);
        self.with_token(made["token"].as_str().expect("a token"))
    }

    pub async fn mint_kind(&self, kind: &str) -> Caller {
        self.mint(json!({ "name": kind, "kinds": [kind] })).await
    }
}

pub async fn send(request: RequestBuilder) -> Reply {
    Reply::of(request.send().await.expect("an answer")).await
}

/// A server over a database of its own, and a caller who may do everything.
pub struct Room {
    pub db: TestDatabase,
    api: Api,
    caller: Caller,
}

impl Room {
    pub async fn new() -> Self {
        Room::over(TestDatabase::new().await).await
    }

    pub async fn over(db: TestDatabase) -> Self {
        let store = db.store.clone();
        Room::with(db, store, Host::NATIVE).await
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.api.url
    }

    /// A server whose calls are counted.
    pub async fn counted(db: TestDatabase) -> (Self, Arc<Counting>) {
        let store = Counting::over(db.store.clone());
        let room = Room::with(db, store.clone(), Host::NATIVE).await;
        (room, store)
    }

    pub async fn with(db: TestDatabase, store: Arc<dyn Store>, host: Host) -> Self {
        Room::with_app(db, App::new(store, host)).await
    }

    /// A server with a place for large artifacts.
    pub async fn with_blobs(db: TestDatabase, blobs: Arc<dyn Blobs>) -> Self {
        let app = App::new(db.store.clone(), Host::NATIVE).with_blobs(blobs);
        Room::with_app(db, app).await
    }

    pub async fn with_app(db: TestDatabase, app: App) -> Self {
        let api = Api::serve_app(app).await;
        let caller = Caller::new(&api.url, TOKEN);
        Room { db, api, caller }
    }
}

impl Deref for Room {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}
