import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleOf } from '../support/bundleOf.js';

/** The classes by their public names, after a bundler has given them others. */
async function minified(): Promise<Record<string, unknown>> {
  const program = "export * from 'schmoozer'; export * from 'schmoozer/websocket';";
  const { code } = await bundleOf(program, { minify: true, treeshake: true });
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-minified-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'bundle.mjs');
  writeFileSync(file, code);
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
}

describe('in a bundle whose classes were renamed', () => {
  it('every error still has its name, and its code', async () => {
    const classes = Object.entries(await minified()).filter(isErrorClass);
    expect(classes.length).toBeGreaterThan(15);
    for (const [name, ErrorClass] of classes) {
      expect(ErrorClass.name, 'the bundle is not minified').not.toBe(name);
      const error = new ErrorClass('ERR_EXAMPLE');
      expect([error.name, `${error}`.split(':')[0]]).toEqual([name, name]);
      expect(error).toHaveProperty('code', expect.stringMatching(/^ERR_[A-Z_]+$/));
    }
  });
});

type ErrorClass = new (...args: unknown[]) => Error;

function isErrorClass(entry: [string, unknown]): entry is [string, ErrorClass] {
  const [, value] = entry;
  return typeof value === 'function' && value.prototype instanceof Error;
}
