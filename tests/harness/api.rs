//! The router on a real port, in this process.

use super::TestDatabase;
use ops_client::{Client, NativeTransport};
use ops_core::port::Store;
use ops_server::listen;
use ops_web::{App, Host};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A program of this workspace: test programs lie one folder below it, other programs beside it.
pub fn built(name: &str) -> PathBuf {
    let exe = std::env::current_exe().expect("a path");
    let mut places = exe
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name));
    let found = places.find(|path| path.exists());
    found.unwrap_or_else(|| panic!("`{name}` is not built; run the tests by `cargo xtask test`"))
}

pub struct Api {
    pub client: Client,
    pub url: String,
    serving: JoinHandle<()>,
}

impl Api {
    pub async fn over(database: &TestDatabase) -> Self {
        Self::serve(database.store.clone(), Host::NATIVE).await
    }

    pub async fn serve(store: Arc<dyn Store>, host: Host) -> Self {
        Self::serve_app(App::new(store, host)).await
    }

    pub async fn serve_app(app: App) -> Self {
        let router = ops_web::router(app);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (closing, closed) = watch::channel(());
        let serving = tokio::spawn(async move {
            let _open = closing;
            listen(listener, router, closed).await.expect("serves")
        });
        let client = client(&url, super::database::TOKEN);
        Api {
            client,
            url,
            serving,
        }
    }
}

pub fn client(url: &str, token: &str) -> Client {
    Client::new(
        Arc::new(NativeTransport::new().expect("a transport")),
        url,
        token,
    )
}

impl Drop for Api {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
