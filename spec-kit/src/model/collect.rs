//! The items of a document as nodes, by the role of their section.

pub(super) use super::filled::{filled, filled_title};
use super::markdown;
use super::node::{Node, Passage, Strength};
use crate::facts::{Document, Id, Item, Keyword, Role};
use crate::manifest::NodeKind;
use crate::text::Span;
use std::collections::BTreeMap;

/// Nodes by kind in the order of the text, and what is said beside them.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub nodes: BTreeMap<NodeKind, Vec<Node>>,
    pub problem: Vec<Passage>,
    pub assumptions: Vec<Passage>,
    pub edge_cases: Vec<Passage>,
    pub statements: Vec<Statement>,
}

/// What a document says in a section that lists no requirements: how it is built, where it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub role: Role,
    pub text: String,
    pub span: Span,
    pub section: Vec<String>,
    pub details: Vec<Passage>,
    pub stems: Vec<String>,
    /// "current", "for prototyping": true for now only.
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Lasting,
    /// What is said to hold for now, and to change.
    Interim,
    /// What is said to come later.
    Later,
}

const LATER: &[&str] = &[
    "(future)",
    "(later)",
    "(planned)",
    "in future",
    "future:",
    "post-mvp",
    "(v2)",
];

const INTERIM: &[&str] = &[
    "(current)",
    "(for now)",
    "for now,",
    "for prototyping",
    "temporar",
    "(interim)",
    "workaround",
    "until we ",
    "stopgap",
];

impl Standing {
    pub fn of(text: &str) -> Self {
        let mut found = Self::Lasting;
        let bytes = text.as_bytes();
        for (at, first) in bytes.iter().enumerate() {
            if !matches!(
                first.to_ascii_lowercase(),
                b'(' | b'f' | b'i' | b'p' | b's'..=b'u' | b'w'
            ) {
                continue;
            }
            let says = |words: &[&str]| {
                words.iter().any(|word| {
                    bytes
                        .get(at..at + word.len())
                        .is_some_and(|said| said.eq_ignore_ascii_case(word.as_bytes()))
                })
            };
            if says(LATER) {
                return Self::Later;
            }
            if says(INTERIM) {
                found = Self::Interim;
            }
        }
        found
    }
}

pub(super) fn collect(document: &Document) -> Collected {
    let mut found = Collected::default();
    let has = |role| document.items.iter().any(|item| item.role == role);
    // Where nothing is called a goal, what success is measured by is one, unless stories say what
    // the requirements are for.
    let has_goals = has(Role::Goals) || (has(Role::Stories) && has(Role::Requirements));
    // The introduction of a list that says what must be, `Documentation must include:`.
    let mut binding: Option<&Item> = None;
    let mut headed: Option<Span> = None;
    for item in &document.items {
        if let Some(intro) = binding {
            if item.role == Role::Other && item.path == intro.path && is_listed(document, item) {
                let list = found.nodes.entry(NodeKind::NonFunctional).or_default();
                if let Some(node) = list.last_mut() {
                    let detail = passage(document, item);
                    node.stems.extend(super::concepts::stems(&detail.text));
                    node.stems.truncate(super::words::MAX_WORDS);
                    node.details.push(detail);
                }
                continue;
            }
            binding = None;
        }
        if item.role == Role::Other
            && let Some(intro) = binding_intro(document, item)
        {
            let mut node = node(document, item, NodeKind::NonFunctional);
            let title = item.path.last().map(|title| filled_title(document, title));
            let title = title.map(|title| markdown::plain(&title));
            let said = match &title {
                Some(title) => format!("{title}: {}", intro.text),
                None => intro.text,
            };
            node.stems.extend(super::concepts::stems(&said));
            node.text = said;
            node.title = None;
            node.spans = vec![intro.span];
            node.details = vec![passage(document, item)];
            found
                .nodes
                .entry(NodeKind::NonFunctional)
                .or_default()
                .push(node);
            binding = Some(item);
            continue;
        }
        if !is_of_use(document, item) {
            // A heading `Requirement 1` whose words are those of the story below it, as Kiro has it.
            if item.role == Role::Requirements {
                headed = Some(item.whole);
            }
            continue;
        }
        if item.role == Role::Stories
            && let Some(whole) = headed.take_if(|whole| whole.holds(item.span))
        {
            let mut node = node(document, item, NodeKind::Requirement);
            node.whole = whole;
            found
                .nodes
                .entry(NodeKind::Requirement)
                .or_default()
                .push(node);
        }
        match home(document, item, has_goals) {
            Home::Node(kind) => {
                let node = node(document, item, kind);
                found.nodes.entry(kind).or_default().push(node);
            }
            Home::Problem => found.problem.push(passage(document, item)),
            Home::Assumption => found.assumptions.push(passage(document, item)),
            Home::EdgeCase => found.edge_cases.push(passage(document, item)),
            Home::Statement => found.statements.push(statement(document, item)),
            Home::Nowhere => {}
        }
    }
    found.statements.extend(base(document));
    found
}

/// `Base: /functions/v1/x`, which stands before the list of endpoints.
fn base(document: &Document) -> Option<Statement> {
    let section = document
        .sections
        .iter()
        .find(|section| section.role == Role::Endpoints)?;
    let text = document.source.slice(section.span);
    let line = text
        .lines()
        .take(12)
        .find(|line| line.to_lowercase().starts_with("base") && line.contains('/'))?;
    let at = section.span.start + text.find(line)?;
    let said = markdown::inline(&line.replace('`', ""), line);
    Some(Statement {
        role: Role::Endpoints,
        stems: Vec::new(),
        standing: Standing::Lasting,
        text: said,
        span: Span::new(at, at + line.trim_end().len()),
        section: section.path.clone(),
        details: Vec::new(),
    })
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

enum Home {
    Node(NodeKind),
    Problem,
    Assumption,
    EdgeCase,
    Statement,
    Nowhere,
}

fn home(document: &Document, item: &Item, has_goals: bool) -> Home {
    let is_listed = is_listed(document, item);
    let kind = match item.role {
        Role::Problem | Role::Summary => return Home::Problem,
        Role::Assumptions => return Home::Assumption,
        Role::EdgeCases => return Home::EdgeCase,
        Role::Goals => NodeKind::Goal,
        Role::NonGoals => NodeKind::NonGoal,
        Role::Personas => NodeKind::Persona,
        Role::Stories => NodeKind::Story,
        Role::Requirements => NodeKind::Requirement,
        Role::NonFunctional | Role::Security => NodeKind::NonFunctional,
        Role::Success if has_goals => NodeKind::Success,
        Role::Success => NodeKind::Goal,
        Role::Acceptance | Role::Verification => NodeKind::Acceptance,
        Role::Decisions => NodeKind::Decision,
        Role::Risks => NodeKind::Risk,
        Role::OpenQuestions => NodeKind::Question,
        Role::Principles => NodeKind::Principle,
        Role::Architecture
        | Role::Interface
        | Role::Deployment
        | Role::Environment
        | Role::Entities
        | Role::Indexes
        | Role::Endpoints
        | Role::Structure
        | Role::TechnicalContext
        | Role::Other => return other(item),
        Role::Milestones
        | Role::Status
        | Role::Glossary
        | Role::ConstitutionCheck
        | Role::Complexity
        | Role::Governance
        | Role::Phases
        | Role::Tasks
        | Role::Dependencies
        | Role::Coverage
        | Role::SourceMap => return Home::Nowhere,
    };
    // Sentences around a list introduce it; on their own they are what the section says.
    if !is_listed && has_list(document, item) && item.keyword.is_none() && item.id.is_none() {
        return match kind {
            NodeKind::Goal | NodeKind::Requirement => Home::Problem,
            _ => Home::Nowhere,
        };
    }
    Home::Node(kind)
}

/// A section without a known name that says what must be is a requirement all the same.
fn other(item: &Item) -> Home {
    let says_must = matches!(
        item.keyword,
        Some(Keyword::Must | Keyword::MustNot | Keyword::Should | Keyword::ShouldNot)
    );
    // What stands above all sections is about the document.
    if item.role == Role::Other && says_must && item.path.len() > 1 {
        Home::Node(NodeKind::NonFunctional)
    } else {
        Home::Statement
    }
}

/// An introduction (`Tabs:`) and a legend say nothing by themselves.
fn is_of_use(document: &Document, item: &Item) -> bool {
    let text = item.text.trim();
    if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        return false;
    }
    if text.starts_with("Legend") {
        return false;
    }
    !(text.ends_with(':') && item.details.is_empty() && !is_listed(document, item))
}

/// The line before a list that says what must be, for the first item of the list.
fn binding_intro(document: &Document, item: &Item) -> Option<Passage> {
    let mut number = document.line_of(item.span);
    let line = loop {
        number = number.checked_sub(1)?;
        let line = document.source.line(number);
        if !line.trim().is_empty() {
            break line;
        }
        // More than one blank line is no list of this sentence.
        if document.line_of(item.span) > number + 2 {
            return None;
        }
    };
    let text = line.trim().strip_suffix(':')?;
    let says_must = text.split(|c: char| !c.is_alphabetic()).any(|word| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "must" | "shall" | "required"
        )
    });
    if !says_must || text.starts_with(['#', '-', '*', '|', '>']) {
        return None;
    }
    let at = document.source.text().get(..item.span.start)?.rfind(text)?;
    Some(Passage {
        text: markdown::inline(&text.replace(['*', '`'], ""), text),
        span: Span::new(at, at + text.len()),
    })
}

/// Whether it stands in a list or table, rather than as a paragraph.
fn is_listed(document: &Document, item: &Item) -> bool {
    let line = document.source.line(document.line_of(item.span));
    let line = line.trim_start_matches([' ', '\t', '>']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    line.starts_with(['-', '*', '+', '|', '#', '•'])
        || item.number.is_some()
        || digits > 0
            && line
                .get(digits..)
                .is_some_and(|r| r.starts_with(['.', ')']))
}

/// Whether the section of an item has a list beside it.
fn has_list(document: &Document, item: &Item) -> bool {
    // Sections are in the order of the text: the last that begins before it is its own.
    let after = document
        .sections
        .partition_point(|section| section.span.start <= item.span.start);
    let Some(section) = after
        .checked_sub(1)
        .and_then(|at| document.sections.get(at))
    else {
        return false;
    };
    let first = document
        .items
        .partition_point(|other| other.span.start < section.span.start);
    document
        .items
        .iter()
        .skip(first)
        .take_while(|other| other.span.start < section.span.end)
        // Enough to know, and bounded.
        .take(64)
        .any(|other| other.role == item.role && is_listed(document, other))
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
        text: text_of(document, item),
        span: item.span,
    }
}

fn details(document: &Document, item: &Item) -> Vec<Passage> {
    item.details
        .iter()
        .filter(|(text, _)| text.chars().any(char::is_alphanumeric))
        .map(|(text, span)| Passage {
            text: markdown::inline(
                &filled(document, *span, text.clone()),
                document.source.slice(*span),
            ),
            span: *span,
        })
        .collect()
}

fn statement(document: &Document, item: &Item) -> Statement {
    let text = text_of(document, item);
    let around = item.path.last().cloned().unwrap_or_default();
    Statement {
        role: item.role,
        stems: super::concepts::stems(&format!("{text} {around}")),
        standing: Standing::of(&text),
        text,
        span: item.span,
        section: path_of(document, item),
        details: details(document, item),
    }
}

fn node(document: &Document, item: &Item, kind: NodeKind) -> Node {
    let mut node = Node::new(kind, text_of(document, item));
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
    node.mark = item.mark;
    node.keyword = item.keyword;
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
        .map(|citation| citation.id.written.clone())
        .collect();
    node.strength = if item.path.iter().any(|t| t.to_lowercase().contains("hard"))
        || kind == NodeKind::Acceptance && item.role == Role::Acceptance
    {
        Strength::Hard
    } else {
        Strength::Soft
    };
    node.scenarios = item
        .scenarios
        .iter()
        .map(|scenario| {
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
        _ => !matches!(prefix, "T" | "TASK" | "US" | "PH" | "Q"),
    }
}

/// An id that can stand in a bundle as it is: letters and a number, of this bundle.
fn own_id(id: &Id) -> Option<String> {
    let is_plain = id
        .written
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    (is_plain && !id.prefix.is_empty() && !id.numbers.is_empty() && id.written.len() <= 24)
        .then(|| id.written.clone())
}
