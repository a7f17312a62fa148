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
