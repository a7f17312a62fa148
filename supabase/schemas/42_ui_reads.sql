-- What pages read. A page costs one call: `ui_read` gives what the frame shows and, under the names
-- that the caller chose, the answers of the reads that it names. A read that refuses answers its
-- refusal under its own name, so that a page can still say the rest.

-- Who is asking, and what the frame offers. `session` is the chosen one, archived ones too; null
-- where there is no such session.
create or replace function public.ops_ui_frame(p_actor text, p_session uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('actor', p_actor,
    'session', (select jsonb_build_object('id', s.id, 'name', s.name, 'status', s.status)
      from public.sessions s where s.id = p_session),
    'sessions', coalesce((select jsonb_agg(jsonb_build_object('id', x.id, 'name', x.name) order by x.created_at desc, x.id)
      from (select * from public.sessions y where y.status = 'active' order by y.created_at desc, y.id limit 50) x), '[]'),
    'lanes', coalesce((select jsonb_agg(l.name order by l.name collate "C") from public.lanes l), '[]'),
    'templates', coalesce((select jsonb_agg(jsonb_build_object('slug', x.slug, 'title', x.title) order by x.slug collate "C")
      from (select * from public.run_templates y order by y.slug collate "C" limit 200) x), '[]'))
$$;

-- The filters of the Runs page: as in `runs_list`, but `statuses` is a list and the time counts back from now.
-- Rows up to `upto`, the newest first, and how many came since. `upto` is the newest run of all where
-- nobody names one, so that what comes later is only counted.
create or replace function public.ui_runs(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' set jit = off
set plan_cache_mode = force_custom_plan as $$
declare
  v_now timestamptz := clock_timestamp();
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_upto bigint := coalesce((p ->> 'upto')::bigint, (select max(r.seq) from public.runs r), 0);
  -- Told once: the words of `p` would be read again for each row.
  v_statuses text[] := case when p ? 'statuses' then array(select jsonb_array_elements_text(p -> 'statuses')) end;
  v_since timestamptz := v_now - make_interval(secs => (p ->> 'within_seconds')::double precision);
  v_text text := lower(p ->> 'text');
  v_lane text := p ->> 'lane';
  v_template text := p ->> 'template';
  v_session uuid := (p ->> 'session_id')::uuid;
  v_repo text := p ->> 'repo';
  v_worker text := p ->> 'worker';
  v_after bigint := (p ->> 'after')::bigint;
  v_tag text;
  v_runs jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- Where nothing at all has changed, nothing in the list has; a period moves on by itself.
  v_tag := public.ops_board_tag(null, v_now);
  if v_since is not null then
    v_tag := md5(v_tag || floor(extract(epoch from v_now) / 30));
  end if;
  if v_tag = p ->> 'known' then
    return jsonb_build_object('unchanged', true, 'tag', v_tag);
  end if;
  select coalesce(jsonb_agg(public.ops_run_json(r) || jsonb_build_object('waiting', public.ops_waiting(r, v_now))
    order by r.seq desc), '[]') into v_runs from (
    select * from public.runs x
    where x.seq <= v_upto and (v_after is null or x.seq < v_after)
      and (v_statuses is null or x.status = any (v_statuses))
      and (v_lane is null or x.lane = v_lane)
      and (v_template is null or x.template = v_template)
      and (v_session is null or x.session_id = v_session)
      and (v_repo is null or x.repo = v_repo)
      and (v_worker is null or x.claimed_by = v_worker or starts_with(x.claimed_by, v_worker || '-'))
      and (v_since is null or x.created_at >= v_since)
      and (v_text is null or position(v_text in lower(concat_ws(' ', x.title, x.template, x.intent, x.env, x.repo,
        x.reason, x.error, x.id))) > 0)
    order by x.seq desc limit v_limit) r;
  return jsonb_build_object('now', v_now, 'tag', v_tag, 'upto', v_upto, 'runs', v_runs,
    'next', case when jsonb_array_length(v_runs) = v_limit then v_runs -> -1 -> 'seq' end,
    'newer', (select count(*) from (select from public.runs x where x.seq > v_upto
      and (v_statuses is null or x.status = any (v_statuses))
      and (v_lane is null or x.lane = v_lane)
      and (v_template is null or x.template = v_template)
      and (v_session is null or x.session_id = v_session)
      and (v_repo is null or x.repo = v_repo)
      and (v_worker is null or x.claimed_by = v_worker or starts_with(x.claimed_by, v_worker || '-'))
      and (v_since is null or x.created_at >= v_since)
      and (v_text is null or position(v_text in lower(concat_ws(' ', x.title, x.template, x.intent, x.env, x.repo,
        x.reason, x.error, x.id))) > 0) limit 100) n));
end $$;

-- Templates with what their last run came to.
create or replace function public.ui_templates(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('now', v_now, 'templates', coalesce((
    select jsonb_agg(public.ops_template_json(t) || jsonb_build_object('steps', jsonb_array_length(t.runbook -> 'steps'),
      -- The last one up to this slug in the order of its index, where the planner would else walk all runs
      -- in search of a template that has none.
      'last', (select case when r.template = t.slug then public.ops_run_json(r) end from (
        select * from public.runs y where y.template <= t.slug order by y.template desc, y.seq desc limit 1) r))
      order by t.slug collate "C")
    from (select x.* from public.run_templates x
      where p ->> 'text' is null or position(lower(p ->> 'text') in lower(concat_ws(' ', x.slug, x.title, x.description))) > 0
      order by x.slug collate "C" limit 500) t), '[]'));
end $$;

-- What the lines before a part leave behind, as the lines that make it: of the last 5,000 those that set
-- colours or begin or end a group, at most 500, and the last one with a step. Of their text only what counts.
create or replace function public.ops_log_lead(p_run uuid, p_first bigint) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('pos', z.pos, 'attempt', z.attempt, 'ts', z.ts, 'level', z.level,
    'source', z.source, 'step', z.step, 'message', coalesce(z.mark, '')
      || array_to_string(array(select m[1] from regexp_matches(z.message, '((?:\u001b\[|\u009b)[ -?]*m)', 'g') m), ''))
    order by z.pos), '[]')
  from (
    select y.*, substring(y.message from '^(?: |\u001b\[[0-9;]*m)*((?:::|##\[)(?:end)?group(?:::|\]))') as mark
    from (select * from public.run_events x where x.run_id = p_run and x.pos < p_first order by x.pos desc limit 5000) y
    where position(chr(27) in y.message) > 0 or position(chr(155) in y.message) > 0
      or y.message ~ '^ *(::|##\[)(end)?group' or y.pos = p_first - 1
      or y.pos = (select x.pos from public.run_events x where x.run_id = p_run and x.pos < p_first and x.step is not null
        order by x.pos desc limit 1)
    order by y.pos desc limit 500) z
$$;

-- A part of a run's log: the lines after `after`, before `before` or around `around`; else the last ones, or,
-- where a run failed long before them, those around its first error. With the counts that stand above it and, where `lead` is not false, what the lines before it leave behind.
create or replace function public.ui_log(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_run uuid := (p ->> 'run_id')::uuid;
  v_after bigint := (p ->> 'after')::bigint;
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 2000), 5000);
  v_events jsonb;
  v_status text;
  v_held boolean;
  v_around bigint := (p ->> 'around')::bigint;
  v_end bigint := (p ->> 'before')::bigint;
  v_first bigint;
  v_last bigint;
  v_error bigint;
  g public.run_logs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- The status before the lines: whoever reads an end has seen all that came before it.
  select r.status into v_status from public.runs r where r.id = v_run;
  if not found then
    return public.ops_refuse('not_found', 'there is no such run');
  end if;
  v_held := exists (select from public.run_leases l where l.run_id = v_run);
  select * into g from public.run_logs x where x.run_id = v_run;
  select e.pos into v_error from public.run_events e where e.run_id = v_run and e.level = 'error' order by e.pos limit 1;
  if v_status = 'failed' and coalesce(v_after, v_end, v_around) is null and v_error <= g.last_pos - v_limit then
    v_around := v_error;
  end if;
  -- So many after the line that it stands in the middle.
  v_end := coalesce(v_around + v_limit / 2, v_end);
  select coalesce(jsonb_agg(jsonb_build_object('pos', e.pos, 'attempt', e.attempt, 'ts', e.ts, 'level', e.level,
    'source', e.source, 'step', e.step, 'message', e.message, 'data', e.data, 'more', e.more, 'lossy', e.lossy)
    order by e.pos), '[]') into v_events
  from (
    (select * from public.run_events x where v_after is not null and x.run_id = v_run and x.pos > v_after
      order by x.pos limit v_limit)
    union all
    (select * from public.run_events x where v_after is null and x.run_id = v_run and (v_end is null or x.pos < v_end)
      order by x.pos desc limit v_limit)) e;
  v_first := (v_events #>> '{0,pos}')::bigint;
  v_last := (v_events -> -1 ->> 'pos')::bigint;
  return jsonb_build_object('events', v_events, 'status', v_status, 'held', v_held,
    'first', v_first, 'next', coalesce(v_last, v_after, 0),
    'earlier', exists (select from public.run_events e where e.run_id = v_run and e.pos < v_first),
    'later', exists (select from public.run_events e where e.run_id = v_run and e.pos > v_last),
    'lead', case when (p ->> 'lead')::boolean is not false and v_first is not null
      then public.ops_log_lead(v_run, v_first) else '[]' end,
    'lines', coalesce(g.last_pos - g.dropped_events, 0), 'dropped', coalesce(g.dropped_events, 0),
    'errors', (select count(*) from public.run_events e where e.run_id = v_run and e.level = 'error'),
    'first_error', v_error);
end $$;

-- Lines that hold `text`, case apart: the true count, and where the first 10,000 stand.
create or replace function public.ui_log_hits(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_run uuid := (p ->> 'run_id')::uuid;
  v_positions bigint[];
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(array_agg(e.pos order by e.pos), '{}') into v_positions from public.run_events e
  where e.run_id = v_run and position(lower(p ->> 'text') in lower(e.message)) > 0;
  return jsonb_build_object('total', cardinality(v_positions), 'positions', to_jsonb(v_positions[1:10000]));
end $$;

-- All documents, or those of one bundle, without their texts.
create or replace function public.spec_docs_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('documents', coalesce((
    select jsonb_agg(public.ops_spec_json(d) || jsonb_build_object('meta', d.meta) order by d.slug collate "C")
    from (select * from public.spec_docs x where p ->> 'bundle' is null or x.bundle = p ->> 'bundle'
      order by x.slug collate "C" limit 500) d), '[]'));
end $$;

create or replace function public.spec_docs_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  d public.spec_docs%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into d from public.spec_docs x where x.slug = p ->> 'slug';
  if not found then
    return public.ops_refuse('not_found', format('there is no document `%s`', p ->> 'slug'));
  end if;
  return jsonb_build_object('document', public.ops_spec_json(d)
    || jsonb_build_object('content', d.content, 'meta', d.meta));
end $$;

-- `reads`: name → {"of": function, …arguments}. `frame: false` leaves the frame out; `session_id` is
-- the session that the frame stands in.
create or replace function public.ui_read(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_answers jsonb := '{}'::jsonb;
  v_read jsonb;
  v_args jsonb;
  v_name text;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  for v_name, v_read in select e.key, e.value from jsonb_each(p -> 'reads') e loop
    v_args := v_read || jsonb_build_object('auth', p -> 'auth');
    v_answers := v_answers || jsonb_build_object(v_name, case v_read ->> 'of'
      when 'ui_board' then public.ui_board(v_args)
      when 'ui_runs' then public.ui_runs(v_args)
      when 'ui_templates' then public.ui_templates(v_args)
      when 'ui_log' then public.ui_log(v_args)
      when 'ui_log_hits' then public.ui_log_hits(v_args)
      when 'runs_get' then public.runs_get(v_args)
      when 'events_list' then public.events_list(v_args)
      when 'artifacts_list' then public.artifacts_list(v_args)
      when 'artifacts_get' then public.artifacts_get(v_args)
      when 'templates_get' then public.templates_get(v_args)
      when 'sessions_get' then public.sessions_get(v_args)
      when 'workers_list' then public.workers_list(v_args)
      when 'lanes_list' then public.lanes_list(v_args)
      when 'dispatch_list' then public.dispatch_list(v_args)
      when 'trust_list' then public.trust_list(v_args)
      when 'spec_docs_list' then public.spec_docs_list(v_args)
      when 'spec_docs_get' then public.spec_docs_get(v_args) end);
  end loop;
  return jsonb_build_object('now', v_now, 'reads', v_answers,
    'may_act', (select 'operator' = any (t.kinds) from public.tokens t where t.id = a.token_id),
    'frame', case when (p ->> 'frame')::boolean is not false then public.ops_ui_frame(a.actor, (p ->> 'session_id')::uuid) end);
end $$;
