import { untilAborted } from '../connectors/untilAborted.js';
import { startDeadline } from '../connectors/startDeadline.js';
import type { Clock } from '../core/clock.js';
import { InvalidOptionError, isFatalError, isRetryableError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import { type Abortable, LazyContext, whenAborted } from '../core/whenAborted.js';
import { DiscoveryError } from './discoveryError.js';
import { type Endpoint, type EndpointFacts, factsOf } from './endpoint.js';

/** What `discover` is told. */
export interface DiscoverContext {
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** Finds out which endpoints there are. */
export type Discover<TEndpoint extends Endpoint> = (
  context: DiscoverContext,
) => readonly TEndpoint[] | PromiseLike<readonly TEndpoint[]>;

/** An endpoint, and what is known of it before it is used. */
export type Found = EndpointFacts & { readonly endpoint: Endpoint };

/**
 * @param option what stands in a message
 * @throws InvalidOptionError when it is no list, or holds what is no endpoint
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
 * Asks once which endpoints there are; an answer that comes after the deadline or the abort is dropped.
 *
 * @throws what `discover` has marked; DiscoveryError for all else that it throws, when it is late or finds nothing;
 *   InvalidOptionError when it answers no list of endpoints; the signal's reason once it is aborted
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
