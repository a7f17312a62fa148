use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::pages::{self, Share};
use crate::{output, time};
use clap::Args;
use ops_core::api::AuditEntry;
use serde_json::Value;

/// Who changed what, when and from where
#[derive(Debug, Args)]
#[command(
    after_help = "The newest first. Filters compare whole words; together they narrow down.

Examples:
  ops audit
  ops audit --action runs.cancel --limit 100
  ops audit --actor ci --all --json | jq -r '.entries[] | [.ts, .action, .target] | @tsv'
  ops audit --target A"
)]
pub struct AuditArgs {
    /// What this token did: its name
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// One verb only, such as runs.cancel
    #[arg(long, value_name = "VERB")]
    action: Option<String>,
    /// What was done to this: an id of a run, session, token or worker, a slug, or a lane
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: AuditArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let filters = [
        ("actor", arguments.actor.as_deref().unwrap_or_default()),
        ("action", arguments.action.as_deref().unwrap_or_default()),
        ("target", arguments.target.as_deref().unwrap_or_default()),
    ];
    let listed = pages::list(&room, "audit.list", "entries", &filters, &arguments.share).await?;
    if arguments.common.format() == Format::Json {
        output::json(&listed.answer())?;
        return Ok(Exit::Success);
    }
    if listed.rows.is_empty() {
        output::note("no entries");
        return Ok(Exit::Success);
    }
    print(&listed.read())?;
    if listed.has_more() {
        output::hint("there are more: --limit N or --all");
    }
    Ok(Exit::Success)
}

fn print(entries: &[AuditEntry]) -> Result<(), Failure> {
    let mut table = Table::new(["TIME", "ACTOR", "ACTION", "TARGET", "DETAIL", "FROM"])
        .flexible("DETAIL")
        .spare(&["FROM"]);
    for entry in entries {
        table.row([
            Cell::new(time::micros(&entry.ts).map_or_else(|| entry.ts.clone(), time::utc)),
            Cell::new(&entry.actor),
            Cell::new(&entry.action),
            Cell::maybe(entry.target.as_deref()),
            Cell::maybe(Some(told(&entry.detail)).filter(|text| !text.is_empty())),
            Cell::maybe(entry.source_address.as_deref()),
        ]);
    }
    table.print()
}

/// `reason="wrong region" was="queued"`; what is null says nothing.
fn told(detail: &Value) -> String {
    let facts = detail.as_object().into_iter().flatten();
    let facts = facts
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| format!("{name}={value}"));
    facts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::told;
    use serde_json::json;

    #[test]
    fn details_are_one_line() {
        let detail = json!({ "reason": null, "was": "queued", "count": 3 });
        assert_eq!(told(&detail), "count=3 was=\"queued\"");
        assert_eq!(told(&json!({})), "");
    }
}
