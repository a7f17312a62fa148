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

-- Who held which attempt, from when to when, how it ended. `answer` is the recorded outcome of the
-- attempt's own finish, given again to whoever repeats it; null where somebody else ended it.
create table if not exists public.run_attempts (
  run_id uuid not null,
  attempt integer not null,
  worker_id text not null,
  token_id uuid not null,
  claimed_at timestamptz not null,
  ended_at timestamptz,
  ended_as text check (ended_as in ('succeeded', 'failed', 'cancelled', 'timed_out', 'released', 'lost')),
  reason text,
  answer text,
  primary key (run_id, attempt)
  -- Every row is updated once, soon after it was written: room for that on its own page.
) with (fillfactor = 60);

-- `request_id` and what it got, so that a repeated claim gets the same. Small, rewritten by every
-- claim of its worker and by nobody else.
create table if not exists public.workers (
  id text primary key check (length(id) between 1 and 200),
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
  got_attempts integer[] not null default '{}'
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
