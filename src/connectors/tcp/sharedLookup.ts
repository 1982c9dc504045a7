// Why: docs/decisions/0061-one-look-up-at-a-time.md
import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

interface Address {
  readonly address: string;
  readonly family: number;
}

interface Pending {
  readonly sinceMs: number;
  readonly addresses: Promise<Address[]>;
}

/**
 * A lookup without an answer after this time is made again, in milliseconds; the system's resolver gives up earlier.
 */
const STALE_MS = 60_000;

const pendings = new WeakMap<LookupFunction, Map<string, Pending>>();

/**
 * A lookup that several sockets may share: each name is looked up once at a time, because Node has few threads for
 * system calls. Invalid answers are replaced by errors, because some end the process inside Node.
 */
export function sharedLookup(own: LookupFunction | undefined): LookupFunction {
  return (hostname, options, callback) => {
    // Read at each lookup, as Node does: a program may replace `dns.lookup`.
    share(own ?? dns.lookup, hostname, options).then(
      (addresses) => {
        const [{ address, family }] = addresses as [Address];
        if (options.all === true) callback(null, addresses);
        else callback(null, address, family);
      },
      // Node takes a falsy error for success.
      (error: NodeJS.ErrnoException | undefined) => callback(error || notFound(hostname), []),
    );
  };
}

type Options = Parameters<LookupFunction>[1];
type Callback = Parameters<LookupFunction>[2];

function share(lookup: LookupFunction, hostname: string, options: Options): Promise<Address[]> {
  const byName = pendings.get(lookup) ?? new Map<string, Pending>();
  pendings.set(lookup, byName);
  const key = JSON.stringify([hostname, options]);
  // oxlint-disable-next-line no-restricted-properties -- the resolver lives in real time
  const sinceMs = performance.now();
  const known = byName.get(key);
  if (known !== undefined && sinceMs - known.sinceMs < STALE_MS) return known.addresses;
  const addresses = ask(lookup, hostname, options).finally(() => {
    if (byName.get(key)?.sinceMs === sinceMs) byName.delete(key);
  });
  byName.set(key, { sinceMs, addresses });
  return addresses;
}

async function ask(lookup: LookupFunction, hostname: string, options: Options): Promise<Address[]> {
  const answer = await new Promise<unknown>((resolve, reject) => {
    const callback: Callback = (error, first) => {
      if (error) reject(error);
      else resolve(first);
    };
    // Handles the rejection of an async function, whose result is passed to the callback.
    Promise.resolve(lookup(hostname, options, callback) as unknown).catch(reject);
  });
  const addresses = [answer]
    .flat()
    .map((one) => (one as Partial<Address> | null | undefined)?.address ?? one)
    .filter((address) => typeof address === 'string')
    .map((address) => ({ address, family: isIP(address) }));
  if (addresses.length > 0) return addresses;
  throw notFound(hostname);
}

function notFound(hostname: string): NodeJS.ErrnoException {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  return Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname });
}
