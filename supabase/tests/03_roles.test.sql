-- What each role gets when it tries, with the claims that Supabase REST sets.
begin;
create schema if not exists extensions;
create extension if not exists pgtap with schema extensions;
set local search_path = public, extensions;

-- How many rows `query` gives a role, or the code of its refusal.
create function pg_temp.as_role(role text, sub text, query text) returns text language plpgsql as $$
declare
  v_answer text;
begin
  perform set_config('request.jwt.claims', json_build_object('role', role, 'sub', sub)::text, true);
  perform set_config('role', role, true);
  begin
    execute format('with answer as (%s) select count(*) from answer', query) into v_answer;
  exception when others then
    v_answer := sqlstate;
  end;
  perform set_config('role', 'none', true);
  return v_answer;
end $$;

-- One session with a member, one without, and a run in each.
insert into public.sessions (id, name, created_by) values
  ('00000000-0000-4000-8000-00000000000a', 'pgtap mine', 'pgtap'), ('00000000-0000-4000-8000-00000000000b', 'pgtap theirs', 'pgtap');
insert into public.session_members (session_id, user_id) values ('00000000-0000-4000-8000-00000000000a', 'pgtap-ann');
create temporary table answers on commit drop as
  select public.ops_first_token(jsonb_build_object('name', 'pgtap', 'kinds', '["operator"]'::jsonb, 'token_sha256', repeat('a', 64))) as answer;
insert into answers select public.lanes_update(jsonb_build_object('auth', jsonb_build_object('token_sha256', repeat('a', 64)), 'name', 'pgtap'));
insert into answers select public.runs_create(jsonb_build_object('auth', jsonb_build_object('token_sha256', repeat('a', 64)), 'runs',
  (select jsonb_agg(jsonb_build_object('idempotency_key', s.id, 'lane', 'pgtap', 'title', s.name, 'session_id', s.id,
    'runbook', '{"version": 1, "slug": "pgtap", "title": "pgTAP", "steps": []}'::jsonb))
   from public.sessions s where s.name like 'pgtap %')));

select plan(19);

select is((select count(*) from answers where answer ? 'code'), 0::bigint, 'what the test needs is there');

select is(pg_temp.as_role('anon', null, 'select * from public.runs'), '42501', 'anon reads no runs');
select is(pg_temp.as_role('anon', null, 'select * from public.run_templates'), '42501', 'anon reads no templates');
select is(pg_temp.as_role('anon', null, 'select * from public.tokens'), '42501', 'anon reads no tokens');
select is(pg_temp.as_role('anon', null, 'select public.ops_health(''{}'')'), '42501', 'anon calls no function');
select is(pg_temp.as_role('anon', null, 'select public.runs_claim(''{}'')'), '42501', 'anon claims nothing');

select is(pg_temp.as_role('authenticated', 'pgtap-ann', 'select * from public.runs where lane = ''pgtap'''), '1', 'a member reads the runs of her sessions');
select is(pg_temp.as_role('authenticated', 'pgtap-ann', 'select * from public.sessions where name like ''pgtap %'''), '1', 'a member reads her sessions');
select is(pg_temp.as_role('authenticated', 'pgtap-bob', 'select * from public.runs where lane = ''pgtap'''), '0', 'whoever is no member reads no runs');
select is(pg_temp.as_role('authenticated', 'pgtap-bob', 'select * from public.session_members'), '0', 'nor who the members are');
select is(pg_temp.as_role('authenticated', null, 'select * from public.runs'), '0', 'without a subject there is nothing');
select is(pg_temp.as_role('authenticated', 'pgtap-ann', 'select * from public.tokens'), '42501', 'no member reads tokens');
select is(pg_temp.as_role('authenticated', 'pgtap-ann', 'select * from public.audit'), '42501', 'no member reads the audit trail');
select is(pg_temp.as_role('authenticated', 'pgtap-ann', 'select public.runs_cancel(''{}'')'), '42501', 'a member calls no verb');
select throws_ok($$ set local role authenticated; update public.runs set title = 'mine' $$, '42501', null, 'a member changes no run');
select throws_ok($$ set local role authenticated; delete from public.runs $$, '42501', null, 'a member deletes no run');

select is(pg_temp.as_role('service_role', null, 'select * from public.runs where lane = ''pgtap'''), '2', 'the service reads all runs');
select is(pg_temp.as_role('service_role', null, 'select public.ops_health(''{}'')'), '1', 'the service calls functions');
select is(pg_temp.as_role('service_role', null, 'select * from public.tokens where name = ''pgtap'''), '1', 'the service reads tokens');

select * from finish();
rollback;
