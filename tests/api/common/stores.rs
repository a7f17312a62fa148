use ops_core::port::{BoxFuture, Store, StoreError};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// A store whose calls are written down, in the order in which they were answered.
pub struct Counting {
    inner: Arc<dyn Store>,
    answered: watch::Sender<Vec<&'static str>>,
    under_way: watch::Sender<usize>,
}

impl Counting {
    pub fn over(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Counting {
            inner,
            answered: watch::Sender::default(),
            under_way: watch::Sender::default(),
        })
    }

    /// The calls since the last time it was asked.
    pub fn take(&self) -> Vec<&'static str> {
        self.answered.send_replace(Vec::new())
    }

    /// Waits until no call is under way, not even one that nobody waits for.
    pub async fn idle(&self) {
        let mut receiver = self.under_way.subscribe();
        receiver.wait_for(|n| *n == 0).await.expect("it lives");
    }

    /// Waits until `count` calls of `function` were answered.
    pub async fn seen(&self, function: &str, count: usize) {
        let enough = |calls: &Vec<&str>| calls.iter().filter(|f| **f == function).count() >= count;
        let mut receiver = self.answered.subscribe();
        receiver.wait_for(enough).await.expect("the store lives");
    }
}

impl Store for Counting {
    /// The call comes to its end also when nobody waits for it any more, as in the database.
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        let inner = self.inner.clone();
        let (answered, under_way) = (self.answered.clone(), self.under_way.clone());
        Box::pin(async move {
            under_way.send_modify(|n| *n += 1);
            let call = tokio::spawn(async move {
                let answer = inner.call(function, p).await;
                under_way.send_modify(|n| *n -= 1);
                answered.send_modify(|calls| calls.push(function));
                answer
            });
            call.await.expect("no panic")
        })
    }
}

/// A store that says the same whatever it is asked, and keeps what it was asked.
pub struct Stub {
    answer: Result<Value, StoreError>,
    pub asked: Mutex<Vec<Value>>,
}

impl Stub {
    pub fn answering(answer: Result<Value, StoreError>) -> Arc<Self> {
        Arc::new(Stub {
            answer,
            asked: Mutex::default(),
        })
    }
}

impl Store for Stub {
    fn call<'a>(&'a self, _: &'static str, p: Value) -> BoxFuture<'a, Result<Value, StoreError>> {
        self.asked.lock().expect("no panic").push(p);
        Box::pin(async { self.answer.clone() })
    }
}
