import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const bin = fileURLToPath(new URL('../bin/schmoozer-inspector.js', import.meta.url));

const start = (...args: string[]) => startIn({}, ...args);

function startIn(environment: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    child,
    async printed(text: string) {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without "${text}":\n${output}`);
        await Promise.race([once(child.stdout, 'data'), closed]);
      }
      return output;
    },
    async ended() {
      const [code] = await closed;
      return { code, output };
    },
  };
}

describe('schmoozer-inspector', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints the page and the line to paste, serves, and ends with 0 at %s',
    async (signal) => {
      const run = start('--port', '0');
      const output = await run.printed('Ctrl-C ends it.');
      const url = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{24}/.exec(output)?.[0] ?? '';
      const producerUrl = url.replace('http', 'ws');
      expect(output).toContain(`createWebSocketInspector({ url: '${producerUrl}' })`);
      expect((await fetch(url)).status).toBe(200);
      run.child.kill(signal);
      expect((await run.ended()).code).toBe(0);
    },
  );

  it('opens a saved file, and says why it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inspector-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'night.ndjson');
    writeFileSync(file, '{"type":"@schmoozer.recording","version":1,"at":0}\n');
    const run = start('open', file, '--port', '0', '--records', '100000');
    expect(await run.printed('Ctrl-C ends it.')).not.toContain('createWebSocketInspector');
    run.child.kill('SIGTERM');
    expect((await run.ended()).code).toBe(0);
    for (const [args, message] of [
      [['open', join(folder, 'none')], '"none" cannot be opened: ENOENT'],
      [['open'], 'error: the file is missing: open FILE'],
      [['close', file], 'error: the only command is `open FILE`'],
      [['--records', '0'], '`records` must be an integer from 1'],
    ] as const) {
      const { code, output } = await start(...args, '--port', '0').ended();
      expect(output).toContain(message);
      expect(code).toBe(1);
    }
  });

  it('offers the next free port, and exits with 1, when its own is in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    onTestFinished(() => void blocker.close());
    const { port } = blocker.address() as { port: number };
    const { code, output } = await start('--port', String(port)).ended();
    expect(code).toBe(1);
    expect(output).toMatch(
      new RegExp(`^port ${port} is in use; (\\d+) is free: npx @schmoozer/inspector --port \\1\n$`),
    );
  });

  it('takes a token of its own from a file or the environment, which nobody else can read, or a flag', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inspector-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'token');
    writeFileSync(file, 'token-of-the-file\n');
    const environment = { SCHMOOZER_INSPECTOR_TOKEN: 'token-of-the-environment' };
    const tokenWith = async (args: string[], env = {}) => {
      const output = await startIn(env, '--port', '0', ...args).printed('Ctrl-C ends it.');
      return /\?token=([\w-]+)/.exec(output)?.[1];
    };
    expect(await tokenWith([], environment)).toBe('token-of-the-environment');
    expect(await tokenWith(['--token-file', file], environment)).toBe('token-of-the-file');
    expect(await tokenWith(['--token-file', file, '--token', 'token-of-the-flag'])).toBe(
      'token-of-the-flag',
    );
    const { code, output } = await start('--token-file', join(folder, 'none')).ended();
    expect(code).toBe(1);
    expect(output).toMatch(/^`--token-file` ".*none" cannot be read: ENOENT\n$/);
    writeFileSync(file, 'secret');
    expect((await start('--token-file', file).ended()).output).not.toContain('secret');
  });

  it.each([
    [['--tokn=secret'], "error: unknown option '--tokn=…'"],
    [['--tokn=se\ncret'], "error: unknown option '--tokn=…'"],
    [['--x\u001b[31m'], "error: unknown option '--x\\u001b[31m'"],
    [['secret'], 'error: the only command is `open FILE`'],
    [['--port', '\u001b]0;x\u0007'], "argument '\\u001b]0;x\\u0007' is invalid."],
    [['--host', '\u009b1m\u202e\u2028'], 'but is "\\u009b1m\\u202e\\u2028"'],
    [['--token-file', '/no\u0007ne'], '`--token-file` "/no\\u0007ne" cannot be read: ENOENT'],
  ])(
    'repeats of %j nothing that a terminal obeys, and no value of a flag it does not know',
    async (args, message) => {
      const { code, output } = await start(...args).ended();
      expect(code).toBe(1);
      expect(output).toContain(message);
      expect(output.trimEnd()).not.toMatch(/secret|\p{Cc}|\p{Cf}|\u2028/u);
    },
  );

  it.each([
    [['--port', 'many'], 'It must be an integer.'],
    [['--port', '70000'], '`port` must be an integer from 0 to 65535, but is 70000'],
    [['--host', '0.0.0.0'], '`host` must be 127.0.0.1 or ::1'],
    [['--token', 'secret'], '`token` must be 16 to 200 letters, digits, - or _'],
  ])('refuses %j with 1 and one sentence', async (args, message) => {
    const { code, output } = await start(...args).ended();
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).not.toContain('secret');
  });
});
