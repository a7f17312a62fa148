-- ╔══════════════════════════════════════════════════════════════════════════════════════════════╗
-- ║  WARNING. After this ANYBODY who has the project's publishable key, which every browser that   ║
-- ║  loads a page of yours has, READS ALL RUNS: their logs, parameters, outputs and artifacts.     ║
-- ║  For prototypes with invented data alone. Never where a run has touched anything that matters. ║
-- ╚══════════════════════════════════════════════════════════════════════════════════════════════╝
--
-- No migration applies this file; paste it yourself. It may run again. `anon` still writes
-- nothing; tokens, the audit trail, workers and who is in which session stay closed, and so does
-- every function.
--
-- `anon_prototyping_off.sql` takes it back. `ops setup` names it as a warning while it is there, and
-- the migrations, applied again, close the tables in any case.
begin;
do $$
declare
  t text;
begin
  foreach t in array array['lanes', 'sessions', 'run_templates', 'run_template_versions', 'spec_docs', 'runs', 'run_leases', 'run_attempts',
    'run_logs', 'run_events', 'run_steps', 'artifacts']
  loop
    execute format('drop policy if exists ops_anon_prototyping on public.%I', t);
    execute format('create policy ops_anon_prototyping on public.%I for select to anon using (true)', t);
    execute format('grant select on public.%I to anon', t);
  end loop;
end $$;
commit;
notify pgrst, 'reload schema';
