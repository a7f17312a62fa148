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
