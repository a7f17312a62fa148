use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::{output, program, values};
use clap::{Args, Subcommand, ValueEnum};
use ops_core::api::{NewTrustRule, RunnerKind, TrustRule};
use serde::Deserialize;
use serde_json::Value;

/// Whose workflow jobs may be workers, without a stored secret
#[derive(Debug, Args)]
#[command(
    after_help = "A job proves who it is by GitHub's identity token; a rule says whom to believe, and for which lanes.
Rules hold the repository's ids: a renamed repository keeps its rule, and whoever takes over its name has none.

Examples:
  ops trust add octo/infra --workflow .github/workflows/worker.yml --ref refs/heads/main --lanes A,B
  ops trust add octo/deploy --environment production --lanes prod
  ops trust list
  ops trust remove ID"
)]
pub struct TrustArgs {
    #[command(subcommand)]
    command: TrustCommand,
}

#[derive(Debug, Subcommand)]
enum TrustCommand {
    Add(Box<AddArgs>),
    /// List the rules
    List {
        #[command(flatten)]
        common: Common,
    },
    Remove(RemoveArgs),
}

/// Trust the jobs of a repository
#[derive(Debug, Args)]
#[command(
    after_help = "Without --workflow, --ref or --environment whoever can start any workflow of the repository can take runs of these lanes.

Examples:
  ops trust add octo/infra --workflow .github/workflows/worker.yml --lanes A,B
  ops trust add octo/private --repository-id 123 --owner-id 45 --lanes A"
)]
struct AddArgs {
    #[arg(value_name = "OWNER/NAME")]
    repository: String,
    /// Lanes that its jobs may take runs from; all where not given
    #[arg(long, value_name = "LANES", value_delimiter = ',', value_parser = values::lane)]
    lanes: Vec<String>,
    /// Only this workflow, such as .github/workflows/worker.yml
    #[arg(long, value_name = "PATH")]
    workflow: Option<String>,
    /// Only jobs of this reusable workflow, such as octo/shared/.github/workflows/worker.yml
    #[arg(long, value_name = "WORKFLOW")]
    job_workflow: Option<String>,
    /// Only from this ref, such as refs/heads/main
    #[arg(long = "ref", value_name = "REF")]
    git_ref: Option<String>,
    /// Only jobs of this deployment environment, whose reviewers then guard the lanes
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Only when started by these events; workflow_dispatch, repository_dispatch, schedule and push where not given
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    events: Vec<String>,
    /// Only on runners of this kind
    #[arg(long, value_enum)]
    runner: Option<Runner>,
    /// The repository's id, where the control room cannot look it up
    #[arg(long, value_name = "ID", requires = "owner_id")]
    repository_id: Option<String>,
    /// The owner's id
    #[arg(long, value_name = "ID", requires = "repository_id")]
    owner_id: Option<String>,
    /// Issuer of the identity tokens; GitHub's where not given
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Runner {
    GithubHosted,
    SelfHosted,
}

/// End a rule, and every worker's token that came by it
#[derive(Debug, Args)]
struct RemoveArgs {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: TrustArgs) -> Result<Exit, Failure> {
    match arguments.command {
        TrustCommand::Add(arguments) => add(*arguments).await,
        TrustCommand::List { common } => list(&common).await,
        TrustCommand::Remove(arguments) => remove(arguments).await,
    }
}

async fn add(arguments: AddArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let new = NewTrustRule {
        repository: arguments.repository,
        repository_id: arguments.repository_id,
        repository_owner_id: arguments.owner_id,
        issuer: arguments.issuer,
        workflow: arguments.workflow,
        job_workflow: arguments.job_workflow,
        git_ref: arguments.git_ref,
        environment: arguments.environment,
        events: arguments.events,
        runner: arguments.runner.map(|runner| match runner {
            Runner::GithubHosted => RunnerKind::GithubHosted,
            Runner::SelfHosted => RunnerKind::SelfHosted,
        }),
        lanes: arguments.lanes,
    };
    let rule = room.ask(room.client.trust_add(&new)).await?;
    if arguments.common.format() == Format::Json {
        output::json(&rule)?;
        return Ok(Exit::Success);
    }
    output::line(&rule.id)?;
    output::note(format_args!(
        "jobs of {} ({}) may take runs of {}",
        rule.repository,
        conditions(&rule),
        lanes(&rule)
    ));
    output::hint(format_args!(
        "their workflow needs `permissions: id-token: write`; take it back: {}{}",
        program::call(format_args!("trust remove {}", rule.id)),
        room.address.data_argument()
    ));
    Ok(Exit::Success)
}

async fn list(common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room.ask(room.client.get("trust.list", &[])).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    let rules = Vec::<TrustRule>::deserialize(&answer["rules"]).unwrap_or_default();
    if rules.is_empty() {
        output::note("no rules: no workflow job can be a worker without a token");
        output::hint(format_args!(
            "make one: {}",
            program::call("trust add OWNER/NAME --workflow .github/workflows/worker.yml --lanes A")
        ));
        return Ok(Exit::Success);
    }
    let mut table = Table::new(["ID", "REPOSITORY", "LANES", "ONLY", "BY"]).flexible("ONLY");
    for rule in rules {
        table.row([
            Cell::new(&rule.id),
            Cell::new(&rule.repository),
            Cell::new(lanes(&rule)),
            Cell::new(conditions(&rule)),
            Cell::new(&rule.created_by),
        ]);
    }
    table.print()?;
    Ok(Exit::Success)
}

async fn remove(arguments: RemoveArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let removed = room.ask(room.client.trust_remove(&arguments.id)).await?;
    if arguments.common.format() == Format::Json {
        output::json(&removed)?;
        return Ok(Exit::Success);
    }
    output::note(format_args!(
        "removed; {} of its tokens were still good and are not any more",
        removed.revoked
    ));
    Ok(Exit::Success)
}

fn lanes(rule: &TrustRule) -> String {
    match rule.lanes.is_empty() {
        true => "all lanes".into(),
        false => rule.lanes.join(", "),
    }
}

/// What a job must have beside its repository.
fn conditions(rule: &TrustRule) -> String {
    let named = [
        ("", &rule.workflow),
        ("jobs of ", &rule.job_workflow),
        ("", &rule.git_ref),
        ("environment ", &rule.environment),
    ];
    let mut words: Vec<String> = named
        .into_iter()
        .filter_map(|(what, value)| Some(format!("{what}{}", value.as_ref()?)))
        .collect();
    match rule.runner {
        Some(RunnerKind::GithubHosted) => words.push("github-hosted".into()),
        Some(RunnerKind::SelfHosted) => words.push("self-hosted".into()),
        None => {}
    }
    if words.is_empty() {
        words.push("any workflow".into());
    }
    words.push(format!("by {}", rule.events.join("/")));
    words.join(", ")
}
