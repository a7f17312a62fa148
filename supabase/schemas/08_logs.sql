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
