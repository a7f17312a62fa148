create or replace function public.ops_trust_json(t public.trust_rules) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(t) || jsonb_build_object('lanes', coalesce(to_jsonb(t.lanes), '[]'))
$$;

create or replace function public.trust_add(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_lanes text[] := array(select jsonb_array_elements_text(p -> 'lanes'));
  v_unknown text[];
  t public.trust_rules%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  select array_agg(l) into v_unknown from unnest(v_lanes) l where not exists (select from public.lanes x where x.name = l);
  if v_unknown is not null then
    return jsonb_build_object('code', 'invalid', 'errors', jsonb_build_array(jsonb_build_object('field', 'lanes',
      'message', format('there is no lane `%s`', array_to_string(v_unknown, '`, `')))));
  end if;
  insert into public.trust_rules (issuer, repository, repository_id, repository_owner_id, workflow, job_workflow, ref,
    environment, events, runner, lanes, created_by, created_at)
  values (p ->> 'issuer', p ->> 'repository', p ->> 'repository_id', p ->> 'repository_owner_id', p ->> 'workflow',
    p ->> 'job_workflow', p ->> 'ref', p ->> 'environment', array(select jsonb_array_elements_text(p -> 'events')),
    p ->> 'runner', case when cardinality(v_lanes) > 0 then v_lanes end, a.actor, v_now)
  returning * into t;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'trust.add', t.id::text, public.ops_trust_json(t));
  return jsonb_build_object('rule', public.ops_trust_json(t));
end $$;

create or replace function public.trust_list(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', clock_timestamp());
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object('rules', coalesce((
    select jsonb_agg(public.ops_trust_json(t) order by t.repository collate "C", t.created_at, t.id)
    from public.trust_rules t), '[]'));
end $$;

-- Whoever came in by the rule is out at once.
create or replace function public.trust_remove(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_revoked bigint;
  t public.trust_rules%rowtype;
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  delete from public.trust_rules x where x.id = (p ->> 'rule_id')::uuid returning * into t;
  if not found then
    return public.ops_refuse('not_found', 'there is no such rule');
  end if;
  with ended as (
    update public.tokens k set revoked_at = coalesce(k.revoked_at, v_now), trust_rule_id = null
    where k.trust_rule_id = t.id returning k.expires_at
  ) select count(*) filter (where ended.expires_at > v_now) into v_revoked from ended;
  perform public.ops_audit(p -> 'auth', a.token_id, a.actor, v_now, 'trust.remove', t.id::text,
    public.ops_trust_json(t) || jsonb_build_object('revoked', v_revoked));
  return jsonb_build_object('id', t.id, 'revoked', v_revoked);
end $$;

-- Why a rule does not take these claims; null where it does. The lanes come last: whoever gets so far
-- is known.
create or replace function public.ops_mismatch(t public.trust_rules, p_claims jsonb, p_lanes text[]) returns text
language sql immutable set search_path = '' as $$
  select case
    when t.issuer <> p_claims ->> 'issuer' then format('the rule is for issuer %s', t.issuer)
    when t.repository_owner_id <> p_claims ->> 'repository_owner_id' then
      format('the repository belongs to owner %s now', p_claims ->> 'repository_owner_id')
    when t.workflow <> coalesce(p_claims ->> 'workflow', '') then format('the rule is for workflow %s', t.workflow)
    when t.job_workflow <> coalesce(p_claims ->> 'job_workflow', '') then
      format('the rule is for jobs of workflow %s', t.job_workflow)
    when t.ref <> coalesce(p_claims ->> 'ref', '') then format('the rule is for ref %s', t.ref)
    when lower(t.environment) <> lower(coalesce(p_claims ->> 'environment', '')) then
      format('the rule is for environment %s', t.environment)
    when not coalesce(p_claims ->> 'event', '') = any (t.events) then
      format('the rule is for events %s', array_to_string(t.events, ', '))
    when t.runner <> coalesce(p_claims ->> 'runner', '') then format('the rule is for %s runners', t.runner)
    when not p_lanes <@ t.lanes then format('the rule is for lanes %s', array_to_string(t.lanes, ', '))
  end
$$;

-- One text for the stranger, the reason for the audit trail. A flood fills no disk: sixty entries a
-- minute are enough to see it.
create or replace function public.ops_distrust(p jsonb, p_now timestamptz, p_reason text) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if (select count(*) from (select from public.audit x where x.ts > p_now - interval '1 minute'
      and x.action = 'workers.exchange_refused' limit 60) s) < 60 then
    perform public.ops_audit(p -> 'auth', null, coalesce(p #>> '{claims,repository}', 'unknown'), p_now,
      'workers.exchange_refused', p #>> '{claims,url}', jsonb_build_object('reason', p_reason, 'claims', p -> 'claims'));
  end if;
  return public.ops_refuse('unauthenticated', 'the token is not accepted');
end $$;

-- The identity token of a job, verified by `web`, for a worker's token of some minutes. Every exchange
-- is a worker of its own, because the jobs of one matrix have the same claims; with a current token the
-- same worker gets its next one.
create or replace function public.workers_exchange(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_claims jsonb := p -> 'claims';
  v_asked text[] := array(select jsonb_array_elements_text(p -> 'lanes'));
  v_lives integer := coalesce((p ->> 'lives_seconds')::integer, 1200);
  v_expires timestamptz := v_now + make_interval(secs => v_lives);
  v_renewed boolean := p #>> '{auth,token_sha256}' is not null;
  v_reason text;
  t public.trust_rules%rowtype;
  k public.tokens%rowtype;
begin
  if p ? 'refused' then
    return public.ops_distrust(p, v_now, p ->> 'refused');
  end if;
  delete from public.oidc_tokens o where (o.issuer, o.jti) in (
    select x.issuer, x.jti from public.oidc_tokens x where x.expires_at < v_now
    order by x.expires_at limit 100 for update skip locked);
  insert into public.oidc_tokens (issuer, jti, expires_at)
  values (v_claims ->> 'issuer', v_claims ->> 'jti', to_timestamp((v_claims ->> 'good_until')::double precision))
  on conflict do nothing;
  if not found then
    return public.ops_distrust(p, v_now, 'this identity token was used before');
  end if;

  if v_renewed then
    select * into k from public.tokens x where x.token_sha256 = p #>> '{auth,token_sha256}' for no key update;
    if not found then
      -- The answer of the renewal before was lost.
      select * into k from public.tokens x where x.previous_sha256 = p #>> '{auth,token_sha256}'
        and x.previous_until > v_now for no key update;
    end if;
    v_reason := case
      when k.id is null then 'the token to renew is unknown'
      when k.identity is null then 'the token to renew was not made by an exchange'
      when k.revoked_at is not null then 'the token to renew was revoked'
      when (k.identity ->> 'repository_id', k.identity ->> 'run_id', k.identity ->> 'run_attempt') is distinct from
        (v_claims ->> 'repository_id', v_claims ->> 'run_id', v_claims ->> 'run_attempt') then
        'the token to renew belongs to another job' end;
    if v_reason is not null then
      return public.ops_distrust(p, v_now, v_reason);
    end if;
    v_asked := coalesce(k.lanes, '{}');
  end if;

  -- The rule that takes them, else the one that comes nearest.
  select x.* into t from public.trust_rules x where x.repository_id = v_claims ->> 'repository_id'
  order by public.ops_mismatch(x, v_claims, v_asked) is not null,
    public.ops_mismatch(x, v_claims, '{}') is not null, x.created_at limit 1;
  if t.id is null then
    return public.ops_distrust(p, v_now, format('there is no rule for repository id %s', v_claims ->> 'repository_id'));
  end if;
  v_reason := public.ops_mismatch(t, v_claims, v_asked);
  if v_reason is not null then
    if public.ops_mismatch(t, v_claims, '{}') is null then
      return public.ops_refuse('forbidden', v_reason);
    end if;
    return public.ops_distrust(p, v_now, v_reason);
  end if;

  if v_renewed then
    update public.tokens x set token_sha256 = p ->> 'token_sha256', previous_sha256 = x.token_sha256,
      previous_until = v_now + interval '1 minute', expires_at = v_expires, trust_rule_id = t.id
    where x.id = k.id returning * into k;
  else
    insert into public.tokens (name, kinds, token_sha256, lanes, worker_id, identity, trust_rule_id, created_by,
      created_at, expires_at)
    values (format('%s run %s', v_claims ->> 'repository', v_claims ->> 'run_id'), '{worker}', p ->> 'token_sha256',
      case when cardinality(v_asked) > 0 then v_asked else t.lanes end, p ->> 'worker_id',
      v_claims - 'jti' - 'good_until', t.id, format('trust rule %s', t.id), v_now, v_expires)
    returning * into k;
    perform public.ops_audit(p -> 'auth', k.id, k.name, v_now, 'workers.exchange', k.worker_id,
      jsonb_build_object('rule', t.id, 'lanes', k.lanes, 'identity', k.identity));
  end if;
  return jsonb_build_object('worker_id', k.worker_id, 'lanes', coalesce(k.lanes, array(select l.name from public.lanes l order by l.name)),
    'expires_at', k.expires_at, 'expires_in_seconds', v_lives);
end $$;
