//! Who answers: PostgREST itself behind the gateway, and each host in front of the two.

use crate::setup::Fallible;
use ops_tests::harness::lambda::Lambda;
use ops_tests::harness::process::{Folder, Up};
use ops_tests::harness::wasmtime::{Wasmtime, component};

#[expect(dead_code, reason = "ends when dropped")]
enum Running {
    Elsewhere,
    Native(Up, Folder),
    Wasmtime(Wasmtime),
    Lambda(Lambda),
}

pub struct Side {
    pub name: &'static str,
    pub url: String,
    running: Running,
}

impl Side {
    fn new(name: &'static str, url: &str, running: Running) -> Self {
        Side {
            name,
            url: url.into(),
            running,
        }
    }

    pub fn is_bare(&self) -> bool {
        matches!(self.running, Running::Elsewhere)
    }
}

/// The bare call first.
pub async fn start(origin: &str) -> Fallible<Vec<Side>> {
    let bare = Side::new("the bare call", origin, Running::Elsewhere);
    let (url, up, folder) = native(origin).await?;
    let native = Side::new("native server", &url, Running::Native(up, folder));
    let mut sides = vec![bare, native];
    let reused = ["--max-instance-reuse-count=128"];
    for (name, version, more) in [
        ("wasmtime, 0.2", "0.2", &[][..]),
        ("wasmtime, 0.2, 128 requests an instance", "0.2", &reused),
        ("wasmtime, 0.3", "0.3", &[]),
    ] {
        let wasmtime = Wasmtime::serve(&component(version), origin, more);
        let url = wasmtime.url.clone();
        sides.push(Side::new(name, &url, Running::Wasmtime(wasmtime)));
    }
    let lambda = Lambda::start(origin).await;
    let url = lambda.url.clone();
    sides.push(Side::new("Lambda", &url, Running::Lambda(lambda)));
    Ok(sides)
}

/// Without workers and with a token of its own, which is registered while it starts.
pub async fn native(origin: &str) -> Fallible<(String, Up, Folder)> {
    let folder = Folder::new();
    let data = folder.data();
    let origin = origin.to_string();
    let up = tokio::task::spawn_blocking(move || Up::before_supabase(&data, &origin)).await?;
    Ok((up.url.clone(), up, folder))
}
