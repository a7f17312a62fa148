mod holder;

use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{folder, output, program, signals, values};
use clap::Args;
use ops_server::{GitHubSettings, LogForm, Source, Up, UpError, UpOptions};
use ops_worker::Shutdown;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Start a control room on this machine: database, API and workers
#[derive(Debug, Args)]
#[command(
    after_help = "Ctrl-C stops everything in good order: workers hand their runs back, the database is closed. \
A second Ctrl-C does not wait. The data stays; the next start finds it again, with the same token.

Examples:
  ops up
  ops up --workers 8 --lanes A,B
  ops up --listen 127.0.0.1:0 --data ./ops-data --json
  ops up --database-url postgres://user:secret@db.example.com/ops
  OPS_SUPABASE_KEY=sb_secret_… ops up --supabase-url https://abc.supabase.co"
)]
pub struct UpArgs {
    /// Address of the API; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4173")]
    listen: SocketAddr,
    /// Where everything is kept [default: ~/.local/share/ops-control-room]
    #[arg(long, env = "OPS_DATA", value_name = "DIR")]
    data: Option<OsString>,
    /// Local workers; 0 for none
    #[arg(long, value_name = "N", default_value_t = 2)]
    workers: u16,
    /// Lanes of the local workers
    #[arg(long, value_name = "LANES", value_delimiter = ',', default_value = "A,B,C,D", value_parser = values::lane)]
    lanes: Vec<String>,
    /// Use this PostgreSQL instead of a private one
    #[arg(
        long,
        env = "OPS_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Use this Supabase project, such as https://abc.supabase.co; its secret key is taken from
    /// OPS_SUPABASE_KEY, because arguments can be seen by others
    #[arg(
        long,
        env = "OPS_SUPABASE_URL",
        value_name = "URL",
        conflicts_with = "database_url"
    )]
    supabase_url: Option<String>,
    /// Delete runs that ended so many days ago, logs and artifacts with them; without it they stay
    #[arg(long, env = "OPS_KEEP_DAYS", value_name = "DAYS", value_parser = keep_days)]
    keep_days: Option<u32>,
    /// What the server says on standard error: `text` for people, warnings and errors alone; `json`, an object a line,
    /// with runs and attempts
    #[arg(long, env = "OPS_LOG", value_name = "FORM", default_value = "text", value_parser = log_form)]
    log: LogForm,
    /// Print one line of JSON when ready, for programs
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: UpArgs) -> Result<Exit, Failure> {
    let format = Format::from(arguments.json);
    ops_server::write_log_as(arguments.log);
    let shutdown = Shutdown::new();
    let asked = signals::watch(shutdown.clone(), tell_stopping)?;
    let started = tokio::select! {
        started = Box::pin(ops_server::start(options(&arguments)?)) => started,
        () = shutdown.requested_now() => return Ok(Exit::Interrupted),
    };
    let up = started.map_err(failure)?;
    // Asked to stop while it started: whoever waits for the line must not take it for ready.
    if !shutdown.is_requested() {
        tell_ready(&up, &arguments, format)?;
    }
    Box::pin(up.run(shutdown)).await.map_err(failure)?;
    if asked.at_once() {
        return Ok(Exit::Interrupted);
    }
    output::note("stopped; nothing is left running");
    Ok(Exit::Success)
}

fn options(arguments: &UpArgs) -> Result<UpOptions, Failure> {
    Ok(UpOptions {
        listen: arguments.listen,
        data: folder::data(arguments.data.clone()),
        workers: arguments.workers.into(),
        lanes: arguments.lanes.clone(),
        source: source(arguments),
        keep_days: arguments.keep_days,
        github: GitHubSettings::from_environment(),
        supervisor: supervisor()?,
        report: Arc::new(|line| output::note(line)),
    })
}

fn log_form(text: &str) -> Result<LogForm, String> {
    LogForm::parse(text).ok_or_else(|| "must be `text` or `json`".into())
}

fn keep_days(text: &str) -> Result<u32, String> {
    let wrong = || "must be a number of days, 1 to 36500".to_string();
    ops_core::limits::keep_days(text).ok_or_else(wrong)
}

fn source(arguments: &UpArgs) -> Source {
    let given = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
    match (
        given(&arguments.supabase_url),
        given(&arguments.database_url),
    ) {
        (Some(url), _) => Source::Supabase {
            url,
            key: std::env::var("OPS_SUPABASE_KEY").unwrap_or_default(),
        },
        (None, Some(url)) => Source::Postgres { url },
        (None, None) => Source::Private,
    }
}

/// Starts this very program in supervise mode, also where its file was replaced meanwhile.
fn supervisor() -> Result<Vec<OsString>, Failure> {
    let own = if cfg!(any(target_os = "linux", target_os = "android")) {
        PathBuf::from("/proc/self/exe")
    } else {
        std::env::current_exe().map_err(Failure::Runtime)?
    };
    Ok(vec![own.into(), "supervise".into()])
}

fn tell_stopping(times: usize) {
    output::note(match times {
        1 => "stopping: runs are handed back, then the database is closed (Ctrl-C again: at once)",
        _ => "stopping at once",
    });
}

fn tell_ready(up: &Up, arguments: &UpArgs, format: Format) -> Result<(), Failure> {
    if format == Format::Json {
        let mut facts = up.facts();
        if let Value::Object(fields) = &mut facts {
            fields.insert("url".into(), up.url().into());
            fields.insert("token".into(), up.token().into());
        } else {
            facts = json!({ "url": up.url(), "token": up.token() });
        }
        return output::json(&facts);
    }
    let workers = output::text::count(arguments.workers.into(), "local worker");
    output::line(format_args!(
        "\nOps Control Room is ready: {workers}, lanes {}\n\n  pages  {}/?token={}\n  url    {}\n  token  {}\n  data   {}",
        arguments.lanes.join(", "),
        up.url(),
        up.token(),
        up.url(),
        up.token(),
        up.data()
            .canonicalize()
            .unwrap_or_else(|_| up.data().into())
            .display()
    ))?;
    output::hints([
        format!(
            "in another terminal: {}",
            program::call(format_args!(
                "run hello -p name=you --follow{}",
                data_argument(up)
            ))
        ),
        "Ctrl-C stops everything; the data stays".into(),
    ]);
    Ok(())
}

/// What the next command needs to find a data folder that is not the usual one.
fn data_argument(up: &Up) -> String {
    let usual = folder::default_data().canonicalize().ok();
    match up.data().canonicalize() {
        Ok(data) if Some(&data) != usual.as_ref() => {
            format!(" --data {}", program::quoted(&data.to_string_lossy()))
        }
        _ => String::new(),
    }
}

fn failure(error: UpError) -> Failure {
    let holder = match &error {
        UpError::PortInUse { address } => holder::of_port(address.port()),
        _ => None,
    };
    Failure::Up {
        error: Box::new(error),
        holder,
    }
}
