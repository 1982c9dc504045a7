import { checkInteger, checkObject } from '../core/check.js';
import { InvalidOptionError, kindOf } from '../core/errors.js';
import { printable } from '../core/printable.js';
import { showAddress } from '../core/showAddress.js';

/** One of several servers, by its address: a string, a URL, or an object that has one. */
export type Endpoint = string | URL | EndpointFields;

/**
 * The fields that are read of an endpoint object, which may have more. It needs `name`, `url`, `host` with `port`, or
 * `path`.
 */
export interface EndpointFields {
  /** Identifies the endpoint, in place of its address. */
  readonly name?: string;
  /** Its URL. Default: none. */
  readonly url?: string | URL;
  /** Its host, with `port`. Default: none. */
  readonly host?: string;
  /** The port of `host`. Default: none. */
  readonly port?: number;
  /** The path of a socket. Default: none. */
  readonly path?: string;
  /**
   * How large a share of the links this endpoint gets, compared with the other endpoints of its priority: with 2 it
   * gets twice as many as with 1. Default: 1. Bounds: an integer >= 0.
   */
  readonly weight?: number;
  /** Endpoints with the lowest number are used first, as with SRV records. Default: 0. Bounds: an integer >= 0. */
  readonly priority?: number;
}

/** The facts about an endpoint that are known before it is used. */
export interface EndpointFacts {
  /** Two endpoints with equal ids are the same. */
  readonly id: string;
  /** The id without parts that may be secret. */
  readonly name: string;
  readonly weight: number;
  readonly priority: number;
}

/**
 * @param option the name of the endpoint in error messages
 * @throws InvalidOptionError when it has no address, or its weight or priority is out of bounds
 */
export function factsOf(endpoint: Endpoint, option: string): EndpointFacts {
  if (typeof endpoint === 'string' || endpoint instanceof URL) {
    return { ...namesOf(endpoint, option), weight: 1, priority: 0 };
  }
  const expected = 'a string, a URL, or an object with `name`, `url`, `host` and `port`, or `path`';
  const { name, url, host, port, path, weight, priority } = checkObject(option, endpoint, expected);
  const address =
    name ?? url ?? (host !== undefined && port !== undefined ? `${host}:${port}` : path);
  if (address === undefined) throw new InvalidOptionError(option, expected, endpoint);
  return {
    ...namesOf(address, option),
    ...(name !== undefined && { name: printable(name) }),
    weight: checkInteger(`${option}.weight`, weight ?? 1, 0),
    priority: checkInteger(`${option}.priority`, priority ?? 0, 0),
  };
}

/** Matches only a name or an address, with or without a port: no user, no password, no query. */
const BARE = /^(?:[\w.-]+|\[[\da-f:.]+\]|[\da-f:.]+|\/[\w./-]+)(?::\d+)?$/i;

function namesOf(address: string | URL, option: string): Pick<EndpointFacts, 'id' | 'name'> {
  const isText = typeof address === 'string' && address !== '';
  if (!isText && !(address instanceof URL)) {
    const expected = 'a string that is not empty, or a URL';
    throw new InvalidOptionError(option, expected, address, kindOf(address));
  }
  const id = String(address);
  return { id, name: BARE.test(id) ? id : showAddress(id) };
}
