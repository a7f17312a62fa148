// The chat: nothing is queued before it was shown what it would do.
import { strict as assert } from 'node:assert';

export const chat = {
  async 'a command is shown with its risks, queued, and its answer stays live'({ page, room, to }) {
    await to('/chat');
    const line = page.getByRole('combobox', { name: 'Command' });
    await line.fill('run hello name=Chat');
    const preview = page.locator('#preview');
    await preview.getByText('Queue “Say hello” in lane A').waitFor();
    await preview.getByText('1 step runs in a shell').waitFor();
    await preview.getByText('name Chat').waitFor();
    assert.equal((await room.read('runs.list', { text: 'Say hello', limit: 200 })).runs.filter((run) => run.params?.name === 'Chat').length, 0);
    await preview.getByRole('button', { name: 'Queue run' }).click();
    const answer = page.locator('#answers .answer-run').first();
    await answer.getByText('Say hello').waitFor();
    assert.equal(await line.inputValue(), '');
    await answer.getByText('succeeded').waitFor();
  },

  async 'a wrong command is answered with the nearest right one'({ page, to }) {
    await to('/chat');
    const line = page.getByRole('combobox', { name: 'Command' });
    await line.fill('rnu helo name=x');
    const nearest = page.locator('#preview').getByRole('link', { name: /^run / });
    await nearest.waitFor();
    await nearest.click();
    await page.waitForURL(/line=run/);
    // The command is right now, and the template is not.
    await page.locator('#preview').getByText('There is no template “helo”').waitFor();
    await page.locator('#preview').getByRole('link', { name: 'run hello name=x' }).click();
    await page.locator('#preview').getByText('Queue “Say hello”').waitFor();
    await line.fill('retry');
    await page.locator('#preview').getByText('The run is missing').waitFor();
  },
};
