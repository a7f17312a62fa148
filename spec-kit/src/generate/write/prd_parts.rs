use super::unread::unread;
use super::{Context, Page, and, codes, plan_tables};
use crate::facts::ClosedSet;
use crate::manifest::{NodeKind, Relation};
use crate::model::{Node, markdown, state};
use crate::order::Order;
use crate::text::Span;
use std::collections::BTreeMap;

/// What nobody would read; it is counted instead.
const MAX_ROWS: usize = 20_000;

impl Context<'_> {
    pub(super) fn criterion(&self, id: &str) -> Option<&Node> {
        self.criteria.get(id).copied()
    }
}

/// A requirement with what it touches and how far it is.
pub(super) fn requirement(page: &mut Page, context: &Context, node: &Node) {
    page.write(format_args!(
        "- **{}**: {}{}{}",
        node.id,
        node.text,
        context.serves(&node.id),
        context.mark(&node.spans)
    ));
    for detail in &node.details {
        page.write(format_args!(
            "  - {}{}",
            detail.text,
            context.mark(&[detail.span])
        ));
    }
    if let Some(mark) = node.mark {
        page.write(format_args!("  - The source calls this {}", state(mark)));
    }
    if let Some(touches) = touches(context, node) {
        page.write(format_args!("  - Touches: {touches}"));
    }
    if let Some(facet) = context.work.facets.of_requirement(&node.id) {
        let all = context.model.of_kind(NodeKind::NonFunctional);
        let rules: Vec<&str> = facet
            .rules
            .iter()
            .filter_map(|at| all.get(*at))
            .map(|rule| rule.id.as_str())
            .collect();
        if !rules.is_empty() {
            page.write(format_args!("  - Bound by: {}", rules.join(", ")));
        }
    }
}

pub(super) fn touches(context: &Context, node: &Node) -> Option<String> {
    let facet = context.work.facets.of_requirement(&node.id)?;
    let inventory = &context.model.inventory;
    let mut parts = Vec::new();
    let endpoints: Vec<&str> = facet
        .endpoints
        .iter()
        .filter_map(|at| inventory.endpoints.get(*at))
        .map(|thing| thing.name.as_str())
        .collect();
    let tables: Vec<&str> = facet
        .tables
        .iter()
        .filter_map(|at| inventory.tables.get(*at))
        .map(|table| table.thing.name.as_str())
        .collect();
    let screens: Vec<String> = facet
        .screens
        .iter()
        .filter_map(|at| inventory.screens.get(*at))
        .map(crate::model::Thing::bold)
        .collect();
    if !endpoints.is_empty() {
        parts.push(and(&codes(endpoints)));
    }
    if !tables.is_empty() {
        let noun = if tables.len() == 1 { "table" } else { "tables" };
        parts.push(format!("{noun} {}", and(&codes(tables))));
    }
    if !screens.is_empty() {
        let noun = if screens.len() == 1 {
            "screen"
        } else {
            "screens"
        };
        parts.push(format!("{noun} {}", and(&screens)));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

pub(super) fn inventory(page: &mut Page, context: &Context) {
    let inventory = &context.model.inventory;
    page.heading(3, "Key Entities");
    let entities = plan_tables::said_of_data(context);
    if inventory.tables.is_empty() && entities.is_empty() {
        page.paragraph("The source names no tables or entities.");
    }
    if !inventory.tables.is_empty() {
        let rows: Vec<Vec<String>> = inventory
            .tables
            .iter()
            .take(MAX_ROWS)
            .map(|table| {
                vec![
                    format!("`{}`", table.thing.name),
                    table.thing.text.clone(),
                    context.lines(&[table.thing.span]),
                ]
            })
            .collect();
        page.table(&["Table", "What it holds", "Source"], &rows);
    }
    for entity in entities {
        let mark = context.mark(&[entity.span]);
        page.write(format_args!("- {}{mark}", entity.text));
        for detail in &entity.details {
            let mark = context.mark(&[detail.span]);
            page.write(format_args!("  - {}{mark}", detail.text));
        }
    }
    page.heading(3, "API Contract");
    if inventory.endpoints.is_empty() {
        page.paragraph("The source names no endpoints.");
    } else {
        let rows: Vec<Vec<String>> = inventory
            .endpoints
            .iter()
            .enumerate()
            .take(MAX_ROWS)
            .map(|(at, thing)| {
                let owner = context.work.facets.endpoints.get(at).cloned().flatten();
                vec![
                    format!("`{}`", thing.name),
                    thing.text.clone(),
                    owner.unwrap_or_default(),
                    context.lines(&[thing.span]),
                ]
            })
            .collect();
        page.table(&["Endpoint", "Purpose", "For", "Source"], &rows);
    }
    sets(page, context);
}

/// Closed sets that the text enumerates, each once: the vocabulary of the implementation.
fn sets(page: &mut Page, context: &Context) {
    // `lane` and `parallel lane` of the same members are one thing.
    let mut known: BTreeMap<(String, Vec<String>), usize> = BTreeMap::new();
    let mut of_subject: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told: Vec<Vocabulary> = Vec::new();
    for set in &context.model.sets {
        let Some(head) = set.subject.split_whitespace().last() else {
            continue;
        };
        let members = set.members.iter().map(|m| m.text.to_lowercase()).collect();
        let key = (head.to_lowercase(), members);
        let same = known.get(&key).and_then(|at| told.get_mut(*at));
        if let Some(same) = same.filter(|same| same.set.is_ordered == set.is_ordered) {
            same.add(set);
            continue;
        }
        let count = of_subject.entry(&set.subject).or_default();
        *count += 1;
        if *count <= MAX_SETS {
            known.entry(key).or_insert(told.len());
            told.push(Vocabulary::of(set));
        }
    }
    if told.is_empty() {
        return;
    }
    told.order_by(|a, b| a.subject.cmp(b.subject));
    page.heading(3, "Vocabulary");
    let rows: Vec<Vec<String>> = told
        .iter()
        .map(|words| {
            let joint = if words.set.is_ordered { " → " } else { ", " };
            let members: Vec<String> = words
                .set
                .members
                .iter()
                .map(|member| format!("`{}`", member.text.replace('`', "")))
                .collect();
            let open = if words.is_open { " (and more)" } else { "" };
            vec![
                markdown::plain(words.subject),
                format!("{}{open}", members.join(joint)),
                context.lines(&words.spans),
            ]
        })
        .collect();
    page.table(&["Of", "Members", "Source"], &rows);
}

/// Sets of one name that differ; more of them are no vocabulary.
const MAX_SETS: usize = 4;

/// One row: a set under its shortest name, and all places that have it.
struct Vocabulary<'a> {
    subject: &'a str,
    set: &'a ClosedSet,
    is_open: bool,
    spans: Vec<Span>,
}

impl<'a> Vocabulary<'a> {
    fn of(set: &'a ClosedSet) -> Self {
        Self {
            subject: &set.subject,
            set,
            is_open: set.is_open,
            spans: vec![set.span],
        }
    }

    /// One place that closes it is enough.
    fn add(&mut self, set: &'a ClosedSet) {
        if set.subject.len() < self.subject.len() {
            self.subject = &set.subject;
        }
        self.is_open &= set.is_open;
        self.spans.push(set.span);
    }
}

/// What the source puts off: kept, so that nobody loses it, and no work of this release.
pub(super) fn later(page: &mut Page, context: &Context) {
    let later = &context.model.later;
    if later.is_empty() {
        return;
    }
    page.heading(2, "Later");
    page.paragraph("The source puts this off; no task of this bundle is about it.");
    let mut section: Option<&[String]> = None;
    for statement in later.iter().take(MAX_ROWS) {
        if section != Some(statement.section.as_slice()) {
            section = Some(&statement.section);
            let titles = statement.section.iter().map(|title| context.title(title));
            let titles = titles.collect::<Vec<_>>().join(" › ");
            page.paragraph(&format!("**{titles}**:"));
        }
        context.statement(page, statement);
    }
}

pub(super) fn open_ends(page: &mut Page, context: &Context) {
    let model = context.model;
    page.heading(2, "Assumptions");
    if model.assumptions.is_empty() {
        page.line("- The source states no assumptions.");
    }
    for passage in &model.assumptions {
        page.write(format_args!(
            "- {}{}",
            passage.text,
            context.mark(&[passage.span])
        ));
    }
    let lonely: Vec<&str> = model
        .of_kind(NodeKind::Requirement)
        .iter()
        .filter(|node| context.model.targets(&node.id, Relation::Serves).is_empty())
        .map(|node| node.id.as_str())
        .collect();
    if !lonely.is_empty() && !model.of_kind(NodeKind::Goal).is_empty() {
        let shown = lonely
            .iter()
            .take(12)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        page.write(format_args!(
            "- No goal of the source asks for {shown}{}; the source requires it all the same.",
            if lonely.len() > 12 { " and others" } else { "" }
        ));
    }
    page.line("- Where the source names no ids, a goal, requirement or criterion is tied to another by the words that both use; read such a tie as a proposal, and name the id in the source where it is wrong.");
    page.heading(2, "Open Questions");
    let questions = model.of_kind(NodeKind::Question);
    if questions.is_empty() {
        page.paragraph(
            "The source leaves nothing open that could be found, and does not contradict itself.",
        );
    }
    for (index, question) in questions.iter().enumerate() {
        // More of them would say that the document is not ready to be worked on.
        let text = if index < context.max_clarifications {
            format!("[NEEDS CLARIFICATION: {}]", question.text)
        } else {
            question.text.clone()
        };
        page.write(format_args!(
            "- **{}**: {text}{}",
            question.id,
            context.mark(&question.spans)
        ));
    }
}

/// What became of each section of the source, in its order. The lines of a single thing stand
/// beside the thing.
pub(super) fn source_map(page: &mut Page, context: &Context) {
    page.heading(2, "Source Map");
    let mut sections: BTreeMap<&[String], (Vec<Span>, Vec<&str>)> = BTreeMap::new();
    for node in context.model.nodes.values().flatten() {
        if matches!(node.kind, NodeKind::Principle | NodeKind::Risk) || node.spans.is_empty() {
            continue;
        }
        let (spans, ids) = sections.entry(&node.section).or_default();
        spans.extend(&node.spans);
        ids.push(&node.id);
    }
    let mut rows: Vec<(Span, Vec<String>)> = sections
        .into_iter()
        .filter_map(|(section, (spans, ids))| {
            let first = *spans.iter().min_by_key(|span| span.start)?;
            let last = *spans.iter().max_by_key(|span| span.start)?;
            let titles: Vec<String> = section.iter().map(|title| context.title(title)).collect();
            let row = vec![
                context.reach(first, last),
                titles.join(" › "),
                ids.join(", "),
            ];
            Some((first, row))
        })
        .collect();
    rows.order_by_key(|(first, _)| first.start);
    let mut rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
    rows.truncate(MAX_ROWS);
    page.table(&["Lines", "Section", "What came of it"], &rows);
    unread(page, context);
}
