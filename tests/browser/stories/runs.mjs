// The list of runs.
import { strict as assert } from 'node:assert';
import { isLive } from '../harness/browser.mjs';

export const runs = {
  async 'chosen runs are cancelled together'({ page, room, to }) {
    const session_id = await room.session('Bulk');
    const ids = [];
    for (let n = 1; n <= 3; n += 1) ids.push(await room.later(`Bulk ${n}`, { session_id }));
    await to(`/runs?session=${session_id}`);
    await page.locator(`#pick-${ids[0]}`).check();
    await page.locator(`#pick-${ids[2]}`).check();
    // The script that counts comes with the first tick.
    await page.locator('#picked', { hasText: '2 chosen' }).waitFor();
    await page.getByRole('button', { name: 'Cancel chosen' }).click();
    await page.locator('#confirm-yes').click();
    for (const id of [ids[0], ids[2]]) await page.locator(`#run-${id} .st`, { hasText: 'cancelled' }).waitFor();
    assert.equal(await page.locator(`#run-${ids[1]} .st`, { hasText: 'cancelled' }).count(), 0);
    assert.equal(await page.locator('input[name=run_id]:checked').count(), 0);
  },

  async 'new runs are counted above the list and never pushed into it'({ page, room, to }) {
    const session_id = await room.session('Newer');
    await room.later('Old', { session_id });
    await to(`/runs?session=${session_id}`);
    await isLive(page);
    const [one, two] = [await room.later('New 1', { session_id }), await room.later('New 2', { session_id })];
    const newer = page.getByRole('link', { name: '2 new' });
    await newer.waitFor();
    assert.equal(await page.locator('tbody tr').count(), 1);
    await newer.click();
    await page.locator(`#run-${one}`).waitFor();
    await page.locator(`#run-${two}`).waitFor();
  },

  async 'ticks, focus, typed text and scroll position survive a refresh of the list'({ page, room, to }) {
    const session_id = await room.session('Ticks');
    const ids = [];
    for (let n = 1; n <= 15; n += 1) ids.unshift(await room.later(`Row ${n}`, { session_id }));
    await page.setViewportSize({ width: 1440, height: 500 });
    await to(`/runs?session=${session_id}`);
    await isLive(page);
    const text = page.getByRole('searchbox', { name: 'Text in title' });
    await text.fill('half a wo');
    await page.locator(`#pick-${ids[9]}`).check();
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 0, 'the list is long enough to be scrolled');
    await room.api('runs.cancel', { run_id: ids[8] });
    await page.locator(`#run-${ids[8]} .st`, { hasText: 'cancelled' }).waitFor();
    assert.equal(await page.locator(`#pick-${ids[9]}`).isChecked(), true);
    assert.equal(await page.evaluate(() => document.activeElement.id), `pick-${ids[9]}`);
    assert.equal(await text.inputValue(), 'half a wo');
    assert.equal(await page.evaluate(() => scrollY), before);
  },

  async 'a filter stands in the address'({ page, room, to }) {
    const session_id = await room.session('Filters');
    await room.later('Apples', { session_id });
    const run_id = await room.later('Pears', { session_id });
    await room.api('runs.cancel', { run_id });
    await to(`/runs?session=${session_id}`);
    await page.locator('#filters').getByText('cancelled', { exact: true }).click();
    await page.waitForURL(/status=cancelled/);
    await page.locator(`#run-${run_id}`).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 1);
    const text = page.getByRole('searchbox', { name: 'Text in title' });
    await text.fill('apples');
    await text.press('Enter');
    await page.waitForURL(/text=apples/);
    assert.equal(await page.locator('tbody tr').count(), 0);
  },
};
