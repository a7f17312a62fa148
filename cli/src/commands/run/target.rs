//! What is to be run: a file, standard input, or a template.

use crate::connection::Room;
use crate::failure::Failure;
use crate::program;
use ops_core::Code;
use ops_runbook::is_slug;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

pub enum Target {
    /// The text and its parameter schema.
    File {
        source: String,
        schema: Value,
    },
    Template(String),
}

impl Target {
    /// A file that exists, or a name that can only be one; else a slug.
    pub fn of(word: &str) -> Result<Target, Failure> {
        let path = Path::new(word);
        let yaml = path
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml");
        if word == "-" {
            let mut source = String::new();
            std::io::stdin()
                .read_to_string(&mut source)
                .map_err(|error| Failure::file("read", Path::new("standard input"), error))?;
            return valid(source, "-");
        }
        if yaml || path.is_file() || word.contains('/') {
            return valid(read_runbook(path)?, word);
        }
        if is_slug(word) {
            return Ok(Target::Template(word.into()));
        }
        Err(Failure::usage(
            format!("`{word}` is neither a file nor the slug of a template"),
            format!("see the templates: {}", program::call("templates list")),
        ))
    }

    /// The schema of the parameters.
    pub async fn schema(&self, room: &Room) -> Result<Value, Failure> {
        let slug = match self {
            Target::File { schema, .. } => return Ok(schema.clone()),
            Target::Template(slug) => slug,
        };
        match room.client.templates_get(slug).await {
            Ok(template) => Ok(template.params),
            Err(error) if error.code() == Some(Code::NotFound) => Err(unknown(room, slug).await),
            Err(error) => Err(room.failure(error)),
        }
    }
}

pub fn read_runbook(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, error))
}

fn valid(source: String, name: &str) -> Result<Target, Failure> {
    let runbook = ops_runbook::parse(&source, name).map_err(Failure::Runbook)?;
    Ok(Target::File {
        source,
        schema: runbook.params,
    })
}

/// Says what there is instead.
async fn unknown(room: &Room, slug: &str) -> Failure {
    let file = ["yaml", "yml"].map(|ending| format!("{slug}.{ending}"));
    let beside = file.iter().find(|name| Path::new(name).is_file());
    let hint = match (beside, room.client.templates_list().await) {
        (Some(file), _) => {
            format!(
                "there is a file of that name: {}",
                program::call(format_args!("run {file}"))
            )
        }
        (None, Ok(templates)) if !templates.is_empty() => {
            let slugs: Vec<_> = templates.into_iter().take(20).map(|t| t.slug).collect();
            format!("there are: {}", slugs.join(", "))
        }
        _ => format!("add one: {}", program::call("templates create FILE")),
    };
    Failure::Missing {
        what: format!("there is no template `{slug}`"),
        hint,
    }
}
