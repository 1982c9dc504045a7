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

/** Who has not answered by then is asked again, in milliseconds; the system's resolver gives up before. */
const STALE_MS = 60_000;

const pendings = new WeakMap<LookupFunction, Map<string, Pending>>();

/**
 * A look-up that others may wait for too: a name is asked for once at a time, for Node has few threads to ask the system with.
 * Whatever comes is an answer to Node: some ends the process there.
 */
export function sharedLookup(own: LookupFunction | undefined): LookupFunction {
  return (hostname, options, callback) => {
    // Read at each look-up, as Node does: somebody may have put another in its place.
    share(own ?? dns.lookup, hostname, options).then(
      (addresses) => {
        const [{ address, family }] = addresses as [Address];
        if (options.all === true) callback(null, addresses);
        else callback(null, address, family);
      },
      // Node takes what is false for an answer.
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
    // What an async function throws; its answer comes by the callback.
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
