//! What the words of one item say of it: title, story, metadata.

use super::lead::Lead;
use super::norms;
use super::scenarios;
use crate::facts::{Item, Role, Title};
use crate::order::Order;
use crate::outline::Inline;

/// `**User Story:** As a …` below a requirement of Kiro.
pub(super) fn story_line(words: &Inline) -> Option<String> {
    let fields = super::fields::fields(words);
    let field = fields.first()?;
    let is_story = [
        "user story",
        "benutzergeschichte",
        "historia de usuario",
        "ユーザーストーリー",
        "用户故事",
        "用戶故事",
        "使用者故事",
        "사용자 스토리",
        "recit utilisateur",
    ]
    .contains(&field.key.as_str());
    is_story.then(|| field.value(words).to_owned())
}

/// Without `Requirement:` and `(Priority: P1)`.
pub(super) fn heading_title(text: &str) -> String {
    let text = super::words::after_joint(text);
    let text = match text.get(..12) {
        Some(lead) if lead.eq_ignore_ascii_case("requirement:") => {
            text.get(12..).unwrap_or("").trim()
        }
        _ => text,
    };
    let folded = super::words::fold(text);
    match text.rfind(['(', '（', '[']) {
        Some(at)
            if [
                "priority",
                "priorit",
                "prioridad",
                "優先",
                "优先",
                "p1)",
                "p2)",
                "p3)",
            ]
            .iter()
            .any(|word| folded.contains(word)) =>
        {
            text.get(..at).unwrap_or(text).trim().to_owned()
        }
        _ => text.trim().to_owned(),
    }
}

/// Bold words at the start, or a short name before a dash or colon.
pub(super) fn title(words: &Inline, lead: &Lead, text: &str) -> Option<Title> {
    let start = lead.rest;
    let bold_end = words
        .pieces
        .iter()
        .skip_while(|piece| piece.range.end <= start)
        .take_while(|piece| piece.strong)
        .last()
        .map(|piece| piece.range.end);
    if let Some(end) = bold_end
        && let Some(name) = words.text.get(start..end)
    {
        let name = name
            .trim()
            .trim_end_matches([':', '：', '.', '–', '—', '-', ' ']);
        if !name.is_empty() {
            return Some(Title {
                text: name.to_owned(),
                span: words.span_of(start..end),
            });
        }
    }
    let at = joint(text)?;
    let name = text.get(..at)?.trim();
    let short =
        !name.is_empty() && name.chars().count() <= 60 && name.split_whitespace().count() <= 7;
    (short && !name.contains(['.', '(', '`'])).then(|| Title {
        text: name.to_owned(),
        span: words.span_of(start..start + at),
    })
}

/// The first of `: `, `：`, ` – `, ` — ` and ` - `.
fn joint(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let begins = |(at, byte): (usize, &u8)| match byte {
        b':' => bytes.get(at + 1) == Some(&b' '),
        b' ' => matches!(
            bytes.get(at + 1..),
            Some([b'-', b' ', ..] | [0xe2, 0x80, 0x93 | 0x94, b' ', ..])
        ),
        0xef => bytes.get(at + 1..at + 3) == Some(&[0xbc, 0x9a]),
        _ => false,
    };
    bytes.iter().enumerate().position(begins)
}

/// Roles whose paragraphs say something themselves.
pub(super) fn is_prose(role: Role) -> bool {
    use Role::*;
    matches!(
        role,
        Problem
            | Summary
            | Architecture
            | Security
            | Deployment
            | Interface
            | Other
            | Status
            | Verification
            | TechnicalContext
            | Structure
            | Governance
            | Decisions
            | Assumptions
            | OpenQuestions
            | Environment
    )
}

/// `**Feature Branch**: …  **Created**: …`: facts of the document, not of its subject.
pub(super) fn is_metadata(words: &Inline) -> bool {
    const KEYS: [&str; 26] = [
        "feature branch",
        "branch",
        "created",
        "status",
        "input",
        "version",
        "ratified",
        "last amended",
        "date",
        "author",
        "authors",
        "owner",
        "last updated",
        "spec",
        "prerequisites",
        "tests",
        "organization",
        "document version",
        "updated",
        "reviewers",
        "autor",
        "datum",
        "statut",
        "estado",
        "fecha",
        "data",
    ];
    let fields = super::fields::fields(words);
    !fields.is_empty()
        && fields
            .iter()
            .all(|field| KEYS.contains(&field.key.as_str()))
}

pub(super) fn finish(item: &mut Item) {
    if item.scenarios.is_empty() {
        item.scenarios = scenarios::of_points(&item.details);
    }
    if item.scenarios.is_empty() && item.role == Role::Acceptance {
        item.scenarios = scenarios::of_ears(&item.text, item.span)
            .into_iter()
            .collect();
    }
    item.keyword = norms::keyword(&item.text);
    item.cue = norms::cue(&item.text, item.keyword);
    item.citations.order_by_key(|citation| citation.span);
}
