// The Spec Kit tab: a PRD is pasted, read as a bundle, changed, and downloaded.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../harness/browser.mjs';

/** Its ninth line asks for something vague. */
export const prd = (name) => `# ${name}

## Goals

- Find a document by a word of it.

## Requirements

- The system MUST be fast and intuitive.
- The system MUST rank titles above bodies.
- The system MUST answer a search within 200 ms.
`;

/** The entries of a zip file that its directory names, each found where it says. */
export function entries(bytes) {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  assert.ok(end > 0, 'a zip file has an end');
  const names = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    assert.equal(bytes.toString('latin1', at, at + 4), 'PK\x01\x02');
    const [length, extra, comment, local] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    assert.equal(bytes.toString('latin1', local, local + 4), 'PK\x03\x04');
    names.push(bytes.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + extra + comment;
  }
  return names;
}

/** What the page downloads when it is asked to. */
async function downloaded(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

export const spec = {
  async 'a PRD is pasted, generated, and read from an id to its line and back'({ page, to }) {
    await to('/spec-kit');
    await page.getByLabel('Text of the PRD').fill(prd('Story search'));
    await page.getByRole('button', { name: 'Generate', exact: true }).click();
    await page.waitForURL((url) => url.pathname === '/spec-kit/story-search');
    await page.getByText('`story-search` is generated: 0 errors').waitFor();
    const row = (file) => page.locator('.files tr', { has: page.getByRole('link', { name: file, exact: true }) });
    for (const file of ['constitution.md', 'prd.md', 'plan.md', 'tasks.md']) {
      assert.match(await row(file).innerText(), /\bnew\b/, file);
      assert.match(await row(file).locator('code').getAttribute('title'), /^[0-9a-f]{64}$/, file);
    }
    assert.match(await row('prd.md').innerText(), /4 FR/);
    // The goal that no requirement serves is one of them. Each has a task in the matrix.
    const served = await page.locator('.matrix tbody tr').evaluateAll((rows) => rows.map((one) => [one.querySelector('th').textContent, one.querySelectorAll('td.on, td.via').length]));
    assert.ok(served.length >= 3 && served.every(([, cells]) => cells > 0), JSON.stringify(served));

    await page.getByRole('navigation', { name: 'Documents' }).getByRole('link', { name: 'prd.md' }).click();
    await page.waitForURL(/\/prd\.md$/);
    const vague = page.locator('.spec-doc li', { hasText: 'fast and intuitive' }).first();
    const id = await vague.locator('a.id').innerText();
    assert.match(id, /^FR-\d{3}$/);
    // The finding stands beside the line, and in the list with a way to the line.
    assert.match(await vague.locator('.beside').first().innerText(), /warning SK-REQ-002 /);
    const line = await vague.locator('.at').first().getAttribute('id');
    const place = page.locator('#findings li', { hasText: 'SK-REQ-002' }).first().getByRole('link', { name: /^prd\.md line/ });
    assert.equal(new URL(await place.evaluate((a) => a.href)).hash, `#${line}`);

    await vague.locator('a.id').click();
    await page.waitForURL(/\/source\.md#L9$/);
    const source = page.locator('#L9');
    assert.match(await source.innerText(), /The system MUST be fast and intuitive/);
    await source.locator('.beside', { hasText: 'SK-REQ-002' }).waitFor();
    await source.getByRole('link', { name: id, exact: true }).click();
    await page.waitForURL((url) => url.pathname.endsWith('/prd.md') && url.hash === `#${id}`);
    assert.equal(await page.evaluate(() => document.querySelector(':target').textContent), id);
  },

  async 'a source that changed is told of, until it is generated again'({ page, to, room }) {
    await room.api('spec.generate', { prd: prd('Drift'), slug: 'drift' });
    await to('/spec-kit/drift');
    assert.match(await page.locator('.head .sub').innerText(), /source unchanged$/);
    await page.getByRole('link', { name: 'Edit source' }).click();
    const text = page.getByLabel('Text of the PRD');
    assert.equal(await text.inputValue(), prd('Drift'));
    await text.fill(prd('Drift').replace('titles above bodies', 'the newest first'));
    await page.getByRole('button', { name: 'Save the source only' }).click();
    await page.waitForURL((url) => url.pathname === '/spec-kit/drift');
    const banner = page.locator('.banner', { hasText: 'changed after the documents were generated' });
    await banner.waitFor();
    const affected = await banner.getByRole('link').allInnerTexts();
    assert.deepEqual(affected.filter((id) => id.startsWith('FR-')).length, 1, affected.join());
    await to('/spec-kit');
    await page.locator('.bundles li', { hasText: 'drift' }).getByText('source changed').waitFor();

    await to('/spec-kit/drift');
    await page.getByRole('button', { name: 'Generate again' }).click();
    await page.getByText('is generated').waitFor();
    assert.match(await page.locator('.head .sub').innerText(), /source unchanged$/);
    assert.equal(await banner.count(), 0);
    const states = await page.locator('.files tbody tr').evaluateAll((rows) => rows.map((one) => [one.cells[0].innerText, one.cells[1].innerText.trim()]));
    const state = Object.fromEntries(states);
    assert.equal(state['prd.md'], 'changed');
    assert.equal(state['source.md'], 'unchanged');
  },

  async 'a file is read into the field, and what is refused is said above it'({ page, to, forgive }) {
    const folder = await mkdtemp(join(tmpdir(), 'ops-prd-'));
    try {
      const file = join(folder, 'picked.md');
      await writeFile(file, prd('Picked'));
      await to('/spec-kit');
      await page.getByLabel('Or a file').setInputFiles(file);
      await until(page, () => document.getElementById('prd').value.startsWith('# Picked'));
      await page.getByLabel('Text of the PRD').fill('# Nothing is said here\n');
      await page.getByRole('button', { name: 'Generate', exact: true }).click();
      const alert = page.getByRole('alert');
      await alert.waitFor();
      assert.match(await alert.innerText(), /Nothing was generated/);
      assert.equal(await page.getByLabel('Text of the PRD').inputValue(), '# Nothing is said here\n');
      forgive(/422/);
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  async 'a bundle is downloaded as a zip file that others open'({ page, to, room }) {
    await room.api('spec.generate', { prd: prd('Zipped'), slug: 'zipped' });
    await to('/spec-kit/zipped/tasks.md');
    const { name, bytes } = await downloaded(page, () => page.getByRole('link', { name: 'Download zip' }).click());
    assert.equal(name, 'zipped.zip');
    const names = entries(bytes);
    assert.deepEqual(names.filter((one) => one.endsWith('.md')).sort(), ['constitution.md', 'plan.md', 'prd.md', 'source.md', 'tasks.md'].map((one) => `zipped/${one}`));
    const folder = await mkdtemp(join(tmpdir(), 'ops-zip-'));
    try {
      const file = join(folder, name);
      await writeFile(file, bytes);
      const read = (entry) => execFileSync('python3', ['-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; sys.stdout.buffer.write(z.read(sys.argv[2]))', file, entry], { encoding: 'utf8' });
      assert.equal(read('zipped/source.md'), prd('Zipped'));
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  async 'the tab is worked with keys alone'({ page, to, room }) {
    await room.api('spec.generate', { prd: prd('Keys'), slug: 'keys' });
    await to('/runboard');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForURL(/\/spec-kit$/);
    await page.getByLabel('Text of the PRD').focus();
    await page.keyboard.insertText(prd('Keys'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'slug');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL((url) => url.pathname === '/spec-kit/keys');
    // The matrix is scrolled by keys where it is too wide.
    await page.locator('.matrix-scroll').focus();
    assert.equal(await page.evaluate(() => document.activeElement.className), 'matrix-scroll');
  },
};

/** The same without scripts: a form with a file, links, and a download. */
export async function plainSpec({ page, to, room }) {
  const folder = await mkdtemp(join(tmpdir(), 'ops-prd-'));
  try {
    const file = join(folder, 'prd.md');
    await writeFile(file, prd('Plain words'));
    await to('/spec-kit');
    await page.getByLabel('Or a file').setInputFiles(file);
    await page.getByLabel('Bundle', { exact: true }).fill('plain-words');
    await page.getByRole('button', { name: 'Generate', exact: true }).click();
    await page.waitForURL((url) => url.pathname === '/spec-kit/plain-words');
    await page.getByText('is generated').waitFor();
    await page.getByRole('link', { name: 'prd.md', exact: true }).first().click();
    await page.locator('.spec-doc li', { hasText: 'fast and intuitive' }).locator('a.id').first().click();
    await page.waitForURL(/\/source\.md#L9$/);
    await page.locator('#L9 .beside', { hasText: 'SK-REQ-002' }).waitFor();
    const { bytes } = await downloaded(page, () => page.getByRole('link', { name: 'Download zip' }).click());
    assert.ok(entries(bytes).includes('plain-words/tasks.md'));
    await page.getByRole('button', { name: 'Validate' }).click();
    await page.getByText('is checked: 0 errors').waitFor();
    const kept = await room.read('spec.get', { slug: 'plain-words/source.md' });
    assert.equal(kept.documents[0].content, prd('Plain words'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
