// A page, and the region of a page that asks again although nothing changed: the tag, and 304.
import { strict as assert } from 'node:assert';
import { open } from '../harness/browser.mjs';
import { percentiles } from './figures.mjs';

export async function unchanged(browser, room, path, times, what) {
  // Signed in by the browser; asked by a client without one, so that only the server is measured.
  const { context } = await open(browser, room);
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  await context.close();
  const whole = [];
  const same = [];
  let tag = '';
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    const answer = await fetch(room.url + path, { headers: { cookie } });
    await answer.text();
    whole.push(performance.now() - began);
    assert.equal(answer.status, 200);
    tag = answer.headers.get('etag');
  }
  for (let n = 0; tag && n < times; n += 1) {
    const began = performance.now();
    const answer = await fetch(room.url + path, { headers: { cookie, 'if-none-match': tag } });
    await answer.arrayBuffer();
    // Something may change meanwhile, such as how long a worker was silent: that is no repetition.
    if (answer.status === 304) same.push(performance.now() - began);
    else assert.equal(answer.status, 200);
    tag = answer.headers.get('etag');
  }
  console.log(`${path}, ${what}, 200: ${percentiles(whole)}`);
  if (same.length) console.log(`${path}, ${what}, 304: ${percentiles(same)}`);
}
