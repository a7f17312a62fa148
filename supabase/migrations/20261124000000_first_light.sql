-- Written by `cargo xtask schema` from supabase/schemas. Edit there.

-- 01_roles.sql
-- Roles as Supabase has them, made only where absent, so that plain PostgreSQL works too.
do $$
begin
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then
    create role authenticated nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'service_role') then
    create role service_role nologin bypassrls;
  end if;
end $$;

grant usage on schema public to authenticated, service_role;

-- 02_lanes.sql
-- A lane is a named queue. Runs name it without a foreign key: locking its row for every new run
-- would make it the hottest row of the database.
create table if not exists public.lanes (
  name text primary key check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  concurrency_limit integer check (concurrency_limit > 0),
  paused boolean not null default false,
  paused_reason text,
  -- As a pause, and workers that ask for nothing else are told to end.
  draining boolean not null default false,
  -- Queued runs that it may hold. `queue_full`: that many were seen, and creates are refused.
  queue_limit integer default 1000000 check (queue_limit > 0),
  queue_full boolean not null default false,
  -- Scale from zero: `{repository, workflow, ref, per_hour, inputs?}` of the workflow that is a worker here.
  dispatch jsonb,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
insert into public.lanes (name) values ('A'), ('B'), ('C'), ('D') on conflict do nothing;

-- 03_tokens.sql
-- Only the SHA-256 of a token is stored. `lanes` null: all lanes. `worker_id`: the only worker that
-- an exchanged token may act as. Its row outlives each renewal, so that leases stay valid: the token
-- changes, and the one before is good for a moment more, for what is under way.
create table if not exists public.tokens (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  kinds text[] not null check (kinds <@ array['operator', 'viewer', 'worker'] and cardinality(kinds) > 0),
  token_sha256 text not null unique check (token_sha256 ~ '^[0-9a-f]{64}$'),
  lanes text[],
  worker_id text,
  -- What its issuer said of the job, with a link to it; no rule any more: it was removed.
  identity jsonb,
  trust_rule_id uuid,
  previous_sha256 text unique check (previous_sha256 ~ '^[0-9a-f]{64}$'),
  previous_until timestamptz,
  created_by text not null default 'setup',
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  -- Of an exchanged one: its worker held a run, whose attempts name the job by this row. It is kept.
  in_history boolean not null default false
);
create index if not exists tokens_forgotten on public.tokens (expires_at) where identity is not null and not in_history;
create index if not exists tokens_trust_rule on public.tokens (trust_rule_id) where trust_rule_id is not null;

create table if not exists public.audit (
  id bigint generated always as identity primary key,
  ts timestamptz not null default clock_timestamp(),
  actor text not null,
  token_id uuid,
  source_address text,
  action text not null,
  target text,
  detail jsonb not null default '{}'
);
create index if not exists audit_ts on public.audit (ts);

-- 04_sessions.sql
create table if not exists public.sessions (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  status text not null default 'active' check (status in ('active', 'archived')),
  meta jsonb not null default '{}',
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  archived_at timestamptz
);

-- `user_id` is the `sub` of a Supabase Auth JWT.
create table if not exists public.session_members (
  session_id uuid not null references public.sessions (id) on delete cascade,
  user_id text not null,
  role text not null default 'viewer' check (role in ('viewer', 'operator')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (session_id, user_id)
);
create index if not exists session_members_user on public.session_members (user_id);

-- 05_templates.sql
-- `source` is the YAML as a person wrote it, `runbook` what the validator made of it. A run freezes
-- its own copy, so a template may change or go without touching any run.
create table if not exists public.run_templates (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  version integer not null default 1,
  title text not null,
  description text not null default '',
  default_lane text,
  source text not null,
  runbook jsonb not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);

-- Every text that a slug ever had. No foreign key: they outlive their template, so that a template made
-- anew under an old slug goes on counting, and nobody's idea of "version 1" means two texts.
create table if not exists public.run_template_versions (
  slug text not null,
  version integer not null,
  source text not null,
  runbook jsonb not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (slug, version)
);

create table if not exists public.spec_docs (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique,
  -- Slugs are `<bundle>/<file>`.
  bundle text not null generated always as (split_part(slug, '/', 1)) stored,
  title text not null,
  content text not null,
  meta jsonb not null default '{}',
  sha256 text,
  updated_by text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create index if not exists spec_docs_bundle on public.spec_docs (bundle);

-- 06_runs.sql
-- Limits of columns as domains: PostgreSQL reads the text of a table's CHECK constraints anew for every
-- statement that writes to it, and keeps those of a domain compiled. On `runs` that was a sixth of a claim.
do $$
begin
  if to_regtype('public.run_status') is null then
    create domain public.run_status as text
      check (value in ('queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out'));
    create domain public.run_parked as text check (value in ('depends_on', 'not_before', 'group'));
    create domain public.attempt_end as text
      check (value in ('succeeded', 'failed', 'cancelled', 'timed_out', 'released', 'lost'));
    create domain public.group_key as text check (octet_length(value) between 1 and 200);
    create domain public.group_limit as integer check (value between 1 and 1000);
    create domain public.max_attempts as integer check (value between 1 and 20);
    create domain public.lease_seconds as integer check (value between 5 and 3600);
    create domain public.timeout_seconds as integer check (value between 1 and 604800);
    create domain public.worker_id as text check (length(value) between 1 and 200);
  end if;
end $$;

-- `seq` orders runs within a priority: first in, first out.
-- `attempt` is the fencing token: +1 with every claim, never reused. `attempts_used` counts the
-- attempts that ended and were counted; it is what `max_attempts` limits.
-- `parked`: why a queued run cannot go; parked runs stay out of the claim index.
-- `group_key`: shares `group_limit` places with all runs of that key. Such a run has its place as soon
-- as it is queued and not parked, and keeps it until it ends.
create table if not exists public.runs (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated by default as identity,
  session_id uuid references public.sessions (id),
  template text,
  template_version integer,
  title text not null,
  runbook jsonb not null,
  params jsonb not null default '{}',
  lane text not null,
  priority integer not null default 100,
  status public.run_status not null default 'queued',
  parked public.run_parked,
  group_key public.group_key,
  group_limit public.group_limit,
  intent text,
  env text,
  repo text,
  attempt integer not null default 0,
  attempts_used integer not null default 0,
  handbacks integer not null default 0,
  max_attempts public.max_attempts not null default 3,
  lease_seconds public.lease_seconds not null,
  timeout_seconds public.timeout_seconds not null,
  not_before timestamptz,
  start_by timestamptz,
  claimed_by text,
  claimed_at timestamptz,
  started_at timestamptz,
  cancelled_at timestamptz,
  finished_at timestamptz,
  reason text,
  error text,
  result jsonb,
  refused_writes integer not null default 0,
  retry_of uuid references public.runs (id) on delete set null,
  idempotency_key text,
  body_sha256 text,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- The claim walks one of these two and nothing else.
create index if not exists runs_claim on public.runs (lane, priority, seq)
  where status = 'queued' and parked is null;
create index if not exists runs_claim_session on public.runs (session_id, lane, priority, seq)
  where status = 'queued' and parked is null and session_id is not null;
create index if not exists runs_due on public.runs (not_before) where status = 'queued' and parked = 'not_before';
-- Groups by a hash of their names, so that a sweep that begins anywhere finds each as likely.
create index if not exists runs_group_waits on public.runs (md5(group_key), priority, seq)
  where status = 'queued' and parked = 'group';
create index if not exists runs_waits on public.runs (lane, priority, seq)
  where status = 'queued' and parked in ('depends_on', 'group');
create index if not exists runs_due_in_lane on public.runs (lane, not_before) where status = 'queued' and parked = 'not_before';
create index if not exists runs_group_next on public.runs (group_key)
  where status = 'queued' and parked is null and group_key is not null;
create index if not exists runs_start_by on public.runs (start_by) where status = 'queued' and start_by is not null;
create index if not exists runs_session on public.runs (session_id, lane, status, priority, created_at)
  where session_id is not null;
create index if not exists runs_template on public.runs (template, seq) where template is not null;
create index if not exists runs_ended on public.runs (finished_at) where finished_at is not null;
create unique index if not exists runs_seq on public.runs (seq);
create unique index if not exists runs_idempotency on public.runs (idempotency_key) where idempotency_key is not null;
create index if not exists runs_retry_of on public.runs (retry_of) where retry_of is not null;

-- 07_leases.sql
-- The row is the holder: no worker-side write counts without it, whatever the worker believes.
-- Narrow, and apart from `runs`, because heartbeats rewrite it every few seconds. Neither leases nor
-- attempts have a foreign key: both are written under the run's own lock by every claim, where the
-- key's check would cost more than the row. Whoever deletes a run deletes them too.
create table if not exists public.run_leases (
  run_id uuid primary key,
  attempt integer not null,
  worker_id text not null,
  token_id uuid not null,
  lane text not null,
  group_key text,
  step text,
  heartbeat_at timestamptz not null,
  expires_at timestamptz not null,
  ends_by timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create index if not exists run_leases_expires on public.run_leases (expires_at);
create index if not exists run_leases_lane on public.run_leases (lane);
create index if not exists run_leases_group on public.run_leases (group_key) where group_key is not null;

-- One row per group that a run ever named: what is locked to give a place of it. Nothing is stored in
-- it, and it stays, because a lock on a row that may go would have to be taken again and again.
create table if not exists public.run_groups (
  key text primary key
);

-- What a parked run still waits for; the last row that goes lets it go. No foreign keys: of a run that was
-- deleted nobody can say that it succeeded, so its rows have to stay until a sweep has seen them.
create table if not exists public.run_dependencies (
  depends_on uuid not null,
  run_id uuid not null,
  primary key (depends_on, run_id)
);
create index if not exists run_dependencies_run on public.run_dependencies (run_id);

-- Who held which attempt, from when to when, how it ended. `answer` is the recorded outcome of the
-- attempt's own finish, given again to whoever repeats it; null where somebody else ended it.
create table if not exists public.run_attempts (
  run_id uuid not null,
  attempt integer not null,
  worker_id text not null,
  token_id uuid not null,
  claimed_at timestamptz not null,
  ended_at timestamptz,
  ended_as public.attempt_end,
  reason text,
  answer text,
  primary key (run_id, attempt)
  -- Every row is updated once, soon after it was written: room for that on its own page.
) with (fillfactor = 60);

-- `request_id` and what it got, so that a repeated claim gets the same. Small, rewritten by every
-- claim of its worker and by nobody else.
create table if not exists public.workers (
  id public.worker_id primary key,
  token_id uuid not null,
  name text,
  version text,
  lanes text[] not null default '{}',
  session_id uuid,
  drain boolean not null default false,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  swept_at timestamptz not null,
  request_id bigint,
  got_runs uuid[] not null default '{}',
  got_attempts integer[] not null default '{}',
  -- It was given a run, at some time.
  claimed boolean not null default false
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- By a column that never changes: an index on `last_seen` would make every claim dearer.
create index if not exists workers_first_seen on public.workers (first_seen);

-- 08_logs.sql
-- The last position of a run's log, the last event number of its newest attempt, and its size.
-- Beyond the limit events after `truncated_pos` are a rolling tail.
create table if not exists public.run_logs (
  run_id uuid primary key references public.runs (id) on delete cascade,
  last_pos bigint not null default 0,
  attempt integer not null default 0,
  last_seq bigint not null default 0,
  bytes bigint not null default 0,
  truncated_pos bigint,
  tail_bytes bigint not null default 0,
  dropped_events bigint not null default 0,
  dropped_bytes bigint not null default 0
) with (fillfactor = 70);

create table if not exists public.run_events (
  run_id uuid not null references public.runs (id) on delete cascade,
  pos bigint not null,
  attempt integer not null,
  ts timestamptz not null,
  level text not null default 'info' check (level in ('debug', 'info', 'warn', 'error')),
  source text,
  step text,
  message text not null,
  data jsonb,
  more boolean not null default false,
  lossy boolean not null default false,
  primary key (run_id, pos)
) with (autovacuum_vacuum_insert_scale_factor = 0.2);
create index if not exists run_events_ts on public.run_events (run_id, ts);
-- Counted each second that somebody looks.
create index if not exists run_events_errors on public.run_events (run_id, pos) where level = 'error';

create table if not exists public.run_steps (
  run_id uuid not null references public.runs (id) on delete cascade,
  attempt integer not null,
  step text not null,
  status text not null check (status in ('running', 'succeeded', 'failed', 'cancelled', 'timed_out', 'skipped', 'lost')),
  exit_code integer,
  outputs jsonb not null default '{}',
  started_at timestamptz,
  finished_at timestamptz,
  primary key (run_id, attempt, step)
);

create table if not exists public.artifacts (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references public.runs (id) on delete cascade,
  attempt integer not null,
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('file', 'markdown', 'diff', 'link', 'json')),
  mime text not null,
  content bytea,
  url text,
  -- The bytes are in the artifact store, under RUN/ATTEMPT/SHA256.
  is_stored boolean not null default false,
  sha256 text not null,
  size bigint not null,
  ts timestamptz not null default clock_timestamp(),
  unique (run_id, attempt, name),
  check (is_stored::integer + (content is not null)::integer + (url is not null)::integer = 1)
);
create index if not exists artifacts_ts on public.artifacts (run_id, ts);

-- 09_trust.sql
-- Whose jobs may become workers without a stored secret. Matched by ids: a renamed repository keeps
-- its own, and whoever takes over an abandoned name has another. `repository` is for people.
-- Null: anything. `lanes` null: all lanes.
create table if not exists public.trust_rules (
  id uuid primary key default gen_random_uuid(),
  issuer text not null,
  repository text not null,
  repository_id text not null check (repository_id ~ '^[0-9]{1,20}$'),
  repository_owner_id text not null check (repository_owner_id ~ '^[0-9]{1,20}$'),
  workflow text,
  job_workflow text,
  ref text,
  environment text,
  -- In both, code of a stranger may run with the rights of the repository.
  events text[] not null check (cardinality(events) > 0 and not events && array['pull_request_target', 'workflow_run']),
  runner text check (runner in ('github-hosted', 'self-hosted')),
  lanes text[] check (cardinality(lanes) > 0),
  created_by text not null,
  created_at timestamptz not null
);
create index if not exists trust_rules_repository on public.trust_rules (repository_id);

-- Identity tokens that were seen, each until nobody would take it any more: none is taken twice.
create table if not exists public.oidc_tokens (
  issuer text not null,
  jti text not null,
  expires_at timestamptz not null,
  primary key (issuer, jti)
);
create index if not exists oidc_tokens_expires on public.oidc_tokens (expires_at);

-- 10_dispatches.sql
-- Workflow runs that this control room asked GitHub for. `cause` queue: runs were queued in a lane that
-- has a rule (lanes.dispatch) and no live worker. `sending` until GitHub's answer is known, then `sent`
-- until a worker of the lane was heard of, or `absent` when none came; `unknown`: whoever asked did not
-- live to tell. Closed when nothing more is expected of it.
-- `step`: a step of a run, one for all its attempts. Whoever holds the run follows it; `conclusion` is what
-- GitHub said at its end. No foreign key: the workflow of a run that was deleted has to be ended all the same.
create table if not exists public.dispatches (
  id uuid primary key default gen_random_uuid(),
  lane text,
  cause text not null check (cause in ('operator', 'queue', 'step')),
  repository text not null,
  workflow text not null,
  ref text not null,
  inputs jsonb not null,
  status text not null default 'sending' check (status in ('sending', 'sent', 'arrived', 'absent', 'refused', 'unknown')),
  github_run_id text,
  url text,
  error text,
  requested_by text not null,
  requested_at timestamptz not null,
  answered_at timestamptz,
  closed_at timestamptz,
  run_id uuid,
  step text,
  -- The first that asked.
  attempt integer,
  -- Of a refusal that passes: GitHub wants to be left alone so long, and has done nothing.
  retry_after_seconds integer,
  conclusion text,
  -- When it was first and last tried to have the workflow run cancelled.
  cancel_at timestamptz,
  cancel_tried_at timestamptz,
  check ((cause = 'step') = (run_id is not null and step is not null))
);
-- One at a time: a hundred runs that are queued at once start one workflow.
create unique index if not exists dispatches_open on public.dispatches (lane) where cause = 'queue' and closed_at is null;
-- A second attempt of a run finds what the first one started.
create unique index if not exists dispatches_step on public.dispatches (run_id, step) where run_id is not null;
create index if not exists dispatches_followed on public.dispatches (requested_at) where cause = 'step' and closed_at is null;
create index if not exists dispatches_lane on public.dispatches (lane, requested_at);
create index if not exists dispatches_requested on public.dispatches (requested_at);

-- 11_earlier_types.sql
-- An installation of before has CHECK constraints in place of domains. The change of types writes the table
-- anew, once.
do $$
begin
  if exists (select from pg_attribute a where a.attrelid = 'public.runs'::regclass and a.attname = 'status'
      and a.atttypid = 'text'::regtype) then
    alter table public.runs
      drop constraint if exists runs_status_check, drop constraint if exists runs_parked_check,
      drop constraint if exists runs_group_key_check, drop constraint if exists runs_group_limit_check,
      drop constraint if exists runs_max_attempts_check, drop constraint if exists runs_lease_seconds_check,
      drop constraint if exists runs_timeout_seconds_check;
    alter table public.runs
      alter column status type public.run_status, alter column status set default 'queued',
      alter column parked type public.run_parked, alter column group_key type public.group_key,
      alter column group_limit type public.group_limit, alter column max_attempts type public.max_attempts,
      alter column max_attempts set default 3, alter column lease_seconds type public.lease_seconds,
      alter column timeout_seconds type public.timeout_seconds;
    alter table public.run_attempts drop constraint if exists run_attempts_ended_as_check,
      alter column ended_as type public.attempt_end;
    alter table public.workers drop constraint if exists workers_id_check, alter column id type public.worker_id;
  end if;
end $$;

-- 20_helpers.sql
-- Pieces that the verbs share. Each takes the caller's one reading of the clock.

create or replace function public.ops_version() returns text
language sql immutable set search_path = '' as $$ select '20261124000000' $$;

create or replace function public.ops_health(p jsonb) returns jsonb
language sql volatile set search_path = '' set statement_timeout = '5s' as $$
  select jsonb_build_object('schema', public.ops_version(), 'now', clock_timestamp(),
    'postgres', current_setting('server_version'))
$$;

create or replace function public.ops_refuse(p_code text, p_detail text) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object('code', p_code, 'detail', p_detail)
$$;

-- Who calls, and whether they may: `code` is null when they may. A shared token is no hot row:
-- `last_used_at` is written at most once a minute, and only by whoever gets the row without waiting.
create or replace function public.ops_authenticate(
  p_auth jsonb, p_kinds text[], p_now timestamptz,
  out code text, out detail text, out token_id uuid, out actor text, out lanes text[], out worker_id text)
language plpgsql volatile set search_path = '' as $$
declare
  t public.tokens%rowtype;
begin
  select * into t from public.tokens k where k.token_sha256 = p_auth ->> 'token_sha256';
  if not found then
    -- Renewed a moment ago.
    select * into t from public.tokens k
    where k.previous_sha256 = p_auth ->> 'token_sha256' and k.previous_until > p_now;
  end if;
  if t.id is null then
    code := 'unauthenticated'; detail := 'this token is unknown';
  elsif t.revoked_at is not null then
    code := 'unauthenticated'; detail := 'this token was revoked';
  elsif t.expires_at <= p_now then
    code := 'unauthenticated'; detail := 'this token has expired';
  elsif not t.kinds && p_kinds then
    code := 'forbidden';
    detail := format('this token is of kind %s; this verb takes %s',
      array_to_string(t.kinds, ', '), array_to_string(p_kinds, ' or '));
  end if;
  if code is not null then
    return;
  end if;
  token_id := t.id; actor := t.name; lanes := t.lanes; worker_id := t.worker_id;
  if t.last_used_at is null or t.last_used_at < p_now - interval '1 minute' then
    update public.tokens k set last_used_at = p_now
    where k.id = (select s.id from public.tokens s where s.id = t.id for no key update skip locked);
  end if;
end $$;

create or replace function public.ops_audit(
  p_auth jsonb, p_token uuid, p_actor text, p_now timestamptz, p_action text, p_target text, p_detail jsonb)
returns void language sql volatile set search_path = '' as $$
  insert into public.audit (ts, actor, token_id, source_address, action, target, detail)
  values (p_now, p_actor, p_token, p_auth ->> 'source_address', p_action, p_target, coalesce(p_detail, '{}'))
$$;

-- One event of the server's own. The caller holds the run, so the log's row is taken in order.
create or replace function public.ops_log(
  p_run uuid, p_attempt integer, p_now timestamptz, p_level text, p_message text)
returns void language plpgsql volatile set search_path = '' as $$
declare
  v_pos bigint;
begin
  insert into public.run_logs (run_id) values (p_run) on conflict do nothing;
  update public.run_logs set last_pos = last_pos + 1, bytes = bytes + octet_length(p_message)
  where run_id = p_run returning last_pos into v_pos;
  insert into public.run_events (run_id, pos, attempt, ts, level, source, message)
  values (p_run, v_pos, p_attempt, p_now, p_level, 'control', p_message);
end $$;

-- A run as `runs.list` shows it.
create or replace function public.ops_run_json(r public.runs) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', r.id, 'seq', r.seq, 'title', r.title, 'status', r.status, 'lane', r.lane, 'priority', r.priority,
    'attempt', r.attempt, 'attempts_used', r.attempts_used, 'max_attempts', r.max_attempts,
    'handbacks', r.handbacks, 'template', r.template, 'template_version', r.template_version,
    'session_id', r.session_id, 'intent', r.intent, 'env', r.env, 'repo', r.repo,
    'reason', r.reason, 'error', r.error, 'claimed_by', r.claimed_by, 'refused_writes', r.refused_writes,
    'lease_seconds', r.lease_seconds, 'timeout_seconds', r.timeout_seconds, 'not_before', r.not_before,
    'created_by', r.created_by, 'created_at', r.created_at, 'claimed_at', r.claimed_at,
    'started_at', r.started_at, 'cancelled_at', r.cancelled_at, 'finished_at', r.finished_at,
    'retry_of', r.retry_of, 'step', l.step, 'heartbeat_at', l.heartbeat_at, 'lease_expires_at', l.expires_at)
  from (select 1) one left join public.run_leases l on l.run_id = r.id
$$;

-- PostgREST computed field: `select=id,heartbeat_at`. The lease's own policy decides who sees it.
create or replace function public.heartbeat_at(r public.runs) returns timestamptz
language sql stable security invoker set search_path = '' as $$
  select l.heartbeat_at from public.run_leases l where l.run_id = r.id
$$;

-- 21_settle.sql
-- Settles ended attempts of one worker: shared by `runs_finish` and `runs_claim`. One answer per
-- entry, in the order sent; an entry that is refused fails no other.
-- Locks groups, then leases, then runs, each ascending, and decides in the statement after: a cancel that
-- committed while we waited is seen. Decisions travel as arrays, because an UPDATE that joins a
-- wide list copies every row of the list for its re-check.
create or replace function public.ops_settle(
  p_worker text, p_token uuid, p_finish jsonb, p_now timestamptz, out answers jsonb, out wake jsonb)
language plpgsql volatile set search_path = '' as $$
declare
  v_asked uuid[];
  v_grouped boolean;
  v_limited boolean;
  v_depended boolean;
  v_ids uuid[];
  v_attempts integer[];
  v_ended text[];
  v_outcomes text[];
  v_uncounted boolean[];
  v_reasons text[];
  v_errors text[];
  v_results jsonb[];
  v_lost uuid[];
  v_broken text[];
  v_groups text[];
  v_lanes text[] := '{}'::text[];
  v_group text;
begin
  -- One probe where no run has a group. A lease never changes its own.
  select array_agg(f.run_id), (select true from public.run_leases l where l.group_key is not null limit 1)
  into v_asked, v_grouped from jsonb_to_recordset(p_finish) as f (run_id uuid);
  if v_grouped then
    select array_agg(l.group_key) into v_groups from unnest(v_asked) as f (run_id)
    cross join lateral (select x.group_key from public.run_leases x where x.run_id = f.run_id and x.worker_id = p_worker
      and x.token_id = p_token limit 1) l where l.group_key is not null;
    perform public.ops_lock_groups(v_groups);
  end if;
  perform 1 from (select 1 from public.run_leases l where l.run_id = any (v_asked) and l.worker_id = p_worker
    and l.token_id = p_token order by l.run_id for update) s;
  perform 1 from (select 1 from public.runs r where r.id = any (v_asked) order by r.id for no key update) s;

  select array_agg(d.run_id), array_agg(d.attempt), array_agg(d.status), array_agg(d.outcome), array_agg(d.uncounted),
    array_agg(d.reason), array_agg(coalesce(d.broken ->> 'error', d.error)), array_agg(d.result), array_agg(d.broken ->> 'reason'),
    jsonb_agg(jsonb_build_object('run_id', d.run_id, 'status', d.outcome)),
    (select true from public.lanes n where n.concurrency_limit is not null limit 1),
    (select true from public.run_dependencies limit 1)
  into v_ids, v_attempts, v_ended, v_outcomes, v_uncounted, v_reasons, v_errors, v_results, v_broken, answers, v_limited, v_depended
  from (
    select h.*, h.free and h.broken is null as uncounted, case
        when h.was = 'cancelled' then 'cancelled'
        when h.status <> 'released' then h.status
        when h.broken is not null then 'failed'
        when h.free or h.attempts_left then 'queued'
        else 'failed' end as outcome
    from (
      select f.*, r.status as was,
        f.status = 'released' and f.reason is distinct from 'lease_ran_out' and r.handbacks < 5 as free,
        case when f.status = 'released' and r.status <> 'cancelled' then public.ops_interrupted(f.run_id, f.attempt,
          case f.reason when 'lease_ran_out' then 'lost' else 'released' end) end as broken,
        r.attempts_used + 1 < r.max_attempts as attempts_left
      from rows from (jsonb_to_recordset(p_finish)
        as (run_id uuid, attempt integer, status text, reason text, last_seq bigint, error text, result jsonb))
        with ordinality as f (run_id, attempt, status, reason, last_seq, error, result, ord)
      -- LATERAL with LIMIT is one index probe each: a plan that was made while these tables were empty
      -- must not walk them whole when they are full. UPDATEs below are bounded by arrays instead.
      cross join lateral (select 1 from public.run_leases x where x.run_id = f.run_id and x.attempt = f.attempt
        and x.worker_id = p_worker and x.token_id = p_token limit 1) l
      cross join lateral (select x.status, x.handbacks, x.attempts_used, x.max_attempts from public.runs x
        where x.id = f.run_id limit 1) r
      where (f.last_seq is null or f.last_seq <= coalesce(
        (select g.last_seq from public.run_logs g where g.run_id = f.run_id and g.attempt = f.attempt), 0))
      order by f.ord) h) d;

  if v_ids is not null then
    with gone as (
      delete from public.run_leases l where l.run_id = any (v_ids)
    ), ended as (
      update public.runs r set
        status = d.outcome,
        attempts_used = r.attempts_used + case when d.uncounted then 0 else 1 end,
        handbacks = r.handbacks + case when d.uncounted then 1 else 0 end,
        claimed_by = case when d.outcome = 'queued' then null else r.claimed_by end,
        started_at = case when d.outcome = 'queued' then null else r.started_at end,
        finished_at = case when d.outcome = 'queued' then null else p_now end,
        reason = case when d.ended = 'released' and d.outcome = 'failed' then coalesce(d.broken, 'attempts_used_up') else d.reason end,
        error = d.error,
        result = d.result
      from unnest(v_ids, v_ended, v_outcomes, v_uncounted, v_reasons, v_errors, v_results, v_broken)
        as d (run_id, ended, outcome, uncounted, reason, error, result, broken)
      where r.id = any (v_ids) and r.id = d.run_id and r.status <> 'cancelled'
    )
    update public.run_attempts t set ended_at = p_now, ended_as = d.ended, reason = d.reason, answer = d.outcome
    from unnest(v_ids, v_attempts, v_ended, v_outcomes, v_reasons) as d (run_id, attempt, ended, outcome, reason)
    where t.run_id = any (v_ids) and t.run_id = d.run_id and t.attempt = d.attempt;
    if array_remove(v_broken, null) <> '{}' then
      update public.run_steps s set status = 'lost', finished_at = p_now
      from unnest(v_ids, v_attempts, v_broken) as d (run_id, attempt, broken)
      where d.broken is not null and s.run_id = any (v_ids) and s.run_id = d.run_id and s.attempt = d.attempt
        and s.status = 'running';
      perform public.ops_log(d.run_id, d.attempt, p_now, 'warn', d.error)
      from unnest(v_ids, v_attempts, v_broken, v_errors) as d (run_id, attempt, broken, error)
      where d.broken is not null order by d.run_id;
    end if;
    if v_depended then
      v_lanes := public.ops_dependencies_ended(array(select d.run_id from unnest(v_ids, v_outcomes) as d (run_id, outcome)
        where d.outcome <> 'queued'), p_now);
    end if;
    foreach v_group in array coalesce(v_groups, '{}') loop
      v_lanes := v_lanes || public.ops_admit(v_group);
    end loop;
  end if;

  if cardinality(v_ids) is distinct from cardinality(v_asked) then
    -- What was not settled is told apart: still held, so its log is short; ended by its own finish
    -- before, so it gets the recorded answer; or lost.
    select jsonb_agg(case
        when t.answer is not null then jsonb_build_object('run_id', f.run_id, 'status', t.answer)
        when l.run_id is not null then jsonb_build_object('run_id', f.run_id, 'code', 'events_missing', 'last_seq',
          coalesce((select g.last_seq from public.run_logs g where g.run_id = f.run_id and g.attempt = f.attempt), 0))
        else jsonb_build_object('run_id', f.run_id, 'code', 'lease_lost') end order by f.ord),
      array_agg(f.run_id) filter (where t.answer is null and l.run_id is null)
    into answers, v_lost
    from rows from (jsonb_to_recordset(p_finish) as (run_id uuid, attempt integer)) with ordinality as f (run_id, attempt, ord)
    left join public.run_attempts t on t.run_id = f.run_id and t.attempt = f.attempt
      and t.worker_id = p_worker and t.token_id = p_token
    left join public.run_leases l on l.run_id = f.run_id and l.attempt = f.attempt
      and l.worker_id = p_worker and l.token_id = p_token;
    update public.runs set refused_writes = refused_writes + 1 where id = any (v_lost);
  end if;

  -- A requeued run, or a place of a limited lane, may be what somebody waits for.
  if 'queued' = any (v_outcomes) or v_limited then
    select jsonb_object_agg(w.lane, w.n) into wake from (
      select r.lane, count(*) as n from public.runs r
      where r.id = any (v_ids) and (r.status = 'queued'
        or exists (select from public.lanes n where n.name = r.lane and n.concurrency_limit is not null))
      group by r.lane) w;
  end if;
  if cardinality(v_lanes) > 0 then
    wake := public.ops_wake(wake, v_lanes);
  end if;
end $$;

-- 22_sweep.sql
-- Touches expired leases only, and what time alone changes: queued runs past their start, parked
-- runs that are due, or whose group has a free place. Everything is taken SKIP LOCKED and left to the next sweep otherwise, so any
-- number of sweeps may run at once, in claims, timers and schedules.
create or replace function public.ops_sweep(p_now timestamptz, p_rows integer, out counts jsonb, out wake jsonb)
language plpgsql volatile set search_path = '' as $$
declare
  v_expired uuid[];
  v_runs uuid[];
  v_lanes text[] := '{}'::text[];
  v_part text[];
  v_gone uuid[] := '{}'::uuid[];
  v_late uuid[];
  v_requeued integer := 0;
  v_ended integer := 0;
  v_released integer := 0;
  v_overdue integer := 0;
  v_unparked integer := 0;
  d record;
begin
  select array_agg(s.run_id) into v_expired from (
    select l.run_id from public.run_leases l where l.expires_at < p_now
    order by l.expires_at limit p_rows for update skip locked) s;
  if v_expired is not null then
    select array_agg(s.id) into v_runs from (
      select r.id from public.runs r where r.id = any (v_expired) order by r.id for no key update skip locked) s;
    for d in
      select r.id, r.lane, l.attempt, l.worker_id, r.attempts_used, r.max_attempts, l.heartbeat_at,
          b.broken ->> 'reason' as reason, b.broken ->> 'error' as error, case
          when r.status not in ('claimed', 'running') then null
          when b.broken ->> 'reason' = 'unknown_outcome' then 'failed'
          when p_now >= r.claimed_at + make_interval(secs => r.timeout_seconds) then 'timed_out'
          when b.broken is not null or r.attempts_used + 1 >= r.max_attempts then 'failed'
          else 'queued' end as outcome
      from public.runs r join public.run_leases l on l.run_id = r.id
      cross join lateral (select public.ops_interrupted(r.id, l.attempt, 'lost') as broken offset 0) b
      where r.id = any (v_runs) order by r.id
    loop
      delete from public.run_leases where run_id = d.id;
      update public.run_attempts set ended_at = p_now, ended_as = 'lost', reason = 'lease_expired'
      where run_id = d.id and attempt = d.attempt;
      update public.run_steps set status = 'lost', finished_at = p_now
      where run_id = d.id and attempt = d.attempt and status = 'running';
      if d.outcome is null then
        v_released := v_released + 1;
        v_lanes := v_lanes || d.lane;
        continue;
      end if;
      update public.runs r set
        status = d.outcome, attempts_used = r.attempts_used + 1,
        claimed_by = case when d.outcome = 'queued' then null else r.claimed_by end,
        started_at = case when d.outcome = 'queued' then null else r.started_at end,
        finished_at = case when d.outcome = 'queued' then null else p_now end,
        reason = case d.outcome when 'failed' then coalesce(d.reason, 'attempts_used_up') when 'timed_out' then 'run_timed_out' end,
        error = case d.outcome when 'failed' then coalesce(d.error, format('the worker of attempt %s stopped reporting', d.attempt))
          when 'timed_out' then format('attempt %s ran out of time', d.attempt) end
      where r.id = d.id;
      perform public.ops_log(d.id, d.attempt, p_now, 'warn', format(
        'attempt %s is lost: worker %s was last heard of at %s; %s', d.attempt, d.worker_id,
        to_char(d.heartbeat_at at time zone 'utc', 'HH24:MI:SS "UTC"'),
        case d.outcome
          when 'queued' then format('queued again, %s of %s attempts used', d.attempts_used + 1, d.max_attempts)
          when 'failed' then coalesce(d.error, format('all %s attempts are used', d.max_attempts))
          else 'the run is out of time' end));
      v_lanes := v_lanes || d.lane;
      if d.outcome = 'queued' then
        v_requeued := v_requeued + 1;
      else
        v_ended := v_ended + 1;
        v_gone := v_gone || d.id;
      end if;
    end loop;
  end if;

  with late as (
    update public.runs r set status = 'timed_out', finished_at = p_now, reason = 'not_started_in_time', parked = null
    where r.id = any (array(
      select q.id from public.runs q where q.status = 'queued' and q.start_by is not null and q.start_by < p_now
      order by q.start_by limit p_rows for no key update skip locked))
    returning r.id
  ) select count(*), array_agg(late.id) into v_overdue, v_late from late;

  with due as (
    update public.runs r set parked = case when r.group_key is not null then 'group' end
    where r.id = any (array(
      select q.id from public.runs q where q.status = 'queued' and q.parked = 'not_before' and q.not_before <= p_now
      order by q.not_before limit p_rows for no key update skip locked))
    returning r.lane, r.parked
  ) select count(*), array_agg(due.lane) into v_unparked, v_part from due where due.parked is null;
  v_lanes := v_lanes || coalesce(v_part, '{}');
  v_part := public.ops_depend_some(v_gone || v_late, p_rows, p_now);
  v_unparked := v_unparked + cardinality(v_part);
  v_lanes := v_lanes || v_part;
  -- Last, for everything above may have freed places.
  v_part := public.ops_admit_some(p_rows);
  v_unparked := v_unparked + cardinality(v_part);
  v_lanes := v_lanes || v_part;

  perform public.ops_open_full_lanes();

  counts := jsonb_build_object('requeued', v_requeued, 'ended', v_ended, 'leases_released', v_released,
    'overdue', v_overdue, 'unparked', v_unparked);
  select jsonb_object_agg(w.lane, w.n) into wake
  from (select lane, count(*) as n from unnest(v_lanes) lane group by lane) w;
end $$;

create or replace function public.runs_sweep(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_out jsonb;
  a record;
  s record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  s := public.ops_sweep(v_now, 100);
  perform public.ops_forget(v_now, 20);
  if p ? 'keep_days' then
    v_out := public.ops_expire(v_now, (p ->> 'keep_days')::integer, 20);
  end if;
  v_out := coalesce(v_out, '{}') || s.counts || jsonb_build_object('wake', s.wake) || public.ops_left_workflows(v_now, null);
  if exists (select from public.lanes l where l.dispatch is not null) then
    v_out := v_out || jsonb_build_object('to_dispatch', public.ops_scale(v_now, null));
  end if;
  return v_out;
end $$;

-- For a schedule inside the database, which has no token: whoever may call it owns the tables, or is
-- the service role. Ten times what one call of the verb handles, because it comes ten times as seldom.
create or replace function public.ops_sweep_scheduled() returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '9s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  perform public.ops_forget(v_now, 200);
  return (public.ops_sweep(v_now, 1000)).counts;
end $$;

-- 23_groups.sql
-- Concurrency groups. A run of a group is created parked, and is given a place before it may be claimed:
-- so a claim neither looks at groups nor locks them, and what cannot go is not in its index.
-- Places taken = leases of the group + queued runs of it that are not parked. Only `ops_admit` raises that
-- number, under the lock of the group's row; a claim and a requeue move a run from one side to the other
-- within one commit. A cancelled run keeps its place until its holder has ended.

-- Waits for the rows of these groups, ascending, and makes those that are missing.
create or replace function public.ops_lock_groups(p_keys text[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_key text;
begin
  for v_key in select distinct k from unnest(p_keys) k order by k loop
    insert into public.run_groups (key) values (v_key) on conflict do nothing;
    perform 1 from public.run_groups g where g.key = v_key for no key update;
  end loop;
end $$;

-- Gives free places of a group to its first runs, by priority and age. The caller has the group's row.
-- Where limits differ, the smallest of all that share the places counts; a run whose limit is reached
-- lets nobody pass, or it could wait for ever. Answers the lanes of those that may go now.
create or replace function public.ops_admit(p_key text) returns text[]
language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off as $$
declare
  v_lanes text[] := '{}'::text[];
  v_taken bigint;
  v_least integer;
  d record;
begin
  -- A statement after the lock, so that it sees what others committed meanwhile.
  select count(*), min(x.group_limit) into v_taken, v_least from (
    select r.group_limit from public.run_leases l
      cross join lateral (select y.group_limit from public.runs y where y.id = l.run_id limit 1) r
    where l.group_key = p_key
    union all
    select r.group_limit from public.runs r where r.group_key = p_key and r.status = 'queued' and r.parked is null) x;
  loop
    select r.id, r.lane, r.group_limit into d from public.runs r
    where md5(r.group_key) = md5(p_key) and r.group_key = p_key and r.status = 'queued' and r.parked = 'group'
    order by r.priority, r.seq limit 1 for no key update skip locked;
    exit when not found or v_taken >= least(v_least, d.group_limit);
    update public.runs set parked = null where id = d.id;
    v_taken := v_taken + 1;
    v_least := least(v_least, d.group_limit);
    v_lanes := v_lanes || d.lane;
  end loop;
  return v_lanes;
end $$;

-- The same for a group whose row nobody has just now; else whoever has it, or the next sweep, does it.
create or replace function public.ops_try_admit(p_key text) returns text[]
language plpgsql volatile set search_path = '' as $$
begin
  perform 1 from public.run_groups g where g.key = p_key for no key update skip locked;
  return case when found then public.ops_admit(p_key) else '{}'::text[] end;
end $$;

-- For sweeps: looks at up to `p_groups` groups in which somebody waits, beginning anywhere, so that no
-- group is always behind the others.
create or replace function public.ops_admit_some(p_groups integer) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_begin text := md5(random()::text);
  v_at text := v_begin;
  v_round integer := 1;
  v_lanes text[] := '{}'::text[];
  d record;
begin
  for n in 1 .. p_groups loop
    select r.group_key as key, md5(r.group_key) as hash into d from public.runs r
    where r.status = 'queued' and r.parked = 'group' and md5(r.group_key) > v_at
    order by md5(r.group_key) limit 1;
    if not found and v_round = 1 then
      v_round := 2;
      select r.group_key as key, md5(r.group_key) as hash into d from public.runs r
      where r.status = 'queued' and r.parked = 'group'
      order by md5(r.group_key) limit 1;
    end if;
    exit when d.key is null or v_round = 2 and d.hash > v_begin;
    v_at := d.hash;
    v_lanes := v_lanes || public.ops_try_admit(d.key);
  end loop;
  return v_lanes;
end $$;

-- Counts lanes in which something may go now, and adds what was counted before.
create or replace function public.ops_wake(p_before jsonb, p_lanes text[]) returns jsonb
language sql immutable set search_path = '' as $$
  select case when cardinality(p_lanes) = 0 then p_before else (
    select jsonb_object_agg(w.lane, w.n) from (
      select x.lane, sum(x.n) as n from (
        select e.key as lane, e.value::bigint as n from jsonb_each_text(coalesce(p_before, '{}')) e
        union all
        select l, 1 from unnest(p_lanes) l) x
      group by x.lane) w) end
$$;

-- 24_interrupted.sql
-- What becomes of a run whose attempt did not end by itself: steps marked `once`, and `on_interrupt`.

-- Why a run must not be run again, as `{reason, error}`; null where it may. A step marked `once` that began, and of
-- which nobody knows how it ended, comes first. `p_ended` is `lost` or `released`; a run that was handed
-- back before a step of it began was not interrupted.
create or replace function public.ops_interrupted(
  p_run uuid, p_attempt integer, p_ended text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_book jsonb := (select r.runbook from public.runs r where r.id = p_run);
  v_step text;
begin
  select s.step into v_step from public.run_steps s
  where s.run_id = p_run and s.attempt = p_attempt and s.status in ('running', 'cancelled', 'lost')
    and v_book -> 'steps' @> jsonb_build_array(jsonb_build_object('id', s.step, 'once', true))
  order by s.started_at, s.step limit 1;
  if v_step is not null then
    return jsonb_build_object('reason', 'unknown_outcome', 'error', format(
      'step %s began in attempt %s, and nobody knows how it ended; it is marked `once`, so it is not begun again',
      v_step, p_attempt));
  elsif v_book ->> 'on_interrupt' = 'fail' and (p_ended = 'lost' or exists (select from public.run_steps s
      where s.run_id = p_run and s.attempt = p_attempt and s.status <> 'skipped')) then
    return jsonb_build_object('reason', 'interrupted', 'error',
      format('attempt %s was interrupted; the runbook says `on_interrupt: fail`', p_attempt));
  end if;
  return null;
end $$;

-- How the steps marked `once` ended in earlier attempts: what the next one keeps instead of beginning them
-- again. Null where there are none.
create or replace function public.ops_once_ended(p_run uuid, p_attempt integer, p_runbook jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_object_agg(x.step, jsonb_build_object('status', x.status, 'exit_code', x.exit_code, 'outputs', x.outputs,
    'attempt', x.attempt))
  from (
    select distinct on (s.step) s.step, s.status, s.exit_code, s.outputs, s.attempt from public.run_steps s
    where s.run_id = p_run and s.attempt < p_attempt and s.status in ('succeeded', 'failed', 'timed_out')
      and p_runbook -> 'steps' @> jsonb_build_array(jsonb_build_object('id', s.step, 'once', true))
    order by s.step, s.attempt desc) x
$$;

-- 25_dependencies.sql
-- Dependencies. A run that names others is parked until each of them has succeeded; one that ended otherwise
-- cancels whoever waits for it, and so on down the chain. A run whose dependencies are met may still have
-- to wait for its date or for a place of its group.

-- What follows from the end of these runs. Takes whoever waits SKIP LOCKED, a thousand at a time; the
-- next sweep finds the rest. Answers the lanes of those that may go now.
create or replace function public.ops_dependencies_ended(p_ended uuid[], p_now timestamptz) returns text[]
language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off as $$
declare
  v_ended uuid[] := p_ended;
  v_waiting uuid[];
  v_failed uuid[];
  v_groups text[] := '{}'::text[];
  v_lanes text[] := '{}'::text[];
  v_group text;
  d record;
begin
  while cardinality(v_ended) > 0 loop
    select array_agg(s.id) into v_waiting from (
      select r.id from public.runs r
      where r.id = any (array(select w.run_id from public.run_dependencies w where w.depends_on = any (v_ended) limit 1000))
        and r.status = 'queued' and r.parked = 'depends_on'
      order by r.id for no key update skip locked) s;
    -- Rows of runs that wait no more.
    delete from public.run_dependencies w where (w.depends_on, w.run_id) in (
      select k.depends_on, k.run_id from public.run_dependencies k
      where k.depends_on = any (v_ended) and not exists (select from public.runs r where r.id = k.run_id and r.status = 'queued')
      for update skip locked);
    exit when v_waiting is null;
    v_failed := '{}';
    for d in
      select distinct on (w.run_id) w.run_id, w.depends_on, coalesce(r.status, 'deleted') as status
      from public.run_dependencies w left join public.runs r on r.id = w.depends_on
      where w.run_id = any (v_waiting) and w.depends_on = any (v_ended)
        and (r.id is null or r.status in ('failed', 'cancelled', 'timed_out'))
      order by w.run_id, w.depends_on
    loop
      update public.runs set status = 'cancelled', cancelled_at = p_now, finished_at = p_now, parked = null,
        reason = 'dependency_failed', error = format('run %s, on which it depends, is %s', d.depends_on, d.status)
      where id = d.run_id;
      perform public.ops_log(d.run_id, 0, p_now, 'warn',
        format('cancelled: run %s, on which it depends, is %s', d.depends_on, d.status));
      v_failed := v_failed || d.run_id;
    end loop;
    delete from public.run_dependencies w where w.run_id = any (v_failed);
    delete from public.run_dependencies w using public.runs r
    where w.run_id = any (v_waiting) and w.depends_on = any (v_ended) and r.id = w.depends_on and r.status = 'succeeded';
    for d in
      update public.runs r set parked = case when r.not_before > p_now then 'not_before'
        when r.group_key is not null then 'group' end
      where r.id = any (v_waiting) and r.status = 'queued'
        and not exists (select from public.run_dependencies w where w.run_id = r.id)
      returning r.lane, r.parked, r.group_key
    loop
      if d.parked is null then
        v_lanes := v_lanes || d.lane;
      elsif d.parked = 'group' then
        v_groups := v_groups || d.group_key;
      end if;
    end loop;
    v_ended := v_failed;
  end loop;
  for v_group in select distinct g from unnest(v_groups) g order by g loop
    v_lanes := v_lanes || public.ops_try_admit(v_group);
  end loop;
  return v_lanes;
end $$;

-- Of new runs: whom they name, `#i` being an earlier entry of the same call. Locks those, so that none ends
-- unseen. One that is not there takes the whole call back: the caller catches OPS02.
create or replace function public.ops_depend(p_runs jsonb, p_answers jsonb, p_now timestamptz) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_runs uuid[];
  v_named uuid[];
  v_at bigint[];
  v_missing jsonb;
begin
  select array_agg(f.run_id), array_agg(case when left(d.name, 1) <> '#' then d.name::uuid
      when substr(d.name, 2)::integer < f.ord - 1 then (p_answers -> substr(d.name, 2)::integer ->> 'run_id')::uuid end),
    array_agg(f.ord - 1)
  into v_runs, v_named, v_at
  from rows from (jsonb_to_recordset(p_runs) as (depends_on jsonb), jsonb_to_recordset(p_answers) as (run_id uuid, seen boolean))
    with ordinality as f (depends_on, run_id, seen, ord)
  cross join lateral jsonb_array_elements_text(coalesce(f.depends_on, '[]')) as d (name)
  where f.seen is not true;
  if v_runs is null then
    return '{}'::text[];
  end if;
  perform 1 from (select 1 from public.runs r where r.id = any (v_named) order by r.id for share) s;
  select jsonb_agg(jsonb_build_object('at', x.at, 'field', 'depends_on', 'message', 'there is no such run') order by x.at)
  into v_missing from unnest(v_at, v_named) as x (at, named)
  where not exists (select from public.runs r where r.id = x.named);
  if v_missing is not null then
    raise exception using errcode = 'OPS02', message = v_missing::text;
  end if;
  insert into public.run_dependencies (depends_on, run_id)
  select distinct x.named, x.run_id from unnest(v_named, v_runs) as x (named, run_id);
  return public.ops_dependencies_ended(array(select distinct r.id from public.runs r
    where r.id = any (v_named) and r.status in ('succeeded', 'failed', 'cancelled', 'timed_out')), p_now);
end $$;

-- For sweeps: looks at up to `p_runs` runs for which somebody waits, beginning anywhere, and at those that
-- are named.
create or replace function public.ops_depend_some(p_ended uuid[], p_runs integer, p_now timestamptz) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_begin uuid := gen_random_uuid();
  v_at uuid := v_begin;
  v_round integer := 1;
  v_next uuid;
  v_ended uuid[] := p_ended;
begin
  if (select true from public.run_dependencies limit 1) is null then
    return '{}'::text[];
  end if;
  for n in 1 .. p_runs loop
    select w.depends_on into v_next from public.run_dependencies w where w.depends_on > v_at order by w.depends_on limit 1;
    if v_next is null and v_round = 1 then
      v_round := 2;
      select w.depends_on into v_next from public.run_dependencies w order by w.depends_on limit 1;
    end if;
    exit when v_next is null or v_round = 2 and v_next > v_begin;
    v_at := v_next;
    if not exists (select from public.runs r where r.id = v_next and r.status in ('queued', 'claimed', 'running')) then
      v_ended := v_ended || v_next;
    end if;
  end loop;
  return public.ops_dependencies_ended(v_ended, p_now);
end $$;

-- 26_forget.sql
-- Each process is a worker of its own, and each job has a token of its own: what was not heard of for thirty
-- days goes, at most `p_rows` of both in one sweep. The token of a job that held a run stays, because the
-- run's attempts say by it which job that was; tokens that a person made stay until a person revokes them.
create or replace function public.ops_forget(p_now timestamptz, p_rows integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_before timestamptz := p_now - interval '30 days';
begin
  with gone as (
    delete from public.workers w where w.id = any (array(
      select x.id from public.workers x where x.first_seen < v_before and x.last_seen < v_before
      order by x.first_seen limit p_rows for update skip locked))
    returning w.token_id, w.claimed
  )
  update public.tokens k set in_history = true
  where k.id = any (array(select g.token_id from gone g where g.claimed)) and k.identity is not null and not k.in_history;
  delete from public.tokens k where k.id = any (array(
    select x.id from public.tokens x where x.identity is not null and not x.in_history and x.expires_at < v_before
      and not exists (select from public.workers w where w.id = x.worker_id)
    order by x.expires_at limit p_rows for update skip locked));
end $$;

-- 27_queue_limit.sql
-- What is queued in a lane is bounded, so that a program that creates runs without end fills neither
-- the disk nor the time of everybody else. An exact count at each create would cost more than the create,
-- and a counter would be a row for which all creates of a lane wait. So a create looks with a chance of
-- its runs over a tenth of the limit, which is at most ten entries of an index for each run, and what it
-- found stays at the lane until a sweep finds less: a lane may run over by about a tenth.
create or replace function public.ops_queue_reaches(p_lane text, p_limit integer) returns boolean
language sql stable set search_path = '' as $$
  select (select count(*) from (select from public.runs r
      where r.lane = p_lane and r.status = 'queued' and r.parked is null limit p_limit) x)
    + (select count(*) from (select from public.runs r
      where r.lane = p_lane and r.status = 'queued' and r.parked in ('depends_on', 'group') limit p_limit) y)
    + (select count(*) from (select from public.runs r
      where r.lane = p_lane and r.status = 'queued' and r.parked = 'not_before' limit p_limit) z) >= p_limit
$$;

-- `p_made`: how many runs were just queued in each lane.
create or replace function public.ops_note_full_lanes(p_made jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  l record;
begin
  for l in
    select x.name, x.queue_limit from public.lanes x
    where p_made ? x.name and not x.queue_full and x.queue_limit is not null
      and random() * greatest(1, x.queue_limit / 10) < (p_made ->> x.name)::integer
  loop
    if public.ops_queue_reaches(l.name, l.queue_limit) then
      update public.lanes x set queue_full = true where x.name = l.name and not x.queue_full;
    end if;
  end loop;
end $$;

-- In sweeps. A long queue is looked at the more seldom: 20,000 entries a sweep in the mean.
create or replace function public.ops_open_full_lanes() returns void
language plpgsql volatile set search_path = '' as $$
declare
  l record;
begin
  for l in
    select x.name, x.queue_limit from public.lanes x
    where x.queue_full and (x.queue_limit is null or random() * x.queue_limit < 20000)
    order by x.name for no key update skip locked
  loop
    if l.queue_limit is null or not public.ops_queue_reaches(l.name, l.queue_limit) then
      update public.lanes x set queue_full = false where x.name = l.name;
    end if;
  end loop;
end $$;

create or replace function public.ops_queue_full(p_lane text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('code', 'queue_full', 'detail',
    format('lane %s holds the %s queued runs that it may hold', l.name, l.queue_limit))
  from public.lanes l where l.name = p_lane and l.queue_full and l.queue_limit is not null
$$;

-- 28_retention.sql
-- Runs that ended long ago go, with their logs, steps, artifacts and attempts: only where a host says after
-- how many days (`keep_days`). The oldest first, in small parts, so that no sweep takes long: of a log the
-- sweep after the next takes the rest. Bytes in the artifact store go before the rows that name them, so
-- that a host which dies between the two leaves nothing that nobody knows of: they are given back as
-- `to_remove`, and the run goes once `ops_artifacts_removed` was told.
create or replace function public.ops_expire(p_now timestamptz, p_days integer, p_rows integer) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_ids uuid[];
  v_stored jsonb;
begin
  select array_agg(s.id) into v_ids from (
    select r.id from public.runs r where r.finished_at < p_now - make_interval(days => p_days)
      -- A cancelled run is held until its holder ends.
      and not exists (select from public.run_leases l where l.run_id = r.id)
    order by r.finished_at limit p_rows for update skip locked) s;
  if v_ids is null then
    return '{"deleted": 0}'::jsonb;
  end if;
  delete from public.run_events e where e.ctid = any (array(
    select x.ctid from public.run_events x where x.run_id = any (v_ids) limit 5000));
  select jsonb_agg(jsonb_build_object('artifact_id', x.id, 'run_id', x.run_id, 'attempt', x.attempt, 'sha256', x.sha256)) into v_stored
  from (select a.* from public.artifacts a where a.run_id = any (v_ids) and a.is_stored order by a.run_id limit 20) x;
  v_ids := array(select i.id from unnest(v_ids) as i (id)
    where not exists (select from public.run_events e where e.run_id = i.id)
      and not exists (select from public.artifacts a where a.run_id = i.id and a.is_stored));
  delete from public.run_attempts t where t.run_id = any (v_ids);
  delete from public.runs r where r.id = any (v_ids);
  return jsonb_strip_nulls(jsonb_build_object('deleted', cardinality(v_ids), 'to_remove', v_stored));
end $$;

-- Their bytes are gone. No verb leads here.
create or replace function public.ops_artifacts_removed(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
begin
  delete from public.artifacts a where a.is_stored
    and a.id = any (array(select jsonb_array_elements_text(p -> 'artifacts'))::uuid[]);
  return '{}'::jsonb;
end $$;

-- 30_runs_create.sql
-- All or none. `web` has validated params against the template of `template_version`; where that is
-- no longer the newest, nothing is written and the newest comes back with the refusal, so that a
-- warm caller pays one round trip and a cold one two.
-- Rows go in by idempotency key, so that two bulk calls with keys in common cannot deadlock; `seq`
-- keeps the order sent.
create or replace function public.ops_insert_runs(p_runs jsonb, p_actor text, p_lease integer, p_now timestamptz)
returns jsonb language plpgsql volatile set search_path = '' as $$
declare
  v_answers jsonb;
  v_mismatch jsonb;
  v_wake jsonb;
  v_made bigint;
  v_queued jsonb;
  v_new uuid[];
  v_groups text[];
  v_depend boolean;
  v_lanes text[] := '{}'::text[];
  v_group text;
begin
  with x as materialized (
    select f.*, nextval('public.runs_seq_seq') as new_seq, gen_random_uuid() as new_id from (
      select * from rows from (jsonb_to_recordset(p_runs) as (
        title text, template text, template_version integer, runbook jsonb, session_id uuid, lane text,
        priority integer, params jsonb, intent text, env text, repo text, max_attempts integer,
        lease_seconds integer, timeout_seconds integer, start_within_seconds integer, not_before timestamptz,
        idempotency_key text, body_sha256 text, retry_of uuid, depends_on jsonb))
        with ordinality as r (title, template, template_version, runbook, session_id, lane, priority, params,
          intent, env, repo, max_attempts, lease_seconds, timeout_seconds, start_within_seconds, not_before,
          idempotency_key, body_sha256, retry_of, depends_on, ord)
      order by ord) f
  ), made as (
    insert into public.runs as r (id, seq, session_id, template, template_version, title, runbook, params, lane,
      priority, parked, group_key, group_limit, intent, env, repo, max_attempts, lease_seconds, timeout_seconds, not_before, start_by,
      idempotency_key, body_sha256, retry_of, created_by, created_at)
    select x.new_id, x.new_seq, x.session_id, x.template, x.template_version,
      coalesce(x.title, x.runbook ->> 'title', t.runbook ->> 'title'), coalesce(x.runbook, t.runbook), coalesce(x.params, '{}'),
      coalesce(x.lane, x.runbook ->> 'default_lane', t.runbook ->> 'default_lane', 'A'), coalesce(x.priority, 100),
      case when jsonb_array_length(x.depends_on) > 0 then 'depends_on' when x.not_before > p_now then 'not_before' when c.said is not null then 'group' end, c.said ->> 'group',
      case when c.said is not null then coalesce((c.said ->> 'limit')::integer, 1) end, x.intent, x.env, x.repo,
      coalesce(x.max_attempts, (coalesce(x.runbook, t.runbook) ->> 'max_attempts')::integer, 3),
      coalesce(x.lease_seconds, (coalesce(x.runbook, t.runbook) ->> 'lease')::integer, p_lease),
      coalesce(x.timeout_seconds, (coalesce(x.runbook, t.runbook) ->> 'timeout')::integer, 21600),
      x.not_before, p_now + make_interval(secs => x.start_within_seconds),
      x.idempotency_key, x.body_sha256, x.retry_of, p_actor, p_now
    -- The very version that was validated: versions never change, whatever an editor does meanwhile.
    from x left join public.run_template_versions t
      on x.runbook is null and t.slug = x.template and t.version = x.template_version
    cross join lateral (select coalesce(x.runbook, t.runbook) -> 'concurrency' as said offset 0) c
    order by x.idempotency_key nulls last, x.new_seq
    on conflict (idempotency_key) where idempotency_key is not null do nothing
    returning r.lane, r.parked, r.group_key
  )
  -- No join of the two lists: without statistics it would be quadratic.
  select jsonb_agg(jsonb_build_object('run_id', x.new_id, 'status', 'queued') order by x.ord),
    (select jsonb_object_agg(w.lane, w.n)
      from (select lane, count(*) as n from made where parked is null group by lane) w),
    (select count(*) from made),
    (select jsonb_object_agg(w.lane, w.n) from (select lane, count(*) as n from made group by lane) w),
    array_agg(x.new_id order by x.ord),
    (select array_agg(distinct made.group_key) from made where made.group_key is not null),
    bool_or(x.depends_on is not null)
  into v_answers, v_wake, v_made, v_queued, v_new, v_groups, v_depend from x;

  if v_made < cardinality(v_new) then
    -- Some keys were seen: those entries answer with the run as it is now.
    select jsonb_agg(case when r.id = f.new_id then jsonb_build_object('run_id', r.id, 'status', r.status)
        when r.id is null then jsonb_build_object('run_id', f.new_id, 'status', 'queued')
        else jsonb_build_object('run_id', r.id, 'status', r.status, 'seen', true) end order by f.ord),
      jsonb_agg(f.ord - 1 order by f.ord) filter (where r.id <> f.new_id and r.body_sha256 is distinct from f.body_sha256)
    into v_answers, v_mismatch
    from rows from (jsonb_to_recordset(p_runs) as (idempotency_key text, body_sha256 text), unnest(v_new))
      with ordinality as f (idempotency_key, body_sha256, new_id, ord)
    left join public.runs r on r.idempotency_key = f.idempotency_key;
    if v_mismatch is not null then
      -- Caught by the caller: the subtransaction takes the rows of this batch back.
      raise exception using errcode = 'OPS01', message = v_mismatch::text;
    end if;
  end if;
  perform public.ops_note_full_lanes(v_queued);
  if v_groups is not null then
    -- After the rows: whoever has a group waits for no key of a create. Of those that are not due too: a
    -- sweep makes no groups.
    perform public.ops_lock_groups(v_groups);
  end if;
  if v_depend then
    v_lanes := public.ops_depend(p_runs, v_answers, p_now);
    select jsonb_agg(e.answer || jsonb_build_object('status', r.status) order by e.ord) into v_answers
    from jsonb_array_elements(v_answers) with ordinality as e (answer, ord)
    cross join lateral (select y.status from public.runs y where y.id = (e.answer ->> 'run_id')::uuid limit 1) r;
  end if;
  if v_groups is not null then
    foreach v_group in array v_groups loop
      v_lanes := v_lanes || public.ops_admit(v_group);
    end loop;
  end if;
  if cardinality(v_lanes) > 0 then
    v_wake := public.ops_wake(v_wake, v_lanes);
  end if;
  return jsonb_build_object('runs', v_answers, 'wake', v_wake);
end $$;

-- Where every entry's key was used before: the runs as they are now, and which bodies differ. Else null.
create or replace function public.ops_seen_runs(p_runs jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select case when bool_and(r.id is not null) then jsonb_build_object(
    'runs', jsonb_agg(jsonb_build_object('run_id', r.id, 'status', r.status, 'seen', true) order by f.ord),
    'mismatch', jsonb_agg(f.ord - 1 order by f.ord) filter (where r.body_sha256 is distinct from f.body_sha256)) end
  from rows from (jsonb_to_recordset(p_runs) as (idempotency_key text, body_sha256 text))
    with ordinality as f (idempotency_key, body_sha256, ord)
  left join lateral (select x.id, x.status, x.body_sha256 from public.runs x
    where x.idempotency_key = f.idempotency_key limit 1) r on true
$$;

create or replace function public.runs_create(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_runs jsonb := p -> 'runs';
  v_wrong jsonb;
  v_stale jsonb;
  v_full text;
  v_out jsonb;
  v_run public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;

  -- A repeat is answered before anything else is judged: its template may have changed since.
  if v_runs #>> '{0,idempotency_key}' is not null then
    v_out := public.ops_seen_runs(v_runs);
    if jsonb_typeof(v_out -> 'mismatch') = 'array' then
      return jsonb_build_object('code', 'idempotency_mismatch', 'at', v_out -> 'mismatch');
    end if;
    if v_out is not null then
      if jsonb_array_length(v_runs) = 1 then
        select * into v_run from public.runs r where r.id = (v_out #>> '{runs,0,run_id}')::uuid;
        v_out := jsonb_set(v_out, '{runs,0,run}', public.ops_run_json(v_run));
      end if;
      return v_out - 'mismatch';
    end if;
  end if;

  -- What is named must exist. Distinct values only: a thousand runs usually name one of each.
  with n as materialized (
    select f.template, f.template_version, f.session_id, coalesce(f.lane, f.runbook ->> 'default_lane') as lane,
      min(f.ord) - 1 as at
    from rows from (jsonb_to_recordset(v_runs)
      as (template text, template_version integer, session_id uuid, lane text, runbook jsonb))
      with ordinality as f (template, template_version, session_id, lane, runbook, ord)
    group by f.template, f.template_version, f.session_id, coalesce(f.lane, f.runbook ->> 'default_lane')
  ), m as materialized (
    select n.*, t.slug, t.version, t.runbook, t.default_lane, s.id as session, s.status as session_status
    from n left join public.run_templates t on t.slug = n.template
    left join public.sessions s on s.id = n.session_id
  ), w as (
    select m.at, 'template' as field, format('there is no template `%s`', m.template) as message
    from m where m.template is not null and m.slug is null
    union all
    select m.at, 'session_id', 'there is no such session' from m where m.session_id is not null and m.session is null
    union all
    select m.at, 'session_id', 'this session is archived' from m where m.session_status = 'archived'
    union all
    select m.at, 'lane', format('there is no lane `%s`', coalesce(m.lane, m.default_lane)) from m
    where coalesce(m.lane, m.default_lane) is not null
      and not exists (select from public.lanes l where l.name = coalesce(m.lane, m.default_lane))
  )
  select
    (select jsonb_agg(jsonb_build_object('at', w.at, 'field', w.field, 'message', w.message) order by w.at, w.field) from w),
    (select jsonb_agg(distinct jsonb_build_object('slug', m.slug, 'version', m.version, 'runbook', m.runbook))
      from m where m.slug is not null and m.version is distinct from m.template_version),
    (select min(l.name) from m join public.lanes l on l.name = coalesce(m.lane, m.default_lane, 'A') where l.queue_full)
  into v_wrong, v_stale, v_full;
  if v_wrong is not null then
    return jsonb_build_object('code', 'invalid', 'errors', v_wrong);
  end if;
  if v_stale is not null then
    return jsonb_build_object('code', 'template_changed', 'templates', v_stale);
  end if;
  v_out := public.ops_queue_full(v_full);
  if v_out is not null then
    return v_out;
  end if;

  begin
    v_out := public.ops_insert_runs(v_runs, a.actor, coalesce((p ->> 'lease_seconds')::integer, 15), v_now);
  exception
    when sqlstate 'OPS01' then
      return jsonb_build_object('code', 'idempotency_mismatch', 'at', sqlerrm::jsonb);
    when sqlstate 'OPS02' then
      return jsonb_build_object('code', 'invalid', 'errors', sqlerrm::jsonb);
    when foreign_key_violation then
      -- It was there a moment ago.
      return jsonb_build_object('code', 'invalid', 'errors', jsonb_build_array(
        jsonb_build_object('at', 0, 'field', 'session_id', 'message', 'this session was deleted just now')));
  end;

  if jsonb_array_length(v_runs) = 1 then
    select * into v_run from public.runs r where r.id = (v_out #>> '{runs,0,run_id}')::uuid;
    v_out := jsonb_set(v_out, '{runs,0,run}', public.ops_run_json(v_run));
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'runs.create', v_out #>> '{runs,0,run_id}',
    jsonb_build_object('count', jsonb_array_length(v_runs)));
  if exists (select from public.lanes l where l.dispatch is not null) then
    v_out := v_out || jsonb_build_object('to_dispatch',
      public.ops_scale(v_now, array(select jsonb_object_keys(coalesce(nullif(v_out -> 'wake', 'null'), '{}')))));
  end if;
  return v_out;
end $$;

-- 31_runs_claim.sql
-- Settle, sweep a little, claim, in one commit. Waiting locks in order: worker, limited lanes,
-- groups of what it settles, leases, runs; whatever is found on the way is taken SKIP LOCKED.
-- Never sorts the queue: one index probe per lane finds the heads, then whole lanes are taken in
-- the order of their heads.
create or replace function public.runs_claim(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_worker text := p ->> 'worker_id';
  v_lanes text[] := array(select jsonb_array_elements_text(p -> 'lanes'));
  v_session uuid := (p ->> 'session_id')::uuid;
  v_limit integer := coalesce((p ->> 'limit')::integer, 1);
  v_request bigint := (p ->> 'request_id')::bigint;
  v_status text := case when (p ->> 'start')::boolean then 'running' else 'claimed' end;
  v_locked text[] := '{}'::text[];
  v_unknown text[];
  v_free integer;
  v_ids uuid[];
  v_attempts integer[];
  v_runs jsonb := '[]'::jsonb;
  v_got_runs uuid[] := '{}'::uuid[];
  v_got_attempts integer[] := '{}'::integer[];
  v_finished jsonb := '[]'::jsonb;
  v_wake jsonb;
  v_sweep boolean;
  v_repeated boolean;
  a record;
  w record;
  h record;
  s record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if a.lanes is not null and not v_lanes <@ a.lanes then
    return public.ops_refuse('forbidden', format('this token is bound to lanes %s', array_to_string(a.lanes, ', ')));
  end if;
  if a.worker_id is not null and a.worker_id <> v_worker then
    return public.ops_refuse('forbidden', format('this token is bound to worker %s', a.worker_id));
  end if;

  -- A long poll asks again and again: while nothing is queued it writes nothing and locks nothing.
  -- Two conditions, one in the other: an expression with a query in it costs a query in each call.
  if jsonb_array_length(p -> 'finish') is null then
    select * into w from public.workers k where k.id = v_worker;
    if w.request_id = v_request and cardinality(w.got_runs) = 0 and w.lanes = v_lanes and w.token_id = a.token_id
      and w.session_id is not distinct from v_session and not w.drain
      and w.last_seen > v_now - interval '10 seconds' and w.swept_at > v_now - interval '2 seconds' then
      if not exists (select from public.lanes l where l.name = any (v_lanes) and (l.draining or not l.paused
        and (select q.seq from public.runs q where q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1) is not null)) then
        return jsonb_build_object('runs', '[]'::jsonb, 'finished', '[]'::jsonb, 'drain', false);
      end if;
    end if;
  end if;
  loop
    select k.*, n.limited, n.all_draining into w from public.workers k
    cross join (select bool_or(l.concurrency_limit is not null) as limited, bool_and(l.draining) as all_draining
      from public.lanes l where l.name = any (v_lanes)) n
    where k.id = v_worker for no key update of k;
    -- A mistyped lane would idle for ever; looked up only when the worker asks for other lanes.
    if w.id is null or w.lanes <> v_lanes then
      select array_agg(l) into v_unknown from unnest(v_lanes) l where not exists (select from public.lanes x where x.name = l);
      if v_unknown is not null then
        return jsonb_build_object('code', 'invalid', 'errors', jsonb_build_array(jsonb_build_object('field', 'lanes',
          'message', format('there is no lane `%s`', array_to_string(v_unknown, '`, `')))));
      end if;
    end if;
    exit when w.id is not null;
    insert into public.workers (id, token_id, first_seen, last_seen, swept_at)
    values (v_worker, a.token_id, v_now, v_now, 'epoch') on conflict do nothing;
  end loop;
  if w.token_id <> a.token_id and a.worker_id is null then
    return public.ops_refuse('forbidden', 'this worker id belongs to another token');
  end if;
  v_repeated := v_request = w.request_id;

  -- Limited lanes first, ascending: what is settled or swept below may fill a lane that is empty now.
  if v_limit > 0 and w.limited then
    select coalesce(array_agg(x.name), '{}') into v_locked from (
      select l.name from public.lanes l
      where l.name = any (v_lanes) and l.concurrency_limit is not null and not l.paused and not l.draining
      order by l.name for no key update) x;
  end if;

  if jsonb_array_length(p -> 'finish') > 0 then
    s := public.ops_settle(v_worker, a.token_id, p -> 'finish', v_now);
    v_finished := s.answers;
    v_wake := s.wake;
  end if;
  if v_request < w.request_id then
    return jsonb_build_object('code', 'stale_request', 'finished', v_finished, 'wake', v_wake,
      'detail', format('claim %s of this worker was answered already', w.request_id));
  end if;

  v_sweep := w.swept_at < v_now - interval '2 seconds';
  if v_sweep then
    s := public.ops_sweep(v_now, 20);
    v_wake := coalesce(v_wake, '{}') || coalesce(s.wake, '{}');
  end if;

  if v_repeated and cardinality(w.got_runs) > 0 then
    -- The first answer was lost: give what is still held, renewed, and nothing new.
    select coalesce(array_agg(x.run_id), '{}') into v_ids from (
      select l.run_id from unnest(w.got_runs, w.got_attempts) as g (run_id, attempt)
      join public.run_leases l on l.run_id = g.run_id and l.attempt = g.attempt
      where l.worker_id = v_worker and l.run_id = any (w.got_runs)
      -- A lease that somebody holds just now is being renewed or ended; waiting for it here, with runs
      -- locked already, could close a circle.
      order by l.run_id for no key update of l skip locked) x;
    update public.run_leases l set heartbeat_at = v_now,
      expires_at = greatest(l.expires_at, least(v_now + make_interval(secs => r.lease_seconds), l.ends_by,
        r.cancelled_at + interval '30 seconds'))
    from public.runs r where l.run_id = any (v_ids) and r.id = any (v_ids) and r.id = l.run_id;
    v_got_runs := w.got_runs;
    v_got_attempts := w.got_attempts;
  elsif v_limit > 0 and not w.drain then
    for h in
      select l.name, l.concurrency_limit from public.lanes l
      cross join lateral (
        (select q.priority, q.seq from public.runs q
          where v_session is null and q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1)
        union all
        (select q.priority, q.seq from public.runs q
          where v_session is not null and q.session_id = v_session and q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1)) q
      where l.name = any (v_lanes) and not l.paused and not l.draining
      order by q.priority, q.seq
    loop
      v_free := v_limit - cardinality(v_got_runs);
      exit when v_free <= 0;
      if h.concurrency_limit is not null then
        -- Not locked: it was given its limit after we looked. The next claim takes it.
        continue when h.name <> all (v_locked);
        -- A statement after the lock, so that it sees what others committed meanwhile.
        select least(v_free, h.concurrency_limit - count(*)) into v_free from public.run_leases l where l.lane = h.name;
        continue when v_free <= 0;
      end if;
      with r as (
        update public.runs u set status = v_status, attempt = u.attempt + 1, claimed_by = v_worker,
          claimed_at = v_now, started_at = case when v_status = 'running' then v_now end, start_by = null
        where u.id = any (array(
            select q.id from public.runs q
            where v_session is null and q.lane = h.name and q.status = 'queued' and q.parked is null
            order by q.priority, q.seq limit v_free for no key update skip locked)
          || array(
            select q.id from public.runs q
            where v_session is not null and q.session_id = v_session and q.lane = h.name and q.status = 'queued' and q.parked is null
            order by q.priority, q.seq limit v_free for no key update skip locked))
        returning u.id, u.attempt, u.lane, u.lease_seconds, u.timeout_seconds, u.group_key
      ), held as (
        insert into public.run_leases as l (run_id, attempt, worker_id, token_id, lane, group_key, heartbeat_at, expires_at, ends_by)
        select r.id, r.attempt, v_worker, a.token_id, r.lane, r.group_key, v_now,
          v_now + make_interval(secs => least(r.lease_seconds, r.timeout_seconds + 30)),
          v_now + make_interval(secs => r.timeout_seconds + 30)
        from r
      ), told as (
        insert into public.run_attempts (run_id, attempt, worker_id, token_id, claimed_at)
        select r.id, r.attempt, v_worker, a.token_id, v_now from r
      )
      select array_agg(r.id), array_agg(r.attempt) into v_ids, v_attempts from r;
      if v_ids is not null then
        v_got_runs := v_got_runs || v_ids;
        v_got_attempts := v_got_attempts || v_attempts;
      end if;
    end loop;
  end if;

  -- What is held: of a repeated claim perhaps less than it got. `lease_seconds` is rounded down.
  if cardinality(v_got_runs) > 0 then
    select coalesce(jsonb_agg(to_jsonb(c)), '[]') into v_runs from (
      select r.id as run_id, r.attempt, r.lane, floor(extract(epoch from l.expires_at - v_now))::integer as lease_seconds,
        l.expires_at as lease_expires_at, r.timeout_seconds, r.title, r.template, r.session_id, r.env, r.repo, r.intent,
        r.params, case when r.attempt > 1 then public.ops_once_ended(r.id, r.attempt, r.runbook) end as once,
        r.runbook -> 'steps' as steps, coalesce(r.runbook -> 'secrets', '[]') as secrets
      -- LATERAL with LIMIT is one index probe each: a plan that was made while these tables were empty
      -- must not walk them whole when they are full.
      from unnest(v_got_runs, v_got_attempts) as g (run_id, attempt)
      cross join lateral (select x.expires_at from public.run_leases x
        where x.run_id = g.run_id and x.attempt = g.attempt and x.worker_id = v_worker limit 1) l
      cross join lateral (select x.* from public.runs x
        where x.id = g.run_id and x.status in ('claimed', 'running') limit 1) r
      order by r.priority, r.seq) c;
  end if;
  update public.workers k set
    name = coalesce(p ->> 'name', k.name), version = coalesce(p ->> 'version', k.version),
    lanes = v_lanes, session_id = v_session, last_seen = v_now,
    swept_at = case when v_sweep then v_now else k.swept_at end,
    request_id = coalesce(v_request, k.request_id), got_runs = v_got_runs, got_attempts = v_got_attempts,
    claimed = k.claimed or cardinality(v_got_runs) > 0
  where k.id = v_worker;
  return jsonb_build_object('runs', v_runs, 'finished', v_finished, 'wake', v_wake,
    'drain', w.drain or coalesce(w.all_draining, true));
end $$;

-- 32_runs_worker_verbs.sql
-- Worker-side verbs beside claim. Each judges by the lease row; a refused write is counted.

-- The answer to a write without a lease.
create or replace function public.ops_lease_lost(p_run uuid, p_attempt integer, p_worker text, p_token uuid) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_answer text;
begin
  -- After its own finish an attempt that reports late has lost nothing, and is not counted.
  select t.answer into v_answer from public.run_attempts t
  where t.run_id = p_run and t.attempt = p_attempt and t.worker_id = p_worker and t.token_id = p_token
    and t.answer is not null;
  if found then
    return jsonb_build_object('run_id', p_run, 'code', 'already_finished', 'status', v_answer);
  end if;
  update public.runs set refused_writes = refused_writes + 1 where id = p_run;
  return jsonb_build_object('run_id', p_run, 'code', 'lease_lost');
end $$;

create or replace function public.runs_start(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_status text;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = (p ->> 'attempt')::integer and l.worker_id = p ->> 'worker_id'
    and l.token_id = a.token_id
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, (p ->> 'attempt')::integer, p ->> 'worker_id', a.token_id);
  end if;
  update public.runs set status = 'running', started_at = v_now where id = v_run and status = 'claimed';
  select r.status into v_status from public.runs r where r.id = v_run;
  return jsonb_build_object('run_id', v_run, 'status', v_status, 'cancel', v_status = 'cancelled');
end $$;

-- All runs of one worker in one call. Locks leases ascending, in a mode that appends do not wait
-- for, and never waits for the worker's row. A lease never outlives `ends_by`, nor a cancel by more
-- than 30 s; what was granted is not shortened.
create or replace function public.runs_heartbeat(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_worker text := p ->> 'worker_id';
  v_asked uuid[] := array(select b.run_id from jsonb_to_recordset(p -> 'runs') as b (run_id uuid));
  v_held uuid[];
  v_answers jsonb;
  v_lost jsonb;
  v_drain boolean;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(array_agg(x.run_id), '{}') into v_held from (
    select l.run_id from jsonb_to_recordset(p -> 'runs') as b (run_id uuid, attempt integer)
    join public.run_leases l on l.run_id = b.run_id and l.attempt = b.attempt
    -- The bound holds whichever side the planner starts from.
    where l.run_id = any (v_asked) and l.worker_id = v_worker and l.token_id = a.token_id
    order by l.run_id for no key update of l) x;
  with b as materialized (
    select x.ord, x.run_id, x.attempt, x.step
    from rows from (jsonb_to_recordset(p -> 'runs') as (run_id uuid, attempt integer, step text))
      with ordinality as x (run_id, attempt, step, ord)
  ), beaten as (
    update public.run_leases l set heartbeat_at = v_now, step = coalesce(b.step, l.step),
      expires_at = greatest(l.expires_at, least(v_now + make_interval(secs => r.lease_seconds), l.ends_by,
        r.cancelled_at + interval '30 seconds'))
    from b join public.runs r on r.id = b.run_id and r.id = any (v_asked)
    where l.run_id = b.run_id and l.attempt = b.attempt and l.run_id = any (v_held)
    returning l.run_id, l.expires_at, r.status, b.ord
  )
  select
    (select jsonb_agg(jsonb_build_object('run_id', t.run_id, 'status', t.status, 'cancel', t.status = 'cancelled',
        'lease_seconds', greatest(0, floor(extract(epoch from t.expires_at - v_now)))::integer,
        'lease_expires_at', t.expires_at, 'ord', t.ord)) from beaten t),
    (select jsonb_agg(jsonb_build_object('run_id', b.run_id, 'attempt', b.attempt, 'ord', b.ord) order by b.run_id)
      from b where not exists (select from public.run_leases l
        where l.run_id = b.run_id and l.attempt = b.attempt and l.run_id = any (v_held)))
  into v_answers, v_lost;
  if v_lost is not null then
    select coalesce(v_answers, '[]') || jsonb_agg(
      public.ops_lease_lost(x.run_id, x.attempt, v_worker, a.token_id) || jsonb_build_object('ord', x.ord) order by x.run_id)
    into v_answers from jsonb_to_recordset(v_lost) as x (run_id uuid, attempt integer, ord integer);
  end if;
  update public.workers k set last_seen = v_now
  where k.id = (select s.id from public.workers s where s.id = v_worker for no key update skip locked);
  select k.drain into v_drain from public.workers k where k.id = v_worker;
  select coalesce(jsonb_agg(x - 'ord' order by (x ->> 'ord')::integer), '[]') into v_answers
  from jsonb_array_elements(v_answers) x;
  return jsonb_build_object('runs', v_answers, 'drain', coalesce(v_drain, false));
end $$;

create or replace function public.runs_finish(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
  s record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  s := public.ops_settle(p ->> 'worker_id', a.token_id, p -> 'finish', v_now);
  return jsonb_build_object('finished', s.answers, 'wake', s.wake);
end $$;

-- 33_runs_operator_verbs.sql
-- Which runs a bulk form means: `run_ids`, or a `filter`, newest first. At most 500, so that one call stays well below its time limit.
create or replace function public.ops_chosen_runs(p jsonb, p_statuses text[]) returns uuid[]
language sql stable set search_path = '' as $$
  select coalesce(array_agg(x.id order by x.id), '{}') from (
    select r.id from public.runs r
    where case when p ? 'run_ids' then r.id = any (array(select jsonb_array_elements_text(p -> 'run_ids')::uuid))
      else r.status = any (p_statuses)
        and (p #>> '{filter,status}' is null or r.status = p #>> '{filter,status}')
        and (p #>> '{filter,lane}' is null or r.lane = p #>> '{filter,lane}')
        and (p #>> '{filter,template}' is null or r.template = p #>> '{filter,template}')
        and (p #>> '{filter,session_id}' is null or r.session_id = (p #>> '{filter,session_id}')::uuid) end
    order by r.seq desc limit 500) x
$$;

-- `cancelled` at once. Locks the run, then its log; never the lease: a holder keeps it until it
-- finishes or its time ends, and is told by its next heartbeat or append.
create or replace function public.ops_cancel_run(
  p_auth jsonb, p_token uuid, p_actor text, p_now timestamptz, p_run uuid, p_reason text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_lanes text[] := '{}'::text[];
  r public.runs%rowtype;
begin
  select * into r from public.runs x where x.id = p_run for no key update;
  if not found then
    return jsonb_build_object('run_id', p_run, 'code', 'not_found', 'detail', 'there is no such run');
  end if;
  if r.status not in ('queued', 'claimed', 'running') then
    return jsonb_build_object('run_id', p_run, 'code', 'already_finished', 'detail', format('the run is %s', r.status),
      'run_status', r.status);
  end if;
  update public.runs set status = 'cancelled', cancelled_at = p_now, finished_at = p_now, parked = null,
    reason = coalesce(p_reason, 'cancelled_by_operator')
  where id = p_run;
  perform public.ops_log(p_run, r.attempt, p_now, 'warn', format('cancelled by %s', p_actor) || coalesce(': ' || p_reason, ''));
  perform public.ops_audit(p_auth, p_token, p_actor, p_now, 'runs.cancel', p_run::text,
    jsonb_build_object('reason', p_reason, 'was', r.status));
  if (select true from public.run_dependencies limit 1) then
    delete from public.run_dependencies w where w.run_id = p_run;
    v_lanes := public.ops_dependencies_ended(array[p_run], p_now);
  end if;
  if r.status = 'queued' and r.group_key is not null then
    -- It had a place of its group, or was the first to wait for one.
    v_lanes := v_lanes || public.ops_try_admit(r.group_key);
  end if;
  return jsonb_strip_nulls(jsonb_build_object('run_id', p_run, 'status', 'cancelled', 'wake', public.ops_wake(null, v_lanes)));
end $$;

-- One run, or many by id or filter; with `dry_run` only how many it would be.
create or replace function public.runs_cancel(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_ids uuid[];
  v_answers jsonb := '[]'::jsonb;
  v_wake jsonb := '{}'::jsonb;
  v_one jsonb;
  v_run uuid;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    v_one := public.ops_cancel_run(p -> 'auth', a.token_id, a.actor, v_now, (p ->> 'run_id')::uuid, p ->> 'reason');
    return v_one || public.ops_left_workflows(v_now, array[(p ->> 'run_id')::uuid]);
  end if;
  v_ids := public.ops_chosen_runs(p, '{queued,claimed,running}');
  if (p ->> 'dry_run')::boolean then
    return jsonb_build_object('count', cardinality(v_ids), 'dry_run', true);
  end if;
  foreach v_run in array v_ids loop
    v_one := public.ops_cancel_run(p -> 'auth', a.token_id, a.actor, v_now, v_run, p ->> 'reason');
    v_answers := v_answers || (v_one - 'wake');
    v_wake := v_wake || coalesce(v_one -> 'wake', '{}');
  end loop;
  return jsonb_build_object('count', cardinality(v_ids), 'runs', v_answers, 'wake', v_wake)
    || public.ops_left_workflows(v_now, v_ids);
end $$;

create or replace function public.ops_retry_run(
  p_auth jsonb, p_token uuid, p_actor text, p_now timestamptz, p_run uuid, p_key text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_new jsonb;
  v_out jsonb;
  r public.runs%rowtype;
begin
  select * into r from public.runs x where x.id = p_run;
  if not found then
    return jsonb_build_object('retry_of', p_run, 'code', 'not_found', 'detail', 'there is no such run');
  end if;
  if r.status in ('queued', 'claimed', 'running') then
    return jsonb_build_object('retry_of', p_run, 'code', 'conflict',
      'detail', format('the run is %s; cancel it first, or wait until it ends', r.status));
  end if;
  if exists (select from public.sessions s where s.id = r.session_id and s.status = 'archived') then
    return jsonb_build_object('retry_of', p_run, 'code', 'conflict', 'detail', 'its session is archived; reopen it first');
  end if;
  v_out := public.ops_queue_full(r.lane);
  -- A repeat is answered with what it made.
  if v_out is not null and not exists (select from public.runs x where x.idempotency_key = p_key) then
    return v_out || jsonb_build_object('retry_of', p_run);
  end if;
  v_new := jsonb_strip_nulls(jsonb_build_object('title', r.title, 'template', r.template,
    'template_version', r.template_version, 'session_id', r.session_id, 'lane', r.lane, 'priority', r.priority,
    'intent', r.intent, 'env', r.env, 'repo', r.repo, 'max_attempts', r.max_attempts,
    'lease_seconds', r.lease_seconds, 'timeout_seconds', r.timeout_seconds, 'retry_of', r.id,
    'idempotency_key', p_key, 'body_sha256', encode(sha256(convert_to('retry ' || r.id, 'UTF8')), 'hex')))
    || jsonb_build_object('runbook', r.runbook, 'params', r.params);
  begin
    v_out := public.ops_insert_runs(jsonb_build_array(v_new), p_actor, r.lease_seconds, p_now);
  exception when sqlstate 'OPS01' then
    return jsonb_build_object('retry_of', p_run, 'code', 'idempotency_mismatch');
  end;
  perform public.ops_audit(p_auth, p_token, p_actor, p_now, 'runs.retry', p_run::text,
    jsonb_build_object('run_id', v_out #> '{runs,0,run_id}'));
  return (v_out #> '{runs,0}') || jsonb_build_object('retry_of', p_run, 'lane', r.lane);
end $$;

-- A new run linked to the old one; nothing leaves a terminal state. In bulk by id or filter, each
-- answered for itself; with `dry_run` only how many it would be.
create or replace function public.runs_retry(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_ids uuid[];
  v_answers jsonb := '[]'::jsonb;
  v_wake jsonb;
  v_one jsonb;
  v_run uuid;
  r public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_ids := case when p ? 'run_id' then array[(p ->> 'run_id')::uuid]
    else public.ops_chosen_runs(p, '{failed,cancelled,timed_out}') end;
  if (p ->> 'dry_run')::boolean then
    return jsonb_build_object('count', cardinality(v_ids), 'dry_run', true);
  end if;
  foreach v_run in array v_ids loop
    v_one := public.ops_retry_run(p -> 'auth', a.token_id, a.actor, v_now, v_run, p ->> 'idempotency_key');
    if p ? 'run_id' and v_one ? 'code' then
      return v_one - 'retry_of';
    end if;
    v_answers := v_answers || (v_one - 'lane');
  end loop;
  select jsonb_object_agg(w.lane, w.n) into v_wake from (
    select x.lane, count(*) as n from public.runs x
    where x.id = any (array(select (e ->> 'run_id')::uuid from jsonb_array_elements(v_answers) e)) group by x.lane) w;
  if p ? 'run_id' then
    select * into r from public.runs x where x.id = (v_answers #>> '{0,run_id}')::uuid;
    v_answers := jsonb_set(v_answers, '{0,run}', public.ops_run_json(r));
  end if;
  return jsonb_build_object('runs', v_answers, 'count', cardinality(v_ids), 'wake', v_wake);
end $$;

-- Why a queued run is still queued, the nearest reason first.
create or replace function public.ops_waiting(r public.runs, p_now timestamptz) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  l public.lanes%rowtype;
  h record;
  v_count bigint;
begin
  if r.status <> 'queued' then
    return null;
  end if;
  if r.parked = 'not_before' then
    return jsonb_build_object('reason', 'not_before', 'detail',
      format('due at %s', to_char(r.not_before at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS "UTC"')));
  end if;
  if r.parked = 'depends_on' then
    select w.depends_on as id, count(*) over () as taken into h from public.run_dependencies w where w.run_id = r.id
    order by w.depends_on limit 1;
    return jsonb_build_object('reason', 'depends_on', 'detail', format('waits for run %s', h.id)
      || case when h.taken > 1 then format(' and %s more', h.taken - 1) else '' end);
  end if;
  if r.parked = 'group' then
    -- A held run before one that is only next.
    select x.id, x.taken into h from (
      (select k.run_id as id, (select count(*) from public.run_leases o where o.group_key = r.group_key) as taken
        from public.run_leases k where k.group_key = r.group_key order by k.run_id limit 1)
      union all
      (select q.id, null from public.runs q where q.group_key = r.group_key and q.status = 'queued' and q.parked is null
        order by q.priority, q.seq limit 1)) x limit 1;
    return jsonb_build_object('reason', 'group', 'detail', case
      when h.id is null then format('a place of group %s is free; the next sweep gives it', r.group_key)
      when h.taken is null then format('group %s: held by run %s, which waits for a worker', r.group_key, h.id)
      when h.taken = 1 then format('group %s: held by run %s', r.group_key, h.id)
      else format('group %s: held by run %s and %s more', r.group_key, h.id, h.taken - 1) end);
  end if;
  select * into l from public.lanes x where x.name = r.lane;
  if l.paused then
    return jsonb_build_object('reason', 'lane_paused', 'detail',
      format('lane %s is paused', r.lane) || coalesce(': ' || l.paused_reason, ''));
  end if;
  if l.draining then
    return jsonb_build_object('reason', 'lane_draining', 'detail', format('lane %s is draining', r.lane));
  end if;
  if not exists (
    select from public.workers w where r.lane = any (w.lanes) and not w.drain
      and (w.session_id is null or w.session_id = r.session_id) and w.last_seen > p_now - interval '30 seconds') then
    return jsonb_build_object('reason', 'no_worker', 'detail',
      format('no worker asks for lane %s; start one with `ops worker --lanes %s`', r.lane, r.lane));
  end if;
  if l.concurrency_limit is not null then
    select count(*) into v_count from public.run_leases x where x.lane = r.lane;
    if v_count >= l.concurrency_limit then
      return jsonb_build_object('reason', 'lane_full', 'detail',
        format('%s of %s places of lane %s are taken', v_count, l.concurrency_limit, r.lane));
    end if;
  end if;
  select count(*) into v_count from (
    select from public.runs q where q.lane = r.lane and q.status = 'queued' and q.parked is null
      and (q.priority, q.seq) < (r.priority, r.seq) limit 1000) x;
  return jsonb_build_object('reason', 'queue', 'detail', case v_count when 0 then 'next in its lane'
    when 1 then 'after 1 run' when 1000 then 'after 1000 runs or more' else format('after %s runs', v_count) end);
end $$;

create or replace function public.runs_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_log jsonb;
  r public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into r from public.runs x where x.id = (p ->> 'run_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  select jsonb_build_object('last_pos', g.last_pos, 'bytes', g.bytes, 'dropped_events', g.dropped_events,
    'dropped_bytes', g.dropped_bytes) into v_log from public.run_logs g where g.run_id = r.id;
  return jsonb_build_object('run', public.ops_run_json(r) || jsonb_build_object(
    'params', r.params, 'runbook', r.runbook, 'result', r.result, 'waiting', public.ops_waiting(r, v_now), 'log', v_log,
    'steps', coalesce((select jsonb_agg(jsonb_build_object('attempt', s.attempt, 'step', s.step, 'status', s.status,
        'exit_code', s.exit_code, 'outputs', s.outputs, 'started_at', s.started_at, 'finished_at', s.finished_at)
        order by s.attempt, s.started_at, s.step) from public.run_steps s where s.run_id = r.id), '[]'),
    'attempts', coalesce((select jsonb_agg(jsonb_build_object('attempt', t.attempt, 'worker_id', t.worker_id,
        'claimed_at', t.claimed_at, 'ended_at', t.ended_at, 'ended_as', t.ended_as, 'reason', t.reason,
        'identity', (select k.identity from public.tokens k where k.id = t.token_id))
        order by t.attempt) from public.run_attempts t where t.run_id = r.id), '[]')));
end $$;

-- Newest first; the cursor is the `seq` of the last row.
create or replace function public.runs_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_runs jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(public.ops_run_json(r) order by r.seq desc), '[]') into v_runs from (
    select * from public.runs x
    where (p ->> 'after' is null or x.seq < (p ->> 'after')::bigint)
      and (p ->> 'status' is null or x.status = p ->> 'status')
      and (p ->> 'lane' is null or x.lane = p ->> 'lane')
      and (p ->> 'template' is null or x.template = p ->> 'template')
      and (p ->> 'session_id' is null or x.session_id = (p ->> 'session_id')::uuid)
      and (p ->> 'repo' is null or x.repo = p ->> 'repo')
      and (p ->> 'worker' is null or x.claimed_by = p ->> 'worker' or starts_with(x.claimed_by, (p ->> 'worker') || '-'))
      and (p ->> 'since' is null or x.created_at >= (p ->> 'since')::timestamptz)
      and (p ->> 'until' is null or x.created_at < (p ->> 'until')::timestamptz)
      and (p ->> 'text' is null or position(lower(p ->> 'text') in lower(concat_ws(' ', x.title, x.template, x.intent, x.env,
        x.repo, x.reason, x.error, x.id))) > 0)
    order by x.seq desc limit v_limit) r;
  return jsonb_build_object('runs', v_runs,
    'next', case when jsonb_array_length(v_runs) = v_limit then v_runs -> -1 ->> 'seq' end);
end $$;

-- 34_events.sql
-- Log and state of steps in one commit. The lease is taken FOR KEY SHARE: an insert is fenced by
-- nothing else. What is stored already is skipped; a hole is refused.
create or replace function public.events_append(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_first bigint := (p ->> 'first_seq')::bigint;
  v_limit bigint := coalesce((p ->> 'log_limit')::bigint, 52428800);
  v_last bigint;
  v_skip integer;
  v_count integer := 0;
  v_bytes bigint := 0;
  v_status text;
  a record;
  g public.run_logs%rowtype;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = v_attempt and l.worker_id = p ->> 'worker_id' and l.token_id = a.token_id
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, v_attempt, p ->> 'worker_id', a.token_id);
  end if;

  insert into public.run_logs (run_id) values (v_run) on conflict do nothing;
  select * into g from public.run_logs x where x.run_id = v_run for no key update;
  v_last := case when g.attempt = v_attempt then g.last_seq else 0 end;
  if v_first > v_last + 1 then
    return jsonb_build_object('code', 'events_gap', 'last_seq', v_last);
  end if;
  v_skip := v_last + 1 - v_first;

  insert into public.run_events (run_id, pos, attempt, ts, level, source, step, message, data, more, lossy)
  select v_run, g.last_pos + e.ord - v_skip, v_attempt, coalesce(e.ts, v_now), coalesce(e.level, 'info'), e.source,
    e.step, e.message, e.data, coalesce(e.more, false), coalesce(e.lossy, false)
  from rows from (jsonb_to_recordset(p -> 'events')
    as (ts timestamptz, level text, source text, step text, message text, data jsonb, more boolean, lossy boolean))
    with ordinality as e (ts, level, source, step, message, data, more, lossy, ord)
  where e.ord > v_skip;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    select sum(octet_length(e.message)) into v_bytes from public.run_events e
    where e.run_id = v_run and e.pos > g.last_pos;
    g.last_pos := g.last_pos + v_count;
    v_last := v_last + v_count;
    g.bytes := g.bytes + v_bytes;
    if g.truncated_pos is not null then
      g.tail_bytes := g.tail_bytes + v_bytes;
      g := public.ops_roll_tail(g);
    elsif g.bytes > v_limit then
      g.last_pos := g.last_pos + 1;
      g.truncated_pos := g.last_pos;
      insert into public.run_events (run_id, pos, attempt, ts, level, source, message, data)
      values (v_run, g.last_pos, v_attempt, v_now, 'warn', 'control',
        'log_truncated: the log reached its limit; from here on only its last part is kept',
        jsonb_build_object('limit_bytes', v_limit, 'tail_bytes', 1048576));
    end if;
  end if;
  if v_count > 0 or g.attempt <> v_attempt then
    update public.run_logs x set last_pos = g.last_pos, attempt = v_attempt, last_seq = v_last, bytes = g.bytes,
      truncated_pos = g.truncated_pos, tail_bytes = g.tail_bytes, dropped_events = g.dropped_events,
      dropped_bytes = g.dropped_bytes
    where x.run_id = v_run;
  end if;

  if jsonb_array_length(p -> 'steps') > 0 then
    -- A state that has ended is never overwritten, neither within a batch nor by a late repeat of an
    -- older one.
    insert into public.run_steps as s (run_id, attempt, step, status, exit_code, outputs, started_at, finished_at)
    select v_run, v_attempt, u.step,
      (array_agg(u.status order by u.status = 'running', u.ord))[1], (array_agg(u.exit_code order by u.status = 'running', u.ord))[1],
      coalesce((array_agg(u.outputs order by u.status = 'running', u.ord))[1], '{}'),
      case when (array_agg(u.status order by u.status = 'running', u.ord))[1] <> 'skipped' then v_now end,
      case when (array_agg(u.status order by u.status = 'running', u.ord))[1] <> 'running' then v_now end
    from rows from (jsonb_to_recordset(p -> 'steps') as (step text, status text, exit_code integer, outputs jsonb))
      with ordinality as u (step, status, exit_code, outputs, ord)
    group by u.step
    on conflict (run_id, attempt, step) do update set status = excluded.status, exit_code = excluded.exit_code,
      outputs = excluded.outputs, finished_at = excluded.finished_at
    where s.status = 'running';
  end if;

  select r.status into v_status from public.runs r where r.id = v_run;
  return jsonb_build_object('last_seq', v_last, 'last_pos', g.last_pos, 'cancel', v_status = 'cancelled');
end $$;

-- Keeps about the last mebibyte behind `truncated_pos`.
create or replace function public.ops_roll_tail(g public.run_logs) returns public.run_logs
language plpgsql volatile set search_path = '' as $$
declare
  v_events bigint;
  v_bytes bigint;
begin
  if g.tail_bytes <= 1048576 + 262144 then
    return g;
  end if;
  with sized as (
    select e.pos, octet_length(e.message) as size, sum(octet_length(e.message)) over (order by e.pos desc) as upto
    from public.run_events e where e.run_id = g.run_id and e.pos > g.truncated_pos
  ), gone as (
    delete from public.run_events e using sized
    where e.run_id = g.run_id and e.pos = sized.pos and sized.upto > 1048576 returning sized.size
  ) select count(*), coalesce(sum(size), 0) into v_events, v_bytes from gone;
  g.tail_bytes := g.tail_bytes - v_bytes;
  g.dropped_events := g.dropped_events + v_events;
  g.dropped_bytes := g.dropped_bytes + v_bytes;
  return g;
end $$;

create or replace function public.events_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_after bigint := coalesce((p ->> 'after')::bigint, 0);
  v_events jsonb;
  v_status text;
  v_held boolean;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- The status before the events: whoever reads `succeeded` and an empty page has seen them all.
  select r.status into v_status from public.runs r where r.id = v_run;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  v_held := exists (select from public.run_leases l where l.run_id = v_run);
  select coalesce(jsonb_agg(jsonb_build_object('pos', e.pos, 'attempt', e.attempt, 'ts', e.ts, 'level', e.level,
    'source', e.source, 'step', e.step, 'message', e.message, 'data', e.data, 'more', e.more, 'lossy', e.lossy)
    order by e.pos), '[]') into v_events
  from (select * from public.run_events x where x.run_id = v_run and x.pos > v_after
    order by x.pos limit least(coalesce((p ->> 'limit')::integer, 500), 2000)) e;
  return jsonb_build_object('events', v_events, 'status', v_status, 'held', v_held,
    'next', coalesce((v_events -> -1 ->> 'pos')::bigint, v_after));
end $$;

-- 35_artifacts.sql
-- Unique per (run, attempt, name): the same bytes get the same answer, other bytes are refused.

-- What a worker may put: null, or the refusal. Locks the lease.
create or replace function public.ops_artifact_refusal(p jsonb, token uuid, sha text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_known text;
begin
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = v_attempt and l.worker_id = p ->> 'worker_id' and l.token_id = token
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, v_attempt, p ->> 'worker_id', token);
  end if;
  select x.sha256 into v_known from public.artifacts x
  where x.run_id = v_run and x.attempt = v_attempt and x.name = p ->> 'name';
  if v_known <> sha then
    return public.ops_refuse('name_taken', format('attempt %s has an artifact `%s` with other bytes', v_attempt, p ->> 'name'));
  end if;
  -- Two at once may pass the last place together: the limit keeps one caller from filling the store.
  if v_known is null and (select count(*) from public.artifacts x where x.run_id = v_run and x.attempt = v_attempt) >= 200 then
    return public.ops_refuse('too_large', 'the attempt has 200 artifacts, the most that one may have');
  end if;
  return null;
end $$;

-- Whether these bytes may be put under this name, before they are sent to the store.
create or replace function public.artifacts_begin(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return coalesce(public.ops_artifact_refusal(p, a.token_id, p ->> 'sha256'), '{}');
end $$;

-- `sha256` and `size` instead of bytes: the API has seen them in the store.
create or replace function public.artifacts_put(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_is_stored boolean := p ? 'sha256';
  v_bytes bytea := case when p ? 'content_base64' then decode(p ->> 'content_base64', 'base64')
    else convert_to(p ->> 'content', 'UTF8') end;
  v_link bytea := convert_to(p ->> 'url', 'UTF8');
  v_sha text := coalesce(p ->> 'sha256', encode(sha256(coalesce(v_bytes, v_link)), 'hex'));
  v_refusal jsonb;
  f public.artifacts%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_refusal := public.ops_artifact_refusal(p, a.token_id, v_sha);
  if v_refusal is not null then
    return v_refusal;
  end if;
  insert into public.artifacts (run_id, attempt, name, kind, mime, content, url, is_stored, sha256, size, ts)
  values (v_run, v_attempt, p ->> 'name', p ->> 'kind', p ->> 'mime', v_bytes, p ->> 'url', v_is_stored, v_sha,
    coalesce((p ->> 'size')::bigint, octet_length(coalesce(v_bytes, v_link))), v_now)
  on conflict do nothing;
  select * into f from public.artifacts x where x.run_id = v_run and x.attempt = v_attempt and x.name = p ->> 'name';
  -- Another call of the same attempt was quicker.
  if f.sha256 <> v_sha then
    return public.ops_refuse('name_taken', format('attempt %s has an artifact `%s` with other bytes', v_attempt, f.name));
  end if;
  return jsonb_build_object('artifact_id', f.id, 'url', f.url, 'sha256', f.sha256, 'size', f.size);
end $$;

create or replace function public.ops_artifact_json(f public.artifacts) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', f.id, 'run_id', f.run_id, 'attempt', f.attempt, 'name', f.name, 'kind', f.kind,
    'mime', f.mime, 'sha256', f.sha256, 'size', f.size, 'ts', f.ts, 'url', f.url)
$$;

create or replace function public.artifacts_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  f public.artifacts%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into f from public.artifacts x where x.id = (p ->> 'artifact_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such artifact');
  end if;
  return jsonb_build_object('artifact', public.ops_artifact_json(f)
    || jsonb_build_object('is_stored', f.is_stored, 'content_base64', translate(encode(f.content, 'base64'), E'\n', '')));
end $$;

-- Of the newest attempt that left any, or of the one asked for.
create or replace function public.artifacts_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if not exists (select from public.runs r where r.id = v_run) then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  if v_attempt is null then
    select max(x.attempt) into v_attempt from public.artifacts x where x.run_id = v_run;
  end if;
  return jsonb_build_object('artifacts', coalesce((
    select jsonb_agg(public.ops_artifact_json(x) order by x.ts, x.name)
    from public.artifacts x where x.run_id = v_run and x.attempt = v_attempt), '[]'));
end $$;

-- 36_sessions.sql
-- Counts per status are computed, never stored.
create or replace function public.ops_session_json(s public.sessions) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', s.id, 'name', s.name, 'status', s.status, 'meta', s.meta,
    'created_by', s.created_by, 'created_at', s.created_at, 'counts', coalesce((
      select jsonb_object_agg(c.status, c.n) from (
        select r.status, count(*) as n from public.runs r where r.session_id = s.id group by r.status) c), '{}'))
$$;

create or replace function public.sessions_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.sessions (name, meta, created_by, created_at, updated_at)
  values (p ->> 'name', coalesce(p -> 'meta', '{}'), a.actor, v_now, v_now) returning * into s;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.create', s.id::text,
    jsonb_build_object('name', s.name));
  return jsonb_build_object('session', public.ops_session_json(s));
end $$;

create or replace function public.sessions_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into s from public.sessions x where x.id = (p ->> 'session_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  return jsonb_build_object('session', public.ops_session_json(s) || jsonb_build_object('members', coalesce((
    select jsonb_agg(jsonb_build_object('user_id', m.user_id, 'role', m.role) order by m.user_id)
    from public.session_members m where m.session_id = s.id), '[]')));
end $$;

-- Fields that are absent stay. `members` replaces the whole list.
create or replace function public.sessions_update(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.sessions x set name = coalesce(p ->> 'name', x.name), meta = coalesce(p -> 'meta', x.meta), updated_at = v_now
  where x.id = (p ->> 'session_id')::uuid returning * into s;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  if p ? 'members' then
    delete from public.session_members m where m.session_id = s.id;
    insert into public.session_members (session_id, user_id, role)
    select s.id, x.user_id, coalesce(x.role, 'viewer') from jsonb_to_recordset(p -> 'members') as x (user_id text, role text)
    order by x.user_id;
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.update', s.id::text, p - 'auth' - 'session_id');
  return jsonb_build_object('session', public.ops_session_json(s));
end $$;

-- An archived session takes no new runs; `archived: false` opens it again.
create or replace function public.sessions_archive(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_archived boolean := coalesce((p ->> 'archived')::boolean, true);
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.sessions x set status = case when v_archived then 'archived' else 'active' end,
    archived_at = case when v_archived then coalesce(x.archived_at, v_now) end, updated_at = v_now
  where x.id = (p ->> 'session_id')::uuid returning * into s;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.archive', s.id::text,
    jsonb_build_object('archived', v_archived));
  return jsonb_build_object('session', public.ops_session_json(s));
end $$;

-- Only a session without runs goes.
create or replace function public.sessions_delete(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_session uuid := (p ->> 'session_id')::uuid;
  v_runs bigint;
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- FOR UPDATE waits for creates under way, whose foreign key holds the row.
  select * into s from public.sessions x where x.id = v_session for update;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  select count(*) into v_runs from public.runs r where r.session_id = v_session;
  if v_runs > 0 then
    return public.ops_refuse('conflict', format('the session has %s runs; archive it instead', v_runs));
  end if;
  delete from public.sessions x where x.id = v_session;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.delete', v_session::text,
    jsonb_build_object('name', s.name));
  return jsonb_build_object('session_id', v_session, 'deleted', true);
end $$;

-- Newest first; the cursor is the last one's id.
create or replace function public.sessions_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_sessions jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(public.ops_session_json(s) order by s.created_at desc, s.id desc), '[]') into v_sessions from (
    select x.* from public.sessions x
    where (p ->> 'status' is null or x.status = p ->> 'status')
      and (p ->> 'after' is null or (x.created_at, x.id) < (
        select c.created_at, c.id from public.sessions c where c.id = (p ->> 'after')::uuid))
    order by x.created_at desc, x.id desc limit v_limit) s;
  return jsonb_build_object('sessions', v_sessions,
    'next', case when jsonb_array_length(v_sessions) = v_limit then v_sessions -> -1 ->> 'id' end);
end $$;

-- 37_templates.sql
create or replace function public.ops_template_json(t public.run_templates) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('slug', t.slug, 'version', t.version, 'title', t.title, 'description', t.description,
    'default_lane', t.default_lane, 'params', t.runbook -> 'params', 'created_by', t.created_by,
    'created_at', t.created_at, 'updated_at', t.updated_at)
$$;

-- Runs of it that have not ended, from the indexes of what waits and of what is held: a template may
-- have a million that have.
create or replace function public.ops_template_in_use(p_slug text) returns bigint
language sql stable set search_path = '' as $$
  select count(*) from (
    select r.id from public.runs r where r.template = p_slug and r.status = 'queued' and r.parked is null
    union all
    select r.id from public.runs r where r.template = p_slug and r.status = 'queued' and r.parked = 'not_before'
    union all
    select r.id from public.run_leases l join public.runs r on r.id = l.run_id
    where r.template = p_slug and r.status in ('claimed', 'running')) x
$$;

-- `web` has parsed `source` into `runbook`.
create or replace function public.templates_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  b jsonb := p -> 'runbook';
  t public.run_templates%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.run_templates (slug, version, title, description, default_lane, source, runbook, created_by, created_at,
    updated_at)
  values (b ->> 'slug', 1 + coalesce((select max(v.version) from public.run_template_versions v where v.slug = b ->> 'slug'), 0),
    b ->> 'title', coalesce(b ->> 'description', ''), b ->> 'default_lane', p ->> 'source', b,
    a.actor, v_now, v_now)
  on conflict do nothing returning * into t;
  if not found then
    return public.ops_refuse('slug_taken', format('a template `%s` exists', b ->> 'slug'));
  end if;
  insert into public.run_template_versions (slug, version, source, runbook, created_by, created_at)
  values (t.slug, t.version, t.source, t.runbook, a.actor, v_now);
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'templates.create', t.slug, '{}');
  return jsonb_build_object('template', public.ops_template_json(t));
end $$;

create or replace function public.templates_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  t public.run_templates%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into t from public.run_templates x where x.slug = p ->> 'slug';
  if not found then
    return public.ops_refuse('not_found', format('there is no template `%s`', p ->> 'slug'));
  end if;
  if p ? 'version' then
    select v.version, v.source, v.runbook into t.version, t.source, t.runbook
    from public.run_template_versions v where v.slug = t.slug and v.version = (p ->> 'version')::integer;
    if not found then
      return public.ops_refuse('not_found', format('template `%s` has no version %s', p ->> 'slug', p ->> 'version'));
    end if;
  end if;
  return jsonb_build_object('template', public.ops_template_json(t) || jsonb_build_object('source', t.source,
    'runbook', t.runbook, 'in_use', public.ops_template_in_use(t.slug), 'versions', (
      select jsonb_agg(jsonb_build_object('version', v.version, 'created_by', v.created_by, 'created_at', v.created_at)
        order by v.version desc) from public.run_template_versions v where v.slug = t.slug)));
end $$;

-- A new version of the text; the same text changes nothing. With `expected_version` an edit that is
-- based on an older text is refused rather than lost.
create or replace function public.templates_update(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  b jsonb := p -> 'runbook';
  t public.run_templates%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into t from public.run_templates x where x.slug = b ->> 'slug' for no key update;
  if not found then
    return public.ops_refuse('not_found', format('there is no template `%s`', b ->> 'slug'));
  end if;
  if t.version <> (p ->> 'expected_version')::integer then
    return jsonb_build_object('code', 'conflict', 'version', t.version,
      'detail', format('the template is at version %s; this edit is based on %s', t.version, p ->> 'expected_version'));
  end if;
  if t.source = p ->> 'source' then
    return jsonb_build_object('template', public.ops_template_json(t), 'unchanged', true);
  end if;
  update public.run_templates x set version = x.version + 1, title = b ->> 'title',
    description = coalesce(b ->> 'description', ''), default_lane = b ->> 'default_lane', source = p ->> 'source',
    runbook = b, updated_at = v_now
  where x.slug = t.slug returning * into t;
  insert into public.run_template_versions (slug, version, source, runbook, created_by, created_at)
  values (t.slug, t.version, t.source, t.runbook, a.actor, v_now);
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'templates.update', t.slug,
    jsonb_build_object('version', t.version));
  return jsonb_build_object('template', public.ops_template_json(t));
end $$;

-- Not while runs of it wait or run: they have their own copy, but people look it up.
create or replace function public.templates_delete(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_runs bigint;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_runs := public.ops_template_in_use(p ->> 'slug');
  if v_runs > 0 then
    return public.ops_refuse('conflict', format('%s runs of it are queued or running', v_runs));
  end if;
  delete from public.run_templates x where x.slug = p ->> 'slug';
  if not found then
    return public.ops_refuse('not_found', format('there is no template `%s`', p ->> 'slug'));
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'templates.delete', p ->> 'slug', '{}');
  return jsonb_build_object('slug', p ->> 'slug', 'deleted', true);
end $$;

-- By slug; the cursor is the last one's slug.
create or replace function public.templates_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 200), 200);
  v_templates jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(public.ops_template_json(t) order by t.slug collate "C"), '[]') into v_templates from (
    select x.* from public.run_templates x
    where p ->> 'after' is null or x.slug collate "C" > p ->> 'after'
    order by x.slug collate "C" limit v_limit) t;
  return jsonb_build_object('templates', v_templates,
    'next', case when jsonb_array_length(v_templates) = v_limit then v_templates -> -1 ->> 'slug' end);
end $$;

-- 38_lanes_workers.sql
create or replace function public.ops_lane_json(l public.lanes) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('name', l.name, 'concurrency_limit', l.concurrency_limit, 'paused', l.paused,
    'paused_reason', l.paused_reason, 'draining', l.draining, 'dispatch', l.dispatch, 'queue_limit', l.queue_limit, 'queue_full', l.queue_full,
    'queued', (select count(*) from public.runs r where r.lane = l.name and r.status = 'queued' and r.parked is null),
    'held', (select count(*) from public.run_leases x where x.lane = l.name))
$$;

create or replace function public.lanes_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('lanes', (
    select jsonb_agg(public.ops_lane_json(l) order by l.name collate "C") from public.lanes l));
end $$;

-- A lane that does not exist is made. Limits of 0 take the limit away. A pause means no claims; what
-- is held goes on.
create or replace function public.lanes_update(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  l public.lanes%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.lanes (name, created_at) values (p ->> 'name', v_now) on conflict do nothing;
  update public.lanes x set
    concurrency_limit = case when p ? 'concurrency_limit' then nullif((p ->> 'concurrency_limit')::integer, 0)
      else x.concurrency_limit end,
    queue_limit = case when p ? 'queue_limit' then nullif((p ->> 'queue_limit')::integer, 0) else x.queue_limit end,
    queue_full = case when p ? 'queue_limit' then
      coalesce(public.ops_queue_reaches(x.name, nullif((p ->> 'queue_limit')::integer, 0)), false) else x.queue_full end,
    paused = coalesce((p ->> 'paused')::boolean, x.paused),
    draining = coalesce((p ->> 'draining')::boolean, x.draining),
    paused_reason = case when (p ->> 'paused')::boolean then p ->> 'reason'
      when p ? 'paused' then null else x.paused_reason end,
    dispatch = case when p -> 'dispatch' = '{}' then null when p ? 'dispatch' then
      '{"ref": "main", "per_hour": 20}' || coalesce(x.dispatch, '{}') || (p -> 'dispatch') else x.dispatch end,
    updated_at = v_now
  where x.name = p ->> 'name' returning * into l;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'lanes.update', l.name, p - 'auth' - 'name');
  return jsonb_build_object('lane', public.ops_lane_json(l), 'wake', jsonb_build_object(l.name, 1000));
end $$;

-- Those heard of within the last day, the freshest first.
create or replace function public.workers_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('workers', coalesce((
    select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'version', w.version, 'lanes', w.lanes,
      'session_id', w.session_id, 'first_seen', w.first_seen, 'last_seen', w.last_seen,
      'seen_ms_ago', greatest(0, floor(extract(epoch from v_now - w.last_seen) * 1000))::bigint,
      'held', (select count(*) from public.run_leases l where l.worker_id = w.id), 'drain', w.drain,
      'identity', (select t.identity from public.tokens t where t.id = w.token_id))
      order by w.last_seen desc, w.id)
    from (select * from public.workers x where x.last_seen > v_now - interval '1 day'
      order by x.last_seen desc limit 200) w), '[]'));
end $$;

-- The worker takes no more runs, ends those that it has, and goes; told in its next answer.
create or replace function public.workers_drain(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_drain boolean := coalesce((p ->> 'drain')::boolean, true);
  v_lanes text[];
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.workers k set drain = v_drain where k.id = p ->> 'worker_id' returning k.lanes into v_lanes;
  if not found then
    return public.ops_refuse('not_found', 'there is no such worker');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'workers.drain', p ->> 'worker_id',
    jsonb_build_object('drain', v_drain));
  return jsonb_build_object('worker_id', p ->> 'worker_id', 'drain', v_drain,
    -- Its long poll should hear it now.
    'wake', (select jsonb_object_agg(l, 1000) from unnest(v_lanes) l));
end $$;

-- 39_tokens.sql
-- Makes the first token of an installation, or makes it good again. No authentication: only whoever may call
-- functions as the service role or the owner gets here, and no verb of the API leads to it.
create or replace function public.ops_first_token(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_id uuid;
begin
  insert into public.tokens (name, kinds, token_sha256)
  values (p ->> 'name', array(select jsonb_array_elements_text(p -> 'kinds')), p ->> 'token_sha256')
  on conflict (token_sha256) do update set name = excluded.name, kinds = excluded.kinds, revoked_at = null returning id into v_id;
  return jsonb_build_object('id', v_id);
end $$;

create or replace function public.tokens_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  t public.tokens%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.tokens (name, kinds, token_sha256, lanes, created_by, created_at, expires_at)
  values (p ->> 'name', array(select jsonb_array_elements_text(p -> 'kinds')), p ->> 'token_sha256',
    case when jsonb_array_length(p -> 'lanes') > 0 then array(select jsonb_array_elements_text(p -> 'lanes')) end,
    a.actor, v_now, v_now + make_interval(secs => (p ->> 'expires_in_seconds')::double precision))
  returning * into t;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'tokens.create', t.id::text,
    jsonb_build_object('name', t.name, 'kinds', t.kinds, 'lanes', t.lanes));
  return jsonb_build_object('id', t.id);
end $$;

create or replace function public.tokens_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('tokens', coalesce((
    select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'kinds', t.kinds, 'lanes', coalesce(t.lanes, '{}'),
      'created_at', t.created_at, 'expires_at', t.expires_at, 'revoked_at', t.revoked_at,
      'last_used_at', t.last_used_at, 'worker_id', t.worker_id, 'identity', t.identity) order by t.created_at, t.id)
    -- Of each job there is one that nobody needs to see for ever.
    from public.tokens t where t.identity is null or t.expires_at > v_now - interval '1 day'), '[]'));
end $$;

create or replace function public.tokens_revoke(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.tokens t set revoked_at = coalesce(t.revoked_at, v_now) where t.id = (p ->> 'token_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such token');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'tokens.revoke', p ->> 'token_id', '{}');
  return jsonb_build_object('id', p ->> 'token_id', 'revoked', true);
end $$;

-- 40_audit.sql
-- Who did what, when, from where. Newest first; the cursor is the last one's id.
create or replace function public.audit_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_entries jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'ts', e.ts, 'actor', e.actor, 'source_address', e.source_address,
    'action', e.action, 'target', e.target, 'detail', e.detail) order by e.id desc), '[]') into v_entries from (
    select x.* from public.audit x
    where (p ->> 'after' is null or x.id < (p ->> 'after')::bigint)
      and (p ->> 'actor' is null or x.actor = p ->> 'actor')
      and (p ->> 'action' is null or x.action = p ->> 'action')
      and (p ->> 'target' is null or x.target = p ->> 'target')
    order by x.id desc limit v_limit) e;
  return jsonb_build_object('entries', v_entries,
    'next', case when jsonb_array_length(v_entries) = v_limit then v_entries -> -1 ->> 'id' end);
end $$;

-- 41_ui_board.sql
-- Each list is asked twice, once for all sessions and once for one: in a single condition neither would
-- be read in the order of an index.

-- What the Runboard shows, of one session or of all, in one call. `known` is the tag of what the
-- caller has: where nothing that is shown has changed the answer is only that, after a few index
-- probes, however many runs there are.
-- The tag is a digest of what is shown, never a counter that transitions would have to update. The age
-- of heartbeats counts in steps of five seconds, so that a worker that falls silent shows; of a worker
-- that asks, only that it does.
create or replace function public.ops_board_tag(p_session uuid, p_now timestamptz) returns text
language sql stable set search_path = '' as $$
  select md5(concat_ws('|', p_session, public.ops_version(),
    (select max(r.seq) from public.runs r),
    (select max(r.finished_at) from public.runs r where r.finished_at is not null),
    (select min(r.not_before) from public.runs r where r.status = 'queued' and r.parked = 'not_before'),
    (select string_agg(concat_ws(',', l.run_id, l.attempt, l.step, l.heartbeat_at,
        floor(extract(epoch from p_now - l.heartbeat_at) / 5), g.last_pos), ';' order by l.run_id)
      from public.run_leases l left join public.run_logs g on g.run_id = l.run_id),
    (select string_agg(concat_ws(',', l::text,
        (select concat_ws(':', q.priority, q.seq) from public.runs q
          where q.lane = l.name and q.status = 'queued' and q.parked is null order by q.priority, q.seq limit 1)), ';' order by l.name)
      from public.lanes l),
    (select string_agg(concat_ws(',', w.id, w.name, w.version, w.lanes::text, w.session_id, w.drain,
        case when w.last_seen <= p_now - interval '30 seconds' then w.last_seen end), ';' order by w.id) from public.workers w
      where w.last_seen > p_now - interval '10 minutes'),
    (select concat_ws(',', count(*), max(s.updated_at)) from public.sessions s)))
$$;

-- The last lines of a run's log, oldest first.
create or replace function public.ops_last_lines(p_run uuid, p_lines integer) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('pos', e.pos, 'level', e.level, 'message', left(e.message, 400)) order by e.pos), '[]')
  from (select x.pos, x.level, x.message from public.run_events x where x.run_id = p_run order by x.pos desc limit p_lines) e
$$;

create or replace function public.ops_board_lane(l public.lanes, p_session uuid, p_now timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('name', l.name, 'concurrency_limit', l.concurrency_limit, 'paused', l.paused,
    'paused_reason', l.paused_reason, 'draining', l.draining, 'queue_full', l.queue_full,
    'held', (select count(*) from public.run_leases x where x.lane = l.name),
    -- Counted up to a thousand, so that a long queue costs no more than a short one.
    'queued', (select count(*) from (
      (select r.seq from public.runs r where p_session is null and r.lane = l.name and r.status = 'queued' and r.parked is null
        order by r.priority, r.seq limit 1001)
      union all
      (select r.seq from public.runs r where r.session_id = p_session and r.lane = l.name and r.status = 'queued' and r.parked is null
        order by r.priority, r.seq limit 1001)) x),
    'workers', (select count(*) from public.workers w where l.name = any (w.lanes) and not w.drain
      and w.last_seen > p_now - interval '30 seconds' and (p_session is null or w.session_id is null or w.session_id = p_session)),
    'active', coalesce((
      select jsonb_agg(public.ops_run_json(r) || jsonb_build_object('worker_id', x.worker_id, 'lines', public.ops_last_lines(r.id, 5),
        'step_count', jsonb_array_length(r.runbook -> 'steps'),
        'steps_done', (select count(*) from public.run_steps s where s.run_id = r.id and s.attempt = r.attempt and s.status <> 'running'),
        'running_step', (select coalesce((select st.value ->> 'title' from jsonb_array_elements(r.runbook -> 'steps') st
            where st.value ->> 'id' = s.step limit 1), s.step) from public.run_steps s where s.run_id = r.id and s.attempt = r.attempt and s.status = 'running'
          order by s.started_at desc limit 1)) order by r.claimed_at, r.seq)
      from (select y.* from public.run_leases y where y.lane = l.name order by y.run_id limit 50) x
      join public.runs r on r.id = x.run_id and (p_session is null or r.session_id = p_session)), '[]'),
    'queue', coalesce((
      select jsonb_agg(public.ops_run_json(r) || jsonb_build_object('waiting', public.ops_waiting(r, p_now)) order by r.parked is not null, r.priority, r.seq)
      from (
        (select y.* from public.runs y where p_session is null and y.lane = l.name and y.status = 'queued' and y.parked is null
          order by y.priority, y.seq limit 6)
        union all
        (select y.* from public.runs y where y.session_id = p_session and y.lane = l.name and y.status = 'queued' and y.parked is null
          order by y.priority, y.seq limit 6)
        union all
        (select y.* from public.runs y where y.lane = l.name and y.status = 'queued' and y.parked = 'not_before'
          and (p_session is null or y.session_id = p_session) order by y.not_before limit 2)
        union all
        (select y.* from public.runs y where y.lane = l.name and y.status = 'queued' and y.parked in ('depends_on', 'group')
          and (p_session is null or y.session_id = p_session) order by y.priority, y.seq limit 2)) r), '[]'),
    'recent', coalesce((
      select jsonb_agg(public.ops_run_json(r) order by r.finished_at desc)
      from (select y.* from (
          (select z.* from public.runs z where p_session is null and z.finished_at is not null order by z.finished_at desc limit 60)
          union all
          (select z.* from public.runs z where z.session_id = p_session and z.finished_at is not null
            order by z.finished_at desc limit 60)) y
        where y.lane = l.name order by y.finished_at desc limit 5) r), '[]'))
$$;

-- Workers that asked within ten minutes, at most 50, the newest first: those that ask in the order of
-- their names, so that rows stand still, then the silent ones. A second ago or ten is the same here.
create or replace function public.ops_board_workers(p_session uuid, p_now timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'version', w.version, 'lanes', w.lanes,
    'silent_since', w.silent_since, 'held', coalesce(h.n, 0), 'drain', w.drain)
    order by w.silent_since desc nulls first, w.id collate "C"), '[]')
  from (
    select x.id, x.name, x.version, x.lanes, x.drain,
      case when x.last_seen <= p_now - interval '30 seconds' then x.last_seen end as silent_since
    from public.workers x
    where x.last_seen > p_now - interval '10 minutes'
      and (p_session is null or x.session_id is null or x.session_id = p_session)
    order by silent_since desc nulls first, x.id collate "C" limit 50) w
  left join (select l.worker_id, count(*) as n from public.run_leases l group by l.worker_id) h on h.worker_id = w.id
$$;

create or replace function public.ui_board(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_session uuid := (p ->> 'session_id')::uuid;
  v_tag text;
  v_ends jsonb;
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_tag := public.ops_board_tag(v_session, v_now);
  if v_tag = p ->> 'known' then
    return jsonb_build_object('unchanged', true, 'tag', v_tag);
  end if;
  if v_session is not null then
    select * into s from public.sessions x where x.id = v_session;
    if not found then
      return public.ops_refuse('not_found', 'there is no such session');
    end if;
  end if;
  -- Ends per two minutes over the last hour, of the newest 5,000.
  with e as materialized (
    select x.status, floor(extract(epoch from x.finished_at - (v_now - interval '1 hour')) / 120)::integer as slot
    from (
      (select r.status, r.finished_at from public.runs r where v_session is null and r.finished_at > v_now - interval '1 hour'
        order by r.finished_at desc limit 5000)
      union all
      (select r.status, r.finished_at from public.runs r where r.session_id = v_session and r.finished_at > v_now - interval '1 hour'
        order by r.finished_at desc limit 5000)) x
  ), b as (select e.slot, count(*) as n from e group by e.slot)
  select jsonb_build_object(
    'succeeded', (select count(*) from e where e.status = 'succeeded'),
    'failed', (select count(*) from e where e.status in ('failed', 'timed_out')),
    'buckets', (select jsonb_agg(coalesce(b.n, 0) order by g) from generate_series(0, 29) g left join b on b.slot = g))
  into v_ends;
  return jsonb_build_object('tag', v_tag, 'now', v_now, 'session', case when v_session is not null then public.ops_session_json(s) end,
    'ends', v_ends,
    'lanes', (select jsonb_agg(public.ops_board_lane(l, v_session, v_now) order by l.name collate "C") from public.lanes l),
    'workers', public.ops_board_workers(v_session, v_now),
    'sessions', coalesce((select jsonb_agg(jsonb_build_object('id', x.id, 'name', x.name) order by x.created_at desc)
      from (select * from public.sessions y where y.status = 'active' order by y.created_at desc limit 50) x), '[]'));
end $$;

-- 42_ui_reads.sql
-- What pages read. A page costs one call: `ui_read` gives what the frame shows and, under the names
-- that the caller chose, the answers of the reads that it names. A read that refuses answers its
-- refusal under its own name, so that a page can still say the rest.

-- Who is asking, and what the frame offers. `session` is the chosen one, archived ones too; null
-- where there is no such session.
create or replace function public.ops_ui_frame(p_actor text, p_session uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('actor', p_actor,
    'session', (select jsonb_build_object('id', s.id, 'name', s.name, 'status', s.status)
      from public.sessions s where s.id = p_session),
    'sessions', coalesce((select jsonb_agg(jsonb_build_object('id', x.id, 'name', x.name) order by x.created_at desc, x.id)
      from (select * from public.sessions y where y.status = 'active' order by y.created_at desc, y.id limit 50) x), '[]'),
    'lanes', coalesce((select jsonb_agg(l.name order by l.name collate "C") from public.lanes l), '[]'),
    'templates', coalesce((select jsonb_agg(jsonb_build_object('slug', x.slug, 'title', x.title) order by x.slug collate "C")
      from (select * from public.run_templates y order by y.slug collate "C" limit 200) x), '[]'))
$$;

-- The filters of the Runs page: as in `runs_list`, but `statuses` is a list and the time counts back from now.
-- Rows up to `upto`, the newest first, and how many came since. `upto` is the newest run of all where
-- nobody names one, so that what comes later is only counted.
create or replace function public.ui_runs(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' set jit = off
set plan_cache_mode = force_custom_plan as $$
declare
  v_now timestamptz := clock_timestamp();
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_upto bigint := coalesce((p ->> 'upto')::bigint, (select max(r.seq) from public.runs r), 0);
  -- Told once: the words of `p` would be read again for each row.
  v_statuses text[] := case when p ? 'statuses' then array(select jsonb_array_elements_text(p -> 'statuses')) end;
  v_since timestamptz := v_now - make_interval(secs => (p ->> 'within_seconds')::double precision);
  v_text text := lower(p ->> 'text');
  v_lane text := p ->> 'lane';
  v_template text := p ->> 'template';
  v_session uuid := (p ->> 'session_id')::uuid;
  v_repo text := p ->> 'repo';
  v_worker text := p ->> 'worker';
  v_after bigint := (p ->> 'after')::bigint;
  v_tag text;
  v_runs jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- Where nothing at all has changed, nothing in the list has; a period moves on by itself.
  v_tag := public.ops_board_tag(null, v_now);
  if v_since is not null then
    v_tag := md5(v_tag || floor(extract(epoch from v_now) / 30));
  end if;
  if v_tag = p ->> 'known' then
    return jsonb_build_object('unchanged', true, 'tag', v_tag);
  end if;
  select coalesce(jsonb_agg(public.ops_run_json(r) || jsonb_build_object('waiting', public.ops_waiting(r, v_now))
    order by r.seq desc), '[]') into v_runs from (
    select * from public.runs x
    where x.seq <= v_upto and (v_after is null or x.seq < v_after)
      and (v_statuses is null or x.status = any (v_statuses))
      and (v_lane is null or x.lane = v_lane)
      and (v_template is null or x.template = v_template)
      and (v_session is null or x.session_id = v_session)
      and (v_repo is null or x.repo = v_repo)
      and (v_worker is null or x.claimed_by = v_worker or starts_with(x.claimed_by, v_worker || '-'))
      and (v_since is null or x.created_at >= v_since)
      and (v_text is null or position(v_text in lower(concat_ws(' ', x.title, x.template, x.intent, x.env, x.repo,
        x.reason, x.error, x.id))) > 0)
    order by x.seq desc limit v_limit) r;
  return jsonb_build_object('now', v_now, 'tag', v_tag, 'upto', v_upto, 'runs', v_runs,
    'next', case when jsonb_array_length(v_runs) = v_limit then v_runs -> -1 -> 'seq' end,
    'newer', (select count(*) from (select from public.runs x where x.seq > v_upto
      and (v_statuses is null or x.status = any (v_statuses))
      and (v_lane is null or x.lane = v_lane)
      and (v_template is null or x.template = v_template)
      and (v_session is null or x.session_id = v_session)
      and (v_repo is null or x.repo = v_repo)
      and (v_worker is null or x.claimed_by = v_worker or starts_with(x.claimed_by, v_worker || '-'))
      and (v_since is null or x.created_at >= v_since)
      and (v_text is null or position(v_text in lower(concat_ws(' ', x.title, x.template, x.intent, x.env, x.repo,
        x.reason, x.error, x.id))) > 0) limit 100) n));
end $$;

-- Templates with what their last run came to.
create or replace function public.ui_templates(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('now', v_now, 'templates', coalesce((
    select jsonb_agg(public.ops_template_json(t) || jsonb_build_object('steps', jsonb_array_length(t.runbook -> 'steps'),
      -- The last one up to this slug in the order of its index, where the planner would else walk all runs
      -- in search of a template that has none.
      'last', (select case when r.template = t.slug then public.ops_run_json(r) end from (
        select * from public.runs y where y.template <= t.slug order by y.template desc, y.seq desc limit 1) r))
      order by t.slug collate "C")
    from (select x.* from public.run_templates x
      where p ->> 'text' is null or position(lower(p ->> 'text') in lower(concat_ws(' ', x.slug, x.title, x.description))) > 0
      order by x.slug collate "C" limit 500) t), '[]'));
end $$;

-- What the lines before a part leave behind, as the lines that make it: of the last 5,000 those that set
-- colours or begin or end a group, at most 500, and the last one with a step. Of their text only what counts.
create or replace function public.ops_log_lead(p_run uuid, p_first bigint) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('pos', z.pos, 'attempt', z.attempt, 'ts', z.ts, 'level', z.level,
    'source', z.source, 'step', z.step, 'message', coalesce(z.mark, '')
      || array_to_string(array(select m[1] from regexp_matches(z.message, '((?:\u001b\[|\u009b)[ -?]*m)', 'g') m), ''))
    order by z.pos), '[]')
  from (
    select y.*, substring(y.message from '^(?: |\u001b\[[0-9;]*m)*((?:::|##\[)(?:end)?group(?:::|\]))') as mark
    from (select * from public.run_events x where x.run_id = p_run and x.pos < p_first order by x.pos desc limit 5000) y
    where position(chr(27) in y.message) > 0 or position(chr(155) in y.message) > 0
      or y.message ~ '^ *(::|##\[)(end)?group' or y.pos = p_first - 1
      or y.pos = (select x.pos from public.run_events x where x.run_id = p_run and x.pos < p_first and x.step is not null
        order by x.pos desc limit 1)
    order by y.pos desc limit 500) z
$$;

-- A part of a run's log: the lines after `after`, before `before` or around `around`; else the last ones, or,
-- where a run failed long before them, those around its first error. With the counts that stand above it and, where `lead` is not false, what the lines before it leave behind.
create or replace function public.ui_log(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_after bigint := (p ->> 'after')::bigint;
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 2000), 5000);
  v_events jsonb;
  v_status text;
  v_held boolean;
  v_around bigint := (p ->> 'around')::bigint;
  v_end bigint := (p ->> 'before')::bigint;
  v_first bigint;
  v_last bigint;
  v_error bigint;
  g public.run_logs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- The status before the lines: whoever reads an end has seen all that came before it.
  select r.status into v_status from public.runs r where r.id = v_run;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  v_held := exists (select from public.run_leases l where l.run_id = v_run);
  select * into g from public.run_logs x where x.run_id = v_run;
  select e.pos into v_error from public.run_events e where e.run_id = v_run and e.level = 'error' order by e.pos limit 1;
  if v_status = 'failed' and coalesce(v_after, v_end, v_around) is null and v_error <= g.last_pos - v_limit then
    v_around := v_error;
  end if;
  -- So many after the line that it stands in the middle.
  v_end := coalesce(v_around + v_limit / 2, v_end);
  select coalesce(jsonb_agg(jsonb_build_object('pos', e.pos, 'attempt', e.attempt, 'ts', e.ts, 'level', e.level,
    'source', e.source, 'step', e.step, 'message', e.message, 'data', e.data, 'more', e.more, 'lossy', e.lossy)
    order by e.pos), '[]') into v_events
  from (
    (select * from public.run_events x where v_after is not null and x.run_id = v_run and x.pos > v_after
      order by x.pos limit v_limit)
    union all
    (select * from public.run_events x where v_after is null and x.run_id = v_run and (v_end is null or x.pos < v_end)
      order by x.pos desc limit v_limit)) e;
  v_first := (v_events #>> '{0,pos}')::bigint;
  v_last := (v_events -> -1 ->> 'pos')::bigint;
  return jsonb_build_object('events', v_events, 'status', v_status, 'held', v_held,
    'first', v_first, 'next', coalesce(v_last, v_after, 0),
    'earlier', exists (select from public.run_events e where e.run_id = v_run and e.pos < v_first),
    'later', exists (select from public.run_events e where e.run_id = v_run and e.pos > v_last),
    'lead', case when (p ->> 'lead')::boolean is not false and v_first is not null
      then public.ops_log_lead(v_run, v_first) else '[]' end,
    'lines', coalesce(g.last_pos - g.dropped_events, 0), 'dropped', coalesce(g.dropped_events, 0),
    'errors', (select count(*) from public.run_events e where e.run_id = v_run and e.level = 'error'),
    'first_error', v_error);
end $$;

-- Lines that hold `text`, case apart: the true count, and where the first 10,000 stand.
create or replace function public.ui_log_hits(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_positions bigint[];
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(array_agg(e.pos order by e.pos), '{}') into v_positions from public.run_events e
  where e.run_id = v_run and position(lower(p ->> 'text') in lower(e.message)) > 0;
  return jsonb_build_object('total', cardinality(v_positions), 'positions', to_jsonb(v_positions[1:10000]));
end $$;

-- All documents, or those of one bundle, without their texts.
create or replace function public.spec_docs_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('documents', coalesce((
    select jsonb_agg(public.ops_spec_json(d) || jsonb_build_object('meta', d.meta) order by d.slug collate "C")
    from (select * from public.spec_docs x where p ->> 'bundle' is null or x.bundle = p ->> 'bundle'
      order by x.slug collate "C" limit 500) d), '[]'));
end $$;

create or replace function public.spec_docs_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  d public.spec_docs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into d from public.spec_docs x where x.slug = p ->> 'slug';
  if not found then
    return public.ops_refuse('not_found', format('there is no document `%s`', p ->> 'slug'));
  end if;
  return jsonb_build_object('document', public.ops_spec_json(d)
    || jsonb_build_object('content', d.content, 'meta', d.meta));
end $$;

-- `reads`: name → {"of": function, …arguments}. `frame: false` leaves the frame out; `session_id` is
-- the session that the frame stands in.
create or replace function public.ui_read(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_answers jsonb := '{}'::jsonb;
  v_read jsonb;
  v_args jsonb;
  v_name text;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  for v_name, v_read in select e.key, e.value from jsonb_each(p -> 'reads') e loop
    v_args := v_read || jsonb_build_object('auth', p -> 'auth');
    v_answers := v_answers || jsonb_build_object(v_name, case v_read ->> 'of'
      when 'ui_board' then public.ui_board(v_args)
      when 'ui_runs' then public.ui_runs(v_args)
      when 'ui_templates' then public.ui_templates(v_args)
      when 'ui_log' then public.ui_log(v_args)
      when 'ui_log_hits' then public.ui_log_hits(v_args)
      when 'runs_get' then public.runs_get(v_args)
      when 'events_list' then public.events_list(v_args)
      when 'artifacts_list' then public.artifacts_list(v_args)
      when 'artifacts_get' then public.artifacts_get(v_args)
      when 'templates_get' then public.templates_get(v_args)
      when 'sessions_get' then public.sessions_get(v_args)
      when 'workers_list' then public.workers_list(v_args)
      when 'lanes_list' then public.lanes_list(v_args)
      when 'dispatch_list' then public.dispatch_list(v_args)
      when 'trust_list' then public.trust_list(v_args)
      when 'spec_docs_list' then public.spec_docs_list(v_args)
      when 'spec_docs_get' then public.spec_docs_get(v_args) end);
  end loop;
  return jsonb_build_object('now', v_now, 'reads', v_answers,
    'may_act', (select 'operator' = any (t.kinds) from public.tokens t where t.id = a.token_id),
    'frame', case when (p ->> 'frame')::boolean is not false then public.ops_ui_frame(a.actor, (p ->> 'session_id')::uuid) end);
end $$;

-- 43_setup.sql
-- What `ops setup` looks at. Both are for whoever holds the service key, or the database itself.

-- What is installed, as facts: what should be there is known by the program that asks.
-- One query, so that a program with a connection can ask it where the function is missing.
create or replace function public.ops_catalog(p jsonb) returns jsonb
language sql stable set search_path = '' set statement_timeout = '10s' as $$
  with roles as (select array(select r.rolname::text from pg_catalog.pg_roles r
    where r.rolname in ('anon', 'authenticated', 'service_role') order by 1) as names)
  select jsonb_build_object(
    'roles', to_jsonb(roles.names),
    -- Asked at run time, because there may be no such table.
    'operators', case when pg_catalog.to_regclass('public.tokens') is not null then
      (regexp_match(pg_catalog.query_to_xml('select count(*) as n from public.tokens t where ''operator'' = any (t.kinds)
        and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())', false, true, '')::text, '<n>(\d+)</n>'))[1]::bigint end,
    'bypass', (select r.rolbypassrls from pg_catalog.pg_roles r where r.rolname = 'service_role'),
    'tables', coalesce((select jsonb_object_agg(c.relname, jsonb_build_object('rls', c.relrowsecurity,
        'columns', (select jsonb_object_agg(a.attname, replace(pg_catalog.format_type(a.atttypid, a.atttypmod), 'public.', '')
            || case when a.attnotnull then ' not null' else '' end)
          from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
        'indexes', (select coalesce(jsonb_agg(i.relname order by i.relname), '[]') from pg_catalog.pg_index x
          join pg_catalog.pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid and x.indisvalid),
        'policies', (select coalesce(jsonb_object_agg(y.polname, md5(concat_ws('|', y.polcmd::text,
            array(select r.rolname from pg_catalog.pg_roles r where r.oid = any (y.polroles) order by 1)::text,
            -- Names are qualified or not, as whoever asks has it.
            regexp_replace(pg_catalog.pg_get_expr(y.polqual, y.polrelid), 'public\.|\s+', '', 'g')))), '{}')
          from pg_catalog.pg_policy y where y.polrelid = c.oid),
        'rights', (select jsonb_object_agg(r, array(select w from unnest(array['select', 'insert', 'update', 'delete']) w
            where pg_catalog.has_table_privilege(r, c.oid, w))) from unnest(roles.names) r)))
      from pg_catalog.pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'), '{}'),
    'functions', coalesce((select jsonb_object_agg(f.proname || '(' || replace(pg_catalog.pg_get_function_identity_arguments(f.oid), 'public.', '') || ')',
        jsonb_build_object('body', md5(f.prosrc), 'rights', array(select r from unnest(roles.names) r
          where pg_catalog.has_function_privilege(r, f.oid, 'execute'))))
      from pg_catalog.pg_proc f where f.pronamespace = 'public'::regnamespace and f.prokind = 'f'), '{}'),
    'published', case when exists (select from pg_catalog.pg_publication b where b.pubname = 'supabase_realtime') then
      coalesce((select jsonb_agg(t.tablename order by t.tablename) from pg_catalog.pg_publication_tables t
        where t.pubname = 'supabase_realtime' and t.schemaname = 'public'), '[]') end,
    -- The job of 96_schedule.sql; absent where there is no pg_cron. Each role sees its own jobs alone.
    'schedule', (select case when pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(c.oid, 'select') then
        (select jsonb_build_object('is_readable', true, 'every', j.job[1], 'is_active', j.job[2] = 'true') from (select regexp_match(
          pg_catalog.query_to_xml('select j.schedule, j.active from cron.job j where j.jobname = ''ops-sweep'' order by j.active desc limit 1',
            false, true, '')::text, '<schedule>([^<]*)</schedule>\s*<active>(\w+)</active>') as job) j)
        else '{"is_readable": false}'::jsonb end
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'cron' and c.relname = 'job'))
  from roles
$$;

-- Lets a run live from its creation to its end, and takes everything back. The step that failed says
-- what is wrong with an installation whose parts all look right.
create or replace function public.ops_self_test(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '10s' as $$
declare
  v_auth jsonb := jsonb_build_object('token_sha256', repeat(md5(gen_random_uuid()::text), 2));
  v_worker text := 'setup-' || gen_random_uuid();
  v_step text;
  v_answer jsonb;
  v_run text;
begin
  begin
    v_step := 'mint a token';
    perform public.ops_first_token(jsonb_build_object('name', v_worker, 'kinds', '["operator", "worker"]'::jsonb) || v_auth);
    v_step := 'make a lane';
    -- Of its own, so that no run of anybody is taken.
    v_answer := public.lanes_update(jsonb_build_object('auth', v_auth, 'name', v_worker));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_step := 'queue a run';
    v_answer := public.runs_create(jsonb_build_object('auth', v_auth, 'runs', jsonb_build_array(jsonb_build_object(
      'idempotency_key', v_worker, 'lane', v_worker, 'title', 'Setup',
      'runbook', '{"version": 1, "slug": "setup", "title": "Setup", "steps": []}'::jsonb))));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_run := v_answer #>> '{runs,0,run_id}';
    v_step := 'claim it';
    v_answer := public.runs_claim(jsonb_build_object('auth', v_auth, 'worker_id', v_worker, 'lanes', jsonb_build_array(v_worker),
      'request_id', 1, 'start', true));
    if v_answer ? 'code' or v_answer #>> '{runs,0,run_id}' is distinct from v_run then raise exception using errcode = 'OPS01'; end if;
    v_step := 'write its log';
    v_answer := public.events_append(jsonb_build_object('auth', v_auth, 'run_id', v_run, 'worker_id', v_worker, 'attempt', 1,
      'first_seq', 1, 'events', '[{"message": "hello"}]'::jsonb));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_step := 'keep an artifact';
    v_answer := public.artifacts_put(jsonb_build_object('auth', v_auth, 'run_id', v_run, 'worker_id', v_worker, 'attempt', 1,
      'name', 'note', 'kind', 'file', 'mime', 'text/plain', 'content', 'hello'));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_step := 'finish it';
    v_answer := public.runs_finish(jsonb_build_object('auth', v_auth, 'worker_id', v_worker, 'finish', jsonb_build_array(
      jsonb_build_object('run_id', v_run, 'attempt', 1, 'status', 'succeeded', 'last_seq', 1))));
    if v_answer #>> '{finished,0,status}' is distinct from 'succeeded' then raise exception using errcode = 'OPS01'; end if;
    -- What was made goes; only the message stays.
    raise exception using errcode = 'OPS00';
  exception
    when sqlstate 'OPS00' then
      return jsonb_build_object('passed', true);
    when sqlstate 'OPS01' then
      return jsonb_build_object('passed', false, 'step', v_step, 'why', concat_ws(': ', v_answer ->> 'code', v_answer ->> 'detail'));
    when others then
      return jsonb_build_object('passed', false, 'step', v_step, 'why', sqlstate || ' ' || sqlerrm);
  end;
end $$;

-- 45_trust.sql
create or replace function public.ops_trust_json(t public.trust_rules) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(t) || jsonb_build_object('lanes', coalesce(to_jsonb(t.lanes), '[]'))
$$;

create or replace function public.trust_add(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_lanes text[] := array(select jsonb_array_elements_text(p -> 'lanes'));
  v_unknown text[];
  t public.trust_rules%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select array_agg(l) into v_unknown from unnest(v_lanes) l where not exists (select from public.lanes x where x.name = l);
  if v_unknown is not null then
    return jsonb_build_object('code', 'invalid', 'errors', jsonb_build_array(jsonb_build_object('field', 'lanes',
      'message', format('there is no lane `%s`', array_to_string(v_unknown, '`, `')))));
  end if;
  insert into public.trust_rules (issuer, repository, repository_id, repository_owner_id, workflow, job_workflow, ref,
    environment, events, runner, lanes, created_by, created_at)
  values (p ->> 'issuer', p ->> 'repository', p ->> 'repository_id', p ->> 'repository_owner_id', p ->> 'workflow',
    p ->> 'job_workflow', p ->> 'ref', p ->> 'environment', array(select jsonb_array_elements_text(p -> 'events')),
    p ->> 'runner', case when cardinality(v_lanes) > 0 then v_lanes end, a.actor, v_now)
  returning * into t;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'trust.add', t.id::text, public.ops_trust_json(t));
  return jsonb_build_object('rule', public.ops_trust_json(t));
end $$;

create or replace function public.trust_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('rules', coalesce((
    select jsonb_agg(public.ops_trust_json(t) order by t.repository collate "C", t.created_at, t.id)
    from public.trust_rules t), '[]'));
end $$;

-- Whoever came in by the rule is out at once.
create or replace function public.trust_remove(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_revoked bigint;
  t public.trust_rules%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  delete from public.trust_rules x where x.id = (p ->> 'rule_id')::uuid returning * into t;
  if not found then
    return public.ops_refuse('not_found', 'there is no such rule');
  end if;
  with ended as (
    update public.tokens k set revoked_at = coalesce(k.revoked_at, v_now), trust_rule_id = null
    where k.trust_rule_id = t.id returning k.expires_at
  ) select count(*) filter (where ended.expires_at > v_now) into v_revoked from ended;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'trust.remove', t.id::text,
    public.ops_trust_json(t) || jsonb_build_object('revoked', v_revoked));
  return jsonb_build_object('id', t.id, 'revoked', v_revoked);
end $$;

-- Why a rule does not take these claims; null where it does. The lanes come last: whoever gets so far
-- is known.
create or replace function public.ops_mismatch(t public.trust_rules, p_claims jsonb, p_lanes text[]) returns text
language sql immutable set search_path = '' as $$
  select case
    when t.issuer <> p_claims ->> 'issuer' then format('the rule is for issuer %s', t.issuer)
    when t.repository_owner_id <> p_claims ->> 'repository_owner_id' then
      format('the repository belongs to owner %s now', p_claims ->> 'repository_owner_id')
    when t.workflow <> coalesce(p_claims ->> 'workflow', '') then format('the rule is for workflow %s', t.workflow)
    when t.job_workflow <> coalesce(p_claims ->> 'job_workflow', '') then
      format('the rule is for jobs of workflow %s', t.job_workflow)
    when t.ref <> coalesce(p_claims ->> 'ref', '') then format('the rule is for ref %s', t.ref)
    when lower(t.environment) <> lower(coalesce(p_claims ->> 'environment', '')) then
      format('the rule is for environment %s', t.environment)
    when not coalesce(p_claims ->> 'event', '') = any (t.events) then
      format('the rule is for events %s', array_to_string(t.events, ', '))
    when t.runner <> coalesce(p_claims ->> 'runner', '') then format('the rule is for %s runners', t.runner)
    when not p_lanes <@ t.lanes then format('the rule is for lanes %s', array_to_string(t.lanes, ', '))
  end
$$;

-- One text for the stranger, the reason for the audit trail. A flood fills no disk: sixty entries a
-- minute are enough to see it.
create or replace function public.ops_distrust(p jsonb, p_now timestamptz, p_reason text) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if (select count(*) from (select from public.audit x where x.ts > p_now - interval '1 minute'
      and x.action = 'workers.exchange_refused' limit 60) s) < 60 then
    perform public.ops_audit(p -> 'auth', null, coalesce(p #>> '{claims,repository}', 'unknown'), p_now,
      'workers.exchange_refused', p #>> '{claims,url}', jsonb_build_object('reason', p_reason, 'claims', p -> 'claims'));
  end if;
  return public.ops_refuse('unauthenticated', 'the token is not accepted');
end $$;

-- The identity token of a job, verified by `web`, for a worker's token of some minutes. Every exchange
-- is a worker of its own, because the jobs of one matrix have the same claims; with a current token the
-- same worker gets its next one.
create or replace function public.workers_exchange(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_claims jsonb := p -> 'claims';
  v_asked text[] := array(select jsonb_array_elements_text(p -> 'lanes'));
  v_lives integer := coalesce((p ->> 'lives_seconds')::integer, 1200);
  v_expires timestamptz := v_now + make_interval(secs => v_lives);
  v_renewed boolean := p #>> '{auth,token_sha256}' is not null;
  v_reason text;
  t public.trust_rules%rowtype;
  k public.tokens%rowtype;
begin
  if p ? 'refused' then
    return public.ops_distrust(p, v_now, p ->> 'refused');
  end if;
  delete from public.oidc_tokens o where (o.issuer, o.jti) in (
    select x.issuer, x.jti from public.oidc_tokens x where x.expires_at < v_now
    order by x.expires_at limit 100 for update skip locked);
  insert into public.oidc_tokens (issuer, jti, expires_at)
  values (v_claims ->> 'issuer', v_claims ->> 'jti', to_timestamp((v_claims ->> 'good_until')::double precision))
  on conflict do nothing;
  if not found then
    return public.ops_distrust(p, v_now, 'this identity token was used before');
  end if;

  if v_renewed then
    select * into k from public.tokens x where x.token_sha256 = p #>> '{auth,token_sha256}' for no key update;
    if not found then
      -- The answer of the renewal before was lost.
      select * into k from public.tokens x where x.previous_sha256 = p #>> '{auth,token_sha256}'
        and x.previous_until > v_now for no key update;
    end if;
    v_reason := case
      when k.id is null then 'the token to renew is unknown'
      when k.identity is null then 'the token to renew was not made by an exchange'
      when k.revoked_at is not null then 'the token to renew was revoked'
      when (k.identity ->> 'repository_id', k.identity ->> 'run_id', k.identity ->> 'run_attempt') is distinct from
        (v_claims ->> 'repository_id', v_claims ->> 'run_id', v_claims ->> 'run_attempt') then
        'the token to renew belongs to another job' end;
    if v_reason is not null then
      return public.ops_distrust(p, v_now, v_reason);
    end if;
    v_asked := coalesce(k.lanes, '{}');
  end if;

  -- The rule that takes them, else the one that comes nearest.
  select x.* into t from public.trust_rules x where x.repository_id = v_claims ->> 'repository_id'
  order by public.ops_mismatch(x, v_claims, v_asked) is not null,
    public.ops_mismatch(x, v_claims, '{}') is not null, x.created_at limit 1;
  if t.id is null then
    return public.ops_distrust(p, v_now, format('there is no rule for repository id %s', v_claims ->> 'repository_id'));
  end if;
  v_reason := public.ops_mismatch(t, v_claims, v_asked);
  if v_reason is not null then
    if public.ops_mismatch(t, v_claims, '{}') is null then
      return public.ops_refuse('forbidden', v_reason);
    end if;
    return public.ops_distrust(p, v_now, v_reason);
  end if;

  if v_renewed then
    update public.tokens x set token_sha256 = p ->> 'token_sha256', previous_sha256 = x.token_sha256,
      previous_until = v_now + interval '1 minute', expires_at = v_expires, trust_rule_id = t.id
    where x.id = k.id returning * into k;
  else
    insert into public.tokens (name, kinds, token_sha256, lanes, worker_id, identity, trust_rule_id, created_by,
      created_at, expires_at)
    values (format('%s run %s', v_claims ->> 'repository', v_claims ->> 'run_id'), '{worker}', p ->> 'token_sha256',
      case when cardinality(v_asked) > 0 then v_asked else t.lanes end, p ->> 'worker_id',
      v_claims - 'jti' - 'good_until', t.id, format('trust rule %s', t.id), v_now, v_expires)
    returning * into k;
    perform public.ops_audit(p -> 'auth', k.id, k.name, v_now, 'workers.exchange', k.worker_id,
      jsonb_build_object('rule', t.id, 'lanes', k.lanes, 'identity', k.identity));
  end if;
  return jsonb_build_object('worker_id', k.worker_id, 'lanes', coalesce(k.lanes, array(select l.name from public.lanes l order by l.name)),
    'expires_at', k.expires_at, 'expires_in_seconds', v_lives);
end $$;

-- 46_dispatch.sql
create or replace function public.ops_dispatch_json(d public.dispatches) returns jsonb
language sql stable set search_path = '' as $$ select to_jsonb(d) - 'cancel_tried_at' $$;

-- Whether a worker of the lane was heard of lately, or since `p_since`.
create or replace function public.ops_lane_is_served(p_lane text, p_now timestamptz, p_since timestamptz) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.workers w where p_lane = any (w.lanes) and not w.drain
    and (w.last_seen > p_now - interval '30 seconds' or w.last_seen > p_since))
$$;

-- How long a lane waits after its last dispatches led to nothing: 30 s, doubled with each, at most an hour.
create or replace function public.ops_dispatch_pause(p_lane text) returns interval
language sql stable set search_path = '' as $$
  select least(interval '1 hour', interval '30 seconds' * power(2, greatest(0, count(*) - 1))) * sign(count(*))
  from (select d.status, bool_and(d.status in ('refused', 'absent', 'unknown')) over (order by d.requested_at desc) as failing
    from public.dispatches d where d.lane = p_lane and d.cause = 'queue' and d.closed_at is not null
    order by d.requested_at desc limit 12) s where s.failing
$$;

-- Scale from zero: which workflows have to be started now. Whoever gets the list sends it and tells what
-- came of it by `ops_dispatched`. Lanes without a rule cost one look at the lanes.
create or replace function public.ops_scale(p_now timestamptz, p_lanes text[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_todo jsonb := '[]'::jsonb;
  v_end text;
  l public.lanes%rowtype;
  d public.dispatches%rowtype;
begin
  for l in
    select x.* from public.lanes x where x.dispatch is not null and (p_lanes is null or x.name = any (p_lanes))
    order by x.name for no key update skip locked
  loop
    select * into d from public.dispatches x where x.lane = l.name and x.cause = 'queue' and x.closed_at is null;
    if found then
      v_end := case
        when d.status = 'sent' and public.ops_lane_is_served(l.name, p_now, d.requested_at) then 'arrived'
        when d.status = 'sent' and d.requested_at < p_now - interval '10 minutes' then 'absent'
        when d.status = 'sending' and d.requested_at < p_now - interval '1 minute' then 'unknown' end;
      continue when v_end is null;
      update public.dispatches x set closed_at = p_now, status = v_end, error = case v_end
        when 'absent' then 'no worker of the lane was heard of within ten minutes'
        when 'unknown' then 'whoever asked GitHub did not live to tell what came of it' end
      where x.id = d.id;
    end if;
    continue when l.paused or l.draining
      or not exists (select from public.runs q where q.lane = l.name and q.status = 'queued' and q.parked is null)
      or public.ops_lane_is_served(l.name, p_now, null)
      or p_now < (select max(x.requested_at) from public.dispatches x where x.lane = l.name and x.cause = 'queue')
        + public.ops_dispatch_pause(l.name)
      or (select count(*) from public.dispatches x where x.lane = l.name and x.cause = 'queue'
        and x.requested_at > p_now - interval '1 hour') >= (l.dispatch ->> 'per_hour')::integer;
    insert into public.dispatches (lane, cause, repository, workflow, ref, inputs, requested_by, requested_at)
    values (l.name, 'queue', l.dispatch ->> 'repository', l.dispatch ->> 'workflow', l.dispatch ->> 'ref',
      coalesce(l.dispatch -> 'inputs', '{}') || jsonb_build_object('lanes', l.name), 'control room', p_now)
    on conflict do nothing returning * into d;
    if found then
      v_todo := v_todo || public.ops_dispatch_json(d);
    end if;
  end loop;
  return v_todo;
end $$;

-- What GitHub said. No verb leads here.
create or replace function public.ops_dispatched(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  d public.dispatches%rowtype;
begin
  update public.dispatches x set status = p ->> 'status', github_run_id = p ->> 'github_run_id', url = p ->> 'url',
    error = p ->> 'error', answered_at = v_now, retry_after_seconds = (p ->> 'retry_after_seconds')::integer,
    -- An operator's is followed on GitHub's page; nothing waits for its worker. What has no id cannot be followed.
    closed_at = case when p ->> 'status' <> 'sent' or x.cause = 'operator'
      or x.cause = 'step' and p ->> 'github_run_id' is null then v_now end
  -- Late is better than never for a step: what nobody follows any more is found by its id, and ended.
  where x.id = (p ->> 'id')::uuid and (x.status = 'sending' or x.cause = 'step' and x.status = 'unknown')
  returning * into d;
  if not found then
    return public.ops_refuse('not_found', 'there is no such dispatch that waits for an answer');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- Whether an operator named the repository, in a lane's rule or in a trust rule.
create or replace function public.ops_repository_is_named(p_repository text) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.lanes l where lower(l.dispatch ->> 'repository') = lower(p_repository))
    or exists (select from public.trust_rules t where lower(t.repository) = lower(p_repository))
$$;

-- By the rule of a lane, or of a workflow in a repository that a lane's or a trust rule names; or, by
-- whoever holds a run, for a step of it.
create or replace function public.dispatch_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_rule jsonb;
  d public.dispatches%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator}' end::text[], v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    return public.ops_dispatch_step(p, v_now, a.token_id, a.actor);
  end if;
  if p ? 'lane' then
    select l.dispatch into v_rule from public.lanes l where l.name = p ->> 'lane';
    if v_rule is null then
      return public.ops_refuse('conflict', format('lane `%s` has no rule that says which workflow to start', p ->> 'lane'));
    end if;
    v_rule := v_rule || jsonb_build_object('inputs', coalesce(v_rule -> 'inputs', '{}') || jsonb_build_object('lanes', p ->> 'lane')
      || coalesce(p -> 'inputs', '{}'));
  elsif public.ops_repository_is_named(p ->> 'repository') then
    v_rule := p;
  else
    return public.ops_refuse('forbidden', format('no lane and no trust rule names repository `%s`', p ->> 'repository'));
  end if;
  insert into public.dispatches (lane, cause, repository, workflow, ref, inputs, requested_by, requested_at)
  values (p ->> 'lane', 'operator', v_rule ->> 'repository', v_rule ->> 'workflow', coalesce(v_rule ->> 'ref', 'main'),
    coalesce(v_rule -> 'inputs', '{}'), a.actor, v_now)
  returning * into d;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'dispatch.create', d.id::text,
    jsonb_build_object('lane', d.lane, 'repository', d.repository, 'workflow', d.workflow, 'ref', d.ref, 'inputs', d.inputs));
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- With `run_id` by whoever holds that run, whose step it has to be of.
create or replace function public.dispatch_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  d public.dispatches%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator,viewer}' end::text[], v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    return public.ops_dispatch_held(p, v_now, a.token_id);
  end if;
  select * into d from public.dispatches x where x.id = (p ->> 'dispatch_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such dispatch');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- The newest first.
create or replace function public.dispatch_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('dispatches', coalesce((
    select jsonb_agg(public.ops_dispatch_json(d) order by d.requested_at desc, d.id) from (
      select x.* from public.dispatches x where p ->> 'lane' is null or x.lane = p ->> 'lane'
      order by x.requested_at desc limit least(coalesce((p ->> 'limit')::integer, 50), 200)) d), '[]'));
end $$;

-- 47_workflows.sql
-- Workflows that steps of runs start at GitHub: one per step of a run, whatever becomes of its workers.

-- Nobody can tell any more what became of a dispatch that was being sent so long ago: each of its requests
-- ends within ten seconds. It is not sent again.
create or replace function public.ops_dispatch_overdue(p_now timestamptz, p_run uuid) returns void
language sql volatile set search_path = '' as $$
  update public.dispatches x set status = 'unknown', closed_at = p_now,
    error = 'whoever asked GitHub did not live to tell what came of it'
  where x.cause = 'step' and x.closed_at is null and x.status = 'sending' and x.requested_at < p_now - interval '2 minutes'
    and (p_run is null or x.run_id = p_run)
$$;

-- The first attempt that comes here makes the row; every other one gets it as it is. `send`: whoever gets
-- this sends it to GitHub and tells what came of it by `ops_dispatched`.
create or replace function public.ops_dispatch_step(p jsonb, p_now timestamptz, p_token uuid, p_actor text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_status text;
  d public.dispatches%rowtype;
begin
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = (p ->> 'attempt')::integer and l.worker_id = p ->> 'worker_id' and l.token_id = p_token
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, (p ->> 'attempt')::integer, p ->> 'worker_id', p_token);
  end if;
  select * into d from public.dispatches x where x.run_id = v_run and x.step = p ->> 'step';
  if not found then
    if not public.ops_repository_is_named(p ->> 'repository') then
      return public.ops_refuse('forbidden', format('workflows of %1$s may not be started from here; an operator allows it '
        'by `ops trust add %1$s --workflow .github/workflows/%2$s`, or by `ops lanes update LANE --dispatch %1$s/%2$s`',
        p ->> 'repository', p ->> 'workflow'));
    end if;
    select r.status into v_status from public.runs r where r.id = v_run;
    if v_status not in ('claimed', 'running') then
      return public.ops_refuse('conflict', format('the run is %s', v_status));
    end if;
    insert into public.dispatches (cause, repository, workflow, ref, inputs, requested_by, requested_at, run_id, step, attempt)
    values ('step', p ->> 'repository', p ->> 'workflow', p ->> 'ref', p -> 'inputs', p_actor, p_now, v_run, p ->> 'step',
      (p ->> 'attempt')::integer)
    on conflict (run_id, step) where run_id is not null do nothing returning * into d;
    if found then
      perform public.ops_audit(p -> 'auth', p_token, p_actor, p_now, 'dispatch.create', d.id::text,
        jsonb_build_object('run', v_run, 'step', d.step, 'repository', d.repository, 'workflow', d.workflow, 'ref', d.ref,
          'inputs', d.inputs));
      return jsonb_build_object('dispatch', public.ops_dispatch_json(d), 'send', true);
    end if;
  end if;
  perform public.ops_dispatch_overdue(p_now, v_run);
  -- What GitHub refused for a while, and has not done, is sent again by whoever comes first.
  update public.dispatches x set status = 'sending', requested_at = p_now, answered_at = null, closed_at = null, error = null,
    retry_after_seconds = null
  where x.run_id = v_run and x.step = p ->> 'step' and x.status = 'refused'
    and x.answered_at + make_interval(secs => x.retry_after_seconds) <= p_now + interval '1 second'
  returning * into d;
  if found then
    return jsonb_build_object('dispatch', public.ops_dispatch_json(d), 'send', true);
  end if;
  select * into d from public.dispatches x where x.run_id = v_run and x.step = p ->> 'step';
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- The dispatch of a step, for whoever holds the step's run.
create or replace function public.ops_dispatch_held(p jsonb, p_now timestamptz, p_token uuid) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  d public.dispatches%rowtype;
begin
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = (p ->> 'attempt')::integer and l.worker_id = p ->> 'worker_id' and l.token_id = p_token
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, (p ->> 'attempt')::integer, p ->> 'worker_id', p_token);
  end if;
  perform public.ops_dispatch_overdue(p_now, v_run);
  select * into d from public.dispatches x where x.id = (p ->> 'dispatch_id')::uuid and x.run_id = v_run;
  if not found then
    return public.ops_refuse('not_found', 'this run has no such dispatch');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- Whoever gets the answer asks GitHub to cancel, and tells by `ops_workflow_told`. By an operator, or with
-- `run_id` by whoever holds that run.
create or replace function public.dispatch_cancel(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_held jsonb;
  d public.dispatches%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator}' end::text[], v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    v_held := public.ops_dispatch_held(p, v_now, a.token_id);
    if v_held ? 'code' then
      return v_held;
    end if;
  end if;
  update public.dispatches x set cancel_at = coalesce(x.cancel_at, v_now), cancel_tried_at = v_now
  where x.id = (p ->> 'dispatch_id')::uuid and x.github_run_id is not null returning * into d;
  if not found then
    if exists (select from public.dispatches x where x.id = (p ->> 'dispatch_id')::uuid) then
      return public.ops_refuse('conflict', 'which workflow run came of this dispatch is not known');
    end if;
    return public.ops_refuse('not_found', 'there is no such dispatch');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'dispatch.cancel', d.id::text,
    jsonb_strip_nulls(jsonb_build_object('run', d.run_id, 'step', d.step, 'repository', d.repository, 'github_run_id', d.github_run_id)));
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- What GitHub said of a workflow run: that it is over, or will be. No verb leads here.
create or replace function public.ops_workflow_told(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  d public.dispatches%rowtype;
begin
  update public.dispatches x set conclusion = coalesce(p ->> 'conclusion', x.conclusion), error = p ->> 'error',
    -- That of a lane stays open until a worker came, or did not.
    closed_at = case when x.cause = 'step' and p ->> 'error' is null then coalesce(x.closed_at, clock_timestamp()) else x.closed_at end
  where x.id = (p ->> 'id')::uuid returning * into d;
  if not found then
    return public.ops_refuse('not_found', 'there is no such dispatch');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- Workflow runs that nobody follows any more, because their run has ended and nobody holds it. Whoever gets
-- the list asks GitHub to cancel them. Tried once a minute, three at a time, for an hour. `p_runs` null: all.
create or replace function public.ops_workflows_to_end(p_now timestamptz, p_runs uuid[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_list jsonb;
begin
  perform public.ops_dispatch_overdue(p_now, null);
  update public.dispatches x set closed_at = p_now, error = coalesce(x.error, 'GitHub did not take the cancel within an hour')
  where x.cause = 'step' and x.closed_at is null and x.cancel_at < p_now - interval '1 hour'
    and (p_runs is null or x.run_id = any (p_runs));
  with due as (
    update public.dispatches x set cancel_at = coalesce(x.cancel_at, p_now), cancel_tried_at = p_now
    where x.id = any (array(
      select d.id from public.dispatches d
      where d.cause = 'step' and d.closed_at is null and d.status = 'sent' and (p_runs is null or d.run_id = any (p_runs))
        and (d.cancel_tried_at is null or d.cancel_tried_at < p_now - interval '1 minute')
        and not exists (select from public.runs r where r.id = d.run_id and r.status in ('queued', 'claimed', 'running'))
        and not exists (select from public.run_leases l where l.run_id = d.run_id)
      order by d.requested_at limit 3 for update skip locked))
    returning x.*
  ) select coalesce(jsonb_agg(public.ops_dispatch_json(due)), '[]') into v_list from due;
  return v_list;
end $$;

-- The same as part of an answer; nothing where no step's workflow is followed at all.
create or replace function public.ops_left_workflows(p_now timestamptz, p_runs uuid[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if (select true from public.dispatches d where d.cause = 'step' and d.closed_at is null limit 1) then
    return jsonb_build_object('to_cancel', public.ops_workflows_to_end(p_now, p_runs));
  end if;
  return '{}'::jsonb;
end $$;

-- 48_spec.sql
-- Bundles of the spec kit. `web` and workers make the documents; here they are kept, all of a call or none.

create or replace function public.ops_spec_json(d public.spec_docs) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('slug', d.slug, 'title', d.title, 'size', octet_length(d.content),
    'sha256', coalesce(d.sha256, encode(sha256(convert_to(d.content, 'UTF8')), 'hex')), 'updated_by', d.updated_by,
    'created_at', d.created_at, 'updated_at', d.updated_at)
$$;

-- Ids are minted from the lock that was read: two that read the same one would give one id to two things.
-- So a lock goes in only over the one that it was made from. Writers of one bundle wait for each other.
create or replace function public.ops_spec_store(p jsonb, p_now timestamptz, p_by text, p_meta jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_bundle text := p ->> 'bundle';
  v_names text[] := array(select d ->> 'name' from jsonb_array_elements(p -> 'documents') d);
  v_lock text;
  v_new text[];
  v_changed text[];
begin
  perform pg_advisory_xact_lock(hashtextextended('ops.spec/' || v_bundle, 0));
  if 'spec-kit.lock' = any (v_names) then
    select encode(sha256(convert_to(d.content, 'UTF8')), 'hex') into v_lock
    from public.spec_docs d where d.slug = v_bundle || '/spec-kit.lock';
    if v_lock is distinct from p ->> 'lock_sha256' then
      return public.ops_refuse('conflict', format('bundle `%s` was generated anew meanwhile; generate again from what it is now',
        v_bundle));
    end if;
  end if;
  if (select count(*) from public.spec_docs d where d.bundle = v_bundle
      and not d.slug = any (array(select v_bundle || '/' || n from unnest(v_names) n))) + cardinality(v_names) > 100 then
    return public.ops_refuse('too_large', 'a bundle has 100 documents at most');
  end if;
  select coalesce(array_agg(n order by n collate "C"), '{}') into v_new from unnest(v_names) n
  where not exists (select from public.spec_docs d where d.slug = v_bundle || '/' || n);
  -- The same text again changes nothing, not even the time.
  with given as (
    select v_bundle || '/' || (d ->> 'name') as slug, d ->> 'name' as name, d ->> 'content' as content,
      encode(sha256(convert_to(d ->> 'content', 'UTF8')), 'hex') as sha
    from jsonb_array_elements(p -> 'documents') d
  ), kept as (
    insert into public.spec_docs as x (slug, title, content, meta, sha256, updated_by, created_at, updated_at)
    select g.slug, left(coalesce(p ->> 'title', v_bundle), 300) || ' · ' || g.name, g.content, p_meta, g.sha, p_by, p_now, p_now
    from given g order by g.slug
    on conflict (slug) do update set title = case when p ? 'title' then excluded.title else x.title end, content = excluded.content, meta = excluded.meta,
      sha256 = excluded.sha256, updated_by = excluded.updated_by, updated_at = excluded.updated_at
    where x.content <> excluded.content
    returning substr(x.slug, length(v_bundle) + 2) as name
  ) select coalesce(array_agg(k.name order by k.name collate "C"), '{}') into v_changed from kept k;
  -- What the last generation came to is told beside its manifest: who looks later sees it too.
  update public.spec_docs d set meta = p_meta || jsonb_build_object('made', jsonb_build_object('at', p_now, 'by', p_by,
    'documents', to_jsonb(v_names), 'notes', coalesce(p -> 'notes', '[]'),
    'source_sha256', (select x.sha256 from public.spec_docs x where x.slug = v_bundle || '/source.md'), 'new', to_jsonb(v_new),
    'changed', to_jsonb(array(select c from unnest(v_changed) c where not c = any (v_new)))))
  where d.slug = v_bundle || '/spec-kit.json' and 'spec-kit.json' = any (v_names);
  return jsonb_build_object('bundle', v_bundle, 'changed', cardinality(v_changed));
end $$;

-- `looks`: the bundle as it is, for whoever is about to update it.
create or replace function public.spec_generate(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_stored jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'looks' then
    return jsonb_build_object('documents', coalesce((
      select jsonb_agg(jsonb_build_object('name', substr(d.slug, length(d.bundle) + 2), 'content', d.content)
        order by d.slug collate "C")
      from public.spec_docs d where d.bundle = p ->> 'bundle'), '[]'));
  end if;
  v_stored := public.ops_spec_store(p, v_now, a.actor, '{}');
  if not v_stored ? 'code' then
    perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'spec.generate', p ->> 'bundle',
      v_stored - 'bundle');
  end if;
  return v_stored;
end $$;

-- Documents of a bundle that is there, without a generation. `keeps`: `source`, a text that the next one is made
-- from, or `report`, what the rules found anew. Only pages do this.
create or replace function public.spec_keep(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_stored jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if not exists (select from public.spec_docs d where d.bundle = p ->> 'bundle') then
    return public.ops_refuse('not_found', format('there is no bundle `%s`', p ->> 'bundle'));
  end if;
  v_stored := public.ops_spec_store(p, v_now, a.actor, '{}');
  if not v_stored ? 'code' then
    perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'spec.' || (p ->> 'keeps'), p ->> 'bundle',
      v_stored - 'bundle');
  end if;
  return v_stored;
end $$;

-- By whoever holds the run; a lease that is lost stores nothing.
create or replace function public.spec_put(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = v_attempt and l.worker_id = p ->> 'worker_id' and l.token_id = a.token_id
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, v_attempt, p ->> 'worker_id', a.token_id);
  end if;
  return public.ops_spec_store(p, v_now, p ->> 'worker_id', jsonb_build_object('run_id', v_run, 'attempt', v_attempt));
end $$;

-- One document, or all of a bundle. A worker reads for the run that it holds.
create or replace function public.spec_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_documents jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator,viewer}' end::text[],
    clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    perform 1 from public.run_leases l
    where l.run_id = v_run and l.attempt = v_attempt and l.worker_id = p ->> 'worker_id' and l.token_id = a.token_id;
    if not found then
      return public.ops_lease_lost(v_run, v_attempt, p ->> 'worker_id', a.token_id);
    end if;
  end if;
  select jsonb_agg(public.ops_spec_json(d) || jsonb_build_object('content', d.content, 'meta', d.meta)
    order by d.slug collate "C") into v_documents
  from public.spec_docs d
  where d.bundle = split_part(p ->> 'slug', '/', 1) and (d.slug = p ->> 'slug' or strpos(p ->> 'slug', '/') = 0);
  if v_documents is null then
    return public.ops_refuse('not_found', format('there is no bundle or document `%s`', p ->> 'slug'));
  end if;
  return jsonb_build_object('bundle', split_part(p ->> 'slug', '/', 1), 'documents', v_documents,
    'updated_at', (select max(d ->> 'updated_at') from jsonb_array_elements(v_documents) d));
end $$;

-- By name; the cursor is the last one's.
create or replace function public.spec_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_bundles jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(b.it order by b.bundle collate "C"), '[]') into v_bundles from (
    select d.bundle, jsonb_build_object('bundle', d.bundle, 'updated_at', max(d.updated_at),
      'documents', jsonb_agg(public.ops_spec_json(d) order by d.slug collate "C")) as it
    from public.spec_docs d where p ->> 'after' is null or d.bundle collate "C" > p ->> 'after'
    group by d.bundle order by d.bundle collate "C" limit v_limit) b;
  return jsonb_build_object('bundles', v_bundles,
    'next', case when jsonb_array_length(v_bundles) = v_limit then v_bundles -> -1 ->> 'bundle' end);
end $$;

-- 49_metrics.sql
-- What an operator watches: how long runs wait, whether somebody sweeps, and what holds the database back.
-- Counts stop at 100,000, so that a long queue costs a look no more than that.

-- Who keeps vacuum from removing what nobody needs: sessions, replication slots, prepared transactions.
-- By right of its owner, because others see their own sessions alone.
create or replace function public.ops_snapshots() returns table (holder text, state text, seconds bigint, transactions bigint)
language sql stable security definer set search_path = '' as $$
  select format('session %s of %s%s', a.pid, coalesce(a.usename, 'the server'), coalesce(' (' || nullif(a.application_name, '') || ')', '')),
    coalesce(a.state, a.backend_type), floor(extract(epoch from clock_timestamp() - a.xact_start))::bigint, age(a.backend_xmin)::bigint
  from pg_catalog.pg_stat_activity a
  where a.backend_xmin is not null and a.pid <> pg_backend_pid() and (a.datname = current_database() or a.datname is null)
    and a.backend_type <> 'autovacuum worker'
  union all
  select format('replication slot %s', s.slot_name), case when s.active then 'active' else 'inactive' end, null,
    greatest(age(s.xmin), age(s.catalog_xmin))::bigint
  from pg_catalog.pg_replication_slots s where s.xmin is not null or s.catalog_xmin is not null
  union all
  select format('prepared transaction %s', p.gid), 'prepared', floor(extract(epoch from clock_timestamp() - p.prepared))::bigint,
    age(p.transaction)::bigint
  from pg_catalog.pg_prepared_xacts p where p.database = current_database()
$$;

create or replace function public.metrics_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object(
    'lanes', (select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'paused', l.paused, 'draining', l.draining,
        'queue_full', l.queue_full,
        'queued', (select count(*) from (select from public.runs r
          where r.lane = l.name and r.status = 'queued' and r.parked is null limit 100000) x),
        'parked', (select count(*) from (select from public.runs r
            where r.lane = l.name and r.status = 'queued' and r.parked in ('depends_on', 'group') limit 100000) x)
          + (select count(*) from (select from public.runs r
            where r.lane = l.name and r.status = 'queued' and r.parked = 'not_before' limit 100000) x),
        'held', (select count(*) from public.run_leases x where x.lane = l.name),
        -- Of the run that is next, which is the oldest where all have one priority.
        'next_waits_seconds', (select floor(extract(epoch from v_now - greatest(q.created_at, q.not_before)))::bigint
          from public.runs q where q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1),
        'workers', (select count(*) from public.workers w where l.name = any (w.lanes) and not w.drain
          and w.last_seen > v_now - interval '30 seconds')) order by l.name collate "C"), '[]')
      from public.lanes l),
    'runs_created', coalesce((select r.seq from public.runs r order by r.seq desc limit 1), 0),
    -- Zero and null while somebody sweeps.
    'expired_leases', (select jsonb_build_object('count', count(*), 'oldest_seconds',
        floor(extract(epoch from v_now - min(x.expires_at)))::bigint)
      from (select l.expires_at from public.run_leases l where l.expires_at < v_now order by l.expires_at limit 100000) x),
    'overdue_runs', (select jsonb_build_object('count', count(*), 'oldest_seconds',
        floor(extract(epoch from v_now - min(x.not_before)))::bigint)
      from (select r.not_before from public.runs r where r.status = 'queued' and r.parked = 'not_before' and r.not_before < v_now
        order by r.not_before limit 100000) x),
    'database', jsonb_build_object(
      'bytes', pg_catalog.pg_database_size(current_database()),
      'connections', (select count(*) from pg_catalog.pg_stat_activity x where x.backend_type = 'client backend'),
      'max_connections', current_setting('max_connections')::integer,
      'oldest_snapshot', (select to_jsonb(s) from public.ops_snapshots() s order by s.transactions desc, s.seconds desc nulls last limit 1),
      'tables', (select coalesce(jsonb_agg(jsonb_build_object('name', t.relname,
          'bytes', pg_catalog.pg_total_relation_size(t.relid), 'live_rows', t.n_live_tup, 'dead_rows', t.n_dead_tup,
          'vacuumed_at', greatest(t.last_vacuum, t.last_autovacuum)) order by t.relname), '[]')
        from pg_catalog.pg_stat_all_tables t where t.schemaname = 'public'
          and t.relname in ('runs', 'run_leases', 'run_attempts', 'run_events', 'run_logs', 'run_steps', 'artifacts', 'workers', 'audit'))));
end $$;

-- 80_policies.sql
-- Row Level Security on every table. `anon` can do nothing. `authenticated` reads what belongs to
-- sessions of which its `sub` is a member, and templates and spec documents. Policies call no
-- function of ours and no `auth.uid()`, so they work on plain PostgreSQL too.
do $$
declare
  t text;
begin
  foreach t in array array['lanes', 'tokens', 'audit', 'sessions', 'session_members', 'run_templates', 'run_template_versions', 'spec_docs',
    'runs', 'run_leases', 'run_groups', 'run_dependencies', 'run_attempts', 'workers', 'run_logs', 'run_events', 'run_steps',
    'artifacts', 'trust_rules', 'oidc_tokens', 'dispatches']
  loop
    execute format('alter table public.%I enable row level security', t);
    execute format('drop policy if exists ops_read on public.%I', t);
  end loop;
end $$;

create policy ops_read on public.session_members for select to authenticated
  using (user_id = (select nullif((select current_setting('request.jwt.claims', true)), '')::jsonb ->> 'sub'));
create policy ops_read on public.sessions for select to authenticated
  using (id in (select m.session_id from public.session_members m
    where m.user_id = (select nullif((select current_setting('request.jwt.claims', true)), '')::jsonb ->> 'sub')));
create policy ops_read on public.runs for select to authenticated
  using (session_id in (select m.session_id from public.session_members m
    where m.user_id = (select nullif((select current_setting('request.jwt.claims', true)), '')::jsonb ->> 'sub')));
create policy ops_read on public.run_leases for select to authenticated
  using (exists (select from public.runs r where r.id = run_id));
create policy ops_read on public.run_attempts for select to authenticated
  using (exists (select from public.runs r where r.id = run_id));
create policy ops_read on public.run_logs for select to authenticated
  using (exists (select from public.runs r where r.id = run_id));
create policy ops_read on public.run_events for select to authenticated
  using (exists (select from public.runs r where r.id = run_id));
create policy ops_read on public.run_steps for select to authenticated
  using (exists (select from public.runs r where r.id = run_id));
create policy ops_read on public.artifacts for select to authenticated
  using (exists (select from public.runs r where r.id = run_id));
create policy ops_read on public.run_templates for select to authenticated using (true);
create policy ops_read on public.run_template_versions for select to authenticated using (true);
create policy ops_read on public.spec_docs for select to authenticated using (true);
create policy ops_read on public.lanes for select to authenticated using (true);

-- 90_grants.sql
-- Explicit, to `service_role` too: Supabase grants nothing by itself any more. EXECUTE is taken from
-- `anon` and `authenticated` by name, because old default privileges may have given it directly.
grant select, insert, update, delete on public.lanes, public.tokens, public.audit, public.sessions,
  public.session_members, public.run_templates, public.run_template_versions, public.spec_docs, public.runs, public.run_leases,
  public.run_groups, public.run_dependencies, public.run_attempts, public.workers, public.run_logs, public.run_events, public.run_steps,
  public.artifacts, public.trust_rules, public.oidc_tokens, public.dispatches
  to service_role;
grant usage, select on sequence public.runs_seq_seq, public.audit_id_seq to service_role;

revoke all on public.lanes, public.tokens, public.audit, public.sessions, public.session_members,
  public.run_templates, public.run_template_versions, public.spec_docs, public.runs, public.run_leases, public.run_groups, public.run_dependencies,
  public.run_attempts, public.workers, public.run_logs, public.run_events, public.run_steps, public.artifacts, public.trust_rules,
  public.oidc_tokens, public.dispatches
  from anon, authenticated;
grant select on public.lanes, public.sessions, public.session_members, public.run_templates, public.run_template_versions, public.spec_docs,
  public.runs, public.run_leases, public.run_attempts, public.run_logs, public.run_events, public.run_steps,
  public.artifacts to authenticated;

do $$
declare
  f record;
begin
  for f in
    select p.oid::regprocedure as signature, p.proname from pg_proc p
    -- By signature: a function of somebody else's that bears one of these names is left alone.
    where p.pronamespace = 'public'::regnamespace and (p.oid = 'public.heartbeat_at(public.runs)'::regprocedure
      or p.proname in ('ops_version', 'ops_health', 'ops_refuse', 'ops_authenticate', 'ops_audit', 'ops_log', 'ops_run_json',
        'ops_settle', 'ops_sweep', 'ops_forget', 'ops_insert_runs', 'ops_seen_runs', 'ops_lease_lost', 'ops_chosen_runs', 'ops_cancel_run', 'ops_retry_run',
        'ops_waiting', 'ops_roll_tail', 'ops_artifact_json', 'ops_artifact_refusal', 'ops_session_json', 'ops_template_json', 'ops_lane_json',
        'ops_first_token', 'ops_catalog', 'ops_self_test', 'ops_board_tag', 'ops_last_lines', 'ops_board_lane', 'ops_board_workers', 'ops_template_in_use',
        'ops_ui_frame', 'ops_log_lead', 'ops_sweep_scheduled', 'ops_trust_json', 'ops_mismatch', 'ops_distrust', 'ops_dispatch_json',
        'ops_lane_is_served', 'ops_dispatch_pause', 'ops_scale', 'ops_dispatched', 'ops_repository_is_named',
        'ops_dispatch_overdue', 'ops_dispatch_step', 'ops_dispatch_held', 'ops_workflow_told', 'ops_workflows_to_end', 'ops_left_workflows',
        'ops_lock_groups', 'ops_admit', 'ops_try_admit', 'ops_admit_some', 'ops_wake', 'ops_interrupted', 'ops_once_ended',
        'ops_dependencies_ended', 'ops_depend', 'ops_depend_some', 'ops_spec_json', 'ops_spec_store',
        'ops_queue_reaches', 'ops_note_full_lanes', 'ops_open_full_lanes', 'ops_queue_full',
        'ops_expire', 'ops_artifacts_removed', 'ops_snapshots')
      or pg_get_function_identity_arguments(p.oid) = 'p jsonb' and p.proname in (
      'runs_create', 'runs_claim', 'runs_start', 'runs_heartbeat', 'runs_finish', 'runs_cancel',
      'runs_retry', 'runs_get', 'runs_list', 'runs_sweep', 'events_append', 'events_list', 'artifacts_begin', 'artifacts_put',
      'artifacts_get', 'artifacts_list', 'sessions_create', 'sessions_get', 'sessions_list', 'sessions_update',
      'sessions_archive', 'sessions_delete', 'templates_update', 'templates_delete', 'workers_drain', 'audit_list', 'ui_board', 'templates_create',
      'templates_get', 'templates_list', 'lanes_list', 'lanes_update', 'workers_list', 'tokens_create',
      'tokens_list', 'tokens_revoke', 'ui_read', 'ui_runs', 'ui_templates', 'ui_log', 'ui_log_hits', 'spec_docs_list',
      'spec_docs_get', 'workers_exchange', 'trust_add', 'trust_list', 'trust_remove', 'dispatch_create', 'dispatch_get',
      'dispatch_list', 'dispatch_cancel', 'spec_generate', 'spec_keep', 'spec_put', 'spec_get', 'spec_list', 'metrics_get'))
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
    if f.proname = 'heartbeat_at' then
      execute format('grant execute on function %s to authenticated', f.signature);
    end if;
  end loop;
end $$;

-- 95_realtime.sql
-- Only ever adds tables to Supabase's publication; plain PostgreSQL has none.
do $$
declare
  t text;
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables) then
    foreach t in array array['runs', 'run_events', 'artifacts', 'sessions'] loop
      if not exists (select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = t) then
        execute format('alter publication supabase_realtime add table public.%I', t);
      end if;
    end loop;
  end if;
end $$;

-- PostgREST reads the schema again. Nobody listens on plain PostgreSQL, which is harmless.
notify pgrst, 'reload schema';

-- 96_schedule.sql
-- A sweeper inside the database, where there is pg_cron: on Supabase, for installations without a
-- server. The same name overwrites, so this may run again.
--
-- Never a reason for a migration to fail: pg_cron may be absent, not preloaded, kept to another
-- database of the cluster, or not for us. Then others sweep: servers, claims, the schedule workflow.
do $$
begin
  if not exists (select from pg_available_extensions where name = 'pg_cron') then
    return;
  end if;
  create extension if not exists pg_cron;
  begin
    perform cron.schedule('ops-sweep', '10 seconds', 'select public.ops_sweep_scheduled()');
  exception when others then
    -- Before 1.5 it knows minutes alone.
    perform cron.schedule('ops-sweep', '* * * * *', 'select public.ops_sweep_scheduled()');
  end;
  -- It notes each run of a job for ever: 8,640 rows a day.
  perform cron.schedule('ops-sweep-history', '17 3 * * *', $job$
    delete from cron.job_run_details d using cron.job j
    where j.jobid = d.jobid and j.jobname in ('ops-sweep', 'ops-sweep-history')
      and coalesce(d.start_time, d.end_time) < now() - interval '1 day'
  $job$);
exception when others then
  raise notice 'pg_cron is not used: %', sqlerrm;
end $$;
