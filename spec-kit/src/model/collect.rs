//! The items of a document as nodes, by the role of their section.

use super::delta;
use super::make::{self, Made, Use};
use super::markdown;
use super::node::{Node, Passage};
use super::standing::{Later, Standing};
use super::words::Stem;
use crate::facts::{Document, Item, Keyword, Role};
use crate::manifest::NodeKind;
use crate::parallel;
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
    /// What the document puts off, of whatever kind.
    pub later: Vec<Statement>,
}

/// What a document says in a section that lists no requirements: how it is built, where it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub role: Role,
    pub text: String,
    pub span: Span,
    pub section: Vec<String>,
    /// The line that introduces its list, `Runboard features`; empty where there is none.
    pub under: String,
    pub details: Vec<Passage>,
    pub stems: Vec<Stem>,
    /// "current", "for prototyping": true for now only.
    pub standing: Standing,
}

pub(super) fn collect(document: &Document) -> Collected {
    let later = Later::of(document);
    let uses = uses(document, &later);
    let size = document.source.text().len();
    let made = parallel::map(size, &uses, |(item, is)| {
        let made = make::of(document, item, is);
        match made {
            Made::Node(mut node) if later.holds(item.span) => {
                node.standing = Standing::Later;
                Made::Node(node)
            }
            made => made,
        }
    });
    let mut found = Collected::default();
    for made in made {
        found.take(made);
    }
    introduce(document, &mut found.statements);
    found.statements.extend(base(document));
    found
}

/// Says of each statement which line introduces its list: the one before it, or that of the
/// statement right above it.
fn introduce(document: &Document, statements: &mut [Statement]) {
    let mut before: Option<(u32, String)> = None;
    for statement in statements {
        let line = document.line_of(statement.span);
        let mut above = line.saturating_sub(1);
        if above > 0 && document.source.line(above).trim().is_empty() {
            above -= 1;
        }
        let intro = introducing(document.source.line(above));
        statement.under = match (intro, &before) {
            (Some(intro), _) if above > 0 => intro.to_owned(),
            (_, Some((last, under))) if *last == above => under.clone(),
            _ => String::new(),
        };
        let spans = statement.details.iter().map(|detail| detail.span);
        let last = spans.chain([statement.span]).map(|span| span.end).max();
        let last = last.map_or(line, |end| {
            document.line_of(Span::new(end.saturating_sub(1), end))
        });
        before = Some((last, statement.under.clone()));
    }
}

impl Collected {
    fn take(&mut self, made: Made) {
        match made {
            Made::Node(node) => self.nodes.entry(node.kind).or_default().push(*node),
            Made::Point(kind, detail) => {
                let list = self.nodes.entry(kind).or_default();
                if let Some(node) = list.last_mut() {
                    node.stems.extend(super::concepts::stems(&detail.text));
                    node.stems.truncate(super::words::MAX_WORDS);
                    node.details.push(detail);
                }
            }
            Made::Problem(passage) => self.problem.push(passage),
            Made::Assumption(passage) => self.assumptions.push(passage),
            Made::EdgeCase(passage) => self.edge_cases.push(passage),
            Made::Statement(statement) => self.statements.push(statement),
            Made::Later(statement) => self.later.push(statement),
        }
    }
}

/// What each item of a document is for; an item may be for two things, or for nothing.
fn uses<'a>(document: &'a Document, later: &Later) -> Vec<(&'a Item, Use)> {
    let mut uses = Vec::with_capacity(document.items.len());
    let has = |role| document.items.iter().any(|item| item.role == role);
    // Where nothing is called a goal, what success is measured by is one, unless stories say what
    // the requirements are for.
    let has_goals = has(Role::Goals) || (has(Role::Stories) && has(Role::Requirements));
    let has_requirements = has(Role::Requirements);
    // The introduction of a list that says what must be, `Documentation must include:`.
    let mut binding: Option<&Item> = None;
    let mut headed: Option<Span> = None;
    for (at, item) in document.items.iter().enumerate() {
        if let Some(intro) = binding {
            let is_point = item.role == intro.role
                && (item.id.is_none() || item.role == Role::Other)
                && item.path == intro.path
                && is_listed(document, item)
                // Another sentence introduces another list.
                && intro_line(document, item).is_none();
            if is_point {
                uses.push((item, Use::Point(kind_of_list(item))));
                continue;
            }
            binding = None;
        }
        if let Some(intro) = introduced(document, item) {
            uses.push((item, Use::Bound(kind_of_list(item), intro)));
            binding = Some(item);
            continue;
        }
        if is_absence(item) {
            continue;
        }
        if later.holds(item.span) && item.id.is_none() && may_come_later(item.role) {
            uses.push((item, Use::Later));
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
            uses.push((item, Use::Headed(whole)));
        }
        if delta::new_name(item).is_some() && uses.last().is_some_and(|(_, last)| last.is_rename())
        {
            continue;
        }
        let next = document.items.get(at + 1);
        if let Some((to, name)) = next.and_then(|next| Some((next, delta::new_name(next)?)))
            && delta::old_name(item).is_some()
        {
            let (text, span) = (name.to_owned(), to.span);
            uses.push((item, Use::Renamed(Passage { text, span })));
            continue;
        }
        if item.role == Role::Goals && has_requirements && is_one_of_many(document, at) {
            uses.push((item, Use::Problem));
            continue;
        }
        uses.extend(home(document, item, has_goals).map(|home| (item, home)));
    }
    uses
}

/// What would be work, or say how it is done. What a document excludes, asks or warns of, it does
/// so under any title; and what has an id is kept under it.
fn may_come_later(role: Role) -> bool {
    matches!(
        role,
        Role::Goals
            | Role::Stories
            | Role::Requirements
            | Role::NonFunctional
            | Role::Security
            | Role::Success
            | Role::Acceptance
            | Role::Verification
            | Role::Decisions
            | Role::Architecture
            | Role::Interface
            | Role::Deployment
            | Role::Environment
            | Role::Entities
            | Role::Indexes
            | Role::Endpoints
            | Role::Structure
            | Role::TechnicalContext
            | Role::Milestones
            | Role::Status
            | Role::Phases
            | Role::Tasks
            | Role::Other
    )
}

/// What a generated document says where its source had nothing, such as "The source names none.":
/// a bundle that is generated again must not make a thing of it.
fn is_absence(item: &Item) -> bool {
    if item.id.is_some() {
        return false;
    }
    match item.text.strip_prefix("The source ") {
        Some(said) => ABSENT.iter().any(|words| said.starts_with(words)),
        // A problem that nobody knows is still what a bundle of a mere change stands on.
        None => item.text.starts_with("TODO(") && item.role != Role::Problem,
    }
}

const ABSENT: [&str; 6] = [
    "names no",
    "lists no",
    "has no stories",
    "states no",
    "records no",
    "measures success by its goals and",
];

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
        section: section.path.to_vec(),
        under: String::new(),
        details: Vec::new(),
    })
}

fn home(document: &Document, item: &Item, has_goals: bool) -> Option<Use> {
    let is_listed = is_listed(document, item);
    let kind = match item.role {
        Role::Problem | Role::Summary => return Some(Use::Problem),
        Role::Assumptions => return Some(Use::Assumption),
        Role::EdgeCases => return Some(Use::EdgeCase),
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
        | Role::Other => {
            let asked = kind_by_id(item).filter(|_| is_listed);
            return Some(asked.map_or_else(|| other(item), Use::Node));
        }
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
        | Role::SourceMap => return None,
    };
    // Sentences around a list introduce it; on their own they are what the section says.
    if !is_listed && has_list(document, item) && item.keyword.is_none() && item.id.is_none() {
        return match kind {
            NodeKind::Goal | NodeKind::Requirement => Some(Use::Problem),
            _ => None,
        };
    }
    Some(Use::Node(kind))
}

/// What its author numbers is asked for, wherever it stands, unless its letters say that it is
/// something else.
fn kind_by_id(item: &Item) -> Option<NodeKind> {
    const OTHERS: &[&str] = &[
        "ADR", "ASM", "D", "DEC", "E", "EPIC", "G", "GOAL", "M", "NG", "OQ", "P", "PE", "Q", "R",
        "RISK", "T", "TASK", "US", "",
    ];
    let id = item.id.as_ref()?;
    let head = id.prefix.split('-').next().unwrap_or("");
    match item.role {
        _ if OTHERS.contains(&head) => None,
        Role::Endpoints | Role::Interface | Role::Other => Some(NodeKind::Requirement),
        Role::Architecture | Role::Deployment | Role::Environment | Role::TechnicalContext => {
            Some(NodeKind::NonFunctional)
        }
        _ => None,
    }
}

/// A section without a known name that says what must be is a requirement all the same.
fn other(item: &Item) -> Use {
    let says_must = matches!(
        item.keyword,
        Some(Keyword::Must | Keyword::MustNot | Keyword::Should | Keyword::ShouldNot)
    );
    // What stands above all sections is about the document.
    if item.role == Role::Other && says_must && item.path.len() > 1 {
        Use::Node(NodeKind::NonFunctional)
    } else {
        Use::Statement
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

/// The introduction of a list whose points say nothing without it, for the first of them: it says
/// what must be, where nothing else does, or that the points are examples, `Ignore files such as:`.
fn introduced(document: &Document, item: &Item) -> Option<Passage> {
    let intro = match item.role {
        Role::Other => intro_line(document, item).filter(|text| says_must(text)),
        Role::Requirements if item.id.is_none() && is_listed(document, item) => {
            intro_line(document, item).filter(|text| names_examples(text))
        }
        _ => None,
    }?;
    let at = document
        .source
        .text()
        .get(..item.span.start)?
        .rfind(intro)?;
    Some(Passage {
        text: markdown::inline(&intro.replace(['*', '`'], ""), intro),
        span: Span::new(at, at + intro.len()),
    })
}

fn kind_of_list(item: &Item) -> NodeKind {
    match item.role {
        Role::Requirements => NodeKind::Requirement,
        _ => NodeKind::NonFunctional,
    }
}

fn says_must(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "must" | "shall" | "required"
        )
    })
}

fn names_examples(text: &str) -> bool {
    const LEADS: &[&str] = &[
        " such as",
        " like",
        " for example",
        " e.g.",
        " including",
        " wie",
        " z. b.",
        " z.b.",
        " tels que",
        " telles que",
        " comme",
        " como",
        " por ejemplo",
        " por exemplo",
        "例如",
    ];
    let text = text.to_lowercase();
    LEADS.iter().any(|lead| text.ends_with(lead))
}

/// The sentence with a colon at its end right before a list, for the first item of the list.
fn intro_line<'d>(document: &'d Document, item: &Item) -> Option<&'d str> {
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
    introducing(line)
}

/// What a line says of the list below it, where it is a sentence with a colon at its end. What a
/// comment says is no word of the document.
fn introducing(line: &str) -> Option<&str> {
    let text = line.trim().strip_suffix(':')?;
    let is_said = !text.starts_with(['#', '-', '*', '+', '|', '>']) && !text.contains("<!--");
    is_said.then_some(text)
}

/// Whether it stands in a list or table, rather than as a paragraph.
fn is_listed(document: &Document, item: &Item) -> bool {
    let line = document.source.line(document.line_of(item.span));
    let line = line.trim_start_matches([' ', '\t', '>']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    line.starts_with(['-', '*', '+', '|', '#', '•'])
        || line.starts_with("<li")
        || line.starts_with("<ul")
        || item.number.is_some()
        || digits > 0
            && line
                .get(digits..)
                .is_some_and(|r| r.starts_with(['.', ')']))
}

/// A paragraph beside others: an only one may be a goal, several are what is told around goals.
fn is_one_of_many(document: &Document, at: usize) -> bool {
    let is_paragraph = |item: &Item| item.id.is_none() && !is_listed(document, item);
    let Some(item) = document.items.get(at).filter(|item| is_paragraph(item)) else {
        return false;
    };
    let before = at.checked_sub(1).and_then(|at| document.items.get(at));
    let mut beside = before.into_iter().chain(document.items.get(at + 1));
    beside.any(|other| other.role == item.role && other.path == item.path && is_paragraph(other))
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
