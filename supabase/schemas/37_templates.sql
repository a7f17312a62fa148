create or replace function public.ops_template_json(t public.run_templates) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('slug', t.slug, 'version', t.version, 'title', t.title, 'description', t.description,
    'default_lane', t.default_lane, 'params', t.runbook -> 'params', 'created_by', t.created_by,
    'created_at', t.created_at, 'updated_at', t.updated_at)
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
  insert into public.run_templates (slug, title, description, default_lane, source, runbook, created_by, created_at, updated_at)
  values (b ->> 'slug', b ->> 'title', coalesce(b ->> 'description', ''), b ->> 'default_lane', p ->> 'source', b,
    a.actor, v_now, v_now)
  on conflict do nothing returning * into t;
  if not found then
    return public.ops_refuse('slug_taken', format('a template `%s` exists', b ->> 'slug'));
  end if;
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
  return jsonb_build_object('template', public.ops_template_json(t)
    || jsonb_build_object('source', t.source, 'runbook', t.runbook));
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
