-- Who has which right: `supabase test db`, or pg_prove. Needs pgTAP; leaves nothing behind.
begin;
create schema if not exists extensions;
create extension if not exists pgtap with schema extensions;
set local search_path = public, extensions;

create temporary table ours_tables on commit drop as
  select name, name not in ('tokens', 'audit', 'workers', 'run_groups', 'run_dependencies', 'trust_rules', 'oidc_tokens', 'dispatches') as is_read_by_members
  from unnest(array['lanes', 'tokens', 'audit', 'sessions', 'session_members', 'run_templates', 'run_template_versions',
    'spec_docs', 'runs', 'run_leases', 'run_groups', 'run_dependencies', 'run_attempts', 'workers', 'run_logs', 'run_events', 'run_steps',
    'artifacts', 'trust_rules', 'oidc_tokens', 'dispatches']) as name;

-- Every verb takes one argument of this name and type; `ops_` are our helpers, with any arguments.
create temporary table ours_functions on commit drop as
  select p.proname::name as name, array(select format_type(t, null)::name from unnest(p.proargtypes) with ordinality u(t, i) order by i) as arguments
  from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
    and (p.proname like 'ops\_%' or pg_get_function_identity_arguments(p.oid) = 'p jsonb');

select plan((select 3 * count(*) from ours_tables)::integer + (select 4 * count(*) from ours_functions)::integer + 3);

select table_privs_are('public', name, 'anon', '{}'::name[]) from ours_tables;
select table_privs_are('public', name, 'authenticated',
  case when is_read_by_members then '{SELECT}' else '{}' end::name[]) from ours_tables;
select table_privs_are('public', name, 'service_role', '{SELECT,INSERT,UPDATE,DELETE}'::name[]) from ours_tables;

select function_privs_are('public', name, arguments, 'anon', '{}'::name[]) from ours_functions;
select function_privs_are('public', name, arguments, 'authenticated', '{}'::name[]) from ours_functions;
select function_privs_are('public', name, arguments, 'service_role', '{EXECUTE}'::name[]) from ours_functions;
-- Nobody gets more by calling one of ours than he has himself, but for the names of sessions that hold
-- vacuum back, which the service role alone may ask for.
select isnt_definer('public', name, arguments) from ours_functions where name <> 'ops_snapshots';
select is_definer('public', 'ops_snapshots', '{}'::name[]);

-- A computed column, which members read with their runs.
select function_privs_are('public', 'heartbeat_at', '{runs}'::name[], 'anon', '{}'::name[]);
select function_privs_are('public', 'heartbeat_at', '{runs}'::name[], 'authenticated', '{EXECUTE}'::name[]);
select function_privs_are('public', 'heartbeat_at', '{runs}'::name[], 'service_role', '{EXECUTE}'::name[]);

select * from finish();
rollback;
