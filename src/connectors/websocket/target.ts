import { checkNames, checkObject, checkWebSocketUrl } from '../../core/check.js';
import type { ConnectContext, Peer } from '../../core/connector.js';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { showAddress } from '../../core/showAddress.js';
import { ask, type PerAttempt } from '../perAttempt.js';

/** The destination of one attempt, and how to reach it. */
export interface Target {
  readonly url: string;
  readonly protocols: string[];
  readonly socketOptions: object | undefined;
}

/** The options that determine it. */
interface Where {
  readonly url: PerAttempt<string | URL>;
  readonly protocols: PerAttempt<string | readonly string[]>;
  readonly socketOptions?: PerAttempt<object | undefined>;
}

/**
 * Resolves the per-attempt options; a result that arrives after the abort is dropped.
 *
 * @throws InvalidOptionError when a result is out of bounds; the signal's reason once it is aborted
 */
export async function resolveTarget(
  where: Where,
  attempt: ConnectContext,
  isNodes: boolean,
): Promise<Target> {
  const [url, protocols, socketOptions] = await ask<
    [string | URL, string | readonly string[], object | undefined]
  >([where.url, where.protocols, where.socketOptions], attempt);
  const address = checkWebSocketUrl(url);
  // Node's class silently ignores user and password.
  if (isNodes && new URL(address).username) {
    throw new InvalidOptionError('url', 'without a user', address);
  }
  return {
    url: address,
    protocols: checkProtocols(protocols),
    socketOptions: checkSocketOptions(socketOptions, isNodes),
  };
}

/** The peer as `host:port`; undefined if it is known only during an attempt. */
export function keyOf({ url }: Pick<Where, 'url'>): string | undefined {
  if (typeof url === 'function') return undefined;
  const [protocol, , host = ''] = showAddress(url).split('/');
  return /:\d+$/.test(host) ? host : `${host}:${protocol === 'wss:' ? 443 : 80}`;
}

/** The peer; its address is missing if it is known only during an attempt. */
export function peerOf(where: Pick<Where, 'url'>): Peer {
  const [, address, port] = /^\[?(.+?)\]?:(\d+)$/.exec(keyOf(where) ?? '') ?? [];
  const known = address !== undefined && { address, port: Number(port) };
  return { ...known, protocol: 'websocket', transport: 'tcp' };
}

/** RFC 6455, 4.1: tokens without duplicates. */
export function checkProtocols(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? [...value] : [value];
  const isToken = (one: unknown) => typeof one === 'string' && /^[!#$%&'*+\-.^`|~\w]+$/.test(one);
  const wrong = list.findIndex((one, i) => !isToken(one) || list.indexOf(one) < i);
  if (wrong < 0) return list as string[];
  // Some servers expect a token in a subprotocol, so the value is not shown.
  const expected = 'names of subprotocols without duplicates';
  throw new InvalidOptionError('protocols', expected, list[wrong], kindOf(list[wrong]));
}

/** @param isNodes true for Node's class, which silently ignores options that it does not know */
export function checkSocketOptions(value: unknown, isNodes: boolean): object | undefined {
  if (value === undefined) return undefined;
  const options = checkObject('socketOptions', value as object);
  if (isNodes) checkNames(options, ['headers', 'dispatcher'], 'socketOptions.');
  return options;
}
