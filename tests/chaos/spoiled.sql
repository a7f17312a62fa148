-- A broken engine, to see that each fault is found. None of this is in the product.

-- Some leases end for the database at once, and for their workers seconds later: two at once.
create function public.spoil_lease() returns trigger language plpgsql as $$
begin
  if random() < 0.1 then
    new.expires_at := clock_timestamp();
  end if;
  return new;
end $$;
create trigger spoil before insert or update on public.run_leases
  for each row execute function public.spoil_lease();

-- Some events are stored as something else than was acknowledged.
create function public.spoil_event() returns trigger language plpgsql as $$
begin
  if new.message = 'line 3' and random() < 0.1 then
    new.message := 'line ?';
  end if;
  return new;
end $$;
create trigger spoil before insert on public.run_events
  for each row execute function public.spoil_event();

-- Some artifacts lose a byte after they were acknowledged.
create function public.spoil_artifact() returns trigger language plpgsql as $$
begin
  if random() < 0.2 then
    new.content := substr(new.content, 2);
  end if;
  return new;
end $$;
create trigger spoil before insert on public.artifacts
  for each row execute function public.spoil_artifact();

-- What began is forgotten, so that a step marked `once` may begin again.
create function public.spoil_step() returns trigger language plpgsql as $$
begin
  return case when new.step = 'pay' then null else new end;
end $$;
create trigger spoil before insert or update on public.run_steps
  for each row execute function public.spoil_step();
