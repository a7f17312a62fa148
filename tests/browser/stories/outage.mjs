// The server goes and comes back, and the tab is hidden and shown.
import { strict as assert } from 'node:assert';
import { isLive, open } from '../harness/browser.mjs';
import { Hand } from '../harness/hand.mjs';

/** What a browser rightly says of a server that is not there. */
const ofTheOutage = /net::ERR_(CONNECTION|EMPTY|INCOMPLETE)|Failed to load resource/;

export const outage = {
  async 'the server is killed and started again: pages say so, come back by themselves, and lose nothing'({ page, room, to, forgive }, browser) {
    const session_id = await room.session('Outage');
    const hand = await Hand.in(room, 'outage');
    const held = await hand.run('Outlives the server', { session_id });
    await hand.say(held, ['before']);
    await to(`/runboard?session=${session_id}`);
    await isLive(page);
    await page.locator('#edit-session').click();
    await page.locator('#session-name').fill('half a name');
    const other = await open(browser, room);
    await other.to(`/runs/${held.run_id}`);
    await isLive(other.page);

    await room.kill();
    for (const each of [page, other.page]) await each.locator('#conn', { hasText: 'reconnecting' }).waitFor();
    await room.restart();
    for (const each of [page, other.page]) await isLive(each);

    assert.equal(await page.locator('#session-name').inputValue(), 'half a name');
    assert.equal(await page.locator('#edit-session').evaluate((s) => s.parentElement.open), true);
    await hand.say(held, ['after']);
    await other.page.locator('#log').getByText('after', { exact: true }).waitFor();
    assert.equal(await other.page.locator('#log').getByText('before', { exact: true }).count(), 1);
    await hand.finish(held);
    await page.locator(`#run-${held.run_id}`, { hasText: 'succeeded' }).waitFor();
    await other.page.locator('#run-head').getByText('succeeded').first().waitFor();

    forgive(ofTheOutage);
    other.forgive(ofTheOutage);
    assert.deepEqual(other.complaints, [], 'the browser complained');
    await other.context.close();
  },

  async 'a form that is sent while the server is away says that nobody knows'({ page, room, to, forgive }) {
    const run_id = await room.later('Asked in vain');
    await to(`/runs/${run_id}`);
    await isLive(page);
    await room.kill();
    await page.getByRole('button', { name: 'Cancel run' }).first().click();
    await page.locator('#confirm-yes').click();
    await page.getByText('nobody knows whether it took effect').waitFor();
    await room.restart();
    await isLive(page);
    await page.getByRole('button', { name: 'Cancel run' }).first().click();
    await page.locator('#confirm-yes').click();
    await page.locator('#run-head').getByText('cancelled').first().waitFor();
    forgive(ofTheOutage);
  },

  async 'a hidden tab closes its stream, asks nothing, and catches up when it is shown'({ page, room, to }) {
    const session_id = await room.session('Hidden');
    await to(`/runboard?session=${session_id}`);
    await isLive(page);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const see = (isHidden) => page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);

    const closed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/ui/events'));
    await see(true);
    await closed;
    asked.length = 0;
    const run_id = await room.shell('Meanwhile', 'true', { session_id });
    await room.ended(run_id);
    assert.deepEqual(asked, []);
    assert.equal(await page.locator(`#run-${run_id}`).count(), 0);

    await see(false);
    await page.locator(`#run-${run_id}`, { hasText: 'succeeded' }).waitFor();
    await isLive(page);
    assert.ok(asked.includes('/ui/events') && asked.includes('/ui/board'));
  },

  async 'where there is no stream, pages ask by themselves'({ page, room, to, forgive }) {
    await page.route('**/ui/events', (route) => route.abort());
    const session_id = await room.session('Asks by itself');
    await to(`/runboard?session=${session_id}`);
    await page.locator('#conn[data-state="ok"]', { hasText: 'polling' }).waitFor();
    const run_id = await room.later('Asked for', { session_id });
    await page.locator(`#run-${run_id}`).waitFor();
    forgive(/net::ERR_FAILED/);
  },
};
