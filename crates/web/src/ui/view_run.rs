//! A run's answer as its view: everything but its log.

use super::json::{list, number, plain, shortened, small, some_text, status, text, time};
use super::words;
use ops_core::{RunStatus, StepStatus};
use ops_render::view::{
    ArtifactRow, AttemptRow, Badge, Link, Pair, RunHead, RunRegion, Span, Stamp, StepRow, Tone,
};
use ops_render::words::{UnixMs, count, size};
use ops_render::{Href, Timeline, TimelineAttempt, TimelineStep, timeline};
use serde_json::Value;

/// Of a value that is shown beside its name.
const SHOWN: usize = 60;

/// Which attempt is looked at, and by whom.
pub struct Looker<'a> {
    /// Absent: the newest.
    pub attempt: Option<u32>,
    pub may_act: bool,
    /// Id and name of those that the frame lists.
    pub sessions: Vec<(&'a str, &'a str)>,
}

pub fn region(run: &Value, artifacts: &[Value], looker: &Looker, now: UnixMs) -> RunRegion {
    let id = text(run, "id");
    let newest = list(run, "attempts")
        .iter()
        .map(|one| small(one, "attempt"))
        .max()
        .unwrap_or(0);
    let attempt = looker.attempt.unwrap_or(newest);
    let is_busy = !status(run).is_terminal() || words::is_held(run);
    let shown = looker
        .attempt
        .map(|attempt| attempt.to_string())
        .unwrap_or_default();
    RunRegion {
        live: Href::path(&["ui", "runs", id])
            .with("attempt", &shown)
            .as_str()
            .into(),
        poll_ms: words::poll_ms(is_busy),
        head: head(run, attempt, looker, now),
        timeline_html: timeline(&life(run, now), now),
        steps: steps(run, attempt, now),
        artifacts: artifacts.iter().map(artifact).collect(),
        params: params(run),
        attempts: list(run, "attempts")
            .iter()
            .map(|one| attempt_row(run, one, attempt, newest, now))
            .collect(),
        outputs: outputs(run, attempt),
        proof: proof(run),
    }
}

fn head(run: &Value, attempt: u32, looker: &Looker, now: UnixMs) -> RunHead {
    let id = text(run, "id");
    let badge = words::badge(run, now);
    let status = status(run);
    let created = time(run, "created_at").unwrap_or(now);
    let (span_word, span) = match status {
        RunStatus::Queued => ("waiting for", Span::running(created, now)),
        _ if status.is_terminal() => ("took", words::took(run, now)),
        _ => ("running for", words::took(run, now)),
    };
    let waiting = &run["waiting"];
    let lane = text(run, "lane");
    let total = steps_of(run).len();
    let ended =
        |step: &&Value| small(step, "attempt") == attempt && text(step, "status") != "running";
    let done = list(run, "steps").iter().filter(ended).count();
    let template = some_text(run, "template");
    RunHead {
        id: id.into(),
        short_id: words::short_id(id).into(),
        title: text(run, "title").into(),
        template: words::template_link(run),
        lane: Some(Link::to(lane, Href::path(&["runs"]).with("lane", lane))),
        session: some_text(run, "session_id").map(|session| {
            let mut listed = looker.sessions.iter();
            let name = listed.find(|(id, _)| *id == session);
            Link::to(
                name.map_or("session", |(_, name)| name),
                Href::path(&["runboard"]).with("session", session),
            )
        }),
        attempt: words::attempt(run),
        step: match (attempt, total) {
            (0, _) | (_, 0) => String::new(),
            _ if status.is_terminal() => format!("{done} of {total}"),
            _ => format!("{} of {total}", (done + 1).min(total)),
        },
        worker: some_text(run, "claimed_by").map(words::worker_link),
        span_word: span_word.into(),
        span,
        created: Stamp::at(created),
        freshness: words::freshness(run, now),
        intent: text(run, "intent").into(),
        waiting: match (status, text(waiting, "detail")) {
            (RunStatus::Queued, detail) => detail
                .split("; start one")
                .next()
                .unwrap_or_default()
                .into(),
            _ => String::new(),
        },
        command: match text(waiting, "reason") {
            "no_worker" => format!("ops worker --lanes {lane}"),
            _ => String::new(),
        },
        error: match (status, some_text(run, "error")) {
            (_, Some(error)) => error.into(),
            (RunStatus::Failed | RunStatus::TimedOut, None) => {
                text(run, "reason").replace('_', " ")
            }
            _ => String::new(),
        },
        retry_of: some_text(run, "retry_of").map(|old| {
            Link::to(
                format!("run {}", words::short_id(old)),
                Href::path(&["runs", old]),
            )
        }),
        can_cancel: looker.may_act && words::can_cancel(run),
        can_retry: looker.may_act && words::can_retry(run),
        replay: template
            .filter(|_| looker.may_act)
            .map(|slug| Href::path(&["templates", slug]).with("replay", id)),
        badge,
    }
}

fn steps_of(run: &Value) -> &[Value] {
    list(&run["runbook"], "steps")
}

fn step_status(step: &Value) -> Option<StepStatus> {
    serde_json::from_value(step["status"].clone()).ok()
}

/// All steps of the runbook, with what the attempt made of them.
pub fn steps(run: &Value, attempt: u32, now: UnixMs) -> Vec<StepRow> {
    let page = words::run_href(run);
    steps_of(run)
        .iter()
        .map(|step| {
            let id = text(step, "id");
            let state = list(run, "steps")
                .iter()
                .find(|one| small(one, "attempt") == attempt && text(one, "step") == id);
            let exit = state
                .and_then(|one| one["exit_code"].as_i64())
                .filter(|code| *code != 0);
            let started = state.and_then(|one| time(one, "started_at"));
            StepRow {
                id: id.into(),
                title: some_text(step, "title").unwrap_or(id).into(),
                badge: Badge::step(state.and_then(step_status)),
                took: started
                    .zip(state)
                    .map(|(start, one)| Span::between(start, time(one, "finished_at"), now)),
                is_current: state.is_some_and(|one| text(one, "status") == "running"),
                is_once: step["once"] == true,
                note: exit.map(|code| format!("exit {code}")).unwrap_or_default(),
                href: state.map(|_| page.clone().at(&format!("step-{id}"))),
            }
        })
        .collect()
}

fn life(run: &Value, now: UnixMs) -> Timeline {
    let attempts = list(run, "attempts").iter().map(|one| {
        let number = small(one, "attempt");
        let ended_as = text(one, "ended_as");
        TimelineAttempt {
            number,
            worker: text(one, "worker_id").into(),
            claimed_at: time(one, "claimed_at").unwrap_or(now),
            ended_at: time(one, "ended_at"),
            tone: tone_of_end(ended_as),
            note: match ended_as {
                "lost" => "lease lost: no heartbeat in time".into(),
                "released" => "handed back".into(),
                _ => String::new(),
            },
            steps: timeline_steps(run, number),
        }
    });
    Timeline {
        queued_at: time(run, "created_at").unwrap_or(now),
        attempts: attempts.collect(),
        ended_at: time(run, "finished_at"),
    }
}

fn timeline_steps(run: &Value, attempt: u32) -> Vec<TimelineStep> {
    let of_attempt = list(run, "steps")
        .iter()
        .filter(|one| small(one, "attempt") == attempt);
    of_attempt
        .filter_map(|one| {
            let badge = Badge::step(step_status(one));
            let id = text(one, "step");
            let known = steps_of(run).iter().find(|step| text(step, "id") == id);
            Some(TimelineStep {
                title: known
                    .and_then(|step| some_text(step, "title"))
                    .unwrap_or(id)
                    .into(),
                tone: badge.tone,
                word: badge.word,
                started_at: time(one, "started_at")?,
                ended_at: time(one, "finished_at"),
            })
        })
        .collect()
}

fn tone_of_end(word: &str) -> Tone {
    match word {
        "" => Tone::Running,
        "succeeded" => Tone::Ok,
        "failed" => Tone::Bad,
        "cancelled" => Tone::Off,
        _ => Tone::Warn,
    }
}

fn attempt_row(run: &Value, one: &Value, shown: u32, newest: u32, now: UnixMs) -> AttemptRow {
    let number = small(one, "attempt");
    let badge = match text(one, "ended_as") {
        "" => words::badge(run, now),
        "lost" => Badge::new(Tone::Warn, "lost"),
        "released" => Badge::new(Tone::Off, "handed back"),
        word => RunStatus::parse(word).map(Badge::run).unwrap_or_default(),
    };
    let claimed = time(one, "claimed_at").unwrap_or(now);
    let page = words::run_href(run).as_str().to_string();
    AttemptRow {
        number,
        badge,
        worker: words::worker_link(text(one, "worker_id")),
        took: Span::between(claimed, time(one, "ended_at"), now),
        note: text(one, "reason").replace('_', " "),
        href: match number == newest {
            true => Href::untrusted(&page),
            false => Href::untrusted(&format!("{page}/attempts/{number}")),
        },
        is_current: number == shown,
    }
}

/// What a template marks as secret is never shown.
pub fn params(run: &Value) -> Vec<Pair> {
    let schema = &run["runbook"]["params"]["properties"];
    let all = run["params"].as_object().into_iter().flatten();
    all.map(|(name, value)| match schema[name]["writeOnly"] == true {
        true => Pair::new(name, "••••••"),
        false => pair(name, value),
    })
    .collect()
}

fn outputs(run: &Value, attempt: u32) -> Vec<Pair> {
    let of_attempt = list(run, "steps")
        .iter()
        .filter(|one| small(one, "attempt") == attempt);
    of_attempt
        .flat_map(|one| {
            let step = text(one, "step");
            let all = one["outputs"].as_object().into_iter().flatten();
            all.map(move |(name, value)| pair(&format!("{step}.{name}"), value))
        })
        .collect()
}

fn pair(name: &str, value: &Value) -> Pair {
    let whole = plain(value);
    let value = shortened(&whole.replace('\n', " "), SHOWN);
    let title = if value == whole {
        String::new()
    } else {
        shortened(&whole, 2_000)
    };
    Pair {
        key: name.into(),
        value,
        title,
    }
}

fn artifact(one: &Value) -> ArtifactRow {
    let href = Href::path(&["artifacts", text(one, "id")]);
    let kind = match (text(one, "kind"), text(one, "mime")) {
        ("file", mime) if super::view_artifact::is_image(mime) => "image",
        (kind, _) => kind,
    };
    ArtifactRow {
        link: Link::to(text(one, "name"), href),
        kind: kind.into(),
        size: if kind == "link" {
            String::new()
        } else {
            size(number(one, "size"))
        },
    }
}

fn proof(run: &Value) -> Vec<Pair> {
    let log = &run["log"];
    let mut facts = vec![
        Pair::new("log lines", count(number(log, "last_pos"))),
        Pair::new("late writes refused", count(number(run, "refused_writes"))),
        Pair::new(
            "attempts counted",
            format!(
                "{} of {}",
                number(run, "attempts_used"),
                number(run, "max_attempts")
            ),
        ),
        Pair::new("queued by", text(run, "created_by")),
    ];
    for name in ["env", "repo"] {
        if let Some(value) = some_text(run, name) {
            facts.push(Pair::new(name, value));
        }
    }
    if number(run, "handbacks") > 0 {
        facts.push(Pair::new("handed back", count(number(run, "handbacks"))));
    }
    facts
}

#[cfg(test)]
mod tests;
