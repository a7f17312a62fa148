//! Items of a document as what they are for.

use super::collect::Statement;
use super::filled::{filled, filled_title};
use super::markdown;
use super::node::{Node, Passage, Strength};
use super::standing::Standing;
use crate::facts::edges::without_edges;
use crate::facts::{Document, Id, Item, Keyword, Role};
use crate::manifest::NodeKind;
use crate::text::Span;

/// What an item is for.
pub(super) enum Use {
    Node(NodeKind),
    /// The first of a list that says what must be, with the line before the list.
    Bound(NodeKind, Passage),
    /// Another one of that list.
    Point(NodeKind),
    /// A story whose words are those of the requirement in the heading above it, and all below it.
    Headed(Span),
    /// A requirement that gets the name of another line.
    Renamed(Passage),
    Problem,
    Assumption,
    EdgeCase,
    Statement,
    /// Put off by the document itself.
    Later,
}

impl Use {
    pub(super) fn is_rename(&self) -> bool {
        matches!(self, Self::Renamed(_))
    }
}

pub(super) enum Made {
    Node(Box<Node>),
    Point(NodeKind, Passage),
    Problem(Passage),
    Assumption(Passage),
    EdgeCase(Passage),
    Statement(Statement),
    Later(Statement),
}

pub(super) fn of(document: &Document, item: &Item, is: &Use) -> Made {
    let boxed = |node| Made::Node(Box::new(node));
    match is {
        Use::Node(kind) => boxed(node(document, item, *kind)),
        Use::Bound(kind, intro) => boxed(bound(document, item, *kind, intro)),
        Use::Headed(whole) => boxed(Node {
            whole: *whole,
            ..node(document, item, NodeKind::Requirement)
        }),
        Use::Renamed(to) => boxed(renamed(document, item, to)),
        Use::Point(kind) => Made::Point(*kind, passage(document, item)),
        Use::Problem => Made::Problem(passage(document, item)),
        Use::Assumption => Made::Assumption(passage(document, item)),
        Use::EdgeCase => Made::EdgeCase(passage(document, item)),
        Use::Statement => Made::Statement(statement(document, item)),
        Use::Later => Made::Later(Statement {
            standing: Standing::Later,
            ..statement(document, item)
        }),
    }
}

fn bound(document: &Document, item: &Item, kind: NodeKind, intro: &Passage) -> Node {
    let mut node = node(document, item, kind);
    // A section without a known name says with its title what the list is about.
    let title = match kind {
        NodeKind::Requirement => None,
        _ => item.path.last().map(|title| filled_title(document, title)),
    };
    let said = match title {
        Some(title) => format!("{}: {}", markdown::plain(&title), intro.text),
        None => intro.text.clone(),
    };
    node.stems.extend(super::concepts::stems(&said));
    let leads_on = ["following", "these", "below"];
    let is_whole = leads_on.iter().any(|word| said.ends_with(word));
    node.text = match is_whole {
        true => said,
        false => format!("{said} what is listed below"),
    };
    node.title = None;
    node.spans = vec![intro.span];
    node.details = vec![passage(document, item)];
    node
}

fn renamed(document: &Document, item: &Item, to: &Passage) -> Node {
    let mut node = node(document, item, NodeKind::Requirement);
    let old = super::delta::old_name(item).unwrap_or("");
    let (old, new) = (markdown::plain(old), markdown::plain(&to.text));
    node.text = format!("“{old}” MUST be called “{new}” from now on");
    node.keyword = Some(Keyword::Must);
    node.title = Some(format!("{old} → {new}"));
    node.stems = super::concepts::stems(&node.text);
    node.spans = vec![item.span, to.span];
    node
}

/// Titles without that of the document itself.
fn path_of(document: &Document, item: &Item) -> Vec<String> {
    let first = document.sections.first();
    let is_title = first
        .is_some_and(|section| section.level == 1 && section.path.first() == item.path.first());
    let skip = usize::from(is_title && item.path.len() > 1);
    let titles = item.path.iter().skip(skip);
    titles.map(|title| filled_title(document, title)).collect()
}

pub(super) fn text_of(document: &Document, item: &Item) -> String {
    let raw = document.source.slice(item.whole);
    let text = item.text.trim();
    let text = match &item.title {
        Some(title) if !text.starts_with(title.text.trim()) && !title.text.trim().is_empty() => {
            format!("{}: {text}", title.text.trim())
        }
        _ => text.to_owned(),
    };
    let text = filled(document, item.whole, text);
    markdown::inline(text.trim_end_matches([':', ' ']), raw)
}

fn passage(document: &Document, item: &Item) -> Passage {
    Passage {
        text: markdown::line(text_of(document, item)),
        span: item.span,
    }
}

fn details(document: &Document, item: &Item) -> Vec<Passage> {
    item.details
        .iter()
        .filter(|(text, _)| text.chars().any(char::is_alphanumeric))
        .map(|(text, span)| Passage {
            text: markdown::line(markdown::inline(
                &filled(document, *span, text.clone()),
                document.source.slice(*span),
            )),
            span: *span,
        })
        .collect()
}

fn statement(document: &Document, item: &Item) -> Statement {
    let text = markdown::line(text_of(document, item));
    let around = item.path.last().cloned().unwrap_or_default();
    Statement {
        role: item.role,
        stems: super::concepts::stems(&format!("{text} {around}")),
        standing: Standing::of(&text),
        text,
        span: item.span,
        section: path_of(document, item),
        under: String::new(),
        details: details(document, item),
    }
}

fn node(document: &Document, item: &Item, kind: NodeKind) -> Node {
    let mut node = Node::new(kind, without_edges(text_of(document, item)));
    let raw = document.source.slice(item.whole);
    node.title = item
        .title
        .as_ref()
        .map(|title| filled(document, item.whole, title.text.trim().to_owned()))
        .map(|title| markdown::inline(without_priority(&title), raw))
        .filter(|title| !title.is_empty());
    if node.title.is_none() && matches!(kind, NodeKind::Story | NodeKind::Requirement) {
        node.title = super::stories::want(&node.text);
    }
    node.spans = vec![item.span];
    node.whole = item.whole;
    node.section = path_of(document, item);
    node.standing = Standing::of(&node.text);
    node.mark = item.mark;
    node.keyword = item.keyword;
    node.demanded = item.strength;
    node.priority = item.priority;
    node.details = details(document, item);
    for detail in &node.details {
        node.stems.extend(super::concepts::stems(&detail.text));
    }
    node.stems.truncate(super::words::MAX_WORDS);
    node.own = item
        .id
        .as_ref()
        .filter(|id| may_keep(kind, &id.prefix))
        .and_then(own_id);
    node.named = item
        .citations
        .iter()
        .map(|citation| citation.id.written.to_string())
        .collect();
    node.strength = if item.path.iter().any(|title| says_hard(title)) {
        Strength::Hard
    } else if kind == NodeKind::Acceptance && item.role == Role::Acceptance {
        Strength::Binding
    } else {
        Strength::Soft
    };
    node.scenarios = item
        .scenarios
        .iter()
        .map(|scenario| {
            let raw = document.source.slice(scenario.span);
            let part =
                |text: &Option<String>| markdown::inline(text.as_deref().unwrap_or("").trim(), raw);
            super::node::Scene {
                given: part(&scenario.given),
                when: part(&scenario.when),
                then: part(&scenario.then),
                span: Some(scenario.span),
            }
        })
        .collect();
    node
}

/// `Acceptance Criteria (Hard)`, and not `Hardware`.
fn says_hard(title: &str) -> bool {
    let mut words = title.split(|c: char| !c.is_alphanumeric());
    words.any(|word| word.eq_ignore_ascii_case("hard"))
}

/// `Browse events (P0)`: a story's heading says its priority itself.
fn without_priority(title: &str) -> &str {
    let inner = title
        .strip_suffix(')')
        .and_then(|title| title.rsplit_once(" (P"));
    match inner {
        Some((words, "0" | "1" | "2" | "3" | "4" | "5")) => words,
        _ => title,
    }
}

/// Tasks have ids of their own, and the number of a story is part of its heading.
fn may_keep(kind: NodeKind, prefix: &str) -> bool {
    match kind {
        NodeKind::Story => prefix == "US",
        // They stand in the plan, where an id of what is wanted is cited and not given.
        NodeKind::Decision | NodeKind::Risk if is_wish(prefix) => false,
        _ => !matches!(prefix, "T" | "TASK" | "US" | "PH" | "Q"),
    }
}

fn is_wish(prefix: &str) -> bool {
    matches!(
        prefix,
        "AC" | "FR"
            | "G"
            | "GOAL"
            | "NFR"
            | "NG"
            | "PE"
            | "REQ"
            | "SC"
            | "SM"
            | "STORY"
            | "UC"
            | "UJ"
    )
}

/// An id that can stand in a bundle as it is: letters and a number, of this bundle.
fn own_id(id: &Id) -> Option<String> {
    let is_plain = id
        .written
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    (is_plain && !id.prefix.is_empty() && !id.numbers.is_empty() && id.written.len() <= 24)
        .then(|| id.written.to_string())
}
