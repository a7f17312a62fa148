//! Rows put in by SQL alone, far more than a pass could make by the API, as the functions would have
//! left them.

use crate::setup::{Fallible, Stage};
use ops_core::api::NewSession;
use serde_json::json;

/// Where a run is queued.
pub struct Place {
    session: Option<String>,
    lane: &'static str,
}

const LANES: [&str; 4] = ["A", "B", "C", "D"];
/// The runbook of a run that does nothing, with the payload of 200 bytes that everybody's jobs have.
const RUNBOOK: &str = "jsonb_build_object('title', 'no-op',
    'steps', jsonb_build_array(jsonb_build_object('id', 'a', 'run', repeat('x', 200))))";

impl Place {
    pub fn lane(lane: &'static str) -> Self {
        Place {
            session: None,
            lane,
        }
    }

    /// A place per session; one session is one lane, many are spread over all lanes.
    pub async fn many(stage: &Stage, sessions: usize) -> Fallible<Vec<Self>> {
        let mut places = Vec::new();
        for number in 0..sessions {
            let name = format!("bench {number}");
            let session = NewSession {
                name,
                meta: serde_json::Map::new(),
            };
            let session = stage.client.sessions_create(&session).await?;
            places.push(Place {
                session: Some(session.id),
                lane: LANES[number % LANES.len()],
            });
        }
        Ok(places)
    }
}

/// By our own function, in turn to each place.
pub async fn put_in(stage: &Stage, places: &[Place], count: usize) -> Fallible<()> {
    let steps = json!([{ "id": "a", "run": "x".repeat(200) }]);
    let of = |place: &Place| {
        let runbook = json!({ "title": "no-op", "steps": steps });
        json!({ "title": "no-op", "runbook": runbook, "lane": place.lane, "session_id": place.session })
    };
    let runs: Vec<_> = places.iter().cycle().take(count).map(of).collect();
    let client = stage.connect().await?;
    for part in runs.chunks(1_000) {
        let p = json!({ "auth": stage.auth(), "runs": part });
        client
            .query_one("select public.runs_create($1)", &[&p])
            .await?;
    }
    Ok(())
}

/// Queued over all lanes.
pub async fn queue(stage: &Stage, count: usize) -> Fallible<()> {
    let admin = stage.connect().await?;
    admin
        .batch_execute(&format!(
            "insert into runs (title, runbook, lane, lease_seconds, timeout_seconds, created_by)
             select 'no-op', {RUNBOOK}, substr('ABCD', 1 + n % 4, 1), 15, 21600, 'bench' from generate_series(1, {count}) n"
        ))
        .await?;
    Ok(())
}

/// Ended, each after one attempt, over the last months.
pub async fn history(stage: &Stage, count: usize) -> Fallible<()> {
    let admin = stage.connect().await?;
    admin
        .batch_execute(&format!(
            "with ended as (
               insert into runs (title, runbook, lane, status, attempt, attempts_used, lease_seconds, timeout_seconds,
                 claimed_by, claimed_at, started_at, finished_at, created_by, created_at)
               select 'no-op', {RUNBOOK}, substr('ABCD', 1 + n % 4, 1),
                 case when n % 20 = 0 then 'failed' else 'succeeded' end, 1, 1, 15, 21600,
                 'w-' || n % 8, t, t, t + interval '20 seconds', 'bench', t - interval '2 seconds'
               from generate_series(1, {count}) n,
                 lateral (select clock_timestamp() - ({count} - n) * interval '8 seconds' - interval '1 minute' as t) at
               returning id, status, claimed_by, claimed_at, finished_at)
             insert into run_attempts (run_id, attempt, worker_id, token_id, claimed_at, ended_at, ended_as)
             select id, 1, claimed_by, (select id from tokens limit 1), claimed_at, finished_at, status from ended"
        ))
        .await?;
    Ok(())
}
