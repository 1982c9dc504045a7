import { startDeadline } from '../connectors/startDeadline.js';
import type { Clock } from '../core/clock.js';
import type { AnyConnector, ConnectContext } from '../core/connector.js';
import { dispose } from '../core/dispose.js';
import { ConnectTimeoutError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import { type Abortable, LazyContext, whenAborted } from '../core/whenAborted.js';

/** The facts of the attempt, beside its signal. */
type AttemptFacts = Omit<ConnectContext, 'signal'>;

/**
 * Calls `connect` of one endpoint's connector, and waits for it at most `timeoutMs`; a connection that arrives later is
 * released. An abort is passed on to `connect`, whose result then counts.
 *
 * @throws what `connect` throws; ConnectTimeoutError
 */
export async function openEndpoint(
  connector: AnyConnector,
  attempt: Abortable,
  facts: AttemptFacts,
  { clock, connectTimeoutMs }: { readonly clock: Clock; readonly connectTimeoutMs: number },
): Promise<unknown> {
  const own = new LazySignal();
  let cancel = () => {};
  const forget = whenAborted(attempt, (reason) => {
    cancel();
    own.abort(reason);
  });
  const context = new EndpointContext(own, facts);
  const opening = callConnect(connector, context);
  const late = new Promise<never>((_, reject) => {
    // The user's method may have sent a command.
    if (own.aborted) return;
    cancel = startDeadline(clock, connectTimeoutMs, () => {
      const error = new ConnectTimeoutError(connectTimeoutMs);
      own.abort(error);
      reject(error);
      opening.then((connection) => releaseUnseen(connector, connection), ignore);
    });
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    context.lastError = undefined;
    cancel();
    forget();
  }
}

/** Releases a connection with its connector's `disconnect`, if it has one. */
export function release(connector: AnyConnector, connection: unknown): PromiseLike<void> | void {
  if (connector.disconnect === undefined) return dispose(connection);
  return connector.disconnect(connection);
}

/** Releases a connection that never became a session; no event reports a failure, so it goes to the console. */
export async function releaseUnseen(connector: AnyConnector, connection: unknown): Promise<void> {
  try {
    await release(connector, connection);
  } catch (error) {
    console.error('release failed', error);
  }
}

async function callConnect(connector: AnyConnector, context: ConnectContext): Promise<unknown> {
  return connector.connect(context);
}

function ignore(): void {}

class EndpointContext extends LazyContext implements ConnectContext {
  readonly attempt: number;
  readonly epoch: number;
  /** Undefined after the attempt, as in every context. */
  lastError: unknown;

  constructor(signal: LazySignal, { attempt, epoch, lastError }: AttemptFacts) {
    super(signal);
    this.attempt = attempt;
    this.epoch = epoch;
    this.lastError = lastError;
  }
}
