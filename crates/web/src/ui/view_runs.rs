//! The list of runs as its view, and its filters from the address and back.

use super::json::{list, number, some_text, status, text, time};
use super::words;
use ops_core::{RunStatus, text::is_lane};
use ops_render::Href;
use ops_render::view::{FilterChoice, RunRow, RunRows, SavedView, Span, Stamp};
use ops_render::words::UnixMs;
use serde_json::{Value, json};

const PERIODS: [(&str, &str, u32); 4] = [
    ("1h", "last hour", 3_600),
    ("24h", "last 24 hours", 86_400),
    ("7d", "last 7 days", 604_800),
    ("30d", "last 30 days", 2_592_000),
];

/// What is asked for. Words that mean nothing are left out, so that a page is shown in any case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filters {
    pub statuses: Vec<RunStatus>,
    pub lane: String,
    pub template: String,
    pub repo: String,
    pub worker: String,
    pub period: String,
    pub text: String,
    pub session: String,
    pub after: Option<i64>,
    pub upto: Option<i64>,
}

impl Filters {
    /// `get` gives all values of a name.
    pub fn of(pairs: &[(String, String)]) -> Self {
        let all = |name: &'static str| {
            pairs
                .iter()
                .filter(move |(key, value)| key == name && !value.is_empty())
        };
        let one = |name| {
            all(name)
                .next()
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        let checked = |name, is_fine: fn(&str) -> bool| {
            Some(one(name))
                .filter(|text| is_fine(text))
                .unwrap_or_default()
        };
        let position = |name| one(name).parse().ok().filter(|n| *n >= 0);
        Filters {
            statuses: all("status")
                .filter_map(|(_, word)| RunStatus::parse(word))
                .collect(),
            lane: checked("lane", is_lane),
            template: one("template"),
            repo: one("repo"),
            worker: one("worker"),
            period: checked("period", |word| {
                PERIODS.iter().any(|(known, _, _)| *known == word)
            }),
            text: one("text"),
            session: checked("session", ops_core::text::is_uuid),
            after: position("after"),
            upto: position("upto"),
        }
    }

    /// Arguments of `ui_runs`.
    pub fn read(&self, limit: u32) -> Value {
        let mut p = json!({ "of": "ui_runs", "limit": limit });
        let seconds = PERIODS
            .iter()
            .find(|(word, _, _)| *word == self.period)
            .map(|(_, _, seconds)| *seconds);
        for (name, value) in [
            ("lane", json!(self.lane)),
            ("template", json!(self.template)),
            ("repo", json!(self.repo)),
            ("worker", json!(self.worker)),
            ("text", json!(self.text)),
            ("session_id", json!(self.session)),
            ("within_seconds", json!(seconds)),
            ("after", json!(self.after)),
            ("upto", json!(self.upto)),
        ] {
            if !value.is_null() && value != "" {
                p[name] = value;
            }
        }
        if !self.statuses.is_empty() {
            p["statuses"] = json!(self.statuses);
        }
        p
    }

    /// The address of the list, without its position.
    pub fn href(&self, path: &[&str]) -> Href {
        let href = self.statuses.iter().fold(Href::path(path), |href, one| {
            href.with("status", one.as_str())
        });
        href.with("lane", &self.lane)
            .with("template", &self.template)
            .with("repo", &self.repo)
            .with("worker", &self.worker)
            .with("period", &self.period)
            .with("text", &self.text)
            .with("session", &self.session)
    }

    pub fn is_any(&self) -> bool {
        let bare = Filters {
            session: self.session.clone(),
            after: self.after,
            upto: self.upto,
            ..Filters::default()
        };
        *self != bare
    }
}

pub fn rows(answer: &Value, filters: &Filters, may_act: bool, now: UnixMs) -> RunRows {
    let runs = list(answer, "runs");
    let upto = answer["upto"].as_i64().unwrap_or(0).to_string();
    let after = filters
        .after
        .map(|after| after.to_string())
        .unwrap_or_default();
    let live = filters
        .href(&["ui", "runs"])
        .with("after", &after)
        .with("upto", &upto);
    let next = answer["next"].as_i64();
    RunRows {
        live: live.as_str().into(),
        poll_ms: words::poll_ms(runs.iter().any(|run| !status(run).is_terminal())),
        rows: runs
            .iter()
            .map(|run| RunRow {
                href: words::run_href(run).with("session", &filters.session),
                ..row(run, may_act, now)
            })
            .collect(),
        newer: number(answer, "newer"),
        newest: Some(filters.href(&["runs"])),
        next: next.map(|seq| {
            filters
                .href(&["runs"])
                .with("after", &seq.to_string())
                .with("upto", &upto)
        }),
        can_act: may_act,
        empty: match (filters.is_any(), filters.after) {
            (_, Some(_)) => "No runs before these.",
            (true, None) => "No run fits these filters.",
            (false, None) => "No runs yet. Choose a template and queue the first one.",
        }
        .into(),
    }
}

fn row(run: &Value, may_act: bool, now: UnixMs) -> RunRow {
    let created = time(run, "created_at").unwrap_or(now);
    RunRow {
        id: text(run, "id").into(),
        href: words::run_href(run),
        title: text(run, "title").into(),
        badge: words::badge(run, now),
        lane: text(run, "lane").into(),
        template: words::template_link(run),
        attempt: words::attempt(run),
        worker: some_text(run, "claimed_by").unwrap_or_default().into(),
        created: Stamp::at(created),
        age: Span::age(created, now),
        took: words::took(run, now),
        note: words::note(run),
        can_cancel: may_act && words::can_cancel(run),
        can_retry: may_act && words::can_retry(run),
    }
}

pub fn status_choices(chosen: &[RunStatus]) -> Vec<FilterChoice> {
    let choice = |status: RunStatus| FilterChoice {
        value: status.as_str().into(),
        label: status.as_str().replace('_', " "),
        chosen: chosen.contains(&status),
    };
    RunStatus::ALL.into_iter().map(choice).collect()
}

pub fn period_choices(chosen: &str) -> Vec<FilterChoice> {
    PERIODS
        .into_iter()
        .map(|(word, label, _)| choice(word, label, chosen))
        .collect()
}

pub fn choices<'a>(
    all: impl Iterator<Item = (&'a str, &'a str)>,
    chosen: &str,
) -> Vec<FilterChoice> {
    all.map(|(value, label)| choice(value, label, chosen))
        .collect()
}

fn choice(value: &str, label: &str, chosen: &str) -> FilterChoice {
    FilterChoice {
        value: value.into(),
        label: label.into(),
        chosen: value == chosen,
    }
}

/// Lists that people ask for again and again.
pub fn views(filters: &Filters) -> Vec<SavedView> {
    use RunStatus::{Claimed, Failed, Queued, Running, TimedOut};
    let base = Filters {
        session: filters.session.clone(),
        ..Filters::default()
    };
    let of = |statuses: &[RunStatus], period: &str| Filters {
        statuses: statuses.to_vec(),
        period: period.into(),
        ..base.clone()
    };
    let here = Filters {
        after: None,
        upto: None,
        ..filters.clone()
    };
    [
        ("All", base.clone()),
        ("In progress", of(&[Claimed, Running], "")),
        ("Queued", of(&[Queued], "")),
        ("Failed today", of(&[Failed, TimedOut], "24h")),
    ]
    .into_iter()
    .map(|(text, view)| SavedView {
        text: text.into(),
        href: view.href(&["runs"]),
        is_current: view == here,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ops_render::words::iso;

    const NOW: UnixMs = 1_764_023_400_000;

    fn pairs(query: &str) -> Vec<(String, String)> {
        super::super::ask::pairs(query.as_bytes())
    }

    #[test]
    fn filters_come_from_the_address_and_go_back() {
        let filters = Filters::of(&pairs(
            "status=failed&status=timed_out&lane=B&period=24h&text=a+b&status=nonsense&lane=x",
        ));
        assert_eq!(filters.statuses, [RunStatus::Failed, RunStatus::TimedOut]);
        assert_eq!(
            filters.href(&["runs"]).as_str(),
            "/runs?status=failed&status=timed_out&lane=B&period=24h&text=a%20b"
        );
        let read = filters.read(50);
        assert_eq!(read["statuses"], json!(["failed", "timed_out"]));
        assert_eq!(
            (read["within_seconds"].clone(), read.get("repo")),
            (json!(86_400), None)
        );
        assert!(filters.is_any() && !Filters::of(&pairs("session=x&after=3")).is_any());
        let bad = Filters::of(&pairs("lane=%2F&period=ever&session=x&after=-1&upto=x"));
        assert_eq!(bad, Filters::default());
    }

    #[test]
    fn a_list_stays_where_it_is_and_counts_what_came() {
        let answer = json!({ "upto": 40, "next": 12, "newer": 3, "runs": [
            { "id": "r", "seq": 12, "status": "failed", "title": "<b>", "created_at": iso(NOW - 60_000), "error": "exit 1" }] });
        let rows = rows(&answer, &Filters::of(&pairs("lane=A")), true, NOW);
        assert_eq!(rows.live, "/ui/runs?lane=A&upto=40");
        assert_eq!(
            rows.next.expect("a next page").as_str(),
            "/runs?lane=A&after=12&upto=40"
        );
        assert_eq!((rows.newer, rows.poll_ms), (3, 3_000));
        assert!(rows.rows[0].can_retry && !rows.rows[0].can_cancel);
        assert_eq!(
            (rows.rows[0].note.as_str(), rows.rows[0].age.text.as_str()),
            ("exit 1", "1 m")
        );
    }
}
