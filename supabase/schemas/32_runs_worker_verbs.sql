-- Worker-side verbs beside claim. Each judges by the lease row; a refused write is counted.

-- The answer to a write without a lease.
create or replace function public.ops_lease_lost(p_run uuid, p_attempt integer, p_worker text, p_token uuid) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_answer text;
begin
  -- After its own finish an attempt that reports late has lost nothing, and is not counted.
  select t.answer into v_answer from public.run_attempts t
  where t.run_id = p_run and t.attempt = p_attempt and t.worker_id = p_worker and t.token_id = p_token
    and t.answer is not null;
  if found then
    return jsonb_build_object('run_id', p_run, 'code', 'already_finished', 'status', v_answer);
  end if;
  update public.runs set refused_writes = refused_writes + 1 where id = p_run;
  return jsonb_build_object('run_id', p_run, 'code', 'lease_lost');
end $$;

create or replace function public.runs_start(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_status text;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = (p ->> 'attempt')::integer and l.worker_id = p ->> 'worker_id'
    and l.token_id = a.token_id
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, (p ->> 'attempt')::integer, p ->> 'worker_id', a.token_id);
  end if;
  update public.runs set status = 'running', started_at = v_now where id = v_run and status = 'claimed';
  select r.status into v_status from public.runs r where r.id = v_run;
  return jsonb_build_object('run_id', v_run, 'status', v_status, 'cancel', v_status = 'cancelled');
end $$;

-- All runs of one worker in one call. Locks leases ascending, in a mode that appends do not wait
-- for, and never waits for the worker's row. A lease never outlives `ends_by`, nor a cancel by more
-- than 30 s; what was granted is not shortened.
create or replace function public.runs_heartbeat(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_worker text := p ->> 'worker_id';
  v_asked uuid[] := array(select b.run_id from jsonb_to_recordset(p -> 'runs') as b (run_id uuid));
  v_held uuid[];
  v_answers jsonb;
  v_lost jsonb;
  v_drain boolean;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(array_agg(x.run_id), '{}') into v_held from (
    select l.run_id from jsonb_to_recordset(p -> 'runs') as b (run_id uuid, attempt integer)
    join public.run_leases l on l.run_id = b.run_id and l.attempt = b.attempt
    -- The bound holds whichever side the planner starts from.
    where l.run_id = any (v_asked) and l.worker_id = v_worker and l.token_id = a.token_id
    order by l.run_id for no key update of l) x;
  with b as materialized (
    select x.ord, x.run_id, x.attempt, x.step
    from rows from (jsonb_to_recordset(p -> 'runs') as (run_id uuid, attempt integer, step text))
      with ordinality as x (run_id, attempt, step, ord)
  ), beaten as (
    update public.run_leases l set heartbeat_at = v_now, step = coalesce(b.step, l.step),
      expires_at = greatest(l.expires_at, least(v_now + make_interval(secs => r.lease_seconds), l.ends_by,
        r.cancelled_at + interval '30 seconds'))
    from b join public.runs r on r.id = b.run_id and r.id = any (v_asked)
    where l.run_id = b.run_id and l.attempt = b.attempt and l.run_id = any (v_held)
    returning l.run_id, l.expires_at, r.status, b.ord
  )
  select
    (select jsonb_agg(jsonb_build_object('run_id', t.run_id, 'status', t.status, 'cancel', t.status = 'cancelled',
        'lease_seconds', greatest(0, floor(extract(epoch from t.expires_at - v_now)))::integer,
        'lease_expires_at', t.expires_at, 'ord', t.ord)) from beaten t),
    (select jsonb_agg(jsonb_build_object('run_id', b.run_id, 'attempt', b.attempt, 'ord', b.ord) order by b.run_id)
      from b where not exists (select from public.run_leases l
        where l.run_id = b.run_id and l.attempt = b.attempt and l.run_id = any (v_held)))
  into v_answers, v_lost;
  if v_lost is not null then
    select coalesce(v_answers, '[]') || jsonb_agg(
      public.ops_lease_lost(x.run_id, x.attempt, v_worker, a.token_id) || jsonb_build_object('ord', x.ord) order by x.run_id)
    into v_answers from jsonb_to_recordset(v_lost) as x (run_id uuid, attempt integer, ord integer);
  end if;
  update public.workers k set last_seen = v_now
  where k.id = (select s.id from public.workers s where s.id = v_worker for no key update skip locked);
  select k.drain into v_drain from public.workers k where k.id = v_worker;
  select coalesce(jsonb_agg(x - 'ord' order by (x ->> 'ord')::integer), '[]') into v_answers
  from jsonb_array_elements(v_answers) x;
  return jsonb_build_object('runs', v_answers, 'drain', coalesce(v_drain, false));
end $$;

create or replace function public.runs_finish(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
  s record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  s := public.ops_settle(p ->> 'worker_id', a.token_id, p -> 'finish', v_now);
  return jsonb_build_object('finished', s.answers, 'wake', s.wake);
end $$;
