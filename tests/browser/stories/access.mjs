// What assistive technology gets: the tree of each page, and what axe says of it in both themes and widths.
import { strict as assert } from 'node:assert';
import { examiner, isLive } from '../harness/browser.mjs';
import { agrees } from '../harness/golden.mjs';
import { Hand } from '../harness/hand.mjs';
import { prd } from './spec.mjs';

const specPages = ['/spec-kit/search', '/spec-kit/search/prd.md', '/spec-kit/search/tasks.md', '/spec-kit/search/plan.md', '/spec-kit/search/source.md',
  '/spec-kit/search/source.md?view=edit', '/spec-kit/search/source.md?view=rendered', '/spec-kit/search/spec-kit.json', '/spec-kit/search/spec-kit.lock'];

/** A room in which nothing happened but this, made once. */
let made = null;
const furnished = (room) => (made ??= furnish(room));

async function furnish(room) {
  const session_id = await room.session('Release 2026-11');
  const hand = await Hand.in(room, 'E');
  const running = await hand.run('Deploy api', { session_id, intent: 'Ship it', steps: [{ id: 'a', title: 'Build', run: 'true' }, { id: 'b', title: 'Ship', run: 'true' }] });
  await hand.say(running, ['\u001b[32mok\u001b[0m built', 'shipping'], { steps: [{ step: 'a', status: 'succeeded' }, { step: 'b', status: 'running' }] });
  const { artifact_id: artifact } = await hand.leave(running, { name: 'report.md', kind: 'markdown', content: '# Report\n\nAll **well**.' });
  const failed = await room.shell('Smoke test', 'echo begins; echo "error: it broke"; exit 3', { session_id, lane: 'A' });
  await room.ended(failed);
  await room.later('Nightly', { session_id, lane: 'C' });
  await room.api('lanes.update', { name: 'F' });
  await room.api('spec.generate', { prd: prd('Search') });
  await room.shell('Waits for a worker', 'true', { session_id, lane: 'F' });
  return { session_id, running: running.run_id, failed, artifact };
}

export const access = {
  async 'each page tells assistive technology what was agreed'({ page, room, to }) {
    const { session_id, running, failed } = await furnished(room);
    const pages = {
      runboard: `/runboard?session=${session_id}`, runs: `/runs?session=${session_id}`, run: `/runs/${running}`, 'run-failed': `/runs/${failed}`,
      templates: '/templates', template: '/templates/incident-triage', editor: '/templates/hello/edit', chat: '/chat?line=run%20hello%20name%3DAda',
      'spec-kit': '/spec-kit', 'spec-bundle': '/spec-kit/search', 'spec-document': '/spec-kit/search/prd.md', 'spec-source': '/spec-kit/search/source.md',
      'spec-edit': '/spec-kit/search/source.md?view=edit',
    };
    for (const [name, path] of Object.entries(pages)) {
      await to(path);
      if (await page.locator('[data-live]').count()) await isLive(page);
      await agrees(page, name);
    }
  },

  async 'no page has accessibility violations, in both themes, on screens wide and narrow'({ page, room, to, context, forgive }) {
    const { running, failed, artifact } = await furnished(room);
    const check = async (path, looks = [['light', 1440], ['dark', 390]]) => {
      await to(path);
      const examine = await examiner(page);
      for (const [colorScheme, width] of looks) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await examine(`${path}, ${colorScheme}, ${width} px`);
      }
    };
    for (const path of ['/runboard', `/runs/${running}`]) await check(path, [['dark', 1440], ['light', 390]]);
    for (const path of ['/runboard', '/runs', `/runs/${running}`, `/runs/${failed}`, `/artifacts/${artifact}`, '/templates',
      '/templates/incident-triage', '/templates/hello/edit', '/spec-kit', ...specPages, '/chat?line=run%20hello', '/setup', '/github', '/runs/nothing']) await check(path);
    await context.clearCookies();
    await check('/sign-in');
    forgive(/404/);
  },

  async 'a narrow screen is never scrolled sideways'({ page, room, to }) {
    const { running } = await furnished(room);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/runboard', '/runs', `/runs/${running}`, '/templates', '/templates/incident-triage',
      '/templates/hello/edit', '/spec-kit', ...specPages, '/chat?line=run%20hello', '/setup', '/github']) {
      await to(path);
      const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
    }
  },
};
