-- Dependencies. A run that names others is parked until each of them has succeeded; one that ended otherwise
-- cancels whoever waits for it, and so on down the chain. A run whose dependencies are met may still have
-- to wait for its date or for a place of its group.

-- What follows from the end of these runs. Takes whoever waits SKIP LOCKED, a thousand at a time; the
-- next sweep finds the rest. Answers the lanes of those that may go now.
create or replace function public.ops_dependencies_ended(p_ended uuid[], p_now timestamptz) returns text[]
language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off as $$
declare
  v_ended uuid[] := p_ended;
  v_waiting uuid[];
  v_failed uuid[];
  v_groups text[] := '{}'::text[];
  v_lanes text[] := '{}'::text[];
  v_group text;
  d record;
begin
  while cardinality(v_ended) > 0 loop
    select array_agg(s.id) into v_waiting from (
      select r.id from public.runs r
      where r.id = any (array(select w.run_id from public.run_dependencies w where w.depends_on = any (v_ended) limit 1000))
        and r.status = 'queued' and r.parked = 'depends_on'
      order by r.id for no key update skip locked) s;
    -- Rows of runs that wait no more.
    delete from public.run_dependencies w where (w.depends_on, w.run_id) in (
      select k.depends_on, k.run_id from public.run_dependencies k
      where k.depends_on = any (v_ended) and not exists (select from public.runs r where r.id = k.run_id and r.status = 'queued')
      for update skip locked);
    exit when v_waiting is null;
    v_failed := '{}';
    for d in
      select distinct on (w.run_id) w.run_id, w.depends_on, coalesce(r.status, 'deleted') as status
      from public.run_dependencies w left join public.runs r on r.id = w.depends_on
      where w.run_id = any (v_waiting) and w.depends_on = any (v_ended)
        and (r.id is null or r.status in ('failed', 'cancelled', 'timed_out'))
      order by w.run_id, w.depends_on
    loop
      update public.runs set status = 'cancelled', cancelled_at = p_now, finished_at = p_now, parked = null,
        reason = 'dependency_failed', error = format('run %s, on which it depends, is %s', d.depends_on, d.status)
      where id = d.run_id;
      perform public.ops_log(d.run_id, 0, p_now, 'warn',
        format('cancelled: run %s, on which it depends, is %s', d.depends_on, d.status));
      v_failed := v_failed || d.run_id;
    end loop;
    delete from public.run_dependencies w where w.run_id = any (v_failed);
    delete from public.run_dependencies w using public.runs r
    where w.run_id = any (v_waiting) and w.depends_on = any (v_ended) and r.id = w.depends_on and r.status = 'succeeded';
    for d in
      update public.runs r set parked = case when r.not_before > p_now then 'not_before'
        when r.group_key is not null then 'group' end
      where r.id = any (v_waiting) and r.status = 'queued'
        and not exists (select from public.run_dependencies w where w.run_id = r.id)
      returning r.lane, r.parked, r.group_key
    loop
      if d.parked is null then
        v_lanes := v_lanes || d.lane;
      elsif d.parked = 'group' then
        v_groups := v_groups || d.group_key;
      end if;
    end loop;
    v_ended := v_failed;
  end loop;
  for v_group in select distinct g from unnest(v_groups) g order by g loop
    v_lanes := v_lanes || public.ops_try_admit(v_group);
  end loop;
  return v_lanes;
end $$;

-- Of new runs: whom they name, `#i` being an earlier entry of the same call. Locks those, so that none ends
-- unseen. One that is not there takes the whole call back: the caller catches OPS02.
create or replace function public.ops_depend(p_runs jsonb, p_answers jsonb, p_now timestamptz) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_runs uuid[];
  v_named uuid[];
  v_at bigint[];
  v_missing jsonb;
begin
  select array_agg(f.run_id), array_agg(case when left(d.name, 1) <> '#' then d.name::uuid
      when substr(d.name, 2)::integer < f.ord - 1 then (p_answers -> substr(d.name, 2)::integer ->> 'run_id')::uuid end),
    array_agg(f.ord - 1)
  into v_runs, v_named, v_at
  from rows from (jsonb_to_recordset(p_runs) as (depends_on jsonb), jsonb_to_recordset(p_answers) as (run_id uuid, seen boolean))
    with ordinality as f (depends_on, run_id, seen, ord)
  cross join lateral jsonb_array_elements_text(coalesce(f.depends_on, '[]')) as d (name)
  where f.seen is not true;
  if v_runs is null then
    return '{}'::text[];
  end if;
  perform 1 from (select 1 from public.runs r where r.id = any (v_named) order by r.id for share) s;
  select jsonb_agg(jsonb_build_object('at', x.at, 'field', 'depends_on', 'message', 'there is no such run') order by x.at)
  into v_missing from unnest(v_at, v_named) as x (at, named)
  where not exists (select from public.runs r where r.id = x.named);
  if v_missing is not null then
    raise exception using errcode = 'OPS02', message = v_missing::text;
  end if;
  insert into public.run_dependencies (depends_on, run_id)
  select distinct x.named, x.run_id from unnest(v_named, v_runs) as x (named, run_id);
  return public.ops_dependencies_ended(array(select distinct r.id from public.runs r
    where r.id = any (v_named) and r.status in ('succeeded', 'failed', 'cancelled', 'timed_out')), p_now);
end $$;

-- For sweeps: looks at up to `p_runs` runs for which somebody waits, beginning anywhere, and at those that
-- are named.
create or replace function public.ops_depend_some(p_ended uuid[], p_runs integer, p_now timestamptz) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_begin uuid := gen_random_uuid();
  v_at uuid := v_begin;
  v_round integer := 1;
  v_next uuid;
  v_ended uuid[] := p_ended;
begin
  if (select true from public.run_dependencies limit 1) is null then
    return '{}'::text[];
  end if;
  for n in 1 .. p_runs loop
    select w.depends_on into v_next from public.run_dependencies w where w.depends_on > v_at order by w.depends_on limit 1;
    if v_next is null and v_round = 1 then
      v_round := 2;
      select w.depends_on into v_next from public.run_dependencies w order by w.depends_on limit 1;
    end if;
    exit when v_next is null or v_round = 2 and v_next > v_begin;
    v_at := v_next;
    if not exists (select from public.runs r where r.id = v_next and r.status in ('queued', 'claimed', 'running')) then
      v_ended := v_ended || v_next;
    end if;
  end loop;
  return public.ops_dependencies_ended(v_ended, p_now);
end $$;
