use super::Caller;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use ops_core::port::Store;
use ops_tests::harness::database::TOKEN;
use ops_web::{App, Host, router};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A server that knows how many requests are under way: it shows when a client that hung up was
/// noticed.
pub struct Watched {
    pub caller: Caller,
    under_way: watch::Sender<usize>,
    serving: JoinHandle<()>,
}

struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn new(count: watch::Sender<usize>) -> Self {
        count.send_modify(|n| *n += 1);
        UnderWay(count)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n -= 1);
    }
}

impl Watched {
    pub async fn serve(store: Arc<dyn Store>) -> Self {
        let under_way = watch::Sender::new(0);
        let count = under_way.clone();
        let counted = from_fn(move |request: Request, next: Next| {
            let guard = UnderWay::new(count.clone());
            async move {
                let response = next.run(request).await;
                drop(guard);
                response
            }
        });
        let router = router(App::new(store, Host::NATIVE)).layer(counted);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let serving =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        // The first transport of a process brings TLS with it, which a caller needs.
        ops_client::NativeTransport::new().expect("a transport");
        Watched {
            caller: Caller::new(&url, TOKEN),
            under_way,
            serving,
        }
    }

    pub async fn until_under_way(&self, count: usize) {
        let mut receiver = self.under_way.subscribe();
        receiver.wait_for(|n| *n == count).await.expect("it lives");
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
