import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleOf } from '../support/bundleOf.js';
import { root } from '../support/exec.js';

/** The files that end up in the bundle of a program, or that Node would load. */
async function filesOf(program: string, treeshake: boolean): Promise<string[]> {
  const { modules } = await bundleOf(program, { minify: false, treeshake });
  return Object.entries(modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([file]) => file);
}

const isXState = (file: string) => file.includes('/node_modules/xstate/');

it('a bundle of `run` alone has the compiled chart in it, and no XState', async () => {
  const files = await filesOf("export { run } from 'schmoozer'", true);
  expect(files.some((file) => file.endsWith('/compiled/steps.generated.ts'))).toBe(true);
  expect(files.filter(isXState)).toEqual([]);
});

it('one of `createReconnectActor` has XState', async () => {
  const files = await filesOf("export { createReconnectActor } from 'schmoozer'", true);
  expect(files.some(isXState)).toBe(true);
});

it.each(['compiled', 'group'])('schmoozer/%s loads no XState, bundled or not', async (entry) => {
  const files = await filesOf(`export * from 'schmoozer/${entry}'`, false);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter(isXState)).toEqual([]);
});

it('the packages that need no XState import `schmoozer/compiled` in place of `schmoozer`', () => {
  const files = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[\w-]+\/src\/.*\.ts$/.test(file))
    .filter((file) => !/^(inspector|inspect-v4)\//.test(file));
  expect(files.length).toBeGreaterThan(60);
  const loads = (file: string) =>
    /from 'schmoozer(\/testing|\/inspect)?';/.test(
      readFileSync(join(root, 'packages', file), 'utf8'),
    );
  expect(files.filter(loads)).toEqual([]);
});
