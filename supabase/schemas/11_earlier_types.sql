-- An installation of before has CHECK constraints in place of domains. The change of types writes the table
-- anew, once.
do $$
begin
  if exists (select from pg_attribute a where a.attrelid = 'public.runs'::regclass and a.attname = 'status'
      and a.atttypid = 'text'::regtype) then
    alter table public.runs
      drop constraint if exists runs_status_check, drop constraint if exists runs_parked_check,
      drop constraint if exists runs_group_key_check, drop constraint if exists runs_group_limit_check,
      drop constraint if exists runs_max_attempts_check, drop constraint if exists runs_lease_seconds_check,
      drop constraint if exists runs_timeout_seconds_check;
    alter table public.runs
      alter column status type public.run_status, alter column status set default 'queued',
      alter column parked type public.run_parked, alter column group_key type public.group_key,
      alter column group_limit type public.group_limit, alter column max_attempts type public.max_attempts,
      alter column max_attempts set default 3, alter column lease_seconds type public.lease_seconds,
      alter column timeout_seconds type public.timeout_seconds;
    alter table public.run_attempts drop constraint if exists run_attempts_ended_as_check,
      alter column ended_as type public.attempt_end;
    alter table public.workers drop constraint if exists workers_id_check, alter column id type public.worker_id;
  end if;
end $$;
