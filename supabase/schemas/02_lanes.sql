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
