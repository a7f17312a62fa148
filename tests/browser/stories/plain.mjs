// The same with scripts off: forms, links and a reload.
import { strict as assert } from 'node:assert';
import { open, shownRun } from '../harness/browser.mjs';
import { plainSpec } from './spec.mjs';

export async function withoutScripts(browser, room) {
  const { context, page, to, complaints, forgive } = await open(browser, room, { javaScriptEnabled: false });

  await to('/templates/hello');
  await page.locator('#run-form').getByLabel('Name', { exact: true }).fill('Grace');
  await page.getByRole('button', { name: 'Queue run' }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  assert.equal(await room.ended(shownRun(page)), 'succeeded');
  await page.reload();
  await page.getByText('Hello, Grace!').first().waitFor();
  await page.getByText('succeeded').first().waitFor();

  // Cancelled at once: without scripts there is no question first.
  const session_id = await room.session('No scripts');
  const slept = await room.later('Sleeps long', { session_id });
  const other = await room.later('Sleeps longer', { session_id });
  await to(`/runs/${slept}`);
  await page.getByRole('button', { name: 'Cancel run' }).first().click();
  await page.locator('#run-head').getByText('cancelled').first().waitFor();
  await page.getByText('was cancelled').waitFor();

  await page.getByRole('button', { name: 'Retry' }).click();
  await page.waitForURL((url) => !url.pathname.includes(slept));
  await page.locator(`#run-head a[href="/runs/${slept}"]`).waitFor();

  await to(`/runs?session=${session_id}`);
  assert.equal(await page.locator('tbody tr').count(), 3);
  await page.locator('#filters').getByText('cancelled', { exact: true }).click();
  await page.locator('#filters').getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(/status=cancelled/);
  assert.equal(await page.locator('tbody tr').count(), 1);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.locator(`#pick-${other}`).check();
  await page.getByRole('button', { name: 'Cancel chosen' }).click();
  await page.getByText('was cancelled').waitFor();

  const source = 'version: 1\nslug: plain\ntitle: Plain\nsteps:\n  - id: a\n    run: "true"\n';
  await to('/templates/new');
  await page.locator('#source').fill(source.replace('steps', 'stops'));
  await page.getByRole('button', { name: 'Check' }).click();
  assert.match(await page.locator('#check .where').first().innerText(), /^\d+:\d+$/);
  await page.locator('#source').fill(source);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/\/templates\/plain$/);
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.locator('#source').fill(source.replace('Plain', 'Plainer'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/\/templates\/plain$/);
  await page.getByText('version 2', { exact: true }).first().waitFor();

  await to('/chat');
  await page.getByRole('combobox', { name: 'Command' }).fill('run hello name=Plain');
  await page.getByRole('button', { name: 'Send' }).click();
  // Not queued by Enter alone: first it is shown.
  await page.locator('#preview').getByRole('button', { name: 'Queue run' }).click();
  await page.locator('#answers .answer-run').first().getByText('Say hello').waitFor();

  await plainSpec({ page, to, room });

  forgive(/422/);
  assert.deepEqual(complaints, [], 'the browser complained');
  await context.close();
}
