import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')) as never;

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: unknown;
}

describe('a plain `npm ci` at the root', () => {
  const lock = read('package-lock.json') as { packages: Record<string, Manifest> };
  const here = 'packages/inspect-v4';

  it('gives this package XState 4 and the root XState 5, without a flag or an override', () => {
    const require = createRequire(import.meta.url);
    const installed = (name: string, from: NodeJS.Require) =>
      (from(`${name}/package.json`) as Manifest).version;
    expect(installed('xstate', require)).toBe('4.38.3');
    expect(installed('@xstate/inspect', require)).toBe('0.8.0');
    const root = createRequire(new URL('../../../package.json', import.meta.url));
    expect(installed('xstate', root)).toMatch(/^5\./);
    const manifests = [read('package.json'), read(`${here}/package.json`)] as Manifest[];
    for (const { overrides } of manifests) expect(overrides).toBeUndefined();
    const npmrc = readFileSync(new URL('../../../.npmrc', import.meta.url), 'utf8');
    expect(npmrc).not.toMatch(/legacy-peer-deps|force/);
  });

  it('is what the lock file says: both in a `node_modules` of this package’s own', () => {
    const { packages } = lock;
    expect(packages[`${here}/node_modules/xstate`]?.version).toBe('4.38.3');
    expect(packages[`${here}/node_modules/@xstate/inspect`]?.version).toBe('0.8.0');
    expect(packages['node_modules/xstate']?.version).toMatch(/^5\./);
    expect(packages['node_modules/@xstate/inspect']).toBeUndefined();
    expect(packages[here]?.dependencies).toEqual({
      '@xstate/inspect': '^0.8.0',
      ws: '^8.21.0',
      xstate: '^4.38.3',
    });
  });
});
