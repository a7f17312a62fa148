-- Concurrency groups. A run of a group is created parked, and is given a place before it may be claimed:
-- so a claim neither looks at groups nor locks them, and what cannot go is not in its index.
-- Places taken = leases of the group + queued runs of it that are not parked. Only `ops_admit` raises that
-- number, under the lock of the group's row; a claim and a requeue move a run from one side to the other
-- within one commit. A cancelled run keeps its place until its holder has ended.

-- Waits for the rows of these groups, ascending, and makes those that are missing.
create or replace function public.ops_lock_groups(p_keys text[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_key text;
begin
  for v_key in select distinct k from unnest(p_keys) k order by k loop
    insert into public.run_groups (key) values (v_key) on conflict do nothing;
    perform 1 from public.run_groups g where g.key = v_key for no key update;
  end loop;
end $$;

-- Gives free places of a group to its first runs, by priority and age. The caller has the group's row.
-- Where limits differ, the smallest of all that share the places counts; a run whose limit is reached
-- lets nobody pass, or it could wait for ever. Answers the lanes of those that may go now.
create or replace function public.ops_admit(p_key text) returns text[]
language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off as $$
declare
  v_lanes text[] := '{}'::text[];
  v_taken bigint;
  v_least integer;
  d record;
begin
  -- A statement after the lock, so that it sees what others committed meanwhile.
  select count(*), min(x.group_limit) into v_taken, v_least from (
    select r.group_limit from public.run_leases l
      cross join lateral (select y.group_limit from public.runs y where y.id = l.run_id limit 1) r
    where l.group_key = p_key
    union all
    select r.group_limit from public.runs r where r.group_key = p_key and r.status = 'queued' and r.parked is null) x;
  loop
    select r.id, r.lane, r.group_limit into d from public.runs r
    where md5(r.group_key) = md5(p_key) and r.group_key = p_key and r.status = 'queued' and r.parked = 'group'
    order by r.priority, r.seq limit 1 for no key update skip locked;
    exit when not found or v_taken >= least(v_least, d.group_limit);
    update public.runs set parked = null where id = d.id;
    v_taken := v_taken + 1;
    v_least := least(v_least, d.group_limit);
    v_lanes := v_lanes || d.lane;
  end loop;
  return v_lanes;
end $$;

-- The same for a group whose row nobody has just now; else whoever has it, or the next sweep, does it.
create or replace function public.ops_try_admit(p_key text) returns text[]
language plpgsql volatile set search_path = '' as $$
begin
  perform 1 from public.run_groups g where g.key = p_key for no key update skip locked;
  return case when found then public.ops_admit(p_key) else '{}'::text[] end;
end $$;

-- For sweeps: looks at up to `p_groups` groups in which somebody waits, beginning anywhere, so that no
-- group is always behind the others.
create or replace function public.ops_admit_some(p_groups integer) returns text[]
language plpgsql volatile set search_path = '' as $$
declare
  v_begin text := md5(random()::text);
  v_at text := v_begin;
  v_round integer := 1;
  v_lanes text[] := '{}'::text[];
  d record;
begin
  for n in 1 .. p_groups loop
    select r.group_key as key, md5(r.group_key) as hash into d from public.runs r
    where r.status = 'queued' and r.parked = 'group' and md5(r.group_key) > v_at
    order by md5(r.group_key) limit 1;
    if not found and v_round = 1 then
      v_round := 2;
      select r.group_key as key, md5(r.group_key) as hash into d from public.runs r
      where r.status = 'queued' and r.parked = 'group'
      order by md5(r.group_key) limit 1;
    end if;
    exit when d.key is null or v_round = 2 and d.hash > v_begin;
    v_at := d.hash;
    v_lanes := v_lanes || public.ops_try_admit(d.key);
  end loop;
  return v_lanes;
end $$;

-- Counts lanes in which something may go now, and adds what was counted before.
create or replace function public.ops_wake(p_before jsonb, p_lanes text[]) returns jsonb
language sql immutable set search_path = '' as $$
  select case when cardinality(p_lanes) = 0 then p_before else (
    select jsonb_object_agg(w.lane, w.n) from (
      select x.lane, sum(x.n) as n from (
        select e.key as lane, e.value::bigint as n from jsonb_each_text(coalesce(p_before, '{}')) e
        union all
        select l, 1 from unnest(p_lanes) l) x
      group by x.lane) w) end
$$;
