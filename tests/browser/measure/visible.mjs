// From the change of a status to its being on the page.
import { isLive, open, until } from '../harness/browser.mjs';
import { percentiles } from './figures.mjs';

async function changes(page, room, session_id, times, apart) {
  const took = [];
  for (let n = 0; n < times; n += 1) {
    const run_id = await room.later(`Change ${n}`, { session_id });
    await page.locator(`#run-${run_id}`).waitFor();
    // At any moment between two questions of the page, not always right after one.
    await page.waitForTimeout(Math.random() * apart);
    const sent = performance.now();
    await room.api('runs.cancel', { run_id });
    await until(page, (id) => document.getElementById(`run-${id}`)?.textContent.includes('cancelled'), run_id);
    took.push(performance.now() - sent);
  }
  return percentiles(took);
}

export async function visible(browser, room, streamedTimes, polledTimes) {
  const session_id = await room.session('Measured');
  // Something waits all the time, so that the page asks as often as it does on a busy day.
  await room.later('Waits', { session_id });
  const streamed = await open(browser, room);
  await streamed.to(`/runboard?session=${session_id}`);
  await isLive(streamed.page);
  console.log(`status change → visible, stream: ${await changes(streamed.page, room, session_id, streamedTimes, 0)}`);
  await streamed.context.close();

  const polled = await open(browser, room);
  await polled.page.route('**/ui/events', (route) => route.abort());
  await polled.to(`/runboard?session=${session_id}`);
  await polled.page.locator('#conn', { hasText: 'polling' }).waitFor();
  console.log(`status change → visible, polling alone: ${await changes(polled.page, room, session_id, polledTimes, 1_000)}`);
  await polled.context.close();
}
