import { setTimeout } from 'node:timers/promises';
import type { CompiledActor } from 'schmoozer/compiled';
import { actorFor } from './actorFor.js';
import { type CommandError, noInput, outputStuck, streamFailed } from './commandError.js';
import { explain, type Explained } from './explain.js';
import { flushed } from './flushed.js';
import type { Host, Signal } from './host.js';
import { LineQueue } from './lineQueue.js';
import { lossReporter } from './lossReporter.js';
import { outcomeOf, STUCK } from './outcome.js';
import type { Settings } from './parseArguments.js';
import { readLines } from './readLines.js';
import type { CommandEvent } from './report.js';
import { reporter } from './reporter.js';

const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** How long stdin may take to close, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1000;

/** How long the command may take to end after a signal, even if stdout is not read, in milliseconds. */
const STOP_TIMEOUT_MS = 5000;

/**
 * Keeps the connection alive until everything is done, a signal stops it, or it must give up; resolves to the exit
 * code.
 */
export function keepUp(settings: Settings, host: Host): Promise<number> {
  return new KeepUp(settings, host).run();
}

class KeepUp {
  readonly #settings: Settings;
  readonly #host: Host;
  readonly #tell: (event: CommandEvent) => void;
  readonly #queue: LineQueue;
  readonly #tellLosses: () => void;
  readonly #actor: CompiledActor<unknown>;
  #reading: Promise<void> | undefined;
  #hadSession = false;
  /** The error of the last session. */
  #lastError: unknown;
  /** An error outside of the connection. */
  #failure: CommandError | undefined;
  #isReaderGone = false;
  #isEnding = false;
  /** When a signal arrived. */
  #signalledAtMs: number | undefined;

  constructor(settings: Settings, host: Host) {
    const { buffer, maxMessage, overflow } = settings;
    this.#settings = settings;
    this.#host = host;
    this.#tell = reporter(host, settings);
    this.#queue = new LineQueue({
      lines: buffer,
      bytes: maxMessage,
      overflow: overflow ?? (host.stdin.isTTY ? 'drop-newest' : 'wait'),
    });
    this.#tellLosses = lossReporter(this.#queue, this.#tell);
    this.#actor = actorFor(settings, host, this.#queue, this.#tell);
  }

  async run(): Promise<number> {
    const { stdout, onSignal } = this.#host;
    const ended = new Promise<void>((resolve) => this.#actor.subscribe({ complete: resolve }));
    this.#listen();
    stdout.on('error', (error: NodeJS.ErrnoException) => this.#onOutputError(error));
    onSignal((signal) => this.#onSignal(signal));
    if (this.#settings.stdin) this.#reading = this.#read();
    this.#actor.start();
    await ended;
    return this.#finish();
  }

  #listen(): void {
    const { shown: url } = this.#settings.target;
    this.#actor.on('connection.opened', ({ epoch }) => {
      this.#hadSession = true;
      this.#tell({ event: 'connected', url, epoch });
    });
    this.#actor.on('connection.closed', ({ epoch, cause, error }) => {
      this.#lastError = error;
      this.#tell({ event: 'disconnected', epoch, cause, error: this.#explain(error) });
      this.#tellLosses();
    });
    this.#actor.on('retry.scheduled', ({ attempt, delayMs: ms, error }) => {
      const delayMs = Math.round(ms);
      this.#tell({ event: 'waiting', attempt, delayMs, error: this.#explain(error) });
      this.#endIfDone();
    });
  }

  #onOutputError(error: NodeJS.ErrnoException): void {
    // The reader has closed its end, as `head` does: no more output is needed, and that is not a failure.
    if (error.code === 'EPIPE') {
      this.#isReaderGone = true;
      this.#queue.close();
      this.#actor.stop();
      return;
    }
    this.#fail('ERR_OUTPUT', error);
  }

  #onSignal(signal: Signal | 'SIGUSR1'): void {
    if (signal === 'SIGUSR1') return this.#reconnect(signal);
    if (this.#isEnding) return this.#host.exit(signalCodes[signal]);
    this.#isEnding = true;
    this.#signalledAtMs = performance.now();
    this.#tell({ event: 'stopping', signal });
    this.#stop(signal);
  }

  #reconnect(reason: string): void {
    if (this.#actor.getSnapshot().status === 'active')
      this.#actor.send({ type: 'reconnect', reason });
  }

  async #read(): Promise<void> {
    const { stdin } = this.#host;
    const { maxMessage: maxBytes } = this.#settings;
    try {
      const isEmpty = await readLines(stdin, this.#queue, {
        maxBytes,
        afterChunk: this.#tellLosses,
      });
      if (isEmpty && this.#settings.hello.length === 0 && !stdin.isTTY) this.#warn(noInput());
      this.#endIfDone();
    } catch (error) {
      // With a closed queue, the command itself has closed stdin.
      if (!this.#queue.isClosed) this.#fail('ERR_INPUT', error as Error);
    }
  }

  #warn(error: CommandError): void {
    this.#tell({ event: 'warning', error: explain(error, this.#settings.target) });
  }

  /** Ends the loop when a session has taken the last line; during a session, the session itself notices the end. */
  #endIfDone(): void {
    const snapshot = this.#actor.getSnapshot();
    // A session that is closing still reads the received data.
    const isDown = snapshot.hasTag('offline') && !snapshot.hasTag('closing');
    if (this.#hadSession && this.#queue.isDone && isDown) this.#stop();
  }

  #fail(code: 'ERR_INPUT' | 'ERR_OUTPUT', cause: Error): void {
    this.#failure ??= streamFailed(code, cause);
    this.#stop();
  }

  #stop(reason?: Signal): void {
    this.#isEnding = true;
    this.#closeInput();
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ type: 'stop', reason });
  }

  #closeInput(): void {
    this.#queue.close();
    if (this.#reading) this.#host.stdin.destroy();
  }

  async #finish(): Promise<number> {
    this.#isEnding = true;
    this.#closeInput();
    await Promise.race([this.#reading, setTimeout(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    if (this.#isReaderGone) return this.#leave(0);
    if (!(await flushed(this.#host.stdout, this.#timeLeftMs))) this.#failure = outputStuck();
    // Lines that are still being sent at the end of the drain.
    this.#queue.cutOff(this.#queue.onTheirWay);
    const { sent, lost, unsent } = this.#queue;
    this.#tellLosses();
    if (unsent > 0) this.#tell({ event: 'lost', lines: unsent, why: 'unsent' });
    const { output } = this.#actor.getSnapshot();
    const ending = { output, failure: this.#failure, lastError: this.#lastError, lost };
    const { status, exitCode, error } = outcomeOf(ending);
    this.#tell({ event: 'stopped', status, exitCode, sent, lost, error: this.#explain(error) });
    return this.#leave(exitCode);
  }

  async #leave(exitCode: number): Promise<number> {
    return (await flushed(this.#host.stderr, this.#timeLeftMs)) ? exitCode : STUCK;
  }

  /** Time until the command must have ended, in milliseconds. */
  get #timeLeftMs(): number {
    if (this.#signalledAtMs === undefined) return Infinity;
    return Math.max(0, this.#signalledAtMs + STOP_TIMEOUT_MS - performance.now());
  }

  #explain(error: unknown): Explained | null {
    return error === undefined ? null : explain(error, this.#settings.target);
  }
}
