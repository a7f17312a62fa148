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
    same.push(performance.now() - began);
    assert.equal(answer.status, 304);
  }
  console.log(`${path}, ${what}, 200: ${percentiles(whole)}`);
  if (tag) console.log(`${path}, ${what}, 304: ${percentiles(same)}`);
}
