//! SK-STR-001 to 004, 008 and 010: files, sections, headings, names.

use super::context::{Context, called, has_role};
use super::draft::{Draft, Drafts, line, top};
use super::words::list;
use crate::bundle::{Bundle, Layout, Scope, file_name};
use crate::facts::{Document, DocumentKind, Role};
use crate::outline::BlockKind;
use crate::rules::Severity;
use crate::text::{Place, Span};
use std::collections::BTreeMap;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    if context.is_whole() {
        missing_files(context, out);
        folder_name(context, out);
    }
    for file in &context.bundle.unreadable {
        let message = format!("{} cannot be read: {}", file_name(&file.file), file.reason);
        out.add(
            Draft::at_place("SK-STR-002", line(&file.file, file.line), message).key("unreadable"),
        );
    }
    for document in context.bundle.documents() {
        if is_empty(document) {
            let message = format!("{} has no content", file_name(document.source.file()));
            out.add(Draft::at("SK-STR-002", document, Span::new(0, 0), message).key("empty"));
            continue;
        }
        mandatory(context, document, out);
        empty_sections(document, out);
        headings(document, out);
    }
}

fn missing_files(context: &Context<'_>, out: &mut Drafts) {
    let bundle = context.bundle;
    let names = match bundle.layout {
        Layout::Native => ["constitution.md", "prd.md", "plan.md", "tasks.md"],
        Layout::SpecKit => ["", "spec.md", "plan.md", "tasks.md"],
        Layout::Kiro => ["", "requirements.md", "design.md", "tasks.md"],
        Layout::OpenSpec => ["", "", "", ""],
    };
    let present = [
        &bundle.constitution,
        &bundle.prd,
        &bundle.plan,
        &bundle.tasks,
    ];
    for (name, document) in names.iter().zip(present) {
        let is_unreadable = bundle
            .unreadable
            .iter()
            .any(|file| file_name(&file.file) == *name);
        if name.is_empty() || document.is_some() || is_unreadable {
            continue;
        }
        let folder = match bundle.directory.as_str() {
            "" => "the folder".to_owned(),
            directory => format!("`{directory}`"),
        };
        let message = format!("{name} is missing in {folder}");
        let mut draft = Draft::at_place("SK-STR-001", somewhere(bundle), message).key(*name);
        // Elsewhere the files come one after the other.
        if bundle.layout != Layout::Native {
            draft = draft.severity(Severity::Note);
        }
        out.add(draft);
    }
}

/// A place for what has none: viewers cannot show a file that is not there.
fn somewhere(bundle: &Bundle) -> Place {
    let own = |file: &&str| file.starts_with(bundle.directory.as_str());
    let file = bundle
        .documents()
        .map(|document| document.source.file())
        .filter(own)
        .chain(bundle.files.iter().map(String::as_str))
        .next();
    top(file.unwrap_or(&bundle.directory))
}

fn folder_name(context: &Context<'_>, out: &mut Drafts) {
    let bundle = context.bundle;
    if bundle.slug.is_empty() {
        return;
    }
    let place = somewhere(bundle);
    if let Some(manifest) = &bundle.manifest
        && manifest.slug != bundle.slug
    {
        let message = format!(
            "the folder is `{}` and the manifest says `{}`",
            bundle.slug, manifest.slug
        );
        out.add(Draft::at_place("SK-STR-010", place, message).key("differs"));
    } else if !is_kebab(&bundle.slug) {
        let message = format!(
            "the folder `{}` is no slug: small letters, digits and single hyphens",
            bundle.slug
        );
        let mut draft = Draft::at_place("SK-STR-010", place, message).key("kebab");
        if !context.is_native() {
            draft = draft.severity(Severity::Warning);
        }
        out.add(draft);
    }
}

fn is_kebab(name: &str) -> bool {
    name.split('-').all(|part| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// Numbers in front of the names of folders that several bundles have.
pub(super) fn numbers(bundles: &[&Bundle], out: &mut Drafts) {
    let mut first: BTreeMap<(&str, &str), &Bundle> = BTreeMap::new();
    for bundle in bundles {
        if bundle.scope == Scope::Single && bundle.layout != Layout::SpecKit {
            continue;
        }
        let digits = bundle.slug.bytes().take_while(u8::is_ascii_digit).count();
        // `2025-08-13-export` begins with a day.
        let is_day = crate::config::Date::parse(bundle.slug.get(..10).unwrap_or("")).is_some();
        if digits == 0 || digits > 4 || is_day || bundle.slug.as_bytes().get(digits) != Some(&b'-')
        {
            continue;
        }
        let number = bundle.slug.get(..digits).unwrap_or("");
        let folder = crate::bundle::folder(&bundle.directory);
        match first.get(&(folder, number)) {
            None => {
                first.insert((folder, number), bundle);
            }
            Some(other) if other.directory == bundle.directory => {}
            Some(other) => {
                let message = format!(
                    "the number {number} is taken: `{}` and `{}`",
                    other.slug, bundle.slug
                );
                let mut draft =
                    Draft::at_place("SK-STR-010", somewhere(bundle), message).key(number);
                draft.related.push(crate::report::Related {
                    message: format!("`{}` has it", other.slug),
                    place: somewhere(other),
                });
                out.add(draft);
            }
        }
    }
}

/// Nothing is left without comments, front matter and rules.
fn is_empty(document: &Document) -> bool {
    let outline = &document.outline;
    let is_rule = |kind: &BlockKind| matches!(kind, BlockKind::Rule);
    outline.sections.is_empty() && outline.blocks.iter().all(|block| is_rule(&block.kind))
}

fn mandatory(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    let missing: Vec<&str> = match document.kind {
        // Material of a bundle; alone it was named as a document to check, and is none.
        DocumentKind::Other if is_alone(context) => return unknown(document, out),
        // A second specification beside the first is somebody's material.
        _ if is_extra(context, document) => return,
        // A proposal is prose, and a capability has its scenarios below each requirement.
        DocumentKind::Prd if context.bundle.layout == Layout::OpenSpec => return,
        DocumentKind::Prd => prd_lacks(context, document),
        DocumentKind::Constitution => constitution_lacks(document),
        DocumentKind::Plan => plan_lacks(context, document),
        DocumentKind::Tasks if document.tasks.is_empty() => vec!["tasks"],
        DocumentKind::Tasks | DocumentKind::Other => return,
    };
    for role in missing {
        let message = format!("{} has no section for {role}", called(document.kind));
        out.add(Draft::at("SK-STR-003", document, Span::new(0, 0), message).key(role));
    }
}

fn is_alone(context: &Context<'_>) -> bool {
    !context.is_whole() && context.bundle.documents().count() == 1
}

/// What no rule can say anything of must not look as if all rules held.
fn unknown(document: &Document, out: &mut Drafts) {
    let message = "this is no constitution, PRD, plan or task list: no title or section says so, \
                   so hardly any rule was applied";
    out.add(
        Draft::at("SK-STR-003", document, Span::new(0, 0), message.to_owned())
            .key("kind")
            .hint(
                "Name it prd.md, plan.md, tasks.md or constitution.md, or give it the sections of \
                 one: Problem, Goals, Requirements; Phases; Tasks; Principles",
            ),
    );
}

fn is_extra(context: &Context<'_>, document: &Document) -> bool {
    context
        .bundle
        .extra
        .iter()
        .any(|extra| extra.source.file() == document.source.file())
}

/// github/spec-kit and Kiro begin with stories and have neither goals nor non-goals.
fn is_story_led(context: &Context<'_>, document: &Document) -> bool {
    match context.bundle.layout {
        Layout::SpecKit | Layout::Kiro | Layout::OpenSpec => true,
        Layout::Native => {
            file_name(document.source.file()) != "prd.md"
                && has_role(document, Role::Stories)
                && !has_role(document, Role::Goals)
        }
    }
}

fn prd_lacks(context: &Context<'_>, document: &Document) -> Vec<&'static str> {
    let has = |role| has_role(document, role);
    let mut missing = Vec::new();
    if !is_story_led(context, document) {
        if !has(Role::Problem) && !has(Role::Summary) {
            missing.push("the problem");
        }
        if !has(Role::Goals) {
            missing.push("goals");
        }
        if !has(Role::NonGoals) {
            missing.push("non-goals");
        }
    }
    if !has(Role::Requirements) && !has(Role::NonFunctional) && !has(Role::Stories) {
        missing.push("requirements");
    }
    let has_scenario = document.items.iter().any(|item| !item.scenarios.is_empty());
    if !has(Role::Acceptance) && !has_scenario && !has_steps(document) {
        missing.push("acceptance criteria");
    }
    missing
}

/// Paragraphs that begin with Given and Then, which are scenarios in any layout.
fn has_steps(document: &Document) -> bool {
    let begins = |word: &str| {
        document.source.text().lines().any(|line| {
            let line = line.trim_start_matches(|c: char| !c.is_alphabetic());
            let head: String = line.chars().take(word.len() + 1).collect();
            let head = head.to_lowercase();
            head.strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    };
    begins("given") && begins("then")
}

fn constitution_lacks(document: &Document) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if document.principles.is_empty() && !has_role(document, Role::Principles) {
        missing.push("principles");
    }
    if !has_role(document, Role::Governance) {
        missing.push("governance");
    }
    missing
}

/// github/spec-kit plans in phases of its own commands and writes none down.
fn plan_lacks(context: &Context<'_>, document: &Document) -> Vec<&'static str> {
    let is_foreign = match context.bundle.layout {
        Layout::Native => {
            !context.is_whole()
                && (has_role(document, Role::TechnicalContext)
                    || has_role(document, Role::ConstitutionCheck))
        }
        _ => true,
    };
    if is_foreign || !document.phases.is_empty() || has_role(document, Role::Phases) {
        return Vec::new();
    }
    vec!["phases"]
}

fn empty_sections(document: &Document, out: &mut Drafts) {
    let sections = &document.sections;
    for (index, section) in sections.iter().enumerate() {
        // Of empty sections in each other the innermost says it.
        let has_below = sections
            .get(index + 1)
            .is_some_and(|next| next.level > section.level);
        if !section.is_empty || has_below || section.level == 1 {
            continue;
        }
        let title = section.path.last().map_or("", String::as_str);
        let message = format!("nothing stands below the heading \"{title}\"");
        out.add(
            Draft::at("SK-STR-004", document, section.title_span, message)
                .key(section.path.join(" / ")),
        );
    }
}

fn headings(document: &Document, out: &mut Drafts) {
    if let Some(fence) = document.outline.open_fence {
        let opening = document.source.slice(fence).lines().next().unwrap_or("");
        let span = Span::new(fence.start, fence.start + opening.len());
        let message = "this fence is never closed, so the rest of the document is code";
        out.add(
            Draft::at("SK-STR-008", document, span, message.to_owned())
                .severity(Severity::Error)
                .key("fence"),
        );
    }
    let mut before: Option<u8> = None;
    let mut seen: BTreeMap<(String, String), Span> = BTreeMap::new();
    for (above, section) in document.outline.walk() {
        if let Some(level) = before
            && section.level > level + 1
        {
            let message = format!(
                "\"{}\" is of level {} below one of level {level}",
                section.title.text, section.level
            );
            out.add(
                Draft::at("SK-STR-008", document, section.title.span, message)
                    .key(format!("level {}", section.title.text)),
            );
        }
        before = Some(section.level);
        let parent = above.last().map_or(String::new(), |s| s.title.text.clone());
        // The same words below two parents are usual: "Goal" in each phase.
        let key = (parent, super::words::normal(&section.title.text));
        match seen.get(&key) {
            Some(first) if !key.1.is_empty() => {
                let message = format!("the heading \"{}\" is there twice", section.title.text);
                out.add(
                    Draft::at("SK-STR-008", document, section.title.span, message)
                        .key(format!("twice {}", list(&[&key.0, &key.1], 2)))
                        .related(document, *first, "the first one"),
                );
            }
            _ => {
                seen.insert(key, section.title.span);
            }
        }
    }
}
