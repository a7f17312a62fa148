// Text from outside reaches pages as text, through each field that it can come by.
import { strict as assert } from 'node:assert';
import { isLive, until } from '../harness/browser.mjs';
import { Hand } from '../harness/hand.mjs';

// Each would show itself: as a dialog, a request to another origin, a refused script, or an element.
const corpus = [
  '<script src=//evil.invalid/s></script><script>alert(1)</script>',
  '"><img src=//evil.invalid/i onerror=alert(2)>',
  "'><svg/onload=alert(3)><style>@import '//evil.invalid/c'</style>",
  '</title></textarea></pre></script><iframe src=//evil.invalid/f></iframe><a href="javascript:alert(4)">x</a>',
  '{{constructor.constructor("alert(5)")()}}${alert(6)}<!--<math><mi//xlink:href="data:x,<script>alert(7)</script>">',
];
const all = corpus.join(' ');
const short = corpus[1];

/** Nothing of ours has such elements or attributes inside of its content. */
async function isClean(page, what) {
  const found = await page.evaluate(() => {
    const bad = [...document.querySelectorAll('iframe, object, embed, base, meta[http-equiv], math, main script, main style, main link, main img[src*="evil"]')];
    const attributed = [...document.querySelectorAll('*')].filter((node) => [...node.attributes].some(({ name, value }) =>
      name.startsWith('on') || name === 'style' || name === 'srcdoc' || (/^(href|src|action|formaction|xlink:href)$/.test(name) && /^\s*((javascript|data|vbscript):|(https?:)?\/\/evil)/i.test(value))));
    return [...bad, ...attributed].map((node) => node.outerHTML.slice(0, 200));
  });
  assert.deepEqual(found, [], `${what} has elements that came from outside`);
}

export const hostile = {
  async 'what comes from outside is text, by whatever field it comes'({ page, room, to, forgive }) {
    const session_id = await room.session(`Session ${all}`.slice(0, 190));
    const quoted = JSON.stringify(all);
    const source = `version: 1\nslug: hostile\ntitle: ${JSON.stringify(short)}\ndescription: ${quoted}\nparams:\n  p:\n    type: string\n    title: ${JSON.stringify(corpus[2])}\n    description: ${quoted}\n    default: ${quoted}\n    examples: [${quoted}]\n  q:\n    type: string\n    enum: [${corpus.map((one) => JSON.stringify(one)).join(', ')}]\nsteps:\n  - id: a\n    title: ${JSON.stringify(corpus[0])}\n    run: |\n      ${all}\n`;
    await room.api('templates.create', { source });
    const hand = await Hand.in(room, 'hostile', `w ${short}`);
    const { run_id } = await room.api('runs.create', {
      template: 'hostile', params: { p: all, q: corpus[0] }, session_id, lane: 'hostile', lease_seconds: 3_600,
      intent: all, env: short, repo: `acme/${short}`, idempotency_key: short,
    });
    const held = await hand.claim(run_id);
    await hand.say(held, [...corpus, all, `\u001b]8;;javascript:alert(8)\u0007link\u001b]8;;\u0007`, `\u001b[31m${all}`, `::group::${all}`, `::error::${all}`, `error: ${all}`]
      .map((message, n) => ({ message, source: 'stdout', step: n % 2 ? 'a' : short, level: n % 3 ? 'info' : 'error' })), { steps: [{ step: 'a', status: 'running', outputs: { [short]: all } }] });
    await room.api('lanes.update', { name: 'hostile', paused: true, reason: all });
    const markdown = `# ${all}\n\n[click](javascript:alert(9)) ![i](//evil.invalid/m) <img src=//evil.invalid/n onerror=alert(10)>\n\n<script>alert(11)</script>\n\n\`\`\`${short}\n${all}\n\`\`\`\n`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(12)"><script>alert(13)</script><image href="//evil.invalid/g"/></svg>`;
    const html = `<!doctype html><body onload=alert(14)>${all}`;
    const left = [
      { name: `a ${short}.md`, kind: 'markdown', content: markdown },
      { name: `b ${short}.html`, kind: 'file', mime: 'text/html', content: html },
      { name: `c ${short}.svg`, kind: 'file', mime: 'image/svg+xml', content: svg },
      { name: `d ${short}.png`, kind: 'file', mime: 'image/png', content: html },
      { name: `e ${short}.diff`, kind: 'diff', content: `--- a/${short}\n+++ b/${short}\n@@ -1 +1 @@ ${short}\n-${all}\n+${html}\n` },
      { name: `f ${short}.json`, kind: 'json', content: JSON.stringify({ [short]: all }) },
    ];
    const ids = [];
    for (const artifact of left) ids.push((await hand.leave(held, artifact)).artifact_id);
    const refused = await hand.leave(held, { name: 'g link', kind: 'link', url: 'javascript:alert(15)' }).then(() => 'taken', (error) => error.message);
    assert.match(refused, /422|400/, 'a link that a browser would run is refused');

    const line = encodeURIComponent(`run hostile p='${short}' ${short}`);
    const paths = ['/runboard', `/runboard?session=${session_id}`, '/runs', `/runs?session=${session_id}`, `/runs/${run_id}`, `/runs/${run_id}?q=${encodeURIComponent(short)}`,
      '/templates', '/templates/hostile', `/templates/hostile?replay=${run_id}`, '/templates/hostile/edit', `/templates?text=${encodeURIComponent(short)}`,
      `/chat?line=${line}`, `/runs?text=${encodeURIComponent(short)}&worker=${encodeURIComponent(short)}&repo=${encodeURIComponent(short)}`,
      `/${encodeURIComponent(short)}`, ...ids.flatMap((id) => [`/artifacts/${id}`, `/artifacts/${id}?view=source`, `/artifacts/${id}?view=raw`])];
    for (const path of paths) {
      await page.goto(room.url + path);
      await isClean(page, path);
    }

    // The bytes themselves come as a download that no browser opens as a page of this origin.
    for (const id of ids) {
      const raw = await page.context().request.get(`${room.url}/artifacts/${id}/raw`);
      assert.match(raw.headers()['content-disposition'] ?? '', /^attachment/);
      assert.equal(raw.headers()['x-content-type-options'], 'nosniff');
      const image = await page.context().request.get(`${room.url}/artifacts/${id}/image`);
      assert.equal(image.status(), 404);
    }

    // The same by the road of a refresh: merged into a page that is open.
    await to(`/runs/${run_id}`);
    await isLive(page);
    await hand.say(held, [`fresh ${all}`]);
    await until(page, () => [...document.querySelectorAll('#log li')].some((line) => line.textContent.includes('fresh <script')));
    await hand.finish(held, 'failed', { error: all, reason: 'error' });
    await page.locator('#run-head').getByText('failed').first().waitFor();
    await isClean(page, 'a refreshed run');
    await to('/chat');
    const box = page.getByRole('combobox', { name: 'Command' });
    await box.fill(`run hostile p='${short}' nothing=${corpus[0]}`);
    await until(page, () => !document.querySelector('#preview').classList.contains('is-empty'));
    await isClean(page, 'a preview');
    await box.fill(`pause hostile ${corpus[0]}`);
    await page.locator('#preview').getByRole('button', { name: 'Pause lane' }).click();
    await page.locator('#answers').getByText('was paused').waitFor();
    await box.fill(`${short} ${all}`);
    await box.press('Enter');
    await until(page, () => document.querySelector('#answers .is-error'));
    await isClean(page, 'the answers');
    await to('/runs');
    await isClean(page, 'the list after all');
    forgive(/404/);
  },
};
