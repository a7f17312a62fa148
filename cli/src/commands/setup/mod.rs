mod show;
mod steps;

use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use clap::Args;
use ops_setup::sql_to_paste;
use steps::Access;

/// Install a control room's database, or find out what is wrong with it
#[derive(Debug, Args)]
#[command(
    after_help = "Three steps: reach the project, install the schema, verify it by what it does. \
Run it again at any time: it mends what it may and says what you must do. \
Exit code 1 where something is wrong.

Secrets come from the environment, because arguments can be seen by others:
  OPS_SUPABASE_KEY              secret key of the project (sb_secret_…)
  SUPABASE_ACCESS_TOKEN         sbp_…, to install through the Management API
  OPS_DATABASE_URL              to install by a connection to the database
  OPS_SUPABASE_PUBLISHABLE_KEY  to try that strangers are refused

Without one of the two ways to install, paste what --print-sql prints into the project's SQL editor, \
while --watch waits for it.

Examples:
  ops setup --supabase-url https://abc.supabase.co
  ops setup --print-sql | pbcopy
  ops setup --supabase-url https://abc.supabase.co --watch
  ops setup --database-url postgres://user:secret@db.example.com/ops --check"
)]
pub struct SetupArgs {
    /// The project's own address
    #[arg(long, env = "OPS_SUPABASE_URL", value_name = "URL")]
    supabase_url: Option<String>,
    /// A connection to the database, direct or through the session pooler
    #[arg(
        long,
        env = "OPS_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Look, and change nothing
    #[arg(long, conflicts_with = "watch")]
    check: bool,
    /// Wait until somebody has pasted the SQL, then verify
    #[arg(long)]
    watch: bool,
    /// Print the SQL that installs everything, and do nothing else
    #[arg(long)]
    print_sql: bool,
    /// Print JSON for programs and nothing else
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: SetupArgs) -> Result<Exit, Failure> {
    if arguments.print_sql {
        output::write(sql_to_paste())?;
        return Ok(Exit::Success);
    }
    let given = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let access = Access {
        supabase_url: given(&arguments.supabase_url),
        database_url: given(&arguments.database_url),
        key: variable("OPS_SUPABASE_KEY").unwrap_or_default(),
        publishable: variable("OPS_SUPABASE_PUBLISHABLE_KEY"),
        access_token: variable("SUPABASE_ACCESS_TOKEN"),
    };
    if access.supabase_url.is_none() && access.database_url.is_none() {
        return Err(Failure::Usage {
            message: "whose database? give --supabase-url or --database-url".into(),
            hint: "ops setup --help has examples; `ops up` needs neither".into(),
        });
    }
    let intent = match (arguments.check, arguments.watch) {
        (true, _) => steps::Intent::Look,
        (_, true) => steps::Intent::Wait,
        _ => steps::Intent::Install,
    };
    let outcome = steps::take(&access, intent).await?;
    show::show(&outcome, Format::from(arguments.json))?;
    Ok(if outcome.is_fine() {
        Exit::Success
    } else {
        Exit::Failed
    })
}
