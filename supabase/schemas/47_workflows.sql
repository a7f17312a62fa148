-- Workflows that steps of runs start at GitHub: one per step of a run, whatever becomes of its workers.

-- Nobody can tell any more what became of a dispatch that was being sent so long ago: each of its requests
-- ends within ten seconds. It is not sent again.
create or replace function public.ops_dispatch_overdue(p_now timestamptz, p_run uuid) returns void
language sql volatile set search_path = '' as $$
  update public.dispatches x set status = 'unknown', closed_at = p_now,
    error = 'whoever asked GitHub did not live to tell what came of it'
  where x.cause = 'step' and x.closed_at is null and x.status = 'sending' and x.requested_at < p_now - interval '2 minutes'
    and (p_run is null or x.run_id = p_run)
$$;

-- The first attempt that comes here makes the row; every other one gets it as it is. `send`: whoever gets
-- this sends it to GitHub and tells what came of it by `ops_dispatched`.
create or replace function public.ops_dispatch_step(p jsonb, p_now timestamptz, p_token uuid, p_actor text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_status text;
  d public.dispatches%rowtype;
begin
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = (p ->> 'attempt')::integer and l.worker_id = p ->> 'worker_id' and l.token_id = p_token
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, (p ->> 'attempt')::integer, p ->> 'worker_id', p_token);
  end if;
  select * into d from public.dispatches x where x.run_id = v_run and x.step = p ->> 'step';
  if not found then
    if not public.ops_repository_is_named(p ->> 'repository') then
      return public.ops_refuse('forbidden', format('workflows of %1$s may not be started from here; an operator allows it '
        'by `ops trust add %1$s --workflow .github/workflows/%2$s`, or by `ops lanes update LANE --dispatch %1$s/%2$s`',
        p ->> 'repository', p ->> 'workflow'));
    end if;
    select r.status into v_status from public.runs r where r.id = v_run;
    if v_status not in ('claimed', 'running') then
      return public.ops_refuse('conflict', format('the run is %s', v_status));
    end if;
    insert into public.dispatches (cause, repository, workflow, ref, inputs, requested_by, requested_at, run_id, step, attempt)
    values ('step', p ->> 'repository', p ->> 'workflow', p ->> 'ref', p -> 'inputs', p_actor, p_now, v_run, p ->> 'step',
      (p ->> 'attempt')::integer)
    on conflict (run_id, step) where run_id is not null do nothing returning * into d;
    if found then
      perform public.ops_audit(p -> 'auth', p_token, p_actor, p_now, 'dispatch.create', d.id::text,
        jsonb_build_object('run', v_run, 'step', d.step, 'repository', d.repository, 'workflow', d.workflow, 'ref', d.ref,
          'inputs', d.inputs));
      return jsonb_build_object('dispatch', public.ops_dispatch_json(d), 'send', true);
    end if;
  end if;
  perform public.ops_dispatch_overdue(p_now, v_run);
  -- What GitHub refused for a while, and has not done, is sent again by whoever comes first.
  update public.dispatches x set status = 'sending', requested_at = p_now, answered_at = null, closed_at = null, error = null,
    retry_after_seconds = null
  where x.run_id = v_run and x.step = p ->> 'step' and x.status = 'refused'
    and x.answered_at + make_interval(secs => x.retry_after_seconds) <= p_now + interval '1 second'
  returning * into d;
  if found then
    return jsonb_build_object('dispatch', public.ops_dispatch_json(d), 'send', true);
  end if;
  select * into d from public.dispatches x where x.run_id = v_run and x.step = p ->> 'step';
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- The dispatch of a step, for whoever holds the step's run.
create or replace function public.ops_dispatch_held(p jsonb, p_now timestamptz, p_token uuid) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  d public.dispatches%rowtype;
begin
  perform 1 from public.run_leases l
  where l.run_id = v_run and l.attempt = (p ->> 'attempt')::integer and l.worker_id = p ->> 'worker_id' and l.token_id = p_token
  for key share;
  if not found then
    return public.ops_lease_lost(v_run, (p ->> 'attempt')::integer, p ->> 'worker_id', p_token);
  end if;
  perform public.ops_dispatch_overdue(p_now, v_run);
  select * into d from public.dispatches x where x.id = (p ->> 'dispatch_id')::uuid and x.run_id = v_run;
  if not found then
    return public.ops_refuse('not_found', 'this run has no such dispatch');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- Whoever gets the answer asks GitHub to cancel, and tells by `ops_workflow_told`. By an operator, or with
-- `run_id` by whoever holds that run.
create or replace function public.dispatch_cancel(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_held jsonb;
  d public.dispatches%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator}' end::text[], v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    v_held := public.ops_dispatch_held(p, v_now, a.token_id);
    if v_held ? 'code' then
      return v_held;
    end if;
  end if;
  update public.dispatches x set cancel_at = coalesce(x.cancel_at, v_now), cancel_tried_at = v_now
  where x.id = (p ->> 'dispatch_id')::uuid and x.github_run_id is not null returning * into d;
  if not found then
    if exists (select from public.dispatches x where x.id = (p ->> 'dispatch_id')::uuid) then
      return public.ops_refuse('conflict', 'which workflow run came of this dispatch is not known');
    end if;
    return public.ops_refuse('not_found', 'there is no such dispatch');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'dispatch.cancel', d.id::text,
    jsonb_strip_nulls(jsonb_build_object('run', d.run_id, 'step', d.step, 'repository', d.repository, 'github_run_id', d.github_run_id)));
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- What GitHub said of a workflow run: that it is over, or will be. No verb leads here.
create or replace function public.ops_workflow_told(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  d public.dispatches%rowtype;
begin
  update public.dispatches x set conclusion = coalesce(p ->> 'conclusion', x.conclusion), error = p ->> 'error',
    -- That of a lane stays open until a worker came, or did not.
    closed_at = case when x.cause = 'step' and p ->> 'error' is null then coalesce(x.closed_at, clock_timestamp()) else x.closed_at end
  where x.id = (p ->> 'id')::uuid returning * into d;
  if not found then
    return public.ops_refuse('not_found', 'there is no such dispatch');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- Workflow runs that nobody follows any more, because their run has ended and nobody holds it. Whoever gets
-- the list asks GitHub to cancel them. Tried once a minute, three at a time, for an hour. `p_runs` null: all.
create or replace function public.ops_workflows_to_end(p_now timestamptz, p_runs uuid[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_list jsonb;
begin
  perform public.ops_dispatch_overdue(p_now, null);
  update public.dispatches x set closed_at = p_now, error = coalesce(x.error, 'GitHub did not take the cancel within an hour')
  where x.cause = 'step' and x.closed_at is null and x.cancel_at < p_now - interval '1 hour'
    and (p_runs is null or x.run_id = any (p_runs));
  with due as (
    update public.dispatches x set cancel_at = coalesce(x.cancel_at, p_now), cancel_tried_at = p_now
    where x.id = any (array(
      select d.id from public.dispatches d
      where d.cause = 'step' and d.closed_at is null and d.status = 'sent' and (p_runs is null or d.run_id = any (p_runs))
        and (d.cancel_tried_at is null or d.cancel_tried_at < p_now - interval '1 minute')
        and not exists (select from public.runs r where r.id = d.run_id and r.status in ('queued', 'claimed', 'running'))
        and not exists (select from public.run_leases l where l.run_id = d.run_id)
      order by d.requested_at limit 3 for update skip locked))
    returning x.*
  ) select coalesce(jsonb_agg(public.ops_dispatch_json(due)), '[]') into v_list from due;
  return v_list;
end $$;

-- The same as part of an answer; nothing where no step's workflow is followed at all.
create or replace function public.ops_left_workflows(p_now timestamptz, p_runs uuid[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if (select true from public.dispatches d where d.cause = 'step' and d.closed_at is null limit 1) then
    return jsonb_build_object('to_cancel', public.ops_workflows_to_end(p_now, p_runs));
  end if;
  return '{}'::jsonb;
end $$;
