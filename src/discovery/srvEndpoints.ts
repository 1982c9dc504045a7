import { Resolver } from 'node:dns/promises';
import { checkNames, checkObject, checkString } from '../core/check.js';
import { InvalidOptionError, kindOf } from '../core/errors.js';

/** The DNS servers to ask. */
export interface SrvEndpointsOptions {
  /** The DNS servers to ask, such as `127.0.0.1:53`. Default: those of the system. */
  readonly servers?: readonly string[];
}

/** A server, as an SRV record describes it. */
export interface SrvEndpoint {
  /** The target of the record. */
  readonly host: string;
  /** The port of the record. */
  readonly port: number;
  /** Servers with the lowest number are used first. */
  readonly priority: number;
  /** The server's share of the clients among servers of the same priority. */
  readonly weight: number;
}

/**
 * Finds the endpoints of a service by its SRV records, for `endpoints` of `schmoozer/many`. Returns a function that
 * queries DNS at each call. The list is empty if the service declares itself unavailable by a single record with the
 * target `.`.
 *
 * The function throws the errors of `node:dns`, such as `ENOTFOUND` for an unknown name, and `ENODATA` without records.
 * The endpoints are in no order: with its default `order`, `endpoints` uses them by priority and weight as RFC 2782
 * says.
 *
 * @param name such as `_xmpp-client._tcp.example.org`
 * @throws InvalidOptionError when the name is empty, or an option is unknown or out of bounds
 */
export function srvEndpoints(
  name: string,
  options: SrvEndpointsOptions = {},
): (context?: { readonly signal: AbortSignal }) => Promise<SrvEndpoint[]> {
  if (checkString('name', name) === '') {
    throw new InvalidOptionError('name', 'a string that is not empty', name);
  }
  checkNames(checkObject('options', options), ['servers']);
  const { servers } = options;
  // Checks the servers at once instead of at the first query.
  resolverFor(servers);
  return (context) => askFor(name, resolverFor(servers), context?.signal);
}

/** Creates one resolver for each query, because cancelling a resolver cancels all of its queries. */
function resolverFor(servers: readonly string[] | undefined): Resolver {
  const resolver = new Resolver();
  if (servers === undefined) return resolver;
  try {
    resolver.setServers(servers);
  } catch {
    const expected = 'a list of addresses, with a port or without';
    throw new InvalidOptionError('servers', expected, servers, kindOf(servers));
  }
  return resolver;
}

async function askFor(
  name: string,
  resolver: Resolver,
  signal: AbortSignal | undefined,
): Promise<SrvEndpoint[]> {
  signal?.throwIfAborted();
  const cancel = () => resolver.cancel();
  signal?.addEventListener('abort', cancel);
  try {
    const records = await resolver.resolveSrv(name);
    return records
      .filter(({ name: host }) => host !== '' && host !== '.')
      .map(({ name: host, port, priority, weight }) => ({ host, port, priority, weight }));
  } catch (error) {
    // The error of a cancelled query hides the actual reason.
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
