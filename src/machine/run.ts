import { checkFunction, checkNames, checkObject } from '../core/check.js';
import type { Connector } from '../core/connector.js';
import type { ReconnectEmitted, ReconnectOutput } from './vocabulary.js';
import {
  actorOptionNames,
  createReconnectActor,
  type ReconnectActorOptions,
} from './reconnectActor.js';

export interface RunOptions extends ReconnectActorOptions {
  /** Aborting it sends `stop` with the signal's reason; the promise settles after the drain. */
  readonly signal?: AbortSignal;
  /** Hears of everything that the machine tells of. What it throws goes to the `logger`. */
  readonly onEvent?: (event: ReconnectEmitted) => void;
}

/** How `run` ends when it does not reject. */
export type RunResult<TOutput> = Exclude<ReconnectOutput<TOutput>, { status: 'failed' }>;

/**
 * Keeps a connection up until the connector breaks, the signal aborts, or an error is fatal.
 *
 * @throws the fatal error itself; RetryLimitError and other typed errors of the policies;
 *   InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function run<TConnection, TOutput = void>(
  connector: Connector<TConnection, TOutput>,
  options: RunOptions = {},
): Promise<RunResult<TOutput>> {
  return new Promise((resolve, reject) => {
    checkObject('options', options);
    checkNames(options, ['signal', 'onEvent', ...actorOptionNames]);
    const { signal, onEvent, ...actorOptions } = options;
    if (onEvent !== undefined) checkFunction('onEvent', onEvent);
    const actor = createReconnectActor(connector, actorOptions);
    if (signal?.aborted) {
      resolve({ status: 'stopped', reason: signal.reason });
      return;
    }
    const stop = () => actor.send({ type: 'stop', reason: signal?.reason });
    signal?.addEventListener('abort', stop, { once: true });
    const settle = () => {
      signal?.removeEventListener('abort', stop);
      const { output, error } = actor.getSnapshot();
      if (output === undefined) reject(error);
      else if (output.status === 'failed') reject(output.error);
      else resolve(output);
    };
    if (onEvent !== undefined) actor.on('*', onEvent);
    actor.subscribe({ complete: settle, error: settle });
    actor.start();
  });
}
