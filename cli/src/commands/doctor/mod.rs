mod database;
mod machine;
mod postgres;
mod report;
mod room;

use crate::args::Common;
use crate::exit::Exit;
use crate::failure::Failure;
use clap::Args;
use report::Report;

/// Check this machine and the control room, and say what to mend
#[derive(Debug, Args)]
#[command(
    after_help = "Each line begins with ok, note or problem. Exit code 1 where there is a problem.

Examples:
  ops doctor
  ops doctor --url https://ops.example.com --token \"$TOKEN\"
  ops doctor --json | jq '.checks[] | select(.state == \"problem\")'"
)]
pub struct DoctorArgs {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: DoctorArgs) -> Result<Exit, Failure> {
    let connection = &arguments.common.connection;
    let mut report = Report::default();
    let address = connection.address();
    // For a control room elsewhere this machine needs neither a database nor a data folder.
    let elsewhere = address
        .as_ref()
        .is_ok_and(|address| address.found_in.is_none());
    machine::shell(&mut report);
    if !elsewhere {
        postgres::check(&mut report);
        machine::data_folder(&mut report, &connection.data());
    }
    room::check(&mut report, address).await;
    report.print(arguments.common.format())?;
    Ok(if report.is_fine() {
        Exit::Success
    } else {
        Exit::Failed
    })
}
