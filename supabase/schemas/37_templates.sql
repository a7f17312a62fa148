create or replace function public.ops_template_json(t public.run_templates) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('slug', t.slug, 'version', t.version, 'title', t.title, 'description', t.description,
    'default_lane', t.default_lane, 'params', t.runbook -> 'params', 'created_by', t.created_by,
    'created_at', t.created_at, 'updated_at', t.updated_at)
$$;

-- Runs of it that have not ended, from the indexes of what waits and of what is held: a template may
-- have a million that have.
create or replace function public.ops_template_in_use(p_slug text) returns bigint
language sql stable set search_path = '' as $$
  select count(*) from (
    select r.id from public.runs r where r.template = p_slug and r.status = 'queued' and r.parked is null
    union all
    select r.id from public.runs r where r.template = p_slug and r.status = 'queued' and r.parked = 'not_before'
    union all
    select r.id from public.run_leases l join public.runs r on r.id = l.run_id
    where r.template = p_slug and r.status in ('claimed', 'running')) x
$$;

-- `web` has parsed `source` into `runbook`.
create or replace function public.templates_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  b jsonb := p -> 'runbook';
  t public.run_templates%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.run_templates (slug, version, title, description, default_lane, source, runbook, created_by, created_at,
    updated_at)
  values (b ->> 'slug', 1 + coalesce((select max(v.version) from public.run_template_versions v where v.slug = b ->> 'slug'), 0),
    b ->> 'title', coalesce(b ->> 'description', ''), b ->> 'default_lane', p ->> 'source', b,
    a.actor, v_now, v_now)
  on conflict do nothing returning * into t;
  if not found then
    return public.ops_refuse('slug_taken', format('a template `%s` exists', b ->> 'slug'));
  end if;
  insert into public.run_template_versions (slug, version, source, runbook, created_by, created_at)
  values (t.slug, t.version, t.source, t.runbook, a.actor, v_now);
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'templates.create', t.slug, '{}');
  return jsonb_build_object('template', public.ops_template_json(t));
end $$;

create or replace function public.templates_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  t public.run_templates%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into t from public.run_templates x where x.slug = p ->> 'slug';
  if not found then
    return public.ops_refuse('not_found', format('there is no template `%s`', p ->> 'slug'));
  end if;
  if p ? 'version' then
    select v.version, v.source, v.runbook into t.version, t.source, t.runbook
    from public.run_template_versions v where v.slug = t.slug and v.version = (p ->> 'version')::integer;
    if not found then
      return public.ops_refuse('not_found', format('template `%s` has no version %s', p ->> 'slug', p ->> 'version'));
    end if;
  end if;
  return jsonb_build_object('template', public.ops_template_json(t) || jsonb_build_object('source', t.source,
    'runbook', t.runbook, 'in_use', public.ops_template_in_use(t.slug), 'versions', (
      select jsonb_agg(jsonb_build_object('version', v.version, 'created_by', v.created_by, 'created_at', v.created_at)
        order by v.version desc) from public.run_template_versions v where v.slug = t.slug)));
end $$;

-- A new version of the text; the same text changes nothing. With `expected_version` an edit that is
-- based on an older text is refused rather than lost.
create or replace function public.templates_update(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  b jsonb := p -> 'runbook';
  t public.run_templates%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into t from public.run_templates x where x.slug = b ->> 'slug' for no key update;
  if not found then
    return public.ops_refuse('not_found', format('there is no template `%s`', b ->> 'slug'));
  end if;
  if t.version <> (p ->> 'expected_version')::integer then
    return jsonb_build_object('code', 'conflict', 'version', t.version,
      'detail', format('the template is at version %s; this edit is based on %s', t.version, p ->> 'expected_version'));
  end if;
  if t.source = p ->> 'source' then
    return jsonb_build_object('template', public.ops_template_json(t), 'unchanged', true);
  end if;
  update public.run_templates x set version = x.version + 1, title = b ->> 'title',
    description = coalesce(b ->> 'description', ''), default_lane = b ->> 'default_lane', source = p ->> 'source',
    runbook = b, updated_at = v_now
  where x.slug = t.slug returning * into t;
  insert into public.run_template_versions (slug, version, source, runbook, created_by, created_at)
  values (t.slug, t.version, t.source, t.runbook, a.actor, v_now);
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'templates.update', t.slug,
    jsonb_build_object('version', t.version));
  return jsonb_build_object('template', public.ops_template_json(t));
end $$;

-- Not while runs of it wait or run: they have their own copy, but people look it up.
create or replace function public.templates_delete(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_runs bigint;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  v_runs := public.ops_template_in_use(p ->> 'slug');
  if v_runs > 0 then
    return public.ops_refuse('conflict', format('%s runs of it are queued or running', v_runs));
  end if;
  delete from public.run_templates x where x.slug = p ->> 'slug';
  if not found then
    return public.ops_refuse('not_found', format('there is no template `%s`', p ->> 'slug'));
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'templates.delete', p ->> 'slug', '{}');
  return jsonb_build_object('slug', p ->> 'slug', 'deleted', true);
end $$;

-- By slug; the cursor is the last one's slug.
create or replace function public.templates_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 200), 200);
  v_templates jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(public.ops_template_json(t) order by t.slug collate "C"), '[]') into v_templates from (
    select x.* from public.run_templates x
    where p ->> 'after' is null or x.slug collate "C" > p ->> 'after'
    order by x.slug collate "C" limit v_limit) t;
  return jsonb_build_object('templates', v_templates,
    'next', case when jsonb_array_length(v_templates) = v_limit then v_templates -> -1 ->> 'slug' end);
end $$;
