// One run: started, followed, searched, cancelled, tried again.
import { strict as assert } from 'node:assert';
import { isLive, shownRun, until } from '../harness/browser.mjs';
import { Hand } from '../harness/hand.mjs';

const numbered = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`);

export const run = {
  async 'a run is started from its form and its lines are seen to arrive'({ page, to }) {
    await to('/templates/hello');
    await page.locator('#run-form').getByLabel('Name', { exact: true }).fill('Ada');
    await page.getByRole('button', { name: 'Queue run' }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
    await page.getByText('Hello, Ada!').first().waitFor();
    await page.locator('#run-head').getByText('succeeded').first().waitFor();
    await page.getByText('line 3 of 3').first().waitFor();
  },

  async 'a replay takes other parameters along'({ page, room, to }) {
    const { run_id } = await room.api('runs.create', { template: 'hello', params: { name: 'Ada' }, lane: 'D', not_before: '2099-01-01T00:00:00Z' });
    await to(`/runs/${run_id}`);
    await page.getByRole('link', { name: 'Replay' }).click();
    const name = page.locator('#run-form').getByLabel('Name', { exact: true });
    assert.equal(await name.inputValue(), 'Ada');
    await name.fill('Grace');
    await page.getByRole('button', { name: 'Queue run' }).click();
    await page.waitForURL((url) => /\/runs\/[0-9a-f-]{36}/.test(url.pathname) && !url.pathname.includes(run_id));
    await page.locator('#run-side').getByText('Grace').waitFor();
    await page.getByText('Hello, Grace!').first().waitFor();
  },

  async 'a run is cancelled from its page'({ page, room, to }) {
    const run_id = await room.shell('Sleeper', 'echo asleep; sleep 300');
    await to(`/runs/${run_id}`);
    await page.locator('#log').getByText('asleep').waitFor();
    await page.getByRole('button', { name: 'Cancel run' }).first().click();
    await page.locator('#confirm-yes').click();
    await page.locator('#run-head').getByText('cancelled').first().waitFor();
  },

  async 'a run that failed is tried again from its page'({ page, room, to }) {
    const run_id = await room.shell('Fails', 'echo it is broken >&2; exit 3');
    await room.ended(run_id);
    await to(`/runs/${run_id}`);
    await page.locator('#run-head').getByText('failed').first().waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL((url) => /\/runs\/[0-9a-f-]{36}/.test(url.pathname) && !url.pathname.includes(run_id));
    await page.locator(`#run-head a[href="/runs/${run_id}"]`).waitFor();
    await page.locator('#log').getByText('it is broken').first().waitFor();
    assert.notEqual(shownRun(page), run_id);
  },

  async 'following is let go by scrolling up, and taken up again by the pill'({ page, room, to }) {
    const hand = await Hand.in(room, 'follow');
    const held = await hand.run('Talks on');
    await hand.say(held, numbered(1, 300));
    await to(`/runs/${held.run_id}`);
    await isLive(page);
    const log = page.locator('#log');
    const button = page.locator('#log-follow');
    await page.locator('#log-follow[aria-pressed=true]').waitFor();
    await hand.say(held, numbered(301, 320));
    await log.getByText('line 320', { exact: true }).waitFor();
    await until(page, () => { const log = document.querySelector('#log'); return log.scrollHeight - log.scrollTop - log.clientHeight < 24; });

    await log.hover();
    await page.mouse.wheel(0, -600);
    await page.locator('#log-follow[aria-pressed=false]').waitFor();
    // The wheel's own motion comes to its end before the place is compared.
    await until(page, () => { const top = document.querySelector('#log').scrollTop; const still = globalThis.lastTop === top; globalThis.lastTop = top; return still; });
    const before = await log.evaluate((node) => node.scrollTop);
    await hand.say(held, numbered(321, 330));
    await page.getByRole('button', { name: '10 new lines' }).waitFor();
    await hand.say(held, ['and one']);
    await page.getByRole('button', { name: '11 new lines' }).waitFor();
    assert.equal(await log.evaluate((node) => node.scrollTop), before);

    await page.locator('#log-pill').click();
    await page.locator('#log-follow[aria-pressed=true]').waitFor();
    assert.equal(await page.locator('#log-pill').isVisible(), false);
    await hand.say(held, ['the end']);
    await log.getByText('the end', { exact: true }).waitFor();
    await until(page, () => { const log = document.querySelector('#log'); return log.scrollHeight - log.scrollTop - log.clientHeight < 24; });
    await hand.finish(held);
    await page.locator('#run-head').getByText('succeeded').first().waitFor();
    await until(page, () => document.querySelector('#log-follow').hidden);
    assert.equal(await button.isVisible(), false);
    // All of it was one step, however many parts it came in.
    assert.equal(await page.locator('#log li.step').count(), 1);
  },

  async 'a search finds what is stored, also where it is not on the page'({ page, room, to }) {
    const hand = await Hand.in(room, 'search');
    const held = await hand.run('Long');
    const lines = numbered(1, 5_000).map((line, n) => ((n + 1) % 700 === 0 ? `${line} with a needle` : line));
    await hand.say(held, lines);
    await hand.finish(held);
    await to(`/runs/${held.run_id}`);
    assert.equal(await page.locator('#log li[id]').count() < 5_000, true);
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('NEEDLE');
    const status = page.locator('#log-hits [role=status]');
    await until(page, () => document.querySelector('#log-hits [role=status]').textContent === '7 matches');
    await page.getByRole('link', { name: 'Next match' }).click();
    await page.waitForURL(/#L\d+$/);
    await page.locator('#log li.is-marked', { hasText: 'line 700 with a needle' }).waitFor();
    await until(page, () => document.querySelector('#log-hits [role=status]').textContent === '1 of 7');
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('no such thing');
    await until(page, () => document.querySelector('#log-hits [role=status]').textContent === 'no match');
    assert.equal(await status.innerText(), 'no match');
  },

  async 'typed text, caret, scroll position and ticks of the log survive a refresh of the run'({ page, room, to }) {
    const hand = await Hand.in(room, 'survive');
    const held = await hand.run('Changes under the reader');
    await hand.say(held, numbered(1, 400));
    await to(`/runs/${held.run_id}`);
    await isLive(page);
    await page.locator('#log-wrap').click();
    await page.locator('#log').evaluate((node) => { node.scrollTop = 700; });
    await page.locator('#log-follow[aria-pressed=false]').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search the log' });
    await search.fill('line 4');
    await search.evaluate((field) => field.setSelectionRange(2, 5));
    await until(page, () => / match/.test(document.querySelector('#log-hits').textContent));
    const before = await page.locator('#log').evaluate((node) => node.scrollTop);

    await hand.say(held, ['one more'], { steps: [{ step: 'a', status: 'running' }] });
    await page.getByRole('button', { name: '1 new line' }).waitFor();
    await hand.finish(held, 'failed', { error: 'the hand let go' });
    await page.locator('#run-head').getByText('the hand let go').waitFor();

    assert.equal(await search.inputValue(), 'line 4');
    assert.deepEqual(await search.evaluate((f) => [document.activeElement === f, f.selectionStart, f.selectionEnd]), [true, 2, 5]);
    assert.equal(await page.locator('#log').evaluate((node) => node.scrollTop), before);
    assert.equal(await page.locator('#log').evaluate((node) => node.classList.contains('is-unwrapped')), true);
  },
};
