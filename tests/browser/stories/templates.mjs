// Templates: found, edited, checked while they are typed.
import { strict as assert } from 'node:assert';
import { until } from '../harness/browser.mjs';

const source = (more) => `version: 1
slug: edited
title: Edited in the browser
params:
  name:
    type: string
    title: Name
    default: world
${more}steps:
  - id: greet
    run: echo "Hello, $PARAM_name!"
`;

export const templates = {
  async 'a template is edited: what is wrong is shown where it is, and the form as it will be'({ page, room, to, forgive }) {
    await room.api('templates.create', { source: source('') });
    await to('/templates/edited');
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await page.waitForURL(/\/templates\/edited\/edit/);
    const text = page.locator('#source');
    assert.equal(await text.inputValue(), source(''));

    // Line 10, where a key stands that a parameter has not.
    const wrong = source('    tipe: string\n');
    await text.fill(wrong);
    const where = page.locator('#check .where').first();
    await where.waitFor();
    const [line, column] = (await where.innerText()).split(':').map(Number);
    assert.match(wrong.split('\n')[line - 1].slice(column - 1), /^tipe/);
    await where.click();
    const caret = await text.evaluate((field) => [document.activeElement === field, field.selectionStart]);
    assert.deepEqual(caret, [true, wrong.indexOf('tipe')]);

    // Nothing is saved of what is not valid, and nothing typed is lost.
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('nothing was saved').waitFor();
    assert.equal(await text.inputValue(), wrong);

    await text.fill(source('  times:\n    type: integer\n    title: How often\n    minimum: 1\n'));
    await page.locator('#check').getByLabel('How often').waitFor();
    await until(page, () => !document.querySelector('#check .where'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL((url) => url.pathname === '/templates/edited');
    await page.getByText('version 2', { exact: true }).first().waitFor();
    await page.locator('#run-form').getByLabel('How often').waitFor();
    forgive(/422/);
  },

  async 'a version that is not the newest any more is not overwritten'({ page, room, to, forgive }) {
    await room.api('templates.create', { source: source('').replace('slug: edited', 'slug: raced') });
    await to('/templates/raced/edit');
    const ours = source('').replace('slug: edited', 'slug: raced').replace('Edited in', 'Ours in');
    await room.api('templates.update', { source: ours.replace('Ours in', 'Theirs in') });
    await page.locator('#source').fill(ours);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.flash.t-bad').first().waitFor();
    assert.equal(await page.locator('#source').inputValue(), ours);
    assert.equal((await room.read('templates.get', { slug: 'raced' })).template.version, 2);
    forgive(/422/);
  },

  async 'the form says beside the field what it does not take'({ page, to, forgive }) {
    await to('/templates/hello');
    const name = page.locator('#run-form').getByLabel('Name', { exact: true });
    await name.fill('x'.repeat(81));
    await name.evaluate((field) => { field.form.noValidate = true; field.removeAttribute('maxlength'); field.value = 'x'.repeat(81); });
    await page.getByRole('button', { name: 'Queue run' }).click();
    const wrong = page.locator('#run-form [aria-invalid=true]');
    await wrong.waitFor();
    assert.equal(await wrong.inputValue(), 'x'.repeat(81));
    forgive(/422/);
  },
};
