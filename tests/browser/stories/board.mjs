// The Runboard, and what no page may lose while it refreshes.
import { strict as assert } from 'node:assert';
import { isLive, until } from '../harness/browser.mjs';

export const board = {
  async 'a printed address signs in, and its token leaves the address at once'({ context, page, room, to }) {
    await context.clearCookies();
    await to(`/runboard?token=${room.token}`);
    assert.equal(page.url(), `${room.url}/runboard`);
    await page.getByRole('link', { name: 'Runboard', exact: true }).waitFor();
  },

  async 'typed text, caret, open details and scroll position survive a refresh of the board'({ page, room, to }) {
    const session_id = await room.session('Survivors');
    for (let n = 1; n <= 12; n += 1) await room.later(`Waits ${n}`, { session_id });
    await page.setViewportSize({ width: 1440, height: 300 });
    await to(`/runboard?session=${session_id}`);
    await isLive(page);
    await page.locator('#edit-session').click();
    const name = page.locator('#session-name');
    await name.fill('half a name');
    await name.evaluate((field) => field.setSelectionRange(4, 6));
    await page.evaluate(() => scrollTo(0, 120));
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 0, 'the page is long enough to be scrolled');

    const run_id = await room.shell('Seen at once', 'true', { session_id, lane: 'A' });
    await page.locator(`#run-${run_id}`).waitFor();
    await room.ended(run_id);
    await page.locator(`#run-${run_id}`, { hasText: 'succeeded' }).waitFor();

    assert.equal(await name.inputValue(), 'half a name');
    assert.deepEqual(await name.evaluate((f) => [document.activeElement === f, f.selectionStart, f.selectionEnd]), [true, 4, 6]);
    assert.equal(await page.locator('#edit-session').evaluate((s) => s.parentElement.open), true);
    assert.equal(await page.evaluate(() => scrollY), before);
  },

  async 'the state of the menus above survives too'({ page, room, to }) {
    await to('/runboard');
    const menu = page.locator('details.menu').first();
    await menu.locator('summary').click();
    const name = menu.getByPlaceholder('New session');
    await name.fill('half a na');
    const run_id = await room.shell('Seen below a menu', 'true');
    await page.locator(`a[href="/runs/${run_id}"]`).first().waitFor();
    assert.equal(await name.inputValue(), 'half a na');
    assert.equal(await menu.getAttribute('open'), '');
  },

  async 'a lane is paused and opened, and a run is cancelled where it stands'({ page, room, to }) {
    const session_id = await room.session('Lanes');
    const run_id = await room.shell('Sleeps on the board', 'echo up; sleep 300', { session_id, lane: 'B' });
    await to(`/runboard?session=${session_id}`);
    const lane = page.locator('#lane-B');
    await lane.getByText('up', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel Sleeps on the board' }).click();
    await page.locator('#confirm-yes').click();
    await page.locator(`#run-${run_id}`, { hasText: 'cancelled' }).waitFor();
    await room.api('lanes.update', { name: 'B', paused: true, reason: 'lunch' });
    await lane.locator('.note', { hasText: 'Paused: lunch' }).waitFor();
    await lane.getByRole('button', { name: /^Resume/ }).first().click();
    await until(page, () => !document.querySelector('#lane-B').textContent.includes('Paused'));
  },
};
