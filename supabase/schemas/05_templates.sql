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
