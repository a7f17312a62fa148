-- Each list is asked twice, once for all sessions and once for one: in a single condition neither would
-- be read in the order of an index.

-- What the Runboard shows, of one session or of all, in one call. `known` is the tag of what the
-- caller has: where nothing that is shown has changed the answer is only that, after a few index
-- probes, however many runs there are.
-- The tag is a digest of what is shown, never a counter that transitions would have to update. The age
-- of heartbeats counts in steps of five seconds, so that a worker that falls silent shows; of a worker
-- that asks, only that it does.
create or replace function public.ops_board_tag(p_session uuid, p_now timestamptz) returns text
language sql stable set search_path = '' as $$
  select md5(concat_ws('|', p_session, public.ops_version(),
    (select max(r.seq) from public.runs r),
    (select max(r.finished_at) from public.runs r where r.finished_at is not null),
    (select min(r.not_before) from public.runs r where r.status = 'queued' and r.parked = 'not_before'),
    (select string_agg(concat_ws(',', l.run_id, l.attempt, l.step, l.heartbeat_at,
        floor(extract(epoch from p_now - l.heartbeat_at) / 5), g.last_pos), ';' order by l.run_id)
      from public.run_leases l left join public.run_logs g on g.run_id = l.run_id),
    (select string_agg(concat_ws(',', l::text,
        (select concat_ws(':', q.priority, q.seq) from public.runs q
          where q.lane = l.name and q.status = 'queued' and q.parked is null order by q.priority, q.seq limit 1)), ';' order by l.name)
      from public.lanes l),
    (select string_agg(concat_ws(',', w.id, w.name, w.version, w.lanes::text, w.session_id, w.drain,
        case when w.last_seen <= p_now - interval '30 seconds' then w.last_seen end), ';' order by w.id) from public.workers w
      where w.last_seen > p_now - interval '10 minutes'),
    (select concat_ws(',', count(*), max(s.updated_at)) from public.sessions s)))
$$;

-- The last lines of a run's log, oldest first.
create or replace function public.ops_last_lines(p_run uuid, p_lines integer) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('pos', e.pos, 'level', e.level, 'message', left(e.message, 400)) order by e.pos), '[]')
  from (select x.pos, x.level, x.message from public.run_events x where x.run_id = p_run order by x.pos desc limit p_lines) e
$$;

create or replace function public.ops_board_lane(l public.lanes, p_session uuid, p_now timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('name', l.name, 'concurrency_limit', l.concurrency_limit, 'paused', l.paused,
    'paused_reason', l.paused_reason, 'draining', l.draining, 'queue_full', l.queue_full,
    'held', (select count(*) from public.run_leases x where x.lane = l.name),
    -- Counted up to a thousand, so that a long queue costs no more than a short one.
    'queued', (select count(*) from (
      (select r.seq from public.runs r where p_session is null and r.lane = l.name and r.status = 'queued' and r.parked is null
        order by r.priority, r.seq limit 1001)
      union all
      (select r.seq from public.runs r where r.session_id = p_session and r.lane = l.name and r.status = 'queued' and r.parked is null
        order by r.priority, r.seq limit 1001)) x),
    'workers', (select count(*) from public.workers w where l.name = any (w.lanes) and not w.drain
      and w.last_seen > p_now - interval '30 seconds' and (p_session is null or w.session_id is null or w.session_id = p_session)),
    'active', coalesce((
      select jsonb_agg(public.ops_run_json(r) || jsonb_build_object('worker_id', x.worker_id, 'lines', public.ops_last_lines(r.id, 5),
        'step_count', jsonb_array_length(r.runbook -> 'steps'),
        'steps_done', (select count(*) from public.run_steps s where s.run_id = r.id and s.attempt = r.attempt and s.status <> 'running'),
        'running_step', (select coalesce((select st.value ->> 'title' from jsonb_array_elements(r.runbook -> 'steps') st
            where st.value ->> 'id' = s.step limit 1), s.step) from public.run_steps s where s.run_id = r.id and s.attempt = r.attempt and s.status = 'running'
          order by s.started_at desc limit 1)) order by r.claimed_at, r.seq)
      from (select y.* from public.run_leases y where y.lane = l.name order by y.run_id limit 50) x
      join public.runs r on r.id = x.run_id and (p_session is null or r.session_id = p_session)), '[]'),
    'queue', coalesce((
      select jsonb_agg(public.ops_run_json(r) || jsonb_build_object('waiting', public.ops_waiting(r, p_now)) order by r.parked is not null, r.priority, r.seq)
      from (
        (select y.* from public.runs y where p_session is null and y.lane = l.name and y.status = 'queued' and y.parked is null
          order by y.priority, y.seq limit 6)
        union all
        (select y.* from public.runs y where y.session_id = p_session and y.lane = l.name and y.status = 'queued' and y.parked is null
          order by y.priority, y.seq limit 6)
        union all
        (select y.* from public.runs y where y.lane = l.name and y.status = 'queued' and y.parked = 'not_before'
          and (p_session is null or y.session_id = p_session) order by y.not_before limit 2)
        union all
        (select y.* from public.runs y where y.lane = l.name and y.status = 'queued' and y.parked in ('depends_on', 'group')
          and (p_session is null or y.session_id = p_session) order by y.priority, y.seq limit 2)) r), '[]'),
    'recent', coalesce((
      select jsonb_agg(public.ops_run_json(r) order by r.finished_at desc)
      from (select y.* from (
          (select z.* from public.runs z where p_session is null and z.finished_at is not null order by z.finished_at desc limit 60)
          union all
          (select z.* from public.runs z where z.session_id = p_session and z.finished_at is not null
            order by z.finished_at desc limit 60)) y
        where y.lane = l.name order by y.finished_at desc limit 5) r), '[]'))
$$;

-- Workers that asked within ten minutes, at most 50, the newest first: those that ask in the order of
-- their names, so that rows stand still, then the silent ones. A second ago or ten is the same here.
create or replace function public.ops_board_workers(p_session uuid, p_now timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'version', w.version, 'lanes', w.lanes,
    'silent_since', w.silent_since, 'held', coalesce(h.n, 0), 'drain', w.drain)
    order by w.silent_since desc nulls first, w.id collate "C"), '[]')
  from (
    select x.id, x.name, x.version, x.lanes, x.drain,
      case when x.last_seen <= p_now - interval '30 seconds' then x.last_seen end as silent_since
    from public.workers x
    where x.last_seen > p_now - interval '10 minutes'
      and (p_session is null or x.session_id is null or x.session_id = p_session)
    order by silent_since desc nulls first, x.id collate "C" limit 50) w
  left join (select l.worker_id, count(*) as n from public.run_leases l group by l.worker_id) h on h.worker_id = w.id
$$;

create or replace function public.ui_board(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_session uuid := (p ->> 'session_id')::uuid;
  v_tag text;
  v_ends jsonb;
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_tag := public.ops_board_tag(v_session, v_now);
  if v_tag = p ->> 'known' then
    return jsonb_build_object('unchanged', true, 'tag', v_tag);
  end if;
  if v_session is not null then
    select * into s from public.sessions x where x.id = v_session;
    if not found then
      return public.ops_refuse('not_found', 'there is no such session');
    end if;
  end if;
  -- Ends per two minutes over the last hour, of the newest 5,000.
  with e as materialized (
    select x.status, floor(extract(epoch from x.finished_at - (v_now - interval '1 hour')) / 120)::integer as slot
    from (
      (select r.status, r.finished_at from public.runs r where v_session is null and r.finished_at > v_now - interval '1 hour'
        order by r.finished_at desc limit 5000)
      union all
      (select r.status, r.finished_at from public.runs r where r.session_id = v_session and r.finished_at > v_now - interval '1 hour'
        order by r.finished_at desc limit 5000)) x
  ), b as (select e.slot, count(*) as n from e group by e.slot)
  select jsonb_build_object(
    'succeeded', (select count(*) from e where e.status = 'succeeded'),
    'failed', (select count(*) from e where e.status in ('failed', 'timed_out')),
    'buckets', (select jsonb_agg(coalesce(b.n, 0) order by g) from generate_series(0, 29) g left join b on b.slot = g))
  into v_ends;
  return jsonb_build_object('tag', v_tag, 'now', v_now, 'session', case when v_session is not null then public.ops_session_json(s) end,
    'ends', v_ends,
    'lanes', (select jsonb_agg(public.ops_board_lane(l, v_session, v_now) order by l.name collate "C") from public.lanes l),
    'workers', public.ops_board_workers(v_session, v_now),
    'sessions', coalesce((select jsonb_agg(jsonb_build_object('id', x.id, 'name', x.name) order by x.created_at desc)
      from (select * from public.sessions y where y.status = 'active' order by y.created_at desc limit 50) x), '[]'));
end $$;
