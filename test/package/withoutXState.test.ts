import { expect, it } from 'vitest';
import { bundleOf } from '../support/bundleOf.js';

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
