//! Places of lanes and groups: how many are taken while faults go on, and whether all of them can be
//! taken when everything is over.

use crate::fleet::CONCURRENCY;
use crate::room::insist;
use ops_client::Client;
use ops_core::RunStatus;
use ops_core::api::{LaneUpdate, NewRun};
use ops_tests::harness::process::run_until;
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use tokio_postgres::Config;

pub const LANES: [&str; 5] = ["A", "B", "C", "D", NARROW];
pub const NARROW: &str = "narrow";
pub const NARROW_LIMIT: u32 = 4;
pub const GROUPS: [&str; 3] = ["chaos-a", "chaos-b", "chaos-c"];
pub const GROUP_LIMIT: u32 = 2;
/// Fits into two workers, so that probes need no place that is not there.
const _: () = assert!(NARROW_LIMIT as usize <= 2 * CONCURRENCY);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// How long the runs of a probe wait for each other.
const MEET_SECONDS: u32 = 30;

pub async fn narrow(client: &Client) {
    let update = LaneUpdate {
        name: NARROW.into(),
        concurrency_limit: Some(NARROW_LIMIT),
        ..LaneUpdate::default()
    };
    insist(
        async |client: &Client| client.lanes_update(&update).await,
        client,
    )
    .await;
}

/// Looks at the leases again and again, and tells of each time that a limit was exceeded. Ends when
/// it is aborted.
pub async fn watch(config: Config, told: std::sync::mpsc::Sender<String>) {
    loop {
        let Ok(client) = ops_store_postgres::connect(&config).await else {
            tokio::time::sleep(LOOK).await;
            continue;
        };
        // Until PostgreSQL is stopped.
        while let Ok(over) = over_limit(&client).await {
            for place in over {
                let _ = told.send(place);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Lanes and groups that hold more than they may, as of now.
pub async fn over_limit(
    client: &tokio_postgres::Client,
) -> Result<Vec<String>, tokio_postgres::Error> {
    let sql = format!(
        "select 'lane ' || lane, count(*) from public.run_leases where lane = '{NARROW}' group by lane having count(*) > {NARROW_LIMIT}
         union all select 'group ' || group_key, count(*) from public.run_leases where group_key is not null
         group by group_key having count(*) > {GROUP_LIMIT} order by 1"
    );
    let rows = client.query(&sql, &[]).await?;
    let told = |row: &tokio_postgres::Row| {
        let (place, taken): (String, i64) = (row.get(0), row.get(1));
        format!("{place}: {taken} at once")
    };
    Ok(rows.iter().map(told).collect())
}

/// As many runs as a lane or group holds, none of which ends before all of them have begun: with a
/// place that is gone for ever they never meet. Gives what is not there.
pub async fn missing(client: &Client, workspace: &Path) -> Vec<String> {
    let mut probes = vec![probe(client, workspace, NARROW, None, NARROW_LIMIT).await];
    for group in GROUPS {
        probes.push(probe(client, workspace, "A", Some(group), GROUP_LIMIT).await);
    }
    let mut missing = Vec::new();
    for (place, runs) in probes {
        for id in runs {
            let seconds = u64::from(MEET_SECONDS) * 10;
            let run = run_until(client, &id, seconds, |run| run.status.is_terminal()).await;
            if run.status != RunStatus::Succeeded {
                missing.push(format!("{place}: {id} {} {:?}", run.status, run.error));
            }
        }
    }
    missing
}

async fn probe(
    client: &Client,
    workspace: &Path,
    lane: &str,
    group: Option<&str>,
    limit: u32,
) -> (String, Vec<String>) {
    let place = group.unwrap_or(lane).to_string();
    let meeting = workspace.join(format!("meeting-{place}"));
    std::fs::create_dir(&meeting).expect("a folder");
    let script = format!(
        "cd \"$OPS_WORKSPACE/meeting-{place}\"\n: > \"$OPS_RUN_ID\"\nn=0\nwhile [ \"$(ls | wc -l)\" -lt {limit} ]; do\n  \
         n=$((n + 1))\n  [ $n -lt {} ] || exit 1\n  sleep 0.1\ndone\n",
        MEET_SECONDS * 10
    );
    let mut runbook = json!({ "version": 1, "slug": "meet", "title": "Meet", "steps": [{ "id": "meet", "run": script }] });
    if let Some(group) = group {
        runbook["concurrency"] = json!({ "group": group, "limit": limit });
    }
    let new: Vec<NewRun> = (0..limit)
        .map(|number| NewRun {
            runbook: Some(runbook.clone()),
            lane: Some(lane.into()),
            max_attempts: Some(1),
            idempotency_key: Some(format!("probe-{place}-{number}")),
            ..NewRun::default()
        })
        .collect();
    let made = insist(
        async |client: &Client| client.runs_create_bulk(&new).await,
        client,
    )
    .await;
    (place, made.into_iter().map(|run| run.run_id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ops_tests::harness::{RunShape, TestDatabase, run};

    /// As an engine would leave it that forgot the limit.
    async fn hold(d: &TestDatabase, count: usize, request: i64) {
        let runs = (0..count).map(|_| {
            run(RunShape {
                lane: Some(NARROW),
                ..RunShape::default()
            })
        });
        let runs: Vec<_> = runs.collect();
        d.call("runs_create", json!({ "runs": runs })).await;
        let claim = json!({ "worker_id": "w", "lanes": [NARROW], "request_id": request, "limit": count, "start": true });
        let claimed = d.call("runs_claim", claim).await;
        assert_eq!(claimed["runs"].as_array().map(Vec::len), Some(count));
    }

    #[tokio::test]
    async fn a_lane_and_a_group_above_their_limits_are_found_and_full_ones_are_not() {
        let d = TestDatabase::new().await;
        d.call("lanes_update", json!({ "name": NARROW })).await;
        hold(&d, NARROW_LIMIT as usize, 1).await;
        let group = |count: u32| {
            format!(
                "update public.run_leases set group_key = '{}' where run_id in
                 (select run_id from public.run_leases order by run_id limit {count})",
                GROUPS[0]
            )
        };
        let full = group(GROUP_LIMIT);
        d.admin.batch_execute(&full).await.expect("a full group");
        let none: [&str; 0] = [];
        assert_eq!(over_limit(&d.admin).await.expect("an answer"), none);

        hold(&d, 1, 2).await;
        let over = group(GROUP_LIMIT + 1);
        d.admin
            .batch_execute(&over)
            .await
            .expect("a place too many");
        let found = over_limit(&d.admin).await.expect("an answer");
        assert_eq!(
            found,
            ["group chaos-a: 3 at once", "lane narrow: 5 at once"]
        );
    }
}
