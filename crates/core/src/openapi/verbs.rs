//! Every verb. A test of `ops-web` holds this table and the router's together, and one of `tests/tidy`
//! holds kinds and codes against the SQL.

use super::parameter::{Parameter, id, lane, number, text, time, word};
use super::shapes;
use super::shapes::{
    either, exactly, flag, health, list, object, of, one, page, run_status_words, swept,
};
use super::verb::{Verb, read, write};
use crate::Code::*;
use crate::limits;
use serde_json::json;

const NOBODY: &[&str] = &[];
pub(super) const OPERATOR: &[&str] = &["operator"];
pub(super) const READERS: &[&str] = &["operator", "viewer"];
pub(super) const WORKER: &[&str] = &["worker"];
const SWEEPERS: &[&str] = &["operator", "worker"];
pub(super) const EVERYBODY: &[&str] = &["operator", "viewer", "worker"];

pub fn all() -> Vec<Verb> {
    let mut verbs = runs();
    verbs.extend(workers());
    verbs.extend(logs_and_artifacts());
    verbs.extend(sessions());
    verbs.extend(templates());
    verbs.extend(lanes());
    verbs.extend(super::spec::verbs());
    verbs.extend(rest());
    verbs
}

pub(super) fn limit() -> Parameter {
    number("limit", 1..=limits::PAGE_ROWS.into())
}

fn after_number() -> Parameter {
    number("after", 1..=i64::MAX).says("`next` of the page before.")
}

pub(super) fn version() -> std::ops::RangeInclusive<i64> {
    1..=i32::MAX.into()
}

fn runs() -> Vec<Verb> {
    let run_id = || json!({ "run_id": shapes::id() });
    let with = |name: &str, most: usize| {
        let mut fields = run_id();
        fields[name] = shapes::text(1, most);
        exactly(&["run_id"], fields)
    };
    let cancelled = object(
        &["run_id", "status"],
        json!({ "run_id": shapes::id(), "status": of("RunStatus") }),
    );
    vec![
        write("runs.create", OPERATOR, "Queues one run, or up to 1,000, all or none", either(of("NewRun"), of("RunsToCreate")))
            .such_as(json!({ "template": "hello", "params": { "name": "you" }, "idempotency_key": "greet-1" }))
            .note("200 for a key that was seen; a list is answered in the order sent")
        .answers(200, of("CreatedRun"))
            .answers(201, either(of("CreatedRuns"), of("CreatedRun")))
            .refuses(&[IdempotencyMismatch, TemplateChanged, QueueFull]),
        read("runs.get", READERS, "One run, with params, steps, attempts, and why it waits")
            .query([id("run_id").required()])
            .answers(200, one("run", "Run"))
            .refuses(&[NotFound]),
        read("runs.list", READERS, "Runs, the newest first")
            .query([
                word("status", &run_status_words()),
                lane("lane"),
                id("session_id"),
                text("template"),
                text("repo").says("Compared whole."),
                text("worker").says("Id of the worker that claimed last, or the name before its suffix."),
                time("since").says("Made at this time or later."),
                time("until").says("Made before this time."),
                text("text").says("Looked for in title, template, intent, env, repo, reason, error and id, whatever the case."),
                after_number(),
                limit(),
            ])
            .note("50 where no limit is given")
        .answers(200, of("RunPage")),
        write("runs.cancel", OPERATOR, "Cancels one run, or many by id or filter", either(with("reason", 2_000), of("BulkRuns")))
            .note("Many at once: see below")
        .answers(200, either(cancelled, of("BulkAnswer")))
            .refuses(&[NotFound, AlreadyFinished]),
        write("runs.retry", OPERATOR, "Makes a new run of one that has ended, or of many", either(with("idempotency_key", 200), of("BulkRuns")))
            .note("The new one has `retry_of`; `conflict` while the old one has not ended. Many at once: see below")
        .answers(200, either(of("CreatedRun"), of("BulkAnswer")))
            .answers(201, of("CreatedRun"))
            .refuses(&[NotFound, Conflict, IdempotencyMismatch, QueueFull]),
        write("runs.sweep", SWEEPERS, "Deals with expired leases and with what time alone changes", exactly(&[], json!({})))
            .or_no_body()
            .answers(200, swept()),
    ]
}

fn workers() -> Vec<Verb> {
    let started = object(
        &["run_id", "status", "cancel"],
        json!({ "run_id": shapes::id(), "status": of("RunStatus"), "cancel": flag() }),
    );
    vec![
        write("runs.claim", WORKER, "Settles what ended, then takes what is queued", of("ClaimRequest"))
            .such_as(json!({ "worker_id": "me-1", "lanes": ["A"], "request_id": 1, "start": true, "wait_seconds": 20 }))
            .answers(200, of("ClaimAnswer"))
            .refuses(&[StaleRequest]),
        write("runs.start", WORKER, "The claimed run is running now", of("Holder"))
            .answers(200, started)
            .refuses(&[LeaseLost, AlreadyFinished]),
        write("runs.heartbeat", WORKER, "Renews the leases of one run or of many", either(of("BeatOne"), of("Beats")))
            .note("Of many, each is answered by itself; flat, by the run's own fields or 409")
        .answers(200, either(of("BeatOneAnswer"), of("HeartbeatAnswer")))
            .refuses(&[LeaseLost, AlreadyFinished]),
        write("runs.finish", WORKER, "Ends an attempt, or hands its run back", of("FinishOne"))
            .answers(200, of("Finished"))
            .refuses(&[LeaseLost, EventsMissing]),
        read("workers.list", READERS, "Workers heard of within a day, at most 200")
            .answers(200, list("workers", "Worker")),
        write("workers.drain", OPERATOR, "The worker takes no more runs; `drain: false` takes it back", of("WorkerDrain"))
            .answers(200, object(&["worker_id", "drain"], json!({ "worker_id": { "type": "string" }, "drain": flag() })))
            .refuses(&[NotFound]),
    ]
}

fn logs_and_artifacts() -> Vec<Verb> {
    let wait = number("wait_seconds", 0..=limits::WAIT_SECONDS.into()).says(
        "A long poll: the answer waits that long for an event, or until the run has ended and nobody holds it. \
         Hosts that cannot wait answer at once.",
    );
    vec![
        write(
            "events.append",
            WORKER,
            "Log and state of steps in one commit",
            of("AppendRequest"),
        )
        .answers(200, of("AppendAnswer"))
        .refuses(&[LeaseLost, AlreadyFinished, EventsGap]),
        read("events.list", READERS, "A run's log after a position")
            .query([
                id("run_id").required(),
                number("after", 0..=i64::MAX).says("A position: `next` of the answer before."),
                number("limit", 1..=2_000),
                wait,
            ])
            .note("500 where no limit is given. The log is complete when `status` is final, `held` is false and the page is empty")
        .answers(200, of("EventPage"))
            .refuses(&[NotFound]),
        write(
            "artifacts.begin",
            WORKER,
            "Where the bytes of a large artifact go; `artifacts.put` with `sha256` and `size` ends it",
            of("ArtifactBegin"),
        )
        .note("For more than 2 MiB. Send the bytes to `upload` without a token; no `upload` where they are there already")
        .answers(200, of("ArtifactBegun"))
        .refuses(&[LeaseLost, AlreadyFinished, NameTaken, Conflict]),
        write(
            "artifacts.upload",
            NOBODY,
            "The bytes of a large artifact, where `artifacts.begin` says that they come here",
            json!({}),
        )
        .bytes()
        .query([text("ticket").required()])
        .note("`not_found` for a ticket that was used")
        .answers(200, exactly(&["size"], json!({ "size": shapes::count() })))
        .refuses(&[NotFound, Invalid]),
        write(
            "artifacts.put",
            WORKER,
            "Keeps a file, a text or a link of a run",
            of("ArtifactPut"),
        )
        .or_multipart(of("ArtifactForm"))
        .note("One of `content`, `content_base64`, `url` (kind `link`), or `sha256` with `size` of uploaded bytes")
        .answers(201, of("ArtifactStored"))
        .refuses(&[LeaseLost, AlreadyFinished, NameTaken, Conflict]),
        read(
            "artifacts.get",
            READERS,
            "One artifact, as JSON or with `raw` its bytes",
        )
        .query([
            id("artifact_id").required(),
            word("raw", &["true", "false"]),
        ])
        .note("Up to 2 MiB with its content; with `raw=true` the bytes, as a download, which may be a redirect for more")
        .answers(200, one("artifact", "Artifact"))
        .or_bytes()
        .refuses(&[NotFound, Conflict]),
        read(
            "artifacts.list",
            READERS,
            "Artifacts of the newest attempt that left any, or of the one asked for",
        )
        .query([id("run_id").required(), number("attempt", version())])
        .answers(200, list("artifacts", "Artifact"))
        .refuses(&[NotFound]),
    ]
}

fn sessions() -> Vec<Verb> {
    let session = || one("session", "Session");
    let deleted = object(
        &["session_id", "deleted"],
        json!({ "session_id": shapes::id(), "deleted": { "const": true } }),
    );
    vec![
        write(
            "sessions.create",
            OPERATOR,
            "A new session",
            of("NewSession"),
        )
        .answers(201, session()),
        read(
            "sessions.get",
            READERS,
            "One session, with counts per status and members",
        )
        .query([id("session_id").required()])
        .answers(200, session())
        .refuses(&[NotFound]),
        read("sessions.list", READERS, "Sessions, the newest first")
            .query([
                word("status", &["active", "archived"]),
                id("after").says("`next` of the page before."),
                limit(),
            ])
            .note("50 where no limit is given")
            .answers(200, page("sessions", "Session")),
        write(
            "sessions.update",
            OPERATOR,
            "What is absent stays; `meta` and `members` are replaced whole",
            of("SessionUpdate"),
        )
        .answers(200, session())
        .refuses(&[NotFound]),
        write(
            "sessions.archive",
            OPERATOR,
            "It takes no new runs; `archived: false` opens it again",
            of("SessionArchive"),
        )
        .answers(200, session())
        .refuses(&[NotFound]),
        write(
            "sessions.delete",
            OPERATOR,
            "Deletes a session without runs",
            exactly(&["session_id"], json!({ "session_id": shapes::id() })),
        )
        .note("`conflict` where it has runs")
        .answers(200, deleted)
        .refuses(&[NotFound, Conflict]),
    ]
}

fn templates() -> Vec<Verb> {
    let source = json!({ "source": "version: 1\nslug: greet\ntitle: Greet\nsteps:\n  - {id: one, run: echo hello}\n" });
    let template = || one("template", "Template");
    let mut updated = template();
    updated["properties"]["unchanged"] = json!({ "const": true });
    let deleted = object(
        &["slug", "deleted"],
        json!({ "slug": { "type": "string" }, "deleted": { "const": true } }),
    );
    let mut validated = list("diagnostics", "Diagnostic");
    validated["properties"]["valid"] = flag();
    validated["properties"]["runbook"] =
        json!({ "type": "object", "description": "Where it is valid: as it was understood." });
    vec![
        write(
            "templates.create",
            OPERATOR,
            "A new template from the text of a runbook",
            of("TemplateSource"),
        )
        .such_as(source.clone())
        .answers(201, template())
        .refuses(&[SlugTaken]),
        write(
            "templates.validate",
            READERS,
            "What is wrong with the text of a runbook",
            of("TemplateSource"),
        )
        .such_as(source.clone())
        .note("200 in any case")
        .answers(200, validated),
        write(
            "templates.update",
            OPERATOR,
            "The next version of the template that the text names",
            of("TemplateUpdate"),
        )
        .such_as(source)
        .note("The same text is answered with `unchanged: true`; `conflict`, with `version`, where it is not the expected one")
        .answers(200, updated)
        .refuses(&[NotFound, Conflict]),
        write(
            "templates.delete",
            OPERATOR,
            "Its versions are kept",
            of("TemplateDelete"),
        )
        .note("The slug goes on counting where it is made again; `conflict` while runs of it are queued or running")
        .answers(200, deleted)
        .refuses(&[NotFound, Conflict]),
        read(
            "templates.get",
            READERS,
            "One template with its text, in the newest version or another",
        )
        .query([text("slug").required(), number("version", version())])
        .note("`in_use` counts its runs that have not ended")
        .answers(200, template())
        .refuses(&[NotFound]),
        read("templates.list", READERS, "Templates by slug")
            .query([text("after").says("`next` of the page before."), limit()])
            .note("200 where no limit is given")
        .answers(200, page("templates", "Template")),
    ]
}

fn lanes() -> Vec<Verb> {
    vec![
        read(
            "lanes.list",
            READERS,
            "Lanes, with what is queued and held in each",
        )
        .answers(200, list("lanes", "Lane")),
        write(
            "lanes.update",
            OPERATOR,
            "Makes or changes a lane; limit 0 takes the limit away",
            of("LaneUpdate"),
        )
        .note("A lane that does not exist is made")
        .answers(200, one("lane", "Lane")),
    ]
}

fn rest() -> Vec<Verb> {
    let revoked = object(
        &["id", "revoked"],
        json!({ "id": shapes::id(), "revoked": { "const": true } }),
    );
    vec![
        read(
            "metrics.get",
            READERS,
            "What an operator watches: lanes, sweeps, and what holds the database back",
        )
        .query([word("format", &["json", "prometheus"])])
        .note("`prometheus` is text as Prometheus scrapes it")
        .answers(200, of("Metrics"))
        .or_text(),
        write(
            "tokens.create",
            OPERATOR,
            "Mints a token and shows it this once",
            of("NewToken"),
        )
        .answers(201, of("CreatedToken")),
        read(
            "tokens.list",
            OPERATOR,
            "Tokens, without the tokens themselves",
        )
        .answers(200, list("tokens", "Token")),
        write(
            "tokens.revoke",
            OPERATOR,
            "Ends a token at once",
            exactly(&["token_id"], json!({ "token_id": shapes::id() })),
        )
        .answers(200, revoked)
        .refuses(&[NotFound]),
        write(
            "workers.exchange",
            NOBODY,
            "The identity token of a workflow job for a worker's token",
            of("Exchange"),
        )
        .note("The worker's token as the bearer where it is renewed")
        .answers(200, of("Exchanged"))
        .refuses(&[
            Unauthenticated,
            Forbidden,
            Invalid,
            UpgradeRequired,
            RateLimited,
            NotConfigured,
        ]),
        write(
            "trust.add",
            OPERATOR,
            "Trusts the jobs of a repository to be workers",
            of("NewTrustRule"),
        )
        .note("The ids are looked up at GitHub where they are not given")
        .answers(201, one("rule", "TrustRule"))
        .refuses(&[NotConfigured]),
        read("trust.list", OPERATOR, "Whose jobs may become workers")
            .answers(200, list("rules", "TrustRule")),
        write(
            "trust.remove",
            OPERATOR,
            "Ends a rule, and the tokens that came by it",
            exactly(&["rule_id"], json!({ "rule_id": shapes::id() })),
        )
        .answers(200, of("TrustRemoved"))
        .refuses(&[NotFound]),
        write(
            "dispatch.create",
            SWEEPERS,
            "Asks GitHub to start a workflow: a lane's worker, one that is named, or that of a step, once",
            either(of("NewDispatch"), of("StepDispatch")),
        )
        .note("201 also where GitHub refused: `status` and `error` say so. `forbidden` where no operator named the repository")
        .answers(201, one("dispatch", "Dispatch"))
        .refuses(&[Conflict, NotConfigured, LeaseLost, AlreadyFinished]),
        read(
            "dispatch.get",
            EVERYBODY,
            "What became of a dispatch; whoever holds its run gets the workflow run from GitHub, too",
        )
        .query([
            id("dispatch_id").required(),
            id("run_id").says("Of whoever holds that run; together with the next two."),
            text("worker_id"),
            number("attempt", version()),
        ])
        .note("`trouble` is why GitHub did not say")
        .answers(200, of("Followed"))
        .refuses(&[NotFound, NotConfigured, LeaseLost, AlreadyFinished]),
        write(
            "dispatch.cancel",
            SWEEPERS,
            "Asks GitHub to cancel the workflow run of a dispatch; a worker names the run that it holds",
            either(
                exactly(&["dispatch_id"], json!({ "dispatch_id": shapes::id() })),
                of("HeldDispatch"),
            ),
        )
        .note("`conflict` where nobody knows which workflow run that is")
        .answers(200, of("Followed"))
        .refuses(&[NotFound, Conflict, NotConfigured, LeaseLost, AlreadyFinished]),
        read("dispatch.list", READERS, "Dispatches, the newest first")
            .query([lane("lane"), limit()])
            .note("50 where no limit is given")
            .answers(200, list("dispatches", "Dispatch")),
        read(
            "audit.list",
            READERS,
            "Who changed what, the newest first; filters compare whole words",
        )
        .query([
            text("actor"),
            text("action"),
            text("target"),
            after_number(),
            limit(),
        ])
        .note("50 where no limit is given")
        .answers(200, of("AuditPage")),
        read("health", NOBODY, "Whether the database answers").answers(200, health()),
        read("openapi.json", NOBODY, "This document").answers(200, json!({ "type": "object" })),
    ]
}
