-- Who did what, when, from where. Newest first; the cursor is the last one's id.
create or replace function public.audit_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_entries jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'ts', e.ts, 'actor', e.actor, 'source_address', e.source_address,
    'action', e.action, 'target', e.target, 'detail', e.detail) order by e.id desc), '[]') into v_entries from (
    select x.* from public.audit x
    where (p ->> 'after' is null or x.id < (p ->> 'after')::bigint)
      and (p ->> 'actor' is null or x.actor = p ->> 'actor')
      and (p ->> 'action' is null or x.action = p ->> 'action')
      and (p ->> 'target' is null or x.target = p ->> 'target')
    order by x.id desc limit v_limit) e;
  return jsonb_build_object('entries', v_entries,
    'next', case when jsonb_array_length(v_entries) = v_limit then v_entries -> -1 ->> 'id' end);
end $$;
