-- Only ever adds tables to Supabase's publication; plain PostgreSQL has none.
do $$
declare
  t text;
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables) then
    foreach t in array array['runs', 'run_events', 'artifacts', 'sessions'] loop
      if not exists (select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = t) then
        execute format('alter publication supabase_realtime add table public.%I', t);
      end if;
    end loop;
  end if;
end $$;

-- PostgREST reads the schema again. Nobody listens on plain PostgreSQL, which is harmless.
notify pgrst, 'reload schema';
