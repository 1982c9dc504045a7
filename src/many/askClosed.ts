import type { AnyConnector, ConnectionEnd } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { isThenable } from '../core/isThenable.js';

/** Settles when the connector reports that the connection has ended; never, if it has no `closed`. */
export async function askClosed(
  connector: AnyConnector,
  connection: unknown,
): Promise<ConnectionEnd | void> {
  if (connector.closed === undefined) return new Promise(() => {});
  const closed: unknown = connector.closed(connection);
  if (isThenable(closed)) return closed as PromiseLike<ConnectionEnd | void>;
  throw new InvalidOptionError('connector.closed', 'a method that returns a promise', closed);
}
