//! What a contract story runs against: a store, and time that can pass.

use crate::postgres::Postgres;
use crate::supabase::Project;
use ops_core::port::Store;
use ops_tests::model::{Model, Time};
use serde_json::json;
use std::future::Future;

pub trait World: Send + Sync + Sized {
    /// Empty, but for the token of every test database.
    fn new() -> impl Future<Output = Self> + Send;
    fn store(&self) -> &dyn Store;
    fn advance(&self, seconds: u32) -> impl Future<Output = ()> + Send;
    /// What the store's clock shows, for dates that a caller sends.
    fn now(&self) -> Time;
}

impl World for Postgres {
    async fn new() -> Self {
        Box::pin(Postgres::borrow()).await
    }

    fn store(&self) -> &dyn Store {
        self.database.store.as_ref()
    }

    async fn advance(&self, seconds: u32) {
        self.pass(seconds).await;
    }

    fn now(&self) -> Time {
        Time::of_this_machine()
    }
}

impl World for Model {
    async fn new() -> Self {
        let model = Model::new();
        let p = json!({
            "name": "test", "kinds": ["operator", "worker"],
            "token_sha256": ops_tests::harness::database::sha256_hex(ops_tests::harness::database::TOKEN),
        });
        model
            .call("ops_first_token", p)
            .await
            .expect("the first token");
        model
    }

    fn store(&self) -> &dyn Store {
        self
    }

    async fn advance(&self, seconds: u32) {
        self.advance_by(seconds);
    }

    fn now(&self) -> Time {
        Model::now(self)
    }
}

impl World for Project {
    async fn new() -> Self {
        Box::pin(Project::open()).await
    }

    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn advance(&self, seconds: u32) {
        self.postgres.pass(seconds).await;
    }

    fn now(&self) -> Time {
        Time::of_this_machine()
    }
}

/// Instantiates stories, each written once, for every world.
macro_rules! in_every_world {
    ($($story:ident),* $(,)?) => {
        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story::<crate::postgres::Postgres>().await;
            })*
        }

        mod supabase {
            $(#[tokio::test]
            async fn $story() {
                if ops_tests::harness::supabase::is_there() {
                    Box::pin(super::$story::<crate::supabase::Project>()).await;
                }
            })*
        }

        mod model {
            $(#[tokio::test]
            async fn $story() {
                super::$story::<ops_tests::model::Model>().await;
            })*
        }
    };
}
pub(crate) use in_every_world;
