-- Explicit, to `service_role` too: Supabase grants nothing by itself any more. EXECUTE is taken from
-- `anon` and `authenticated` by name, because old default privileges may have given it directly.
grant select, insert, update, delete on public.lanes, public.tokens, public.audit, public.sessions,
  public.session_members, public.run_templates, public.run_template_versions, public.spec_docs, public.runs, public.run_leases,
  public.run_groups, public.run_dependencies, public.run_attempts, public.workers, public.run_logs, public.run_events, public.run_steps,
  public.artifacts, public.trust_rules, public.oidc_tokens, public.dispatches
  to service_role;
grant usage, select on sequence public.runs_seq_seq, public.audit_id_seq to service_role;

revoke all on public.lanes, public.tokens, public.audit, public.sessions, public.session_members,
  public.run_templates, public.run_template_versions, public.spec_docs, public.runs, public.run_leases, public.run_groups, public.run_dependencies,
  public.run_attempts, public.workers, public.run_logs, public.run_events, public.run_steps, public.artifacts, public.trust_rules,
  public.oidc_tokens, public.dispatches
  from anon, authenticated;
grant select on public.lanes, public.sessions, public.session_members, public.run_templates, public.run_template_versions, public.spec_docs,
  public.runs, public.run_leases, public.run_attempts, public.run_logs, public.run_events, public.run_steps,
  public.artifacts to authenticated;

do $$
declare
  f record;
begin
  for f in
    select p.oid::regprocedure as signature, p.proname from pg_proc p
    -- By signature: a function of somebody else's that bears one of these names is left alone.
    where p.pronamespace = 'public'::regnamespace and (p.oid = 'public.heartbeat_at(public.runs)'::regprocedure
      or p.proname in ('ops_version', 'ops_health', 'ops_refuse', 'ops_authenticate', 'ops_audit', 'ops_log', 'ops_run_json',
        'ops_settle', 'ops_sweep', 'ops_forget', 'ops_insert_runs', 'ops_seen_runs', 'ops_lease_lost', 'ops_chosen_runs', 'ops_cancel_run', 'ops_retry_run',
        'ops_waiting', 'ops_roll_tail', 'ops_artifact_json', 'ops_artifact_refusal', 'ops_session_json', 'ops_template_json', 'ops_lane_json',
        'ops_first_token', 'ops_catalog', 'ops_self_test', 'ops_board_tag', 'ops_last_lines', 'ops_board_lane', 'ops_board_workers', 'ops_template_in_use',
        'ops_ui_frame', 'ops_log_lead', 'ops_sweep_scheduled', 'ops_trust_json', 'ops_mismatch', 'ops_distrust', 'ops_dispatch_json',
        'ops_lane_is_served', 'ops_dispatch_pause', 'ops_scale', 'ops_dispatched', 'ops_repository_is_named',
        'ops_dispatch_overdue', 'ops_dispatch_step', 'ops_dispatch_held', 'ops_workflow_told', 'ops_workflows_to_end', 'ops_left_workflows',
        'ops_lock_groups', 'ops_admit', 'ops_try_admit', 'ops_admit_some', 'ops_wake', 'ops_interrupted', 'ops_once_ended',
        'ops_dependencies_ended', 'ops_depend', 'ops_depend_some', 'ops_spec_json', 'ops_spec_store',
        'ops_queue_reaches', 'ops_note_full_lanes', 'ops_open_full_lanes', 'ops_queue_full',
        'ops_expire', 'ops_artifacts_removed', 'ops_snapshots')
      or pg_get_function_identity_arguments(p.oid) = 'p jsonb' and p.proname in (
      'runs_create', 'runs_claim', 'runs_start', 'runs_heartbeat', 'runs_finish', 'runs_cancel',
      'runs_retry', 'runs_get', 'runs_list', 'runs_sweep', 'events_append', 'events_list', 'artifacts_begin', 'artifacts_put',
      'artifacts_get', 'artifacts_list', 'sessions_create', 'sessions_get', 'sessions_list', 'sessions_update',
      'sessions_archive', 'sessions_delete', 'templates_update', 'templates_delete', 'workers_drain', 'audit_list', 'ui_board', 'templates_create',
      'templates_get', 'templates_list', 'lanes_list', 'lanes_update', 'workers_list', 'tokens_create',
      'tokens_list', 'tokens_revoke', 'ui_read', 'ui_runs', 'ui_templates', 'ui_log', 'ui_log_hits', 'spec_docs_list',
      'spec_docs_get', 'workers_exchange', 'trust_add', 'trust_list', 'trust_remove', 'dispatch_create', 'dispatch_get',
      'dispatch_list', 'dispatch_cancel', 'spec_generate', 'spec_keep', 'spec_put', 'spec_get', 'spec_list', 'metrics_get'))
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
    if f.proname = 'heartbeat_at' then
      execute format('grant execute on function %s to authenticated', f.signature);
    end if;
  end loop;
end $$;
