//! A worker at work on the fake control room.

use super::Folder;
use super::fake::Fake;
use ops_core::port::BoxFuture;
use ops_worker::{
    Executor, Job, Observer, Outcome, Shutdown, StepExecutor, Summary, Transports, WorkerConfig,
    WorkerError, run_with,
};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

pub struct World {
    pub fake: Arc<Fake>,
    pub folder: Folder,
    pub shutdown: Shutdown,
    pub seen: Arc<Seen>,
    pub worker: JoinHandle<Result<Summary, WorkerError>>,
}

/// What the worker told its program.
#[derive(Default)]
pub struct Seen(pub Mutex<Vec<String>>);

impl Seen {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    pub fn has(&self, start: &str) -> bool {
        self.0
            .lock()
            .unwrap()
            .iter()
            .any(|text| text.starts_with(start))
    }
}

impl Observer for Seen {
    fn lost(&self, run_id: &str, why: &str) {
        self.note(format!("lost {run_id}: {why}"));
    }

    fn line(&self, _: &str, _: Option<&str>, message: &str) {
        self.note(format!("line {}", &message[..message.len().min(100)]));
    }

    fn retrying(&self, call: &str, error: &str) {
        self.note(format!("retrying {call}: {error}"));
    }

    fn ending(&self, why: &str) {
        self.note(format!("ending: {why}"));
    }
}

pub fn config(folder: &Folder) -> WorkerConfig {
    let mut config = WorkerConfig::new("http://fake", "ops_test_token", vec!["A".into()]).unwrap();
    config.supervisor = vec![env!("CARGO_BIN_EXE_ops-supervise").into()];
    config.runs_dir = folder.path().join("runs");
    config.workspace = folder.path().join("workspace");
    std::fs::create_dir_all(&config.workspace).unwrap();
    config
}

impl World {
    pub fn start() -> Self {
        World::start_with(|_| {})
    }

    pub fn start_with(change: impl FnOnce(&mut WorkerConfig)) -> Self {
        World::on(Fake::new(), change)
    }

    pub fn on(fake: Arc<Fake>, change: impl FnOnce(&mut WorkerConfig)) -> Self {
        let folder = Folder::new();
        let mut config = config(&folder);
        change(&mut config);
        let executor = Arc::new(StepExecutor::new(&config));
        World::assemble(fake, folder, config, executor)
    }

    pub fn with_executor<E: Executor>(
        fake: Arc<Fake>,
        executor: E,
        change: impl FnOnce(&mut WorkerConfig),
    ) -> Self {
        let folder = Folder::new();
        let mut config = config(&folder);
        change(&mut config);
        World::assemble(fake, folder, config, Arc::new(executor))
    }

    fn assemble<E: Executor>(
        fake: Arc<Fake>,
        folder: Folder,
        config: WorkerConfig,
        executor: Arc<E>,
    ) -> Self {
        let shutdown = Shutdown::new();
        let seen = Arc::new(Seen::default());
        let transport = fake.clone();
        let transports: Transports = Arc::new(move || Ok(transport.clone()));
        let worker = tokio::spawn(run_with(
            config,
            shutdown.clone(),
            seen.clone(),
            executor,
            transports,
        ));
        World {
            fake,
            folder,
            shutdown,
            seen,
            worker,
        }
    }

    /// Asks the worker to end and answers what it did.
    pub async fn end(self) -> Summary {
        self.shutdown.request();
        self.worker.await.unwrap().unwrap()
    }

    /// Runs one run of these steps to its end.
    pub async fn run(steps: serde_json::Value) -> super::fake::FakeRun {
        let world = World::start();
        let id = world.fake.queue(steps);
        let run = world.fake.ended(&id).await;
        world.end().await;
        assert_eq!(super::processes_of(&id), [] as [i32; 0]);
        run
    }
}

/// A step that stays until it is ended.
pub fn stays() -> serde_json::Value {
    json!([{"id": "stay", "run": "sleep 1000 & echo up; wait"}])
}

pub async fn until_up(world: &World, id: &str) {
    world
        .fake
        .until("the step is up", |state| {
            !state.run(id).messages("stdout").is_empty()
        })
        .await;
}

/// Succeeds at once.
pub struct NoOp;

impl Executor for NoOp {
    fn execute(self: Arc<Self>, _: Job) -> BoxFuture<'static, Outcome> {
        Box::pin(async { Outcome::succeeded() })
    }
}
