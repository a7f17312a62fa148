//! Templates kept in git: a folder says which there are and what they say.

mod carry_out;
mod files;
mod plan;

use crate::args::{Common, Format};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::{Cell, Table};
use crate::output::text::count;
use crate::pages::{self, Share};
use clap::Args;
use files::File;
use ops_core::api::{Template, TemplateSource};
use ops_runbook::Diagnostic;
use plan::{Change, Kept, Stage, Step};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Make the control room's templates those of a folder
#[derive(Debug, Args)]
#[command(
    after_help = "DIR is read with its subfolders, *.yaml and *.yml, but nothing hidden. All files are checked first, \
here and by the control room: where one is faulty, nothing is changed. Then the plan is printed (+ made, ~ changed, \
- deleted, = as it is) and carried out. A template that somebody else changed meanwhile is not overwritten. What is not \
in DIR stays, unless --prune is given; `ops up` brings the runbooks that come with it back when it starts.

Exit codes: 0 done, or nothing to do; 2 no DIR, or no runbook in it; 6 a file is faulty, nothing was changed; \
7 a change was refused, the others are done.

Examples:
  ops templates apply runbooks/ --dry-run
  ops templates apply runbooks/ --prune
  ops templates apply . --prune --dry-run --json | jq -e '.changes | all(.change == \"unchanged\")'"
)]
pub struct ApplyArgs {
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Delete templates that are not in DIR
    #[arg(long)]
    prune: bool,
    /// Print the plan and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: ApplyArgs) -> Result<Exit, Failure> {
    let files = files::read(&arguments.folder)?;
    let room = arguments.common.connection.open()?;
    let kept = kept(&room, &files).await?;
    let foreign = kept.iter().filter(|kept| kept.source.is_none()).count();
    let steps = plan::plan(files, kept, arguments.prune.into());
    judged(&room, &steps).await?;
    let format = arguments.common.format();
    if format == Format::People {
        print(&steps)?;
    }
    let (steps, stage) = if arguments.dry_run {
        (steps, Stage::Planned)
    } else {
        (carry_out::all(&room, steps).await?, Stage::Done)
    };
    if format == Format::Json {
        output::json(&told(&steps, stage))?;
    } else {
        tell(&steps, stage);
        if foreign > 0 && !arguments.prune {
            output::hint(format_args!(
                "the control room has {} that {} has not; --prune deletes such",
                count(foreign as u64, "template"),
                arguments.folder.display()
            ));
        }
    }
    Ok(if steps.iter().any(|step| step.refused.is_some()) {
        Exit::Refused
    } else {
        Exit::Success
    })
}

/// What the control room has; the text of those that the folder speaks of.
async fn kept(room: &Room, files: &[File]) -> Result<Vec<Kept>, Failure> {
    let listed = pages::list(room, "templates.list", "templates", &[], &Share::ALL).await?;
    let mut kept = Vec::new();
    for template in listed.read::<Template>() {
        let spoken_of = files.iter().any(|file| file.slug == template.slug);
        let template = if spoken_of {
            room.ask(room.client.templates_get(&template.slug)).await?
        } else {
            template
        };
        kept.push(Kept {
            slug: template.slug,
            version: template.version,
            source: template.source.filter(|_| spoken_of),
        });
    }
    Ok(kept)
}

/// The control room may be of another version and know the format differently.
async fn judged(room: &Room, steps: &[Step]) -> Result<(), Failure> {
    let mut found = Vec::new();
    for step in steps {
        let (Some(file), Change::Create | Change::Update) = (&step.file, step.change) else {
            continue;
        };
        let body = TemplateSource {
            source: file.source.clone(),
        };
        let answer: Value = room
            .ask(room.client.post("templates.validate", &body))
            .await?;
        if answer["valid"] != true {
            let diagnostics = Vec::<Diagnostic>::deserialize(&answer["diagnostics"]);
            let diagnostics = diagnostics.map_err(|error| Failure::Strange {
                address: room.address.clone(),
                why: error.to_string(),
            })?;
            found.extend(diagnostics.into_iter().map(|diagnostic| Diagnostic {
                file: file.name.clone(),
                ..diagnostic
            }));
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(Failure::Runbook(found))
    }
}

fn print(steps: &[Step]) -> Result<(), Failure> {
    let mut table = Table::new(["", "SLUG", "VERSION", "FILE"]);
    for step in steps {
        let name = step.file.as_ref().map(|file| file.name.as_str());
        table.row([
            Cell::painted(step.change.sign(), step.change.paint()),
            Cell::new(&step.slug),
            Cell::new(step.versions()),
            Cell::maybe(name),
        ]);
    }
    table.print()
}

fn tell(steps: &[Step], stage: Stage) {
    let summary = plan::summary(steps, stage);
    output::note(match stage {
        Stage::Planned => format!("\n{summary}; nothing was changed"),
        Stage::Done => format!("\n{summary}"),
    });
}

fn told(steps: &[Step], stage: Stage) -> Value {
    let changes: Vec<_> = steps
        .iter()
        .map(|step| {
            json!({
                "change": step.change.word(), "slug": step.slug, "version": step.before, "new_version": step.after,
                "file": step.file.as_ref().map(|file| &file.name), "refused": step.refused,
            })
        })
        .collect();
    json!({ "dry_run": stage == Stage::Planned, "changes": changes })
}
