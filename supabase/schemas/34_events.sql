-- Log and state of steps in one commit. The lease is taken FOR KEY SHARE: an insert is fenced by
-- nothing else. What is stored already is skipped; a hole is refused.
create or replace function public.events_append(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_attempt integer := (p ->> 'attempt')::integer;
  v_first bigint := (p ->> 'first_seq')::bigint;
  v_limit bigint := coalesce((p ->> 'log_limit')::bigint, 52428800);
  v_last bigint;
  v_skip integer;
  v_count integer := 0;
  v_bytes bigint := 0;
  v_status text;
  a record;
  g public.run_logs%rowtype;
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

  insert into public.run_logs (run_id) values (v_run) on conflict do nothing;
  select * into g from public.run_logs x where x.run_id = v_run for no key update;
  v_last := case when g.attempt = v_attempt then g.last_seq else 0 end;
  if v_first > v_last + 1 then
    return jsonb_build_object('code', 'events_gap', 'last_seq', v_last);
  end if;
  v_skip := v_last + 1 - v_first;

  insert into public.run_events (run_id, pos, attempt, ts, level, source, step, message, data, more, lossy)
  select v_run, g.last_pos + e.ord - v_skip, v_attempt, coalesce(e.ts, v_now), coalesce(e.level, 'info'), e.source,
    e.step, e.message, e.data, coalesce(e.more, false), coalesce(e.lossy, false)
  from rows from (jsonb_to_recordset(p -> 'events')
    as (ts timestamptz, level text, source text, step text, message text, data jsonb, more boolean, lossy boolean))
    with ordinality as e (ts, level, source, step, message, data, more, lossy, ord)
  where e.ord > v_skip;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    select sum(octet_length(e.message)) into v_bytes from public.run_events e
    where e.run_id = v_run and e.pos > g.last_pos;
    g.last_pos := g.last_pos + v_count;
    v_last := v_last + v_count;
    g.bytes := g.bytes + v_bytes;
    if g.truncated_pos is not null then
      g.tail_bytes := g.tail_bytes + v_bytes;
      g := public.ops_roll_tail(g);
    elsif g.bytes > v_limit then
      g.last_pos := g.last_pos + 1;
      g.truncated_pos := g.last_pos;
      insert into public.run_events (run_id, pos, attempt, ts, level, source, message, data)
      values (v_run, g.last_pos, v_attempt, v_now, 'warn', 'control',
        'log_truncated: the log reached its limit; from here on only its last part is kept',
        jsonb_build_object('limit_bytes', v_limit, 'tail_bytes', 1048576));
    end if;
  end if;
  if v_count > 0 or g.attempt <> v_attempt then
    update public.run_logs x set last_pos = g.last_pos, attempt = v_attempt, last_seq = v_last, bytes = g.bytes,
      truncated_pos = g.truncated_pos, tail_bytes = g.tail_bytes, dropped_events = g.dropped_events,
      dropped_bytes = g.dropped_bytes
    where x.run_id = v_run;
  end if;

  if jsonb_array_length(p -> 'steps') > 0 then
    -- A state that has ended is never overwritten, neither within a batch nor by a late repeat of an
    -- older one.
    insert into public.run_steps as s (run_id, attempt, step, status, exit_code, outputs, started_at, finished_at)
    select v_run, v_attempt, u.step,
      (array_agg(u.status order by u.status = 'running', u.ord))[1], (array_agg(u.exit_code order by u.status = 'running', u.ord))[1],
      coalesce((array_agg(u.outputs order by u.status = 'running', u.ord))[1], '{}'),
      case when (array_agg(u.status order by u.status = 'running', u.ord))[1] <> 'skipped' then v_now end,
      case when (array_agg(u.status order by u.status = 'running', u.ord))[1] <> 'running' then v_now end
    from rows from (jsonb_to_recordset(p -> 'steps') as (step text, status text, exit_code integer, outputs jsonb))
      with ordinality as u (step, status, exit_code, outputs, ord)
    group by u.step
    on conflict (run_id, attempt, step) do update set status = excluded.status, exit_code = excluded.exit_code,
      outputs = excluded.outputs, finished_at = excluded.finished_at
    where s.status = 'running';
  end if;

  select r.status into v_status from public.runs r where r.id = v_run;
  return jsonb_build_object('last_seq', v_last, 'last_pos', g.last_pos, 'cancel', v_status = 'cancelled');
end $$;

-- Keeps about the last mebibyte behind `truncated_pos`.
create or replace function public.ops_roll_tail(g public.run_logs) returns public.run_logs
language plpgsql volatile set search_path = '' as $$
declare
  v_events bigint;
  v_bytes bigint;
begin
  if g.tail_bytes <= 1048576 + 262144 then
    return g;
  end if;
  with sized as (
    select e.pos, octet_length(e.message) as size, sum(octet_length(e.message)) over (order by e.pos desc) as upto
    from public.run_events e where e.run_id = g.run_id and e.pos > g.truncated_pos
  ), gone as (
    delete from public.run_events e using sized
    where e.run_id = g.run_id and e.pos = sized.pos and sized.upto > 1048576 returning sized.size
  ) select count(*), coalesce(sum(size), 0) into v_events, v_bytes from gone;
  g.tail_bytes := g.tail_bytes - v_bytes;
  g.dropped_events := g.dropped_events + v_events;
  g.dropped_bytes := g.dropped_bytes + v_bytes;
  return g;
end $$;

create or replace function public.events_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_after bigint := coalesce((p ->> 'after')::bigint, 0);
  v_events jsonb;
  v_status text;
  v_held boolean;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- The status before the events: whoever reads `succeeded` and an empty page has seen them all.
  select r.status into v_status from public.runs r where r.id = v_run;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  v_held := exists (select from public.run_leases l where l.run_id = v_run);
  select coalesce(jsonb_agg(jsonb_build_object('pos', e.pos, 'attempt', e.attempt, 'ts', e.ts, 'level', e.level,
    'source', e.source, 'step', e.step, 'message', e.message, 'data', e.data, 'more', e.more, 'lossy', e.lossy)
    order by e.pos), '[]') into v_events
  from (select * from public.run_events x where x.run_id = v_run and x.pos > v_after
    order by x.pos limit least(coalesce((p ->> 'limit')::integer, 500), 2000)) e;
  return jsonb_build_object('events', v_events, 'status', v_status, 'held', v_held,
    'next', coalesce((v_events -> -1 ->> 'pos')::bigint, v_after));
end $$;
