// Invented work: an empty room, a busy one, one in which things fail, and one that is too full.
import { readFileSync } from 'node:fs';
import { Hand } from '../harness/hand.mjs';

const steps = (...titles) => titles.map((title) => ({ id: title.toLowerCase().replaceAll(/[^a-z]+/g, '_'), title, run: 'true' }));
const colour = (code, text) => `\u001b[${code}m${text}\u001b[0m`;
const ok = (text) => `${colour(32, 'ok')} ${text}`;

/** Everything there is, as it looks in this room. */
const everywhere = (own = {}) => ({
  runboard: { path: '/runboard' }, runs: { path: '/runs' }, templates: { path: '/templates' }, template: { path: '/templates/deploy-check' },
  editor: { path: '/templates/hello/edit' }, chat: { path: '/chat?line=run%20hello%20name%3DAda' }, 'spec-kit': { path: '/spec-kit' },
  'sign-in': { path: '/sign-in' }, ...own,
});

/** Steps done, one running, and lines. */
async function goesOn(hand, held, all, done, lines) {
  await hand.say(held, lines.map((message) => ({ message, source: 'stdout', step: all[done].id })),
    { steps: [...all.slice(0, done).map(({ id }) => ({ step: id, status: 'succeeded' })), { step: all[done].id, status: 'running' }] });
}

export const scenes = {
  async empty() {
    return { pages: everywhere() };
  },

  async busy(room) {
    const session_id = await room.session('Release 2026-11');
    for (const [lane, title] of [['A', 'Build api 4.12'], ['A', 'Deploy api 4.12 → staging'], ['B', 'HTTP health check'], ['B', 'Smoke test eu-west'], ['C', 'Back up orders']]) {
      await room.ended(await room.shell(title, 'true', { session_id, lane }));
    }
    await room.ended(await room.shell('Smoke test canary', 'echo "error: canary answers 503"; exit 1', { session_id, lane: 'B' }));
    const running = {};
    const script = (lines, rest = 'sleep 3000') => `printf '${lines.map((line) => `${line.replaceAll('\u001b', '\\033')}\\n`).join('')}'; ${rest}`;
    const go = async (lane, title, done, now, left, lines) => {
      const all = steps(...done, now, ...left);
      all[done.length].run = script(lines);
      const { run_id } = await room.api('runs.create', { runbook: { version: 1, slug: 'release', title, steps: all }, lane, session_id, intent: 'Ship api 4.12 to eu, us and ap, then verify' });
      running[title] = run_id;
    };
    for (const [name, limit] of [['A', 2], ['B', 4], ['C', 1]]) await room.api('lanes.update', { name, concurrency_limit: limit });
    await go('A', 'Deploy api 4.12 → eu-west', ['checkout', 'build', 'push image'], 'wait until healthy', ['report'], [`${colour(34, 'rollout')} 7 of 12 pods ready`, ok('/healthz 200 in 38 ms'), `${colour(34, 'rollout')} 8 of 12 pods ready`]);
    await go('B', 'HTTP health check · 14 endpoints', ['resolve'], 'assert latency', ['report'], [ok('GET /v1/orders 200 41 ms'), ok('GET /v1/cart 200 37 ms'), ok('GET /v1/users 200 44 ms')]);
    await go('C', 'Migrate orders · 0042_split_address', ['lock'], 'apply migration', ['verify'], [`${colour(34, 'copy')} 1,204,000 of 3,100,000 rows`, `${colour(34, 'copy')} 1,218,000 of 3,100,000 rows`]);
    // Each is held before more is queued, so that these wait behind them.
    for (const run_id of Object.values(running)) {
      for (let after = 0, seen = 0; seen < 2;) {
        const answer = await room.read('events.list', { run_id, after, wait_seconds: 20 });
        [after, seen] = [answer.next, seen + answer.events.length];
      }
    }
    for (const title of ['Deploy api 4.12 → us-east', 'Deploy api 4.12 → ap-south', 'Deploy web 2.8']) await room.shell(title, 'sleep 3000', { session_id, lane: 'A' });
    await room.later('Warm cache eu', { session_id, lane: 'A', priority: 120 });
    for (const title of ['Smoke test us-east', 'Smoke test ap-south']) await room.shell(title, 'sleep 3000', { session_id, lane: 'C' });
    for (const title of ['Generate spec kit · billing', 'Generate spec kit · search', 'Validate specs on main']) await room.shell(title, 'true', { session_id, lane: 'D' });
    const { bundle } = await room.api('spec.generate', { prd: readFileSync(new URL('../../../docs/prd.md', import.meta.url), 'utf8'), slug: 'ops-control-room' });
    const specs = Object.fromEntries([['spec-bundle', ''], ['spec-prd', '/prd.md'], ['spec-tasks', '/tasks.md'], ['spec-source', '/source.md'], ['spec-edit', '/source.md?view=edit']]
      .map(([name, path]) => [name, { path: `/spec-kit/${bundle}${path}` }]));
    const board = `/runboard?session=${session_id}`;
    return { pages: everywhere({ ...specs, runboard: { path: board }, run: { path: `/runs/${running['Deploy api 4.12 → eu-west']}` } }) };
  },

  async failing(room) {
    const session_id = await room.session('Incident 4711');
    const hand = await Hand.in(room, 'E', 'acme-infra-job-8836');
    const all = steps('Checkout', 'Build', 'Push image', 'Apply manifests', 'Report');
    const held = await hand.run('Deploy api 4.12 → us-east', { session_id, steps: all, intent: 'Roll the fix out', lease_seconds: 5 });
    await goesOn(hand, held, all, 1, ['compiling 214 crates', 'linking']);
    // Nobody beats any more: the lease ends by itself, and the sweep of the room gives the run back.
    const again = await hand.claim(held.run_id);
    const lines = Array.from({ length: 220 }, (_, n) => (n % 9 ? `rollout ${n % 12} of 12 pods ready` : colour(33, `warn registry slow, retry ${n % 5} of 5 in 2 s`)));
    await hand.say(again, lines.map((message) => ({ message, source: 'stdout', step: all[2].id })), { steps: [{ step: all[0].id, status: 'succeeded' }, { step: all[1].id, status: 'succeeded' }, { step: all[2].id, status: 'succeeded' }, { step: all[3].id, status: 'running' }] });
    await hand.say(again, [{ message: 'pod api-7d9c crashed: exit 137 (out of memory)', level: 'error', source: 'stderr', step: all[3].id }, ...['scheduling replacement on node us-east-1c', colour(31, 'error: deployment exceeded its progress deadline')].map((message) => ({ message, source: 'stderr', step: all[3].id }))],
      { steps: [{ step: all[3].id, status: 'failed', exit_code: 1 }] });
    await hand.leave(again, { name: 'manifest.diff', kind: 'diff', content: '--- a/deploy.yaml\n+++ b/deploy.yaml\n@@ -10,3 +10,3 @@\n   limits:\n-    memory: 256Mi\n+    memory: 512Mi\n     cpu: 500m\n' });
    const { artifact_id } = await hand.leave(again, { name: 'report.md', kind: 'markdown', content: '# Deploy api 4.12\n\n| step | result |\n| --- | --- |\n| build | succeeded |\n| apply manifests | **failed** |\n\n```\nexit 137 (out of memory)\n```\n' });
    await hand.finish(again, 'failed', { reason: 'step_failed', error: 'step apply_manifests exited with 1' });
    for (const title of ['Smoke test us-east', 'Database check', 'Warm cache']) await room.ended(await room.shell(title, 'echo begins; echo "error: connection refused" >&2; exit 7', { session_id, lane: 'B' }));
    return { pages: { runboard: { path: `/runboard?session=${session_id}` }, runs: { path: '/runs?status=failed' }, run: { path: `/runs/${held.run_id}` }, artifact: { path: `/artifacts/${artifact_id}` }, chat: { path: '/chat?line=rnu%20hello' } } };
  },

  async huge(room) {
    const hand = await Hand.in(room, 'E');
    const long = 'Rebuild the search index of every tenant in every region, verify it against the primary, and only then switch the readers over, one after another';
    const held = await hand.run(long);
    await hand.say(held, Array.from({ length: 6_000 }, (_, n) => (n % 400 === 399 ? { message: `shard ${n} is behind`, level: 'error', source: 'stderr', step: 'a' } : `indexed document ${n * 1_729} of tenant ${n % 37} in ${n % 13} ms`)));
    const titles = [long, 'Nightly', `re-${'index'.repeat(30)}`, 'Deploy web 2.8'];
    for (let part = 0; part < 3; part += 1) {
      await room.api('runs.create', { runs: Array.from({ length: 150 }, (_, n) => ({
        runbook: { version: 1, slug: 'many', title: `${titles[n % 4]} ${part * 150 + n}`.slice(0, 200), steps: [{ id: 'a', run: 'true' }] }, lane: 'ABCD'[n % 4], not_before: n % 3 ? undefined : '2099-01-01T00:00:00Z',
      })) });
    }
    return { pages: { runboard: { path: '/runboard' }, runs: { path: '/runs' }, run: { path: `/runs/${held.run_id}` } } };
  },
};
