-- What `ops setup` looks at. Both are for whoever holds the service key, or the database itself.

-- What is installed, as facts: what should be there is known by the program that asks.
-- One query, so that a program with a connection can ask it where the function is missing.
create or replace function public.ops_catalog(p jsonb) returns jsonb
language sql stable set search_path = '' set statement_timeout = '10s' as $$
  with roles as (select array(select r.rolname::text from pg_catalog.pg_roles r
    where r.rolname in ('anon', 'authenticated', 'service_role') order by 1) as names)
  select jsonb_build_object(
    'roles', to_jsonb(roles.names),
    -- Asked at run time, because there may be no such table.
    'operators', case when pg_catalog.to_regclass('public.tokens') is not null then
      (regexp_match(pg_catalog.query_to_xml('select count(*) as n from public.tokens t where ''operator'' = any (t.kinds)
        and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())', false, true, '')::text, '<n>(\d+)</n>'))[1]::bigint end,
    'bypass', (select r.rolbypassrls from pg_catalog.pg_roles r where r.rolname = 'service_role'),
    'tables', coalesce((select jsonb_object_agg(c.relname, jsonb_build_object('rls', c.relrowsecurity,
        'columns', (select jsonb_object_agg(a.attname, replace(pg_catalog.format_type(a.atttypid, a.atttypmod), 'public.', '')
            || case when a.attnotnull then ' not null' else '' end)
          from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
        'indexes', (select coalesce(jsonb_agg(i.relname order by i.relname), '[]') from pg_catalog.pg_index x
          join pg_catalog.pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid and x.indisvalid),
        'policies', (select coalesce(jsonb_object_agg(y.polname, md5(concat_ws('|', y.polcmd::text,
            array(select r.rolname from pg_catalog.pg_roles r where r.oid = any (y.polroles) order by 1)::text,
            -- Names are qualified or not, as whoever asks has it.
            regexp_replace(pg_catalog.pg_get_expr(y.polqual, y.polrelid), 'public\.|\s+', '', 'g')))), '{}')
          from pg_catalog.pg_policy y where y.polrelid = c.oid),
        'rights', (select jsonb_object_agg(r, array(select w from unnest(array['select', 'insert', 'update', 'delete']) w
            where pg_catalog.has_table_privilege(r, c.oid, w))) from unnest(roles.names) r)))
      from pg_catalog.pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'), '{}'),
    'functions', coalesce((select jsonb_object_agg(f.proname || '(' || replace(pg_catalog.pg_get_function_identity_arguments(f.oid), 'public.', '') || ')',
        jsonb_build_object('body', md5(f.prosrc), 'rights', array(select r from unnest(roles.names) r
          where pg_catalog.has_function_privilege(r, f.oid, 'execute'))))
      from pg_catalog.pg_proc f where f.pronamespace = 'public'::regnamespace and f.prokind = 'f'), '{}'),
    'published', case when exists (select from pg_catalog.pg_publication b where b.pubname = 'supabase_realtime') then
      coalesce((select jsonb_agg(t.tablename order by t.tablename) from pg_catalog.pg_publication_tables t
        where t.pubname = 'supabase_realtime' and t.schemaname = 'public'), '[]') end,
    -- The job of 96_schedule.sql; absent where there is no pg_cron. Each role sees its own jobs alone.
    'schedule', (select case when pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(c.oid, 'select') then
        (select jsonb_build_object('is_readable', true, 'every', j.job[1], 'is_active', j.job[2] = 'true') from (select regexp_match(
          pg_catalog.query_to_xml('select j.schedule, j.active from cron.job j where j.jobname = ''ops-sweep'' order by j.active desc limit 1',
            false, true, '')::text, '<schedule>([^<]*)</schedule>\s*<active>(\w+)</active>') as job) j)
        else '{"is_readable": false}'::jsonb end
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'cron' and c.relname = 'job'))
  from roles
$$;

-- Lets a run live from its creation to its end, and takes everything back. The step that failed says
-- what is wrong with an installation whose parts all look right.
create or replace function public.ops_self_test(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '10s' as $$
declare
  v_auth jsonb := jsonb_build_object('token_sha256', repeat(md5(gen_random_uuid()::text), 2));
  v_worker text := 'setup-' || gen_random_uuid();
  v_step text;
  v_answer jsonb;
  v_run text;
begin
  begin
    v_step := 'mint a token';
    perform public.ops_first_token(jsonb_build_object('name', v_worker, 'kinds', '["operator", "worker"]'::jsonb) || v_auth);
    v_step := 'make a lane';
    -- Of its own, so that no run of anybody is taken.
    v_answer := public.lanes_update(jsonb_build_object('auth', v_auth, 'name', v_worker));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_step := 'queue a run';
    v_answer := public.runs_create(jsonb_build_object('auth', v_auth, 'runs', jsonb_build_array(jsonb_build_object(
      'idempotency_key', v_worker, 'lane', v_worker, 'title', 'Setup',
      'runbook', '{"version": 1, "slug": "setup", "title": "Setup", "steps": []}'::jsonb))));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_run := v_answer #>> '{runs,0,run_id}';
    v_step := 'claim it';
    v_answer := public.runs_claim(jsonb_build_object('auth', v_auth, 'worker_id', v_worker, 'lanes', jsonb_build_array(v_worker),
      'request_id', 1, 'start', true));
    if v_answer ? 'code' or v_answer #>> '{runs,0,run_id}' is distinct from v_run then raise exception using errcode = 'OPS01'; end if;
    v_step := 'write its log';
    v_answer := public.events_append(jsonb_build_object('auth', v_auth, 'run_id', v_run, 'worker_id', v_worker, 'attempt', 1,
      'first_seq', 1, 'events', '[{"message": "hello"}]'::jsonb));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_step := 'keep an artifact';
    v_answer := public.artifacts_put(jsonb_build_object('auth', v_auth, 'run_id', v_run, 'worker_id', v_worker, 'attempt', 1,
      'name', 'note', 'kind', 'file', 'mime', 'text/plain', 'content', 'hello'));
    if v_answer ? 'code' then raise exception using errcode = 'OPS01'; end if;
    v_step := 'finish it';
    v_answer := public.runs_finish(jsonb_build_object('auth', v_auth, 'worker_id', v_worker, 'finish', jsonb_build_array(
      jsonb_build_object('run_id', v_run, 'attempt', 1, 'status', 'succeeded', 'last_seq', 1))));
    if v_answer #>> '{finished,0,status}' is distinct from 'succeeded' then raise exception using errcode = 'OPS01'; end if;
    -- What was made goes; only the message stays.
    raise exception using errcode = 'OPS00';
  exception
    when sqlstate 'OPS00' then
      return jsonb_build_object('passed', true);
    when sqlstate 'OPS01' then
      return jsonb_build_object('passed', false, 'step', v_step, 'why', concat_ws(': ', v_answer ->> 'code', v_answer ->> 'detail'));
    when others then
      return jsonb_build_object('passed', false, 'step', v_step, 'why', sqlstate || ' ' || sqlerrm);
  end;
end $$;
