use super::{Context, Page};
use crate::manifest::NodeKind;
use crate::model::{Node, markdown};

pub(in crate::generate) fn constitution(context: &Context) -> String {
    let model = context.model;
    let mut page = Page::default();
    page.heading(
        1,
        &format!("{} Constitution", markdown::line(model.title.clone())),
    );
    context.origin(&mut page);
    page.heading(2, "Core Principles");
    let principles = model.of_kind(NodeKind::Principle);
    if principles.is_empty() {
        page.paragraph(
            "TODO(PRINCIPLES): the source has no security rule, decision, acceptance criterion or \
             non-goal that a principle could be taken from.",
        );
    }
    for principle in principles {
        write(&mut page, context, principle);
    }
    limits(&mut page, context);
    governance(&mut page, context);
    page.unlocked("constitution-notes");
    page.done()
}

fn write(page: &mut Page, context: &Context, principle: &Node) {
    page.heading(3, &format!("{}: {}", principle.id, principle.name()));
    let mark = match principle.details.is_empty() {
        true => context.mark(&principle.spans),
        false => String::new(),
    };
    let text = if super::super::is_normative(&principle.text) {
        principle.text.clone()
    } else {
        format!("Work MUST follow this principle: {}", principle.text)
    };
    page.paragraph(&format!("{text}{mark}"));
    for (index, rule) in principle.details.iter().enumerate() {
        let id = principle.named.get(index).map_or("", String::as_str);
        let lead = if id.is_empty() {
            String::new()
        } else {
            format!("per {id}: ")
        };
        page.write(format_args!(
            "- {lead}{}{}{}",
            rule.text,
            held(context, id),
            context.mark(&[rule.span])
        ));
    }
    page.paragraph(&format!("**Rationale**: {}", rationale(context, principle)));
    page.paragraph(&format!(
        "**Enforced by**: {}",
        enforced(context, principle)
    ));
}

/// ` (held by T025)`, or by whoever reviews. Scope is held by the validator as a whole.
fn held(context: &Context, id: &str) -> String {
    if id.is_empty() || context.model.is_kind(id, NodeKind::NonGoal) {
        return String::new();
    }
    let tasks = super::super::holding(context.model, context.work, id);
    match tasks.as_slice() {
        [] => " (held by review alone)".to_owned(),
        [first, second, third, _, ..] => {
            format!(" (held by {first}, {second}, {third} and others)")
        }
        some => format!(" (held by {})", some.join(", ")),
    }
}

fn rationale(context: &Context, principle: &Node) -> String {
    let section = principle
        .section
        .iter()
        .rev()
        .take(2)
        .rev()
        .map(|title| context.title(title))
        .collect::<Vec<_>>()
        .join(" › ");
    let why = principle
        .details
        .iter()
        .find_map(|detail| reason(&detail.text));
    let where_ = if section.is_empty() {
        "the source says so".to_owned()
    } else {
        format!("the source says so under “{section}”")
    };
    let mut text = where_;
    if let Some(why) = why {
        text.push_str(&format!(", its reason is “{why}”"));
    }
    text.push_str(&context.mark(&principle.spans));
    if let Some(passage) = super::plan::background(context, &principle.stems) {
        text.push_str(&format!(
            ". It answers “{}”{}",
            passage.text.trim_end_matches('.'),
            context.mark(&[passage.span])
        ));
    }
    text
}

/// The part of a sentence that gives a reason.
pub(super) fn reason(text: &str) -> Option<String> {
    [
        " because ",
        " so that ",
        " in order to ",
        " since ",
        " for ",
    ]
    .iter()
    .find_map(|joint| {
        let (_, after) = text.split_once(joint)?;
        let after = after.trim().trim_end_matches('.');
        let is_reason =
            after.split_whitespace().count() >= 2 && after.matches('`').count() % 2 == 0;
        is_reason.then(|| format!("{}{after}", joint.trim_start()))
    })
}

/// Ids of what checks it: its own rules' tasks, and the rule of the validator where there is one.
fn enforced(context: &Context, principle: &Node) -> String {
    let tasks = super::super::enforcing(context.model, context.work, principle);
    let mut parts: Vec<String> = tasks.iter().take(12).map(|id| (*id).to_owned()).collect();
    if tasks.len() > 12 {
        parts.push(format!("{} more tasks", tasks.len() - 12));
    }
    let is_scope = principle
        .named
        .iter()
        .any(|id| context.model.is_kind(id, NodeKind::NonGoal));
    if is_scope {
        parts.push("rule SK-TRC-006 of `ops spec validate`".into());
    }
    let is_reviewed = |id: &&String| {
        let is_rule = !context.model.is_kind(id, NodeKind::NonGoal);
        is_rule && super::super::holding(context.model, context.work, id).is_empty()
    };
    if parts.is_empty() {
        parts.push("rule SK-CON-004 of `ops spec validate`, and review".into());
    } else if principle.named.iter().any(|id| is_reviewed(&id)) {
        parts.push("and review of what no task is named for".into());
    }
    parts.join(", ")
}

fn limits(page: &mut Page, context: &Context) {
    let model = context.model;
    let non_goals = model.of_kind(NodeKind::NonGoal);
    page.heading(2, "Limits of Scope");
    if non_goals.is_empty() {
        page.paragraph("The source names no non-goals.");
        return;
    }
    page.paragraph(
        "The source excludes what [prd.md](prd.md) lists as non-goals. A task that would build one \
         of them needs an amendment first.",
    );
}

fn governance(page: &mut Page, context: &Context) {
    page.heading(2, "Governance");
    page.line("- This constitution follows its source: an amendment is a change of the source, and the bundle is generated anew.");
    page.line("- A principle removed or redefined raises the major version, one added the minor, other words the patch.");
    page.line("- The Constitution Check of [plan.md](plan.md) lists every principle; what departs from one is justified there, under Complexity Tracking.");
    let version = &context.version;
    let date = |given: &Option<String>, field: &str| {
        given.clone().unwrap_or_else(|| {
            format!("TODO({field}): neither the source nor the request gives a date")
        })
    };
    page.paragraph(&format!(
        "**Version**: {} | **Ratified**: {} | **Last Amended**: {}",
        version.number,
        date(&version.ratified, "RATIFICATION_DATE"),
        date(&version.amended, "LAST_AMENDED_DATE"),
    ));
}
