-- Runs that ended long ago go, with their logs, steps, artifacts and attempts: only where a host says after
-- how many days (`keep_days`). The oldest first, in small parts, so that no sweep takes long: of a log the
-- sweep after the next takes the rest. Bytes in the artifact store go before the rows that name them, so
-- that a host which dies between the two leaves nothing that nobody knows of: they are given back as
-- `to_remove`, and the run goes once `ops_artifacts_removed` was told.
create or replace function public.ops_expire(p_now timestamptz, p_days integer, p_rows integer) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_ids uuid[];
  v_stored jsonb;
begin
  select array_agg(s.id) into v_ids from (
    select r.id from public.runs r where r.finished_at < p_now - make_interval(days => p_days)
      -- A cancelled run is held until its holder ends.
      and not exists (select from public.run_leases l where l.run_id = r.id)
    order by r.finished_at limit p_rows for update skip locked) s;
  if v_ids is null then
    return '{"deleted": 0}'::jsonb;
  end if;
  delete from public.run_events e where e.ctid = any (array(
    select x.ctid from public.run_events x where x.run_id = any (v_ids) limit 5000));
  select jsonb_agg(jsonb_build_object('artifact_id', x.id, 'run_id', x.run_id, 'attempt', x.attempt, 'sha256', x.sha256)) into v_stored
  from (select a.* from public.artifacts a where a.run_id = any (v_ids) and a.is_stored order by a.run_id limit 20) x;
  v_ids := array(select i.id from unnest(v_ids) as i (id)
    where not exists (select from public.run_events e where e.run_id = i.id)
      and not exists (select from public.artifacts a where a.run_id = i.id and a.is_stored));
  delete from public.run_attempts t where t.run_id = any (v_ids);
  delete from public.runs r where r.id = any (v_ids);
  return jsonb_strip_nulls(jsonb_build_object('deleted', cardinality(v_ids), 'to_remove', v_stored));
end $$;

-- Their bytes are gone. No verb leads here.
create or replace function public.ops_artifacts_removed(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
begin
  delete from public.artifacts a where a.is_stored
    and a.id = any (array(select jsonb_array_elements_text(p -> 'artifacts'))::uuid[]);
  return '{}'::jsonb;
end $$;
