-- Unique per (run, attempt, name): the same bytes get the same answer, other bytes are refused.
create or replace function public.artifacts_put(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_bytes bytea := case when p ? 'content_base64' then decode(p ->> 'content_base64', 'base64')
    else convert_to(p ->> 'content', 'UTF8') end;
  v_sha text := encode(sha256(coalesce(v_bytes, convert_to(p ->> 'url', 'UTF8'))), 'hex');
  f public.artifacts%rowtype;
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
  insert into public.artifacts (run_id, attempt, name, kind, mime, content, url, sha256, size, ts)
  values (v_run, v_attempt, p ->> 'name', p ->> 'kind', p ->> 'mime', v_bytes, p ->> 'url', v_sha,
    octet_length(coalesce(v_bytes, convert_to(p ->> 'url', 'UTF8'))), v_now)
  on conflict do nothing;
  select * into f from public.artifacts x where x.run_id = v_run and x.attempt = v_attempt and x.name = p ->> 'name';
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
    || jsonb_build_object('content_base64', translate(encode(f.content, 'base64'), E'\n', '')));
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
