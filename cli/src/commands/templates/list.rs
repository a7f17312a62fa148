use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::pages::{self, Share};
use crate::{output, program, time};
use ops_core::api::Template;

pub async fn run(common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let listed = pages::list(&room, "templates.list", "templates", &[], &Share::ALL).await?;
    if common.format() == Format::Json {
        output::json(&listed.answer())?;
        return Ok(Exit::Success);
    }
    if listed.rows.is_empty() {
        output::note("no templates");
        output::hint(format_args!(
            "add one: {}",
            program::call("templates create FILE")
        ));
        return Ok(Exit::Success);
    }
    print(&listed.read())?;
    Ok(Exit::Success)
}

fn print(templates: &[Template]) -> Result<(), Failure> {
    let now = time::now();
    let mut table =
        Table::new(["SLUG", "TITLE", "VERSION", "LANE", "PARAMETERS", "CHANGED"]).flexible("TITLE");
    for template in templates {
        let params: Vec<_> = template.params["properties"]
            .as_object()
            .map(|p| p.keys().cloned().collect())
            .unwrap_or_default();
        table.row([
            Cell::new(&template.slug),
            Cell::new(&template.title),
            Cell::new(template.version.to_string()),
            Cell::maybe(template.default_lane.as_deref()),
            Cell::maybe(Some(params.join(", ")).filter(|text| !text.is_empty())),
            Cell::maybe(
                time::micros(&template.updated_at)
                    .map(|then| format!("{} ago", time::age(then, now))),
            ),
        ]);
    }
    table.print()
}
