// What assistive technology is told of a page, compared with what was agreed.
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';

/** `OPS_GOLDEN=write` makes the files anew; read the diff before it is committed. */
const isWriting = process.env.OPS_GOLDEN === 'write';

/** What differs from one day, or machine, to the next. */
const scrubs = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'INSTANT'],
  [/\blocal-\d+-[a-z0-9]{8}\b/g, 'WORKER'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID'],
  [/\b[0-9a-f]{64}\b/g, 'SHA256'],
  // One that could be taken for a number stands in quotes.
  [/"[0-9a-f]{8}"|\b(?=[0-9a-f]*\d)[0-9a-f]{8}\b/g, 'ID'],
  [/\b\d{4}-\d\d-\d\d\b/g, 'DAY'],
  [/\b\d\d:\d\d(:\d\d)?(\.\d+)?\b/g, 'CLOCK'],
  [/\b\d+(\.\d+)? (ms|s|m|h|d)( \d+ (s|m|h))?(?![\w])/g, 'TIME'],
  // As many marks as the time line has room for.
  [/CLOCK( CLOCK)+/g, 'CLOCKS'],
];

export function scrubbed(text) {
  return scrubs.reduce((rest, [what, by]) => rest.replace(what, by), text);
}

export async function agrees(page, name) {
  const file = new URL(`../golden/${name}.yml`, import.meta.url);
  const now = `${scrubbed(await page.locator('body').ariaSnapshot())}\n`;
  if (isWriting) return writeFileSync(file, now);
  assert.equal(now, readFileSync(file, 'utf8'), `golden/${name}.yml says something else; OPS_GOLDEN=write makes it anew`);
}
