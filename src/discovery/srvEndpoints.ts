import { Resolver } from 'node:dns/promises';
import { checkNames, checkObject, checkString } from '../core/check.js';
import { InvalidOptionError, kindOf } from '../core/errors.js';

/** Whom to ask, and for how long. */
export interface SrvEndpointsOptions {
  /** The DNS servers to ask, such as `127.0.0.1:53`. Default those of the system. */
  readonly servers?: readonly string[];
}

/** A server as an SRV record names it. */
export interface SrvEndpoint {
  /** The target of the record. */
  readonly host: string;
  /** The port of the record. */
  readonly port: number;
  /** Those with the lowest number come first. */
  readonly priority: number;
  /** The share of the clients that it wants among those of its priority. */
  readonly weight: number;
}

/**
 * Finds the endpoints of a service by its SRV records, for `endpoints` of `schmoozer/many`: a function that asks again each
 * time it is called. No endpoint, if the service says that it is not available: its only record has the target `.`.
 *
 * What it throws is the error of `node:dns`, such as `ENOTFOUND` where there is no such name, and `ENODATA` without records.
 * The answer is in no order: `endpoints` uses it by priority and weight as RFC 2782 says, with its default `order`.
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
  // Refused where they are given, not where they are used.
  resolverFor(servers);
  return (context) => askFor(name, resolverFor(servers), context?.signal);
}

/** One for each question: to cancel it cancels all that it was asked. */
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
    // A question that was cancelled has failed for another reason than it says.
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
