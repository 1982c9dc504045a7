import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Rollup } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../support/exec.js';

/** The built package in a project, bundled by Vite for a page or for a server. */
async function bundled(ssr: boolean): Promise<string> {
  const app = mkdtempSync(join(tmpdir(), 'schmoozer-app-'));
  onTestFinished(() => rmSync(app, { recursive: true }));
  const modules = join(app, 'node_modules');
  mkdirSync(join(modules, 'schmoozer'), { recursive: true });
  for (const path of ['dist', 'package.json']) {
    cpSync(join(root, path), join(modules, 'schmoozer', path), { recursive: true });
  }
  const dependency = 'node_modules/is-network-error';
  cpSync(join(root, dependency), join(app, dependency), { recursive: true });
  writeFileSync(join(app, 'main.js'), "export * from 'schmoozer/websocket';");
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    root: app,
    ssr: { noExternal: true },
    build: {
      ssr,
      write: false,
      rollupOptions: { input: join(app, 'main.js'), preserveEntrySignatures: 'strict' },
    },
  })) as Rollup.RollupOutput;
  return result.output[0].code;
}

const ofNode = ['unexpected-response', 'ERR_SSL_', 'emitWarning', '_handle'];

it('a bundle for browsers leaves out what only Node and `ws` know', async () => {
  const code = await bundled(false);
  expect(ofNode.filter((text) => code.includes(text))).toEqual([]);
  expect(code).toContain('webSocketConnector');
});

it('a bundle for a server has it all', async () => {
  const code = await bundled(true);
  expect(ofNode.filter((text) => !code.includes(text))).toEqual([]);
});

it('every file that the field names is there', () => {
  const { browser } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    browser: Record<string, string>;
  };
  for (const path of Object.entries(browser).flat()) {
    expect(readFileSync(join(root, path), 'utf8')).toContain('export const');
  }
});
