// What a person in front of the pages waits for. `cargo xtask bench pages` starts the control room, fills
// it and calls this with OPS_URL, OPS_TOKEN, OPS_STORED (runs that are there) and OPS_SCALE.
import { launch } from './harness/browser.mjs';
import { Room } from './harness/room.mjs';
import { logPaint } from './measure/log.mjs';
import { unchanged } from './measure/unchanged.mjs';
import { visible } from './measure/visible.mjs';

const { OPS_URL, OPS_TOKEN, OPS_STORED, OPS_SCALE } = process.env;
const scale = Number(OPS_SCALE);
const room = Room.at(OPS_URL, OPS_TOKEN);
const browser = await launch();
try {
  const stored = `${OPS_STORED} runs stored`;
  for (const path of ['/ui/board', '/ui/runs', '/runboard', '/runs']) await unchanged(browser, room, path, 40 * scale, stored);
  await visible(browser, room, 20 * scale, 10 * scale);
  for (const lines of [5_000, 50_000]) await logPaint(browser, room, lines, 3 * scale);
} finally {
  await browser.close();
}
