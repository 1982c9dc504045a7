import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Results, Samples } from '../../bench.js';
import { benches } from '../../benches.js';
import { patient, type Peer, peers } from '../../unruly/peers.js';
import { compile, root, runBench } from '../support.js';

// Against a hang alone: a busy machine may take its time.
const DEADLINE_MS = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'schmoozer-bench-'));
beforeAll(compile, DEADLINE_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.concurrent('every bench, at a tiny size', () => {
  it.each(benches)(
    '$name measures each of its columns for each variant',
    {
      timeout: DEADLINE_MS,
    },
    async ({ name, variants, columns }) => {
      const out = join(folder, name);
      const stdout = await runBench('--tiny', '--out', out, name);
      const results = JSON.parse(readFileSync(join(out, 'bench/results.json'), 'utf8')) as Results;
      const { samples, versions } = results[name] ?? {};
      expect(Object.keys(samples ?? {}).toSorted()).toEqual(variants.map((v) => v.name).toSorted());
      for (const [variant, [sample]] of Object.entries(samples as Samples)) {
        for (const { metric, none } of columns) {
          const value = sample?.[metric];
          const isMeasured = Number.isFinite(value) || (none !== undefined && value === null);
          expect(isMeasured, `${variant} ${metric}: ${value}`).toBe(true);
        }
      }
      expect(versions?.['xstate']).toBe(installedVersion('xstate-newest'));
      const document = readFileSync(join(out, 'docs/benchmarks.md'), 'utf8');
      for (const { label } of variants) expect(document).toContain(`\n| ${label} | `);
      expect(stdout).toContain(`npm run bench -- ${name}`);
    },
  );
});

describe('a client and its well-behaved server', () => {
  it('agree that they are connected', { timeout: DEADLINE_MS }, async () => {
    const { observe } = (await import(join(root, 'bench/dist/unruly/observe.js'))) as {
      observe: (mood: 'good', size: object, peers: readonly Peer[]) => Promise<Samples>;
    };
    const size = { windowMs: 0, patienceMs: DEADLINE_MS / 2, clients: 1 };
    const samples = await observe('good', size, [...peers, patient]);
    const connected = Object.entries(samples).map(([name, [sample]]) => [name, sample?.['lost']]);
    expect(connected).toEqual(Object.keys(samples).map((name) => [name, 0]));
    expect(connected.length).toBe(9);
  });
});

describe('the processes that measure', () => {
  it('run with the newest XState, and with the built package', async () => {
    const script = `console.log(import.meta.resolve('xstate'), import.meta.resolve('schmoozer'))`;
    const newest = join(root, 'bench/dist/newest.js');
    const args = ['--import', newest, '--input-type=module', '--eval', script];
    const { execFileSync } = await import('node:child_process');
    const stdout = execFileSync(process.execPath, args, { cwd: join(root, 'bench') });
    expect(String(stdout)).toMatch(/\/xstate-newest\/\S+ \S+\/dist\/index\.js\n$/);
  });
});

describe('npm run bench', () => {
  it('names the benches there are when it is asked for another', async () => {
    const failure = await runBench('nosuch').catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 2,
      stderr: `no bench is called nosuch; there are ${benches.map(({ name }) => name).join(', ')}\n`,
    });
  });
});

function installedVersion(name: string): string {
  const file = join(root, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
