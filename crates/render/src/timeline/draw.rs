use super::axis::Axis;
use super::{Timeline, TimelineAttempt, TimelineStep};
use crate::html::{Html, escape_into};
use crate::words::{UnixMs, duration, iso};
use std::fmt::Write as _;

const ROW: usize = 24;
const BAR: usize = 16;
/// Attempts that are drawn; of more, the last ones.
const MAX_ROWS: usize = 20;

/// `now` is where running bars end.
pub fn timeline(of: &Timeline, now: UnixMs) -> Html {
    let drawn = &of.attempts[of.attempts.len().saturating_sub(MAX_ROWS)..];
    let ends = of
        .attempts
        .iter()
        .map(|attempt| attempt.ended_at.unwrap_or(now));
    let end = ends.chain(of.ended_at).max().unwrap_or(now);
    let axis = Axis::new(of.queued_at, end);
    let height = (drawn.len() + 1) * ROW + 18;

    let mut out =
        String::from("<div class=\"timeline\"><svg class=\"tl-names\" aria-hidden=\"true\" ");
    let _ = write!(out, "width=\"84\" height=\"{height}\">");
    let names = std::iter::once("queue".to_string()).chain(
        drawn
            .iter()
            .map(|attempt| format!("attempt {}", attempt.number)),
    );
    for (row, name) in names.enumerate() {
        let _ = write!(out, "<text x=\"0\" y=\"{}\">{name}</text>", row * ROW + 15);
    }
    let _ = write!(
        out,
        "</svg><svg class=\"tl-plot\" role=\"img\" width=\"100%\" height=\"{height}\" aria-label=\""
    );
    escape_into(&mut out, &summary(of, now));
    out.push_str("\">");
    for at in axis.ticks() {
        let (place, bottom) = (axis.place(at), height - 18);
        let _ = write!(
            out,
            "<line x1=\"{place:.2}%\" x2=\"{place:.2}%\" y1=\"0\" y2=\"{bottom}\"/>\
             <text x=\"{place:.2}%\" y=\"{}\" data-clock=\"{at}\">{}</text>",
            height - 5,
            axis.label(at)
        );
    }
    let first = of.attempts.first().map(|attempt| attempt.claimed_at);
    let until = first.or(of.ended_at).unwrap_or(now);
    let waited = format!(
        "in the queue for {}",
        duration(until.saturating_sub(of.queued_at))
    );
    bar(
        &mut out,
        &axis,
        0,
        (of.queued_at, until),
        "queued",
        "",
        &waited,
    );
    for (at, attempt) in drawn.iter().enumerate() {
        draw_attempt(&mut out, &axis, at + 1, attempt, now);
    }
    out.push_str("</svg></div>");
    Html::trusted(out)
}

fn draw_attempt(out: &mut String, axis: &Axis, row: usize, attempt: &TimelineAttempt, now: UnixMs) {
    let end = attempt.ended_at.unwrap_or(now);
    let took = duration(end.saturating_sub(attempt.claimed_at));
    // What was lost is one bar that says so; what went well is its steps.
    if attempt.steps.is_empty() || !attempt.note.is_empty() {
        let label = match attempt.note.as_str() {
            "" => attempt.worker.clone(),
            note => format!("{} — {note}", attempt.worker),
        };
        let title = format!("attempt {}: {label}, {took}", attempt.number);
        bar(
            out,
            axis,
            row,
            (attempt.claimed_at, end),
            attempt.tone.as_str(),
            &label,
            &title,
        );
        return;
    }
    let title = format!("attempt {} by {}, {took}", attempt.number, attempt.worker);
    bar(
        out,
        axis,
        row,
        (attempt.claimed_at, end),
        "base",
        "",
        &title,
    );
    for step in &attempt.steps {
        draw_step(out, axis, row, step, end);
    }
}

fn draw_step(out: &mut String, axis: &Axis, row: usize, step: &TimelineStep, end: UnixMs) {
    let until = step.ended_at.unwrap_or(end);
    let took = duration(until.saturating_sub(step.started_at));
    let label = match step.ended_at {
        Some(_) => step.title.clone(),
        None => format!("{} · {}", step.title, step.word),
    };
    let title = format!("{}: {}, {took}", step.title, step.word);
    bar(
        out,
        axis,
        row,
        (step.started_at, until),
        step.tone.as_str(),
        &label,
        &title,
    );
}

/// A nested `svg` cuts its label off at the end of the bar.
fn bar(
    out: &mut String,
    axis: &Axis,
    row: usize,
    (from, to): (UnixMs, UnixMs),
    tone: &'static str,
    label: &str,
    title: &str,
) {
    let (start, end) = (axis.place(from), axis.place(to));
    let width = (end - start).max(0.25);
    let _ = write!(
        out,
        "<svg class=\"tl-bar t-{tone}\" x=\"{start:.2}%\" y=\"{}\" width=\"{width:.2}%\" height=\"{BAR}\"><title>",
        row * ROW + 3
    );
    escape_into(out, title);
    out.push_str("</title><rect width=\"100%\" height=\"100%\" rx=\"3\"/>");
    // Less than this has no room for a letter even on a wide screen.
    if width > 1.5 && !label.is_empty() {
        out.push_str("<text x=\"6\" y=\"12\">");
        escape_into(out, label);
        out.push_str("</text>");
    }
    out.push_str("</svg>");
}

/// The drawing in words.
fn summary(of: &Timeline, now: UnixMs) -> String {
    let mut words = format!("Queued at {}", iso(of.queued_at));
    for attempt in &of.attempts {
        let took = duration(
            attempt
                .ended_at
                .unwrap_or(now)
                .saturating_sub(attempt.claimed_at),
        );
        let _ = write!(
            words,
            "; attempt {} by {}, {took}",
            attempt.number, attempt.worker
        );
        if !attempt.note.is_empty() {
            let _ = write!(words, ", {}", attempt.note);
        }
        for step in &attempt.steps {
            let _ = write!(words, ", {} {}", step.title, step.word);
        }
    }
    words
}
