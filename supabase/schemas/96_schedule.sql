-- A sweeper inside the database, where there is pg_cron: on Supabase, for installations without a
-- server. The same name overwrites, so this may run again.
--
-- Never a reason for a migration to fail: pg_cron may be absent, not preloaded, kept to another
-- database of the cluster, or not for us. Then others sweep: servers, claims, the schedule workflow.
do $$
begin
  if not exists (select from pg_available_extensions where name = 'pg_cron') then
    return;
  end if;
  create extension if not exists pg_cron;
  begin
    perform cron.schedule('ops-sweep', '10 seconds', 'select public.ops_sweep_scheduled()');
  exception when others then
    -- Before 1.5 it knows minutes alone.
    perform cron.schedule('ops-sweep', '* * * * *', 'select public.ops_sweep_scheduled()');
  end;
  -- It notes each run of a job for ever: 8,640 rows a day.
  perform cron.schedule('ops-sweep-history', '17 3 * * *', $job$
    delete from cron.job_run_details d using cron.job j
    where j.jobid = d.jobid and j.jobname in ('ops-sweep', 'ops-sweep-history')
      and coalesce(d.start_time, d.end_time) < now() - interval '1 day'
  $job$);
exception when others then
  raise notice 'pg_cron is not used: %', sqlerrm;
end $$;
