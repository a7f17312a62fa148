-- Takes back what `anon_prototyping.sql` opened. It may run again, and where nothing was opened.
begin;
do $$
declare
  t text;
begin
  foreach t in array array['lanes', 'sessions', 'run_templates', 'run_template_versions', 'spec_docs', 'runs', 'run_leases', 'run_attempts',
    'run_logs', 'run_events', 'run_steps', 'artifacts']
  loop
    execute format('drop policy if exists ops_anon_prototyping on public.%I', t);
    execute format('revoke all on public.%I from anon', t);
  end loop;
end $$;
commit;
notify pgrst, 'reload schema';
