// Why: docs/decisions/0074-several-endpoints.md
import { checkFunction } from '../core/check.js';
import type { AnyConnector, Connector } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { type Discover, type Found, readEndpoints } from './discovery.js';
import type { Endpoint } from './endpoint.js';
import { EndpointLink } from './endpointLink.js';
import { type EndpointsOptions, resolveEndpointOptions } from './endpointOptions.js';
import { EndpointRoster } from './endpointRoster.js';
import { EndpointSessions } from './endpointSessions.js';
import { EndpointSource } from './endpointSource.js';
import type { EndpointSession } from './endpointSession.js';

/**
 * Combines several endpoints into one connector, which connects to them in turn until one answers: create one for each
 * link.
 *
 * When an endpoint has failed, the link connects to the next one 100 to 500 ms later. Only when all have failed does
 * this count as a failed attempt of the link, and the backoff waits. The optional methods of an endpoint's connector
 * are used for the attempts and sessions at that endpoint.
 *
 * @param from the endpoints, or a function that discovers them
 * @param connectTo creates the connector of an endpoint when the endpoint is first used
 * @throws InvalidOptionError when an option is unknown or out of bounds, or there is no endpoint
 */
export function endpoints<TEndpoint extends Endpoint, TConnection, TOutput = void>(
  from: readonly TEndpoint[] | Discover<TEndpoint>,
  connectTo: (endpoint: TEndpoint) => Connector<TConnection, TOutput>,
  options: EndpointsOptions = {},
): Connector<EndpointSession<TConnection, TEndpoint>, TOutput> {
  checkFunction('connectTo', connectTo);
  const settings = resolveEndpointOptions(options);
  const roster = new EndpointRoster(connectTo as (endpoint: never) => AnyConnector, settings);
  let source: EndpointSource | undefined;
  if (typeof from === 'function') source = new EndpointSource(from, roster);
  else roster.pool.update(readList(from));
  const link = new EndpointLink(roster, source);
  const sessions = new EndpointSessions(roster);
  const connector: AnyConnector = {
    connect: (attempt) => link.connect(attempt),
    run: (session, context) => sessions.run(session, context) as never,
    closed: (session) => sessions.closed(session),
    probe: (session, context) => sessions.probe(session, context),
    disconnect: (session) => sessions.disconnect(session),
    isRetryable: (error, facts) => link.isRetryable(error, facts),
    limiterKey: () => link.limiterKey(),
    peer: () => link.peer,
  };
  roster.owner = connector;
  // Some endpoints may have a `retryDelay`; for the others the link's backoff decides.
  Object.defineProperty(connector, 'retryDelay', { get: () => link.retryDelay, enumerable: true });
  return connector;
}

function readList(list: unknown): Found[] {
  const found = readEndpoints(list, 'endpoints');
  if (found.length > 0) return found;
  throw new InvalidOptionError('endpoints', 'a list with at least one endpoint', list);
}
