// Headless Chromium, whose every complaint is a failure.
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const onPath = (program) => process.env.PATH.split(':').map((folder) => join(folder, program)).find(existsSync);

export const launch = () => chromium.launch({ executablePath: onPath('chromium'), args: flags });

/** The cookies of somebody who followed the address that `ops up` prints, by room. */
const signedIn = new WeakMap();

async function signIn(browser, room) {
  const context = await browser.newContext();
  await context.request.get(`${room.url}/runboard?token=${room.token}`);
  const storageState = await context.storageState();
  await context.close();
  return storageState;
}

/** A signed-in page. Whatever the browser complains of is kept: errors, refused content, dialogs, foreign requests. */
export async function open(browser, room, options = {}) {
  if (!signedIn.has(room)) signedIn.set(room, await signIn(browser, room));
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState: signedIn.get(room), ...options });
  const complaints = [];
  const watch = (page) => {
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => { complaints.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  };
  context.on('page', watch);
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== room.url && protocol !== 'data:') complaints.push(`a request to ${request.url()}`);
  });
  const page = await context.newPage();
  return {
    context, page, complaints, room,
    to: (path) => page.goto(room.url + path),
    /** What a story brought about itself, and is right to be complained of. */
    forgive: (what) => complaints.splice(0, complaints.length, ...complaints.filter((text) => !what.test(text))),
  };
}

/** Until the page's own words hold; looked at in every frame. */
export const until = (page, holds, argument) => page.waitForFunction(holds, argument, { polling: 'raf' });

export const isLive = (page) => page.locator('#conn[data-state="ok"]', { hasText: /^live$/ }).waitFor();

/** The run that the page shows. */
export const shownRun = (page) => page.url().match(/\/runs\/([0-9a-f-]{36})/)[1];

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe in a world of its own: the page's policy lets no foreign script in, and is right to. */
export async function examiner(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  await session.send('Runtime.evaluate', { contextId, expression: axe });
  return async (what) => {
    const { result } = await session.send('Runtime.evaluate', {
      contextId, awaitPromise: true, returnByValue: true,
      expression: `axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) =>
        v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' (' + (n.any[0]?.message ?? '') + ')').join('; ')))`,
    });
    assert.deepEqual(result.value, [], `${what} has accessibility violations`);
  };
}
