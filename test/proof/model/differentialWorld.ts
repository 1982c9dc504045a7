import {
  Break,
  type Connector,
  Continue,
  type ControlFlow,
  fatal,
  FatalError,
  retryable,
  type FailureContext,
  type ReconnectCommand,
  RetryableError,
} from 'schmoozer';
import type { VirtualClock } from 'schmoozer/testing';

export type ConnectOutcome = 'ok' | 'retryable' | 'busy' | 'offline' | 'fatal' | 'never';

/** What the world does, call by call; when the script is used up, everything ends with `Break`. */
export interface Script {
  readonly connects: readonly { outcome: ConnectOutcome; ms: number }[];
  readonly runs: readonly { outcome: 'Continue' | 'Break' | 'throw' | 'fatal'; ms: number }[];
  readonly delays: readonly {
    outcome: 'ms' | 'zero' | 'Break' | 'throw';
    ms: number;
    later: boolean;
  }[];
  readonly commands: readonly { command: ReconnectCommand['type']; atMs: number }[];
}

const errors = {
  retryable: new Error('refused'),
  busy: new Error('busy'),
  offline: new Error('offline'),
  fatal: new Error('revoked'),
};

/** What a busy server asks for. */
export const BUSY_MS = 900;

/** How long a try is held back that does not count. */
export const OFFLINE_MS = 700;

/** One world on one clock: both loops are told the same things, and are watched the same way. */
export class World {
  /** Everything a loop did, with the time. */
  readonly trace: string[] = [];
  /** The plain loop's ear for commands. */
  onCommand: (command: ReconnectCommand['type']) => unknown = () => {};
  readonly #script: Script;
  readonly #clock: VirtualClock;
  #calls = { connects: 0, runs: 0, delays: 0 };
  #cancel = (_reason: unknown) => {};

  constructor(script: Script, clock: VirtualClock) {
    this.#script = script;
    this.#clock = clock;
  }

  /** Sends the commands at their times. */
  schedule(send: (command: ReconnectCommand['type']) => void): void {
    for (const { command, atMs } of this.#script.commands) {
      // Between all other moments, so that no command ties with an outcome.
      this.#clock.setTimeout(() => send(command), atMs + 0.0137);
    }
  }

  note(text: string): void {
    this.trace.push(`${this.#clock.now().toFixed(4)} ${text}`);
  }

  connect(attempt: number, lastError: unknown): Promise<object> {
    this.note(`connect attempt ${attempt} after ${String(lastError)}`);
    const { outcome, ms } = this.#script.connects[this.#calls.connects++] ?? {
      outcome: 'ok',
      ms: 0,
    };
    return this.#settleAfter(outcome === 'never' ? Infinity : ms, () => {
      if (outcome === 'retryable') throw errors.retryable;
      if (outcome === 'busy') throw retryable(errors.busy, { delayMs: BUSY_MS });
      if (outcome === 'offline') {
        throw retryable(errors.offline, { delayMs: OFFLINE_MS, consumesAttempt: false });
      }
      if (outcome === 'fatal') throw fatal(errors.fatal);
      return {};
    });
  }

  run(): Promise<ControlFlow<string, unknown>> {
    this.note('run');
    const { outcome, ms } = this.#script.runs[this.#calls.runs++] ?? { outcome: 'Break', ms: 0 };
    return this.#settleAfter(ms, () => {
      if (outcome === 'throw') throw errors.retryable;
      if (outcome === 'fatal') throw fatal(errors.fatal);
      return outcome === 'Break' ? Break('run') : Continue();
    });
  }

  retryDelay(
    facts: Pick<FailureContext, 'phase' | 'attempt' | 'previousDelayMs' | 'hintMs'>,
  ): ControlFlow<string, number> | Promise<ControlFlow<string, number>> {
    this.note(
      `retryDelay ${facts.phase} ${facts.attempt} ${facts.previousDelayMs} ${facts.hintMs}`,
    );
    const { outcome, ms, later } = this.#script.delays[this.#calls.delays++] ?? {
      outcome: 'Break',
      ms: 0,
      later: false,
    };
    const answer = () => {
      if (outcome === 'throw') throw errors.retryable;
      if (outcome === 'Break') return Break('retryDelay');
      return Continue(outcome === 'zero' ? 0 : ms);
    };
    return later ? this.#settleAfter(ms, answer) : answer();
  }

  disconnect(): void {
    this.note('disconnect');
  }

  /** The plain loop is done with a call: as an abort does, this ends it. */
  endCall(): void {
    this.#cancel(new Error('ended'));
  }

  isFatal(error: unknown): boolean {
    return error instanceof FatalError;
  }

  causeOf(error: unknown): unknown {
    const isMarked = error instanceof FatalError || error instanceof RetryableError;
    return isMarked ? error.cause : error;
  }

  /** The same world as a connector, which gives in to its signal at once. */
  connector(): Connector<object, string> {
    // The shapes in which APIs reject when their signal fires, one after the other.
    const shapes = [
      (reason: unknown) => reason,
      () => new DOMException('aborted', 'AbortError'),
      (reason: unknown) => new Error('given up', { cause: reason }),
    ];
    let aborts = 0;
    const shape = (reason: unknown) => shapes[aborts++ % shapes.length]?.(reason);
    const heeding = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
      signal.addEventListener('abort', () => this.#cancel(shape(signal.reason)), { once: true });
      return work;
    };
    return {
      connect: ({ attempt, lastError, signal }) =>
        heeding(signal, this.connect(attempt, lastError)),
      // Knows its own error alone: that an abort is none must not depend on it.
      isRetryable: (error) => error === errors.retryable,
      run: (_connection, { signal }) => heeding(signal, this.run()),
      retryDelay: (failure) => {
        const answer = this.retryDelay(failure);
        return answer instanceof Promise ? heeding(failure.signal, answer) : answer;
      },
      disconnect: () => this.disconnect(),
    };
  }

  #settleAfter<T>(ms: number, settle: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => {
        try {
          resolve(settle());
        } catch (error) {
          reject(error as Error);
        }
      }, ms);
      this.#cancel = (reason) => {
        this.#clock.clearTimeout(timer);
        reject(reason as Error);
      };
    });
  }
}
