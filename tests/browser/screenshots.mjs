// Pictures of the pages with invented work. `node screenshots.mjs DIR [--readme]` with OPS_BIN.
// A picture is called SCENE-PAGE-WIDTH-THEME.png.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLive, launch, open } from './harness/browser.mjs';
import { Room } from './harness/room.mjs';
import { tight } from './pictures/png.mjs';
import { scenes } from './pictures/scenes.mjs';

const [folder, ...flags] = process.argv.slice(2);
const isForReadme = flags.includes('--readme');
const target = isForReadme ? new URL('../../docs/pictures', import.meta.url).pathname : folder;
const looks = isForReadme
  ? [['wide', 1440, 760, 'light'], ['wide', 1440, 760, 'dark']]
  : [['wide', 1440, 900, 'light'], ['wide', 1440, 900, 'dark'], ['phone', 390, 844, 'light'], ['phone', 390, 844, 'dark']];

async function shoot(opened, scene, name, path, prepare) {
  const { page, to, context } = opened;
  for (const [width, wide, high, colorScheme] of looks) {
    await page.setViewportSize({ width: wide, height: high });
    await page.emulateMedia({ colorScheme });
    if (name === 'sign-in') await context.clearCookies();
    await to(path);
    if (await page.locator('[data-live]').count()) await isLive(page);
    await prepare?.(page);
    const file = isForReadme ? `${name}-${colorScheme}.png` : `${scene}-${name}-${width}-${colorScheme}.png`;
    await writeFile(join(target, file), tight(await page.screenshot({ caret: 'hide' })));
    console.log(file);
  }
}

await mkdir(target, { recursive: true });
const browser = await launch();
try {
  for (const [scene, make] of Object.entries(scenes)) {
    if (isForReadme && scene !== 'busy') continue;
    // No local worker asks for the last lane.
    const room = await Room.start(['--workers', '3', '--lanes', 'A,B,C']);
    try {
      const { pages, end } = await make(room);
      for (const [name, { path, prepare }] of Object.entries(pages)) {
        if (isForReadme && name !== 'runboard') continue;
        const opened = await open(browser, room);
        await shoot(opened, scene, name, path, prepare);
        await opened.context.close();
      }
      await end?.();
    } finally {
      await room.stop();
    }
  }
} finally {
  await browser.close();
}
