// An operator's day in headless Chromium, against a real control room that this program starts, kills
// and starts again. `node story.mjs [WORD]` with OPS_BIN, as the Rust test beside it calls it; WORD chooses
// the stories that have it in their names.
import { strict as assert } from 'node:assert';
import { launch, open } from './harness/browser.mjs';
import { Room } from './harness/room.mjs';
import { logPaint } from './measure/log.mjs';
import { unchanged } from './measure/unchanged.mjs';
import { visible } from './measure/visible.mjs';
import { access } from './stories/access.mjs';
import { board } from './stories/board.mjs';
import { chat } from './stories/chat.mjs';
import { hostile } from './stories/hostile.mjs';
import { outage } from './stories/outage.mjs';
import { withoutScripts } from './stories/plain.mjs';
import { run } from './stories/run.mjs';
import { runs } from './stories/runs.mjs';
import { spec } from './stories/spec.mjs';
import { templates } from './stories/templates.mjs';

const word = process.argv[2] ?? '';
// The trees come first: they describe a room in which nothing else happened. Hostile text comes last.
const stories = { ...access, ...board, ...run, ...runs, ...templates, ...spec, ...chat, ...outage, ...hostile };
// These open pages of their own kind.
const wholes = [
  ['the same works with scripts off', () => withoutScripts(browser, room)],
  ['measured, not judged', async () => {
    await visible(browser, room, 10, 3);
    await logPaint(browser, room, 5_000, 1);
    await unchanged(browser, room, '/ui/board', 20, 'of this story');
  }],
];
const chosen = (all) => all.filter(([name]) => name.includes(word));
const room = await Room.start();
const browser = await launch();
let failed = 0;

async function told(name, tell, about = () => '') {
  const began = performance.now();
  try {
    await tell();
    console.log(`ok - ${name} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`not ok - ${name}\n${error.stack}\n${about()}`);
  }
}

try {
  for (const [name, story] of chosen(Object.entries(stories))) {
    const opened = await open(browser, room);
    await told(name, async () => {
      await story(opened, browser);
      assert.deepEqual(opened.complaints, [], 'the browser complained');
    }, () => `${opened.page.url()}\n${opened.complaints.join('\n')}`);
    await opened.context.close();
  }
  for (const [name, whole] of chosen(wholes)) await told(name, whole);
} finally {
  await browser.close();
  await room.stop();
}
process.exitCode = failed === 0 ? 0 : 1;
