//! Hosts of the router, each over a database of its own.

use crate::lambda::Lambda;
use ops_client::NativeTransport;
use ops_core::port::Store;
use ops_store_supabase::{Origin, ServiceKey, SupabaseStore};
use ops_tests::harness::gateway::SECRET_KEY;
use ops_tests::harness::supabase::Supabase;
use ops_tests::harness::{Api, TestDatabase, not_run};
use ops_web::Host as Pace;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A listener, and PostgreSQL itself behind the router: what the others are compared with.
    Native,
    /// The same listener in front of Supabase.
    NativeBeforeSupabase,
    /// `wasmtime serve`, with requests per instance as it chooses, or so many.
    Wasi(&'static str, Option<u32>),
    Lambda,
}

enum Running {
    Task(#[expect(dead_code, reason = "ends when dropped")] Api),
    Process(Child),
    Lambda(#[expect(dead_code, reason = "ends when dropped")] Lambda),
}

pub struct Host {
    pub url: String,
    running: Running,
    // In this order: a process first loses its gateway, then its database.
    _supabase: Option<Supabase>,
    _database: TestDatabase,
}

impl Host {
    pub async fn start(kind: Kind) -> Host {
        let database = TestDatabase::new().await;
        if kind == Kind::Native {
            let api = Api::serve(database.store.clone(), Pace::NATIVE).await;
            return Host {
                url: api.url.clone(),
                running: Running::Task(api),
                _supabase: None,
                _database: database,
            };
        }
        let supabase = Box::pin(Supabase::over(&database.config)).await;
        let origin = supabase.gateway.origin.clone();
        let (url, running) = match kind {
            Kind::Wasi(version, reuse) => wasmtime(&origin, version, reuse),
            Kind::Lambda => {
                let lambda = Lambda::start(&origin).await;
                (lambda.url.clone(), Running::Lambda(lambda))
            }
            Kind::Native | Kind::NativeBeforeSupabase => {
                let api = Api::serve(store(&origin), Pace::NATIVE_BEFORE_SUPABASE).await;
                (api.url.clone(), Running::Task(api))
            }
        };
        Host {
            url,
            running,
            _supabase: Some(supabase),
            _database: database,
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Running::Process(child) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn store(origin: &str) -> Arc<dyn Store> {
    Arc::new(SupabaseStore::new(
        NativeTransport::new().expect("a transport"),
        &Origin::parse(origin).expect("an origin"),
        &ServiceKey::parse(SECRET_KEY).expect("a key"),
    ))
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Whether a host can be tried here: `cargo xtask test` brings what it needs.
pub fn is_there(kind: Kind) -> bool {
    if kind == Kind::Native {
        return true;
    }
    if !ops_tests::harness::supabase::is_there() {
        return false;
    }
    let Kind::Wasi(version, _) = kind else {
        return true;
    };
    let is_there = wasmtime_program().is_file() && component(version).is_file();
    if !is_there {
        not_run("wasmtime and the components, which `cargo xtask test` brings");
    }
    is_there
}

fn wasmtime_program() -> PathBuf {
    root().join("tools/wasmtime")
}

pub fn component(version: &str) -> PathBuf {
    root().join(format!("dist/ops-wasi-{version}.wasm"))
}

fn wasmtime(origin: &str, version: &str, reuse: Option<u32>) -> (String, Running) {
    let mut command = Command::new(wasmtime_program());
    command.args(["serve", "-Scli", "--addr", "127.0.0.1:0"]);
    if let Some(reuse) = reuse {
        command.arg(format!("--max-instance-reuse-count={reuse}"));
    }
    command
        .arg("--env")
        .arg(format!("OPS_SUPABASE_URL={origin}"))
        .arg("--env")
        .arg(format!("OPS_SUPABASE_KEY={SECRET_KEY}"))
        .arg(component(version))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("wasmtime starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut said = Vec::new();
    let url = loop {
        let line = lines.next().and_then(Result::ok);
        let line = line.unwrap_or_else(|| panic!("wasmtime ended: {said:#?}"));
        if let Some((_, url)) = line.split_once("Serving HTTP on ") {
            break url.trim_end_matches('/').to_string();
        }
        said.push(line);
    };
    // What the component says is shown where a test fails.
    std::thread::spawn(move || {
        lines
            .map_while(Result::ok)
            .for_each(|line| eprintln!("{line}"));
    });
    (url, Running::Process(child))
}
