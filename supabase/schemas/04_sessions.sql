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
