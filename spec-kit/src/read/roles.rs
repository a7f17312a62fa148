//! The role of each section: by its title where that is a known one, else the role of the section
//! above. A word of a title is never enough.

use super::headed::Headings;
use super::lexicon::Lexicon;
use super::marks::{Marks, heading_word};
use super::synonyms::{ENDINGS, IN_SCOPE, RELATIONS, titles};
use super::words::{fold, is_cjk, unnumbered};
use crate::facts::{Role, RoleSection};
use crate::outline::{BlockKind, Inline, Outline, Section};
use std::sync::{Arc, LazyLock};

/// Asked for each heading, and for each line that introduces a list.
static WHOLE: LazyLock<Lexicon<Role>> = LazyLock::new(|| Lexicon::new(titles()));

/// The synonym table.
pub(super) struct Titles;

impl Titles {
    /// The role that a title names; `None` where it names none.
    pub(super) fn role(&self, title: &str) -> Option<Role> {
        if title.len() > 200 {
            return None;
        }
        let full = clean(title);
        if let Some(role) = self.exact(&full) {
            return Some(role);
        }
        let bare = without_brackets(&full);
        if let Some(role) = self.exact(&bare) {
            return Some(role);
        }
        // What follows a colon or dash tells of what, so only the first part counts.
        let first = bare.split([':', '：', '–', '—']).next().unwrap_or("");
        let first = first.split(" - ").next().unwrap_or("").trim();
        if let Some(role) = self.exact(first) {
            return Some(role);
        }
        let mut parts = parts(first);
        parts.iter().find_map(|part| self.exact(part)).or_else(|| {
            parts.retain(|part| part.split(' ').count() <= 5);
            parts
                .iter()
                .find_map(|part| ending(part))
                .or_else(|| self.relation(first))
        })
    }

    /// The role of a title that is one word for word.
    pub(super) fn exact(&self, title: &str) -> Option<Role> {
        let title = title.trim();
        WHOLE
            .get(title)
            .or_else(|| WHOLE.get(&with_umlauts(title)?))
    }

    /// A heading of several things, `Goals and Background`, below which each has its own: what is
    /// in none of them is not what the first word says.
    fn only_names(&self, section: &Section) -> bool {
        let title = section.title.text.as_str();
        self.exact(&clean(title)).is_none()
            && self.role(title) == Some(Role::Goals)
            && section
                .sections
                .iter()
                .any(|below| self.exact(&clean(&below.title.text)) == Some(Role::Goals))
    }

    /// What is inside of a scope stands below a heading of what is outside too.
    fn is_in_scope(&self, title: &str) -> bool {
        IN_SCOPE.contains(&without_brackets(&clean(title)).as_str())
    }

    fn relation(&self, title: &str) -> Option<Role> {
        let (at, _) = title.match_indices(' ').find(|(at, _)| {
            let next = title
                .get(at + 1..)
                .unwrap_or("")
                .split(' ')
                .next()
                .unwrap_or("");
            RELATIONS.contains(&next)
        })?;
        self.exact(title.get(..at)?)
    }
}

/// A German title that is written without umlauts, `Qualitaetsziele`, as folding leaves one with
/// them.
fn with_umlauts(title: &str) -> Option<String> {
    let pairs = [("ae", "a"), ("oe", "o"), ("ue", "u")];
    let has = pairs.iter().any(|(pair, _)| title.contains(pair));
    has.then(|| {
        pairs.iter().fold(title.to_owned(), |title, (pair, one)| {
            title.replace(pair, one)
        })
    })
}

fn ending(part: &str) -> Option<Role> {
    ENDINGS
        .iter()
        .flat_map(|(role, ends)| ends.iter().map(move |end| (*role, *end)))
        .filter(|(_, end)| {
            part.strip_suffix(end).is_some_and(|rest| {
                rest.is_empty() || rest.ends_with(' ') || end.chars().next().is_some_and(is_cjk)
            })
        })
        .max_by_key(|(_, end)| end.len())
        .map(|(role, _)| role)
}

fn parts(title: &str) -> Vec<String> {
    let mut text = format!(" {title} ");
    for joint in [
        " and ", " und ", " et ", " y ", " e ", " + ", " & ", " / ", "/", "&", "と", "与", "與",
        "和", "와 ", "과 ",
    ] {
        if text.contains(joint) {
            text = text.replace(joint, "\u{1}");
        }
    }
    text.split(['\u{1}', ',', '、', '・'])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// Folded, without number, marks and the notes of templates.
pub(super) fn clean(title: &str) -> String {
    let (_, text) = unnumbered(
        title.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '[' | '§' | '(')),
    );
    let folded = fold(text);
    let folded =
        folded.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | ']' | '）'));
    folded.to_owned()
}

fn without_brackets(title: &str) -> String {
    let mut out = String::new();
    let mut depth = 0usize;
    for letter in title.chars() {
        match letter {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    words
        .join(" ")
        .trim_end_matches("mandatory")
        .trim()
        .to_owned()
}

/// A title as people say it: without number and mark.
pub(super) fn spoken(title: &str, marks: &Marks) -> String {
    let mut text = title.trim();
    if let Some((_, length)) = marks.lead(text) {
        text = text.get(length..).unwrap_or(text);
    }
    text = unnumbered(text).1;
    if let Some((_, length)) = marks.lead(text) {
        text = text.get(length..).unwrap_or(text);
    }
    if let Some((_, start)) = marks.tail(text) {
        text = text
            .get(..start)
            .unwrap_or(text)
            .trim_end_matches([' ', '(', '[', '|', '–', '—', '-', ':']);
    }
    text.trim().to_owned()
}

/// Sections with their roles, and which section stands above each.
pub(super) struct Sections {
    /// Of what stands before the first heading.
    pub root: Role,
    pub list: Vec<RoleSection>,
    pub parents: Vec<Option<usize>>,
    /// The section is one item by its title: `User Story 1`, `Requirement: …`, `FR-3: …`.
    pub headed: Vec<bool>,
}

impl Sections {
    /// Has no section below it.
    pub(super) fn is_leaf(&self, section: usize) -> bool {
        self.parents.get(section + 1).copied().flatten() != Some(section)
    }
}

pub(super) fn sections(outline: &Outline, titles: &Titles, marks: &Marks, root: Role) -> Sections {
    let walked = outline.walk();
    let alone = walked
        .iter()
        .filter(|(_, section)| section.level == 1)
        .count()
        == 1;
    let mut out = Sections {
        root,
        list: Vec::new(),
        parents: Vec::new(),
        headed: Vec::new(),
    };
    let is_titled = alone && walked.first().is_some_and(|(_, first)| first.level == 1);
    let headings = Headings::of(
        walked
            .iter()
            .map(|(_, section)| section.title.text.as_str()),
    );
    let mut open: Vec<usize> = Vec::new();
    for (index, (above, section)) in walked.iter().enumerate() {
        open.truncate(above.len());
        let parent = open.last().copied();
        open.push(index);
        let above_it = parent.and_then(|at| Some((out.list.get(at)?, walked.get(at)?.1)));
        let inherited = match above_it {
            Some((_, section)) if titles.only_names(section) => Role::Other,
            Some((above, _)) => above.role,
            None => root,
        };
        let headed = headings.is_headed(&section.title.text);
        let is_title = index == 0 && is_titled;
        let role = if is_title {
            titles.exact(&clean(&section.title.text)).unwrap_or(root)
        } else if headed {
            headings.role(&section.title.text).unwrap_or(inherited)
        } else {
            let own = titles.role(&section.title.text);
            let above = parent
                .and_then(|at| walked.get(at))
                .map(|(_, above)| *above);
            // "# Plan" names the document, and what its sections are called is what they are.
            let is_below_title = parent == Some(0) && is_titled && root == Role::Other;
            match own {
                _ if inherited == Role::NonGoals && titles.is_in_scope(&section.title.text) => {
                    Role::Goals
                }
                Some(own) if is_below_title && inherited == Role::Phases => own,
                Some(own) => settle(own, inherited, above),
                None => inherited,
            }
        };
        let mut path: Vec<String> = above
            .iter()
            .map(|up| spoken(&up.title.text, marks))
            .collect();
        path.push(spoken(&section.title.text, marks));
        out.list.push(RoleSection {
            role,
            path: Arc::new(path),
            level: section.level,
            title_span: section.title.span,
            span: section.span,
            is_empty: is_empty(section),
            mark: mark(&section.title, marks),
        });
        out.parents.push(parent);
        out.headed.push(headed);
    }
    out
}

fn mark(title: &Inline, marks: &Marks) -> Option<crate::facts::Mark> {
    let text = title.text.trim();
    let text = unnumbered(text).1;
    let lead = marks.lead(text).or_else(|| marks.tail(text));
    lead.map(|(mark, _)| mark)
        .or_else(|| marks.bracket(text).map(|(mark, _, _)| mark))
        .or_else(|| heading_word(text))
        .or_else(|| tail_word(text))
}

/// `Phase 2: Storage (done)`, `Phase 3 – COMPLETE`
fn tail_word(text: &str) -> Option<crate::facts::Mark> {
    let inner = match text.strip_suffix([')', ']']) {
        Some(open) => open.rsplit(['(', '[']).next(),
        None => text
            .rsplit([':', '–', '—'])
            .next()
            .filter(|last| last.len() < text.len()),
    };
    super::marks::word(inner?)
}

/// Which of two roles a section has whose own title and whose place say different things.
pub(super) fn settle(own: Role, above: Role, parent: Option<&Section>) -> Role {
    use Role::*;
    match (above, own) {
        // Goals that are called success criteria, and have no list beside them.
        (Goals, Success) if parent.is_some_and(|section| section.blocks.is_empty()) => Goals,
        (
            NonGoals | Glossary | OpenQuestions | Risks | Coverage | SourceMap | Principles
            | ConstitutionCheck,
            _,
        ) => match own {
            Governance | Coverage | SourceMap => own,
            _ => above,
        },
        (
            Tasks | Phases,
            Dependencies | Coverage | SourceMap | Verification | Acceptance | Risks | NonGoals
            | Status | Milestones | Summary | Success,
        ) => {
            match own {
                // Groups of work that tests or verify.
                Verification if above == Tasks => above,
                _ => own,
            }
        }
        (Tasks | Phases, Tasks | Phases | Other) => own,
        (Tasks | Phases | Status | Milestones, _) => above,
        // What a log of changes lists is no goal.
        (Goals, Status) => own,
        (
            Requirements | NonFunctional | Acceptance | Success | Goals | Stories,
            Security | Deployment | Interface | Architecture | Environment | Status | Tasks
            | Principles | Phases,
        ) => above,
        (Acceptance | Success | NonFunctional, Requirements | NonFunctional | Verification) => {
            above
        }
        // What is told of a feature is no problem of the product.
        (Requirements, Summary) => Other,
        (_, own) => own,
    }
}

fn is_empty(section: &Section) -> bool {
    let blocks = section.blocks.iter().all(|block| match &block.kind {
        BlockKind::Rule | BlockKind::Html => true,
        BlockKind::Paragraph(words) | BlockKind::Heading(words) => is_placeholder(&words.text),
        BlockKind::List(list) => list
            .items
            .iter()
            .all(|item| item.blocks.is_empty() && is_placeholder(&item.text.text)),
        BlockKind::Table(table) => table.rows.is_empty(),
        BlockKind::Code(_) | BlockKind::Quote(_) => false,
    });
    // The outline has few levels.
    blocks && section.sections.iter().all(is_empty)
}

/// Nothing, dots, `TBD`, or one token of a template.
fn is_placeholder(text: &str) -> bool {
    let text = text
        .trim()
        .trim_matches(['.', '…', '-', '–', '—', '*', '_', ':'])
        .trim();
    if text.is_empty() {
        return true;
    }
    let bracketed =
        (text.starts_with('[') && text.ends_with(']') && text.matches('[').count() == 1)
            || (text.starts_with('<') && text.ends_with('>'));
    if bracketed {
        return !fold(text).starts_with("[needs clarification");
    }
    matches!(
        fold(text).as_str(),
        "tbd"
            | "todo"
            | "to be populated"
            | "to be defined"
            | "to be done"
            | "n/a"
            | "???"
            | "coming soon"
            | "placeholder"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_many_shapes_and_languages_have_roles() {
        let titles = Titles;
        for (title, role) in [
            ("13) MVP Functional Requirements", Some(Role::Requirements)),
            ("14) Acceptance Criteria (Hard)", Some(Role::Acceptance)),
            ("5) UX / Information Architecture", Some(Role::Interface)),
            ("3) Non-Goals (v1)", Some(Role::NonGoals)),
            (
                "User Scenarios & Testing *(mandatory)*",
                Some(Role::Stories),
            ),
            ("## ADDED Requirements", Some(Role::Requirements)),
            ("Nicht-funktionale Anforderungen", Some(Role::NonFunctional)),
            ("Critères d'acceptation", Some(Role::Acceptance)),
            ("3. Requisitos não funcionais", Some(Role::NonFunctional)),
            ("二、功能需求", Some(Role::Requirements)),
            ("9) Concurrency + Reliability", Some(Role::NonFunctional)),
            ("Goals for v1", Some(Role::Goals)),
            ("🎯 Goals", Some(Role::Goals)),
            ("16) Pulser SDK Install Instruction (Required)", None),
            ("Assign tasks", None),
            ("Why goals matter to players", None),
            ("Acceptance test", Some(Role::Verification)),
        ] {
            assert_eq!(titles.role(title), role, "{title}");
        }
    }
}
