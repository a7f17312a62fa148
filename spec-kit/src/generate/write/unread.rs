//! The lists and tables of a source that nothing of the bundle is made of.

use super::{Context, Page};
use crate::facts::Role;
use crate::generate::work::told_apart;
use crate::model::{Listing, Model, Passage};
use crate::order::Order;
use crate::text::Span;

/// More of them nobody looks up one by one.
const MOST: usize = 200;

pub(super) fn unread(page: &mut Page, context: &Context) {
    let taken = taken(context);
    let is_unread = |listing: &&Listing| {
        let span = listing.span;
        let next = taken.partition_point(|start| *start < span.start);
        taken.get(next).is_none_or(|start| *start >= span.end)
    };
    let mut unread = context.model.listings.iter().filter(is_unread).peekable();
    if unread.peek().is_none() {
        return;
    }
    page.paragraph("Lists and tables of the source that nothing in this bundle is made of:");
    for listing in unread.take(MOST) {
        let start = listing.span.start;
        let first = context.lines(&[Span::new(start, start)]);
        let end = context.document.source.slice(listing.span).trim_end().len();
        let end = start + end.saturating_sub(1);
        let last = context.document.line_of(Span::new(end, end));
        let last = match last == context.document.line_of(listing.span) {
            true => String::new(),
            false => format!("–L{last}"),
        };
        let title = listing.section.last().map_or("", String::as_str);
        let title = context.title(title);
        let title = told_apart(&title);
        page.write(format_args!("- not read: {first}{last} ({title})"));
    }
}

/// Where the words begin that stand in one of the documents, in order.
fn taken(context: &Context) -> Vec<usize> {
    let model = context.model;
    let mut taken = Vec::new();
    let mut add = |span: Span| {
        taken.push(span.start);
    };
    for node in model.nodes.values().flatten() {
        let scenes = node.scenarios.iter().filter_map(|scene| scene.span);
        let details = node.details.iter().map(|detail| detail.span);
        node.spans
            .iter()
            .copied()
            .chain(details)
            .chain(scenes)
            .for_each(&mut add);
    }
    passages(model)
        .map(|passage| passage.span)
        .for_each(&mut add);
    things(model).for_each(&mut add);
    for task in &context.work.tasks {
        let details = task.details.iter().flat_map(|detail| &detail.spans);
        task.spans.iter().chain(details).copied().for_each(&mut add);
    }
    taken.order();
    taken
}

fn passages(model: &Model) -> impl Iterator<Item = &Passage> {
    let said = [&model.problem, &model.assumptions, &model.edge_cases];
    let fields = model.context.iter().flat_map(|field| &field.values);
    said.into_iter().flatten().chain(fields)
}

fn things(model: &Model) -> impl Iterator<Item = Span> {
    let inventory = &model.inventory;
    let named = [
        &inventory.endpoints,
        &inventory.screens,
        &inventory.environment,
    ];
    let tables = inventory.tables.iter().flat_map(|table| {
        let columns = table.columns.iter().map(|column| column.span);
        let indexes = table.indexes.iter().map(|index| index.span);
        columns.chain(indexes).chain([table.thing.span])
    });
    let statements = model
        .statements
        .iter()
        .filter(|statement| is_written(statement.role))
        .flat_map(|statement| {
            let details = statement.details.iter().map(|detail| detail.span);
            details.chain([statement.span])
        });
    let milestones = model.milestones.iter().flat_map(|milestone| {
        let work = milestone.work.iter().map(|work| work.span);
        let named = milestone.named.iter().map(|named| named.span);
        work.chain(named).chain([milestone.span])
    });
    named
        .into_iter()
        .flatten()
        .map(|thing| thing.span)
        .chain(tables)
        .chain(statements)
        .chain(milestones)
        .chain(model.sets.iter().map(|set| set.span))
}

/// Whether the plan or the PRD has what is said in a section of this role.
fn is_written(role: Role) -> bool {
    matches!(
        role,
        Role::Architecture
            | Role::Deployment
            | Role::TechnicalContext
            | Role::Entities
            | Role::Endpoints
            | Role::Interface
    )
}
