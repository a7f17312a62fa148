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
