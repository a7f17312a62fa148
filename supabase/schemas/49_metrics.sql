-- What an operator watches: how long runs wait, whether somebody sweeps, and what holds the database back.
-- Counts stop at 100,000, so that a long queue costs a look no more than that.

-- Who keeps vacuum from removing what nobody needs: sessions, replication slots, prepared transactions.
-- By right of its owner, because others see their own sessions alone.
create or replace function public.ops_snapshots() returns table (holder text, state text, seconds bigint, transactions bigint)
language sql stable security definer set search_path = '' as $$
  select format('session %s of %s%s', a.pid, coalesce(a.usename, 'the server'), coalesce(' (' || nullif(a.application_name, '') || ')', '')),
    coalesce(a.state, a.backend_type), floor(extract(epoch from clock_timestamp() - a.xact_start))::bigint, age(a.backend_xmin)::bigint
  from pg_catalog.pg_stat_activity a
  where a.backend_xmin is not null and a.pid <> pg_backend_pid() and (a.datname = current_database() or a.datname is null)
    and a.backend_type <> 'autovacuum worker'
  union all
  select format('replication slot %s', s.slot_name), case when s.active then 'active' else 'inactive' end, null,
    greatest(age(s.xmin), age(s.catalog_xmin))::bigint
  from pg_catalog.pg_replication_slots s where s.xmin is not null or s.catalog_xmin is not null
  union all
  select format('prepared transaction %s', p.gid), 'prepared', floor(extract(epoch from clock_timestamp() - p.prepared))::bigint,
    age(p.transaction)::bigint
  from pg_catalog.pg_prepared_xacts p where p.database = current_database()
$$;

create or replace function public.metrics_get(p jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '5s' as $$
declare
  v_now timestamptz := clock_timestamp();
  a record;
begin
  a := public.ops_authenticate(p -> 'auth', '{operator,viewer}', v_now);
  if a.code is not null then
    return public.ops_refuse(a.code, a.detail);
  end if;
  return jsonb_build_object(
    'lanes', (select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'paused', l.paused, 'draining', l.draining,
        'queue_full', l.queue_full,
        'queued', (select count(*) from (select from public.runs r
          where r.lane = l.name and r.status = 'queued' and r.parked is null limit 100000) x),
        'parked', (select count(*) from (select from public.runs r
            where r.lane = l.name and r.status = 'queued' and r.parked in ('depends_on', 'group') limit 100000) x)
          + (select count(*) from (select from public.runs r
            where r.lane = l.name and r.status = 'queued' and r.parked = 'not_before' limit 100000) x),
        'held', (select count(*) from public.run_leases x where x.lane = l.name),
        -- Of the run that is next, which is the oldest where all have one priority.
        'next_waits_seconds', (select floor(extract(epoch from v_now - greatest(q.created_at, q.not_before)))::bigint
          from public.runs q where q.lane = l.name and q.status = 'queued' and q.parked is null
          order by q.priority, q.seq limit 1),
        'workers', (select count(*) from public.workers w where l.name = any (w.lanes) and not w.drain
          and w.last_seen > v_now - interval '30 seconds')) order by l.name collate "C"), '[]')
      from public.lanes l),
    'runs_created', coalesce((select r.seq from public.runs r order by r.seq desc limit 1), 0),
    -- Zero and null while somebody sweeps.
    'expired_leases', (select jsonb_build_object('count', count(*), 'oldest_seconds',
        floor(extract(epoch from v_now - min(x.expires_at)))::bigint)
      from (select l.expires_at from public.run_leases l where l.expires_at < v_now order by l.expires_at limit 100000) x),
    'overdue_runs', (select jsonb_build_object('count', count(*), 'oldest_seconds',
        floor(extract(epoch from v_now - min(x.not_before)))::bigint)
      from (select r.not_before from public.runs r where r.status = 'queued' and r.parked = 'not_before' and r.not_before < v_now
        order by r.not_before limit 100000) x),
    'database', jsonb_build_object(
      'bytes', pg_catalog.pg_database_size(current_database()),
      'connections', (select count(*) from pg_catalog.pg_stat_activity x where x.backend_type = 'client backend'),
      'max_connections', current_setting('max_connections')::integer,
      'oldest_snapshot', (select to_jsonb(s) from public.ops_snapshots() s order by s.transactions desc, s.seconds desc nulls last limit 1),
      'tables', (select coalesce(jsonb_agg(jsonb_build_object('name', t.relname,
          'bytes', pg_catalog.pg_total_relation_size(t.relid), 'live_rows', t.n_live_tup, 'dead_rows', t.n_dead_tup,
          'vacuumed_at', greatest(t.last_vacuum, t.last_autovacuum)) order by t.relname), '[]')
        from pg_catalog.pg_stat_all_tables t where t.schemaname = 'public'
          and t.relname in ('runs', 'run_leases', 'run_attempts', 'run_events', 'run_logs', 'run_steps', 'artifacts', 'workers', 'audit'))));
end $$;
