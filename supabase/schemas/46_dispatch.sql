create or replace function public.ops_dispatch_json(d public.dispatches) returns jsonb
language sql stable set search_path = '' as $$ select to_jsonb(d) - 'cancel_tried_at' $$;

-- Whether a worker of the lane was heard of lately, or since `p_since`.
create or replace function public.ops_lane_is_served(p_lane text, p_now timestamptz, p_since timestamptz) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.workers w where p_lane = any (w.lanes) and not w.drain
    and (w.last_seen > p_now - interval '30 seconds' or w.last_seen > p_since))
$$;

-- How long a lane waits after its last dispatches led to nothing: 30 s, doubled with each, at most an hour.
create or replace function public.ops_dispatch_pause(p_lane text) returns interval
language sql stable set search_path = '' as $$
  select least(interval '1 hour', interval '30 seconds' * power(2, greatest(0, count(*) - 1))) * sign(count(*))
  from (select d.status, bool_and(d.status in ('refused', 'absent', 'unknown')) over (order by d.requested_at desc) as failing
    from public.dispatches d where d.lane = p_lane and d.cause = 'queue' and d.closed_at is not null
    order by d.requested_at desc limit 12) s where s.failing
$$;

-- Scale from zero: which workflows have to be started now. Whoever gets the list sends it and tells what
-- came of it by `ops_dispatched`. Lanes without a rule cost one look at the lanes.
create or replace function public.ops_scale(p_now timestamptz, p_lanes text[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_todo jsonb := '[]'::jsonb;
  v_end text;
  l public.lanes%rowtype;
  d public.dispatches%rowtype;
begin
  for l in
    select x.* from public.lanes x where x.dispatch is not null and (p_lanes is null or x.name = any (p_lanes))
    order by x.name for no key update skip locked
  loop
    select * into d from public.dispatches x where x.lane = l.name and x.cause = 'queue' and x.closed_at is null;
    if found then
      v_end := case
        when d.status = 'sent' and public.ops_lane_is_served(l.name, p_now, d.requested_at) then 'arrived'
        when d.status = 'sent' and d.requested_at < p_now - interval '10 minutes' then 'absent'
        when d.status = 'sending' and d.requested_at < p_now - interval '1 minute' then 'unknown' end;
      continue when v_end is null;
      update public.dispatches x set closed_at = p_now, status = v_end, error = case v_end
        when 'absent' then 'no worker of the lane was heard of within ten minutes'
        when 'unknown' then 'whoever asked GitHub did not live to tell what came of it' end
      where x.id = d.id;
    end if;
    continue when l.paused or l.draining
      or not exists (select from public.runs q where q.lane = l.name and q.status = 'queued' and q.parked is null)
      or public.ops_lane_is_served(l.name, p_now, null)
      or p_now < (select max(x.requested_at) from public.dispatches x where x.lane = l.name and x.cause = 'queue')
        + public.ops_dispatch_pause(l.name)
      or (select count(*) from public.dispatches x where x.lane = l.name and x.cause = 'queue'
        and x.requested_at > p_now - interval '1 hour') >= (l.dispatch ->> 'per_hour')::integer;
    insert into public.dispatches (lane, cause, repository, workflow, ref, inputs, requested_by, requested_at)
    values (l.name, 'queue', l.dispatch ->> 'repository', l.dispatch ->> 'workflow', l.dispatch ->> 'ref',
      coalesce(l.dispatch -> 'inputs', '{}') || jsonb_build_object('lanes', l.name), 'control room', p_now)
    on conflict do nothing returning * into d;
    if found then
      v_todo := v_todo || public.ops_dispatch_json(d);
    end if;
  end loop;
  return v_todo;
end $$;

-- What GitHub said. No verb leads here.
create or replace function public.ops_dispatched(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  d public.dispatches%rowtype;
begin
  update public.dispatches x set status = p ->> 'status', github_run_id = p ->> 'github_run_id', url = p ->> 'url',
    error = p ->> 'error', answered_at = v_now, retry_after_seconds = (p ->> 'retry_after_seconds')::integer,
    -- An operator's is followed on GitHub's page; nothing waits for its worker. What has no id cannot be followed.
    closed_at = case when p ->> 'status' <> 'sent' or x.cause = 'operator'
      or x.cause = 'step' and p ->> 'github_run_id' is null then v_now end
  -- Late is better than never for a step: what nobody follows any more is found by its id, and ended.
  where x.id = (p ->> 'id')::uuid and (x.status = 'sending' or x.cause = 'step' and x.status = 'unknown')
  returning * into d;
  if not found then
    return public.ops_refuse('not_found', 'there is no such dispatch that waits for an answer');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- Whether an operator named the repository, in a lane's rule or in a trust rule.
create or replace function public.ops_repository_is_named(p_repository text) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.lanes l where lower(l.dispatch ->> 'repository') = lower(p_repository))
    or exists (select from public.trust_rules t where lower(t.repository) = lower(p_repository))
$$;

-- By the rule of a lane, or of a workflow in a repository that a lane's or a trust rule names; or, by
-- whoever holds a run, for a step of it.
create or replace function public.dispatch_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_rule jsonb;
  d public.dispatches%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator}' end::text[], v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    return public.ops_dispatch_step(p, v_now, a.token_id, a.actor);
  end if;
  if p ? 'lane' then
    select l.dispatch into v_rule from public.lanes l where l.name = p ->> 'lane';
    if v_rule is null then
      return public.ops_refuse('conflict', format('lane `%s` has no rule that says which workflow to start', p ->> 'lane'));
    end if;
    v_rule := v_rule || jsonb_build_object('inputs', coalesce(v_rule -> 'inputs', '{}') || jsonb_build_object('lanes', p ->> 'lane')
      || coalesce(p -> 'inputs', '{}'));
  elsif public.ops_repository_is_named(p ->> 'repository') then
    v_rule := p;
  else
    return public.ops_refuse('forbidden', format('no lane and no trust rule names repository `%s`', p ->> 'repository'));
  end if;
  insert into public.dispatches (lane, cause, repository, workflow, ref, inputs, requested_by, requested_at)
  values (p ->> 'lane', 'operator', v_rule ->> 'repository', v_rule ->> 'workflow', coalesce(v_rule ->> 'ref', 'main'),
    coalesce(v_rule -> 'inputs', '{}'), a.actor, v_now)
  returning * into d;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'dispatch.create', d.id::text,
    jsonb_build_object('lane', d.lane, 'repository', d.repository, 'workflow', d.workflow, 'ref', d.ref, 'inputs', d.inputs));
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- With `run_id` by whoever holds that run, whose step it has to be of.
create or replace function public.dispatch_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  d public.dispatches%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', case when p ? 'run_id' then '{worker}' else '{operator,viewer}' end::text[], v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  if p ? 'run_id' then
    return public.ops_dispatch_held(p, v_now, a.token_id);
  end if;
  select * into d from public.dispatches x where x.id = (p ->> 'dispatch_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such dispatch');
  end if;
  return jsonb_build_object('dispatch', public.ops_dispatch_json(d));
end $$;

-- The newest first.
create or replace function public.dispatch_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('dispatches', coalesce((
    select jsonb_agg(public.ops_dispatch_json(d) order by d.requested_at desc, d.id) from (
      select x.* from public.dispatches x where p ->> 'lane' is null or x.lane = p ->> 'lane'
      order by x.requested_at desc limit least(coalesce((p ->> 'limit')::integer, 50), 200)) d), '[]'));
end $$;
