//! SK-IDS-001 to 006: ids that are given once, in one form, and found where they are cited.

use super::context::{Context, Key, requirements};
use super::draft::{Draft, Drafts, top};
use super::words::{list, normal, short};
use crate::bundle::{Bundle, Layout, file_name, folder};
use crate::facts::{Citation, Document, DocumentKind, Id, Role};
use crate::ids::State;
use crate::order::Gather;
use crate::text::Span;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    // Notes beside the four number their remarks as they like.
    for document in context.bundle.documents() {
        if document.kind != DocumentKind::Other {
            duplicates(context, document, out);
            forms(context, document, out);
        }
    }
    lost_lock(context, out);
    citations(context, out);
    renumbered(context, out);
    if let Some(prd) = &context.bundle.prd {
        without_id(context, prd, out);
    }
}

/// The document in which ids of a prefix are introduced.
fn home(prefix: &str) -> Option<DocumentKind> {
    Some(match prefix {
        "FR" | "NFR" | "SC" | "AC" | "US" | "G" | "NG" | "PE" => DocumentKind::Prd,
        "P" => DocumentKind::Constitution,
        "D" | "R" | "PH" => DocumentKind::Plan,
        "T" => DocumentKind::Tasks,
        _ => return None,
    })
}

/// Where ids are listed that were introduced elsewhere.
fn lists_only(role: Role) -> bool {
    matches!(
        role,
        Role::Coverage
            | Role::SourceMap
            | Role::Verification
            | Role::ConstitutionCheck
            | Role::Complexity
            | Role::Dependencies
            | Role::Summary
            | Role::Status
            | Role::Milestones
            | Role::OpenQuestions
    )
}

fn duplicates(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    let mut first: BTreeMap<(Key<'_>, Form), Span> = BTreeMap::new();
    for (id, span) in context.definitions(document).iter().copied() {
        let is_elsewhere = home(&id.prefix)
            .is_some_and(|kind| kind != document.kind && document.kind != DocumentKind::Other);
        // Tasks have a rule of their own, and `1.2` is a place in a list.
        if is_elsewhere || id.prefix.is_empty() || id.prefix == "T" || id.prefix == "TASK" {
            continue;
        }
        let section = section_at(document, span);
        // Questions are introduced where they stand open.
        let is_question = id.prefix == "Q";
        if section.is_some_and(|(role, _)| lists_only(role) && !is_question) {
            continue;
        }
        let key = (Key::of(id), Form::of(document, span));
        let Some(other) = first.get(&key) else {
            first.insert(key, span);
            continue;
        };
        let line = |span| normal(document.source.line(document.line_of(span)));
        // A change list of OpenSpec, or the same line again in a summary.
        if key.1 == Form::Table && line(*other) == line(span) {
            continue;
        }
        let message = format!("{} is defined twice", id.written);
        out.add(
            Draft::at("SK-IDS-001", document, span, message)
                .node(id.written.clone())
                .key(id.written.clone())
                .related(document, *other, "the first definition")
                .hint(format!(
                    "Give this one the next id that is free, {}",
                    next_free(context, document, id)
                )),
        );
    }
}

/// A table may list what headings or items introduce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Table,
    Heading,
    Item,
}

impl Form {
    fn of(document: &Document, span: Span) -> Self {
        let line = document.source.line(document.line_of(span));
        match line.trim_start() {
            line if line.starts_with('|') => Self::Table,
            line if line.starts_with('#') => Self::Heading,
            _ => Self::Item,
        }
    }
}

fn section_at(document: &Document, span: Span) -> Option<(Role, &[String])> {
    let index = document
        .sections
        .partition_point(|section| section.span.start <= span.start)
        .checked_sub(1)?;
    let section = document.sections.get(index)?;
    Some((section.role, &section.path))
}

fn next_free(context: &Context<'_>, document: &Document, id: &Id) -> String {
    let retired = context.bundle.lock.iter().flat_map(|lock| &lock.entries);
    let retired = retired
        .filter_map(|entry| entry.id.strip_prefix(id.prefix.as_str()))
        .filter_map(|rest| rest.trim_start_matches('-').parse::<u32>().ok());
    let own = context.definitions(document).iter();
    let most = own
        .filter(|(other, _)| other.prefix == id.prefix)
        .filter_map(|(other, _)| other.numbers.first().copied())
        .chain(retired)
        .max()
        .unwrap_or(0);
    let width = context.config.id_width;
    let hyphen = if id.written.contains('-') { "-" } else { "" };
    format!("{}{hyphen}{:0width$}", id.prefix, most.saturating_add(1))
}

fn forms(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    let mut by_prefix: BTreeMap<&str, Vec<(&Id, Span)>> = BTreeMap::new();
    for (id, span) in context.definitions(document).iter().copied() {
        let is_home = home(&id.prefix).is_none_or(|kind| kind == document.kind);
        if is_home && id.numbers.len() == 1 && !id.prefix.is_empty() {
            by_prefix.entry(&id.prefix).or_default().push((id, span));
        }
    }
    for (prefix, ids) in by_prefix {
        mixed(prefix, document, &ids, out);
        // A lock tells which ids are retired; tasks are dropped and inserted all the time.
        if context.bundle.lock.is_none() && prefix != "T" {
            gaps(prefix, document, &ids, out);
        }
    }
}

/// `FR-001` is a hyphen and three digits.
fn form(id: &Id) -> (bool, usize) {
    let rest = id.written.get(id.prefix.len()..).unwrap_or("");
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let padded = rest.trim_start_matches('-').starts_with('0');
    // Without leading zeros the width follows from the number.
    (rest.starts_with('-'), if padded { digits } else { 0 })
}

/// A generated bundle whose lock is gone: nobody knows any more which ids were retired.
fn lost_lock(context: &Context<'_>, out: &mut Drafts) {
    let bundle = context.bundle;
    let is_of_bundle =
        |path: &&String, name| folder(path) == bundle.directory.as_str() && file_name(path) == name;
    let file = |name| bundle.files.iter().find(|path| is_of_bundle(path, name));
    if !context.is_whole() || bundle.manifest.is_none() || file("spec-kit.lock").is_some() {
        return;
    }
    if let Some(manifest) = file("spec-kit.json") {
        let message = "spec-kit.lock is gone, so an id that was retired may be given again";
        out.add(
            Draft::at_place("SK-IDS-003", top(manifest), message.to_owned())
                .key("lost lock")
                .hint("Restore spec-kit.lock from version control, or generate again"),
        );
    }
}

fn mixed(prefix: &str, document: &Document, ids: &[(&Id, Span)], out: &mut Drafts) {
    let Some((first, first_span)) = ids.first() else {
        return;
    };
    let differs = ids.iter().find(|(id, _)| {
        let ((a, b), (c, d)) = (form(first), form(id));
        let number = |id: &Id| id.numbers.first().map_or(0, |n| n.to_string().len());
        // 100 has no leading zero in either form.
        let same_width = b == d || (d == 0 && number(id) >= b) || (b == 0 && number(first) >= d);
        a != c || !same_width
    });
    if let Some((id, span)) = differs {
        let message = format!(
            "{} and {} are two forms of one kind of id",
            first.written, id.written
        );
        out.add(
            Draft::at("SK-IDS-003", document, *span, message)
                .key(format!("mixed {prefix}"))
                .node(id.written.clone())
                .related(document, *first_span, "the form before"),
        );
    }
}

fn gaps(prefix: &str, document: &Document, ids: &[(&Id, Span)], out: &mut Drafts) {
    let numbers: BTreeMap<u32, &(&Id, Span)> = ids
        .iter()
        .filter_map(|entry| Some((*entry.0.numbers.first()?, entry)))
        .into_map();
    let (Some(low), Some(high)) = (numbers.keys().next(), numbers.keys().next_back()) else {
        return;
    };
    let missing = (*high - *low + 1) as usize - numbers.len();
    // Numbers by hundreds, one for each chapter, are no gaps.
    if missing == 0 || missing > 3 || missing * 4 > numbers.len() {
        return;
    }
    let mut absent = Vec::new();
    let mut after = None;
    for pair in numbers.keys().collect::<Vec<_>>().windows(2) {
        if let [a, b] = pair
            && **b > **a + 1
        {
            after = after.or(numbers.get(b));
            absent.extend((**a + 1..**b).map(|number| number.to_string()));
        }
    }
    if let Some((id, span)) = after {
        let message = format!("{prefix} has no number {}", list(&absent, 5));
        out.add(
            Draft::at("SK-IDS-003", document, *span, message)
                .key(format!("gap {prefix} {}", absent.join(" ")))
                .node(id.written.clone()),
        );
    }
}

type Cited<'a> = (&'a Document, &'a Citation);

fn citations(context: &Context<'_>, out: &mut Drafts) {
    let mut unknown: BTreeMap<(Option<&str>, Key<'_>), Vec<Cited<'_>>> = BTreeMap::new();
    let asked = asked(context);
    let numbered = numbered(context);
    for document in context.bundle.documents() {
        // Asked only of what nothing defines.
        let depends = LazyCell::new(|| -> BTreeSet<Span> {
            let cited = document.tasks.iter().flat_map(|task| &task.depends_on);
            cited.map(|citation| citation.span).collect()
        });
        for citation in &document.citations {
            let key = Key::of(&citation.id);
            let is_unknown = match &citation.id.bundle {
                Some(bundle) => context.peers.has(bundle, &key) == Some(false),
                None if key.prefix.is_empty() => {
                    citation.relation == Some("requirements") && lacks(&numbered, key.numbers)
                }
                None => {
                    !is_defined(context, &key)
                        && !asked.contains(&key)
                        && !depends.contains(&citation.span)
                        && !is_in_bare_box(document, citation)
                        && is_expected(context, document, &citation.id)
                }
            };
            if is_unknown {
                unknown
                    .entry((citation.id.bundle.as_deref(), key))
                    .or_default()
                    .push((document, citation));
            }
        }
    }
    for ((bundle, key), places) in &unknown {
        report_unknown(context, *bundle, key, places, out);
    }
}

/// Numbers of the requirements and criteria of a PRD that numbers them, as Kiro does.
fn numbered<'c>(context: &'c Context<'_>) -> BTreeSet<&'c [u32]> {
    let prd = context.bundle.prd.iter();
    prd.flat_map(|prd| context.definitions(prd))
        .filter(|(id, _)| matches!(id.prefix.as_str(), "" | "REQ"))
        .map(|(id, _)| id.numbers.as_slice())
        .collect()
}

/// Whether such a PRD has no requirement of that number, or no such criterion of it where it numbers
/// the criteria. A task may have the same number and is not meant.
fn lacks(numbered: &BTreeSet<&[u32]>, numbers: &[u32]) -> bool {
    let above = numbers.get(..1).unwrap_or(&[]);
    let criteria = || {
        let from = numbered.range(above..);
        from.take_while(|own| own.starts_with(above))
            .filter(|own| own.len() > 1)
    };
    let has_requirement = numbered.contains(above) || criteria().next().is_some();
    let is_known = |own: &&[u32]| numbers.starts_with(own) || own.starts_with(numbers);
    match numbers.len() {
        0 => false,
        _ if numbered.is_empty() => false,
        1 => !has_requirement,
        _ => !has_requirement || (criteria().next().is_some() && !criteria().any(is_known)),
    }
}

/// Ids that an open question is about: nobody overlooked that they are given to nothing.
fn asked<'c>(context: &'c Context<'_>) -> BTreeSet<Key<'c>> {
    let items = context.bundle.prd.iter();
    items
        .flat_map(|prd| super::context::of_role(prd, Role::OpenQuestions))
        .filter(|item| item.id.is_some())
        .flat_map(|item| &item.citations)
        .map(|citation| Key::of(&citation.id))
        .collect()
}

/// Whether a task's id stands in a line with a box and no id of its own, as in "SKIP: T039".
fn is_in_bare_box(document: &Document, citation: &Citation) -> bool {
    let index = document
        .tasks
        .partition_point(|task| task.span.start <= citation.span.start);
    let task = index.checked_sub(1).and_then(|at| document.tasks.get(at));
    citation.id.prefix == "T"
        && task.is_some_and(|task| task.id.is_none() && task.whole.holds(citation.span))
}

/// Itself, or a part of it: `T105` was split into `T105a` and `T105b`.
fn is_defined(context: &Context<'_>, key: &Key<'_>) -> bool {
    if context.defined.contains(key) {
        return true;
    }
    let whole = Key::new(key.prefix, key.numbers, "");
    let next = context.defined.next(&whole);
    // `FR2.1` is a point of FR2.
    let above = || Key::new(key.prefix, key.numbers.get(..1).unwrap_or(&[]), "");
    (key.numbers.len() > 1 && !key.prefix.is_empty() && context.defined.contains(&above()))
        || next.is_some_and(|other| other.prefix == whole.prefix && other.numbers == whole.numbers)
}

/// Whether an id of that kind should be found in this bundle.
fn is_expected(context: &Context<'_>, document: &Document, id: &Id) -> bool {
    // `P1` is a priority, `R2` a bucket and `D3` a library.
    let is_short = id.prefix.len() == 1 && id.prefix != "T" && !id.written.contains('-');
    if is_short || id.prefix.is_empty() {
        return false;
    }
    let has_prefix = context.prefixes.contains(id.prefix.as_str());
    let Some(kind) = home(&id.prefix) else {
        // Of a kind that only this project has: known if it is introduced somewhere here.
        return has_prefix && (context.is_whole() || document.kind == DocumentKind::Prd);
    };
    if kind == document.kind {
        return has_prefix;
    }
    let is_asked_for = context.is_whole()
        && matches!(context.bundle.layout, Layout::Native | Layout::SpecKit)
        && context
            .bundle
            .prd
            .as_ref()
            .is_some_and(|prd| requirements(prd).next().is_some());
    let home_is_here = context.bundle.documents().any(|other| other.kind == kind);
    // A PRD without any id says nothing of which ids there are, unless all is given.
    home_is_here
        && (has_prefix || (is_asked_for && matches!(id.prefix.as_str(), "FR" | "NFR" | "US")))
}

fn report_unknown(
    context: &Context<'_>,
    bundle: Option<&str>,
    key: &Key<'_>,
    places: &[Cited<'_>],
    out: &mut Drafts,
) {
    let Some((document, citation)) = places.first() else {
        return;
    };
    let written = &citation.id.written;
    let owners = context.peers.owners(&context.bundle.slug, key);
    let mut draft = match (bundle, owners.as_slice()) {
        (Some(bundle), _) => {
            let message =
                format!("{bundle}/{written} is cited and the bundle {bundle} does not define it");
            Draft::at("SK-IDS-002", document, citation.span, message)
        }
        // Every bundle has an FR-001: only where this one has its own of the kind is it another's.
        (None, [owner]) if context.prefixes.contains(citation.id.prefix.as_str()) => {
            let message =
                format!("{written} is of the bundle {owner} and is used without its name");
            Draft::at("SK-IDS-006", document, citation.span, message)
                .hint(format!("Write {owner}/{written}"))
        }
        (None, _) => {
            let retired = context
                .bundle
                .lock
                .as_ref()
                .and_then(|lock| lock.entry(written))
                .is_some_and(|entry| entry.state == State::Retired);
            let message = match retired {
                true => format!("{written} is cited and was retired"),
                false => format!("{written} is cited and nothing defines it"),
            };
            Draft::at("SK-IDS-002", document, citation.span, message)
        }
    };
    draft = draft.node(written.clone()).key(written.clone());
    for (document, citation) in places.iter().skip(1).take(5) {
        draft = draft.related(document, citation.span, "cited here too");
    }
    out.add(draft);
}

/// Sentences that had another id before.
fn renumbered(context: &Context<'_>, out: &mut Drafts) {
    let Some(base) = context.base else { return };
    let before = sentences(base);
    for (words, (document, id, span)) in sentences(context.bundle) {
        let Some((old_document, old, old_span)) = before.get(&words) else {
            continue;
        };
        if old.prefix != id.prefix || Key::of(old) == Key::of(id) {
            continue;
        }
        let message = format!(
            "\"{}\" was {} and is {} now",
            short(&words, 60),
            old.written,
            id.written
        );
        out.add(
            Draft::at("SK-IDS-004", document, span, message)
                .node(id.written.clone())
                .key(words.clone())
                .related(old_document, *old_span, "as it was"),
        );
    }
}

type Sentence<'a> = (&'a Document, &'a Id, Span);

fn sentences(bundle: &Bundle) -> BTreeMap<String, Sentence<'_>> {
    let mut found = BTreeMap::new();
    for document in bundle.documents() {
        for item in &document.items {
            if let Some(id) = &item.id {
                found
                    .entry(normal(&item.text))
                    .or_insert((document, id, item.span));
            }
        }
    }
    found.remove("");
    found
}

fn without_id(context: &Context<'_>, prd: &Document, out: &mut Drafts) {
    // There the name is the id.
    if context.bundle.layout == Layout::OpenSpec {
        return;
    }
    for item in requirements(prd).filter(|item| item.id.is_none()) {
        let name = item
            .title
            .as_ref()
            .map_or(item.text.as_str(), |title| &title.text);
        let message = format!("the requirement \"{}\" has no id", short(name, 60));
        out.add(Draft::at("SK-IDS-005", prd, item.span, message).key(item.text.clone()));
    }
}
