-- Settles ended attempts of one worker: shared by `runs_finish` and `runs_claim`. One answer per
-- entry, in the order sent; an entry that is refused fails no other.
-- Locks groups, then leases, then runs, each ascending, and decides in the statement after: a cancel that
-- committed while we waited is seen. Decisions travel as arrays, because an UPDATE that joins a
-- wide list copies every row of the list for its re-check.
create or replace function public.ops_settle(
  p_worker text, p_token uuid, p_finish jsonb, p_now timestamptz, out answers jsonb, out wake jsonb)
language plpgsql volatile set search_path = '' as $$
declare
  v_asked uuid[];
  v_grouped boolean;
  v_limited boolean;
  v_depended boolean;
  v_ids uuid[];
  v_attempts integer[];
  v_ended text[];
  v_outcomes text[];
  v_uncounted boolean[];
  v_reasons text[];
  v_errors text[];
  v_results jsonb[];
  v_lost uuid[];
  v_broken text[];
  v_groups text[];
  v_lanes text[] := '{}'::text[];
  v_group text;
begin
  -- One probe where no run has a group. A lease never changes its own.
  select array_agg(f.run_id), (select true from public.run_leases l where l.group_key is not null limit 1)
  into v_asked, v_grouped from jsonb_to_recordset(p_finish) as f (run_id uuid);
  if v_grouped then
    select array_agg(l.group_key) into v_groups from unnest(v_asked) as f (run_id)
    cross join lateral (select x.group_key from public.run_leases x where x.run_id = f.run_id and x.worker_id = p_worker
      and x.token_id = p_token limit 1) l where l.group_key is not null;
    perform public.ops_lock_groups(v_groups);
  end if;
  perform 1 from (select 1 from public.run_leases l where l.run_id = any (v_asked) and l.worker_id = p_worker
    and l.token_id = p_token order by l.run_id for update) s;
  perform 1 from (select 1 from public.runs r where r.id = any (v_asked) order by r.id for no key update) s;

  select array_agg(d.run_id), array_agg(d.attempt), array_agg(d.status), array_agg(d.outcome), array_agg(d.uncounted),
    array_agg(d.reason), array_agg(coalesce(d.broken ->> 'error', d.error)), array_agg(d.result), array_agg(d.broken ->> 'reason'),
    jsonb_agg(jsonb_build_object('run_id', d.run_id, 'status', d.outcome)),
    (select true from public.lanes n where n.concurrency_limit is not null limit 1),
    (select true from public.run_dependencies limit 1)
  into v_ids, v_attempts, v_ended, v_outcomes, v_uncounted, v_reasons, v_errors, v_results, v_broken, answers, v_limited, v_depended
  from (
    select h.*, h.free and h.broken is null as uncounted, case
        when h.was = 'cancelled' then 'cancelled'
        when h.status <> 'released' then h.status
        when h.broken is not null then 'failed'
        when h.free or h.attempts_left then 'queued'
        else 'failed' end as outcome
    from (
      select f.*, r.status as was,
        f.status = 'released' and f.reason is distinct from 'lease_ran_out' and r.handbacks < 5 as free,
        case when f.status = 'released' and r.status <> 'cancelled' then public.ops_interrupted(f.run_id, f.attempt,
          case f.reason when 'lease_ran_out' then 'lost' else 'released' end) end as broken,
        r.attempts_used + 1 < r.max_attempts as attempts_left
      from rows from (jsonb_to_recordset(p_finish)
        as (run_id uuid, attempt integer, status text, reason text, last_seq bigint, error text, result jsonb))
        with ordinality as f (run_id, attempt, status, reason, last_seq, error, result, ord)
      -- LATERAL with LIMIT is one index probe each: a plan that was made while these tables were empty
      -- must not walk them whole when they are full. UPDATEs below are bounded by arrays instead.
      cross join lateral (select 1 from public.run_leases x where x.run_id = f.run_id and x.attempt = f.attempt
        and x.worker_id = p_worker and x.token_id = p_token limit 1) l
      cross join lateral (select x.status, x.handbacks, x.attempts_used, x.max_attempts from public.runs x
        where x.id = f.run_id limit 1) r
      where (f.last_seq is null or f.last_seq <= coalesce(
        (select g.last_seq from public.run_logs g where g.run_id = f.run_id and g.attempt = f.attempt), 0))
      order by f.ord) h) d;

  if v_ids is not null then
    with gone as (
      delete from public.run_leases l where l.run_id = any (v_ids)
    ), ended as (
      update public.runs r set
        status = d.outcome,
        attempts_used = r.attempts_used + case when d.uncounted then 0 else 1 end,
        handbacks = r.handbacks + case when d.uncounted then 1 else 0 end,
        claimed_by = case when d.outcome = 'queued' then null else r.claimed_by end,
        started_at = case when d.outcome = 'queued' then null else r.started_at end,
        finished_at = case when d.outcome = 'queued' then null else p_now end,
        reason = case when d.ended = 'released' and d.outcome = 'failed' then coalesce(d.broken, 'attempts_used_up') else d.reason end,
        error = d.error,
        result = d.result
      from unnest(v_ids, v_ended, v_outcomes, v_uncounted, v_reasons, v_errors, v_results, v_broken)
        as d (run_id, ended, outcome, uncounted, reason, error, result, broken)
      where r.id = any (v_ids) and r.id = d.run_id and r.status <> 'cancelled'
    )
    update public.run_attempts t set ended_at = p_now, ended_as = d.ended, reason = d.reason, answer = d.outcome
    from unnest(v_ids, v_attempts, v_ended, v_outcomes, v_reasons) as d (run_id, attempt, ended, outcome, reason)
    where t.run_id = any (v_ids) and t.run_id = d.run_id and t.attempt = d.attempt;
    if array_remove(v_broken, null) <> '{}' then
      update public.run_steps s set status = 'lost', finished_at = p_now
      from unnest(v_ids, v_attempts, v_broken) as d (run_id, attempt, broken)
      where d.broken is not null and s.run_id = any (v_ids) and s.run_id = d.run_id and s.attempt = d.attempt
        and s.status = 'running';
      perform public.ops_log(d.run_id, d.attempt, p_now, 'warn', d.error)
      from unnest(v_ids, v_attempts, v_broken, v_errors) as d (run_id, attempt, broken, error)
      where d.broken is not null order by d.run_id;
    end if;
    if v_depended then
      v_lanes := public.ops_dependencies_ended(array(select d.run_id from unnest(v_ids, v_outcomes) as d (run_id, outcome)
        where d.outcome <> 'queued'), p_now);
    end if;
    foreach v_group in array coalesce(v_groups, '{}') loop
      v_lanes := v_lanes || public.ops_admit(v_group);
    end loop;
  end if;

  if cardinality(v_ids) is distinct from cardinality(v_asked) then
    -- What was not settled is told apart: still held, so its log is short; ended by its own finish
    -- before, so it gets the recorded answer; or lost.
    select jsonb_agg(case
        when t.answer is not null then jsonb_build_object('run_id', f.run_id, 'status', t.answer)
        when l.run_id is not null then jsonb_build_object('run_id', f.run_id, 'code', 'events_missing', 'last_seq',
          coalesce((select g.last_seq from public.run_logs g where g.run_id = f.run_id and g.attempt = f.attempt), 0))
        else jsonb_build_object('run_id', f.run_id, 'code', 'lease_lost') end order by f.ord),
      array_agg(f.run_id) filter (where t.answer is null and l.run_id is null)
    into answers, v_lost
    from rows from (jsonb_to_recordset(p_finish) as (run_id uuid, attempt integer)) with ordinality as f (run_id, attempt, ord)
    left join public.run_attempts t on t.run_id = f.run_id and t.attempt = f.attempt
      and t.worker_id = p_worker and t.token_id = p_token
    left join public.run_leases l on l.run_id = f.run_id and l.attempt = f.attempt
      and l.worker_id = p_worker and l.token_id = p_token;
    update public.runs set refused_writes = refused_writes + 1 where id = any (v_lost);
  end if;

  -- A requeued run, or a place of a limited lane, may be what somebody waits for.
  if 'queued' = any (v_outcomes) or v_limited then
    select jsonb_object_agg(w.lane, w.n) into wake from (
      select r.lane, count(*) as n from public.runs r
      where r.id = any (v_ids) and (r.status = 'queued'
        or exists (select from public.lanes n where n.name = r.lane and n.concurrency_limit is not null))
      group by r.lane) w;
  end if;
  if cardinality(v_lanes) > 0 then
    wake := public.ops_wake(wake, v_lanes);
  end if;
end $$;
