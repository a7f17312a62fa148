use super::show;
use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::output::text::count;
use crate::{output, program, values};
use clap::Args;
use ops_core::api::{Member, SessionUpdate};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Who may see a session's runs; without options, the list
#[derive(Debug, Args)]
#[command(
    after_help = "A USER is the `sub` of a person's JWT. Who is a member already gets the other role. The list is read, \
changed and written whole: of two who do so at the same moment, the later one wins.

Examples:
  ops sessions members ID
  ops sessions members ID --viewer 5e1c… --operator 90ab…
  ops sessions members ID --remove 5e1c…"
)]
pub struct MembersArgs {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    /// Let this user see it
    #[arg(long = "viewer", value_name = "USER")]
    viewers: Vec<String>,
    /// Make this user an operator of it
    #[arg(long = "operator", value_name = "USER")]
    operators: Vec<String>,
    /// Take this user out
    #[arg(long = "remove", value_name = "USER")]
    removed: Vec<String>,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: MembersArgs) -> Result<Exit, Failure> {
    once(&arguments)?;
    let room = arguments.common.connection.open()?;
    let (session, _) = show::get(&room, &arguments.id).await?;
    let mut members = session.members;
    let asked = [&arguments.viewers, &arguments.operators, &arguments.removed];
    let changes = asked.iter().any(|users| !users.is_empty());
    if changes {
        members = changed(members, &arguments)?;
        let update = SessionUpdate {
            session_id: arguments.id,
            members: Some(members.clone()),
            ..SessionUpdate::default()
        };
        room.ask(room.client.sessions_update(&update)).await?;
    }
    match arguments.common.format() {
        Format::Json => output::json(&json!({ "members": members }))?,
        Format::People if members.is_empty() => output::note("no members"),
        Format::People => {
            table(&members).print()?;
            if changes {
                output::note(count(members.len() as u64, "member"));
            }
        }
    }
    Ok(Exit::Success)
}

/// Nobody is named twice.
fn once(arguments: &MembersArgs) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    let named = arguments.viewers.iter();
    let mut named = named.chain(&arguments.operators).chain(&arguments.removed);
    match named.find(|user| !seen.insert(*user)) {
        Some(user) => Err(Failure::usage(
            format!("`{user}` is named twice"),
            "give each user one of --viewer, --operator and --remove",
        )),
        None => Ok(()),
    }
}

fn changed(members: Vec<Member>, arguments: &MembersArgs) -> Result<Vec<Member>, Failure> {
    let mut roles: BTreeMap<String, String> = members
        .into_iter()
        .map(|member| (member.user_id, member.role))
        .collect();
    for user in &arguments.removed {
        if roles.remove(user).is_none() {
            return Err(Failure::Missing {
                what: format!("`{user}` is no member of this session; nothing was changed"),
                hint: format!(
                    "see who is: {}",
                    program::call(format_args!("sessions members {}", arguments.id))
                ),
            });
        }
    }
    for (users, role) in [
        (&arguments.viewers, "viewer"),
        (&arguments.operators, "operator"),
    ] {
        roles.extend(users.iter().map(|user| (user.clone(), role.to_string())));
    }
    let members = roles.into_iter();
    Ok(members
        .map(|(user_id, role)| Member { user_id, role })
        .collect())
}

pub fn table(members: &[Member]) -> Table {
    let mut table = Table::new(["MEMBER", "ROLE"]);
    for member in members {
        table.row([Cell::new(&member.user_id), Cell::new(&member.role)]);
    }
    table
}
