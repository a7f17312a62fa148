-- Bundles of the spec kit. `web` and workers make the documents; here they are kept, all of a call or none.

create or replace function public.ops_spec_json(d public.spec_docs) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('slug', d.slug, 'title', d.title, 'size', octet_length(d.content),
    'sha256', coalesce(d.sha256, encode(sha256(convert_to(d.content, 'UTF8')), 'hex')), 'updated_by', d.updated_by,
    'created_at', d.created_at, 'updated_at', d.updated_at)
$$;

-- Ids are minted from the lock that was read: two that read the same one would give one id to two things.
-- So a lock goes in only over the one that it was made from. Writers of one bundle wait for each other.
create or replace function public.ops_spec_store(p jsonb, p_now timestamptz, p_by text, p_meta jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_bundle text := p ->> 'bundle';
  v_names text[] := array(select d ->> 'name' from jsonb_array_elements(p -> 'documents') d);
  v_lock text;
  v_new text[];
  v_changed text[];
begin
  perform pg_advisory_xact_lock(hashtextextended('ops.spec/' || v_bundle, 0));
  if 'spec-kit.lock' = any (v_names) then
    select encode(sha256(convert_to(d.content, 'UTF8')), 'hex') into v_lock
    from public.spec_docs d where d.slug = v_bundle || '/spec-kit.lock';
    if v_lock is distinct from p ->> 'lock_sha256' then
      return public.ops_refuse('conflict', format('bundle `%s` was generated anew meanwhile; generate again from what it is now',
        v_bundle));
    end if;
  end if;
  if (select count(*) from public.spec_docs d where d.bundle = v_bundle
      and not d.slug = any (array(select v_bundle || '/' || n from unnest(v_names) n))) + cardinality(v_names) > 100 then
    return public.ops_refuse('too_large', 'a bundle has 100 documents at most');
  end if;
  select coalesce(array_agg(n order by n collate "C"), '{}') into v_new from unnest(v_names) n
  where not exists (select from public.spec_docs d where d.slug = v_bundle || '/' || n);
  -- The same text again changes nothing, not even the time.
  with given as (
    select v_bundle || '/' || (d ->> 'name') as slug, d ->> 'name' as name, d ->> 'content' as content,
      encode(sha256(convert_to(d ->> 'content', 'UTF8')), 'hex') as sha
    from jsonb_array_elements(p -> 'documents') d
  ), kept as (
    insert into public.spec_docs as x (slug, title, content, meta, sha256, updated_by, created_at, updated_at)
    select g.slug, left(coalesce(p ->> 'title', v_bundle), 300) || ' · ' || g.name, g.content, p_meta, g.sha, p_by, p_now, p_now
    from given g order by g.slug
    on conflict (slug) do update set title = case when p ? 'title' then excluded.title else x.title end, content = excluded.content, meta = excluded.meta,
      sha256 = excluded.sha256, updated_by = excluded.updated_by, updated_at = excluded.updated_at
    where x.content <> excluded.content
    returning substr(x.slug, length(v_bundle) + 2) as name
  ) select coalesce(array_agg(k.name order by k.name collate "C"), '{}') into v_changed from kept k;
  -- What the last generation came to is told beside its manifest: who looks later sees it too.
  update public.spec_docs d set meta = p_meta || jsonb_build_object('made', jsonb_build_object('at', p_now, 'by', p_by,
    'documents', to_jsonb(v_names), 'notes', coalesce(p -> 'notes', '[]'),
    'source_sha256', (select x.sha256 from public.spec_docs x where x.slug = v_bundle || '/source.md'), 'new', to_jsonb(v_new),
    'changed', to_jsonb(array(select c from unnest(v_changed) c where not c = any (v_new)))))
  where d.slug = v_bundle || '/spec-kit.json' and 'spec-kit.json' = any (v_names);
  return jsonb_build_object('bundle', v_bundle, 'changed', cardinality(v_changed));
end $$;

-- `looks`: the bundle as it is, for whoever is about to update it.
create or replace function public.spec_generate(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_stored jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'looks' then
    return jsonb_build_object('documents', coalesce((
      select jsonb_agg(jsonb_build_object('name', substr(d.slug, length(d.bundle) + 2), 'content', d.content)
        order by d.slug collate "C")
      from public.spec_docs d where d.bundle = p ->> 'bundle'), '[]'));
  end if;
  v_stored := public.ops_spec_store(p, v_now, a.actor, '{}');
  if not v_stored ? 'code' then
    perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'spec.generate', p ->> 'bundle',
      v_stored - 'bundle');
  end if;
  return v_stored;
end $$;

-- Documents of a bundle that is there, without a generation. `keeps`: `source`, a text that the next one is made
-- from, or `report`, what the rules found anew. Only pages do this.
create or replace function public.spec_keep(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_stored jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if not exists (select from public.spec_docs d where d.bundle = p ->> 'bundle') then
    return public.ops_refuse('not_found', format('there is no bundle `%s`', p ->> 'bundle'));
  end if;
  v_stored := public.ops_spec_store(p, v_now, a.actor, '{}');
  if not v_stored ? 'code' then
    perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'spec.' || (p ->> 'keeps'), p ->> 'bundle',
      v_stored - 'bundle');
  end if;
  return v_stored;
end $$;

-- By whoever holds the run; a lease that is lost stores nothing.
create or replace function public.spec_put(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = v_attempt and l.worker_id = p ->> 'worker_id' and l.token_id = a.token_id
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, v_attempt, p ->> 'worker_id', a.token_id);
  end if;
  return public.ops_spec_store(p, v_now, p ->> 'worker_id', jsonb_build_object('run_id', v_run, 'attempt', v_attempt));
end $$;

-- One document, or all of a bundle. A worker reads for the run that it holds.
create or replace function public.spec_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_documents jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator,viewer}' end::text[],
    clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    perform 1 from public.run_leases l
    where l.run_id = v_run and l.attempt = v_attempt and l.worker_id = p ->> 'worker_id' and l.token_id = a.token_id;
    if not found then
      return public.ops_lease_lost(v_run, v_attempt, p ->> 'worker_id', a.token_id);
    end if;
  end if;
  select jsonb_agg(public.ops_spec_json(d) || jsonb_build_object('content', d.content, 'meta', d.meta)
    order by d.slug collate "C") into v_documents
  from public.spec_docs d
  where d.bundle = split_part(p ->> 'slug', '/', 1) and (d.slug = p ->> 'slug' or strpos(p ->> 'slug', '/') = 0);
  if v_documents is null then
    return public.ops_refuse('not_found', format('there is no bundle or document `%s`', p ->> 'slug'));
  end if;
  return jsonb_build_object('bundle', split_part(p ->> 'slug', '/', 1), 'documents', v_documents,
    'updated_at', (select max(d ->> 'updated_at') from jsonb_array_elements(v_documents) d));
end $$;

-- By name; the cursor is the last one's.
create or replace function public.spec_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_bundles jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(b.it order by b.bundle collate "C"), '[]') into v_bundles from (
    select d.bundle, jsonb_build_object('bundle', d.bundle, 'updated_at', max(d.updated_at),
      'documents', jsonb_agg(public.ops_spec_json(d) order by d.slug collate "C")) as it
    from public.spec_docs d where p ->> 'after' is null or d.bundle collate "C" > p ->> 'after'
    group by d.bundle order by d.bundle collate "C" limit v_limit) b;
  return jsonb_build_object('bundles', v_bundles,
    'next', case when jsonb_array_length(v_bundles) = v_limit then v_bundles -> -1 ->> 'bundle' end);
end $$;
