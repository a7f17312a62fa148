-- All or none. `web` has validated params against the template of `template_version`; where that is
-- no longer the newest, nothing is written and the newest comes back with the refusal, so that a
-- warm caller pays one round trip and a cold one two.
-- Rows go in by idempotency key, so that two bulk calls with keys in common cannot deadlock; `seq`
-- keeps the order sent.
create or replace function public.ops_insert_runs(p_runs jsonb, p_actor text, p_lease integer, p_now timestamptz)
returns jsonb language plpgsql volatile set search_path = '' as $$
declare
  v_answers jsonb;
  v_mismatch jsonb;
  v_wake jsonb;
  v_made bigint;
  v_queued jsonb;
  v_new uuid[];
  v_groups text[];
  v_depend boolean;
  v_lanes text[] := '{}'::text[];
  v_group text;
begin
  with x as materialized (
    select f.*, nextval('public.runs_seq_seq') as new_seq, gen_random_uuid() as new_id from (
      select * from rows from (jsonb_to_recordset(p_runs) as (
        title text, template text, template_version integer, runbook jsonb, session_id uuid, lane text,
        priority integer, params jsonb, intent text, env text, repo text, max_attempts integer,
        lease_seconds integer, timeout_seconds integer, start_within_seconds integer, not_before timestamptz,
        idempotency_key text, body_sha256 text, retry_of uuid, depends_on jsonb))
        with ordinality as r (title, template, template_version, runbook, session_id, lane, priority, params,
          intent, env, repo, max_attempts, lease_seconds, timeout_seconds, start_within_seconds, not_before,
          idempotency_key, body_sha256, retry_of, depends_on, ord)
      order by ord) f
  ), made as (
    insert into public.runs as r (id, seq, session_id, template, template_version, title, runbook, params, lane,
      priority, parked, group_key, group_limit, intent, env, repo, max_attempts, lease_seconds, timeout_seconds, not_before, start_by,
      idempotency_key, body_sha256, retry_of, created_by, created_at)
    select x.new_id, x.new_seq, x.session_id, x.template, x.template_version,
      coalesce(x.title, x.runbook ->> 'title', t.runbook ->> 'title'), coalesce(x.runbook, t.runbook), coalesce(x.params, '{}'),
      coalesce(x.lane, x.runbook ->> 'default_lane', t.runbook ->> 'default_lane', 'A'), coalesce(x.priority, 100),
      case when jsonb_array_length(x.depends_on) > 0 then 'depends_on' when x.not_before > p_now then 'not_before' when c.said is not null then 'group' end, c.said ->> 'group',
      case when c.said is not null then coalesce((c.said ->> 'limit')::integer, 1) end, x.intent, x.env, x.repo,
      coalesce(x.max_attempts, (coalesce(x.runbook, t.runbook) ->> 'max_attempts')::integer, 3),
      coalesce(x.lease_seconds, (coalesce(x.runbook, t.runbook) ->> 'lease')::integer, p_lease),
      coalesce(x.timeout_seconds, (coalesce(x.runbook, t.runbook) ->> 'timeout')::integer, 21600),
      x.not_before, p_now + make_interval(secs => x.start_within_seconds),
      x.idempotency_key, x.body_sha256, x.retry_of, p_actor, p_now
    -- The very version that was validated: versions never change, whatever an editor does meanwhile.
    from x left join public.run_template_versions t
      on x.runbook is null and t.slug = x.template and t.version = x.template_version
    cross join lateral (select coalesce(x.runbook, t.runbook) -> 'concurrency' as said offset 0) c
    order by x.idempotency_key nulls last, x.new_seq
    on conflict (idempotency_key) where idempotency_key is not null do nothing
    returning r.lane, r.parked, r.group_key
  )
  -- No join of the two lists: without statistics it would be quadratic.
  select jsonb_agg(jsonb_build_object('run_id', x.new_id, 'status', 'queued') order by x.ord),
    (select jsonb_object_agg(w.lane, w.n)
      from (select lane, count(*) as n from made where parked is null group by lane) w),
    (select count(*) from made),
    (select jsonb_object_agg(w.lane, w.n) from (select lane, count(*) as n from made group by lane) w),
    array_agg(x.new_id order by x.ord),
    (select array_agg(distinct made.group_key) from made where made.group_key is not null),
    bool_or(x.depends_on is not null)
  into v_answers, v_wake, v_made, v_queued, v_new, v_groups, v_depend from x;

  if v_made < cardinality(v_new) then
    -- Some keys were seen: those entries answer with the run as it is now.
    select jsonb_agg(case when r.id = f.new_id then jsonb_build_object('run_id', r.id, 'status', r.status)
        when r.id is null then jsonb_build_object('run_id', f.new_id, 'status', 'queued')
        else jsonb_build_object('run_id', r.id, 'status', r.status, 'seen', true) end order by f.ord),
      jsonb_agg(f.ord - 1 order by f.ord) filter (where r.id <> f.new_id and r.body_sha256 is distinct from f.body_sha256)
    into v_answers, v_mismatch
    from rows from (jsonb_to_recordset(p_runs) as (idempotency_key text, body_sha256 text), unnest(v_new))
      with ordinality as f (idempotency_key, body_sha256, new_id, ord)
    left join public.runs r on r.idempotency_key = f.idempotency_key;
    if v_mismatch is not null then
      -- Caught by the caller: the subtransaction takes the rows of this batch back.
      raise exception using errcode = 'OPS01', message = v_mismatch::text;
    end if;
  end if;
  perform public.ops_note_full_lanes(v_queued);
  if v_groups is not null then
    -- After the rows: whoever has a group waits for no key of a create. Of those that are not due too: a
    -- sweep makes no groups.
    perform public.ops_lock_groups(v_groups);
  end if;
  if v_depend then
    v_lanes := public.ops_depend(p_runs, v_answers, p_now);
    select jsonb_agg(e.answer || jsonb_build_object('status', r.status) order by e.ord) into v_answers
    from jsonb_array_elements(v_answers) with ordinality as e (answer, ord)
    cross join lateral (select y.status from public.runs y where y.id = (e.answer ->> 'run_id')::uuid limit 1) r;
  end if;
  if v_groups is not null then
    foreach v_group in array v_groups loop
      v_lanes := v_lanes || public.ops_admit(v_group);
    end loop;
  end if;
  if cardinality(v_lanes) > 0 then
    v_wake := public.ops_wake(v_wake, v_lanes);
  end if;
  return jsonb_build_object('runs', v_answers, 'wake', v_wake);
end $$;

-- Where every entry's key was used before: the runs as they are now, and which bodies differ. Else null.
create or replace function public.ops_seen_runs(p_runs jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select case when bool_and(r.id is not null) then jsonb_build_object(
    'runs', jsonb_agg(jsonb_build_object('run_id', r.id, 'status', r.status, 'seen', true) order by f.ord),
    'mismatch', jsonb_agg(f.ord - 1 order by f.ord) filter (where r.body_sha256 is distinct from f.body_sha256)) end
  from rows from (jsonb_to_recordset(p_runs) as (idempotency_key text, body_sha256 text))
    with ordinality as f (idempotency_key, body_sha256, ord)
  left join lateral (select x.id, x.status, x.body_sha256 from public.runs x
    where x.idempotency_key = f.idempotency_key limit 1) r on true
$$;

create or replace function public.runs_create(p jsonb) returns jsonb
language plpgsql volatile
set search_path = '' set statement_timeout = '5s' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_runs jsonb := p -> 'runs';
  v_wrong jsonb;
  v_stale jsonb;
  v_full text;
  v_out jsonb;
  v_run public.runs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;

  -- A repeat is answered before anything else is judged: its template may have changed since.
  if v_runs #>> '{0,idempotency_key}' is not null then
    v_out := public.ops_seen_runs(v_runs);
    if jsonb_typeof(v_out -> 'mismatch') = 'array' then
      return jsonb_build_object('code', 'idempotency_mismatch', 'at', v_out -> 'mismatch');
    end if;
    if v_out is not null then
      if jsonb_array_length(v_runs) = 1 then
        select * into v_run from public.runs r where r.id = (v_out #>> '{runs,0,run_id}')::uuid;
        v_out := jsonb_set(v_out, '{runs,0,run}', public.ops_run_json(v_run));
      end if;
      return v_out - 'mismatch';
    end if;
  end if;

  -- What is named must exist. Distinct values only: a thousand runs usually name one of each.
  with n as materialized (
    select f.template, f.template_version, f.session_id, coalesce(f.lane, f.runbook ->> 'default_lane') as lane,
      min(f.ord) - 1 as at
    from rows from (jsonb_to_recordset(v_runs)
      as (template text, template_version integer, session_id uuid, lane text, runbook jsonb))
      with ordinality as f (template, template_version, session_id, lane, runbook, ord)
    group by f.template, f.template_version, f.session_id, coalesce(f.lane, f.runbook ->> 'default_lane')
  ), m as materialized (
    select n.*, t.slug, t.version, t.runbook, t.default_lane, s.id as session, s.status as session_status
    from n left join public.run_templates t on t.slug = n.template
    left join public.sessions s on s.id = n.session_id
  ), w as (
    select m.at, 'template' as field, format('there is no template `%s`', m.template) as message
    from m where m.template is not null and m.slug is null
    union all
    select m.at, 'session_id', 'there is no such session' from m where m.session_id is not null and m.session is null
    union all
    select m.at, 'session_id', 'this session is archived' from m where m.session_status = 'archived'
    union all
    select m.at, 'lane', format('there is no lane `%s`', coalesce(m.lane, m.default_lane)) from m
    where coalesce(m.lane, m.default_lane) is not null
      and not exists (select from public.lanes l where l.name = coalesce(m.lane, m.default_lane))
  )
  select
    (select jsonb_agg(jsonb_build_object('at', w.at, 'field', w.field, 'message', w.message) order by w.at, w.field) from w),
    (select jsonb_agg(distinct jsonb_build_object('slug', m.slug, 'version', m.version, 'runbook', m.runbook))
      from m where m.slug is not null and m.version is distinct from m.template_version),
    (select min(l.name) from m join public.lanes l on l.name = coalesce(m.lane, m.default_lane, 'A') where l.queue_full)
  into v_wrong, v_stale, v_full;
  if v_wrong is not null then
    return jsonb_build_object('code', 'invalid', 'errors', v_wrong);
  end if;
  if v_stale is not null then
    return jsonb_build_object('code', 'template_changed', 'templates', v_stale);
  end if;
  v_out := public.ops_queue_full(v_full);
  if v_out is not null then
    return v_out;
  end if;

  begin
    v_out := public.ops_insert_runs(v_runs, a.actor, coalesce((p ->> 'lease_seconds')::integer, 15), v_now);
  exception
    when sqlstate 'OPS01' then
      return jsonb_build_object('code', 'idempotency_mismatch', 'at', sqlerrm::jsonb);
    when sqlstate 'OPS02' then
      return jsonb_build_object('code', 'invalid', 'errors', sqlerrm::jsonb);
    when foreign_key_violation then
      -- It was there a moment ago.
      return jsonb_build_object('code', 'invalid', 'errors', jsonb_build_array(
        jsonb_build_object('at', 0, 'field', 'session_id', 'message', 'this session was deleted just now')));
  end;

  if jsonb_array_length(v_runs) = 1 then
    select * into v_run from public.runs r where r.id = (v_out #>> '{runs,0,run_id}')::uuid;
    v_out := jsonb_set(v_out, '{runs,0,run}', public.ops_run_json(v_run));
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'runs.create', v_out #>> '{runs,0,run_id}',
    jsonb_build_object('count', jsonb_array_length(v_runs)));
  if exists (select from public.lanes l where l.dispatch is not null) then
    v_out := v_out || jsonb_build_object('to_dispatch',
      public.ops_scale(v_now, array(select jsonb_object_keys(coalesce(nullif(v_out -> 'wake', 'null'), '{}')))));
  end if;
  return v_out;
end $$;
