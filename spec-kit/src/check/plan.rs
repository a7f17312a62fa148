//! SK-PLN-001 to 003: the plan against the constitution, its phases, and the PRD's milestones.

use super::context::Context;
use super::draft::{Draft, Drafts};
use super::words::{find_word, list, normal, shared, short, stems};
use crate::facts::{Document, Phase, Principle, Role};
use crate::order::Gather;
use crate::rules::Severity;
use crate::text::Span;
use std::collections::BTreeSet;

/// More phases or principles than these are not compared with each other.
const MOST: usize = 200;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let Some(plan) = &context.bundle.plan else {
        return;
    };
    if let Some(constitution) = &context.bundle.constitution {
        against_constitution(context, plan, constitution, out);
    }
    unjustified(plan, out);
    if context.is_native() {
        gates(plan, out);
        without_tasks(context, plan, out);
    }
    milestones(context, plan, out);
}

fn sections(document: &Document, role: Role) -> Vec<Span> {
    let all = document
        .sections
        .iter()
        .filter(|section| section.role == role);
    all.map(|section| section.span).collect()
}

fn against_constitution(
    context: &Context<'_>,
    plan: &Document,
    constitution: &Document,
    out: &mut Drafts,
) {
    let checks = sections(plan, Role::ConstitutionCheck);
    let Some(first) = checks.first() else {
        let message = "the plan has no Constitution Check".to_owned();
        let mut draft = Draft::at("SK-PLN-001", plan, Span::new(0, 0), message).key("missing");
        if !context.is_native() {
            draft = draft.severity(Severity::Warning);
        }
        return out.add(draft);
    };
    let text: String = checks.iter().map(|span| plan.source.slice(*span)).collect();
    let folded = normal(&text);
    let words = stems(&text);
    let unseen: Vec<&Principle> = constitution
        .principles
        .iter()
        .take(MOST)
        .filter(|principle| !is_named(principle, &text, &folded, &words))
        .collect();
    let Some(principle) = unseen.first() else {
        return;
    };
    let all = constitution.principles.len().min(MOST);
    let names: Vec<String> = unseen.iter().map(|principle| called(principle)).collect();
    let message = format!(
        "the Constitution Check looks at {} of {all} principles; without {}",
        all - unseen.len(),
        list(&names, 4)
    );
    let mut draft = Draft::at("SK-PLN-001", plan, heading(plan, *first), message)
        .key(names.join(" "))
        .related(constitution, principle.span, called(principle));
    if !context.is_native() {
        draft = draft.severity(Severity::Warning);
    }
    out.add(draft);
}

fn heading(document: &Document, section: Span) -> Span {
    let all = &document.sections;
    let found = all.iter().find(|other| other.span == section);
    found.map_or(section, |section| section.title_span)
}

fn called(principle: &Principle) -> String {
    match &principle.id {
        Some(id) => id.written.to_string(),
        None => format!("\"{}\"", short(&principle.title, 40)),
    }
}

/// By its id, or by half of the words of its title.
fn is_named(principle: &Principle, text: &str, folded: &str, words: &[String]) -> bool {
    if let Some(id) = &principle.id
        && find_word(text, &id.written).is_some()
    {
        return true;
    }
    let title = normal(&principle.title);
    if !title.is_empty() && folded.contains(&title) {
        return true;
    }
    let own = stems(&principle.title);
    !own.is_empty() && shared(&own, words) * 2 >= own.len()
}

fn unjustified(plan: &Document, out: &mut Drafts) {
    for check in sections(plan, Role::ConstitutionCheck) {
        let Some(span) = violation(plan, check) else {
            continue;
        };
        if !sections(plan, Role::Complexity)
            .iter()
            .any(|section| has_row(plan, *section))
        {
            let line = plan.source.line(plan.line_of(span));
            let message = format!(
                "the plan breaks a principle and Complexity Tracking does not say why: {}",
                short(line.trim_matches(['|', ' ', '-', '*']), 80)
            );
            out.add(Draft::at("SK-PLN-002", plan, span, message).key(normal(line)));
        }
    }
}

/// A line of the check that says so. "No violations" and a legend do not.
fn violation(plan: &Document, check: Span) -> Option<Span> {
    let mut at = check.start;
    for line in plan.source.slice(check).split_inclusive('\n') {
        let start = at;
        at += line.len();
        let folded = line.to_lowercase();
        let is_denied = [
            "no violation",
            "no fail",
            "none",
            "without violation",
            "0 violation",
            "if ",
        ]
        .iter()
        .any(|word| folded.contains(word));
        let is_legend = line.contains('✅') || folded.contains("pass");
        let trimmed = line.trim_start();
        let is_row = trimmed.starts_with(['|', '-', '*', '+'])
            || trimmed.starts_with(|c: char| c.is_ascii_digit());
        let says = ["❌", "✗", "✘"].iter().any(|mark| line.contains(mark))
            || [
                "FAIL",
                "FAILS",
                "FAILED",
                "VIOLATION",
                "VIOLATED",
                "VIOLATES",
            ]
            .iter()
            .any(|word| find_word(line, word).is_some());
        if says && is_row && !is_denied && !is_legend {
            let lead = line.len() - trimmed.len();
            return Some(Span::new(start + lead, start + line.trim_end().len()));
        }
    }
    None
}

/// A table row with words, or an item.
fn has_row(plan: &Document, section: Span) -> bool {
    let rows = plan.source.slice(section).lines().filter(|line| {
        let line = line.trim();
        let has_words = line.chars().any(char::is_alphanumeric);
        has_words && line.starts_with(['|', '-', '*', '+'])
    });
    let is_table = plan
        .source
        .slice(section)
        .lines()
        .any(|line| line.trim().starts_with('|'));
    // The first row of a table is its head.
    rows.count() > usize::from(is_table)
}

fn gates(plan: &Document, out: &mut Drafts) {
    for phase in &plan.phases {
        let lacks = match (phase.entry, phase.exit) {
            (None, None) => "neither entry nor exit",
            (None, Some(_)) => "no entry",
            (Some(_), None) => "no exit",
            (Some(_), Some(_)) => continue,
        };
        let message = format!("{} has {lacks} criterion", title(phase));
        out.add(
            Draft::at("SK-PLN-003", plan, phase.span, message).key(format!("gate {}", phase.title)),
        );
    }
}

/// Phases of the plan that no group of the task list carries, where both have phases.
fn without_tasks(context: &Context<'_>, plan: &Document, out: &mut Drafts) {
    let Some(tasks) = &context.bundle.tasks else {
        return;
    };
    if tasks.phases.is_empty() {
        return;
    }
    let indices: BTreeSet<usize> = tasks.tasks.iter().filter_map(|task| task.phase).into_set();
    let used: Vec<&Phase> = indices
        .into_iter()
        .filter_map(|index| tasks.phases.get(index))
        .take(MOST)
        .collect();
    for phase in plan.phases.iter().take(MOST) {
        let own = stems(&phase.title);
        let is_used = used.iter().any(|other| {
            let theirs = stems(&other.title);
            (phase.number.is_some() && phase.number == other.number)
                || (!own.is_empty() && shared(&own, &theirs) * 2 >= own.len())
        });
        if !is_used {
            let message = format!("{} has no tasks", title(phase));
            out.add(
                Draft::at("SK-PLN-003", plan, phase.span, message)
                    .key(format!("tasks {}", phase.title)),
            );
        }
    }
}

fn title(phase: &Phase) -> String {
    match phase.title.trim() {
        "" => format!("\"{}\"", phase.label),
        title => format!("\"{}: {}\"", phase.label, short(title, 50)),
    }
}

fn milestones(context: &Context<'_>, plan: &Document, out: &mut Drafts) {
    let Some(prd) = &context.bundle.prd else {
        return;
    };
    if prd.phases.is_empty() || plan.phases.is_empty() {
        return;
    }
    let text = plan.source.text();
    let words: Vec<Vec<String>> = plan
        .phases
        .iter()
        .map(|phase| stems(&phase.title))
        .collect();
    let absent: Vec<&Phase> = prd
        .phases
        .iter()
        .take(MOST)
        .filter(|milestone| {
            let own = stems(&milestone.title);
            let by_label = find_word(text, &milestone.label).is_some();
            let by_title = !own.is_empty()
                && words
                    .iter()
                    .any(|other| shared(&own, other) * 2 >= own.len());
            !by_label && !by_title
        })
        .collect();
    let (Some(first), Some(phase)) = (absent.first(), plan.phases.first()) else {
        return;
    };
    let names: Vec<String> = absent.iter().map(|phase| phase.label.clone()).collect();
    let message = format!(
        "the PRD has {}, which no phase of the plan names",
        list(&names, 5)
    );
    out.add(
        Draft::at("SK-PLN-003", prd, first.span, message)
            .key(format!("milestones {}", names.join(" ")))
            .related(plan, phase.span, "the first phase of the plan"),
    );
}
