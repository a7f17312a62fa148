-- Pieces that the verbs share. Each takes the caller's one reading of the clock.

create or replace function public.ops_version() returns text
language sql immutable set search_path = '' as $$ select '20261124000000' $$;

create or replace function public.ops_health(p jsonb) returns jsonb
language sql volatile set search_path = '' set statement_timeout = '5s' as $$
  select jsonb_build_object('schema', public.ops_version(), 'now', clock_timestamp(),
    'postgres', current_setting('server_version'))
$$;

create or replace function public.ops_refuse(p_code text, p_detail text) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object('code', p_code, 'detail', p_detail)
$$;

-- Who calls, and whether they may: `code` is null when they may. A shared token is no hot row:
-- `last_used_at` is written at most once a minute, and only by whoever gets the row without waiting.
create or replace function public.ops_authenticate(
  p_auth jsonb, p_kinds text[], p_now timestamptz,
  out code text, out detail text, out token_id uuid, out actor text, out lanes text[], out worker_id text)
language plpgsql volatile set search_path = '' as $$
declare
  t public.tokens%rowtype;
begin
  select * into t from public.tokens k where k.token_sha256 = p_auth ->> 'token_sha256';
  if not found then
    -- Renewed a moment ago.
    select * into t from public.tokens k
    where k.previous_sha256 = p_auth ->> 'token_sha256' and k.previous_until > p_now;
  end if;
  if t.id is null then
    code := 'unauthenticated'; detail := 'this token is unknown';
  elsif t.revoked_at is not null then
    code := 'unauthenticated'; detail := 'this token was revoked';
  elsif t.expires_at <= p_now then
    code := 'unauthenticated'; detail := 'this token has expired';
  elsif not t.kinds && p_kinds then
    code := 'forbidden';
    detail := format('this token is of kind %s; this verb takes %s',
      array_to_string(t.kinds, ', '), array_to_string(p_kinds, ' or '));
  end if;
  if code is not null then
    return;
  end if;
  token_id := t.id; actor := t.name; lanes := t.lanes; worker_id := t.worker_id;
  if t.last_used_at is null or t.last_used_at < p_now - interval '1 minute' then
    update public.tokens k set last_used_at = p_now
    where k.id = (select s.id from public.tokens s where s.id = t.id for no key update skip locked);
  end if;
end $$;

create or replace function public.ops_audit(
  p_auth jsonb, p_token uuid, p_actor text, p_now timestamptz, p_action text, p_target text, p_detail jsonb)
returns void language sql volatile set search_path = '' as $$
  insert into public.audit (ts, actor, token_id, source_address, action, target, detail)
  values (p_now, p_actor, p_token, p_auth ->> 'source_address', p_action, p_target, coalesce(p_detail, '{}'))
$$;

-- One event of the server's own. The caller holds the run, so the log's row is taken in order.
create or replace function public.ops_log(
  p_run uuid, p_attempt integer, p_now timestamptz, p_level text, p_message text)
returns void language plpgsql volatile set search_path = '' as $$
declare
  v_pos bigint;
begin
  insert into public.run_logs (run_id) values (p_run) on conflict do nothing;
  update public.run_logs set last_pos = last_pos + 1, bytes = bytes + octet_length(p_message)
  where run_id = p_run returning last_pos into v_pos;
  insert into public.run_events (run_id, pos, attempt, ts, level, source, message)
  values (p_run, v_pos, p_attempt, p_now, p_level, 'control', p_message);
end $$;

-- A run as `runs.list` shows it.
create or replace function public.ops_run_json(r public.runs) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', r.id, 'seq', r.seq, 'title', r.title, 'status', r.status, 'lane', r.lane, 'priority', r.priority,
    'attempt', r.attempt, 'attempts_used', r.attempts_used, 'max_attempts', r.max_attempts,
    'handbacks', r.handbacks, 'template', r.template, 'template_version', r.template_version,
    'session_id', r.session_id, 'intent', r.intent, 'env', r.env, 'repo', r.repo,
    'reason', r.reason, 'error', r.error, 'claimed_by', r.claimed_by, 'refused_writes', r.refused_writes,
    'lease_seconds', r.lease_seconds, 'timeout_seconds', r.timeout_seconds, 'not_before', r.not_before,
    'created_by', r.created_by, 'created_at', r.created_at, 'claimed_at', r.claimed_at,
    'started_at', r.started_at, 'cancelled_at', r.cancelled_at, 'finished_at', r.finished_at,
    'retry_of', r.retry_of, 'step', l.step, 'heartbeat_at', l.heartbeat_at, 'lease_expires_at', l.expires_at)
  from (select 1) one left join public.run_leases l on l.run_id = r.id
$$;

-- PostgREST computed field: `select=id,heartbeat_at`. The lease's own policy decides who sees it.
create or replace function public.heartbeat_at(r public.runs) returns timestamptz
language sql stable security invoker set search_path = '' as $$
  select l.heartbeat_at from public.run_leases l where l.run_id = r.id
$$;
