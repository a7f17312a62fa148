-- Unique per (run, attempt, name): the same bytes get the same answer, other bytes are refused.

-- What a worker may put: null, or the refusal. Locks the lease.
create or replace function public.ops_artifact_refusal(p jsonb, token uuid, sha text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_known text;
begin
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = v_attempt and l.worker_id = p ->> 'worker_id' and l.token_id = token
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, v_attempt, p ->> 'worker_id', token);
  end if;
  select x.sha256 into v_known from public.artifacts x
  where x.run_id = v_run and x.attempt = v_attempt and x.name = p ->> 'name';
  if v_known <> sha then
    return public.ops_refuse('name_taken', format('attempt %s has an artifact `%s` with other bytes', v_attempt, p ->> 'name'));
  end if;
  -- Two at once may pass the last place together: the limit keeps one caller from filling the store.
  if v_known is null and (select count(*) from public.artifacts x where x.run_id = v_run and x.attempt = v_attempt) >= 200 then
    return public.ops_refuse('too_large', 'the attempt has 200 artifacts, the most that one may have');
  end if;
  return null;
end $$;

-- Whether these bytes may be put under this name, before they are sent to the store.
create or replace function public.artifacts_begin(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return coalesce(public.ops_artifact_refusal(p, a.token_id, p ->> 'sha256'), '{}');
end $$;

-- `sha256` and `size` instead of bytes: the API has seen them in the store.
create or replace function public.artifacts_put(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_is_stored boolean := p ? 'sha256';
  v_bytes bytea := case when p ? 'content_base64' then decode(p ->> 'content_base64', 'base64')
    else convert_to(p ->> 'content', 'UTF8') end;
  v_link bytea := convert_to(p ->> 'url', 'UTF8');
  v_sha text := coalesce(p ->> 'sha256', encode(sha256(coalesce(v_bytes, v_link)), 'hex'));
  v_refusal jsonb;
  f public.artifacts%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_refusal := public.ops_artifact_refusal(p, a.token_id, v_sha);
  if v_refusal is not null then
    return v_refusal;
  end if;
  insert into public.artifacts (run_id, attempt, name, kind, mime, content, url, is_stored, sha256, size, ts)
  values (v_run, v_attempt, p ->> 'name', p ->> 'kind', p ->> 'mime', v_bytes, p ->> 'url', v_is_stored, v_sha,
    coalesce((p ->> 'size')::bigint, octet_length(coalesce(v_bytes, v_link))), v_now)
  on conflict do nothing;
  select * into f from public.artifacts x where x.run_id = v_run and x.attempt = v_attempt and x.name = p ->> 'name';
  -- Another call of the same attempt was quicker.
  if f.sha256 <> v_sha then
    return public.ops_refuse('name_taken', format('attempt %s has an artifact `%s` with other bytes', v_attempt, f.name));
  end if;
  return jsonb_build_object('artifact_id', f.id, 'url', f.url, 'sha256', f.sha256, 'size', f.size);
end $$;

create or replace function public.ops_artifact_json(f public.artifacts) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', f.id, 'run_id', f.run_id, 'attempt', f.attempt, 'name', f.name, 'kind', f.kind,
    'mime', f.mime, 'sha256', f.sha256, 'size', f.size, 'ts', f.ts, 'url', f.url)
$$;

create or replace function public.artifacts_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  f public.artifacts%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into f from public.artifacts x where x.id = (p ->> 'artifact_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such artifact');
  end if;
  return jsonb_build_object('artifact', public.ops_artifact_json(f)
    || jsonb_build_object('is_stored', f.is_stored, 'content_base64', translate(encode(f.content, 'base64'), E'\n', '')));
end $$;

-- Of the newest attempt that left any, or of the one asked for.
create or replace function public.artifacts_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if not exists (select from public.runs r where r.id = v_run) then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  if v_attempt is null then
    select max(x.attempt) into v_attempt from public.artifacts x where x.run_id = v_run;
  end if;
  return jsonb_build_object('artifacts', coalesce((
    select jsonb_agg(public.ops_artifact_json(x) order by x.ts, x.name)
    from public.artifacts x where x.run_id = v_run and x.attempt = v_attempt), '[]'));
end $$;
