import { checkWebSocketUrl } from '../../core/check.js';
import type { ConnectContext } from '../../core/connector.js';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { ask, type PerAttempt } from '../perAttempt.js';

/** Where one attempt goes to, and how. */
export interface Target {
  readonly url: string;
  readonly protocols: string[];
  readonly socketOptions: object | undefined;
}

/** The options that say it. */
interface Where {
  readonly url: PerAttempt<string | URL>;
  readonly protocols: PerAttempt<string | readonly string[]>;
  readonly socketOptions?: PerAttempt<object | undefined>;
}

/**
 * Asks for what may change between attempts; an answer that comes after the abort is dropped.
 *
 * @throws InvalidOptionError when an answer is out of bounds; the signal's reason once it is aborted
 */
export async function resolveTarget(where: Where, attempt: ConnectContext): Promise<Target> {
  const [url, protocols, socketOptions] = await ask<
    [string | URL, string | readonly string[], object | undefined]
  >([where.url, where.protocols, where.socketOptions], attempt);
  return {
    url: checkWebSocketUrl(url),
    protocols: checkProtocols(protocols),
    socketOptions: checkSocketOptions(socketOptions),
  };
}

/** RFC 6455, 4.1: tokens, each of them once. */
export function checkProtocols(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? [...value] : [value];
  const isToken = (one: unknown) => typeof one === 'string' && /^[!#$%&'*+\-.^`|~\w]+$/.test(one);
  if (list.every(isToken) && new Set(list).size === list.length) return list as string[];
  const wrong = list.find((one) => !isToken(one)) ?? list.find((one, i) => list.indexOf(one) < i);
  // Some servers take a token in their place.
  const expected = 'names of subprotocols, each of them once';
  throw new InvalidOptionError('protocols', expected, wrong, kindOf(wrong));
}

export function checkSocketOptions(value: unknown): object | undefined {
  if (value === undefined || (typeof value === 'object' && value !== null)) return value;
  throw new InvalidOptionError('socketOptions', 'an object', value, kindOf(value));
}
