-- Touches expired leases only, and what time alone changes: queued runs past their start, parked
-- runs that are due, or whose group has a free place. Everything is taken SKIP LOCKED and left to the next sweep otherwise, so any
-- number of sweeps may run at once, in claims, timers and schedules.
create or replace function public.ops_sweep(p_now timestamptz, p_rows integer, out counts jsonb, out wake jsonb)
language plpgsql volatile set search_path = '' as $$
declare
  v_expired uuid[];
  v_runs uuid[];
  v_lanes text[] := '{}'::text[];
  v_part text[];
  v_gone uuid[] := '{}'::uuid[];
  v_late uuid[];
  v_requeued integer := 0;
  v_ended integer := 0;
  v_released integer := 0;
  v_overdue integer := 0;
  v_unparked integer := 0;
  d record;
begin
  select array_agg(s.run_id) into v_expired from (
    select l.run_id from public.run_leases l where l.expires_at < p_now
    order by l.expires_at limit p_rows for update skip locked) s;
  if v_expired is not null then
    select array_agg(s.id) into v_runs from (
      select r.id from public.runs r where r.id = any (v_expired) order by r.id for no key update skip locked) s;
    for d in
      select r.id, r.lane, l.attempt, l.worker_id, r.attempts_used, r.max_attempts, l.heartbeat_at,
          b.broken ->> 'reason' as reason, b.broken ->> 'error' as error, case
          when r.status not in ('claimed', 'running') then null
          when b.broken ->> 'reason' = 'unknown_outcome' then 'failed'
          when p_now >= r.claimed_at + make_interval(secs => r.timeout_seconds) then 'timed_out'
          when b.broken is not null or r.attempts_used + 1 >= r.max_attempts then 'failed'
          else 'queued' end as outcome
      from public.runs r join public.run_leases l on l.run_id = r.id
      cross join lateral (select public.ops_interrupted(r.id, l.attempt, 'lost') as broken offset 0) b
      where r.id = any (v_runs) order by r.id
    loop
      delete from public.run_leases where run_id = d.id;
      update public.run_attempts set ended_at = p_now, ended_as = 'lost', reason = 'lease_expired'
      where run_id = d.id and attempt = d.attempt;
      update public.run_steps set status = 'lost', finished_at = p_now
      where run_id = d.id and attempt = d.attempt and status = 'running';
      if d.outcome is null then
        v_released := v_released + 1;
        v_lanes := v_lanes || d.lane;
        continue;
      end if;
      update public.runs r set
        status = d.outcome, attempts_used = r.attempts_used + 1,
        claimed_by = case when d.outcome = 'queued' then null else r.claimed_by end,
        started_at = case when d.outcome = 'queued' then null else r.started_at end,
        finished_at = case when d.outcome = 'queued' then null else p_now end,
        reason = case d.outcome when 'failed' then coalesce(d.reason, 'attempts_used_up') when 'timed_out' then 'run_timed_out' end,
        error = case d.outcome when 'failed' then coalesce(d.error, format('the worker of attempt %s stopped reporting', d.attempt))
          when 'timed_out' then format('attempt %s ran out of time', d.attempt) end
      where r.id = d.id;
      perform public.ops_log(d.id, d.attempt, p_now, 'warn', format(
        'attempt %s is lost: worker %s was last heard of at %s; %s', d.attempt, d.worker_id,
        to_char(d.heartbeat_at at time zone 'utc', 'HH24:MI:SS "UTC"'),
        case d.outcome
          when 'queued' then format('queued again, %s of %s attempts used', d.attempts_used + 1, d.max_attempts)
          when 'failed' then coalesce(d.error, format('all %s attempts are used', d.max_attempts))
          else 'the run is out of time' end));
      v_lanes := v_lanes || d.lane;
      if d.outcome = 'queued' then
        v_requeued := v_requeued + 1;
      else
        v_ended := v_ended + 1;
        v_gone := v_gone || d.id;
      end if;
    end loop;
  end if;

  with late as (
    update public.runs r set status = 'timed_out', finished_at = p_now, reason = 'not_started_in_time', parked = null
    where r.id = any (array(
      select q.id from public.runs q where q.status = 'queued' and q.start_by is not null and q.start_by < p_now
      order by q.start_by limit p_rows for no key update skip locked))
    returning r.id
  ) select count(*), array_agg(late.id) into v_overdue, v_late from late;

  with due as (
    update public.runs r set parked = case when r.group_key is not null then 'group' end
    where r.id = any (array(
      select q.id from public.runs q where q.status = 'queued' and q.parked = 'not_before' and q.not_before <= p_now
      order by q.not_before limit p_rows for no key update skip locked))
    returning r.lane, r.parked
  ) select count(*), array_agg(due.lane) into v_unparked, v_part from due where due.parked is null;
  v_lanes := v_lanes || coalesce(v_part, '{}');
  v_part := public.ops_depend_some(v_gone || v_late, p_rows, p_now);
  v_unparked := v_unparked + cardinality(v_part);
  v_lanes := v_lanes || v_part;
  -- Last, for everything above may have freed places.
  v_part := public.ops_admit_some(p_rows);
  v_unparked := v_unparked + cardinality(v_part);
  v_lanes := v_lanes || v_part;

  perform public.ops_open_full_lanes();

  counts := jsonb_build_object('requeued', v_requeued, 'ended', v_ended, 'leases_released', v_released,
    'overdue', v_overdue, 'unparked', v_unparked);
  select jsonb_object_agg(w.lane, w.n) into wake
  from (select lane, count(*) as n from unnest(v_lanes) lane group by lane) w;
end $$;

create or replace function public.runs_sweep(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_out jsonb;
  a record;
  s record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  s := public.ops_sweep(v_now, 100);
  perform public.ops_forget(v_now, 20);
  if p ? 'keep_days' then
    v_out := public.ops_expire(v_now, (p ->> 'keep_days')::integer, 20);
  end if;
  v_out := coalesce(v_out, '{}') || s.counts || jsonb_build_object('wake', s.wake) || public.ops_left_workflows(v_now, null);
  if exists (select from public.lanes l where l.dispatch is not null) then
    v_out := v_out || jsonb_build_object('to_dispatch', public.ops_scale(v_now, null));
  end if;
  return v_out;
end $$;

-- For a schedule inside the database, which has no token: whoever may call it owns the tables, or is
-- the service role. Ten times what one call of the verb handles, because it comes ten times as seldom.
create or replace function public.ops_sweep_scheduled() returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '9s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  perform public.ops_forget(v_now, 200);
  return (public.ops_sweep(v_now, 1000)).counts;
end $$;
