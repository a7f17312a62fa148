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
