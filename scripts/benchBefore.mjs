// @ts-check
// What a change costs on XState's engine: a cycle and an idle link, before and after, each in a process of its own, taking turns.
// npm run bench:before -- REVISION [ROUNDS]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CYCLES = 8000;
const LINKS = 20_000;
const [, script = '', revision = '', last = '21'] = process.argv;
const root = new URL('..', import.meta.url).pathname;

/** Two attempts, one of which fails, and a session: microseconds of CPU. */
async function cycle(/** @type {string} */ dist) {
  const { createReconnectActor, constantBackoff, Continue } = await import(join(dist, 'index.js'));
  const live = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        let attempts = 0;
        const actor = createReconnectActor(
          {
            connect: () => (++attempts % 2 ? Promise.reject(new Error('no')) : Promise.resolve({})),
            run: () => {
              if (attempts >= CYCLES) resolve(actor.stop());
              return Promise.resolve(Continue());
            },
          },
          { backoff: constantBackoff(0) },
        ).start();
      })
    );
  await live();
  const before = process.cpuUsage();
  await live();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / CYCLES) * 2;
}

/** A link that is online and does nothing: bytes of heap. */
async function idle(/** @type {string} */ dist) {
  const { createReconnectActor } = await import(join(dist, 'index.js'));
  const connector = { connect: async () => ({}), run: () => new Promise(() => {}) };
  const collect = /** @type {() => void} */ (globalThis.gc);
  collect();
  const before = process.memoryUsage().heapUsed;
  const links = Array.from({ length: LINKS }, () => createReconnectActor(connector, {}).start());
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / LINKS;
  for (const link of links) link.stop();
  return bytes;
}

if (revision === '--measure') {
  const [, , , what, dist = ''] = process.argv;
  console.log(await (what === 'idle' ? idle : cycle)(dist));
} else {
  const work = mkdtempSync(join(tmpdir(), 'schmoozer-before-'));
  const run = (/** @type {string} */ file, /** @type {string[]} */ args, cwd = root) =>
    execFileSync(file, args, { cwd, env: { ...process.env, NODE_ENV: 'production' } }).toString();
  const old = join(work, 'old');
  try {
    run('git', ['worktree', 'add', '--detach', old, revision]);
    for (const folder of [old, work]) {
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    }
    const tsc = join(root, 'node_modules/.bin/tsc');
    const dists = { before: join(work, 'before'), after: join(work, 'after') };
    run(tsc, ['-p', 'tsconfig.build.json', '--outDir', dists.before], old);
    run(tsc, ['-p', 'tsconfig.build.json', '--outDir', dists.after]);
    for (const what of ['cycle', 'idle']) {
      const measure = (/** @type {string} */ dist) =>
        Number(run(process.execPath, ['--expose-gc', script, '--measure', what, dist]));
      const ratios = Array.from({ length: Number(last) }, (_, round) => {
        const sides = round % 2 ? ['after', 'before'] : ['before', 'after'];
        const found = Object.fromEntries(
          sides.map((side) => [side, measure(dists[/** @type {keyof typeof dists} */ (side)])]),
        );
        return Number(found['after']) / Number(found['before']);
      }).toSorted((a, b) => a - b);
      console.log(`${what}: ${ratios[Math.floor(ratios.length / 2)]?.toFixed(3)} times`);
    }
  } finally {
    rmSync(old, { recursive: true, force: true });
    rmSync(work, { recursive: true, force: true });
    run('git', ['worktree', 'prune']);
  }
}
