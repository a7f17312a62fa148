//! Markdown of any shape to facts. Reads structure; what it does not understand it leaves out, and
//! nothing is guessed from a word that stands somewhere.

mod claims;
mod count_words;
mod counts;
mod denials;
mod fields;
mod headed;
mod ids;
mod inventory;
mod item_words;
mod items;
mod kind;
mod lead;
mod lexicon;
mod lines;
mod marks;
mod names;
mod norms;
mod notes;
mod numbering;
mod phases;
mod principles;
mod quantities;
mod quantity_words;
mod reading;
mod refs;
mod relations;
mod roles;
mod scenarios;
mod set_lists;
mod sets;
mod steps;
mod synonyms;
mod tables;
mod task_words;
mod tasks;
mod units;
mod words;

use crate::facts::{
    Citation, Definition, Document, DocumentKind, Item, Phase, Principle, Role, StatusClaim, Task,
    Title,
};
use crate::outline::{Inline, Outline};
use crate::parallel;
use crate::text::{Source, SourceError, Span};
pub(crate) use denials::denials;
pub(crate) use lead::{leading_id, without_task_id};
use marks::Marks;
pub(crate) use notes::is_token;
use reading::Reading;
use units::Unit;
pub(crate) use words::after_name;

/// Reads a document whose kind is told by its name, else by its title and content.
///
/// # Errors
/// Bytes that are no UTF-8, or too many.
pub fn document(file: &str, bytes: &[u8]) -> Result<Document, SourceError> {
    Ok(read(None, Source::decode(file, bytes)?))
}

/// Reads a document whose kind is known.
///
/// # Errors
/// Bytes that are no UTF-8, or too many.
pub fn document_as(kind: DocumentKind, file: &str, bytes: &[u8]) -> Result<Document, SourceError> {
    Ok(read(Some(kind), Source::decode(file, bytes)?))
}

/// Reads a text that was decoded before.
pub(crate) fn decoded(kind: DocumentKind, source: Source) -> Document {
    read(Some(kind), source)
}

fn read(kind: Option<DocumentKind>, source: Source) -> Document {
    let mut outline = Outline::of(&source);
    lines::part(&mut outline);
    let units = units::units(&outline);
    let legends: Vec<bool> = units.iter().map(is_legend).collect();
    let marks = learned(&units, &legends);
    let titles = roles::Titles;
    let kind = kind
        .or_else(|| kind::by_name(source.file()))
        .or_else(|| kind::by_title(&outline))
        .unwrap_or_else(|| {
            let sections = roles::sections(&outline, &titles, &marks, Role::Other);
            kind::by_content(&sections, &units)
        });
    let root = match kind {
        DocumentKind::Tasks => Role::Tasks,
        _ => Role::Other,
    };
    let sections = roles::sections(&outline, &titles, &marks, root);
    let reading = Reading::new(&source, kind, &units, &sections, &titles, &marks, &legends);

    let (named, (sets, quantities, counts, inventory, notes)) = parallel::join(
        source.text().len(),
        || named(&reading),
        || {
            (
                sets::sets(&reading),
                quantities::quantities(&reading),
                counts::counts(&reading),
                inventory::inventory(&reading),
                notes::notes(&reading, &outline),
            )
        },
    );
    let version = principles::version(&reading);
    let suppressions = notes::suppressions(&source, &outline);
    let title = title(&outline, &units, &marks);
    let status = status(&units);
    let sections = sections.list;
    Document {
        kind,
        title,
        status,
        sections,
        items: named.items,
        definitions: named.definitions,
        citations: named.citations,
        principles: named.principles,
        version,
        phases: named.phases,
        tasks: named.tasks,
        sets,
        quantities,
        counts,
        claims: named.claims,
        inventory,
        clarifications: notes.clarifications,
        todos: notes.todos,
        tokens: notes.tokens,
        links: notes.links,
        suppressions,
        outline,
        source,
    }
}

/// What is read with the ids that a document defines.
struct Named {
    items: Vec<Item>,
    definitions: Vec<Definition>,
    citations: Vec<Citation>,
    principles: Vec<Principle>,
    phases: Vec<Phase>,
    tasks: Vec<Task>,
    claims: Vec<StatusClaim>,
}

fn named(reading: &Reading<'_>) -> Named {
    let units = reading.units;
    let defined = refs::defined(reading);
    let marked = tasks::marked(reading, &defined);
    let (mut tasks, task_of) = tasks::tasks(reading, &defined, &marked);
    let mut phases = phases::explicit(reading);
    if phases.is_empty() {
        phases = phases::groups(reading, &marked);
    }
    let spans: Vec<Span> = phases.iter().map(|phase| phase.whole).collect();
    let phase_of = phases::enclosing(&spans, units);
    phases::gates(reading, &phase_of, &mut phases);
    for (unit, task) in task_of.iter().enumerate() {
        if let Some(task) = task.and_then(|at| tasks.get_mut(at))
            && task.phase.is_none()
        {
            task.phase = phase_of.get(unit).copied().flatten();
        }
    }

    let (principles, is_principle) = principles::principles(reading, &defined);
    let skip: Vec<bool> = (0..units.len())
        .map(|at| {
            task_of.get(at).is_some_and(Option::is_some)
                || is_principle.get(at).copied().unwrap_or(false)
        })
        .collect();
    Named {
        items: items::items(reading, &defined, &skip),
        claims: claims::claims(reading, &phases),
        definitions: defined.of.iter().flatten().cloned().collect(),
        citations: defined.into_cited(),
        principles,
        phases,
        tasks,
    }
}

fn is_legend(unit: &Unit<'_>) -> bool {
    let words = unit.words();
    words.is_some_and(|words| marks::is_legend(&words.text))
}

fn learned(units: &[Unit<'_>], legends: &[bool]) -> Marks {
    let mut marks = Marks::default();
    let found = units
        .iter()
        .zip(legends)
        .filter(|(_, is_legend)| **is_legend);
    for words in found.filter_map(|(unit, _)| unit.words()) {
        marks.learn(&words.text);
    }
    marks
}

/// The first heading of the first level, else the first of all.
fn title(outline: &Outline, units: &[Unit<'_>], marks: &Marks) -> Option<Title> {
    let top = outline
        .sections
        .iter()
        .find(|section| section.level == 1)
        .or_else(|| outline.sections.first());
    let words: &Inline = match top {
        Some(section) => &section.title,
        None => units
            .iter()
            .find_map(Unit::words)
            .filter(|words| words.text.len() < 120)?,
    };
    Some(Title {
        text: roles::spoken(&words.text, marks),
        span: words.span,
    })
}

/// `**Status**: Draft` before the second section.
fn status(units: &[Unit<'_>]) -> Option<Title> {
    let head = units
        .iter()
        .take_while(|unit| unit.section.is_none_or(|at| at == 0))
        .take(40);
    head.filter_map(Unit::words).find_map(|words| {
        let fields = fields::fields(words);
        let field = fields.iter().find(|field| {
            matches!(
                field.key.as_str(),
                "status" | "statut" | "estado" | "状態" | "状态" | "ステータス"
            )
        })?;
        let value = field.value(words);
        (!value.is_empty()).then(|| Title {
            text: value.to_owned(),
            span: words.span_of(field.value.clone()),
        })
    })
}
