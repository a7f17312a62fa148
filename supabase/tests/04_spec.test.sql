-- Bundles of the spec kit: what the functions keep and refuse, and who sees the table.
begin;
create schema if not exists extensions;
create extension if not exists pgtap with schema extensions;
set local search_path = public, extensions;

-- How many rows `query` gives a role, or the code of its refusal.
create function pg_temp.as_role(role text, query text) returns text language plpgsql as $$
declare
  v_answer text;
begin
  perform set_config('role', role, true);
  begin
    execute format('with answer as (%s) select count(*) from answer', query) into v_answer;
  exception when others then
    v_answer := sqlstate;
  end;
  perform set_config('role', 'none', true);
  return v_answer;
end $$;

create function pg_temp.auth(kind text) returns jsonb language sql as $$
  select jsonb_build_object('token_sha256', repeat(case kind when 'operator' then 'b' when 'viewer' then 'c' else 'd' end, 64))
$$;
create temporary table answers on commit drop as
  select public.ops_first_token(jsonb_build_object('name', 'pgtap-' || kind, 'kinds', jsonb_build_array(kind),
    'token_sha256', pg_temp.auth(kind) ->> 'token_sha256')) as answer
  from unnest(array['operator', 'viewer', 'worker']) kind;

-- Texts by name, as a call to `spec_generate`.
create function pg_temp.generate(kind text, documents jsonb, more jsonb default '{}') returns jsonb language sql as $$
  select public.spec_generate(jsonb_build_object('auth', pg_temp.auth(kind), 'bundle', 'pgtap', 'title', 'pgTAP',
    'documents', (select jsonb_agg(jsonb_build_object('name', d.key, 'content', d.value)) from jsonb_each_text(documents) d)) || more)
$$;
create function pg_temp.keep(kind text, documents jsonb, more jsonb default '{}') returns jsonb language sql as $$
  select public.spec_keep(jsonb_build_object('auth', pg_temp.auth(kind), 'bundle', 'pgtap', 'keeps', 'source',
    'documents', (select jsonb_agg(jsonb_build_object('name', d.key, 'content', d.value)) from jsonb_each_text(documents) d)) || more)
$$;
create function pg_temp.lock(content text) returns jsonb language sql as $$
  select jsonb_build_object('lock_sha256', encode(sha256(convert_to(content, 'UTF8')), 'hex'))
$$;
create function pg_temp.made() returns jsonb language sql as $$
  select d.meta -> 'made' from public.spec_docs d where d.slug = 'pgtap/spec-kit.json'
$$;

select plan(35);

select is((select count(*) from answers where answer ? 'code'), 0::bigint, 'what the test needs is there');
select col_is_unique('public', 'spec_docs', 'slug', 'a document is there once');
select has_index('public', 'spec_docs', 'spec_docs_bundle', 'bundle', 'a bundle is found without a scan');

-- Who may.
select is(pg_temp.generate('viewer', '{"plan.md": "x"}') ->> 'code', 'forbidden', 'a viewer generates nothing');
select is(pg_temp.generate('worker', '{"plan.md": "x"}') ->> 'code', 'forbidden', 'a worker generates nothing by itself');
select is(public.spec_generate('{"looks": true, "bundle": "pgtap"}') ->> 'code', 'unauthenticated', 'nobody looks');
select is(public.spec_generate(jsonb_build_object('auth', pg_temp.auth('viewer'), 'looks', true, 'bundle', 'pgtap')) ->> 'code',
  'forbidden', 'a viewer does not look for a generation');
select is(public.spec_get(jsonb_build_object('auth', pg_temp.auth('worker'), 'slug', 'pgtap')) ->> 'code', 'forbidden',
  'a worker reads nothing without a run');
select is(public.spec_put(jsonb_build_object('auth', pg_temp.auth('worker'), 'run_id', gen_random_uuid(), 'attempt', 1,
  'worker_id', 'w', 'bundle', 'pgtap', 'documents', '[{"name": "plan.md", "content": "x"}]'::jsonb)) ->> 'code', 'lease_lost',
  'a worker puts nothing without a run');
select is((select count(*) from public.spec_docs where bundle = 'pgtap'), 0::bigint, 'nothing of it was kept');

-- What is kept.
select is(pg_temp.generate('operator', '{"source.md": "s", "plan.md": "p", "spec-kit.json": "{}", "spec-kit.lock": "1"}') - 'bundle',
  '{"changed": 4}', 'a bundle is stored');
select is(pg_temp.made() -> 'new', '["plan.md", "source.md", "spec-kit.json", "spec-kit.lock"]', 'all of it is new');
select is(pg_temp.made() ->> 'by', 'pgtap-operator', 'and somebody made it');
select is((select title from public.spec_docs where slug = 'pgtap/plan.md'), 'pgTAP · plan.md', 'with a title');
select is((select bundle from public.spec_docs where slug = 'pgtap/plan.md'), 'pgtap', 'in a bundle');
select is((select sha256 from public.spec_docs where slug = 'pgtap/plan.md'), encode(sha256('p'), 'hex'), 'with its digest');
select is(pg_temp.generate('operator', '{"spec-kit.lock": "2"}') ->> 'code', 'conflict', 'a lock goes over none that nobody read');
select is(pg_temp.generate('operator', '{"spec-kit.lock": "2"}', pg_temp.lock('0')) ->> 'code', 'conflict', 'nor over another one');
select is(pg_temp.generate('operator', '{"plan.md": "q", "spec-kit.json": "{}", "spec-kit.lock": "2"}', pg_temp.lock('1')) - 'bundle',
  '{"changed": 2}', 'it goes over the one that was read');
select is(pg_temp.made() - '{at,by,notes,source_sha256,documents}'::text[], '{"new": [], "changed": ["plan.md", "spec-kit.lock"]}',
  'and what changed is told');
select is(pg_temp.generate('operator', '{"plan.md": "q", "spec-kit.json": "{}"}', '{"notes": ["n"]}') - 'bundle', '{"changed": 0}',
  'the same text changes nothing');
select is(pg_temp.made() - '{at,by,source_sha256,documents}'::text[], '{"new": [], "changed": [], "notes": ["n"]}', 'which is told too');
select is((select updated_at from public.spec_docs where slug = 'pgtap/source.md'),
  (select created_at from public.spec_docs where slug = 'pgtap/source.md'), 'not even the time');

-- Kept without a generation.
select is(pg_temp.keep('operator', '{"source.md": "t"}') - 'bundle', '{"changed": 1}', 'a source is saved');
select isnt(pg_temp.made() ->> 'source_sha256', (select sha256 from public.spec_docs where slug = 'pgtap/source.md'),
  'and is another one than the bundle was made from');
select is(pg_temp.keep('operator', '{"source.md": "t"}', '{"bundle": "pgtap-none"}') ->> 'code', 'not_found',
  'of a bundle that is there');
select is(pg_temp.keep('viewer', '{"source.md": "t"}') ->> 'code', 'forbidden', 'by no viewer');
select is((select array_agg(action order by id) from public.audit where target = 'pgtap'),
  '{spec.generate,spec.generate,spec.generate,spec.source}'::text[], 'the audit trail tells them apart');
select is(pg_temp.generate('operator', (select jsonb_object_agg('d' || n, 'x') from generate_series(1, 100) n)) ->> 'code', 'too_large',
  'a bundle has an end');

-- What is read.
select is(jsonb_array_length(public.spec_get(jsonb_build_object('auth', pg_temp.auth('viewer'), 'slug', 'pgtap')) -> 'documents'), 4,
  'a viewer reads a bundle');
select is(public.spec_get(jsonb_build_object('auth', pg_temp.auth('viewer'), 'slug', 'pgtap/plan.md')) #>> '{documents,0,content}', 'q',
  'and a document');
select is(jsonb_array_length(public.spec_docs_list(jsonb_build_object('auth', pg_temp.auth('viewer'), 'bundle', 'pgtap')) -> 'documents'), 4,
  'pages list one bundle');

-- The table itself.
select is(pg_temp.as_role('authenticated', 'select * from public.spec_docs where bundle = ''pgtap'''), '4', 'members read documents');
select throws_ok($$ set local role authenticated; update public.spec_docs set content = '' $$, '42501', null, 'and change none');
select is(pg_temp.as_role('anon', 'select * from public.spec_docs'), '42501', 'anon reads none');

select * from finish();
rollback;
