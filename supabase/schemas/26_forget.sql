-- Each process is a worker of its own, and each job has a token of its own: what was not heard of for thirty
-- days goes, at most `p_rows` of both in one sweep. The token of a job that held a run stays, because the
-- run's attempts say by it which job that was; tokens that a person made stay until a person revokes them.
create or replace function public.ops_forget(p_now timestamptz, p_rows integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_before timestamptz := p_now - interval '30 days';
begin
  with gone as (
    delete from public.workers w where w.id = any (array(
      select x.id from public.workers x where x.first_seen < v_before and x.last_seen < v_before
      order by x.first_seen limit p_rows for update skip locked))
    returning w.token_id, w.claimed
  )
  update public.tokens k set in_history = true
  where k.id = any (array(select g.token_id from gone g where g.claimed)) and k.identity is not null and not k.in_history;
  delete from public.tokens k where k.id = any (array(
    select x.id from public.tokens x where x.identity is not null and not x.in_history and x.expires_at < v_before
      and not exists (select from public.workers w where w.id = x.worker_id)
    order by x.expires_at limit p_rows for update skip locked));
end $$;
