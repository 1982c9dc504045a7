import { untilAborted } from '../core/untilAborted.js';
import { startDeadline } from '../connectors/startDeadline.js';
import type { Clock } from '../core/clock.js';
import { InvalidOptionError, isFatalError, isRetryableError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import { type Abortable, LazyContext, whenAborted } from '../core/whenAborted.js';
import { DiscoveryError } from './discoveryError.js';
import { type Endpoint, type EndpointFacts, factsOf } from './endpoint.js';

/** The argument of `discover`. */
export interface DiscoverContext {
  /** Aborted when the answer is no longer needed. */
  readonly signal: AbortSignal;
}

/** Returns the current endpoints. */
export type Discover<TEndpoint extends Endpoint> = (
  context: DiscoverContext,
) => readonly TEndpoint[] | PromiseLike<readonly TEndpoint[]>;

/** An endpoint, and the facts that are known before it is used. */
export type Found = EndpointFacts & { readonly endpoint: Endpoint };

/**
 * @param option the name of the list in error messages
 * @throws InvalidOptionError when it is not a list, or contains something that is not an endpoint
 */
export function readEndpoints(list: unknown, option: string): Found[] {
  if (!Array.isArray(list)) {
    throw new InvalidOptionError(option, 'a list of endpoints', list);
  }
  return list.map((endpoint: Endpoint, i) => ({
    ...factsOf(endpoint, `${option}[${i}]`),
    endpoint,
  }));
}

/**
 * Calls `discover` once; an answer after the deadline or the abort is dropped.
 *
 * @throws an error that `discover` has marked; DiscoveryError for any other error, a late answer or an empty list;
 * InvalidOptionError when the answer is not a list of endpoints; the signal's reason once it is aborted
 */
export async function askDiscover(
  discover: Discover<Endpoint>,
  attempt: Abortable,
  clock: Clock,
  timeoutMs: number,
): Promise<Found[]> {
  const own = new LazySignal();
  const forget = whenAborted(attempt, (reason) => own.abort(reason));
  const cancel = startDeadline(clock, timeoutMs, () =>
    own.abort(new DiscoveryError(`\`discover\` did not answer within ${timeoutMs} ms`)),
  );
  const context = new LazyContext(own);
  let list: unknown;
  try {
    list = await untilAborted(callDiscover(discover, context), context);
  } catch (error) {
    if (own.aborted || isFatalError(error) || isRetryableError(error)) throw error;
    throw new DiscoveryError('`discover` threw', { cause: error });
  } finally {
    forget();
    cancel();
  }
  const found = readEndpoints(list, 'discover()');
  if (found.length === 0) throw new DiscoveryError('`discover` found no endpoint');
  return found;
}

async function callDiscover(discover: Discover<Endpoint>, context: DiscoverContext) {
  return discover(context);
}
