import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { phases } from '../../examples/demo/phases.js';
import { listening } from '../support/loopback.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 30_000;

type OnTestFinished = TestContext['onTestFinished'];

interface Run {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  /** Resolves to all that has been printed when the text is in it. */
  printed(text: string): Promise<string>;
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
      return output;
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

describe('npm run demo -- --inspect', () => {
  it(
    'shows the whole story in the inspector, leaks nothing, and ends where no terminal is',
    async ({ onTestFinished }) => {
      const run = start(onTestFinished, 'examples/demo/main.ts', '--inspect');
      const url = new URL(/http:\S+/.exec(await run.printed('/?token='))?.[0] ?? '');
      const page = new WebSocket(`ws://${url.host}/view${url.search}`, { origin: url.origin });
      onTestFinished(() => page.terminate());
      const states = new Set<string>();
      page.on('message', (data) => {
        const { changed = [] } = JSON.parse(String(data as Buffer)) as {
          changed?: { isMachine: boolean; states: string[] }[];
        };
        for (const actor of changed) if (actor.isMachine) states.add(actor.states.join());
      });
      const { code, output } = await run.ended();
      expect([...states]).toEqual(
        expect.arrayContaining(['waiting.delaying', 'running.settling', 'running.stable']),
      );
      expect(output).toContain('0 sockets, 0 timers here; 0 connections at the server');
      expect(code).toBe(0);
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
