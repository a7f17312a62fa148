//! What sections are called, in the languages that are read. Written as `words::fold` leaves them.

mod course;
mod design;
mod keeping;
mod requirements;
mod wishes;

use crate::facts::Role::{self, *};

/// Whole titles, and the parts of titles that a joint separates.
type Titles = &'static [(Role, &'static [&'static str])];

/// Every title with its role.
pub(super) fn titles() -> impl Iterator<Item = (&'static str, Role)> {
    [
        wishes::TITLES,
        requirements::TITLES,
        design::TITLES,
        course::TITLES,
        keeping::TITLES,
    ]
    .into_iter()
    .flatten()
    .flat_map(|(role, titles)| titles.iter().map(|title| (*title, *role)))
}

/// Titles that end like this, whatever stands before: `MVP Functional Requirements`. Only words
/// that are hardly ever the object of something else.
pub(super) const ENDINGS: &[(Role, &[&str])] = &[
    (
        NonFunctional,
        &[
            "non-functional requirements",
            "nonfunctional requirements",
            "quality attributes",
            "nicht-funktionale anforderungen",
            "exigences non fonctionnelles",
            "requisitos no funcionales",
            "requisitos nao funcionais",
            "비기능 요구사항",
            "非功能需求",
        ],
    ),
    (
        Requirements,
        &[
            "requirements",
            "anforderungen",
            "exigences",
            "機能要件",
            "功能需求",
            "功能范围",
            "功能範圍",
            "기능 요구사항",
        ],
    ),
    (
        NonGoals,
        &[
            "non-goals",
            "out of scope",
            "nicht-ziele",
            "非目标",
            "非目標",
        ],
    ),
    (
        Goals,
        &["goals", "objectives", "ziele", "目标", "目標", "목표"],
    ),
    (
        Acceptance,
        &[
            "acceptance criteria",
            "akzeptanzkriterien",
            "abnahmekriterien",
            "definition of done",
            "受け入れ基準",
            "验收标准",
            "驗收標準",
        ],
    ),
    (
        Success,
        &["success criteria", "success metrics", "erfolgskriterien"],
    ),
    (Stories, &["user stories", "use cases", "user journeys"]),
    (Personas, &["personas"]),
    (Milestones, &["milestones", "roadmap", "meilensteine"]),
    (Status, &["implementation status", "project status"]),
    (Risks, &["risks", "risiken"]),
    (Assumptions, &["assumptions"]),
    (OpenQuestions, &["open questions", "offene fragen"]),
    (Principles, &["principles", "prinzipien"]),
    (Endpoints, &["endpoints", "api contract", "api endpoints"]),
    (Entities, &["data model", "database schema", "datenmodell"]),
    (
        Environment,
        &["environment variables", "env vars", "umgebungsvariablen"],
    ),
    (Indexes, &["indexes"]),
    (Architecture, &["architecture", "architektur", "tech stack"]),
    (Deployment, &["deployment targets"]),
    (EdgeCases, &["edge cases"]),
    (Tasks, &["task list", "implementation tasks"]),
];

/// What is inside, wherever it stands.
pub(super) const IN_SCOPE: [&str; 12] = [
    "in scope",
    "in-scope",
    "included",
    "im umfang",
    "inhalt des mvp",
    "dans le perimetre",
    "inclus",
    "dentro del alcance",
    "dentro do escopo",
    "スコープ内",
    "範囲内",
    "范围内",
];

/// Titles that begin like this and go on with a word of relation: `Goals for version 1`.
pub(super) const RELATIONS: [&str; 18] = [
    "for", "of", "to", "in", "per", "by", "fur", "von", "der", "des", "de", "du", "pour", "para",
    "da", "do", "que", "the",
];
