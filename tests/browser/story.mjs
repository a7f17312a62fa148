// One operator's morning in headless Chromium, against a real control room.
// `node story.mjs` with OPS_URL, OPS_TOKEN and OPS_CHROMIUM; the Rust test beside it starts all that.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const { OPS_URL: url, OPS_TOKEN: token, OPS_CHROMIUM: executablePath } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** A verb of the API, as the operator's own script would call it. */
async function api(verb, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/functions/v1/ops-executor/${verb}`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${verb}: ${answer.status}`);
  return answer.json();
}

const inline = (title, script, more = {}) =>
  api('runs.create', { runbook: { version: 1, slug: 'story', title, steps: [{ id: 'a', run: script }] }, ...more });

/** A page that fails the story on whatever the browser complains of. */
async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${url}/runboard?token=${token}`);
  return { context, page, complaints };
}

async function accessible(page, what) {
  // In a world of its own: the page's policy lets no foreign script in, and is right to.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, grantUniveralAccess: true });
  await session.send('Runtime.evaluate', { contextId, expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    contextId, awaitPromise: true, returnByValue: true,
    expression: 'axe.run(document).then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`))',
  });
  assert.deepEqual(result.value, [], `${what} has accessibility violations`);
}

const stories = {
  async 'the token leaves the address at once'({ page }) {
    assert.equal(page.url(), `${url}/runboard`);
    await page.getByRole('link', { name: 'Runboard', exact: true }).waitFor();
  },

  async 'a run is started from its form and its lines are seen to arrive'({ page }) {
    await page.goto(`${url}/templates/hello`);
    await page.locator('#run-form').getByLabel('Name', { exact: true }).fill('Ada');
    await page.getByRole('button', { name: 'Queue run' }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
    await page.getByText('Hello, Ada!').first().waitFor();
    await page.locator('#run-head').getByText('succeeded').first().waitFor();
    await page.getByText('line 3 of 3').first().waitFor();
  },

  async 'typed text and open details survive a refresh of the board'({ page }) {
    await page.goto(`${url}/runboard`);
    const menu = page.locator('details.menu').first();
    await menu.locator('summary').click();
    const name = menu.getByPlaceholder('New session');
    await name.fill('half a na');
    const { run_id } = await inline('Seen at once', 'true');
    await page.locator(`#run-${run_id}, a[href="/runs/${run_id}"]`).first().waitFor();
    assert.equal(await name.inputValue(), 'half a na');
    assert.equal(await menu.getAttribute('open'), '');
  },

  async 'a run is cancelled from its page'({ page }) {
    const { run_id } = await inline('Sleeper', 'echo asleep; sleep 300');
    await page.goto(`${url}/runs/${run_id}`);
    await page.locator('#log').getByText('asleep').waitFor();
    await page.getByRole('button', { name: 'Cancel run' }).first().click();
    await page.locator('#confirm-yes').click();
    await page.locator('#run-head').getByText('cancelled').first().waitFor();
  },

  async 'what a run prints is text, whatever it prints'({ page }) {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    const { run_id } = await inline(evil, `printf '%s\\n' '${evil}'; echo end`);
    await page.goto(`${url}/runs/${run_id}`);
    await page.locator('#log').getByText(evil).first().waitFor();
    assert.equal(await page.locator('main img, main script').count(), 0);
  },

  async 'no page has accessibility violations'({ page }) {
    for (const path of ['/runboard', '/runs', '/templates', '/templates/hello', '/spec-kit', '/chat']) {
      await page.goto(url + path);
      await accessible(page, path);
    }
  },

  async 'a change is visible at once'({ page }) {
    await page.goto(`${url}/runboard`);
    await page.locator('#conn[data-state="ok"]').waitFor();
    const took = [];
    for (let n = 0; n < 20; n += 1) {
      const { run_id } = await inline(`Change ${n}`, 'true', { not_before: '2099-01-01T00:00:00Z', lane: 'D' });
      const sent = performance.now();
      await api('runs.cancel', { run_id });
      await page.waitForFunction((id) => document.querySelector(`a[href="/runs/${id}"]`)?.closest('li, article, div')?.textContent.includes('cancelled'), run_id, { polling: 'raf' });
      took.push(performance.now() - sent);
    }
    took.sort((a, b) => a - b);
    console.log(`status change → visible: median ${took[10].toFixed(0)} ms, p95 ${took[18].toFixed(0)} ms of ${took.length}`);
  },
};

/** The same with scripts off: forms, links and a reload. */
async function withoutScripts(browser) {
  const { context, page } = await open(browser, { javaScriptEnabled: false });
  await page.goto(`${url}/templates/hello`);
  await page.locator('#run-form').getByLabel('Name', { exact: true }).fill('Grace');
  await page.getByRole('button', { name: 'Queue run' }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  const id = page.url().match(/runs\/([0-9a-f-]{36})/)[1];
  const headers = { authorization: `Bearer ${token}` };
  for (let after = 0, status = ''; status !== 'succeeded';) {
    const answer = await fetch(`${url}/functions/v1/ops-executor/events.list?run_id=${id}&after=${after}&wait_seconds=20`, { headers });
    ({ next: after, status } = await answer.json());
    assert.ok(!['failed', 'cancelled', 'timed_out'].includes(status), status);
  }
  await page.reload();
  await page.getByText('Hello, Grace!').first().waitFor();
  await page.getByText('succeeded').first().waitFor();
  await context.close();
}

const browser = await chromium.launch({ executablePath, args: flags });
let failed = 0;
for (const [name, story] of Object.entries(stories)) {
  const opened = await open(browser);
  try {
    await story(opened);
    assert.deepEqual(opened.complaints, [], 'the browser complained');
    console.log(`ok - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok - ${name}\n${error.stack}\n${opened.page.url()}\n${opened.complaints.join('\n')}`);
  }
  await opened.context.close();
}
try {
  await withoutScripts(browser);
  console.log('ok - the same works with scripts off');
} catch (error) {
  failed += 1;
  console.log(`not ok - the same works with scripts off\n${error.stack}`);
}
await browser.close();
process.exitCode = failed === 0 ? 0 : 1;
