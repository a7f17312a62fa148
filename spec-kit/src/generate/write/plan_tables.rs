use super::{Context, Page, and, codes};
use crate::facts::Role;
use crate::generate::work::{Layer, Task};
use crate::manifest::{NodeKind, Relation, compare_ids};
use crate::model::words::Stem;
use crate::model::{Node, Statement, Table, concepts, markdown};
use crate::order::{Gather, Order};
use std::collections::BTreeSet;

const MAX_ROWS: usize = 20_000;

pub(super) fn data_model(page: &mut Page, context: &Context) {
    page.heading(2, "Data Model");
    let tables = &context.model.inventory.tables;
    if tables.is_empty() {
        page.paragraph("The source names no tables.");
        entities(page, context);
        return;
    }
    page.paragraph(
        "Columns are those that the source names, in its indexes, rules and lists; a table needs \
         more. Indexes are as the source writes them.",
    );
    let rows: Vec<Vec<String>> = tables
        .iter()
        .enumerate()
        .take(MAX_ROWS)
        .map(|(at, table)| {
            vec![
                format!("`{}`", table.thing.name),
                table.thing.text.clone(),
                columns(table),
                indexes(table),
                used_by(context, at),
                context.lines(&[table.thing.span]),
            ]
        })
        .collect();
    page.table(
        &[
            "Table",
            "Holds",
            "Columns named",
            "Indexes",
            "Used by",
            "Source",
        ],
        &rows,
    );
    let with_parents: Vec<&Table> = tables.iter().filter(|t| !t.parents.is_empty()).collect();
    if !with_parents.is_empty() {
        page.paragraph("By the names of their columns, tables refer to each other like this:");
        for table in with_parents {
            page.write(format_args!(
                "- `{}` → {}",
                table.thing.name,
                and(&codes(table.parents.iter().map(String::as_str)))
            ));
        }
    }
    entities(page, context);
}

fn columns(table: &Table) -> String {
    codes(table.columns.iter().map(|column| column.name.as_str())).join(", ")
}

fn indexes(table: &Table) -> String {
    let names: Vec<String> = table
        .indexes
        .iter()
        .map(|index| {
            let why = if index.text.is_empty() {
                String::new()
            } else {
                format!(" ({})", index.text)
            };
            format!("`{}`{why}", index.name)
        })
        .collect();
    names.join("; ")
}

fn used_by(context: &Context, table: usize) -> String {
    let users = context.work.facets.by_table.get(table);
    let ids: Vec<&str> = users
        .into_iter()
        .flatten()
        .map(String::as_str)
        .take(8)
        .collect();
    ids.join(", ")
}

/// Names that a text may begin with, found by as many looks as there are lengths of them.
struct Names<'a> {
    lengths: BTreeSet<usize>,
    names: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(names: impl Iterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_set();
        let lengths = names.iter().map(|name| name.len()).collect();
        Self { lengths, names }
    }

    fn begin(&self, text: &str) -> bool {
        let mut heads = self.lengths.iter().filter_map(|length| text.get(..*length));
        heads.any(|head| self.names.contains(head))
    }
}

/// What the source says of its data beside the tables.
pub(super) fn said_of_data<'a>(context: &Context<'a>) -> Vec<&'a Statement> {
    let tables = &context.model.inventory.tables;
    let names = Names::of(tables.iter().map(|table| table.thing.name.as_str()));
    let places: BTreeSet<usize> = tables.iter().map(|table| table.thing.span.start).into_set();
    let is_table = |statement: &Statement| {
        let span = statement.span;
        names.begin(statement.text.trim_start_matches(['`', '*']))
            || places.range(span.start..span.end).next().is_some()
    };
    let all = context.model.statements.iter();
    all.filter(|statement| statement.role == Role::Entities && !is_table(statement))
        .take(100)
        .collect()
}

fn entities(page: &mut Page, context: &Context) {
    for statement in said_of_data(context) {
        page.write(format_args!(
            "- {}{}",
            statement.text,
            context.mark(&[statement.span])
        ));
    }
}

pub(super) fn contracts(page: &mut Page, context: &Context) {
    page.heading(2, "Contracts");
    let endpoints = &context.model.inventory.endpoints;
    if endpoints.is_empty() {
        page.paragraph("The source names no endpoints.");
        return;
    }
    let rows: Vec<Vec<String>> = endpoints
        .iter()
        .enumerate()
        .take(MAX_ROWS)
        .map(|(at, thing)| {
            let (method, path) = thing.name.split_once(' ').unwrap_or(("", &thing.name));
            let facets = &context.work.facets;
            let tables = facets
                .endpoint_tables
                .get(at)
                .into_iter()
                .flatten()
                .filter_map(|table| context.model.inventory.tables.get(*table))
                .map(|table| table.thing.name.as_str());
            vec![
                method.to_owned(),
                format!("`{path}`"),
                thing.text.clone(),
                codes(tables).join(", "),
                facets
                    .endpoints
                    .get(at)
                    .cloned()
                    .flatten()
                    .unwrap_or_default(),
                context.lines(&[thing.span]),
            ]
        })
        .collect();
    page.table(
        &[
            "Method",
            "Path",
            "Purpose",
            "Tables",
            "Requirement",
            "Source",
        ],
        &rows,
    );
    for statement in context
        .model
        .statements
        .iter()
        .filter(|s| s.role == Role::Endpoints && !names_endpoint(&s.text))
        .take(40)
    {
        page.write(format_args!(
            "- {}{}",
            statement.text,
            context.mark(&[statement.span])
        ));
    }
    page.paragraph(
        "The source gives no request and response bodies beyond this; write them down with the \
         first task that serves an endpoint.",
    );
}

fn names_endpoint(text: &str) -> bool {
    ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "]
        .iter()
        .any(|method| text.contains(method))
}

pub(super) fn interface(page: &mut Page, context: &Context) {
    let screens = &context.model.inventory.screens;
    let names = Names::of(screens.iter().map(|screen| screen.name.as_str()));
    let said: Vec<_> = context
        .model
        .statements
        .iter()
        .filter(|s| s.role == Role::Interface)
        .filter(|s| !names.begin(s.text.trim_start_matches('*')))
        .take(100)
        .collect();
    if screens.is_empty() && said.is_empty() {
        return;
    }
    page.heading(2, "User Interface");
    if !screens.is_empty() {
        let rows: Vec<Vec<String>> = screens
            .iter()
            .enumerate()
            .take(MAX_ROWS)
            .map(|(at, screen)| {
                let owner = context.work.facets.screens.get(at).cloned().flatten();
                vec![
                    screen.bold(),
                    screen.text.clone(),
                    owner.unwrap_or_default(),
                    context.lines(&[screen.span]),
                ]
            })
            .collect();
        page.table(&["Screen", "What it shows", "Requirement", "Source"], &rows);
    }
    for statement in said {
        page.write(format_args!(
            "- {}{}",
            statement.text,
            context.mark(&[statement.span])
        ));
    }
}

/// What one phase makes, by what its tasks say that they make.
pub(super) fn stage_inventory(page: &mut Page, _context: &Context, tasks: &[&Task]) {
    for (label, kind) in [
        ("Tables", "table "),
        ("Indexes of", "indexes "),
        ("Endpoints", "endpoint "),
        ("Screens", "screen "),
    ] {
        let mut names: Vec<&str> = tasks
            .iter()
            .flat_map(|task| &task.makes)
            .filter_map(|made| made.strip_prefix(kind))
            .collect();
        names.dedup();
        if !names.is_empty() {
            let shown = codes(names.iter().take(24).copied());
            let more = names.len().saturating_sub(24);
            let rest = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            page.write(format_args!("- **{label}**: {}{rest}", shown.join(", ")));
        }
    }
    let mut requirements: Vec<&str> = tasks
        .iter()
        .filter(|task| task.layer != Layer::Show)
        .flat_map(|task| &task.refs)
        .map(String::as_str)
        .collect();
    requirements.order_by(|a, b| compare_ids(a, b));
    requirements.dedup();
    if !requirements.is_empty() {
        let more = requirements.len().saturating_sub(30);
        requirements.truncate(30);
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        page.write(format_args!(
            "- **Works on**: {}{rest}",
            requirements.join(", ")
        ));
    }
    if !tasks.is_empty() {
        let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
        page.write(format_args!(
            "- **Tasks**: {} in [tasks.md](tasks.md)",
            in_rows(&ids)
        ));
    }
}

/// Ids as `T001 to T004, T007`: none between the first and the last of a row is of another phase,
/// or of nothing.
fn in_rows(ids: &[&str]) -> String {
    let number = |id: &str| id.trim_start_matches('T').parse::<u32>().ok();
    let follows = |a: &&str, b: &&str| {
        let next = number(a).and_then(|number| number.checked_add(1));
        a.len() == b.len() && next.is_some() && next == number(b)
    };
    let rows: Vec<&[&str]> = ids.chunk_by(follows).collect();
    let shown = rows.iter().take(MAX_ROWS).filter_map(|row| match row {
        [] => None,
        [one] => Some((*one).to_owned()),
        [first, .., last] => Some(format!("{first} to {last}")),
    });
    let rest: usize = rows.iter().skip(MAX_ROWS).map(|row| row.len()).sum();
    let more = match rest {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    shown.collect::<Vec<_>>().join(", ") + &more
}

pub(super) fn verification(page: &mut Page, context: &Context) {
    page.heading(2, "Verification Matrix");
    let criteria: Vec<&Node> = [NodeKind::Acceptance, NodeKind::Success]
        .iter()
        .flat_map(|kind| context.model.of_kind(*kind))
        .collect();
    if criteria.is_empty() {
        page.paragraph(
            "The source has no criteria; what shows each requirement stands at its tasks.",
        );
        return;
    }
    let rows: Vec<Vec<String>> = criteria
        .into_iter()
        .take(MAX_ROWS)
        .map(|node| {
            let tasks = context.work.showing(&node.id);
            vec![
                format!(
                    "{} ({})",
                    crate::model::words::short(&node.text, 12),
                    node.id
                ),
                kind_of_test(&node.stems).to_owned(),
                how(context, node),
                context
                    .model
                    .targets(&node.id, Relation::Validates)
                    .join(", "),
                tasks.join(", "),
                context.lines(&node.spans),
            ]
        })
        .collect();
    page.table(
        &[
            "Criterion",
            "Kind of test",
            "How it is shown",
            "Validates",
            "Task",
            "Source",
        ],
        &rows,
    );
}

/// By what a criterion is about.
fn kind_of_test(stems: &[Stem]) -> &'static str {
    let about = |concern: &str| concepts::speaks_of(stems, concern);
    let says = |words: &[&str]| stems.iter().any(|stem| words.contains(&stem.as_str()));
    if about("~recovery") && says(&["death", "kill", "crash", "recover", "restart"]) {
        "fault injection"
    } else if about("~once") && says(&["parallel", "concurrent", "doubl", "multipl"]) {
        "concurrency test"
    } else if about("~screen") || about("~live") {
        "end-to-end test in the interface"
    } else if about("~speed") {
        "measurement"
    } else if says(&["produc", "generat", "attach", "file", "export"]) {
        "end-to-end test of the output"
    } else if says(&["error", "exception"]) {
        "check of logs"
    } else {
        "acceptance test"
    }
}

/// The criterion as a procedure: what to set up, what to do, what to count.
fn how(context: &Context, node: &Node) -> String {
    let quantities: Vec<String> = context
        .model
        .quantities
        .iter()
        .skip(
            context
                .model
                .quantities
                .partition_point(|q| node.spans.first().is_some_and(|s| q.span.start < s.start)),
        )
        .take_while(|q| {
            node.spans
                .first()
                .is_some_and(|span| q.span.start < span.end)
        })
        .map(|q| context.document.source.slice(q.span).trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect();
    let stems = &node.stems;
    let says = |words: &[&str]| stems.iter().any(|stem| words.contains(&stem.as_str()));
    let procedure = match kind_of_test(stems) {
        "fault injection" => "end the process in the middle of its work and watch what takes over",
        "concurrency test" => "let several work on one queue at once and compare what each did",
        "end-to-end test in the interface" if !quantities.is_empty() => {
            "change the state behind it and take the time until the interface shows it"
        }
        "end-to-end test in the interface" => "go through it in the interface from its first step",
        "measurement" => "measure it under the load that the source names",
        "end-to-end test of the output" => {
            "run it once and compare what it leaves with what is asked for"
        }
        "check of logs" => "go through the logs of a whole run of the release and count",
        _ => "set up what the requirement says, use it, and compare",
    };
    let bound = if !quantities.is_empty() {
        let shown: Vec<String> = quantities.iter().map(|q| markdown::plain(q)).collect();
        format!("; bound: {}", shown.join(", "))
    } else if says(&["zero", "never"])
        || node.text.starts_with("No ")
        || node.text.starts_with("Zero ")
    {
        "; bound: none may occur".to_owned()
    } else if says(&["timeout"]) {
        "; bound: the timeout that is configured".to_owned()
    } else {
        String::new()
    };
    let scene = crate::model::scene(node, "");
    let course = if scene.when.is_empty() {
        String::new()
    } else {
        format!(
            ": bring about that {}, expect that {}",
            scene.when, scene.then
        )
    };
    format!("{procedure}{course}{bound}")
}
