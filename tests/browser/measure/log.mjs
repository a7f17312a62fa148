// How long a log takes to be on the screen.
import { open } from '../harness/browser.mjs';
import { Hand } from '../harness/hand.mjs';
import { percentiles } from './figures.mjs';

export async function logPaint(browser, room, lines, times) {
  const hand = await Hand.in(room, `log-${lines}`);
  const held = await hand.run(`${lines} lines`);
  await hand.say(held, Array.from({ length: lines }, (_, n) => `\u001b[32mok\u001b[0m    GET /v1/orders/${n} 200 in ${n % 97} ms, region eu-west, request ${(n * 2_654_435_761 % 2 ** 32).toString(16)}`));
  await hand.finish(held);
  const paints = [];
  const laidOut = [];
  for (let n = 0; n < times; n += 1) {
    const { context, page, to } = await open(browser, room);
    await page.addInitScript(() => {
      // In each frame until the first line of the log has a height.
      const look = () => (document.querySelector('#log li[id]')?.getBoundingClientRect().height ? (globalThis.laidOut = performance.now()) : requestAnimationFrame(look));
      requestAnimationFrame(look);
    });
    await to(`/runs/${held.run_id}`);
    const found = await page.waitForFunction(() => globalThis.laidOut && performance.getEntriesByName('first-contentful-paint').length
      && { line: globalThis.laidOut, paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, shown: document.querySelectorAll('#log li[id]').length });
    const { line, paint, shown } = await found.jsonValue();
    paints.push(paint);
    laidOut.push(line);
    if (n === 0) console.log(`log of ${lines} lines: the page has its last ${shown}`);
    await context.close();
  }
  console.log(`log of ${lines} lines, navigation → first contentful paint: ${percentiles(paints)}`);
  console.log(`log of ${lines} lines, navigation → a line is laid out: ${percentiles(laidOut)}`);
}
