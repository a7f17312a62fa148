use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::style::Paint;
use crate::output::table::{Cell, Table};
use crate::{output, program, time, values};
use clap::{Args, Subcommand};
use ops_core::api::{NewToken, Token, TokenKind};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// Who may do what: operators, viewers, workers
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops tokens create --name ci --kind worker --lanes A,B --expires 30d
  ops tokens create --name dashboard --kind viewer
  ops tokens list
  ops tokens revoke ID")]
pub struct TokensArgs {
    #[command(subcommand)]
    command: TokensCommand,
}

#[derive(Debug, Subcommand)]
enum TokensCommand {
    Create(CreateArgs),
    /// List tokens; they themselves are kept nowhere
    List {
        #[command(flatten)]
        common: Common,
    },
    /// End a token at once
    Revoke {
        #[arg(value_name = "ID", value_parser = values::id)]
        id: String,
        #[command(flatten)]
        common: Common,
    },
}

/// Mint a token and print it, this once
#[derive(Debug, Args)]
struct CreateArgs {
    /// Whose it is; the audit trail names it
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What it may do: operator (everything), viewer (read), worker (claim and report); more than one with commas
    #[arg(long = "kind", required = true, value_name = "KIND", value_delimiter = ',', value_parser = values::token_kind)]
    kinds: Vec<TokenKind>,
    /// Lanes that a worker's token is bound to; all where not given
    #[arg(long, value_name = "LANES", value_delimiter = ',', value_parser = values::lane)]
    lanes: Vec<String>,
    /// How long it is good, such as 30d; for ever where not given
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    expires: Option<Duration>,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: TokensArgs) -> Result<Exit, Failure> {
    match arguments.command {
        TokensCommand::Create(arguments) => create(arguments).await,
        TokensCommand::List { common } => list(&common).await,
        TokensCommand::Revoke { id, common } => revoke(&id, &common).await,
    }
}

async fn create(arguments: CreateArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let new = NewToken {
        name: arguments.name,
        kinds: arguments.kinds,
        lanes: arguments.lanes,
        expires_in_seconds: arguments.expires.map(|expires| expires.as_secs()),
    };
    let created = room.ask(room.client.tokens_create(&new)).await?;
    match arguments.common.format() {
        Format::Json => output::json(&created)?,
        Format::People => {
            output::line(&created.token)?;
            output::note("this is shown once and kept nowhere; store it now");
            let call = program::call(format_args!("tokens revoke {}", created.id));
            output::hint(format_args!(
                "end it: {call}{}",
                room.address.data_argument()
            ));
        }
    }
    Ok(Exit::Success)
}

async fn list(common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room.ask(room.client.get("tokens.list", &[])).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    let now = time::now();
    let ago = |at: Option<&str>| {
        at.and_then(time::micros)
            .map(|then| format!("{} ago", time::age(then, now)))
    };
    let mut table = Table::new([
        "ID", "NAME", "KIND", "LANES", "STATE", "EXPIRES", "USED", "AGE",
    ])
    .flexible("NAME");
    for token in Vec::<Token>::deserialize(&answer["tokens"]).unwrap_or_default() {
        let expires = token.expires_at.as_deref().and_then(time::micros);
        let state = match (&token.revoked_at, expires) {
            (Some(_), _) => Cell::painted("revoked", Paint::Red),
            (None, Some(end)) if end <= now => Cell::painted("expired", Paint::Yellow),
            _ => Cell::painted("good", Paint::Green),
        };
        let kinds: Vec<_> = token.kinds.iter().map(|kind| word(*kind)).collect();
        table.row([
            Cell::new(&token.id),
            Cell::new(&token.name),
            Cell::new(kinds.join(", ")),
            Cell::new(if token.lanes.is_empty() {
                "all".into()
            } else {
                token.lanes.join(", ")
            }),
            state,
            Cell::new(expires.map_or("never".into(), time::utc)),
            Cell::new(ago(token.last_used_at.as_deref()).unwrap_or("never".into())),
            Cell::maybe(time::micros(&token.created_at).map(|then| time::age(then, now))),
        ]);
    }
    table.print()?;
    Ok(Exit::Success)
}

async fn revoke(id: &str, common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room
        .ask(
            room.client
                .post("tokens.revoke", &serde_json::json!({ "token_id": id })),
        )
        .await?;
    match common.format() {
        Format::Json => output::json(&answer)?,
        Format::People => output::note("revoked; it is refused from now on"),
    }
    Ok(Exit::Success)
}

fn word(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Operator => "operator",
        TokenKind::Viewer => "viewer",
        TokenKind::Worker => "worker",
    }
}
