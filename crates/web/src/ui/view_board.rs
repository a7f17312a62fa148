//! The Runboard's answer as its view.

use super::json::{list, number, small, some_text, text, time};
use super::words;
use ops_render::view::{
    Badge, Banner, Board, Card, Lane, Pause, Peek, Place, Progress, QueueRow, RecentRow,
    SessionEdit, SessionHead, Span, Tone, WorkerRow, Workers,
};
use ops_render::words::{UnixMs, count, counted, utc_day, utc_minute};
use ops_render::{Href, Html, ansi, sparkline};
use serde_json::Value;

/// Who looks at which session.
pub struct Looker<'a> {
    pub session: Option<&'a str>,
    pub may_act: bool,
}

impl Looker<'_> {
    /// A run's page, on which the session stays chosen.
    fn run_href(&self, run: &Value) -> Href {
        words::run_href(run).with("session", self.session.unwrap_or_default())
    }
}

pub fn board(answer: &Value, looker: &Looker, now: UnixMs) -> Board {
    let lanes: Vec<Lane> = list(answer, "lanes")
        .iter()
        .map(|one| lane(one, looker, now))
        .collect();
    let is_busy = lanes
        .iter()
        .any(|lane| !lane.active.is_empty() || !lane.queue.is_empty());
    let live = Href::path(&["ui", "board"]).with("session", looker.session.unwrap_or_default());
    Board {
        live: live.as_str().into(),
        poll_ms: words::poll_ms(is_busy),
        head: head(answer, looker),
        lanes,
        workers: workers(list(answer, "workers"), looker, now),
        can_act: looker.may_act,
    }
}

fn head(answer: &Value, looker: &Looker) -> SessionHead {
    let session = &answer["session"];
    let lanes = list(answer, "lanes");
    let sum = |name: &str| lanes.iter().map(|lane| number(lane, name)).sum();
    let active = |lane: &Value| list(lane, "active").len() as u64;
    let ends = &answer["ends"];
    let buckets: Vec<u64> = list(ends, "buckets")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    SessionHead {
        title: some_text(session, "name").unwrap_or("All sessions").into(),
        subtitle: match some_text(&session["meta"], "description") {
            Some(words) => words.into(),
            None if text(session, "status") == "archived" => "archived: takes no new runs".into(),
            None => String::new(),
        },
        queued: sum("queued"),
        running: lanes.iter().map(active).sum(),
        failed: number(ends, "failed"),
        succeeded: number(ends, "succeeded"),
        ends: "in the last hour".into(),
        // A line of nothing would only be a line.
        throughput_html: match buckets.iter().any(|ends| *ends > 0) {
            true => sparkline(&buckets, "ends over the last hour, in parts of two minutes"),
            false => Html::default(),
        },
        dispatch: None,
        new_run: Some(
            Href::path(&["templates"]).with("session", looker.session.unwrap_or_default()),
        ),
        edit: some_text(session, "id")
            .filter(|_| looker.may_act)
            .map(|id| SessionEdit {
                id: id.into(),
                name: text(session, "name").into(),
                is_archived: text(session, "status") == "archived",
            }),
    }
}

fn lane(lane: &Value, looker: &Looker, now: UnixMs) -> Lane {
    let name = text(lane, "name");
    let queue: Vec<QueueRow> = list(lane, "queue")
        .iter()
        .map(|run| queue_row(run, looker, now))
        .collect();
    let queued = number(lane, "queued");
    let shown = list(lane, "queue")
        .iter()
        // Parked ones are not counted as queued.
        .filter(|run| {
            !matches!(
                text(&run["waiting"], "reason"),
                "not_before" | "group" | "depends_on"
            )
        })
        .count();
    // A cancelled run is active until its worker has let it go; it does not stand there twice.
    let ended = list(lane, "recent").iter();
    let is_active = |run: &Value| {
        let mut active = list(lane, "active").iter();
        active.any(|one| one["id"] == run["id"])
    };
    let is_paused = lane["paused"] == true || lane["draining"] == true;
    Lane {
        name: name.into(),
        title: String::new(),
        id: name.replace('.', "_"),
        is_short: name.chars().count() <= 2,
        place: place(lane),
        pause: (lane["paused"] == true).then(|| Pause {
            reason: text(lane, "paused_reason").into(),
        }),
        is_draining: lane["draining"] == true,
        banner: banner(lane, is_paused),
        active: list(lane, "active")
            .iter()
            .map(|run| card(run, looker, now))
            .collect(),
        queue,
        queue_more: queued.saturating_sub(shown as u64),
        recent: ended
            .filter(|run| !is_active(run))
            .map(|run| recent(run, looker, now))
            .collect(),
        href: Some(
            Href::path(&["runs"])
                .with("lane", name)
                .with("session", looker.session.unwrap_or_default()),
        ),
        can_act: looker.may_act,
    }
}

fn workers(all: &[Value], looker: &Looker, now: UnixMs) -> Workers {
    let is_silent = |one: &&Value| !one["silent_since"].is_null();
    let is_draining = |one: &&Value| one["drain"] == true;
    let is_busy = |one: &&Value| number(one, "held") > 0;
    let silent = all.iter().filter(is_silent).count();
    let parts = [
        (all.len() - silent, "ask"),
        (all.iter().filter(is_busy).count(), "busy"),
        (all.iter().filter(is_draining).count(), "draining"),
        (silent, "silent"),
    ];
    let said = parts.iter().filter(|(n, _)| *n > 0);
    let said: Vec<String> = said.map(|(n, word)| format!("{n} {word}")).collect();
    Workers {
        summary: match said.as_slice() {
            [] => "none".into(),
            said => said.join(" · "),
        },
        rows: all.iter().map(|one| worker(one, looker, now)).collect(),
    }
}

fn worker(one: &Value, looker: &Looker, now: UnixMs) -> WorkerRow {
    let id = text(one, "id");
    let silent = time(one, "silent_since");
    let is_draining = one["drain"] == true;
    // A name that the id begins with says nothing more.
    let name = Some(text(one, "name")).filter(|name| !id.starts_with(name));
    let version = some_text(one, "version");
    let about: Vec<&str> = name.into_iter().chain(version).collect();
    let lanes = list(one, "lanes").iter().filter_map(Value::as_str);
    WorkerRow {
        id: id.into(),
        key: key(id),
        href: Href::path(&["runs"])
            .with("worker", id)
            .with("session", looker.session.unwrap_or_default()),
        about: about.join(" · "),
        lanes: lanes.map(str::to_string).collect(),
        holds: match number(one, "held") {
            0 => "nothing".into(),
            held => counted(held, "run", "runs"),
        },
        badge: match (silent, is_draining) {
            // One that holds nothing has probably ended, and nobody misses it.
            (Some(_), _) if number(one, "held") == 0 => Badge::new(Tone::Off, "silent"),
            (Some(_), _) => Badge::new(Tone::Warn, "silent"),
            (None, true) => Badge::new(Tone::Held, "draining"),
            (None, false) => Badge::new(Tone::Ok, "asks"),
        },
        silent: silent.map(|since| Span::age(since, now)),
        is_draining,
        can_drain: looker.may_act,
    }
}

/// Any text as part of an id, no two alike.
fn key(id: &str) -> String {
    let mut key = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' => key.push(char::from(byte)),
            other => key.push_str(&format!("_{other:02x}")),
        }
    }
    key
}

fn place(lane: &Value) -> Place {
    let (held, queued) = (number(lane, "held"), number(lane, "queued"));
    let limit = lane["concurrency_limit"].as_u64();
    let waiting = match queued {
        1_001.. => "1,000 queued or more".into(),
        _ => format!("{} queued", count(queued)),
    };
    Place {
        text: match limit {
            Some(limit) => format!(
                "{held} of {} · {waiting}",
                counted(limit, "place", "places")
            ),
            None => format!("{held} running · {waiting}"),
        },
        queued,
        held,
        limit: limit.map(|limit| limit.to_string()).unwrap_or_default(),
    }
}

fn banner(lane: &Value, is_paused: bool) -> Option<Banner> {
    let (name, queued) = (text(lane, "name"), number(lane, "queued"));
    let is_stuck = queued > 0 && number(lane, "workers") == 0 && !is_paused;
    if lane["queue_full"] == true {
        return Some(Banner {
            title: format!("Lane {name} holds as many queued runs as it may."),
            detail: "New ones are refused until workers have taken some.".into(),
            command: format!("ops lanes update {name} --queue-limit 2000000"),
            dispatch: Some(Href::path(&["github"])),
        });
    }
    is_stuck.then(|| Banner {
        title: format!("No worker asks for lane {name}."),
        detail: match queued {
            1 => "1 run waits.".into(),
            _ => format!("{} runs wait.", count(queued)),
        },
        command: format!("ops worker --lanes {name}"),
        dispatch: Some(Href::path(&["github"])),
    })
}

fn card(run: &Value, looker: &Looker, now: UnixMs) -> Card {
    let (done, steps) = (small(run, "steps_done"), small(run, "step_count"));
    let step = match some_text(run, "running_step") {
        Some(step) => format!("step {}/{steps} · {step}", (done + 1).min(steps.max(1))),
        None if done > 0 => format!("step {done}/{steps}"),
        None => String::new(),
    };
    Card {
        id: text(run, "id").into(),
        href: looker.run_href(run),
        title: text(run, "title").into(),
        badge: words::badge(run, now),
        attempt: format!("attempt {}", words::attempt(run)),
        step,
        progress: (steps > 0).then_some(Progress {
            value: done.min(steps),
            max: steps,
        }),
        worker: words::worker_link(some_text(run, "worker_id").unwrap_or(text(run, "claimed_by"))),
        elapsed: words::took(run, now),
        peek: list(run, "lines")
            .iter()
            .map(|line| Peek {
                line_html: ansi(text(line, "message")),
            })
            .collect(),
        freshness: words::freshness(run, now),
        can_cancel: looker.may_act && words::can_cancel(run),
    }
}

/// A clock alone says which day is meant for as long.
const DAY_MS: UnixMs = 20 * 3_600_000;

fn queue_row(run: &Value, looker: &Looker, now: UnixMs) -> QueueRow {
    let waiting = &run["waiting"];
    let word = match text(waiting, "reason") {
        "queue" if text(waiting, "detail").starts_with("after") => text(waiting, "detail").into(),
        "not_before" => match time(run, "not_before") {
            Some(due) if due - now < DAY_MS => format!("at {}", utc_minute(due)),
            Some(due) => format!("on {}", utc_day(due)),
            None => "later".into(),
        },
        "group" => "in its group".into(),
        "depends_on" => "after others".into(),
        _ => "queued".into(),
    };
    QueueRow {
        id: text(run, "id").into(),
        href: looker.run_href(run),
        title: text(run, "title").into(),
        badge: Badge::new(Tone::Queued, word),
        priority: run["priority"]
            .as_i64()
            .and_then(|n| i32::try_from(n).ok())
            .unwrap_or(100),
        waiting: match (
            time(run, "not_before").filter(|due| *due > now),
            time(run, "created_at"),
        ) {
            (Some(_), _) => Span::words("later"),
            (None, Some(since)) => Span::age(since, now),
            (None, None) => Span::default(),
        },
        why: text(waiting, "detail").into(),
    }
}

fn recent(run: &Value, looker: &Looker, now: UnixMs) -> RecentRow {
    RecentRow {
        id: text(run, "id").into(),
        href: looker.run_href(run),
        title: text(run, "title").into(),
        badge: words::badge(run, now),
        took: words::took(run, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ops_render::words::iso;
    use serde_json::json;

    const NOW: UnixMs = 1_764_023_400_000;

    fn answer() -> Value {
        json!({
            "session": null, "ends": { "succeeded": 41, "failed": 1, "buckets": [0, 2, 1] },
            "lanes": [{
                "name": "A", "concurrency_limit": 2, "paused": false, "draining": false, "held": 2, "queued": 9, "workers": 1,
                "active": [{
                    "id": "r1", "title": "Deploy <b>", "status": "running", "attempt": 1, "max_attempts": 3, "step_count": 6,
                    "steps_done": 3, "running_step": "wait", "worker_id": "w-1", "started_at": iso(NOW - 134_000),
                    "heartbeat_at": iso(NOW - 1_000), "lease_expires_at": iso(NOW + 14_000),
                    "lines": [{ "pos": 1, "level": "info", "message": "<script>" }]
                }],
                "queue": [
                    { "id": "r2", "title": "Next", "status": "queued", "priority": 100, "created_at": iso(NOW - 180_000),
                      "waiting": { "reason": "queue", "detail": "after 1 run" } },
                    { "id": "r3", "title": "Later", "status": "queued", "priority": 120, "created_at": iso(NOW),
                      "not_before": iso(NOW + 60_000), "waiting": { "reason": "not_before", "detail": "due" } },
                    { "id": "r5", "title": "Waits", "status": "queued", "priority": 100, "created_at": iso(NOW),
                      "waiting": { "reason": "group", "detail": "group g: held by run r1" } }
                ],
                "recent": [{ "id": "r4", "title": "Done", "status": "succeeded", "started_at": iso(NOW - 9_000), "finished_at": iso(NOW) }]
            }, { "name": "gpu.eu", "held": 0, "queued": 1, "workers": 0, "paused": false }]
        })
    }

    #[test]
    fn a_lane_says_who_holds_what_and_why_the_rest_waits() {
        let looker = Looker {
            session: None,
            may_act: true,
        };
        let board = board(&answer(), &looker, NOW);
        let lane = &board.lanes[0];
        assert_eq!(lane.place.text, "2 of 2 places · 9 queued");
        assert_eq!((lane.queue_more, lane.is_short), (8, true));
        let card = &lane.active[0];
        assert_eq!(
            (card.attempt.as_str(), card.step.as_str()),
            ("attempt 1 of 3", "step 4/6 · wait")
        );
        assert_eq!(card.elapsed.text, "2 m 14 s");
        assert_eq!(
            card.freshness.as_ref().map(|f| f.text.as_str()),
            Some("beat 1 s ago · stale in 14 s")
        );
        assert_eq!(card.peek[0].line_html.as_str(), "&lt;script&gt;");
        let badges: Vec<_> = lane
            .queue
            .iter()
            .map(|row| row.badge.word.as_str())
            .collect();
        assert_eq!(badges[0], "after 1 run");
        assert!(badges[1].starts_with("at "));
        assert_eq!(lane.queue[1].waiting.text, "later");
        assert_eq!(
            (board.head.queued, board.head.running, board.head.succeeded),
            (10, 1, 41)
        );
    }

    #[test]
    fn a_lane_without_a_worker_names_the_command() {
        let looker = Looker {
            session: None,
            may_act: false,
        };
        let board = board(&answer(), &looker, NOW);
        let banner = board.lanes[1].banner.as_ref().expect("a banner");
        assert_eq!(banner.command, "ops worker --lanes gpu.eu");
        assert_eq!(board.lanes[1].id, "gpu_eu");
        assert!(board.lanes[0].banner.is_none());
    }

    #[test]
    fn a_run_that_is_being_cancelled_stands_once() {
        let mut answer = answer();
        let mut run = answer["lanes"][0]["active"][0].clone();
        run["status"] = "cancelled".into();
        answer["lanes"][0]["active"] = json!([run]);
        answer["lanes"][0]["recent"] = json!([run]);
        let looker = Looker {
            session: None,
            may_act: true,
        };
        let lane = &board(&answer, &looker, NOW).lanes[0];
        assert_eq!(lane.active[0].badge.word, "cancelling…");
        assert!(lane.recent.is_empty() && !lane.active[0].can_cancel);
    }

    #[test]
    fn a_worker_says_whether_it_asks_and_how_long_it_is_silent() {
        let mut answer = answer();
        answer["workers"] = json!([
            { "id": "w 1", "name": "box", "version": "0.1.0", "lanes": ["A", "B"], "held": 2, "drain": false, "silent_since": null },
            { "id": "w_1", "name": "w_1", "lanes": ["C"], "held": 0, "drain": true, "silent_since": null },
            { "id": "old", "lanes": [], "held": 1, "drain": true, "silent_since": iso(NOW - 240_000) }
        ]);
        let looker = Looker {
            session: None,
            may_act: true,
        };
        let workers = board(&answer, &looker, NOW).workers;
        assert_eq!(workers.summary, "2 ask · 2 busy · 2 draining · 1 silent");
        let [first, second, third] = workers.rows.as_slice() else {
            panic!("{workers:?}");
        };
        assert_eq!(
            (
                first.about.as_str(),
                first.holds.as_str(),
                first.href.as_str()
            ),
            ("box · 0.1.0", "2 runs", "/runs?worker=w%201")
        );
        assert_eq!((first.badge.word.as_str(), &first.silent), ("asks", &None));
        assert_eq!(
            (second.badge.word.as_str(), second.about.as_str()),
            ("draining", "")
        );
        assert!(first.key != second.key && !first.key.contains(' '));
        let silent = third.silent.as_ref().expect("silent");
        assert_eq!(
            (third.badge.word.as_str(), silent.text.as_str()),
            ("silent", "4 m")
        );
        assert_eq!(board(&json!({}), &looker, NOW).workers.summary, "none");
    }

    #[test]
    fn who_only_looks_has_no_buttons() {
        let looker = Looker {
            session: None,
            may_act: false,
        };
        let board = board(&answer(), &looker, NOW);
        assert!(
            !board.can_act
                && !board.lanes[0].can_act
                && !board.lanes[0].active[0].can_cancel
                && board.head.edit.is_none()
        );
    }
}
