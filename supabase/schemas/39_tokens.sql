-- Makes the first token of an installation, or makes it good again. No authentication: only whoever may call
-- functions as the service role or the owner gets here, and no verb of the API leads to it.
create or replace function public.ops_first_token(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_id uuid;
begin
  insert into public.tokens (name, kinds, token_sha256)
  values (p ->> 'name', array(select jsonb_array_elements_text(p -> 'kinds')), p ->> 'token_sha256')
  on conflict (token_sha256) do update set name = excluded.name, kinds = excluded.kinds, revoked_at = null returning id into v_id;
  return jsonb_build_object('id', v_id);
end $$;

create or replace function public.tokens_create(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  t public.tokens%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  insert into public.tokens (name, kinds, token_sha256, lanes, created_by, created_at, expires_at)
  values (p ->> 'name', array(select jsonb_array_elements_text(p -> 'kinds')), p ->> 'token_sha256',
    case when jsonb_array_length(p -> 'lanes') > 0 then array(select jsonb_array_elements_text(p -> 'lanes')) end,
    a.actor, v_now, v_now + make_interval(secs => (p ->> 'expires_in_seconds')::double precision))
  returning * into t;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'tokens.create', t.id::text,
    jsonb_build_object('name', t.name, 'kinds', t.kinds, 'lanes', t.lanes));
  return jsonb_build_object('id', t.id);
end $$;

create or replace function public.tokens_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('tokens', coalesce((
    select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'kinds', t.kinds, 'lanes', coalesce(t.lanes, '{}'),
      'created_at', t.created_at, 'expires_at', t.expires_at, 'revoked_at', t.revoked_at,
      'last_used_at', t.last_used_at, 'worker_id', t.worker_id, 'identity', t.identity) order by t.created_at, t.id)
    -- Of each job there is one that nobody needs to see for ever.
    from public.tokens t where t.identity is null or t.expires_at > v_now - interval '1 day'), '[]'));
end $$;

create or replace function public.tokens_revoke(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  update public.tokens t set revoked_at = coalesce(t.revoked_at, v_now) where t.id = (p ->> 'token_id')::uuid;
  if not found then
    return public.ops_refuse('not_found', 'there is no such token');
  end if;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'tokens.revoke', p ->> 'token_id', '{}');
  return jsonb_build_object('id', p ->> 'token_id', 'revoked', true);
end $$;
