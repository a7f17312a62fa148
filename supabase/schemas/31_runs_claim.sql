-- Settle, sweep a little, claim, in one commit. Waiting locks in order: worker, limited lanes,
-- groups of what it settles, leases, runs; whatever is found on the way is taken SKIP LOCKED.
-- Never sorts the queue: one index probe per lane finds the heads, then whole lanes are taken in
-- the order of their heads.
create or replace function public.runs_claim(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_worker text := p ->> 'worker_id';
  v_lanes text[] := array(select jsonb_array_elements_text(p -> 'lanes'));
  v_session uuid := (p ->> 'session_id')::uuid;
  v_limit integer := coalesce((p ->> 'limit')::integer, 1);
  v_request bigint := (p ->> 'request_id')::bigint;
  v_status text := case when (p ->> 'start')::boolean then 'running' else 'claimed' end;
  v_locked text[] := '{}'::text[];
  v_unknown text[];
  v_free integer;
  v_ids uuid[];
  v_attempts integer[];
  v_runs jsonb := '[]'::jsonb;
  v_got_runs uuid[] := '{}'::uuid[];
  v_got_attempts integer[] := '{}'::integer[];
  v_finished jsonb := '[]'::jsonb;
  v_wake jsonb;
  v_sweep boolean;
  v_repeated boolean;
  a record;
  w record;
  h record;
  s record;
begin
  a := public.ops_authenticate(p -> 'auth', '{worker}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if a.lanes is not null and not v_lanes <@ a.lanes then
    return public.ops_refuse('forbidden', format('this token is bound to lanes %s', array_to_string(a.lanes, ', ')));
  end if;
  if a.worker_id is not null and a.worker_id <> v_worker then
    return public.ops_refuse('forbidden', format('this token is bound to worker %s', a.worker_id));
  end if;

  -- A long poll asks again and again: while nothing is queued it writes nothing and locks nothing.
  -- Two conditions, one in the other: an expression with a query in it costs a query in each call.
  if jsonb_array_length(p -> 'finish') is null then
    select * into w from public.workers k where k.id = v_worker;
    if w.request_id = v_request and cardinality(w.got_runs) = 0 and w.lanes = v_lanes and w.token_id = a.token_id
      and w.session_id is not distinct from v_session and not w.drain
      and w.last_seen > v_now - interval '10 seconds' and w.swept_at > v_now - interval '2 seconds' then
      if not exists (select from public.lanes l where l.name = any (v_lanes) and (l.draining or not l.paused
        and (select q.seq from public.runs q where q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1) is not null)) then
        return jsonb_build_object('runs', '[]'::jsonb, 'finished', '[]'::jsonb, 'drain', false);
      end if;
    end if;
  end if;
  loop
    select k.*, n.limited, n.all_draining into w from public.workers k
    cross join (select bool_or(l.concurrency_limit is not null) as limited, bool_and(l.draining) as all_draining
      from public.lanes l where l.name = any (v_lanes)) n
    where k.id = v_worker for no key update of k;
    -- A mistyped lane would idle for ever; looked up only when the worker asks for other lanes.
    if w.id is null or w.lanes <> v_lanes then
      select array_agg(l) into v_unknown from unnest(v_lanes) l where not exists (select from public.lanes x where x.name = l);
      if v_unknown is not null then
        return jsonb_build_object('code', 'invalid', 'errors', jsonb_build_array(jsonb_build_object('field', 'lanes',
          'message', format('there is no lane `%s`', array_to_string(v_unknown, '`, `')))));
      end if;
    end if;
    exit when w.id is not null;
    insert into public.workers (id, token_id, first_seen, last_seen, swept_at)
    values (v_worker, a.token_id, v_now, v_now, 'epoch') on conflict do nothing;
  end loop;
  if w.token_id <> a.token_id and a.worker_id is null then
    return public.ops_refuse('forbidden', 'this worker id belongs to another token');
  end if;
  v_repeated := v_request = w.request_id;

  -- Limited lanes first, ascending: what is settled or swept below may fill a lane that is empty now.
  if v_limit > 0 and w.limited then
    select coalesce(array_agg(x.name), '{}') into v_locked from (
      select l.name from public.lanes l
      where l.name = any (v_lanes) and l.concurrency_limit is not null and not l.paused and not l.draining
      order by l.name for no key update) x;
  end if;

  if jsonb_array_length(p -> 'finish') > 0 then
    s := public.ops_settle(v_worker, a.token_id, p -> 'finish', v_now);
    v_finished := s.answers;
    v_wake := s.wake;
  end if;
  if v_request < w.request_id then
    return jsonb_build_object('code', 'stale_request', 'finished', v_finished, 'wake', v_wake,
      'detail', format('claim %s of this worker was answered already', w.request_id));
  end if;

  v_sweep := w.swept_at < v_now - interval '2 seconds';
  if v_sweep then
    s := public.ops_sweep(v_now, 20);
    v_wake := coalesce(v_wake, '{}') || coalesce(s.wake, '{}');
  end if;

  if v_repeated and cardinality(w.got_runs) > 0 then
    -- The first answer was lost: give what is still held, renewed, and nothing new.
    select coalesce(array_agg(x.run_id), '{}') into v_ids from (
      select l.run_id from unnest(w.got_runs, w.got_attempts) as g (run_id, attempt)
      join public.run_leases l on l.run_id = g.run_id and l.attempt = g.attempt
      where l.worker_id = v_worker and l.run_id = any (w.got_runs)
      -- A lease that somebody holds just now is being renewed or ended; waiting for it here, with runs
      -- locked already, could close a circle.
      order by l.run_id for no key update of l skip locked) x;
    update public.run_leases l set heartbeat_at = v_now,
      expires_at = greatest(l.expires_at, least(v_now + make_interval(secs => r.lease_seconds), l.ends_by,
        r.cancelled_at + interval '30 seconds'))
    from public.runs r where l.run_id = any (v_ids) and r.id = any (v_ids) and r.id = l.run_id;
    v_got_runs := w.got_runs;
    v_got_attempts := w.got_attempts;
  elsif v_limit > 0 and not w.drain then
    for h in
      select l.name, l.concurrency_limit from public.lanes l
      cross join lateral (
        (select q.priority, q.seq from public.runs q
          where v_session is null and q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1)
        union all
        (select q.priority, q.seq from public.runs q
          where v_session is not null and q.session_id = v_session and q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1)) q
      where l.name = any (v_lanes) and not l.paused and not l.draining
      order by q.priority, q.seq
    loop
      v_free := v_limit - cardinality(v_got_runs);
      exit when v_free <= 0;
      if h.concurrency_limit is not null then
        -- Not locked: it was given its limit after we looked. The next claim takes it.
        continue when h.name <> all (v_locked);
        -- A statement after the lock, so that it sees what others committed meanwhile.
        select least(v_free, h.concurrency_limit - count(*)) into v_free from public.run_leases l where l.lane = h.name;
        continue when v_free <= 0;
      end if;
      with r as (
        update public.runs u set status = v_status, attempt = u.attempt + 1, claimed_by = v_worker,
          claimed_at = v_now, started_at = case when v_status = 'running' then v_now end, start_by = null
        where u.id = any (array(
            select q.id from public.runs q
            where v_session is null and q.lane = h.name and q.status = 'queued' and q.parked is null
            order by q.priority, q.seq limit v_free for no key update skip locked)
          || array(
            select q.id from public.runs q
            where v_session is not null and q.session_id = v_session and q.lane = h.name and q.status = 'queued' and q.parked is null
            order by q.priority, q.seq limit v_free for no key update skip locked))
        returning u.id, u.attempt, u.lane, u.lease_seconds, u.timeout_seconds, u.group_key
      ), held as (
        insert into public.run_leases as l (run_id, attempt, worker_id, token_id, lane, group_key, heartbeat_at, expires_at, ends_by)
        select r.id, r.attempt, v_worker, a.token_id, r.lane, r.group_key, v_now,
          v_now + make_interval(secs => least(r.lease_seconds, r.timeout_seconds + 30)),
          v_now + make_interval(secs => r.timeout_seconds + 30)
        from r
      ), told as (
        insert into public.run_attempts (run_id, attempt, worker_id, token_id, claimed_at)
        select r.id, r.attempt, v_worker, a.token_id, v_now from r
      )
      select array_agg(r.id), array_agg(r.attempt) into v_ids, v_attempts from r;
      if v_ids is not null then
        v_got_runs := v_got_runs || v_ids;
        v_got_attempts := v_got_attempts || v_attempts;
      end if;
    end loop;
  end if;

  -- What is held: of a repeated claim perhaps less than it got. `lease_seconds` is rounded down.
  if cardinality(v_got_runs) > 0 then
    select coalesce(jsonb_agg(to_jsonb(c)), '[]') into v_runs from (
      select r.id as run_id, r.attempt, r.lane, floor(extract(epoch from l.expires_at - v_now))::integer as lease_seconds,
        l.expires_at as lease_expires_at, r.timeout_seconds, r.title, r.template, r.session_id, r.env, r.repo, r.intent,
        r.params, case when r.attempt > 1 then public.ops_once_ended(r.id, r.attempt, r.runbook) end as once,
        r.runbook -> 'steps' as steps, coalesce(r.runbook -> 'secrets', '[]') as secrets
      -- LATERAL with LIMIT is one index probe each: a plan that was made while these tables were empty
      -- must not walk them whole when they are full.
      from unnest(v_got_runs, v_got_attempts) as g (run_id, attempt)
      cross join lateral (select x.expires_at from public.run_leases x
        where x.run_id = g.run_id and x.attempt = g.attempt and x.worker_id = v_worker limit 1) l
      cross join lateral (select x.* from public.runs x
        where x.id = g.run_id and x.status in ('claimed', 'running') limit 1) r
      order by r.priority, r.seq) c;
  end if;
  update public.workers k set
    name = coalesce(p ->> 'name', k.name), version = coalesce(p ->> 'version', k.version),
    lanes = v_lanes, session_id = v_session, last_seen = v_now,
    swept_at = case when v_sweep then v_now else k.swept_at end,
    request_id = coalesce(v_request, k.request_id), got_runs = v_got_runs, got_attempts = v_got_attempts,
    claimed = k.claimed or cardinality(v_got_runs) > 0
  where k.id = v_worker;
  return jsonb_build_object('runs', v_runs, 'finished', v_finished, 'wake', v_wake,
    'drain', w.drain or coalesce(w.all_draining, true));
end $$;
