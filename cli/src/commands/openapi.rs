use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use clap::Args;

/// Print the API of a control room as OpenAPI 3.1
#[derive(Debug, Args)]
#[command(
    after_help = "For generators of clients, and for programs that try every verb.

Examples:
  ops openapi > openapi.json
  ops openapi | jq -r '.paths | keys[]'"
)]
pub struct OpenapiArgs {
    #[command(flatten)]
    connection: Connection,
}

pub async fn run(arguments: OpenapiArgs) -> Result<Exit, Failure> {
    let room = arguments.connection.open()?;
    let document = room.ask(room.client.openapi()).await?;
    output::line(format_args!("{document:#}"))?;
    Ok(Exit::Success)
}
