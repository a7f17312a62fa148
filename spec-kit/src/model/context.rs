//! The technical context: what the source itself names, nothing else.

use super::inventory::Inventory;
use super::markdown;
use super::node::{Node, Passage};
use super::standing::Later;
use crate::facts::{Document, Role};
use crate::manifest::NodeKind;
use crate::order::Order;
use crate::text::Span;
use std::collections::{BTreeMap, HashMap};

/// One of the nine fields of spec-kit's technical context. Without values where the source names
/// none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    /// `LANGUAGE_VERSION`, for `TODO(LANGUAGE_VERSION)`.
    pub key: &'static str,
    pub values: Vec<Passage>,
}

const LANGUAGES: &[&str] = &[
    "TypeScript",
    "JavaScript",
    "Rust",
    "Python",
    "Golang",
    "Java",
    "Kotlin",
    "Swift",
    "C#",
    "C++",
    "Ruby",
    "PHP",
    "Elixir",
    "Scala",
    "Dart",
    "Node.js",
    "Deno",
    "Bun",
    ".NET",
    "PL/pgSQL",
];
const DEPENDENCIES: &[&str] = &[
    "React Native",
    "React",
    "Next.js",
    "Vue",
    "Nuxt",
    "Angular",
    "Svelte",
    "SvelteKit",
    "Django",
    "FastAPI",
    "Flask",
    "Rails",
    "Spring Boot",
    "Express",
    "NestJS",
    "Laravel",
    "Axum",
    "Tokio",
    "Flutter",
    "Tailwind",
    "GraphQL",
    "gRPC",
    "Kafka",
    "RabbitMQ",
    "OpenAI",
    "Stripe",
    "Auth0",
    "Prisma",
    "Supabase",
    "Firebase",
    "Electron",
    "Tauri",
    "WebAssembly",
    "LangChain",
    "Twilio",
    "PostgREST",
    "Pulumi",
    "Terraform",
    "Helm",
    "Celery",
    "Temporal",
];
const STORAGE: &[&str] = &[
    "PostgreSQL",
    "Postgres",
    "MySQL",
    "MariaDB",
    "SQLite",
    "MongoDB",
    "Redis",
    "DynamoDB",
    "Firestore",
    "Cassandra",
    "ClickHouse",
    "Elasticsearch",
    "OpenSearch",
    "Supabase Storage",
    "S3",
    "IndexedDB",
    "localStorage",
    "BigQuery",
    "Snowflake",
    "Neo4j",
    "DuckDB",
    "Parquet",
];
const TESTING: &[&str] = &[
    "pytest",
    "Jest",
    "Vitest",
    "Playwright",
    "Cypress",
    "JUnit",
    "Selenium",
    "cargo test",
    "go test",
    "RSpec",
    "Mocha",
    "Storybook",
    "k6",
    "Testcontainers",
    "pgTAP",
];
const PLATFORMS: &[&str] = &[
    "Vercel",
    "Supabase",
    "Netlify",
    "Cloudflare",
    "Kubernetes",
    "Docker",
    "DOKS",
    "DO Droplet",
    "DigitalOcean",
    "AWS Lambda",
    "AWS",
    "GCP",
    "Google Cloud",
    "Azure",
    "Heroku",
    "Fly.io",
    "GitHub Actions",
    "iOS",
    "Android",
    "Linux",
    "Windows",
    "macOS",
    "WASI",
    "Raspberry Pi",
    "Chrome",
    "Firefox",
    "Safari",
];
/// Enough to tell what a thing is built with.
const MAX_VALUES: usize = 8;

/// Words that make a quantity one of speed, by its unit.
const SPEED: &[&str] = &["s", "ms", "%", "rps", "qps", "req/s", "fps"];
const SCALE: &[&str] = &[
    "user", "run", "worker", "request", "tenant", "device", "record", "row", "customer", "session",
    "job", "node", "event", "file", "B",
];

pub(super) fn fields(
    document: &Document,
    inventory: &Inventory,
    nodes: &BTreeMap<NodeKind, Vec<Node>>,
) -> Vec<Field> {
    let places = places(document.source.text());
    let later = Later::of(document);
    let named = |names: &[&'static str]| named(document, &later, &places, names);
    vec![
        field("Language/Version", "LANGUAGE_VERSION", named(LANGUAGES)),
        field(
            "Primary Dependencies",
            "PRIMARY_DEPENDENCIES",
            named(DEPENDENCIES),
        ),
        field("Storage", "STORAGE", named(STORAGE)),
        field("Testing", "TESTING", named(TESTING)),
        field("Target Platform", "TARGET_PLATFORM", named(PLATFORMS)),
        field("Project Type", "PROJECT_TYPE", project_type(inventory)),
        field(
            "Performance Goals",
            "PERFORMANCE_GOALS",
            measured(document, SPEED),
        ),
        field("Constraints", "CONSTRAINTS", constraints(nodes)),
        field("Scale/Scope", "SCALE_SCOPE", measured(document, SCALE)),
    ]
}

fn field(name: &'static str, key: &'static str, values: Vec<Passage>) -> Field {
    Field { name, key, values }
}

/// Where each of the names is in a text, at its first places.
fn places(text: &str) -> HashMap<&'static str, Vec<usize>> {
    let lists = [LANGUAGES, DEPENDENCIES, STORAGE, TESTING, PLATFORMS];
    let mut by_first: Vec<Vec<&str>> = vec![Vec::new(); 128];
    for name in lists.into_iter().flatten() {
        let first = name.bytes().next().map(usize::from);
        if let Some(list) = first.and_then(|first| by_first.get_mut(first))
            && !list.contains(name)
        {
            list.push(name);
        }
    }
    let bytes = text.as_bytes();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, first) in bytes.iter().enumerate() {
        let names = by_first.get(usize::from(*first));
        // Most letters begin none.
        let Some(names) = names.filter(|names| !names.is_empty()) else {
            continue;
        };
        let second = bytes.get(at + 1);
        for name in names.iter().filter(|name| name.as_bytes().get(1) == second) {
            if bytes
                .get(at..)
                .is_some_and(|rest| rest.starts_with(name.as_bytes()))
            {
                let found = places.entry(name).or_default();
                if found.len() < MAX_PLACES {
                    found.push(at);
                }
            }
        }
    }
    places
}

fn named(
    document: &Document,
    later: &Later,
    places: &HashMap<&'static str, Vec<usize>>,
    names: &[&'static str],
) -> Vec<Passage> {
    let text = document.source.text();
    let mut found: Vec<Passage> = Vec::new();
    for name in names {
        let mut best: Option<(usize, Telling)> = None;
        for at in places.get(name).into_iter().flatten().copied() {
            let span = Span::new(at, at + name.len());
            if !stands_alone(text, span) || later.holds(span) || is_denied(text, at) {
                continue;
            }
            let telling = telling(document, span);
            if telling != Telling::Nothing && best.is_none_or(|(_, before)| telling > before) {
                best = Some((at, telling));
            }
            if telling == Telling::Stack {
                break;
            }
        }
        let Some((at, _)) = best else {
            continue;
        };
        // `React` is part of `React Native`, which was found before it.
        if found.iter().any(|other| other.span.start == at) {
            continue;
        }
        let end = at + name.len();
        let version = version(text.get(end..).unwrap_or(""));
        found.push(Passage {
            text: markdown::plain(&format!("{name}{version}")),
            span: Span::new(at, end + version.len()),
        });
    }
    found.order_by_key(|passage| passage.span);
    found.truncate(MAX_VALUES);
    found
}

/// Places of one name that are looked at.
const MAX_PLACES: usize = 200;

/// How much a section tells of what a thing is built with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Telling {
    /// Stories, risks and what is excluded name things that others use, or nobody.
    Nothing,
    InPassing,
    Stack,
}

fn telling(document: &Document, span: Span) -> Telling {
    let after = document
        .sections
        .partition_point(|section| section.span.start <= span.start);
    let role = after
        .checked_sub(1)
        .and_then(|at| document.sections.get(at))
        .map_or(Role::Other, |section| section.role);
    match role {
        Role::NonGoals
        | Role::Risks
        | Role::OpenQuestions
        | Role::Stories
        | Role::Personas
        | Role::EdgeCases
        | Role::Assumptions
        | Role::Glossary => Telling::Nothing,
        Role::Problem | Role::Summary | Role::Goals | Role::Success => Telling::InPassing,
        _ => Telling::Stack,
    }
}

/// `without JavaScript`: a name behind a word that denies it.
fn is_denied(text: &str, at: usize) -> bool {
    let before = text
        .get(..at)
        .unwrap_or("")
        .trim_end_matches([' ', '`', '*']);
    let words = before.rsplit(|c: char| !c.is_alphabetic());
    let word = words.take(1).collect::<String>().to_lowercase();
    matches!(
        word.as_str(),
        "without" | "no" | "not" | "sans" | "ohne" | "kein" | "keine" | "sin" | "sem" | "senza"
    )
}

fn stands_alone(text: &str, span: Span) -> bool {
    let before = text.get(..span.start).and_then(|t| t.chars().next_back());
    let after = text.get(span.end..).and_then(|t| t.chars().next());
    !before.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '.')
        && !after.is_some_and(char::is_alphanumeric)
}

/// ` 3.11`, ` v20`, `≥ 1.80` right behind a name.
fn version(after: &str) -> String {
    let line = after.lines().next().unwrap_or("");
    let rest = line.trim_start_matches([' ', 'v', '≥', '>', '=', '^']);
    let digits = rest
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let lead = line.len() - rest.len();
    let version = rest.get(..digits).unwrap_or("").trim_end_matches('.');
    if lead == 0 || version.is_empty() {
        return String::new();
    }
    line.get(..lead + version.len()).unwrap_or("").to_owned()
}

fn project_type(inventory: &Inventory) -> Vec<Passage> {
    let mut parts = Vec::new();
    let mut first = None;
    for (things, one, many) in [
        (&inventory.screens, "screen", "screens"),
        (&inventory.endpoints, "HTTP endpoint", "HTTP endpoints"),
    ] {
        if let Some(thing) = things.first() {
            parts.push(count(things.len(), one, many));
            first.get_or_insert(thing.span);
        }
    }
    if let Some(table) = inventory.tables.first() {
        parts.push(count(inventory.tables.len(), "table", "tables"));
        first.get_or_insert(table.thing.span);
    }
    first.map_or_else(Vec::new, |span| {
        vec![Passage {
            text: parts.join(", "),
            span,
        }]
    })
}

pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

/// The items that carry a quantity of one of these units, once each.
fn measured(document: &Document, units: &[&str]) -> Vec<Passage> {
    let mut found: Vec<Passage> = Vec::new();
    for quantity in &document.quantities {
        let unit = quantity.unit.trim_end_matches('s');
        if !units.contains(&quantity.unit.as_str()) && !units.contains(&unit) {
            continue;
        }
        let after = document
            .items
            .partition_point(|item| item.span.start <= quantity.span.start);
        let Some(item) = after
            .checked_sub(1)
            .and_then(|at| document.items.get(at))
            .filter(|item| item.whole.holds(quantity.span))
        else {
            continue;
        };
        if matches!(
            item.role,
            Role::NonGoals | Role::Risks | Role::Status | Role::Problem
        ) || found.iter().any(|passage| passage.span == item.span)
        {
            continue;
        }
        found.push(Passage {
            text: super::make::text_of(document, item),
            span: item.span,
        });
        if found.len() >= MAX_VALUES {
            break;
        }
    }
    found
}

fn constraints(nodes: &BTreeMap<NodeKind, Vec<Node>>) -> Vec<Passage> {
    nodes
        .get(&NodeKind::Decision)
        .into_iter()
        .flatten()
        .take(MAX_VALUES)
        .filter_map(|node| {
            Some(Passage {
                text: node.text.clone(),
                span: *node.spans.first()?,
            })
        })
        .collect()
}
