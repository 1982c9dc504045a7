import { checkFunction } from '../core/check.js';
import type { Connector } from '../core/connector.js';
import type { ReconnectInput } from '../machine/context.js';
import type { ReconnectEmitted, ReconnectOutput } from '../machine/vocabulary.js';
import {
  checkCompiledOptions,
  type CompiledActorOptions,
  compiledOptionNames,
} from './createReconnectActor.js';
import { type ActorOptions, LinkActor } from './linkActor.js';

/** The options of `run`: those of the link, a signal that stops it, and a listener. */
export interface RunOptions extends CompiledActorOptions {
  /**
   * Aborting it sends `stop` with the signal's reason; the promise settles after the connection has been released.
   * Default: none.
   */
  readonly signal?: AbortSignal;
  /** Receives every event that the machine emits. Errors that it throws go to the `logger`. Default: none. */
  readonly onEvent?: (event: ReconnectEmitted) => void;
}

/** The result of `run` when it does not reject. */
export type RunResult<TOutput> = Exclude<ReconnectOutput<TOutput>, { status: 'failed' }>;

/** The names of the options. */
const runOptionNames: readonly string[] = ['signal', 'onEvent', ...compiledOptionNames];

/**
 * Keeps a connection alive until the connector returns `Break`, the signal is aborted, or an error ends the link.
 *
 * @throws the error that ended the link: a fatal error, a permanent error if `failFast` says that it ends the link, or
 * the error with which the backoff or `retryDelay` gave up, such as RetryLimitError. Throws InvalidOptionError when an
 * option is missing, unknown or out of bounds
 */
export function run<TConnection, TOutput = void>(
  connector: Connector<TConnection, TOutput>,
  options: RunOptions = {},
): Promise<RunResult<TOutput>> {
  return new Promise((resolve, reject) => {
    checkCompiledOptions(options, runOptionNames);
    const { signal, onEvent, clock, logger, id, ...machineOptions } = options;
    if (onEvent !== undefined) checkFunction('onEvent', onEvent);
    const input: ReconnectInput = { ...machineOptions, connector };
    const actor = new RunActor(input, { clock, logger, id }, resolve, reject, signal);
    if (signal?.aborted) {
      resolve({ status: 'stopped', reason: signal.reason });
      return;
    }
    signal?.addEventListener('abort', actor, { once: true });
    if (onEvent !== undefined) actor.on('*', onEvent);
    actor.start();
  });
}

/** Settles a promise when it ends, and listens to a signal. */
class RunActor<TOutput> extends LinkActor {
  readonly #resolve: (result: RunResult<TOutput>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;

  constructor(
    input: ReconnectInput,
    options: ActorOptions,
    resolve: (result: RunResult<TOutput>) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    super(input, options);
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
  }

  handleEvent(): void {
    this.hear({ type: 'stop', reason: this.#signal?.reason });
  }

  protected override over(): boolean {
    this.#signal?.removeEventListener('abort', this);
    const { output, error } = this.getSnapshot();
    if (output === undefined) this.#reject(error);
    else if (output.status === 'failed') this.#reject(output.error);
    else this.#resolve(output as RunResult<TOutput>);
    return true;
  }
}
