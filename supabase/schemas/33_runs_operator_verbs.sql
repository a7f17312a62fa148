-- Which runs a bulk form means: `run_ids`, or a `filter`, newest first. At most 500, so that one call stays well below its time limit.
create or replace function public.ops_chosen_runs(p jsonb, p_statuses text[]) returns uuid[]
language sql stable set search_path = '' as $$
  select coalesce(array_agg(x.id order by x.id), '{}') from (
    select r.id from public.runs r
    where case when p ? 'run_ids' then r.id = any (array(select jsonb_array_elements_text(p -> 'run_ids')::uuid))
      else r.status = any (p_statuses)
        and (p #>> '{filter,status}' is null or r.status = p #>> '{filter,status}')
        and (p #>> '{filter,lane}' is null or r.lane = p #>> '{filter,lane}')
        and (p #>> '{filter,template}' is null or r.template = p #>> '{filter,template}')
        and (p #>> '{filter,session_id}' is null or r.session_id = (p #>> '{filter,session_id}')::uuid) end
    order by r.seq desc limit 500) x
$$;

-- `cancelled` at once. Locks the run, then its log; never the lease: a holder keeps it until it
-- finishes or its time ends, and is told by its next heartbeat or append.
create or replace function public.ops_cancel_run(
  p_auth jsonb, p_token uuid, p_actor text, p_now timestamptz, p_run uuid, p_reason text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_lanes text[] := '{}'::text[];
  r public.runs%rowtype;
begin
  select * into r from public.runs x where x.id = p_run for no key update;
  if not found then
    return jsonb_build_object('run_id', p_run, 'code', 'not_found', 'detail', 'there is no such run');
  end if;
  if r.status not in ('queued', 'claimed', 'running') then
    return jsonb_build_object('run_id', p_run, 'code', 'already_finished', 'detail', format('the run is %s', r.status),
      'run_status', r.status);
  end if;
  update public.runs set status = 'cancelled', cancelled_at = p_now, finished_at = p_now, parked = null,
    reason = coalesce(p_reason, 'cancelled_by_operator')
  where id = p_run;
  perform public.ops_log(p_run, r.attempt, p_now, 'warn', format('cancelled by %s', p_actor) || coalesce(': ' || p_reason, ''));
  perform public.ops_audit(p_auth, p_token, p_actor, p_now, 'runs.cancel', p_run::text,
    jsonb_build_object('reason', p_reason, 'was', r.status));
  if (select true from public.run_dependencies limit 1) then
    delete from public.run_dependencies w where w.run_id = p_run;
    v_lanes := public.ops_dependencies_ended(array[p_run], p_now);
  end if;
  if r.status = 'queued' and r.group_key is not null then
    -- It had a place of its group, or was the first to wait for one.
    v_lanes := v_lanes || public.ops_try_admit(r.group_key);
  end if;
  return jsonb_strip_nulls(jsonb_build_object('run_id', p_run, 'status', 'cancelled', 'wake', public.ops_wake(null, v_lanes)));
end $$;

-- One run, or many by id or filter; with `dry_run` only how many it would be.
create or replace function public.runs_cancel(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_ids uuid[];
  v_answers jsonb := '[]'::jsonb;
  v_wake jsonb := '{}'::jsonb;
  v_one jsonb;
  v_run uuid;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    v_one := public.ops_cancel_run(p -> 'auth', a.token_id, a.actor, v_now, (p ->> 'run_id')::uuid, p ->> 'reason');
    return v_one || public.ops_left_workflows(v_now, array[(p ->> 'run_id')::uuid]);
  end if;
  v_ids := public.ops_chosen_runs(p, '{queued,claimed,running}');
  if (p ->> 'dry_run')::boolean then
    return jsonb_build_object('count', cardinality(v_ids), 'dry_run', true);
  end if;
  foreach v_run in array v_ids loop
    v_one := public.ops_cancel_run(p -> 'auth', a.token_id, a.actor, v_now, v_run, p ->> 'reason');
    v_answers := v_answers || (v_one - 'wake');
    v_wake := v_wake || coalesce(v_one -> 'wake', '{}');
  end loop;
  return jsonb_build_object('count', cardinality(v_ids), 'runs', v_answers, 'wake', v_wake)
    || public.ops_left_workflows(v_now, v_ids);
end $$;

create or replace function public.ops_retry_run(
  p_auth jsonb, p_token uuid, p_actor text, p_now timestamptz, p_run uuid, p_key text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_new jsonb;
  v_out jsonb;
  r public.runs%rowtype;
begin
  select * into r from public.runs x where x.id = p_run;
  if not found then
    return jsonb_build_object('retry_of', p_run, 'code', 'not_found', 'detail', 'there is no such run');
  end if;
  if r.status in ('queued', 'claimed', 'running') then
    return jsonb_build_object('retry_of', p_run, 'code', 'conflict',
      'detail', format('the run is %s; cancel it first, or wait until it ends', r.status));
  end if;
  if exists (select from public.sessions s where s.id = r.session_id and s.status = 'archived') then
    return jsonb_build_object('retry_of', p_run, 'code', 'conflict', 'detail', 'its session is archived; reopen it first');
  end if;
  v_out := public.ops_queue_full(r.lane);
  -- A repeat is answered with what it made.
  if v_out is not null and not exists (select from public.runs x where x.idempotency_key = p_key) then
    return v_out || jsonb_build_object('retry_of', p_run);
  end if;
  v_new := jsonb_strip_nulls(jsonb_build_object('title', r.title, 'template', r.template,
    'template_version', r.template_version, 'session_id', r.session_id, 'lane', r.lane, 'priority', r.priority,
    'intent', r.intent, 'env', r.env, 'repo', r.repo, 'max_attempts', r.max_attempts,
    'lease_seconds', r.lease_seconds, 'timeout_seconds', r.timeout_seconds, 'retry_of', r.id,
    'idempotency_key', p_key, 'body_sha256', encode(sha256(convert_to('retry ' || r.id, 'UTF8')), 'hex')))
    || jsonb_build_object('runbook', r.runbook, 'params', r.params);
  begin
    v_out := public.ops_insert_runs(jsonb_build_array(v_new), p_actor, r.lease_seconds, p_now);
  exception when sqlstate 'OPS01' then
    return jsonb_build_object('retry_of', p_run, 'code', 'idempotency_mismatch');
  end;
  perform public.ops_audit(p_auth, p_token, p_actor, p_now, 'runs.retry', p_run::text,
    jsonb_build_object('run_id', v_out #> '{runs,0,run_id}'));
  return (v_out #> '{runs,0}') || jsonb_build_object('retry_of', p_run, 'lane', r.lane);
end $$;

-- A new run linked to the old one; nothing leaves a terminal state. In bulk by id or filter, each
-- answered for itself; with `dry_run` only how many it would be.
create or replace function public.runs_retry(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_ids uuid[];
  v_answers jsonb := '[]'::jsonb;
  v_wake jsonb;
  v_one jsonb;
  v_run uuid;
  r public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_ids := case when p ? 'run_id' then array[(p ->> 'run_id')::uuid]
    else public.ops_chosen_runs(p, '{failed,cancelled,timed_out}') end;
  if (p ->> 'dry_run')::boolean then
    return jsonb_build_object('count', cardinality(v_ids), 'dry_run', true);
  end if;
  foreach v_run in array v_ids loop
    v_one := public.ops_retry_run(p -> 'auth', a.token_id, a.actor, v_now, v_run, p ->> 'idempotency_key');
    if p ? 'run_id' and v_one ? 'code' then
      return v_one - 'retry_of';
    end if;
    v_answers := v_answers || (v_one - 'lane');
  end loop;
  select jsonb_object_agg(w.lane, w.n) into v_wake from (
    select x.lane, count(*) as n from public.runs x
    where x.id = any (array(select (e ->> 'run_id')::uuid from jsonb_array_elements(v_answers) e)) group by x.lane) w;
  if p ? 'run_id' then
    select * into r from public.runs x where x.id = (v_answers #>> '{0,run_id}')::uuid;
    v_answers := jsonb_set(v_answers, '{0,run}', public.ops_run_json(r));
  end if;
  return jsonb_build_object('runs', v_answers, 'count', cardinality(v_ids), 'wake', v_wake);
end $$;

-- Why a queued run is still queued, the nearest reason first.
create or replace function public.ops_waiting(r public.runs, p_now timestamptz) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  l public.lanes%rowtype;
  h record;
  v_count bigint;
begin
  if r.status <> 'queued' then
    return null;
  end if;
  if r.parked = 'not_before' then
    return jsonb_build_object('reason', 'not_before', 'detail',
      format('due at %s', to_char(r.not_before at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS "UTC"')));
  end if;
  if r.parked = 'depends_on' then
    select w.depends_on as id, count(*) over () as taken into h from public.run_dependencies w where w.run_id = r.id
    order by w.depends_on limit 1;
    return jsonb_build_object('reason', 'depends_on', 'detail', format('waits for run %s', h.id)
      || case when h.taken > 1 then format(' and %s more', h.taken - 1) else '' end);
  end if;
  if r.parked = 'group' then
    -- A held run before one that is only next.
    select x.id, x.taken into h from (
      (select k.run_id as id, (select count(*) from public.run_leases o where o.group_key = r.group_key) as taken
        from public.run_leases k where k.group_key = r.group_key order by k.run_id limit 1)
      union all
      (select q.id, null from public.runs q where q.group_key = r.group_key and q.status = 'queued' and q.parked is null
        order by q.priority, q.seq limit 1)) x limit 1;
    return jsonb_build_object('reason', 'group', 'detail', case
      when h.id is null then format('a place of group %s is free; the next sweep gives it', r.group_key)
      when h.taken is null then format('group %s: held by run %s, which waits for a worker', r.group_key, h.id)
      when h.taken = 1 then format('group %s: held by run %s', r.group_key, h.id)
      else format('group %s: held by run %s and %s more', r.group_key, h.id, h.taken - 1) end);
  end if;
  select * into l from public.lanes x where x.name = r.lane;
  if l.paused then
    return jsonb_build_object('reason', 'lane_paused', 'detail',
      format('lane %s is paused', r.lane) || coalesce(': ' || l.paused_reason, ''));
  end if;
  if l.draining then
    return jsonb_build_object('reason', 'lane_draining', 'detail', format('lane %s is draining', r.lane));
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
        'claimed_at', t.claimed_at, 'ended_at', t.ended_at, 'ended_as', t.ended_as, 'reason', t.reason,
        'identity', (select k.identity from public.tokens k where k.id = t.token_id))
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
      and (p ->> 'repo' is null or x.repo = p ->> 'repo')
      and (p ->> 'worker' is null or x.claimed_by = p ->> 'worker' or starts_with(x.claimed_by, (p ->> 'worker') || '-'))
      and (p ->> 'since' is null or x.created_at >= (p ->> 'since')::timestamptz)
      and (p ->> 'until' is null or x.created_at < (p ->> 'until')::timestamptz)
      and (p ->> 'text' is null or position(lower(p ->> 'text') in lower(concat_ws(' ', x.title, x.template, x.intent, x.env,
        x.repo, x.reason, x.error, x.id))) > 0)
    order by x.seq desc limit v_limit) r;
  return jsonb_build_object('runs', v_runs,
    'next', case when jsonb_array_length(v_runs) = v_limit then v_runs -> -1 ->> 'seq' end);
end $$;
