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
