-- Counts per status are computed, never stored.
create or replace function public.ops_session_json(s public.sessions) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', s.id, 'name', s.name, 'status', s.status, 'meta', s.meta,
    'created_by', s.created_by, 'created_at', s.created_at, 'counts', coalesce((
      select jsonb_object_agg(c.status, c.n) from (
        select r.status, count(*) as n from public.runs r where r.session_id = s.id group by r.status) c), '{}'))
$$;

create or replace function public.sessions_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.sessions (name, meta, created_by, created_at, updated_at)
  values (p ->> 'name', coalesce(p -> 'meta', '{}'), a.actor, v_now, v_now) returning * into s;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.create', s.id::text,
    jsonb_build_object('name', s.name));
  return jsonb_build_object('session', public.ops_session_json(s));
end $$;

create or replace function public.sessions_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select * into s from public.sessions x where x.id = (p ->> 'session_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  return jsonb_build_object('session', public.ops_session_json(s) || jsonb_build_object('members', coalesce((
    select jsonb_agg(jsonb_build_object('user_id', m.user_id, 'role', m.role) order by m.user_id)
    from public.session_members m where m.session_id = s.id), '[]')));
end $$;

-- Fields that are absent stay. `members` replaces the whole list.
create or replace function public.sessions_update(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.sessions x set name = coalesce(p ->> 'name', x.name), meta = coalesce(p -> 'meta', x.meta), updated_at = v_now
  where x.id = (p ->> 'session_id')::uuid returning * into s;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  if p ? 'members' then
    delete from public.session_members m where m.session_id = s.id;
    insert into public.session_members (session_id, user_id, role)
    select s.id, x.user_id, coalesce(x.role, 'viewer') from jsonb_to_recordset(p -> 'members') as x (user_id text, role text)
    order by x.user_id;
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.update', s.id::text, p - 'auth' - 'session_id');
  return jsonb_build_object('session', public.ops_session_json(s));
end $$;

-- An archived session takes no new runs; `archived: false` opens it again.
create or replace function public.sessions_archive(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_archived boolean := coalesce((p ->> 'archived')::boolean, true);
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.sessions x set status = case when v_archived then 'archived' else 'active' end,
    archived_at = case when v_archived then coalesce(x.archived_at, v_now) end, updated_at = v_now
  where x.id = (p ->> 'session_id')::uuid returning * into s;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.archive', s.id::text,
    jsonb_build_object('archived', v_archived));
  return jsonb_build_object('session', public.ops_session_json(s));
end $$;

-- Only a session without runs goes.
create or replace function public.sessions_delete(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_session uuid := (p ->> 'session_id')::uuid;
  v_runs bigint;
  s public.sessions%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  -- FOR UPDATE waits for creates under way, whose foreign key holds the row.
  select * into s from public.sessions x where x.id = v_session for update;
  if not found then
    return public.ops_refuse('not_found', 'there is no such session');
  end if;
  select count(*) into v_runs from public.runs r where r.session_id = v_session;
  if v_runs > 0 then
    return public.ops_refuse('conflict', format('the session has %s runs; archive it instead', v_runs));
  end if;
  delete from public.sessions x where x.id = v_session;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'sessions.delete', v_session::text,
    jsonb_build_object('name', s.name));
  return jsonb_build_object('session_id', v_session, 'deleted', true);
end $$;

-- Newest first; the cursor is the last one's id.
create or replace function public.sessions_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_limit integer := least(coalesce((p ->> 'limit')::integer, 50), 200);
  v_sessions jsonb;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select coalesce(jsonb_agg(public.ops_session_json(s) order by s.created_at desc, s.id desc), '[]') into v_sessions from (
    select x.* from public.sessions x
    where (p ->> 'status' is null or x.status = p ->> 'status')
      and (p ->> 'after' is null or (x.created_at, x.id) < (
        select c.created_at, c.id from public.sessions c where c.id = (p ->> 'after')::uuid))
    order by x.created_at desc, x.id desc limit v_limit) s;
  return jsonb_build_object('sessions', v_sessions,
    'next', case when jsonb_array_length(v_sessions) = v_limit then v_sessions -> -1 ->> 'id' end);
end $$;
