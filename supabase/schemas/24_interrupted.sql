-- What becomes of a run whose attempt did not end by itself: steps marked `once`, and `on_interrupt`.

-- Why a run must not be run again, as `{reason, error}`; null where it may. A step marked `once` that began, and of
-- which nobody knows how it ended, comes first. `p_ended` is `lost` or `released`; a run that was handed
-- back before a step of it began was not interrupted.
create or replace function public.ops_interrupted(
  p_run uuid, p_attempt integer, p_ended text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_book jsonb := (select r.runbook from public.runs r where r.id = p_run);
  v_step text;
begin
  select s.step into v_step from public.run_steps s
  where s.run_id = p_run and s.attempt = p_attempt and s.status in ('running', 'cancelled', 'lost')
    and v_book -> 'steps' @> jsonb_build_array(jsonb_build_object('id', s.step, 'once', true))
  order by s.started_at, s.step limit 1;
  if v_step is not null then
    return jsonb_build_object('reason', 'unknown_outcome', 'error', format(
      'step %s began in attempt %s, and nobody knows how it ended; it is marked `once`, so it is not begun again',
      v_step, p_attempt));
  elsif v_book ->> 'on_interrupt' = 'fail' and (p_ended = 'lost' or exists (select from public.run_steps s
      where s.run_id = p_run and s.attempt = p_attempt and s.status <> 'skipped')) then
    return jsonb_build_object('reason', 'interrupted', 'error',
      format('attempt %s was interrupted; the runbook says `on_interrupt: fail`', p_attempt));
  end if;
  return null;
end $$;

-- How the steps marked `once` ended in earlier attempts: what the next one keeps instead of beginning them
-- again. Null where there are none.
create or replace function public.ops_once_ended(p_run uuid, p_attempt integer, p_runbook jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_object_agg(x.step, jsonb_build_object('status', x.status, 'exit_code', x.exit_code, 'outputs', x.outputs,
    'attempt', x.attempt))
  from (
    select distinct on (s.step) s.step, s.status, s.exit_code, s.outputs, s.attempt from public.run_steps s
    where s.run_id = p_run and s.attempt < p_attempt and s.status in ('succeeded', 'failed', 'timed_out')
      and p_runbook -> 'steps' @> jsonb_build_array(jsonb_build_object('id', s.step, 'once', true))
    order by s.step, s.attempt desc) x
$$;
