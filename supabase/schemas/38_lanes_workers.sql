create or replace function public.ops_lane_json(l public.lanes) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('name', l.name, 'concurrency_limit', l.concurrency_limit, 'paused', l.paused,
    'paused_reason', l.paused_reason, 'draining', l.draining, 'dispatch', l.dispatch, 'queue_limit', l.queue_limit, 'queue_full', l.queue_full,
    'queued', (select count(*) from public.runs r where r.lane = l.name and r.status = 'queued' and r.parked is null),
    'held', (select count(*) from public.run_leases x where x.lane = l.name))
$$;

create or replace function public.lanes_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('lanes', (
    select jsonb_agg(public.ops_lane_json(l) order by l.name collate "C") from public.lanes l));
end $$;

-- A lane that does not exist is made. Limits of 0 take the limit away. A pause means no claims; what
-- is held goes on.
create or replace function public.lanes_update(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  l public.lanes%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.lanes (name, created_at) values (p ->> 'name', v_now) on conflict do nothing;
  update public.lanes x set
    concurrency_limit = case when p ? 'concurrency_limit' then nullif((p ->> 'concurrency_limit')::integer, 0)
      else x.concurrency_limit end,
    queue_limit = case when p ? 'queue_limit' then nullif((p ->> 'queue_limit')::integer, 0) else x.queue_limit end,
    queue_full = case when p ? 'queue_limit' then
      coalesce(public.ops_queue_reaches(x.name, nullif((p ->> 'queue_limit')::integer, 0)), false) else x.queue_full end,
    paused = coalesce((p ->> 'paused')::boolean, x.paused),
    draining = coalesce((p ->> 'draining')::boolean, x.draining),
    paused_reason = case when (p ->> 'paused')::boolean then p ->> 'reason'
      when p ? 'paused' then null else x.paused_reason end,
    dispatch = case when p -> 'dispatch' = '{}' then null when p ? 'dispatch' then
      '{"ref": "main", "per_hour": 20}' || coalesce(x.dispatch, '{}') || (p -> 'dispatch') else x.dispatch end,
    updated_at = v_now
  where x.name = p ->> 'name' returning * into l;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'lanes.update', l.name, p - 'auth' - 'name');
  return jsonb_build_object('lane', public.ops_lane_json(l), 'wake', jsonb_build_object(l.name, 1000));
end $$;

-- Those heard of within the last day, the freshest first.
create or replace function public.workers_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('workers', coalesce((
    select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'version', w.version, 'lanes', w.lanes,
      'session_id', w.session_id, 'first_seen', w.first_seen, 'last_seen', w.last_seen,
      'seen_ms_ago', greatest(0, floor(extract(epoch from v_now - w.last_seen) * 1000))::bigint,
      'held', (select count(*) from public.run_leases l where l.worker_id = w.id), 'drain', w.drain,
      'identity', (select t.identity from public.tokens t where t.id = w.token_id))
      order by w.last_seen desc, w.id)
    from (select * from public.workers x where x.last_seen > v_now - interval '1 day'
      order by x.last_seen desc limit 200) w), '[]'));
end $$;

-- The worker takes no more runs, ends those that it has, and goes; told in its next answer.
create or replace function public.workers_drain(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_drain boolean := coalesce((p ->> 'drain')::boolean, true);
  v_lanes text[];
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.workers k set drain = v_drain where k.id = p ->> 'worker_id' returning k.lanes into v_lanes;
  if not found then
    return public.ops_refuse('not_found', 'there is no such worker');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'workers.drain', p ->> 'worker_id',
    jsonb_build_object('drain', v_drain));
  return jsonb_build_object('worker_id', p ->> 'worker_id', 'drain', v_drain,
    -- Its long poll should hear it now.
    'wake', (select jsonb_object_agg(l, 1000) from unnest(v_lanes) l));
end $$;
