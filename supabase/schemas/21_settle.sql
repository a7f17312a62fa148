-- Settles ended attempts of one worker: shared by `runs_finish` and `runs_claim`. One answer per
-- entry, in the order sent; an entry that is refused fails no other.
-- Locks leases, then runs, each ascending, and decides in the statement after: a cancel that
-- committed while we waited is seen.
create or replace function public.ops_settle(
  p_worker text, p_token uuid, p_finish jsonb, p_now timestamptz, out answers jsonb, out wake jsonb)
language plpgsql volatile set search_path = '' as $$
declare
  v_held uuid[];
  v_ids uuid[];
  v_lost uuid[];
begin
  select coalesce(array_agg(s.run_id), '{}') into v_held from (
    select l.run_id
    from jsonb_to_recordset(p_finish) as f (run_id uuid, attempt integer)
    join public.run_leases l on l.run_id = f.run_id and l.attempt = f.attempt
    where l.worker_id = p_worker and l.token_id = p_token
    order by l.run_id for update of l) s;
  select array_agg(f.run_id) into v_ids from jsonb_to_recordset(p_finish) as f (run_id uuid);
  perform 1 from (select 1 from public.runs r where r.id = any (v_ids) order by r.id for no key update) s;

  with f as materialized (
    select x.ord, x.run_id, x.attempt, x.status, x.reason, x.last_seq, x.error, x.result
    from rows from (jsonb_to_recordset(p_finish)
      as (run_id uuid, attempt integer, status text, reason text, last_seq bigint, error text, result jsonb))
      with ordinality as x (run_id, attempt, status, reason, last_seq, error, result, ord)
  ), h as materialized (
    select f.*, r.lane, r.status as was, coalesce(g.last_seq, 0) as stored,
      f.status = 'released' and f.reason is distinct from 'lease_ran_out' and r.handbacks < 5 as uncounted,
      r.attempts_used + 1 < r.max_attempts as attempts_left
    from f join public.runs r on r.id = f.run_id
    left join public.run_logs g on g.run_id = f.run_id and g.attempt = f.attempt
    where f.run_id = any (v_held)
  ), d as materialized (
    select h.*, case
        when h.was = 'cancelled' then 'cancelled'
        when h.status <> 'released' then h.status
        when h.uncounted or h.attempts_left then 'queued'
        else 'failed' end as outcome
    from h where coalesce(h.last_seq, 0) <= h.stored
  ), gone as (
    delete from public.run_leases l using d where l.run_id = d.run_id
  ), turned as (
    update public.runs r set
      status = d.outcome,
      attempts_used = r.attempts_used + case when d.uncounted then 0 else 1 end,
      handbacks = r.handbacks + case when d.status = 'released' then 1 else 0 end,
      claimed_by = case when d.outcome = 'queued' then null else r.claimed_by end,
      started_at = case when d.outcome = 'queued' then null else r.started_at end,
      finished_at = case when d.outcome = 'queued' then null else p_now end,
      reason = case when d.status = 'released' and d.outcome = 'failed' then 'attempts_used_up' else d.reason end,
      error = d.error,
      result = d.result
    from d where r.id = d.run_id and d.was <> 'cancelled'
  ), told as (
    update public.run_attempts t set ended_at = p_now, ended_as = d.status, reason = d.reason, answer = d.outcome
    from d where t.run_id = d.run_id and t.attempt = d.attempt
  ), lost as materialized (
    select f.ord, f.run_id, t.answer
    from f left join public.run_attempts t
      on t.run_id = f.run_id and t.attempt = f.attempt and t.worker_id = p_worker and t.token_id = p_token
    where f.run_id <> all (v_held)
  )
  select
    (select jsonb_agg(a.answer order by a.ord) from (
      select d.ord, jsonb_build_object('run_id', d.run_id, 'status', d.outcome) as answer from d
      union all
      select h.ord, jsonb_build_object('run_id', h.run_id, 'code', 'events_missing', 'last_seq', h.stored)
      from h where coalesce(h.last_seq, 0) > h.stored
      union all
      select l.ord, case when l.answer is null then jsonb_build_object('run_id', l.run_id, 'code', 'lease_lost')
        else jsonb_build_object('run_id', l.run_id, 'status', l.answer) end from lost l) a),
    (select array_agg(l.run_id) from lost l where l.answer is null),
    -- A requeued run, or a place of a limited lane, may be what somebody waits for.
    (select jsonb_object_agg(w.lane, w.n) from (
      select d.lane, count(*) as n from d
      where d.outcome = 'queued'
        or exists (select from public.lanes n where n.name = d.lane and n.concurrency_limit is not null)
      group by d.lane) w)
  into answers, v_lost, wake;

  if v_lost is not null then
    update public.runs set refused_writes = refused_writes + 1 where id = any (v_lost);
  end if;
end $$;
