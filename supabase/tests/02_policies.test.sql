-- Which tables have which policies. Fails where somebody added one, `anon_prototyping.sql` among them.
begin;
create schema if not exists extensions;
create extension if not exists pgtap with schema extensions;
set local search_path = public, extensions;

create temporary table ours on commit drop as
  select name, name not in ('tokens', 'audit', 'workers', 'run_groups', 'run_dependencies') as is_read_by_members
  from unnest(array['lanes', 'tokens', 'audit', 'sessions', 'session_members', 'run_templates', 'run_template_versions',
    'spec_docs', 'runs', 'run_leases', 'run_groups', 'run_dependencies', 'run_attempts', 'workers', 'run_logs', 'run_events', 'run_steps',
    'artifacts']) as name;

select plan((select 2 * count(*) from ours)::integer + (select 2 * count(*) from ours where is_read_by_members)::integer);

select ok(c.relrowsecurity, 'Row Level Security of ' || name || ' is on')
  from ours join pg_class c on c.oid = format('public.%I', name)::regclass;
select policies_are('public', name, case when is_read_by_members then '{ops_read}' else '{}' end::name[]) from ours;
select policy_roles_are('public', name, 'ops_read', '{authenticated}'::name[]) from ours where is_read_by_members;
select policy_cmd_is('public', name, 'ops_read'::name, 'select') from ours where is_read_by_members;

select * from finish();
rollback;
