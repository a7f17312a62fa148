//! Which outcomes of a race are allowed.

use crate::interleave::{Lease, Verb};
use ops_tests::harness::TestDatabase;
use serde_json::Value;

/// What is stored after a race.
#[derive(Debug)]
pub struct Outcome {
    pub status: String,
    pub attempt: i32,
    pub leases: i64,
    pub events: Vec<String>,
    pub refused_writes: i32,
}

impl Outcome {
    pub async fn read(db: &TestDatabase, run_id: &str) -> Self {
        let sql = "select r.status, r.attempt, r.refused_writes,
            (select count(*) from run_leases l where l.run_id = r.id),
            array(select e.message from run_events e where e.run_id = r.id and e.source is null order by e.pos)
            from runs r where r.id = $1::text::uuid";
        let row = db.admin.query_one(sql, &[&run_id]).await.expect("the run");
        Outcome {
            status: row.get(0),
            attempt: row.get(1),
            refused_writes: row.get(2),
            leases: row.get(3),
            events: row.get(4),
        }
    }
}

/// How one call was answered, as far as the promises care.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Accepted,
    /// The lease is gone, or the run has ended already.
    Refused,
    /// Nothing to do.
    Nothing,
}

fn said(verb: Verb, answer: &Value) -> Said {
    let first = match verb {
        Verb::Finish => &answer["finished"][0],
        Verb::Heartbeat => &answer["runs"][0],
        _ => answer,
    };
    match verb {
        _ if !first["code"].is_null() => Said::Refused,
        Verb::Claim if answer["runs"].as_array().is_some_and(Vec::is_empty) => Said::Nothing,
        Verb::Sweep if answer["requeued"] == 0 && answer["leases_released"] == 0 => Said::Nothing,
        _ => Said::Accepted,
    }
}

pub fn check(race: &str, lease: Lease, calls: &[(Verb, Option<Value>)], outcome: &Outcome) {
    let told: Vec<(Verb, Said)> = calls
        .iter()
        .filter_map(|(verb, answer)| answer.as_ref().map(|a| (*verb, said(*verb, a))))
        .collect();
    let accepted = |verb| {
        told.iter()
            .filter(|(v, s)| *v == verb && *s == Said::Accepted)
            .count()
    };
    let context = format!("{race}: {told:?} -> {outcome:?}");

    // One end: whoever was told that its end counts finds it stored, and nobody else was told so.
    if accepted(Verb::Finish) > 0 {
        let cancelled_first = accepted(Verb::Cancel) > 0;
        assert_eq!(
            outcome.status,
            if cancelled_first {
                "cancelled"
            } else {
                "succeeded"
            },
            "{context}"
        );
    }
    if accepted(Verb::Cancel) > 0 {
        assert_eq!(outcome.status, "cancelled", "{context}");
        assert_eq!(accepted(Verb::Cancel), 1, "{context}");
    }
    // A holder: at most one lease, and for a run that is claimed, running, or cancelled and not yet
    // ended by its holder.
    let held = matches!(outcome.status.as_str(), "claimed" | "running");
    assert!(
        outcome.leases == i64::from(held) || (outcome.status == "cancelled" && outcome.leases <= 1),
        "{context}"
    );
    assert!(
        !(outcome.status == "queued" && outcome.leases > 0),
        "{context}"
    );
    // What was acknowledged is stored; what was refused is not.
    let appended = accepted(Verb::Append).min(1);
    assert_eq!(outcome.events.len(), appended, "{context}");
    // A second attempt begins only after the first was swept.
    if accepted(Verb::Claim) > 0 {
        assert_eq!((outcome.attempt, lease), (2, Lease::Expired), "{context}");
    }
    // A living lease is never swept; a heartbeat that came first renewed it.
    if lease == Lease::Living {
        assert_eq!(accepted(Verb::Sweep), 0, "{context}");
    }
    if let [(Verb::Heartbeat, Said::Accepted), (Verb::Sweep, swept)] = told.as_slice() {
        assert_eq!(*swept, Said::Nothing, "{context}");
    }
    // Every refused write of a lost holder was counted; a cancel is an operator's.
    let lost = calls
        .iter()
        .filter_map(|(verb, answer)| answer.as_ref().map(|a| (verb, a)))
        .filter(|(verb, answer)| {
            let code = match verb {
                Verb::Finish => &answer["finished"][0]["code"],
                Verb::Heartbeat => &answer["runs"][0]["code"],
                _ => &answer["code"],
            };
            code == "lease_lost"
        })
        .count();
    assert_eq!(outcome.refused_writes as usize, lost, "{context}");
}
