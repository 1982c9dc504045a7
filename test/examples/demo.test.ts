import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext } from 'vitest';
import { phases } from '../../examples/demo/phases.js';
import { listening } from '../support/loopback.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 30_000;

type OnTestFinished = TestContext['onTestFinished'];

interface Run {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  /** Resolves when the text has been printed. */
  printed(text: string): Promise<void>;
  /** Resolves when the process has ended. */
  ended(): Promise<{ code: number | null; output: string }>;
}

/** Without tsx's wrapper, so that signals and exit codes are the program's own. */
function start(finished: OnTestFinished, program: string, ...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exit = once(child, 'close') as Promise<[number | null]>;
  // The test's own hook: in concurrent tests the global one belongs to whichever started last.
  finished(() => void child.kill('SIGKILL'));
  return {
    child,
    async printed(text) {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without "${text}":\n${output}`);
        await Promise.race([once(child.stdout, 'data'), exit]);
      }
    },
    async ended() {
      const [code] = await exit;
      return { code, output };
    },
  };
}

describe.concurrent('npm run demo', () => {
  it(
    'lives through every phase, loses and leaks nothing, and exits with 0',
    async ({ onTestFinished }) => {
      const { code, output } = await start(onTestFinished, 'examples/demo/main.ts').ended();
      for (const [name, { title }] of Object.entries(phases)) {
        expect(output).toContain(`▌ ${title}`);
        expect(output).toMatch(new RegExp(`✓ ${name} +${title}`));
      }
      expect(output).toContain('40 sent, 40 received, 0 lost');
      expect(output).toContain('0 sockets, 0 timers here; 0 connections at the server');
      expect(output).toContain('Nothing lost, nothing leaked.');
      // Not a terminal: no colour.
      expect(output).not.toContain('\u001b');
      expect(code).toBe(0);
    },
    DEADLINE_MS,
  );

  it(
    'exits with 1 and names the lines when the server keeps some to itself',
    async ({ onTestFinished }) => {
      const { code, output } = await start(
        onTestFinished,
        'examples/demo/main.ts',
        '--swallow',
        '2',
      ).ended();
      expect(output).toContain('40 sent, 38 received, 2 lost');
      expect(output).toContain('lost: "before the silence 1/2"');
      expect(output).toContain('Something went wrong.');
      expect(code).toBe(1);
    },
    DEADLINE_MS,
  );
});

describe('npm run demo -- --host H --port P', () => {
  it('shows the lines of that server; SIGINT drains, and exits with 0', async ({
    onTestFinished,
  }) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.write('hello\n');
      socket.resume().on('end', () => socket.end('last words\n'));
    });
    const port = await listening(server);
    const run = start(
      onTestFinished,
      'examples/demo/main.ts',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    );
    await run.printed('hello');
    run.child.kill('SIGINT');
    const { code, output } = await run.ended();
    expect(output).toContain('last words');
    expect(output).toContain('1 attempt, 1 session, 2 lines');
    expect(code).toBe(0);
  });

  it('leaves at once at the second SIGINT, with 130', async ({ onTestFinished }) => {
    const port = await listening(
      createServer({ allowHalfOpen: true }, (one) => one.write('hello\n')),
    );
    const run = start(
      onTestFinished,
      'examples/demo/main.ts',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    );
    await run.printed('hello');
    run.child.kill('SIGINT');
    await run.printed('stopping');
    run.child.kill('SIGINT');
    expect((await run.ended()).code).toBe(130);
  });
});

describe('examples/tcp-lines.ts', () => {
  it('prints lines until the server says goodbye', async ({ onTestFinished }) => {
    const greetings: string[] = [];
    const server = createServer((socket) => {
      socket.once('data', (hello) => {
        greetings.push(String(hello));
        socket.end('one\ngoodbye\n');
      });
    });
    const port = await listening(server);
    const { code, output } = await start(
      onTestFinished,
      'examples/tcp-lines.ts',
      '127.0.0.1',
      String(port),
    ).ended();
    expect(greetings).toEqual(['hello, this is session 1\n']);
    expect(output).toBe("one\ngoodbye\n{ status: 'completed', value: 'goodbye' }\n");
    expect(code).toBe(0);
  });
});
