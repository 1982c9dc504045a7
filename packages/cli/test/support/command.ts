import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Signal } from '../../src/host.js';
import { main } from '../../src/main.js';
import { root } from '../../../../test/support/exec.js';

/** What a stream has brought so far, and a wait for more. */
export class Text {
  #text = '';
  #bytes = 0;
  #sleepers: (() => void)[] = [];

  constructor(stream: Readable, { keep = true } = {}) {
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (keep) this.#text += chunk.toString('latin1');
      for (const resolve of this.#sleepers.splice(0)) resolve();
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** As UTF-8. */
  toString(): string {
    return Buffer.from(this.#text, 'latin1').toString();
  }

  /** Resolves when the text matches; the test's own deadline ends the wait. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.toString())) {
      await new Promise<void>((resolve) => this.#sleepers.push(resolve));
    }
  }
}

export interface InProcess {
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly out: Text;
  readonly err: Text;
  readonly code: Promise<number>;
  /** The codes with which it left at once. */
  readonly exits: number[];
  readonly signal: (name: Signal | 'SIGUSR1') => void;
  /** What `--json` told. */
  readonly events: () => Record<string, unknown>[];
}

/** The command in this process, on streams of the test's own. */
export function inProcess(
  args: readonly string[],
  options: {
    tty?: boolean;
    env?: Record<string, string>;
    /** False: nobody reads stdout. */
    read?: boolean;
    /** In place of one that is read. */
    stderr?: Writable;
  } = {},
): InProcess {
  const tty = { isTTY: options.tty ?? false };
  const stdin = Object.assign(new PassThrough(), tty);
  const stdout = Object.assign(new PassThrough(), tty);
  const stderr = Object.assign(new PassThrough(), tty);
  const out = options.read === false ? new Text(new PassThrough()) : new Text(stdout);
  const err = new Text(stderr);
  const told = options.stderr ?? stderr;
  const exits: number[] = [];
  const listeners: ((signal: Signal | 'SIGUSR1') => void)[] = [];
  const signal = (name: Signal | 'SIGUSR1') => {
    for (const listener of listeners) listener(name);
  };
  const code = main({
    args,
    env: options.env ?? {},
    stdin,
    stdout,
    stderr: told,
    now: () => new Date(0),
    onSignal: (listener) => void listeners.push(listener),
    exit: (status) => void exits.push(status),
  });
  // What a failed test leaves open.
  onTestFinished(() => {
    stdout.resume();
    if (exits.length === 0) signal('SIGTERM');
  });
  const events = () =>
    err
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { stdin, stdout, out, err, code, exits, signal, events };
}

export interface Spawned {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly out: Text;
  readonly err: Text;
  /** Exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>;
}

/** The built command as a process of its own; killed when the test is over. */
export function spawned(args: readonly string[], options: { keep?: boolean } = {}): Spawned {
  return spawnedFrom(process.execPath, [`${root}packages/cli/dist/cli.js`, ...args], options);
}

/** Any program, likewise. */
export function spawnedFrom(
  program: string,
  args: readonly string[],
  options: { keep?: boolean } = {},
): Spawned {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(program, args, { env, stdio: 'pipe' });
  child.stdin.on('error', () => {});
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    child,
    stdin: child.stdin,
    out: new Text(child.stdout, options),
    err: new Text(child.stderr),
    ended,
  };
}
