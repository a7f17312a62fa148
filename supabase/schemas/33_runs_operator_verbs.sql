-- `cancelled` at once. Locks the run, then its log; never the lease: a holder keeps it until it
-- finishes or its time ends, and is told by its next heartbeat or append.
create or replace function public.runs_cancel(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  r public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into r from public.runs x where x.id = v_run for no key update;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  if r.status not in ('queued', 'claimed', 'running') then
    return jsonb_build_object('code', 'already_finished', 'detail', format('the run is %s', r.status), 'run_status', r.status);
  end if;
  update public.runs set status = 'cancelled', cancelled_at = v_now, finished_at = v_now, parked = null,
    reason = coalesce(p ->> 'reason', 'cancelled_by_operator')
  where id = v_run;
  perform public.ops_log(v_run, r.attempt, v_now, 'warn',
    format('cancelled by %s', a.actor) || coalesce(': ' || (p ->> 'reason'), ''));
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'runs.cancel', v_run::text,
    jsonb_build_object('reason', p ->> 'reason', 'was', r.status));
  return jsonb_build_object('run_id', v_run, 'status', 'cancelled');
end $$;

-- A new run linked to the old one. Nothing leaves a terminal state.
create or replace function public.runs_retry(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_new jsonb;
  v_out jsonb;
  r public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into r from public.runs x where x.id = v_run;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  if r.status in ('queued', 'claimed', 'running') then
    return public.ops_refuse('conflict', format('the run is %s; cancel it first, or wait until it ends', r.status));
  end if;
  v_new := jsonb_strip_nulls(jsonb_build_object('title', r.title, 'template', r.template,
    'template_version', r.template_version, 'session_id', r.session_id, 'lane', r.lane, 'priority', r.priority,
    'intent', r.intent, 'env', r.env, 'repo', r.repo, 'max_attempts', r.max_attempts,
    'lease_seconds', r.lease_seconds, 'timeout_seconds', r.timeout_seconds, 'retry_of', r.id,
    'idempotency_key', p ->> 'idempotency_key', 'body_sha256', encode(sha256(convert_to('retry ' || r.id, 'UTF8')), 'hex')))
    || jsonb_build_object('runbook', r.runbook, 'params', r.params);
  begin
    v_out := public.ops_insert_runs(jsonb_build_array(v_new), a.actor, r.lease_seconds, v_now);
  exception when sqlstate 'OPS01' then
    return jsonb_build_object('code', 'idempotency_mismatch');
  end;
  select * into r from public.runs x where x.id = (v_out #>> '{runs,0,run_id}')::uuid;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'runs.retry', v_run::text,
    jsonb_build_object('run_id', r.id));
  return jsonb_set(v_out, '{runs,0,run}', public.ops_run_json(r));
end $$;

-- Why a queued run is still queued, the nearest reason first.
create or replace function public.ops_waiting(r public.runs, p_now timestamptz) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  l public.lanes%rowtype;
  v_count bigint;
begin
  if r.status <> 'queued' then
    return null;
  end if;
  if r.parked = 'not_before' then
    return jsonb_build_object('reason', 'not_before', 'detail',
      format('due at %s', to_char(r.not_before at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS "UTC"')));
  end if;
  select * into l from public.lanes x where x.name = r.lane;
  if l.paused then
    return jsonb_build_object('reason', 'lane_paused', 'detail',
      format('lane %s is paused', r.lane) || coalesce(': ' || l.paused_reason, ''));
  end if;
  if not exists (
    select from public.workers w where r.lane = any (w.lanes) and not w.drain
      and (w.session_id is null or w.session_id = r.session_id) and w.last_seen > p_now - interval '30 seconds') then
    return jsonb_build_object('reason', 'no_worker', 'detail',
      format('no worker asks for lane %s; start one with `ops worker --lanes %s`', r.lane, r.lane));
  end if;
  if l.concurrency_limit is not null then
    select count(*) into v_count from public.run_leases x where x.lane = r.lane;
    if v_count >= l.concurrency_limit then
      return jsonb_build_object('reason', 'lane_full', 'detail',
        format('%s of %s places of lane %s are taken', v_count, l.concurrency_limit, r.lane));
    end if;
  end if;
  select count(*) into v_count from (
    select from public.runs q where q.lane = r.lane and q.status = 'queued' and q.parked is null
      and (q.priority, q.seq) < (r.priority, r.seq) limit 1000) x;
  return jsonb_build_object('reason', 'queue', 'detail', case v_count when 0 then 'next in its lane'
    when 1 then 'after 1 run' when 1000 then 'after 1000 runs or more' else format('after %s runs', v_count) end);
end $$;

create or replace function public.runs_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_log jsonb;
  r public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into r from public.runs x where x.id = (p ->> 'run_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  select jsonb_build_object('last_pos', g.last_pos, 'bytes', g.bytes, 'dropped_events', g.dropped_events,
    'dropped_bytes', g.dropped_bytes) into v_log from public.run_logs g where g.run_id = r.id;
  return jsonb_build_object('run', public.ops_run_json(r) || jsonb_build_object(
    'params', r.params, 'runbook', r.runbook, 'result', r.result, 'waiting', public.ops_waiting(r, v_now), 'log', v_log,
    'steps', coalesce((select jsonb_agg(jsonb_build_object('attempt', s.attempt, 'step', s.step, 'status', s.status,
        'exit_code', s.exit_code, 'outputs', s.outputs, 'started_at', s.started_at, 'finished_at', s.finished_at)
        order by s.attempt, s.started_at, s.step) from public.run_steps s where s.run_id = r.id), '[]'),
    'attempts', coalesce((select jsonb_agg(jsonb_build_object('attempt', t.attempt, 'worker_id', t.worker_id,
        'claimed_at', t.claimed_at, 'ended_at', t.ended_at, 'ended_as', t.ended_as, 'reason', t.reason)
        order by t.attempt) from public.run_attempts t where t.run_id = r.id), '[]')));
end $$;

-- Newest first; the cursor is the `seq` of the last row.
create or replace function public.runs_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_runs jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(public.ops_run_json(r) order by r.seq desc), '[]') into v_runs from (
    select * from public.runs x
    where (p ->> 'after' is null or x.seq < (p ->> 'after')::bigint)
      and (p ->> 'status' is null or x.status = p ->> 'status')
      and (p ->> 'lane' is null or x.lane = p ->> 'lane')
      and (p ->> 'template' is null or x.template = p ->> 'template')
      and (p ->> 'session_id' is null or x.session_id = (p ->> 'session_id')::uuid)
    order by x.seq desc limit v_limit) r;
  return jsonb_build_object('runs', v_runs,
    'next', case when jsonb_array_length(v_runs) = v_limit then v_runs -> -1 ->> 'seq' end);
end $$;
