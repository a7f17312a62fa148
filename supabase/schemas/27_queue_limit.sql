-- What is queued in a lane is bounded, so that a program that creates runs without end fills neither
-- the disk nor the time of everybody else. An exact count at each create would cost more than the create,
-- and a counter would be a row for which all creates of a lane wait. So a create looks with a chance of
-- its runs over a tenth of the limit, which is at most ten entries of an index for each run, and what it
-- found stays at the lane until a sweep finds less: a lane may run over by about a tenth.
create or replace function public.ops_queue_reaches(p_lane text, p_limit integer) returns boolean
language sql stable set search_path = '' as $$
  select (select count(*) from (select from public.runs r
      where r.lane = p_lane and r.status = 'queued' and r.parked is null limit p_limit) x)
    + (select count(*) from (select from public.runs r
      where r.lane = p_lane and r.status = 'queued' and r.parked in ('depends_on', 'group') limit p_limit) y)
    + (select count(*) from (select from public.runs r
      where r.lane = p_lane and r.status = 'queued' and r.parked = 'not_before' limit p_limit) z) >= p_limit
$$;

-- `p_made`: how many runs were just queued in each lane.
create or replace function public.ops_note_full_lanes(p_made jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  l record;
begin
  for l in
    select x.name, x.queue_limit from public.lanes x
    where p_made ? x.name and not x.queue_full and x.queue_limit is not null
      and random() * greatest(1, x.queue_limit / 10) < (p_made ->> x.name)::integer
  loop
    if public.ops_queue_reaches(l.name, l.queue_limit) then
      update public.lanes x set queue_full = true where x.name = l.name and not x.queue_full;
    end if;
  end loop;
end $$;

-- In sweeps. A long queue is looked at the more seldom: 20,000 entries a sweep in the mean.
create or replace function public.ops_open_full_lanes() returns void
language plpgsql volatile set search_path = '' as $$
declare
  l record;
begin
  for l in
    select x.name, x.queue_limit from public.lanes x
    where x.queue_full and (x.queue_limit is null or random() * x.queue_limit < 20000)
    order by x.name for no key update skip locked
  loop
    if l.queue_limit is null or not public.ops_queue_reaches(l.name, l.queue_limit) then
      update public.lanes x set queue_full = false where x.name = l.name;
    end if;
  end loop;
end $$;

create or replace function public.ops_queue_full(p_lane text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('code', 'queue_full', 'detail',
    format('lane %s holds the %s queued runs that it may hold', l.name, l.queue_limit))
  from public.lanes l where l.name = p_lane and l.queue_full and l.queue_limit is not null
$$;
